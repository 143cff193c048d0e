"""The rooms that sockets of this process are in: who may say what, and who is told of it.

Lecturers write `state/<figure>` (the whole state), `mode`, `where`, `turn`, `blank`, `ask` and
`show` (which figure everyone answers with, and whether students see the answers), `free` (which of
its parameters may be moved, if not all), `kept/<number>` (a picture of the answers) and `poll`
(which question is voted on, in which round, and the counts once they are shown). Students write, of
what is asked for, `mark/<figure>/<seat>` and, once each, `vote/<question>/<round>/<seat>`; and
`goal/<challenge>/<seat>`. Students are told of what lecturers write, but for pictures and turned
steps; lecturers of everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import LessonError
from ..figures import FIGURES, Figure
from ..figures.parameters import ClassNames, Writing
from ..i18n import SOURCE, languages
from ..internals import text_frame
from ..pages.course import Course
from ..serving.allowance import Allowance
from .store import HERE, MOST_SEATS, Board, Entries, Purse, RoomError, Store, read_code

LECTURER, STUDENT = "lecturer", "student"
MODES = ("explore", "follow", "pause")
FIRST: Entries = {"mode": "explore"}
PRIVATE = (HERE, "turn", "vote/", "goal/", "kept/")  # what students are never told of one another
ONCE = ("vote/", "goal/")  # of these a student's first counts
OWN = ("vote/", "mark/")  # what students who come back are told of themselves
MOST_KEPT = 60  # pictures
MOST_STEPS = 1000  # that a page can be presented in
ROUNDS = (1, 2)  # of a poll: before a discussion, and after it
# Attempts a second, and how many can be saved up: a class behind one address mistypes now and then.
GUESSES, GUESSES_SAVED = 1.0, 60.0
ALL_GUESSES, ALL_GUESSES_SAVED = 10.0, 300.0
OPENINGS, OPENINGS_SAVED = 1 / 60, 10.0
SEATS, SEATS_SAVED = 20.0, 600.0  # new students of one room


class Member(Protocol):
    """A socket, as a room sees it."""

    name: str  # which nobody else has
    role: str

    def tell(self, entries: Entries, frame: bytes) -> None:
        """Sends entries, which are written already, or with what follows if it is behind."""

    def part(self, reason: str) -> None:
        """The room is closed ("none"), or cannot be heard any more ("away")."""


def as_message(message: Entries) -> str:
    """A message as it is sent."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def as_text(entries: Entries) -> str:
    """The message that tells of entries."""
    return as_message({"now": entries})


def is_own(name: str, seat: int | None) -> bool:
    """Whether an entry is what a seat itself has voted, or answered."""
    return seat is not None and name.startswith(OWN) and name.endswith(f"/{seat}")


def is_state(name: str) -> bool:
    """Whether an entry is a figure's state, of which only what has changed is sent."""
    return name.startswith(("state/", "mark/"))


def merged(before: Entries, after: Entries) -> Entries:
    """What two messages tell together."""
    both = before | after
    for name, new in after.items():
        old = before.get(name)
        if is_state(name) and isinstance(old, dict) and isinstance(new, dict):
            both[name] = old | new
    return both


@dataclass(frozen=True)
class Page:
    """What a room's page has: figures by their names on it, questions with their number of choices,
    and challenges."""

    figures: Mapping[str, type[Figure]]
    questions: Mapping[str, int] = field(default_factory=dict)
    challenges: tuple[str, ...] = ()


class Room:
    """A room as this process knows it, and its sockets here."""

    def __init__(self, code: str, page: Page, about: Entries | None = None) -> None:
        self.code, self.page, self.about = code, page, about or {}
        self.entries: Entries = {}
        self.begun: asyncio.Future[None] | None = None  # once this process hears of it
        self.reading = False  # its board: entries are what was heard, None what was taken away
        self.members: dict[str, Member] = {}
        self.end: Callable[[], Awaitable[None]] | None = None
        self.users = 0  # sockets that are in it, or on their way
        self.over = ""  # why nothing is heard of it any more: "none", it is closed, or "away"
        self.seats = Allowance(SEATS, SEATS_SAVED)

    def board(self, role: str, seat: int | None = None) -> Entries:
        """All that somebody is told who comes now, or comes back to a seat."""
        return {
            n: v
            for n, v in self.entries.items()
            if role == LECTURER or self.public(n) or is_own(n, seat)
        }

    def public(self, name: str) -> bool:
        """Whether students are told of an entry: of one another's marks, once they are shown."""
        return self.shows if name.startswith("mark/") else not name.startswith(PRIVATE)

    def starting(self, start: str) -> Entries:
        """The entries whose names begin so."""
        return {n: v for n, v in self.entries.items() if n.startswith(start)}

    @property
    def shows(self) -> bool:
        """Whether students see one another's marks."""
        return self.entries.get("show") is True

    def hear(self, entries: Entries | None, by: str) -> None:
        """What the store tells: it is told on, each entry as far as it has changed."""
        if entries is None:
            self.end_for_all("none")
            return
        news = {n: v for n in entries if (v := self.changed(n, entries[n])) != {}}
        shown = self.shows
        self.entries |= entries
        if not self.reading:
            self.clear(entries)
        told = {name: value for name, value in news.items() if self.public(name)}
        if self.shows and not shown:
            told |= self.starting("mark/")
        for role, said in ((LECTURER, news), (STUDENT, told)):
            if said:
                frame = text_frame(as_text(said))
                for member in list(self.members.values()):
                    if member.role == role and member.name != by:
                        member.tell(said, frame)

    def begin(self, board: Board) -> None:
        """Takes over a board; what was heard while it was read may be newer."""
        heard, self.entries = self.entries, board.entries | self.entries
        self.reading = False
        self.clear(heard)

    def clear(self, entries: Entries) -> None:
        """Forgets those of the entries that were taken away."""
        for name in [name for name, value in entries.items() if value is None]:
            del self.entries[name]

    def end_for_all(self, reason: str) -> None:
        """Nothing is heard of it any more."""
        self.over = reason
        for member in list(self.members.values()):
            member.part(reason)

    def changed(self, name: str, value: Any) -> Any:
        """An entry's news: of a state what is another than it was."""
        old = self.entries.get(name)
        if not is_state(name) or not isinstance(old, dict) or not isinstance(value, dict):
            return value
        return {key: new for key, new in value.items() if key not in old or old[key] != new}

    # -- what is said ----------------------------------------------------------------------------

    def written(self, member: Member, message: Mapping[str, Any], seat: int) -> Entries:
        """The entries that a message writes.

        Raises
        ------
        RoomError
            If it is none that this member may send.
        """
        entries: Entries = {}
        for name, value in message.items():
            check = SAID[member.role].get(name)
            if check is None:
                raise RoomError("message")
            entries |= check(self, value, seat)
        return entries

    def figure(self, name: object) -> type[Figure]:
        """The figure of a name on the room's page."""
        if not isinstance(name, str) or name not in self.page.figures:
            raise RoomError("message")
        return self.page.figures[name]

    def states(self, value: Any, seat: int) -> Entries:
        """The lecturer's figures: what has changed of each."""
        if not isinstance(value, dict):
            raise RoomError("message")
        return {
            f"state/{name}": self.whole(self.figure(name), self.entries.get(f"state/{name}"), given)
            for name, given in value.items()
        }

    def whole(self, figure: type[Figure], before: Entries | None, given: Any) -> Entries:
        """A whole state of what was told before and what has changed, as its figure checks it."""
        if not isinstance(given, dict):
            raise RoomError("message")
        state, problems = figure.resolve((before or {}) | given)
        if problems:
            raise RoomError("state")
        return state

    def mode(self, value: Any, seat: int) -> Entries:
        """What students can do."""
        if value not in MODES:
            raise RoomError("message")
        return {"mode": value}

    def where(self, value: Any, seat: int) -> Entries:
        """What the lecturer looks at: a figure, and a step's number if it is one of a lesson's."""
        if not isinstance(value, dict) or not set(value) <= {"figure", "step"}:
            raise RoomError("message")
        self.figure(value.get("figure"))
        step = value.get("step")
        if step is not None and not (isinstance(step, str) and len(step) <= 80):
            raise RoomError("message")
        return {"where": value}

    def turn(self, value: Any, seat: int) -> Entries:
        """The step that is presented, from 1, or none: a lecturer's phone turns the screen's."""
        if value is not None and not (type(value) is int and 0 < value <= MOST_STEPS):
            raise RoomError("message")
        return {"turn": value}

    def blank(self, value: Any, seat: int) -> Entries:
        """Whether lecturers' screens are dark."""
        if not isinstance(value, bool):
            raise RoomError("message")
        return {"blank": value}

    def ask(self, value: Any, seat: int) -> Entries:
        """Asks every student for a figure, or for nothing more; what there was before is gone."""
        if value is not None:
            self.figure(value)
        gone = self.starting("mark/")
        if value != self.entries.get("ask"):
            gone |= self.starting("free")
        return dict.fromkeys(gone) | {"ask": value, "show": None}

    def free(self, value: Any, seat: int) -> Entries:
        """Which parameters of the figure that is asked for may be moved; None for all."""
        name = self.entries.get("ask")
        if name is None:
            return {}
        known = self.figure(name).parameters()
        if value is not None and (not is_list_of(value, known) or not value):
            raise RoomError("message")
        return {"free": value}

    def keep(self, value: Any, seat: int) -> Entries:
        """A picture of everyone's answers, beside the lecturer's figure as it is."""
        name = self.entries.get("ask")
        if value is not True:
            raise RoomError("message")
        if name is None:
            return {}
        number = len(self.starting("kept/")) + 1
        if number > MOST_KEPT:
            raise RoomError("size")
        start = f"mark/{name}/"
        answers = {n.removeprefix(start): mark for n, mark in self.starting(start).items()}
        state = self.entries.get(f"state/{name}", {})
        picture = {"figure": name, "at": int(time.time()), "state": state, "answers": answers}
        return {f"kept/{number}": picture}

    def show(self, value: Any, seat: int) -> Entries:
        """Whether students see one another's marks."""
        if not isinstance(value, bool):
            raise RoomError("message")
        return {"show": value}

    def poll(self, value: Any, seat: int) -> Entries:
        """Asks every student a question, or shows how they have voted; None ends it.

        The first round of a question takes away what was voted on it before.
        """
        if value is None:
            return {"poll": None}
        question, number, counts = poll_of(value)
        choices = self.page.questions.get(question) if isinstance(question, str) else None
        if choices is None or type(number) is not int or number not in ROUNDS:
            raise RoomError("message")
        if not are_counts(counts, number, choices):
            raise RoomError("message")
        before = self.entries.get("poll") or {}
        begins = number == 1 and counts is None
        again = before.get("question") == question and before.get("round") == 1
        if begins and (not again or before.get("counts")):
            return dict.fromkeys(self.starting(f"vote/{question}/")) | {"poll": value}
        return {"poll": value}

    def vote(self, value: Any, seat: int) -> Entries:
        """A student's choices in the round that is open; the first counts."""
        question, number, chosen = vote_of(value)
        count = self.page.questions.get(question) if isinstance(question, str) else None
        if count is None or type(number) is not int or not is_choice(chosen, range(count)):
            raise RoomError("message")
        if self.entries.get("poll") != {"question": question, "round": number, "counts": None}:
            return {}  # it was on its way when the round ended
        name = f"vote/{question}/{number}/{seat}"
        return {} if name in self.entries else {name: sorted(chosen)}

    def goal(self, value: Any, seat: int) -> Entries:
        """A challenge that a student has reached, and when, in seconds since 1970."""
        if value not in self.page.challenges:
            raise RoomError("message")
        name = f"goal/{value}/{seat}"
        return {} if name in self.entries else {name: int(time.time())}

    def mark(self, value: Any, seat: int) -> Entries:
        """A student's own figure, which was asked for: numbers and choices of it, no words."""
        name = self.entries.get("ask")
        if name is None:
            return {}  # it was on its way when the asking ended
        figure, own = self.figure(name), f"mark/{name}/{seat}"
        if not isinstance(value, dict) or any(is_words(figure, key) for key in value):
            raise RoomError("message")
        if (free := self.entries.get("free")) is not None:
            value = {n: v for n, v in value.items() if n in free}
        led: Entries = self.entries.get(f"state/{name}", {})
        before = {n: v for n, v in led.items() if not is_words(figure, n)}
        state = self.whole(figure, self.entries.get(own, before), value)
        return {own: {n: v for n, v in state.items() if not is_words(figure, n)}}


SAID: dict[str, dict[str, Callable[[Room, Any, int], Entries]]] = {
    LECTURER: {
        "set": Room.states,
        "mode": Room.mode,
        "where": Room.where,
        "turn": Room.turn,
        "blank": Room.blank,
        "ask": Room.ask,
        "show": Room.show,
        "free": Room.free,
        "keep": Room.keep,
        "poll": Room.poll,
    },
    STUDENT: {"mark": Room.mark, "vote": Room.vote, "goal": Room.goal},
}


def poll_of(value: Any) -> tuple[Any, Any, Any]:
    """The question, the round and the counts of what a lecturer's page says of a poll."""
    if not isinstance(value, dict) or set(value) != {"question", "round", "counts"}:
        raise RoomError("message")
    return value["question"], value["round"], value["counts"]


def vote_of(value: Any) -> tuple[Any, Any, Any]:
    """The question, the round and the choices of what a student's page says of a vote."""
    if not isinstance(value, dict) or set(value) != {"question", "round", "choices"}:
        raise RoomError("message")
    return value["question"], value["round"], value["choices"]


def are_counts(counts: Any, number: int, choices: int) -> bool:
    """Whether these are the votes for each choice, of each round so far; or none yet."""
    return counts is None or (
        isinstance(counts, list)
        and len(counts) == number
        and all(isinstance(votes, list) and len(votes) == choices for votes in counts)
        and all(type(vote) is int and 0 <= vote <= MOST_SEATS for votes in counts for vote in votes)
    )


def is_choice(value: Any, choices: range) -> bool:
    """Whether these are some of the choices, each once."""
    return (
        is_list_of(value, choices) and all(type(place) is int for place in value) and len(value) > 0
    )


def is_list_of(value: Any, known: Container[Any]) -> bool:
    """Whether these are numbers or names that are known, each once."""
    return (
        isinstance(value, list)
        and all(isinstance(one, int | str) and one in known for one in value)
        and len(set(value)) == len(value)
    )


def is_words(figure: type[Figure], name: str) -> bool:
    """Whether an entry of a state is something that somebody has written."""
    return isinstance(figure.parameters().get(name), ClassNames | Writing)


def page_in(course: Course, page: object) -> Page:
    """What a page of a course has that a room can be about.

    Raises
    ------
    RoomError
        If it is no page that a room can be on.
    """
    if isinstance(page, str):
        name = page.removeprefix("figures/")
        if name != page and name in FIGURES:
            return Page({name: FIGURES[name]})
        with contextlib.suppress(LessonError):
            lesson = course.lesson(page)
            found = Page(
                {use.identity: use.figure for use in lesson.figures},
                {one.identity: len(one.labels) for one in lesson.practice if not one.spec},
                tuple(step for step in lesson.steps if step.startswith("challenge")),
            )
            if found.figures:
                return found
    raise RoomError("page")


class Rooms:
    """All rooms that there are, and how often they may be asked for."""

    def __init__(self, store: Store, course: Course) -> None:
        self.store, self.course = store, course
        self.known: dict[str, Room] = {}  # those with sockets in this process
        self.sockets = 0

    def languages(self, page: str) -> list[str]:
        """The languages that a page is in."""
        if page.startswith("figures/"):
            return list(languages())
        place = self.course.places().get(page)
        return list(place.languages) if place else [SOURCE]

    async def open(self, page: object, address: str) -> tuple[str, str]:
        """A new room on a page: its code, and the lecturer's secret, which is kept nowhere."""
        page_in(self.course, page)
        openings = Purse(f"open {address}", OPENINGS, OPENINGS_SAVED)
        if not await self.store.affords(openings):
            raise RoomError("often")
        await self.store.spend(openings)
        secret = secrets.token_urlsafe(24)
        code = await self.store.open({"page": page, "secret": digest(secret)})
        await self.store.publish(code, FIRST)
        return code, secret

    async def page(self, text: object, address: str) -> tuple[str, Entries]:
        """The room that a code leads to, and what it is about; wrong ones are counted."""
        if not await self.store.affords(*guesses_of(address)):
            raise RoomError("often")
        code = read_code(text)
        # A whole class comes at once: of a room that is known here nothing is asked anew.
        known = code and self.here(code)
        about = known.about if known else code and await self.store.about(code)
        if not code or not about:
            await self.store.spend(*guesses_of(address))
            raise RoomError("none")
        return code, about

    async def enter(self, text: object, address: str) -> Room:
        """The room that a code leads to, as this process knows it; who enters must leave."""
        code, about = await self.page(text, address)
        room = self.here(code)
        if room is None:
            room = self.known[code] = Room(code, page_in(self.course, about["page"]), about)
            room.begun = asyncio.ensure_future(self.begin(room))
        room.users += 1
        try:
            assert room.begun is not None
            await asyncio.shield(room.begun)  # all who come meanwhile wait for the same
        except BaseException:
            await self.part(room)
            raise
        return room

    def here(self, code: str) -> Room | None:
        """The room of a code, if this process hears of it."""
        room = self.known.get(code)
        return None if room is None or room.over else room

    async def begin(self, room: Room) -> None:
        """Has this process hear a room from now on."""
        room.reading = True
        room.end = await self.store.subscribe(room.code, room.hear, lambda: self.lose(room))
        board = await self.store.read(room.code)
        if board is None or room.over:
            raise RoomError(room.over or "none")
        room.begin(board)

    def lose(self, room: Room) -> None:
        """What keeps rooms is away: who was in this one comes again, and begins it anew."""
        if self.known.get(room.code) is room:
            del self.known[room.code]
        room.end_for_all("away")

    async def leads(self, room: Room, secret: object, address: str) -> None:
        """Holds a lecturer's secret against the room's.

        Raises
        ------
        RoomError
            If it is another; that counts as a wrong code.
        """
        given = digest(secret) if isinstance(secret, str) else ""
        if not hmac.compare_digest(given, room.about["secret"]):
            await self.store.spend(*guesses_of(address))
            raise RoomError("none")

    async def sit(self, room: Room, ticket: str) -> int:
        """A student's seat."""
        if room.seats.wait():
            raise RoomError("often")
        room.seats.use(1)
        return await self.store.join(room.code, digest(ticket))

    async def say(self, room: Room, member: Member, message: Mapping[str, Any], seat: int) -> None:
        """Publishes what a member says."""
        entries = room.written(member, message, seat)
        if entries:
            first = [name for name in entries if name.startswith(ONCE)]
            # What a picture holds its own page does not know either.
            by = "" if any(name.startswith("kept/") for name in entries) else member.name
            await self.store.publish(room.code, entries, by, first)

    async def leave(self, room: Room, member: Member, seat: int | None) -> None:
        """A socket goes; a room without any is forgotten here, and lives on in its store."""
        room.members.pop(member.name, None)
        try:
            if seat is not None and not room.over:
                await self.store.leave(room.code, seat)
        finally:
            await self.part(room)

    async def part(self, room: Room) -> None:
        """One socket less; nobody's room is heard no longer."""
        room.users -= 1
        if room.users:
            return
        if self.known.get(room.code) is room:
            del self.known[room.code]
        if room.end is not None:
            await room.end()


def guesses_of(address: str) -> tuple[Purse, Purse]:
    """What an address may still guess, and all addresses together."""
    return (
        Purse(f"guess {address}", GUESSES, GUESSES_SAVED),
        Purse("guesses", ALL_GUESSES, ALL_GUESSES_SAVED),
    )


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
