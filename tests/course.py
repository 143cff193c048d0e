"""The course's lessons, read once in a process: all eighteen take seconds."""

import functools

from crossent.pages.course import Course
from crossent.pages.lesson import Lesson


@functools.cache
def lessons(language: str = "en") -> tuple[Lesson, ...]:
    """All of them, in order."""
    return tuple(Course().lessons(language))
