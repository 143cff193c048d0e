"""A state's columns, computed by the built page and by NumPy: each figure at its largest.

The page's functions are called as a drag calls them, through the figure's link. Of the random and
extreme states, those with the most classes count; a figure's time is that of its slowest state.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser

from crossent.figures import FIGURES, Figure
from crossent.figures.figure import State
from crossent.figures.parameters import MAX_CLASSES
from crossent.figures.sampling import random_states

from .chromium import VIEWPORT, chromium
from .pages import build
from .servers import files
from .table import Row, run, say

STATES, QUICK_STATES = 24, 6
REPEATS = 15
REACH = 50e-6  # s

# Seconds of one call for each state: the median of blocks, after blocks that are not counted.
TIMES = """
({ states, repeats }) => {
  const figure = document.querySelector("crossent-figure");
  const block = (state) => {
    const start = performance.now();
    for (let i = 0; i < 200; i++) figure.link.ask(figure, { state });
    return (performance.now() - start) / 200;
  };
  states.forEach((state) => [1, 2, 3].forEach(() => block(state)));
  return states.map((state) => {
    const times = Array.from({ length: repeats }, () => block(state)).sort((a, b) => a - b);
    return times[repeats >> 1] / 1000;
  });
}
"""


def measure(quick: bool) -> dict[str, Any]:
    """Each figure's slowest state, in the page and in Python."""
    with tempfile.TemporaryDirectory() as folder:
        if not build(Path(folder)):
            return {}
        with files(Path(folder)) as root:
            return asyncio.run(figures(root, QUICK_STATES if quick else STATES))


async def figures(root: str, count: int) -> dict[str, dict[str, float]]:
    """All figures, each on a page of its own."""
    found = {}
    async with chromium() as browser:
        for name, figure in FIGURES.items():
            if figure.run is not None:
                continue  # benchmarks/runs.py
            states = largest(figure, count)
            ours = await in_page(browser, f"{root}/figures/{name}.html", states)
            found[name] = {"page": max(ours), "numpy": max(map(in_python(figure), states))}
            say(f"  {name}: {1e6 * max(ours):.1f} µs")
    return found


def largest(figure: type[Figure], count: int) -> list[State]:
    """So many random states with ten classes, or as many as the figure can have."""
    states = list(random_states(figure, 100 * count))
    most = max(map(figure.num_classes, states))
    assert most in (0, MAX_CLASSES)
    return [state for state in states if figure.num_classes(state) == most][:count]


async def in_page(browser: Browser, url: str, states: list[State]) -> list[float]:
    """Seconds that the page takes for each state."""
    context = await browser.new_context(viewport=VIEWPORT)
    tab = await context.new_page()
    try:
        await tab.goto(url)
        await tab.wait_for_selector("crossent-figure[data-ready]")
        return await tab.evaluate(TIMES, {"states": states, "repeats": REPEATS})
    finally:
        await context.close()


def in_python(figure: type[Figure]) -> Any:
    """What times a state's columns in Python, in seconds."""

    def seconds(state: State) -> float:
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            figure.columns(state)
            times.append(time.perf_counter() - start)
        return median(times)

    return seconds


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    return [
        Row(
            f"{name}: the columns of its slowest state, in the page",
            f"{1e6 * times['page']:.1f} µs",
            f"NumPy {1e6 * times['numpy']:.0f} µs",
            times["page"] / times["numpy"],
            f"{1e6 * REACH:.0f} µs",
            times["page"] < REACH,
        )
        for name, times in results.items()
    ]


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
