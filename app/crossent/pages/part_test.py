"""The page that tests a part of the course: what it may ask, and where to read again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from ..i18n import Translate
from .course import parts
from .directives.markup import data
from .lesson import Lesson, Practice, addressed

ASKED = 10  # in a test
QUESTIONS = 3  # of them, where there are exercises enough
LONGEST_NAME = 60

Address = Callable[[str, str], str]


def part_names(lessons: Sequence[Lesson]) -> dict[str, tuple[str, list[Lesson]]]:
    """The parts that can be tested, by the name that stands in their tests' addresses.

    It is made of the part's English title, so that it is the same in every language.
    """
    found: dict[str, tuple[str, list[Lesson]]] = {}
    for title, group in parts(list(lessons)):
        words = re.findall(r"[a-z0-9]+", (group[0].original_part or group[0].part).lower())
        name = "-".join(words)[:LONGEST_NAME].strip("-") or "part"
        if any(map(is_asked, practice_of(group))) and name not in found:
            found[name] = title, group
    return found


def practice_of(lessons: Sequence[Lesson]) -> list[Practice]:
    """The exercises and questions of some lessons."""
    return [one for lesson in lessons for one in lesson.practice]


def is_asked(practice: Practice) -> bool:
    """Whether a test can ask it: it needs no figure beside it."""
    is_goal = practice.spec.get("kind") == "goal"
    return practice.alone and not is_goal and "data-live" not in practice.title


def words_of_test(
    title: str, lessons: Sequence[Lesson], address: Address, t: Translate
) -> dict[str, Any]:
    """What the template of a test's page needs, for a part of a title and its lessons."""
    return {
        "page_title": f"{t('Test')}: {title}",
        "description": t("Ten questions on a part of the course, drawn anew for each test."),
        "part": title,
        "part_language": next((one.language for one in lessons if one.part == title), "en"),
        "items": items_of(lessons, address, t),
    }


def words_of_practice(lessons: Sequence[Lesson], address: Address, t: Translate) -> dict[str, Any]:
    """What the template of the page Practice needs: the items of all lessons."""
    return {
        "page_title": t("Practice"),
        "description": t("Questions from the whole course, each when it is due."),
        "items": items_of(lessons, address, t),
    }


def items_of(lessons: Sequence[Lesson], address: Address, t: Translate) -> list[dict[str, Any]]:
    """What can be asked away from its lesson."""
    return [
        item(practice, lesson, address, t)
        for lesson in lessons
        for practice in lesson.practice
        if is_asked(practice)
    ]


def json_of_test() -> dict[str, Any]:
    """What the page's script must know of a test."""
    return {"asked": ASKED, "questions": QUESTIONS}


def item(practice: Practice, lesson: Lesson, address: Address, t: Translate) -> dict[str, Any]:
    """What a test may ask, as a template of the page."""
    home = address("lesson", lesson.slug)
    headings = {heading.identity: heading.html for heading in lesson.headings}
    section = headings.get(practice.read, "")
    html = (
        f'<p class="block-title" data-title>{practice.title}</p>'
        f'<div class="task">{practice.task}</div>{field(practice, t)}'
        f'<p class="verdict" data-said></p>'
        f'<div class="way" hidden>{practice.way}</div>'
        f'<p class="read-again" hidden>{escape(t("Read again:"))} '
        f'<a href="{escape(home)}{f"#{practice.read}" if section else ""}">'
        f"{escape(lesson.title)}{f' › {section}' if section else ''}</a></p>"
    )
    # What leads to a place of its own lesson leads there from here.
    html = html.replace('href="#', f'href="{escape(home)}#')
    return {
        "html": addressed(html, address),
        "key": f"{lesson.slug}/{practice.identity}",
        "spec": data(practice.spec) if practice.spec else "",
        "language": lesson.language,
    }


def field(practice: Practice, t: Translate) -> str:
    """Where the answer is given; the page's script gives each its name."""
    spec: Mapping[str, Any] = practice.spec
    if spec and spec["kind"] == "number":
        return (
            f'<div class="typed"><label>{escape(t("Your answer"))} <input type="text" '
            f'autocomplete="off" spellcheck="false" maxlength="60"></label> '
            f"<span>{practice.unit}</span></div>"
        )
    kind = "checkbox" if sum(practice.right) > 1 else "radio"
    labels = spec["base"]["classes"] if spec and spec["kind"] == "class" else None
    texts = [escape(label) for label in labels] if labels else practice.labels
    items = "".join(
        f'<li{right(practice, i)}><label class="choice-box"><input type="{kind}">'
        f"<span>{text}</span></label></li>"
        for i, text in enumerate(texts)
    )
    return f'<div data-choices><ul class="choices">{items}</ul></div>'


def right(practice: Practice, place: int) -> str:
    """The attribute that marks a question's right choice."""
    return " data-right" if practice.right and practice.right[place] else ""
