"""Runs a compute function once on traced inputs, and keeps what it did."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from crossent.errors import TraceError
from crossent.trace import primitives
from crossent.trace.array import Traced
from crossent.trace.graph import Array, Graph, Node, Shape, live
from crossent.trace.where import explain, fail, tracing

Compute = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Input:
    """What the page hands in under `path`: a number where `shape` is (), else an array."""

    path: tuple[str, ...]
    shape: Shape
    dtype: np.dtype[Any]
    node: Node

    @property
    def name(self) -> str:
        """Its path, as messages name it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Output:
    """One number or column: its keys in the nested result, its shape and dtype."""

    path: tuple[str, ...]
    shape: Shape
    dtype: np.dtype[Any]
    node: Node


@dataclass(frozen=True)
class Trace:
    """A compute function, taken apart: `emit` turns it into JavaScript.

    `example` and `expected` are the inputs it was traced with and NumPy's result for them, nested
    as the function nests it. `unused` names the inputs that no output depends on: a control that
    moves one of them moves nothing.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    nodes: tuple[Node, ...]
    example: dict[str, Any]
    expected: dict[str, Any]

    @property
    def unused(self) -> tuple[str, ...]:
        """The names of the inputs that no output depends on."""
        needed = {node.number for node in self.nodes}
        given = (entry for entry in self.inputs if entry.node.size)
        return tuple(entry.name for entry in given if entry.node.number not in needed)


def as_inputs(state: Mapping[str, Any]) -> dict[str, Any]:
    """NumPy values for a state's numbers, bools and lists of them: what compute should be handed.

    A Python float would promote otherwise than the float64 that is traced: with these, the served
    and the traced compute see the same. Inputs may be nested in dicts.

    >>> as_inputs({"logits": [2, 0.5], "target": 1})
    {'logits': array([2. , 0.5]), 'target': np.int64(1)}
    """
    return {
        name: as_inputs(value) if isinstance(value, Mapping) else np.asarray(value)[()]
        for name, value in state.items()
    }


def trace(
    compute: Compute,
    example: Mapping[str, Any],
    static: Mapping[str, Any] | None = None,
    *,
    plain: bool = True,
) -> Trace:
    """What `compute(**example, **static)` does, for all inputs of the example's shapes and dtypes.

    Parameters
    ----------
    compute : function
        Takes the inputs by name and returns a dict, nested to any depth, of arrays and numbers.
        It is called twice: on NumPy's arrays, then on traced ones; both must give the same.
    example : mapping
        Arrays, numbers and bools, or dicts of them; their shapes and dtypes hold for every later
        input.
    static : mapping, optional
        Further arguments, of any kind, that are frozen into the trace.
    plain : bool
        Without it the call on NumPy's arrays is left out, for a run that takes long; what is
        `expected` then has the right shapes, but a loop's values are made up.

    Raises
    ------
    TraceError
        Naming the line, the operation and the way round it.
    """
    inputs, static = as_inputs(example), dict(static or {})
    graph = Graph()
    with tracing(_code(compute)), np.errstate(all="ignore"):
        expected = compute(**inputs, **static) if plain else None
        entries = tuple(_input(graph, path, value) for path, value in _leaves((), inputs))
        symbols = _nested({entry.path: Traced(graph, _start(graph, entry)) for entry in entries})
        try:
            traced = compute(**symbols, **static)
        except Exception as error:
            raise explain(error) from error
        outputs = tuple(_outputs(graph, (), traced))
        nodes = tuple(live([output.node for output in outputs]))
        if any(node.op == "param" for node in nodes):
            fail("what a scan's step was given is used outside it", "return it from the step")
        if expected is None:
            expected = _nested({output.path: output.node.value for output in outputs})
        _compare(outputs, expected)
    name = getattr(compute, "__name__", "compute")
    given = {path: np.asarray(value)[()] for path, value in _leaves((), expected)}
    return Trace(name, entries, outputs, nodes, inputs, _nested(given))


def _code(compute: Any) -> CodeType:
    """The code of the function that was written, under partials, wrappers and methods."""
    while not inspect.isfunction(compute) or hasattr(compute, "__wrapped__"):
        if isinstance(compute, functools.partial):
            compute = compute.func
        elif hasattr(compute, "__wrapped__"):
            compute = compute.__wrapped__
        elif inspect.isfunction(type(compute).__call__):
            compute = type(compute).__call__
        elif inspect.ismethod(compute):
            compute = compute.__func__
        else:
            raise TraceError(f"{compute!r} is not written in Python: hand in a function that is")
    code: CodeType = compute.__code__
    return code


def _input(graph: Graph, path: tuple[str, ...], value: Any) -> Input:
    array, name = np.asarray(value), ".".join(path)
    if array.dtype.kind not in "biuf":
        fail(
            f"the input {name!r} is {array.dtype} of shape {array.shape}",
            "inputs are numbers, bools and arrays of them; hand anything else in as static",
        )
    plain = array.dtype if array.dtype.kind in "biu" else np.dtype(np.float64)
    return Input(
        path, array.shape, array.dtype, graph.add("input", (), (name,), array.astype(plain))
    )


def _start(graph: Graph, entry: Input) -> Node:
    """The input as the dtype it has in compute: JavaScript hands in float64."""
    return primitives.cast(graph, entry.node, entry.dtype)


def _outputs(graph: Graph, path: tuple[str, ...], result: Any) -> list[Output]:
    if isinstance(result, Mapping):
        return [out for key, item in result.items() for out in _outputs(graph, (*path, key), item)]
    name = ".".join(map(str, path))
    if not path or not all(isinstance(key, str) for key in path):
        fail(
            f"compute returns {name or type(result).__name__!r}",
            "return a dict of columns whose keys are strings",
        )
    if not isinstance(result, Traced):
        array = np.asarray(result) if not isinstance(result, list | tuple) else None
        if array is None or array.dtype.kind not in "biuf":
            fail(
                f"the output {name} is a {type(result).__name__}",
                "outputs are arrays and numbers: np.stack lists, hand text to the view",
            )
        result = Traced(graph, graph.const(array))
    return [Output(path, result.shape, result.dtype, result.node)]


def _nested(found: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in found.items():
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
        branch[path[-1]] = value
    return tree


def _compare(outputs: tuple[Output, ...], expected: Mapping[str, Any]) -> None:
    """The traced call saw what the plain call gave, or compute is not a function of its inputs."""
    leaves = {path: np.asarray(value) for path, value in _leaves((), expected)}
    if set(leaves) != {output.path for output in outputs}:
        raise TraceError("compute returned other keys when called again: they must be fixed")
    for output in outputs:
        value: Array = leaves[output.path]
        like = (value.shape, value.dtype) == (output.shape, output.dtype)
        same = like and np.array_equal(value, output.node.value, equal_nan=value.dtype.kind == "f")
        if not same and not (like and _made_up(output.node)):
            fail(
                f"compute gave another {'.'.join(output.path)} when called again on traced inputs",
                "let it depend on its inputs alone: draw random numbers outside, and hand them in",
            )


def _made_up(node: Node) -> bool:
    """Whether a node's value is not NumPy's: what comes out of a loop is not, nor what uses it."""
    return any(before.op == "loop" for before in live([node]))


def _leaves(path: tuple[str, ...], tree: Any) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(tree, Mapping):
        return [leaf for key, item in tree.items() for leaf in _leaves((*path, key), item)]
    return [(path, tree)]
