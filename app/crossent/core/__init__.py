"""Cross-entropy and its relatives in NumPy alone, with the names and values of torch.

``kernels`` has the formulas, each written once. The functions here check their arguments, take
torch's shapes and options, and call them.
"""

from crossent.core.activations import (
    log_sigmoid,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softplus,
)
from crossent.core.binary import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    mse_loss,
    mse_loss_grad,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
    sigmoid_mse,
    sigmoid_mse_grad,
)
from crossent.core.calibration import expected_calibration_error
from crossent.core.information import (
    cross_entropy_of,
    entropy,
    kl_div,
    kl_div_grad,
    kl_divergence,
    perplexity,
    to_bits,
)
from crossent.core.kernels import scan
from crossent.core.multiclass import (
    cross_entropy,
    cross_entropy_and_grad,
    cross_entropy_grad,
    double_softmax_cross_entropy,
    double_softmax_cross_entropy_grad,
    focal_loss,
    focal_loss_grad,
    nll_loss,
    nll_loss_grad,
    softmax_mse,
    softmax_mse_grad,
)
from crossent.core.targets import balanced_weights, one_hot, smooth_labels

__all__ = [
    "balanced_weights",
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "cross_entropy",
    "cross_entropy_and_grad",
    "cross_entropy_grad",
    "cross_entropy_of",
    "double_softmax_cross_entropy",
    "double_softmax_cross_entropy_grad",
    "entropy",
    "expected_calibration_error",
    "focal_loss",
    "focal_loss_grad",
    "kl_div",
    "kl_div_grad",
    "kl_divergence",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "mse_loss",
    "mse_loss_grad",
    "nll_loss",
    "nll_loss_grad",
    "one_hot",
    "perplexity",
    "scan",
    "sigmoid",
    "sigmoid_focal_loss",
    "sigmoid_focal_loss_grad",
    "sigmoid_mse",
    "sigmoid_mse_grad",
    "smooth_labels",
    "softmax",
    "softmax_mse",
    "softmax_mse_grad",
    "softplus",
    "to_bits",
]
