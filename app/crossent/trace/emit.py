"""JavaScript from a trace: one function over preallocated Float64Arrays, loops with fixed bounds."""

import itertools
import json
import re
from collections.abc import Mapping, Sequence

import numpy as np

from crossent.trace import literals, ops
from crossent.trace.affine import Affine, collapse, identity, linear
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
    or an array (nested or typed) of the traced shape's length; it throws `TypeError` or `RangeError`
    where one is missing or has another length. It returns the nested object that compute returns:
    numbers for scalars, and for columns a new Float64Array each, in C order, that the caller owns.
    Integers are whole numbers; bools are 0 and 1.
    """
    return _declaration(name, _factory(trace))


def emit_all(traces: Mapping[str, Trace], name: str = "computes") -> str:
    """A declaration of the constant `name`: an object with one function, as `emit` has it, for each key.

    They share the functions of the runtime: a figure's traces for 2 to 10 classes belong together.
    """
    entries = [f"{json.dumps(key)}: {_factory(trace)}" for key, trace in traces.items()]
    return _declaration(name, "{\n" + _indent(",\n".join(entries)) + "\n}")


def _declaration(name: str, value: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"name must be a JavaScript identifier; got {name!r}")
    body = "\n".join(['"use strict";', *literals.helpers(value), f"return {value};"])
    return f"const {name} = (() => {{\n{_indent(body)}\n}})();\n".replace("</", "<\\/")


def _factory(trace: Trace) -> str:
    return _Emitter(trace).text()


def _indent(text: str) -> str:
    return "\n".join("  " + line if line else line for line in text.split("\n"))


class _Emitter:
    """Writes one trace's function, and the buffers and constants around it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.columns = _columns(trace.outputs)
        self.plan = Plan(trace.nodes, [node for node in self.columns if node is not None])
        self.outside: list[str] = []
        self.fresh: list[str] = []
        self.names: dict[int, str] = {}
        self.constants: dict[str, str] = {}
        self.locals: dict[int, str] = {}
        self.counters = {letter: itertools.count() for letter in "bcsv"}
        self.used_later = self._used_in_other_steps()

    def _used_in_other_steps(self) -> set[int]:
        used = set(self.plan.outputs)
        for number, step in enumerate(self.plan.steps):
            for node in step.nodes:
                for part in self.plan.needs(node):
                    if self.plan.step_of.get(part.node.number) != number:
                        used.add(part.node.number)
        return used

    def text(self) -> str:
        """The expression for the function."""
        needed = {node.number for node in self.trace.nodes}
        loads = [self.load(entry) for entry in self.trace.inputs if entry.node.number in needed]
        steps = [line for step in self.plan.steps for line in self.step(step)]
        result = f"return {self.result()};"
        inner = _indent("\n".join([*loads, *self.fresh, *steps, result]))
        outer = _indent("\n".join([*self.outside, f"return (inputs) => {{\n{inner}\n}};"]))
        return f"(() => {{\n{outer}\n}})()"

    # --- Names

    def new(self, letter: str) -> str:
        """A name that is not taken: b for buffers, c constants, s scalars, v values in a loop."""
        return f"{letter}{next(self.counters[letter])}"

    def load(self, entry: Input) -> str:
        """The statement that takes an input from the argument."""
        name = self.names[entry.node.number] = f"${entry.name}"
        value = f"inputs.{entry.name}, {json.dumps(entry.name)}"
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
        if literal not in self.constants:
            self.constants[literal] = self.new("c")
            self.outside.append(f"const {self.constants[literal]} = {literal};")
        return self.constants[literal]

    # --- Expressions

    def render(self, parts: Parts, variables: Sequence[str] = ()) -> str:
        """The text of an expression, without parentheses around it."""
        return _bare("".join(self.part(part, variables) for part in parts))

    def part(self, part: Part, variables: Sequence[str]) -> str:
        """The text of one part of an expression."""
        if isinstance(part, str):
            return part
        if isinstance(part, Affine):
            return part.text(variables)
        if isinstance(part, Whole):
            return self.buffer(part.node)
        if part.node.number in self.locals:
            return self.locals[part.node.number]
        if part.flat is None:
            return self.names[part.node.number]
        return f"{self.buffer(part.node)}[{part.flat.text(variables)}]"

    # --- Statements

    def step(self, step: Step) -> list[str]:
        """The statements of one step."""
        if not step.fused:
            node = step.nodes[0]
            return {"reduce": self.reduce, "scan": self.scan, "join": self.join}.get(
                node.op, self.sort
            )(node)
        if not step.shape:
            return [self.scalar(node) for node in step.nodes]
        return self.fused(step)

    def scalar(self, node: Node) -> str:
        """The constant that holds a node of one element."""
        text = self.render(self.plan.compute(node, start(node), 0))
        name = self.names[node.number] = self.new("s")
        return f"const {name} = {text};"

    def fused(self, step: Step) -> list[str]:
        """One loop over the elements of several nodes."""
        n = len(step.shape)
        here = linear(step.shape, identity(step.shape), n)
        inside = {part.node.number for node in step.nodes for part in self.plan.needs(node)}
        rows: list[Parts] = []
        for node in step.nodes:
            parts = self.plan.compute(node, start(node), n)
            kept = node.number in self.used_later
            target: Parts = [Element(node, None, here), " = "] if kept else []
            if node.number in inside:
                name = self.new("v")
                rows.append([f"const {name} = ", _Later(parts)])
                rows += [[*target, name]] if kept else []
                self.locals[node.number] = name
            else:
                rows.append([*target, _Later(parts)])
        return rows and []
