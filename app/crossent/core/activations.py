"""Softmax and sigmoid of checked arguments, along any axis."""

import math

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import checks, kernels
from crossent.core.arrays import Floats, infinities_are_answers


@infinities_are_answers
def softmax(logits: ArrayLike, *, temperature: float = 1.0, axis: int = -1) -> Floats:
    r"""Probabilities of the classes, :math:`\mathrm{softmax}(z / T)`.

    Parameters
    ----------
    logits : array
        ``-inf`` masks a class: its probability is 0. A row that has no finite logit, or has one
        that is ``inf`` or nan, is nan, as in torch.
    temperature : float
        Above 0. High temperatures flatten the distribution, low ones sharpen it.
    axis : int
        Where the classes are.

    Examples
    --------
    >>> softmax([2.0, 1.0, 0.1]).round(4)
    array([0.659 , 0.2424, 0.0986])
    >>> softmax([2.0, 1.0, 0.1], temperature=10.0).round(4)
    array([0.3661, 0.3312, 0.3027])
    """
    return np.moveaxis(kernels.softmax(_tempered(logits, temperature, axis)), -1, axis)


@infinities_are_answers
def log_softmax(logits: ArrayLike, *, temperature: float = 1.0, axis: int = -1) -> Floats:
    """Log-probabilities of the classes; arguments and edge cases as in ``softmax``.

    Examples
    --------
    >>> log_softmax([1000.0, 0.0])
    array([    0., -1000.])
    """
    return np.moveaxis(kernels.log_softmax(_tempered(logits, temperature, axis)), -1, axis)


@infinities_are_answers
def logsumexp(logits: ArrayLike, *, axis: int = -1, keepdims: bool = False) -> Floats:
    """Log of the sum of exponentials along an axis; ``-inf`` if every logit is ``-inf``.

    Examples
    --------
    >>> logsumexp([1000.0, 1000.0]).round(3)
    np.float64(1000.693)
    """
    total = kernels.logsumexp(_tempered(logits, 1.0, axis))
    return np.expand_dims(total, axis) if keepdims else total


@infinities_are_answers
def sigmoid(logits: ArrayLike) -> Floats:
    """Probability of "yes" for each logit.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    return kernels.sigmoid(checks.floats("logits", logits))


@infinities_are_answers
def log_sigmoid(logits: ArrayLike) -> Floats:
    """Log-probability of "yes" for each logit.

    Examples
    --------
    >>> log_sigmoid([-1000, 1000])
    array([-1000.,     0.])
    """
    return kernels.log_sigmoid(checks.floats("logits", logits))


@infinities_are_answers
def softplus(logits: ArrayLike, *, beta: float = 1.0, threshold: float = 20.0) -> Floats:
    r"""Smooth hinge :math:`\log(1 + e^{\beta z}) / \beta` of each logit.

    Where :math:`\beta z` is above the threshold it is z itself. That is torch's default, and wrong
    by up to 2e-9 there; ``threshold=math.inf`` is exact, and does not overflow here.

    Examples
    --------
    >>> softplus([-10.0, 0.0, 10.0]).round(4)
    array([ 0.    ,  0.6931, 10.    ])
    """
    array = checks.floats("logits", logits)
    scale = checks.number("beta", beta, math.ulp(0.0), math.inf)
    smooth = kernels.softplus(scale * array) / scale
    return np.where(scale * array > threshold, array, smooth)[()]


def _tempered(logits: ArrayLike, temperature: float, axis: int) -> Floats:
    """The logits over the temperature, the classes last."""
    array = checks.floats("logits", logits)
    if not temperature > 0.0:
        raise ValueError(f"temperature must be above 0; got {temperature:g}")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"logits of shape {array.shape} have no axis {axis}")
    if array.shape[axis] == 0:
        raise ValueError(f"logits must have at least one class; got shape {array.shape}")
    return np.moveaxis(array, axis, -1) / float(temperature)
