"""JavaScript from a trace: one function over preallocated Float64Arrays, with fixed loops."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crossent.trace import literals, ops
from crossent.trace.affine import Affine, Index, collapse, identity, linear
from crossent.trace.graph import Array, Node
from crossent.trace.plan import (
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
from crossent.trace.tracer import Input, Output, Trace

_VARIABLES = "ijklmnpq"
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def emit(trace: Trace, name: str = "compute") -> str:
    """A declaration of the constant `name`: a function from inputs to outputs.

    The text runs in a classic script, and in a module (add ``export { name };``); it needs nothing
    else, and no ``eval``. The function takes one object: under each input's name a number or bool,
    or an array (nested or typed) of the traced shape's length; it throws `TypeError` where one is
    missing or is no number, and `RangeError` where it has another length. It returns the
    nested object that compute returns: numbers for scalars, and for each column a new Float64Array,
    in C order, that the caller owns.
    Integers are whole numbers; bools are 0 and 1.
    """
    constants: dict[str, str] = {}
    return _declaration(name, f"({_Emitter(trace, constants).text()})()", constants)


def emit_all(traces: Mapping[str, Trace], name: str = "computes") -> str:
    """A declaration of the constant `name`: an object with a function, as in `emit`, for each key.

    They share constants and the runtime: a figure's traces for 2 to 10 classes belong together.
    A function's buffers are made, and its text compiled, when it is first called.
    """
    constants: dict[str, str] = {}
    entries = [
        f"{literals.string(key)}: lazily({_Emitter(trace, constants).text()})"
        for key, trace in traces.items()
    ]
    return _declaration(name, "{\n" + _indent(",\n".join(entries)) + "\n}", constants)


def _declaration(name: str, value: str, constants: Mapping[str, str]) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"name must be a JavaScript identifier; got {name!r}")
    made = "\n".join(f"const {constant} = {literal};" for literal, constant in constants.items())
    lines = ['"use strict";', *literals.helpers(made + value), made, f"return {value};"]
    body = "\n".join(filter(None, lines))
    return f"const {name} = (() => {{\n{_indent(body)}\n}})();\n"


def _indent(text: str) -> str:
    return "\n".join("  " + line if line else line for line in text.split("\n"))


class _Emitter:
    """Writes one trace's function, and the buffers around it.

    `constants` are those that all traces of one text share: the name of each literal.
    """

    def __init__(self, trace: Trace, constants: dict[str, str]) -> None:
        self.trace = trace
        self.columns = _columns(trace.outputs)
        singles = [o.node for o in trace.outputs if o.node.size == 1]
        self.plan = Plan(trace.nodes, [*(n for n in self.columns if n), *singles])
        self.outside: list[str] = []
        self.fresh: list[str] = []
        self.names: dict[int, str] = {}
        self.constants = constants
        self.locals: dict[int, str] = {}
        self.counters = {letter: itertools.count() for letter in "bsv"}
        self.used_later = self._used_in_other_steps()

    def _used_in_other_steps(self) -> set[int]:
        used = set(self.plan.outputs)
        for output in self.trace.outputs:
            if output.node.size == 1:
                used |= {p.node.number for p in self.read(output) if isinstance(p, Element | Whole)}
        for number, step in enumerate(self.plan.steps):
            for node in step.nodes:
                for part in self.plan.needs(node):
                    if self.plan.step_of.get(part.node.number) != number:
                        used.add(part.node.number)
        return used

    def text(self) -> str:
        """The expression for a function that makes the function."""
        needed = {node.number for node in self.trace.nodes}
        given = [e for e in self.trace.inputs if e.node.number in needed and e.node.size]
        loads = [self.load(entry) for entry in given]
        steps = [line for step in self.plan.steps for line in self.step(step)]
        result = f"return {self.result()};"
        inner = _indent("\n".join([*loads, *self.fresh, *steps, result]))
        outer = _indent("\n".join([*self.outside, f"return (inputs) => {{\n{inner}\n}};"]))
        return f"() => {{\n{outer}\n}}"

    # --- Names

    def new(self, letter: str) -> str:
        """A name that is not taken: b for buffers, s scalars, v values in a loop."""
        return f"{letter}{next(self.counters[letter])}"

    def load(self, entry: Input) -> str:
        """The statement that takes an input from the argument."""
        name = self.names[entry.node.number] = f"${entry.name}"
        value = f"inputs.{entry.name}, {literals.string(entry.name)}"
        if entry.node.size == 1:
            return f"const {name} = number({value});"
        self.outside.append(f"const {name} = new Float64Array({entry.node.size});")
        return f"load({name}, {value});"

    def buffer(self, node: Node) -> str:
        """The name of the node's buffer, which is new for each call where it is an output."""
        if node.op == "const":
            return self.constant(node.value)
        if node.number not in self.names:
            name = self.names[node.number] = self.new("b")
            lines = self.fresh if node.number in self.plan.outputs else self.outside
            lines.append(f"const {name} = new Float64Array({node.size});")
        return self.names[node.number]

    def constant(self, value: Array) -> str:
        """The name of the constant with these elements."""
        literal = literals.array(value)
        return self.constants.setdefault(literal, f"c{len(self.constants)}")

    # --- Expressions

    def render(self, parts: Parts, loops: "_Loops | None" = None) -> str:
        """The text of an expression that stands alone, without parentheses around it."""
        return _bare(self.operand(parts, loops or _NO_LOOPS))

    def operand(self, parts: Parts, loops: "_Loops") -> str:
        """The text of an expression that can be part of another."""
        return "".join(self.part(part, loops) for part in parts)

    def part(self, part: Part, loops: "_Loops") -> str:
        """The text of one part of an expression."""
        if isinstance(part, str):
            return part
        if isinstance(part, Affine):
            return loops.text(part)
        if isinstance(part, Whole):
            return self.buffer(part.node)
        if part.node.number in self.locals:
            return self.locals[part.node.number]
        if part.flat is None:
            return self.names[part.node.number]
        return f"{self.buffer(part.node)}[{loops.text(part.flat)}]"

    # --- Statements

    def step(self, step: Step) -> list[str]:
        """The statements of one step."""
        if step.fused and not step.shape:
            return [self.scalar(node) for node in step.nodes]
        if step.fused:
            return self.fused(step)
        own = {"reduce": self.reduce, "scan": self.scan, "join": self.join}
        return own.get(step.nodes[0].op, self.sort)(step.nodes[0])

    def scalar(self, node: Node) -> str:
        """The constant that holds a node of one element."""
        text = self.render(self.plan.compute(node, start(node), 0))
        name = self.names[node.number] = self.new("s")
        return f"const {name} = {text};"

    def fused(self, step: Step) -> list[str]:
        """One loop over the elements of several nodes of one shape."""
        n = len(step.shape)
        here = linear(step.shape, identity(step.shape), n)
        expressions = [self.plan.compute(node, start(node), n) for node in step.nodes]
        loops = _Loops.over(step.shape, [here, *_forms(*expressions)])
        inside = {part.node.number for node in step.nodes for part in self.plan.needs(node)}
        body = []
        for node, expression in zip(step.nodes, expressions, strict=True):
            text = self.render(expression, loops)
            if node.number in inside:
                name = self.new("v")
                body.append(f"const {name} = {text};")
                text = name
            if node.number in self.used_later:
                body.append(f"{self.buffer(node)}[{loops.text(here)}] = {text};")
            if node.number in inside:
                self.locals[node.number] = name
        for node in step.nodes:
            self.locals.pop(node.number, None)
        return loops.around(body)

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
        loops = _Loops.over(lengths, [target, *_forms(value)], len(kept))
        name = self.new("s") if node.size == 1 else "a"
        body = _accumulation(node, name, self.operand(value, loops), loops)
        if node.size == 1:
            self.names[node.number] = name
            return body
        store = f"{self.buffer(node)}[{loops.text(target)}] = {name};"
        return loops.around([*body, store], 0, loops.outer)

    def scan(self, node: Node) -> list[str]:
        """Loops over the other axes, and in each one along the axis that is accumulated."""
        source = node.args[0]
        along: int = node.attrs[1]  # type: ignore[assignment]
        order = [*(a for a in range(len(source.shape)) if a != along), along]
        index = _positions(source, order)
        value = self.plan.read(source, index, len(order))
        target = linear(node.shape, index, len(order))
        lengths = tuple(source.shape[a] for a in order)
        loops = _Loops.over(lengths, [target, *_forms(value)], len(order) - 1)
        body = _accumulation(node, "a", self.operand(value, loops), loops)
        store = f"{self.buffer(node)}[{loops.text(target)}] = a;"
        inner = [*body[:-1], "  " + store, body[-1]] if len(body) > 2 else [*body, store]
        return (
            loops.around(inner, 0, loops.outer) if loops.outer else ["{", *map(_indent, inner), "}"]
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
            loops = _Loops.over(loop_shape(piece), [target, *_forms(value)])
            text = f"{self.buffer(node)}[{loops.text(target)}] = {self.render(value, loops)};"
            lines += loops.around([text])
            before += piece.shape[along]
        return lines

    def sort(self, node: Node) -> list[str]:
        """A call that fills the buffer row by row."""
        source = self.buffer(base(node.args[0]))
        return [f"{node.op}Rows({source}, {self.buffer(node)}, {node.shape[-1]});"]

    # --- The result

    def result(self) -> str:
        """The nested object that the function returns."""
        tree: dict[str, object] = {}
        for output, node in zip(self.trace.outputs, self.columns, strict=True):
            branch = tree
            for key in output.path[:-1]:
                branch = branch.setdefault(key, {})  # type: ignore[assignment]
            branch[output.path[-1]] = self.buffer(node) if node else self.single(output)
        return _object(tree)

    def read(self, output: Output) -> Parts:
        """The expression for an output of one element."""
        return self.plan.read(output.node, (Affine(0, ()),) * len(output.shape), 0)

    def single(self, output: Output) -> str:
        """An output of one element, or none: a number, or a Float64Array of one."""
        if not output.node.size:
            return "new Float64Array(0)"
        text = self.render(self.read(output))
        return f"Float64Array.of({text})" if output.shape else text


@dataclass(frozen=True)
class _Loops:
    """Nested loops, as few as the indices in them allow; the first `outer` stay apart."""

    lengths: tuple[int, ...]
    outer: int
    forms: Mapping[Affine, Affine]

    @classmethod
    def over(cls, lengths: tuple[int, ...], forms: list[Affine], outer: int = 0) -> "_Loops":
        """Loops of these lengths around these indices."""
        fewer, collapsed, outside = collapse(list(lengths), forms, outer)
        return cls(tuple(fewer), outside, dict(zip(forms, collapsed, strict=True)))

    def text(self, form: Affine) -> str:
        """An index, in the loop variables that are left."""
        return self.forms.get(form, form).text(_VARIABLES[: len(self.lengths)])

    def around(self, body: list[str], first: int = 0, stop: int | None = None) -> list[str]:
        """The loops from `first` to `stop` around the statements."""
        depths = range(len(self.lengths))[first:stop]
        for depth in reversed(depths):
            i = _VARIABLES[depth]
            head = f"for (let {i} = 0; {i} < {self.lengths[depth]}; {i}++) {{"
            body = [head, *map(_indent, body), "}"]
        return body


_NO_LOOPS = _Loops((), 0, {})


def _forms(*expressions: Parts) -> list[Affine]:
    """Every index in the expressions."""
    forms = []
    for part in itertools.chain(*expressions):
        if isinstance(part, Affine):
            forms.append(part)
        elif isinstance(part, Element) and part.flat is not None:
            forms.append(part.flat)
    return forms


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
_NEXT = {
    "sum": "({0} + {1})",
    "dot": "({0} + {1})",
    "prod": "({0} * {1})",
    "max": "Math.max({0}, {1})",
    "min": "Math.min({0}, {1})",
    "any": "({0} | {1})",
    "all": "({0} & {1})",
    "logaddexp": "logaddexp({0}, {1})",
}


def _accumulation(node: Node, name: str, value: str, loops: _Loops) -> list[str]:
    """The statements that bring the inner loops' values down to one variable."""
    kind = str(node.attrs[0])
    if kind.startswith("arg"):
        return _argument(kind, name, value, loops)
    if len(loops.lengths) == loops.outer and node.op == "reduce":
        return [f"const {name} = {_bare(ops.rounded(value, node.dtype))};"]
    following = _NEXT[kind]
    if kind in ("sum", "dot", "prod", "logaddexp"):
        following = ops.rounded(following, node.dtype)
    if kind == "prod" and node.dtype.kind in "iu":
        following = f"({following} + 0)"
    text = _bare(following.replace("{0}", name).replace("{1}", value))
    inner = loops.around([f"{name} = {text};"], loops.outer)
    return [f"let {name} = {_first(kind, node)};", *inner]


def _first(kind: str, node: Node) -> str:
    if kind in ("sum", "dot") and node.dtype.kind == "f":
        return "-0"
    low = {"max": "-Infinity", "min": "Infinity", "logaddexp": "-Infinity"}
    return low.get(kind) or _START[kind]


def _argument(kind: str, name: str, value: str, loops: _Loops) -> list[str]:
    """argmax and argmin: the first of equals, the first nan before all."""
    i, sign = _VARIABLES[loops.outer], ">" if kind == "argmax" else "<"
    best = "w" + name
    better = f"x {sign} {best} || (x !== x && {best} === {best})"
    body = [
        f"const x = {_bare(value)};",
        f"if ({name} < 0 || {better}) {{ {best} = x; {name} = {i}; }}",
    ]
    return [f"let {name} = -1, {best} = 0;", *loops.around(body, loops.outer)]


def _columns(outputs: Sequence[Output]) -> list[Node | None]:
    """A node of its own, and so a new buffer, for each column; None for outputs of one element."""
    columns: list[Node | None] = []
    number = max((output.node.number for output in outputs), default=0)
    taken: set[int] = set()
    for output in outputs:
        node = output.node
        if output.node.size <= 1:
            columns.append(None)
            continue
        if node.number in taken or node.op in ("input", "const", "view", "reshape"):
            number += 1
            node = Node("map", (node,), ("{0}",), node.value, number)
        taken.add(node.number)
        columns.append(node)
    return columns


def _object(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    assert isinstance(tree, dict)
    return "{ " + ", ".join(f"{literals.string(k)}: {_object(v)}" for k, v in tree.items()) + " }"


def _bare(text: str) -> str:
    """Without the parentheses that enclose all of it."""
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth and position < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text
