"""Reading a lesson: front matter, Markdown and directives in turn. Each mistake has its line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import LessonError
from ..i18n import SOURCE, bound
from .directives import DIRECTIVES
from .directives.figures import check_shares, note_figure
from .draft import Draft
from .files import content_of
from .front_matter import front_matter
from .hrefs import check_local_links
from .lesson import Lesson
from .source import LARGEST, Markdown, Source, Use
from .stages import note_stages
from .teacher import notes_file, teachers_notes
from .text import page_text

TRANSLATION = re.compile(r"index\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.md")


def languages_of(folder: Path) -> tuple[str, ...]:
    """The languages in which a folder has its lesson: English, in index.md, and those of others."""
    names = (TRANSLATION.fullmatch(path.name) for path in folder.iterdir())
    return (SOURCE, *sorted(found[1] for found in names if found and found[1] != SOURCE))


def read_lesson(
    folder: Path,
    path: str,
    slugs: Mapping[str, str],
    language: str = SOURCE,
    headings: Sequence[str] = (),
) -> Lesson:
    """Reads the lesson in a folder: in a language, or in English if it is not there in it.

    `path` is what errors call its English file; `slugs` maps the course's slugs to their folders'
    names, and `headings` are the ids that a translation takes over, so that links into it hold in
    every language. The words between the text, such as "Begin", are the interface's in either case.

    Raises
    ------
    LessonError
        With the file, the line, what is wrong there and what would be right.
    """
    source = Source(path)
    try:
        there = languages_of(folder)
        written = language if language in there else SOURCE
        file = folder / ("index.md" if written == SOURCE else f"index.{written}.md")
        source = Source(path.removesuffix("index.md") + file.name)
        source = read_source(file, source.path)
        values, lines, start = front_matter(source, slugs)
        lesson = lesson_of(folder, source, values, lines, written)
        lesson.languages = there
        read_body(Draft(source, lesson, slugs, language, headings), start)
        if notes := notes_file(lesson):
            source = Source(path.removesuffix("index.md") + notes[0])
            source = read_source(folder / notes[0], source.path)
            lesson.teacher = teachers_notes(source, notes[1], lesson, slugs, language)
    except LessonError:
        raise
    except Exception as error:  # whatever a lesson holds, the pages beside it go on
        raise refusal(source, error) from error
    return lesson


def refusal(source: Source, error: Exception) -> LessonError:
    """What is said of a source that cannot be read, whatever the reason is."""
    problem = f"this cannot be read ({type(error).__name__}: {str(error)[:80]})"
    if isinstance(error, RecursionError):
        problem = "this is nested too deep"
    elif isinstance(error, OSError):
        problem = f"it cannot be read: {error.strerror or error}"
    return source.error(source.line, problem)


def lesson_of(
    folder: Path,
    source: Source,
    values: Mapping[str, Any],
    lines: Mapping[str, int],
    language: str,
) -> Lesson:
    """The lesson that its front matter speaks of, still without its text."""
    number, _, slug = folder.name.partition("-")
    title, summary, part = (
        bound(values[name].strip(), language) for name in ("title", "summary", "part")
    )
    return Lesson(
        slug=slug,
        number=int(number),
        title=title,
        summary=summary,
        part=part,
        minutes=values["minutes"],
        needs=tuple(values.get("needs", [])),
        lines=lines,
        after=values.get("after", ""),
        gives=values.get("gives", "").strip(),
        path=source.path,
        folder=folder,
        language=language,
    )


def read_source(file: Path, path: str) -> Source:
    """The text of a file that errors call by a path; one that is far too large is not read."""
    content = content_of(file, LARGEST + 1)
    if len(content) > LARGEST:
        raise LessonError(path, 1, f"a lesson's file is at most {LARGEST // 1000} kB")
    try:
        source = Source(path, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        raise LessonError(path, line, "the file must be UTF-8 text") from error
    source.check_size()
    return source


def read_body(draft: Draft, start: int) -> None:
    """Reads what stands from a line on into the draft's lesson."""
    parts = list(draft.source.parts(start, DIRECTIVES))
    # Text and challenges may speak of a figure that stands further down.
    figures = [p for p in parts if isinstance(p, Use) and p.directive is DIRECTIVES["figure"]]
    for use in figures:
        draft.source.at(use.line)
        note_figure(draft, use)
    check_shares(draft, figures)
    html = [part_html(draft, part) for part in parts]
    check_local_links(draft)
    note_stages(draft)
    draft.lesson.body = "\n".join(html)
    draft.lesson.figures = list(draft.figures.values())


def part_html(draft: Draft, part: Markdown | Use) -> str:
    """One part of a lesson as HTML."""
    draft.source.at(part.line)
    return part.directive.html(draft, part) if isinstance(part, Use) else page_text(draft, part)
