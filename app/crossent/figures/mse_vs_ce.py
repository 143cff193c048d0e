"""Lesson 05: squared error beside cross-entropy, their losses and what reaches the logit."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Choice,
    ClassBars,
    Drag,
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
    binary_cross_entropy_with_logits_grad,
    cross_entropy_grad,
    log_odds,
    move_probability,
    one_hot,
    sigmoid,
    sigmoid_mse_grad,
    softmax_mse_grad,
    softplus,
    squared_error,
    surprise,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Distribution, Number, Selector

LIMIT = 8.0  # of the logit along the axis, either way
TOP_P, TOP_Z = 5.0, 8.0  # nats: the tops of the plots of the losses, over p and over z
GRAD_SPAN = (-1.06, 0.38)  # of the plots of the gradients; above 0 there is room for words

CURVE_Z = np.linspace(-12.0, 12.0, 241)
CURVE_P = sigmoid(CURVE_Z)
CROSS_ENTROPY = {
    "p": CURVE_P,
    "z": CURVE_Z,
    "loss": softplus(-CURVE_Z),
    "grad": binary_cross_entropy_with_logits_grad(CURVE_Z, 1.0),
}
SQUARED_ERROR = {"loss": squared_error(CURVE_P, 1.0), "grad": sigmoid_mse_grad(CURVE_Z, 1.0)}

# Squared error is called flat where a wrong prediction pushes its logit less than this part of
# what cross-entropy would.
FLAT = 0.1


def times_one_output(probs: Any, target: Any) -> Any:
    """How many times one output's squared error a softmax's sum is, whatever p of the true class.

    The other classes keep their proportions r while p moves, so the sum over all of them is
    ``(1 - p)^2 + sum_j ((1 - p) r_j)^2``: one output's squared error, and so its slopes, times
    ``1 + sum_j r_j^2``.
    """
    proportions = move_probability(probs, target, 0.0)
    return 1.0 + np.sum(proportions * proportions)


def of_two(probs: list[float]) -> State:
    """A prediction of yes and no, by one output, drawn against it."""
    entries = {"model": "sigmoid", "probs": probs, "target": 0, "classes": ["yes", "no"]}
    return entries | {"axis": "probability"}


def of_three(probs: list[float]) -> State:
    """A prediction over three classes, by an output for each."""
    return {"model": "softmax", "probs": probs, "target": 0, "classes": ["cat", "dog", "fox"]}


class MseVsCe(Figure):
    """Two losses of the same prediction, and the gradient of each with respect to the logit."""

    name_of = "mse-vs-ce"
    title = "Squared error or cross-entropy"
    summary = "Confidently wrong, squared error stops pushing the logit; cross-entropy does not."

    model = Selector(
        "sigmoid",
        options={"sigmoid": "sigmoid", "softmax": "softmax"},
        doc="One output for the true class against the rest, or one for each class.",
    )
    probs = Distribution(
        [0.01, 0.99], label="predicted probability", doc="The model's probabilities."
    )
    target = ClassIndex(0, label="true class", doc="The class that came true.")
    classes = ClassNames(["yes", "no"], doc="The classes' names.")
    axis = Selector(
        "probability",
        options={"probability": "p", "logit": "z"},
        label="draw against",
        doc="The true class's probability p, or its logit z above the others', log(p / (1 − p)).",
    )
    reference = Number(
        0.99,
        bounds=(0.01, 0.999),
        step=0.01,
        label="dotted line at p",
        doc="The probability of the true class that the losses are compared with.",
    )

    presets = [
        Preset(
            "Confidently wrong",
            of_two([0.01, 0.99]),
            "Against p squared error is steep, −1.98; of that only −0.0196 reaches the logit.",
        ),
        Preset(
            "Nearly right",
            of_two([0.99, 0.01]),
            "Here both are nearly done: −0.01, and −0.0002.",
        ),
        Preset(
            "The flat end",
            of_two([0.01, 0.99]) | {"axis": "logit"},
            "To the left cross-entropy is a slope that never ends, squared error a plateau.",
        ),
        Preset(
            "Three classes, surer",
            of_three([0.7, 0.2, 0.1]),
            "Squared error 0.14 and cross-entropy 0.357; gradients of −0.196 and −0.3.",
        ),
        Preset(
            "Three classes, less sure",
            of_three([0.4, 0.3, 0.3]),
            "Squared error 0.54 and cross-entropy 0.916; gradients of −0.432 and −0.6.",
        ),
        Preset(
            "Three classes, wrong",
            of_three([0.001, 0.998, 0.001]),
            "Cross-entropy’s gradient is −0.999, squared error’s −0.004.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "probs = torch.tensor({probs}, dtype=torch.float64)\n"
            "target = {target}\n"
            'if {model} == "sigmoid":\n'
            "    z = torch.logit(probs[target]).requires_grad_()\n"
            "    ce = -F.logsigmoid(z)\n"
            "    se = F.mse_loss(torch.sigmoid(z), torch.ones_like(z))\n"
            "else:\n"
            "    z = torch.log(probs).requires_grad_()\n"
            "    truth = F.one_hot(torch.tensor(target), len(probs)).double()\n"
            "    ce = F.cross_entropy(z, torch.tensor(target))\n"
            '    se = F.mse_loss(z.softmax(-1), truth, reduction="sum")  # "mean" divides by K\n'
            'print("cross-entropy", ce.item() + 0.0)  # binary_cross_entropy stops at 100\n'
            'print("squared error", se.item())\n'
            "for loss in (ce, se):\n"
            "    print(torch.autograd.grad(loss, z)[0].tolist())  # with respect to the logits\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "probs, target = np.array({probs}), {target}\n"
            "p = probs[target]\n"
            "truth = np.eye(len(probs))[target]\n"
            'with np.errstate(divide="ignore"):\n'
            '    print("cross-entropy", 0.0 - np.log(p))\n'
            'if {model} == "sigmoid":\n'
            '    print("squared error", (p - 1) ** 2)\n'
            "    print(p - 1, 2 * (p - 1) * p * (1 - p))  # with respect to the logit\n"
            "else:\n"
            '    print("squared error", ((probs - truth) ** 2).sum())  # .mean() divides by K\n'
            "    slope = 2 * (probs - truth)\n"
            "    print(probs - truth, probs * (slope - probs @ slope))  # to the logits\n"
        ),
    }

    @staticmethod
    def compute(model: str, probs: Any, target: Any, reference: Any) -> Columns:
        """Both losses and their gradients along p of the true class, at the dot, and compared."""
        num_classes = probs.shape[-1]
        truth = one_hot(target, num_classes)
        p = np.sum(truth * probs)
        z = log_odds(p)
        if model == "sigmoid":
            outputs, times = 1, 1.0
            squared = squared_error(p, 1.0)
            squared_grad = sigmoid_mse_grad(z, 1.0)
            ce_grad = binary_cross_entropy_with_logits_grad(z, 1.0)
        else:
            outputs, times = num_classes, times_one_output(probs, target)
            squared = np.sum(squared_error(probs, truth))
            squared_grad = np.sum(truth * softmax_mse_grad(np.log(probs), truth))
            ce_grad = np.sum(truth * cross_entropy_grad(np.log(probs), truth))
        ce, ce_reference = surprise(p), surprise(reference)
        ce_grad_p, squared_grad_p = -1.0 / p, times * 2.0 * (p - 1.0)
        squared_reference = times * squared_error(reference, 1.0)
        squared_curve = times * SQUARED_ERROR["loss"]
        squared_grad_curve = times * SQUARED_ERROR["grad"]
        weak = np.greater(squared_grad_curve, FLAT * CROSS_ENTROPY["grad"])
        flat = np.logical_and(weak, np.less(CURVE_Z, 0.0))
        flat_z = np.max(np.where(flat, CURVE_Z, CURVE_Z[0]))
        dot_z = np.clip(z, -LIMIT, LIMIT)
        return {
            "ce": CROSS_ENTROPY,
            "squared": {
                "p": CURVE_P,
                "z": CURVE_Z,
                "loss": squared_curve,
                "grad": squared_grad_curve,
            },
            "flat": {
                "p": np.stack([sigmoid(flat_z)]),
                "z": np.stack([flat_z]),
            },
            "here": {
                "p": p * np.ones(2),
                "z": dot_z * np.ones(2),
                "span": np.array([-2.0, 20.0]),
            },
            "there": {
                "p": reference * np.ones(2),
                "z": log_odds(reference) * np.ones(2),
                "span": np.array([-2.0, 20.0]),
            },
            "readout": {
                "p": p,
                "z": z,
                "outputs": outputs,
                "reference": reference,
                "ce": ce,
                "ce_grad_p": ce_grad_p,
                "ce_grad": ce_grad,
                "ce_reference": ce_reference,
                "ce_ratio": ce / ce_reference,
                "squared": squared,
                "squared_grad_p": squared_grad_p,
                "squared_grad": squared_grad,
                "squared_reference": squared_reference,
                "squared_ratio": squared / squared_reference,
                "mean": squared / outputs,
                "mean_grad_p": squared_grad_p / outputs,
                "mean_grad": squared_grad / outputs,
                "mean_reference": squared_reference / outputs,
                "mean_ratio": squared / squared_reference,
                "push_ratio": np.where(
                    np.equal(squared_grad, 0.0), np.inf, np.abs(ce_grad / squared_grad)
                ),
                "flat": np.less_equal(z, flat_z),
                "dot_z": dot_z,
            },
        }

    @staticmethod
    def edit_p(probs: Any, target: Any, value: Any) -> dict[str, Any]:
        """Set the true class's probability; the others keep their proportions."""
        return {"probs": move_probability(probs, target, value)}

    @staticmethod
    def edit_z(probs: Any, target: Any, value: Any) -> dict[str, Any]:
        """Set the true class's logit above the others'; these keep their proportions."""
        return {"probs": move_probability(probs, target, sigmoid(value))}

    edits = {"p": edit_p, "z": edit_z}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        probs = torch.tensor(state["probs"], dtype=torch.float64)
        target = torch.tensor(state["target"])
        truth = functional.one_hot(target, len(probs)).to(torch.float64)
        loss = functional.nll_loss(torch.log(probs), target)
        if state["model"] == "softmax":
            return {
                "ce": loss.item(),
                "squared": functional.mse_loss(probs, truth, reduction="sum").item(),
                "mean": functional.mse_loss(probs, truth).item(),
            }
        squared = functional.mse_loss(probs[target], torch.ones((), dtype=torch.float64))
        return {"ce": loss.item(), "squared": squared.item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Row(
            Stack(
                *either(columns, ("loss", "grad"), 250),
                Range(
                    edit="z",
                    shows="dot_z",
                    label="logit z of the true class",
                    bounds=(-LIMIT, LIMIT),
                    role="prediction",
                ),
                Sentence(
                    "Here cross-entropy pushes this logit {push_ratio:compact} times as hard as "
                    "squared error."
                ),
            ),
            Stack(
                Row(Choice("model"), Choice("axis"), widths=(1.25, 1.0)),
                ClassBars(
                    Drag(
                        "probs",
                        "predicted probability",
                        format="probability",
                        edit="probs",
                        height=90,
                    ),
                ),
                Range("reference"),
                LiveTable(
                    "At this prediction, and at the dotted line",
                    ("", "cross-entropy", "squared, sum", "squared, mean"),
                    (
                        ("loss", "ce", "squared", "mean"),
                        ("loss, dotted", "ce_reference", "squared_reference", "mean_reference"),
                        ("the ratio", "ce_ratio:times", "squared_ratio:times", "mean_ratio:times"),
                        (
                            "slope in p",
                            "ce_grad_p:signed",
                            "squared_grad_p:signed",
                            "mean_grad_p:signed",
                        ),
                        ("slope in z", "ce_grad:signed", "squared_grad:signed", "mean_grad:signed"),
                    ),
                    roles=("loss", "squared", "squared"),
                ),
            ),
            widths=(1.1, 1.0),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            *either(columns, ("grad",), 360, compared=False),
            Row(
                Readout("ce_grad", "cross-entropy’s gradient on z", format="signed", role="loss"),
                Readout("squared_grad", "squared error’s", format="signed", role="squared"),
            ),
        )


def curves(columns: Any, axis: str, shows: str, height: int, *, compared: bool = True) -> Plot:
    """Both losses, or both gradients, over p or over z, with a dot to drag on either curve."""
    x = "p" if axis == "probability" else "z"
    losses = shows == "loss"
    top = (TOP_P if x == "p" else TOP_Z) if losses else GRAD_SPAN[1]
    bottom = 0.0 if losses else GRAD_SPAN[0]
    x_range = (0, 1) if x == "p" else (-LIMIT, LIMIT)
    plot = curve_plot(
        x_range=x_range,
        y_range=(bottom, top),
        x_label="probability p of the true class" if x == "p" else "logit z of the true class",
        y_label="loss" if losses else "gradient on z",
        height=height,
    )
    plot.min_border_left = 72  # the same for both plots, so that their axes lie in line
    columns = own_sources(columns)
    plot.quad(
        left=x_range[0],
        right=x,
        bottom=bottom,
        top=top,
        source=columns["flat"],
        fill_color=color("squared-soft"),
        line_color=None,
        level="underlay",
    )
    if compared:
        hairline(plot, x, "span", columns["there"], line_dash="dotted")
    hairline(plot, x, "span", columns["here"], line_color=color("prediction"), line_dash="solid")
    plot.line(x, shows, source=columns["ce"], line_width=3, line_color=color("loss"))
    plot.line(
        x,
        shows,
        source=columns["squared"],
        line_width=3,
        line_dash=[8, 3],
        line_color=color("squared"),
    )
    for words in WORDS[x, shows]:
        label(plot, *words)
    handle = {
        "x": "p" if x == "p" else "dot_z",
        "param": "probs",
        "edit": x,
        "format": "probability" if x == "p" else "number",
        "bounds": None if x == "p" else (-LIMIT, LIMIT),
        "step": None if x == "p" else 0.1,
    }
    name = "probability" if x == "p" else "logit"
    what = "loss" if losses else "gradient"
    return Plot(
        plot,
        describe=f"Cross-entropy and squared error: the {what} against the {name} of the true "
        "class. Where squared error is flat although the prediction is wrong is shaded.",
        handles=(
            Handle(
                y="ce" if losses else "ce_grad",
                label=f"{name} of the true class, on the {what} of cross-entropy",
                role="loss",
                **handle,
            ),
            Handle(
                y="squared" if losses else "squared_grad",
                label=f"{name} of the true class, on the {what} of squared error",
                role="squared",
                **handle,
            ),
        ),
        height=height,
    )


def either(columns: Any, shows: tuple[str, ...], height: int, **options: Any) -> tuple[Node, ...]:
    """The plots over p and the plots over z, of which one or the other are shown."""
    return tuple(
        Stack(
            *(curves(columns, axis, what, height, **options) for what in shows),
            only=("axis", axis),
        )
        for axis in ("probability", "logit")
    )


# What stands beside the curves: x, y, words, role.
FLAT_WORDS = "here it hardly pushes"
WORDS = {
    ("p", "loss"): ((0.1, 3.1, "cross-entropy", "loss"), (0.02, 0.28, "squared error", "squared")),
    ("z", "loss"): ((-5.2, 6.6, "cross-entropy", "loss"), (-7.7, 2.5, "squared error", "squared")),
    ("p", "grad"): (
        (0.27, -0.86, "cross-entropy, p − 1", "loss"),
        (0.5, 0.09, "squared error", "squared"),
        (0.025, 0.27, FLAT_WORDS, "squared"),
    ),
    ("z", "grad"): (
        (-1.8, -0.96, "cross-entropy, p − 1", "loss"),
        (1.2, 0.09, "squared error", "squared"),
        (-7.8, 0.27, FLAT_WORDS, "squared"),
    ),
}
