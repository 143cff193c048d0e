"""Lesson 09: focal loss counts an example less, the better it is predicted already."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Choice,
    Handle,
    LiveTable,
    Node,
    Plot,
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
    log_odds,
    sigmoid,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
)
from .figure import Columns, Figure, Preset, State
from .parameters import Number, Selector

TOP = 5.0  # nats: the top of the plot of the losses
STEEPEST = (-1.3, 0.06)  # of the plot of the gradients
NO_ALPHA = -1.0  # as torchvision has it

CURVE_Z = np.linspace(-9.0, 9.0, 181)
CURVE_P = sigmoid(CURVE_Z)
FAMILY = (0.5, 1.0, 2.0, 5.0)  # the gammas whose curves stand behind the chosen one
EDGE_P = np.array([0.0, 1.0])


def focal(z: Any, gamma: Any) -> Any:
    """Focal loss of an example whose true answer has logit z, without alpha."""
    return sigmoid_focal_loss(z, 1.0, NO_ALPHA, gamma)


def focal_grad(z: Any, gamma: Any) -> Any:
    """Its gradient with respect to that logit."""
    return sigmoid_focal_loss_grad(z, 1.0, NO_ALPHA, gamma)


BEHIND = {f"loss_{i}": focal(CURVE_Z, gamma) for i, gamma in enumerate(FAMILY)} | {
    f"grad_{i}": focal_grad(CURVE_Z, gamma) for i, gamma in enumerate(FAMILY)
}
CROSS_ENTROPY = {"p": CURVE_P, "loss": focal(CURVE_Z, 0.0), "grad": focal_grad(CURVE_Z, 0.0)}


class FocalCurves(Figure):
    """Focal loss beside cross-entropy, and the gradient of each, against p of the true answer."""

    name_of = "focal-curves"
    title = "Focal loss"
    summary = "Focal loss is cross-entropy times (1 − p)ᵞ: what is already right counts less."

    gamma = Number(
        2.0,
        bounds=(0.0, 5.0),
        step=0.1,
        label="focusing γ",
        doc="The loss is multiplied by 1 − p to this power; at 0 it is cross-entropy.",
    )
    alpha = Number(
        0.25,
        bounds=(0.0, 1.0),
        step=0.01,
        label="balance α",
        doc="The weight of an example whose answer is yes; one whose answer is no has 1 − α.",
    )
    answer = Selector(
        "yes",
        options={"yes": "y = 1", "no": "y = 0"},
        label="true answer",
        doc="Which answer came true; only α looks at it, for p is always the true one’s.",
    )
    p = Number(
        0.9,
        bounds=(0.001, 0.999),
        step=0.01,
        label="p of the true answer",
        doc="The probability that the model gives the true answer.",
    )
    reference = Number(
        0.1,
        bounds=(0.001, 0.999),
        step=0.01,
        label="a hard example, p",
        doc="The example that the first is compared with: the dotted line.",
    )

    presets = [
        Preset(
            "An easy example",
            {"gamma": 2.0, "p": 0.9, "reference": 0.1},
            "At p = 0.9 focal loss with γ = 2 is a hundredth of cross-entropy.",
        ),
        Preset(
            "A hard example",
            {"gamma": 2.0, "p": 0.1, "reference": 0.1},
            "At p = 0.1 it is still 0.81 of it.",
        ),
        Preset(
            "It is cross-entropy",
            {"gamma": 0.0, "p": 0.9, "reference": 0.1},
            "With γ = 0 the curves are one.",
        ),
        Preset(
            "A harder push",
            {"gamma": 2.0, "p": 0.2, "reference": 0.2},
            "Where p is small, focal loss’s gradient on the logit is −0.924, cross-entropy’s −0.8.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n\n"
            "p, gamma, alpha = torch.tensor({p}, dtype=torch.float64), {gamma}, {alpha}\n"
            "ce = -torch.log(p)  # p is the true answer's\n"
            "focal = (1 - p) ** gamma * ce\n"
            'weight = alpha if {answer} == "yes" else 1 - alpha\n'
            "print(focal.item())\n"
            "# torchvision.ops.sigmoid_focal_loss(z, y, alpha, gamma) gives this:\n"
            "print((weight * focal).item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "p, gamma, alpha = {p}, {gamma}, {alpha}  # p is the true answer's\n"
            "focal = (1 - p) ** gamma * -np.log(p)\n"
            'weight = alpha if {answer} == "yes" else 1 - alpha\n'
            "print(focal)\n"
            "print(weight * focal)\n"
        ),
    }

    @staticmethod
    def compute(gamma: Any, alpha: Any, answer: str, p: Any, reference: Any) -> Columns:
        """Both losses and their gradients along p, at the dot, and beside a harder example."""
        z, hard_z = log_odds(p), log_odds(reference)
        weight = alpha if answer == "yes" else 1.0 - alpha
        loss, ce = focal(z, gamma), focal(z, 0.0)
        grad, ce_grad = focal_grad(z, gamma), focal_grad(z, 0.0)
        hard, ce_hard = focal(hard_z, gamma), focal(hard_z, 0.0)
        curve = focal(CURVE_Z, gamma)
        return {
            "ce": CROSS_ENTROPY,
            "behind": {"p": CURVE_P} | BEHIND,
            "focal": {
                "p": CURVE_P,
                "loss": curve,
                "weighted": weight * curve,
                "grad": focal_grad(CURVE_Z, gamma),
            },
            "there": {
                "p": reference * np.ones(2),
                "span": np.array([-2.0, 20.0]),
            },
            "readout": {
                "loss": loss,
                "loss_alpha": weight * loss,
                "ce": ce,
                "factor": np.power(1.0 - p, gamma),
                "discount": np.power(1.0 - p, -gamma),
                "grad": grad,
                "ce_grad": ce_grad,
                "push_ratio": grad / ce_grad,
                "hard": hard,
                "ce_hard": ce_hard,
                "many": hard / loss,
                "ce_many": ce_hard / ce,
                "p": p,
                "gamma": gamma,
                "alpha": alpha,
                "weight": weight,
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        p = torch.tensor(state["p"], dtype=torch.float64)
        z = torch.logit(p).requires_grad_()
        ce = functional.binary_cross_entropy_with_logits(z, torch.ones_like(z))
        loss = torch.sigmoid(-z) ** state["gamma"] * ce
        loss.backward()
        return {"ce": ce.item(), "loss": loss.item(), "grad": z.grad.item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Row(
            Stack(
                curves(columns, "loss", 270),
                curves(columns, "grad", 230),
                Range("p", role="up", format="probability"),
            ),
            Stack(
                Row(
                    Readout("loss", "focal loss", unit="nats", role="up", size="large"),
                    Readout("ce", "cross-entropy", unit="nats"),
                ),
                Range("gamma", role="up"),
                Range("alpha", role="truth"),
                Choice("answer"),
                Range("reference", format="probability"),
                Sentence(
                    "(1 − p)ᵞ is {factor} here: the example counts {discount:compact} times less "
                    "than in cross-entropy. With α it costs {loss_alpha}, the dashed curve."
                ),
                table(),
                Sentence(
                    "Here focal loss pushes the logit {push_ratio:compact} times as hard as "
                    "cross-entropy."
                ),
            ),
            widths=(1.15, 1.0),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            curves(columns, "loss", 300),
            Range("gamma", role="up"),
            Row(
                Readout("loss", "focal loss", unit="nats", role="up"),
                Readout("ce", "cross-entropy", unit="nats"),
            ),
        )


def curves(columns: Any, shows: str, height: int) -> Plot:
    """The losses, or their gradients with respect to the logit, against p."""
    losses = shows == "loss"
    plot = curve_plot(
        x_range=(0, 1),
        y_range=(0, TOP) if losses else STEEPEST,
        x_label="p of the true answer",
        y_label="loss in nats" if losses else "gradient on z",
        height=height,
    )
    plot.min_border_left = 72  # the same for both plots, so that their axes lie in line
    columns = own_sources(columns)
    for i in range(len(FAMILY)):
        quiet = {"line_color": color("muted"), "line_width": 1.2, "line_alpha": 0.7}
        plot.line("p", f"{shows}_{i}", source=columns["behind"], **quiet)
    hairline(plot, "p", "span", columns["there"], line_dash="dotted")
    plot.line("p", shows, source=columns["ce"], line_width=2, line_color=color("ink"))
    if losses:
        plot.line(
            "p",
            "weighted",
            source=columns["focal"],
            line_width=2.5,
            line_dash=[6, 4],
            line_color=color("up"),
        )
    plot.line("p", shows, source=columns["focal"], line_width=4, line_color=color("up"))
    words = LOSS_WORDS if losses else GRAD_WORDS
    for *word, side in words:
        label(plot, *word, text_align=side)
    what = "loss" if losses else "gradient"
    return Plot(
        plot,
        describe=f"Focal loss and cross-entropy: the {what} against the probability of the "
        "true answer. The quiet curves are those of γ = 0.5, 1, 2 and 5.",
        handles=(
            Handle(
                "p",
                "loss" if losses else "grad",
                label=f"p, on the {what} of focal loss",
                param="p",
                role="up",
                format="probability",
            ),
        ),
        height=height,
    )


def table() -> LiveTable:
    """Both losses at this example and at the harder one."""
    return LiveTable(
        "At this example, and at the dotted line",
        ("", "cross-entropy", "focal loss"),
        (
            ("loss", "ce", "loss"),
            ("loss of the hard one", "ce_hard", "hard"),
            ("so many weigh as much", "ce_many", "many"),
            ("slope in z", "ce_grad:signed", "grad:signed"),
        ),
        roles=("ink", "up"),
    )


LOSS_WORDS = ((0.15, 2.55, "cross-entropy", "ink", "left"),)
GRAD_WORDS = (
    (0.99, -0.92, "cross-entropy, p − 1", "ink", "right"),
    (0.2, -1.13, "focal", "up", "left"),
)
