"""The intermediate form: nodes that say how a value is made, each made once.

A node is one of these; `attrs` are static and hashable, shapes and dtypes are those of `value`.

| op | args | attrs | is |
| --- | --- | --- | --- |
| input | | (name,) | what the page hands in |
| const | | | an array that depends on no input |
| map | any, broadcast together | (template,) | one JavaScript expression for each element |
| view | source | (start, step, axis) for each source axis | source[start + step * i_axis, ...] |
| reshape | source | | the same elements in the same (C) order |
| gather | source, flat index | | source.ravel()[index]; nan where the index is nan |
| join | pieces | (axis,) | np.concatenate |
| reduce | source | (kind, axes) | sum, prod, max, min, any, all, dot, logaddexp, argmax, argmin |
| running | source | (kind, axis) | the running sum, prod, max or min |
| sort, argsort | source | | along the last axis |
| loop | what it is given and what it uses | (Loop,) | the loop of a scan; its value is none |
| item | loop | ("carry" or "stacked", k) | what the loop leaves behind |
| param | | (loop's number, "carry" or "row", k) | inside a loop: what a step is given |
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossent.trace.where import fail

Array = NDArray[Any]
Shape = tuple[int, ...]

DTYPES = frozenset(
    np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
    )
)
EXACT_INTEGER = 2**53


class Node:
    """One operation, its inputs, and its NumPy value for the example."""

    __slots__ = ("args", "attrs", "number", "op", "value")

    def __init__(
        self,
        op: str,
        args: tuple["Node", ...],
        attrs: tuple[Hashable, ...],
        value: Array,
        number: int,
    ) -> None:
        """Only a graph makes nodes."""
        self.op, self.args, self.attrs, self.value, self.number = op, args, attrs, value, number

    @property
    def shape(self) -> Shape:
        """Its shape, the same for every input."""
        return self.value.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Its NumPy dtype; in JavaScript every value is a number."""
        return self.value.dtype

    @property
    def size(self) -> int:
        """The number of its elements."""
        return int(self.value.size)


@dataclass(frozen=True, eq=False)
class Loop:
    """A scan's loop: one step as nodes, from its params to what it returns.

    The loop's node has as its arguments the carries' first values, the arrays of `rows`, the
    number of steps if that is an input, and the nodes outside that the step uses.
    """

    length: int
    bounded: bool
    carries: tuple[Node, ...]
    rows: tuple[Node, ...]
    after: tuple[Node, ...]
    stacked: tuple[Node, ...]


class Graph:
    """The nodes in the order they were made; asking for one that exists gives that one."""

    def __init__(self) -> None:
        """Start with no node."""
        self.nodes: list[Node] = []
        self._known: dict[Hashable, Node] = {}
        self._loops = 0

    def add(
        self, op: str, args: tuple[Node, ...], attrs: tuple[Hashable, ...], value: Array
    ) -> Node:
        """The node for this operation on these arguments."""
        value = np.asarray(value)
        check_dtype(value.dtype)
        if value.size == 0 or (args and all(arg.op == "const" for arg in args)):
            return self.const(value)
        key = (op, tuple(arg.number for arg in args), attrs, value.shape, value.dtype.str)
        return self._remember(key, op, args, attrs, value)

    def const(self, value: Array) -> Node:
        """The node for an array that depends on no input."""
        value = np.asarray(value)
        check_dtype(value.dtype)
        if value.dtype.kind in "iu" and value.size and _largest(value) > EXACT_INTEGER:
            fail(
                f"an integer constant beyond 2**53 ({_largest(value)})",
                "JavaScript's numbers are float64: keep integers smaller, or use uint32",
            )
        key = ("const", value.shape, value.dtype.str, value.tobytes())
        return self._remember(key, "const", (), (), value)

    def param(self, loop: int, kind: str, k: int, value: Array) -> Node:
        """What a step of a loop is given as its k-th carry or row; never a constant."""
        return self._remember(("param", loop, kind, k), "param", (), (loop, kind, k), value)

    def loop(self, args: tuple[Node, ...], loop: Loop) -> Node:
        """The node of a loop; never a constant."""
        return self._remember(("loop", loop), "loop", args, (loop,), np.zeros(()))

    def new_loop(self) -> int:
        """A number for a loop of which there is no node yet."""
        self._loops += 1
        return self._loops

    def _remember(
        self,
        key: Hashable,
        op: str,
        args: tuple[Node, ...],
        attrs: tuple[Hashable, ...],
        value: Array,
    ) -> Node:
        if key not in self._known:
            self._known[key] = Node(op, args, attrs, value, len(self.nodes))
            self.nodes.append(self._known[key])
        return self._known[key]


def _largest(value: Array) -> int:
    return max(abs(int(value.max())), abs(int(value.min())))


def check_dtype(dtype: np.dtype[Any]) -> None:
    """Refuse a dtype that JavaScript's numbers cannot stand for."""
    if dtype not in DTYPES:
        fail(
            f"dtype {dtype} has no JavaScript counterpart",
            "use bool, an integer dtype, float16, float32 or float64",
        )


def live(outputs: list[Node]) -> list[Node]:
    """The nodes that the outputs depend on, in the order they were made."""
    seen: dict[int, Node] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node.number not in seen:
            seen[node.number] = node
            waiting.extend(node.args)
    return [seen[number] for number in sorted(seen)]
