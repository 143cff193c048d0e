"""Losses of yes-or-no questions, each with its own logit, with torch's arguments and values.

Logits (or probabilities) and targets have one shape, any; targets are from 0 to 1. ``reduction``
is ``"none"``, ``"mean"`` over all entries, or ``"sum"``. Each ``<loss>_grad`` takes the arguments
of its loss and returns the gradient of the reduced loss; for ``"none"``, of the sum. A weight
broadcasts to the shape of the logits; a mean divides by the number of entries all the same.
"""

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import checks, kernels
from crossent.core.arrays import Floats, infinities_are_answers
from crossent.core.reductions import reduce, share


@infinities_are_answers
def binary_cross_entropy(
    probs: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    """Binary cross-entropy of probabilities, each logarithm clamped at -100 as in torch.

    Examples
    --------
    >>> binary_cross_entropy([0.9, 0.1], [1, 0]).round(4)
    np.float64(0.1054)
    >>> binary_cross_entropy([0.0], [1])
    np.float64(100.0)
    """
    probs, truth = _probs_and_truth(probs, targets)
    losses = checks.weights("weight", weight, probs) * kernels.binary_cross_entropy(probs, truth)
    return reduce(losses, reduction, losses.size)


@infinities_are_answers
def binary_cross_entropy_grad(
    probs: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    """Gradient of ``binary_cross_entropy`` with respect to the probabilities.

    As in torch ``p (1 - p)`` counts as at least 1e-12, so at 0 and 1 it is finite.

    Examples
    --------
    >>> binary_cross_entropy_grad([0.8], [1])
    array([-1.25])
    """
    probs, truth = _probs_and_truth(probs, targets)
    grad = checks.weights("weight", weight, probs) * kernels.binary_cross_entropy_grad(probs, truth)
    return grad * share(reduction, grad.size, grad.dtype)


@infinities_are_answers
def binary_cross_entropy_with_logits(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    pos_weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    r"""Binary cross-entropy of sigmoid(logits), finite for every finite logit.

    .. math:: L = -w \bigl( w_+\, y \log \sigma(z) + (1 - y) \log(1 - \sigma(z)) \bigr)

    Parameters
    ----------
    logits, targets, weight, reduction
        As said at the top of this module.
    pos_weight : array, optional
        What each answer that was yes counts; broadcasts to the shape of the logits.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([2.0, -3.0], [1, 0]).round(4)
    np.float64(0.0878)
    >>> binary_cross_entropy_with_logits([-1000.0], [1])
    np.float64(1000.0)
    """
    array, truth = _logits_and_truth(logits, targets)
    factor, positive = _weights(array, weight, pos_weight)
    losses = factor * kernels.binary_cross_entropy_with_logits(array, truth, positive)
    return reduce(losses, reduction, losses.size)


@infinities_are_answers
def binary_cross_entropy_with_logits_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    pos_weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    """Gradient of ``binary_cross_entropy_with_logits``: without weights, prediction minus truth.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_grad([0.0, 0.0], [1, 0], reduction="sum")
    array([-0.5,  0.5])
    """
    array, truth = _logits_and_truth(logits, targets)
    factor, positive = _weights(array, weight, pos_weight)
    grad = factor * kernels.binary_cross_entropy_with_logits_grad(array, truth, positive)
    return grad * share(reduction, grad.size, grad.dtype)


@infinities_are_answers
def mse_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Squared error of any numbers; the mean is over all entries, classes too.

    Examples
    --------
    >>> mse_loss([0.7, 0.2, 0.1], [1, 0, 0]).round(4)
    np.float64(0.0467)
    """
    given, wanted = _input_and_target(input, target)
    losses = kernels.squared_error(given, wanted)
    return reduce(losses, reduction, losses.size)


@infinities_are_answers
def mse_loss_grad(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Gradient of ``mse_loss`` with respect to its input.

    Examples
    --------
    >>> mse_loss_grad([0.7], [1]).round(4)
    array([-0.6])
    """
    given, wanted = _input_and_target(input, target)
    return 2.0 * (given - wanted) * share(reduction, given.size, given.dtype)


@infinities_are_answers
def sigmoid_mse(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Squared error of sigmoid(logits).

    Examples
    --------
    >>> sigmoid_mse([0.0], [1])
    np.float64(0.25)
    """
    losses = kernels.sigmoid_mse(*_logits_and_truth(logits, targets))
    return reduce(losses, reduction, losses.size)


@infinities_are_answers
def sigmoid_mse_grad(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Gradient of ``sigmoid_mse`` with respect to the logits.

    Examples
    --------
    >>> sigmoid_mse_grad([0.0], [1])
    array([-0.25])
    """
    grad = kernels.sigmoid_mse_grad(*_logits_and_truth(logits, targets))
    return grad * share(reduction, grad.size, grad.dtype)


@infinities_are_answers
def sigmoid_focal_loss(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    alpha: float = 0.25,
    gamma: float = 2.0,
    reduction: str = "none",
) -> Floats:
    """Focal loss of yes-or-no questions, as in torchvision, with its defaults.

    Parameters
    ----------
    logits, targets, reduction
        As said at the top of this module; here nothing is reduced unless asked.
    alpha : float
        From 0 to 1: the weight of yes, 1 - alpha that of no. -1 leaves both at 1.
    gamma : float
        Not negative. 0 gives binary cross-entropy.

    Examples
    --------
    >>> sigmoid_focal_loss([0.0, 2.0], [1, 1]).round(5)
    array([0.04332, 0.00045])
    """
    array, truth = _logits_and_truth(logits, targets)
    losses = kernels.sigmoid_focal_loss(array, truth, *_focus(alpha, gamma))
    return reduce(losses, reduction, losses.size)


@infinities_are_answers
def sigmoid_focal_loss_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    alpha: float = 0.25,
    gamma: float = 2.0,
    reduction: str = "none",
) -> Floats:
    """Gradient of ``sigmoid_focal_loss`` with respect to the logits.

    Examples
    --------
    >>> sigmoid_focal_loss_grad([0.0], [1], alpha=-1, gamma=0)
    array([-0.5])
    """
    array, truth = _logits_and_truth(logits, targets)
    grad = kernels.sigmoid_focal_loss_grad(array, truth, *_focus(alpha, gamma))
    return grad * share(reduction, grad.size, grad.dtype)


def _logits_and_truth(logits: ArrayLike, targets: ArrayLike) -> tuple[Floats, Floats]:
    array = checks.floats("logits", logits)
    return array, checks.soft_targets(targets, "logits", array)


def _probs_and_truth(probs: ArrayLike, targets: ArrayLike) -> tuple[Floats, Floats]:
    array = checks.probabilities("probs", probs)
    truth = checks.probabilities("targets", targets, array.dtype)
    checks.same_shape("targets", truth, "probs", array)
    return array, truth


def _input_and_target(input: ArrayLike, target: ArrayLike) -> tuple[Floats, Floats]:
    given = checks.floats("input", input)
    wanted = checks.floats("target", target, given.dtype)
    checks.same_shape("target", wanted, "input", given)
    return given, wanted


def _weights(
    logits: Floats, weight: ArrayLike | None, pos_weight: ArrayLike | None
) -> tuple[Floats, Floats]:
    factor = checks.weights("weight", weight, logits)
    return factor, checks.weights("pos_weight", pos_weight, logits)


def _focus(alpha: float, gamma: float) -> tuple[float, float]:
    if alpha != -1.0:
        checks.number("alpha", alpha, 0.0, 1.0)
    return float(alpha), checks.number("gamma", gamma, 0.0, np.inf)
