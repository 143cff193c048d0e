"""Lesson 01: the loss is one number, the surprise at the truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Choice,
    ClassBars,
    Drag,
    Formula,
    Handle,
    Node,
    Plot,
    Readout,
    Row,
    Stack,
    color,
    curve_plot,
    hairline,
    level,
)
from ..core.kernels import move_probability, one_hot, perplexity, surprise, to_bits
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Distribution, Selector

# The curve's grid: closer together where -log p is steep.
CURVE_P = np.geomspace(0.004, 1.0, 160)
CURVE_TOP = 5.0  # nats

DIGITS = [str(digit) for digit in range(10)]


class PredictionBars(Figure):
    """One prediction over classes, the class that came true, and the loss between them."""

    name_of = "prediction-bars"
    title = "Prediction bars"
    summary = "Drag a probability; the loss is the surprise at the class that came true."

    probs = Distribution(
        [0.1, 0.2, 0.6, 0.1], label="predicted probability", doc="The model's probabilities."
    )
    target = ClassIndex(2, label="true class", doc="The class that came true.")
    classes = ClassNames(["cat", "dog", "fox", "owl"], doc="The classes' names.")
    unit = Selector(
        "nats", options={"nats": "nats", "bits": "bits"}, doc="What loss is counted in."
    )

    presets = [
        Preset(
            "Fairly sure", {"probs": [0.1, 0.2, 0.6, 0.1], "target": 2}, "Loss 0.511: −log 0.6."
        ),
        Preset("Surer", {"probs": [0.05, 0.1, 0.8, 0.05], "target": 2}, "Loss 0.223."),
        Preset(
            "Confidently wrong",
            {"probs": [0.05, 0.9, 0.01, 0.04], "target": 2},
            "One per cent on the truth costs 4.605.",
        ),
        Preset(
            "Uniform over five",
            {"probs": [0.2] * 5, "target": 0, "classes": ["cat", "dog", "fox", "owl", "bee"]},
            "Whichever is true, the loss is log 5.",
        ),
        Preset(
            "Ten classes, 0.70 on the truth",
            {
                "probs": [0.7, 0.05, 0.05, 0.04, 0.04, 0.03, 0.03, 0.02, 0.02, 0.02],
                "target": 0,
                "classes": DIGITS,
            },
            "Loss 0.357.",
        ),
        Preset(
            "Ten classes, 0.05 on the truth",
            {
                "probs": [0.05, 0.7, 0.05, 0.04, 0.04, 0.03, 0.03, 0.02, 0.02, 0.02],
                "target": 0,
                "classes": DIGITS,
            },
            "Loss 2.996.",
        ),
    ]

    code = {
        "PyTorch": (
            "import math\n\n"
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "probs = torch.tensor({probs}, dtype=torch.float64)\n"
            "target = torch.tensor({target})\n"
            "loss = F.nll_loss(torch.log(probs), target)  # what cross_entropy does after softmax\n"
            'if {unit} == "bits":\n'
            "    loss = loss / math.log(2)\n"
            "print(loss.item() + 0.0)  # inf where p is 0; binary_cross_entropy stops at 100\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "probs = np.array({probs})\n"
            "target = {target}\n"
            'with np.errstate(divide="ignore"):\n'
            "    loss = 0.0 - np.log(probs[target])\n"
            'if {unit} == "bits":\n'
            "    loss = loss / np.log(2)\n"
            "print(loss)\n"
        ),
    }

    @staticmethod
    def compute(probs: Any, target: Any, unit: str) -> Columns:
        """One row per class, the curve -log p, and what is read off at the truth."""
        num_classes = probs.shape[-1]
        truth = one_hot(target, num_classes)
        p_target = np.sum(truth * probs)
        loss = surprise(p_target)
        uniform = np.log(num_classes)
        scale = 1.0 / np.log(2.0) if unit == "bits" else 1.0
        return {
            "classes": {"prob": probs, "truth": truth},
            "curve": {"p": CURVE_P, "loss": surprise(CURVE_P) * scale},
            "uniform": {
                "p": np.array([0.0, 1.0]),
                "loss": np.full(2, uniform) * scale,
                "label_p": np.array([np.nan, 0.99]),
            },
            "drop": {
                "p": p_target * np.ones(2),
                "loss": np.minimum(loss, CURVE_TOP) * scale * np.array([0.0, 1.0]),
            },
            "readout": {
                "p_target": p_target,
                "loss": loss * scale,
                "loss_nats": loss,
                "loss_bits": to_bits(loss),
                "perplexity": perplexity(loss),
                "uniform": uniform * scale,
                "num_classes": num_classes,
                "top": CURVE_TOP * scale,
            },
        }

    @staticmethod
    def edit_target_prob(probs: Any, target: Any, value: Any) -> dict[str, Any]:
        """Set the probability of the true class; the others keep their proportions."""
        return {"probs": move_probability(probs, target, value)}

    edits = {"target_prob": edit_target_prob}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        log_probs = torch.log(torch.tensor(state["probs"], dtype=torch.float64))
        loss = torch.nn.functional.nll_loss(log_probs, torch.tensor(state["target"]))
        return {"loss_nats": loss.item(), "perplexity": torch.exp(loss).item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("loss", "loss", unit="@unit", role="loss", size="large"),
                Readout("p_target", "p of the true class", format="probability", role="prediction"),
                Readout("perplexity", "perplexity, exp of the loss in nats"),
                Readout("uniform", "loss of a uniform guess, log K", unit="@unit", role="muted"),
            ),
            Row(
                Stack(
                    bars(),
                    Formula(
                        r"L = -\log p_{\live{@target}} = "
                        r"-\log \class{prediction}{\live{p_target:probability}} = "
                        r"\class{loss}{\live{loss_nats}}",
                        label="The loss is minus the logarithm of the true class's probability",
                    ),
                ),
                Stack(
                    curve(columns),
                    Choice("unit", label="loss in"),
                ),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            bars(height=190, pictures=True),
            Row(
                Readout("loss", "loss", unit="@unit", role="loss"),
                Readout("p_target", "p of the truth", format="probability", role="prediction"),
            ),
        )


def bars(height: int = 230, *, pictures: bool = False) -> ClassBars:
    """The draggable prediction."""
    return ClassBars(
        Drag(
            "probs",
            "predicted probability",
            format="probability",
            edit="probs",
            height=height,
        ),
        pictures=pictures,
    )


def curve(columns: Any, height: int = 300) -> Plot:
    """-log p with its moving dot, and the uniform loss."""
    plot = curve_plot(
        x_range=(0, 1),
        y_range=(0, CURVE_TOP),
        x_label="probability of the true class",
        y_label="loss",
        height=height,
    )
    level(plot, columns["uniform"], "uniform guess, log K", "muted", above=True)
    hairline(plot, "p", "loss", columns["drop"], line_color=color("loss"), line_dash="solid")
    plot.line("p", "loss", source=columns["curve"], line_width=3, line_color=color("loss"))
    return Plot(
        plot,
        describe="The loss, minus log p, against the probability p of the true class.",
        handles=(
            Handle(
                "p_target",
                "loss",
                label="probability of the true class, on the curve",
                param="probs",
                edit="target_prob",
                format="probability",
            ),
        ),
        ends=(("y.end", "top"),),
        height=height,
    )
