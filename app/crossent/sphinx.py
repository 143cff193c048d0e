"""Sphinx and Jupyter Book: ``extensions = ["crossent.sphinx"]`` brings living figures and lessons.

    .. crossent-figure:: logit-gradient
       :state: {logits: [2, 1, 0.1], target: 0}
       :hide: temperature, presets

       Pull a logit, and the gradient answers.

    .. crossent-lesson:: surprise

The same in MyST. A document's figures and lessons, and what they need, are written once, into
``_static/crossent``; pages hold iframes that are as high as what they show, and as light or dark as
the page. Where no script runs, as in LaTeX, there is a picture of the figure, which leads to the
living one below ``crossent_url``, or else ``html_baseurl``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from . import __version__
from .build import SharedFiles, figures_of, in_language, traced_figures, write_pages
from .content import ASSETS, LESSONS
from .errors import CrossentError, PlacedError, UnknownFigureError, unknown
from .figures import FIGURES, Figure, figure_named
from .figures.figure import State
from .i18n import SOURCE, languages, translator
from .pages.course import Course
from .pages.directives.figures import hideable
from .pages.lesson import Lesson
from .pages.scripts import runtime_script
from .pages.source import Markdown, Source

PLACE = "_static/crossent"
THEMES = ("auto", "light", "dark")
FIGURE_HEIGHT, LESSON_HEIGHT = 640, 900  # px, until the page within has told its own


class Living(nodes.General, nodes.Element):
    """A page of ours within a page of the document; its children stand where no script runs."""


class Embedding(SphinxDirective):
    """What both directives have in common."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "state": directives.unchanged_required,
        "hide": directives.unchanged_required,
        "height": directives.positive_int,
        "caption": directives.unchanged_required,
        "theme": lambda given: directives.choice(given, THEMES),
    }
    height: int  # px, where none is given

    def note(self, kind: str, name: str) -> None:
        """Notes that the document uses a figure or a lesson."""
        used = self.env.__dict__.setdefault("crossent_used", {})
        used.setdefault(self.env.docname, set()).add((kind, name))

    def entries(self) -> dict[str, Any]:
        """What the option `state` holds, as it is written: a mapping in YAML."""
        text = self.options.get("state")
        try:
            return Source("").mapping(Markdown(1, text), "the state")[0] if text else {}
        except PlacedError as error:
            raise self.error(error.problem) from error

    def living(self, page: str, title: str, query: Mapping[str, Any], picture: str) -> nodes.Node:
        """The page within, with its caption; `query` is what its address asks for."""
        theme = self.options.get("theme", "auto")
        asked = dict(query) | ({"theme": theme} if theme != "auto" else {})
        address = f"{page}?{query_of(asked)}".rstrip("?")
        node = Living(address=address, title=title, height=self.options.get("height", self.height))
        node += self.instead(address, title, picture)
        caption = self.caption()
        if not caption:
            return node
        whole = nodes.figure("", node, classes=["crossent"])
        whole += nodes.caption("", "", *caption)
        return whole

    def caption(self) -> list[nodes.Node]:
        """The caption: the option, or the first paragraph of the body."""
        if "caption" in self.options:
            found, messages = self.parse_inline(self.options["caption"], lineno=self.lineno)
            return [*found, *messages]
        body = self.parse_content_to_nodes()
        if len(body) > 1 or (body and not isinstance(body[0], nodes.paragraph)):
            raise self.error(f"the body of {self.name} is its caption: one paragraph")
        return list(body[0].children) if body else []

    def instead(self, address: str, title: str, picture: str) -> nodes.Node:
        """A picture that leads to the living page, if it is known where that will be."""
        base = self.config.crossent_url or self.config.html_baseurl
        shown: nodes.Node = nodes.inline("", title)
        if picture:
            way = os.path.relpath(ASSETS / "pictures" / picture, self.env.srcdir)
            shown = nodes.image(uri=f"/{Path(way).as_posix()}", alt=title, width="100%")
        if base:
            target = f"{base.rstrip('/')}/{PLACE}/{address}"
            shown = nodes.reference("", "", shown, refuri=target, internal=False)
        return nodes.paragraph("", "", shown)


class FigureDirective(Embedding):
    """``crossent-figure``: a living figure."""

    height = FIGURE_HEIGHT

    def run(self) -> list[nodes.Node]:
        """The figure, in the state that is given, with its controls hidden that are named."""
        figure = self.figure()
        state = self.entries()
        _, problems = figure.resolve(state)
        if problems:
            raise self.error(problems[0])
        hide = self.options.get("hide", "")
        known = hideable(figure)
        for name in filter(None, map(str.strip, hide.split(","))):
            if name not in known:
                raise self.error(unknown(name, known, f"{figure.name_of} has no control"))
        query = state | ({"hide": hide} if hide else {})
        name, language = figure.name_of, spoken(self.config)
        self.note("figure", name)
        page = f"figures/{in_language(name, language)}"
        return [self.living(page, translator(language)(figure.title), query, f"{name}.png")]

    def figure(self) -> type[Figure]:
        """The figure that is named."""
        try:
            return figure_named(self.arguments[0])
        except UnknownFigureError as error:
            raise self.error(str(error)) from error


class LessonDirective(Embedding):
    """``crossent-lesson``: a whole lesson."""

    height = LESSON_HEIGHT

    def run(self) -> list[nodes.Node]:
        """The lesson; `state` is a mapping of its figures' ids to their states."""
        lesson = self.lesson()
        uses = {use.identity: use.figure for use in lesson.figures}
        query: State = {}
        for identity, state in self.entries().items():
            if identity not in uses:
                raise self.error(unknown(identity, uses, f"lesson {lesson.slug} has no figure"))
            _, problems = uses[identity].resolve(state if isinstance(state, dict) else {"": state})
            if problems:
                raise self.error(problems[0])
            query |= {f"{identity}.{name}": value for name, value in state.items()}
        if hide := self.options.get("hide"):
            query["hide"] = hide
        first = next(iter(lesson.figures), None)
        picture = f"{first.figure.name_of}.png" if first else ""
        self.note("lesson", lesson.slug)
        page = in_language(lesson.slug, lesson.language)
        return [self.living(page, lesson.title, query, picture)]

    def lesson(self) -> Lesson:
        """The lesson that is named."""
        slug = self.arguments[0]
        try:
            course = course_of(self.config, self.env.srcdir)
            places = course.places()
            if slug not in places:
                raise self.error(unknown(slug, places, "no lesson"))
            return course.lesson(slug, spoken(self.config))
        except CrossentError as error:
            raise self.error(str(error)) from error


def query_of(entries: Mapping[str, Any]) -> str:
    """Entries as a query: a text is left as it is, everything else is JSON."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in entries.items()
    }
    return "&".join(f"{quote(name)}={quote(text, safe='[],')}" for name, text in texts.items())


def spoken(config: Any) -> str:
    """The document's language, if the interface can speak it."""
    language = (config.language or SOURCE).partition("_")[0]
    return language if language in languages() else SOURCE


def course_of(config: Any, folder: Path) -> Course:
    """The course, and beside it lessons of the document's own, below its folder."""
    return Course([LESSONS, *(Path(folder, name) for name in config.crossent_lessons)])


# -- the document's pages ------------------------------------------------------------------------


def visit_living_html(writer: Any, node: Living) -> None:
    """An iframe, and with a page's first one the script that minds them."""
    builder = writer.builder
    if builder.name == "epub":
        return
    here = "" if builder.name == "singlehtml" else builder.get_target_uri(builder.current_docname)
    address = relative_uri(here, f"{PLACE}/{node['address']}")
    title = escape(f"Crossent: {node['title']}")
    writer.body.append(
        f'<iframe class="crossent" src="{escape(address)}" title="{title}" '
        f'style="width:100%;height:{node["height"]}px;border:0" loading="lazy" '
        f'allow="clipboard-write"></iframe>'
    )
    raise nodes.SkipNode


def visit_living(writer: Any, node: Living) -> None:
    """Where no script runs, what stands within."""


def depart_living(writer: Any, node: Living) -> None:
    """Nothing more."""


def add_script(app: Sphinx, page: str, template: str, context: Any, doctree: Any) -> None:
    """A page that holds one of ours has the script that minds it."""
    if doctree is not None and next(doctree.findall(Living), None) is not None:
        app.add_js_file("crossent/embed.js", loading_method="defer")


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """A document is read again, or is gone."""
    env.__dict__.get("crossent_used", {}).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, names: set[str], other: BuildEnvironment) -> None:
    """What another process read."""
    used = other.__dict__.get("crossent_used", {})
    env.__dict__.setdefault("crossent_used", {}).update(
        {name: used[name] for name in names if name in used}
    )


def write_site(app: Sphinx, error: Exception | None) -> None:
    """Writes what the document uses, once it is built."""
    used = set().union(*getattr(app.env, "crossent_used", {}).values()) if app.env else set()
    if error or not used or app.builder.format != "html" or app.builder.name == "epub":
        return
    course = course_of(app.config, app.srcdir)
    slugs = [slug for slug in course.places() if ("lesson", slug) in used]
    lessons = {
        language: [course.lesson(slug, language) for slug in slugs]
        for language in dict.fromkeys((SOURCE, spoken(app.config)))
    }
    figures = figures_of(lessons[SOURCE])
    figures |= {name: FIGURES[name] for kind, name in sorted(used) if kind == "figure"}
    folder = Path(app.outdir) / PLACE
    programs = traced_figures(figures, lambda line: None)
    brands = {language: course.brand(language) for language in lessons}
    write_pages(SharedFiles(folder, brands, trusted=False), programs, lessons, figures)
    (folder / "embed.js").write_text(runtime_script("runtime/embed.js"), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("crossent_url", "", "env", str)
    app.add_config_value("crossent_lessons", [], "env", list)
    others = (visit_living, depart_living)
    app.add_node(
        Living,
        html=(visit_living_html, depart_living),
        latex=others,
        text=others,
        man=others,
        texinfo=others,
    )
    app.add_directive("crossent-figure", FigureDirective)
    app.add_directive("crossent-lesson", LessonDirective)
    app.connect("html-page-context", add_script)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", write_site)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
