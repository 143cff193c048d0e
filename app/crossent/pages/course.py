"""A course: the lessons of a folder, in order, read again when their files change."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ..content import LESSONS
from ..errors import LessonError, unknown
from ..i18n import SOURCE, languages
from .brand import CROSSENT, Brand, brand_of
from .brand import FILE as BRAND_FILE
from .files import is_named, is_there
from .lesson import Lesson
from .order import arranged, part_of
from .reading import languages_of, read_lesson

FOLDER = re.compile(r"([0-9]{1,6})-([a-z0-9]+(?:-[a-z0-9]+)*)")
MEANT = re.compile(r"index(?:\.[\w-]+)?\.(?:md|markdown)", re.I)  # a lesson's text, misnamed
LONGEST_SLUG = 80  # so that a page's file can have it in its name
RESERVED = {
    *("index", "how-we-know", "practice", "figures", "test"),
    *("assets", "static", "ws", "check", "404", "join"),
}


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
        return tuple(sorted(stamps(self.folder)))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the lesson is written; English, if its folder cannot be looked at.

        Reading the lesson says what is wrong with it.
        """
        try:
            return languages_of(self.folder)
        except OSError:
            return (SOURCE,)


def stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The time and size of each file below a folder, as far as they can be known."""
    folders = [str(folder)]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield stamp_of(entry)
        except OSError:  # it was taken away just now: another stamp than before, too
            yield here, -1, -1


def files_of(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The time and size of each file in a folder itself, such as the course's own."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            # A folder's time changes with what is in it; here its name alone counts.
            if not entry.name.startswith("."):
                yield (entry.path, -1, -1) if entry.is_dir() else stamp_of(entry)


def stamp_of(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    """The time and size of a file, or the name of what cannot be read."""
    if not entry.is_file():
        return entry.path, -1, -1
    found = entry.stat()
    return entry.path, found.st_mtime_ns, found.st_size


class Course:
    """The lessons of a folder, or of several, one after another.

    A mistake in one lesson, or in how its folder is called, is that lesson's alone.

    Raises
    ------
    LessonError
        If there is no such folder.
    """

    def __init__(self, folders: Path | Sequence[Path] = LESSONS) -> None:
        self.folders = [folders] if isinstance(folders, Path) else list(folders)
        self.read: dict[tuple[str, str], tuple[object, Lesson | LessonError]] = {}
        for folder in self.folders:
            try:
                there = folder.is_dir()
            except OSError as error:
                raise LessonError(label_of(folder), 0, error.strerror or str(error)) from error
            if not there:
                raise LessonError(label_of(folder), 0, "there is no such folder of lessons")

    def stamp(self) -> tuple[object, ...]:
        """Changes when there is anything new to read: a lesson, a file of one, a folder's name."""
        errors: list[LessonError] = []
        found = [
            (name, *sorted(stamps(folder / name)))
            for folder in self.folders
            for name in lesson_folders(folder, errors)
        ]
        beside = [stamp for folder in self.folders for stamp in sorted(files_of(folder))]
        return *found, *map(str, errors), *beside

    def brand(self, language: str = SOURCE) -> Brand:
        """What pages call the course; Crossent's own words where its file has a mistake."""
        return self.brand_or_refused(language)[0]

    def brand_or_refused(self, language: str) -> tuple[Brand, list[LessonError]]:
        """The same, and what is wrong with the file: of several folders, the last one's counts."""
        try:
            found = [
                brand_of(folder, f"{label_of(folder)}/{BRAND_FILE}", language)
                for folder in self.folders
            ]
        except LessonError as error:
            return CROSSENT, [error]
        return next(filter(None, reversed(found)), CROSSENT), []

    def survey(self) -> tuple[dict[str, Place], list[LessonError]]:
        """The lessons there are, by slug and in order, and what is wrong with other folders.

        Nothing of the lessons' text is read.
        """
        places: dict[str, Place] = {}
        errors: list[LessonError] = []
        for folder in self.folders:
            here: list[Place] = []
            for name in lesson_folders(folder, errors):
                try:
                    here.append(place_of(folder, name, places | {p.slug: p for p in here}))
                except LessonError as error:
                    errors.append(error)
            here.sort(key=lambda place: (place.number, place.slug))
            places |= {place.slug: place for place in here}
        return places, errors

    def places(self) -> dict[str, Place]:
        """The lessons there are, by slug and in order."""
        return self.survey()[0]

    def languages(self, slug: str | None = None) -> list[str]:
        """The languages of the interface and of a lesson, or of all lessons; English first."""
        places = self.places()
        chosen = [place for place in places.values() if slug in (None, place.slug)]
        written = {language for place in chosen for language in place.languages}
        return [SOURCE, *sorted((written | set(languages())) - {SOURCE})]

    def lesson(self, slug: str, language: str = SOURCE) -> Lesson:
        """A lesson, in English if it is not written in the language; read when its files change.

        Raises
        ------
        LessonError
            If something is wrong with it, or it is there no more.
        """
        return self.lesson_among(self.places(), slug, language)

    def lesson_among(self, places: Mapping[str, Place], slug: str, language: str) -> Lesson:
        """The same; `places` are the lessons there are now."""
        if slug not in places:
            raise LessonError(slug, 0, "there is no such lesson any more")
        stamp = (places[slug].stamp, tuple(places))
        key = (slug, language)
        if key not in self.read or self.read[key][0] != stamp:
            self.read[key] = stamp, self.read_or_refused(places, slug, language)
        found = self.read[key][1]
        if isinstance(found, LessonError):
            raise found.with_traceback(None)
        return found

    def read_or_refused(
        self, places: Mapping[str, Place], slug: str, language: str
    ) -> Lesson | LessonError:
        """A lesson, read now, or why it cannot be."""
        place = places[slug]
        folders = {name: other.folder.name for name, other in places.items()}
        try:
            translated = language in place.languages[1:]
            original = self.lesson_among(places, slug, SOURCE) if translated else None
            headings = [heading.identity for heading in original.headings] if original else []
            lesson = read_lesson(place.folder, place.path, folders, language, headings)
            if original:
                check_translation(lesson, original)
                lesson.original_part, lesson.after = original.part, original.after
        except LessonError as error:
            return error
        return lesson

    def lessons(self, language: str = SOURCE) -> list[Lesson]:
        """All lessons, in order, with the links between them checked.

        Raises
        ------
        LessonError
            For the first mistake in any of them.
        """
        lessons, errors = self.readable(language)
        if errors:
            raise errors[0]
        return lessons

    def readable(self, language: str = SOURCE) -> tuple[list[Lesson], list[LessonError]]:
        """The lessons that can be read, in order, and what is wrong with the others and between."""
        places, errors = self.survey()
        errors += self.brand_or_refused(language)[1]
        lessons: dict[str, Lesson] = {}
        for slug in places:
            try:
                lessons[slug] = self.lesson_among(places, slug, language)
            except LessonError as error:
                errors.append(error)
        ordered, misplaced = arranged(list(lessons.values()))
        errors += [*dead_fragments(lessons), *circles(lessons), *misplaced]
        return ordered, errors


def label_of(folder: Path) -> str:
    """What errors call a folder of lessons."""
    return "lessons" if folder == LESSONS else str(folder)


def lesson_folders(folder: Path, errors: list[LessonError]) -> list[str]:
    """The names of the folders in a folder that have a lesson in them."""
    try:
        return sorted(path.name for path in folder.iterdir() if holds_lesson(path))
    except OSError as error:
        problem = f"the folder of lessons cannot be read: {error.strerror or error}"
        errors.append(LessonError(label_of(folder), 0, problem))
        return []


def holds_lesson(folder: Path) -> bool:
    """Whether a folder has a lesson in it, or would if it could be looked at.

    What is called like a lesson's folder and cannot be, or has the text under another name only,
    was meant to be one: reading it says what is wrong.
    """
    if not FOLDER.fullmatch(folder.name):
        return is_there(folder / "index.md")
    try:
        return is_named(folder / "index.md") or any(
            MEANT.fullmatch(path.name) for path in folder.iterdir()
        )
    except NotADirectoryError:
        return False
    except OSError:
        return True


def place_of(folder: Path, name: str, places: Mapping[str, Place]) -> Place:
    """The place of a lesson in a folder, whose slug no other has."""
    path = f"{label_of(folder)}/{name}/index.md"
    found = FOLDER.fullmatch(name)
    if not found or len(found[2]) > LONGEST_SLUG:
        raise LessonError(path, 1, f"the folder must be named like 01-surprise; got '{name[:80]}'")
    slug = found[2]
    if slug in RESERVED or slug.startswith("test-"):
        raise LessonError(path, 1, f"a lesson cannot be named '{slug}': the site uses it")
    if slug in places:
        raise LessonError(path, 1, f"there is a lesson '{slug}' already, in {places[slug].path}")
    return Place(slug, int(found[1]), folder / name, path)


def dead_fragments(lessons: Mapping[str, Lesson]) -> Iterator[LessonError]:
    """Links to headings that a lesson does not have."""
    for lesson in lessons.values():
        for slug, fragment, path, line in lesson.links:
            known = lessons[slug].identities if slug in lessons else {fragment}
            if fragment not in known:
                start = f"lesson {slug} has no heading"
                yield LessonError(path, line, unknown(fragment, dict.fromkeys(known), start))


def circles(lessons: Mapping[str, Lesson]) -> Iterator[LessonError]:
    """Lessons that need each other, so that none can be read first."""
    for slug, lesson in lessons.items():
        way = way_back(lessons, slug)
        if way and slug == min(way):  # each circle is said once
            steps = " needs ".join([*way, slug])
            yield LessonError(
                lesson.path, lesson.lines["needs"], f"needs goes in a circle: {steps}"
            )


def way_back(lessons: Mapping[str, Lesson], start: str) -> list[str]:
    """The shortest way from a lesson over what it needs back to it, if there is one."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for needed in lessons[way[-1]].needs if way[-1] in lessons else ():
            if needed == start:
                return way
            if needed not in seen:
                seen.add(needed)
                ways.append([*way, needed])
    return []


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
    groups = (list(g) for _, g in groupby(lessons, key=part_of))
    return [(next((o.part for o in g if o.original_part), g[0].part), g) for g in groups]
