"""A process of a shared room is killed: how long until its students are back, with their votes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from typing import Any

from tornado.websocket import WebSocketClosedError, websocket_connect

from .servers import processes_of
from .students import JOINING, address_of

LESSON, QUESTION, FIGURE = "surprise", "question-1", "prediction-bars"
PAUSE = 0.5  # s until a page comes back, as assets/rooms/wire.js has it
QUIET = 2.0  # s in which a socket whose process was killed has ended


class Voter:
    """A student who votes for one of three, and comes back."""

    def __init__(self, url: str, code: str) -> None:
        self.url, self.join = url, {"code": code, "ticket": None}

    async def enter(self) -> dict[str, Any]:
        """Joins; what the room has told since it began."""
        self.socket = await websocket_connect(address_of(self.url), connect_timeout=60)
        await self.socket.write_message(json.dumps({"join": self.join}))
        answer = json.loads(await self.socket.read_message() or "{}")
        self.join["ticket"], self.seat = answer["welcome"]["ticket"], answer["welcome"]["seat"]
        return dict(answer["now"])

    async def vote(self) -> None:
        """Casts its vote."""
        vote = {"question": QUESTION, "round": 1, "choices": [self.seat % 3]}
        await self.socket.write_message(json.dumps({"vote": vote}))

    async def back(self, killed: float) -> tuple[float, bool] | None:
        """After how long it is back and whether it has its vote; None if it was never away."""
        try:
            async with asyncio.timeout(QUIET):
                while await self.socket.read_message() is not None:
                    pass
        except TimeoutError:
            return None
        await asyncio.sleep(PAUSE)
        now = await self.enter()
        own = now.get(f"vote/{QUESTION}/1/{self.seat}") == [self.seat % 3]
        return time.monotonic() - killed, own


async def told_of_votes(lecturer: Any, count: int) -> None:
    """Waits until the lecturer has heard of so many."""
    heard: set[str] = set()
    while len(heard) < count:
        now = json.loads(await lecturer.read_message() or "{}").get("now", {})
        heard |= {name for name in now if name.startswith("vote/")}


async def drag(lecturer: Any) -> None:
    """Moves for as long as it can."""
    with contextlib.suppress(WebSocketClosedError):
        for n in range(100):
            await lecturer.write_message(json.dumps({"set": {FIGURE: {"target": n % 2}}}))
            await asyncio.sleep(0.05)


async def killed(url: str, process: int, count: int) -> list[tuple[float, bool]]:
    """Of each student who lost its process, when it was back, and whether with its vote."""
    lecturer = await websocket_connect(address_of(url))
    await lecturer.write_message(json.dumps({"open": LESSON}))
    code = json.loads(await lecturer.read_message() or "{}")["welcome"]["code"]
    class_ = [Voter(url, code) for _ in range(count)]
    for start in range(0, count, JOINING):
        await asyncio.gather(*(one.enter() for one in class_[start : start + JOINING]))
    poll = {"question": QUESTION, "round": 1, "counts": None}
    await lecturer.write_message(json.dumps({"poll": poll}))
    await asyncio.sleep(1.0)  # until it is everywhere
    await asyncio.gather(told_of_votes(lecturer, count), *(one.vote() for one in class_))
    dragging = asyncio.ensure_future(drag(lecturer))
    found: list[tuple[float, bool]] = []
    for one in processes_of(process):
        if not found:  # it may be that a process had nobody
            os.kill(one, signal.SIGKILL)
            at = time.monotonic()
            found = [b for b in await asyncio.gather(*(v.back(at) for v in class_)) if b]
    await dragging
    return found
