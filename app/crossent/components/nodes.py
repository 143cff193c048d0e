"""The components, as plain data: what each sets, what each shows.

Roles (`role=`) are names of the palette: truth, prediction, loss, squared, up, down, muted, ink.
Formats (`format=`) are those of the browser's one formatting function (assets/runtime/numbers.js):
``number`` (four significant digits), ``probability``, ``signed``, ``integer`` and the like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from bokeh.embed import json_item
from bokeh.model import Model


class Node:
    """A part of a view."""


@dataclass(frozen=True)
class Row(Node):
    """Children side by side, in the given proportions; one above another where it is narrow."""

    children: tuple[Node, ...]
    widths: tuple[float, ...] = ()

    def __init__(self, *children: Node, widths: tuple[float, ...] = ()) -> None:
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "widths", widths or (1.0,) * len(children))


@dataclass(frozen=True)
class Column(Node):
    """Children one above another; `frame` gives them a quiet background of their own."""

    children: tuple[Node, ...]
    title: str = ""
    frame: bool = False
    only: tuple[str, str] | None = None
    name: str = ""

    def __init__(
        self,
        *children: Node,
        title: str = "",
        frame: bool = False,
        only: tuple[str, str] | None = None,
        name: str = "",
    ) -> None:
        """`only` is a (parameter, value) for which these are shown, and hidden otherwise.

        `name` is what a page's ``hide`` calls them.
        """
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "frame", frame)
        object.__setattr__(self, "only", only)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class Drag(Node):
    """A row of bars that can be dragged: `param` has one number for each class.

    With an `edit`, dragging entry i to v asks for that edit; otherwise the entry itself is set.
    `span` is what the bars' height shows, where that is less than the parameter's bounds; an end
    of it may be a readout, which is followed between drags. `mark` is a column drawn on the bars.
    """

    param: str
    label: str
    role: str = "prediction"
    format: str = "number"
    edit: str | None = None
    mark: str | None = None
    span: tuple[float | str, float | str] | None = None
    height: int = 200


@dataclass(frozen=True)
class Bars(Node):
    """A row of bars that follow a column; `mark` is a column drawn as a line on each bar."""

    shows: str
    label: str
    bounds: tuple[float, float] = (0.0, 1.0)
    role: str = "prediction"
    format: str = "probability"
    mark: str | None = None
    height: int = 120


@dataclass(frozen=True)
class Pushes(Node):
    """A row of arrows for a gradient: up where it is negative (descent raises), else down."""

    shows: str
    label: str
    bounds: tuple[float, float] = (-1.0, 1.0)
    height: int = 120


@dataclass(frozen=True)
class ClassBars(Node):
    """Rows of bars with one column for each class, their names, and the target below.

    Classes are renamed in place, added and removed; a row of numbers can be typed or pasted into
    each draggable row. `target` is the class picked below the bars, if one is to be picked.
    """

    rows: tuple[Drag | Bars | Pushes, ...]
    target: str | None = "target"
    target_label: str = "true class"
    target_text: str = "true"
    target_role: str = "truth"
    names: str = "classes"
    resizable: bool = True

    def __init__(self, *rows: Drag | Bars | Pushes, **options: Any) -> None:
        object.__setattr__(self, "rows", rows)
        for name, value in options.items():
            if name not in {f.name for f in fields(self)}:
                raise TypeError(f"ClassBars has no option {name!r}")
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Range(Node):
    """A labelled slider with a number field. With an `edit` it shows a readout and asks for it."""

    param: str
    edit: str | None = None
    shows: str | None = None
    label: str | None = None
    bounds: tuple[float, float] | None = None
    scale: str = "linear"
    role: str = "ink"
    format: str = "number"


@dataclass(frozen=True)
class Choice(Node):
    """A few options side by side, one of them chosen.

    With an `edit`, that edit follows at once, on the state in which the option is chosen already.
    """

    param: str
    label: str | None = None
    edit: str | None = None


@dataclass(frozen=True)
class Switch(Node):
    """One thing that is on or off."""

    param: str
    label: str | None = None


@dataclass(frozen=True)
class Action(Node):
    """A button that asks for an edit; `animate` runs its value from 0 to 1 on the way."""

    label: str
    edit: str
    value: float = 1.0
    animate: bool = False
    main: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Readout(Node):
    """One number, large: its name, its value, its unit."""

    shows: str
    label: str
    unit: str = ""
    format: str = "number"
    role: str = "ink"
    size: str = "normal"
    note: str = ""


@dataclass(frozen=True)
class Part(Node):
    """One part of a sum: the readout that it shows, its words and colour."""

    shows: str
    label: str
    role: str
    hatched: bool = False


@dataclass(frozen=True)
class SumBar(Node):
    """Parts end to end, as long together as the readout `total`, to which they add up."""

    total: str
    label: str
    parts: tuple[Part, ...]
    role: str = "loss"
    size: str = "normal"


@dataclass(frozen=True)
class SumBars(Node):
    """Sums one above another on one scale, on which the whole width is `full`."""

    rows: tuple[SumBar, ...]
    full: float
    unit: str

    def __init__(self, *rows: SumBar, full: float, unit: str) -> None:
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "full", full)
        object.__setattr__(self, "unit", unit)


@dataclass(frozen=True)
class OneOf(Node):
    """Sentences in one place, of which at most one is shown at a time."""

    children: tuple[Node, ...]

    def __init__(self, *children: Node) -> None:
        object.__setattr__(self, "children", children)


@dataclass(frozen=True)
class Formula(Node):
    """A formula as MathML, with slots ``{readout}`` or ``{readout:format}`` for live numbers."""

    mathml: str
    label: str


@dataclass(frozen=True)
class Sentence(Node):
    """One line of text with slots for live numbers and, as ``{@target}``, for a class's name.

    With `when`, a readout's name, it is shown only while that readout is not 0.
    """

    text: str
    role: str = "ink"
    when: str | None = None


@dataclass(frozen=True)
class LiveTable(Node):
    """A small table of live values: a head, and rows of a label and one readout's name a cell."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    roles: tuple[str, ...] = ()
    format: str = "number"


@dataclass(frozen=True)
class BatchTable(Node):
    """A batch as a table: the figure's own row first, then rows that can be edited and removed.

    `losses` and `grads` are columns with one entry (or one row of entries) for each row.
    """

    logits: str
    target: str
    rows: str
    targets: str
    losses: str
    grads: str
    label: str = "batch"


@dataclass(frozen=True)
class Handle(Node):
    """A dot on a plot, at readouts `x` and `y`, that drags `param` along an axis.

    `bounds` and `step` are the parameter's, unless what the axis shows is not the parameter itself.
    """

    x: str
    y: str
    label: str
    param: str = ""
    edit: str | None = None
    index: str | None = None
    axis: str = "x"
    role: str = "loss"
    format: str = "number"
    bounds: tuple[float, float] | None = None
    step: float | None = None


@dataclass(frozen=True)
class Plot(Node):
    """A Bokeh plot whose sources the page fills, with handles on it.

    `describe` is read aloud in its place; `ends` maps ``"x.start"`` and the like to readouts that
    set the ends of its axes.
    """

    plot: Model
    describe: str
    handles: tuple[Handle, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()
    height: int = 280


def nodes_of(view: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a view as JSON values, each before those inside it."""
    if isinstance(view, list):
        for part in view:
            yield from nodes_of(part)
    elif isinstance(view, dict) and "kind" in view:
        yield view
        yield from nodes_of(list(view.values()))


def spec_of(value: Any) -> Any:
    """A view as JSON values: a node is an object with its kind, a Bokeh plot its own document."""
    if isinstance(value, Model):
        return json_item(value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: spec_of(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__} | parts
    if isinstance(value, tuple | list):
        return [spec_of(item) for item in value]
    return value
