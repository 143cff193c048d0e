"""The components, as plain data: what each sets, what each shows.

A field's type says what it holds (meanings.py): a name of the figure's own, a text that the page
says in its language, a colour, a format. Every name is checked when a figure's spec is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar, Literal

import bokeh
from bokeh.document import Document
from bokeh.model import Model

from ..pages.mathml import TexError
from ..places import Placed
from .formulas import slotted_mathml
from .meanings import (
    AnewEntry,
    BesideChoice,
    BesideEntry,
    ChoiceEntry,
    ClassEntry,
    Codes,
    ColumnName,
    EditName,
    End,
    FlagEntry,
    FollowedName,
    FormatName,
    HandleEntry,
    Line,
    MaskEntry,
    NamesEntry,
    NumberEntry,
    Only,
    PartName,
    ReadoutName,
    RoleName,
    RowEntry,
    RowsEntry,
    ShownColumn,
    SlottedText,
    TargetsEntry,
    Tex,
    Text,
    UnitText,
    VectorEntry,
    Verbatim,
    WritingEntry,
    meanings_of,
)

Size = Literal["normal", "large"]

__all__ = [
    "Action",
    "Bars",
    "BatchTable",
    "Cell",
    "Choice",
    "ClassBars",
    "Drag",
    "Formula",
    "Guesses",
    "Handle",
    "Lane",
    "Lanes",
    "LiveTable",
    "Node",
    "OneOf",
    "Paint",
    "Part",
    "Plot",
    "Pushes",
    "Range",
    "Readout",
    "Row",
    "Sentence",
    "Shape",
    "Shapes",
    "Sheet",
    "Sheets",
    "Snippet",
    "Stack",
    "SumBar",
    "SumBars",
    "Switch",
    "TextBox",
    "TokenStrip",
    "Transport",
    "all_nodes",
    "nodes_of",
    "spec_of",
]


class Node(Placed):
    """A part of a view."""

    # Whether the names in its fields are its own, under which a page hides the whole of it.
    whole: ClassVar[bool] = True

    def part_names(self) -> tuple[str, ...]:
        """The names by which a page hides it: of what it sets, asks for or shows, and its own."""
        if not self.whole:
            return ()
        return tuple(dict.fromkeys(str(v) for _, m, v in meanings_of(self) if m.hides and v))

    def spec(self) -> dict[str, Any]:
        """It as JSON values: its kind, its fields, and the names under which it is hidden."""
        parts = {field.name: spec_of(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]
        return {"kind": type(self).__name__} | parts | {"called": list(self.part_names())}


@dataclass(frozen=True)
class Row(Node):
    """Children side by side, in the given proportions; one above another where it is narrow."""

    children: tuple[Node, ...]
    widths: tuple[float, ...] = ()

    def __init__(self, *children: Node, widths: tuple[float, ...] = ()) -> None:
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "widths", widths or (1.0,) * len(children))


@dataclass(frozen=True)
class Stack(Node):
    """Children one above another; `frame` gives them a quiet background of their own.

    With `only`, (entry, value, ...), they are shown while the entry has one of those values; with
    `when`, a readout's name, while that readout is true, or not 0.
    """

    children: tuple[Node, ...]
    title: Text = ""
    frame: bool = False
    only: Only | None = None
    when: FollowedName | None = None
    name: PartName = ""

    def __init__(
        self,
        *children: Node,
        title: str = "",
        frame: bool = False,
        only: tuple[Any, ...] | None = None,
        when: str | None = None,
        name: str = "",
    ) -> None:
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "frame", frame)
        object.__setattr__(self, "only", only)
        object.__setattr__(self, "when", when)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class Drag(Node):
    """A row of bars that can be dragged: `param` has one number for each class.

    With an `edit`, dragging entry i to v asks for that edit; otherwise the entry itself is set.
    `span` is what the bars' height shows, where that is less than the parameter's bounds; an end
    of it may be a readout, which is followed between drags. `mark` is a column drawn on the bars.
    """

    param: RowEntry
    label: Text
    role: RoleName = "prediction"
    format: FormatName = "number"
    edit: EditName | None = None
    mark: ColumnName | None = None
    span: tuple[float | FollowedName, float | FollowedName] | None = None
    height: int = 200


@dataclass(frozen=True)
class Bars(Node):
    """A row of bars that follow a column; `mark` is a column drawn as a line on each bar."""

    shows: ShownColumn
    label: Text
    bounds: tuple[float, float] = (0.0, 1.0)
    role: RoleName = "prediction"
    format: FormatName = "probability"
    mark: ColumnName | None = None
    height: int = 120


@dataclass(frozen=True)
class Pushes(Node):
    """A row of arrows for a gradient: up where it is negative (descent raises), else down."""

    shows: ShownColumn
    label: Text
    bounds: tuple[float, float] = (-1.0, 1.0)
    height: int = 120


@dataclass(frozen=True)
class ClassBars(Node):
    """Rows of bars with one column for each class, their names, and the target below.

    Classes are renamed in place, added and removed; a row of numbers can be typed or pasted into
    each draggable row. `target` is the class picked below the bars, if one is to be picked. With
    `pictures` a class that is called after one of the course's animals (cat, dog, fox, owl, bee)
    is seen as it, the target in the camera's frame.
    """

    whole: ClassVar[bool] = False  # each row, the target and the names are hidden by themselves

    rows: tuple[Drag | Bars | Pushes, ...]
    target: ClassEntry | None = "target"
    target_label: Text = "true class"
    target_text: Text = "true"
    target_role: RoleName = "truth"
    names: NamesEntry = "classes"
    resizable: bool = True
    pictures: bool = False

    def __init__(
        self,
        *rows: Drag | Bars | Pushes,
        target: str | None = "target",
        target_label: str = "true class",
        target_text: str = "true",
        target_role: str = "truth",
        names: str = "classes",
        resizable: bool = True,
        pictures: bool = False,
    ) -> None:
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "target_label", target_label)
        object.__setattr__(self, "target_text", target_text)
        object.__setattr__(self, "target_role", target_role)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "resizable", resizable)
        object.__setattr__(self, "pictures", pictures)


@dataclass(frozen=True)
class Range(Node):
    """A labelled slider with a number field: it sets an entry of the state.

    With an `edit` it asks for that instead, and shows a readout; then the entry may be left out,
    and label and bounds given.
    """

    param: NumberEntry | None = None
    edit: EditName | None = None
    shows: ReadoutName | None = None
    label: Text | None = None
    bounds: tuple[float, float] | None = None
    step: float | None = None
    scale: Literal["linear", "log"] = "linear"
    role: RoleName = "ink"
    format: FormatName = "number"


@dataclass(frozen=True)
class Transport(Node):
    """Plays an entry of the state between its bounds, steps through it and scrubs it: a playhead.

    At speed 1 it takes `seconds` from one bound to the other. With `end`, a readout, it goes no
    further than that. Whatever it plays is one step of undo.
    """

    param: NumberEntry
    label: Text | None = None
    seconds: float = 8.0
    loop: bool = False
    end: FollowedName | None = None
    role: RoleName = "ink"
    format: FormatName = "number"


@dataclass(frozen=True)
class Choice(Node):
    """A few options side by side, one of them chosen.

    With an `edit`, that edit follows at once, on the state in which the option is chosen already.
    The entries in `resets` go back to how they begin with every choice.
    With `options` the entry is a whole Number, which the first of them sets to 1, the next to 2,
    and so on; they stand one below another, and at 0 none is chosen.
    """

    param: ChoiceEntry
    label: Text | None = None
    edit: EditName | None = None
    resets: tuple[BesideEntry, ...] = ()
    options: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Switch(Node):
    """One thing that is on or off."""

    param: FlagEntry
    label: Text | None = None
    role: RoleName = "prediction"


@dataclass(frozen=True)
class Action(Node):
    """A button that asks for an edit; `animate` runs its value from 0 to 1 on the way."""

    label: Text
    edit: EditName
    value: float = 1.0
    animate: bool = False
    main: bool = False
    hint: Text = ""


@dataclass(frozen=True)
class Readout(Node):
    """One number, large: its name, its value, its unit."""

    shows: ReadoutName
    label: Text
    unit: UnitText = ""
    format: FormatName = "number"
    role: RoleName = "ink"
    size: Size = "normal"
    note: Text = ""


@dataclass(frozen=True)
class Part(Node):
    """One part of a sum: the readout that it shows, its words and colour."""

    shows: FollowedName
    label: Text
    role: RoleName
    hatched: bool = False


@dataclass(frozen=True)
class SumBar(Node):
    """Parts end to end, as long together as the readout `total`, to which they add up."""

    total: ReadoutName
    label: Text
    parts: tuple[Part, ...]
    role: RoleName = "loss"
    size: Size = "normal"


@dataclass(frozen=True)
class SumBars(Node):
    """Sums one above another on one scale, on which the whole width is `full`."""

    rows: tuple[SumBar, ...]
    full: float
    unit: UnitText
    name: PartName = ""

    def __init__(self, *rows: SumBar, full: float, unit: str, name: str = "") -> None:
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "full", full)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class OneOf(Node):
    """Sentences in one place, of which at most one is shown at a time."""

    children: tuple[Node, ...]

    def __init__(self, *children: Node) -> None:
        object.__setattr__(self, "children", children)


@dataclass(frozen=True)
class Formula(Node):
    r"""A formula in LaTeX, with ``\live{readout}`` or ``\live{readout:format}`` for live numbers.

    ``\live{@target}`` is a class's name, ``\class{loss}{...}`` gives a part its colour. `label` is
    the formula in words: what is read aloud.
    """

    tex: Tex
    label: Text

    def spec(self) -> dict[str, Any]:
        try:
            mathml = slotted_mathml(self.tex)
        except TexError as error:
            short = " ".join(self.tex.split())[:40]
            raise self.place.error(f"the formula '{short}' is wrong: {error}") from error
        return super().spec() | {"mathml": mathml}


@dataclass(frozen=True)
class Sentence(Node):
    """One line of text with slots for live numbers and, as ``{@target}``, for a class's name.

    With `when`, a readout's name, it is shown only while that readout is true, or not 0.
    """

    text: SlottedText
    role: RoleName = "ink"
    when: FollowedName | None = None
    size: Size = "normal"


@dataclass(frozen=True)
class Snippet(Node):
    """Code that follows what is chosen: of `texts` the one whose key is the options, in the order
    of the Selectors in `by`, with spaces between them.
    """

    label: Text
    by: tuple[BesideChoice, ...]
    texts: Codes

    def spec(self) -> dict[str, Any]:
        """Each text once, and for every key which it is."""
        texts = list(dict.fromkeys(self.texts.values()))
        cases = {key: texts.index(text) for key, text in self.texts.items()}
        return super().spec() | {"texts": texts, "cases": cases}


@dataclass(frozen=True)
class LiveTable(Node):
    """A small table of live values: a head, and rows of a label and one readout's name a cell.

    `roles` are the colours of the columns after the first, in order; with `flags`, each of those
    columns is shown only while its flag is set.
    """

    caption: Text
    head: tuple[Text, ...]
    rows: tuple[Line, ...]
    roles: tuple[RoleName, ...] = ()
    flags: tuple[FlagEntry, ...] = ()
    format: FormatName = "number"
    name: PartName = ""


@dataclass(frozen=True)
class Cell(Node):
    """One step of a lane: the number that a readout has, or the two of a ``table.column``.

    What can only be `positive` is marked where it is 0: its digits were lost.
    """

    shows: FollowedName
    label: Text
    positive: bool = False


@dataclass(frozen=True)
class Lane(Node):
    """A way to compute a loss: its steps, then the loss and the gradient that it gives.

    `verdicts` is a column over a scale, for a strip below: 0 where the way is right there, 1 where
    it is wrong, 2 where it gives an infinity or nan.
    """

    label: Text
    cells: tuple[Cell, ...]
    loss: ReadoutName
    grad: ColumnName
    verdicts: ColumnName

    def __init__(self, label: str, *cells: Cell, loss: str, grad: str, verdicts: str) -> None:
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "cells", cells)
        object.__setattr__(self, "loss", loss)
        object.__setattr__(self, "grad", grad)
        object.__setattr__(self, "verdicts", verdicts)


@dataclass(frozen=True)
class Lanes(Node):
    """Ways to one loss, one below another: each step is marked where it turns to 0, inf or nan.

    `entries` names the two numbers of a column; `at` is where on the strips' scale, from 0 to 1,
    the state is. The scale is that of the largest logit, from 1 to 1000.
    """

    rows: tuple[Lane, ...]
    at: FollowedName
    entries: tuple[Text, ...]
    name: PartName = ""

    def __init__(self, *rows: Lane, at: str, entries: tuple[str, ...], name: str = "") -> None:
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class BatchTable(Node):
    """A batch as a table: the figure's own row first, then rows that can be edited and removed.

    `losses` and `grads` are columns with one entry (or one row of entries) for each row, and so
    are `more`, each under its head; a row is marked as ignored where `kept` is 0.
    """

    whole: ClassVar[bool] = False  # what it sets is set elsewhere too

    logits: VectorEntry
    target: ClassEntry
    rows: RowsEntry
    targets: TargetsEntry
    losses: ColumnName
    grads: ColumnName
    label: Text = "batch"
    more: tuple[ColumnName, ...] = ()
    heads: tuple[Text, ...] = ()
    kept: ColumnName | None = None
    caption: Text = (
        "The batch: its logits z, its losses, and ∂ = (p − y) / B, the gradient of their mean"
    )


@dataclass(frozen=True)
class TextBox(Node):
    """A box in which a text is typed, and followed as it is typed.

    Entries in `anew` go back to where they begin when the text changes. `empty` stands in the box
    while nothing is written, `note` beside the number of characters.
    """

    param: WritingEntry
    label: Text | None = None
    anew: tuple[AnewEntry, ...] = ()
    empty: Text = ""
    note: Sentence | None = None


@dataclass(frozen=True)
class TokenStrip(Node):
    """A text's tokens in order, each under the one before it; what one costs is a bar and a shade.

    `param` is the selected token's place, which entries in `anew` do not outlast; `here` is the
    readout that tells it. Its bar is dragged from 0 to `most` bits, which asks for the edit.
    `tokens` are places in `names`, `shows` is what each costs in bits, `kept` is 0 where that does
    not count, and `count` says how many there are. Before the first stands the name at `first`.
    """

    param: NumberEntry
    tokens: ColumnName
    shows: ShownColumn
    kept: ColumnName
    count: FollowedName
    here: FollowedName
    edit: EditName
    names: tuple[Verbatim, ...]
    first: int
    most: float
    anew: tuple[AnewEntry, ...] = ()


@dataclass(frozen=True)
class Guesses(Node):
    """A few of many classes with their probabilities; the one at readout `target` is marked."""

    tokens: ColumnName
    shows: ShownColumn
    target: FollowedName
    names: tuple[Verbatim, ...]
    label: Text


@dataclass(frozen=True)
class Shape(Node):
    """An array's shape: what it is called, and how long its axes are after one of length 1."""

    label: Text
    axes: tuple[FollowedName, ...]
    role: RoleName = "ink"


@dataclass(frozen=True)
class Paint(Node):
    """A Mask to paint: its pixels as a grid, and a brush of any class; a stroke is one undo step.

    A class is a shade of the colour of `role`, the later the darker; void is hatched.
    """

    param: MaskEntry
    label: Text
    role: RoleName = "truth"
    height: int = 280


@dataclass(frozen=True)
class Sheet(Node):
    """An array of sheets of pixels: its axes' names, and its shape, which is () for a number."""

    label: Text
    axes: Text
    shape: tuple[int, ...]
    role: RoleName = "ink"


@dataclass(frozen=True)
class Shapes(Node):
    """Arrays drawn as rectangles on one scale: the last axis to the right, the one before down."""

    rows: tuple[Shape, ...]
    name: PartName = ""

    def __init__(self, *rows: Shape, name: str = "") -> None:
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class Sheets(Node):
    """Arrays side by side, drawn to one scale: the last two axes are a sheet's height and width."""

    children: tuple[Sheet, ...]

    def __init__(self, *children: Sheet) -> None:
        object.__setattr__(self, "children", children)


@dataclass(frozen=True)
class Handle(Node):
    """A dot on a plot, at readouts `x` and `y`, that drags `param` along an axis.

    With an `edit`, dragging to v asks for that. `bounds` and `step` are the parameter's, unless
    what the axis shows is not the parameter itself.
    """

    x: FollowedName
    y: FollowedName
    label: Text
    param: HandleEntry | None = None
    edit: EditName | None = None
    axis: Literal["x", "y"] = "x"
    role: RoleName = "loss"
    format: FormatName = "number"
    bounds: tuple[float, float] | None = None
    step: float | None = None


@dataclass(frozen=True)
class Plot(Node):
    """A Bokeh plot whose sources the page fills, with handles on it.

    `describe` is read aloud in its place; `ends` maps ``"x.start"`` and the like to readouts that
    set the ends of its axes. A `square` one is as wide as it is high, where there is room.
    """

    plot: Model
    describe: Text
    handles: tuple[Handle, ...] = ()
    ends: tuple[End, ...] = ()
    height: int = 280
    square: bool = False
    name: PartName = ""


def all_nodes(view: Any) -> Iterator[Node]:
    """The nodes of a view, each before those inside it."""
    if isinstance(view, Node):
        yield view
        for field in fields(view):  # type: ignore[arg-type]
            yield from all_nodes(getattr(view, field.name))
    elif isinstance(view, tuple):
        for part in view:
            yield from all_nodes(part)


def nodes_of(view: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a view as JSON values, each before those inside it."""
    if isinstance(view, list):
        for part in view:
            yield from nodes_of(part)
    elif isinstance(view, dict) and "kind" in view:
        yield view
        yield from nodes_of(list(view.values()))


def plot_item(plot: Model) -> dict[str, Any]:
    """A plot as BokehJS embeds it: what `bokeh.embed.json_item` gives, in half of its time.

    That takes the plot out of the documents it lies in and looks for its models four times over.
    """
    document = Document(title="")
    document.config.notifications = None  # else the page gets an element for them
    document.add_root(plot)
    made = document.to_json(deferred=False)
    document.clear()  # the plot may be asked for again
    root = made["roots"][0]["id"]
    return {"target_id": None, "root_id": root, "doc": made, "version": bokeh.__version__}


def spec_of(value: Any) -> Any:
    """A view as JSON values: a node is an object with its kind, a Bokeh plot its own document."""
    if isinstance(value, Model):
        return plot_item(value)
    if isinstance(value, Node):
        return value.spec()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: spec_of(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [spec_of(item) for item in value]
    return value
