"""A lesson that has been read: its words, its figures, its headings, its HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ..figures import Figure
from ..figures.figure import State
from ..i18n import SOURCE

# An address that only the page's way of being published can tell; \0 stands in no text.
ADDRESS = re.compile("\0(lesson|figure|image):([^\0]*)\0")


def address_of(kind: str, name: str) -> str:
    """What stands in a lesson's body for the address of a lesson, a figure or an image.

    The name is quoted, so that no markup's rules change it.
    """
    return f"\0{kind}:{quote(name)}\0"


@dataclass(frozen=True)
class FigureUse:
    """A figure on a lesson's page, in the state in which the lesson shows it.

    What `later` names appears once the reader has come to what the text says of it.
    """

    identity: str
    figure: type[Figure]
    state: State
    hide: tuple[str, ...]
    form: str
    shares: str
    line: int
    later: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeTab:
    """A block of code with slots for live values, and its text as the page first shows it."""

    label: str
    template: str
    text: str
    figure: str
    line: int


@dataclass(frozen=True)
class Practice:
    """An exercise or a question, as a test of its part asks it; its texts are HTML.

    `labels` are the choices; of a question, `right` and `replies` go with them, and of an exercise
    `spec` says what is drawn and asked. `read` is the heading under which one can read of it. What
    is not to be understood `alone` is asked beside its figure only.
    """

    identity: str
    title: str
    way: str
    read: str
    task: str = ""
    labels: tuple[str, ...] = ()
    right: tuple[bool, ...] = ()
    replies: tuple[str, ...] = ()
    unit: str = ""
    spec: dict[str, Any] = field(default_factory=dict)
    alone: bool = True


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents; `html` is its text, which may hold a formula."""

    level: int
    identity: str
    html: str


@dataclass
class Lesson:
    """A lesson, read. `body` holds addresses that `html` turns into those of a site."""

    slug: str
    number: int
    title: str
    summary: str
    part: str
    minutes: int
    needs: tuple[str, ...]
    path: str
    folder: Path
    lines: Mapping[str, int] = field(default_factory=dict)  # of its front matter
    after: str = ""
    gives: str = ""
    language: str = SOURCE
    languages: tuple[str, ...] = (SOURCE,)
    original_part: str = ""
    body: str = ""
    teacher: str = ""  # notes for teachers, HTML like the body
    headings: list[Heading] = field(default_factory=list)
    figures: list[FigureUse] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    practice: list[Practice] = field(default_factory=list)
    code: list[CodeTab] = field(default_factory=list)
    links: list[tuple[str, str, str, int]] = field(default_factory=list)
    identities: set[str] = field(default_factory=set)

    @property
    def held(self) -> bool:
        """Whether one figure at a time is held beside the text: not those that move together."""
        return bool(self.figures) and not any(use.shares for use in self.figures)

    def html(self, address: Callable[[str, str], str]) -> str:
        """The text; `address` turns ("lesson", slug) and the like into a site's own address."""
        return addressed(self.body, address)


def addressed(html: str, address: Callable[[str, str], str]) -> str:
    """Some HTML of a lesson, with a site's own addresses in it."""
    return ADDRESS.sub(lambda found: escape(address(found[1], unquote(found[2]))), html)
