"""What pages of a server with rooms have beside those of a built site, which has nothing of them.

To a figure's or a lesson's page it adds a script and a style sheet; and there is the page `join`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from ..build import SharedFiles, in_language
from ..content import asset_text, page_template
from ..errors import LessonError
from ..figures import FIGURES
from ..i18n import interface_language, languages, room_texts, translator
from ..pages.course import Course
from ..pages.page import language_words, page_json
from ..pages.scripts import runtime_script, script_json
from ..serving.files import BuiltSite
from ..serving.pages import Visit

SCRIPT, STYLE = "rooms.js", "rooms.css"
END = "</body>"


def add_rooms(site: Path, course: Course) -> None:
    """Adds to a built site what rooms need."""
    files = {
        SCRIPT: runtime_script("rooms/main.js").encode(),
        STYLE: asset_text(STYLE).encode(),
    }
    written = SharedFiles(site)
    addresses = {name: f"/{written.asset(name, content)}" for name, content in files.items()}
    for name in FIGURES:
        said = figure_names(name)
        for language in languages():
            path = site / "figures" / in_language(name, language)
            names = names_for(language, languages(), said)
            add_to(path, f"figures/{name}", language, addresses, names)
    for slug, place in course.places().items():
        said = lesson_names(course, slug)
        for language in place.languages:
            names = names_for(language, place.languages, said)
            add_to(site / in_language(slug, language), slug, language, addresses, names)
    for language in languages():
        path = site / in_language("join", language)
        path.write_text(join_page(site, course, language), encoding="utf-8")
        add_to(path, None, language, addresses, {})


Names = Callable[[str], list[str]]  # what classes are called in a language, in one order in all


def figure_names(name: str) -> Names:
    """The classes of a figure's own page."""

    figure = FIGURES[name]
    own = figure.parameters().get("classes")
    said = list(own.default) if own else []
    said += [called for one in figure.presets for called in one.state.get("classes", [])]

    @cache
    def names(language: str) -> list[str]:
        return [*map(translator(language), said)]

    return names


def lesson_names(course: Course, slug: str) -> Names:
    """The classes of a lesson's figures, as it begins and as they are by themselves."""

    @cache
    def names(language: str) -> list[str]:
        with contextlib.suppress(LessonError):
            uses = course.lesson(slug, language).figures
            own = [use.state.get("classes", []) for use in uses]
            by_itself = [figure_names(str(use.figure.name_of))(language) for use in uses]
            return [*chain(*own, *by_itself)]
        return []

    return names


def names_for(language: str, others: Iterable[str], names: Names) -> dict[str, str]:
    """What a page calls the classes that a lecturer's page in another language names."""
    ours = names(language)
    pairs = chain(*(zip(names(other), ours, strict=False) for other in others))
    return {theirs: own for theirs, own in pairs if theirs not in ours}


def add_to(
    path: Path, page: str | None, language: str, addresses: dict[str, str], names: dict[str, str]
) -> None:
    """Adds the script and the style sheet to a page; `page` is what rooms call it."""
    texts = room_texts(interface_language(language))
    given = {"page": page, "texts": texts, "names": names}
    html = path.read_text(encoding="utf-8")
    head, closing, rest = html.rpartition(END)
    assert closing, f"{path} has no end"
    more = (
        f'  <link rel="stylesheet" href="{addresses[STYLE]}">\n'
        f'  <script type="application/json" data-crossent="rooms">{script_json(given)}</script>\n'
        f'  <script src="{addresses[SCRIPT]}"></script>\n'
    )
    path.write_text(head + more + closing + rest, encoding="utf-8")


def join_page(site: Path, course: Course, language: str) -> str:
    """The page where a code is typed."""
    styles, scripts = (
        next(path.name for path in sorted(site.glob(f"assets/crossent.*.{ending}")))
        for ending in ("css", "js")
    )
    icon = next(path.name for path in site.glob("assets/favicon.*.svg"))
    words: dict[str, Any] = {
        "page_title": translator(language)("Join a room"),
        "brand": course.brand(language),
        "home": in_language("index", language),
        "trust": None,
        "served": False,
        "page_json": lambda: page_json([], served=False, language=language),
        "head": f'<link rel="icon" href="/assets/{icon}">\n'
        f'  <link rel="stylesheet" href="/assets/{styles}">',
        "scripts": f'<script src="/assets/{scripts}"></script>',
    }
    others = {other: f"?lang={other}" for other in languages()}
    return page_template("join").render(words | language_words(language, others))


class JoinPage(BuiltSite):
    """The page where a code is typed, in the visitor's language."""

    def parse_url_path(self, url_path: str) -> str:
        return in_language("join", Visit.of(self.request, list(languages())).language)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Vary", "Accept-Encoding, Accept-Language")
