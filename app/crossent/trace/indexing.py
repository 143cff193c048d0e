"""x[key]: slices become views, constant integer arrays a table, traced integers arithmetic."""

from types import EllipsisType
from typing import Any

import numpy as np

from crossent.trace import primitives
from crossent.trace.graph import Array, Graph, Node
from crossent.trace.where import fail

Entry = Any  # int, slice, None, integer array, or a traced Node


def getitem(graph: Graph, node: Node, key: Any) -> Node:
    """`node[key]` as NumPy has it; a traced index outside its axis gives nan."""
    entries = _expand(key, len(node.shape))
    value = node.value[tuple(_at_example(entry) for entry in entries)]
    if not value.size:
        return graph.const(value)
    if all(isinstance(entry, int | slice | None) for entry in entries):
        return _basic(graph, node, entries, value)
    if not any(isinstance(entry, Node) for entry in entries):
        positions = np.arange(node.size).reshape(node.shape)[tuple(entries)]
        return primitives.gather(graph, node, graph.const(positions), value)
    return primitives.gather(graph, node, _position(graph, node, entries), value)


def _expand(key: Any, ndim: int) -> list[Entry]:
    """The key with its Ellipsis written out: one entry for each axis, and any None."""
    keys = list(key) if isinstance(key, tuple) else [key]
    keys = [array for item in keys for array in _normal(item)]
    used = sum(item is not None and not isinstance(item, EllipsisType) for item in keys)
    at = next((i for i, item in enumerate(keys) if isinstance(item, EllipsisType)), len(keys))
    return keys[:at] + [slice(None)] * (ndim - used) + keys[at + 1 :]


def _normal(item: Any) -> list[Entry]:
    """An item of a key as entries: integers, integer arrays, or itself; masks become arrays."""
    if isinstance(item, Node) and item.op == "const":
        item = item.value
    if isinstance(item, Node):
        if item.dtype.kind == "b":
            fail(
                "indexing with a traced mask, whose result would change its shape",
                "keep the shape, and choose with np.where",
            )
        return [item]
    if isinstance(item, slice | EllipsisType | None):
        return [item]
    array = np.asarray(item)
    if array.dtype.kind == "b":
        return list(np.nonzero(array))
    return [int(array)] if array.ndim == 0 else [array.astype(np.intp)]


def _at_example(entry: Entry) -> Any:
    return entry.value if isinstance(entry, Node) else entry


def _basic(graph: Graph, node: Node, entries: list[Entry], value: Array) -> Node:
    axes, axis = [], 0
    lengths = iter(node.shape)
    for entry in entries:
        if entry is None:
            axis += 1
            continue
        n = next(lengths)
        if isinstance(entry, slice):
            start, _stop, step = entry.indices(n)
            axes.append((start, step, axis))
            axis += 1
        else:
            axes.append((entry % n, 0, -1))
    return primitives.view(graph, node, tuple(axes), value)


def _position(graph: Graph, node: Node, entries: list[Entry]) -> Node:
    """The flat position of each element of the result: the sum of index * stride over the axes."""
    sample = tuple(_at_example(entry) for entry in entries)
    shape = node.value[sample].shape
    leading, block = _advanced_block(entries)
    total: Node | None = None
    axis = 0
    for entry in entries:
        if entry is None:
            continue
        n, stride = node.shape[axis], primitives.flat_strides(node.shape)[axis]
        if isinstance(entry, Node):
            index = _placed(graph, _within(graph, entry, n), leading, block, len(shape))
            part = _scaled(graph, index, stride)
        else:
            part = graph.const(_coordinates(node.shape, axis, sample) * stride)
        total = part if total is None else _plus(graph, total, part)
        axis += 1
    assert total is not None
    return primitives.broadcast(graph, total, shape)


def _advanced_block(entries: list[Entry]) -> tuple[int, int]:
    """How many axes of the result come before those of the index arrays, and how many those are."""
    advanced = [i for i, e in enumerate(entries) if e is not None and not isinstance(e, slice)]
    together = advanced[-1] - advanced[0] + 1 == len(advanced)
    shapes = [np.shape(_at_example(entries[i])) for i in advanced]
    return (advanced[0] if together else 0), len(np.broadcast_shapes(*shapes))


def _coordinates(shape: tuple[int, ...], axis: int, sample: tuple[Any, ...]) -> Array:
    """Where on `axis` each element of the result comes from; of length 1 where that is fixed."""
    grid = np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))])
    where: Array = np.broadcast_to(grid, shape)[sample]
    for a in range(where.ndim):
        first = where.take([0], axis=a)
        if np.array_equal(np.broadcast_to(first, where.shape), where):
            where = first
    return where


def _placed(graph: Graph, index: Node, leading: int, block: int, ndim: int) -> Node:
    """The index array with its axes where the result has them."""
    before = leading + block - len(index.shape)
    shape = (1,) * before + index.shape + (1,) * (ndim - leading - block)
    return primitives.reshape(graph, index, shape)


def _within(graph: Graph, index: Node, n: int) -> Node:
    limit = graph.const(np.asarray(n))
    value = np.where(index.value < 0, index.value + n, index.value)
    return primitives.map_(graph, "within({0}, {1})", (index, limit), value)


def _scaled(graph: Graph, index: Node, stride: int) -> Node:
    if stride == 1:
        return index
    args = (index, graph.const(np.asarray(stride)))
    return primitives.map_(graph, "({0} * {1})", args, index.value * stride)


def _plus(graph: Graph, a: Node, b: Node) -> Node:
    return primitives.map_(graph, "({0} + {1})", (a, b), a.value + b.value)
