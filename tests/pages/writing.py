"""Lessons written for a test."""

from pathlib import Path

import pytest

from crossent.errors import LessonError
from crossent.pages.course import Course
from crossent.pages.lesson import Lesson

FRONT = "---\ntitle: Trial\nsummary: One sentence.\npart: Part\nminutes: 5\n---\n"
BODY = 7  # the first line after the front matter
FIGURE = ":::{figure} prediction-bars\n:::\n"


def write(folder: Path, body: str, name: str = "01-trial", front: str = FRONT) -> Path:
    """Writes a lesson into a course's folder."""
    lesson = folder / name
    lesson.mkdir(parents=True, exist_ok=True)
    (lesson / "index.md").write_text(front + body, encoding="utf-8")
    return folder


def lesson(folder: Path, body: str) -> Lesson:
    """The lesson that some text makes."""
    return Course(write(folder, body)).lessons()[0]


def mistake(folder: Path) -> str:
    """What is said of a course's mistake, without its folder; it must be one line."""
    with pytest.raises(LessonError) as caught:
        Course(folder).lessons()
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(str(folder))
    return said.removeprefix(f"{folder}/")
