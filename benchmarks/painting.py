"""A mask painted by a finger at 60 Hz: the pixels that its stroke misses, and its messages.

A figure of eight in three quarters of a second, as touches of the browser's protocol: at its
fastest a finger passes several pixels between two events. The baseline is what the events alone
touch, without the ways between them. A move's time runs from its event's timestamp to the end of
the frame that follows it.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Browser, Page

from crossent.figures import figure_named

from .chromium import chromium
from .pages import build
from .servers import crossent, files
from .table import Row, run, say

FIGURE = figure_named("pixel-loss")
MASK = FIGURE.parameters()["mask"]
SIZE = 24
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STROKES, QUICK_STROKES = 10, 3
MOVES, APART = 45, 1 / 60
FINE = 2001  # points on the way between two events
IDLE = "() => { const { busy, waiting } = figure.gestures; return !busy && !waiting.length; }"

# Milliseconds from each move's event to the end of the frame after it; the messages' sizes.
WATCH = """
() => {
  window.figure = document.querySelector("crossent-figure");
  window.painting = { times: [], longest: 0 };
  const grid = figure.querySelector(".paint-grid");
  grid.addEventListener("pointermove", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => painting.times.push(performance.now() - timeStamp);
    port2.postMessage(0);
  }));
  const ask = figure.link.ask.bind(figure.link);
  figure.link.ask = (asking, request, onpart) => {
    painting.longest = Math.max(painting.longest, JSON.stringify(request).length);
    return ask(asking, request, onpart);
  };
}
"""


def measure(quick: bool) -> dict[str, Any]:
    """Strokes on the served page and on the built one."""
    return asyncio.run(pages(QUICK_STROKES if quick else STROKES))


async def pages(strokes: int) -> dict[str, Any]:
    """What is found of each page, by its name."""
    path = "/figures/pixel-loss"
    found = {}
    async with chromium() as browser:
        with crossent(path) as (url, _):
            found["served"] = await page_of(browser, url, strokes)
        with tempfile.TemporaryDirectory() as folder:
            if build(Path(folder)):
                with files(Path(folder)) as root:
                    found["static"] = await page_of(browser, f"{root}{path}.html", strokes)
    return found


async def page_of(browser: Browser, url: str, strokes: int) -> dict[str, Any]:
    """The pixels that strokes pass, touch by events alone, and paint; times; sizes."""
    context = await browser.new_context(**PHONE)
    tab = await context.new_page()
    await tab.goto(f"{url}?mask=576s")
    await tab.wait_for_selector("crossent-figure[data-ready]")
    await tab.evaluate(WATCH)
    counts = np.zeros(3, dtype=int)
    for number in range(strokes):
        counts += await stroke(tab, 0.1 * number)
        await tab.get_by_role("button", name="Undo", exact=True).click()
        await tab.wait_for_function(IDLE)
    painting = await tab.evaluate("painting")
    await context.close()
    passed, touched, missed = (int(count) for count in counts)
    times = np.array(painting["times"])
    say(f"  {url}: {missed} of {passed} missed, p95 {np.percentile(times, 95):.1f} ms")
    return {
        "passed": passed,
        "touched": touched,
        "missed": missed,
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "longest": painting["longest"],
    }


async def stroke(tab: Page, turn: float) -> tuple[int, int, int]:
    """One stroke: how many pixels it passes, how many its events touch, how many it misses."""
    grid = tab.get_by_role("grid")
    await grid.scroll_into_view_if_needed()
    box = await grid.bounding_box()
    assert box is not None
    way = [
        (
            round(box["x"] + box["width"] * (0.5 + 0.43 * math.sin(0.5 * angle + turn))),
            round(box["y"] + box["height"] * (0.5 + 0.43 * math.sin(angle))),
        )
        for angle in np.linspace(0, 4 * np.pi, MOVES)
    ]
    protocol = await tab.context.new_cdp_session(tab)
    start = time.perf_counter()
    for number, (x, y) in enumerate(way):
        await asyncio.sleep(max(0.0, start + number * APART - time.perf_counter()))
        kind = "touchMove" if number else "touchStart"
        points = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        await protocol.send("Input.dispatchTouchEvent", points)
    await protocol.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await tab.wait_for_function(IDLE)
    await protocol.detach()
    painted = {
        tuple(at) for at in np.argwhere(MASK.pixels(await tab.evaluate("figure.state.mask")))
    }

    def pixel(x: float, y: float) -> tuple[int, int]:
        row, column = (y - box["y"]) / box["height"], (x - box["x"]) / box["width"]
        return math.floor(SIZE * row), math.floor(SIZE * column)

    passed = {
        pixel(x + (to_x - x) * share, y + (to_y - y) * share)
        for (x, y), (to_x, to_y) in itertools.pairwise(way)
        for share in np.linspace(0, 1, FINE)
    }
    return len(passed), len({pixel(*point) for point in way}), len(passed - painted)


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    table = []
    for name, found in results.items():
        passed, touched, missed = (found[key] for key in ("passed", "touched", "missed"))
        table += [
            Row(
                f"{name}, painted by touch at 60 Hz: pixels of the stroke that are missed",
                f"{missed} of {passed}",
                f"events alone {passed - touched}",
                reach="none",
                met=missed == 0,
            ),
            Row(
                f"{name}, painted by touch at 60 Hz: event to the end of its frame, p50, p95",
                f"{found['p50']:.1f}, {found['p95']:.1f} ms",
            ),
            Row(f"{name}, the longest state that a stroke sends", f"{found['longest']} bytes"),
        ]
    return table


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
