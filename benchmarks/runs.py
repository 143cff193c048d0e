"""Training runs: in the page beside NumPy, followed by a finger, and beside other people's drags.

A race in the plane is 4 lanes of 300 steps of softmax regression on 100 points; a race of digits
is 4 lanes of 200 steps of 64 images. Each run has a learning rate that no run had before.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Page

from crossent.figures import figure_named
from crossent.figures.figure import argument_names

from .chromium import VIEWPORT, chromium
from .pages import build
from .people import crowd_at
from .servers import crossent, files
from .table import Row, run, say

RACE = figure_named("training-race")
ALL_LANES = {"ce": True, "squared": True, "focal": True, "smoothed": True}
PLANE = RACE.resolve(ALL_LANES | {"data": "three", "model": "regression"})[0]
DIGITS = RACE.resolve(ALL_LANES | {"data": "digits", "model": "regression", "learning_rate": 0.5})[
    0
]
REPEATS, QUICK_REPEATS = 40, 12
SECONDS, QUICK_SECONDS = 5.0, 2.0
TRAINING = 4  # visitors
RATIO, TIME = 0.3, 8e-3  # of NumPy's; s
CURVES = 50  # a second
FIRST, WHOLE, FRAME = 100, 400, 34  # ms
BESIDE = 1.5  # of a drag's p95 alone

# The run's own function, called as the page's link calls it. Seconds.
ALONE = """
({ key, state, repeats }) => {
  const form = crossentPrograms["training-race"].forms[`run ${key}`];
  const once = (i) => {
    const start = performance.now();
    form({ ...state, learning_rate: 0.1 + i / 1000 }, () => false).next();
    return (performance.now() - start) / 1000;
  };
  for (let i = 0; i < repeats; i++) once(i);
  const times = Array.from({ length: repeats }, (_, i) => once(repeats + i));
  return times.sort((a, b) => a - b)[repeats >> 1];
}
"""

# Milliseconds until a first part of a run is there and until all is, and the longest frame.
WATCHED = """
async ({ state, repeats }) => {
  const figure = document.querySelector("crossent-figure");
  const found = [];
  for (let i = 0; i < repeats; i++) {
    let first = null, longest = 0, last = performance.now(), watching = true;
    const frame = (now) => {
      longest = Math.max(longest, now - last);
      last = now;
      if (watching) requestAnimationFrame(frame);
    };
    await new Promise((seen) => requestAnimationFrame((now) => seen((last = now))));
    requestAnimationFrame(frame);
    const start = performance.now();
    const told = () => (first ??= performance.now() - start);
    const asked = { state: { ...state, learning_rate: 0.5 + i / 1000 } };
    await figure.link.ask(figure, asked, told);
    told();
    const whole = performance.now() - start;
    watching = false;
    found.push([first, whole, longest]);
  }
  const middle = (k) => found.map((row) => row[k]).sort((a, b) => a - b)[repeats >> 1];
  return { first: middle(0), whole: middle(1), frame: middle(2) };
}
"""

# Counts how often the curve that is drawn is another one at the start of a frame.
COUNT = """
() => {
  const figure = document.querySelector("crossent-figure");
  const end = () => Number(figure.value("nats_squared"));
  window.curves = { count: 0, last: end() };
  const frame = () => {
    const now = end();
    if (now !== curves.last) curves.count++;
    curves.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""


def measure(quick: bool) -> dict[str, Any]:
    """In the page, in NumPy, and served."""
    repeats, seconds = (QUICK_REPEATS, QUICK_SECONDS) if quick else (REPEATS, SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        if not build(Path(folder)):
            return {}
        with files(Path(folder)) as root:
            url = f"{root}/figures/training-race.html"
            found = asyncio.run(in_page(url, repeats, seconds))
    found["numpy"] = in_python(repeats)
    return found | served(seconds)


async def in_page(url: str, repeats: int, seconds: float) -> dict[str, Any]:
    """A race's time, a race of digits as it comes, and the curves that follow a finger."""
    async with chromium() as browser:
        context = await browser.new_context(viewport=VIEWPORT)
        tab = await context.new_page()
        await tab.goto(url)
        await tab.wait_for_selector("crossent-figure[data-ready]")
        curves = await followed(tab, seconds)
        numbers = {name: float(v) for name, v in PLANE.items() if not isinstance(v, str)}
        given = {"key": "0 0 three regression", "state": numbers, "repeats": repeats}
        page = await tab.evaluate(ALONE, given)
        say(f"  a race in the page: {1e3 * page:.1f} ms; {curves:.0f} curves a second")
        digits = await tab.evaluate(WATCHED, {"state": DIGITS, "repeats": max(5, repeats // 4)})
        say(f"  digits: {digits}")
        return {"page": page, "curves": curves, "digits": digits}


async def followed(tab: Page, seconds: float) -> float:
    """Different curves a second while the learning rate is dragged at 60 moves a second."""
    grip = tab.get_by_role("slider", name="learning rate", exact=True)
    await grip.scroll_into_view_if_needed()
    box = await grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await tab.mouse.move(x, y)
    await tab.mouse.down()
    await tab.evaluate(COUNT)
    start, moves = time.perf_counter(), 0
    while (now := time.perf_counter()) < start + seconds:
        moves += 1
        await tab.mouse.move(x + 10 + (moves % 40) * 0.5, y)
        await asyncio.sleep(max(0.0, start + moves / 60 - time.perf_counter()))
    count = await tab.evaluate("curves.count")
    await tab.mouse.up()
    return float(count / (now - start))


def in_python(repeats: int) -> float:
    """NumPy's seconds for the race in the plane."""
    arrays = RACE.arrays(PLANE)
    assert RACE.run is not None
    names = argument_names(RACE.run)
    times = []
    for i in range(max(5, repeats // 4)):
        given = {name: arrays[name] for name in names} | {
            "learning_rate": arrays["learning_rate"] + i / 1000
        }
        start = time.perf_counter()
        RACE.run(**given)
        times.append(time.perf_counter() - start)
    return median(times)


def served(seconds: float) -> dict[str, Any]:
    """A drag's p95 at the server, alone and while others train."""
    with crossent() as (url, process):
        alone = crowd_at(url, process, "crossent", 1, seconds)
        say(f"    {alone}")
        race = url.replace("prediction-bars", "training-race")
        training = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.visitors",
                race,
                "training",
                "0",
                "1",
                str(TRAINING),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert training.stdin is not None
        assert training.stdout is not None
        training.stdout.readline()
        start = time.perf_counter()
        training.stdin.write(f"{start} {start + 4 * seconds + 3}\n")
        training.stdin.flush()
        time.sleep(1.0)
        beside = crowd_at(url, process, "crossent", 1, seconds)
        say(f"    beside {TRAINING} who train: {beside}")
        training.terminate()
        training.wait()
    return {"alone": alone.p95, "beside": beside.p95}


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    if not results:
        return []
    page, numpy, digits = results["page"], results["numpy"], results["digits"]
    ratio = page / numpy
    return [
        Row(
            "a race of 4 lanes x 300 steps, in the page",
            f"{1e3 * page:.1f} ms",
            f"NumPy {1e3 * numpy:.0f} ms",
            ratio,
            f"{1e3 * TIME:.0f} ms, ratio {RATIO}",
            page <= TIME and ratio <= RATIO,
        ),
        Row(
            "curves painted a second, the learning rate dragged at 60 moves",
            f"{results['curves']:.0f}",
            reach=str(CURVES),
            met=results["curves"] >= CURVES,
        ),
        *(
            Row(
                f"digits, 4 lanes x 200 steps: {what}",
                f"{digits[name]:.0f} ms",
                "",
                None,
                f"{reach} ms",
                digits[name] <= reach,
            )
            for what, name, reach in (
                ("the first curve", "first", FIRST),
                ("all of it", "whole", WHOLE),
                ("the longest frame meanwhile", "frame", FRAME),
            )
        ),
        Row(
            f"served: a drag's p95 while {TRAINING} visitors train",
            f"{1e3 * results['beside']:.1f} ms",
            f"alone {1e3 * results['alone']:.1f} ms",
            results["beside"] / results["alone"],
            f"ratio {BESIDE}",
            results["beside"] <= BESIDE * results["alone"],
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
