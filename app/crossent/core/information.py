"""Entropy, cross-entropy and divergence of checked distributions, and units of information.

Distributions lie along the last axis. ``0 * log 0`` is 0. The truth is q and the model p.
"""

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import checks, kernels
from crossent.core.arrays import Floats, infinities_are_answers
from crossent.core.reductions import reduce, share


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
def kl_div(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", log_target: bool = False
) -> Floats:
    r"""Divergence of a model's *log*-probabilities from the truth, term by term, as in torch.

    .. math:: \ell = y (\log y - x), \qquad \text{with log_target:}\quad \ell = e^{t} (t - x)

    The arguments are the other way round than in KL(q || p): the model comes first.

    Parameters
    ----------
    input : array
        Log-probabilities x of the model.
    target : array
        Probabilities y of the truth in the same shape, or with ``log_target`` their logarithms t.
    reduction : {"none", "mean", "sum", "batchmean"}
        ``"batchmean"`` divides the sum by the length of the first axis: the divergence, for each
        example. ``"mean"`` divides by the number of entries, classes too, which is not it.
    log_target : bool

    Examples
    --------
    >>> kl_div(np.log([[0.9, 0.1]]), [[0.5, 0.5]], reduction="batchmean").round(4)
    np.float64(0.5108)
    >>> kl_div(np.log([[0.9, 0.1]]), [[0.5, 0.5]]).round(4)
    np.float64(0.2554)
    """
    given, truth = _log_probs_and_truth(input, target, log_target)
    terms = kernels.kl_div_of_logs if log_target else kernels.kl_div
    return reduce(terms(given, truth), *_divisor(reduction, given))


@infinities_are_answers
def kl_div_grad(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", log_target: bool = False
) -> Floats:
    """Gradient of ``kl_div`` with respect to its input: minus the truth.

    Examples
    --------
    >>> kl_div_grad(np.log([[0.9, 0.1]]), [[0.5, 0.5]], reduction="batchmean")
    array([[-0.5, -0.5]])
    """
    given, truth = _log_probs_and_truth(input, target, log_target)
    probs = np.exp(truth) if log_target else truth
    return -probs * share(*_divisor(reduction, given), given.dtype)


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


def _log_probs_and_truth(
    input: ArrayLike, target: ArrayLike, log_target: bool
) -> tuple[Floats, Floats]:
    given = checks.floats("input", input)
    if log_target:
        truth = checks.floats("target", target, given.dtype)
        checks.same_shape("target", truth, "input", given)
        return given, truth
    return given, checks.soft_targets(target, "input", given, name="target")


def _divisor(reduction: str, given: Floats) -> tuple[str, int]:
    """A reduction that is none, mean or sum, and what a mean divides by."""
    if checks.one_of("reduction", reduction, (*checks.REDUCTIONS, "batchmean")) != "batchmean":
        return reduction, given.size
    if given.ndim == 0:
        raise ValueError('reduction "batchmean" needs an input with a first axis; got one number')
    return "mean", given.shape[0]


def _pair(q: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    truth, model = checks.distributions("q", q), checks.distributions("p", p)
    checks.same_shape("p", model, "q", truth)
    return truth, model
