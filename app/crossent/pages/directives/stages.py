"""``show``: parts of a figure that appear at a place in the text."""

from __future__ import annotations

from ..definition import directive
from ..draft import Draft
from ..options import FIGURE, meant
from ..source import Given, Use
from ..stages import shown_here


@directive(
    "show",
    "Parts of a figure that appear once the reader has come to this place in the text: until "
    "then the figure is without them.",
    argument="their names, with commas between them",
    options=(FIGURE,),
)
def show(draft: Draft, use: Use) -> str:
    """A mark that takes no room."""
    names = Given(use.line, use.argument)
    return f'<div class="appears"{shown_here(draft, meant(draft, use), names)}></div>'
