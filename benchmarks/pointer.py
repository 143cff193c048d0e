"""From a pointer's event to the frame in which the answer to it is painted, page against page.

A real mouse event of the browser's protocol drags one thing: a bar's grip, or the plain app's
slider. A move's time runs from its event's timestamp to the end of the first frame whose numbers
and plot show the answer to that move, or to a newer one that overtook it. (The end of a frame is
when a message that was posted in its animation callback arrives.) `DRAG` moves come a fixed time
apart, as from a finger; single moves wait for each other.
"""

from __future__ import annotations

import asyncio
import bisect
import random
import time
from statistics import median
from typing import Any

import numpy as np
from playwright.async_api import Browser, CDPSession
from playwright.async_api import Page as Tab

from .chromium import VIEWPORT, chromium
from .pages import PROBE, Page, all_pages
from .table import Row, run, say

ROUNDS, QUICK_ROUNDS = 7, 2
MOVES = 120
APART = 0.020  # seconds between moves of a drag
SINGLES = 40
PIXELS = 4.0  # a move; further than any page's step
MARGIN = 0.12  # of the way, at either end
FRAME = 1 / 60
WARM_UP = 20  # moves that are not counted
TOLERANCE = 1e-9


def measure(quick: bool) -> dict[str, Any]:
    """All pages in turn, some rounds of them."""
    with all_pages() as pages:
        compared = [page for page in pages.values() if page.adapter != "bare"]
        return asyncio.run(rounds(compared, QUICK_ROUNDS if quick else ROUNDS))


async def rounds(pages: list[Page], count: int) -> dict[str, Any]:
    """Each round visits every page once, in an order of its own."""
    found: dict[str, list[dict[str, Any]]] = {page.name: [] for page in pages}
    order = random.Random(0)
    async with chromium() as browser:
        for number in range(count):
            for page in order.sample(pages, len(pages)):
                found[page.name].append(await visit(browser, page))
                drag = found[page.name][-1]["drag"]
                say(
                    f"  round {number + 1}, {page.name:<21} drag p50 {1e3 * drag['p50']:6.1f} "
                    f"p95 {1e3 * drag['p95']:6.1f} ms, {drag['answered']} answered, "
                    f"{drag['overtaken']} overtaken, {drag['lost']} lost"
                )
    return {"pages": {name: summary(visits) for name, visits in found.items()}, "visits": found}


async def visit(browser: Browser, page: Page) -> dict[str, Any]:
    """One page opened, warmed up, dragged, and moved singly."""
    context = await browser.new_context(viewport=VIEWPORT)
    await context.add_init_script(PROBE)
    tab = await context.new_page()
    protocol = await context.new_cdp_session(tab)
    try:
        await tab.goto(page.url)
        await tab.wait_for_function("kind => probe.ready(kind)", arg=page.adapter)
        await tab.wait_for_timeout(300)
        hand = await Hand.at(tab, protocol, page.adapter)
        await hand.press()
        await hand.drag(WARM_UP)
        drag = await hand.drag(MOVES)
        singles = await hand.singly(SINGLES)
    finally:
        await context.close()
    return {"drag": drag, "singles": singles}


class Hand:
    """A mouse that holds a grip and goes to and fro on its way."""

    def __init__(self, tab: Tab, protocol: CDPSession, adapter: str, way: dict[str, Any]) -> None:
        self.tab, self.protocol, self.adapter = tab, protocol, adapter
        self.axis: str = way["axis"]
        self.point = {"x": way["x"], "y": way["y"]}
        low, high = sorted((way["low"], way["high"]))
        self.ends = low + MARGIN * (high - low), high - MARGIN * (high - low)
        self.direction = 1.0

    @classmethod
    async def at(cls, tab: Tab, protocol: CDPSession, adapter: str) -> Hand:
        """A hand over a page's grip."""
        return cls(tab, protocol, adapter, await tab.evaluate("kind => probe.way(kind)", adapter))

    async def press(self) -> None:
        """Takes the grip."""
        await self.tab.mouse.move(**self.point)
        await self.tab.mouse.down()

    async def move(self) -> None:
        """One move on; it turns round at the ends."""
        at = self.point[self.axis] + self.direction * PIXELS
        if not self.ends[0] <= at <= self.ends[1]:
            self.direction = 1.0 if at < self.ends[0] else -1.0
            at = self.point[self.axis] + self.direction * PIXELS
        self.point[self.axis] = at
        event = {"type": "mouseMoved", "button": "left", "buttons": 1, **self.point}
        await self.protocol.send("Input.dispatchMouseEvent", event)

    async def drag(self, count: int) -> dict[str, Any]:
        """Moves a fixed time apart, whether the page keeps up or not."""
        await self.tab.evaluate("kind => probe.start(kind)", self.adapter)
        start = time.perf_counter() + 0.05
        sent = []
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number * APART - time.perf_counter()))
            sent.append(asyncio.create_task(self.move()))
        await asyncio.gather(*sent)
        return await self.read(count)

    async def singly(self, count: int) -> dict[str, Any]:
        """Moves that each wait for the last to be shown, at any moment between two frames."""
        await self.tab.evaluate("kind => probe.start(kind)", self.adapter)
        pause = random.Random(0)
        for _ in range(count):
            await self.move()
            await self.settle()
            await asyncio.sleep(pause.uniform(0, FRAME))
        return await self.read(count)

    async def settle(self) -> None:
        await self.tab.evaluate("kind => probe.settled(kind, 3)", self.adapter)

    async def read(self, sent: int) -> dict[str, Any]:
        """What the probe saw, reduced to times."""
        await self.settle()
        record = await self.tab.evaluate("() => probe.stop()")
        last = await self.tab.evaluate("kind => probe.last(kind)", self.adapter)
        return times(record, last) | {"sent": sent}


def times(record: dict[str, Any], last: dict[str, float]) -> dict[str, Any]:
    """Percentiles of the moves' times in seconds, and what became of the moves."""
    moves, shows, draws, frames = (record[key] for key in ("moves", "shows", "draws", "frames"))
    frames.sort()
    begins, ends = [begin for begin, _ in frames], sorted(end for _, end in frames)
    whole, numbers = [], []
    answered = overtaken = 0
    for i, move in enumerate(moves):
        covering = next((show for show in shows if covers(moves, i, show)), None)
        if covering is None:
            continue
        at, value = covering
        frame = bisect.bisect_left(begins, at)
        draw = bisect.bisect_left(draws, at)
        drawn = bisect.bisect_left(ends, draws[draw]) if draw < len(draws) else len(ends)
        if frame >= len(frames) or drawn >= len(ends):
            continue
        own = abs(value - move["asked"]) < TOLERANCE
        answered, overtaken = answered + own, overtaken + (not own)
        numbers.append(frames[frame][1] - move["at"])
        whole.append(max(frames[frame][1], ends[drawn]) - move["at"])
    if not whole:
        raise RuntimeError("no move was answered: the page does not follow the mouse")
    return {
        "p50": float(np.percentile(whole, 50)) / 1e3,
        "p95": float(np.percentile(whole, 95)) / 1e3,
        "numbers_p50": float(np.percentile(numbers, 50)) / 1e3,
        "events": len(moves),
        "answered": answered,
        "overtaken": overtaken,
        "lost": len(moves) - answered - overtaken,
        "last_answered": abs(last["asked"] - last["shown"]) < TOLERANCE,
        "frame": median(np.diff(begins)) / 1e3,
    }


def covers(moves: list[dict[str, Any]], i: int, show: list[float]) -> bool:
    """Whether what was shown answers this move or a later one."""
    at, value = show
    return any(
        move["at"] <= at and abs(move["asked"] - value) < TOLERANCE
        for move in moves[i : i + 30]  # further on the way has turned round
    )


def summary(visits: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the rounds of one page; moves are added up."""
    kept: dict[str, Any] = {}
    for kind in ("drag", "singles"):
        seen = [visit[kind] for visit in visits]
        kept[kind] = {
            key: median(one[key] for one in seen) for key in ("p50", "p95", "numbers_p50", "frame")
        }
        for key in ("sent", "events", "answered", "overtaken", "lost"):
            kept[kind][key] = sum(one[key] for one in seen)
        kept[kind]["last_answered"] = all(one["last_answered"] for one in seen)
    return kept


def ratio(results: dict[str, Any], kind: str, key: str, ours: str, theirs: str) -> float:
    """The median over rounds of ours over theirs, both measured in the same round."""
    visits = results["visits"]
    pairs = zip(visits[ours], visits[theirs], strict=True)
    return median(a[kind][key] / b[kind][key] for a, b in pairs)


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    pages = results["pages"]
    table = []

    def milliseconds(name: str, kind: str, key: str) -> str:
        return f"{1e3 * pages[name][kind][key]:.1f} ms"

    def against(ours: str, theirs: str, kind: str, key: str, reach: float | None) -> Row:
        times_theirs = ratio(results, kind, key, ours, theirs)
        return Row(
            f"{ours}, {KINDS[kind]}: pointer to painted frame, {key}",
            milliseconds(ours, kind, key),
            f"{theirs} {milliseconds(theirs, kind, key)}",
            times_theirs,
            f"ratio {reach}" if reach else "",
            times_theirs <= reach if reach else None,
        )

    if "static" in pages:
        for kind in KINDS:
            for key in ("p50", "p95"):
                table.append(against("static", "by hand", kind, key, 1.15))
    else:
        table.append(Row("static: pointer to painted frame", "not measured: no built page"))
    served = pages["served"]["drag"]
    floor = "static" if "static" in pages else "by hand"
    most = pages[floor]["drag"]["p50"] + FRAME
    table += [
        Row(
            "served, 20 ms apart: pointer to painted frame, p50",
            milliseconds("served", "drag", "p50"),
            f"{floor} {milliseconds(floor, 'drag', 'p50')}",
            ratio(results, "drag", "p50", "served", floor),
            f"{1e3 * most:.1f} ms, a frame more",
            served["p50"] <= most,
        ),
        Row(
            "served, 20 ms apart: pointer to painted frame, p95",
            milliseconds("served", "drag", "p95"),
            f"{floor} {milliseconds(floor, 'drag', 'p95')}",
            ratio(results, "drag", "p95", "served", floor),
            "30 ms",
            served["p95"] < 0.030,
        ),
        Row(
            "served, 20 ms apart: moves answered + overtaken of events",
            f"{served['answered']} + {served['overtaken']} of {served['events']}",
            reach="all",
            met=served["lost"] == 0,
        ),
        Row(
            "served: the last position is answered",
            "yes" if served["last_answered"] else "no",
            reach="always",
            met=served["last_answered"],
        ),
    ]
    for theirs in ("plain Panel", "plain Panel, no hold"):
        for kind in KINDS:
            for key in ("p50", "p95"):
                table.append(against("served", theirs, kind, key, None))
        theirs_drag = pages[theirs]["drag"]
        told = f"{theirs_drag['answered']} + {theirs_drag['overtaken']} of {theirs_drag['events']}"
        table.append(Row(f"{theirs}: moves answered + overtaken of events", told))
    frames = ", ".join(f"{1e3 * page['drag']['frame']:.1f}" for page in pages.values())
    table.append(Row("a frame's length, of each page in turn", f"{frames} ms"))
    return table


KINDS = {"drag": "20 ms apart", "singles": "single moves"}


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
