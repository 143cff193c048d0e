"""Lesson 04: binary cross-entropy is two curves, and the label says which of them counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    Choice,
    Formula,
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
    diamond,
    hairline,
    label,
    own_sources,
)
from ..core.kernels import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    cross_entropy,
    cross_entropy_of,
    entropy,
    log_odds,
    sigmoid,
    softplus,
    surprise,
)
from .figure import Columns, Figure, Preset, State
from .parameters import Number, Selector

LIMIT = 12.0  # of the logit, either way
TOP = 5.0  # nats: the top of the plot over p
ROUNDING = 1e-15  # two probabilities this close differ by rounding alone

# Closer together where the curves are steep; at the ends, where the loss is infinite, a curve rises
# out of the picture.
CURVE_P = np.concatenate([[0.0], sigmoid(np.linspace(-12.0, 12.0, 193)), [1.0]])
LEAST_P = 3e-7  # whose loss of 15 is beyond any picture
CURVE_Z = np.linspace(-LIMIT, LIMIT, 161)
CURVES_P = {
    "p": CURVE_P,
    "yes": surprise(np.maximum(CURVE_P, LEAST_P)),
    "no": surprise(np.maximum(1.0 - CURVE_P, LEAST_P)),
}
CURVES_Z = {"z": CURVE_Z, "yes": softplus(-CURVE_Z), "no": softplus(CURVE_Z)}

# A tangent is as long on the screen whatever its slope: a part of the plot's width, at the height
# that a plot has for its width.
TANGENT = 0.22
ASPECT = 0.62
ENDS = np.array([-1.0, 1.0])

SLOPE = Formula(
    r"\frac{\partial L}{\partial z} = p - y = \class{prediction}{\live{p:probability}} - "
    r"\class{truth}{\live{target:probability}} = \class{up}{\live{slope_z:signed}}",
    label="The slope against the logit is p minus y",
)


def both(target: Any, yes: Any, no: Any) -> Any:
    """The mean of two answers' values under the label; one without a share does not count."""
    return np.where(np.equal(target, 0.0), 0.0, target * yes) + np.where(
        np.equal(target, 1.0), 0.0, (1.0 - target) * no
    )


def answers(yes: Any, no: Any) -> Any:
    """A distribution over the two answers, no first."""
    return np.stack([no, yes], axis=-1)


def point(p: Any, logit: Any, space: str) -> tuple[Any, Any]:
    """The probability and the logit, the one that the space does not hold taken from the other."""
    if space == "logit":
        return sigmoid(logit), logit
    return p, np.where(agree(p, logit), logit, log_odds(p))


def agree(p: Any, logit: Any) -> Any:
    """Whether a probability and a logit are one point, but for rounding."""
    return np.less(np.abs(sigmoid(logit) - p), ROUNDING)


def tangent(x: Any, y: Any, slope: Any, width: float, height: float) -> tuple[Any, Any]:
    """The ends of a tangent at (x, y) on a plot that shows so much."""
    run = TANGENT * width / np.sqrt(1.0 + np.square(slope * width / height * ASPECT))
    return x + ENDS * run, y + ENDS * run * slope


class BceCurves(Figure):
    """The loss of one yes-or-no question against its probability or its logit."""

    name_of = "bce-curves"
    title = "Two curves"
    summary = "Yes costs −log p, no costs −log(1 − p); the label says which of the two you pay."

    p = Number(
        0.7, bounds=(0.0, 1.0), step=0.01, label="probability p", doc="The predicted probability."
    )
    logit = Number(
        float(log_odds(0.7)),
        bounds=(-LIMIT, LIMIT),
        step=0.1,
        label="logit z",
        doc="The predicted logit: p is its sigmoid.",
    )
    target = Number(
        1.0,
        bounds=(0.0, 1.0),
        step=0.05,
        label="label y",
        doc="1 is yes, 0 is no; between them a soft label.",
    )
    space = Selector(
        "probability",
        options={"probability": "p", "logit": "z"},
        label="draw against",
        doc="Which of p and z is exact, and lies along the axis; the other follows from it.",
    )

    presets = [
        Preset(
            "Right",
            {"p": 0.7, "target": 1.0, "space": "probability"},
            "−log 0.7 is 0.357, and against the logit the slope is what is missing: −0.3.",
        ),
        Preset(
            "Wrong",
            {"p": 0.7, "target": 0.0, "space": "probability"},
            "The same p on the other curve: −log 0.3 is 1.204.",
        ),
        Preset(
            "Confidently wrong",
            {"p": 0.01, "target": 1.0, "space": "probability"},
            "Loss 4.605. Against p the slope is −100, against z only −0.99.",
        ),
        Preset(
            "Soft label",
            {"p": 0.9, "target": 0.7, "space": "probability"},
            "The blend is least at p = 0.7, and even there it is 0.611: the label’s own entropy.",
        ),
        Preset(
            "In logits",
            {"logit": 2.0, "target": 0.0, "space": "logit"},
            "log(1 + e²) is 2.127, and the slope is p itself: 0.881.",
        ),
        Preset(
            "Almost a line",
            {"logit": -10.0, "target": 1.0, "space": "logit"},
            "Far on the wrong side the loss is as good as −z, and the slope as good as −1.",
        ),
        Preset(
            "Certain and wrong",
            {"p": 0.0, "target": 1.0, "space": "probability"},
            "No finite loss is large enough; a library has to choose a number.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "y = torch.tensor({target}, dtype=torch.float64)\n"
            'if {space} == "logit":\n'
            "    z = torch.tensor({logit}, dtype=torch.float64)\n"
            "    loss = F.binary_cross_entropy_with_logits(z, y)\n"
            "else:\n"
            "    p = torch.tensor({p}, dtype=torch.float64)\n"
            "    loss = F.binary_cross_entropy(p, y)  # each logarithm is at least -100\n"
            "print(loss.item() + 0.0)\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "y = {target}\n"
            'if {space} == "logit":\n'
            "    z = {logit}\n"
            "    loss = (1 - y) * z + np.logaddexp(0, -z)\n"
            "else:\n"
            "    p = {p}\n"
            '    with np.errstate(divide="ignore"):\n'
            "        yes = -y * np.log(p) if y > 0 else 0.0\n"
            "        no = -(1 - y) * np.log1p(-p) if y < 1 else 0.0\n"
            "    loss = yes + no\n"
            "print(loss + 0.0)\n"
        ),
    }

    @staticmethod
    def compute(p: Any, logit: Any, target: Any, space: str) -> Columns:
        """Both curves and their blend, the dot with its tangent, and the loss by two logits."""
        p, logit = point(p, logit, space)
        truth = answers(target, 1.0 - target)
        if space == "logit":
            loss_yes, loss_no = softplus(-logit), softplus(logit)
            loss = binary_cross_entropy_with_logits(logit, target)
            clamped = loss
        else:
            loss_yes, loss_no = surprise(p), surprise(1.0 - p)
            loss = cross_entropy_of(truth, answers(p, 1.0 - p))
            clamped = binary_cross_entropy(p, target)
        # The derivatives themselves; binary_cross_entropy_grad has torch's guard against 1 / 0.
        slope_p_yes, slope_p_no = -1.0 / p, 1.0 / (1.0 - p)
        slope_p = both(target, slope_p_yes, slope_p_no)
        slope_z = binary_cross_entropy_with_logits_grad(logit, target)
        finite = np.isfinite(logit)
        held = np.where(finite, logit, 0.0)
        one_logit = binary_cross_entropy_with_logits(held, target)
        two_logits = cross_entropy(answers(held, 0.0 * held), truth)
        dot_z = np.clip(logit, -LIMIT, LIMIT)
        loss_z = binary_cross_entropy_with_logits(dot_z, target)
        tangent_p, tangent_p_loss = tangent(p, loss, slope_p, 1.0, TOP)
        tangent_z, tangent_z_loss = tangent(dot_z, loss_z, slope_z, 2.0 * LIMIT, LIMIT)
        soft = np.greater(target * (1.0 - target), 0.0)
        return {
            "curves_p": CURVES_P,
            "curves_z": CURVES_Z,
            "blend_p": {
                "p": CURVE_P,
                "loss": both(target, CURVES_P["yes"], CURVES_P["no"]),
            },
            "blend_z": {
                "z": CURVE_Z,
                "loss": binary_cross_entropy_with_logits(CURVE_Z, target),
            },
            "tangent": {
                "p": tangent_p,
                "p_loss": tangent_p_loss,
                "z": tangent_z,
                "z_loss": tangent_z_loss,
            },
            "least": {
                "p": np.stack([np.where(soft, target, np.nan)]),
                "z": np.stack([np.where(soft, log_odds(target), np.nan)]),
                "loss": np.stack([entropy(truth)]),
            },
            "readout": {
                "loss": loss,
                "loss_yes": loss_yes,
                "loss_no": loss_no,
                "p": p,
                "logit": logit,
                "target": target,
                "slope_p": slope_p,
                "slope_p_yes": slope_p_yes,
                "slope_p_no": slope_p_no,
                "slope_z": slope_z,
                "slope_z_yes": binary_cross_entropy_with_logits_grad(logit, 1.0),
                "slope_z_no": binary_cross_entropy_with_logits_grad(logit, 0.0),
                "least_loss": entropy(truth),
                "loss_one_logit": np.where(finite, one_logit, loss),
                "loss_two_logits": np.where(finite, two_logits, loss),
                "logits_apart": np.where(finite, np.abs(one_logit - two_logits), 0.0),
                "loss_torch": clamped,
                "clamped": np.greater(loss, clamped + 1e-6),
                "dot_z": dot_z,
                "loss_z": loss_z,
            },
        }

    @staticmethod
    def edit_p(value: Any) -> dict[str, Any]:
        """Set the probability; the logit follows as far as it goes."""
        return {"p": value, "logit": np.clip(log_odds(value), -LIMIT, LIMIT)}

    @staticmethod
    def edit_logit(value: Any) -> dict[str, Any]:
        """Set the logit; the probability follows."""
        return {"p": sigmoid(value), "logit": value}

    @staticmethod
    def edit_flip(target: Any) -> dict[str, Any]:
        """Turn the label round: yes to no, and a soft one about the middle."""
        return {"target": 1.0 - target}

    @staticmethod
    def edit_space(p: Any, logit: Any, space: str) -> dict[str, Any]:
        """Keep the point where it was before this space was chosen."""
        if space == "logit":
            _, logit = point(p, logit, "probability")
            return {"logit": np.clip(logit, -LIMIT, LIMIT)}
        return {"p": np.where(agree(p, logit), p, sigmoid(logit))}

    edits = {"p": edit_p, "logit": edit_logit, "flip": edit_flip, "space": edit_space}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        target = torch.tensor(state["target"], dtype=torch.float64)
        if state["space"] == "logit":
            logit = torch.tensor(state["logit"], dtype=torch.float64, requires_grad=True)
            loss = functional.binary_cross_entropy_with_logits(logit, target)
            loss.backward()
            return {"loss": loss.item(), "slope_z": logit.grad.item()}
        p = torch.tensor(state["p"], dtype=torch.float64)
        clamped = functional.binary_cross_entropy(p, target)
        exact = -torch.xlogy(target, p) - torch.xlogy(1 - target, 1 - p)
        return {"loss": exact.item(), "loss_torch": clamped.item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("loss", "loss", unit="nats", role="loss", size="large"),
                Readout("p", "p", format="probability", role="prediction"),
                Readout("logit", "logit z", role="prediction"),
                Readout("slope_p", "slope against p", format="signed", role="up"),
                Readout("slope_z", "slope against z", format="signed", role="up"),
            ),
            Row(
                Stack(*either(columns, 330), Stack(answers_table(), name="answers")),
                Stack(
                    Row(
                        Choice("space", edit="space"),
                        Action("Flip the label", "flip", hint="y becomes 1 − y"),
                        widths=(1.4, 1.0),
                    ),
                    Stack(
                        Range("p", edit="p", shows="p", role="prediction", format="probability"),
                        Range("logit", edit="logit", shows="dot_z", role="prediction"),
                        Range("target", role="truth", format="probability"),
                    ),
                    Stack(SLOPE, name="slope"),
                    Stack(logits_table(), name="two_logits"),
                    Sentence(
                        "The true loss here is {loss}; PyTorch’s binary_cross_entropy says "
                        "{loss_torch:compact}, for it holds each logarithm at −100 or above.",
                        role="loss",
                        when="clamped",
                    ),
                ),
                widths=(1.15, 1.0),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            *either(columns, 340),
            Row(
                Readout("loss", "loss", unit="nats", role="loss"),
                Readout("slope_z", "slope against the logit, p − y", format="signed", role="up"),
            ),
        )


def curves(plot: Any, columns: Any, x: str) -> None:
    """Both answers' curves, quiet, and over them the blend, the tangent and the least loss."""
    columns = own_sources(columns)
    both_curves, blend = columns[f"curves_{x}"], columns[f"blend_{x}"]
    quiet = {"line_color": color("ink"), "line_width": 1.5, "line_alpha": 0.75}
    plot.line(x, "yes", source=both_curves, **quiet)
    plot.line(x, "no", source=both_curves, line_dash=[6, 4], **quiet)
    plot.line(x, "loss", source=blend, line_width=4, line_color=color("loss"), line_cap="round")
    hairline(
        plot,
        x,
        f"{x}_loss",
        columns["tangent"],
        line_color=color("up"),
        line_width=2.5,
        line_dash="solid",
    )
    diamond(plot, x, "loss", columns["least"], size=13)


def probability_plot(columns: Any, height: int) -> Plot:
    """The loss against p."""
    plot = curve_plot(
        x_range=(0, 1),
        y_range=(0, TOP),
        x_label="probability p",
        y_label="loss in nats",
        height=height,
    )
    curves(plot, columns, "p")
    label(plot, 0.045, 4.3, "y = 1: −log p", "muted")
    label(plot, 0.95, 4.3, "y = 0: −log(1 − p)", "muted", text_align="right")
    return Plot(
        plot,
        describe="The loss against the probability: minus log p for yes, minus log of "
        "1 minus p for no, and their blend under the label.",
        handles=(
            Handle(
                "p",
                "loss",
                label="probability, on the curve",
                param="p",
                edit="p",
                format="probability",
            ),
        ),
        height=height,
    )


def logit_plot(columns: Any, height: int) -> Plot:
    """The loss against z."""
    plot = curve_plot(
        x_range=(-LIMIT, LIMIT),
        y_range=(0, LIMIT),
        x_label="logit z",
        y_label="loss in nats",
        height=height,
    )
    curves(plot, columns, "z")
    label(plot, -9.6, 10.7, "y = 1: log(1 + e⁻ᶻ)", "muted")
    label(plot, 7.6, 8.6, "y = 0: log(1 + eᶻ)", "muted", text_align="right")
    return Plot(
        plot,
        describe="The loss against the logit: minus log p for yes, minus log of 1 minus p "
        "for no, and their blend under the label.",
        handles=(
            Handle("dot_z", "loss_z", label="logit, on the curve", param="logit", edit="logit"),
        ),
        height=height,
    )


def either(columns: Any, height: int) -> tuple[Node, Node]:
    """The plot over p and the plot over z, of which one is shown."""
    return (
        Stack(probability_plot(columns, height), only=("space", "probability")),
        Stack(logit_plot(columns, height), only=("space", "logit")),
    )


def answers_table() -> LiveTable:
    """What each of the two answers costs."""
    return LiveTable(
        "What each answer costs here; ◆ is the least that this label can cost",
        ("", "loss", "slope in p", "slope in z"),
        (
            ("y = 1", "loss_yes", "slope_p_yes:signed", "slope_z_yes:signed"),
            ("y = 0", "loss_no", "slope_p_no:signed", "slope_z_no:signed"),
            ("◆ at p = y", "least_loss", "", ""),
        ),
        roles=("loss", "up", "up"),
    )


def logits_table() -> LiveTable:
    """The loss by one logit and by two."""
    return LiveTable(
        "One logit z, or two, 0 and z: the same loss but for rounding",
        ("", "loss, every digit"),
        (
            ("one logit, sigmoid", "loss_one_logit:exact"),
            ("two logits, softmax", "loss_two_logits:exact"),
            ("apart by", "logits_apart:compact"),
        ),
        roles=("loss",),
    )
