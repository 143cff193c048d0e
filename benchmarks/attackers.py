"""Visitors who mean harm, in a process of their own: URL KIND, until they are ended.

They are niced and send at a bounded rate, so that what others feel is what the server does with
what they send, and not the processor that sending takes. Where the system lets them they come from
another address than everyone else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from .visitors import data_event

RATE = 40.0  # a second, of whatever it is
AT_ONCE = 40
NICE = 15
OTHER = "127.0.0.2"  # all of 127.0.0.0/8 is this machine on Linux
MOVE = {"logits": [1.0, 0.0, -1.0], "target": 0}


class Attacker:
    """Someone at a server, who speaks to it in bytes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.source = (OTHER, 0) if can_bind(OTHER) else None
        self.number = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        return await asyncio.open_connection(self.host, self.port, local_addr=self.source)

    def request(self, path: str, *lines: str) -> bytes:
        """A request's bytes."""
        head = (f"GET {path} HTTP/1.1", f"Host: {self.host}:{self.port}", *lines, "", "")
        return "\r\n".join(head).encode()

    async def page(self, path: str) -> str:
        """A page, whole."""
        reader, writer = await self.connect()
        writer.write(self.request(path, "Connection: close"))
        try:
            return (await reader.read(-1)).decode("utf-8", "replace")
        finally:
            writer.transport.abort()

    async def pages(self) -> None:
        """Asks for the largest page."""
        await self.page("/")

    async def gone(self) -> None:
        """Asks for one that is made for it alone, and is gone."""
        _, writer = await self.connect()
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.write(self.request("/figures/training-race?seed=7"))
        writer.transport.abort()

    async def heads(self) -> None:
        """Asks with a thousand lines."""
        reader, writer = await self.connect()
        writer.write(self.request("/none", *["X: y"] * 1000))
        with contextlib.suppress(OSError):
            await reader.read(1000)
        writer.transport.abort()

    async def session(self, figure: str) -> tuple[asyncio.StreamWriter, str]:
        """A session's socket, and its link's name."""
        found = re.search(r'"token":"([^"]+)"', await self.page(f"/figures/{figure}"))
        assert found is not None, "the page has no session"
        reader, writer = await self.connect()
        upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
        key, offered = f"Sec-WebSocket-Key: {'A' * 22}==", f"bokeh, {found[1]}"
        writer.write(self.request("/ws", *upgrade, key, f"Sec-WebSocket-Protocol: {offered}"))
        say(writer, "PULL-DOC-REQ", {})
        link = re.compile(rb'ReactiveESM", ?"id": ?"(\w+)"')
        told = b""
        while not (named := link.search(told)):
            part = await reader.read(65_536)
            if not part:
                raise ConnectionError("the server closed the socket")
            told += part
        asyncio.get_running_loop().create_task(swallow(reader))
        return writer, named[1].decode()

    async def sessions(self) -> None:
        """Begins a session and leaves it."""
        writer, _ = await self.session("logit-gradient")
        writer.transport.abort()

    async def moves(self) -> None:
        """Drags ten times as fast as a finger, without waiting for answers."""
        await self.ask("logit-gradient", RATE * 5, lambda number: MOVE)

    async def runs(self) -> None:
        """Asks for one long run after another, each a new one."""
        await self.ask(
            "training-race", RATE / 4, lambda number: {"learning_rate": 0.01 + number / 1000}
        )

    async def ask(self, figure: str, rate: float, state: Callable[[int], object]) -> None:
        """Asks one session for states."""
        writer, link = await self.session(figure)
        while not writer.is_closing():
            self.number += 1
            asked = {"seq": self.number, "figure": figure, "state": state(self.number)}
            event = data_event({"id": link}, asked | {"whole": True})
            say(writer, "PATCH-DOC", {"events": [event]})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(writer.drain(), 1)
            await asyncio.sleep(1 / rate)


KINDS: dict[str, Callable[[Attacker], Awaitable[None]]] = {
    "pages": Attacker.pages,
    "requests that are left": Attacker.gone,
    "long heads": Attacker.heads,
    "sessions": Attacker.sessions,
    "moves": Attacker.moves,
    "long runs": Attacker.runs,
}


def can_bind(address: str) -> bool:
    """Whether one may come from an address of this machine."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind((address, 0))
        return True
    return False


def say(writer: asyncio.StreamWriter, kind: str, content: object) -> None:
    """Sends a message of Bokeh's protocol, its frames masked by nothing."""
    for text in (json.dumps({"msgid": "1", "msgtype": kind}), "{}", json.dumps(content)):
        data = text.encode()
        writer.write(struct.pack("!BBHI", 0x81, 0xFE, len(data), 0) + data)


async def swallow(reader: asyncio.StreamReader) -> None:
    """Reads what comes."""
    with contextlib.suppress(OSError):
        while await reader.read(65_536):
            pass


async def attack(url: str, kind: str) -> None:
    """Does it over and over, so often a second and so much at once."""
    attacker, under_way = Attacker(url), set[asyncio.Task[None]]()
    at_once = 4 if kind in ("moves", "long runs") else AT_ONCE
    print("there", flush=True)
    while True:
        if len(under_way) < at_once:
            task = asyncio.ensure_future(again(KINDS[kind], attacker))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.sleep(1 / RATE)


async def again(act: Callable[[Attacker], Awaitable[None]], attacker: Attacker) -> None:
    """Does it once; to be refused is part of it."""
    with contextlib.suppress(OSError, AssertionError, asyncio.IncompleteReadError):
        await act(attacker)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(NICE)
    asyncio.run(attack(sys.argv[1], sys.argv[2]))
