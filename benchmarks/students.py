"""Students of a room without pages: sockets that join, hear the lecturer, and drag.

python -m benchmarks.students URL CODE COUNT DRAGGING RATE: says "there" when all have joined, reads
a start and an end from its input, and writes what was heard as JSON. Times are of one clock for all
processes (CLOCK_MONOTONIC).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from tornado.websocket import WebSocketClientConnection, websocket_connect

FIGURE = "bce-curves"
STATE = f"state/{FIGURE}"
STEP = 1e-4  # of the logit, between two moves of the lecturer: a move is known by its number
JOINING = 40  # at once
LAST = 1.0  # s that the last state may take


def address_of(url: str) -> str:
    """The rooms' socket of a server."""
    return f"ws://{urlsplit(url).netloc}/ws/room"


def number_of(logit: float) -> int:
    """Which of the lecturer's moves a state is."""
    return round(logit / STEP)


class Student:
    """A seat, and the last of the lecturer's moves that it has heard of."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket, self.heard = socket, 0
        self.arrivals: dict[int, float] = {}

    async def listen(self) -> None:
        """Notes when each move came, or a later one in its place."""
        while (text := await self.socket.read_message()) is not None:
            logit = json.loads(text).get("now", {}).get(STATE, {}).get("logit")
            if logit is None:
                continue
            now = time.monotonic()
            for number in range(self.heard + 1, number_of(logit) + 1):
                self.arrivals[number] = now
            self.heard = max(self.heard, number_of(logit))

    async def drag(self, rate: float, start: float, end: float, seat: int) -> int:
        """Sends its own state so often; how many messages that were."""
        sent = 0
        await asyncio.sleep(max(0.0, start - time.monotonic()) + (seat % 20) / 20 / rate)
        while time.monotonic() < end:
            sent += 1
            share = (seat * 37 + sent * 13) % 997 / 997
            await self.socket.write_message(json.dumps({"mark": {"p": share, "logit": 0.0}}))
            await asyncio.sleep(1 / rate)
        return sent


async def joined(url: str, code: str, count: int) -> list[Student]:
    """So many students of a room, `JOINING` at a time."""
    gate = asyncio.Semaphore(JOINING)

    async def one() -> Student:
        async with gate:
            socket = await websocket_connect(address_of(url), connect_timeout=60)
            await socket.write_message(json.dumps({"join": {"code": code, "ticket": None}}))
            answer = json.loads(await socket.read_message() or "{}")
            if "welcome" not in answer:
                raise RuntimeError(f"a student was not let in: {answer}")
            return Student(socket)

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def lesson(url: str, code: str, count: int, dragging: int, rate: float) -> dict[str, Any]:
    """Joins, drags, and tells what was heard."""
    students = await joined(url, code, count)
    listening = [asyncio.ensure_future(student.listen()) for student in students]
    print("there", flush=True)
    start, end = map(float, (await asyncio.to_thread(sys.stdin.readline)).split())
    used = time.process_time()
    draggers = [one.drag(rate, start, end, seat) for seat, one in enumerate(students[:dragging])]
    sent = await asyncio.gather(*draggers, asyncio.sleep(max(0.0, end - time.monotonic()), 0))
    await asyncio.sleep(LAST)
    for task in listening:
        task.cancel()
    last: dict[int, float] = {}
    for student in students:
        for number, at in student.arrivals.items():
            last[number] = max(last.get(number, 0.0), at)
    return {
        "last": last,
        "heard": [student.heard for student in students],
        "sent": sum(sent),
        "busy": (time.process_time() - used) / (end - start + LAST),
    }


if __name__ == "__main__":
    where, letters, *numbers = sys.argv[1:]
    many, few, often = numbers
    print(json.dumps(asyncio.run(lesson(where, letters, int(many), int(few), float(often)))))
