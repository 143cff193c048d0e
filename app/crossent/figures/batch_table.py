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
IGNORED = -100.0  # what PyTorch ignores, if nothing else is said
NO_CLASS = (-1, -100)  # what targets hold where there is no class
TOKENS = 12  # of a sequence, which no batch here has as many classes or rows as

BATCH: State = {
    "logits": [2.0, 0.5, -1.0],
    "target": 0,
    "rows": [[0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]],
    "row_targets": [1, 2],
    "classes": ["cat", "dog", "fox"],
}
PLAIN: State = {"weights": [1.0, 1.0, 1.0], "ignore_index": IGNORED}

# What PyTorch 2.13 says, word for word, of a batch whose shapes are B rows and K classes.
RIGHT = (
    "logits [{batch_size:integer}, {num_classes:integer}], targets [{batch_size:integer}] of "
    "integers: each is a class",
    "targets [{batch_size:integer}, {num_classes:integer}] of floats: each row is a distribution",
    "weight [{num_classes:integer}] of floats: one for each class",
    "none gives [{batch_size:integer}]; mean and sum a single number",
)
WRONG = {
    "column": "targets [{batch_size:integer}, 1] of integers: “0D or 1D target tensor expected, "
    "multi-target not supported”",
    "one_hot": "targets [{batch_size:integer}, {num_classes:integer}] of integers, one-hot: "
    "“Expected floating point type for target with class probabilities, got Long”",
    "floats": "targets [{batch_size:integer}] of floats: “expected target dtype to be Long or "
    "Byte, but got Float”",
    "class": "a target that is no class: “Target {num_classes:integer} is out of bounds.”",
    "weight": "weight [{one_less:integer}]: “weight tensor should be defined either for all "
    "{num_classes:integer} classes or no classes but got weight tensor of shape: "
    "[{one_less:integer}]”",
    "sequence": f"{TOKENS} places a row, logits [{{batch_size:integer}}, {TOKENS}, "
    f"{{num_classes:integer}}]: “Expected target size [{{batch_size:integer}}, "
    f"{{num_classes:integer}}], got [{{batch_size:integer}}, {TOKENS}]”",
}
TURNED = {
    "refused": "logits transposed, [{num_classes:integer}, {batch_size:integer}]: “Expected input "
    "batch_size ({num_classes:integer}) to match target batch_size ({batch_size:integer}).”",
    "accepted": "logits transposed, [{num_classes:integer}, {batch_size:integer}]: not a word, "
    "for B is K. The mean would be {turned}, of columns taken for rows.",
}
STOPPED = {
    "minus_1": "PyTorch stops here: “Target -1 is out of bounds.” It ignores "
    "{ignore_index:integer}, and no other.",
    "minus_100": "PyTorch stops here: “Target -100 is out of bounds.” It ignores "
    "{ignore_index:integer}, and no other.",
}
NO_SOFT = "As a float target −100 cannot be written: “Class values must be non-negative.”"


class BatchTableFigure(Figure):
    """Logits, targets, class weights and ignored rows; each row's loss, and what becomes of it."""

    name_of = "batch-table"
    title = "A batch, row by row"
    summary = "Edit any logit or target and see what the mean adds up, and what it divides by."

    logits = Vector(
        [2.0, 0.5, -1.0], bounds=(-LIMIT, LIMIT), step=0.1, doc="The logits of the first row."
    )
    target = ClassIndex(
        0, besides=NO_CLASS, label="true class", doc="The true class of the first row."
    )
    rows = Rows(
        [[0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]],
        bounds=(-LIMIT, LIMIT),
        step=0.1,
        doc="The logits of further rows.",
    )
    row_targets = RowTargets(
        [1, 2], rows="rows", besides=NO_CLASS, doc="The true classes of those rows."
    )
    classes = ClassNames(["cat", "dog", "fox"], doc="The classes' names.")
    weights = Vector(
        [1.0, 1.0, 1.0],
        bounds=(0.0, 20.0),
        step=0.5,
        label="class weights",
        doc="What each class counts in the sum, and in what a mean divides by.",
    )
    ignore_index = Number(
        IGNORED,
        bounds=(IGNORED, 9.0),
        step=1,
        label="ignore_index",
        doc="Rows with this target count nowhere; -100 unless something else is said.",
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
            BATCH | PLAIN | {"row_targets": [0, 0], "weights": [7.0, 1.0, 1.0]},
            "In a batch of one class its weight cancels: the mean is the plain one.",
        ),
        Preset(
            "One row ignored",
            BATCH | PLAIN | {"row_targets": [1, -100]},
            "The third row is neither added nor counted.",
        ),
        Preset(
            "All ignored",
            BATCH | PLAIN | {"target": -100, "row_targets": [-100, -100]},
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
            "kept = targets != {ignore_index}\n"
            "logits, targets = logits[kept], targets[kept]\n"
            "weight = np.array({weights})[targets]\n"
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
        size = targets.shape[0]
        truth = one_hot(targets, num_classes)
        losses = cross_entropy(batch, truth)
        kept = np.where(np.equal(targets, ignore_index), 0.0, 1.0)
        lost = np.less(targets, 0) & np.equal(kept, 1.0)  # no class, and not ignored either
        stopped = np.any(lost)
        valid = np.where(stopped, np.nan, 1.0)
        weight = np.sum(truth * weights, axis=-1) * kept
        part = weight * losses
        total, count = valid * np.sum(part), valid * np.sum(weight)
        grad = np.expand_dims(weight, -1) * (softmax(batch) - truth) / count
        # With float targets of the logits' shape nothing can be ignored, and a mean divides by B.
        no_soft = np.any(np.less(targets, 0))
        soft = np.where(no_soft, np.nan, np.sum(np.sum(truth * weights, axis=-1) * losses))
        # The logits turned over are of the right shape where there are as many rows as classes.
        square = size == num_classes
        turned = (
            np.sum(weight * cross_entropy(batch.T, truth)) / count if square else np.nan * total
        )
        first = targets[np.argmax(lost)]
        return {
            "batch": {
                "loss": np.where(lost, np.nan, losses * kept),
                "weight": np.where(lost, np.nan, weight),
                "part": np.where(lost, np.nan, part),
                "kept": kept,
            },
            "batch_grad": {"grad": np.reshape(grad, (-1,))},
            "readout": {
                "mean": total / count,
                "sum": total,
                "count": count,
                "plain_mean": valid * np.sum(losses * kept) / np.sum(kept),
                "soft_sum": soft,
                "soft_mean": soft / size,
                "turned": turned,
                "refused": np.not_equal(size, num_classes),
                "accepted": np.equal(size, num_classes),
                "batch_size": size,
                "num_classes": num_classes,
                "one_less": num_classes - 1,
                "ignored": size - np.sum(kept),
                "ignore_index": ignore_index,
                "some_ignored": np.less(np.sum(kept), size) & np.greater(count, 0.0),
                "nothing": np.equal(count, 0.0),
                "minus_1": stopped & np.equal(first, -1),
                "minus_100": stopped & np.equal(first, -100),
                "no_soft": no_soft & np.logical_not(stopped),
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, by class indices and by class probabilities; none where it stops."""
        cross_entropy = torch.nn.functional.cross_entropy
        logits = torch.tensor([state["logits"], *state["rows"]], dtype=torch.float64)
        targets = torch.tensor([state["target"], *state["row_targets"]])
        weight = torch.tensor(state["weights"], dtype=torch.float64)
        ignoring = {"ignore_index": int(state["ignore_index"])}
        by_index = ignoring | {"weight": weight}
        if torch.any((targets < 0) & (targets != ignoring["ignore_index"])):
            return {}
        found = {
            "mean": cross_entropy(logits, targets, **by_index).item(),
            "sum": cross_entropy(logits, targets, reduction="sum", **by_index).item(),
            "plain_mean": cross_entropy(logits, targets, **ignoring).item(),
        }
        if logits.shape[0] == logits.shape[1]:
            found["turned"] = cross_entropy(logits.T, targets, **by_index).item()
        if torch.all(targets >= 0):
            truth = torch.nn.functional.one_hot(targets, logits.shape[1]).double()
            found["soft_mean"] = cross_entropy(logits, truth, weight=weight).item()
        return found

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
                        Drag(
                            "weights", "class weights", role="squared", span=(0.0, 12.0), height=120
                        ),
                        target=None,
                    ),
                    Range("ignore_index", format="integer"),
                ),
                Stack(
                    reductions(),
                    OneOf(
                        *(Sentence(text, role="loss", when=when) for when, text in STOPPED.items()),
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
                    Sentence(NO_SOFT, role="muted", when="no_soft"),
                ),
                widths=(1.0, 1.3),
            ),
            shapes(),
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
        caption="The batch: logits z, losses, w × loss (none), and ∂, the gradient of the mean",
    )


def reductions() -> LiveTable:
    """What the three reductions add up and divide by."""
    return LiveTable(
        "What becomes of the rows",
        ("", "sum of w × loss", "divided by", "gives"),
        (
            ("sum", "sum", "", "sum"),
            ("mean, integers [B]", "sum", "count", "mean"),
            ("mean, floats [B, K]", "soft_sum", "batch_size:integer", "soft_mean"),
        ),
        roles=("loss", "squared", "loss"),
        name="reductions",
    )


def shapes() -> Stack:
    """The shapes of this batch, as the call wants them, and what PyTorch says of the others."""
    return Stack(
        Row(
            Stack(*(Sentence(text) for text in RIGHT), title="Shapes that are right"),
            Stack(
                *(Sentence(text) for text in WRONG.values()),
                OneOf(
                    Sentence(TURNED["refused"], when="refused"),
                    Sentence(TURNED["accepted"], role="loss", when="accepted"),
                ),
                title="Shapes that are wrong, and PyTorch’s words",
            ),
            widths=(1.0, 1.6),
        ),
        frame=True,
        name="shapes",
    )
