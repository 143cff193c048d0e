"""What a session costs, and whether the server gives it back.

Sessions are opened as pages open them, each makes a few moves, and all are closed. The first
sessions of a server fill caches that stay, so the memory after 200 sessions is reported twice:
against the server that nobody had visited, and against one that had 200 visitors before.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager
from typing import Any

from .servers import Running, crossent, plain, resident_bytes
from .table import Row, run, say
from .visitors import VISITORS, Person

SESSIONS, QUICK_SESSIONS = 200, 40
OPEN = 40  # sessions open at once
MOVES = 3
GONE = 20.0  # seconds until a server has dropped what nobody looks at
REACH = 1.10


async def opened(url: str, kind: str, count: int) -> list[Person]:
    """So many sessions, each with a few moves behind it."""
    people = []
    for _ in range(count):
        person = await VISITORS[kind](url)
        start = time.perf_counter()
        for number in range(1, MOVES + 1):
            person.move(person.page, number)
            while (answer := person.answered(*await person.page.receive())) is None or (
                answer < number
            ):
                if time.perf_counter() - start > 30:
                    raise RuntimeError("a move was not answered")
        people.append(person)
    return people


async def come_and_go(url: str, kind: str, count: int) -> None:
    """So many sessions, `OPEN` at a time."""
    for start in range(0, count, OPEN):
        for person in await opened(url, kind, min(OPEN, count - start)):
            person.page.connection.close()
        await asyncio.sleep(0.2)
    await asyncio.sleep(GONE)


async def life(url: str, process: int, kind: str, sessions: int) -> dict[str, float]:
    """A server's memory in bytes, from nobody to so many visitors gone, twice."""
    cold = resident_bytes(process)
    people = await opened(url, kind, 1)
    first = resident_bytes(process)
    people += await opened(url, kind, OPEN)
    full = resident_bytes(process)
    for person in people:
        person.page.connection.close()
    await come_and_go(url, kind, sessions)
    before = resident_bytes(process)
    await come_and_go(url, kind, sessions)
    after = resident_bytes(process)
    return {
        "cold": cold,
        "first": first,
        "per_session": (full - first) / OPEN,
        "before": before,
        "after": after,
        "sessions": sessions,
    }


def measure(quick: bool) -> dict[str, Any]:
    """Our server and the plain app, one after the other."""
    results = {}
    servers: dict[str, AbstractContextManager[Running]] = {
        "crossent": crossent(),
        "plain": plain(),
    }
    for kind, server in servers.items():
        with server as (url, process):
            told = asyncio.run(life(url, process, kind, QUICK_SESSIONS if quick else SESSIONS))
        results[kind] = told
        say(f"  {kind}: " + ", ".join(f"{k} {v / 1e6:.1f} MB" for k, v in told.items() if v > 1e4))
    return results


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    ours, theirs = results["crossent"], results["plain"]

    def megabytes(number: float) -> str:
        return f"{number / 1e6:.1f} MB"

    def grown(what: str, before: str, after: str) -> Row:
        ratio, other = ours[after] / ours[before], theirs[after] / theirs[before]
        return Row(
            what,
            f"{megabytes(ours[before])} to {megabytes(ours[after])}",
            f"plain Panel {megabytes(theirs[before])} to {megabytes(theirs[after])}, {other:.2f}",
            ratio,
            f"ratio {REACH}",
            ratio <= REACH,
        )

    count = int(ours["sessions"])
    return [
        Row(
            "memory of a server that nobody has visited",
            megabytes(ours["cold"]),
            f"plain Panel {megabytes(theirs['cold'])}",
            ours["cold"] / theirs["cold"],
        ),
        Row(
            f"memory of each of {OPEN} further open sessions",
            f"{ours['per_session'] / 1e3:.0f} kB",
            f"plain Panel {theirs['per_session'] / 1e3:.0f} kB",
            ours["per_session"] / theirs["per_session"] if theirs["per_session"] > 0 else None,
        ),
        grown(f"memory after the first {count} sessions, from none", "cold", "before"),
        grown(f"memory after {count} more, all closed", "before", "after"),
    ]


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
