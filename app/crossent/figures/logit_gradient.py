"""Lesson 06: the gradient of every logit is p - y."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    Bars,
    BatchTable,
    ClassBars,
    Drag,
    Formula,
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
)
from ..core.kernels import (
    cross_entropy,
    cross_entropy_grad,
    gradient_step,
    one_hot,
    smooth,
    softmax,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Number, Rows, RowTargets, Vector

LIMIT = 30.0  # of a logit, either way
SPAN = (-6.0, 6.0)  # of the bars
MAX_RATE = 10.0
RATES = np.linspace(0.0, MAX_RATE, 121)

LESSON_ROW = [2.0, 1.2, 0.3, -0.8, -2.0]
# What a preset leaves behind of the one before: no temperature, soft truth or batch.
PLAIN: dict[str, object] = {
    "temperature": 1.0,
    "smoothing": 0.0,
    "batch_logits": [],
    "batch_targets": [],
}

TOLD = (
    r"\class{prediction}{\live{p_target:probability}} - "
    r"\class{truth}{\live{y_target:probability}}"
)
GRADIENT = Formula(
    rf"\frac{{\partial L}}{{\partial z_{{\live{{@target}}}}}} = p - y = {TOLD} = "
    r"\class{up}{\live{grad_target:signed}}",
    label="The gradient of the true class's logit: p minus y",
)
TEMPERED = Formula(
    rf"\frac{{\partial L}}{{\partial z_{{\live{{@target}}}}}} = \frac{{p - y}}{{T}} = "
    rf"\frac{{{TOLD}}}{{\live{{temperature}}}} = \class{{up}}{{\live{{grad_target:signed}}}}",
    label="The gradient of the true class's logit: p minus y, over T",
)


class LogitGradient(Figure):
    """Logits, the probabilities that they give, and the push that the loss gives back to each."""

    name_of = "logit-gradient"
    title = "Logit gradient"
    summary = (
        "Drag a logit; the gradient of the loss is p − y, and every logit is pushed against it."
    )

    logits = Vector(
        LESSON_ROW, bounds=(-LIMIT, LIMIT), step=0.1, doc="Unnormalised log-probabilities z."
    )
    target = ClassIndex(0, label="true class", doc="The class that came true.")
    classes = ClassNames(["cat", "dog", "fox", "owl", "bee"], doc="The classes' names.")
    temperature = Number(
        1.0, bounds=(0.1, 10.0), step=0.05, doc="The logits are divided by it before softmax."
    )
    smoothing = Number(
        0.0,
        bounds=(0.0, 0.5),
        step=0.01,
        label="label smoothing",
        doc="The share of the truth that is spread evenly over all classes.",
    )
    learning_rate = Number(
        1.0,
        bounds=(0.0, MAX_RATE),
        step=0.05,
        label="learning rate",
        doc="A step moves the logits by minus this times the gradient.",
    )
    batch_logits = Rows(
        [], bounds=(-LIMIT, LIMIT), step=0.1, doc="The logits of further rows of the batch."
    )
    batch_targets = RowTargets([], rows="batch_logits", doc="The true classes of those rows.")

    presets = [
        Preset(
            "Right, not sure",
            {"logits": LESSON_ROW, "target": 0} | PLAIN,
            "The true class is pushed up by 0.416, the others down by just as much together.",
        ),
        Preset(
            "Confidently wrong",
            {"logits": [-2.0, 4.0, 0.0, -1.0, -1.0], "target": 0} | PLAIN,
            "The gradient at the truth is almost −1: no push up is stronger.",
        ),
        Preset(
            "Nearly done",
            {"logits": [6.0, 0.0, -1.0, -1.0, -2.0], "target": 0} | PLAIN,
            "Where p is y, nothing pushes.",
        ),
        Preset(
            "Smoothed truth",
            PLAIN | {"logits": [6.0, 0.0, 0.0, 0.0, 0.0], "target": 0, "smoothing": 0.1},
            "Past p = 0.92 the true class is pushed down: it is p − y still.",
        ),
        Preset(
            "Batch of three",
            {
                "logits": LESSON_ROW,
                "target": 0,
                "temperature": 1.0,
                "smoothing": 0.0,
                "batch_logits": [[-1.0, -0.5, 2.0, 0.1, -0.3], [0.5] * 5],
                "batch_targets": [2, 1],
            },
            "The mean divides by 3, and so does every row's gradient.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "rows = [{logits}, *{batch_logits}]  # the figure's own row, then the batch's others\n"
            "logits = torch.tensor(rows, dtype=torch.float64, requires_grad=True)\n"
            "targets = torch.tensor([{target}, *{batch_targets}])\n"
            "losses = F.cross_entropy(\n"
            "    logits / {temperature}, targets, label_smoothing={smoothing}, reduction='none'\n"
            ")\n"
            "losses.mean().backward()\n"
            "print(losses[0].item() + 0.0)\n"
            "print(losses.tolist(), losses.mean().item())\n"
            "print(logits.grad.tolist())  # (p - y) / temperature, by the number of rows\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "rows = [{logits}, *{batch_logits}]  # the figure's own row, then the batch's others\n"
            "logits = np.array(rows) / {temperature}\n"
            "targets, smoothing = np.array([{target}, *{batch_targets}]), {smoothing}\n"
            "count = logits.shape[-1]\n"
            "shifted = logits - logits.max(-1, keepdims=True)\n"
            "log_probs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))\n"
            "truth = (1 - smoothing) * np.eye(count)[targets] + smoothing / count\n"
            "losses = 0.0 - (truth * log_probs).sum(-1)\n"
            "print(losses[0])\n"
            "print(losses.tolist(), losses.mean())\n"
            "print(((np.exp(log_probs) - truth) / {temperature} / len(rows)).tolist())\n"
        ),
    }

    @staticmethod
    def compute(
        logits: Any,
        target: Any,
        temperature: Any,
        smoothing: Any,
        learning_rate: Any,
        batch_logits: Any,
        batch_targets: Any,
    ) -> Columns:
        """Each class's probability and push; the loss along a step; the batch's losses."""
        num_classes = logits.shape[-1]
        truth = smooth(one_hot(target, num_classes), smoothing)
        probs = softmax(logits / temperature)
        grad = cross_entropy_grad(logits / temperature, truth) / temperature
        loss = cross_entropy(logits / temperature, truth)
        along = gradient_step(logits, grad, np.expand_dims(RATES, -1))
        after = gradient_step(logits, grad, learning_rate)
        rows = np.concatenate([np.expand_dims(logits, 0), batch_logits]) / temperature
        targets = np.concatenate([np.reshape(target, (1,)), batch_targets])
        truths = smooth(one_hot(targets, num_classes), smoothing)
        losses = cross_entropy(rows, truths)
        batch_size = losses.shape[0]
        batch_grad = cross_entropy_grad(rows, truths) / temperature / batch_size
        return {
            "classes": {"prob": probs, "truth": truth, "grad": grad},
            "step": {"rate": RATES, "loss": cross_entropy(along / temperature, truth)},
            "batch": {"loss": losses},
            "batch_grad": {"grad": np.reshape(batch_grad, (-1,))},
            "readout": {
                "loss": loss,
                "p_target": np.sum(one_hot(target, num_classes) * probs),
                "y_target": np.sum(one_hot(target, num_classes) * truth),
                "grad_target": np.sum(one_hot(target, num_classes) * grad),
                "grad_sum": np.sum(grad),
                "grad_norm": np.sqrt(np.sum(np.square(grad))),
                "mean_logit": np.mean(logits),
                "loss_after": cross_entropy(after / temperature, truth),
                "rate": learning_rate,
                "step_top": np.maximum(1.0, 1.15 * loss),
                "temperature": temperature,
                "tempered": np.not_equal(temperature, 1.0),
                "untempered": np.equal(temperature, 1.0),
                "batch_size": batch_size,
                "batch_mean": np.mean(losses),
            },
        }

    @staticmethod
    def edit_step(
        logits: Any, target: Any, temperature: Any, smoothing: Any, learning_rate: Any, value: Any
    ) -> dict[str, Any]:
        """Go `value` of one gradient step, from 0 (none) to 1 (all of it)."""
        truth = smooth(one_hot(target, logits.shape[-1]), smoothing)
        grad = cross_entropy_grad(logits / temperature, truth) / temperature
        moved = gradient_step(logits, grad, value * learning_rate)
        return {"logits": np.clip(moved, -LIMIT, LIMIT)}

    @staticmethod
    def edit_level(logits: Any, value: Any) -> dict[str, Any]:
        """Add one constant to all logits so that their mean is `value`, as far as they may go."""
        shift = value - np.mean(logits)
        room = np.clip(shift, -LIMIT - np.min(logits), LIMIT - np.max(logits))
        return {"logits": np.clip(logits + room, -LIMIT, LIMIT)}

    edits = {"step": edit_step, "level": edit_level}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        logits = torch.tensor(state["logits"], dtype=torch.float64, requires_grad=True)
        target = torch.tensor(state["target"])
        options = {"label_smoothing": state["smoothing"]}
        loss = functional.cross_entropy(logits / state["temperature"], target, **options)
        loss.backward()
        rows = torch.tensor([state["logits"], *state["batch_logits"]], dtype=torch.float64)
        targets = torch.tensor([state["target"], *state["batch_targets"]])
        after = (logits - state["learning_rate"] * logits.grad).detach() / state["temperature"]
        mean = functional.cross_entropy(rows / state["temperature"], targets, **options)
        return {
            "loss": loss.item(),
            "grad_target": logits.grad[state["target"]].item(),
            "loss_after": functional.cross_entropy(after, target, **options).item(),
            "batch_mean": mean.item(),
        }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("loss", "loss", unit="nats", role="loss", size="large"),
                Readout("p_target", "p of the true class", format="probability", role="prediction"),
                Readout("grad_target", "its gradient", format="signed", role="up"),
                Readout("grad_sum", "sum of all gradients", format="balance"),
                Readout("grad_norm", "length of the gradient"),
            ),
            Stack(GRADIENT, when="untempered"),
            Stack(TEMPERED, when="tempered"),
            Row(
                bars((150, 90, 110)),
                Stack(
                    Range("temperature", label="temperature T", scale="log"),
                    Range(
                        edit="level",
                        shows="mean_logit",
                        label="move all logits together; shown is their mean",
                        bounds=(-8.0, 8.0),
                    ),
                    Range("smoothing", role="truth"),
                    one_step(columns),
                ),
                widths=(1.15, 1.0),
            ),
            batch(),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            ClassBars(
                Drag("logits", "logit z", role="ink", span=SPAN, height=90),
                Pushes("classes.grad", "push on each logit, against the gradient p − y", height=80),
                resizable=False,
            ),
            Row(
                Readout("loss", "loss", unit="nats", role="loss"),
                Readout("grad_target", "gradient of the truth", format="signed", role="up"),
            ),
        )


def bars(heights: tuple[int, int, int]) -> ClassBars:
    """Logits to drag, and what follows from them, in one column a class."""
    return ClassBars(
        Drag("logits", "logit z", role="ink", span=SPAN, height=heights[0]),
        Bars(
            "classes.prob",
            "probability p, with the truth y marked",
            mark="classes.truth",
            height=heights[1],
        ),
        Pushes(
            "classes.grad",
            "gradient of the loss; the arrow is the push against it",
            height=heights[2],
        ),
    )


def along_step(columns: Any) -> Plot:
    """The loss after one step, against the learning rate."""
    plot = curve_plot(
        x_range=(0, MAX_RATE),
        y_range=(0, 1),
        x_label="learning rate",
        y_label="loss after one step",
        height=240,
    )
    plot.line("rate", "loss", source=columns["step"], line_width=3, line_color=color("loss"))
    return Plot(
        plot,
        describe="The loss after one gradient step, against the learning rate.",
        handles=(
            Handle(
                "rate", "loss_after", label="learning rate, on the curve", param="learning_rate"
            ),
        ),
        ends=(("y.end", "step_top"),),
        height=240,
    )


def one_step(columns: Any) -> Stack:
    """A gradient step: the button, its rate, and the loss that it leads to."""
    return Stack(
        Row(
            Action(
                "Take a step",
                "step",
                animate=True,
                main=True,
                hint="Moves the logits by minus the learning rate times the gradient",
            ),
            Sentence("{loss} → {loss_after}", role="loss"),
            widths=(1.0, 1.0),
        ),
        Range("learning_rate", role="loss"),
        along_step(columns),
        name="step",
    )


def batch() -> Stack:
    """The logits as the first row of a batch."""
    return Stack(
        BatchTable(
            logits="logits",
            target="target",
            rows="batch_logits",
            targets="batch_targets",
            losses="batch.loss",
            grads="batch_grad.grad",
        ),
        Sentence("Mean loss of the batch of {batch_size:integer}: {batch_mean} nats."),
        title="In a batch",
        frame=True,
        name="batch",
    )
