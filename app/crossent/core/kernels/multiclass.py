"""Losses over classes that exclude each other, with their gradients.

Logits z, probabilities p = softmax(z), truth y: a distribution over the classes, one-hot or soft.
Each loss is one number per example, not averaged; each gradient is with respect to the logits.
"""

import numpy as np

from crossent.core.arrays import Floats
from crossent.core.kernels.activations import log_softmax, softmax


def cross_entropy(logits: Floats, truth: Floats) -> Floats:
    r"""Cross-entropy of each prediction against the truth: the surprise at what happened.

    .. math:: L = -\sum_k y_k \log p_k, \qquad p = \mathrm{softmax}(z)

    Parameters
    ----------
    logits : array, shape (..., num_classes)
        A class with logit ``-inf`` is masked.
    truth : array, shape (..., num_classes)
        Distributions. A class with ``y = 0`` adds nothing, even when it is masked.

    Returns
    -------
    loss : array, shape (...)
        In nats; ``inf`` where a class that has some truth is masked.

    Examples
    --------
    >>> cross_entropy(np.array([2.0, 0.0, -1.0]), np.array([1.0, 0.0, 0.0])).round(3)
    np.float64(0.17)
    """
    log_probs = np.where(np.equal(truth, 0.0), 0.0, log_softmax(logits))
    return 0.0 - np.sum(truth * log_probs, axis=-1)


def cross_entropy_grad(logits: Floats, truth: Floats) -> Floats:
    r"""Gradient of the cross-entropy: prediction minus truth.

    .. math:: \frac{\partial L}{\partial z_k} = p_k - y_k

    Every entry lies in [-1, 1], and they sum to 0: what one class gains the others lose.

    Examples
    --------
    >>> cross_entropy_grad(np.array([2.0, 0.0, -1.0]), np.array([1.0, 0.0, 0.0])).round(3)
    array([-0.156,  0.114,  0.042])
    """
    return softmax(logits) - truth


def softmax_mse(logits: Floats, truth: Floats) -> Floats:
    r"""Squared error of the probabilities, summed over the classes.

    .. math:: L = \sum_k (p_k - y_k)^2, \qquad p = \mathrm{softmax}(z)

    The sum, not the mean: divide by the number of classes for what ``mse_loss`` gives.

    Examples
    --------
    >>> softmax_mse(np.log(np.array([0.7, 0.2, 0.1])), np.array([1.0, 0.0, 0.0])).round(4)
    np.float64(0.14)
    """
    return np.sum((softmax(logits) - truth) ** 2, axis=-1)


def softmax_mse_grad(logits: Floats, truth: Floats) -> Floats:
    r"""Gradient of the summed squared error.

    .. math::
        \frac{\partial L}{\partial z_k}
        = 2 p_k \Bigl( (p_k - y_k) - \sum_j p_j (p_j - y_j) \Bigr)

    The factor :math:`p_k` is what makes it go flat when the prediction is confidently wrong.

    Examples
    --------
    >>> softmax_mse_grad(np.log(np.array([0.7, 0.2, 0.1])), np.array([1.0, 0.0, 0.0])).round(3)
    array([-0.196,  0.144,  0.052])
    """
    probs = softmax(logits)
    return _through_softmax(probs, 2.0 * (probs - truth))


def focal_loss(logits: Floats, truth: Floats, gamma: Floats | float = 2.0) -> Floats:
    r"""Focal loss: cross-entropy that counts less where the prediction is already good.

    .. math:: L = -\sum_k y_k (1 - p_k)^{\gamma} \log p_k

    With ``gamma = 0`` it is cross-entropy. Lin et al. 2017, arXiv:1708.02002.

    Parameters
    ----------
    logits, truth : arrays, shape (..., num_classes)
        A class with ``y = 0`` adds nothing, even when it is masked.
    gamma : float
        Not negative.

    Returns
    -------
    loss : array, shape (...)

    Examples
    --------
    >>> focal_loss(np.log(np.array([0.9, 0.1])), np.array([1.0, 0.0])).round(6)
    np.float64(0.001054)
    """
    log_probs = np.where(np.equal(truth, 0.0), 0.0, log_softmax(logits))
    return 0.0 - np.sum(truth * (-np.expm1(log_probs)) ** gamma * log_probs, axis=-1)


def focal_loss_grad(logits: Floats, truth: Floats, gamma: Floats | float = 2.0) -> Floats:
    r"""Gradient of the focal loss.

    .. math::
        \frac{\partial L}{\partial z_k} = y_k h_k - p_k \sum_j y_j h_j, \qquad
        h = (1 - p)^{\gamma} \Bigl( \gamma\, \frac{p \log p}{1 - p} - 1 \Bigr)

    The fraction tends to -1 as p tends to 1, and is given that value there.

    Examples
    --------
    >>> focal_loss_grad(np.log(np.array([0.9, 0.1])), np.array([1.0, 0.0]), 0.0).round(3)
    array([-0.1,  0.1])
    """
    log_probs = log_softmax(logits)
    probs = np.exp(log_probs)
    rest = -np.expm1(log_probs)  # 1 - p, to the digits that log p has
    p_log_p = np.where(np.greater(probs, 0.0), probs * log_probs, 0.0)
    unsure = np.not_equal(rest, 0.0)
    fraction = np.where(unsure, p_log_p / np.where(unsure, rest, 1.0), -1.0)
    pull = truth * rest**gamma * (gamma * fraction - 1.0)
    return pull - probs * np.sum(pull, axis=-1, keepdims=True)


def double_softmax_cross_entropy(logits: Floats, truth: Floats) -> Floats:
    r"""Cross-entropy of a softmax that was applied twice: the bug that does not crash.

    .. math:: L = -\sum_k y_k \log \mathrm{softmax}(\mathrm{softmax}(z))_k

    The inner probabilities differ by at most 1, so for one-hot truth over K classes the loss stays
    between :math:`\log(e + K - 1) - 1` and :math:`\log(e + K - 1)`.

    Examples
    --------
    >>> double_softmax_cross_entropy(np.array([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])).round(5)
    np.float64(0.80212)
    """
    return cross_entropy(softmax(logits), truth)


def double_softmax_cross_entropy_grad(logits: Floats, truth: Floats) -> Floats:
    r"""Gradient of the doubly softmaxed cross-entropy with respect to the first logits.

    .. math::
        \frac{\partial L}{\partial z_k} = p_k \Bigl( g_k - \sum_j p_j g_j \Bigr), \qquad
        p = \mathrm{softmax}(z), \quad g = \mathrm{softmax}(p) - y
    """
    probs = softmax(logits)
    return _through_softmax(probs, cross_entropy_grad(probs, truth))


def gradient_step(logits: Floats, grad: Floats, learning_rate: Floats | float) -> Floats:
    """The logits after one step of gradient descent."""
    return logits - learning_rate * grad


def _through_softmax(probs: Floats, grad: Floats) -> Floats:
    """A gradient with respect to probabilities, turned into one with respect to their logits."""
    return probs * (grad - np.sum(probs * grad, axis=-1, keepdims=True))
