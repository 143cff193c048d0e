"""Lesson 10: the same loss by six ways of computing it, and where each of them breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..components import (
    Cell,
    Choice,
    ClassBars,
    Drag,
    Lane,
    Lanes,
    Node,
    OneOf,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
)
from ..core.kernels import cross_entropy, cross_entropy_grad, nearest_exp, nearest_log, one_hot
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Selector, Vector

LIMIT = 1000.0  # of a logit, either way
CLIP = 1e-12
SCALES = np.linspace(0.0, 3.0, 121)  # of the strips: powers of ten, from 1 to 1000
# What a strip says of a scale, by what the formula gave there.
RIGHT, WRONG, BROKEN = 0.0, 1.0, 2.0
CLOSE = 0.01  # absolute or relative: what still counts as right
SPANS = np.array([12.0, 24.0, 60.0, 120.0, 240.0, 500.0, 1000.0])  # of the bars

Steps = dict[str, Any]


# Each way takes logits of the dtype that it works in, shape (..., K), and the truth, one-hot. Its
# gradient goes back through the same steps, as automatic differentiation does, in the same dtype.


def from_probs(probs: Any, truth: Any, pull: Any) -> Any:
    """The gradient of the logits from that of their softmax: what its backward step computes."""
    return (pull - np.sum(pull * probs, axis=-1, keepdims=True)) * probs


def library_softmax(z: Any) -> Steps:
    """Softmax with the largest logit taken out first, which no exponential can overflow."""
    exp = nearest_exp(z - np.max(z, axis=-1, keepdims=True))
    total = np.sum(exp, axis=-1, keepdims=True)
    return {"exp": exp, "sum": total, "p": exp / total}


def minus_log(p: Any, truth: Any) -> Steps:
    """Minus the logarithm of the true class's probability, and its gradient on p."""
    p_true = np.sum(np.where(truth, p, 0), axis=-1, dtype=p.dtype)
    log = nearest_log(p_true)
    pull = np.where(truth, -1 / p, 0)
    return {"log": log, "loss": -log, "pull": pull.astype(p.dtype)}


def naive(z: Any, truth: Any) -> Steps:
    """Exponentials as they are, divided by their sum; then the logarithm."""
    exp = nearest_exp(z)
    total = np.sum(exp, axis=-1, keepdims=True)
    p = exp / total
    end = minus_log(p, truth)
    back = end["pull"] / total
    rest = np.sum(-end["pull"] * (p / total), axis=-1, keepdims=True)
    return end | {"exp": exp, "sum": total, "p": p, "grad": (back + rest) * exp}


def softmax_then_log(z: Any, truth: Any) -> Steps:
    """The library's softmax, and then the logarithm."""
    steps = library_softmax(z)
    end = minus_log(steps["p"], truth)
    return steps | end | {"grad": from_probs(steps["p"], truth, end["pull"])}


def clipped(z: Any, truth: Any) -> Steps:
    """The same with p held at 1e-12 or above, below which nothing goes back."""
    steps = library_softmax(z)
    held = np.clip(steps["p"], CLIP, 1.0)
    end = minus_log(held, truth)
    inside = np.greater_equal(steps["p"], steps["p"].dtype.type(CLIP))
    pull = np.where(inside, end["pull"], 0).astype(z.dtype)
    return steps | end | {"held": held, "grad": from_probs(steps["p"], truth, pull)}


def log_sum_exp(z: Any, truth: Any) -> Steps:
    """log of the sum of exponentials as they are, minus the true logit."""
    exp = nearest_exp(z)
    total = np.sum(exp, axis=-1, keepdims=True)
    log = nearest_log(total)
    loss = log[..., 0] - np.sum(np.where(truth, z, 0), axis=-1, dtype=z.dtype)
    grad = exp * (1 / total) - truth.astype(z.dtype)
    return {"exp": exp, "sum": total, "log": log[..., 0], "loss": loss, "grad": grad}


def shifted_log_sum_exp(z: Any, truth: Any) -> Steps:
    """The same with the largest logit taken out of the sum, and added again at the end."""
    top = np.max(z, axis=-1, keepdims=True)
    exp = nearest_exp(z - top)
    total = np.sum(exp, axis=-1, keepdims=True)
    log = top + nearest_log(total)
    loss = log[..., 0] - np.sum(np.where(truth, z, 0), axis=-1, dtype=z.dtype)
    grad = nearest_exp(z - log) - truth.astype(z.dtype)
    return {"exp": exp, "sum": total, "log": log[..., 0], "loss": loss, "grad": grad}


def fused(z: Any, truth: Any) -> Steps:
    """log_softmax and the choice of the true class in one: the largest is never added again."""
    gaps = z - np.max(z, axis=-1, keepdims=True)
    total = np.sum(nearest_exp(gaps), axis=-1, keepdims=True)
    log_p = gaps - nearest_log(total)
    loss = -np.sum(np.where(truth, log_p, 0), axis=-1, dtype=z.dtype)
    grad = nearest_exp(log_p) - truth.astype(z.dtype)
    return {"gap": gaps, "sum": total, "log_p": log_p, "loss": loss, "grad": grad}


WAYS: dict[str, Callable[[Any, Any], Steps]] = {
    "naive": naive,
    "softmax": softmax_then_log,
    "clipped": clipped,
    "lse": log_sum_exp,
    "shifted": shifted_log_sum_exp,
    "fused": fused,
}


def verdict(steps: Steps, loss: Any, grad: Any) -> Any:
    """Right, wrong or broken, beside the loss and gradient that are true, in float64."""
    found, pulls = steps["loss"].astype(np.float64), steps["grad"].astype(np.float64)
    whole = np.isfinite(found) & np.all(np.isfinite(pulls), axis=-1)
    near = np.abs(found - loss) <= CLOSE * np.maximum(1.0, np.abs(loss))
    same = np.all(np.abs(pulls - grad) <= CLOSE, axis=-1)
    return np.where(whole, np.where(near & same, RIGHT, WRONG), BROKEN)


class Stability(Figure):
    """One loss, six formulas, three precisions: drag the logits until something breaks."""

    name_of = "stability"
    title = "Where the loss breaks"
    summary = "Raise the logits and see which formula turns to infinity or nan, and at which step."

    logits = Vector(
        [0.0, 5.0, 2.0], bounds=(-LIMIT, LIMIT), step=0.01, doc="Unnormalised log-probabilities z."
    )
    target = ClassIndex(0, label="true class", doc="The class that came true.")
    classes = ClassNames(["cat", "dog", "fox"], doc="The classes' names.")
    dtype = Selector(
        "float32",
        options={"float16": "float16", "float32": "float32", "float64": "float64"},
        label="precision",
        doc="What every number is rounded to, after each step.",
    )

    presets = [
        Preset(
            "Calm",
            {"logits": [0.0, 5.0, 2.0], "target": 0, "dtype": "float32"},
            "All six ways agree to the last digits.",
        ),
        Preset(
            "89 in float32",
            {"logits": [89.0, 88.0, 80.0], "target": 0, "dtype": "float32"},
            "The exponential of 89 is above the largest float32; without the maximum all is well.",
        ),
        Preset(
            "A gap of 105",
            {"logits": [0.0, 105.0, 50.0], "target": 0, "dtype": "float32"},
            "Even the library’s softmax says exactly 0 now, and the logarithm of that is −∞.",
        ),
        Preset(
            "12 in float16",
            {"logits": [0.0, 12.0, 5.0], "target": 0, "dtype": "float16"},
            "In float16 the exponential overflows above 11.09.",
        ),
        Preset(
            "A thousand",
            {"logits": [0.0, 1000.0], "target": 0, "dtype": "float32", "classes": ["cat", "dog"]},
            "The true loss is 1000. Clipping says 27.63, and its gradient is dead.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "z = torch.tensor({logits}, dtype=getattr(torch, {dtype}), requires_grad=True)\n"
            "naive = torch.exp(z) / torch.exp(z).sum()\n"
            "for loss in (-naive[{target}].log(), F.cross_entropy(z, torch.tensor({target}))):\n"
            "    print(loss.item(), torch.autograd.grad(loss, z)[0].tolist())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "z = np.array({logits}, {dtype})\n"
            'with np.errstate(all="ignore"):\n'
            "    print(-np.log(np.exp(z[{target}]) / np.exp(z).sum()))  # naive\n"
            "shifted = z - z.max()\n"
            "print(np.log(np.exp(shifted).sum()) - shifted[{target}])  # fused\n"
        ),
    }

    @staticmethod
    def compute(logits: Any, target: Any, dtype: str) -> Columns:
        """Every way's steps at the true class and the largest other; its verdict at each scale."""
        num_classes = logits.shape[-1]
        true = one_hot(target, num_classes)
        truth = np.equal(true, 1.0)
        others = np.where(truth, -np.inf, logits)
        other = np.argmax(others)
        # The logits themselves are the first row; those of the strips' scales are the rest.
        largest = np.max(np.abs(logits))
        direction = logits / np.where(np.greater(largest, 0.0), largest, 1.0)
        along = np.expand_dims(10.0**SCALES, -1) * direction
        z = np.concatenate([np.expand_dims(logits, 0), along]).astype(dtype)
        exact = z.astype(np.float64)
        true_loss, true_grad = cross_entropy(exact, true), cross_entropy_grad(exact, true)

        def pair(rows: Any) -> Any:
            return np.stack([rows[0, target], rows[0, other]]).astype(np.float64)

        tables: Columns = {}
        readout: dict[str, Any] = {}
        for name, way in WAYS.items():
            steps = way(z, truth)
            vectors = [key for key in ("exp", "p", "held", "gap", "grad") if key in steps]
            tables[name] = {key: pair(steps[key]) for key in vectors}
            verdicts = verdict(steps, true_loss, true_grad)
            tables[f"{name}_map"] = {"verdict": verdicts[1:]}
            readout[f"{name}_verdict"] = verdicts[0]
            for key in ("sum", "log", "loss"):
                if key in steps:
                    value = np.reshape(steps[key], (-1,))[0].astype(np.float64)
                    readout[f"{name}_{key}"] = value
            readout[f"{name}_grad"] = steps["grad"][0, target].astype(np.float64)
        span = np.min(np.where(np.less_equal(largest, SPANS), SPANS, LIMIT))
        loss, capped = true_loss[0], readout["clipped_loss"]
        return tables | {
            "readout": readout
            | {
                "loss": loss,
                "largest": largest,
                "gap": np.max(others) - logits[target],
                "at": np.clip(np.log10(np.maximum(largest, 1.0)) / 3.0, 0.0, 1.0),
                "span_low": -span,
                "span_high": span,
                "capped": np.greater(loss, capped + 0.5) & np.isfinite(capped),
                "useless_clip": np.isinf(capped),
            }
        }

    @staticmethod
    def edit_scale(logits: Any, value: Any) -> dict[str, Any]:
        """Multiply all logits so that the largest of them, either way, is `value`."""
        largest = np.max(np.abs(logits))
        some = np.greater(largest, 0.0)
        first = np.where(np.equal(np.arange(logits.shape[-1]), 0), value, 0.0)
        scaled = np.where(some, logits * (value / np.where(some, largest, 1.0)), first)
        return {"logits": np.clip(scaled, -LIMIT, LIMIT)}

    @staticmethod
    def edit_gap(logits: Any, target: Any, value: Any) -> dict[str, Any]:
        """Set the true logit so far below the largest of the others."""
        truth = np.equal(np.arange(logits.shape[-1]), target)
        top = np.max(np.where(truth, -np.inf, logits))
        return {"logits": np.clip(np.where(truth, top - value, logits), -LIMIT, LIMIT)}

    edits = {"scale": edit_scale, "gap": edit_gap}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own loss; every way by autograd in float64, where both sides have all digits."""
        functional = torch.nn.functional
        dtype = getattr(torch, state["dtype"])
        z = torch.tensor(state["logits"], dtype=dtype).to(torch.float64).requires_grad_()
        target = torch.tensor(state["target"])
        loss = functional.cross_entropy(z, target)
        found = {"loss": loss.item()}
        if state["dtype"] == "float64":
            loss.backward()
            found |= {"fused_loss": loss.item(), "fused_grad": z.grad[target].item()}
            found["shifted_loss"] = (torch.logsumexp(z, 0) - z[target]).item()
        return found

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Readout("loss", "true loss", unit="nats", role="loss", size="large"),
                Readout("fused_loss", "fused, in this precision", unit="nats", role="loss"),
                Readout("largest", "largest logit, either way"),
                Readout("gap", "gap to the true class"),
            ),
            Row(
                Stack(
                    Choice("dtype"),
                    ClassBars(
                        Drag(
                            "logits",
                            "logit z",
                            role="ink",
                            span=("span_low", "span_high"),
                            height=150,
                        )
                    ),
                    Range(
                        edit="scale",
                        shows="largest",
                        label="largest logit, all in proportion",
                        bounds=(0.1, LIMIT),
                        scale="log",
                        step=0.01,
                    ),
                    Range(
                        edit="gap",
                        shows="gap",
                        label="gap: the largest other minus the true one",
                        bounds=(0.1, LIMIT),
                        scale="log",
                        step=0.01,
                    ),
                    OneOf(
                        Sentence(
                            "Clipping stops at {clipped_loss}; the loss is {loss} in truth, and no "
                            "gradient comes through.",
                            role="loss",
                            when="capped",
                        ),
                        Sentence(
                            "Clipping cannot help: in float16 its 1e−12 is 0.",
                            role="loss",
                            when="useless_clip",
                        ),
                    ),
                ),
                lanes(),
                widths=(1.0, 1.5),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            Range(
                edit="gap",
                shows="gap",
                label="gap: the largest other minus the true one",
                bounds=(0.1, LIMIT),
                scale="log",
                step=0.01,
            ),
            Lanes(NAIVE, FUSED, at="at", entries=ENTRIES),
        )


ENTRIES = ("true class", "largest other")
EXP, SHIFTED_EXP = "exp z", "exp (z − m)"


def lane(label: str, way: str, *cells: Cell) -> Lane:
    """A way's steps, with its loss and gradient behind them and its verdicts below."""
    return Lane(
        label,
        *cells,
        loss=f"{way}_loss",
        grad=f"{way}.grad",
        verdicts=f"{way}_map.verdict",
    )


NAIVE = lane(
    "softmax, then log",
    "naive",
    Cell("naive.exp", EXP, positive=True),
    Cell("naive_sum", "sum", positive=True),
    Cell("naive.p", "divide", positive=True),
    Cell("naive_log", "log"),
)
FUSED = lane(
    "fused: log_softmax and pick",
    "fused",
    Cell("fused.gap", "z − m"),
    Cell("fused_sum", "sum of exp", positive=True),
)


def lanes() -> Lanes:
    """The six ways, one below another."""
    return Lanes(
        NAIVE,
        lane(
            "the same, m = max z taken out first",
            "softmax",
            Cell("softmax.exp", SHIFTED_EXP, positive=True),
            Cell("softmax_sum", "sum", positive=True),
            Cell("softmax.p", "divide", positive=True),
            Cell("softmax_log", "log"),
        ),
        lane(
            "the same, p clipped at 1e−12",
            "clipped",
            Cell("clipped.p", "divide", positive=True),
            Cell("clipped.held", "clip", positive=True),
            Cell("clipped_log", "log"),
        ),
        lane(
            "log-sum-exp",
            "lse",
            Cell("lse.exp", EXP, positive=True),
            Cell("lse_sum", "sum", positive=True),
            Cell("lse_log", "log"),
        ),
        lane(
            "log-sum-exp, m taken out",
            "shifted",
            Cell("shifted.exp", SHIFTED_EXP, positive=True),
            Cell("shifted_sum", "sum", positive=True),
            Cell("shifted_log", "m + log"),
        ),
        FUSED,
        at="at",
        entries=ENTRIES,
        name="lanes",
    )
