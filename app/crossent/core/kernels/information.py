"""Surprise, entropy and the divergence of one distribution from another.

The truth is q and the model p, as in the lessons. Throughout, ``0 * log 0`` is 0: what never
happens costs nothing. What does happen and was given probability 0 costs infinitely much.
"""

import numpy as np

from crossent.core.arrays import Floats


def xlogy(x: Floats, y: Floats) -> Floats:
    """``x * log(y)``, and exactly 0 wherever x is 0, whatever y is."""
    return x * np.log(np.where(np.equal(x, 0.0), 1.0, y))


def surprise(p: Floats) -> Floats:
    r"""Surprise :math:`-\log p` at something that had probability p: 0 at 1, infinite at 0.

    Examples
    --------
    >>> surprise(np.array([1.0, 0.5, 0.01])).round(4)
    array([0.    , 0.6931, 4.6052])
    """
    return 0.0 - np.log(p)  # -log(1) would be -0.0


def entropy(p: Floats) -> Floats:
    r"""Entropy: the mean surprise of one who knows the distribution.

    .. math:: H(p) = -\sum_k p_k \log p_k

    Parameters
    ----------
    p : array, shape (..., num_classes)
        Distributions; ``0 * log 0`` is 0.

    Returns
    -------
    array, shape (...)
        From 0, one class certain, to ``log(num_classes)``, all equally likely.

    Examples
    --------
    >>> entropy(np.array([0.25, 0.25, 0.25, 0.25])) == np.log(4)
    np.True_
    """
    return 0.0 - np.sum(xlogy(p, p), axis=-1)


def cross_entropy_of(q: Floats, p: Floats) -> Floats:
    r"""Cross-entropy: the mean surprise of one who believes p while q holds.

    .. math:: H(q, p) = -\sum_k q_k \log p_k = H(q) + \mathrm{KL}(q \,\|\, p)

    Parameters
    ----------
    q, p : arrays, shape (..., num_classes)
        The truth and the model. Terms with ``q = 0`` are 0, even at ``p = 0``.

    Returns
    -------
    array, shape (...)
        At least ``entropy(q)``; ``inf`` where p is 0 and q is not.

    Examples
    --------
    >>> cross_entropy_of(np.array([1.0, 0.0]), np.array([0.5, 0.5])).round(4)
    np.float64(0.6931)
    """
    return 0.0 - np.sum(xlogy(q, p), axis=-1)


def kl_divergence(q: Floats, p: Floats) -> Floats:
    r"""Kullback-Leibler divergence of the model p from the truth q: the surprise to be saved.

    .. math:: \mathrm{KL}(q \,\|\, p) = \sum_k q_k (\log q_k - \log p_k) = H(q, p) - H(q)

    Not symmetric, so not a distance.

    Parameters
    ----------
    q, p : arrays, shape (..., num_classes)
        The truth and the model. Terms with ``q = 0`` are 0, even at ``p = 0``.

    Returns
    -------
    array, shape (...)
        0 where p equals q; ``inf`` where p is 0 and q is not.

    Examples
    --------
    >>> kl_divergence(np.array([0.5, 0.5]), np.array([0.9, 0.1])).round(4)
    np.float64(0.5108)
    """
    return np.sum(xlogy(q, q) - xlogy(q, p), axis=-1)


def kl_div(log_probs: Floats, truth: Floats) -> Floats:
    r"""Terms of the divergence of the truth from log-probabilities: :math:`y (\log y - \log p)`.

    Their sum over the classes is ``kl_divergence``. As in torch a class with ``y = 0`` gives nan
    where ``log p`` is ``-inf``.
    """
    return xlogy(truth, truth) - truth * log_probs


def kl_div_of_logs(log_probs: Floats, log_truth: Floats) -> Floats:
    r"""The same terms from the truth's logarithms: :math:`e^{t} (t - \log p)`."""
    return np.exp(log_truth) * (log_truth - log_probs)


def perplexity(loss: Floats) -> Floats:
    r"""Perplexity :math:`e^{L}` of a loss in nats: as unsure as among that many equal choices."""
    return np.exp(loss)


def to_bits(nats: Floats) -> Floats:
    r"""The same amount of information in bits, :math:`\text{nats} / \log 2`."""
    return nats / np.log(2.0)
