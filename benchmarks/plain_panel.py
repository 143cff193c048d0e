"""The baseline: the picture of prediction-bars as a plain Panel app, param.watch and source.data.

Run as a server of its own: ``python -m benchmarks.plain_panel PORT [--no-hold]``.
"""

from __future__ import annotations

import argparse

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from panel.reactive import Syncable

CLASSES = ["cat", "dog", "fox", "owl"]
START = np.array([0.1, 0.2, 0.6, 0.1])
TARGET = 2
CURVE_P = np.geomspace(0.004, 1.0, 160)


def page() -> pn.Column:
    """One session's page: a slider for one probability, bars, the curve with its dot, numbers."""
    slider = pn.widgets.FloatSlider(name="probability of fox", start=0, end=1, step=0.01, value=0.6)
    bars = ColumnDataSource(data={"x": CLASSES, "prob": START})
    curve = ColumnDataSource(data={"p": CURVE_P, "loss": -np.log(CURVE_P)})
    dot = ColumnDataSource(data={"p": [0.6], "loss": [-np.log(0.6)]})
    drop = ColumnDataSource(data={"p": [0.6, 0.6], "loss": [0.0, -np.log(0.6)]})
    loss = pn.indicators.Number(name="loss", value=-np.log(0.6), format="{value:.4f}")
    perplexity = pn.indicators.Number(name="perplexity", value=1 / 0.6, format="{value:.3f}")

    left = figure(x_range=CLASSES, y_range=(0, 1), height=260, width=500, toolbar_location=None)
    left.vbar(x="x", top="prob", width=0.9, source=bars)
    right = figure(x_range=(0, 1), y_range=(0, 5), height=300, width=500, toolbar_location=None)
    right.line("p", "loss", source=curve, line_width=3)
    right.line("p", "loss", source=drop)
    right.scatter("p", "loss", source=dot, size=14)

    def follow(event: object) -> None:
        value = slider.value
        others = START * (1 - value) / (1 - START[TARGET])
        probs = np.where(np.arange(4) == TARGET, value, others)
        surprise = -np.log(max(value, 1e-300))
        bars.data = {"x": CLASSES, "prob": probs}
        dot.data = {"p": [value], "loss": [min(surprise, 5.0)]}
        drop.data = {"p": [value, value], "loss": [0.0, min(surprise, 5.0)]}
        loss.value = surprise
        perplexity.value = float(np.exp(surprise))

    slider.param.watch(follow, "value")
    return pn.Column(slider, pn.Row(left, right), pn.Row(loss, perplexity))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument(
        "--no-hold",
        action="store_true",
        help="send changes at once, which Panel holds back by 50 ms unless a private value is set",
    )
    options = parser.parse_args()
    if options.no_hold:
        Syncable._debounce = 0
    pn.extension()
    pn.serve(
        {"/plain": page},
        port=options.port,
        address="127.0.0.1",
        show=False,
        unused_session_lifetime_milliseconds=10_000,
        check_unused_sessions_milliseconds=3_000,
    )


if __name__ == "__main__":
    main()
