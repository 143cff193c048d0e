"""Losses of one yes-or-no question each, with their gradients, entry by entry.

Logit z, probability p = sigmoid(z), truth y from 0 (no) to 1 (yes). Arrays of any one shape;
there is no class axis here. Gradients are with respect to the logits unless probabilities are
named.
"""

import numpy as np

from crossent.core.arrays import Floats
from crossent.core.kernels.activations import log_sigmoid, sigmoid

LEAST_VARIANCE = float(np.float32(1e-12))
"""What torch puts for a smaller p (1 - p); it has float32's digits of 1e-12 in every precision."""


def binary_cross_entropy(probs: Floats, truth: Floats) -> Floats:
    r"""Binary cross-entropy of probabilities, with each logarithm at least -100 as in torch.

    .. math:: L = -y \log p - (1 - y) \log(1 - p)

    The clamp makes the loss of a prediction that was certain and wrong 100, not infinite.

    Examples
    --------
    >>> binary_cross_entropy(np.array([0.9, 0.1]), np.array([1.0, 1.0])).round(4)
    array([0.1054, 2.3026])
    """
    log_yes = np.maximum(np.log(probs), -100.0)
    log_no = np.maximum(np.log1p(-probs), -100.0)
    return 0.0 - (truth * log_yes + (1.0 - truth) * log_no)


def binary_cross_entropy_grad(probs: Floats, truth: Floats) -> Floats:
    r"""Gradient of the binary cross-entropy with respect to the probabilities.

    .. math:: \frac{\partial L}{\partial p} = \frac{p - y}{p (1 - p)}

    As in torch the denominator is at least 1e-12, and the clamp of the loss is not felt.
    """
    return (probs - truth) / np.maximum((1.0 - probs) * probs, LEAST_VARIANCE)


def binary_cross_entropy_with_logits(
    logits: Floats, truth: Floats, pos_weight: Floats | float = 1.0
) -> Floats:
    r"""Binary cross-entropy of logits, which needs no clamp.

    .. math:: L = -y \log \sigma(z) - (1 - y) \log(1 - \sigma(z)) = (1 - y)\, z - \log \sigma(z)

    A ``pos_weight`` w counts the answers that were yes w times, :math:`-w\, y \log \sigma(z)`.

    Examples
    --------
    >>> binary_cross_entropy_with_logits(np.array([0.0, -1000.0]), np.array([1.0, 1.0])).round(4)
    array([6.931e-01, 1.000e+03])
    """
    return (1.0 - truth) * logits - (1.0 + (pos_weight - 1.0) * truth) * log_sigmoid(logits)


def binary_cross_entropy_with_logits_grad(
    logits: Floats, truth: Floats, pos_weight: Floats | float = 1.0
) -> Floats:
    r"""Gradient of the binary cross-entropy of logits: prediction minus truth, :math:`p - y`.

    With a ``pos_weight`` w it is :math:`(1 - y + w y)\, p - w y`.
    """
    return (1.0 + (pos_weight - 1.0) * truth) * sigmoid(logits) - pos_weight * truth


def squared_error(probs: Floats, truth: Floats) -> Floats:
    r"""Squared error :math:`(p - y)^2` of each entry; nothing is summed over classes."""
    return (probs - truth) ** 2


def sigmoid_mse(logits: Floats, truth: Floats) -> Floats:
    r"""Squared error of the sigmoid, :math:`(\sigma(z) - y)^2`."""
    return squared_error(sigmoid(logits), truth)


def sigmoid_mse_grad(logits: Floats, truth: Floats) -> Floats:
    r"""Gradient of the sigmoid's squared error: flat where the prediction is confidently wrong.

    .. math:: \frac{\partial L}{\partial z} = 2 (p - y)\, p (1 - p)

    Examples
    --------
    >>> sigmoid_mse_grad(np.log(np.array([0.01 / 0.99])), np.array([1.0])).round(4)
    array([-0.0196])
    """
    probs = sigmoid(logits)
    return 2.0 * (probs - truth) * probs * sigmoid(-logits)  # 1 - sigmoid(z) = sigmoid(-z)


def sigmoid_focal_loss(
    logits: Floats,
    truth: Floats,
    alpha: Floats | float = 0.25,
    gamma: Floats | float = 2.0,
) -> Floats:
    r"""Focal loss of yes-or-no questions, as in torchvision.

    .. math::
        L = \alpha_y\, m^{\gamma}\, \mathrm{BCE}(z, y), \qquad
        m = y (1 - p) + (1 - y)\, p, \quad \alpha_y = y \alpha + (1 - y)(1 - \alpha)

    m is the probability that was given to the wrong answer. A negative alpha means no
    :math:`\alpha_y`. Lin et al. 2017, arXiv:1708.02002.

    Examples
    --------
    >>> sigmoid_focal_loss(np.array([0.0]), np.array([1.0])).round(5)
    array([0.04332])
    """
    miss = truth * sigmoid(-logits) + (1.0 - truth) * sigmoid(logits)
    loss = binary_cross_entropy_with_logits(logits, truth)
    return _alpha_of(truth, alpha) * miss**gamma * loss


def sigmoid_focal_loss_grad(
    logits: Floats,
    truth: Floats,
    alpha: Floats | float = 0.25,
    gamma: Floats | float = 2.0,
) -> Floats:
    r"""Gradient of the sigmoid focal loss.

    .. math::
        \frac{\partial L}{\partial z} = \alpha_y\, m^{\gamma} \Bigl( (p - y)
        + \gamma\, \frac{(1 - 2 y)\, p (1 - p)}{m}\, \mathrm{BCE}(z, y) \Bigr)
    """
    yes, no = sigmoid(logits), sigmoid(-logits)
    miss = truth * no + (1.0 - truth) * yes
    slope = (1.0 - 2.0 * truth) * yes * no / np.where(np.greater(miss, 0.0), miss, 1.0)
    loss = binary_cross_entropy_with_logits(logits, truth)
    return _alpha_of(truth, alpha) * miss**gamma * (yes - truth + gamma * slope * loss)


def _alpha_of(truth: Floats, alpha: Floats | float) -> Floats:
    """Weight of each answer: alpha for yes, 1 - alpha for no, 1 if alpha is negative."""
    return np.where(np.less(alpha, 0.0), 1.0, truth * alpha + (1.0 - truth) * (1.0 - alpha))
