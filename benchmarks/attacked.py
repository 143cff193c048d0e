"""How much longer a visitor waits while others attack: moves of a drag, and loads of a page.

Each attack is measured twice: at this server, and at another one of ours beside it. What the
machine's processors lose to attackers and to a server that answers them is the same in both; what
differs is what the attacked server's own visitors feel. The attackers (attackers.py) are niced,
send at a bounded rate and come from another address where the system lets them.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import numpy as np
from tornado.httpclient import AsyncHTTPClient

from .attackers import KINDS
from .servers import crossent
from .table import Row, run, say
from .visitors import crossent_person

SECONDS, QUICK_SECONDS = 8.0, 3.0  # of dragging in each attack
LOAD_EACH = 0.2  # s
SETTLED = 25.0  # s until a new server has made what all pages share
REACH = 0.050  # s that a visitor may wait longer, at p95


async def visit(url: str, seconds: float) -> dict[str, list[float]]:
    """Someone drags, and someone loads the page again and again: how long each took."""
    person = await crossent_person(url)
    loads: list[float] = []
    start = time.perf_counter() + 0.2

    async def load() -> None:
        await asyncio.sleep(0.2)
        while (began := time.perf_counter()) < start + seconds:
            await AsyncHTTPClient().fetch(url, request_timeout=60)
            loads.append(time.perf_counter() - began)
            await asyncio.sleep(LOAD_EACH)

    await asyncio.gather(person.drag(start, start + seconds), load())
    person.page.connection.close()
    return {"drag": person.times, "load": loads}


def visited(url: str, seconds: float, attacked: str, kind: str) -> dict[str, dict[str, float]]:
    """What a visitor of one server sees while one is attacked, in seconds."""
    command = [sys.executable, "-m", "benchmarks.attackers", attacked, kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attackers:
        try:
            assert attackers.stdout is not None
            attackers.stdout.readline()
            time.sleep(1.0)
            found = asyncio.run(visit(url, seconds))
        finally:
            attackers.kill()
    return {
        what: {"p50": float(np.percentile(times, 50)), "p95": float(np.percentile(times, 95))}
        for what, times in found.items()
    }


def measure(quick: bool) -> dict[str, Any]:
    """Every attack, at this server and at the one beside it."""
    seconds = QUICK_SECONDS if quick else SECONDS
    results: dict[str, Any] = {}
    with crossent() as (url, _), crossent() as (other, _):
        time.sleep(SETTLED)
        for kind in KINDS:
            here, beside = (visited(url, seconds, at, kind) for at in (url, other))
            results[kind] = {"here": here, "beside": beside}
            for what in here:
                say(f"  {kind}: {what} {as_ms(here[what])}; beside {as_ms(beside[what])}")
    return results


def as_ms(found: dict[str, float]) -> str:
    """Both percentiles in milliseconds."""
    return f"{1e3 * found['p50']:.1f} / {1e3 * found['p95']:.1f} ms"


def rows(results: dict[str, Any]) -> list[Row]:
    """The table: what the attack adds."""
    table = []
    for kind, found in results.items():
        for what, here in found["here"].items():
            beside = found["beside"][what]
            table.append(
                Row(
                    f"attacked by {kind}: {what}, p50 / p95",
                    as_ms(here),
                    f"attacked beside it {as_ms(beside)}",
                    here["p95"] / beside["p95"],
                    f"{1e3 * REACH:.0f} ms more at p95",
                    here["p95"] - beside["p95"] <= REACH,
                )
            )
    return table


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
