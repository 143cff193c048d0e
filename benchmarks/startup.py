"""Until there is something to do: the server's start, imports, and pages from a cold cache.

A page is interactive when it has answered a drag: the probe drags as soon as there is something to
drag, and takes the time at which what is shown has changed. Each load has a fresh browser context,
so nothing is cached. Bytes are those of the responses' bodies, and of the same bodies compressed.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import subprocess
import sys
import time
from statistics import median
from typing import Any

from playwright.async_api import Browser, Response

from .chromium import VIEWPORT, chromium
from .pages import FOREIGN, PROBE, Page, all_pages
from .servers import crossent
from .table import Row, run, say

ROUNDS, QUICK_ROUNDS = 9, 3
STARTS, QUICK_STARTS = 5, 2
IMPORTS = {"crossent.core": "crossent.core", "NumPy": "numpy"}
COMPRESSED = (".woff2", ".woff", ".png")  # as they are


def measure(quick: bool) -> dict[str, Any]:
    """Starts, imports and loads."""
    starts = []
    for _ in range(QUICK_STARTS if quick else STARTS):
        begin = time.perf_counter()
        with crossent():
            starts.append(time.perf_counter() - begin)
    say(f"  crossent serve answers after {median(starts):.2f} s")
    with all_pages() as pages:
        loads = asyncio.run(rounds(with_indexes(pages), QUICK_ROUNDS if quick else ROUNDS))
    return {"serve_seconds": median(starts), "import_seconds": imports(), "loads": loads}


def with_indexes(pages: dict[str, Page]) -> list[Page]:
    """The pages, the indexes of ours, and pages of others with our elements."""
    served = pages["served"]
    kept = {**pages, "served index": Page("served index", origin(served.url), served.adapter)}
    if static := pages.get("static"):
        index = static.url.replace("figures/prediction-bars", "index")
        kept["static index"] = Page("static index", index, static.adapter)
        for name in FOREIGN:
            url = f"{origin(static.url)}{name.replace(' ', '-')}.html"
            kept[name] = Page(name, url, static.adapter)
    return list(kept.values())


def origin(url: str) -> str:
    """An address without its path."""
    return "/".join(url.split("/")[:3]) + "/"


def imports() -> dict[str, float]:
    """Median seconds of an import in a fresh interpreter, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(7):
        for name, module in IMPORTS.items():
            clock = "time.perf_counter()"
            code = f"import time; start = {clock}; import {module}; print({clock} - start)"
            found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
            times[name].append(float(found.stdout))
    return {name: median(seconds) for name, seconds in times.items()}


async def rounds(pages: list[Page], count: int) -> dict[str, Any]:
    """Each round loads every page once, in an order of its own."""
    found: dict[str, list[dict[str, Any]]] = {page.name: [] for page in pages}
    order = random.Random(0)
    async with chromium() as browser:
        await load(browser, pages[0])  # the browser's own first page
        for _ in range(count):
            for page in order.sample(pages, len(pages)):
                found[page.name].append(await load(browser, page))
    for name, loads in found.items():
        one = summary(loads)
        say(
            f"  {name:<21} interactive after {one['interactive']:.2f} s, "
            f"{one['requests']} requests, {one['bytes'] / 1e3:.0f} kB, "
            f"compressed {one['compressed'] / 1e3:.0f} kB"
        )
    return {name: summary(loads) | {"loads": loads} for name, loads in found.items()}


async def load(browser: Browser, page: Page) -> dict[str, Any]:
    """One page from a cold cache: seconds, bytes, and requests to other origins."""
    context = await browser.new_context(viewport=VIEWPORT)
    await context.add_init_script(PROBE)
    tab = await context.new_page()
    responses: list[Response] = []
    tab.on("response", lambda response: responses.append(response))
    try:
        await tab.goto(page.url, wait_until="commit")
        told = await tab.evaluate("kind => probe.interactive(kind)", page.adapter)
        await tab.wait_for_load_state("networkidle")
        bodies = [(one.url, await one.body()) for one in responses if one.status == 200]
    finally:
        await context.close()
    here = origin(page.url)
    return {
        "ready": told["ready"] / 1e3,
        "interactive": told["interactive"] / 1e3,
        "requests": len(responses),
        "elsewhere": sorted(
            {one.url for one in responses if not one.url.startswith((here, "data:", "blob:"))}
        ),
        "bytes": sum(len(body) for _, body in bodies),
        "compressed": sum(compressed(url, body) for url, body in bodies),
    }


def compressed(url: str, body: bytes) -> int:
    """What a server that compresses would send."""
    return len(body) if url.split("?")[0].endswith(COMPRESSED) else len(gzip.compress(body, 6))


def summary(loads: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of one page's loads."""
    keys = ("ready", "interactive", "requests", "bytes", "compressed")
    kept = {key: median(one[key] for one in loads) for key in keys}
    return kept | {"elsewhere": sorted({url for one in loads for url in one["elsewhere"]})}


def rows(results: dict[str, Any]) -> list[Row]:
    """The table."""
    loads, imported = results["loads"], results["import_seconds"]
    beyond = imported["crossent.core"] - imported["NumPy"]
    table = [
        Row(
            "crossent serve until it answers",
            f"{results['serve_seconds']:.2f} s",
            reach="3 s",
            met=results["serve_seconds"] < 3,
        ),
        Row(
            "import of crossent.core, with NumPy and beyond it",
            f"{imported['crossent.core']:.3f} s, {beyond:.3f} s",
            f"NumPy {imported['NumPy']:.3f} s",
            imported["crossent.core"] / imported["NumPy"],
            "0.2 s",
            imported["crossent.core"] < 0.2,
        ),
    ]

    def interactive(name: str, theirs: str, reach: float | None = None) -> Row:
        pairs = zip(loads[name]["loads"], loads[theirs]["loads"], strict=True)
        ratio = median(a["interactive"] / b["interactive"] for a, b in pairs)
        return Row(
            f"{name}: interactive from a cold cache",
            f"{loads[name]['interactive']:.2f} s",
            f"{theirs} {loads[theirs]['interactive']:.2f} s",
            ratio,
            f"ratio {reach}" if reach else "",
            ratio <= reach if reach else None,
        )

    if "static" in loads:
        table.append(interactive("static", "bare Bokeh", 1.5))
        table.append(interactive("static", "by hand"))
        table.append(interactive("static index", "bare Bokeh"))
        table.append(interactive("five elements", "one element", 1.2))
        one, five = (loads[name]["compressed"] for name in ("one element", "five elements"))
        table.append(
            Row(
                "five elements: compressed, those near the screen",
                f"{five / 1e6:.2f} MB",
                f"one element {one / 1e6:.2f} MB",
                five / one,
                "ratio 1.3",
                five < 1.3 * one,
            )
        )
        weight = loads["static"]["compressed"]
        table.append(
            Row(
                "static: compressed",
                f"{weight / 1e6:.2f} MB",
                f"bare Bokeh {loads['bare Bokeh']['compressed'] / 1e6:.2f} MB",
                weight / loads["bare Bokeh"]["compressed"],
                "0.6 MB",
                weight < 0.6e6,
            )
        )
    else:
        table.append(Row("static: interactive from a cold cache", "not measured: no built page"))
    for name in ("served", "served index"):
        table.append(interactive(name, "plain Panel"))
    table.append(interactive("served", "bare Bokeh"))
    theirs = loads["plain Panel"]
    for name in ("served", "served index"):
        one = loads[name]
        table.append(
            Row(
                f"{name}: bytes raw, and compressed",
                f"{one['bytes'] / 1e6:.2f}, {one['compressed'] / 1e6:.2f} MB",
                f"plain Panel {theirs['bytes'] / 1e6:.2f}, {theirs['compressed'] / 1e6:.2f} MB",
                one["compressed"] / theirs["compressed"],
            )
        )
    ours = [name for name in loads if name.split()[0] in ("static", "served")]
    elsewhere = sum(len(loads[name]["elsewhere"]) for name in ours)
    table.append(
        Row("ours: requests off their own origin", str(elsewhere), reach="0", met=not elsewhere)
    )
    return table


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measure, rows))
