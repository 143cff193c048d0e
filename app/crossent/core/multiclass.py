"""Losses over classes that exclude each other, with torch's arguments and torch's values.

Throughout this module:

logits
    Shape (K,), (B, K) or (B, K, d1, ...): K classes, on axis 1 if there is a batch.
targets
    Integers, the class of each example, shape (), (B,) or (B, d1, ...); or floats in the shape of
    the logits, a distribution over the classes for each example.
reduction
    ``"none"``: one loss per example. ``"sum"``: their sum. ``"mean"``: over integer targets, their
    sum divided by the sum of the targets' weights; over float targets, by the number of examples.
    The mean of nothing is nan.
``<loss>_grad``
    Same arguments. The gradient of the reduced loss with respect to the logits, in their shape;
    for ``"none"`` each example's own gradient, which is the gradient of the sum.

Logits of ``-inf`` mask a class. Float32 and float64 stay as they are; integers become float64.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import blocks, checks, kernels
from crossent.core.arrays import Floats, infinities_are_answers
from crossent.core.checks import Batch
from crossent.core.reductions import reduce, share


@infinities_are_answers
def cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Floats:
    r"""Cross-entropy of softmax(logits) against the targets, as ``torch.nn.functional`` has it.

    .. math::
        L = -\sum_k w_k\, y'_k \log p_k, \qquad p = \mathrm{softmax}(z), \quad
        y' = (1 - \varepsilon)\, y + \varepsilon / K

    Parameters
    ----------
    logits, targets, reduction
        As said at the top of this module.
    weight : array, shape (K,), optional
        A weight :math:`w_k` for each class, not negative.
    ignore_index : int
        Examples with this target count neither in the sum nor in what a mean divides by.
        Only for integer targets.
    label_smoothing : float
        The share :math:`\varepsilon` of the truth that is spread over all classes, from 0 to 1.

    Returns
    -------
    loss : array or scalar
        In nats. nan for the mean when every target is ignored. ``inf`` where the target's class is
        masked. With float targets a masked class gives nan, as in torch, even where its
        probability is 0.

    Raises
    ------
    ValueError, TypeError
        A target outside the classes, a negative weight, shapes that do not match, integer one-hot
        targets, probabilities outside [0, 1], an unknown reduction.

    Examples
    --------
    >>> cross_entropy([[2.0, 0.5, -1.0], [0.1, 1.5, 0.3]], [0, 1]).round(4)
    np.float64(0.3391)
    >>> cross_entropy([2.0, 0.5, -1.0], [0.8, 0.1, 0.1]).round(4)
    np.float64(0.6913)
    """
    batch, epsilon = _checked(logits, targets, weight, ignore_index, label_smoothing)
    losses, _ = _losses_and_grad(batch, epsilon, reduction, want_grad=False)
    return reduce(losses, reduction, _count(batch))


@infinities_are_answers
def cross_entropy_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    out: Floats | None = None,
) -> Floats:
    r"""Gradient of ``cross_entropy`` with respect to the logits: prediction minus truth.

    .. math:: \frac{\partial L}{\partial z_k} = p_k \sum_j w_j y'_j - w_k y'_k

    which without weights is :math:`p_k - y'_k`; for ``"mean"`` divided as the loss is.

    ``out`` is an array to write it into, which is also returned. It may be the logits themselves.

    Examples
    --------
    >>> cross_entropy_grad([2.0, 1.0, 0.1], 0).round(4)
    array([-0.341 ,  0.2424,  0.0986])
    """
    batch, epsilon = _checked(logits, targets, weight, ignore_index, label_smoothing)
    _, grad = _losses_and_grad(batch, epsilon, reduction, want_grad=True, out=out)
    return grad


@infinities_are_answers
def cross_entropy_and_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    out: Floats | None = None,
) -> tuple[Floats, Floats]:
    """``cross_entropy`` and ``cross_entropy_grad`` at once, for little more than one of them.

    Examples
    --------
    >>> loss, grad = cross_entropy_and_grad([2.0, 1.0, 0.1], 0)
    >>> loss.round(4), grad.round(4)
    (np.float64(0.417), array([-0.341 ,  0.2424,  0.0986]))
    """
    batch, epsilon = _checked(logits, targets, weight, ignore_index, label_smoothing)
    losses, grad = _losses_and_grad(batch, epsilon, reduction, want_grad=True, out=out)
    return reduce(losses, reduction, _count(batch)), grad


@infinities_are_answers
def nll_loss(
    log_probs: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Floats:
    """Negative log-likelihood: minus the log-probability of each target's class, as in torch.

    Of ``log_softmax(logits)`` it is ``cross_entropy(logits)``. Nothing is normalised here: given
    logits, or probabilities, it answers with a number that means nothing.

    Parameters
    ----------
    log_probs : array
        In the shape of logits.
    targets, weight, ignore_index, reduction
        As for ``cross_entropy``, but targets are integers only.

    Raises
    ------
    TypeError
        For targets that are not integers.
    ValueError
        As ``cross_entropy``.

    Examples
    --------
    >>> nll_loss(np.log([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]), [0, 2]).round(4)
    np.float64(0.6365)
    """
    batch = _with_indices(log_probs, targets, weight, ignore_index)
    picked = np.take_along_axis(batch.logits, batch.targets[..., None], axis=-1)[..., 0]
    losses = np.where(batch.kept, batch.weight[batch.targets] * (0.0 - picked), 0.0)
    return reduce(losses.astype(picked.dtype, copy=False), reduction, _count(batch))


@infinities_are_answers
def nll_loss_grad(
    log_probs: ArrayLike,
    targets: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Floats:
    """Gradient of ``nll_loss`` with respect to the log-probabilities: only the target's is not 0.

    Examples
    --------
    >>> nll_loss_grad(np.log([0.7, 0.2, 0.1]), 0)
    array([-1.,  0.,  0.])
    """
    batch = _with_indices(log_probs, targets, weight, ignore_index)
    dtype = batch.logits.dtype
    shares = np.where(batch.kept, share(reduction, _count(batch), dtype), 0.0)[..., None]
    certain = kernels.one_hot(batch.targets, batch.logits.shape[-1])
    grad = np.where(np.equal(certain, 1.0), -batch.weight * shares, 0.0)
    return _as_given(grad.astype(dtype, copy=False), batch)


@infinities_are_answers
def double_softmax_cross_entropy(logits: ArrayLike, targets: ArrayLike, **options: Any) -> Floats:
    """Cross-entropy of softmax(logits) given where logits belong: the bug that does not crash.

    Takes the options of ``cross_entropy``.

    Examples
    --------
    >>> double_softmax_cross_entropy([2.0, 1.0, 0.1], 0).round(5)
    np.float64(0.80212)
    """
    return cross_entropy(_class_probs(logits), targets, **options)


@infinities_are_answers
def double_softmax_cross_entropy_grad(
    logits: ArrayLike, targets: ArrayLike, **options: Any
) -> Floats:
    """Gradient of ``double_softmax_cross_entropy`` with respect to the logits.

    Examples
    --------
    >>> double_softmax_cross_entropy_grad([2.0, 1.0, 0.1], 0).round(4)
    array([-0.1878,  0.1363,  0.0515])
    """
    probs = _class_probs(logits)
    grad = cross_entropy_grad(probs, targets, **options)
    axis = 0 if probs.ndim == 1 else 1
    return probs * (grad - np.sum(probs * grad, axis=axis, keepdims=True))


@infinities_are_answers
def focal_loss(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    gamma: float = 2.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    r"""Focal loss, cross-entropy that counts less where the prediction is already good.

    .. math:: L = -\sum_k w_k\, y_k\, (1 - p_k)^{\gamma} \log p_k

    Reduced as ``cross_entropy`` is. Lin et al. 2017, arXiv:1708.02002.

    Examples
    --------
    >>> focal_loss([2.0, 1.0, 0.1], 0).round(4)
    np.float64(0.0485)
    >>> focal_loss([2.0, 1.0, 0.1], 0, gamma=0.0) == cross_entropy([2.0, 1.0, 0.1], 0)
    np.True_
    """
    gamma = checks.number("gamma", gamma, 0.0, np.inf)
    batch = checks.batch(logits, targets, weight)
    losses = kernels.focal_loss(batch.logits, batch.weight * _truth(batch), gamma)
    return reduce(losses, reduction, _count(batch))


@infinities_are_answers
def focal_loss_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    gamma: float = 2.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Floats:
    """Gradient of ``focal_loss`` with respect to the logits.

    Examples
    --------
    >>> focal_loss_grad([2.0, 1.0, 0.1], 0).round(4)
    array([-0.1036,  0.0736,  0.0299])
    """
    gamma = checks.number("gamma", gamma, 0.0, np.inf)
    batch = checks.batch(logits, targets, weight)
    grad = kernels.focal_loss_grad(batch.logits, batch.weight * _truth(batch), gamma)
    return _as_given(grad * share(reduction, _count(batch), grad.dtype), batch)


@infinities_are_answers
def softmax_mse(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Squared error of softmax(logits), summed over the classes of each example.

    The mean is over examples: ``mse_loss`` of the probabilities is that divided by K.

    Examples
    --------
    >>> softmax_mse(np.log([0.7, 0.2, 0.1]), 0).round(4)
    np.float64(0.14)
    """
    batch = checks.batch(logits, targets)
    return reduce(kernels.softmax_mse(batch.logits, _truth(batch)), reduction, _count(batch))


@infinities_are_answers
def softmax_mse_grad(logits: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Floats:
    """Gradient of ``softmax_mse`` with respect to the logits.

    Examples
    --------
    >>> softmax_mse_grad(np.log([0.7, 0.2, 0.1]), 0).round(3)
    array([-0.196,  0.144,  0.052])
    """
    batch = checks.batch(logits, targets)
    grad = kernels.softmax_mse_grad(batch.logits, _truth(batch))
    return _as_given(grad * share(reduction, _count(batch), grad.dtype), batch)


def _checked(
    logits: ArrayLike,
    targets: ArrayLike,
    weight: ArrayLike | None,
    ignore_index: int,
    label_smoothing: float,
) -> tuple[Batch, float]:
    """The arguments of cross-entropy as a batch, and the share of the truth that is spread."""
    epsilon = checks.number("label_smoothing", label_smoothing, 0.0, 1.0)
    return checks.batch(logits, targets, weight, ignore_index), epsilon


def _with_indices(
    log_probs: ArrayLike, targets: ArrayLike, weight: ArrayLike | None, ignore_index: int
) -> Batch:
    """Log-probabilities and the class of each example."""
    batch = checks.batch(log_probs, targets, weight, ignore_index, name="log_probs")
    if batch.soft:
        raise TypeError("targets must be integers, the class of each example; got probabilities")
    return batch


def _losses_and_grad(
    batch: Batch,
    epsilon: float,
    reduction: str,
    want_grad: bool,
    out: Floats | None = None,
) -> tuple[Floats, Any]:
    """Cross-entropy of each example, and the gradient of the reduced loss if it is wanted."""
    shares = np.where(batch.kept, share(reduction, _count(batch), batch.logits.dtype), 0.0)
    if want_grad:
        out = checks.output(out, np.moveaxis(batch.logits, -1, batch.class_axis))

    if blocks.worthwhile(batch.logits) and not batch.soft and epsilon == 0.0:
        weights = batch.weight[batch.targets]
        losses = blocks.cross_entropy(batch.logits, batch.targets, shares * weights, out)
        return np.where(batch.kept, weights * losses, 0.0), out

    # Logits may be overwritten by their gradient, so the losses come first.
    losses = _losses(batch, epsilon)
    if out is not None:
        pull = batch.weight * kernels.smooth(_truth(batch), epsilon)
        mass = np.sum(pull, axis=-1, keepdims=True)
        grad = shares[..., None] * (mass * kernels.softmax(batch.logits) - pull)
        np.copyto(out, _as_given(grad, batch))
    return losses, out


def _losses(batch: Batch, epsilon: float) -> Floats:
    """Weighted cross-entropy of each example; 0 where the target is ignored."""
    surprise = batch.weight * (0.0 - kernels.log_softmax(batch.logits))
    if batch.soft:
        return np.sum(kernels.smooth(batch.targets, epsilon) * surprise, axis=-1)
    # Picked, not multiplied with one-hot: 0 * inf would make nan of every masked class.
    losses = np.take_along_axis(surprise, batch.targets[..., None], axis=-1)[..., 0]
    if epsilon > 0.0:
        losses = (1.0 - epsilon) * losses + epsilon * np.mean(surprise, axis=-1)
    return np.where(batch.kept, losses, 0.0)


def _truth(batch: Batch) -> Floats:
    """The targets as distributions in the precision of the logits."""
    if batch.soft:
        return batch.targets
    return kernels.one_hot(batch.targets, batch.logits.shape[-1]).astype(batch.logits.dtype)


def _count(batch: Batch) -> Any:
    """What a mean divides by."""
    if batch.soft:
        return batch.kept.size
    return np.sum(batch.weight[batch.targets], where=batch.kept)


def _class_probs(logits: ArrayLike) -> Floats:
    last, axis = checks.class_logits(logits)
    return np.moveaxis(kernels.softmax(last), -1, axis)


def _as_given(grad: Floats, batch: Batch) -> Floats:
    """The class axis back where it was."""
    return np.moveaxis(grad, -1, batch.class_axis)
