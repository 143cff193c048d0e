"""Lesson 13: the same logits as classes that compete, and as questions that do not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Bars,
    ClassBars,
    Drag,
    Node,
    Pushes,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
)
from ..core.kernels import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    cross_entropy,
    cross_entropy_grad,
    sigmoid,
    softmax,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassNames, Number, Vector

LIMIT = 20.0  # of a logit, either way

ONE: State = {
    "logits": [2.0, 1.0, -1.0, -2.0],
    "labels": [1.0, 0.0, 0.0, 0.0],
    "pos_weight": 1.0,
    "classes": ["cat", "dog", "night", "snow"],
}


class SoftmaxVsSigmoid(Figure):
    """One row of logits through softmax and through sigmoids, with labels that can be several."""

    name_of = "softmax-vs-sigmoid"
    title = "Competing or independent"
    summary = "Raise one logit: softmax takes it from the others, sigmoids leave them alone."

    logits = Vector(
        [2.0, 1.0, -1.0, -2.0],
        bounds=(-LIMIT, LIMIT),
        step=0.1,
        doc="Unnormalised log-probabilities z.",
    )
    labels = Vector(
        [1.0, 0.0, 0.0, 0.0], bounds=(0.0, 1.0), step=1, doc="1 where the label applies, else 0."
    )
    classes = ClassNames(["cat", "dog", "night", "snow"], doc="The labels' names.")
    pos_weight = Number(
        1.0,
        bounds=(0.0, 20.0),
        step=0.5,
        label="pos_weight",
        doc="What each label that applies counts in the binary losses.",
    )

    presets = [
        Preset("One label", ONE, "A cat by day: one label applies."),
        Preset(
            "Two labels",
            ONE | {"logits": [4.0, -4.0, 4.0, -4.0], "labels": [1.0, 0.0, 1.0, 0.0]},
            "A cat at night. The sigmoids are right at once; softmax cannot pass one half each.",
        ),
        Preset(
            "No label",
            ONE | {"logits": [-4.0, -4.0, -4.0, -4.0], "labels": [0.0, 0.0, 0.0, 0.0]},
            "None applies. Softmax still gives away all of its 1.",
        ),
        Preset(
            "pos_weight 10",
            ONE | {"pos_weight": 10.0},
            "The label that applies pulls ten times as hard; the others as before.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "logits = torch.tensor({logits}, dtype=torch.float64)\n"
            "labels = torch.tensor({labels}, dtype=torch.float64)\n"
            "pos_weight = torch.tensor({pos_weight}, dtype=torch.float64)\n"
            "print(F.binary_cross_entropy_with_logits(\n"
            "    logits, labels, pos_weight=pos_weight).item())\n"
            "print(F.cross_entropy(logits, labels).item())  # of one-of-many, were it that\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "z, y, pos_weight = np.array({logits}), np.array({labels}), {pos_weight}\n"
            "log_p = np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))  # log sigmoid(z)\n"
            "log_not = np.minimum(-z, 0) - np.log1p(np.exp(-np.abs(z)))\n"
            "print(-(pos_weight * y * log_p + (1 - y) * log_not).mean())\n"
            "shifted = z - z.max()\n"
            "print(-(y * (shifted - np.log(np.exp(shifted).sum()))).sum())\n"
        ),
    }

    @staticmethod
    def compute(logits: Any, labels: Any, pos_weight: Any) -> Columns:
        """Each label's probability, loss and gradient by both, and the losses of the whole row."""
        num_classes = logits.shape[-1]
        competing, alone = softmax(logits), sigmoid(logits)
        each = binary_cross_entropy_with_logits(logits, labels, pos_weight)
        count = np.sum(labels)
        applies = np.greater(count, 0.0)
        shares = labels / np.where(applies, count, 1.0)
        return {
            "classes": {
                "softmax": competing,
                "sigmoid": alone,
                "softmax_grad": np.where(applies, cross_entropy_grad(logits, shares), 0.0),
                "sigmoid_grad": binary_cross_entropy_with_logits_grad(logits, labels, pos_weight)
                / num_classes,
                "loss": each,
                "label": labels,
                "share": shares,
            },
            "readout": {
                "bce": np.mean(each),
                "bce_sum": np.sum(each),
                "ce": np.where(applies, cross_entropy(logits, shares), 0.0),
                "softmax_total": np.sum(competing),
                "sigmoid_total": np.sum(alone),
                "count": count,
                "several": np.greater(count, 1.0),
                "none": np.equal(count, 0.0),
                "best": np.where(applies, np.log(np.where(applies, count, 1.0)), 0.0),
                "missed": np.max(np.where(np.equal(labels, 1.0), 1.0 - competing, 0.0)),
                "missed_alone": np.max(np.where(np.equal(labels, 1.0), 1.0 - alone, 0.0)),
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own; cross-entropy of the labels as shares of one."""
        functional = torch.nn.functional
        logits = torch.tensor(state["logits"], dtype=torch.float64)
        labels = torch.tensor(state["labels"], dtype=torch.float64)
        weight = torch.tensor(state["pos_weight"], dtype=torch.float64)
        bce = functional.binary_cross_entropy_with_logits(logits, labels, pos_weight=weight)
        shares = labels / labels.sum().clamp(min=1.0)
        return {"bce": bce.item(), "ce": functional.cross_entropy(logits, shares).item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("bce", "binary cross-entropy, mean", role="loss", size="large"),
                Readout("ce", "softmax cross-entropy", role="squared"),
                Readout("sigmoid_total", "sum of the sigmoids", role="prediction"),
                Readout("softmax_total", "sum of softmax", format="compact"),
            ),
            Row(
                ClassBars(
                    Drag("logits", "logit z", role="ink", span=(-6.0, 6.0), height=130),
                    Drag(
                        "labels",
                        "labels y: 1 where it applies",
                        role="truth",
                        format="integer",
                        height=46,
                    ),
                    Bars(
                        "classes.sigmoid",
                        "sigmoid: each by itself",
                        mark="classes.label",
                        height=80,
                    ),
                    Bars(
                        "classes.softmax",
                        "softmax: all together 1",
                        role="squared",
                        mark="classes.share",
                        height=80,
                    ),
                    target=None,
                ),
                Stack(
                    ClassBars(
                        Bars(
                            "classes.loss",
                            "binary cross-entropy of each",
                            bounds=(0.0, 6.0),
                            role="loss",
                            format="number",
                            height=80,
                        ),
                        Pushes("classes.sigmoid_grad", "gradient of their mean", height=80),
                        Pushes("classes.softmax_grad", "gradient of softmax’s loss", height=80),
                        target=None,
                        resizable=False,
                    ),
                    Range("pos_weight", role="truth"),
                    Sentence(
                        "{count:integer} labels apply. Softmax can give each at most an equal "
                        "share, so its loss stays at {best} or above.",
                        role="squared",
                        when="several",
                    ),
                ),
                widths=(1.0, 1.0),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return ClassBars(
            Drag("logits", "logit z", role="ink", span=(-6.0, 6.0), height=110),
            Bars("classes.sigmoid", "sigmoid: each by itself", height=70),
            Bars("classes.softmax", "softmax: all together 1", role="squared", height=70),
            target=None,
            resizable=False,
        )
