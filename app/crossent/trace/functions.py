"""What each NumPy function is on traced arrays: a primitive, or NumPy's own definition written out.

A handler has the signature of the part of NumPy's function that can be traced. `array.checked`
compares the shape and dtype of what it gives with NumPy's own, and keeps NumPy's value.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from crossent.trace import ops, primitives
from crossent.trace.array import FUNCTIONS, Traced, find_graph, lift, promotion, values
from crossent.trace.graph import Array, Graph, Node, Shape
from crossent.trace.where import fail

Handler = Callable[..., Any]
Axis = int | tuple[int, ...] | None


def implements(*functions: Any) -> Callable[[Handler], Handler]:
    """Enter the handler in the table for these NumPy functions."""

    def enter(handler: Handler) -> Handler:
        for function in functions:
            FUNCTIONS[function] = handler
        return handler

    return enter


def _graph(*candidates: Any) -> Graph:
    graph = find_graph(*candidates)
    assert graph is not None
    return graph


def _static(name: str, *candidates: Any) -> None:
    if find_graph(*candidates):
        fail(f"{name} whose shape, axis or count is traced", "make it a fixed number")


# --- Reductions -------------------------------------------------------------------------------


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(int(a) % max(ndim, 1) for a in axes)) if ndim else ()


def _reduce(kind: str, x: Any, axis: Axis, keepdims: bool, dtype: Any = None) -> Traced:
    _static(f"np.{kind}", axis)
    graph, node = x.graph, x.node
    ufunc = primitives.REDUCTIONS[kind]
    axes = _axes(axis, len(node.shape))
    with np.errstate(all="ignore"):
        value = np.asarray(ufunc.reduce(node.value, axis=axes, dtype=dtype))
    order = _memory_order(node.value)
    if kind in ("sum", "prod") and value.dtype.kind == "f" and order != tuple(range(len(order))):
        kept = [a for a in order if a not in axes]
        turned = Traced(graph, primitives.transpose(graph, node, order))
        summed = _reduce(kind, turned, tuple(order.index(a) for a in axes), False, dtype)
        back = tuple(kept.index(a) for a in sorted(kept))
        node = primitives.transpose(graph, summed.node, back)
    else:
        node = primitives.cast(graph, node, value.dtype)
        if kind == "prod" and value.dtype == np.float16 and _trailing(node.shape, axes):
            node = _product_of_halves(graph, node, axes, value)
        else:
            node = primitives.reduce_(graph, node, kind, axes, value)
    if keepdims:
        shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
        node = primitives.reshape(graph, node, shape)
    return Traced(graph, node)


def _memory_order(value: Array) -> tuple[int, ...]:
    """The axes from the farthest neighbours in memory to the nearest: how NumPy goes over it."""
    order = tuple(range(value.ndim))
    strides = [abs(step) for step in value.strides]
    if any(step == 0 for step, n in zip(strides, value.shape, strict=True) if n != 1):
        return order  # repeated, not stored: NumPy keeps the axes as they are
    lengths = value.shape
    long = sorted((a for a in order if lengths[a] != 1), key=lambda a: -strides[a])
    places = iter(long)
    return tuple(a if lengths[a] == 1 else next(places) for a in order)


def _trailing(shape: Shape, axes: tuple[int, ...]) -> bool:
    """Whether the axes, but for those of length 1, are the last ones."""
    long = [a for a, n in enumerate(shape) if n != 1]
    gone = [a for a in long if a in axes]
    return bool(gone) and long[-len(gone) :] == gone


def _product_of_halves(graph: Graph, node: Node, axes: tuple[int, ...], value: Array) -> Node:
    """Multiplied in float32 and rounded once, as NumPy does with neighbours in float16."""
    wide = primitives.cast(graph, node, np.dtype(np.float32))
    product = np.multiply.reduce(wide.value, axis=axes)
    wide = primitives.reduce_(graph, wide, "prod", axes, np.asarray(product))
    return primitives.cast(graph, wide, value.dtype)


@implements(np.sum)
def sum_(a: Any, axis: Axis = None, dtype: Any = None, *, keepdims: bool = False) -> Traced:
    """np.sum: pairwise along the axes nearest in memory, and float16 there in float32, as NumPy."""
    return _reduce("sum", a, axis, keepdims, dtype)


@implements(np.prod)
def prod(a: Any, axis: Axis = None, dtype: Any = None, *, keepdims: bool = False) -> Traced:
    """np.prod. In float16 over several axes that are apart, the last bits may differ."""
    return _reduce("prod", a, axis, keepdims, dtype)


@implements(np.max)
def max_(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Traced:
    """np.max: nan where any is nan."""
    return _reduce("max", a, axis, keepdims)


@implements(np.min)
def min_(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Traced:
    """np.min: nan where any is nan."""
    return _reduce("min", a, axis, keepdims)


@implements(np.any)
def any_(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Traced:
    """np.any."""
    return _reduce("any", a.astype(bool), axis, keepdims)


@implements(np.all)
def all_(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Traced:
    """np.all."""
    return _reduce("all", a.astype(bool), axis, keepdims)


@implements(np.count_nonzero)
def count_nonzero(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """np.count_nonzero."""
    return np.sum(a != 0, axis=axis, keepdims=keepdims)


@implements(np.mean)
def mean(a: Any, axis: Axis = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """np.mean: float16 is summed in float32."""
    half = dtype is None and a.dtype == np.float16
    inner = np.float32 if half else dtype or (np.float64 if a.dtype.kind in "biu" else None)
    total = np.sum(a, axis=axis, dtype=inner, keepdims=keepdims)
    count = math.prod(a.shape[i] for i in _axes(axis, a.ndim))
    result = total / total.dtype.type(count)
    return result.astype(np.float16) if half else result


@implements(np.var)
def var(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """np.var of a float64 or integer array."""
    if a.dtype == np.float16:
        fail("np.var of float16", "cast to np.float32 first")
    gap = a - np.mean(a, axis=axis, keepdims=True)
    count = math.prod(a.shape[i] for i in _axes(axis, a.ndim))
    total = np.sum(gap * gap, axis=axis, keepdims=keepdims)
    return total / total.dtype.type(max(count - ddof, 0))


@implements(np.std)
def std(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """np.std of a float64 or integer array."""
    return np.sqrt(np.var(a, axis=axis, ddof=ddof, keepdims=keepdims))


@implements(np.average)
def average(a: Any, axis: Axis = None, weights: Any = None) -> Any:
    """np.average, with weights of a's own shape."""
    if weights is None:
        return np.mean(a, axis=axis)
    if np.shape(weights) != np.shape(a):
        fail("np.average with weights of another shape", "np.broadcast_to the weights first")
    return np.sum(np.multiply(a, weights), axis=axis) / np.sum(_traced(weights, a), axis=axis)


@implements(np.ptp)
def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """np.ptp."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """np.linalg.norm: the Euclidean norm of a vector, or of all of an array's numbers."""
    if ord not in (None, 2) or (ord == 2 and axis is None and x.ndim != 1):
        fail("np.linalg.norm of that order", "write it with np.abs, np.sum and np.max")
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _extreme(kind: str, func: Handler, a: Any, axis: int | None, keepdims: bool) -> Traced:
    graph, node = a.graph, a.node
    flat = node if axis is not None else primitives.reshape(graph, node, (node.size,))
    along = 0 if axis is None else axis % len(node.shape)
    with np.errstate(all="ignore"):
        value = np.asarray(func(flat.value, axis=along))
    if flat.shape[along] == 1:
        node = graph.const(value)
    else:
        node = primitives.reduce_(graph, flat, kind, (along,), value)
    if keepdims:
        shape = tuple(1 if axis is None or i == along else n for i, n in enumerate(a.shape))
        node = primitives.reshape(graph, node, shape)
    return Traced(graph, node)


@implements(np.argmax)
def argmax(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Traced:
    """np.argmax: the first of equals, and the first nan if there is one."""
    return _extreme("argmax", np.argmax, a, axis, keepdims)


@implements(np.argmin)
def argmin(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Traced:
    """np.argmin: the first of equals, and the first nan if there is one."""
    return _extreme("argmin", np.argmin, a, axis, keepdims)


_KINDS = {ufunc: kind for kind, ufunc in primitives.REDUCTIONS.items()}


@implements(np.ufunc.reduce)
def ufunc_reduce(
    ufunc: Any, array: Any, axis: Axis = 0, dtype: Any = None, keepdims: bool = False
) -> Traced:
    """ufunc.reduce of add, multiply, maximum, minimum, logical_and, logical_or, logaddexp."""
    if ufunc not in _KINDS:
        fail(f"np.{ufunc.__name__}.reduce has no JavaScript counterpart", "write it out")
    kind = _KINDS[ufunc]
    array = array.astype(bool) if kind in ("any", "all") else array
    return _reduce(kind, array, axis, keepdims, dtype)


@implements(np.ufunc.accumulate)
def ufunc_accumulate(ufunc: Any, array: Any, axis: int = 0, dtype: Any = None) -> Traced:
    """ufunc.accumulate of add, multiply, maximum, minimum."""
    if ufunc not in (np.add, np.multiply, np.maximum, np.minimum):
        fail(f"np.{ufunc.__name__}.accumulate has no JavaScript counterpart", "write it out")
    with np.errstate(all="ignore"):
        value = ufunc.accumulate(array.value, axis=axis, dtype=dtype)
    node = primitives.cast(array.graph, array.node, value.dtype)
    node = primitives.running(array.graph, node, _KINDS[ufunc], axis % array.ndim, value)
    return Traced(array.graph, node)


@implements(np.cumsum)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """np.cumsum."""
    return _accumulate(np.add, a, axis, dtype)


@implements(np.cumprod)
def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """np.cumprod."""
    return _accumulate(np.multiply, a, axis, dtype)


def _accumulate(ufunc: np.ufunc, a: Any, axis: int | None, dtype: Any) -> Any:
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis)
    if dtype is None and a.dtype.kind in "biu":
        dtype = ufunc.reduce(np.zeros(1, a.dtype)).dtype
    return ufunc.accumulate(a, axis=axis, dtype=dtype)


@implements(np.ufunc.outer)
def ufunc_outer(ufunc: Any, a: Any, b: Any) -> Any:
    """ufunc.outer."""
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)


# --- Choices ----------------------------------------------------------------------------------


@implements(np.where)
def where(condition: Any, x: Any, y: Any) -> Traced:
    """np.where with three arguments: both are computed, one is taken."""
    graph = _graph(condition, x, y)
    value = np.where(*values((condition, x, y)))
    test = primitives.cast(graph, lift(graph, condition), np.dtype(bool))
    args = (primitives.cast(graph, lift(graph, v, value.dtype), value.dtype) for v in (x, y))
    return Traced(graph, primitives.map_(graph, ops.CHOICE, (test, *args), value))


@implements(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """np.select."""
    dtype = np.result_type(
        *(x.dtype if isinstance(x, Traced) else x for x in [*choicelist, default])
    )
    result: Any = _traced(default, condlist, choicelist)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = np.where(condition, choice, result)
    return result.astype(dtype)


@implements(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    """np.clip: nan stays nan."""
    low, high = bounds.pop("min", a_min), bounds.pop("max", a_max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@implements(np.nan_to_num)
def nan_to_num(x: Any, *, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """np.nan_to_num."""
    largest = np.finfo(x.dtype).max
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, largest if posinf is None else posinf, x)
    return np.where(x == -np.inf, -largest if neginf is None else neginf, x)


def _nan_as(value: float, func: Handler) -> Handler:
    def handler(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
        return func(np.where(np.isnan(a), value, a), axis=axis, keepdims=keepdims)

    return handler


FUNCTIONS[np.nansum] = _nan_as(0.0, np.sum)
FUNCTIONS[np.nanprod] = _nan_as(1.0, np.prod)


@implements(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    """np.isclose."""
    near = (np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b)
    close = near | (a == b)
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


@implements(np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    """np.allclose."""
    return np.all(np.isclose(a, b, rtol, atol, equal_nan))


@implements(np.array_equal)
def array_equal(a1: Any, a2: Any) -> Any:
    """np.array_equal."""
    return np.all(a1 == a2) if np.shape(a1) == np.shape(a2) else np.False_


@implements(np.round, np.around)
def round_(a: Any, decimals: int = 0) -> Any:
    """np.round: halves to even."""
    _static("np.round", decimals)
    if a.dtype.kind in "biu":
        if decimals < 0 or a.dtype.kind == "b":
            fail("np.round of integers to tens, or of bools", "cast to np.float64 first")
        return a
    if decimals == 0:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


@implements(np.fix)
def fix(x: Any) -> Any:
    """np.fix."""
    return np.trunc(x)


@implements(np.divmod)
def divmod_(x: Any, y: Any) -> Any:
    """np.divmod."""
    return np.floor_divide(x, y), np.remainder(x, y)


@implements(np.searchsorted)
def searchsorted(a: Any, v: Any, side: str = "left") -> Any:
    """np.searchsorted: counts the elements that come before."""
    v = _traced(v, a)
    after = a >= v[..., None] if side == "left" else a > v[..., None]
    return np.sum(np.logical_not(after) | np.isnan(v[..., None]) & (side == "right"), axis=-1)


@implements(np.digitize)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """np.digitize with increasing, fixed bins."""
    if find_graph(bins) or np.any(np.diff(bins) < 0):
        fail("np.digitize with traced or decreasing bins", "use np.searchsorted")
    return np.searchsorted(bins, x, side="left" if right else "right")


# --- Shapes -----------------------------------------------------------------------------------


def _traced(x: Any, *others: Any) -> Any:
    """`x` as a traced array; a constant joins the graph of the others."""
    if isinstance(x, Traced):
        return x
    graph = _graph(x, *others)
    return Traced(graph, lift(graph, x))


@implements(np.reshape)
def reshape(a: Any, shape: Any, order: str = "C") -> Traced:
    """np.reshape in C order."""
    _static("np.reshape", shape)
    if order != "C":
        fail(f"np.reshape with order={order!r}", "transpose, and reshape in C order")
    return Traced(a.graph, primitives.reshape(a.graph, a.node, shape))


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """np.ravel in C order."""
    return np.reshape(a, (a.size,), order=order)  # type: ignore[call-overload]


@implements(np.transpose, np.permute_dims if hasattr(np, "permute_dims") else np.transpose)
def transpose(a: Any, axes: Any = None) -> Traced:
    """np.transpose."""
    order = tuple(range(a.ndim))[::-1] if axes is None else tuple(int(i) % a.ndim for i in axes)
    return Traced(a.graph, primitives.transpose(a.graph, a.node, order))


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """np.swapaxes."""
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return np.transpose(a, order)


@implements(np.moveaxis)
def moveaxis(a: Any, source: int, destination: int) -> Any:
    """np.moveaxis of one axis."""
    order = [i for i in range(a.ndim) if i != source % a.ndim]
    order.insert(destination % a.ndim, source % a.ndim)
    return np.transpose(a, order)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """np.expand_dims."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    ndim = a.ndim + len(axes)
    new = {i % ndim for i in axes}
    lengths = iter(a.shape)
    return np.reshape(a, tuple(1 if i in new else next(lengths) for i in range(ndim)))


@implements(np.squeeze)
def squeeze(a: Any, axis: Axis = None) -> Any:
    """np.squeeze."""
    return np.reshape(a, np.squeeze(np.broadcast_to(0, a.shape), axis=axis).shape)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any) -> Traced:
    """np.broadcast_to."""
    _static("np.broadcast_to", shape)
    shape = np.broadcast_to(np.broadcast_to(0, array.shape), shape).shape
    return Traced(array.graph, primitives.broadcast(array.graph, array.node, shape))


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> Any:
    """np.broadcast_arrays."""
    shape = np.broadcast_shapes(*(np.shape(x) for x in args))
    return tuple(np.broadcast_to(x, shape) for x in args)


@implements(np.atleast_1d)
def atleast_1d(ary: Any) -> Any:
    """np.atleast_1d of one array."""
    return ary if ary.ndim else np.reshape(ary, (1,))


@implements(np.atleast_2d)
def atleast_2d(ary: Any) -> Any:
    """np.atleast_2d of one array."""
    return ary if ary.ndim > 1 else np.reshape(ary, (1, ary.size))


@implements(np.copy)
def copy(a: Any) -> Any:
    """np.copy: traced arrays never change."""
    return a


@implements(np.shape)
def shape(a: Any) -> Any:
    """np.shape."""
    return a.shape


@implements(np.ndim)
def ndim(a: Any) -> Any:
    """np.ndim."""
    return a.ndim


@implements(np.size)
def size(a: Any, axis: int | None = None) -> Any:
    """np.size."""
    return a.size if axis is None else a.shape[axis]


@implements(np.result_type)
def result_type(*arrays: Any) -> Any:
    """np.result_type."""
    return np.result_type(*(x.dtype if isinstance(x, Traced) else x for x in arrays))


@implements(np.iscomplexobj)
def iscomplexobj(x: Any) -> bool:
    """np.iscomplexobj: complex numbers are not traced."""
    return False


@implements(np.zeros_like)
def zeros_like(a: Any, dtype: Any = None, shape: Any = None) -> Any:
    """np.zeros_like: a constant."""
    return np.zeros(a.shape if shape is None else shape, dtype or a.dtype)


@implements(np.ones_like)
def ones_like(a: Any, dtype: Any = None, shape: Any = None) -> Any:
    """np.ones_like: a constant."""
    return np.ones(a.shape if shape is None else shape, dtype or a.dtype)


@implements(np.empty_like)
def empty_like(prototype: Any, dtype: Any = None, shape: Any = None) -> Any:
    """Not traceable: what is put into it would be lost."""
    fail("np.empty_like", "join what would be put into it with np.stack or np.concatenate")


@implements(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """np.full_like."""
    shape = np.shape(a) if shape is None else shape
    dtype = np.dtype(dtype or a.dtype)
    if not find_graph(fill_value):
        return np.full(shape, fill_value, dtype)
    return np.broadcast_to(fill_value.astype(dtype), shape)


# --- Joining and cutting ----------------------------------------------------------------------


@implements(np.concatenate)
def concatenate(arrays: Any, axis: int | None = 0, *, dtype: Any = None) -> Traced:
    """np.concatenate."""
    graph = _graph(*arrays)
    if axis is None:
        arrays, axis = [np.ravel(x) for x in arrays], 0
    dtype = np.result_type(*(np.asarray(values(x)) for x in arrays)) if dtype is None else dtype
    nodes = tuple(primitives.cast(graph, lift(graph, x), np.dtype(dtype)) for x in arrays)
    return Traced(graph, primitives.join(graph, nodes, axis % len(nodes[0].shape)))


@implements(np.stack)
def stack(arrays: Any, axis: int = 0) -> Any:
    """np.stack."""
    ndim = np.ndim(arrays[0]) + 1
    return np.concatenate([np.expand_dims(x, axis % ndim) for x in arrays], axis=axis % ndim)


@implements(np.vstack)
def vstack(tup: Any) -> Any:
    """np.vstack."""
    return np.concatenate([np.atleast_2d(x) for x in tup], axis=0)


@implements(np.hstack)
def hstack(tup: Any) -> Any:
    """np.hstack."""
    arrays = [np.atleast_1d(x) for x in tup]
    return np.concatenate(arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


@implements(np.column_stack)
def column_stack(tup: Any) -> Any:
    """np.column_stack."""
    return np.concatenate([x[:, None] if np.ndim(x) == 1 else x for x in tup], axis=1)


@implements(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """np.append."""
    return np.concatenate([arr, values], axis=axis)


@implements(np.split, np.array_split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """np.split and np.array_split at fixed places."""
    _static("np.split", indices_or_sections)
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    before = (slice(None),) * (axis % ary.ndim)
    starts = np.cumsum([0, *(len(piece) for piece in pieces)])
    return [ary[(*before, slice(a, b))] for a, b in pairwise(starts)]


@implements(np.flip)
def flip(m: Any, axis: Axis = None) -> Any:
    """np.flip."""
    axes = _axes(axis, m.ndim)
    return m[tuple(slice(None, None, -1 if a in axes else 1) for a in range(m.ndim))]


@implements(np.roll)
def roll(a: Any, shift: int, axis: int | None = None) -> Any:
    """np.roll by a fixed number of places, along one axis or flat."""
    _static("np.roll", shift, axis)
    if axis is None:
        return np.reshape(np.roll(np.ravel(a), shift, 0), a.shape)
    n, before = a.shape[axis], (slice(None),) * (axis % a.ndim)
    cut = n - shift % n
    if cut == n:
        return a
    return np.concatenate([a[(*before, slice(cut, None))], a[(*before, slice(0, cut))]], axis=axis)


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """np.diff."""
    before = (slice(None),) * (axis % a.ndim)
    for _ in range(n):
        minus = np.not_equal if a.dtype.kind == "b" else np.subtract
        a = minus(a[(*before, slice(1, None))], a[(*before, slice(0, -1))])
    return a


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """np.repeat with fixed counts."""
    _static("np.repeat", repeats, axis)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis % a.ndim)
    return np.take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis=axis)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:  # noqa: N803
    """np.tile with fixed counts."""
    _static("np.tile", reps)
    reps = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    ndim = max(len(reps), A.ndim)
    lengths = (1,) * (ndim - A.ndim) + A.shape
    reps = (1,) * (ndim - len(reps)) + reps
    between = np.reshape(A, [n for length in lengths for n in (1, length)])
    whole = np.broadcast_to(between, [n for pair in zip(reps, lengths, strict=True) for n in pair])
    return np.reshape(whole, [r * n for r, n in zip(reps, lengths, strict=True)])


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """np.pad with one constant, or with the edge."""
    _static("np.pad", pad_width)
    if mode not in ("constant", "edge") or np.ndim(values(constant_values)):
        fail(f"np.pad with mode={mode!r}", "use np.concatenate")
    widths = np.broadcast_to(pad_width, (array.ndim, 2))
    for axis, (before, after) in enumerate(widths):
        rows = np.moveaxis(array, axis, 0)
        fill = np.full_like(rows[:1], constant_values) if mode == "constant" else None
        ends = [rows[:1], rows[-1:]] if fill is None else [fill, fill]
        first, last = (
            np.broadcast_to(e, (k, *rows.shape[1:]))
            for e, k in zip(ends, (before, after), strict=True)
        )
        array = np.moveaxis(np.concatenate([first, rows, last]), 0, axis)
    return array


@implements(np.take)
def take(a: Any, indices: Any, axis: int | None = None) -> Any:
    """np.take: a traced index outside its axis gives nan."""
    a = _traced(a, indices)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis % a.ndim)
    key = indices if isinstance(indices, Traced) else np.asarray(indices)
    return a[(*(slice(None),) * axis, key)]


@implements(np.choose)
def choose(a: Any, choices: Any) -> Any:
    """np.choose: a traced index beyond the choices gives nan."""
    rows = np.stack(np.broadcast_arrays(*choices, np.broadcast_to(False, np.shape(a)))[:-1])
    index: Any = np.broadcast_to(_traced(a, choices), rows.shape[1:])
    return np.take_along_axis(rows, index[None], axis=0)[0]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int = -1) -> Any:
    """np.take_along_axis: a traced index outside its axis gives nan."""
    arr = _traced(arr, indices)
    axis %= arr.ndim
    grids: list[Any] = []
    for a, n in enumerate(arr.shape):
        shape = [-1 if i == a else 1 for i in range(arr.ndim)]
        grids.append(indices if a == axis else np.arange(n).reshape(shape))
    return arr[tuple(grids)]


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0) -> Any:
    """np.diagonal of a matrix."""
    rows, columns = np.diagonal(np.indices(a.shape), offset, 1, 2)
    return a[rows, columns]


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """np.diag of a matrix, or of a vector with k = 0."""
    if v.ndim == 2:
        return np.diagonal(v, k)
    if k:
        fail("np.diag of a vector with k", "use np.where with np.eye(n, k=k)")
    return np.where(np.eye(len(v), dtype=bool), v, np.zeros((), v.dtype))


@implements(np.trace)
def trace_(a: Any, offset: int = 0) -> Any:
    """np.trace of a matrix."""
    return np.sum(np.diagonal(a, offset))


def _triangle(mask: Any, m: Any, k: int) -> Any:
    keep = mask(np.ones(m.shape[-2:], dtype=bool), k)
    return np.where(keep, m, np.zeros((), m.dtype))


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """np.tril."""
    return _triangle(np.tril, m, k)


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """np.triu."""
    return _triangle(np.triu, m, k)


@implements(np.meshgrid)
def meshgrid(*xi: Any, indexing: str = "xy", sparse: bool = False) -> Any:
    """np.meshgrid of vectors."""
    n = len(xi)
    places = [1 - i if i < 2 and n > 1 and indexing == "xy" else i for i in range(n)]
    grids = tuple(
        np.reshape(x, [-1 if i == place else 1 for i in range(n)])
        for x, place in zip(xi, places, strict=True)
    )
    return grids if sparse else np.broadcast_arrays(*grids)


@implements(np.sort)
def sort(a: Any, axis: int = -1) -> Any:
    """np.sort: nan last."""
    return _sorted("sort", np.sort, a, axis)


@implements(np.argsort)
def argsort(a: Any, axis: int = -1, kind: Any = None, *, stable: Any = None) -> Any:
    """np.argsort, always stable: equals keep their order, nan last."""
    if kind != "stable" and not stable:
        fail("np.argsort that is not stable", 'ask for kind="stable", so that ties are the same')
    return _sorted("argsort", lambda x: np.argsort(x, kind="stable"), a, axis)


def _sorted(op: str, func: Callable[[Array], Array], a: Any, axis: int) -> Any:
    last = np.moveaxis(a, axis, -1)
    if last.shape[-1] == 1:
        return a if op == "sort" else np.zeros(a.shape, np.intp)
    result: Any = Traced(a.graph, a.graph.add(op, (last.node,), (), func(last.value)))
    return np.moveaxis(result, -1, axis)


# --- Products and ranges ----------------------------------------------------------------------


@implements(np.matmul)
def matmul(x1: Any, x2: Any) -> Any:
    """np.matmul and @: sums in order, where BLAS may differ in the last bits."""
    if not np.ndim(x1) or not np.ndim(x2):
        fail("@ with a scalar", "use *")
    if _are_halves(x1, x2):  # NumPy multiplies and adds them in float32, and rounds once
        return np.matmul(x1.astype(np.float32), x2.astype(np.float32)).astype(np.float16)
    right = np.swapaxes(x2, -1, -2) if np.ndim(x2) > 1 else x2
    if np.ndim(x1) > 1 and np.ndim(x2) > 1:
        return _dot(np.multiply(x1[..., :, None, :], right[..., None, :, :]))
    return _dot(np.multiply(x1, right))


def _are_halves(*arrays: Any) -> bool:
    return all(promotion(x) == np.float16 for x in arrays)


def _dot(product: Traced) -> Traced:
    """The sum over the last axis, in order; of bools: whether any is true."""
    axis = product.ndim - 1
    kind = "any" if product.dtype.kind == "b" else "dot"
    with np.errstate(all="ignore"):
        value = primitives.REDUCTIONS["any" if kind == "any" else "sum"].reduce(
            product.value, axis=axis, dtype=product.dtype
        )
    return Traced(
        product.graph, primitives.reduce_(product.graph, product.node, kind, (axis,), value)
    )


@implements(np.dot)
def dot(a: Any, b: Any) -> Any:
    """np.dot of vectors and matrices."""
    if not np.ndim(a) or not np.ndim(b):
        return np.multiply(a, b)
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        fail("np.dot of more than two axes", "use np.matmul")
    return np.matmul(a, b)


@implements(np.inner)
def inner(a: Any, b: Any) -> Any:
    """np.inner of vectors and matrices."""
    return np.dot(a, np.transpose(b))


@implements(np.vdot, *([np.vecdot] if hasattr(np, "vecdot") else []))
def vdot(a: Any, b: Any) -> Any:
    """np.vdot, and np.vecdot, along the last axis."""
    if _are_halves(a, b):
        return vdot(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    return _dot(np.multiply(a, b))


@implements(np.outer)
def outer(a: Any, b: Any) -> Any:
    """np.outer."""
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


@implements(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    axis: int = 0,
) -> Any:
    """np.linspace with traced ends and a fixed number of points."""
    _static("np.linspace", num, endpoint, retstep, axis)
    if retstep:
        fail("np.linspace with retstep", "compute (stop - start) / (num - 1)")
    start, stop = np.multiply(start, 1.0), np.multiply(stop, 1.0)
    ends = max(np.ndim(start), np.ndim(stop))
    index = np.arange(num).reshape((-1,) + (1,) * ends)
    gaps = num - 1 if endpoint else num
    step = (stop - start) / max(gaps, 1)
    points = index * step + start
    if endpoint and num > 1:
        points = np.where(index == num - 1, stop, points)
    return np.moveaxis(points, 0, axis)


def table() -> Sequence[str]:
    """The names of the NumPy functions that can be traced, ufuncs left out, sorted."""
    names = {f.__name__ for f in FUNCTIONS if not isinstance(f, np.ufunc)}
    return sorted(names)


__all__ = ["implements", "table"]
