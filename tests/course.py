"""The course's lessons, read once in a process: all eighteen take seconds."""

import functools

from crossent.content import LESSONS
from crossent.pages.course import Course
from crossent.pages.lesson import Lesson


@functools.cache
def lessons(language: str = "en") -> tuple[Lesson, ...]:
    """All of them, in order."""
    return tuple(Course().lessons(language))


def text_of(slug: str, name: str = "index.md") -> str:
    """A lesson's file, as it is written."""
    (folder,) = LESSONS.glob(f"[0-9]*-{slug}")
    return (folder / name).read_text(encoding="utf-8")
