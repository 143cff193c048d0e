"""The page that tests a part of the course."""

from tests.course import lessons

from crossent.i18n import translator
from crossent.pages.part_test import (
    ASKED,
    is_asked,
    part_names,
    practice_of,
    words_of_test,
)


def address(kind: str, name: str) -> str:
    return f"/{kind}/{name}"


def test_each_part_has_more_to_ask_than_a_test_asks() -> None:
    for name, (_, there) in part_names(lessons()).items():
        assert sum(map(is_asked, practice_of(there))) > ASKED, name


def test_a_parts_test_has_one_address_in_every_language() -> None:
    english, french = (part_names(lessons(language)) for language in ("en", "fr"))
    assert list(english) == list(french)
    assert [title for title, _ in english.values()] != [title for title, _ in french.values()]


def test_each_thing_asked_says_where_to_read_again() -> None:
    for title, there in part_names(lessons()).values():
        homes = [f'href="/lesson/{one.slug}' for one in there]
        words = words_of_test(title, there, address, translator("en"))
        for item in words["items"]:
            assert any(home in item["html"] for home in homes)
            assert 'href="#' not in item["html"]


def test_a_goal_is_not_asked_where_there_is_no_figure() -> None:
    (_, there), *_ = part_names(lessons()).values()
    words = words_of_test("A", there, address, translator("en"))
    kinds = [one.spec.get("kind") for one in practice_of(there)]
    assert "goal" in kinds
    assert len(words["items"]) == len(kinds) - kinds.count("goal")
