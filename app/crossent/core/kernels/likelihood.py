"""The likelihood of independent observations, counted by class."""

import numpy as np

from crossent.core.arrays import Floats
from crossent.core.kernels.information import xlogy


def likelihood(counts: Floats, probs: Floats) -> Floats:
    r"""Likelihood of a sequence of independent observations: their probabilities, multiplied.

    .. math:: \prod_k p_k^{n_k}

    It really is multiplied, so that it underflows as products do: below about 1e-308 digits are
    lost, and below 5e-324 it is exactly 0.

    Parameters
    ----------
    counts : array, shape (..., num_classes)
        How often each class was observed. What was never observed is a factor of 1, even where
        its probability is 0.
    probs : array, shape (..., num_classes)

    Returns
    -------
    array, shape (...)
        1 where nothing was observed.

    Examples
    --------
    >>> likelihood(np.array([2.0, 1.0]), np.array([0.5, 0.5]))
    np.float64(0.125)
    """
    return np.prod(np.power(probs, counts), axis=-1)


def log_likelihood(counts: Floats, probs: Floats) -> Floats:
    r"""Logarithm of the likelihood, a sum, which underflows nowhere.

    .. math:: \sum_k n_k \log p_k

    Parameters
    ----------
    counts, probs : arrays, shape (..., num_classes)
        As for :func:`likelihood`; ``0 * log 0`` is 0.

    Returns
    -------
    array, shape (...)
        ``-inf`` where something was observed that had probability 0.

    Examples
    --------
    >>> log_likelihood(np.array([1000.0, 1000.0]), np.array([0.5, 0.5])).round(3)
    np.float64(-1386.294)
    """
    return np.sum(xlogy(counts, probs), axis=-1)
