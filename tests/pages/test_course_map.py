"""The map of what builds on what."""

from itertools import combinations
from pathlib import Path

import pytest
from tests.course import lessons
from tests.pages.writing import FRONT, write

from crossent.pages.course import Course
from crossent.pages.course_map import Stop, course_map, map_svg
from crossent.pages.lesson import Lesson


def course(folder: Path, **needs: list[str]) -> list[Lesson]:
    """Lessons that need each other so."""
    for i, (slug, given) in enumerate(needs.items(), 1):
        front = FRONT.replace("minutes: 5", f"minutes: 5\nneeds: [{', '.join(given)}]")
        write(folder, "Text.\n", f"{i:02d}-{slug}", front)
    return Course(folder).readable()[0]


def lines_end(stops: list[Stop]) -> dict[str, int]:
    """The row in which each lesson's line ends."""
    found = {stop.lesson.slug: stop.row for stop in stops}
    for stop in stops:
        for slug in stop.needs:
            found[slug] = stop.row
    return found


def test_no_line_runs_over_another_or_through_a_lesson() -> None:
    stops = course_map(lessons())
    ends = lines_end(stops)
    for one, other in combinations(stops, 2):
        if one.column == other.column:
            assert ends[one.lesson.slug] < other.row


def test_a_line_comes_from_the_left_and_from_above() -> None:
    stops = {stop.lesson.slug: stop for stop in course_map(lessons())}
    for stop in stops.values():
        for slug in stop.needs:
            assert stops[slug].column < stop.column
            assert stops[slug].row < stop.row


def test_what_another_need_brings_along_has_no_line_of_its_own(tmp_path: Path) -> None:
    *_, last = course_map(course(tmp_path, a=[], b=["a"], c=["a", "b"]))
    assert last.needs == ("b",)
    assert last.after == ("a", "b")


@pytest.mark.parametrize("needs", [{"a": ["b"], "b": ["a"]}, {"a": ["a"]}, {}])
def test_a_course_that_goes_in_a_circle_has_a_map_too(
    tmp_path: Path, needs: dict[str, list[str]]
) -> None:
    found = course(tmp_path, **needs) if needs else []
    assert map_svg(course_map(found)).count("<circle") == len(needs)


def test_the_way_to_a_lesson_is_all_that_it_builds_on() -> None:
    stops = {stop.lesson.slug: stop for stop in course_map(lessons())}
    assert set(stops["race"].after) == {"surprise", "binary", "mse-vs-ce", "softmax-gradient"}
