"""The pages that the browser benchmarks compare, and the probe that reads them.

Every page shows the picture of prediction-bars: the served one, the built one, BokehJS by hand,
and the plain Panel app with and without Panel's hold.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bokeh.embed import file_html
from bokeh.plotting import figure
from bokeh.resources import Resources
from bokeh.settings import settings

from .servers import crossent, files, plain
from .table import say

HERE = Path(__file__).parent
PROBE = (HERE / "probe.js").read_text()


# Pages of others, with figures as elements: the first is dragged.
FOREIGN = {
    "one element": ("prediction-bars",),
    "five elements": (
        *("prediction-bars", "bce-curves", "mse-vs-ce", "logit-gradient", "label-smoothing"),
    ),
}


@dataclass(frozen=True)
class Page:
    """An address, and which adapter of probe.js knows its parts."""

    name: str
    url: str
    adapter: str


@contextlib.contextmanager
def all_pages() -> Iterator[dict[str, Page]]:
    """Every page there is, by name; what cannot be had is said and left out."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_baselines(folder)
        built = build(folder / "site")
        root = stack.enter_context(files(folder))
        pages = [
            Page("served", stack.enter_context(crossent())[0], "bars"),
            Page("by hand", f"{root}/handwritten.html", "bars"),
            Page("bare Bokeh", f"{root}/bare.html", "bare"),
            Page("plain Panel", stack.enter_context(plain())[0], "slider"),
            Page("plain Panel, no hold", stack.enter_context(plain(hold=False))[0], "slider"),
        ]
        if built:
            pages.insert(1, Page("static", f"{root}/site/figures/prediction-bars.html", "bars"))
        yield {page.name: page for page in pages}


def build(out: Path) -> bool:
    """Builds the static site; whether that worked."""
    command = [sys.executable, "-m", "crossent", "build", str(out)]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode == 0 and (out / "figures" / "prediction-bars.html").exists():
        return True
    lines = (built.stderr or "it wrote no page of prediction-bars").strip().splitlines()
    say(f"NO STATIC PAGE is measured: crossent build failed: {lines[-1]}")
    return False


def write_baselines(folder: Path) -> None:
    """The hand-written page and the bare one, with BokehJS's own files beside them."""
    scripts = Path(settings.bokehjs_path()) / "js"
    for name in ("bokeh.min.js", "bokeh-api.min.js"):
        shutil.copy(scripts / name, folder)
    shutil.copy(HERE / "handwritten.html", folder)
    for name, figures in FOREIGN.items():
        elements = "".join(f'<crossent-figure name="{one}"></crossent-figure>' for one in figures)
        head = (
            '<!doctype html><html lang="en"><title>A course</title><link rel="icon" href="data:,">'
        )
        script = '<script type="module" src="site/crossent.js"></script>'
        (folder / f"{name.replace(' ', '-')}.html").write_text(head + script + elements)
    p = np.geomspace(0.004, 1.0, 160)
    plot = figure(x_range=(0, 1), y_range=(0, 5), height=300, width=500, toolbar_location=None)
    plot.line(p, -np.log(p), line_width=3)
    html = file_html(plot, Resources(mode="server"), "bare")
    # Bokeh's own file alone, beside the page: what the plot needs and nothing else.
    html = re.sub(r'<script [^>]*src="(?![^"]*/bokeh\.min\.js)[^"]*"></script>', "", html)
    html = re.sub(r'src="[^"]*/bokeh\.min\.js[^"]*"', 'src="bokeh.min.js"', html)
    icon = '<link rel="icon" href="data:,">'
    (folder / "bare.html").write_text(html.replace("</head>", f"{icon}</head>", 1))
