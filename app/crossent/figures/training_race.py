"""Lesson 07: losses raced against each other on the same data, from the same start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..components import (
    Choice,
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
    Switch,
    Transport,
    color,
    curve_plot,
    hairline,
    heat,
    own_sources,
    plane_plot,
)
from ..components.plots import FONT
from ..core.kernels import normals, one_hot, scan, shuffled, softmax
from ..core.kernels.training import (
    LANES,
    backward,
    descended,
    forward,
    of_running,
    race_losses,
    wrong_start,
)
from ..datasets import blobs, digits, moons, spirals
from .figure import Columns, Figure, Preset, State
from .parameters import Flag, Number, Selector

STEPS, DIGITS_STEPS = 300, 200
TRAIN = TEST = 100  # points in the plane; of the digits there are more
DIGITS_BATCH = 64
HELD_OUT = 10_000  # the first row of the points that are held out
UNITS = 16  # of the hidden layer
STREAM = 2_000_000  # the places of the seed's numbers from which weights are drawn
LOST = 100.0  # nats: a lane whose mean loss is above has diverged, and stays where it is
EVERY = 10  # steps from one calibration error to the next
BINS = 10
WANTED = 0.9  # of the held-out examples: the accuracy that is raced for
RATES = 10.0 ** np.linspace(-2.0, 2.0, 9)  # the grid of learning rates
MOST_SEEDS = 20
TRIALS = len(RATES) + MOST_SEEDS - 1

EXTENT = 2.0  # of the plane that is drawn, either way
SIDE = 32  # cells of a map
CELLS = (np.arange(SIDE) + 0.5) * (2.0 * EXTENT / SIDE) - EXTENT
GRID = np.stack(np.meshgrid(CELLS, CELLS), axis=-1).reshape(-1, 2)
WORST = 4  # digits shown
PLACES = np.arange(float(WORST)) * 9.0 + 3.5
CLEAR = 0.5  # opacity of a map where it is certain
ALMOST = 0.999  # of the way to the next class's shades: where it is certain
NOTHING = np.zeros(0)
CORNER = np.full(1, -EXTENT)
NO_MAP: dict[str, Any] = {"class": np.full((1, 2, 2), np.nan), "corner": CORNER}
NO_PIXELS: dict[str, Any] = {"ink": np.full((WORST, 2, 2), np.nan), "left": PLACES - 4.0}
NO_WORDS = {"place": NOTHING, "true": NOTHING, "said": NOTHING, "sure": NOTHING}
TOPS = np.array([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0])  # of the plots of losses

CLASS_ROLES = ("prediction", "truth", "down")
LANE_ROLES = {"ce": "loss", "squared": "squared", "focal": "up", "smoothed": "ink"}
LANE_DASH: dict[str, Any] = {
    "ce": "solid",
    "squared": [8, 3],
    "focal": [2, 3],
    "smoothed": [10, 3, 2, 3],
}
LANE_NAMES = {
    "ce": "cross-entropy",
    "squared": "squared error",
    "focal": "focal",
    "smoothed": "smoothed",
}


def num_steps(data: str) -> int:
    """How many steps a run on these data has."""
    return DIGITS_STEPS if data == "digits" else STEPS


def examples(data: str, seed: Any) -> tuple[Any, Any, Any, Any]:
    """Points and targets to train on, and points and targets held out."""
    if data == "digits":
        images, some = digits(), 0.0 * seed  # only what hangs on an input is indexed by one
        return (
            images.train_images + some,
            images.train_targets,
            images.test_images + some,
            images.test_targets,
        )
    if data == "moons":
        train, test = moons(seed, TRAIN), moons(seed, TEST, start=HELD_OUT)
    elif data == "spirals":
        train, test = spirals(seed, TRAIN), spirals(seed, TEST, start=HELD_OUT)
    else:
        options = {"num_classes": 2, "spread": 0.6} if data == "two" else {"spread": 0.45}
        train = blobs(seed, TRAIN, **options)
        test = blobs(seed, TEST, start=HELD_OUT, **options)
    return (*train, *test)


def first_weights(seed: Any, model: str, inputs: int, num_classes: int) -> Any:
    """Small random weights, the same for every lane: (inputs, classes), or two layers of them."""

    def drawn(place: int, rows: int, width: int) -> Any:
        places = STREAM + place + np.arange(float(rows * width))
        return np.reshape(normals(seed, places), (rows, width))

    bias = np.zeros(num_classes)
    if model == "regression":
        return {"w": 0.1 * drawn(0, inputs, num_classes), "b": bias}
    return {
        "w1": np.sqrt(2.0 / inputs) * drawn(0, inputs, UNITS),
        "b1": 0.5 * drawn(100_000, 1, UNITS)[0],
        "w": drawn(200_000, UNITS, num_classes) / np.sqrt(UNITS),
        "b": bias,
    }


def setting(data: str, model: str, batch: Any, seed: Any, start: Any) -> Any:
    """All that a seed fixes: examples, the first weights, and who is in which batch.

    Batches are windows of one shuffled order, each begun where the last one ended, round and
    round.

    Returns
    -------
    dict
        ``points``, ``truth``, ``held_out`` and ``held_out_truth``; ``weights``, without an axis
        for lanes; ``order``, each point's place in the shuffle, and ``batch``, the size.
    """
    points, targets, held_out, held_out_targets = examples(data, seed)
    num_classes = int(np.max(targets)) + 1
    truth = one_hot(targets, num_classes)
    weights = first_weights(seed, model, points.shape[-1], num_classes)
    return {
        "points": points,
        "truth": truth,
        "held_out": held_out,
        "held_out_truth": one_hot(held_out_targets, num_classes),
        "weights": wrong_start(weights, points, truth, start),
        "order": shuffled(seed, len(targets)),
        "batch": batch,
    }


def batch_of(given: Any, gathered: bool, t: Any) -> tuple[Any, Any, Any]:
    """The points of step t, their truth, and what each counts of the mean."""
    points, truth, order = given["points"], given["truth"], given["order"]
    count = truth.shape[0]
    if gathered:
        places = (np.arange(float(DIGITS_BATCH)) + t * DIGITS_BATCH) % count
        rows = np.take(order, places.astype(np.int64))
        classes = np.argmax(truth, axis=-1) + 0.0 * given["batch"]
        truth = one_hot(np.take(classes, rows), truth.shape[-1])
        return np.take(points, rows, axis=0), truth, np.full(DIGITS_BATCH, 1.0 / DIGITS_BATCH)
    size = given["batch"]
    place = order - (t * size) % count
    inside = np.less(np.where(np.less(place, 0.0), place + count, place), size)
    return points, truth, np.where(inside, 1.0 / size, 0.0)


def train(
    given: Any, data: str, rates: Any, gamma: Any, smoothing: Any, running: Any, *, whole: bool
) -> Any:
    """The runs of the lanes that run, from one setting, step by step.

    Row t is before step t is taken, so row 0 is untrained. With `whole` there are the weights and
    the losses too, and not only the accuracy.
    """
    lanes = {
        name: value + np.zeros((len(LANES),) + (1,) * value.ndim)
        for name, value in given["weights"].items()
    }

    def step(carry: Any, t: Any) -> Any:
        weights = carry["weights"]
        points, truth, shares = batch_of(given, data == "digits", t)
        features, logits = forward(weights, points)
        losses = race_losses(logits, truth, shares, gamma, smoothing, running)
        alive = np.logical_and(carry["alive"], np.less_equal(losses["nats"], LOST))
        _, found = forward(weights, given["held_out"])
        at_truth = np.sum(given["held_out_truth"] * found, axis=-1)
        right = np.where(np.greater_equal(at_truth, np.max(found, axis=-1)), 1.0, 0.0)
        shown = {"accuracy": np.mean(of_running(running, right), axis=-1)}
        if whole:
            shown |= {
                "weights": weights,
                "own": losses["own"],
                "nats": losses["nats"],
                "alive": np.where(alive, 1.0, 0.0),
            }
        grads = backward(weights, points, features, losses["grad"])
        after = descended(weights, grads, rates, alive)
        return {"weights": after, "alive": alive}, shown

    start = {"weights": lanes, "alive": np.ones(len(LANES), dtype=bool)}
    return scan(step, start, np.arange(num_steps(data) + 1.0))[1]


def steps_until(accuracy: Any) -> Any:
    """The first step at which each lane is as accurate as wanted; infinite if it never is."""
    steps = np.expand_dims(np.arange(float(accuracy.shape[0])), -1)
    return np.min(np.where(np.greater_equal(accuracy, WANTED), steps, np.inf), axis=0)


def calibration(weights: Any, held_out: Any, truth: Any, running: Any) -> Any:
    """Expected calibration error of each lane, over the held-out examples, (rows, lanes)."""
    runs = np.expand_dims(running, -1)
    _, logits = forward(weights, held_out)
    probs = softmax(logits)
    sure = np.max(probs, axis=-1)
    right = np.where(np.greater_equal(np.sum(truth * probs, axis=-1), sure), 1.0, 0.0)
    places = np.minimum(np.floor(sure * BINS), BINS - 1.0)
    total = 0.0
    for place in range(BINS):
        inside = np.equal(places, float(place))
        gaps = np.where(runs, np.where(inside, sure - right, 0.0), 0.0)
        total = total + np.abs(np.sum(gaps, axis=-1))
    return total / held_out.shape[0]


def better(best: Any, rate: Any, accuracy: Any) -> Any:
    """Each lane's best rate so far: the fewest steps, or else the most accurate at the end."""
    steps = steps_until(accuracy)
    score = np.where(np.isfinite(steps), steps, 1e6 - accuracy[-1])
    less = np.less(score, best["score"])
    return {
        "score": np.where(less, score, best["score"]),
        "rates": np.where(less, rate, best["rates"]),
    }


def by_lane(values: Any, shown: Any) -> dict[str, Any]:
    """The last axis' lanes by name; of a lane that is switched off only nan."""
    return {lane: np.where(shown[i], values[..., i], np.nan) for i, lane in enumerate(LANES)}


def ladder(lanes: Any, shown: Any) -> Any:
    """The lowest top of a plot that holds the lanes shown, so that axes seldom change."""
    most = np.max(
        np.stack(
            [
                np.where(np.isnan(lane) | np.logical_not(on), 0.0, lane)
                for lane, on in zip(lanes, shown, strict=True)
            ]
        )
    )
    return np.min(np.where(np.greater_equal(TOPS, most), TOPS, TOPS[-1]))


def middle(values: Any) -> Any:
    """The median of the numbers there are, nan left out; nan if there are none."""
    ordered = np.sort(values)  # nan last
    count = np.sum(np.where(np.isnan(values), 0.0, 1.0))
    low = np.floor((count - 1.0) / 2.0).astype(np.int64)
    high = np.floor(count / 2.0).astype(np.int64)
    some = np.greater(count, 0.0)
    at_low, at_high = ordered[np.maximum(low, 0)], ordered[high * np.where(some, 1, 0)]
    # Twice the same, it may be infinite.
    mean = np.where(np.equal(at_low, at_high), at_low, (at_low + at_high) / 2.0)
    return np.where(some, mean, np.nan)


def ratios(heats: Any, lane: int) -> Any:
    """How many times as many steps a lane took as cross-entropy, seed by seed.

    Infinite where it alone never arrived, 0 where cross-entropy alone did not, nan where neither
    did or the seed was not run.
    """
    ours, theirs = np.maximum(heats[:, lane], 1.0), np.maximum(heats[:, 0], 1.0)
    neither = np.isinf(ours) & np.isinf(theirs)
    return np.where(neither, np.nan, ours / np.where(neither, 1.0, theirs))


def spread(values: Any) -> dict[str, Any]:
    """The median of the numbers that there are, the least and the greatest."""
    none = np.all(np.isnan(values))
    least = np.min(np.where(np.isnan(values), np.inf, values))
    most = np.max(np.where(np.isnan(values), -np.inf, values))
    return {
        "": middle(values),
        "_least": np.where(none, np.nan, least),
        "_most": np.where(none, np.nan, most),
    }


def regions(weights: Any) -> Any:
    """The class, 0 to 2, that each lane gives to each cell of the plane, (lanes, side, side)."""
    _, logits = forward(weights, GRID)
    return np.reshape(np.argmax(logits, axis=-1) * 1.0, (len(LANES), SIDE, SIDE))


def pictures(data: str, weights: Any, run: Any) -> Columns:
    """Maps of the plane and the points on them, or the digits most wrong; the other is empty."""
    if data == "digits":
        found = {f"points_{k}": {"x": NOTHING, "y": NOTHING} for k in range(len(CLASS_ROLES))}
        found |= {f"map_{lane}": NO_MAP for lane in LANES}
        return found | most_wrong(weights, run["held_out"], run["held_out_truth"])
    truth = run["truth"]
    found = {}
    for k in range(len(CLASS_ROLES)):
        inside = truth[:, k : k + 1] if k < truth.shape[-1] else 0.0 * truth[:, :1]
        places = np.where(np.equal(inside, 1.0), run["points"], np.nan)
        found[f"points_{k}"] = {"x": places[:, 0], "y": places[:, 1]}
    _, logits = forward(weights, GRID)
    probs = softmax(logits)
    sure, said = np.max(probs, axis=-1), np.argmax(probs, axis=-1)
    shades = np.reshape(said + ALMOST * sure, (len(LANES), 1, SIDE, SIDE))
    for i, lane in enumerate(LANES):
        found[f"map_{lane}"] = {"class": shades[i], "corner": CORNER}
    found |= {f"wrong_{lane}": NO_PIXELS for lane in LANES}
    return found | {f"said_{lane}": NO_WORDS for lane in LANES}


def most_wrong(weights: Any, images: Any, truth: Any) -> Columns:
    """The held-out digits that each lane is most confidently wrong about, worst first."""
    _, logits = forward(weights, images)
    probs = softmax(logits)
    said, sure = np.argmax(probs, axis=-1), np.max(probs, axis=-1)
    right = np.greater_equal(np.sum(truth * probs, axis=-1), sure)
    order = np.argsort(np.where(right, 1.0, -sure), axis=-1, kind="stable")[:, :WORST]
    wrong = np.logical_not(np.take_along_axis(right, order, axis=-1))
    labels = np.argmax(truth, axis=-1) + 0.0 * sure[0]
    pixels, words = [], []
    for i in range(len(LANES)):
        ink = np.take(images, order[i], axis=0) * np.where(wrong[i], 1.0, 0.0)[:, None]
        upward = np.reshape(ink, (WORST, 8, 8))[:, ::-1]
        pixels.append({"ink": upward, "left": PLACES - 4.0})
        words.append(
            {
                "place": PLACES,
                "true": np.where(wrong[i], np.take(labels, order[i]), np.nan),
                "said": np.where(wrong[i], np.take(said[i], order[i]) * 1.0, np.nan),
                "sure": np.where(wrong[i], np.take(sure[i], order[i]), np.nan),
            }
        )
    tables = {f"wrong_{lane}": pixels[i] for i, lane in enumerate(LANES)}
    return tables | {f"said_{lane}": words[i] for i, lane in enumerate(LANES)}


def given_rows(
    data: str, model: str, *, batch: float, seed: float, start: float
) -> tuple[Iterator[tuple[Any, Any]], list[Any]]:
    """The same run's examples and first weights, for another library.

    Returns
    -------
    rows : iterator
        Of each step, the points that it sees, (n, inputs), and their classes, (n,).
    weights : list
        Of each layer, its weights, (inputs, outputs), and its bias, (outputs,).
    """
    given = setting(data, model, np.float64(batch), np.float64(seed), np.float64(start))

    def rows() -> Iterator[tuple[Any, Any]]:
        for t in range(num_steps(data) + 1):
            points, truth, shares = batch_of(given, data == "digits", np.float64(t))
            yield points[shares > 0], np.argmax(truth[shares > 0], axis=-1)

    names = ["w1", "b1", "w", "b"] if model == "hidden" else ["w", "b"]
    return rows(), [given["weights"][name] for name in names]


def race(data: str, **entries: Any) -> State:
    """A state worth a button: what it does not name is as it is by default."""
    plain = {
        "model": "regression",
        "batch": float(TRAIN),
        "learning_rate": 0.1,
        "own_rates": False,
        "start": 0.0,
        "focal": False,
        "smoothed": False,
        "seeds": 1.0,
    }
    return {"data": data} | plain | entries


class TrainingRace(Figure):
    """Complete training runs of four losses, as functions of the learning rate and the start."""

    name_of = "training-race"
    title = "Training race"
    summary = (
        "The same model, data and start under four losses: drag the learning rate, and the whole "
        "runs bend."
    )

    nan_is_blank = True
    checked_share = 0.004
    # From a wrong start or at a larger rate a run is chaotic, and the last bit becomes the first.
    checked_within = {"learning_rate": (0.0, 0.5), "start": (0.0, 1.0), "seeds": (1.0, 2.0)}

    data = Selector(
        "three",
        options={
            "two": "two blobs",
            "three": "three blobs",
            "moons": "moons",
            "spirals": "spirals",
            "digits": "digits",
        },
        doc="What is learned: points of the plane in two or three classes, or handwritten digits.",
    )
    model = Selector(
        "regression",
        options={"regression": "softmax regression", "hidden": "one hidden layer"},
        doc="Logits from what is given at once, or from 16 numbers that are worked out first, of "
        "which those below 0 become 0.",
    )
    batch = Number(
        TRAIN,
        bounds=(1, TRAIN),
        step=1,
        label="batch size",
        doc="How many of the 100 points each step sees; of digits it always sees 64.",
    )
    learning_rate = Number(
        0.1,
        bounds=(0.0, 100.0),
        step=0.01,
        label="learning rate",
        doc="Every lane’s, unless each takes its own best of the grid.",
    )
    own_rates = Flag(
        False,
        label="each lane its own best rate",
        doc="The rate of the grid 0.01 to 100 with which it needs the fewest steps.",
    )
    start = Number(
        0.0,
        bounds=(0.0, 10.0),
        step=0.1,
        label="wrong at the start",
        doc="Root mean square of the logits that point away from the truth; 0 is ordinary.",
    )
    gamma = Number(
        2.0, bounds=(0.0, 5.0), step=0.1, label="focal γ", doc="The focal lane’s exponent."
    )
    smoothing = Number(
        0.1,
        bounds=(0.0, 0.5),
        step=0.01,
        label="smoothing ε",
        doc="The smoothed lane’s share, spread over all classes.",
    )
    ce = Flag(True, label="cross-entropy", doc="Whether this lane is shown.")
    squared = Flag(True, label="squared error", doc="Whether this lane is shown.")
    focal = Flag(False, label="focal", doc="Whether this lane is shown.")
    smoothed = Flag(False, label="smoothed", doc="Whether this lane is shown.")
    seed = Number(1, bounds=(0, 9999), step=1, doc="Fixes the examples, the weights, the batches.")
    seeds = Number(
        1,
        bounds=(1, MOST_SEEDS),
        step=1,
        label="seeds raced",
        doc="How many seeds are run, from this one on, for the ratio of steps.",
    )
    step = Number(
        60, bounds=(0, STEPS), step=1, doc="The step of the run at which its state is shown."
    )
    measure = Selector(
        "nats",
        options={
            "nats": "cross-entropy",
            "own": "own loss",
            "accuracy": "accuracy",
            "calibration": "calibration",
        },
        label="curves of",
        doc="What is drawn of each run.",
    )

    presets = [
        Preset(
            "An ordinary start",
            race("three", learning_rate=0.1),
            "Cross-entropy is at 90 % first, squared error a little later: not 3 to 5 times.",
        ),
        Preset(
            "Confidently wrong",
            race("three", start=5.0, learning_rate=1.0),
            "Here squared error hardly moves for two hundred steps.",
        ),
        Preset(
            "Squared error wins",
            race("moons", model="hidden", learning_rate=6.0),
            "With so large a step cross-entropy is thrown out of the race; squared error is not.",
        ),
        Preset(
            "All four",
            race("spirals", model="hidden", learning_rate=1.0, focal=True, smoothed=True),
            "Four losses, one start: compare them in nats, then each in its own loss.",
        ),
        Preset(
            "Digits",
            race("digits", learning_rate=0.5),
            "Handwritten digits, 64 to a step; below, those most confidently misread.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "from crossent.figures.training_race import given_rows  # pip install crossent\n\n"
            "rows, weights = given_rows(\n"
            "    {data}, {model}, batch={batch}, seed={seed}, start={start}\n"
            ")\n"
            "weights = [torch.tensor(w, requires_grad=True) for w in weights]\n"
            "for step, (x, y) in zip(range(int({step}) + 1), rows):\n"
            "    h = torch.tensor(x)\n"
            "    for w, b in zip(weights[:-2:2], weights[1:-2:2]):\n"
            "        h = torch.relu(h @ w + b)\n"
            "    loss = F.cross_entropy(h @ weights[-2] + weights[-1], torch.tensor(y))\n"
            "    for w, g in zip(weights, torch.autograd.grad(loss, weights)):\n"
            "        w.data -= {learning_rate} * g\n"
            "    print(step, loss.item())\n"
        ),
    }

    @staticmethod
    def run(
        data: str,
        model: str,
        batch: Any,
        learning_rate: Any,
        own_rates: Any,
        start: Any,
        gamma: Any,
        smoothing: Any,
        focal: Any,
        smoothed: Any,
        seed: Any,
        seeds: Any,
    ) -> Any:
        """The lanes' runs, step by step, and the trials: the grid of rates, and further seeds.

        Cross-entropy and squared error always run, for they are compared; the others if shown.
        """
        same = np.ones(len(LANES))
        running = np.greater(np.stack([1.0, 1.0, focal, smoothed]), 0.5)
        searched = len(RATES) * np.greater(own_rates, 0.5)

        def trial(best: Any, x: Any) -> Any:
            """First the grid, if there is one, on the seed itself; then each further seed."""
            place = x["place"] + np.where(np.greater(own_rates, 0.5), 0.0, len(RATES))
            tries = np.less(place, len(RATES))
            rate = x["rate"] * same
            rates = np.where(tries, rate, best["rates"])
            here = seed + np.where(tries, 0.0, place - len(RATES) + 1.0)
            given = setting(data, model, batch, here, start)
            accuracy = train(given, data, rates, gamma, smoothing, running, whole=False)["accuracy"]
            found = better(best, rate, accuracy)
            after = {name: np.where(tries, found[name], best[name]) for name in best}
            return after, steps_until(accuracy)

        places = np.arange(float(TRIALS))
        xs = {"place": places, "rate": np.concatenate([RATES, np.ones(TRIALS - len(RATES))])}
        begin = {"score": np.inf * same, "rates": learning_rate * same}
        best, tried = scan(trial, begin, xs, steps=searched + seeds - 1.0)
        given = setting(data, model, batch, seed, start)
        lanes = train(given, data, best["rates"], gamma, smoothing, running, whole=True)
        every = {name: value[::EVERY] for name, value in lanes["weights"].items()}
        return {
            "lanes": lanes,
            "calibrated": calibration(every, given["held_out"], given["held_out_truth"], running),
            "tried": tried,
            "rates": best["rates"],
            **{name: given[name] for name in ("points", "truth", "held_out", "held_out_truth")},
        }

    @staticmethod
    def compute(
        data: str,
        run: Any,
        learning_rate: Any,
        own_rates: Any,
        seeds: Any,
        ce: Any,
        squared: Any,
        focal: Any,
        smoothed: Any,
        step: Any,
    ) -> Columns:
        """The curves of the lanes that are shown, and their state at the playhead."""
        steps = num_steps(data)
        times = np.arange(steps + 1.0)
        shown = [np.greater(lane, 0.5) for lane in (ce, squared, focal, smoothed)]
        lanes = run["lanes"]
        alive = np.not_equal(lanes["alive"], 0.0)  # also where it has not come yet
        diverged = np.min(np.where(alive, np.inf, np.expand_dims(times, -1)), axis=0)
        calibrated = run["calibrated"]
        at = np.minimum(step, float(steps)).astype(np.int64)
        weights = {name: value[at] for name, value in lanes["weights"].items()}
        curves = {name: lanes[name] for name in ("nats", "own", "accuracy")}
        on = np.stack(shown)
        now = {name: value[at] for name, value in curves.items()}
        now["calibration"] = calibrated[at // EVERY]
        now = {name: np.where(on, value, np.nan) for name, value in now.items()}
        until = steps_until(np.where(alive, lanes["accuracy"], 0.0))
        searched = np.greater(own_rates, 0.5)
        tried = run["tried"]
        grid = np.where(searched, tried[: len(RATES)], np.nan)
        further = np.where(searched, tried[len(RATES) :], tried[: MOST_SEEDS - 1])
        heats = np.concatenate([np.expand_dims(until, 0), further])
        kept = {name: np.where(alive, value, np.nan) for name, value in curves.items()}
        kept["calibration"] = np.where(alive[::EVERY], calibrated, np.nan)
        readout: dict[str, Any] = {
            "step": at * 1.0,
            "steps": float(steps),
            "learning_rate": learning_rate,
            "seeds": seeds,
            "loss": curves["nats"][at][0],
            "searched": np.where(searched, 1.0, 0.0),
            "top_nats": ladder([kept["nats"][:, i] for i in range(len(LANES))], shown),
            "top_own": ladder([kept["own"][:, i] for i in range(len(LANES))], shown),
        }
        gone = np.where(on, diverged, np.inf)  # a lane that is off is not spoken of
        lost, first = np.isfinite(np.min(gone)), np.argmin(gone)
        for i, lane in enumerate(LANES):
            readout |= {f"{name}_{lane}": values[i] for name, values in now.items()}
            readout |= {
                f"steps_{lane}": until[i],
                f"rate_{lane}": run["rates"][i],
                f"diverged_{lane}": diverged[i],
                f"lost_{lane}": np.where(np.isfinite(diverged[i]), 1.0, 0.0),
                f"first_lost_{lane}": np.where(lost & np.equal(first, i), 1.0, 0.0),
            }
            if i:
                found = spread(ratios(heats, i))
                readout |= {f"ratio_{lane}{ending}": value for ending, value in found.items()}
                none = np.isnan(found[""])
                readout |= {
                    f"none_{lane}": none,
                    f"some_{lane}": np.logical_not(none),
                }
        tables = {
            name: {"step": times[::EVERY] if name == "calibration" else times}
            | by_lane(values, shown)
            for name, values in kept.items()
        }
        return (
            tables
            | pictures(data, weights, run)
            | {
                "head": {"step": at + np.zeros(2), "span": np.array([-1.0, 100.0])},
                "wanted": {"step": np.array([0.0, 1e3]), "accuracy": WANTED + np.zeros(2)},
                "grid": {"rate": np.log10(RATES)} | by_lane(grid, shown),
                "heats": {"seed": np.arange(float(MOST_SEEDS))} | by_lane(heats, shown),
                "readout": readout,
            }
        )

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """The loss at the playhead after torch's own steps, from the same examples and weights."""
        rate = state["learning_rate"]
        if state["own_rates"]:
            rate = float(TrainingRace.columns(state)["readout"]["rate_ce"])
        rows, weights = given_rows(
            state["data"],
            state["model"],
            batch=state["batch"],
            seed=state["seed"],
            start=state["start"],
        )
        weights = [torch.tensor(np.array(layer), requires_grad=True) for layer in weights]
        last = min(int(state["step"]), num_steps(state["data"]))
        for _, (points, classes) in zip(range(last + 1), rows, strict=False):
            features = torch.tensor(points)
            for layer, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
                features = torch.relu(features @ layer + bias)
            logits = features @ weights[-2] + weights[-1]
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(classes))
            if loss.item() > LOST:
                return {}
            for weight, grad in zip(weights, torch.autograd.grad(loss, weights), strict=True):
                weight.data -= rate * grad
        return {"loss": loss.item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            verdict(),
            Row(
                Stack(
                    Choice("measure"),
                    measured(columns, 300),
                    Transport("step", end="steps", format="integer", role="loss"),
                    diverged(),
                    Range("learning_rate", scale="log", bounds=(0.01, 100.0), role="loss"),
                    Range("start"),
                ),
                Stack(
                    Choice("data"),
                    Choice("model"),
                    Range("batch", format="integer"),
                    *in_pairs([Switch(lane, role=LANE_ROLES[lane]) for lane in LANES]),
                    Switch("own_rates"),
                    search(columns, 190),
                    Range("seeds", format="integer"),
                    Range("seed", format="integer"),
                ),
                widths=(1.25, 1.0),
            ),
            Row(Stack(*learned(columns, 170)), table(), widths=(1.0, 1.5)),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            curves(columns, "nats", 320),
            Range("learning_rate", scale="log", bounds=(0.01, 100.0), role="loss"),
            Readout("loss", "cross-entropy at the playhead", unit="nats", role="loss"),
        )


DIVERGED = {
    "ce": "Cross-entropy diverged at step {diverged_ce:integer}.",
    "squared": "Squared error diverged at step {diverged_squared:integer}.",
    "focal": "Focal loss diverged at step {diverged_focal:integer}.",
    "smoothed": "The smoothed loss diverged at step {diverged_smoothed:integer}.",
}


def curves(columns: Any, measure: str, height: int) -> Plot:
    """One measure of every lane that is shown, step by step, with the playhead to drag."""
    label_y, top, words = MEASURES[measure]
    plot = curve_plot(
        x_range=(0, STEPS),
        y_range=(0, 1 if top is None else 2),
        x_label="step",
        y_label=label_y,
        height=height,
    )
    columns = own_sources(columns)
    if measure == "accuracy":
        hairline(plot, "step", "accuracy", columns["wanted"], line_dash="dotted")
    hairline(plot, "step", "span", columns["head"])
    for lane in LANES:
        plot.line(
            "step",
            lane,
            source=columns[measure],
            line_width=3,
            line_dash=LANE_DASH[lane],
            line_color=color(LANE_ROLES[lane]),
        )
    return Plot(
        plot,
        describe=f"{words} of every lane that is shown, step by step, with the playhead.",
        handles=(
            Handle(
                "step",
                f"{measure}_ce",
                label="step of the run, on the curve of cross-entropy",
                param="step",
                role="loss",
                format="integer",
            ),
        ),
        ends=(("x.end", "steps"),) + ((("y.end", top),) if top else ()),
        height=height,
    )


def map_of(columns: Any, lane: str, height: int) -> Plot:
    """The plane as one lane divides it at the playhead, and the points."""
    plot = plane_plot(EXTENT, height)
    columns = own_sources(columns)
    heat(
        plot,
        "class",
        columns[f"map_{lane}"],
        x="corner",
        y="corner",
        dw=2 * EXTENT,
        dh=2 * EXTENT,
        high=float(len(CLASS_ROLES)),
        ramp=tuple(end for role in CLASS_ROLES for end in ("card", role)),
        global_alpha=CLEAR,
    )
    for k, role in enumerate(CLASS_ROLES):
        plot.scatter(
            "x",
            "y",
            source=columns[f"points_{k}"],
            marker=MARKERS[k],
            size=7,
            fill_color=color(role),
            line_color=color("card"),
        )
    return Plot(
        plot,
        describe="The classes that this lane gives to the places of the plane at the playhead, "
        "the stronger the surer, with the points that it is trained on.",
        height=height,
    )


def digits_of(columns: Any, lane: str, height: int) -> Plot:
    """The held-out digits that one lane is most confidently wrong about at the playhead."""
    plot = curve_plot(
        x_range=(-1, 9 * WORST),
        y_range=(-16, 1.5),
        x_label="",
        y_label="",
        height=height,
    )
    for part in (*plot.axis, *plot.grid):
        part.visible = False
    columns = own_sources(columns)
    pixels = columns[f"wrong_{lane}"]
    heat(plot, "ink", pixels, x="left", y=-7.5, dw=8.0, dh=8.0, ramp=("card", "ink"))
    words = columns[f"said_{lane}"]
    for column, y, role in (("true", -10.0, "truth"), ("said", -13.2, LANE_ROLES[lane])):
        plot.text(
            "place",
            y,
            column,
            source=words,
            text_align="center",
            text_baseline="middle",
            text_font={"value": FONT},
            text_font_size="15px",
            text_color=color(role),
        )
    return Plot(
        plot,
        describe="The held-out digits that this lane is most confidently wrong about, each "
        "with the digit that it is above the digit that the lane said.",
        height=height,
    )


def learned(columns: Any, height: int) -> tuple[Node, Node]:
    """What each lane has learned at the playhead: of the plane, or of digits."""
    plane, written = [], []
    for lane in LANES:
        name = LANE_NAMES[lane]
        plane.append(Stack(map_of(columns, lane, height), title=name, only=(lane, True)))
        written.append(Stack(digits_of(columns, lane, height), title=name, only=(lane, True)))
    return (
        Stack(*in_pairs(plane), only=("data", "two", "three", "moons", "spirals")),
        Stack(
            Sentence(
                "The held-out digits most confidently misread: the digit it is, in green, "
                "above the one that was said.",
                role="muted",
            ),
            *in_pairs(written),
            only=("data", "digits"),
        ),
    )


def in_pairs(parts: list[Node]) -> list[Node]:
    """Rows of two."""
    return [Row(*parts[i : i + 2]) for i in range(0, len(parts), 2)]


def table() -> LiveTable:
    """Every lane's numbers, at the playhead and over the whole run."""
    return LiveTable(
        "Every lane at the playhead; accuracy and calibration on held-out examples; ∞ is never",
        ("", *(LANE_NAMES[lane] for lane in LANES)),
        (
            ("own loss", *(f"own_{lane}" for lane in LANES)),
            ("cross-entropy, nats", *(f"nats_{lane}" for lane in LANES)),
            ("accuracy", *(f"accuracy_{lane}:percent" for lane in LANES)),
            ("calibration error", *(f"calibration_{lane}:compact" for lane in LANES)),
            ("learning rate", *(f"rate_{lane}:compact" for lane in LANES)),
            ("steps to 90 %", *(f"steps_{lane}:integer" for lane in LANES)),
            ("diverged at step", *(f"diverged_{lane}:integer" for lane in LANES)),
        ),
        roles=tuple(LANE_ROLES[lane] for lane in LANES),
        flags=LANES,
    )


def verdict() -> Stack:
    """How many times as many steps squared error took, over the seeds that were raced."""
    return Stack(
        Row(
            Readout(
                "ratio_squared",
                "squared error’s steps to 90 %, of cross-entropy’s",
                format="times",
                role="squared",
                size="large",
            ),
            Readout("ratio_squared_least", "the least", format="times", role="squared"),
            Readout("ratio_squared_most", "the most", format="times", role="squared"),
        ),
        OneOf(
            Sentence(
                "The median of the seeds raced ({seeds:integer}). ∞: squared error never got "
                "there; 0: it did, and cross-entropy did not.",
                when="some_squared",
            ),
            Sentence(
                "Neither of the two reaches 90 % in this setting, so there is no ratio.",
                when="none_squared",
            ),
        ),
    )


def diverged() -> OneOf:
    """Which lane was thrown out of the race first, and when; the table says it of every lane."""
    return OneOf(
        *(
            Stack(
                Sentence(DIVERGED[lane], role=LANE_ROLES[lane], when=f"first_lost_{lane}"),
                name=lane,
            )
            for lane in LANES
        )
    )


def measured(columns: Any, height: int) -> Stack:
    """The curves of the measure that is chosen."""
    return Stack(
        *(
            Stack(curves(columns, measure, height), only=("measure", measure))
            for measure in MEASURES
        )
    )


def search(columns: Any, height: int) -> Stack:
    """The grid of learning rates: the steps that each lane needed with each."""
    plot = curve_plot(
        x_range=(-2.2, 2.2),
        y_range=(0, STEPS),
        x_label="learning rate, as a power of ten",
        y_label="steps to 90 %",
        height=height,
    )
    source = own_sources(columns)["grid"]
    for lane in LANES:
        looks = {"line_color": color(LANE_ROLES[lane]), "line_width": 2}
        plot.line("rate", lane, source=source, line_dash=LANE_DASH[lane], **looks)
        plot.scatter("rate", lane, source=source, size=7, fill_color=color("card"), **looks)
    return Stack(
        Plot(
            plot,
            describe="The steps that each lane needs to reach 90 %, against the learning rate.",
            height=height,
        ),
        only=("own_rates", True),
    )


MARKERS = ("circle", "square", "triangle")
# Of each measure: what its axis says, the readout at its top, and what it is called aloud.
MEASURES: dict[str, tuple[str, str | None, str]] = {
    "nats": ("cross-entropy in nats", "top_nats", "Cross-entropy in nats"),
    "own": ("each lane’s own loss", "top_own", "Each lane’s own loss"),
    "accuracy": ("held-out accuracy", None, "Held-out accuracy"),
    "calibration": ("calibration error", None, "Calibration error"),
}
