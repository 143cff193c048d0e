"""What a directive's options hold: a figure, entries of its state, a flag, a line of text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ..errors import unknown
from ..figures import Figure
from ..figures.figure import State
from .definition import Option
from .draft import Draft
from .lesson import FigureUse
from .source import Given, Markdown, Use
from .text import one_line

FIGURE = Option("figure", "figure", "The figure that is meant; without it, the nearest one above.")

MARKUP = re.compile(r"<[A-Za-z/!?]|&#?\w+;")


def meant(draft: Draft, use: Use) -> FigureUse:
    """The figure that a directive is about."""
    given = use.options.get("figure")
    if given is None:
        return draft.default_figure(use.line)
    return draft.figure_of(given.text.strip(), given.line)


def meant_if_any(draft: Draft, use: Use) -> FigureUse | None:
    """The same; none where no figure is named and the page has none."""
    return meant(draft, use) if draft.figures or "figure" in use.options else None


def state(draft: Draft, figure: type[Figure], given: Given | None) -> State:
    """Entries of a figure's state, written as a mapping."""
    if given is None:
        return {}
    entries, _ = draft.source.mapping(Markdown(given.line, given.text), "the state")
    check_state(draft, figure, entries, given.line)
    return entries


def check_state(draft: Draft, figure: type[Figure], entries: Mapping[str, Any], line: int) -> None:
    """Entries of a state as its figure checks them; names are text, not markup."""
    _, problems = figure.resolve(entries)
    if problems:
        raise draft.error(line, problems[0])
    for name, value in entries.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and MARKUP.search(text):
                raise draft.error(line, f"{name} is plain text; '{text[:40]}' holds markup")


def flag(draft: Draft, given: Given | None, *, default: bool = False) -> bool:
    """True or false."""
    if given is None:
        return default
    if given.text.strip() not in ("true", "false"):
        raise draft.error(given.line, f"this must be true or false; got '{given.text[:40]}'")
    return given.text.strip() == "true"


def known_names(draft: Draft, given: Given, known: Collection[str], lacks: str) -> list[str]:
    """Names with commas between them, each of which must be known; `lacks` begins the error."""
    names = [name.strip() for name in given.text.split(",")]
    for name in names:
        if name not in known:
            raise draft.error(given.line, unknown(name, known, lacks))
    return names


def line_option(draft: Draft, use: Use, name: str) -> str:
    """An option's line of Markdown as HTML; empty if it was not given."""
    given = use.options.get(name)
    if given is None:
        return ""
    if not given.text.strip():
        raise draft.error(given.line, f"':{name}:' is empty")
    return one_line(draft, " ".join(given.text.split()), given.line)
