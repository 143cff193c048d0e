"""From logits to probabilities: softmax and sigmoid, and their logarithms."""

import numpy as np

from crossent.core.arrays import Floats


def logsumexp(logits: Floats) -> Floats:
    r"""Log of the sum of exponentials over the classes: a smooth maximum.

    .. math:: \log \sum_k e^{z_k} = m + \log \sum_k e^{z_k - m}, \qquad m = \max_k z_k

    Taking the largest logit out first makes the largest exponential 1, so nothing overflows.

    Parameters
    ----------
    logits : array, shape (..., num_classes)
        ``-inf`` is allowed and adds nothing.

    Returns
    -------
    array, shape (...)
        ``-inf`` where every logit is ``-inf``; ``inf`` where one is ``inf``.

    Examples
    --------
    >>> logsumexp(np.array([1000.0, 1000.0])).round(3)
    np.float64(1000.693)
    """
    largest = np.max(logits, axis=-1, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)  # inf - inf would be nan
    total = np.sum(np.exp(logits - shift), axis=-1, keepdims=True)
    return np.sum(shift + np.log(total), axis=-1)  # one entry a row: this only drops the axis


def log_softmax(logits: Floats) -> Floats:
    r"""Log-probabilities of the classes.

    .. math:: \log p_k = z_k - m - \log \sum_j e^{z_j - m}, \qquad m = \max_k z_k

    Written with logarithms from the start: the log of a softmax would be ``log(0)`` wherever the
    probability is too small to be represented.

    Parameters
    ----------
    logits : array, shape (..., num_classes)
        A class with logit ``-inf`` is masked: its log-probability is ``-inf``.

    Returns
    -------
    array, shape (..., num_classes)
        All nan in a row that has no finite logit, or has one that is ``inf`` or nan.

    Examples
    --------
    >>> log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def softmax(logits: Floats) -> Floats:
    r"""Probabilities of the classes: non-negative, summing to 1.

    .. math:: p_k = \frac{e^{z_k - m}}{\sum_j e^{z_j - m}}, \qquad m = \max_k z_k

    Only differences between logits matter, so subtracting the largest changes nothing but the
    range of the exponentials.

    Parameters
    ----------
    logits : array, shape (..., num_classes)
        A class with logit ``-inf`` is masked: its probability is 0.

    Returns
    -------
    array, shape (..., num_classes)

    Examples
    --------
    >>> softmax(np.array([2.0, 1.0, 0.1])).round(4)
    array([0.659 , 0.2424, 0.0986])
    """
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


def sigmoid(logit: Floats) -> Floats:
    r"""Probability of "yes" for one logit, of any shape.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{e^{z} + 1}

    Of the two forms each is used where its exponential is at most 1, so neither overflows.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    decay = np.exp(-np.abs(logit))
    return np.where(np.greater_equal(logit, 0.0), 1.0, decay) / (1.0 + decay)


def log_odds(p: Floats) -> Floats:
    r"""Logit of a probability, the inverse of the sigmoid: :math:`\log p - \log(1 - p)`.

    ``-inf`` at 0 and ``inf`` at 1.

    Examples
    --------
    >>> log_odds(np.array([0.01, 0.5, 0.99])).round(3)
    array([-4.595,  0.   ,  4.595])
    """
    return np.log(p) - np.log1p(-p)


def log_sigmoid(logit: Floats) -> Floats:
    r"""Log-probability of "yes" for one logit, :math:`\log \sigma(z) = -\log(1 + e^{-z})`.

    ``log(1 - sigmoid(z))`` is ``log_sigmoid(-z)``, and loses no digits.

    Examples
    --------
    >>> log_sigmoid(np.array([-1000.0, 1000.0]))
    array([-1000.,     0.])
    """
    return np.minimum(logit, 0.0) - np.log1p(np.exp(-np.abs(logit)))


def softplus(logit: Floats) -> Floats:
    r"""Loss of one logit when the answer was "no", :math:`\log(1 + e^{z})`: a smooth hinge.

    Examples
    --------
    >>> softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    return np.maximum(logit, 0.0) + np.log1p(np.exp(-np.abs(logit)))
