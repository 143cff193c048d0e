"""A keystroke in a sentence of 200 tokens: from its event to the frame that shows what it costs.

Real key events of the browser's protocol write and delete the last character, each after the one
before was shown. The time runs from the event's timestamp to the end of the next frame, and that
frame has to hold every token of the text as it is then. The baseline is a bare text box.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.async_api import Browser

from .chromium import VIEWPORT, chromium
from .pages import build
from .servers import files
from .table import Row, run, say

KEYS, QUICK_KEYS = 200, 40
WARM_UP = 20  # keys that are not counted
APART = 50  # ms between keys
LENGTH = 200
TEXT = ("the white rabbit ran across the field, and alice ran after it. " * 4)[: LENGTH - 1]

# At the end of the first frame after a key: how long that took, and whether the answer was in it.
METER = """
window.met = [];
addEventListener("input", (event) => {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    const cells = [...document.querySelectorAll(".token-target")];
    const shown = !window.crossent || cells.length === event.target.value.length;
    port1.onmessage = () => met.push([performance.now() - event.timeStamp, shown]);
    port2.postMessage(0);
  });
}, true);
"""
BARE = "data:text/html,<!doctype html><textarea rows=4 cols=60></textarea>"


def measure(quick: bool) -> dict[str, Any]:
    """The built figure's page, and a page with nothing but a text box."""
    keys = QUICK_KEYS if quick else KEYS
    with tempfile.TemporaryDirectory() as folder:
        if not build(Path(folder)):
            return {}
        with files(Path(folder)) as root:
            return asyncio.run(both(f"{root}/figures/next-token.html?text={quote(TEXT)}", keys))


async def both(url: str, keys: int) -> dict[str, Any]:
    """Milliseconds of each key on both pages."""
    async with chromium() as browser:
        found = {"ours": await typed(browser, url, keys), "bare": await typed(browser, BARE, keys)}
    for name, times in found.items():
        say(f"  {name}: p50 {times['p50']:.1f} p95 {times['p95']:.1f} ms")
    return found


async def typed(browser: Browser, url: str, keys: int) -> dict[str, float]:
    """What the keys took on one page."""
    context = await browser.new_context(viewport=VIEWPORT)
    await context.add_init_script(METER)
    tab = await context.new_page()
    try:
        await tab.goto(url)
        if url != BARE:
            await tab.wait_for_selector("crossent-figure[data-ready]")
        box = tab.locator("textarea")
        await box.focus()
        await box.press("Control+End")
        for i in range(keys + WARM_UP):
            await tab.keyboard.press("Backspace" if i % 2 else "e")
            await tab.wait_for_timeout(APART)
        met = (await tab.evaluate("met"))[WARM_UP:]
    finally:
        await context.close()
    times = [time for time, _ in met]
    p50, p95 = np.percentile(times, [50, 95])
    shown = sum(shown for _, shown in met) / keys
    return {"p50": float(p50), "p95": float(p95), "shown": shown}


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    if not results:
        return []
    ours, bare = results["ours"], results["bare"]
    times = [
        Row(
            f"a keystroke in {LENGTH} tokens, to the end of the frame, {share}",
            f"{ours[share]:.1f} ms",
            f"a bare text box {bare[share]:.1f} ms",
            ours[share] / bare[share],
        )
        for share in ("p50", "p95")
    ]
    shown = f"{100 * ours['shown']:.0f} %"
    return [
        *times,
        Row(
            "of these keystrokes, shown in the next frame", shown, "", None, "all", shown == "100 %"
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
