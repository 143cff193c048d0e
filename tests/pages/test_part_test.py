"""The page that tests a part of the course."""

import re

from tests.course import lessons as course_in

from crossent.i18n import translator
from crossent.pages.part_test import (
    ASKED,
    is_asked,
    part_names,
    practice_of,
    words_of_test,
)

# A title with one of these words speaks of what there is to be seen.
OF_A_FIGURE = re.compile(
    r"\b(bars?|curves?|plots?|figure|picture|pixels?|map|drawn|shown|drag|now|again|here)\b", re.I
)


def address(kind: str, name: str) -> str:
    return f"/{kind}/{name}"


def test_each_part_has_more_to_ask_than_a_test_asks() -> None:
    for name, (_, lessons) in part_names(course_in()).items():
        assert sum(map(is_asked, practice_of(lessons))) > ASKED, name


def test_a_parts_test_has_one_address_in_every_language() -> None:
    english, french = (part_names(course_in(language)) for language in ("en", "fr"))
    assert list(english) == list(french)
    assert [title for title, _ in english.values()] != [title for title, _ in french.values()]


def test_what_speaks_of_its_figure_is_asked_beside_it_only() -> None:
    asked = [one.title for one in practice_of(course_in()) if one.alone and not one.spec]
    assert [title for title in asked if OF_A_FIGURE.search(title)] == []


def test_the_same_things_are_asked_in_every_language() -> None:
    def asked(language: str) -> list[tuple[str, str, bool]]:
        lessons = course_in(language)
        return [(one.slug, it.identity, is_asked(it)) for one in lessons for it in one.practice]

    assert asked("en") == asked("fr")


def test_each_thing_asked_says_where_to_read_again() -> None:
    course = course_in()
    for title, lessons in part_names(course).values():
        homes = [f'href="/lesson/{one.slug}' for one in lessons]
        words = words_of_test(title, lessons, address, translator("en"))
        for item in words["items"]:
            assert any(home in item["html"] for home in homes)
            assert 'href="#' not in item["html"]


def test_a_goal_is_not_asked_where_there_is_no_figure() -> None:
    (_, lessons), *_ = part_names(course_in()).values()
    words = words_of_test("A", lessons, address, translator("en"))
    kinds = [one.spec.get("kind") for one in practice_of(lessons) if one.alone]
    assert "goal" in kinds
    assert len(words["items"]) == len(kinds) - kinds.count("goal")
