"""JavaScript from a trace: one function over preallocated Float64Arrays, with fixed loops."""

import itertools
import re
from collections.abc import Collection, Mapping

from crossent.trace import literals
from crossent.trace.apart import Functions
from crossent.trace.graph import Node
from crossent.trace.plan import Element, Plan
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


def emit_all(
    traces: Mapping[str, Trace], name: str = "computes", sliced: Collection[str] = ()
) -> str:
    """A declaration of the constant `name`: an object with a function, as in `emit`, for each key.

    They share constants and the runtime: a figure's traces for 2 to 10 classes belong together.
    Traces that come to the same text share a function. A function's buffers are made, and its text
    compiled, when it is first called.

    Those of the keys in `sliced` are generators, for work that is done in slices: they take the
    inputs, and a function that is asked before each step of a scan whether to pause. At a pause
    they yield what there is of the result, nan where there is nothing yet, in arrays that they go
    on to fill; at their end they return the result. Their loops are functions that they share.
    """
    constants: dict[str, str] = {}
    functions: dict[str, str] = {}
    apart = Functions()
    entries = []
    for key, trace in traces.items():
        text = _Program(trace, constants, apart if key in sliced else None).text()
        made = functions.setdefault(text, f"shape{len(functions)}")
        entries.append(f"{literals.string(key)}: {made}")
    lines = apart.declarations()
    lines += [f"const {made} = lazily({text});" for text, made in functions.items()]
    value = "{\n" + indent(",\n".join(entries)) + "\n}"
    return _declaration(name, value, constants, "\n".join(lines))


def _declaration(name: str, value: str, constants: Mapping[str, str], functions: str = "") -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"name must be a JavaScript identifier; got {name!r}")
    made = "\n".join(f"const {constant} = {literal};" for literal, constant in constants.items())
    helpers = literals.helpers(made + functions + value)
    lines = ['"use strict";', *helpers, made, functions, f"return {value};"]
    body = "\n".join(filter(None, lines))
    return f"const {name} = (() => {{\n{indent(body)}\n}})();\n"


class _Program(Emitter):
    """Writes one trace's function; with loops apart, a generator (see `emit_all`)."""

    def __init__(
        self, trace: Trace, constants: dict[str, str], apart: Functions | None = None
    ) -> None:
        self.trace, self.functions, self.sliced = trace, apart, apart is not None
        self.empty = ".fill(NaN)" if self.sliced else ""
        self.counters = {letter: itertools.count() for letter in "bnqrstvxy"}
        self.numbers = itertools.count(BEYOND)
        self.columns = columns_of([output.node for output in trace.outputs], self.numbers)
        self.singles = [o.node for o in trace.outputs if o.node.size == 1]
        wanted = [*(column for column in self.columns if column), *self.singles]
        self.plan = Plan(trace.nodes, wanted, in_rows=self.sliced)
        self.constants = constants
        self.outside, self.fresh, self.names, self.locals, self.offsets = [], [], {}, {}, {}
        self.used_later = self.used_in_other_steps()

    def text(self) -> str:
        """The expression for a function that makes the function."""
        needed = {node.number for node in self.trace.nodes}
        given = [e for e in self.trace.inputs if e.node.number in needed and e.node.size]
        loads = [self.load(entry) for entry in given]
        steps = [line for step in self.plan.steps for line in self.step(step)]
        result = f"return {self.result()};"
        inner = indent("\n".join([*loads, *self.fresh, *steps, result]))
        head = "return function* (inputs, pause) {" if self.sliced else "return (inputs) => {"
        outer = indent("\n".join([*self.outside, f"{head}\n{inner}\n}};"]))
        return f"() => {{\n{outer}\n}}"

    def load(self, entry: Input) -> str:
        """The statement that takes an input from the argument."""
        name = self.names[entry.node.number] = "$" + "$".join(entry.path)
        value = f"inputs.{entry.name}, {literals.string(entry.name)}"
        if entry.node.size == 1:
            return f"const {name} = number({value});"
        if len(entry.path) > 1:  # made by another function, and only read
            return f"const {name} = floats({value}, {entry.node.size});"
        self.outside.append(f"const {name} = new Float64Array({entry.node.size});")
        return f"load({name}, {value});"

    def pause(self) -> list[str]:
        """The statement at the start of each step of an outermost loop."""
        return [f"if (pause()) yield {self.result()};"] if self.sliced else []

    def result(self) -> str:
        """The nested object that the function returns, as far as it has come."""
        tree: dict[str, object] = {}
        for output, node in zip(self.trace.outputs, self.columns, strict=True):
            branch = tree
            for key in output.path[:-1]:
                branch = branch.setdefault(key, {})  # type: ignore[assignment]
            branch[output.path[-1]] = self.column(node) if node else self.short(output)
        return _object(tree)

    def column(self, node: Node) -> str:
        """The buffer that is a column; one with several axes knows its shape."""
        name = self.buffer(node)
        if len(node.shape) < 2 or self.sliced:
            return name
        return f"shaped({name}, [{', '.join(map(str, node.shape))}])"

    def short(self, output: Output) -> str:
        """An output of one element, or none: a number, or a Float64Array of one."""
        if not output.node.size:
            return "new Float64Array(0)"
        parts = self.single(output.node)
        read = {part.node for part in parts if isinstance(part, Element) and part.flat is None}
        come = all(node.number in self.names for node in read)
        text = self.render(parts) if come else "NaN"
        return f"Float64Array.of({text})" if output.shape else text


def _object(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    assert isinstance(tree, dict)
    return "{ " + ", ".join(f"{literals.string(k)}: {_object(v)}" for k, v in tree.items()) + " }"
