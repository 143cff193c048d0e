"""`Traced.__scan__`: the loop of a scan, traced by taking one step of it.

A loop is asked for as the arrays' own method, so that whoever writes scans need not know of
traces. The step's nodes lie in the same graph as all others: those that hang on what a step is
given make up the loop's body, the others are computed once, before it.

The example's values behind a loop are made up (those of its first step), since the loop is not
run; what NumPy really gives comes from the plain call of the compute function.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from crossent.trace.array import Traced, lift
from crossent.trace.graph import Graph, Loop, Node, live
from crossent.trace.where import fail

Tree = Any
Path = tuple[str, ...]


def scan(
    self: Traced,
    step: Callable[[Tree, Tree], tuple[Tree, Tree]],
    carry: Tree,
    xs: Tree,
    length: int,
    steps: Any,
) -> tuple[Tree, Tree]:
    """What a scan leaves behind, for whatever inputs: its carry and its stacked results."""
    graph, number = self.graph, self.graph.new_loop()
    begins = {path: lift(graph, leaf) for path, leaf in _leaves((), carry)}
    sources = {path: lift(graph, leaf) for path, leaf in _leaves((), xs)}
    carries = _params(graph, number, "carry", {path: n.value for path, n in begins.items()})
    rows = _params(graph, number, "row", {path: n.value[0] for path, n in sources.items()})
    returned = step(_tree(graph, carry, carries), _tree(graph, xs, rows))
    if not isinstance(returned, tuple) or len(returned) != 2:
        fail("a scan's step that does not return two values", "return (carry, y); y may be None")
    after = {path: lift(graph, leaf) for path, leaf in _leaves((), returned[0])}
    stacked = {path: lift(graph, leaf) for path, leaf in _leaves((), returned[1])}
    _same_kind(carries, after)
    loop = Loop(
        length=length,
        bounded=steps is not None,
        carries=tuple(carries.values()),
        rows=tuple(rows.values()),
        after=tuple(after[path] for path in carries),
        stacked=tuple(stacked.values()),
    )
    taken = () if steps is None else (lift(graph, steps),)
    given = (*begins.values(), *sources.values(), *taken)
    node = graph.loop((*given, *_captured(loop)), loop)
    left = {path: _item(graph, node, "carry", k, after[path]) for k, path in enumerate(carries)}
    piled = {
        path: _item(graph, node, "stacked", k, y, length)
        for k, (path, y) in enumerate(stacked.items())
    }
    return _tree(graph, carry, left), _tree(graph, returned[1], piled)


def body(loop: Loop, outputs: list[Node]) -> list[Node]:
    """The nodes of a step that these outputs depend on and that are made anew in each one."""
    own = {param.number for param in (*loop.carries, *loop.rows)}
    nodes = []
    for node in live(outputs):
        if node.number in own or any(arg.number in own for arg in node.args):
            own.add(node.number)
            nodes.append(node)
    return nodes


def _captured(loop: Loop) -> list[Node]:
    """What the body reads and does not make itself."""
    outputs = [*loop.after, *loop.stacked]
    nodes = body(loop, outputs)
    own = {node.number for node in nodes}
    read = [*outputs, *(arg for node in nodes for arg in node.args)]
    outside = {n.number: n for n in read if n.number not in own and n.op != "const"}
    params = {param.number for param in (*loop.carries, *loop.rows)}
    return [node for number, node in sorted(outside.items()) if number not in params]


def _leaves(path: Path, tree: Tree) -> Iterator[tuple[Path, Any]]:
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            yield from _leaves((*path, key), branch)
    elif isinstance(tree, tuple | list):
        name = ".".join(map(str, path)) or "a value"
        fail(
            f"{name} of a scan is a {type(tree).__name__}", "use a dict: its keys say what is what"
        )
    elif tree is not None:
        yield path, tree


def _tree(graph: Graph, like: Tree, nodes: Mapping[Path, Node], path: Path = ()) -> Tree:
    """A tree like another, with traced arrays of these nodes as its leaves."""
    if isinstance(like, Mapping):
        return {key: _tree(graph, branch, nodes, (*path, key)) for key, branch in like.items()}
    return None if like is None else Traced(graph, nodes[path])


def _params(graph: Graph, number: int, kind: str, values: Mapping[Path, Any]) -> dict[Path, Node]:
    return {
        path: graph.param(number, kind, k, np.asarray(value))
        for k, (path, value) in enumerate(values.items())
    }


def _item(
    graph: Graph, loop: Node, kind: str, k: int, node: Node, length: int | None = None
) -> Node:
    shape = node.shape if length is None else (length, *node.shape)
    return graph.add("item", (loop,), (kind, k), np.broadcast_to(node.value, shape))


def _same_kind(before: Mapping[Path, Node], after: Mapping[Path, Node]) -> None:
    """A carry comes back as it went in, or one loop would not do for all steps."""
    if before.keys() != after.keys():
        began, became = (sorted(".".join(path) or "a value" for path in t) for t in (before, after))
        fail(
            f"a scan's carry that began with {began} came back with {became}",
            "return the same names in every step",
        )
    for path, old in before.items():
        new = after[path]
        if (old.shape, old.dtype) != (new.shape, new.dtype):
            fail(
                f"a scan's carry {'.'.join(path) or 'value'} that began as {_kind(old)} came back "
                f"as {_kind(new)}",
                "begin with what it becomes: 0.0 for a float, np.zeros(shape) for an array",
            )


def _kind(node: Node) -> str:
    return f"{node.dtype} of shape {node.shape}"


setattr(Traced, "__scan__", scan)  # noqa: B010
