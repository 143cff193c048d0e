"""The pages whose figures this server computes: written at each visit, with a ticket to a session.

A page's own session begins with its socket (sockets.py); until then a visit leaves nothing here.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from typing import Any, TypeVar

from tornado.httputil import HTTPServerRequest

from .. import dev
from ..content import page_template
from ..errors import LessonError
from ..figures import FIGURES
from ..figures.figure import State
from ..i18n import SOURCE, chosen_language, languages, translator
from ..pages.brand import CROSSENT, Brand
from ..pages.course import Course, Place
from ..pages.lesson import Lesson
from ..pages.lesson_page import (
    course_words,
    index_words,
    lesson_json,
    lesson_slots,
    lesson_words,
    practice_json,
)
from ..pages.page import (
    Slot,
    index_slots,
    language_words,
    opening,
    page_json,
    page_words,
    state_from_query,
)
from ..pages.part_test import json_of_test, part_names, words_of_practice, words_of_test
from ..pages.trust import trust_words
from ..saves import stamp_of
from .assets import (
    Text,
    asset_root,
    head,
    page_scripts,
    program_address,
    samples_address,
    socket_scripts,
)
from .doors import Door, not_found_sentence, wishes
from .files import Texts
from .packing import Halves, accepts_gzip
from .tickets import Tickets

MOST_KEPT = 96  # pages, a quarter of a megabyte each
MOST_STATES = 24  # of figures' pages in states that were asked for before
MOST_ASKED = 512  # states that are known to have been asked for
TICKETS_PLACE = secrets.token_hex(16)  # which no lesson can have in its text
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Visit:
    """The languages of a visit: those that the page is in, the one chosen, and whether by link."""

    language: str = SOURCE
    available: tuple[str, ...] = (SOURCE,)
    asked: bool = False

    @classmethod
    def of(cls, request: HTTPServerRequest, available: list[str]) -> Visit:
        """The visit that a request is."""
        asked, accepted = wishes(request)
        language = chosen_language(asked, accepted, available)
        by_link = asked is not None and chosen_language(asked, language, available) == language
        return cls(language, tuple(available), by_link)

    def keep(self, href: str) -> str:
        """An address within the site; where a link has asked for a language, it asks for it too."""
        return f"{href}?lang={self.language}" if self.asked else href

    def address(self, kind: str, name: str) -> str:
        """The address of a lesson's or a figure's page."""
        folders = {"lesson": "", "page": "", "test": "test/"}
        return self.keep(f"/{folders.get(kind, 'figures/')}{name}")

    def words(self) -> dict[str, Any]:
        """What the templates need of it."""
        return language_words(self.language, self.addresses())

    def addresses(self) -> dict[str, str]:
        """Those of the same page, by language."""
        return {language: f"?lang={language}" for language in self.available}


class Written:
    """A page, whole but for its ticket: that is each visit's own.

    `about` is the slug of the lesson that it shows, and what its files were.
    """

    def __init__(
        self,
        before: bytes,
        after: bytes,
        figures: Mapping[str, str],
        about: tuple[str, ...] = (),
    ) -> None:
        self.before, self.after = before, after
        self.figures, self.about = figures, about
        self.kept = False
        self.packing: asyncio.Future[Halves] | None = None

    def ticket(self, tickets: Tickets) -> bytes:
        """The ticket of a visit."""
        return tickets.issue(dict(self.figures), *self.about).encode()

    def plain(self, ticket: bytes) -> bytes:
        """The page for a visit."""
        return b"".join((self.before, ticket, self.after))

    async def packed(self, ticket: bytes) -> bytes:
        """The same, compressed: that is done once, beside the loop."""
        if self.packing is None:
            making = asyncio.to_thread(Halves.of, self.before, self.after)
            self.packing = asyncio.ensure_future(making)
        return (await asyncio.shield(self.packing)).around(ticket)


class Recent:
    """What was asked for last, so much of it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, Any] = OrderedDict()

    def find(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under a key, made now if it is not there."""
        if key not in self.kept:
            self.kept[key] = make()
            if len(self.kept) > self.most:
                self.kept.popitem(last=False)
        self.kept.move_to_end(key)
        found: Kept = self.kept[key]
        return found


class Shelf(Recent):
    """What pages are made of, and pages, as long as no file of the course changes.

    Of figures' states there is no end: a page in one is kept when it is asked for again, as when
    a class opens a teacher's link, and what comes so takes no other page's place.
    """

    def __init__(self, course: Course) -> None:
        super().__init__(MOST_KEPT)
        self.course = course
        self.stamp: object = None
        self.states: Recent = Recent(MOST_STATES)
        self.asked: Recent = Recent(MOST_ASKED)

    def look(self) -> None:
        """Forgets everything if a file has changed."""
        stamp = self.course.stamp()
        if stamp != self.stamp:
            self.stamp = stamp
            for recent in (self, self.states, self.asked):
                recent.kept.clear()

    def find_page(self, key: Hashable, make: Callable[[], Written]) -> Written:
        """A page that is kept."""

        def kept() -> Written:
            page = make()
            page.kept = True
            return page

        return self.find(key, kept)

    def find_state(self, key: Hashable, make: Callable[[], Written]) -> Written:
        """The page of a figure in a state of its address."""
        times = self.asked.find(hash(key), lambda: count(0))
        if next(times) == 0:
            return make()
        page = self.states.find(key, make)
        page.kept = True
        return page


class Page(Door):
    """A page of figures, for its visitor alone."""

    cost = 0.002

    def initialize(self, course: Course, tickets: Tickets, shelf: Shelf) -> None:
        self.course, self.tickets, self.shelf = course, tickets, shelf

    async def get(self, *names: str) -> None:
        start, began = time.thread_time(), time.monotonic()
        self.shelf.look()
        page = self.page(*names)
        ticket = None if page is None else page.ticket(self.tickets)
        used, took = time.thread_time() - start, time.monotonic() - began
        self.application.turns.settle(self.visitor, self.cost, used, took)
        self.set_header("Cache-Control", "no-store")  # its ticket is good for one session
        if page is None or ticket is None:
            self.say(404, not_found_sentence(self.request.path.strip("/")))
        elif page.kept and accepts_gzip(self.request):
            self.set_header("Content-Encoding", "gzip")
            self.finish(await page.packed(ticket))
        else:
            self.finish(page.plain(ticket))

    def compute_etag(self) -> None:
        """None: no page is the same again."""

    def page(self, *names: Any) -> Written | None:
        """The page, or None if there is none of this name."""
        raise NotImplementedError

    def visit(self, slug: str | None = None) -> Visit:
        """The visit that is made to a lesson, or to all."""
        find = self.shelf.find
        return Visit.of(
            self.request, find(("languages", slug), lambda: self.course.languages(slug))
        )

    def brand(self, visit: Visit) -> Brand:
        """What pages call the course."""
        language = visit.language
        return self.shelf.find(("brand", language), lambda: self.course.brand(language))

    def written(
        self,
        template: str,
        slots: list[Slot],
        visit: Visit,
        more: Mapping[str, Any] | None = None,
        about: tuple[str, ...] = (),
        **words: Any,
    ) -> Written:
        """The page of a template: `words` are its, `more` is what its script is given."""
        spoken = visit.words()
        if "page_title" not in words:
            words |= page_words(template, slots, visit.language)
        figures = {slot.identity: slot.figure.name_of for slot in slots}
        session = {
            "token": TICKETS_PLACE,
            "scripts": socket_scripts(),
            "programs": {name: program_address(name) for name in dict.fromkeys(figures.values())},
            "made": os.environ.get(dev.STAMP, ""),
        }
        html = page_template(template).render(
            **words,
            **spoken,
            brand=self.brand(visit),
            served=True,
            slots=slots,
            home=visit.keep("/"),
            trust=visit.keep("/how-we-know"),
            page_json=lambda: page_json(
                slots, served=True, language=spoken["language"], **(more or {})
            ),
            session_json=json.dumps(session, separators=(",", ":")),
            head=head(),
            scripts=page_scripts(),
        )
        before, _, after = html.partition(TICKETS_PLACE)
        return Written(before.encode(), after.encode(), figures, about)


class IndexPage(Page):
    """The course, then all figures as cards, each alive."""

    def page(self) -> Written:
        visit = self.visit()
        return self.shelf.find_page(("index", visit), lambda: self.new(visit))

    def new(self, visit: Visit) -> Written:
        """The page, written now."""
        lessons, errors = self.course.readable(visit.language)
        slots = index_slots(lambda name: visit.address("figure", name), language=visit.language)
        words = course_words(lessons, visit.address, errors) | index_words(self.brand(visit))
        words |= opening(slots)
        return self.written("index", slots, visit, **words)


class LessonPage(Page):
    """A lesson, as its file is now; a mistake in it is one sentence here and in the console."""

    def page(self, slug: str) -> Written | None:
        place = self.shelf.find("places", self.course.places).get(slug)
        if place is None:
            return None
        visit = self.visit(slug)
        return self.shelf.find_page(("lesson", slug, visit), lambda: self.new(place, visit))

    def new(self, place: Place, visit: Visit) -> Written:
        """The page, written now."""
        about = place.slug, stamp_of(place)
        try:
            lesson = self.course.lesson(place.slug, visit.language)
            lessons, _ = self.course.readable(visit.language)
            lesson = next((one for one in lessons if one.slug == lesson.slug), lesson)  # numbered
            words = lesson_words(lesson, lessons, visit.address)
        except LessonError as error:
            print(f"crossent: {error}", file=sys.stderr, flush=True)
            return self.written("lesson-error", [], visit, about=about, sentence=str(error))
        slots = lesson_slots(lesson, visit.address, torch=has_torch(), language=visit.language)
        practice = practice_json([lesson], visit.address, program_address, visit.language)
        more = {"lesson": lesson_json(lesson), "practice": practice}
        return self.written("lesson", slots, visit, more, about, **words)


class TestPage(Page):
    """Ten questions on a part of the course; which, the page draws itself."""

    def page(self, name: str) -> Written | None:
        visit = self.visit()
        lessons, _ = self.shelf.find(
            ("readable", visit.language), lambda: self.course.readable(visit.language)
        )
        part = part_names(lessons).get(name)
        return part and self.shelf.find_page(("test", name, visit), lambda: self.new(*part, visit))

    def new(self, title: str, lessons: list[Lesson], visit: Visit) -> Written:
        """The page, written now."""
        t = translator(visit.language)
        practice = practice_json(lessons, visit.address, program_address, visit.language)
        more = {"test": json_of_test(), "practice": practice}
        words = words_of_test(title, lessons, visit.address, t)
        return self.written("test", [], visit, more, **words)


class PracticePage(Page):
    """Exercises and questions of the whole course, one at a time."""

    def page(self) -> Written:
        visit = self.visit()
        return self.shelf.find_page(("practice", visit), lambda: self.new(visit))

    def new(self, visit: Visit) -> Written:
        """The page, written now."""
        lessons, _ = self.course.readable(visit.language)
        practice = practice_json(lessons, visit.address, program_address, visit.language)
        words = words_of_practice(lessons, visit.address, translator(visit.language))
        more = {"practises": True, "practice": practice}
        return self.written("practice", [], visit, more, **words)


class FigurePage(Page):
    """One figure, bare, in the state that the address asks for."""

    def page(self, name: str) -> Written | None:
        if name not in FIGURES:
            return None
        visit = Visit.of(self.request, list(languages()))
        query = {
            key: [value.decode("utf-8", "replace") for value in values]
            for key, values in self.request.query_arguments.items()
        }
        state = state_from_query(FIGURES[name], query)
        key = "figure", name, visit
        if state and not self.needs_run(name, state):
            again = (*key, json.dumps(state))
            return self.shelf.find_state(again, lambda: self.new(name, visit, state))
        return self.shelf.find_page(key, lambda: self.new(name, visit, {}))

    def needs_run(self, name: str, state: State) -> bool:
        """Whether the state is long work, which is no page's.

        It begins as ever then, and asks for its state by its socket.
        """
        return FIGURES[name].lacks_run(Slot(name, FIGURES[name], state=state).first_state())

    def new(self, name: str, visit: Visit, state: State) -> Written:
        """The page, written now."""
        slot = Slot(
            name,
            FIGURES[name],
            state=state,
            href=visit.address("figure", name),
            own=True,
            torch=has_torch(),
            language=visit.language,
        )
        return self.written("figure", [slot], visit, slot=slot)


class TrustPage(Texts):
    """How we know."""

    cost = 0.002

    def initialize(self, course: Course) -> None:
        self.course = course

    async def get(self) -> None:
        visit = Visit.of(self.request, list(languages()))
        self.send(trust_page(visit, self.course.brand(visit.language)))


PAGES = {"how-we-know", "practice"}


class WithoutSlash(Door):
    """A page's address with a slash at its end leads to the one without."""

    def initialize(self, course: Course) -> None:
        self.course = course

    def get(self, path: str) -> None:
        figure = path.removeprefix("figures/") in FIGURES and path.startswith("figures/")
        test = path.startswith("test/")  # whether there is such a part, that page says
        if figure or test or path in PAGES or path in self.course.places():
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"/{path}{query}", permanent=True)
        else:
            self.say(404, not_found_sentence(path))


@cache
def has_torch() -> bool:
    """Whether torch's numbers can be asked for."""
    return find_spec("torch") is not None


@cache
def trust_page(visit: Visit, brand: Brand = CROSSENT) -> Text:
    """How we know; the same for every visitor of a language.

    Each figure's program and samples come one after another, once the page stands: all of them
    are a minute's work of a new server that is busy.
    """
    samples = {
        name: {"at": samples_address(name), "program": program_address(name)} for name in FIGURES
    }
    template = page_template("how-we-know")
    words = trust_words(visit.language, visit.addresses(), samples)
    scripts = f'<script src="{asset_root()}/crossent.js"></script>'
    own = {"home": visit.keep("/"), "brand": brand, "head": head(), "scripts": scripts}
    return Text.of("text/html", template.render(words | own))
