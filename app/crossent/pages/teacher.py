"""What stands in ``teacher.md`` beside a lesson: notes that a page shows with ``?teacher=1``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..i18n import SOURCE
from .directives import DIRECTIVES
from .draft import Draft
from .files import is_named
from .hrefs import check_local_links
from .lesson import Lesson
from .source import Markdown, Source
from .text import page_text

KNOWN = {name: DIRECTIVES[name] for name in ("note", "myth")}


def notes_file(lesson: Lesson) -> tuple[str, str] | None:
    """The notes' file beside a lesson, in its language or in English, and that language."""
    there = ((f"teacher.{lesson.language}.md", lesson.language), ("teacher.md", SOURCE))
    return next((found for found in there if is_named(lesson.folder / found[0])), None)


def teachers_notes(
    source: Source, written: str, lesson: Lesson, slugs: Mapping[str, str], language: str
) -> str:
    """The notes in a source as HTML: a section that is hidden until its address asks for it.

    They may link to the lesson's headings, and to the course's lessons; they have headings of
    their own, which are in no table of contents. `written` is their language, `language` the
    page's.
    """
    own = replace(
        lesson,
        headings=[],
        identities=set(lesson.identities),
        path=source.path,
        language=written,
    )
    draft = Draft(source, own, slugs, language)
    spoken = f' lang="{written}"' if draft.lang else ""
    draft.figures = {use.identity: use for use in lesson.figures}
    section, title = draft.identity("notes", "notes"), draft.identity("for teachers", "teachers")
    html = "\n".join(
        page_text(draft, part) if isinstance(part, Markdown) else part.directive.html(draft, part)
        for part in source.parts(0, KNOWN)
    )
    check_local_links(draft)
    return (
        f'<section class="teacher-notes" id="{section}" aria-labelledby="{title}"{spoken} hidden>'
        f'<h2 id="{title}"{draft.lang}>{draft.t("For teachers")}</h2>\n{html}\n</section>'
    )
