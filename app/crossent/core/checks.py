"""What is asked of arguments before a formula sees them.

Each check returns the array in the form that the kernels expect, or raises a ``ValueError`` or
``TypeError`` that says what was wrong and what would be right.
"""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from crossent.core.arrays import Bools, Floats, Integers

REDUCTIONS = ("none", "mean", "sum")


def floats(name: str, values: ArrayLike, dtype: DTypeLike | None = None) -> Floats:
    """The values as an array of floats: precision kept, integers in float64, or as dtype says."""
    array = _array(name, values)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be real numbers; got {array.dtype}")
    if dtype is None:
        dtype = array.dtype if array.dtype.kind == "f" else np.float64
    return array.astype(dtype, copy=False)


def probabilities(name: str, values: ArrayLike, dtype: DTypeLike | None = None) -> Floats:
    """Floats from 0 to 1, each by itself; nan is refused."""
    array = floats(name, values, dtype)
    _refuse(name, array, ~((array >= 0.0) & (array <= 1.0)), "must be from 0 to 1")
    return array


def distributions(name: str, values: ArrayLike) -> Floats:
    """Probabilities along the last axis, summing to 1 within 0.001, so that rounded ones pass."""
    array = floats(name, values)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must have at least one class along its last axis")
    _refuse(name, array, (array < 0.0) | (array > 1.0), "must be from 0 to 1")
    totals = np.sum(array, axis=-1)
    _refuse(name, totals, np.abs(totals - 1.0) > 1e-3, "must sum to 1 over the classes")
    return array


def same_shape(name: str, array: Floats, other_name: str, other: Floats) -> None:
    """Refuse two arrays of different shapes: broadcasting them would hide a mistake."""
    if array.shape != other.shape:
        raise ValueError(
            f"{name} must have the shape of {other_name}, {other.shape}; got {array.shape}"
        )


def soft_targets(targets: ArrayLike, like_name: str, like: Floats, name: str = "targets") -> Floats:
    """Targets from 0 to 1 in the shape and precision of another array; nan passes through."""
    truth = floats(name, targets, like.dtype)
    same_shape(name, truth, like_name, like)
    _refuse(name, truth, (truth < 0.0) | (truth > 1.0), "must be from 0 to 1")
    return truth


def class_indices(
    targets: ArrayLike, num_classes: int, ignore_index: int | None = None
) -> Integers:
    """Integers from 0 to num_classes - 1, or equal to ignore_index."""
    array = _array("targets", targets)
    if array.dtype.kind not in "iu":
        raise TypeError(f"targets must be integers, the class of each example; got {array.dtype}")
    outside = (array < 0) | (array >= num_classes)
    if ignore_index is not None:
        outside &= array != ignore_index
    _refuse("targets", array, outside, f"must be from 0 to {num_classes - 1}")
    return array


def weights(name: str, weight: ArrayLike | None, like: Floats) -> Floats:
    """Weights that are finite, not negative and broadcast to an array; 1 if there are none."""
    if weight is None:
        return np.ones((), like.dtype)
    array = _not_negative(name, weight, like.dtype)
    try:
        fits = np.broadcast_shapes(array.shape, like.shape) == like.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name} must broadcast to the shape {like.shape}; got {array.shape}")
    return array


def number(name: str, value: float, low: float, high: float) -> float:
    """A single number from low to high."""
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a number; got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}; got {value:g}")
    return float(value)


def one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")
    return value


def class_logits(logits: ArrayLike, name: str = "logits") -> tuple[Floats, int]:
    """Logits (K,), (B, K) or (B, K, d1, ...) with the class axis last, and where it was."""
    given = floats(name, logits)
    if given.ndim == 0:
        raise ValueError(f"{name} must have a class axis: shape (K,), (B, K) or (B, K, d1, ...)")
    class_axis = 0 if given.ndim == 1 else 1
    if given.shape[class_axis] == 0:
        raise ValueError(f"{name} must have at least one class; got shape {given.shape}")
    return np.moveaxis(given, class_axis, -1), class_axis


class Batch(NamedTuple):
    """Logits and targets that fit each other, the class axis last."""

    logits: Floats
    """Shape (..., num_classes)."""
    targets: Any
    """Class indices, shape (...), or distributions, shape (..., num_classes)."""
    soft: bool
    """Whether the targets are distributions."""
    weight: Floats
    """A weight for each class."""
    kept: Bools
    """Shape (...); False where the target is ignored. Such a target's index is set to 0."""
    class_axis: int
    """Where the classes were in the logits as given."""


def batch(
    logits: ArrayLike,
    targets: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    name: str = "logits",
) -> Batch:
    """Logits (K,), (B, K) or (B, K, d1, ...) with integer targets (), (B,) or (B, d1, ...), or
    with float targets in the shape of the logits, which errors call by a name.
    """
    last, class_axis = class_logits(logits, name)
    given = np.moveaxis(last, -1, class_axis)
    num_classes = last.shape[-1]
    per_class = _class_weights(weight, num_classes, given.dtype)
    truth = _array("targets", targets)
    if truth.dtype.kind == "f":
        if truth.shape != given.shape:
            raise ValueError(
                f"float targets are class probabilities and must have the shape of the {name}, "
                f"{given.shape}; got {truth.shape}. Class indices must be integers"
            )
        if ignore_index is not None and ignore_index >= 0:
            raise ValueError(
                f"ignore_index is for integer targets; with float targets leave it out, "
                f"got {ignore_index}"
            )
        probs = np.moveaxis(soft_targets(truth, name, given), class_axis, -1)
        return Batch(last, probs, True, per_class, np.ones(last.shape[:-1], bool), class_axis)

    if truth.shape != last.shape[:-1]:
        message = (
            f"integer targets are class indices and must have shape {last.shape[:-1]} "
            f"for {name} of shape {given.shape}; got {truth.shape}"
        )
        if truth.shape == given.shape:
            message += ". One-hot or soft targets must be floats: targets.astype(float)"
        raise ValueError(message)
    indices = class_indices(truth, num_classes, ignore_index)
    kept = np.ones(indices.shape, bool) if ignore_index is None else indices != ignore_index
    return Batch(
        last, np.where(kept, indices, 0).astype(np.intp), False, per_class, kept, class_axis
    )


def output(out: Floats | None, like: Floats) -> Floats:
    """An array to write a gradient into: the one given, if it fits, or a new one."""
    if out is None:
        return np.empty(like.shape, like.dtype)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array; got {type(out).__name__}")
    if out.shape != like.shape or out.dtype != like.dtype:
        raise ValueError(
            f"out must have the logits' shape and precision, {like.shape} and {like.dtype}; "
            f"got {out.shape} and {out.dtype}"
        )
    return out


def _class_weights(weight: ArrayLike | None, num_classes: int, dtype: DTypeLike) -> Floats:
    """A weight for each class; 1 if there are none."""
    if weight is None:
        return np.ones(num_classes, dtype)
    array = _not_negative("weight", weight, dtype)
    if array.shape != (num_classes,):
        raise ValueError(
            f"weight must have one entry per class, shape ({num_classes},); got {array.shape}"
        )
    return array


def _not_negative(name: str, weight: ArrayLike, dtype: DTypeLike) -> Floats:
    array = floats(name, weight, dtype)
    _refuse(name, array, ~((array >= 0.0) & (array < np.inf)), "must be finite and not negative")
    return array


def _array(name: str, values: ArrayLike) -> Any:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def _refuse(name: str, values: Any, wrong: Any, rule: str) -> None:
    if np.any(wrong):
        raise ValueError(f"{name} {rule}; got {values[wrong].flat[0]}")
