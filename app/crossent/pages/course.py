"""A course: the lessons of a folder, in order, read again when their files change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ..content import LESSONS
from ..errors import LessonError
from ..figures.figure import unknown
from ..i18n import SOURCE, languages
from .lesson import Lesson
from .reading import languages_of, read_lesson

FOLDER = re.compile(r"(\d+)-([a-z0-9]+(?:-[a-z0-9]+)*)")
RESERVED = {"index", "how-we-know", "figures", "assets", "static", "ws", "check", "404"}


@dataclass(frozen=True)
class Place:
    """Where a lesson lies: its slug, its folder, what errors call its file."""

    slug: str
    number: int
    folder: Path
    path: str

    @property
    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when any file of the lesson does; an editor's hidden ones are none of it."""
        files = sorted(
            p for p in self.folder.rglob("*") if p.is_file() and not p.name.startswith(".")
        )
        return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files)


class Course:
    """The lessons of a folder."""

    def __init__(self, folder: Path = LESSONS) -> None:
        self.folder = folder
        self.label = "lessons" if folder == LESSONS else str(folder)
        self.read: dict[tuple[str, str], tuple[object, Lesson]] = {}

    def places(self) -> dict[str, Place]:
        """The lessons there are, by slug and in order; nothing of their text is read.

        Raises
        ------
        LessonError
            If two lessons have one slug, or a folder's name is not a number and a slug.
        """
        if not self.folder.is_dir():
            raise LessonError(self.label, 0, "there is no such folder of lessons")
        places: dict[str, Place] = {}
        for folder in sorted(p for p in self.folder.iterdir() if (p / "index.md").is_file()):
            path = f"{self.label}/{folder.name}/index.md"
            found = FOLDER.fullmatch(folder.name)
            if not found:
                raise LessonError(
                    path, 1, f"the folder must be named like 01-surprise; got '{folder.name}'"
                )
            slug = found[2]
            if slug in RESERVED:
                raise LessonError(path, 1, f"a lesson cannot be named '{slug}': the site uses it")
            if slug in places:
                raise LessonError(
                    path, 1, f"there is a lesson '{slug}' already, in {places[slug].path}"
                )
            places[slug] = Place(slug, int(found[1]), folder, path)
        return dict(sorted(places.items(), key=lambda item: (item[1].number, item[0])))

    def languages(self, slug: str | None = None) -> list[str]:
        """The languages of the interface and of a lesson, or of all lessons; English first."""
        places = self.places()
        chosen = places.values() if slug is None else [places[slug]]
        written = {language for place in chosen for language in languages_of(place.folder)}
        return [SOURCE, *sorted((written | set(languages())) - {SOURCE})]

    def lesson(self, slug: str, language: str = SOURCE) -> Lesson:
        """A lesson, in English if it is not written in the language; read when its files change."""
        places = self.places()
        place = places[slug]
        stamp = (place.stamp, tuple(places))
        key = (slug, language)
        if key not in self.read or self.read[key][0] != stamp:
            folders = {name: other.folder.name for name, other in places.items()}
            original = self.lesson(slug) if language in languages_of(place.folder)[1:] else None
            headings = [heading.identity for heading in original.headings] if original else []
            lesson = read_lesson(place.folder, place.path, folders, language, headings)
            if original:
                check_translation(lesson, original)
                lesson.original_part = original.part
            self.read[key] = (stamp, lesson)
        return self.read[key][1]

    def lessons(self, language: str = SOURCE) -> list[Lesson]:
        """All lessons, in order, with the links between them checked.

        Raises
        ------
        LessonError
            For the first mistake in any of them.
        """
        lessons = {slug: self.lesson(slug, language) for slug in self.places()}
        for lesson in lessons.values():
            for slug, fragment, line in lesson.links:
                known = lessons[slug].identities
                if fragment not in known:
                    problem = unknown(
                        fragment, dict.fromkeys(known), f"lesson {slug} has no heading"
                    )
                    raise LessonError(lesson.path, line, problem)
        return list(lessons.values())

    def readable(self, language: str = SOURCE) -> tuple[list[Lesson], list[LessonError]]:
        """The lessons that can be read, and why the others cannot."""
        lessons, errors = [], []
        try:
            places = self.places()
        except LessonError as error:
            return [], [error]
        for slug in places:
            try:
                lessons.append(self.lesson(slug, language))
            except LessonError as error:
                errors.append(error)
        return lessons, errors


def counts(lesson: Lesson) -> tuple[int, int, int, int]:
    """How many headings, figures, questions and challenges a lesson has."""
    questions = sum(step.startswith("question") for step in lesson.steps)
    steps = questions, len(lesson.steps) - questions
    return len(lesson.headings), len(lesson.figures), *steps


def check_translation(lesson: Lesson, original: Lesson) -> None:
    """A translation has its original's headings, figures, questions and challenges.

    So a reader's progress counts in every language, and so do links to a heading.
    """
    kept = {use.identity: use.figure.name_of for use in original.figures}
    for use in lesson.figures:
        if kept.get(use.identity) != use.figure.name_of:
            problem = unknown(use.identity, kept, f"{original.path} has no figure")
            raise LessonError(lesson.path, use.line, problem)
    for what, ours, theirs in zip(
        ("headings", "figures", "questions", "challenges"),
        counts(lesson),
        counts(original),
        strict=True,
    ):
        if ours != theirs:
            problem = f"it has {ours} {what}, but {original.path} has {theirs}"
            raise LessonError(lesson.path, 1, problem)
    if lesson.steps != original.steps:
        problem = f"its questions and challenges come in another order than in {original.path}"
        raise LessonError(lesson.path, 1, problem)


def parts(lessons: list[Lesson]) -> list[tuple[str, list[Lesson]]]:
    """Lessons by the part of the course that they belong to, in order.

    Some may be translated and some not; a translation's name of the part stands for all of it.
    """
    groups = (list(g) for _, g in groupby(lessons, key=lambda one: one.original_part or one.part))
    return [(next((o.part for o in g if o.original_part), g[0].part), g) for g in groups]
