"""A living figure in a notebook: the page computes, Python sees the state and can set it.

The output holds the figure's traced functions, so that it goes on living where no kernel is: in an
exported notebook, a documentation page, a slide.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import panel as pn
import param

from .content import palette, style_sheet
from .figures import Figure, figure_named
from .links.browser import compile_figure
from .links.server import encode_columns
from .pages.scripts import runtime_module


class FigureView(pn.custom.JSComponent):
    """One figure as a Panel component."""

    __abstract = True

    given = param.Dict({}, doc="What the browser needs: the figure's spec, first state, palette.")

    def __init__(self, figure: Figure, **params: Any) -> None:
        state = figure.state
        given = {
            "spec": figure.spec("view"),
            "initial": {"state": state, "columns": encode_columns(figure.columns(state))},
            "palette": palette(),
        }
        super().__init__(given=given, sizing_mode="stretch_width", **params)
        self._figure = figure
        figure.param.watch(self._tell, list(figure.parameters()))

    def _handle_msg(self, data: Any) -> None:
        """Takes the page's state; one that is refused changes nothing."""
        given = data.get("state") if isinstance(data, dict) else None
        if not isinstance(given, dict):
            return
        state, problems = self._figure.resolve(given)
        if not problems:
            self._figure.param.update(**state)

    def _tell(self, *_: param.parameterized.Event) -> None:
        self._send_msg({"state": self._figure.state})


@cache
def view_class(figure: type[Figure]) -> type[FigureView]:
    """The component class of a figure, with its functions in its script."""
    script = compile_figure(figure) + runtime_module("runtime/notebook.js", ["render"])
    body = {"_esm": script, "_stylesheets": [style_sheet()]}
    return type(f"{figure.__name__}View", (FigureView,), body)


def show(name: str, **state: Any) -> Figure:
    """The figure of this name, in this state; a notebook displays it where it is the last value.

    >>> figure = show("logit-gradient", logits=[2, 1, 0.1])
    >>> figure.logits
    [2.0, 1.0, 0.1]

    Raises
    ------
    UnknownFigureError, StateError
        With one sentence on what would be right.
    """
    return figure_named(name)(**state)
