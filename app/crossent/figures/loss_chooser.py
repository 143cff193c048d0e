"""Lesson 18: from a few questions to the loss, its shapes and the call, with a tiny example."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from ..components import (
    Choice,
    Formula,
    Node,
    Range,
    Readout,
    Row,
    Sentence,
    Snippet,
    Stack,
)
from ..core.kernels import (
    binary_cross_entropy_with_logits,
    log_softmax,
    one_hot,
    sigmoid_focal_loss,
    smooth,
)
from .figure import Columns, Figure, Preset, State
from .parameters import Number, Selector

# The example: three rows. A model with one logit gives the first column.
LOGITS = np.array([[2.0, 0.5, -1.0], [0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]])
IS_FIRST = np.arange(9).reshape(3, 3) == 0  # the logit that can be dragged
CLASSES = np.array([0, 1, 2])
WEIGHT = np.array([1.0, 3.0, 10.0])
POS_WEIGHT = 3.0
GAMMA = 2.0
EPSILON = 0.1
TARGETS = {
    ("binary", "hard"): np.array([1.0, 0.0, 1.0]),
    ("binary", "soft"): np.array([0.8, 0.1, 0.6]),
    ("multiclass", "soft"): np.array([[0.8, 0.1, 0.1], [0.0, 1.0, 0.0], [0.2, 0.2, 0.6]]),
    ("multilabel", "hard"): np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("multilabel", "soft"): np.array([[0.9, 0.1, 0.8], [0.0, 1.0, 0.1], [0.2, 0.0, 0.7]]),
}
LIBRARIES = {"pytorch": "PyTorch", "keras": "Keras", "jax": "JAX", "numpy": "NumPy"}


def kind_of(labels: str, outputs: str) -> str:
    """Which loss it is: of one yes-or-no question, of one class among K, or of K questions."""
    if outputs == "one":
        return "binary"
    return "multiclass" if labels == "one" else "multilabel"


def softmax_loss(logits: Any, truth: str, imbalance: str, confidence: str) -> Any:
    """The mean loss of one class among K."""
    hard = truth == "hard"
    y = one_hot(CLASSES, 3) if hard else TARGETS["multiclass", "soft"]
    if imbalance != "focal" and confidence == "smooth":
        y = smooth(y, EPSILON)
    log_probs = log_softmax(logits)
    if imbalance == "focal":
        return np.mean(0.0 - np.sum(y * (1.0 - np.exp(log_probs)) ** GAMMA * log_probs, axis=-1))
    if imbalance == "weights":
        total = 0.0 - np.sum(WEIGHT * y * log_probs)
        # As in PyTorch: of classes the sum of the targets' weights, of probabilities the batch.
        return total / (np.sum(WEIGHT[CLASSES]) if hard else 3.0)
    return np.mean(0.0 - np.sum(y * log_probs, axis=-1))


def sigmoid_loss(logits: Any, y: Any, imbalance: str, confidence: str) -> Any:
    """The mean loss of yes-or-no questions."""
    if imbalance == "focal":
        return np.mean(sigmoid_focal_loss(logits, y, alpha=-1.0, gamma=GAMMA))
    if confidence == "smooth":
        y = (1.0 - EPSILON) * y + EPSILON / 2.0
    weight = POS_WEIGHT if imbalance == "weights" else 1.0
    return np.mean(binary_cross_entropy_with_logits(logits, y, weight))


# -- the calls -------------------------------------------------------------------------------------

SIGMOID = {  # (imbalance, confidence) -> library -> the call
    ("none", "plain"): {
        "pytorch": "loss = F.binary_cross_entropy_with_logits(logits, targets)",
        "keras": "bce = keras.losses.BinaryCrossentropy(from_logits=True)\n"
        "loss = bce(targets, logits)",
        "jax": "loss = optax.losses.sigmoid_binary_cross_entropy(logits, targets).mean()",
        "numpy": "loss = (np.logaddexp(0, logits) - targets * logits).mean()",
    },
    ("none", "smooth"): {
        "pytorch": "soft = 0.9 * targets + 0.1 / 2\n"
        "loss = F.binary_cross_entropy_with_logits(logits, soft)",
        "keras": "bce = keras.losses.BinaryCrossentropy(\n"
        "    from_logits=True, label_smoothing=0.1\n)\nloss = bce(targets, logits)",
        "jax": "soft = 0.9 * targets + 0.1 / 2\n"
        "loss = optax.losses.sigmoid_binary_cross_entropy(logits, soft).mean()",
        "numpy": "soft = 0.9 * targets + 0.1 / 2\n"
        "loss = (np.logaddexp(0, logits) - soft * logits).mean()",
    },
    ("weights", "plain"): {
        "pytorch": "loss = F.binary_cross_entropy_with_logits(\n"
        "    logits, targets, pos_weight=pos_weight\n)",
        "keras": "yes = keras.ops.log_sigmoid(logits)\n"
        "no = keras.ops.log_sigmoid(-logits)\n"
        "loss = -keras.ops.mean(\n    pos_weight * targets * yes + (1 - targets) * no\n)",
        "jax": "yes, no = jax.nn.log_sigmoid(logits), jax.nn.log_sigmoid(-logits)\n"
        "loss = -(pos_weight * targets * yes + (1 - targets) * no).mean()",
        "numpy": "yes, no = -np.logaddexp(0, -logits), -np.logaddexp(0, logits)\n"
        "loss = -(pos_weight * targets * yes + (1 - targets) * no).mean()",
    },
    ("focal", "plain"): {
        "pytorch": "p = logits.sigmoid()\n"
        "miss = targets * (1 - p) + (1 - targets) * p\n"
        "bce = F.binary_cross_entropy_with_logits(\n"
        '    logits, targets, reduction="none"\n)\n'
        "loss = (miss**2 * bce).mean()",
        "keras": "focal = keras.losses.BinaryFocalCrossentropy(\n"
        "    gamma=2.0, from_logits=True\n)\nloss = focal(targets, logits)",
        "jax": "loss = optax.losses.sigmoid_focal_loss(logits, targets, gamma=2.0).mean()",
        "numpy": "p = 1 / (1 + np.exp(-logits))\n"
        "miss = targets * (1 - p) + (1 - targets) * p\n"
        "bce = np.logaddexp(0, logits) - targets * logits\n"
        "loss = (miss**2 * bce).mean()",
    },
}
SIGMOID["weights", "smooth"] = {
    library: "soft = 0.9 * targets + 0.1 / 2\n" + call.replace("targets", "soft")
    for library, call in SIGMOID["weights", "plain"].items()
}
LOG_PROBS = {
    "pytorch": "log_p = F.log_softmax(logits, -1)\n",
    "keras": "log_p = keras.ops.log_softmax(logits)\n",
    "jax": "log_p = jax.nn.log_softmax(logits)\n",
    "numpy": "exp = np.exp(logits - logits.max(-1, keepdims=True))\n"
    "log_p = np.log(exp / exp.sum(-1, keepdims=True))\n",
}
PROBS = {
    "pytorch": "log_p.exp()",
    "keras": "keras.ops.exp(log_p)",
    "jax": "jnp.exp(log_p)",
    "numpy": "np.exp(log_p)",
}
ONE_HOT = {
    "pytorch": "y = F.one_hot(targets, logits.shape[-1])\n",
    "keras": "y = keras.ops.one_hot(targets, logits.shape[-1])\n",
    "jax": "y = jax.nn.one_hot(targets, logits.shape[-1])\n",
    "numpy": "y = np.eye(logits.shape[-1])[targets]\n",
}
SMOOTHED = "y = 0.9 * y + 0.1 / logits.shape[-1]\n"
SUM_OF = {
    "pytorch": "loss = -({}).sum() / {}",
    "keras": "loss = -keras.ops.sum({}) / {}",
    "jax": "loss = -({}).sum() / {}",
    "numpy": "loss = -({}).sum() / {}",
}
WEIGHTS_OF = {
    "pytorch": "weight[targets].sum()",
    "keras": "keras.ops.sum(keras.ops.take(weight, targets))",
    "jax": "weight[targets].sum()",
    "numpy": "weight[targets].sum()",
}


def softmax_call(library: str, truth: str, imbalance: str, confidence: str) -> str:
    """The call of the loss of one class among K."""
    hard, smoothed = truth == "hard", confidence == "smooth" and imbalance != "focal"
    if library == "pytorch" and imbalance != "focal":
        options = ["weight=weight"] * (imbalance == "weights")
        options += ["label_smoothing=0.1"] * smoothed
        call = ", ".join(["logits", "targets", *options])
        return f"loss = F.cross_entropy({call})"
    if imbalance == "none":
        return plain_call(library, hard=hard, smoothed=smoothed)
    if library == "keras" and imbalance == "focal":
        y = "y = keras.ops.one_hot(targets, logits.shape[-1])\n" if hard else ""
        return (
            f"{y}focal = keras.losses.CategoricalFocalCrossentropy(\n"
            "    alpha=1.0, gamma=2.0, from_logits=True\n)\n"
            f"loss = focal({'y' if hard else 'targets'}, logits)"
        )
    y = ONE_HOT[library] if hard else "y = targets\n"
    factor = f"(1 - {PROBS[library]}) ** 2" if imbalance == "focal" else "weight"
    by = WEIGHTS_OF[library] if hard and imbalance == "weights" else "len(logits)"
    called = SUM_OF[library].format(f"{factor} * y * log_p", by)
    return y + SMOOTHED * smoothed + LOG_PROBS[library] + called


def plain_call(library: str, *, hard: bool, smoothed: bool) -> str:
    """The call where nothing is weighted, of every library but PyTorch."""
    if library == "numpy":
        y = ONE_HOT[library] if hard else "y = targets\n"
        called = SUM_OF[library].format("y * log_p", "len(logits)")
        return y + SMOOTHED * smoothed + LOG_PROBS[library] + called
    if library == "keras":
        if hard and not smoothed:
            return (
                "ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
                "loss = ce(targets, logits)"
            )
        y = ONE_HOT[library] if hard else ""
        options = "from_logits=True" + ", label_smoothing=0.1" * smoothed
        return (
            f"{y}ce = keras.losses.CategoricalCrossentropy(\n    {options}\n)\n"
            f"loss = ce({'y' if hard else 'targets'}, logits)"
        )
    if hard and not smoothed:
        return (
            "ce = optax.losses.softmax_cross_entropy_with_integer_labels\n"
            "loss = ce(logits, targets).mean()"
        )
    if not smoothed:
        return "loss = optax.losses.softmax_cross_entropy(logits, targets).mean()"
    y = ONE_HOT[library] if hard else "y = targets\n"
    y += "y = optax.losses.smooth_labels(y, 0.1)\n"
    return f"{y}loss = optax.losses.softmax_cross_entropy(logits, y).mean()"


def call_of(
    labels: str, outputs: str, truth: str, imbalance: str, confidence: str, library: str
) -> str:
    """The call that a page shows, in one library."""
    if kind_of(labels, outputs) == "multiclass":
        return softmax_call(library, truth, imbalance, confidence)
    treated = confidence if imbalance != "focal" else "plain"
    return SIGMOID[imbalance, treated][library]


ASKED = ("labels", "outputs", "truth", "imbalance", "confidence")


def calls() -> Iterator[tuple[str, str]]:
    """Each call, by the answers that lead to it."""
    options = [LossChooser.parameters()[name].options for name in (*ASKED, "library")]
    for chosen in product(*options):
        yield " ".join(chosen), call_of(*chosen)


class LossChooser(Figure):
    """A few answers, and what they lead to: a loss, its shapes, and the call."""

    name_of = "loss-chooser"
    title = "Which loss, in which call"
    summary = "Answer up to five questions; read off the loss, its shapes and the line to write."

    labels = Selector(
        "one",
        options={"one": "exactly one", "any": "any number"},
        label="labels of an example",
        doc="Whether labels exclude each other.",
    )
    outputs = Selector(
        "many",
        options={"one": "one", "many": "one for each class"},
        label="logits of an example",
        doc="What the model's last layer gives.",
    )
    truth = Selector(
        "hard",
        options={"hard": "what came true", "soft": "probabilities"},
        label="targets are",
        doc="Soft targets come from several people’s labels, from mixing examples, or from another "
        "model.",
    )
    imbalance = Selector(
        "none",
        options={"none": "no", "weights": "yes, weigh it", "focal": "yes, focus on what is hard"},
        label="is something rare",
        doc="Weights and focusing both change what is learned.",
    )
    confidence = Selector(
        "plain",
        options={"plain": "no", "smooth": "yes, smooth the labels"},
        label="curb confidence",
        doc="Smoothing by 0.1, spread over all classes.",
    )
    library = Selector("pytorch", options=LIBRARIES, doc="In whose words.")
    z = Number(
        2.0,
        bounds=(-10.0, 10.0),
        step=0.1,
        label="first logit",
        doc="The first logit of the example.",
    )

    presets = [
        Preset(
            "Spam or not",
            {"labels": "one", "outputs": "one", "truth": "hard", "imbalance": "none"}
            | {"confidence": "plain"},
            "One logit, a float for each example.",
        ),
        Preset(
            "One of K classes",
            {"labels": "one", "outputs": "many", "truth": "hard", "imbalance": "none"}
            | {"confidence": "plain"},
            "K logits, a whole number for each example.",
        ),
        Preset(
            "Tags of a photograph",
            {"labels": "any", "outputs": "many", "truth": "hard", "imbalance": "weights"}
            | {"confidence": "plain"},
            "K logits and K floats; each yes counts three times.",
        ),
        Preset(
            "From a teacher",
            {"labels": "one", "outputs": "many", "truth": "soft", "imbalance": "none"}
            | {"confidence": "plain"},
            "The same call as with classes; the targets are floats of the logits’ shape.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "logits = torch.tensor(\n"
            "    [[{z}, 0.5, -1.0], [0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]], dtype=torch.float64\n"
            ")\n"
            "classes = torch.tensor([0, 1, 2])\n"
            "print(F.cross_entropy(logits, classes).item())\n"
            "yes = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)\n"
            "print(F.binary_cross_entropy_with_logits(logits[:, 0], yes).item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "logits = np.array([[{z}, 0.5, -1.0], [0.1, 1.5, 0.3], [-0.5, 0.2, 2.0]])\n"
            "classes = np.array([0, 1, 2])\n"
            "shifted = logits - logits.max(-1, keepdims=True)\n"
            "log_p = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))\n"
            "print(-log_p[np.arange(3), classes].mean())\n"
            "z, yes = logits[:, 0], np.array([1.0, 0.0, 1.0])\n"
            "print((np.logaddexp(0, z) - yes * z).mean())\n"
        ),
    }

    @staticmethod
    def compute(
        labels: str, outputs: str, truth: str, imbalance: str, confidence: str, z: Any
    ) -> Columns:
        """The example's mean loss, as the answers have it, and the two that are not treated."""
        logits = np.where(IS_FIRST, z, LOGITS)
        kind = kind_of(labels, outputs)
        if kind == "multiclass":
            loss = softmax_loss(logits, truth, imbalance, confidence)
            plain = softmax_loss(logits, truth, "none", "plain")
        else:
            given = logits if kind == "multilabel" else logits[:, 0]
            loss = sigmoid_loss(given, TARGETS[kind, truth], imbalance, confidence)
            plain = sigmoid_loss(given, TARGETS[kind, truth], "none", "plain")
        return {"readout": {"loss": loss, "plain": plain, "z": z}}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        given = {name: torch.tensor(value) for name, value in example(state).items()}
        logits, targets = given["logits"], given["targets"]
        weights, focal = (state["imbalance"] == name for name in ("weights", "focal"))
        epsilon = EPSILON if state["confidence"] == "smooth" else 0.0
        if kind_of(state["labels"], state["outputs"]) == "multiclass":
            if focal:
                log_p = logits.log_softmax(-1)
                y = functional.one_hot(targets) if state["truth"] == "hard" else targets
                terms = y * (1 - log_p.exp()) ** GAMMA * log_p
                return {"loss": -terms.sum(-1).mean().item()}
            weight = given["weight"] if weights else None
            loss = functional.cross_entropy(logits, targets, weight=weight, label_smoothing=epsilon)
            return {"loss": loss.item()}
        bce = functional.binary_cross_entropy_with_logits
        if focal:
            p = logits.sigmoid()
            miss = targets * (1 - p) + (1 - targets) * p
            terms = miss**GAMMA * bce(logits, targets, reduction="none")
            return {"loss": terms.mean().item()}
        soft = (1 - epsilon) * targets + epsilon / 2
        pos_weight = given["pos_weight"] if weights else None
        return {"loss": bce(logits, soft, pos_weight=pos_weight).item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Row(
            Stack(
                Choice("outputs"),
                Stack(Choice("labels"), only=("outputs", "many")),
                Choice("truth"),
                Choice("imbalance"),
                Stack(Choice("confidence"), only=("imbalance", "none", "weights")),
                Stack(
                    Range("z", role="prediction"),
                    Row(
                        Readout("loss", "their mean loss", unit="nats", role="loss", size="large"),
                        Readout("plain", "if nothing is done about it", unit="nats"),
                    ),
                    title="Three examples",
                    frame=True,
                    name="example",
                ),
            ),
            Stack(
                *answers(),
                Choice("library"),
                Snippet("The call", by=(*ASKED, "library"), texts=dict(calls())),
                *advice(),
            ),
            widths=(1.0, 1.1),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            Choice("outputs"),
            Stack(Choice("labels"), only=("outputs", "many")),
            Snippet("The call", by=(*ASKED, "library"), texts=dict(calls())),
            Range("z"),
            Readout("loss", "their mean loss", unit="nats", role="loss"),
        )


def example(state: State) -> dict[str, Any]:
    """The example as arrays, by the names that the calls use."""
    logits = LOGITS.copy()
    logits[0, 0] = state["z"]
    kind = kind_of(state["labels"], state["outputs"])
    hard = kind == "multiclass" and state["truth"] == "hard"
    return {
        "logits": logits[:, 0] if kind == "binary" else logits,
        "targets": CLASSES if hard else TARGETS[kind, state["truth"]],
        "weight": WEIGHT,
        "pos_weight": np.array(POS_WEIGHT),
    }


def answers() -> tuple[Node, ...]:
    """The loss's name, its formula and its shapes."""
    return (
        Stack(
            Formula(
                r"L = -y \log \sigma(z) - (1 - y) \log (1 - \sigma(z))",
                label="Minus y log sigmoid of z, minus one minus y times log of one minus it",
            ),
            Sentence("logits [B] and targets [B], or both [B, 1]; targets are floats."),
            title="Binary cross-entropy of one logit",
            only=("outputs", "one"),
        ),
        Stack(
            Stack(
                Formula(
                    r"L = -\sum_k y_k \log p_k, \quad p = \mathrm{softmax}(z)",
                    label="Minus the sum of y log p, where p is softmax of z",
                ),
                Stack(
                    Sentence("logits [B, K] and targets [B], whole numbers from 0 to K − 1."),
                    only=("truth", "hard"),
                ),
                Stack(
                    Sentence("logits [B, K] and targets [B, K], floats that sum to 1 in each row."),
                    only=("truth", "soft"),
                ),
                title="Softmax cross-entropy",
                only=("labels", "one"),
            ),
            Stack(
                Formula(
                    r"L = -\frac{1}{K} \sum_k y_k \log \sigma(z_k)"
                    r" + (1 - y_k) \log (1 - \sigma(z_k))",
                    label="Minus the mean over the labels of y log sigmoid of z plus one minus y "
                    "times log of one minus it",
                ),
                Sentence("logits [B, K] and targets [B, K], floats; rows need not sum to 1."),
                title="Binary cross-entropy of each label",
                only=("labels", "any"),
            ),
            only=("outputs", "many"),
        ),
    )


def advice() -> tuple[Node, ...]:
    """What to know of the answers given."""
    return (
        Stack(
            Stack(
                Stack(*class_weights(), only=("labels", "one")),
                Stack(pos_weight(), only=("labels", "any")),
                only=("outputs", "many"),
            ),
            Stack(pos_weight(), only=("outputs", "one")),
            only=("imbalance", "weights"),
        ),
        Stack(
            Sentence(
                "Weights and focusing shift the probabilities. If these are to be believed, train "
                "without, and choose the threshold afterwards."
            ),
            only=("imbalance", "weights", "focal"),
        ),
        Stack(
            Sentence(
                "If the probabilities are to be believed, check them on data that was held out, "
                "and fit a temperature there if they are too sure."
            ),
            only=("imbalance", "none"),
        ),
    )


def class_weights() -> tuple[Node, ...]:
    """What a weight of each class does to the mean."""
    return (
        Stack(
            Sentence(
                "weight has an entry for each class, here 1, 3 and 10. The mean divides by the sum "
                "of the targets’ weights."
            ),
            only=("truth", "hard"),
        ),
        Stack(
            Sentence(
                "weight has an entry for each class, here 1, 3 and 10. With probabilities for "
                "targets the mean divides by B."
            ),
            only=("truth", "soft"),
        ),
    )


def pos_weight() -> Node:
    """What a weight of each yes does."""
    return Sentence("pos_weight counts each yes, here three times; the mean divides by all.")
