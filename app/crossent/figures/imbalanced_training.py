"""Lesson 09: one rare class, and what weights and focal loss do to its recall and to trust."""

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
    Stack,
    Transport,
    color,
    curve_plot,
    hairline,
    heat,
    own_sources,
    plane_plot,
)
from ..core.kernels import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    log_odds,
    scan,
    sigmoid,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
)
from ..datasets import imbalanced
from .figure import Columns, Figure, Preset, State
from .parameters import Number, Selector

TREATMENTS = ("plain", "weights", "pos", "focal")
NAMES = {
    "plain": "untreated",
    "weights": "class weights",
    "pos": "pos_weight",
    "focal": "focal",
}
HEADS = ("untreated", "class weights", "pos_\u200bweight", "focal")  # which may break
ROLES = {"plain": "ink", "weights": "truth", "pos": "squared", "focal": "up"}
DASH: dict[str, Any] = {
    "plain": "solid",
    "weights": [8, 3],
    "pos": [2, 3],
    "focal": [10, 3, 2, 3],
}

STEPS = 240
SHOWN = 200.0  # the step that is shown first: little changes after it
TRAIN, TEST = 200, 1000  # points, a tenth of them rare
HELD_OUT = 10_000  # the first row of the points that are held out
EVERY = 4  # steps from one point of the curves to the next
BINS = 10
EXTENT = 2.5  # of the plane that is drawn, either way
SIDE = 40  # cells of the map
CELLS = (np.arange(SIDE) + 0.5) * (2.0 * EXTENT / SIDE) - EXTENT
GRID = np.stack(np.meshgrid(CELLS, CELLS), axis=-1).reshape(-1, 2)
AWAY = np.array([-10.0, 10.0])  # the ends of a boundary, far outside of the plot
DIAGONAL = np.array([0.0, 1.0])


def logits_of(w: Any, b: Any, points: Any) -> Any:
    """The logit of being rare, of every point and for each row of weights, (..., points)."""
    return w @ points.T + np.expand_dims(b, -1)


def losses(z: Any, truth: Any, weight: Any, pos_weight: Any, gamma: Any, alpha: Any) -> list[Any]:
    """Each treatment's own mean loss, of logits of shape (treatments, points)."""
    counts = 1.0 + (weight - 1.0) * truth
    plain, weighted = (binary_cross_entropy_with_logits(z[i], truth) for i in (0, 1))
    return [
        np.mean(plain),
        np.sum(counts * weighted) / np.sum(counts),
        np.mean(binary_cross_entropy_with_logits(z[2], truth, pos_weight)),
        np.mean(sigmoid_focal_loss(z[3], truth, alpha, gamma)),
    ]


def pushes(z: Any, truth: Any, weight: Any, pos_weight: Any, gamma: Any, alpha: Any) -> Any:
    """The gradient of each treatment's mean loss with respect to its logits."""
    counts = 1.0 + (weight - 1.0) * truth
    share = 1.0 / truth.shape[0]
    plain, weighted = (binary_cross_entropy_with_logits_grad(z[i], truth) for i in (0, 1))
    return np.stack(
        [
            plain * share,
            weighted * counts / np.sum(counts),
            binary_cross_entropy_with_logits_grad(z[2], truth, pos_weight) * share,
            sigmoid_focal_loss_grad(z[3], truth, alpha, gamma) * share,
        ]
    )


def recalls(z: Any, truth: Any, edge: Any) -> dict[str, Any]:
    """How much of each class is found where logits above `edge` are called rare, and accuracy.

    nan where the logits have not come yet.
    """
    come = 0.0 * z[..., 0]
    yes = np.where(np.greater_equal(z, edge), 1.0, 0.0)
    rare = np.sum(truth * yes, axis=-1) / np.sum(truth) + come
    common = np.sum((1.0 - truth) * (1.0 - yes), axis=-1) / np.sum(1.0 - truth) + come
    return {
        "recall_rare": rare,
        "recall_common": common,
        "accuracy": np.mean(truth * yes + (1.0 - truth) * (1.0 - yes), axis=-1) + come,
        "balanced": (rare + common) / 2.0,
    }


def reliability(p: Any, truth: Any) -> dict[str, Any]:
    """In each tenth of the predictions, (..., bins): their mean, and how often it was so."""
    places = np.minimum(np.floor(p * BINS), BINS - 1.0)
    inside = np.where(
        np.equal(np.expand_dims(places, -2), np.arange(float(BINS))[:, None]), 1.0, 0.0
    )
    count = np.sum(inside, axis=-1)
    some = np.greater(count, 0.0)
    least = np.where(some, count, 1.0)
    said = np.sum(inside * np.expand_dims(p, -2), axis=-1) / least
    true = np.sum(inside * truth, axis=-1) / least
    return {
        "said": np.where(some, said, np.nan),
        "true": np.where(some, true, np.nan),
        "gap": np.abs(np.where(some, said - true, 0.0)) * count / p.shape[-1],
    }


def boundary(w: Any, b: Any, edge: Any) -> dict[str, Any]:
    """Two far points of the line on which a logit is `edge`."""
    size = np.sum(w * w)
    length = np.where(np.greater(size, 0.0), size, np.nan)
    near = w * (edge - b) / length
    along = np.stack([-w[1], w[0]]) / np.sqrt(length)
    return {"x": near[0] + AWAY * along[0], "y": near[1] + AWAY * along[1]}


def treated(treatment: str, **entries: Any) -> State:
    """A state worth a button: what it does not name is as it is by default."""
    plain = {
        "weight": 9.0,
        "pos_weight": 9.0,
        "gamma": 2.0,
        "alpha": 0.25,
        "threshold": 0.5,
        "spread": 0.6,
        "seed": 3.0,
        "step": SHOWN,
    }
    return {"treatment": treatment} | plain | entries


class ImbalancedTraining(Figure):
    """Four trainings on nine common points to each rare one, and what each of them finds."""

    name_of = "imbalanced-training"
    title = "Imbalanced training"
    summary = "One example in ten is rare: weights and focal loss move the boundary, at a price."

    nan_is_blank = True
    checked_share = 0.01
    # With longer steps a run swings, and the last bit becomes the first.
    checked_within = {"learning_rate": (0.0, 1.0), "weight": (1.0, 20.0), "pos_weight": (1.0, 10.0)}

    treatment = Selector(
        "plain",
        options=NAMES,
        doc="Whose map, curves and reliability are drawn; all four are trained.",
    )
    weight = Number(
        9.0,
        bounds=(1.0, 100.0),
        step=0.1,
        label="weight of the rare class",
        doc="The common class has 1, and the mean divides by the sum of the weights.",
    )
    pos_weight = Number(
        9.0,
        bounds=(1.0, 100.0),
        step=0.1,
        label="pos_weight",
        doc="How many times the loss of a rare point counts; the mean divides by the points.",
    )
    gamma = Number(
        2.0,
        bounds=(0.0, 5.0),
        step=0.1,
        label="focusing γ",
        doc="Focal loss multiplies by 1 − p of the true class to this power.",
    )
    alpha = Number(
        0.25,
        bounds=(0.0, 1.0),
        step=0.01,
        label="balance α",
        doc="Focal loss weighs a rare point by α, a common one by 1 − α.",
    )
    threshold = Number(
        0.5,
        bounds=(0.01, 0.99),
        step=0.01,
        doc="The probability from which on a point is called rare.",
    )
    learning_rate = Number(
        1.0,
        bounds=(0.0, 20.0),
        step=0.01,
        label="learning rate",
        doc="The same for all four.",
    )
    spread = Number(
        0.6,
        bounds=(0.2, 1.0),
        step=0.01,
        label="overlap",
        doc="The standard deviation of each cloud; their centres are 1.8 apart.",
    )
    seed = Number(3, bounds=(0, 9999), step=1, doc="Fixes the points, in training and held out.")
    step = Number(
        SHOWN, bounds=(0, STEPS), step=1, doc="The step of the run at which its state is shown."
    )

    presets = [
        Preset(
            "Untreated",
            treated("plain"),
            "95.7 % are right, and 33 of 100 rare points are missed.",
        ),
        Preset(
            "Class weights",
            treated("weights"),
            "12 of 100 rare points are missed, but the predictions say rare twice too often.",
        ),
        Preset(
            "Focal, α = 0.25",
            treated("focal"),
            "With the paper’s α a rare point counts a third of a common one: 48 of 100 are missed.",
        ),
        Preset(
            "Only the threshold",
            treated("plain", threshold=0.1),
            "The untreated model, asked at 0.1, misses 9 of 100; its word can be taken.",
        ),
        Preset(
            "At the start",
            treated("weights", step=3.0),
            "Play on and watch the boundary turn.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "from torch.nn.functional import binary_cross_entropy_with_logits as bce\n\n"
            "from crossent.datasets import imbalanced  # pip install crossent\n\n"
            "points, targets = imbalanced({seed}, 200, spread={spread})\n"
            "x, y = torch.tensor(points), torch.tensor(targets).double()\n"
            "w = torch.zeros(2, dtype=torch.float64, requires_grad=True)\n"
            "b = torch.zeros(1, dtype=torch.float64, requires_grad=True)\n"
            "counts = 1 + ({weight} - 1) * y\n\n"
            "def focal(z):\n"
            '    ce = bce(z, y, reduction="none")\n'
            "    balance = {alpha} * y + (1 - {alpha}) * (1 - y)\n"
            "    return (balance * (1 - torch.exp(-ce)) ** {gamma} * ce).mean()\n\n"
            "losses = {\n"
            '    "plain": lambda z: bce(z, y),\n'
            '    "weights": lambda z: bce(z, y, weight=counts, reduction="sum") / counts.sum(),\n'
            '    "pos": lambda z: bce(z, y, pos_weight=torch.tensor({pos_weight})),\n'
            '    "focal": focal,\n'
            "}\n"
            "for step in range(int({step}) + 1):\n"
            "    loss = losses[{treatment}](x @ w + b)\n"
            "    print(step, loss.item())\n"
            "    for weight, grad in zip((w, b), torch.autograd.grad(loss, (w, b))):\n"
            "        weight.data -= {learning_rate} * grad\n"
        ),
    }

    @staticmethod
    def run(
        weight: Any,
        pos_weight: Any,
        gamma: Any,
        alpha: Any,
        learning_rate: Any,
        spread: Any,
        seed: Any,
    ) -> Any:
        """Weights and bias of the four logistic regressions, before each step."""
        points, targets = imbalanced(seed, TRAIN, spread=spread)
        truth = targets * 1.0

        def descend(carry: Any, _: Any) -> Any:
            z = logits_of(carry["w"], carry["b"], points)
            push = pushes(z, truth, weight, pos_weight, gamma, alpha)
            after = {
                "w": carry["w"] - learning_rate * (push @ points),
                "b": carry["b"] - learning_rate * np.sum(push, axis=-1),
            }
            return after, carry

        count = len(TREATMENTS)
        _, stacked = scan(
            descend, {"w": np.zeros((count, 2)), "b": np.zeros(count)}, length=STEPS + 1
        )
        return stacked

    @staticmethod
    def compute(
        run: Any,
        treatment: str,
        weight: Any,
        pos_weight: Any,
        gamma: Any,
        alpha: Any,
        threshold: Any,
        spread: Any,
        seed: Any,
        step: Any,
    ) -> Columns:
        """What each of the four finds at the playhead, and the chosen one's map and curves."""
        points, targets = imbalanced(seed, TRAIN, spread=spread)
        held_out, classes = imbalanced(seed, TEST, spread=spread, start=HELD_OUT)
        chosen, edge = TREATMENTS.index(treatment), log_odds(threshold)
        truth, known = classes * 1.0, targets * 1.0
        at = step.astype(np.int64)
        w, b = run["w"][at], run["b"][at]
        z = logits_of(w, b, held_out)
        p = sigmoid(z)
        bins = reliability(p, truth)
        found = recalls(z, truth, edge) | {
            "calibration": np.sum(bins["gap"], axis=-1),
            "said": np.mean(p, axis=-1),
        }
        own = losses(logits_of(w, b, points), known, weight, pos_weight, gamma, alpha)
        later = logits_of(run["w"][::EVERY, chosen], run["b"][::EVERY, chosen], held_out)
        curves = recalls(later, truth, edge)
        readout: dict[str, Any] = {"step": at * 1.0, "threshold": threshold, "loss": own[chosen]}
        readout |= {name: values[chosen] for name, values in found.items()}
        for i, name in enumerate(TREATMENTS):
            readout |= {f"{measure}_{name}": values[i] for measure, values in found.items()}
            readout[f"loss_{name}"] = own[i]
        rare = np.equal(known, 1.0)[:, None]
        of_rare, of_common = np.where(rare, points, np.nan), np.where(rare, np.nan, points)
        probs = sigmoid(logits_of(w[chosen], b[chosen], GRID))
        return {
            "map": {"p": np.reshape(probs, (1, SIDE, SIDE)), "corner": np.full(1, -EXTENT)},
            "rare": {"x": of_rare[:, 0], "y": of_rare[:, 1]},
            "common": {"x": of_common[:, 0], "y": of_common[:, 1]},
            "chosen": boundary(w[chosen], b[chosen], edge),
            **{name: boundary(w[i], b[i], edge) for i, name in enumerate(TREATMENTS)},
            "curves": {"step": np.arange(0.0, STEPS + 1.0, EVERY)}
            | {name: curves[name] for name in ("recall_rare", "recall_common", "balanced")},
            "head": {"step": at + np.zeros(2), "span": np.array([-1.0, 2.0])},
            "reliability": {"said": bins["said"][chosen], "true": bins["true"][chosen]},
            "diagonal": {"said": DIAGONAL, "true": DIAGONAL},
            "readout": readout,
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Each treatment's loss at the playhead, after torch's own steps on the same points."""
        bce = torch.nn.functional.binary_cross_entropy_with_logits
        points, targets = imbalanced(np.float64(state["seed"]), TRAIN, spread=state["spread"])
        x, y = torch.tensor(points), torch.tensor(targets).double()
        counts = 1.0 + (state["weight"] - 1.0) * y
        alpha, gamma = state["alpha"], state["gamma"]
        pos_weight = torch.tensor(state["pos_weight"], dtype=torch.float64)

        def focal(z: Any) -> Any:
            miss = torch.where(y > 0.5, torch.sigmoid(-z), torch.sigmoid(z))
            balance = alpha * y + (1.0 - alpha) * (1.0 - y)
            return (balance * miss**gamma * bce(z, y, reduction="none")).mean()

        losses = {
            "plain": lambda z: bce(z, y),
            "weights": lambda z: (counts * bce(z, y, reduction="none")).sum() / counts.sum(),
            "pos": lambda z: bce(z, y, pos_weight=pos_weight),
            "focal": focal,
        }
        found = {}
        for name, loss_of in losses.items():
            w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
            b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
            for _ in range(int(state["step"])):
                grads = torch.autograd.grad(loss_of(x @ w + b), (w, b))
                for layer, grad in zip((w, b), grads, strict=True):
                    layer.data -= state["learning_rate"] * grad
            found[f"loss_{name}"] = loss_of(x @ w + b).item()
        return found

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout(
                    "recall_rare", "rare points found", format="percent", role="down", size="large"
                ),
                Readout(
                    "recall_common", "common points found", format="percent", role="prediction"
                ),
                Readout("balanced", "balanced accuracy", format="percent"),
                Readout("calibration", "calibration error", format="compact"),
            ),
            Row(
                Stack(
                    plane(columns, 300),
                    Transport("step", format="integer", role="ink"),
                ),
                Stack(
                    Choice("treatment"),
                    Stack(Range("weight", role="truth"), only=("treatment", "weights")),
                    Stack(Range("pos_weight", role="squared"), only=("treatment", "pos")),
                    Stack(
                        Range("gamma", role="up"),
                        Range("alpha", role="up"),
                        only=("treatment", "focal"),
                    ),
                    Range("threshold", format="probability"),
                    Range("spread", format="probability"),
                    Range("learning_rate", scale="log", bounds=(0.01, 20.0)),
                    Range("seed", format="integer"),
                ),
                widths=(1.1, 1.0),
            ),
            Row(
                found_by_step(columns, 210),
                Stack(calibrated(columns, 210), name="reliability"),
                widths=(1.3, 1.0),
            ),
            table(),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            plane(columns, 300),
            Choice("treatment"),
            Range("threshold", format="probability"),
            Readout("recall_rare", "rare points found", format="percent", role="down"),
        )


def plane(columns: Any, height: int) -> Plot:
    """The plane as the chosen model sees it, everyone's boundary, and the points."""
    plot = plane_plot(EXTENT, height)
    columns = own_sources(columns)
    ramp = ("prediction-soft", "down-soft")
    heat(plot, "p", columns["map"], x="corner", y="corner", dw=2 * EXTENT, dh=2 * EXTENT, ramp=ramp)
    for name in TREATMENTS:
        looks = {"line_color": color(ROLES[name]), "line_dash": DASH[name]}
        plot.line("x", "y", source=columns[name], line_width=1.5, **looks)
    for name, role, marker, size in (
        ("common", "prediction", "circle", 6),
        ("rare", "down", "triangle", 9),
    ):
        plot.scatter(
            "x",
            "y",
            source=columns[name],
            marker=marker,
            size=size,
            fill_color=color(role),
            line_color=color("card"),
        )
    plot.line("x", "y", source=columns["chosen"], line_width=3.5, line_color=color("ink"))
    return Plot(
        plot,
        describe="The points, common ones as circles and rare ones as triangles, shaded by the "
        "chosen model’s probability of rare; its boundary is thick, those of the others thin.",
        height=height,
    )


def found_by_step(columns: Any, height: int) -> Plot:
    """How much of each class the chosen model finds, step by step."""
    plot = curve_plot(
        x_range=(0, STEPS), y_range=(0, 1.02), x_label="step", y_label="found", height=height
    )
    columns = own_sources(columns)
    hairline(plot, "step", "span", columns["head"])
    for name, role, dash in (
        ("recall_common", "prediction", "solid"),
        ("balanced", "ink", [2, 3]),
        ("recall_rare", "down", [8, 3]),
    ):
        plot.line(
            "step",
            name,
            source=columns["curves"],
            line_width=3,
            line_dash=dash,
            line_color=color(role),
        )
    return Plot(
        plot,
        describe="The share of the common points found, of the rare ones (dashed), and their mean "
        "(dotted), step by step, on held-out points.",
        handles=(
            Handle(
                "step",
                "recall_rare",
                label="step of the run, on the curve of the rare class",
                param="step",
                role="down",
                format="integer",
            ),
        ),
        height=height,
    )


def calibrated(columns: Any, height: int) -> Plot:
    """How often it was so, against how probable the chosen model said it was."""
    plot = curve_plot(
        x_range=(0, 1), y_range=(0, 1), x_label="predicted", y_label="happened", height=height
    )
    columns = own_sources(columns)
    hairline(plot, "said", "true", columns["diagonal"])
    looks = {"line_color": color("loss"), "line_width": 2}
    plot.line("said", "true", source=columns["reliability"], **looks)
    plot.scatter(
        "said", "true", source=columns["reliability"], size=8, fill_color=color("card"), **looks
    )
    return Plot(
        plot,
        describe="Reliability on held-out points: in each tenth of the predictions, how often the "
        "point was rare. On the dashed diagonal a prediction can be taken at its word.",
        height=height,
    )


def table() -> LiveTable:
    """Every treatment's numbers at the playhead."""
    return LiveTable(
        "All four at the playhead, on held-out points, a tenth of which are rare",
        ("", *HEADS),
        tuple(
            (label, *(f"{measure}_{name}:{shape}" for name in TREATMENTS))
            for label, measure, shape in (
                ("rare found", "recall_rare", "percent"),
                ("common found", "recall_common", "percent"),
                ("accuracy", "accuracy", "percent"),
                ("balanced accuracy", "balanced", "percent"),
                ("calibration error", "calibration", "compact"),
                ("rare, as predicted", "said", "percent"),
                ("own loss", "loss", "compact"),
            )
        ),
        roles=tuple(ROLES[name] for name in TREATMENTS),
    )
