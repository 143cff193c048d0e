"""A small figure that trains, for tests: softmax regression on three blobs, with a playhead."""

from __future__ import annotations

from typing import Any

import numpy as np

from crossent.components import (
    Node,
    Plot,
    Range,
    Readout,
    Row,
    Sources,
    Stack,
    Transport,
    color,
    curve_plot,
    heat,
)
from crossent.core.kernels import log_softmax, one_hot, scan, softmax
from crossent.datasets import blobs
from crossent.figures.figure import Columns, Figure
from crossent.figures.parameters import Number, Selector

STEPS = 200
SIDE = np.linspace(-2, 2, 12)


def with_one(points: Any) -> Any:
    """Points with a third coordinate of 1, for the bias."""
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)


class Descent(Figure):
    """Loss over the steps of gradient descent, and where class 0 is likely."""

    name_of = "descent"
    title = "Descent"
    summary = "Gradient descent on three blobs."

    learning_rate = Number(0.5, bounds=(0, 5), step=0.01, doc="What a gradient is multiplied by.")
    seed = Number(1, bounds=(0, 9999), step=1, doc="What the points hang on.")
    rows = Selector("60", options={n: n for n in ("60", "2000", "20000")}, doc="How many points.")
    step = Number(STEPS, bounds=(0, STEPS), step=1, doc="The playhead.")

    @staticmethod
    def run(learning_rate: Any, seed: Any, rows: str) -> dict[str, Any]:
        points, targets = blobs(seed, int(rows))
        inputs, truth = with_one(points), one_hot(targets, 3)

        def descend(weights: Any, _: Any) -> Any:
            logits = inputs @ weights
            loss = np.mean(-np.sum(truth * log_softmax(logits), axis=-1))
            grad = inputs.T @ (softmax(logits) - truth) / len(points)
            return weights - learning_rate * grad, {"loss": loss, "weights": weights}

        _, stacked = scan(descend, np.zeros((3, 3)), length=STEPS + 1)
        return stacked

    @staticmethod
    def compute(run: Any, step: Any) -> Columns:
        across, up = np.meshgrid(SIDE, SIDE)
        grid = with_one(np.stack([across.ravel(), up.ravel()], axis=-1))
        here = step.astype(np.int64)
        probs = softmax(grid @ run["weights"][here])
        return {
            "curve": {"step": np.arange(STEPS + 1.0), "loss": run["loss"]},
            "map": {"prob": np.reshape(probs[:, 0], (12, 12)), "corner": np.full(1, -2.0)},
            "readout": {"loss": run["loss"][here], "step": step},
        }

    @staticmethod
    def view(columns: Sources) -> Node:
        plot = curve_plot(
            x_range=(0, STEPS), y_range=(0, 1.2), x_label="step", y_label="loss, nats"
        )
        plot.line("step", "loss", source=columns["curve"], line_color=color("loss"))
        picture = curve_plot(x_range=(-2, 2), y_range=(-2, 2), x_label="x", y_label="y")
        heat(picture, "prob", columns["map"], x="corner", y="corner", dw=4, dh=4)
        return Stack(
            Row(Plot(plot, describe="loss"), Plot(picture, describe="map")),
            Range("learning_rate"),
            Transport("step", seconds=2.0, format="integer"),
            Readout("loss", "loss", unit="nats"),
        )

    @staticmethod
    def card(columns: Sources) -> Node:
        return Stack(Range("learning_rate"), Readout("loss", "loss", unit="nats"))
