"""What is stored, what is computed where it is read, and in which order the loops run.

A node is *stored* (a buffer, or a `const` where it has one element) when it is an output, when it
would be computed more often than it has elements, or when a loop needs it whole. All others become
part of the expression of whoever reads them. Stored nodes of one shape share a loop if they can.

A plan *in rows* takes a last axis of a few elements, and a reduction of a few, as one turn of the
loop over the axes before it: nodes of shapes (n,), (n, 3) and sums from one to the other then share
that loop, and what lies between them is in variables instead of buffers.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crossent.trace import literals, ops
from crossent.trace.affine import Affine, Index, identity, linear
from crossent.trace.graph import Node, Shape

_OWN_LOOPS = frozenset(("reduce", "running", "join", "sort", "argsort", "loop"))
_FEWEST_IN_PAIRS = 8  # below, NumPy adds one after the other
_IN_A_ROW = 4  # elements of a last axis, or terms of a sum, at most, that are written out

# How a reduction takes one more value.
NEXT = {
    "sum": "({0} + {1})",
    "dot": "({0} + {1})",
    "prod": "({0} * {1})",
    "max": "Math.max({0}, {1})",
    "min": "Math.min({0}, {1})",
    "any": "({0} | {1})",
    "all": "({0} & {1})",
    "logaddexp": "logaddexp({0}, {1})",
}


@dataclass(frozen=True)
class Element:
    """One element of a stored node: at `index`, or counted flat; None for a scalar."""

    node: Node
    index: Index | None
    flat: Affine | None


@dataclass(frozen=True)
class Whole:
    """The buffer of a stored node."""

    node: Node


Part = str | Affine | Element | Whole
Parts = list[Part]


@dataclass
class Step:
    """Stored nodes that share one loop over `shape`, or one node that has loops of its own.

    In rows, a node may have a few elements for each turn of the loop.
    """

    shape: Shape
    fused: bool
    nodes: list[Node] = field(default_factory=list)


class Plan:
    """The steps for `outputs`, and how to read any node in them."""

    def __init__(
        self,
        nodes: Iterable[Node],
        outputs: list[Node],
        given: Iterable[Node] = (),
        *,
        in_rows: bool = False,
    ) -> None:
        """Decide what is stored, and in which steps; `given` is stored already."""
        self.in_rows = in_rows
        self.given = {node.number for node in given}
        self.nodes = sorted({n.number: n for n in (*nodes, *outputs)}.values(), key=_number)
        self.outputs = {node.number for node in outputs}
        self._whole: set[int] = set()
        self.stored = self._choose_stored(outputs)
        self.steps: list[Step] = []
        self.step_of: dict[int, int] = {}
        self._schedule()

    # --- What is stored

    def _choose_stored(self, outputs: list[Node]) -> set[int]:
        reads = {node.number: 0 for node in self.nodes}
        for node in outputs:
            reads[node.number] += 1
        stored: set[int] = set()
        for node in reversed(self.nodes):
            if self._is_stored(node, reads[node.number]):
                stored.add(node.number)
                times = node.size
            else:
                times = reads[node.number]
            if node.number in self.given:
                continue
            for arg, count, whole in self._reads(node, times):
                reads[arg.number] += count
                if whole:
                    self._whole.add(base(arg).number)
        return stored

    def _is_stored(self, node: Node, reads: int) -> bool:
        if node.op in ("const", "reshape"):
            return False
        if node.number in self.given or node.op in ("input", "item") or self.has_own_loops(node):
            return True
        if node.number in self._whole or (node.number in self.outputs and node.size > 1):
            return True
        if node.op == "view" and (node.size > 1 or node.args[0].size == 1):
            return False
        return reads > node.size

    def by_element(self, node: Node) -> bool:
        """Whether nothing needs the buffer of a stored node: its elements are read and set."""
        return node.number not in self._whole and node.op not in ("item", "sort", "argsort")

    # --- In which order

    def _schedule(self) -> None:
        for node in self.nodes:
            if node.number not in self.stored or node.number in self.given or node.op == "input":
                continue
            if node.op == "item":
                self.step_of[node.number] = self.step_of[node.args[0].number]
            else:
                self._place(node)

    def _place(self, node: Node) -> None:
        shape = self.rows(node)
        fused = not self.has_own_loops(node)
        first = 0
        for part in self.needs(node):
            if part.node.number in self.step_of:
                step = self.step_of[part.node.number]
                together = fused and self.steps[step].fused and self.aligned(part, shape)
                first = max(first, step if together else step + 1)
        for number in range(first, len(self.steps)):
            if fused and self.steps[number].fused and self.steps[number].shape == shape:
                break
        else:
            number = len(self.steps)
            self.steps.append(Step(shape, fused))
        self.steps[number].nodes.append(node)
        self.step_of[node.number] = number

    def needs(self, node: Node) -> Iterator[Element | Whole]:
        """The stored nodes that a stored node reads, once for each place that it reads them in."""
        for parts in self.all_parts(node):
            for part in parts:
                if isinstance(part, Element | Whole):
                    yield part

    def has_own_loops(self, node: Node) -> bool:
        """Whether it takes more than an expression to compute an element."""
        return node.op in _OWN_LOOPS and not (self.in_rows and _short(node))

    def rows(self, node: Node) -> Shape:
        """What the loop of a stored node runs over: all but the last axis, if that is short."""
        shape = loop_shape(node)
        return shape[:-1] if self.in_rows and _ends_short(shape) else shape

    def places(self, node: Node, rows: Shape) -> list[Index]:
        """Where the elements of `node` are that one turn of the loop over `rows` makes."""
        if node.size == 1:
            return [start(node)]
        turn, n = identity(rows), len(rows)
        ends = itertools.product(*map(range, node.shape[n:]))
        return [(*turn, *(Affine(place, (0,) * n) for place in end)) for end in ends]

    def aligned(self, part: Element | Whole, rows: Shape) -> bool:
        """Whether the part is made in the very turn that a loop over `rows` has reached."""
        if isinstance(part, Whole):
            return False
        if part.node.size == 1:
            return rows == ()
        if part.index is None or self.rows(part.node) != rows:
            return False
        turn, end = part.index[: len(rows)], part.index[len(rows) :]
        return turn == identity(rows) and not any(any(place.coefs) for place in end)

    def one_by_one(self, step: Step) -> Shape | None:
        """The shape of all nodes of a step, if a loop over it will do: each reads its own place."""
        shape = step.nodes[0].shape
        if not step.shape or any(node.shape != shape or _short(node) for node in step.nodes):
            return None
        made, here = {node.number for node in step.nodes}, identity(shape)
        parts = (part for n in step.nodes for part in self.compute(n, here, len(shape)))
        read = (p for p in parts if isinstance(p, Element) and p.node.number in made)
        return shape if all(part.index == here for part in read) else None

    def all_parts(self, node: Node) -> list[Parts]:
        """The expressions of a stored node: one for each element that a turn of its loop makes,
        or one for each piece of a join."""
        if node.op in ("sort", "argsort"):
            return [[Whole(base(node.args[0]))]]
        if node.op == "join":
            return [self.read(arg, start(arg), loops(arg)) for arg in node.args]
        if node.op == "reduce" and pairwise_length(node):
            return [[Whole(base(node.args[0]))]]
        if node.op == "loop":
            return [self.whole(arg) for arg in node.args]
        if self.has_own_loops(node):
            arg = node.args[0]
            return [self.read(arg, start(arg), loops(arg))]
        rows = self.rows(node)
        return [self.compute(node, place, len(rows)) for place in self.places(node, rows)]

    # --- How to read

    def read(self, node: Node, index: Index, n: int) -> Parts:
        """The element of `node` at `index`, in `n` loops."""
        if node.op == "const":
            return _constant(node, index, n)
        if node.number in self.stored:
            if node.size == 1:
                return [Element(node, None, None)]
            return [Element(node, index, linear(node.shape, index, n))]
        return self.compute(node, index, n)

    def whole(self, node: Node) -> Parts:
        """The buffer that has the elements of `node` in order, or its one element."""
        if node.size == 1:
            return self.read(node, (Affine(0, ()),) * len(node.shape), 0)
        return [Whole(base(node))]

    def compute(self, node: Node, index: Index, n: int) -> Parts:
        """The expression for the element of `node` at `index`, in `n` loops."""
        if node.op == "view":
            return self.read(node.args[0], _through_view(node, index, n), n)
        if node.op == "reshape":
            return [Element(base(node.args[0]), None, linear(node.shape, index, n))]
        if node.op == "gather":
            source, position = node.args
            fixed = "" if position.op == "const" else "+"
            at = self.read(position, index, n)
            return [fixed, Whole(base(source)), "[", *at, "]"]
        if node.op == "reduce":
            return self._folded(node, index, n)
        template = str(node.attrs[0])
        args = [self.read(arg, broadcast(arg, index, n), n) for arg in node.args]
        if template == ops.CHOICE:
            args[0] = _as_condition(args[0])
        elif len(args) > 1 and len(args[1]) == 1:
            template = ops.by_a_number(template, args[1][0])
        return fill(template, args)

    def choice(self, node: Node, index: Index, n: int) -> tuple[Parts, Parts, Parts] | None:
        """Condition, value and other value of the element of an np.where; None of other nodes."""
        if node.op != "map" or node.attrs[0] != ops.CHOICE:
            return None
        test, value, other = (self.read(arg, broadcast(arg, index, n), n) for arg in node.args)
        return test, value, other

    def _folded(self, node: Node, index: Index, n: int) -> Parts:
        """All terms of a short reduction, one after the other."""
        source, (kind, axes) = node.args[0], node.attrs
        kept = iter(index)
        places = [
            [Affine(i, (0,) * n) for i in range(length)] if axis in axes else [next(kept)]  # type: ignore[operator]
            for axis, length in enumerate(source.shape)
        ]
        first, *others = (self.read(source, place, n) for place in itertools.product(*places))
        template = ops.rounded(NEXT[str(kind)], node.dtype)
        for other in others:
            first = fill(template, [first, other])
        return first

    def _reads(self, node: Node, times: int) -> list[tuple[Node, int, bool]]:
        """For each argument: how many elements are read, and whether its buffer is needed."""
        if node.op == "reshape" or node.op in ("sort", "argsort"):
            return [(node.args[0], 0, True)]
        if node.op == "gather":
            return [(node.args[0], 0, True), (node.args[1], times, False)]
        if node.op == "reduce":
            source = node.args[0]
            count = source.size if self.has_own_loops(node) else times * _terms(node)
            return [(source, count, pairwise_length(node) > 0)]
        if node.op in ("running", "join"):
            return [(arg, arg.size, False) for arg in node.args]
        if node.op in ("loop", "item"):
            return [(arg, 0, node.op == "loop") for arg in node.args]
        return [(arg, times, False) for arg in node.args]


def _number(node: Node) -> int:
    return node.number


def _ends_short(shape: Shape) -> bool:
    """Whether a loop over all but the last axis may make the last one's elements in one turn."""
    return len(shape) > 1 and shape[-1] <= _IN_A_ROW and math.prod(shape[:-1]) > 1


def _terms(node: Node) -> int:
    """How many elements of its source a reduction brings down to one."""
    return node.args[0].size // node.size


def _short(node: Node) -> bool:
    """Whether a reduction can be written out for all elements of a row."""
    if node.op != "reduce" or node.attrs[0] not in NEXT or node.size <= 1:
        return False
    return _terms(node) <= _IN_A_ROW and not pairwise_length(node)


def base(node: Node) -> Node:
    """The node whose elements lie in the same order, under reshapes and views that keep it."""
    while node.op == "reshape" or (node.op == "view" and _keeps_order(node)):
        node = node.args[0]
    return node


def _keeps_order(node: Node) -> bool:
    source = node.args[0]
    index = start(node)
    n = loops(node)
    return source.size == node.size > 1 and (
        linear(source.shape, _through_view(node, index, n), n) == linear(node.shape, index, n)
    )


def loop_shape(node: Node) -> Shape:
    """What its loops run over: nothing, for one element."""
    return node.shape if node.size > 1 else ()


def loops(node: Node) -> int:
    """How many loops its elements take."""
    return len(loop_shape(node))


def start(node: Node) -> Index:
    """Each element at its own place in the loops."""
    return identity(node.shape) if node.size > 1 else (Affine(0, ()),) * len(node.shape)


def broadcast(arg: Node, index: Index, n: int) -> Index:
    """The index into an argument of a map: its own axes, at 0 where it has length 1."""
    own = index[len(index) - len(arg.shape) :] if arg.shape else ()
    zero = Affine(0, (0,) * n)
    return tuple(zero if length == 1 else i for i, length in zip(own, arg.shape, strict=True))


def _through_view(node: Node, index: Index, n: int) -> Index:
    axes: tuple[tuple[int, int, int], ...] = node.attrs  # type: ignore[assignment]
    zero = Affine(0, (0,) * n)
    return tuple((zero if a < 0 else index[a]).scaled(step, begin) for begin, step, a in axes)


def pairwise_length(node: Node) -> int:
    """How many neighbours this sum adds in NumPy's pairwise order; 0 where one after the other."""
    kind, axes = node.attrs
    source = node.args[0]
    if kind != "sum" or node.dtype.kind != "f":
        return 0
    length = 1
    for axis in reversed(range(len(source.shape))):
        if source.shape[axis] != 1 and axis not in axes:  # type: ignore[operator]
            break
        length *= source.shape[axis]
    of_all = length == source.size // max(node.size, 1)
    short = of_all and node.dtype.itemsize > 4 and length < _FEWEST_IN_PAIRS
    return 0 if length == 1 or short else length


def _constant(node: Node, index: Index, n: int) -> Parts:
    same = literals.uniform(node.value)
    if same is not None:
        return [literals.operand(same)]
    short = Node("const", (), (), literals.without_repeats(node.value), node.number)
    index = broadcast(short, index, n)
    return [Element(short, index, linear(short.shape, index, n))]


def _as_condition(test: Parts) -> Parts:
    """A test that is 1 or 0, as the condition that it was made of."""
    first, last = test[0], test[-1]
    if isinstance(first, str) and isinstance(last, str) and last.endswith(ops.AS_NUMBER):
        return [first.removeprefix("("), *test[1:-1], last.removesuffix(ops.AS_NUMBER)]
    return test


def fill(template: str, args: list[Parts]) -> Parts:
    """The template with its {0}, {1}, ... replaced."""
    parts: Parts = []
    for number, piece in enumerate(re.split(r"\{(\d)\}", template)):
        parts.extend(args[int(piece)] if number % 2 else [piece])
    return parts
