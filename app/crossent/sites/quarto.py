"""A Quarto extension: shortcodes for figures and lessons, in an extension's folder.

HTML gets the living figure (``<crossent-figure>``) from one script that asks for no other file, so
that a document may hold it too (``embed-resources``); every other format gets a picture that leads
to the living one. The shortcodes are assets/templates/quarto.lua.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from .. import __version__
from ..content import asset_text
from ..errors import readable
from ..figures import FIGURES
from ..pages.lesson import Lesson
from .elements import Site, all_inside, as_json, expression
from .myst import LESSON_WIDGET, of_lesson, without_links

EXTENSION = f"""title: Crossent
author: The Crossent developers
version: {__version__}
quarto-required: ">=1.4.0"
contributes:
  shortcodes:
    - crossent.lua
"""


def write_extension(
    site: Site, programs: Mapping[str, str], lessons: Sequence[tuple[Lesson, str]]
) -> None:
    """Writes the extension; `lessons` are the whole pages of lessons, as HTML."""
    site.write("_extension.yml", EXTENSION)
    site.write("crossent.lua", asset_text("templates/quarto.lua"))
    site.write("parts.lua", parts_text([lesson for lesson, _ in lessons]))
    given = all_inside(FIGURES, programs)
    figures = expression("runtime/elements.js")
    site.write("figures.js", f"{figures}.begin(document.baseURI, {given});\n")
    for lesson, html in lessons:
        shown = f"{expression(LESSON_WIDGET)}.lessonsHere({json.dumps(lesson.slug)}, "
        site.write(f"lesson-{lesson.slug}.js", f"{shown}{as_json(without_links(html))});\n")


def parts_text(lessons: Iterable[Lesson]) -> str:
    """What the shortcodes must know of figures and lessons, as Lua."""
    figures = [f"[{in_lua(name)}] = {in_lua(figure.title)}" for name, figure in FIGURES.items()]
    known = []
    for lesson in lessons:
        title, picture = of_lesson(lesson).values()
        entry = f"{{ title = {in_lua(title)}, picture = {in_lua(picture)} }}"
        known.append(f"[{in_lua(lesson.slug)}] = {entry}")
    return "\n".join(
        [
            "return {",
            f"  version = {in_lua(__version__)},",
            f"  figures = {{ {', '.join(figures)} }},",
            f"  lessons = {{ {', '.join(known)} }},",
            "}",
            "",
        ]
    )


def in_lua(text: str) -> str:
    """A text as Lua reads it."""
    return json.dumps(readable(text), ensure_ascii=False)
