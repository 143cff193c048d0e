"""The rooms' socket, with peers that are no browsers: what it tells and refuses, and floods."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from tests.rooms.test_stores import run
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketClientConnection, websocket_connect

from crossent.figures import FIGURES
from crossent.pages.course import Course
from crossent.rooms.memory import MemoryStore
from crossent.rooms.rooms import Rooms
from crossent.rooms.socket import LONGEST, RoomSocket
from crossent.serving.allowance import Turns
from crossent.serving.hosts import Hosts, Proxies

PAGE = "figures/prediction-bars"
NAME = "prediction-bars"
BARS = FIGURES[NAME].resolve({})[0]


class Peer:
    """One end of a socket."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.over = False

    def say(self, message: object) -> None:
        self.socket.write_message(message if isinstance(message, str) else json.dumps(message))

    async def hear(self, patience: float = 10.0) -> Any:
        """The next message; None at the end of the socket."""
        if self.over:
            return None
        told = await asyncio.wait_for(self.socket.read_message(), patience)
        self.over = told is None
        return told and json.loads(told)

    async def ask(self, message: object) -> Any:
        self.say(message)
        return await self.hear()

    async def until(self, true: Callable[[Any], bool]) -> Any:
        """The first message of which something is true."""
        while not true(told := await self.hear()):
            assert told is not None
        return told

    async def ended(self) -> str:
        """Why the server ends it."""
        while await self.hear() is not None:
            pass
        return self.socket.close_reason or ""


async def peer_of(port: int, **headers: str) -> Peer:
    """A socket to a server's rooms, as one of its pages opens it."""
    given = {"Origin": f"http://127.0.0.1:{port}"} | headers
    address = f"ws://127.0.0.1:{port}/ws/room"
    return Peer(await websocket_connect(HTTPRequest(address, headers=given)))


class Place:
    """A server of rooms alone."""

    def __init__(self, **store: Any) -> None:
        self.rooms = Rooms(MemoryStore(**store), Course())
        self.peers: list[Peer] = []
        options = {"hosts": Hosts("127.0.0.1", []), "rooms": self.rooms}
        self.application = Application(
            [(r"/ws/room", RoomSocket, options)], websocket_max_message_size=65_536
        )
        self.application.turns, self.application.proxies = Turns(), Proxies([])
        listening, self.port = bind_unused_port()
        self.server = HTTPServer(self.application)
        self.server.add_socket(listening)

    async def peer(self, **headers: str) -> Peer:
        peer = await peer_of(self.port, **headers)
        self.peers.append(peer)
        return peer

    async def lecturer(self) -> tuple[Peer, dict[str, Any]]:
        peer = await self.peer()
        welcome = (await peer.ask({"open": PAGE}))["welcome"]
        return peer, welcome

    async def student(self, code: str, ticket: str | None = None) -> tuple[Peer, dict[str, Any]]:
        peer = await self.peer()
        return peer, await peer.ask({"join": {"code": code, "ticket": ticket}})


@contextlib.asynccontextmanager
async def place(**store: Any) -> AsyncIterator[Place]:
    one = Place(**store)
    yield one
    for peer in one.peers:
        peer.socket.close()
        await peer.ended()
    while one.rooms.sockets:
        await asyncio.sleep(0.01)
    one.server.stop()
    await one.server.close_all_connections()
    await asyncio.sleep(0.05)


def at(visit: Callable[[Place], Coroutine[Any, Any, Any]], **store: Any) -> Any:
    """What a visit to a server brings."""

    async def whole() -> Any:
        async with place(**store) as one:
            return await visit(one)

    return run(whole())


def test_a_lecturer_s_drag_reaches_who_is_there_and_who_comes_late():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        student, told = await one.student(welcome["code"].lower())
        lecturer.say({"set": {NAME: BARS}})
        first = await student.hear()
        lecturer.say({"set": {NAME: {"target": 1}}, "mode": "follow"})
        second = await student.hear()
        _, late = await one.student(welcome["code"])
        return told, first, second, late

    told, first, second, late = at(visit)
    assert (told["welcome"]["role"], told["welcome"]["seat"]) == ("student", 0)
    assert told["now"] == {"mode": "explore"}
    assert first == {"now": {f"state/{NAME}": BARS}}
    assert second == {"now": {f"state/{NAME}": {"target": 1}, "mode": "follow"}}
    assert late["welcome"]["seat"] == 1
    assert late["now"] == {"mode": "follow", f"state/{NAME}": BARS | {"target": 1}}


def test_students_are_told_no_secret_and_nothing_of_each_other():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        student, told = await one.student(welcome["code"])
        other, _ = await one.student(welcome["code"])
        lecturer.say({"ask": NAME})
        heard = [told, await student.hear()]
        await other.hear()
        other.say({"mark": {"target": 2}})
        await lecturer.until(lambda told: f"mark/{NAME}/1" in told.get("now", {}))
        lecturer.say({"mode": "pause"})
        heard.append(await student.hear())
        return welcome["secret"], heard

    secret, heard = at(visit)
    assert secret not in json.dumps(heard)
    assert heard[1:] == [{"now": {"ask": NAME, "show": None}}, {"now": {"mode": "pause"}}]


def test_who_comes_back_with_a_ticket_has_the_seat_again():
    async def visit(one):
        _, welcome = await one.lecturer()
        await one.student(welcome["code"])
        student, told = await one.student(welcome["code"])
        student.socket.close()
        _, again = await one.student(welcome["code"], told["welcome"]["ticket"])
        return told["welcome"], again["welcome"]

    first, second = at(visit)
    assert first == second


def test_the_link_of_the_lecturer_leads_and_a_code_does_not():
    async def visit(one):
        _, welcome = await one.lecturer()
        second = await one.peer()
        given = {"code": welcome["code"], "secret": welcome["secret"]}
        led = await second.ask({"lead": given})
        false = await one.peer()
        refused = await false.ask({"lead": given | {"secret": welcome["code"]}})
        return led["welcome"], refused

    led, refused = at(visit)
    assert led["role"] == "lecturer"
    assert "secret" not in led
    assert refused == {"refused": "none"}


def test_the_lecturer_is_told_how_many_are_here():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        counts = []
        one_student, _ = await one.student(welcome["code"])
        counts.append((await lecturer.hear())["now"]["here"])
        await one.student(welcome["code"])
        counts.append((await lecturer.hear())["now"]["here"])
        one_student.say({"leave": True})
        counts.append((await lecturer.hear())["now"]["here"])
        return counts

    assert at(visit) == [1, 2, 1]


def test_a_room_that_is_closed_tells_everyone_and_is_gone():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        student, _ = await one.student(welcome["code"])
        await lecturer.hear()
        lecturer.say({"close": True})
        said = await student.hear(), await lecturer.hear()
        _, refused = await one.student(welcome["code"])
        return said, refused, one.rooms.store.rooms

    assert at(visit) == (({"closed": True}, {"closed": True}), {"refused": "none"}, {})


def test_a_code_says_which_page_it_leads_to():
    async def visit(one):
        _, welcome = await one.lecturer()
        peer = await one.peer()
        return welcome["code"], await peer.ask({"find": f" {welcome['code'].lower()} "})

    code, found = at(visit)
    assert found == {"found": {"code": code, "page": PAGE, "languages": ["en", "fr"]}}


def test_the_way_in_is_an_address_and_a_picture_of_it():
    async def visit(one):
        _, welcome = await one.lecturer()
        return one.port, welcome

    port, welcome = at(visit)
    assert welcome["address"] == f"http://127.0.0.1:{port}/join"
    assert welcome["reached"] is False  # no phone reaches a loopback address
    assert welcome["picture"]["path"].startswith("M4 4h7v1h-7z")


def test_who_comes_waits_for_a_turn_and_is_told_where_the_line_is_too_long():
    """A class comes at once: those who are here are heard in between."""

    async def full(address: str, cost: float) -> bool:
        return False

    async def visit(one):
        _, welcome = await one.lecturer()
        peer = await one.peer()
        one.application.turns.take = full
        return await peer.ask({"join": {"code": welcome["code"], "ticket": None}})

    assert at(visit) == {"refused": "often"}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
def test_another_site_s_page_cannot_open_the_socket(origin):
    async def visit(one):
        with pytest.raises(HTTPClientError) as refused:
            await one.peer(Origin=origin)
        return refused.value.code

    assert at(visit) == 403


GARBAGE = [
    "",
    "x",
    "[]",
    "7",
    "{}",
    "[" * 5000,
    '{"open": 1, "find": 2}',
    '{"__class__": 1}',
    '{"join": 5}',
    '{"join": {"code": "BBBBBB", "more": 1}}',
    '{"lead": []}',
    '{"set": {"prediction-bars": {}}}',
    "x" * (LONGEST + 1),
    b"\x00\xff",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_what_no_page_says_ends_the_socket(garbage):
    async def visit(one):
        peer = await one.peer()
        peer.socket.write_message(garbage, binary=isinstance(garbage, bytes))
        return await peer.ended()

    assert at(visit)


@pytest.mark.parametrize(
    "message",
    ['{"mark": 5}', '{"set": {}}', '{"close": true}', '{"mark": {}, "leave": true}', "[]"],
)
def test_what_no_student_s_page_says_ends_its_socket_alone(message):
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        bad, _ = await one.student(welcome["code"])
        good, _ = await one.student(welcome["code"])
        lecturer.say({"ask": NAME})
        await bad.hear(), await good.hear()
        bad.say(message)
        ended = await bad.ended()
        lecturer.say({"mode": "pause"})
        return ended, await good.hear()

    ended, heard = at(visit)
    assert ended
    assert heard == {"now": {"mode": "pause"}}


def test_a_state_that_its_figure_refuses_is_said_and_changes_nothing():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        refused = await lecturer.ask({"set": {NAME: {"target": 99}}})
        _, told = await one.student(welcome["code"])
        return refused, told["now"]

    assert at(visit) == ({"refused": "state"}, {"mode": "explore"})


def test_a_flood_is_cut_off_and_nobody_else_notices():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        lecturer.say({"ask": NAME})
        good, _ = await one.student(welcome["code"])
        bad, _ = await one.student(welcome["code"])
        for n in range(1000):
            bad.say({"mark": {"target": n % 2}})
        times = []
        for n in range(20):
            began = time.monotonic()
            lecturer.say({"set": {NAME: BARS | {"target": n % 2}}})
            await good.until(lambda told: f"state/{NAME}" in told["now"])
            times.append(time.monotonic() - began)
        ended = await bad.ended()
        while one.rooms.sockets > 2:
            await asyncio.sleep(0.01)
        return ended, sorted(times)[10]

    ended, middle = at(visit)
    assert ended == "too many messages"
    assert middle < 1.0  # a second of it would be thousands of messages


def test_a_phone_that_reads_nothing_keeps_the_newest_state_and_no_more():
    """What it was not sent gathers, the newest of each entry: no line of messages grows."""

    async def visit(one):
        _, welcome = await one.lecturer()
        await one.student(welcome["code"])
        (room,) = one.rooms.known.values()
        (socket,) = [member for member in room.members.values() if member.role == "student"]
        socket.writing = True  # as while what was sent last has not gone out
        for n in range(500):
            room.hear({f"state/{NAME}": BARS | {"target": n % 3}}, "")
        return socket.pending

    assert at(visit) == {f"state/{NAME}": BARS | {"target": 499 % 3}}


def test_a_drag_s_last_state_reaches_everyone():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        students = [(await one.student(welcome["code"]))[0] for _ in range(20)]
        for n in range(60):
            lecturer.say({"set": {NAME: BARS | {"target": n % 3}}})
        lecturer.say({"set": {NAME: {"target": 1}}, "where": {"figure": NAME}})
        states = []
        for student in students:
            state: dict[str, Any] = {}
            while True:
                now = (await student.hear())["now"]
                state |= now.get(f"state/{NAME}", {})
                if "where" in now:
                    break
            states.append(state)
        return states

    assert at(visit) == [BARS | {"target": 1}] * 20


def test_a_socket_that_asks_whether_anyone_is_there_is_told():
    async def visit(one):
        lecturer, _ = await one.lecturer()
        return await lecturer.ask({"alive": True})

    assert at(visit) == {"alive": True}


def test_a_server_with_all_the_rooms_it_can_hold_says_so():
    async def visit(one):
        await one.lecturer()
        peer = await one.peer()
        return await peer.ask({"open": PAGE}), await peer.ask({"open": "index"})

    assert at(visit, most_rooms=1) == ({"refused": "rooms"}, {"refused": "page"})


def test_a_server_with_all_the_people_it_can_hold_says_so(monkeypatch):
    monkeypatch.setattr("crossent.rooms.socket.MOST_SOCKETS", 2)

    async def visit(one):
        _, welcome = await one.lecturer()
        await one.student(welcome["code"])
        late = await one.peer()
        refused = await late.hear()
        ended = await late.ended()
        return refused, ended, one.rooms.sockets

    refused, ended, sockets = at(visit)
    assert refused == {"refused": "crowd"}
    assert ended
    assert sockets == 2


def test_a_lecturer_is_told_of_the_picture_that_is_kept():
    async def visit(one):
        lecturer, welcome = await one.lecturer()
        student, _ = await one.student(welcome["code"])
        lecturer.say({"ask": NAME})
        await student.hear()
        student.say({"mark": {"target": 1}})
        await lecturer.until(lambda told: f"mark/{NAME}/0" in told.get("now", {}))
        lecturer.say({"keep": True, "ask": NAME})
        told = await lecturer.until(lambda told: "kept/1" in told.get("now", {}))
        return told["now"]["kept/1"]["answers"], await student.hear()

    answers, heard = at(visit)
    assert answers["0"]["target"] == 1
    assert heard == {"now": {"ask": NAME, "show": None}}


class BrokenStore(MemoryStore):
    """A store that has an accident as somebody sits down."""

    async def join(self, code, ticket):
        raise ValueError("an accident")


def test_an_accident_leaves_nobody_in_a_room():
    async def visit(one):
        one.rooms.store = BrokenStore()
        _, welcome = await one.lecturer()
        student = await one.peer()
        student.say({"join": {"code": welcome["code"], "ticket": None}})
        ended = await student.ended()
        (room,) = one.rooms.known.values()
        return ended, room.users

    assert at(visit) == ("the message could not be answered", 1)
