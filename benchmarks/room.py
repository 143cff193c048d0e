"""A full lecture hall in one room: how late the last phone is, and how often the projector paints.

Students are sockets in processes of their own (students.py). First a lecturer drags at 20 Hz and
some of the students drag too: a move's time runs from when it was sent to when the last student has
it, or a later one. Then all drag, and a lecturer's page in a browser is asked how many pictures of
the whole class it painted. Then two processes and a Redis hold twice the hall; one of them is
killed, and those whom it served come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from playwright.async_api import Page
from tornado.websocket import websocket_connect

from .chromium import VIEWPORT, chromium
from .killed import killed
from .servers import Running, processes_of, processor_seconds, redis, resident_bytes, running
from .students import FIGURE, STEP, address_of
from .table import Row, run, say

HALL, QUICK_HALL, SEMINAR = 500, 100, 50  # students
DRAGGING = 0.2  # of them, while the lecturer does
CLASS, QUICK_CLASS = 200, 60  # who all drag
RATE, STUDENT_RATE = 20.0, 5.0  # Hz
SECONDS, QUICK_SECONDS = 10.0, 4.0
PROCESSES = 2  # of students
LATE = 0.250  # s, at p95
PICTURES = 10.0  # a second
MEMORY = 40_000  # bytes a student
SEVERAL = 2  # processes that share a room through Redis, and times the hall that they hold
SLOWER = 1.5  # times the hall's p95
BACK = 5.0  # s
PAGE = f"figures/{FIGURE}"
# Counts how often all marks are painted anew.
COUNTING = """() => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  window.pictures = 0;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    if (this.canvas.classList.contains("room-marks")) window.pictures += 1;
    return clearRect.apply(this, given);
  };
}"""


def server(*more: str) -> contextlib.AbstractContextManager[Running]:
    """This project's server, with rooms."""
    arguments = ["crossent", "serve", "--port", "{port}", "--no-open", "--rooms", *more]
    return running(arguments, f"/{PAGE}")


class Students:
    """So many of them, in their processes."""

    def __init__(self, url: str, code: str, count: int, dragging: int, rate: float) -> None:
        shares = [count // PROCESSES + (i < count % PROCESSES) for i in range(PROCESSES)]
        few = [dragging // PROCESSES + (i < dragging % PROCESSES) for i in range(PROCESSES)]
        self.processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.students", url, code),
                    *(str(share), str(some), str(rate)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for share, some in zip(shares, few, strict=True)
        ]

    async def there(self) -> None:
        """Waits until all have joined."""
        for process in self.processes:
            assert process.stdout is not None
            if await asyncio.to_thread(process.stdout.readline) != "there\n":
                raise RuntimeError("the students did not get in")

    def begin(self, start: float, end: float) -> None:
        """Lets them drag for a time."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{start} {end}\n")
            process.stdin.flush()

    async def told(self) -> list[dict[str, Any]]:
        """What each process has heard."""
        outs = [(await asyncio.to_thread(one.communicate))[0] for one in self.processes]
        return [json.loads(out.splitlines()[-1]) for out in outs]


def busy_seconds(process: int) -> float | None:
    """Processor time of a server, with that of the processes that it has started."""
    used = [processor_seconds(one) for one in (process, *processes_of(process))]
    return None if None in used else sum(filter(None, used))


async def lecture(url: str, process: int, count: int, seconds: float) -> dict[str, Any]:
    """A lecturer drags before so many students."""
    lecturer = await websocket_connect(address_of(url))
    await lecturer.write_message(json.dumps({"open": PAGE}))
    code = json.loads(await lecturer.read_message() or "{}")["welcome"]["code"]
    listening = asyncio.ensure_future(hear(lecturer))
    before = resident_bytes(process)
    students = Students(url, code, count, round(DRAGGING * count), STUDENT_RATE)
    await students.there()
    memory = (resident_bytes(process) - before) / count
    await lecturer.write_message(json.dumps({"ask": FIGURE, "mode": "explore"}))
    start = time.monotonic() + 0.5
    students.begin(start, start + seconds)
    used = busy_seconds(process)
    sent = await drag(lecturer, start, start + seconds)
    used_since = busy_seconds(process)
    told = await students.told()
    listening.cancel()
    lecturer.close()
    late = [
        max(one["last"].get(str(number), np.inf) for one in told) - at
        for number, at in sent.items()
    ]
    lost = sum(heard != len(sent) for one in told for heard in one["heard"])
    busy = None if used is None or used_since is None else (used_since - used) / seconds
    found = {
        "students": count,
        "p50": float(np.percentile(late, 50, method="higher")),  # one that never came is infinite
        "p95": float(np.percentile(late, 95, method="higher")),
        "lost": lost,
        "memory": memory,
        "busy": busy,
        "students_busy": sum(one["busy"] for one in told),
    }
    say(
        f"    {count} students: the last one after {1e3 * found['p50']:.0f} ms, "
        f"p95 {1e3 * found['p95']:.0f}; {lost} last states lost; {memory / 1e3:.0f} kB each; "
        f"server busy {busy or 0:.0%}, students {found['students_busy']:.0%}"
    )
    return found


async def lectures(
    url: str, process: int, halls: int, count: int, seconds: float
) -> dict[str, Any]:
    """So many lecture halls side by side, for a room has 576 seats: the worst of them."""
    found = await asyncio.gather(*(lecture(url, process, count, seconds) for _ in range(halls)))
    return {
        "students": sum(one["students"] for one in found),
        "p95": max(one["p95"] for one in found),
        "lost": sum(one["lost"] for one in found),
    }


async def hear(lecturer: Any) -> None:
    """Reads what a lecturer is told, so that nothing waits for it."""
    while await lecturer.read_message() is not None:
        pass


async def drag(lecturer: Any, start: float, end: float) -> dict[int, float]:
    """Moves at `RATE`; when each was sent, by its number."""
    sent: dict[int, float] = {}
    await asyncio.sleep(max(0.0, start - time.monotonic()))
    while (now := time.monotonic()) < end:
        number = len(sent) + 1
        sent[number] = now
        await lecturer.write_message(json.dumps({"set": {FIGURE: {"logit": number * STEP}}}))
        await asyncio.sleep(max(0.0, start + number / RATE - time.monotonic()))
    return sent


@contextlib.asynccontextmanager
async def projector(url: str) -> AsyncIterator[tuple[Page, str]]:
    """A lecturer's page with a room, and its code."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=VIEWPORT)
        await page.goto(url)
        await page.evaluate(COUNTING)
        await page.get_by_role("button", name="Open a room").click()
        await page.locator(".room-letters").wait_for()
        letters = await page.locator(".room-letters").inner_text()
        await page.keyboard.press("Escape")
        yield page, letters.replace(" ", "")


async def answers(url: str, count: int, seconds: float) -> dict[str, Any]:
    """All of a class drag; how many pictures a second the projector paints, and of how many."""
    async with projector(url) as (page, code):
        students = Students(url, code, count, count, STUDENT_RATE)
        await students.there()
        await page.get_by_role("button", name="Ask all").click()
        start = time.monotonic() + 0.5
        students.begin(start, start + seconds)
        await asyncio.sleep(start + 1.0 - time.monotonic())
        before = await page.evaluate("window.pictures")
        await asyncio.sleep(seconds - 1.5)
        pictures = (await page.evaluate("window.pictures") - before) / (seconds - 1.5)
        said = await page.locator(".room-face:visible .room-says").inner_text()
        await students.told()
    say(f"    {count} students: {pictures:.1f} pictures a second, “{said}”")
    return {"students": count, "pictures": pictures, "marks": int(said.split()[0])}


async def kill(url: str, process: int, count: int) -> dict[str, Any]:
    """One of several processes is killed in the middle of a drag, as all have voted."""
    found = await killed(url, process, count)
    late, lost = max(when for when, _ in found), sum(not voted for _, voted in found)
    say(f"    {len(found)} of {count} students lost their process: back within {late:.1f} s")
    return {"students": len(found), "late": late, "lost": lost}


def measure(quick: bool) -> dict[str, Any]:
    """A seminar, a hall, and a class that drags."""
    seconds = QUICK_SECONDS if quick else SECONDS
    hall, class_ = (QUICK_HALL, QUICK_CLASS) if quick else (HALL, CLASS)

    async def all_of_it(url: str, process: int) -> dict[str, Any]:
        return {
            "seminar": await lecture(url, process, SEMINAR, seconds),
            "hall": await lecture(url, process, hall, seconds),
            "class": await answers(url, class_, seconds),
        }

    with server() as (url, process):
        results = asyncio.run(all_of_it(url, process))
    with redis() as address, server(address, "--num-procs", str(SEVERAL)) as (url, process):
        results["shared"] = asyncio.run(lectures(url, process, SEVERAL, hall, seconds))
        results["killed"] = asyncio.run(kill(url, process, hall))
    return results


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    seminar, hall, class_ = (results[name] for name in ("seminar", "hall", "class"))
    shared, gone = results["shared"], results["killed"]
    ratio = hall["p95"] / seminar["p95"]
    return [
        Row(
            f"the lecturer's drag reaches the last of {hall['students']} students, p95",
            f"{1e3 * hall['p95']:.0f} ms",
            f"the last of {seminar['students']}: {1e3 * seminar['p95']:.0f} ms",
            ratio,
            f"{1e3 * LATE:.0f} ms",
            hall["p95"] < LATE,
        ),
        Row("last states that did not come", str(hall["lost"]), reach="0", met=not hall["lost"]),
        Row(
            "memory of the server for a student",
            f"{hall['memory'] / 1e3:.0f} kB",
            reach=f"{MEMORY / 1e3:.0f} kB",
            met=hall["memory"] < MEMORY,
        ),
        Row(
            f"pictures of {class_['marks']} marks a second, of {class_['students']} who all drag",
            f"{class_['pictures']:.1f}",
            reach=f"{PICTURES:.0f}, each with all",
            met=class_["pictures"] >= PICTURES and class_["marks"] == class_["students"],
        ),
        Row(
            f"{SEVERAL} processes and Redis: the last of {shared['students']} in {SEVERAL} rooms",
            f"{1e3 * shared['p95']:.0f} ms",
            f"one process, the last of {hall['students']}: {1e3 * hall['p95']:.0f} ms",
            shared["p95"] / hall["p95"],
            f"{SLOWER}",
            shared["p95"] <= SLOWER * hall["p95"] and not shared["lost"],
        ),
        Row(
            f"a process killed: its {gone['students']} students are back with their votes",
            f"{gone['late']:.1f} s, {gone['lost']} votes lost",
            reach=f"{BACK:.0f} s, 0",
            met=gone["late"] <= BACK and not gone["lost"],
        ),
    ]


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, rows))
