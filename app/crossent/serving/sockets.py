"""The socket of a page: one session's, for one message out and one back.

It stands where Panel has its own. Of Bokeh's protocol it takes the one request for the document
and the link's messages; patches of models, further requests, buffers and pings are not taken.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from bokeh.protocol import Protocol
from bokeh.protocol.exceptions import ProtocolError
from panel.io.server import WSHandler
from tornado.ioloop import IOLoop
from tornado.web import Finish
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .. import accidents
from ..internals import blank_request, cut, paced
from .allowance import Done, paid
from .crowd import as_it_is
from .doors import TOO_MANY, Sentences, left
from .frames import TOO_MUCH, Assembly, FrameError, Message, answer_frames, said
from .hosts import Hosts, Place
from .sessions import Sessions
from .tickets import Ticket, Tickets

log = logging.getLogger("crossent")

BEGINNING = 0.01  # s of the processor that a new session takes
LEAVE = {"leave": True}  # from a page that was given up for lost and has a new session
FRAME = 6e-5  # s that reading one takes
BREATH = 12  # frames, four messages, after which others are heard
PARTING = 0.5  # s between a refusal and the end
REFUSED = 1008  # RFC 6455: a message that violates the policy
MOST_ORIGINS = 50  # that the log names


class Refusing(Sentences, WebSocketHandler):
    """A socket that ends with a few words, after which nothing of it is read; it takes no pings."""

    refused = False

    def get_compression_options(self) -> None:
        """None: what is small when it comes is small when it is read."""

    def get_websocket_protocol(self) -> Any:
        return paced(super().get_websocket_protocol())

    def at_once(self) -> None:
        """Reads as it comes; an answer's frames do not wait for each other (Nagle's algorithm)."""
        as_it_is(self.ws_connection.stream)  # type: ignore[union-attr, arg-type]
        self.set_nodelay(True)

    async def turn(self) -> None:
        """Waits until the next frame may be read: nothing more of one who is refused."""
        if self.refused:
            await asyncio.sleep(2 * PARTING)

    def refuse(self, reason: str, code: int = REFUSED) -> None:
        """Closes the socket with a few words; what still comes is not read."""
        self.refused = True
        protocol = self.ws_connection
        self.close(code, reason)
        if protocol is not None:
            IOLoop.current().call_later(PARTING, cut, protocol)

    def on_ping(self, data: bytes) -> None:
        """No browser sends one."""
        self.refuse("pings are not taken")

    def on_pong(self, data: bytes) -> None:
        """The answer to the server's own ping, which Tornado has counted."""


class FigureSocket(Refusing, WSHandler):
    """A page's end of the server."""

    named: ClassVar[set[str]] = set()  # origins that the log has named

    def initialize(
        self,
        application_context: Any,
        bokeh_websocket_path: str,
        hosts: Hosts,
        tickets: Tickets,
        sessions: Sessions,
    ) -> None:
        self.hosts, self.tickets, self.sessions = hosts, tickets, sessions
        self.ticket: Ticket | None = None
        self.address = self.visitor
        self.assembly = Assembly()
        self.pulled = False
        self.answers = self.frames = 0
        self.allowance = sessions.allowance(self.address)

    async def prepare(self) -> None:
        """Refuses before there is a socket, in a sentence; a new session waits for its turn."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        token = offered[1].strip() if len(offered) == 2 and offered[0].strip() == "bokeh" else ""
        self.ticket = self.tickets.read(token)
        refusal = self.sessions.refusal(self.ticket, self.address)
        if refusal:
            self.say(*refusal)
        elif not await self.application.turns.take(self.line, BEGINNING):
            self.say(503, TOO_MANY)
        elif left(self.request):
            raise Finish

    def check_origin(self, origin: str) -> bool:
        if self.hosts.welcomes(origin, self.request.host):
            return True
        place = Place.read(origin.partition("://")[2])
        name = place.name if place else ""
        if name not in self.named and len(self.named) < MOST_ORIGINS:
            self.named.add(name)
            if name:
                told = f"A page of {name} was refused a socket; --allow-origin {name} lets it in"
            else:
                told = "A page without an address of its own, as a file's, was refused a socket"
            log.warning("%s", told)
        return False

    async def open(self, *args: Any, **kwargs: Any) -> None:
        """Makes the session; no frame is read before it is there."""
        self.at_once()
        ticket = self.ticket
        if ticket is None or self.sessions.refusal(ticket, self.address) or self.lingers(ticket):
            self.ticket = None
            self.refuse("this session has a socket already")
            return
        start, began = time.thread_time(), time.monotonic()
        try:
            self.session, self.link = await self.sessions.begin(ticket, self.address, self.make)
        except Exception as error:
            self.ticket = None
            accidents.tell("a session could not be made", error)
            self.refuse("the session could not be made")
            return
        used, took = time.thread_time() - start, time.monotonic() - began
        self.application.turns.settle(self.line, BEGINNING, used, took)
        self.model = self.session.document.roots[0].id
        self.connection = self.application.new_connection(
            Protocol(), self, self.application_context, self.session
        )
        await self.send_message(self.connection.protocol.create("ACK"))

    def lingers(self, ticket: Ticket) -> bool:
        """Whether Panel has the session of a ticket whose socket went a moment ago."""
        try:
            self.application_context.get_session(ticket.session)
        except ProtocolError:
            return False
        return True

    @property
    def line(self) -> str:
        """Where its sockets wait: pages of the same address, which cost less, do not."""
        return f"{self.address} sockets"

    async def make(self, name: str) -> Any:
        """Has Panel make a session, which knows nothing of who asked."""
        return await self.application_context.create_session_if_needed(name, blank_request())

    async def turn(self) -> None:
        """Waits until the next frame may be read, whatever it is: a flood stays in its socket."""
        await super().turn()
        self.frames += 1
        if self.frames % BREATH == 0:
            await asyncio.sleep(0)
        await self.allowance.turn()
        self.allowance.use(FRAME)

    def on_message(self, frame: str | bytes) -> Awaitable[None] | None:
        """Takes a frame; the next is not read before this one is answered.

        What needs no answer takes no further round of the loop, in which others' work is done.
        """
        if self.refused:
            return None
        try:
            message = paid(self.allowance, lambda: self.assembly.take(frame))
        except FrameError as refused:
            self.refuse(str(refused))
            return None
        return None if message is None else self.hear(message)

    async def hear(self, message: Message) -> None:
        """Answers a message."""
        try:
            if message.kind != "PATCH-DOC":
                await self.pull(message)
                return
            told = await self.work(partial(said, message.content, self.model))
            for i, data in enumerate(told):
                if i:
                    await self.allowance.turn()
                await self.answer(data)
        except FrameError as refused:
            self.refuse(str(refused))
        except Exception as error:
            accidents.tell("a message could not be answered", error)
            self.refuse("the message could not be answered")

    async def answer(self, data: Any) -> None:
        """Answers the link's message."""
        if data == LEAVE:
            self.refuse("the page has another session")
        elif data is TOO_MUCH:
            await self.tell(lambda: {"seq": 0, "error": "a message holds more than a state can"})
        elif busy := await self.without_run(data):
            await self.tell(lambda: busy)
        else:
            await self.tell(partial(self.link.answer, data))

    async def without_run(self, data: Any) -> dict[str, Any] | None:
        """What is said if a run that the answer hangs on cannot be made now."""
        lacking = paid(self.allowance, partial(self.link.lacking, data))  # a look, no work
        if lacking is None:
            return None
        sequence, figure, state = lacking
        await self.tell(lambda: {"seq": sequence, "working": True})
        if await self.link.run(figure, state):
            return None
        problem = "the server has too much to work out; try again later"
        return {"seq": sequence, "busy": True, "error": problem}  # the page does it, if it can

    async def work(self, do: Callable[[], Done]) -> Done:
        """Does something when it is this socket's turn."""
        return await self.sessions.floor.do(self.allowance, do)

    async def pull(self, message: Message) -> None:
        """The session's document, once; there is nothing else to ask for."""
        if message.kind != "PULL-DOC-REQ" or self.pulled:
            self.refuse("only the link's messages are taken")
            return
        self.pulled = True
        create, document = self.connection.protocol.create, self.session.document
        await self.send_message(
            await self.work(partial(create, "PULL-DOC-REPLY", message.number, document))
        )

    async def tell(self, answer: Callable[[], dict[str, Any]]) -> None:
        """Tells the page's link something. Frames of another message do not come between."""
        self.answers += 1
        frames = await self.work(lambda: answer_frames(self.answers, self.model, answer()))
        try:
            with await self.write_lock.acquire():
                for frame in frames:
                    sent = WebSocketHandler.write_message(self, frame)
                    sent.add_done_callback(looked_at)
                await sent
        except WebSocketClosedError:
            pass  # the page is gone

    def on_close(self) -> None:
        """The session goes with its page, which takes a new one by itself and tells its state."""
        session = self.connection.session if self.connection else None
        super().on_close()
        if session is not None:
            session.request_expiration()
        if self.ticket is not None:
            self.sessions.end(self.ticket, self.address)


def looked_at(sent: asyncio.Future[None]) -> None:
    """Sees whether a frame went out, so that nobody tells of one that could not any more."""
    if not sent.cancelled():
        sent.exception()
