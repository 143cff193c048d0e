"""The statements of JavaScript for the steps of a plan, and for a scan's loop with its body."""

import itertools
import math
import operator
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crossent.trace import literals, ops
from crossent.trace.affine import Affine, Index, collapse, linear
from crossent.trace.apart import Functions
from crossent.trace.graph import Array, Loop, Node, Shape
from crossent.trace.loops import body
from crossent.trace.plan import (
    NEXT,
    Element,
    Part,
    Parts,
    Plan,
    Step,
    Whole,
    base,
    loop_shape,
    pairwise_length,
    start,
)

_VARIABLES = "ijklmnpq"
_AT_ONCE = 8  # sums beside each other, at most: as many as a processor has hands for
_FEW = 4  # where there is little to multiply: less text
_MUCH = 2**13  # products
_LONG = 8  # terms of a sum from which on it is worth it
_WAIT = 4  # sums that could begin before one is done
BEYOND = 2**40  # the number of any node of a graph is less


Made = tuple[Node, Affine, Parts]  # a stored node, where its element lies, and how it is made
Tile = tuple[int, ...]  # turns of each outer loop that are taken at once


def indent(text: str) -> str:
    """The text, two spaces further in."""
    return "\n".join("  " + line if line else line for line in text.split("\n"))


class Emitter:
    """Writes the statements for some nodes, and the buffers around them.

    `singles` are those that are read as one number at the end. `constants` are those that all
    traces of one text share: the name of each literal.
    """

    plan: Plan
    singles: list[Node]
    constants: dict[str, str]
    outside: list[str]  # statements before the function
    fresh: list[str]  # those at its start, which make what the caller will own
    names: dict[int, str]
    counters: dict[str, "itertools.count[int]"]
    numbers: "itertools.count[int]"  # of nodes that only give a column a buffer of its own
    locals: dict[tuple[int, Affine | None], str]  # of a stored node, its element there
    offsets: dict[int, str]  # of a node that is part of a longer buffer, where it begins
    used_later: set[int]
    empty = ""  # what is called on a buffer that the caller will own
    functions: Functions | None = None  # where loops go, if they do not stay in the text

    def used_in_other_steps(self) -> set[int]:
        """The nodes that are read outside the step that makes them."""
        used = set(self.plan.outputs)
        for node in self.singles:
            used |= {p.node.number for p in self.single(node) if isinstance(p, Element | Whole)}
        for number, step in enumerate(self.plan.steps):
            for node in step.nodes:
                for part in self.plan.needs(node):
                    if self.plan.step_of.get(part.node.number) != number:
                        used.add(part.node.number)
        return used

    # --- Names

    def new(self, letter: str) -> str:
        """A name that is not taken: b for buffers, s for scalars, v for values in a loop."""
        return f"{letter}{next(self.counters[letter])}"

    def buffer(self, node: Node) -> str:
        """The name of the node's buffer, which is new for each call where it is an output."""
        if node.op == "const":
            return self.constant(node.value)
        if node.number not in self.names:
            name = self.names[node.number] = self.new("b")
            lines = self.fresh if node.number in self.plan.outputs else self.outside
            empty = self.empty if lines is self.fresh else ""
            lines.append(f"const {name} = new Float64Array({node.size}){empty};")
        return self.names[node.number]

    def constant(self, value: Array) -> str:
        """The name of the constant with these elements."""
        literal = literals.array(value)
        return self.constants.setdefault(literal, f"c{len(self.constants)}")

    # --- Expressions

    def render(self, parts: Parts, loops: "Loops | None" = None) -> str:
        """The text of an expression that stands alone, without parentheses around it."""
        return bare(self.operand(parts, loops or _NO_LOOPS))

    def operand(self, parts: Parts, loops: "Loops") -> str:
        """The text of an expression that can be part of another."""
        return "".join(self.part(part, loops) for part in parts)

    def part(self, part: Part, loops: "Loops") -> str:
        """The text of one part of an expression."""
        if isinstance(part, str):
            return part
        if isinstance(part, Affine):
            return loops.text(part)
        if isinstance(part, Whole):
            return self.buffer(part.node)
        if (part.node.number, part.flat) in self.locals:
            return self.locals[part.node.number, part.flat]
        if part.flat is None:
            return self.names[part.node.number]
        return self.element(part.node, loops.text(part.flat))

    def element(self, node: Node, place: str) -> str:
        """The text of the element that lies at a place, counted flat."""
        before = self.offsets.get(node.number)
        return f"{self.buffer(node)}[{f'{before} + ' if before else ''}{place}]"

    # --- Statements

    def step(self, step: Step) -> list[str]:
        """The statements of one step."""
        if step.fused and not step.shape:
            return [self.scalar(node) for node in step.nodes]
        node = step.nodes[0]
        if node.op == "loop":
            return self.loop(node)
        own = {"reduce": self.reduce, "running": self.running, "join": self.join}
        lines = self.fused(step) if step.fused else own.get(node.op, self.sort)(node)
        if self.functions is None or node.size == 1:
            return lines
        return [self.functions.call(lines)]

    def scalar(self, node: Node) -> str:
        """The constant that holds a node of one element."""
        text = self.render(self.plan.compute(node, start(node), 0))
        name = self.names[node.number] = self.new("s")
        return f"const {name} = {text};"

    def fused(self, step: Step) -> list[str]:
        """One loop over the elements of several nodes of one shape, or over their rows."""
        shape = self.plan.one_by_one(step) or step.shape
        n = len(shape)
        made = [
            (node, linear(node.shape, place, n), self.plan.compute(node, place, n))
            for node in step.nodes
            for place in self.plan.places(node, shape)
        ]
        loops = Loops.over(shape, [*(here for _, here, _ in made), *_forms(*(e for *_, e in made))])
        read = Read(self, loops, {node.number for node in step.nodes}, [e for *_, e in made])
        inner = max(len(loops.lengths) - 1, 0)
        test = self.test_of_all(step, shape, loops) if inner else None
        if test is None:
            body = loops.around(self.turn(step, made, loops, read), inner)
        else:
            chosen, others = self.apart(step, shape, made)
            body = [
                f"if ({self.render(read.by_name([test]), loops)}) {{",
                *map(indent, loops.around(self.turn(step, chosen, loops, read), inner)),
                "} else {",
                *map(indent, loops.around(self.stores(others, loops), inner)),
                "}",
            ]
        return loops.around([*read.lines(read.ahead), *body], 0, inner)

    def turn(self, step: Step, made: list[Made], loops: "Loops", read: "Read") -> list[str]:
        """The statements of the innermost loop."""
        inside = {part.node.number for node in step.nodes for part in self.plan.needs(node)}
        body: list[str] = []
        for node, here, expression in made:
            text = self.render(read.by_name(expression), loops)
            if node.number in inside:
                name = self.new("v")
                body.append(f"const {name} = {text};")
                text = name
            if node.number in self.used_later:
                body.append(f"{self.element(node, loops.text(here))} = {text};")
            if node.number in inside:
                self.locals[node.number, here] = name
        for node, here, _ in made:
            self.locals.pop((node.number, here), None)
        return [*read.lines(read.again), *body]

    def test_of_all(self, step: Step, shape: Shape, loops: "Loops") -> Element | None:
        """What all results of some loops hang on, if their innermost does not change it.

        Where it fails, nothing of what they are made of has to be computed.
        """
        results = [node for node in step.nodes if node.number in self.used_later]
        if len(results) == len(step.nodes):
            return None
        tests = []
        for node in results:
            for place in self.plan.places(node, shape):
                choice = self.plan.choice(node, place, len(shape))
                tests.append(choice[0][0] if choice and len(choice[0]) == 1 else None)
        test = tests[0]
        if not isinstance(test, Element) or any(other != test for other in tests):
            return None
        still = test.flat is not None and not loops.varies(test.flat, len(loops.lengths) - 1)
        return test if still else None

    def apart(self, step: Step, shape: Shape, made: list[Made]) -> tuple[list[Made], list[Made]]:
        """What is made where that test holds, and what is stored where it does not."""
        chosen, others = [], []
        places = (place for node in step.nodes for place in self.plan.places(node, shape))
        for (node, here, expression), place in zip(made, places, strict=True):
            choice = self.plan.choice(node, place, len(shape))
            if choice and node.number in self.used_later:
                chosen.append((node, here, choice[1]))
                others.append((node, here, choice[2]))
            else:
                chosen.append((node, here, expression))
        return chosen, others

    def stores(self, made: list[Made], loops: "Loops") -> list[str]:
        """The statements that store what is made, each by itself."""
        return [
            f"{self.element(node, loops.text(here))} = {self.render(expression, loops)};"
            for node, here, expression in made
        ]

    def reduce(self, node: Node) -> list[str]:
        """Loops over the axes that stay, and in each one over those that go."""
        source, pairs = node.args[0], pairwise_length(node)
        axes: tuple[int, ...] = node.attrs[1]  # type: ignore[assignment]
        kept = [a for a in range(len(source.shape)) if a not in axes]
        gone = [a for a in axes if not pairs or _trailing(source, a, pairs)]
        index = _positions(source, [*kept, *gone])
        n = len(kept) + len(gone)
        value = self.plan.read(source, index, n)
        if pairs:
            add = "sum" if node.dtype.itemsize == 8 else "sum32"
            first = linear(source.shape, index, n)
            value = [f"{add}(", Whole(base(source)), ", ", first, f", {pairs})"]
        target = linear(node.shape, tuple(index[a] for a in kept), n)
        lengths = tuple(source.shape[a] for a in [*kept, *gone])
        loops = Loops.over(lengths, [target, *_forms(value)], len(kept))
        name = self.new("s") if node.size == 1 else "a"
        body = _accumulation(node, name, self.operand(value, loops), loops)
        if node.size == 1:
            self.names[node.number] = name
            return body
        store = f"{self.element(node, loops.text(target))} = {name};"
        most = _AT_ONCE if self.functions and math.prod(lengths) >= _MUCH else _FEW
        tile = loops.tile(_forms(value), most) if _in_tiles(node, value) else None
        if tile is None:
            return loops.around([*body, store], 0, loops.outer)
        return loops.in_tiles(tile, self.together(node, value, target, loops, tile))

    def together(
        self, node: Node, value: Parts, target: Affine, loops: "Loops", tile: "Tile"
    ) -> list[str]:
        """The sums of a tile beside each other, each in the order of one.

        What several of them need is read once.
        """
        places = [loops.at(place, tile) for place in itertools.product(*map(range, tile))]
        times = Counter(self.part(p, there) for there in places for p in value if _is_read(p))
        names: dict[str, str] = {}

        def read(part: Part, there: "Loops") -> str:
            text = self.part(part, there)
            if not _is_read(part) or times[text] == 1:
                return text
            return names.setdefault(text, f"u{len(names)}")

        terms = ["".join(read(part, there) for part in value) for there in places]
        sums = [f"a{i} += {bare(term)};" for i, term in enumerate(terms)]
        reads = [f"const {name} = {text};" for text, name in names.items()]
        begin = f"let {', '.join(f'a{i} = -0' for i in range(len(places)))};"
        stores = [
            f"{self.element(node, there.text(target))} = a{i};" for i, there in enumerate(places)
        ]
        return [begin, *loops.around([*reads, *sums], loops.outer), *stores]

    def running(self, node: Node) -> list[str]:
        """Loops over the other axes, and in each one along the axis that is accumulated."""
        source = node.args[0]
        along: int = node.attrs[1]  # type: ignore[assignment]
        order = [*(a for a in range(len(source.shape)) if a != along), along]
        index = _positions(source, order)
        value = self.plan.read(source, index, len(order))
        target = linear(node.shape, index, len(order))
        lengths = tuple(source.shape[a] for a in order)
        loops = Loops.over(lengths, [target, *_forms(value)], len(order) - 1)
        body = _accumulation(node, "a", self.operand(value, loops), loops)
        store = f"{self.element(node, loops.text(target))} = a;"
        inner = [*body[:-1], "  " + store, body[-1]] if len(body) > 2 else [*body, store]
        return (
            loops.around(inner, 0, loops.outer) if loops.outer else ["{", *map(indent, inner), "}"]
        )

    def join(self, node: Node) -> list[str]:
        """A loop for each piece."""
        along: int = node.attrs[0]  # type: ignore[assignment]
        lines, before = [], 0
        for piece in node.args:
            n = len(loop_shape(piece))
            index = start(piece)
            value = self.plan.read(piece, index, n)
            place = tuple(
                i.scaled(1, before) if axis == along else i for axis, i in enumerate(index)
            )
            target = linear(node.shape, place, n)
            loops = Loops.over(loop_shape(piece), [target, *_forms(value)])
            text = f"{self.element(node, loops.text(target))} = {self.render(value, loops)};"
            lines += loops.around([text])
            before += piece.shape[along]
        return lines

    def sort(self, node: Node) -> list[str]:
        """A call that fills the buffer row by row."""
        source = self.buffer(base(node.args[0]))
        return [f"{node.op}Rows({source}, {self.buffer(node)}, {node.shape[-1]});"]

    def loop(self, node: Node) -> list[str]:
        """A loop over the steps of a scan, with its body written once."""
        return Body(self, node).text()

    def pause(self) -> list[str]:
        """The statements at the start of each step of a loop directly in this text."""
        return []

    def single(self, node: Node) -> Parts:
        """The expression for a node of one element."""
        return self.plan.read(node, (Affine(0, ()),) * len(node.shape), 0)


class Read:
    """What the innermost of some loops reads of buffers that it does not fill, by name.

    What does not change in it is read `ahead` of it, and what more than one expression of a turn
    needs once: an engine would do so itself if it knew that no two of the buffers overlap.
    """

    def __init__(
        self, emitter: Emitter, loops: "Loops", own: Collection[int], expressions: list[Parts]
    ) -> None:
        self.emitter, self.loops, self.own = emitter, loops, own
        self.ahead: dict[str, str] = {}
        self.again: dict[str, str] = {}
        read = (part for part in itertools.chain(*expressions) if self.is_read(part))
        self.times = Counter(emitter.part(part, loops) for part in read)

    def is_read(self, part: Part) -> bool:
        """Whether it is an element of a buffer that is there before the loops."""
        return (
            isinstance(part, Element) and part.flat is not None and part.node.number not in self.own
        )

    def by_name(self, expression: Parts) -> Parts:
        """The same expression with names for what is read ahead or again."""
        return [self.name(part) if self.is_read(part) else part for part in expression]

    def name(self, part: Part) -> Part:
        """The name of an element, if it has one."""
        assert isinstance(part, Element)
        assert part.flat is not None
        text, inner = self.emitter.part(part, self.loops), len(self.loops.lengths) - 1
        if inner > 0 and not self.loops.varies(part.flat, inner):
            return self.ahead.setdefault(text, f"u{len(self.ahead)}")
        if self.times[text] > 1:
            return self.again.setdefault(text, f"w{len(self.again)}")
        return part

    def lines(self, names: Mapping[str, str]) -> list[str]:
        """The statements that read."""
        return [f"const {name} = {text};" for text, name in names.items()]


class Body(Emitter):
    """Writes the loop of a scan: its first carries, one step, what it leaves behind.

    An array that is carried has two buffers: a step reads one and fills the other, and then they
    change places. A row of what is stacked is a window into the whole, filled in place.
    """

    def __init__(self, outer: Emitter, node: Node) -> None:
        self.outer, self.node = outer, node
        self.of: Loop = node.attrs[0]  # type: ignore[assignment]
        self.left = {n.attrs: n for n in outer.plan.nodes if n.op == "item" and n.args[0] is node}
        self.piled = [k for k in range(len(self.of.stacked)) if ("stacked", k) in self.left]
        self.carried, nodes = self.needed()
        self.used = {node.number for node in nodes}
        self.constants, self.names, self.locals = outer.constants, dict(outer.names), {}
        self.offsets = dict(outer.offsets)
        self.functions = outer.functions
        self.outside = self.fresh = outer.outside
        self.numbers, self.counters = outer.numbers, outer.counters
        self.plan_for(nodes)
        self.used_later = self.used_in_other_steps()
        self.t = self.new("t")
        self.limit = self.new("n") if self.of.bounded else str(self.of.length)

    def needed(self) -> tuple[list[int], list[Node]]:
        """The carries that what is asked for depends on, and the nodes of a step that it needs."""
        carried = [k for k in range(len(self.of.carries)) if ("carry", k) in self.left]
        while True:
            nodes = body(self.of, self.outputs(carried))
            used = {node.number for node in nodes}
            more = [k for k, p in enumerate(self.of.carries) if k in carried or p.number in used]
            if more == carried:
                return carried, nodes
            carried = more

    def outputs(self, carried: list[int]) -> list[Node]:
        """What a step returns, as far as it is asked for: carries first."""
        after, stacked = self.of.after, self.of.stacked
        return [*(after[k] for k in carried), *(stacked[k] for k in self.piled)]

    def plan_for(self, nodes: list[Node]) -> None:
        """Plan one step: what it is given and what lies outside it is there already."""
        outputs = self.outputs(self.carried)
        params = (*self.of.carries, *self.of.rows)
        made = {node.number for node in nodes} - {param.number for param in params}
        read = [*outputs, *(arg for node in nodes if node.number in made for arg in node.args)]
        around = _around([node for node in read if node.number not in made])
        given = [*params, *(node for node in around if base(node) is node and node.op != "const")]
        # A carry that another loop leaves behind lies in one of two buffers of that loop.
        fixed = [n.number for n in outputs if n.number not in made or n.attrs[:1] == ("carry",)]
        columns = columns_of(outputs, self.numbers, fixed)
        self.after, self.rows = columns[: len(self.carried)], columns[len(self.carried) :]
        self.singles = [output for output in outputs if output.size == 1]
        wanted = [*(column for column in columns if column), *self.singles]
        self.plan = Plan(
            [*nodes, *around, *params], wanted, given, in_rows=self.functions is not None
        )

    def text(self) -> list[str]:
        """The statements."""
        before = [self.count()] if self.of.bounded else []
        inside: list[str] = []
        for k in self.carried:
            before += self.begin(k)
        for k in range(len(self.of.rows)):
            inside += self.row(k)
        for k, column in zip(self.piled, self.rows, strict=True):
            before += self.pile(k)
            inside += self.window(k, column)
        swaps = [
            line
            for k, column in zip(self.carried, self.after, strict=True)
            for line in self.swap(k, column, before)
        ]
        for step in self.plan.steps:
            inside += self.step(step)
        inside += [*self.store(), *swaps]
        head = f"for (let {self.t} = 0; {self.t} < {self.limit}; {self.t}++) {{"
        pause = self.outer.pause()
        if pause:
            # An engine makes a plain function fast sooner than the generator around it.
            name = f"step{self.t}"
            before += [f"const {name} = ({self.t}) => {{", *map(indent, inside), "};"]
            inside = [f"{name}({self.t});"]
        return [*before, head, *map(indent, [*pause, *inside]), "}"]

    def given(self, position: int) -> str:
        """The buffer or number that is the loop's argument at this position."""
        return self.outer.render(self.outer.plan.whole(self.node.args[position]))

    def count(self) -> str:
        """The statement that brings the number of steps inside its bounds."""
        steps = self.given(len(self.of.carries) + len(self.of.rows))
        inside = f"Math.min(Math.max({steps}, 0), {self.of.length})"
        return f"const {self.limit} = Math.floor({inside});"

    def begin(self, k: int) -> list[str]:
        """The statements that make what is carried as it is first."""
        param, item = self.of.carries[k], self.left.get(("carry", k))
        name = self.names[param.number] = self.new("r")
        if param.size == 1:
            lines = [f"let {name} = {self.given(k)};"]
        else:
            buffer = self.outer.buffer(item) if item else self.spare(param)
            lines = [f"let {name} = {buffer};", f"{name}.set({self.given(k)});"]
        if item:
            self.outer.names[item.number] = name
        return lines

    def swap(self, k: int, column: Node | None, before: list[str]) -> list[str]:
        """The statements by which a carry's two buffers change places after each step."""
        if column is None:
            return []
        old, new, held = self.names[self.of.carries[k].number], self.new("r"), self.new("q")
        self.names[column.number] = new
        before.append(f"let {new} = {self.spare(column, self.left.get(('carry', k)))};")
        return [f"const {held} = {old};", f"{old} = {new};", f"{new} = {held};"]

    def spare(self, node: Node, item: Node | None = None) -> str:
        """A buffer of the node's size; a new one in each call where the item is an output."""
        name = self.new("b")
        new = item is not None and item.number in self.outer.plan.outputs
        lines = self.outer.fresh if new else self.outer.outside
        lines.append(f"const {name} = new Float64Array({node.size});")
        return name

    def row(self, k: int) -> list[str]:
        """The statement that takes what a step is given of an array."""
        param = self.of.rows[k]
        if param.number not in self.used:
            return []
        whole, length = self.given(len(self.of.carries) + k), self.of.length
        if param.size > 1:
            return self.piece(param, whole, "x")
        name = self.names[param.number] = self.new("x")
        return [f"const {name} = {whole if length == 1 else f'{whole}[{self.t}]'};"]

    def pile(self, k: int) -> list[str]:
        """The statements that make room for what is stacked, empty where no step may come."""
        item = self.left["stacked", k]
        nothing = "NaN" if item.dtype.kind == "f" else "0"
        if item.size == 1:
            name = self.outer.names[item.number] = self.new("s")
            return [f"let {name} = {nothing};"]
        name, size = self.outer.buffer(item), self.of.stacked[k].size
        first = self.limit if size == 1 else f"{size} * {self.limit}"
        return [f"{name}.fill({nothing}, {first});"] if self.of.bounded else []

    def window(self, k: int, column: Node | None) -> list[str]:
        """The statement that finds the place of this step's row."""
        if column is None:
            return []
        return self.piece(column, self.outer.names[self.left["stacked", k].number], "y")

    def piece(self, node: Node, whole: str, letter: str) -> list[str]:
        """The statement that finds this step's part of an array: where it begins, or a view."""
        name, first = self.new(letter), f"{node.size} * {self.t}"
        if self.plan.by_element(node):
            self.names[node.number], self.offsets[node.number] = whole, name
            return [f"const {name} = {first};"]
        self.names[node.number] = name
        return [f"const {name} = {whole}.subarray({first}, {first} + {node.size});"]

    def store(self) -> list[str]:
        """The statements that keep what is one number: all are read before one is set."""
        lines, last = [], []
        for k, node in zip(self.carried, self.outputs(self.carried), strict=False):
            if node.size == 1:
                held = self.new("q")
                lines.append(f"const {held} = {self.render(self.single(node))};")
                last.append(f"{self.names[self.of.carries[k].number]} = {held};")
        for k in self.piled:
            node, item = self.of.stacked[k], self.left["stacked", k]
            if node.size == 1:
                place = self.outer.names[item.number] + ("" if item.size == 1 else f"[{self.t}]")
                lines.append(f"{place} = {self.render(self.single(node))};")
        return lines + last


def _around(read: list[Node]) -> list[Node]:
    """Nodes that are made outside, with those under them down to where their elements are."""
    found: dict[int, Node] = {}
    for node in read:
        while node.number not in found:
            found[node.number] = node
            if node.op == "const" or base(node) is node:
                break
            node = node.args[0]
    return list(found.values())


@dataclass(frozen=True)
class Loops:
    """Nested loops, as few as the indices in them allow; the first `outer` stay apart."""

    lengths: tuple[int, ...]
    outer: int
    forms: Mapping[Affine, Affine]

    @classmethod
    def over(cls, lengths: tuple[int, ...], forms: list[Affine], outer: int = 0) -> "Loops":
        """Loops of these lengths around these indices."""
        fewer, collapsed, outside = collapse(list(lengths), forms, outer)
        return cls(tuple(fewer), outside, dict(zip(forms, collapsed, strict=True)))

    def text(self, form: Affine) -> str:
        """An index, in the loop variables that are left."""
        return self.forms.get(form, form).text(_VARIABLES[: len(self.lengths)])

    def tile(self, read: list[Affine], most: int) -> "Tile | None":
        """How much of each outer loop is summed at once: what costs a processor least for a sum.

        One after the other sums wait for each other; many at once do not, and share what they
        read, but a processor has only so many hands.
        """
        sizes = [
            [size for size in range(1, most + 1) if length % size == 0]
            for length in self.lengths[: self.outer]
        ]
        tiles = [tile for tile in itertools.product(*sizes) if 1 < math.prod(tile) <= most]
        if math.prod(self.lengths[self.outer :]) < _LONG or not tiles:
            return None

        def cost(tile: Tile) -> float:
            sums = math.prod(tile)
            reads = (math.prod(itertools.compress(tile, self.forms[f].coefs)) for f in read)
            return max(_WAIT, sums + sum(reads)) / sums

        return min(tiles, key=lambda tile: (cost(tile), math.prod(tile)))

    def varies(self, form: Affine, axis: int) -> bool:
        """Whether an index changes along a loop."""
        return self.forms[form].coefs[axis] != 0

    def at(self, place: tuple[int, ...], tile: "Tile") -> "Loops":
        """The same loops at a place of a tile; those that a tile goes all along are none."""
        whole = [size == length for size, length in zip(tile, self.lengths, strict=False)]
        forms = {}
        for form, there in self.forms.items():
            offset = there.offset + sum(map(operator.mul, place, there.coefs))
            left = tuple(
                0 if all_of_it else c for all_of_it, c in zip(whole, there.coefs, strict=False)
            )
            forms[form] = Affine(offset, left + there.coefs[len(left) :])
        return Loops(self.lengths, self.outer, forms)

    def in_tiles(self, tile: "Tile", body: list[str]) -> list[str]:
        """The outer loops around the sums of a tile, from one tile to the next."""
        if tile == self.lengths[: self.outer]:
            return ["{", *map(indent, body), "}"]
        for i, length, size in reversed(list(zip(_VARIABLES, self.lengths, tile, strict=False))):
            if size < length:
                on = "++" if size == 1 else f" += {size}"
                head = f"for (let {i} = 0; {i} < {length}; {i}{on}) {{"
                body = [head, *map(indent, body), "}"]
        return body

    def around(self, body: list[str], first: int = 0, stop: int | None = None) -> list[str]:
        """The loops from `first` to `stop` around the statements."""
        depths = range(len(self.lengths))[first:stop]
        for depth in reversed(depths):
            i = _VARIABLES[depth]
            head = f"for (let {i} = 0; {i} < {self.lengths[depth]}; {i}++) {{"
            body = [head, *map(indent, body), "}"]
        return body


_NO_LOOPS = Loops((), 0, {})


def _forms(*expressions: Parts) -> list[Affine]:
    """Every index in the expressions."""
    forms = []
    for part in itertools.chain(*expressions):
        if isinstance(part, Affine):
            forms.append(part)
        elif isinstance(part, Element) and part.flat is not None:
            forms.append(part.flat)
    return forms


def _is_read(part: Part) -> bool:
    """Whether a part of an expression is read from a buffer."""
    return isinstance(part, Element) and part.flat is not None


def _in_tiles(node: Node, value: Parts) -> bool:
    """Whether several of a node's sums can be made at once: of what is read, not worked out."""
    kind = node.attrs[0]
    read = kind == "dot" or (kind == "sum" and len(value) == 1 and not pairwise_length(node))
    return read and node.dtype == np.float64


def _trailing(source: Node, axis: int, pairs: int) -> bool:
    """Whether the axis lies before those that are summed in pairs."""
    return int(np.prod(source.shape[axis:])) > pairs


def _positions(source: Node, order: list[int]) -> Index:
    """An index into `source` where loop i runs along axis order[i]; other axes stay at 0."""
    return tuple(
        Affine(0, tuple(int(a == axis and n > 1) for a in order))
        for axis, n in enumerate(source.shape)
    )


_START = {"sum": "0", "dot": "0", "prod": "1", "any": "0", "all": "1"}


def _accumulation(node: Node, name: str, value: str, loops: Loops) -> list[str]:
    """The statements that bring the inner loops' values down to one variable."""
    kind = str(node.attrs[0])
    if kind.startswith("arg"):
        return _argument(kind, name, value, loops)
    if len(loops.lengths) == loops.outer and node.op == "reduce":
        return [f"const {name} = {bare(ops.rounded(value, node.dtype))};"]
    following = NEXT[kind]
    if kind in ("sum", "dot", "prod", "logaddexp"):
        following = ops.rounded(following, node.dtype)
    if kind == "prod" and node.dtype.kind in "iu":
        following = f"({following} + 0)"
    text = bare(following.replace("{0}", name).replace("{1}", value))
    inner = loops.around([f"{name} = {text};"], loops.outer)
    return [f"let {name} = {_first(kind, node)};", *inner]


def _first(kind: str, node: Node) -> str:
    if kind in ("sum", "dot") and node.dtype.kind == "f":
        return "-0"
    low = {"max": "-Infinity", "min": "Infinity", "logaddexp": "-Infinity"}
    return low.get(kind) or _START[kind]


def _argument(kind: str, name: str, value: str, loops: Loops) -> list[str]:
    """argmax and argmin: the first of equals, the first nan before all."""
    i, sign = _VARIABLES[loops.outer], ">" if kind == "argmax" else "<"
    best = "w" + name
    better = f"x {sign} {best} || (x !== x && {best} === {best})"
    body = [
        f"const x = {bare(value)};",
        f"if ({name} < 0 || {better}) {{ {best} = x; {name} = {i}; }}",
    ]
    return [f"let {name} = -1, {best} = 0;", *loops.around(body, loops.outer)]


def columns_of(
    nodes: Sequence[Node], numbers: Iterator[int], others: Collection[int] = ()
) -> list[Node | None]:
    """A node of its own, and so a buffer, for each node; None for those of one element or none.

    `others` have buffers already that are not to be had.
    """
    columns: list[Node | None] = []
    taken = set(others)
    for node in nodes:
        if node.size <= 1:
            columns.append(None)
            continue
        if node.number in taken or node.op in ("input", "const", "view", "reshape"):
            node = Node("map", (node,), ("{0}",), node.value, next(numbers))
        taken.add(node.number)
        columns.append(node)
    return columns


def bare(text: str) -> str:
    """Without the parentheses that enclose all of it."""
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth and position < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text
