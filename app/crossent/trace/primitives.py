"""The few operations that everything else is made of: each takes nodes and gives a node.

The value of a result is computed by NumPy from the values of its arguments.
"""

import math
from typing import Any

import numpy as np

from crossent.trace import ops
from crossent.trace.graph import Array, Graph, Node, Shape

# For each axis of the source: where it starts, its step, and the axis of the result (-1: none).
Axes = tuple[tuple[int, int, int], ...]

# kind: (NumPy's ufunc, its name where it keeps a running value)
REDUCTIONS: dict[str, np.ufunc] = {
    "sum": np.add,
    "prod": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
    "any": np.logical_or,
    "all": np.logical_and,
    "logaddexp": np.logaddexp,
}


def map_(graph: Graph, template: str, args: tuple[Node, ...], value: Array) -> Node:
    """One expression for each element of `args`, broadcast together."""
    return graph.add("map", args, (template,), value)


def cast(graph: Graph, node: Node, dtype: np.dtype[Any]) -> Node:
    """`node` as another dtype, as `astype` has it."""
    if node.dtype == dtype:
        return node
    with np.errstate(all="ignore"):
        value = node.value.astype(dtype)
    template = ops.cast_template(node.dtype, dtype)
    if template == "{0}":
        return view(graph, node, tuple((0, 1, axis) for axis in range(value.ndim)), value)
    return map_(graph, template, (node,), value)


def view(graph: Graph, node: Node, axes: Axes, value: Array) -> Node:
    """`value`, whose elements lie in `node` at start + step * i along each axis."""
    if node.op == "view":
        inner: Any = node.attrs
        axes = tuple(
            (start, step, -1) if axis < 0 else _chain(start, step, axes[axis])
            for start, step, axis in inner
        )
        node = node.args[0]
    unchanged = all(entry == (0, 1, axis) for axis, entry in enumerate(axes))
    if unchanged and value.shape == node.shape and value.dtype == node.dtype:
        return node
    return graph.add("view", (node,), axes, value)


def _chain(start: int, step: int, outer: tuple[int, int, int]) -> tuple[int, int, int]:
    """The source position start + step * i, where i is itself outer's start + step * j."""
    return start + step * outer[0], step * outer[1], outer[2]


def broadcast(graph: Graph, node: Node, shape: Shape) -> Node:
    """`node` repeated to `shape`."""
    new = len(shape) - len(node.shape)
    axes = tuple((0, 0, -1) if n == 1 else (0, 1, new + a) for a, n in enumerate(node.shape))
    return view(graph, node, axes, np.broadcast_to(node.value, shape))


def transpose(graph: Graph, node: Node, order: tuple[int, ...]) -> Node:
    """`node` with axis order[i] as its axis i."""
    axes = tuple((0, 1, order.index(axis)) for axis in range(len(order)))
    return view(graph, node, axes, np.transpose(node.value, order))


def reshape(graph: Graph, node: Node, shape: Shape) -> Node:
    """The elements of `node` in C order, in another shape."""
    value = node.value.reshape(shape)
    if value.shape == node.shape:
        return node
    if _without_ones(value.shape) == _without_ones(node.shape):
        long = iter([axis for axis, n in enumerate(value.shape) if n != 1])
        axes = tuple((0, 0, -1) if n == 1 else (0, 1, next(long)) for n in node.shape)
        return view(graph, node, axes, value)
    source = node.args[0] if node.op == "reshape" else node
    return graph.add("reshape", (source,), (), value)


def _without_ones(shape: Shape) -> Shape:
    return tuple(n for n in shape if n != 1)


def gather(graph: Graph, node: Node, index: Node, value: Array) -> Node:
    """Elements of `node`, counted flat in C order, at `index`; nan where that is nan."""
    if node.size == 1:
        source = broadcast(graph, reshape(graph, node, ()), index.shape)
        return map_(graph, "({1} === 0 ? {0} : NaN)", (source, index), value)
    return graph.add("gather", (node, index), (), value)


def join(graph: Graph, nodes: tuple[Node, ...], axis: int) -> Node:
    """`nodes`, of one dtype, put one after the other along `axis`."""
    nodes = tuple(node for node in nodes if node.size) or nodes[:1]
    if len(nodes) == 1:
        return nodes[0]
    return graph.add("join", nodes, (axis,), np.concatenate([node.value for node in nodes], axis))


def reduce_(graph: Graph, node: Node, kind: str, axes: tuple[int, ...], value: Array) -> Node:
    """`node` without `axes`, which `kind` brought down to one; its dtype is the result's."""
    long = tuple(axis for axis in axes if node.shape[axis] != 1)
    if not long and not kind.startswith("arg"):
        return reshape(graph, node, value.shape)
    return graph.add("reduce", (node,), (kind, axes), value)


def running(graph: Graph, node: Node, kind: str, axis: int, value: Array) -> Node:
    """The running `kind` of `node` along `axis`."""
    return graph.add("running", (node,), (kind, axis), value)


def flat_strides(shape: Shape) -> tuple[int, ...]:
    """How far apart neighbours along each axis lie in C order, in elements."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
