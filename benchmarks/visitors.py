"""Visitors without a browser: the far end of Bokeh's protocol, and people who drag through it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

RATE = 20.0  # moves a second, each person


class Socket:
    """One page's end of Bokeh's protocol: messages of three frames and more."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection

    @classmethod
    async def open(cls, url: str) -> tuple[Socket, dict[str, Any]]:
        """Loads a page, opens its socket and pulls its document."""
        html = (await AsyncHTTPClient().fetch(url, request_timeout=60)).body.decode()
        token = re.search(r'"token": ?"([^"]+)"', html)
        assert token is not None, "the page has no session"
        ours = 'data-crossent="session"' in html  # whose pages all have one address for sockets
        place = url.split("/", 3)[:3] if ours else [url]
        request = HTTPRequest("/".join(place).replace("http", "ws", 1) + "/ws")
        page = cls(await websocket_connect(request, subprotocols=["bokeh", token[1]]))
        page.connection.protocol.stream.set_nodelay(True)  # as browsers do
        await page.receive()
        page.send("PULL-DOC-REQ", {})
        while True:
            kind, content = await page.receive()
            if kind == "PULL-DOC-REPLY":
                return page, content

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Sends one message."""
        for frame in ({"msgid": "0", "msgtype": kind}, {}, content):
            self.connection.write_message(json.dumps(frame))

    async def receive(self) -> tuple[str, dict[str, Any]]:
        """The next message; its buffers are read and left."""
        header = json.loads(await self.frame())
        await self.frame()
        content = json.loads(await self.frame())
        for _ in range(2 * header.get("num_buffers", 0)):
            await self.frame()
        return header["msgtype"], content

    async def frame(self) -> str | bytes:
        """The next frame."""
        frame = await self.connection.read_message()
        if frame is None:
            raise ConnectionError("the server closed the socket")
        return frame


@dataclass
class Person:
    """Someone who drags: what a move sends, and which move an answer answers, if it answers one."""

    page: Socket
    move: Callable[[Socket, int], None]
    answered: Callable[[str, dict[str, Any]], int | None]
    one_in_flight: bool
    times: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    async def drag(self, start: float, end: float) -> None:
        """Moves at the given rate until the end; each move's time is kept, and how late it woke."""
        waiting: list[tuple[int, float]] = []  # moves without an answer, and when they were made
        flying = 0  # the newest move that was sent and not answered, or 0
        number = 0

        async def answers() -> None:
            nonlocal flying
            while True:
                answer = self.answered(*await self.page.receive())
                if answer is None:
                    continue
                now = time.perf_counter()
                self.times.extend(now - at for made, at in waiting if made <= answer)
                waiting[:] = [(made, at) for made, at in waiting if made > answer]
                if answer >= flying:
                    flying = 0

        reader = asyncio.create_task(answers())
        next_at = start
        while next_at < end:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            self.late.append(time.perf_counter() - next_at)
            number += 1
            waiting.append((number, next_at))
            next_at += 1 / RATE
            if not (flying and self.one_in_flight):
                flying = number
                self.move(self.page, number)
        await asyncio.wait({reader}, timeout=1.0)
        # What was not answered though it was sent counts as if it were answered now.
        now = time.perf_counter()
        self.times.extend(now - at for made, at in waiting if made <= flying)
        reader.cancel()


async def crossent_person(url: str) -> Person:
    """A person at our page who drags a bar."""
    state = {
        "probs": [0.1, 0.2, 0.6, 0.1],
        "target": 2,
        "classes": ["cat", "dog", "fox", "owl"],
        "unit": "nats",
    }

    def asked(number: int) -> dict[str, Any]:
        edit = {"name": "probs", "index": 2, "value": (number % 97) / 100}
        return {"figure": "prediction-bars", "state": state, "edit": edit}

    return await person_at(url, asked)


async def training_person(url: str) -> Person:
    """A person who drags the learning rate of a race, so that every move is a new run."""
    one = id(url) % 1000 + time.perf_counter_ns() % 1000  # nobody's runs are another's

    def asked(number: int) -> dict[str, Any]:
        rate = 0.01 + (number % 97) / 100 + one / 1e6
        state = {"learning_rate": rate, "focal": True, "smoothed": True}
        return {"figure": "training-race", "state": state, "edit": None}

    return await person_at(url, asked)


async def person_at(url: str, asked: Callable[[int], dict[str, Any]]) -> Person:
    """A person at a page of ours; `asked` is what each move says to the link."""
    page, document = await Socket.open(url)
    found = re.search(r'"ReactiveESM", "id": "(\w+)"', json.dumps(document)) or re.search(
        r'"panel.models.esm.ReactiveESM", "id": "(\w+)"', json.dumps(document)
    )
    assert found is not None, "the page has no link"
    model = {"id": found.group(1)}

    def move(page: Socket, number: int) -> None:
        data = {"seq": number} | asked(number)
        page.send("PATCH-DOC", {"events": [data_event(model, data)]})

    def answered(kind: str, content: dict[str, Any]) -> int | None:
        found = re.search(r'"seq",? ?:?(\d+)', json.dumps(content)) if kind == "PATCH-DOC" else None
        return int(found.group(1)) if found else None

    return Person(page, move, answered, one_in_flight=True)


def data_event(model: dict[str, str], data: Any) -> dict[str, Any]:
    """A message of a Panel component, as BokehJS sends it."""
    values = {"type": "map", "entries": [["model", model], ["data", as_entries(data)]]}
    event = {"type": "event", "name": "data_event", "values": values}
    return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}


def as_entries(value: Any) -> Any:
    """Plain JSON with its objects as Bokeh's serializer writes them."""
    if isinstance(value, dict):
        return {"type": "map", "entries": [[k, as_entries(v)] for k, v in value.items()]}
    if isinstance(value, list):
        return [as_entries(v) for v in value]
    return value


async def plain_person(url: str) -> Person:
    """A person at the plain Panel app."""
    page, document = await Socket.open(url)
    text = json.dumps(document)
    found = re.search(r'"name": "Slider", "id": "(\w+)"', text)
    assert found is not None, "the page has no slider"
    model = {"id": found.group(1)}

    numbers: dict[float, int] = {}

    def move(page: Socket, number: int) -> None:
        value = (number % 97 + 1) / 100
        numbers[value] = number
        change = {"kind": "ModelChanged", "model": model, "attr": "value", "new": value}
        page.send("PATCH-DOC", {"events": [change]})

    def answered(kind: str, content: dict[str, Any]) -> int | None:
        # The dot's new place.
        found = re.search(r'"p", \[([\d.e-]+)\]', json.dumps(content))
        return numbers.get(float(found.group(1))) if found and kind == "PATCH-DOC" else None

    # Its page sends every value, whatever is on its way.
    return Person(page, move, answered, one_in_flight=False)


Visitor = Callable[[str], Awaitable[Person]]
VISITORS: dict[str, Visitor] = {
    "crossent": crossent_person,
    "training": training_person,
    "plain": plain_person,
}


async def visit(url: str, kind: str, indices: range, crowd: int) -> dict[str, Any]:
    """Some of a crowd: says when they are there, hears when to drag from and until, and drags."""
    people = [await VISITORS[kind](url) for _ in indices]
    print("there", flush=True)
    start, end = (float(word) for word in sys.stdin.readline().split())
    busy = time.process_time()
    starts = [start + i / crowd / RATE for i in indices]  # not all in the same instant
    await asyncio.gather(*(p.drag(s, end) for p, s in zip(people, starts, strict=True)))
    busy = time.process_time() - busy
    for person in people:
        person.page.connection.close()
    await asyncio.sleep(0.3)
    return {
        "times": [t for p in people for t in p.times],
        "late": [t for p in people for t in p.late],
        "busy": busy / (end - start),
    }


def main() -> None:
    """A process of people: URL KIND FIRST STEP CROWD."""
    url, kind, *numbers = sys.argv[1:]
    first, step, crowd = map(int, numbers)
    print(json.dumps(asyncio.run(visit(url, kind, range(first, crowd, step), crowd))))


if __name__ == "__main__":
    main()
