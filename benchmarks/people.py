"""How many people, each dragging at 20 Hz, one server process holds at p95 under 100 ms.

Each person is a WebSocket that speaks Bokeh's protocol as a page does. At our page: a state every
50 ms, one in flight, the newest wins. At the plain Panel app: every value, as its page does it;
once as Panel is, and once with its hold of 50 ms switched off. A move's time runs from when the
finger moved to the answer that covers it. The people live in two processes of their own; beside
each number stand how busy the server and they were, and how late they woke: where the server is
not busy, the limit is not its.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .servers import crossent, plain, processor_seconds, settle
from .table import Row, run, say
from .visitors import RATE

LIMIT = 0.100  # seconds, at p95
SECONDS, QUICK_SECONDS = 5.0, 2.0  # of dragging at each number of people
PROCESSES = 2  # of people
TRIES = 2  # a number of people fails only if it fails so often
REACH = 5.0  # times the plain app


@dataclass
class Measured:
    """One crowd at one server."""

    people: int
    p95: float
    server_busy: float | None
    people_busy: float
    late_p95: float

    def __str__(self) -> str:
        server = "?" if self.server_busy is None else f"{100 * self.server_busy:.0f} %"
        return (
            f"{self.people:4d} people: p95 {1e3 * self.p95:6.1f} ms; server busy {server}, "
            f"people {100 * self.people_busy:.0f} % of a processor, woke {1e3 * self.late_p95:.1f} "
            "ms late at p95"
        )


def crowd_at(url: str, server: int, kind: str, count: int, seconds: float) -> Measured:
    """So many people at a server for some seconds."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.visitors", url, kind]
            + [str(number) for number in (first, PROCESSES, count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(min(PROCESSES, count))
    ]
    for process in processes:
        assert process.stdout is not None
        if process.stdout.readline() != "there\n":
            raise RuntimeError("the people did not reach the server")
    start = time.perf_counter() + 0.3
    used = processor_seconds(server)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{start} {start + seconds}\n")
        process.stdin.flush()
    told = [process.communicate() for process in processes]
    used_since = processor_seconds(server)
    found = [json.loads(out.splitlines()[-1]) for out, _ in told]
    busy = None if used is None or used_since is None else (used_since - used) / seconds
    return Measured(
        people=count,
        p95=float(np.percentile([t for one in found for t in one["times"]], 95)),
        server_busy=busy,
        people_busy=sum(one["busy"] for one in found),
        late_p95=float(np.percentile([t for one in found for t in one["late"]], 95)),
    )


def capacity(url: str, server: int, kind: str, start: int, seconds: float) -> dict[str, Any]:
    """The greatest number of people held, and what was measured on the way."""
    held, failed, count = 0, None, start
    seen: list[Measured] = []
    while True:
        for _ in range(TRIES):
            seen.append(crowd_at(url, server, kind, count, seconds))
            say(f"    {seen[-1]}")
            if seen[-1].p95 < LIMIT:
                break
        if seen[-1].p95 < LIMIT:
            held = count
        else:
            failed = count
        if failed is None:
            count *= 2
        elif failed - held <= max(1, held // 10):
            return {"held": held, "measured": [asdict(one) for one in seen]}
        else:
            count = (held + failed) // 2


def measure(quick: bool) -> dict[str, Any]:
    """Each server in turn."""
    results = {}
    seconds = QUICK_SECONDS if quick else SECONDS
    for name, server, kind, start in (
        ("plain Panel", plain(), "plain", 4),
        ("plain Panel, no hold", plain(hold=False), "plain", 4),
        ("crossent", crossent(), "crossent", 32),
    ):
        say(f"  {name}: people at {RATE:.0f} Hz, p95 under {1e3 * LIMIT:.0f} ms")
        with server as (url, process):
            settle(process)  # a server that has just begun makes what all pages share
            results[name] = capacity(url, process, kind, start, seconds)
    return results


def rows(results: dict[str, Any]) -> list[Row]:
    """The table; the ratio that counts is against the better of the two plain apps."""
    ours = results["crossent"]["held"]
    plains = {name: results[name]["held"] for name in results if name != "crossent"}
    better = max(plains, key=lambda name: plains[name])
    table = []
    for name, held in plains.items():
        ratio = ours / held if held else None
        counts = name == better
        table.append(
            Row(
                "people at 20 Hz that one process holds",
                str(ours),
                f"{name} {held}",
                ratio,
                f"ratio {REACH:.0f}" if counts else "",
                ours >= REACH * held if counts else None,
            )
        )
    return table


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
