"""The server: pages in Panel's shell, figures computed by NumPy."""

from __future__ import annotations

import atexit
import gc
import hashlib
import os
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import panel as pn
import tornado.web
from bokeh.server.urls import per_app_patterns
from bokeh.server.views.ws import WSHandler
from bokeh.settings import settings
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.process import task_id

from .build import build
from .content import ASSETS, LESSONS, page_template, style_sheet
from .errors import CrossentError, LessonError, UnknownFigureError
from .figures import FIGURES, figure_named
from .i18n import SOURCE, chosen_language, languages
from .links.browser import compile_figure
from .links.server import ServerLink
from .pages.course import Course
from .pages.lesson_page import course_words, lesson_json, lesson_slots, lesson_words
from .pages.page import (
    Slot,
    index_slots,
    language_words,
    page_json,
    page_words,
    state_from_query,
)
from .pages.scripts import runtime_script
from .pages.trust import trust_words
from .saves import Saves

# A session to whose page no socket came is dropped after this long; a page that comes later takes
# a new one. One whose page is gone is dropped at the next check.
UNUSED_SESSION_LIFETIME = 10_000  # ms
CHECK_SESSIONS = 250  # ms
COLLECTIONS = 2  # of the younger objects, until the collector looks at all that sessions made


class PromptWebSocket(WSHandler):
    """Panel's socket, prompt: an answer's frames do not wait for each other (Nagle's algorithm),
    and a session whose page is gone goes too."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self.set_nodelay(True)
        return super().open(*args, **kwargs)

    def on_close(self) -> None:
        # A page whose socket was lost takes a new session by itself and tells it its state.
        session = self.connection.session if self.connection else None
        super().on_close()
        if session is not None and not session.connection_count:
            session.request_expiration()


def use_prompt_websocket() -> None:
    """Puts our socket where Panel put its own, keeping what Panel's adds to it."""
    route, panels = next(p for p in per_app_patterns if issubclass(p[1], WSHandler))
    if not issubclass(panels, PromptWebSocket):
        ours = type("PromptPanelWebSocket", (PromptWebSocket, panels), {})
        per_app_patterns[per_app_patterns.index((route, panels))] = (route, ours)


def torch_readouts() -> Callable[..., Any] | None:
    """Torch's numbers for a figure's state, where torch is installed. It is imported when asked."""
    if find_spec("torch") is None:
        return None

    def readouts(name: str, state: dict[str, Any]) -> dict[str, Any] | None:
        from .check_figures import figure_readouts

        return figure_readouts(name, state)

    return readouts


@cache
def generated_assets() -> dict[str, tuple[str, str]]:
    """What is put together from several files: its type and text, by name."""
    return {
        "crossent.css": ("text/css", style_sheet()),
        "crossent.js": ("text/javascript", runtime_script()),
    }


@cache
def programs() -> str:
    """Every figure's traced functions, which a served page asks for only to check them."""
    return "".join(compile_figure(figure) for figure in FIGURES.values())


@cache
def trust_page() -> str:
    """How we know; the same for every visitor."""
    scripts = "".join(
        f'<script src="{asset_root()}/{name}"></script>' for name in ("programs.js", "crossent.js")
    )
    template = page_template("how-we-know")
    return template.render(trust_words() | {"home": "/", "head": head(), "scripts": scripts})


@cache
def asset_root() -> str:
    """Where assets are served: an address that changes when any of them does."""
    digest = hashlib.sha256("".join(text for _, text in generated_assets().values()).encode())
    return f"/assets/{digest.hexdigest()[:12]}"


def head() -> str:
    """The links of every page's head."""
    return (
        f'<link rel="icon" href="{asset_root()}/favicon.svg" type="image/svg+xml">\n'
        + "".join(
            f'  <link rel="preload" href="{asset_root()}/fonts/{font}.woff2" as="font" '
            'type="font/woff2" crossorigin>\n'
            for font in ("inter", "source-serif-4")
        )
        + f'  <link rel="stylesheet" href="{asset_root()}/crossent.css">'
    )


@dataclass(frozen=True)
class Visit:
    """The languages of a visit: those that the page is in, the one chosen, and whether by link."""

    language: str = SOURCE
    available: tuple[str, ...] = (SOURCE,)
    asked: bool = False

    @classmethod
    def now(cls, available: list[str]) -> Visit:
        """The visit that is being answered."""
        asked = asked_language()
        headers = {name.lower(): value for name, value in (pn.state.headers or {}).items()}
        language = chosen_language(asked, headers.get("accept-language"), available)
        by_link = asked is not None and chosen_language(asked, language, available) == language
        return cls(language, tuple(available), by_link)

    def keep(self, href: str) -> str:
        """An address within the site; where a link has asked for a language, it asks for it too."""
        return f"{href}?lang={self.language}" if self.asked else href

    def address(self, kind: str, name: str) -> str:
        """The address of a lesson's or a figure's page."""
        return self.keep(address(kind, name))

    def words(self) -> dict[str, Any]:
        """What the templates need of it."""
        links = {language: f"?lang={language}" for language in self.available}
        return language_words(self.language, links)


def asked_language() -> str | None:
    """The language that the address asks for."""
    given = (pn.state.session_args or {}).get("lang")
    return given[-1].decode("utf-8", "replace") if given else None


def page(
    template: str,
    slots: list[Slot],
    visit: Visit,
    more: dict[str, Any] | None = None,
    **words: Any,
) -> ServerLink:
    """The link of a new session, whose document becomes the page; its figures are its own.

    `words` are the template's, `more` is what the page's script is given beside its figures.
    """
    spoken = visit.words()
    if "page_title" not in words:
        words |= page_words(template, slots, visit.language)
    # What a session keeps is small: the template is everyone's, and the page's data is a function
    # that is called when the page is written and not again.
    given = partial(page_json, slots, served=True, language=spoken["language"], **(more or {}))
    document = pn.state.curdoc
    document.template = page_template(template)
    variables = {
        **words,
        **spoken,
        "served": True,
        "slots": slots,
        "home": visit.keep("/"),
        "trust": "/how-we-know",
        "page_json": given,
        "head": head(),
        "scripts": f'<script src="{asset_root()}/crossent.js"></script>',
    }
    document.template_variables.update(variables)
    figures = {slot.identity: slot.figure(**slot.figure.resolve(slot.state)[0]) for slot in slots}
    return ServerLink(figures, torch_readouts())


def figure_address(name: str) -> str:
    """The address of a figure's own page."""
    return f"/figures/{name}"


def address(kind: str, name: str) -> str:
    """The address of a lesson's or a figure's page."""
    return f"/{name}" if kind == "lesson" else figure_address(name)


def index_page(course: Course) -> ServerLink:
    """The course, then all figures as cards, each alive."""
    visit = Visit.now(course.languages())
    lessons, errors = course.readable(visit.language)
    slots = index_slots(lambda name: visit.address("figure", name), language=visit.language)
    return page("index", slots, visit, **course_words(lessons, visit.address, errors))


def lesson_page(course: Course, slug: str) -> ServerLink:
    """A lesson, as its file is now; a mistake in it is one sentence here and in the console."""
    visit = Visit.now(course.languages(slug))
    try:
        lesson = course.lesson(slug, visit.language)
        lessons, _ = course.readable(visit.language)
        words = lesson_words(lesson, lessons, visit.address)
    except LessonError as error:
        print(f"crossent: {error}", file=sys.stderr, flush=True)
        return page("lesson-error", [], visit, sentence=str(error))
    torch = find_spec("torch") is not None
    slots = lesson_slots(lesson, visit.address, torch=torch, language=visit.language)
    return page("lesson", slots, visit, {"lesson": lesson_json(lesson)}, **words)


def figure_page(name: str) -> ServerLink:
    """One figure, bare, in the state that the address asks for."""
    figure = figure_named(name)
    visit = Visit.now(list(languages()))
    query = {
        key: [value.decode("utf-8", "replace") for value in values]
        for key, values in (pn.state.session_args or {}).items()
    }
    slot = Slot(
        name,
        figure,
        state=state_from_query(figure, query),
        href=visit.address("figure", name),
        own=True,
        torch=find_spec("torch") is not None,
        language=visit.language,
    )
    return page("figure", [slot], visit, slot=slot)


class NotFound(tornado.web.RequestHandler):
    """One sentence on an address that leads nowhere, and where to go instead."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish(not_found_page(self.request.path))


def not_found_page(path: str) -> str:
    """A page that says which figure or page there is not, and which there are."""
    sentence = not_found_sentence(path.strip("/"))
    links = "".join(
        f'<li><a href="{figure_address(name)}">{escape(figure.title)}</a></li>'
        for name, figure in FIGURES.items()
    )
    return page_template("not-found").render(head=head(), sentence=escape(sentence), links=links)


def not_found_sentence(path: str) -> str:
    """What there is not, and the nearest that there is."""
    if path.startswith("figures/"):
        try:
            figure_named(path.removeprefix("figures/"))
        except UnknownFigureError as error:
            sentence = str(error)
            return sentence[0].upper() + sentence[1:] + ("" if sentence.endswith("?") else ".")
    return f"There is no page '{path[:60]}'."


class Assets(tornado.web.StaticFileHandler):
    """Files below assets/, kept by the browser: their address changes when they do."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")


class GeneratedAssets(tornado.web.RequestHandler):
    """The style sheet and the script that are put together from several files."""

    def get(self, name: str) -> None:
        if name == "programs.js":
            kind, text = "text/javascript", programs()
        else:
            kind, text = generated_assets()[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.finish(text)


class TrustPage(tornado.web.RequestHandler):
    """How we know."""

    def get(self) -> None:
        self.finish(trust_page())


def build_server(
    *,
    port: int = 5006,
    address: str = "127.0.0.1",
    num_procs: int = 1,
    allow_origin: list[str] | None = None,
    compute: str = "server",
    lessons: Path = LESSONS,
) -> Any:
    """A server that has bound its port and is not started yet.

    With `compute` "browser" it serves the built site: no session, and no traffic per drag.

    Raises
    ------
    CrossentError
        If the port is taken.
    """
    settings.resources = "server"  # nothing from any other origin
    pn.config.reconnect = False  # the page takes a new session by itself
    pn.config.browser_info = False  # nothing asks for it, and it is a second component a session
    use_prompt_websocket()
    course = Course(lessons)
    pages = session_pages(course) if compute == "server" else {}
    hosts = [f"{host}:{port}" for host in {"localhost", "127.0.0.1", address}]
    try:
        return pn.io.server.get_server(
            pages,
            port=port,
            address=address,
            num_procs=num_procs,
            websocket_origin=hosts + list(allow_origin or []),
            location=False,
            title="Crossent",
            ico_path=str(ASSETS / "favicon.ico"),
            use_index=False,
            unused_session_lifetime_milliseconds=UNUSED_SESSION_LIFETIME,
            check_unused_sessions_milliseconds=CHECK_SESSIONS,
            extra_patterns=asset_patterns()
            + ([] if compute == "server" else built_patterns(lessons)),
            default_handler_class=NotFound,
        )
    except OSError as error:
        raise CrossentError(
            f"cannot listen on {address}:{port} ({error.strerror}); try --port {port + 1}"
        ) from error


def session_pages(course: Course) -> dict[str, Callable[[], ServerLink]]:
    """The pages whose figures this server computes, by address; each visit has a session."""
    for figure in FIGURES.values():  # made once, before anyone waits for them
        figure.spec("view"), figure.spec("card")
    saves = Saves(course)
    pages: dict[str, Callable[[], ServerLink]] = {"/": lambda: index_page(course)}
    for slug in course.places():
        pages[f"/{slug}"] = lambda slug=slug: saves.watch(slug, lesson_page(course, slug))
    for name in FIGURES:
        pages[figure_address(name)] = lambda name=name: figure_page(name)
    return pages


def asset_patterns() -> list[tuple[Any, ...]]:
    """Where styles, scripts and fonts are."""
    return [
        (r"/assets/[0-9a-f]{12}/(crossent\.css|crossent\.js|programs\.js)", GeneratedAssets),
        (r"/how-we-know", TrustPage),
        (r"/assets/[0-9a-f]{12}/(.*)", Assets, {"path": str(ASSETS)}),
    ]


def built_patterns(lessons: Path) -> list[tuple[Any, ...]]:
    """The built site, made now, under the addresses of the served one."""
    folder = tempfile.mkdtemp(prefix="crossent-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(Path(folder) / "site", lessons=lessons, say=lambda line: None)
    return [(r"/(.*)", BuiltSite, {"path": f"{folder}/site", "default_filename": "index.html"})]


class BuiltSite(tornado.web.StaticFileHandler):
    """Files of a built site; a page's address needs no .html."""

    def parse_url_path(self, url_path: str) -> str:
        path = super().parse_url_path(url_path)
        return path if not path or "." in path.rpartition("/")[2] else f"{path}.html"

    def write_error(self, status_code: int, **details: Any) -> None:
        self.finish(not_found_page(self.request.path))


def serve(*, open_browser: bool = True, **options: Any) -> None:
    """Runs the server until it is interrupted."""
    server = build_server(**options)
    server.start()
    keep_for_good()
    task = task_id()  # None unless there are several processes, which were forked just now
    if task is not None:
        stop_with_parent(server.io_loop, os.getppid())
    if task in (None, 0):
        url = f"http://{server.address or 'localhost'}:{server.port}/"
        print(f"Crossent is at {url} (Ctrl+C stops it)", flush=True)
        if open_browser and not os.environ.get("CI"):
            server.io_loop.add_callback(webbrowser.open, url)
    server.io_loop.start()


def keep_for_good() -> None:
    """Python's collector need not look again at what there is now: modules, figures, templates.

    What is left to look at is what sessions make, a thousandth of a second's work for each dozen,
    so all of it is looked at often: what closed pages leave in cycles does not pile up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, COLLECTIONS)


def stop_with_parent(loop: IOLoop, parent: int) -> None:
    """Stops one of several processes when the one that was started, and forked them, is gone."""

    def look() -> None:
        if os.getppid() != parent:
            loop.stop()

    PeriodicCallback(look, 500).start()
