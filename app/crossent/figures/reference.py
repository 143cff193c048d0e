"""The reference of the figures' guide, README.md beside this file, from the components themselves.

``python -m crossent.figures.reference`` writes it anew; a test says when it must be.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from .. import components
from ..components import Node
from ..components.meanings import hints_of, said_by
from ..content import formats, palette

GUIDE = Path(__file__).with_name("README.md")
START, END = "<!-- reference: made by python -m crossent.figures.reference -->", "<!-- end -->"


def reference() -> str:
    """The components, roles and formats, as Markdown."""
    kinds = [getattr(components, name) for name in components.nodes.__all__]
    return "\n\n".join(
        [
            START,
            "### Components",
            *(described(kind) for kind in kinds if kind is not Node and is_node(kind)),
            "### Plots",
            table(("function", "means"), list(plot_functions())),
            "### Roles and formats",
            f"Roles: {', '.join(f'`{role}`' for role in palette())}.",
            table(("format", "a number as"), [(f"`{n}`", doc) for n, doc in formats().items()]),
            END,
        ]
    )


def is_node(kind: Any) -> bool:
    """Whether it is a component."""
    return isinstance(kind, type) and issubclass(kind, Node)


def described(kind: type[Node]) -> str:
    """A component: what it is for, and its fields."""
    hints = hints_of(kind)
    rows = [
        (f"`{field.name}`", holds(hints[field.name]), given_by(kind, field.name, field.default))
        for field in fields(kind)
    ]
    doc = inspect.getdoc(kind) or ""
    return f"#### {kind.__name__}\n\n{doc}\n\n" + table(("field", "holds", "default"), rows)


def holds(hint: Any) -> str:
    """What a field holds, in a few words."""
    docs = list(dict.fromkeys(means.doc for means in said_by(hint) if means.doc))
    if docs:
        return ", or ".join(docs)
    if get_origin(hint) is Literal:
        return ", ".join(f'`"{value}"`' for value in get_args(hint))
    return plain(hint)


def plain(hint: Any) -> str:
    """A type that is no name."""
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    if hint in names:
        return names[hint]
    if get_origin(hint) is tuple:
        parts = [part for part in get_args(hint) if part is not Ellipsis]
        return "numbers" if all(part is float for part in parts) else "components"
    optional = [part for part in get_args(hint) if part is not type(None)]
    return plain(optional[0]) if optional else getattr(hint, "__name__", str(hint))


def given_by(kind: type[Node], name: str, default: Any) -> str:
    """A field's default; of those that a signature hides, the signature's."""
    parameter = inspect.signature(kind).parameters.get(name)
    if parameter is not None and parameter.default is not inspect.Parameter.empty:
        default = parameter.default
    return "" if default is MISSING else f"`{default!r}`".replace("'", '"')


def plot_functions() -> Iterator[tuple[str, str]]:
    """What helps to draw a plot."""
    for name in components.plots.__all__:
        doc = inspect.getdoc(getattr(components, name)) or ""
        yield f"`{name}`", doc.split("\n\n")[0].replace("\n", " ")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def renewed(guide: str) -> str:
    """The guide with its reference as it is now."""
    before, _, rest = guide.partition(START)
    return before + reference() + rest.partition(END)[2]


if __name__ == "__main__":
    GUIDE.write_text(renewed(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
