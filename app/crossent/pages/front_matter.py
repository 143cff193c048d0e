"""A lesson's front matter: what it may hold, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import unknown
from ..figures.parameters import describe
from .source import Markdown, Source

# Key: whether it is needed, what it holds, what it means.
FRONT_MATTER = {
    "title": (True, "text", "The lesson's title."),
    "summary": (True, "text", "One sentence, for the index and for shared links."),
    "part": (True, "text", "The part of the course; lessons of one part stand together."),
    "minutes": (True, "whole number", "How long it takes."),
    "needs": (False, "list of slugs", "Lessons to read before."),
    "after": (
        False,
        "slug",
        "The lesson behind which this one stands; without it, the folders' numbers order lessons.",
    ),
    "gives": (
        False,
        "text",
        "One sentence on what the part of the course gives, for the index; in its first lesson.",
    ),
}


def front_matter(
    source: Source, slugs: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, int], int]:
    """Its values, checked, the line of each, and the index of the first line after it."""
    if not source.lines or source.lines[0].rstrip() != "---":
        raise source.error(1, "a lesson begins with its front matter between two lines ---")
    closing = [i for i, line in enumerate(source.lines) if i and line.rstrip() == "---"]
    if not closing:
        raise source.error(1, "the front matter is not closed by a second line ---")
    end = closing[0]
    text = "\n".join(source.lines[1:end])
    values, lines = source.mapping(Markdown(2, text), "the front matter")
    for name, line in lines.items():
        if name not in FRONT_MATTER:
            raise source.error(line, unknown(name, FRONT_MATTER, "the front matter has no"))
    for name, (needed, kind, _) in FRONT_MATTER.items():
        if name in values:
            check_entry(source, lines[name], name, kind, values[name])
        elif needed:
            raise source.error(1, f"the front matter has no '{name}'")
    named = [("needs", slug) for slug in values.get("needs", [])]
    named += [("after", values["after"])] if "after" in values else []
    for name, slug in named:
        if slug not in slugs:
            raise source.error(lines[name], unknown(slug, slugs, f"{name}: no lesson"))
    return values, lines, end + 1


def check_entry(source: Source, line: int, name: str, kind: str, value: Any) -> None:
    """An entry holds what it should."""
    right = {
        "text": isinstance(value, str) and bool(value.strip()),
        "whole number": type(value) is int and 0 < value < 1000,
        "slug": isinstance(value, str),
        "list of slugs": isinstance(value, list) and all(isinstance(slug, str) for slug in value),
    }[kind]
    if not right:
        a = "" if kind == "text" else "a "
        raise source.error(line, f"'{name}' must be {a}{kind}; got {describe(value)}")
