"""What is open: the routes that our pages use, and no other that Panel or Bokeh know.

Before any route is looked at, a request must name this server, ask with GET or HEAD, and have an
address that a person could have typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote_to_bytes

import tornado.web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher

from .. import accidents
from ..content import page_template
from ..errors import LONGEST_NAME, nearest
from ..figures import FIGURES
from ..i18n import chosen_language, languages, translator
from ..i18n import marked as _
from ..internals import stream_of
from ..pages.brand import CROSSENT
from ..pages.page import language_words
from .assets import head
from .hosts import Hosts, is_readable

METHODS = ("GET", "HEAD")
LONGEST_ADDRESS = 16_384  # with its query, which may hold a whole state
LONGEST_WISH = 200  # characters of what a browser says of languages
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
TOO_MANY = _("Too many requests at once; try again in a few seconds.")


@dataclass(frozen=True)
class Told:
    """A sentence before it is said in a visitor's language: its text, and what its slots hold."""

    text: str
    slots: Mapping[str, object] = field(default_factory=dict)


def refusal(request: HTTPServerRequest, hosts: Hosts) -> tuple[int, str | Told] | None:
    """Why a request is answered by no route: a status and a sentence; None if it is all right."""
    if len(request.headers.get_list("Host")) != 1 or not hosts.serves(request.host):
        named = _("This server is not called '{name}'; to allow it, start it with --allow-origin.")
        return 421, Told(named, {"name": request.host[:60]})
    if request.method not in METHODS:
        return 405, SENTENCES[405]
    if len(request.uri or "") > LONGEST_ADDRESS:
        long = _("This address is longer than {most} characters.")
        return 414, Told(long, {"most": LONGEST_ADDRESS})
    if not is_readable(request.headers.get("Origin", "")):  # Tornado would stumble over it
        return 400, SENTENCES[400]
    if request.body or not request.path.startswith("/"):
        return 400, _("This is no request for a page.")
    if "\\" in request.path or CONTROL.search(unquote_to_bytes(request.path)):
        return 404, SENTENCES[404]
    return None


class Unwelcome(Matcher):
    """Matches what is refused."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return None if refusal(request, self.hosts) is None else {}


class Sentences(tornado.web.RequestHandler):
    """A handler whose every mistake is one sentence on a page, without a traceback or a path."""

    application: Any  # Tornado's, with what serve.py puts there

    @property
    def visitor(self) -> str:
        """Who asks: what one visitor uses, another does not wait for."""
        found: str = self.application.proxies.visitor(self.request)
        return found

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")

    def say(self, status: int, sentence: str | Told) -> None:
        """Answers with a sentence, in the language of who asks."""
        told = sentence if isinstance(sentence, Told) else Told(sentence)
        language = chosen_language(*wishes(self.request), languages())
        self.clear()
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(sentence_page(translator(language)(told.text, **told.slots), language))

    def write_error(self, status_code: int, **details: Any) -> None:
        sentence = SENTENCES.get(status_code, _("The server could not answer this."))
        self.say(status_code, sentence)

    def log_exception(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """A refused request is no accident; of an accident the log has one line."""
        if error is not None and not isinstance(error, tornado.web.HTTPError):
            accidents.tell(f"{type(self).__name__} could not answer", error)


SENTENCES = {
    400: _("The server does not understand this request."),
    403: _("This is not open."),
    404: _("There is no page at this address."),
    405: _("Pages are asked for with GET."),
    426: _("The server does not speak this kind of socket."),
}


class Door(Sentences):
    """A page or a file: it waits for its turn, and is asked for with GET or HEAD."""

    SUPPORTED_METHODS: tuple[str, ...] = METHODS
    cost = 5e-4  # s of the processor that an answer takes

    async def prepare(self) -> None:
        if not await self.application.turns.take(self.visitor, self.cost):
            self.say(503, TOO_MANY)
        elif left(self.request):
            raise tornado.web.Finish  # nobody waits for it any more

    def head(self, *args: Any, **kwargs: Any) -> Any:
        return self.get(*args, **kwargs)


class Refusal(Door):
    """Says why a request is refused."""

    SUPPORTED_METHODS = tornado.web.RequestHandler.SUPPORTED_METHODS

    def initialize(self, hosts: Hosts) -> None:
        self.hosts = hosts

    async def prepare(self) -> None:
        await super().prepare()
        if not self._finished:
            self.say(*(refusal(self.request, self.hosts) or (404, SENTENCES[404])))


class NotFound(Door):
    """One sentence on an address that leads nowhere, and where to go instead."""

    cost = 0.002  # to look for a name that is near

    async def prepare(self) -> None:
        await super().prepare()
        if not self._finished:
            self.say(404, not_found_sentence(self.request.path.strip("/")))


def left(request: HTTPServerRequest) -> bool:
    """Whether who asked is gone."""
    return (stream := stream_of(request)) is None or stream.closed()


def wishes(request: HTTPServerRequest) -> tuple[str | None, str]:
    """The language that the address asks for, if it does, and those that the browser wants."""
    given = request.query_arguments.get("lang")
    asked = given[-1][:LONGEST_WISH].decode("utf-8", "replace") if given else None
    return asked, request.headers.get("Accept-Language", "")[:LONGEST_WISH]


def sentence_page(sentence: str, language: str) -> str:
    """A page that says one sentence in a language, and which figures there are."""
    t = translator(language)
    links = "".join(
        f'<li><a href="/figures/{name}">{escape(t(figure.title))}</a></li>'
        for name, figure in FIGURES.items()
    )
    words = language_words(language, {})
    return page_template("not-found").render(
        **words, brand=CROSSENT, head=head(), sentence=escape(sentence), links=links
    )


def not_found_sentence(path: str) -> Told:
    """What there is not, and the nearest that there is."""
    name = path.removeprefix("figures/")
    if name == path or name in FIGURES:
        return Told(_("There is no page '{path}'."), {"path": path[:60]})
    if near := nearest(name, FIGURES):
        asked = {"name": name[:LONGEST_NAME], "near": near}
        return Told(_("No figure '{name}'; did you mean '{near}'?"), asked)
    return Told(_("No figure '{name}'."), {"name": name[:LONGEST_NAME]})
