"""Stages: parts of a figure that appear once the reader has come to what the text says of them."""

from __future__ import annotations

from dataclasses import replace

from .definition import Option
from .directives.markup import data
from .draft import Draft
from .lesson import FigureUse
from .options import known_names
from .shown import parts_of
from .source import Given

SHOW = Option(
    "show",
    "names",
    "Parts of its figure that appear once the reader has come here: until then it is without them.",
)


def shown_here(draft: Draft, about: FigureUse, given: Given | None) -> str:
    """The attribute of a block with which parts of a figure appear; they are noted as to come."""
    if given is None:
        return ""
    figure = about.figure
    names = known_names(draft, given, parts_of(figure), f"{figure.name_of} has no part")
    later = draft.later.setdefault(about.identity, {})
    for name in names:
        if name in about.hide:
            raise draft.error(given.line, f"'{name}' is hidden for good, at line {about.line}")
        if name in later:
            raise draft.error(given.line, f"'{name}' has appeared already, at line {later[name]}")
        later[name] = given.line
    return f' data-stage="{data({"of": about.identity, "show": names})}"'


def note_stages(draft: Draft) -> None:
    """Tells the page's figures what is to come later; what is pointed at must have come by then.

    Raises
    ------
    LessonError
        If something is to be looked at that appears further down only.
    """
    for identity, later in draft.later.items():
        draft.figures[identity] = replace(draft.figures[identity], later=tuple(later))
    for identity, name, line in draft.looks:
        appears = draft.later.get(identity, {}).get(name, 0)
        if appears > line:
            raise draft.error(line, f"'{name}' is not there yet: it appears at line {appears}")
