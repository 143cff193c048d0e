"""Every name in a figure, checked when its spec is made: one sentence, with the file and the line.

What each field of a component holds is said by its type (components/meanings.py); here is what
there is to be named.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from bokeh.models import GlyphRenderer

from ..components import Choice, Drag, Handle, LiveTable, Node, Plot, Range, Row, Snippet, all_nodes
from ..components.formulas import LIVE
from ..components.meanings import Means, meanings_of
from ..content import formats, palette
from ..errors import unknown
from ..internals import field_of
from ..places import Place
from .parameters import ClassNames, Distribution, RowTargets, Selector

if TYPE_CHECKING:
    from .figure import Columns, Figure

SLOT = re.compile(r"\{([^{}]*)\}")
REFERENCE = re.compile(r"(@?)([\w.]+)(?::(\w+))?")
ENDS = ("x.start", "x.end", "y.start", "y.end")
OF_EDITS = ("index", "value")  # what an edit is given beside the state
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CODE_SLOT = re.compile(r"\{(\w+)\}")

Check = Callable[["Names", Any, Means], str | None]


class Names:
    """What there is to be named in a figure's view."""

    def __init__(self, figure: type[Figure], columns: Columns) -> None:
        self.figure = figure
        self.entries = figure.parameters()
        self.columns = columns
        self.readouts = columns.get("readout", {})

    def no(self, what: str) -> str:
        """How a sentence on a name that there is not begins."""
        return f"{self.figure.name_of} has no {what}"

    # -- what is wrong with a string that has to be one of these; None if nothing is ---------------

    def entry(self, name: str, means: Means) -> str | None:
        if name not in self.entries:
            return unknown(name, self.entries, self.no("entry"))
        parameter = self.entries[name]
        if means.kinds and parameter.kind not in means.kinds:
            wanted = means.doc.partition(": ")[2]
            return f"'{name}' is a {type(parameter).__name__}; this takes {wanted}"
        return None

    def edit(self, name: str, _: Means) -> str | None:
        known = self.figure.edits
        return None if name in known else unknown(name, known, self.no("edit"))

    def readout(self, name: str, means: Means) -> str | None:
        if "." in name:
            return self.column(name, means)
        return None if name in self.readouts else unknown(name, self.readouts, self.no("readout"))

    def column(self, name: str, _: Means) -> str | None:
        table, dot, column = name.partition(".")
        if not dot:
            near = [f"{t}.{c}" for t, found in self.columns.items() for c in found if c == name]
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"a column is written 'table.column'; got '{name[:40]}'{hint}"
        if table not in self.columns:
            return unknown(table, self.columns, self.no("table"))
        if column not in self.columns[table]:
            return unknown(column, self.columns[table], f"table '{table}' has no column")
        return None

    def role(self, name: str, _: Means) -> str | None:
        return None if not name or name in palette() else unknown(name, palette(), "no colour")

    def format(self, name: str, _: Means) -> str | None:
        return None if name in formats() else unknown(name, formats(), "no format")

    def unit(self, text: str, _: Means) -> str | None:
        if not text.startswith("@") or text[1:] in self.entries:
            return None
        return unknown(text[1:], self.entries, self.no("entry"))

    def slots(self, text: str, means: Means) -> str | None:
        return first(self.slot(slot, means) for slot in SLOT.findall(text))

    def tex(self, text: str, means: Means) -> str | None:
        return first(self.slot(slot, means) for slot in LIVE.findall(text))

    def slot(self, slot: str, means: Means) -> str | None:
        """``readout``, ``readout:format`` or ``@entry``."""
        found = REFERENCE.fullmatch(slot)
        if not found:
            return f"a slot holds a readout, 'readout:format' or '@entry'; got '{slot[:40]}'"
        if found[1]:
            return self.unit(f"@{found[2]}", means)
        return self.readout(found[2], means) or (self.format(found[3], means) if found[3] else None)

    def line(self, cells: tuple[str, ...], means: Means) -> str | None:
        return first(self.slot(cell, means) for cell in cells[1:] if cell)

    def end(self, pair: tuple[str, str], means: Means) -> str | None:
        if pair[0] not in ENDS:
            return unknown(pair[0], ENDS, "a plot has no end")
        return self.readout(pair[1], means)

    def only(self, shown: tuple[Any, ...], _: Means) -> str | None:
        name, *values = shown
        if name not in self.entries:
            return unknown(name, self.entries, self.no("entry"))
        parameter = self.entries[name]
        options = parameter.options if isinstance(parameter, Selector) else {}
        if parameter.kind not in ("choice", "flag"):
            return f"'{name}' is a {type(parameter).__name__}; only= takes a Selector or a Flag"
        strange = [value for value in values if options and value not in options]
        return unknown(str(strange[0]), options, f"{name} has no option") if strange else None

    def literal(self, value: Any, means: Means) -> str | None:
        known = means.doc.split(", ")
        return None if str(value) in known else unknown(str(value), known, "no such setting")


def first(problems: Iterable[str | None]) -> str | None:
    """The first problem that there is."""
    return next((problem for problem in problems if problem), None)


UNCHECKED = {"text", "verbatim", "part"}


def check_view(figure: type[Figure], view: Node, columns: Columns) -> None:
    """Checks every name in a view.

    Raises
    ------
    FigureError
        With the line on which the component is made, and the nearest name that there is.
    """
    names = Names(figure, columns)
    for node in all_nodes(view):
        for field, means, value in meanings_of(node):
            if means.what in UNCHECKED or value == "":
                continue
            problem = getattr(names, means.what)(value, means)
            if problem:
                raise node.place.error(f"{type(node).__name__}, {field}: {problem}")
        problem = first(check(node, names) for check in RULES)
        if problem:
            raise node.place.error(f"{type(node).__name__}: {problem}")


# -- what no single name shows -------------------------------------------------------------------


def drags_whole(node: Node, names: Names) -> str | None:
    """A distribution's entries are not set one by one: they would not sum to 1."""
    if not isinstance(node, Drag | Handle) or node.edit is not None or node.param is None:
        return None
    if isinstance(names.entries[node.param], Distribution):
        return f"dragging one entry of '{node.param}' takes an edit, such as edit='{node.param}'"
    return None


def has_all(node: Node, names: Names) -> str | None:
    """What stands in for an entry that is not given."""
    if isinstance(node, Choice):
        needs_options = not isinstance(names.entries[node.param], Selector)
        said = "a Number" if needs_options else "a Selector"
        fits = needs_options == bool(node.options)
        return None if fits else f"'{node.param}' is {said}; options= are for a Number"
    if isinstance(node, Range) and node.param is None:
        needed: tuple[str, ...] = ("edit", "shows", "label", "bounds")
    elif isinstance(node, Handle) and node.param is None:
        needed = ("edit", "bounds", "step")
    else:
        return None
    missing = [name for name in needed if getattr(node, name) is None]
    return f"without an entry it needs {', '.join(missing)}" if missing else None


def has_width(node: Node, names: Names) -> str | None:
    """A row's widths are its children's; a table's lines are as long as its head."""
    if isinstance(node, Row) and len(node.widths) != len(node.children):
        return f"{len(node.widths)} widths for {len(node.children)} children"
    if isinstance(node, LiveTable):
        wrong = next((line for line in node.rows if len(line) != len(node.head)), None)
        if wrong:
            return f"the line '{wrong[0]}' has {len(wrong)} cells, the head {len(node.head)}"
    return None


def has_texts(node: Node, names: Names) -> str | None:
    """Code that follows what is chosen has a text for each choice."""
    if not isinstance(node, Snippet):
        return None
    chosen = product(*(names.entries[name].options for name in node.by))
    missing = next((key for key in map(" ".join, chosen) if key not in node.texts), None)
    return f"there is no text for '{missing}'" if missing is not None else None


def draws(node: Node, names: Names) -> str | None:
    """What a plot draws is there."""
    return first(missing_columns(node)) if isinstance(node, Plot) else None


def missing_columns(node: Plot) -> Iterator[str]:
    """A sentence on each column that a plot's glyphs ask for in vain."""
    drawn = (r for r in node.plot.renderers if isinstance(r, GlyphRenderer))
    for renderer in drawn:
        source = renderer.data_source
        for value in renderer.glyph.properties_with_values(include_defaults=False).values():
            column = field_of(value)
            if column is not None and column not in source.column_names:
                start = f"table '{source.name}' has no column"
                yield unknown(column, source.column_names, start)


RULES = (drags_whole, has_all, has_width, has_texts, draws)


# -- the figure itself ---------------------------------------------------------------------------


def check_figure(figure: type[Figure]) -> None:
    """Checks what a figure names outside its views: arguments, presets, code.

    Raises
    ------
    FigureError
        With the line on which it stands.
    """
    entries = figure.parameters()
    if not NAME.fullmatch(figure.name_of):
        place = figure.place.after("name_of")
        raise place.error(
            "name_of is a part of an address: small letters and digits, with hyphens between them; "
            f"got '{figure.name_of[:40]}'"
        )
    ran = [] if figure.run is None else ["run"]
    check_arguments(figure, "compute", figure.compute, [*entries, *ran])
    if figure.run is not None:
        check_arguments(figure, "run", figure.run, entries)
    for name, edit in figure.edits.items():
        check_arguments(figure, f"the edit '{name}'", edit, [*entries, *OF_EDITS])
    for name, parameter in entries.items():
        if isinstance(parameter, RowTargets) and parameter.rows not in entries:
            raise figure.error(unknown(parameter.rows, entries, f"{name}: no entry"))
    if sum(isinstance(parameter, ClassNames) for parameter in entries.values()) > 1:
        raise figure.error("two entries name the classes")
    for preset in figure.presets:
        problems = figure.resolve(preset.state)[1]
        if problems:
            raise preset.place.error(f"preset '{preset.label}': {problems[0]}")
    for language, template in figure.code.items():
        for name in CODE_SLOT.findall(template):
            if name not in entries:
                place = figure.place.after(f"{{{name}}}")
                raise place.error(unknown(name, entries, f"code for {language}: no entry"))


def check_arguments(
    figure: type[Figure], what: str, function: Callable[..., Any], known: Iterable[str]
) -> None:
    """A function asks for nothing but what it is given."""
    for name in inspect.signature(function).parameters:
        if name not in known:
            raise Place.of_function(function).error(
                unknown(name, known, f"{figure.name_of}: {what} asks for")
            )
