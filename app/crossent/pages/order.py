"""The order of a course: lessons as their folders' numbers say, each behind the one it names, each
part in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ..errors import LessonError
from .lesson import Lesson


def arranged(lessons: Sequence[Lesson]) -> tuple[list[Lesson], list[LessonError]]:
    """Lessons in order, numbered along it, and what is wrong with what they say of it.

    Lessons keep their folders' numbers where these rise along the course, and are counted where
    they do not, as where a teacher's own come behind the course's.
    """
    followed, errors = behind_each_other(lessons)
    ordered = by_part(followed)
    if any(before.number >= after.number for before, after in pairwise(ordered)):
        ordered = [replace(lesson, number=i) for i, lesson in enumerate(ordered, 1)]
    return ordered, errors


def behind_each_other(lessons: Sequence[Lesson]) -> tuple[list[Lesson], list[LessonError]]:
    """Lessons with each behind the one that it names; one that is not there moves none."""
    there = {lesson.slug for lesson in lessons}
    first = [lesson for lesson in lessons if lesson.after not in there]
    followers: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        followers.setdefault(lesson.after, []).append(lesson)
    ordered: list[Lesson] = []
    waiting = first[::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += followers.get(ordered[-1].slug, [])[::-1]
    placed = {lesson.slug for lesson in ordered}
    left = {lesson.slug: lesson for lesson in lessons if lesson.slug not in placed}
    return [*ordered, *left.values()], circle(left)


def circle(left: Mapping[str, Lesson]) -> list[LessonError]:
    """What is wrong with lessons each of which names another of them."""
    way: list[str] = []
    slug = next(iter(left), "")
    while slug and slug not in way:
        way.append(slug)
        slug = left[slug].after
    if not slug:
        return []
    steps = " after ".join([*way[way.index(slug) :], slug])
    problem = f"after goes in a circle: {steps}"
    return [LessonError(left[slug].path, left[slug].lines.get("after", 1), problem)]


def by_part(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Lessons with those of a part together, where its first one stands."""
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault(part_of(lesson), []).append(lesson)
    return [lesson for group in groups.values() for lesson in group]


def part_of(lesson: Lesson) -> str:
    """What a part is known by in every language: its English name."""
    return lesson.original_part or lesson.part
