"""Entropy, cross-entropy and divergence of checked distributions, and units of information.

Distributions lie along the last axis. ``0 * log 0`` is 0. The truth is q and the model p.
"""

from numpy.typing import ArrayLike

from crossent.core import checks, kernels
from crossent.core.arrays import Floats, infinities_are_answers


@infinities_are_answers
def entropy(p: ArrayLike) -> Floats:
    """Entropy of each distribution, in nats.

    Examples
    --------
    >>> entropy([0.5, 0.5]).round(4)
    np.float64(0.6931)
    """
    return kernels.entropy(checks.distributions("p", p))


@infinities_are_answers
def cross_entropy_of(q: ArrayLike, p: ArrayLike) -> Floats:
    """Cross-entropy H(q, p) of the model p under the truth q, in nats.

    Examples
    --------
    >>> cross_entropy_of([1.0, 0.0, 0.0], [0.7, 0.2, 0.1]).round(4)
    np.float64(0.3567)
    """
    return kernels.cross_entropy_of(*_pair(q, p))


@infinities_are_answers
def kl_divergence(q: ArrayLike, p: ArrayLike) -> Floats:
    """Divergence KL(q || p) of the model p from the truth q, in nats; ``inf`` where only p is 0.

    Examples
    --------
    >>> kl_divergence([0.5, 0.5], [0.9, 0.1]).round(4)
    np.float64(0.5108)
    >>> kl_divergence([0.9, 0.1], [0.5, 0.5]).round(4)
    np.float64(0.3681)
    """
    return kernels.kl_divergence(*_pair(q, p))


@infinities_are_answers
def perplexity(loss: ArrayLike) -> Floats:
    """Perplexity, the exponential of a mean loss in nats.

    Examples
    --------
    >>> perplexity(2.0).round(3)
    np.float64(7.389)
    """
    return kernels.perplexity(checks.floats("loss", loss))


@infinities_are_answers
def to_bits(nats: ArrayLike) -> Floats:
    """Nats in bits.

    Examples
    --------
    >>> to_bits(0.6931471805599453)
    np.float64(1.0)
    """
    return kernels.to_bits(checks.floats("nats", nats))


def _pair(q: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    truth, model = checks.distributions("q", q), checks.distributions("p", p)
    checks.same_shape("p", model, "q", truth)
    return truth, model
