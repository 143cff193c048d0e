"""Bokeh plots in the house's looks: quiet axes, no toolbar, colours by their meaning.

Colours are written as roles of the palette. A plot is made once in the light theme's values;
the page exchanges each for its counterpart when the theme changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bokeh.models import ColumnDataSource, GlyphRenderer, LinearColorMapper, glyphs
from bokeh.models.glyph import Glyph
from bokeh.plotting import figure

from ..content import palette
from ..errors import unknown
from ..internals import NamedAsBokehs
from ..places import here

__all__ = [
    "Sources",
    "color",
    "curve_plot",
    "diamond",
    "hairline",
    "heat",
    "label",
    "level",
    "own_sources",
    "plane_plot",
]

FONT = "Inter, system-ui, sans-serif"


def color(role: str) -> str:
    """The light theme's value of a role."""
    if role not in palette():
        raise here().error(unknown(role, palette(), "no colour"))
    return palette()[role][0]


class Sources(dict[str, ColumnDataSource]):
    """A figure's tables as Bokeh sources, by name; they are empty, the page fills them."""

    def __missing__(self, name: str) -> ColumnDataSource:
        raise here().error(unknown(name, self, "compute gives no table"))


def one_look(glyph: type[Glyph], *places: str) -> Any:
    """A method that draws a glyph from a source; `places` are its arguments that need no name."""

    def draw(
        plot: Canvas, *at: Any, source: ColumnDataSource, level: str = "glyph", **looks: Any
    ) -> GlyphRenderer:
        return plot.add_glyph(
            source, glyph(**dict(zip(places, at, strict=False)), **looks), level=level
        )

    return draw


class Canvas(figure, NamedAsBokehs):
    """A Bokeh figure whose glyphs have one look each.

    Bokeh's own methods make two more glyphs beside each, for what is muted and what is not
    selected. Nothing here ever is, and they are half of a plot's size and of the time to make it.
    """

    __view_model__ = "Figure"  # to the page it is Bokeh's own

    image = one_look(glyphs.Image, "image", "x", "y", "dw", "dh")
    line = one_look(glyphs.Line, "x", "y")
    multi_line = one_look(glyphs.MultiLine, "xs", "ys")
    patch = one_look(glyphs.Patch, "x", "y")
    quad = one_look(glyphs.Quad, "left", "right", "top", "bottom")
    rect = one_look(glyphs.Rect, "x", "y", "width", "height")
    scatter = one_look(glyphs.Scatter, "x", "y")
    segment = one_look(glyphs.Segment, "x0", "y0", "x1", "y1")
    step = one_look(glyphs.Step, "x", "y")
    text = one_look(glyphs.Text, "x", "y", "text")
    varea = one_look(glyphs.VArea, "x", "y1", "y2")
    vbar = one_look(glyphs.VBar, "x", "width", "top", "bottom")


def curve_plot(
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    x_label: str,
    y_label: str,
    height: int = 280,
    **options: Any,
) -> figure:
    """An empty plot: axes with names, a faint grid, nothing to pan or zoom by accident."""
    plot = Canvas(
        x_range=x_range,
        y_range=y_range,
        x_axis_label=x_label,
        y_axis_label=y_label,
        height=height,
        sizing_mode="stretch_both",  # its box on the page has the size
        toolbar_location=None,
        tools="",
        min_border=0,
        min_border_right=14,
        min_border_top=12,
        **options,
    )
    # The page shows through: the box that a plot lies in has the colour.
    plot.background_fill_color = plot.border_fill_color = None
    plot.outline_line_color = None
    plot.toolbar.logo = None
    for grid in plot.grid:
        grid.grid_line_color = color("grid")
    for axis in plot.axis:
        axis.axis_line_color = color("rule")
        axis.major_tick_line_color = None
        axis.minor_tick_line_color = None
        axis.major_label_text_color = color("muted")
        axis.axis_label_text_color = color("muted")
        axis.major_label_text_font = axis.axis_label_text_font = FONT
        axis.major_label_text_font_size = "13px"
        axis.axis_label_text_font_size = "13px"
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_standoff = 8
        axis.ticker.desired_num_ticks = 5
    return plot


def plane_plot(extent: float, height: int) -> figure:
    """An empty plot of the plane from -extent to extent each way, for maps: no axes, no grid."""
    span = (-extent, extent)
    plot = curve_plot(x_range=span, y_range=span, x_label="", y_label="", height=height)
    for part in (*plot.axis, *plot.grid):
        part.visible = False
    return plot


class OwnSources(Sources):
    """Sources made from others when they are asked for: a plot needs few of a figure's tables."""

    def __init__(self, columns: Mapping[str, ColumnDataSource]) -> None:
        super().__init__()
        self.columns = columns

    def __missing__(self, name: str) -> ColumnDataSource:
        self[name] = ColumnDataSource(data=dict(self.columns[name].data), name=name)
        return self[name]


def own_sources(columns: Mapping[str, ColumnDataSource]) -> Sources:
    """Sources of the same names for one plot alone: Bokeh lets a source lie in one plot only."""
    return OwnSources(columns)


def label(plot: figure, x: float, y: float, text: str, role: str, **options: Any) -> Any:
    """A few words at a point of the plot: a curve's name, at its end."""
    looks = {"text_font": {"value": FONT}, "text_font_size": "13px", "text_baseline": "middle"}
    words = {"text": {"value": text}, "text_color": color(role)}
    place = ColumnDataSource(data={"x": [x], "y": [y]})
    return plot.text("x", "y", source=place, **(looks | words | options))


def diamond(plot: figure, x: str, y: str, source: Any, *, size: int) -> Any:
    """A diamond at columns x and y: the least that there can be."""
    looks = {"fill_color": color("truth"), "line_color": color("truth")}
    return plot.scatter(x, y, source=source, marker="diamond", size=size, **looks)


def level(plot: figure, source: Any, text: str, role: str, *, above: bool) -> None:
    """A dashed line through columns p and loss, with its name at column label_p."""
    hairline(plot, "p", "loss", source, line_color=color(role))
    plot.text(
        "label_p",
        "loss",
        text={"value": text},
        source=source,
        text_align="right",
        text_baseline="bottom" if above else "top",
        y_offset=-4 if above else 5,
        text_color=color(role),
        text_font={"value": FONT},
        text_font_size="13px",
    )


def heat(
    plot: figure,
    image: str,
    source: Any,
    *,
    x: Any,
    y: Any,
    dw: Any,
    dh: Any,
    low: float = 0.0,
    high: float = 1.0,
    ramp: tuple[str, ...] = ("card", "prediction"),
    **options: Any,
) -> Any:
    """A column with several axes as images, row 0 at the bottom, shaded from one role to another.

    x and y are the lower left corners, dw and dh the sizes: numbers, or columns with one number
    for each image. Values from low to high are shaded; nan is left blank. Further pairs of roles
    in `ramp` are for further parts of that range, each as long as the first.
    """
    shaded = [shade for ends in zip(ramp[::2], ramp[1::2], strict=True) for shade in shades(*ends)]
    mapper = LinearColorMapper(palette=shaded, low=low, high=high, nan_color="#00000000")
    mapper.tags = ["ramp", *ramp]  # the page takes the shades of its theme
    places = {"x": x, "y": y, "dw": dw, "dh": dh}
    return plot.image(image=image, source=source, color_mapper=mapper, **places, **options)


def shades(first: str, last: str, count: int = 64) -> list[str]:
    """The light theme's colours from one role to another."""
    ends = [[int(color(role)[i : i + 2], 16) for i in (1, 3, 5)] for role in (first, last)]
    steps = (i / (count - 1) for i in range(count))
    mixed = ([round(a + (b - a) * t) for a, b in zip(*ends, strict=True)] for t in steps)
    return ["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in mixed]


def hairline(plot: figure, x: str, y: str, source: Any, **options: Any) -> Any:
    """A thin dashed line through columns x and y: something to compare with."""
    looks = {"line_color": color("muted"), "line_width": 1.5, "line_dash": [5, 4]}
    return plot.line(x, y, source=source, **(looks | options))
