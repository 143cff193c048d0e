"""What pages of a server with rooms have beside those of a built site, which has nothing of them.

To a figure's or a lesson's page it adds a script and a style sheet; and there is the page `join`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..build import SharedFiles, in_language
from ..content import asset_text, page_template
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
    for language in languages():
        for name in FIGURES:
            path = site / "figures" / in_language(name, language)
            add_to(path, f"figures/{name}", language, addresses)
    for slug, place in course.places().items():
        for language in place.languages:
            add_to(site / in_language(slug, language), slug, language, addresses)
    for language in languages():
        path = site / in_language("join", language)
        path.write_text(join_page(site, course, language), encoding="utf-8")
        add_to(path, None, language, addresses)


def add_to(path: Path, page: str | None, language: str, addresses: dict[str, str]) -> None:
    """Adds the script and the style sheet to a page; `page` is what rooms call it."""
    given = {"page": page, "texts": room_texts(interface_language(language))}
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
