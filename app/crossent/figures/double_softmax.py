"""Lesson 11: softmax applied twice, the bug that does not crash."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Bars,
    ClassBars,
    Drag,
    Handle,
    Node,
    Plot,
    Pushes,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
    color,
    curve_plot,
    hairline,
    label,
    own_sources,
)
from ..core.kernels import (
    cross_entropy,
    cross_entropy_grad,
    double_softmax_cross_entropy,
    double_softmax_cross_entropy_grad,
    one_hot,
    scan,
    softmax,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Number, Vector

LIMIT = 30.0  # of a logit, either way
ALONG = np.linspace(-10.0, 10.0, 161)  # the true logit, along the plot of the losses
TOP = 8.0  # nats: of that plot

STEPS = 120  # of the training run
SIZE = 40  # examples in it
# Two coordinates for each example, spread evenly in angle and a little in radius, so that each
# class is a sector: a linear model can learn it, and needs no data from chance.
ANGLES = 2 * np.pi * (np.arange(SIZE) + 0.5) / SIZE
POINTS = (
    np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1) * (1.0 + 0.3 * np.sin(7 * ANGLES))[:, None]
)


def norm(grad: Any) -> Any:
    """The Euclidean length of each gradient."""
    return np.sqrt(np.sum(np.square(grad), axis=-1))


def band(num_classes: Any) -> tuple[Any, Any]:
    """The least and the most that the second softmax can be made to say, in nats.

    What it is given are probabilities: at best 1 for the truth and 0 for the rest, at worst 0 for
    the truth and 1 for another.
    """
    most = np.log(np.e + num_classes - 1.0)
    return most - 1.0, most


def train(num_classes: int, learning_rate: Any, bias: Any) -> dict[str, Any]:
    """Loss and accuracy, (STEPS, 2), of a linear model whose loss is given logits, or softmax (z).

    Plain gradient descent from weights of 0, the first class's bias apart.
    """
    targets = np.arange(SIZE) * num_classes // SIZE
    truth = one_hot(targets, num_classes)
    x, y = POINTS[:, :1], POINTS[:, 1:]

    def step(weights: Any, _: Any) -> tuple[Any, Any]:
        # Lane 0 gives its loss the logits, lane 1 their softmax: arrays of shape (2, SIZE, K).
        logits = x * weights[:, :1] + y * weights[:, 1:2] + weights[:, 2:]
        probs = softmax(logits[1])
        given = np.stack([logits[0], probs])
        pull = cross_entropy_grad(given, truth) / SIZE
        back = probs * (pull[1] - np.sum(probs * pull[1], axis=-1, keepdims=True))
        pull = np.stack([pull[0], back])
        grad = np.stack([np.sum(x * pull, 1), np.sum(y * pull, 1), np.sum(pull, 1)], axis=1)
        shown = {
            "loss": np.mean(cross_entropy(given, truth), axis=-1),
            "right": np.mean(np.equal(np.argmax(logits, axis=-1), targets), axis=-1),
        }
        return weights - learning_rate * grad, shown

    first = np.where(np.arange(num_classes) == 0, bias, 0.0)
    lane = np.stack([0.0 * first, 0.0 * first, first])
    _, shown = scan(step, np.stack([lane, lane]), np.arange(float(STEPS)))
    return shown


class DoubleSoftmax(Figure):
    """The same logits given to the loss as they are, and as probabilities: loss and gradient."""

    name_of = "double-softmax"
    title = "Softmax, twice"
    summary = (
        "Give the loss probabilities where it wants logits: it never fails, and hardly learns."
    )

    logits = Vector(
        [2.0, 1.0, 0.1], bounds=(-LIMIT, LIMIT), step=0.1, doc="Unnormalised log-probabilities z."
    )
    target = ClassIndex(0, label="true class", doc="The class that came true.")
    classes = ClassNames(["cat", "dog", "fox"], doc="The classes' names.")
    many = Number(
        1000.0, bounds=(2.0, 1000.0), step=1, label="classes K", doc="For how many classes to ask."
    )
    learning_rate = Number(
        2.0, bounds=(0.0, 10.0), step=0.1, label="learning rate", doc="Of the training run."
    )
    bias = Number(
        0.0,
        bounds=(0.0, 20.0),
        step=0.5,
        label="first class's bias at the start",
        doc="The training run begins as sure of the first class as this.",
    )

    presets = [
        Preset(
            "Slightly right",
            {"logits": [2.0, 1.0, 0.1], "target": 0, "classes": ["cat", "dog", "fox"]},
            "B’s gradient is 55 % of A’s.",
        ),
        Preset(
            "Confidently wrong",
            {"logits": [-5.0, 5.0, 0.0], "target": 0, "classes": ["cat", "dog", "fox"]},
            "A pushes as hard as it can; B with a quarter of a per cent of that.",
        ),
        Preset(
            "Hopelessly wrong",
            {"logits": [-20.0, 20.0, 0.0], "target": 0, "classes": ["cat", "dog", "fox"]},
            "Of A’s gradient less than a billionth is left.",
        ),
        Preset(
            "Ten classes",
            {
                "logits": [3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                "target": 0,
                "classes": [str(digit) for digit in range(10)],
            },
            "B can never be below 1.4612, however good the model is.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "logits = torch.tensor({logits}, dtype=torch.float64, requires_grad=True)\n"
            "target = torch.tensor({target})\n"
            "for given in (logits, logits.softmax(-1)):\n"
            "    loss = F.cross_entropy(given, target)\n"
            "    grad = torch.autograd.grad(loss, logits, retain_graph=True)[0]\n"
            "    print(loss.item(), grad.norm().item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "logits, target = np.array({logits}), {target}\n\n"
            "def softmax(z):\n"
            "    exp = np.exp(z - z.max())\n"
            "    return exp / exp.sum()\n\n"
            "print(-np.log(softmax(logits)[target]))\n"
            "print(-np.log(softmax(softmax(logits))[target]))  # the bug\n"
        ),
    }

    @staticmethod
    def run(classes: list[str], learning_rate: Any, bias: Any) -> dict[str, Any]:
        """Both trainings: they hang on the number of classes, and not on the logits above."""
        return train(len(classes), learning_rate, bias)

    @staticmethod
    def compute(run: Any, logits: Any, target: Any, many: Any) -> Columns:
        """Both losses and gradients, along the true logit too, and what came of the trainings."""
        num_classes = logits.shape[-1]
        truth = one_hot(target, num_classes)
        along = np.where(np.equal(truth, 1.0), np.expand_dims(ALONG, -1), logits)
        grad_a = cross_entropy_grad(logits, truth)
        grad_b = double_softmax_cross_entropy_grad(logits, truth)
        low, high = band(np.float64(num_classes))
        low_many, high_many = band(many)
        loss_a, loss_b = cross_entropy(logits, truth), double_softmax_cross_entropy(logits, truth)
        norm_a, norm_b = norm(grad_a), norm(grad_b)
        z_true = np.sum(truth * logits)
        losses_a, losses_b = run["loss"][:, 0], run["loss"][:, 1]
        highest = np.max(np.where(np.isnan(run["loss"]), 0.0, run["loss"]))
        steps = np.arange(float(STEPS))
        return {
            "classes": {"prob": softmax(logits), "grad_a": grad_a, "grad_b": grad_b},
            "along": {
                "z": ALONG,
                "a": cross_entropy(along, truth),
                "b": double_softmax_cross_entropy(along, truth),
            },
            "band": {
                "z": ALONG[[0, -1]],
                "step": steps[[0, -1]],
                "low": low * np.ones(2),
                "high": high * np.ones(2),
            },
            "training": {"step": steps, "a": losses_a, "b": losses_b},
            "readout": {
                "loss_a": loss_a,
                "loss_b": loss_b,
                "norm_a": norm_a,
                "norm_b": norm_b,
                "ratio": norm_b / np.where(np.equal(norm_a, 0.0), 1.0, norm_a),
                "low": low,
                "high": high,
                "low_many": low_many,
                "high_many": high_many,
                "many": many,
                "z_true": np.clip(z_true, ALONG[0], ALONG[-1]),
                "end_a": losses_a[-1],
                "end_b": losses_b[-1],
                "right_a": run["right"][-1, 0],
                "right_b": run["right"][-1, 1],
                "training_top": 1.05 * np.maximum(high, np.minimum(TOP, highest)),
            },
        }

    @staticmethod
    def edit_true(logits: Any, target: Any, value: Any) -> dict[str, Any]:
        """Set the true class's logit."""
        return {"logits": np.where(np.equal(np.arange(logits.shape[-1]), target), value, logits)}

    edits = {"true": edit_true}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, with the gradients by autograd."""
        logits = torch.tensor(state["logits"], dtype=torch.float64, requires_grad=True)
        target = torch.tensor(state["target"])
        found: dict[str, Any] = {}
        for name, given in (("a", logits), ("b", logits.softmax(-1))):
            loss = torch.nn.functional.cross_entropy(given, target)
            grad = torch.autograd.grad(loss, logits, retain_graph=True)[0]
            found |= {f"loss_{name}": loss.item(), f"norm_{name}": grad.norm().item()}
        return found

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Stack(
                Row(
                    Readout(
                        "loss_a", "A: loss of the logits", unit="nats", role="loss", size="large"
                    ),
                    Readout("loss_b", "B: loss of softmax (z)", unit="nats", role="squared"),
                    Readout("norm_a", "A: length of the gradient", role="loss"),
                    Readout("norm_b", "B: length of the gradient", role="squared"),
                    Readout("ratio", "B’s to A’s"),
                ),
                Row(
                    Stack(
                        ClassBars(
                            Drag("logits", "logit z", role="ink", span=(-6.0, 6.0), height=130),
                            Bars("classes.prob", "softmax (z): what B’s loss is given", height=80),
                            Pushes("classes.grad_a", "A: gradient on z", height=80),
                            Pushes("classes.grad_b", "B: gradient on z", height=80),
                        ),
                    ),
                    Stack(
                        losses(columns, 520),
                        Range("many", scale="log", format="integer"),
                        Sentence(
                            "With {many:integer} classes B’s loss lies between {low_many} and "
                            "{high_many}, whatever the logits.",
                            role="squared",
                        ),
                    ),
                    widths=(1.0, 1.1),
                ),
                name="example",
            ),
            Stack(
                Row(
                    runs(columns, 230),
                    Stack(
                        Range("learning_rate"),
                        Range("bias"),
                        Row(
                            Readout("end_a", "A: loss at the end", role="loss"),
                            Readout("right_a", "A: right", role="loss", format="percent"),
                        ),
                        Row(
                            Readout("end_b", "B: loss at the end", role="squared"),
                            Readout("right_b", "B: right", role="squared", format="percent"),
                        ),
                        Sentence("B cannot end below {low}.", role="squared"),
                    ),
                    widths=(1.3, 1.0),
                ),
                title="The same model trained with each",
                frame=True,
                name="training",
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            losses(columns, 300),
            Row(
                Readout("loss_b", "B: loss of softmax (z)", unit="nats", role="squared"),
                Readout("ratio", "B’s gradient to A’s"),
            ),
        )


def in_band(plot: Any, x: str, source: Any) -> None:
    """The band that B's loss cannot leave."""
    plot.varea(x, "low", "high", source=source, fill_color=color("squared-soft"), fill_alpha=0.7)
    hairline(plot, x, "low", source, line_color=color("squared"))
    hairline(plot, x, "high", source, line_color=color("squared"))


def losses(columns: Any, height: int) -> Plot:
    """Both losses against the true class's logit."""
    plot = curve_plot(
        x_range=(ALONG[0], ALONG[-1]),
        y_range=(0, TOP),
        x_label="logit z of the true class",
        y_label="loss in nats",
        height=height,
    )
    columns = own_sources(columns)
    in_band(plot, "z", columns["band"])
    plot.line("z", "a", source=columns["along"], line_width=3, line_color=color("loss"))
    plot.line(
        "z",
        "b",
        source=columns["along"],
        line_width=3,
        line_dash=[8, 3],
        line_color=color("squared"),
    )
    label(plot, -9.6, 0.3, "B’s band", "squared")
    label(plot, -5.2, 6.4, "A", "loss", text_font_style="bold")
    label(plot, -9.6, 1.2, "B", "squared", text_font_style="bold")
    return Plot(
        plot,
        describe="The loss against the true class's logit: A falls like a line and has no upper "
        "end, B stays within its band.",
        handles=(
            Handle(
                "z_true",
                "loss_a",
                label="true class's logit, on A",
                edit="true",
                param="logits",
                role="loss",
                bounds=(ALONG[0], ALONG[-1]),
                step=0.1,
            ),
            Handle(
                "z_true",
                "loss_b",
                label="true class's logit, on B",
                edit="true",
                param="logits",
                role="squared",
                bounds=(ALONG[0], ALONG[-1]),
                step=0.1,
            ),
        ),
        height=height,
    )


def runs(columns: Any, height: int) -> Plot:
    """The loss of both as they are trained."""
    plot = curve_plot(
        x_range=(0, STEPS + 6),
        y_range=(0, 1),
        x_label="step",
        y_label="training loss",
        height=height,
    )
    columns = own_sources(columns)
    in_band(plot, "step", columns["band"])
    plot.line("step", "a", source=columns["training"], line_width=3, line_color=color("loss"))
    plot.line(
        "step",
        "b",
        source=columns["training"],
        line_width=3,
        line_dash=[8, 3],
        line_color=color("squared"),
    )
    return Plot(
        plot,
        describe="The mean loss of A and of B while each is trained, with B's band shaded.",
        ends=(("y.end", "training_top"),),
        height=height,
    )
