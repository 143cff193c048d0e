"""The formulas, each written once: arrays in, arrays out, in nats.

The class axis is the last one. Nothing is checked here and nothing is converted: the public
functions of ``crossent.core`` do that before they call these. Figures call these directly, and the
same functions are traced into JavaScript, so they keep to plain NumPy functions: ``np.where`` for
a branch, ``np.max(z, axis=-1)`` for ``z.max(-1)``, no assignment into arrays.

Where an infinity is the right answer NumPy may warn on the way to it (a division by zero, say);
the value is right, and whoever calls decides about the warning with ``np.errstate``.
"""

from crossent.core.kernels.activations import (
    log_odds,
    log_sigmoid,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softplus,
)
from crossent.core.kernels.binary import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
    sigmoid_mse,
    sigmoid_mse_grad,
    squared_error,
)
from crossent.core.kernels.chance import (
    batches,
    drawn,
    normals,
    rows_at,
    shuffled,
    uniforms,
)
from crossent.core.kernels.information import (
    cross_entropy_of,
    entropy,
    kl_div,
    kl_div_of_logs,
    kl_divergence,
    perplexity,
    surprise,
    to_bits,
    xlogy,
)
from crossent.core.kernels.likelihood import likelihood, log_likelihood
from crossent.core.kernels.loops import scan
from crossent.core.kernels.multiclass import (
    cross_entropy,
    cross_entropy_grad,
    double_softmax_cross_entropy,
    double_softmax_cross_entropy_grad,
    focal_loss,
    focal_loss_grad,
    gradient_step,
    softmax_mse,
    softmax_mse_grad,
)
from crossent.core.kernels.precision import nearest_exp, nearest_log
from crossent.core.kernels.targets import mixture, move_probability, one_hot, smooth

__all__ = [
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "cross_entropy",
    "cross_entropy_grad",
    "cross_entropy_of",
    "double_softmax_cross_entropy",
    "double_softmax_cross_entropy_grad",
    "drawn",
    "entropy",
    "focal_loss",
    "focal_loss_grad",
    "gradient_step",
    "kl_div",
    "kl_div_of_logs",
    "kl_divergence",
    "likelihood",
    "log_likelihood",
    "log_odds",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "mixture",
    "move_probability",
    "nearest_exp",
    "nearest_log",
    "normals",
    "one_hot",
    "perplexity",
    "rows_at",
    "scan",
    "shuffled",
    "sigmoid",
    "sigmoid_focal_loss",
    "sigmoid_focal_loss_grad",
    "sigmoid_mse",
    "sigmoid_mse_grad",
    "smooth",
    "softmax",
    "softmax_mse",
    "softmax_mse_grad",
    "softplus",
    "squared_error",
    "surprise",
    "to_bits",
    "uniforms",
    "xlogy",
]
