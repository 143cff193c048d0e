"""Lesson 12: a batch as a table, and what none, sum and mean make of its rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    BatchTable,
    ClassBars,
    Drag,
    LiveTable,
    Node,
    OneOf,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
)
from ..core.kernels import cross_entropy, one_hot, softmax
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Number, Rows, RowTargets, Vector

LIMIT = 30.0  # of a logit, either way

BATCH: State = {
    "logits": [2.0, 0.5, -1.0],
    "target": 0,
    "rows": [[0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]],
    "row_targets": [1, 2],
    "classes": ["cat", "dog", "fox"],
}
PLAIN: State = {"weights": [1.0, 1.0, 1.0], "ignore_index": -1.0}


class BatchTableFigure(Figure):
    """Logits, targets, class weights and ignored rows; each row's loss, and what becomes of it."""

    name_of = "batch-table"
    title = "A batch, row by row"
    summary = "Edit any logit or target and see what the mean adds up, and what it divides by."

    logits = Vector(
        [2.0, 0.5, -1.0], bounds=(-LIMIT, LIMIT), step=0.1, doc="The logits of the first row."
    )
    target = ClassIndex(0, label="true class", doc="The true class of the first row.")
    rows = Rows(
        [[0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]],
        bounds=(-LIMIT, LIMIT),
        step=0.1,
        doc="The logits of further rows.",
    )
    row_targets = RowTargets([1, 2], rows="rows", doc="The true classes of those rows.")
    classes = ClassNames(["cat", "dog", "fox"], doc="The classes' names.")
    weights = Vector(
        [1.0, 1.0, 1.0],
        bounds=(0.0, 20.0),
        step=0.5,
        label="class weights",
        doc="What each class counts in the sum, and in what a mean divides by.",
    )
    ignore_index = Number(
        -1.0,
        bounds=(-1.0, 9.0),
        step=1,
        doc="Rows with this target count nowhere; -1 is no class's, as PyTorch's -100 is none.",
    )

    presets = [
        Preset("Three rows", BATCH | PLAIN, "The plain mean is 0.2997."),
        Preset(
            "Class weights",
            BATCH | PLAIN | {"weights": [1.0, 3.0, 10.0]},
            "The weighted sum is divided by 14, the weights of the targets: 0.2687.",
        ),
        Preset(
            "One class only",
            BATCH | {"row_targets": [0, 0], "weights": [7.0, 1.0, 1.0], "ignore_index": -1.0},
            "In a batch of one class its weight cancels: the mean is the plain one.",
        ),
        Preset(
            "One row ignored",
            BATCH | PLAIN | {"ignore_index": 2.0},
            "The fox is neither added nor counted.",
        ),
        Preset(
            "All ignored",
            BATCH | {"row_targets": [0, 0], "weights": [1.0, 1.0, 1.0], "ignore_index": 0.0},
            "0 divided by 0 is nan.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "logits = torch.tensor([{logits}, *{rows}], dtype=torch.float64)\n"
            "targets = torch.tensor([{target}, *{row_targets}])\n"
            "options = dict(\n"
            "    weight=torch.tensor({weights}, dtype=torch.float64), ignore_index={ignore_index}\n"
            ")\n"
            'for reduction in ("sum", "mean"):\n'
            "    print(F.cross_entropy(logits, targets, reduction=reduction, **options).item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "logits = np.array([{logits}, *{rows}])\n"
            "targets = np.array([{target}, *{row_targets}])\n"
            "weight = np.array({weights})[targets] * (targets != {ignore_index})\n"
            "shifted = logits - logits.max(1, keepdims=True)\n"
            "log_probs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))\n"
            "losses = -log_probs[np.arange(len(targets)), targets]\n"
            "print((weight * losses).sum())\n"
            'with np.errstate(invalid="ignore"):\n'
            "    print((weight * losses).sum() / weight.sum())\n"
        ),
    }

    @staticmethod
    def compute(
        logits: Any,
        target: Any,
        rows: Any,
        row_targets: Any,
        weights: Any,
        ignore_index: Any,
    ) -> Columns:
        """Each row's loss, weight and part of the sum; the sums, and what they are divided by."""
        num_classes = logits.shape[-1]
        batch = np.concatenate([np.expand_dims(logits, 0), rows])
        targets = np.concatenate([np.reshape(target, (1,)), row_targets])
        truth = one_hot(targets, num_classes)
        losses = cross_entropy(batch, truth)
        kept = np.where(np.equal(targets, ignore_index), 0.0, 1.0)
        weight = np.sum(truth * weights, axis=-1) * kept
        part = weight * losses
        total, count = np.sum(part), np.sum(weight)
        grad = np.expand_dims(weight, -1) * (softmax(batch) - truth) / count
        # With float targets of the logits' shape nothing can be ignored, and a mean divides by B.
        soft = np.sum(truth * weights, axis=-1) * losses
        size = losses.shape[0]
        return {
            "batch": {"loss": losses, "weight": weight, "part": part, "kept": kept},
            "batch_grad": {"grad": np.reshape(grad, (-1,))},
            "readout": {
                "mean": total / count,
                "sum": total,
                "count": count,
                "plain_mean": np.mean(losses),
                "soft_sum": np.sum(soft),
                "soft_mean": np.sum(soft) / size,
                "batch_size": size,
                "num_classes": num_classes,
                "ignored": size - np.sum(kept),
                "some_ignored": np.less(np.sum(kept), size) & np.greater(count, 0.0),
                "nothing": np.equal(count, 0.0),
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, by class indices and by class probabilities."""
        cross_entropy = torch.nn.functional.cross_entropy
        logits = torch.tensor([state["logits"], *state["rows"]], dtype=torch.float64)
        targets = torch.tensor([state["target"], *state["row_targets"]])
        weight = torch.tensor(state["weights"], dtype=torch.float64)
        by_index = {"weight": weight, "ignore_index": int(state["ignore_index"])}
        truth = torch.nn.functional.one_hot(targets, logits.shape[1]).double()
        return {
            "mean": cross_entropy(logits, targets, **by_index).item(),
            "sum": cross_entropy(logits, targets, reduction="sum", **by_index).item(),
            "plain_mean": cross_entropy(logits, targets).item(),
            "soft_mean": cross_entropy(logits, truth, weight=weight).item(),
        }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("mean", "mean, as PyTorch gives it", role="loss", size="large"),
                Readout("plain_mean", "mean of the losses, unweighted"),
                Readout("batch_size", "rows B", format="integer"),
                Readout("num_classes", "classes K", format="integer"),
                Readout("ignored", "ignored", format="integer"),
            ),
            table(),
            Row(
                Stack(
                    ClassBars(
                        Drag("weights", "class weights", role="squared", span=(0.0, 12.0)),
                        target=None,
                    ),
                    Range("ignore_index", format="integer"),
                ),
                Stack(
                    reductions(),
                    OneOf(
                        Sentence(
                            "Every row is ignored or weighs nothing: 0 / 0 is nan, and after one "
                            "step of training so is every weight of the model.",
                            role="loss",
                            when="nothing",
                        ),
                        Sentence(
                            "An ignored row is missing above and below the line.",
                            role="squared",
                            when="some_ignored",
                        ),
                    ),
                    shapes(),
                ),
                widths=(1.0, 1.3),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            ClassBars(
                Drag("weights", "class weights", role="squared", span=(0.0, 12.0), height=120),
                target=None,
                resizable=False,
            ),
            Row(
                Readout("mean", "weighted mean", unit="nats", role="loss"),
                Readout("plain_mean", "plain mean", unit="nats"),
            ),
        )


def table() -> BatchTable:
    """The batch, with what each row weighs and adds."""
    return BatchTable(
        logits="logits",
        target="target",
        rows="rows",
        targets="row_targets",
        losses="batch.loss",
        grads="batch_grad.grad",
        more=("batch.weight", "batch.part"),
        heads=("weight w", "w × loss"),
        kept="batch.kept",
        caption="The batch: logits z, losses (none), weights, and ∂, the gradient of the mean",
    )


def reductions() -> LiveTable:
    """What the three reductions add up and divide by."""
    return LiveTable(
        "What becomes of the rows",
        ("", "sum of w × loss", "divided by", "gives"),
        (
            ("sum", "sum", "", "sum"),
            ("mean, class indices [B]", "sum", "count", "mean"),
            ("mean, float targets [B, K]", "soft_sum", "batch_size:integer", "soft_mean"),
        ),
        roles=("loss", "squared", "loss"),
        name="reductions",
    )


def shapes() -> Stack:
    """The shapes of this batch, as the call wants them."""
    return Stack(
        Sentence("logits: [{batch_size:integer}, {num_classes:integer}], floats"),
        Sentence("targets: [{batch_size:integer}], integers from 0 to K − 1"),
        Sentence("or targets: [{batch_size:integer}, {num_classes:integer}], floats"),
        Sentence("none: [{batch_size:integer}]; mean and sum: a single number"),
        title="Shapes",
        frame=True,
        name="shapes",
    )
