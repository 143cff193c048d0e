"""How many people, each dragging at 20 Hz, one server process holds at p95 under 100 ms.

Each person is a WebSocket that speaks Bokeh's protocol as a page does: a state every 50 ms, one in
flight, the newest wins; a move's time runs from when the finger moved to the answer that covers
it. The same people then drag the plain Panel app, whose page sends every value.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.request import urlopen

import numpy as np
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

RATE = 20.0  # moves a second, each person
LIMIT = 0.100  # seconds, at p95
SECONDS = 4.0  # of dragging at each number of people


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(arguments: list[str], path: str) -> Iterator[tuple[str, int]]:
    """A server process, stopped at the end: the address of its page, and its process id."""
    port = free_port()
    command = [sys.executable, "-m", *(a.format(port=port) for a in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}{path}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urlopen(url, timeout=5).read()
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{' '.join(command)} does not answer")
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)


def crossent() -> contextlib.AbstractContextManager[tuple[str, int]]:
    """This project's server."""
    return running(
        ["crossent", "serve", "--port", "{port}", "--no-open"], "/figures/prediction-bars"
    )


def plain() -> contextlib.AbstractContextManager[tuple[str, int]]:
    """The plain Panel app of the same picture."""
    return running(["benchmarks.plain_panel", "{port}"], "/plain")


class Socket:
    """One page's end of Bokeh's protocol: messages of three frames and more."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection

    @classmethod
    async def open(cls, url: str) -> tuple[Socket, dict[str, Any]]:
        """Loads a page, opens its socket and pulls its document."""
        html = (await AsyncHTTPClient().fetch(url, request_timeout=60)).body.decode()
        found = re.search(r"const render_items = (\[.*?\]);", html, re.S)
        assert found is not None, "the page has no session"
        token = json.loads(found.group(1))[0]["token"]
        request = HTTPRequest(url.replace("http", "ws", 1) + "/ws")
        page = cls(await websocket_connect(request, subprotocols=["bokeh", token]))
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
    """Someone who drags: what a move sends, and which answers cover it."""

    page: Socket
    move: Callable[[Socket, int], None]
    covers: Callable[[str, dict[str, Any]], bool]
    times: list[float] = field(default_factory=list)

    async def drag(self, start: float, end: float) -> None:
        """Moves at the given rate until the end; each move's time is kept."""
        moved: list[float] = []
        free = asyncio.Event()
        free.set()

        async def answers() -> None:
            while True:
                kind, content = await self.page.receive()
                if self.covers(kind, content):
                    now = time.perf_counter()
                    self.times.extend(now - at for at in sent)
                    sent.clear()
                    free.set()

        sent: list[float] = []
        reader = asyncio.create_task(answers())
        number = 0
        next_at = start
        while next_at < end:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            moved.append(next_at)
            next_at += 1 / RATE
            if free.is_set():
                number += 1
                free.clear()
                sent.extend(moved)
                moved.clear()
                self.move(self.page, number)
        await asyncio.wait({reader}, timeout=1.0)
        # What was not answered at all counts as if it were answered now.
        self.times.extend(time.perf_counter() - at for at in (*sent, *moved))
        reader.cancel()


async def crossent_person(url: str) -> Person:
    """A person at our page."""
    page, document = await Socket.open(url)
    found = re.search(r'"ReactiveESM", "id": "(\w+)"', json.dumps(document)) or re.search(
        r'"panel.models.esm.ReactiveESM", "id": "(\w+)"', json.dumps(document)
    )
    assert found is not None, "the page has no link"
    model = {"id": found.group(1)}
    state = {
        "probs": [0.1, 0.2, 0.6, 0.1],
        "target": 2,
        "classes": ["cat", "dog", "fox", "owl"],
        "unit": "nats",
    }

    def move(page: Socket, number: int) -> None:
        edit = {"name": "probs", "index": 2, "value": (number % 97) / 100}
        data = {"seq": number, "figure": "prediction-bars", "state": state, "edit": edit}
        page.send("PATCH-DOC", {"events": [data_event(model, data)]})

    def covers(kind: str, content: dict[str, Any]) -> bool:
        return kind == "PATCH-DOC" and "seq" in json.dumps(content)

    return Person(page, move, covers)


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

    def move(page: Socket, number: int) -> None:
        value = (number % 97 + 1) / 100
        change = {"kind": "ModelChanged", "model": model, "attr": "value", "new": value}
        page.send("PATCH-DOC", {"events": [change]})

    def covers(kind: str, content: dict[str, Any]) -> bool:
        # The dot's new place: the last source that the callback sets is in the same message.
        return kind == "PATCH-DOC" and '"loss"' in json.dumps(content)

    return Person(page, move, covers)


async def people_at(
    url: str, make: Callable[[str], Any], count: int
) -> AsyncIterator[Person]:  # pragma: no cover
    """Opens so many pages."""
    for _ in range(count):
        yield await make(url)


async def p95_of(url: str, make: Callable[[str], Any], count: int) -> float:
    """The 95th percentile of a move's time with so many people, in seconds."""
    people = [person async for person in people_at(url, make, count)]
    now = time.perf_counter() + 0.2
    starts = [now + i / count / RATE for i in range(count)]  # not all in the same instant
    await asyncio.gather(*(p.drag(s, s + SECONDS) for p, s in zip(people, starts, strict=True)))
    for person in people:
        person.page.connection.close()
    await asyncio.sleep(0.3)
    return float(np.percentile([t for p in people for t in p.times], 95))


async def capacity(url: str, make: Callable[[str], Any], start: int) -> tuple[int, list[str]]:
    """The greatest number of people held, and what was measured on the way."""
    held, failed, count, lines = 0, None, start, []
    while True:
        p95 = await p95_of(url, make, count)
        lines.append(f"    {count:4d} people: p95 {1000 * p95:6.1f} ms")
        print(lines[-1], flush=True)
        if p95 < LIMIT:
            held = count
        else:
            failed = count
        if failed is None:
            count *= 2
        elif failed - held <= max(1, held // 8):
            return held, lines
        else:
            count = (held + failed) // 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON at the end")
    options = parser.parse_args()
    results = {}
    for name, server, make, start in (
        ("plain Panel app", plain, plain_person, 2),
        ("crossent", crossent, crossent_person, 8),
    ):
        print(f"{name}: people at {RATE:.0f} Hz, p95 under {1000 * LIMIT:.0f} ms")
        with server() as (url, _):
            results[name], _ = asyncio.run(capacity(url, make, start))
    ratio = results["crossent"] / max(1, results["plain Panel app"])
    print(f"people held by one process: {results}; ratio {ratio:.1f}")
    if options.json:
        print(json.dumps({"people": results, "ratio": ratio}))


if __name__ == "__main__":
    main()
