"""A lesson while it is read: what one part of its page has to know of the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import LessonError, UnknownFigureError, unknown
from ..figures import Figure, figure_named
from ..i18n import interface_language, translator
from .lesson import FigureUse, Lesson
from .source import Source


class Draft:
    """A lesson, with what has been found of it so far.

    `slugs` maps the course's slugs to their folders' names. `t` says the words around the text,
    such as "Begin", in the page's language; `lang` marks them where the text is in another one.
    """

    def __init__(
        self,
        source: Source,
        lesson: Lesson,
        slugs: Mapping[str, str],
        language: str,
        kept_headings: Sequence[str] = (),
    ) -> None:
        self.source, self.lesson, self.slugs = source, lesson, slugs
        spoken = interface_language(language)
        self.t = translator(spoken)
        self.lang = "" if spoken == lesson.language else f' lang="{spoken}"'
        self.kept_headings = kept_headings
        self.figures: dict[str, FigureUse] = {}
        self.counts: dict[str, int] = {}  # how far each stem of an id has been counted
        self.nearest = ""  # the id of the figure that was set last
        self.level = 1  # of the heading that was set last
        # What appears later, by figure and name, and what is pointed at: with their lines.
        self.later: dict[str, dict[str, int]] = {}
        self.looks: list[tuple[str, str, int]] = []
        self.local_links: list[tuple[str, int]] = []
        # What is known of an exercise's first draw, and its figure, while its text is read.
        self.drawn: tuple[dict[str, Any], type[Figure]] | None = None
        # What the Markdown parser keeps from one text to the next.
        self.env: dict[str, Any] = {"language": lesson.language}

    def error(self, line: int, problem: str) -> LessonError:
        """An error at a line of the lesson."""
        return self.source.error(line, problem)

    def identity(self, text: str, fallback: str) -> str:
        """An id for a heading or a block, only once on the page."""
        words = re.findall(r"[a-z0-9]+", text.lower())
        stem = "-".join(words)[:60].strip("-") or fallback
        count = self.counts.get(stem, 1)
        name = stem if count == 1 else f"{stem}-{count}"
        while name in self.lesson.identities:
            count += 1
            name = f"{stem}-{count}"
        self.counts[stem] = count
        self.lesson.identities.add(name)
        return name

    def step(self, kind: str) -> str:
        """The id of a question or a challenge, which progress remembers."""
        count = sum(step.startswith(kind) for step in self.lesson.steps) + 1
        name = f"{kind}-{count}"
        self.lesson.steps.append(name)
        self.lesson.identities.add(name)
        return name

    def existing_figure(self, name: str, line: int) -> type[Figure]:
        """The figure of a name."""
        try:
            return figure_named(name)
        except UnknownFigureError as error:
            raise self.error(line, str(error)) from error

    def figure_of(self, identity: str, line: int) -> FigureUse:
        """The figure on this page of an id."""
        if identity not in self.figures:
            raise self.error(line, unknown(identity, self.figures, "no figure on this page is"))
        return self.figures[identity]

    def default_figure(self, line: int) -> FigureUse:
        """The nearest figure above, or else the page's first."""
        if not self.figures:
            raise self.error(line, "there is no figure on this page")
        return self.figures[self.nearest or next(iter(self.figures))]
