"""A course's own title and mark, from ``course.yml`` in its folder; without one, Crossent's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ..content import as_address
from ..errors import LessonError, unknown
from ..i18n import SOURCE
from .files import content_of, is_named, within
from .front_matter import check_entry
from .hrefs import IMAGES
from .reading import read_source, refusal
from .source import Markdown, Source

FILE = "course.yml"
MEANT = re.compile(r"course(?:\.[\w-]+)?\.ya?ml", re.I)
# Key: whether it is needed, what it holds, what it means.
ENTRIES = {
    "title": (True, "text", "The course's title: on the index, and in each page's title."),
    "summary": (False, "text", "One sentence below it, on the index."),
    "mark": (
        False,
        "text",
        "What leads home on each page: a few letters, or a picture's file that lies beside.",
    ),
}
LONGEST_MARK = 40  # letters
LARGEST_MARK = 100_000  # bytes of a picture, for it stands in every page


@dataclass(frozen=True)
class Brand:
    """What pages call the course, and in which language; `mark` is HTML."""

    title: str = "Crossent"
    summary: str = ""
    mark: str = "crossent"
    own: bool = False
    language: str = SOURCE


CROSSENT = Brand()


def brand_of(folder: Path, path: str, language: str) -> Brand | None:
    """What the folder of a course says of itself: in a language, where it does; `path` is FILE's.

    Raises
    ------
    LessonError
        If it says anything that it cannot.
    """
    base = folder / FILE
    if not is_named(base):
        if meant := misnamed(folder):
            raise LessonError(path, 0, f"the course's own file has this name; got '{meant[:60]}'")
        return None
    values = read_entries(base, path, folder)
    other = base.with_name(f"course.{language}.yml")
    written = SOURCE
    if language != SOURCE and is_named(other):
        written = language
        values |= read_entries(other, path.removesuffix(FILE) + other.name, folder)
    return Brand(
        title=values["title"].strip(),
        summary=values.get("summary", "").strip(),
        mark=values.get("mark", escape(values["title"].strip())),
        own=True,
        language=written,
    )


def misnamed(folder: Path) -> str | None:
    """A file's name that was meant to be FILE, or goes with it."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return None
    return next(filter(MEANT.fullmatch, names), None)


def read_entries(file: Path, path: str, folder: Path) -> dict[str, Any]:
    """A file's entries, checked; the mark as HTML."""
    source = Source(path)
    try:
        source = read_source(file, path)
        return entries_of(source, folder)
    except LessonError:
        raise
    except Exception as error:  # whatever it holds, the course goes on
        raise refusal(source, error) from error


def entries_of(source: Source, folder: Path) -> dict[str, Any]:
    """The entries that a source holds, checked; the mark as HTML."""
    text = "\n".join(source.lines)
    values, lines = source.mapping(Markdown(1, text), "the course's file")
    for name, line in lines.items():
        if name not in ENTRIES:
            raise source.error(line, unknown(name, ENTRIES, "a course has no"))
        check_entry(source, line, name, ENTRIES[name][1], values[name])
    for name, (needed, _, _) in ENTRIES.items():
        if needed and name not in values:
            raise source.error(1, f"the course has no '{name}'")
    if "mark" in values:
        mark = values["mark"].strip()
        values["mark"] = mark_html(source, lines["mark"], mark, folder, values["title"].strip())
    return values


def mark_html(source: Source, line: int, mark: str, folder: Path, title: str) -> str:
    """A mark: letters, or a picture, which stands in the page itself."""
    kind = IMAGES.get(Path(mark).suffix.lower())
    if kind is None:
        if len(mark) > LONGEST_MARK:
            raise source.error(line, f"a mark has at most {LONGEST_MARK} letters")
        return escape(mark)
    file = folder / mark
    if not within(folder, file):
        raise source.error(line, f"the picture '{mark[:60]}' must lie in the course's own folder")
    if not is_named(file):
        near = {p.name: p for p in folder.iterdir() if p.suffix.lower() in IMAGES}
        raise source.error(line, unknown(mark, near, "no picture"))
    source.at(line)
    picture = content_of(file, LARGEST_MARK + 1)
    if len(picture) > LARGEST_MARK:
        raise source.error(line, f"a mark's picture has at most {LARGEST_MARK // 1000} kB")
    return f'<img src="{as_address(kind, picture)}" alt="{escape(title)}">'
