"""What a component's field holds: the types that the components' fields are declared with.

Each is a string to the reader and a meaning to `meanings_of`, which pairs every string of a node
with what it has to be: the checks of a view, its translation, the names by which parts are hidden
and the reference of the figures' guide all follow from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Means:
    """What a string is: `doc` says it to a figure's author.

    `kinds` are those that a parameter may have; `hides` says that the part which holds the name
    can be hidden by it.
    """

    what: str
    doc: str
    kinds: tuple[str, ...] = ()
    hides: bool = False


def _entry(doc: str, *kinds: str) -> Means:
    return Means("entry", f"an entry of the state: {doc}", kinds, hides=True)


EntryName = Annotated[str, _entry("any")]
NumberEntry = Annotated[str, _entry("a Number", "number")]
RowEntry = Annotated[str, _entry("a Vector or a Distribution", "vector", "distribution")]
HandleEntry = Annotated[
    str, _entry("a Number, a Vector or a Distribution", "number", "vector", "distribution")
]
VectorEntry = Annotated[str, _entry("a Vector", "vector")]
ClassEntry = Annotated[str, _entry("a ClassIndex", "index")]
NamesEntry = Annotated[str, _entry("ClassNames", "names")]
ChoiceEntry = Annotated[str, _entry("a Selector or a Number", "choice", "number")]
FlagEntry = Annotated[str, _entry("a Flag", "flag")]
AnewEntry = Annotated[str, Means("entry", "an entry of the state: any")]
WritingEntry = Annotated[str, _entry("Writing", "text")]
RowsEntry = Annotated[str, _entry("Rows", "rows")]
MaskEntry = Annotated[str, _entry("a Mask", "mask")]
TargetsEntry = Annotated[str, _entry("RowTargets", "targets")]

# One that a part sets or follows beside its own: the part does not go by its name.
BesideEntry = Annotated[str, Means("entry", "an entry of the state: any")]
BesideChoice = Annotated[str, Means("entry", "an entry of the state: a Selector", ("choice",))]

EditName = Annotated[str, Means("edit", "an edit of the figure", hides=True)]
ReadoutName = Annotated[str, Means("readout", "a readout, or `table.column`", hides=True)]
FollowedName = Annotated[str, Means("readout", "a readout, or `table.column`")]
ColumnName = Annotated[str, Means("column", "`table.column`, one number for each class or row")]
ShownColumn = Annotated[
    str, Means("column", "`table.column`, one number for each class or row", hides=True)
]
PartName = Annotated[str, Means("part", "a name by which a page hides it", hides=True)]

RoleName = Annotated[str, Means("role", "a colour's meaning in the palette")]
FormatName = Annotated[str, Means("format", "a format of numbers")]

Text = Annotated[str, Means("text", "text, translated")]
Verbatim = Annotated[str, Means("verbatim", "text that is the same in all languages")]
SlottedText = Annotated[
    str,
    Means("text", "text, translated, with slots `{readout}`, `{readout:format}` and `{@entry}`"),
    Means("slots", ""),
]
UnitText = Annotated[
    str, Means("text", "text, or `@entry` for an entry that holds it"), Means("unit", "")
]
Tex = Annotated[
    str,
    Means("tex", r"LaTeX with `\live{readout}`, `\live{readout:format}` and `\live{@entry}`"),
]
# A Selector or a Flag, and the value of it for which something is shown.
Only = Annotated[tuple[Any, ...], Means("only", "an entry and some of its values")]
# A table's line: its label, then a readout's name, `name:format` or nothing for each cell.
Line = Annotated[
    tuple[str, ...], Means("line", "a label, then `readout`, `readout:format` or nothing a cell")
]
# Code is said in no language of the page.
Codes = Annotated[dict[Any, Any], Means("codes", "a text of code for each choice")]
# An end of a plot's axis, and the readout that sets it.
End = Annotated[tuple[str, str], Means("end", 'an end such as `"y.end"`, and a readout')]


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    """The types of a component's fields, by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in fields(kind)}


def meanings_of(node: Any) -> Iterator[tuple[str, Means, Any]]:
    """Each field of a node, what it holds, and the value; one of several for a list of them."""
    for name, hint in hints_of(type(node)).items():  # type: ignore[arg-type]
        for means, value in paired(hint, getattr(node, name)):
            yield name, means, value


def paired(hint: Any, value: Any) -> Iterator[tuple[Means, Any]]:
    """The meanings that a type gives to a value."""
    if value is None:
        return
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        for means in hint.__metadata__:
            if isinstance(means, Means) and isinstance(value, str | tuple):
                yield means, value
    elif origin in (Union, UnionType):
        for part in parts:
            yield from paired(part, value)
    elif origin is Literal:
        yield Means("literal", ", ".join(map(str, parts))), value
    elif origin is tuple and isinstance(value, tuple):
        if len(parts) == 2 and parts[1] is Ellipsis:
            parts = parts[:1] * len(value)
        for part, entry in zip(parts, value, strict=False):
            yield from paired(part, entry)


def said_by(hint: Any) -> Iterator[Means]:
    """All meanings that a type can give."""
    if get_origin(hint) is Annotated:
        yield from (means for means in hint.__metadata__ if isinstance(means, Means))
    for part in get_args(hint):
        if part is not Ellipsis and get_origin(hint) is not Literal:
            yield from said_by(part)


@cache
def text_fields(kind: type) -> tuple[str, ...]:
    """The fields of a component that are said in the page's language."""
    return tuple(
        name
        for name, hint in hints_of(kind).items()
        if any(means.what == "text" for means in said_by(hint))
    )
