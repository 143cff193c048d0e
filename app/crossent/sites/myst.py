"""A plugin for mystmd and Jupyter Book 2: the directives crossent-figure and crossent-lesson.

MyST's themes show a widget, an ES module that is given a place on the page (an anywidget); what it
asks for beside itself would not come along, so each module has all of it inside. The plugin
(assets/templates/myst-plugin.mjs) runs while a document is built: it checks what an author asks for
as the page would, and says each mistake with its file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from ..content import asset_text
from ..figures import FIGURES
from ..pages.directives.figures import hideable
from ..pages.lesson import Lesson
from ..pages.scripts import runtime_module
from .elements import Site, all_inside, as_json, expression

PLUGIN = "crossent.mjs"
PARTS = "parts.mjs"
WIDGET = "runtime/widget.js"
LESSON_WIDGET = "runtime/lesson-widget.js"


def write_plugin(
    site: Site, programs: Mapping[str, str], lessons: Sequence[tuple[Lesson, str]]
) -> None:
    """Writes the plugin with its widgets; `lessons` are the whole pages of lessons, as HTML."""
    site.write(PLUGIN, asset_text("templates/myst-plugin.mjs"))
    site.write(PARTS, parts_text([lesson for lesson, _ in lessons]))
    given = all_inside(FIGURES, programs)
    site.write("figures.mjs", f"export default {expression(WIDGET)}.figureWidget({given});\n")
    for lesson, html in lessons:
        page = as_json(without_links(html))
        widget = f"export default {expression(LESSON_WIDGET)}.lessonWidget({page});\n"
        site.write(f"lessons/{lesson.slug}.mjs", widget)


# A script, which is left as it is, or a link to another page of the course.
LINK = re.compile(r'(<script\b.*?</script>)|(<a\b[^>]*?\bhref=")(?![#"]|\w+:)', re.S)


def without_links(html: str) -> str:
    """A lesson's page whose links to others say so: they are not where the page will be."""
    return LINK.sub(lambda found: found[1] or f"{found[2]}crossent-site:", html)


def parts_text(lessons: Iterable[Lesson]) -> str:
    """The module of what the plugin must know of figures and lessons."""
    figures = {
        name: {
            "title": figure.title,
            "parameters": [parameter.schema() for parameter in figure.parameters().values()],
            "hideable": list(hideable(figure)),
        }
        for name, figure in FIGURES.items()
    }
    known = {lesson.slug: of_lesson(lesson) for lesson in lessons}
    return "\n".join(
        [
            runtime_module("runtime/state.js", ["StateSpace", "nearestName"]),
            f"export const FIGURES = {json.dumps(figures)};",
            f"export const LESSONS = {json.dumps(known)};",
            "",
        ]
    )


def of_lesson(lesson: Lesson) -> dict[str, str]:
    """What the plugin must know of a lesson."""
    first = next(iter(lesson.figures), None)
    return {"title": lesson.title, "picture": first.figure.name_of if first else ""}
