"""What the templates of a lesson's page and of the index need of the course."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..content import as_address
from ..errors import LessonError
from ..figures import FIGURES, Figure
from ..i18n import SOURCE
from .brand import Brand
from .course import parts
from .course_map import course_map, map_svg, map_width
from .files import content_of
from .hrefs import IMAGES, LARGEST_IMAGE
from .lesson import Lesson
from .lesson import addressed as with_addresses
from .page import Slot, spec_in
from .part_test import part_names

# ("lesson", slug) or ("figure", name): a site's own address for it.
Address = Callable[[str, str], str]


def lesson_slots(
    lesson: Lesson, address: Address, *, torch: bool = False, language: str = SOURCE
) -> list[Slot]:
    """The figures of a lesson's page."""
    return [
        Slot(
            use.identity,
            use.figure,
            state=use.state,
            form=use.form,
            href=address("figure", use.figure.name_of),
            own=True,
            torch=torch,
            prefix=f"{use.identity}.",
            # The lesson has its own things to try, beside the text that speaks of them.
            hide=("presets", *use.hide),
            later=use.later,
            shares=use.shares,
            language=language,
        )
        for use in lesson.figures
    ]


def lesson_words(
    lesson: Lesson,
    lessons: Sequence[Lesson],
    address: Address,
    picture: Callable[[Lesson, str], str] | None = None,
) -> dict[str, Any]:
    """A lesson's page, but for its figures; `lessons` are those that it can lead to."""
    slugs = [other.slug for other in lessons]
    place = slugs.index(lesson.slug) if lesson.slug in slugs else -1
    before = lessons[place - 1] if place > 0 else None
    after = lessons[place + 1] if 0 <= place < len(lessons) - 1 else None
    by_slug = {other.slug: other for other in lessons}

    def addressed(kind: str, name: str) -> str:
        if kind == "image":
            return (picture or as_data)(lesson, name)
        return address(kind, name)

    return {
        "page_title": lesson.title,
        "description": lesson.summary,
        "lesson": lesson,
        "body": lesson.html(addressed),
        "teacher": with_addresses(lesson.teacher, addressed),
        "contents": [heading for heading in lesson.headings if heading.level <= 3],
        "needs": [link_to(by_slug[slug], address) for slug in lesson.needs if slug in by_slug],
        "previous": link_to(before, address) if before else None,
        "next": link_to(after, address) if after else None,
    }


def link_to(lesson: Lesson, address: Address) -> dict[str, str]:
    """A lesson as a link to it."""
    return {
        "title": lesson.title,
        "href": address("lesson", lesson.slug),
        "language": lesson.language,
    }


def lesson_json(lesson: Lesson) -> dict[str, Any]:
    """What the page's script must know of the lesson."""
    return {"slug": lesson.slug, "title": lesson.title, "steps": lesson.steps}


def practice_json(
    lessons: Sequence[Lesson],
    address: Address,
    program: Callable[[str], str] = lambda name: "",
    language: str = SOURCE,
) -> dict[str, Any]:
    """The figures that lessons' exercises are about, by name: what is needed to draw and compute.

    `program` says where a figure's traced functions are, if the page has not got them.
    """
    return {
        name: {
            "parameters": spec_in(language, figure, "view")["parameters"],  # type: ignore[arg-type]
            "href": address("figure", name),
            "program": program(name),
        }
        for name, figure in practised(lessons).items()
    }


def practised(lessons: Sequence[Lesson]) -> dict[str, type[Figure]]:
    """The figures that lessons' exercises are about."""
    names = {one.spec["figure"] for lesson in lessons for one in lesson.practice if one.spec}
    return {name: figure for name, figure in FIGURES.items() if name in names}


def as_data(lesson: Lesson, name: str) -> str:
    """A picture of a lesson as an address that holds it."""
    return as_address(IMAGES[Path(name).suffix.lower()], picture_bytes(lesson, name))


def picture_bytes(lesson: Lesson, name: str) -> bytes:
    """A picture that lies beside a lesson's text.

    Raises
    ------
    LessonError
        If it was there when the lesson was read, and is not now.
    """
    try:
        picture = content_of(lesson.folder / name, LARGEST_IMAGE + 1)
        if len(picture) > LARGEST_IMAGE:
            raise OSError(errno.EFBIG, "it is too large")
        return picture
    except OSError as error:
        problem = f"the image '{name[:60]}' cannot be read: {error.strerror or error}"
        raise LessonError(lesson.path, 1, problem) from error


def index_words(brand: Brand) -> dict[str, str]:
    """The index's title and description, where a course has its own."""
    if not brand.own:
        return {}
    return {"page_title": brand.title, "description": brand.summary or brand.title}


def course_words(
    lessons: Sequence[Lesson], address: Address, errors: Sequence[LessonError] = ()
) -> dict[str, Any]:
    """The course, as the index shows it."""
    by_slug = {lesson.slug: lesson for lesson in lessons}
    stops = course_map(lessons)
    tests = {title: name for name, (title, _) in part_names(lessons).items()}
    return {
        "map": {
            "svg": map_svg(stops),
            "width": map_width(stops),
            "stops": [
                {
                    **link_to(stop.lesson, address),
                    "slug": stop.lesson.slug,
                    "after": " ".join(stop.after),
                    "needs": [link_to(by_slug[slug], address) for slug in stop.needs],
                }
                for stop in stops
            ],
        },
        "course": [
            {
                "title": title,
                "language": next(one.language for one in group if one.part == title),
                "test": address("test", tests[title]) if title in tests else "",
                "gives": next((one for one in group if one.gives), None),
                "minutes": sum(lesson.minutes for lesson in group),
                "lessons": [
                    {
                        "lesson": lesson,
                        "href": address("lesson", lesson.slug),
                        "steps": " ".join(lesson.steps),
                        "needs": [
                            link_to(by_slug[slug], address)
                            for slug in lesson.needs
                            if slug in by_slug
                        ],
                    }
                    for lesson in group
                ],
            }
            for title, group in parts(list(lessons))
        ],
        "practice": address("page", "practice") if tests else "",
        "mistakes": [str(error) for error in errors],
    }
