"""How much longer a visitor waits while others attack: moves of a drag, and loads of a page.

Before each attack a visitor is left alone for as long, so that a machine that slows down or has
other work meanwhile is in both numbers. The attackers (attackers.py)
are niced, send at a bounded rate and come from another address where the system lets them.
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
from .servers import crossent, settle
from .table import Row, run, say
from .visitors import Person, crossent_person

SECONDS, QUICK_SECONDS = 5.0, 2.0  # of dragging, alone and in each attack
LOAD_EACH = 0.2  # s
LEAD = 1.0  # s that an attack goes on before anyone looks
REACH = 0.050  # s that a visitor may wait longer, at p95


async def visit(person: Person, url: str, seconds: float) -> dict[str, dict[str, float]]:
    """Someone drags, and someone loads the page again and again: how long each took, in seconds."""
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
    return {
        what: {"p50": float(np.percentile(times, 50)), "p95": float(np.percentile(times, 95))}
        for what, times in (("drag", person.times), ("load", loads))
    }


async def attacked(url: str, seconds: float, kind: str) -> dict[str, dict[str, float]]:
    """The same for someone who was there when an attack began."""
    person = await crossent_person(url)
    command = [sys.executable, "-m", "benchmarks.attackers", url, kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attackers:
        try:
            assert attackers.stdout is not None
            await asyncio.to_thread(attackers.stdout.readline)
            await asyncio.sleep(LEAD)
            return await visit(person, url, seconds)
        finally:
            attackers.kill()


async def play(url: str, seconds: float) -> dict[str, Any]:
    """Alone, then under each attack in turn."""
    await visit(await crossent_person(url), url, 1.0)  # what is made at the first move is made
    results: dict[str, Any] = {}
    for kind in KINDS:
        alone = await visit(await crossent_person(url), url, seconds)
        under = await attacked(url, seconds, kind)
        results[kind] = {"alone": alone, "attacked": under}
        for what in alone:
            say(f"  {kind}: {what} {as_ms(alone[what])} alone, {as_ms(under[what])} attacked")
        await asyncio.sleep(LEAD)  # what was asked for in the attack is answered or dropped
    return results


def measure(quick: bool) -> dict[str, Any]:
    """Every attack at one server."""
    with crossent() as (url, process):
        settle(process)
        return asyncio.run(play(url, QUICK_SECONDS if quick else SECONDS))


def as_ms(found: dict[str, float]) -> str:
    """Both percentiles in milliseconds."""
    return f"{1e3 * found['p50']:.1f} / {1e3 * found['p95']:.1f} ms"


def rows(results: dict[str, Any]) -> list[Row]:
    """The table: what each attack adds."""
    table = []
    for kind, found in results.items():
        for what, alone in found["alone"].items():
            under = found["attacked"][what]
            more = under["p95"] - alone["p95"]
            table.append(
                Row(
                    f"attacked by {kind}: {what}, p50 / p95",
                    f"{as_ms(under)}, {1e3 * more:+.1f} ms",
                    f"alone {as_ms(alone)}",
                    under["p95"] / alone["p95"],
                    f"{1e3 * REACH:.0f} ms more at p95",
                    more <= REACH,
                )
            )
    return table


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
