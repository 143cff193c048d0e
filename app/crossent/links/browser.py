"""BrowserLink: a figure's functions, traced into JavaScript for every shape its state can take.

A trace holds for fixed shapes, so there is one for each number of classes, each number of further
batch rows and each combination of options. `compile_figure` writes them as one script, which the
page's own link (assets/runtime/links.js) looks them up in.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from ..errors import ExportError, TraceError
from ..figures.figure import Figure, State, argument_names
from ..figures.parameters import (
    MAX_CLASSES,
    MAX_ROWS,
    MIN_CLASSES,
    Rows,
    RowTargets,
    Selector,
    StateParameter,
)
from ..pages.scripts import runtime_script
from ..trace import Trace, emit_all, trace

COMPILED: dict[type[Figure], str] = {}  # in this process


def compile_figure(figure: type[Figure]) -> str:
    """A figure's program, compiled once in a process."""
    if figure not in COMPILED:
        COMPILED[figure] = figure.kept("program", partial(compiled, figure))
    return COMPILED[figure]


def compiled(figure: type[Figure]) -> str:
    """A classic script that adds the figure's compute and edits to ``crossentPrograms``.

    Raises
    ------
    ExportError
        Naming the figure and what of it has no JavaScript counterpart.
    """
    functions = functions_of(figure)
    traces: dict[str, Trace] = {}
    for name, function in functions.items():
        try:
            for key, taken in traced_shapes(figure, function, traces):
                traces[f"{name} {key}"] = taken
        except TraceError as error:
            raise ExportError(f"{figure.name_of} cannot be built: {error}") from error
    sliced = {key for key in traces if key.startswith("run ")}
    uses = {name: shape_uses(figure, function) for name, function in functions.items()}
    return (
        "globalThis.crossentPrograms ??= {};\n"
        f"globalThis.crossentPrograms[{json.dumps(figure.name_of)}] = (() => {{\n"
        f"{emit_all(traces, 'forms', sliced)}"
        f"return {{ uses: {json.dumps(uses)}, forms }};\n}})();\n"
        f"{beside(figure) if sliced else ''}"
    )


def beside(figure: type[Figure]) -> str:
    """What makes the same script work beside the page too, in a worker, for runs that take long."""
    program = f"globalThis.crossentPrograms[{json.dumps(figure.name_of)}]"
    return (
        f"{program}.script = globalThis.document?.currentScript;\n"
        f"{runtime_script('runtime/run-worker.js').rstrip().rstrip(';')}.listen({program});\n"
    )


def functions_of(figure: type[Figure]) -> dict[str, Callable[..., Any]]:
    """What is compiled of a figure: its run if it has one, compute, and its edits."""
    run = {} if figure.run is None else {"run": figure.run}
    return {**run, "compute": figure.compute, **figure.edits}


def traced_shapes(
    figure: type[Figure], function: Callable[..., Any], traces: Mapping[str, Trace]
) -> Iterator[tuple[str, Trace]]:
    """Each shape's key, and the function's trace for it; those of its run are there already."""
    plain = function is not figure.run  # a run takes long, and only its shapes are asked for
    for state in shapes(figure, function):
        arrays = figure.arrays(state) | edit_arguments()
        if figure.run is not None and "run" in argument_names(function):
            arrays["run"] = traces[f"run {shape_key(figure, figure.run, state)}"].expected
        values = {name: arrays[name] for name in argument_names(function)}
        frozen = {name: value for name, value in values.items() if is_frozen(figure, name, value)}
        example = {name: value for name, value in values.items() if name not in frozen}
        yield shape_key(figure, function, state), trace(function, example, frozen, plain=plain)


def edit_arguments() -> dict[str, Any]:
    """Example values of what an edit is given beside the state."""
    return {"index": np.int64(0), "value": np.float64(0.25)}


def is_frozen(figure: type[Figure], name: str, value: Any) -> bool:
    """Whether an argument is part of the shape: an option, or an array without entries."""
    parameter = figure.parameters().get(name)
    return (parameter is not None and not parameter.traced) or getattr(value, "size", 1) == 0


def used(figure: type[Figure], function: Callable[..., Any]) -> list[StateParameter]:
    """The entries of the state that a function asks for, or the run that it asks for."""
    names = argument_names(function)
    if figure.run is not None and "run" in names:
        names += argument_names(figure.run)
    return [p for name, p in figure.parameters().items() if name in names]


def shape_uses(figure: type[Figure], function: Callable[..., Any]) -> dict[str, Any]:
    """What a shape's key is made of: whether of classes, of which rows, of which options."""
    parameters = used(figure, function)
    return {
        "inputs": list(argument_names(function)),
        "classes": any(not isinstance(p, Selector) and has_classes(figure, p) for p in parameters),
        "rows": next((p.name for p in parameters if isinstance(p, Rows)), None),
        "options": [p.name for p in parameters if isinstance(p, Selector)],
    }


def has_classes(figure: type[Figure], parameter: StateParameter) -> bool:
    """Whether a value's length is the number of classes."""
    return parameter.per_class or isinstance(parameter, Rows)


def shapes(figure: type[Figure], function: Callable[..., Any]) -> Iterator[State]:
    """A state for each shape that a function's arguments can take."""
    uses = shape_uses(figure, function)
    counts = range(MIN_CLASSES, MAX_CLASSES + 1) if uses["classes"] else [0]
    rows = range(MAX_ROWS + 1) if uses["rows"] else [0]
    options = [option_values(figure.parameters()[name]) for name in uses["options"]]
    for count, row_count, *chosen in itertools.product(counts, rows, *options):
        state = example_state(figure, count, row_count)
        yield state | dict(zip(uses["options"], chosen, strict=True))


def option_values(parameter: StateParameter) -> list[Any]:
    """The values that an option can take."""
    assert isinstance(parameter, Selector)
    return list(parameter.options)


def example_state(figure: type[Figure], num_classes: int, num_rows: int) -> State:
    """A state with so many classes and further rows; 0 classes: as many as there are by default."""
    given: State = {}
    for name, parameter in figure.parameters().items():
        if isinstance(parameter, RowTargets):
            given[name] = [0] * num_rows
        elif isinstance(parameter, Rows):
            given[name] = [[0.0] * num_classes] * num_rows
        elif parameter.per_class and num_classes:
            given[name] = parameter.fit(num_classes)
    state, problems = figure.resolve(given)
    assert not problems, problems
    return state


def shape_key(figure: type[Figure], function: Callable[..., Any], state: State) -> str:
    """The name of a state's shape, as the page's link writes it too."""
    uses = shape_uses(figure, function)
    count = figure.num_classes(state) if uses["classes"] else 0
    rows = len(state[uses["rows"]]) if uses["rows"] else 0
    return " ".join([str(count), str(rows), *(str(state[name]) for name in uses["options"])])
