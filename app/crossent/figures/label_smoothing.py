"""Lesson 08: a truth that leaves room for doubt, in both conventions, and what it does."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    Bars,
    ClassBars,
    Handle,
    LiveTable,
    Node,
    OneOf,
    Plot,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
    color,
    curve_plot,
    diamond,
    label,
)
from ..core.kernels import entropy, log_softmax, one_hot, smooth
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Number

GAPS_END = (-4.0, 12.0)  # of the logit gap
GAPS = np.linspace(*GAPS_END, 161)
TOP = 2.5  # nats: the top of the plot

FIVE = ["cat", "dog", "fox", "owl", "bee"]
ANIMALS = FIVE[:4]


def losses(log_probs: Any, truth: Any, epsilon: Any) -> Any:
    """Cross-entropy against the smoothed truth: a blend of the hard loss and that of no opinion."""
    hard = 0.0 - np.sum(truth * log_probs, axis=-1)
    return (1.0 - epsilon) * hard + epsilon * (0.0 - np.mean(log_probs, axis=-1))


def best_gap(truth: Any, soft: Any) -> Any:
    """The logit gap at which softmax gives just these probabilities: infinite for a hard truth."""
    held = np.sum(truth * soft)
    rest = np.sum((1.0 - truth) * soft) / (truth.shape[-1] - 1)
    return np.log(held) - np.log(rest)


def within(gap: Any) -> Any:
    """A gap where the plot has a place for it; nan where it has none."""
    return np.where(np.less_equal(gap, GAPS_END[1]), gap, np.nan)


class LabelSmoothing(Figure):
    """A smoothed truth in both conventions, and the loss against how far the true logit leads."""

    name_of = "label-smoothing"
    title = "Label smoothing"
    summary = (
        "Leave the truth a little doubt, and the loss is least at a finite lead of the true logit; "
        "past it, more confidence costs."
    )

    epsilon = Number(
        0.1,
        bounds=(0.0, 0.5),
        step=0.01,
        label="smoothing ε",
        doc="The share of the truth that is spread out.",
    )
    gap = Number(
        4.9,
        bounds=GAPS_END,
        step=0.1,
        label="logit gap",
        doc="How far the true class's logit is above the others', which are equal.",
    )
    target = ClassIndex(0, label="true class", doc="The class that came true.")
    classes = ClassNames(ANIMALS, doc="The classes' names.")

    presets = [
        Preset(
            "Four classes",
            {"epsilon": 0.1, "gap": 3.6, "target": 2, "classes": ANIMALS},
            "PyTorch’s truth is 0.925 and three times 0.025; the other convention’s 0.9 and 0.033.",
        ),
        Preset(
            "Overconfident",
            {"epsilon": 0.1, "gap": 4.9, "target": 0, "classes": ["cat", "dog", "fox"]},
            "Unsmoothed the loss is 0.0148. Smoothed it is 0.341, and past its lowest point.",
        ),
        Preset(
            "The lowest point",
            {"epsilon": 0.1, "gap": float(np.log(46.0)), "target": 0, "classes": FIVE},
            "At the diamond p is y, and the loss is the smoothed truth’s own entropy.",
        ),
        Preset(
            "No smoothing",
            {"epsilon": 0.0, "gap": 6.0, "target": 0, "classes": ANIMALS},
            "The three curves are one, and it falls for ever.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "K, epsilon, target = len({classes}), {epsilon}, torch.tensor({target})\n"
            "logits = {gap} * F.one_hot(target, K).double()\n"
            "print(F.cross_entropy(logits, target, label_smoothing=epsilon).item())\n"
            "# epsilon / (K - 1) for each of the others instead:\n"
            "others = epsilon * K / (K - 1)\n"
            "print(F.cross_entropy(logits, target, label_smoothing=others).item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "K, epsilon = len({classes}), {epsilon}\n"
            "truth = np.eye(K)[{target}]\n"
            "logits = {gap} * truth\n"
            "log_probs = logits - np.log(np.exp(logits).sum())\n"
            "uniform = (1 - epsilon) * truth + epsilon / K\n"
            "others = (1 - epsilon) * truth + epsilon / (K - 1) * (1 - truth)\n"
            "print(-(uniform * log_probs).sum())\n"
            "print(-(others * log_probs).sum())\n"
        ),
    }

    @staticmethod
    def compute(epsilon: Any, gap: Any, target: Any, classes: Any) -> Columns:
        """Both smoothed truths, their losses over the gap, and where each is least."""
        num_classes = len(classes)
        times = num_classes / (num_classes - 1)
        as_uniform = epsilon * times  # what to give PyTorch for the other convention's epsilon
        truth = one_hot(target, num_classes)
        uniform, others = smooth(truth, epsilon), smooth(truth, as_uniform)
        log_probs = log_softmax(gap * truth)
        probs = np.exp(log_probs)
        curves = log_softmax(np.expand_dims(GAPS, -1) * truth)
        loss_hard = losses(log_probs, truth, 0.0)
        loss = losses(log_probs, truth, epsilon)
        loss_others = losses(log_probs, truth, as_uniform)
        floor, floor_others = entropy(uniform), entropy(others)
        best, best_others = best_gap(truth, uniform), best_gap(truth, others)
        y_target, p = np.sum(truth * uniform), np.sum(truth * probs)
        hard = np.equal(epsilon, 0.0)
        past = np.greater(gap, best + 0.05)
        short = np.less(gap, best - 0.05)
        at_least = np.logical_not(hard | past | short)
        return {
            "classes": {"prob": probs, "uniform": uniform, "others": others},
            "curves": {
                "gap": GAPS,
                "hard": losses(curves, truth, 0.0),
                "uniform": losses(curves, truth, epsilon),
                "others": losses(curves, truth, as_uniform),
            },
            "least": {"gap": np.stack([within(best)]), "loss": np.stack([floor])},
            "least_others": {
                "gap": np.stack([within(best_others)]),
                "loss": np.stack([floor_others]),
            },
            "readout": {
                "loss": loss,
                "loss_others": loss_others,
                "loss_hard": loss_hard,
                "above": loss - floor,
                "above_others": loss_others - floor_others,
                "floor": floor,
                "floor_others": floor_others,
                "best_gap": best,
                "best_gap_others": best_others,
                "y_target": y_target,
                "y_target_others": np.sum(truth * others),
                "y_rest": epsilon / num_classes,
                "y_rest_others": epsilon / (num_classes - 1),
                "epsilon_torch": as_uniform,
                "epsilon": epsilon,
                "gap": gap,
                "p": p,
                "grad_target": p - y_target,
                "num_classes": num_classes,
                "hard": hard,
                "past": past,
                "short": short & np.logical_not(hard),
                "at_least": at_least,
            },
        }

    @staticmethod
    def edit_settle(epsilon: Any, gap: Any, target: Any, classes: Any, value: Any) -> Any:
        """Take the gap `value` of the way to where the loss is least, as far as it may go."""
        truth = one_hot(target, len(classes))
        best = np.clip(best_gap(truth, smooth(truth, epsilon)), *GAPS_END)
        return {"gap": (1.0 - value) * gap + value * best}

    edits = {"settle": edit_settle}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        target, num_classes = torch.tensor(state["target"]), len(state["classes"])
        logits = state["gap"] * functional.one_hot(target, num_classes).to(torch.float64)
        epsilon = state["epsilon"]
        others = epsilon * num_classes / (num_classes - 1)
        return {
            "loss": functional.cross_entropy(logits, target, label_smoothing=epsilon).item(),
            "loss_others": functional.cross_entropy(logits, target, label_smoothing=others).item(),
            "loss_hard": functional.cross_entropy(logits, target).item(),
        }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("loss", "smoothed loss, PyTorch’s", unit="nats", role="loss", size="large"),
                Readout("loss_hard", "without smoothing", unit="nats"),
                Readout("floor", "its floor", unit="nats", role="truth"),
                Readout("p", "p of the true class", format="probability", role="prediction"),
                Readout("y_target", "the truth y", format="probability", role="truth"),
            ),
            Row(
                Stack(
                    curves(columns, 300),
                    Range("gap", role="prediction"),
                    Row(
                        Action(
                            "To the least",
                            "settle",
                            animate=True,
                            main=True,
                            hint="Moves the gap to where PyTorch’s smoothed loss is least",
                        ),
                        remarks(),
                        widths=(1.0, 1.4),
                    ),
                ),
                Stack(
                    Range("epsilon", role="truth"),
                    truths((80, 80)),
                ),
                widths=(1.1, 1.0),
            ),
            table(),
            Sentence("ε = {epsilon} over the others is PyTorch’s ε K / (K − 1) = {epsilon_torch}."),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            curves(columns, 300),
            Range("epsilon", role="truth"),
            Row(
                Readout("loss", "smoothed loss", unit="nats", role="loss"),
                Readout("floor", "its floor", unit="nats", role="truth"),
            ),
        )


def curves(columns: Any, height: int) -> Plot:
    """The three losses against the gap, with the least of each that has one."""
    plot = curve_plot(
        x_range=GAPS_END,
        y_range=(0, TOP),
        x_label="how far the true logit is above the others",
        y_label="loss in nats",
        height=height,
    )
    plot.line("gap", "hard", source=columns["curves"], line_width=2, line_color=color("ink"))
    plot.line(
        "gap",
        "others",
        source=columns["curves"],
        line_width=3,
        line_dash=[8, 3],
        line_color=color("up"),
    )
    plot.line("gap", "uniform", source=columns["curves"], line_width=4, line_color=color("loss"))
    diamond(plot, "gap", "loss", columns["least"], size=14)
    diamond(plot, "gap", "loss", columns["least_others"], size=14)
    label(plot, 11.7, 0.1, "no smoothing", "muted", text_align="right")
    return Plot(
        plot,
        describe="The loss against the logit gap: without smoothing it falls for ever; with "
        "smoothing it is least at a finite gap, marked by a diamond, and then rises.",
        handles=(
            Handle(
                "gap",
                "loss_hard",
                label="gap, on the loss without smoothing",
                param="gap",
                role="ink",
            ),
            Handle(
                "gap",
                "loss_others",
                label="gap, on the other convention’s loss",
                param="gap",
                role="up",
            ),
            Handle("gap", "loss", label="gap, on PyTorch’s loss", param="gap", role="loss"),
        ),
        height=height,
    )


def truths(heights: tuple[int, int]) -> ClassBars:
    """The prediction, with each of the smoothed truths marked on it."""
    return ClassBars(
        Bars(
            "classes.prob",
            "prediction p; the dashes are PyTorch’s truth, ε over all K",
            mark="classes.uniform",
            height=heights[0],
        ),
        Bars(
            "classes.prob",
            "prediction p; the dashes spread ε over the other K − 1",
            mark="classes.others",
            height=heights[1],
        ),
    )


def table() -> LiveTable:
    """Both conventions, number by number."""
    return LiveTable(
        "The same ε in both conventions; ◆ is the lowest point",
        ("", "ε over all K", "ε over the others"),
        (
            ("truth of the target", "y_target", "y_target_others"),
            ("of each other class", "y_rest", "y_rest_others"),
            ("loss", "loss", "loss_others"),
            ("◆ its floor", "floor", "floor_others"),
            ("◆ at the gap", "best_gap", "best_gap_others"),
        ),
        roles=("loss", "up"),
    )


def remarks() -> OneOf:
    """What there is to say of this state."""
    return OneOf(
        Sentence(
            "Short of the lowest point: more confidence still pays. The gradient of the true "
            "logit is {grad_target:signed}.",
            when="short",
        ),
        Sentence(
            "The lowest point: p is the smoothed truth, nothing pushes, and the loss is the "
            "truth’s own entropy.",
            when="at_least",
        ),
        Sentence(
            "Past the lowest point: more confidence costs. The gradient of the true logit is "
            "{grad_target:signed}, and pushes it down.",
            role="loss",
            when="past",
        ),
        Sentence("Without smoothing the floor is 0, and no finite gap reaches it.", when="hard"),
    )
