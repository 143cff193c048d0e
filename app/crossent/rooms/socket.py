"""The socket of a page that is in a room, or asks for one.

A page says one of GREETINGS first, each message is an object of JSON, and what comes beside that
ends the socket. An answer that refuses something is {"refused": reason}, of the store's REASONS.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from tornado.ioloop import IOLoop
from tornado.web import Finish
from tornado.websocket import WebSocketClosedError

from .. import accidents
from ..internals import text_frame, write_frame
from ..serving.allowance import Allowance
from ..serving.doors import TOO_MANY, left
from ..serving.frames import FrameError, parsed
from ..serving.hosts import LOOPBACK, Hosts, Place, address_on_network
from ..serving.sockets import Refusing, looked_at
from .qr import qr_path
from .rooms import LECTURER, STUDENT, Room, Rooms, as_message, as_text, merged
from .store import Entries, RoomError

KNOCK = 5e-4  # s of the processor that a new socket takes, and what it asks for first
LONGEST = 16_384  # letters of a message; a figure's whole state has two thousand
LONGEST_TICKET = 64
# Messages a second, and how many can be saved up: those of a phone that was in a tunnel come at
# once. Who sends more is cut off.
PACE = {LECTURER: (40.0, 200.0), STUDENT: (15.0, 100.0), "": (2.0, 10.0)}
GREETING = 30.0  # s in which a page must say what it wants
MOST_SOCKETS = 4_000
TOO_BIG = 1009  # RFC 6455


class RoomSocket(Refusing):
    """A page's end of the rooms."""

    application: Any  # Tornado's, with what serve.py puts there

    def initialize(self, hosts: Hosts, rooms: Rooms) -> None:
        self.hosts, self.rooms = hosts, rooms
        self.name = secrets.token_hex(8)
        self.role = ""
        self.room: Room | None = None
        self.seat: int | None = None
        self.pending: Entries = {}
        self.writing = self.counted = False
        self.allowance = Allowance(*PACE[""])
        self.address = self.visitor

    async def prepare(self) -> None:
        """A new one waits for its turn, as pages do."""
        if not await self.application.turns.take(self.address, KNOCK):
            self.say(503, TOO_MANY)
        elif left(self.request):
            raise Finish

    def check_origin(self, origin: str) -> bool:
        return self.hosts.welcomes(origin, self.request.host)

    def open(self, *args: Any, **kwargs: Any) -> None:
        self.at_once()
        if self.rooms.sockets >= MOST_SOCKETS:  # a page can read why, once there is a socket
            self.put(as_message({"refused": "crowd"}))
            self.refuse("all the people that it can hold are here")
            return
        self.counted = True
        self.rooms.sockets += 1
        IOLoop.current().call_later(GREETING, self.greeted)

    def greeted(self) -> None:
        """Ends a socket that has asked for no room."""
        if self.room is None and not self.refused:
            self.refuse("no room was asked for")

    # -- what comes ------------------------------------------------------------------------------

    async def on_message(self, frame: str | bytes) -> None:
        """Takes a message; the next is not read before this one is answered."""
        if self.refused:
            return
        if self.allowance.wait():
            self.refuse("too many messages")
            return
        self.allowance.use(1)
        if len(frame) > LONGEST or not isinstance(frame, str):
            self.refuse("a message is a short text", TOO_BIG)
            return
        try:
            message = parsed(frame)
            if not isinstance(message, dict) or not message:
                raise FrameError("a message must be an object")
            await self.answer(message)
        except FrameError as refused:
            self.refuse(str(refused))
        except RoomError as refused:
            answer = {"refused": refused.reason}
            if refused.reason in ("message", "away"):
                self.put(as_message(answer))
                self.refuse(str(refused))
            else:
                await self.send(answer)
        except Exception as error:
            accidents.tell("a room's message could not be answered", error)
            self.refuse("the message could not be answered")

    async def answer(self, message: Entries) -> None:
        """Does what a message asks for."""
        if self.room is None:
            if len(message) != 1:
                raise RoomError("message")
            ((verb, given),) = message.items()
            greeting = GREETINGS.get(verb)
            if greeting is None:
                raise RoomError("message")
            if not await self.application.turns.take(self.address, KNOCK):
                raise RoomError("often")
            await greeting(self, given)  # one at a time: a class comes at once
        elif message == {"alive": True}:
            await self.send(message)
        elif message == {"leave": True}:
            self.close()
        elif message == {"close": True} and self.role == LECTURER:
            await self.rooms.store.close(self.room.code)
        else:
            await self.rooms.say(self.room, self, message, -1 if self.seat is None else self.seat)

    async def begin(self, page: Any) -> None:
        """Opens a room and leads it."""
        code, secret = await self.rooms.open(page, self.address)
        room = await self.rooms.enter(code, self.address)
        self.settle(room, LECTURER, {"secret": secret})

    async def lead(self, given: Any) -> None:
        """Leads a room with its secret."""
        code, secret = two(given, "code", "secret")
        room = await self.rooms.enter(code, self.address)
        try:
            await self.rooms.leads(room, secret, self.address)
        except BaseException:
            await self.rooms.leave(room, self, None)
            raise
        self.settle(room, LECTURER, {})

    async def join(self, given: Any) -> None:
        """Sits down in a room: where it sat before, if it has the ticket still."""
        code, ticket = two(given, "code", "ticket")
        if ticket is None:
            ticket = secrets.token_urlsafe(24)
        if not isinstance(ticket, str) or not 16 <= len(ticket) <= LONGEST_TICKET:
            raise RoomError("message")
        room = await self.rooms.enter(code, self.address)
        try:
            self.seat = await self.rooms.sit(room, ticket)
        except BaseException:
            await self.rooms.leave(room, self, None)
            raise
        self.settle(room, STUDENT, {"ticket": ticket, "seat": self.seat})

    async def find(self, text: Any) -> None:
        """Says which page a code leads to."""
        code, about = await self.rooms.page(text, self.address)
        languages = self.rooms.languages(about["page"])
        await self.send({"found": {"code": code, "page": about["page"], "languages": languages}})

    def settle(self, room: Room, role: str, more: Entries) -> None:
        """Is in a room from now on: it is told all there is, then what changes."""
        self.room, self.role = room, role
        if self.ws_connection is None:  # it has gone meanwhile
            self.gone()
            return
        if room.over:
            self.part(room.over)
            return
        self.allowance = Allowance(*PACE[role])
        welcome = {"code": room.code, "role": role, **more}
        if role == LECTURER:
            welcome |= self.way_in(room.code)
        self.put(as_message({"welcome": welcome, "now": room.board(role, self.seat)}))
        room.members[self.name] = self

    def way_in(self, code: str) -> Entries:
        """The address that students type, and as a picture to point a phone at."""
        origin = urlsplit(self.request.headers.get("Origin", "") or f"http://{self.request.host}")
        place = Place.read(origin.netloc)
        alone = place is None or place.name in LOOPBACK
        found = address_on_network() if alone and self.hosts.everywhere else None
        host = origin.netloc
        if found and place is not None:
            host = found if place.port is None else f"{found}:{place.port}"
        address = f"{origin.scheme}://{host}/join"
        size, path = qr_path(f"{address}?code={code}")
        reached = found is not None or not alone
        return {"address": address, "reached": reached, "picture": {"size": size, "path": path}}

    # -- what goes -------------------------------------------------------------------------------

    async def send(self, message: Entries) -> None:
        """Sends an answer; who does not take it is not heard further."""
        if (sent := self.put(as_message(message))) is not None:
            await asyncio.wait([sent])

    def put(self, text: str) -> asyncio.Future[None] | None:
        """Sends a text; None if nobody is there any more, of which `on_close` hears."""
        try:
            sent = asyncio.ensure_future(self.write_message(text))
        except WebSocketClosedError:
            return None
        sent.add_done_callback(looked_at)
        return sent

    def tell(self, entries: Entries, frame: bytes) -> None:
        """Sends news; while a phone is slow, what it was not sent yet gathers, the newest of it."""
        if self.writing:
            self.pending = merged(self.pending, entries)
            return
        with contextlib.suppress(WebSocketClosedError):  # of which `on_close` hears
            sent = write_frame(self, frame)
            if not sent.done():
                self.writing = True
                sent.add_done_callback(self.written)

    def written(self, sent: asyncio.Future[None]) -> None:
        """A text has gone out."""
        gone = sent.cancelled() or sent.exception() is not None
        self.writing = False
        if self.pending and not gone:
            entries, self.pending = self.pending, {}
            self.tell(entries, text_frame(as_text(entries)))

    def part(self, reason: str) -> None:
        """The room is closed, or away; the page is told, and its socket ends."""
        self.put(as_message({"closed": True} if reason == "none" else {"refused": reason}))
        self.close()

    def on_close(self) -> None:
        if self.counted:
            self.counted = False
            self.rooms.sockets -= 1
        self.gone()

    def gone(self) -> None:
        """Leaves its room."""
        room, self.room = self.room, None
        self.refused = True
        if room is not None:
            IOLoop.current().add_callback(self.rooms.leave, room, self, self.seat)


GREETINGS: dict[str, Callable[[RoomSocket, Any], Awaitable[None]]] = {
    "open": RoomSocket.begin,
    "lead": RoomSocket.lead,
    "join": RoomSocket.join,
    "find": RoomSocket.find,
}


def two(given: Any, *names: str) -> list[Any]:
    """The values of an object that has these entries and no other."""
    if not isinstance(given, dict) or set(given) - set(names):
        raise RoomError("message")
    return [given.get(name) for name in names]
