"""Training runs with one mistake in each: what they print, and what tests on them show.

The model is a softmax regression. The mistake is a number, so that one loop serves all of them: a
place in :data:`FAULTS`.

Inputs and weights are float32's, as they are in libraries, and all between them is float64. So a
last digit that two machines round differently is gone with the next step: with a learning rate that
is too large it would grow until the runs have nothing in common.
"""

from typing import Any

import numpy as np

from crossent.core.kernels.activations import softmax
from crossent.core.kernels.chance import normals, shuffled, uniforms
from crossent.core.kernels.loops import scan
from crossent.core.kernels.multiclass import cross_entropy

FAULTS = (
    "double",  # softmax before a loss that applies its own
    "log_zero",  # the logarithm of a probability that is 0 in float32
    "sum",  # the losses of a batch summed, not averaged
    "axis",  # the classes on the last of three axes
    "one_hot",  # one-hot targets of whole numbers
    "multilabel",  # examples with several labels, and a softmax
    "ignored",  # a batch of which every target is ignored
    "one_class",  # class weights, and batches of one class
    "shuffled",  # labels that belong to other examples
    "fast",  # a learning rate that is too large
    "slow",  # one that is too small
    "frozen",  # weights that no step changes
    "healthy",
)
LANES = ("run", "slower", "faster", "one_batch", "unweighted")
"""The run itself, and the tests on it: other rates, one batch alone, without class weights."""

STEPS = 100
BATCH = 12
EXAMPLES = 120  # at least a batch of each class, of ten
INPUTS = 12
MOST_CLASSES = 10
TURN = 5.0  # batches of one class before those of the next, where they are sorted
LOOKED_AT = 60  # examples whose nearest neighbours are looked for
ANOTHER_RATE = 100.0  # how many times smaller, and larger
IN_FLOAT32 = 104.0  # the gap between logits beyond which a probability is 0
MISTAKEN = 0.08  # the share of labels that are wrong, as in real data
PADDED = 0.2  # the share of targets that are ignored, where some are

# Where each kind of the seed's numbers begins, so that none is another's.
_SETTING, _WHO, _KEPT, _LABELS, _ORDER = (1_000_000.0 * i for i in range(1, 6))
_CENTRES, _NOISE, _WEIGHTS = (1_000_000.0 * i for i in range(6, 9))


def _single(values: Any) -> Any:
    """The nearest numbers of float32, as float64."""
    return values.astype(np.float32).astype(np.float64)


def fault(name: str) -> float:
    """The number of a mistake."""
    return float(FAULTS.index(name))


def setting(which: Any, seed: Any) -> dict[str, Any]:
    """What a seed fixes of a run: classes, rates, batches, and which harmless oddities it has.

    Parameters
    ----------
    which : float
        The mistake's place in :data:`FAULTS`.
    seed : float

    Returns
    -------
    dict
        Numbers; those that are true or false are 1 or 0.
    """
    chance = uniforms(seed, _SETTING + np.arange(12.0))

    def has(*names: str) -> Any:
        return np.any(np.stack([np.equal(which, fault(name)) for name in names]))

    whole = has("log_zero", "sum", "axis", "one_hot", "ignored", "one_class")
    weighted = np.where(has("one_class"), 1.0, np.less(chance[0], 0.3) * 1.0)
    weighted = np.where(has("sum", "axis", "one_hot", "multilabel", "ignored"), 0.0, weighted)
    floats = np.less(chance[1], 0.4) & np.logical_not(whole) & np.equal(weighted, 0.0)
    padded = np.less(chance[2], 0.3) & np.logical_not(whole) & np.logical_not(floats)
    padded = padded & np.logical_not(has("multilabel"))
    scale = np.exp((2.0 * chance[3] - 1.0) * np.log(3.0))  # of the inputs, as the rate expects them
    factor = np.where(has("fast"), 200.0 + 200.0 * chance[4], 1.0)
    factor = np.where(has("slow"), 0.002 + 0.003 * chance[4], factor)
    factor = np.where(has("double"), 20.0 + 20.0 * chance[4], factor)  # its gradients are small
    num_classes = 3.0 + np.floor(8.0 * chance[5])
    return {
        "which": which,
        "num_classes": np.where(
            has("one_class"), np.where(np.less(chance[5], 0.5), 5.0, 10.0), num_classes
        ),
        "tokens": 11.0 + np.floor(6.0 * chance[6]),
        "rate": (0.15 + 0.15 * chance[7]) * factor / scale**2,
        "scale": scale,
        "stretch": np.where(has("log_zero"), 60.0 * 10.0 ** chance[8], 1.0),
        "weighted": weighted,
        "weight": 2.0 ** (2.0 + np.floor(3.0 * chance[9])),  # so that it cancels to the last digit
        "floats": np.where(has("multilabel"), 1.0, floats * 1.0),
        "padded": np.where(has("ignored"), 1.0, padded * 1.0),
        "all_ignored": np.where(has("ignored"), 12.0 + np.floor(60.0 * chance[10]), -1.0),
        "several": has("multilabel") * 1.0,
        "mistaken": np.where(has("double", "multilabel", "one_class"), 0.0, MISTAKEN),
        "stops": has("axis", "one_hot") * 1.0,
    }


def examples(given: Any, seed: Any, start: float) -> tuple[Any, Any]:
    """Inputs, (EXAMPLES, INPUTS), and their labels, (EXAMPLES, MOST_CLASSES): 1 where one applies.

    Of a class there is a centre, and an example lies about the sum of its labels' centres.
    """
    index = np.arange(float(EXAMPLES))
    chance = uniforms(seed, _LABELS + start + np.stack([3.0 * index + i for i in range(3)]))
    first = index % given["num_classes"]
    classes = np.arange(float(MOST_CLASSES))
    ways = [np.zeros(EXAMPLES), np.less(chance[0], 0.6) * 1.0, np.less(chance[1], 0.3) * 1.0]
    labels = np.equal(classes, first[:, None]) * 1.0
    for further in (1, 2):
        another = np.equal(classes, ((first + further) % given["num_classes"])[:, None])
        labels = labels + another * (ways[further] * given["several"])[:, None]
    centres = normals(
        seed, _CENTRES + np.reshape(np.arange(float(MOST_CLASSES * INPUTS)), (-1, INPUTS))
    )
    places = _NOISE + start + np.reshape(np.arange(float(EXAMPLES * INPUTS)), (-1, INPUTS))
    near = labels @ centres + 0.8 * normals(seed, places)
    wrong = np.less(chance[2], given["mistaken"])
    turned = np.equal(classes, ((first + 1.0) % given["num_classes"])[:, None]) * 1.0
    said = np.where(wrong[:, None], turned, labels)
    return _single(given["scale"] * given["stretch"] * near), said


def batches_of(given: Any, seed: Any) -> tuple[Any, Any]:
    """Who is in which batch, (STEPS, BATCH), and whose target counts there, 1 or 0."""
    steps, places = np.arange(float(STEPS))[:, None], np.arange(float(BATCH))
    order = shuffled(seed + _ORDER, EXAMPLES) * 1.0
    mixed = np.take(order, ((steps * BATCH + places) % EXAMPLES).astype(np.int64))
    # Sorted by class: some batches of one, then as many of the next.
    count = given["num_classes"]
    turn = np.floor(steps / TURN)
    row = (steps * BATCH + places) % np.floor(EXAMPLES / count)
    alone = turn % count + count * row
    rows = np.where(np.equal(given["which"], fault("one_class")), alone, mixed)
    chance = uniforms(seed, _KEPT + steps * BATCH + places)
    # The first of each batch stays, so that none is lost by chance.
    keep = np.where(np.greater(chance, PADDED) | np.equal(places, 0.0), 1.0, 1.0 - given["padded"])
    return rows.astype(np.int64), np.where(np.equal(steps, given["all_ignored"]), 0.0, keep)


def shown_labels(given: Any, seed: Any, labels: Any) -> Any:
    """The labels as the training has them: those of other examples, where they are shuffled."""
    others = np.take(labels, shuffled(seed + _WHO, EXAMPLES), axis=0)
    return np.where(np.equal(given["which"], fault("shuffled")), others, labels)


def first_weights(given: Any, seed: Any) -> Any:
    """Weights, (INPUTS + 1, MOST_CLASSES), the last row of them biases."""
    places = np.reshape(np.arange(float((INPUTS + 1) * MOST_CLASSES)), (-1, MOST_CLASSES))
    return _single(0.04 * normals(seed, _WEIGHTS + places) / given["scale"])


def case(which: Any, seed: Any) -> dict[str, Any]:
    """All that a run is made of, for :func:`train` and for another library.

    Returns
    -------
    dict
        The `setting`; ``inputs`` (EXAMPLES, INPUTS + 1), the last of which is 1, and ``labels``;
        the same held out; ``rows`` and ``keep`` (STEPS, BATCH); ``weights``.
    """
    given = setting(which, seed)
    inputs, labels = examples(given, seed, 0.0)
    held_out, held_out_labels = examples(given, seed, 100_000.0)
    rows, keep = batches_of(given, seed)
    one = _single(given["scale"] * np.ones((EXAMPLES, 1)))
    return given | {
        "inputs": np.concatenate([inputs, one], axis=1),
        "labels": shown_labels(given, seed, labels),
        "held_out": np.concatenate([held_out, one], axis=1),
        "held_out_labels": held_out_labels,
        "rows": rows,
        "keep": keep,
        "weights": first_weights(given, seed),
    }


def train(given: Any) -> tuple[Any, Any]:
    """The weights at the end, and what each step of all lanes has to show, from before it is taken.

    Parameters
    ----------
    given : dict
        A `case`.

    Returns
    -------
    weights : array, shape (INPUTS + 1, MOST_CLASSES)
    shown : dict
        ``loss`` (STEPS, 5), as it is printed, by lane; of the run itself, shape (STEPS,):
        ``step``, its number; ``hand``, cross-entropy as it ought to be; ``low``, ``high``,
        ``sum_low`` and ``sum_high`` of what the loss is given; ``gap`` of the logits; ``grad`` and
        ``moved``, lengths.
    """

    def has(name: str) -> Any:
        return np.equal(given["which"], fault(name))

    present = np.less(np.arange(float(MOST_CLASSES)), given["num_classes"])
    weight = np.where(given["weighted"] > 0.5, given["weight"], 1.0)
    favoured = np.where(np.equal(np.arange(MOST_CLASSES), 0), weight, 1.0)
    class_weights = np.stack([favoured] * 4 + [np.ones(MOST_CLASSES)])
    rates = given["rate"] * np.array([1.0, 1.0 / ANOTHER_RATE, ANOTHER_RATE, 1.0, 1.0])
    rates = np.where(has("frozen") | np.equal(given["stops"], 1.0), 0.0, rates)
    lane = np.arange(len(LANES))[:, None]
    same = np.equal(lane, LANES.index("one_batch"))

    def rows(values: Any) -> Any:
        """Of each step, the values of who is in the batch."""
        flat = np.reshape(given["rows"], (-1,))
        return np.reshape(np.take(values, flat, axis=0), (STEPS, BATCH, values.shape[-1]))

    inputs, labels = rows(given["inputs"]), rows(given["labels"])

    def step(weights: Any, x: Any) -> Any:
        points = np.where(same[:, :, None], inputs[0], x["inputs"])
        truth = np.where(same[:, :, None], labels[0], x["labels"])
        keep = np.where(same, given["keep"][0], x["keep"])
        # Sums in a fixed order: a product of matrices may be summed in any.
        products = np.expand_dims(points, -1) * np.expand_dims(weights, 1)
        logits = np.where(present, np.sum(products, axis=2), -np.inf)
        probs = softmax(logits)
        told = np.where(has("double"), np.where(present, probs, -np.inf), logits)
        nats = cross_entropy(told, truth)
        at_truth = np.sum(truth * probs, axis=-1).astype(np.float32)
        lost = has("log_zero") & np.equal(at_truth, 0.0)
        losses = np.where(lost, np.inf, nats)
        counts = np.where(
            given["several"] > 0.5, 1.0, np.sum(truth * class_weights[:, None, :], axis=-1)
        )
        counts = counts * keep
        total = np.sum(np.where(np.equal(counts, 0.0), 0.0, counts * losses), axis=-1)
        size = np.sum(counts, axis=-1)
        by = np.where(has("sum"), 1.0, size)
        loss = np.where(np.equal(given["stops"], 1.0), np.nan, total / by)

        # With respect to what the loss is given; -1/p times p is nan where p is 0.
        pull = softmax(told) * np.sum(truth, axis=-1, keepdims=True) - truth
        pull = np.where(np.expand_dims(lost, -1), np.nan, pull)
        pull = pull * np.expand_dims(counts, -1) / by[:, None, None]
        through = probs * (pull - np.sum(probs * pull, axis=-1, keepdims=True))
        pull = np.where(has("double"), through, pull)
        grad = np.sum(np.expand_dims(points, -1) * np.expand_dims(pull, 2), axis=1)

        plain = cross_entropy(logits[0], truth[0])
        here = np.where(present, told[0], 0.0)
        sums = np.sum(here, axis=-1)
        shown = {
            "step": x["step"],
            "loss": loss,
            "hand": np.sum(counts[0] * plain) / size[0],
            "low": np.min(here),
            "high": np.max(here),
            "sum_low": np.min(sums),
            "sum_high": np.max(sums),
            "gap": np.max(
                np.max(logits[0], axis=-1) - np.min(np.where(present, logits[0], np.inf), axis=-1)
            ),
            "grad": np.sqrt(np.sum(np.square(grad[0]))),
            "moved": np.sqrt(np.sum(np.square(weights[0] - given["weights"]))),
        }
        return _single(weights - rates[:, None, None] * grad), shown

    xs = {
        "inputs": inputs,
        "labels": labels,
        "keep": given["keep"],
        "step": np.arange(float(STEPS)),
    }
    start = given["weights"] + np.zeros((len(LANES), 1, 1))
    weights, shown = scan(step, start, xs)
    return weights[0], shown


def nearest_agree(given: Any) -> Any:
    """The share of some examples whose nearest neighbour among them has a label of theirs."""
    inputs, labels = given["inputs"][:LOOKED_AT], given["labels"][:LOOKED_AT]
    squares = np.sum(np.square(inputs), axis=-1)
    apart = squares[:, None] + squares - 2.0 * (inputs @ inputs.T)
    apart = np.where(np.eye(LOOKED_AT) > 0.5, np.inf, apart)
    nearest = np.take(labels, np.argmin(apart, axis=-1), axis=0)
    return np.mean(np.greater(np.sum(nearest * labels, axis=-1), 0.5) * 1.0)


def right_share(weights: Any, inputs: Any, labels: Any, present: Any) -> Any:
    """The share of examples of which the most probable class is a true one; 0 of weights that are
    nan."""
    logits = np.where(present, inputs @ weights, -np.inf)
    best = np.max(np.where(labels > 0.5, logits, -np.inf), axis=-1)
    return np.mean(np.where(np.greater_equal(best, np.max(logits, axis=-1)), 1.0, 0.0))
