"""JavaScript from a trace: one function over preallocated Float64Arrays, with fixed loops."""

import itertools
import re
from collections.abc import Mapping

from crossent.trace import literals
from crossent.trace.plan import Plan
from crossent.trace.statements import BEYOND, Emitter, columns_of, indent
from crossent.trace.tracer import Input, Output, Trace

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
    return _declaration(name, f"({_Program(trace, constants).text()})()", constants)


def emit_all(traces: Mapping[str, Trace], name: str = "computes") -> str:
    """A declaration of the constant `name`: an object with a function, as in `emit`, for each key.

    They share constants and the runtime: a figure's traces for 2 to 10 classes belong together.
    A function's buffers are made, and its text compiled, when it is first called.
    """
    constants: dict[str, str] = {}
    entries = [
        f"{literals.string(key)}: lazily({_Program(trace, constants).text()})"
        for key, trace in traces.items()
    ]
    return _declaration(name, "{\n" + indent(",\n".join(entries)) + "\n}", constants)


def _declaration(name: str, value: str, constants: Mapping[str, str]) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"name must be a JavaScript identifier; got {name!r}")
    made = "\n".join(f"const {constant} = {literal};" for literal, constant in constants.items())
    lines = ['"use strict";', *literals.helpers(made + value), made, f"return {value};"]
    body = "\n".join(filter(None, lines))
    return f"const {name} = (() => {{\n{indent(body)}\n}})();\n"


class _Program(Emitter):
    """Writes one trace's function."""

    def __init__(self, trace: Trace, constants: dict[str, str]) -> None:
        self.trace = trace
        self.counters = {letter: itertools.count() for letter in "bnqrstvxy"}
        self.numbers = itertools.count(BEYOND)
        self.columns = columns_of([output.node for output in trace.outputs], self.numbers)
        self.singles = [o.node for o in trace.outputs if o.node.size == 1]
        self.plan = Plan(trace.nodes, [*(n for n in self.columns if n), *self.singles])
        self.constants = constants
        self.outside, self.fresh, self.names, self.locals = [], [], {}, {}
        self.used_later = self.used_in_other_steps()

    def text(self) -> str:
        """The expression for a function that makes the function."""
        needed = {node.number for node in self.trace.nodes}
        given = [e for e in self.trace.inputs if e.node.number in needed and e.node.size]
        loads = [self.load(entry) for entry in given]
        steps = [line for step in self.plan.steps for line in self.step(step)]
        result = f"return {self.result()};"
        inner = indent("\n".join([*loads, *self.fresh, *steps, result]))
        outer = indent("\n".join([*self.outside, f"return (inputs) => {{\n{inner}\n}};"]))
        return f"() => {{\n{outer}\n}}"

    def load(self, entry: Input) -> str:
        """The statement that takes an input from the argument."""
        name = self.names[entry.node.number] = "$" + "$".join(entry.path)
        value = f"inputs.{entry.name}, {literals.string(entry.name)}"
        if entry.node.size == 1:
            return f"const {name} = number({value});"
        self.outside.append(f"const {name} = new Float64Array({entry.node.size});")
        return f"load({name}, {value});"

    def result(self) -> str:
        """The nested object that the function returns."""
        tree: dict[str, object] = {}
        for output, node in zip(self.trace.outputs, self.columns, strict=True):
            branch = tree
            for key in output.path[:-1]:
                branch = branch.setdefault(key, {})  # type: ignore[assignment]
            branch[output.path[-1]] = self.buffer(node) if node else self.short(output)
        return _object(tree)

    def short(self, output: Output) -> str:
        """An output of one element, or none: a number, or a Float64Array of one."""
        if not output.node.size:
            return "new Float64Array(0)"
        text = self.render(self.single(output.node))
        return f"Float64Array.of({text})" if output.shape else text


def _object(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    assert isinstance(tree, dict)
    return "{ " + ", ".join(f"{literals.string(k)}: {_object(v)}" for k, v in tree.items()) + " }"
