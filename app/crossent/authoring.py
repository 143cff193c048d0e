"""What a lesson's author asks for: a first lesson to edit, and what is wrong with lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .content import asset_text
from .errors import ExportError, LessonError, readable
from .pages.course import FOLDER, Course, place_of

WRONG = 1  # the command's status where a lesson has a mistake


def new_lesson(slug: str, folder: Path, say: Callable[[str], None] = print) -> int:
    """Writes a lesson into a folder of lessons, behind those that are there; the exit status.

    Raises
    ------
    ExportError
        If the folder cannot be written.
    LessonError
        If no lesson can have this name, or one has it.
    """
    numbers = [0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = Course(folder).places()
        numbers += [int(found[1]) for p in folder.iterdir() if (found := FOLDER.match(p.name))]
        name = f"{max(numbers) + 1:02d}-{slug}"
        place = place_of(folder, name, places)
        place.folder.mkdir()
        file = place.folder / "index.md"
        file.write_text(first_text(slug), encoding="utf-8")
    except OSError as error:
        problem = f"{readable(str(folder))}: it cannot be written: {error.strerror or error}"
        raise ExportError(problem) from error
    say(f"{readable(str(file))} is a lesson to edit")
    say(f"crossent serve --lessons {readable(str(folder))}   shows it while you write")
    return 0


def first_text(slug: str) -> str:
    """A small whole lesson, whose title is made of its name."""
    title = slug.replace("-", " ").capitalize()
    return asset_text("templates/first-lesson.md").replace("TITLE", title)


def check_lessons(folders: Sequence[Path], say: Callable[[str], None] = print) -> int:
    """Says everything that is wrong with the lessons of some folders; the exit status.

    Raises
    ------
    LessonError
        If there is no such folder.
    """
    course = Course(folders)
    found = [course.readable(language) for language in course.languages()]
    lessons = found[0][0]
    mistakes = list(dict.fromkeys(str(error) for _, errors in found for error in errors))
    for mistake in mistakes:
        say(mistake)
    if not mistakes and not lessons:
        problem = "there is no lesson in it; crossent new-lesson writes one"
        raise LessonError(str(folders[-1]), 0, problem)
    count = "1 lesson" if len(lessons) == 1 else f"{len(lessons)} lessons"
    say(f"{count}: {f'mistakes: {len(mistakes)}' if mistakes else 'nothing is wrong'}")
    return WRONG if mistakes else 0
