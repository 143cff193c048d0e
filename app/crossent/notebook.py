"""A living figure in a notebook: the page computes, Python sees the state and can set it.

The output holds the figure's traced functions, so that it goes on living where no kernel is: in an
exported notebook, a documentation page, a slide. Panel writes an output into a script without
escaping it: so all texts in it, a class's name among them, are such as cannot end a script.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import panel as pn
import param

from .content import palette, style_sheet
from .figures import Figure, figure_named
from .internals import Messenger, has_extension
from .links.browser import compile_figure
from .links.server import encode_columns
from .pages.scripts import inline_script, runtime_module, script_json


class FigureView(Messenger):
    """One figure as a Panel component."""

    __abstract = True

    given = param.String("", doc="What the browser needs, as JSON: spec, first state, palette.")

    def __init__(self, figure: Figure, **params: Any) -> None:
        state = figure.state
        given = {
            "spec": figure.spec("view"),
            "initial": {"state": state, "columns": encode_columns(figure.columns(state))},
            "palette": palette(),
        }
        super().__init__(given=script_json(given), sizing_mode="stretch_width", **params)
        self._figure = figure
        figure.param.watch(self._tell, list(figure.parameters()))

    def received(self, data: Any) -> None:
        """Takes the page's state; one that is refused changes nothing."""
        given = data.get("state") if isinstance(data, dict) else None
        if not isinstance(given, dict):
            return
        state, problems = self._figure.resolve(given)
        if not problems:
            self._figure.param.update(**state)

    def _tell(self, *_: param.parameterized.Event) -> None:
        self.send({"state": self._figure.state})


@cache
def view_class(figure: type[Figure]) -> type[FigureView]:
    """The component class of a figure, with its functions in its script."""
    script = compile_figure(figure) + runtime_module("runtime/notebook.js", ["render"])
    body = {"_esm": inline_script(script), "_stylesheets": [inline_script(style_sheet())]}
    return type(f"{figure.__name__}View", (FigureView,), body)


def shown(figure: Figure) -> FigureView:
    """The figure as a component."""
    return view_class(type(figure))(figure)  # type: ignore[arg-type]


Figure.shown_by = staticmethod(shown)


def show(name: str, **state: Any) -> Figure:
    """The figure of this name, in this state; a notebook displays it where it is the last value.

    In a notebook where ``pn.extension()`` was not called, the first call does so, with Panel's
    scripts in the output itself: the notebook and what is exported from it need no network.

    >>> figure = show("logit-gradient", logits=[2, 1, 0.1])
    >>> figure.logits
    [2.0, 1.0, 0.1]

    Raises
    ------
    UnknownFigureError, StateError
        With one sentence on what would be right.
    """
    figure = figure_named(name)(**state)
    if in_notebook() and not has_extension():
        pn.extension(inline=True)
    return figure


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return hasattr(shell, "kernel")
