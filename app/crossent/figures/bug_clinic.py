"""Lesson 16: a training run with a mistake in it, tests to order, and the mistake to be named."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..components import (
    Action,
    Choice,
    Node,
    Plot,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
    Switch,
    color,
    curve_plot,
    hairline,
    own_sources,
)
from ..core.kernels import rows_at, uniforms
from ..core.kernels.faults import (
    BATCH,
    FAULTS,
    IN_FLOAT32,
    LANES,
    MOST_CLASSES,
    STEPS,
    case,
    fault,
    nearest_agree,
    right_share,
    train,
)
from .figure import Columns, Figure, Preset, State
from .parameters import Flag, Number

DRAWN = 9_000_000.0  # the place of the seed's number by which a case is drawn
# Which mistake the cases from 1 on have: not in the order in which the answers stand.
CASES = np.array(
    [
        fault(name)
        for name in (
            "double",
            "ignored",
            "frozen",
            "one_hot",
            "fast",
            "sum",
            "multilabel",
            "healthy",
            "log_zero",
            "shuffled",
            "axis",
            "one_class",
            "slow",
        )
    ]
)
LAST = 12  # steps at the end over which a loss is averaged: one batch's alone is uneven
MOST = 99.0  # cases that are counted
# Tops of the plot; below the last one whatever is higher leaves it.
TOPS = np.array([1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 20.0, 30.0, 45.0, 70.0, 100.0, 200.0])


@dataclass(frozen=True)
class Test:
    """A test that can be ordered: what its switch says, and what it is called in a sentence."""

    label: str
    words: str


TESTS = {
    "first_loss": Test("first loss against log K", "the first loss against log K"),
    "targets": Test("look at targets and shapes", "a look at targets and shapes"),
    "given": Test("range of what the loss is given", "the range of what the loss is given"),
    "by_hand": Test("the loss again, by hand", "the loss again, by hand, from the logits"),
    "one_batch": Test("overfit one batch", "one batch alone, over and over"),
    "slower": Test("a hundredth of the rate", "a hundredth of the learning rate"),
    "faster": Test("a hundred times the rate", "a hundred times the learning rate"),
    "moved": Test("how far the weights moved", "how far the weights have moved"),
    "unweighted": Test("without class weights", "the same run without class weights"),
    "neighbours": Test("labels of nearest neighbours", "each example’s nearest neighbour"),
}
# The answers, in the order of FAULTS.
ANSWERS = {
    "double": "softmax before the loss, which applies its own",
    "log_zero": "the logarithm of a probability that is 0",
    "sum": "the losses are summed, not averaged",
    "axis": "the class dimension is in the wrong place",
    "one_hot": "one-hot targets of whole numbers",
    "multilabel": "several labels an example, and a softmax",
    "ignored": "all targets of a batch are ignored",
    "one_class": "class weights, and batches of one class",
    "shuffled": "the labels belong to other examples",
    "fast": "the learning rate is too large",
    "slow": "the learning rate is too small",
    "frozen": "the weights are not trained at all",
    "healthy": "nothing: the run is healthy",
}
# What is said once the case is solved.
SOLVED = {
    "double": "What the loss is given are probabilities: every row sums to 1. So the loss cannot "
    "fall below log (e + K − 1) − 1 = {floor}. Give it the logits.",
    "log_zero": "In float32 a probability is 0 where the gap between logits passes 104, and its "
    "logarithm is −∞. Give cross_entropy the logits, and bring the inputs to the size of 1.",
    "sum": "A sum is as many times the mean as targets count, {rows:integer} times here, and so is "
    "every step. Take the mean, or divide the learning rate.",
    "axis": "The logits are [{rows:integer}, {tokens:integer}, {k:integer}]. The class dimension "
    "comes second: logits.transpose(1, 2).",
    "one_hot": "Whole numbers are class indices, one an example. One-hot rows have to be floats: "
    "targets.float(), or targets.argmax(1).",
    "multilabel": "Labels that do not exclude each other need a sigmoid each: "
    "binary_cross_entropy_with_logits. Under softmax an example with m labels never costs less "
    "than m log m.",
    "ignored": "At step {lost_at:integer} no target counted: 0 / 0 is nan, and one step with nan "
    "makes every weight nan. Leave such a batch out, or divide a sum by at least 1.",
    "one_class": "In a batch of one class its weight stands above the line and below, and cancels. "
    "Shuffle the examples before they are put in batches.",
    "shuffled": "The labels say nothing about the examples, so all that can be learnt is each by "
    "heart. Look for the step that sorts or shuffles one list and not the other.",
    "fast": "Each step goes far beyond the minimum, and the next one far beyond on the other side. "
    "Divide the rate by 10 until the loss comes down quietly.",
    "slow": "The weights move in the right direction, by next to nothing. Multiply the rate by 10 "
    "until the loss comes down.",
    "frozen": "There is a gradient, and no step follows it. Look at what the optimizer was given, "
    "and in PyTorch at requires_grad, no_grad and detach, which switch gradients off.",
    "healthy": "The first loss is log K, it comes down, one batch is learnt by heart, and nothing "
    "is out of range. Leave it running.",
}
# What a wrong answer would have shown, and the test that shows that it does not.
REASONS = {
    "double": ("given", "Then every row that the loss is given would sum to 1."),
    "log_zero": ("by_hand", "Then the loss would be ∞ somewhere, and finite by hand."),
    "sum": ("first_loss", "Then the first loss would be as many times log K as targets count."),
    "axis": ("targets", "Then the logits would have three axes, the classes on the last."),
    "one_hot": ("targets", "Then the targets would be rows of whole numbers."),
    "multilabel": ("targets", "Then some rows of the targets would sum to more than 1."),
    "ignored": ("targets", "Then there would be a batch in which no target counts."),
    "one_class": ("targets", "Then every batch would hold one class only."),
    "shuffled": (
        "neighbours",
        "Then neighbours would have the same label no more often than by chance.",
    ),
    "fast": ("slower", "Then a hundredth of the rate would end at half this loss, or less."),
    "slow": ("moved", "Then the weights would have moved, but by less than their own length."),
    "frozen": ("moved", "Then the weights would not have moved at all."),
    "healthy": ("one_batch", "A healthy run would look different in the test below."),
    "stops": ("first_loss", "Then there would be a first loss. Here the very first call stops."),
    "nan": ("by_hand", "That makes a loss high, or still, but never nan."),
    "early": (
        "first_loss",
        "The first loss is printed before any step is taken. It is wrong then.",
    ),
}
# Which test shows what is wrong with each case.
SHOWN_BY = {
    "double": "given",
    "log_zero": "by_hand",
    "sum": "first_loss",
    "axis": "first_loss",
    "one_hot": "first_loss",
    "multilabel": "targets",
    "ignored": "targets",
    "one_class": "targets",
    "shuffled": "neighbours",
    "fast": "slower",
    "slow": "faster",
    "frozen": "moved",
    "healthy": "one_batch",
}
STOP, LOST = ("axis", "one_hot"), ("log_zero", "ignored")


def reply(answer: str, truth: str) -> tuple[str, str]:
    """Why an answer is wrong, a name among REASONS, and the test that would have ruled it out."""
    if answer == "healthy":
        return "healthy", SHOWN_BY[truth]
    if truth in STOP and answer not in STOP:
        return "stops", SHOWN_BY[truth]
    if truth in LOST and answer not in (*STOP, *LOST):
        return "nan", SHOWN_BY[truth]
    if (answer, truth) == ("fast", "sum"):  # a sum does take steps that are too large
        return "early", "first_loss"
    return answer, REASONS[answer][0]


NAMES = list(REASONS)
REPLIES = [[reply(answer, truth) for truth in FAULTS] for answer in FAULTS]
REASON = np.array([[float(NAMES.index(why)) for why, _ in row] for row in REPLIES]).ravel()
RULES = np.array([[float(list(TESTS).index(test)) for _, test in row] for row in REPLIES]).ravel()


def which_of(number: Any, seed: Any) -> Any:
    """The mistake of a case, its place among FAULTS: the case's own, or at 0 drawn by the seed."""
    drawn = np.floor(uniforms(seed, DRAWN + np.arange(1.0))[0] * len(FAULTS))
    place = np.maximum(number - 1.0, 0.0)
    own = rows_at(CASES, np.reshape(place, (1,)).astype(np.int64))[0]
    return np.where(np.equal(number, 0.0), drawn, own)


def entry(table: Any, diagnosis: Any, which: Any) -> Any:
    """A table's entry for an answer, counted from 1, and a mistake."""
    place = np.maximum(diagnosis - 1.0, 0.0) * len(FAULTS) + which
    return rows_at(table, np.reshape(place, (1,)).astype(np.int64))[0]


def first_where(condition: Any) -> Any:
    """The first step at which something holds; infinite if it never does."""
    return np.min(np.where(condition, np.arange(float(STEPS)), np.inf))


def at(values: Any, step: Any) -> Any:
    """What a column has at a step."""
    return values[np.clip(np.where(np.isnan(step), 0.0, step), 0.0, STEPS - 1.0).astype(np.int64)]


def ladder(values: Any, least: Any) -> Any:
    """The lowest top of the plot that holds what is finite of some values, and at least so much."""
    most = np.maximum(np.max(np.where(np.isfinite(values), values, 0.0)), 1.05 * least)
    return np.min(np.where(np.greater_equal(TOPS, most), TOPS, TOPS[-1]))


def finite_ends(values: Any, fine: Any) -> tuple[Any, Any]:
    """The least and the greatest of a column where its steps are fine."""
    return np.min(np.where(fine, values, np.inf)), np.max(np.where(fine, values, -np.inf))


def asks_for_tests(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which asks for every test by its name where it takes `**ordered`."""
    named = inspect.signature(function).parameters.values()
    own = [one for one in named if one.kind is not inspect.Parameter.VAR_KEYWORD]
    kind = inspect.Parameter.KEYWORD_ONLY
    signature = inspect.Signature([*own, *(inspect.Parameter(name, kind) for name in TESTS)])
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def start(number: float, seed: float) -> State:
    """A case of which nothing is known yet."""
    blank: State = dict.fromkeys(TESTS, False)
    return {"case": number, "seed": seed} | blank | {"diagnosis": 0.0}


class BugClinic(Figure):
    """A run with a mistake: what it prints, tests that are run when they are ordered, an answer."""

    name_of = "bug-clinic"
    title = "The clinic"
    summary = "A training run that went wrong: order tests, and name the mistake."

    checked_share = 0.004

    case = Number(
        0,
        bounds=(0, len(CASES)),
        step=1,
        label="case",
        doc="Which of the mistakes it is, in an order of their own; at 0 the seed draws it.",
    )
    seed = Number(
        44,
        bounds=(0, 9999),
        step=1,
        doc="Fixes the data, the first weights, the number of classes and the rates.",
    )
    locals().update(  # an entry for each test
        (name, Flag(False, label=test.label, doc="Whether this test was ordered."))
        for name, test in TESTS.items()
    )
    diagnosis = Number(
        0,
        bounds=(0, len(FAULTS)),
        step=1,
        label="diagnosis",
        doc="Which answer was given, in the order in which they stand; 0 for none.",
    )
    solved = Number(0, bounds=(0, MOST), step=1, doc="How many cases were solved before this one.")
    missed = Number(0, bounds=(0, MOST), step=1, doc="How many diagnoses were wrong so far.")

    presets = [
        Preset("It stays high", start(1, 29), "The loss comes down, and then not any further."),
        Preset("It is lost", start(2, 4), "All goes well, and then there is no loss any more."),
        Preset("It does not move", start(3, 2), "The loss stands where it began."),
        Preset("It stops", start(4, 3), "The first call ends with an error."),
        Preset("Another", start(0, 5), "A case that the seed draws."),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "from crossent.figures.bug_clinic import examples_of  # pip install crossent\n\n"
            "# The first batch of this case, learnt by heart as it should be\n"
            "x, y = examples_of({case}, {seed})\n"
            "x, y = torch.tensor(x), torch.tensor(y)\n"
            "w = torch.zeros(x.shape[1], int(y.max()) + 1, dtype=torch.float64)\n"
            "rate = 1 / x.square().sum(1).mean()\n"
            "for step in range(500):\n"
            "    w.requires_grad_()\n"
            "    loss = F.cross_entropy(x @ w, y)\n"
            "    w = (w - rate * torch.autograd.grad(loss, w)[0]).detach()\n"
            "print(loss.item())\n"
        ),
    }

    @staticmethod
    def run(case: Any, seed: Any) -> dict[str, Any]:
        """The run, and those of the tests that are runs too."""
        return trained(which_of(case, seed), seed)

    @staticmethod
    @asks_for_tests
    def compute(run: Any, diagnosis: Any, solved: Any, missed: Any, **ordered: Any) -> Columns:
        """The curves that were asked for, and whatever there is to be said of them."""
        which, steps = run["which"], np.arange(float(STEPS))
        shown = evidence(run)
        curves = {
            name: run["loss"][:, i]
            if name == "run"
            else np.where(ordered[name] > 0.5, run["loss"][:, i], np.nan)
            for i, name in enumerate(LANES)
        }
        curves = {
            name: np.where(np.isfinite(curve), curve, np.nan) for name, curve in curves.items()
        }
        # What overflows the plot is left to its upper edge by the other curves, not by the run's.
        top = ladder(np.concatenate([curves["run"], curves["one_batch"]]), shown["log_k"])
        broke = np.where(
            shown["lost"] > 0.5, np.minimum(shown["lost_at"], shown["infinite_at"]), np.nan
        )
        said = np.greater(diagnosis, 0.5)
        right = said & np.equal(diagnosis - 1.0, which)
        wrong = said & np.logical_not(right)
        reason, rule = entry(REASON, diagnosis, which), entry(RULES, diagnosis, which)
        flags = np.stack([ordered[name] for name in TESTS])
        done = np.sum(np.where(np.equal(np.arange(float(len(TESTS))), rule), flags, 0.0))
        verdicts = {f"solved_{name}": right & np.equal(which, fault(name)) for name in FAULTS} | {
            f"not_{name}": wrong & np.equal(reason, float(i)) for i, name in enumerate(NAMES)
        }
        rules = {f"rule_{name}": wrong & np.equal(rule, float(i)) for i, name in enumerate(TESTS)}
        counts = {
            "right": right,
            "wrong": wrong,
            "unordered": wrong & np.less(done, 0.5),
            "tests": np.sum(flags),
            "score": np.minimum(solved + np.where(right, 1.0, 0.0), MOST),
            "misses": missed,
        }
        return {
            "curve": {"step": steps} | curves,
            "guess": {
                "step": np.array([0.0, STEPS - 1.0]),
                "loss": np.where(ordered["first_loss"] > 0.5, shown["log_k"], np.nan) + np.zeros(2),
            },
            "broke": {"step": broke + np.zeros(2), "loss": np.array([0.0, 1e4])},
            "words": {
                "step": np.where(run["stops"] > 0.5, STEPS / 2.0, np.nan) + np.zeros(1),
                "loss": 0.5 * top + np.zeros(1),
            },
            "readout": {"top": top} | shown | verdicts | rules | counts,
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own runs, made with the very mistake; no run of a call that stops."""
        return torch_runs(torch, state)

    @staticmethod
    def edit_judge(case: Any, seed: Any, diagnosis: Any, missed: Any) -> dict[str, Any]:
        """An answer was given; if it is wrong, that is counted."""
        wrong = np.not_equal(diagnosis - 1.0, which_of(case, seed)) & np.greater(diagnosis, 0.5)
        return {"missed": np.minimum(missed + np.where(wrong, 1.0, 0.0), MOST)}

    @staticmethod
    @asks_for_tests
    def edit_order(case: Any, seed: Any, diagnosis: Any, **ordered: Any) -> dict[str, Any]:
        """Order the test that rules a wrong answer out."""
        which = which_of(case, seed)
        wrong = np.greater(diagnosis, 0.5) & np.not_equal(diagnosis - 1.0, which)
        rule = np.where(wrong, entry(RULES, diagnosis, which), -1.0)
        return {
            name: np.equal(rule, float(i)) | np.greater(ordered[name], 0.5)
            for i, name in enumerate(TESTS)
        }

    @staticmethod
    def edit_next(case: Any, seed: Any, diagnosis: Any, solved: Any) -> dict[str, Any]:
        """The next case; this one counts if it was solved."""
        drawn = np.equal(case, 0.0)
        return closed(case, seed, diagnosis, solved) | {
            "case": np.where(drawn, 0.0, case % len(CASES) + 1.0),
            "seed": (seed + 1.0) % 10_000.0,
        }

    @staticmethod
    def edit_case(case: Any, seed: Any, diagnosis: Any, solved: Any, value: Any) -> dict[str, Any]:
        """Another case; its tests are still to be ordered."""
        return closed(case, seed, diagnosis, solved) | {"case": value + 0.0 * case}

    @staticmethod
    def edit_seed(case: Any, seed: Any, diagnosis: Any, solved: Any, value: Any) -> dict[str, Any]:
        """The same case with other numbers, or another one if the seed draws it."""
        return closed(case, seed, diagnosis, solved) | {"seed": value + 0.0 * seed}

    edits = {
        "judge": edit_judge,
        "order": edit_order,
        "next": edit_next,
        "pick": edit_case,
        "draw": edit_seed,
    }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Row(
                Range("seed", edit="draw", format="integer"),
                Range("case", edit="pick", format="integer"),
                Stack(Readout("rate", "learning rate", format="compact")),  # below, on a phone
                widths=(1.0, 1.0, 0.4),
            ),
            Row(
                Stack(
                    curves(columns, 260),
                    *printed(),
                    title="What is seen",
                    name="evidence",
                ),
                Stack(*tests(), title="Tests to order", name="test_list"),
                widths=(1.15, 1.0),
            ),
            Stack(
                Choice("diagnosis", edit="judge", options=tuple(ANSWERS.values())),
                *replies(),
                Row(
                    Action("Next case", "next", main=False),
                    Readout("score", "solved", format="integer", role="truth"),
                    Readout("misses", "wrong diagnoses", format="integer", role="loss"),
                    Readout("tests", "tests ordered", format="integer"),
                ),
                title="What is wrong?",
                frame=True,
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            curves(columns, 280),
            Range("seed", edit="draw", format="integer"),
            Row(
                Readout("log_k", "log K, what guessing costs", unit="nats"),
                Readout("rate", "learning rate", format="compact"),
            ),
        )


def trained(which: Any, seed: Any) -> dict[str, Any]:
    """A case's run, as `compute` wants it."""
    given = case(which, seed)
    weights, shown = train(given)
    present = np.less(np.arange(float(MOST_CLASSES)), given["num_classes"])
    labels = np.take(given["labels"], np.reshape(given["rows"], (-1,)), axis=0)
    labels = np.reshape(labels, (STEPS, BATCH, MOST_CLASSES))
    classes = np.sum(np.where(np.sum(labels, axis=1) > 0.5, 1.0, 0.0), axis=-1)
    sums = np.sum(given["labels"], axis=-1)
    return shown | {
        "which": which,
        "counting": np.sum(given["keep"], axis=-1),
        "classes": classes,
        "most_labels": np.max(sums),
        "least_labels": np.min(sums),
        "agree": nearest_agree(given),
        "length": np.sqrt(np.sum(np.square(given["weights"]))),
        "right": right_share(weights, given["inputs"], given["labels"], present),
        "held_out": right_share(weights, given["held_out"], given["held_out_labels"], present),
        **{
            name: given[name]
            for name in (
                "num_classes",
                "tokens",
                "rate",
                "weighted",
                "weight",
                "floats",
                "several",
                "stops",
            )
        },
    }


def evidence(run: Any) -> dict[str, Any]:
    """Everything that sentences say of a run, and which of them hold."""
    which, loss = run["which"], run["loss"][:, 0]
    come = np.logical_not(np.isnan(run["step"]))
    stops = np.greater(run["stops"], 0.5)
    ran = np.logical_not(stops) & come[-1]
    lost_at = first_where(np.isnan(loss) & come)
    infinite_at = first_where(np.isinf(loss))
    lost = np.isfinite(lost_at) & ran
    infinite = np.isfinite(infinite_at) & ran
    fine = np.where(
        stops, np.less(np.arange(float(STEPS)), 1.0), np.isfinite(loss) | np.isinf(loss)
    )
    # Where printed and recomputed losses are compared: before anything is lost.
    compared = np.where(infinite, infinite_at, np.where(lost, lost_at - 1.0, STEPS - 1.0))
    compared = np.where(stops, 0.0, compared)
    last = np.where(stops, 0.0, np.where(lost, lost_at - 1.0, STEPS - 1.0))
    ends = {name: np.mean(run["loss"][-LAST:, i]) for i, name in enumerate(LANES)}
    k, weighted = run["num_classes"], np.greater(run["weighted"], 0.5)
    several, one_hot, axis = (np.equal(which, fault(n)) for n in ("multilabel", "one_hot", "axis"))
    floats = np.greater(run["floats"], 0.5) & np.logical_not(several)
    low, high = finite_ends(run["low"], fine)[0], finite_ends(run["high"], fine)[1]
    sum_low, sum_high = finite_ends(run["sum_low"], fine)[0], finite_ends(run["sum_high"], fine)[1]
    rows = np.where(axis, 4.0, float(BATCH))
    least_counting = np.min(run["counting"])
    healthy = ran & np.logical_not(lost)
    log_k = np.log(k)
    found = {
        "k": k,
        "log_k": log_k,
        "floor": np.log(np.e + k - 1.0) - 1.0,
        "rows": rows,
        "tokens": run["tokens"],
        "rate": run["rate"],
        "weight": run["weight"],
        "first": loss[0],
        "ratio": loss[0] / log_k,
        "last": at(loss, last),
        "last_step": last,
        "least": np.min(np.where(np.isfinite(loss), loss, np.inf)),
        "most": np.max(np.where(np.isfinite(loss), loss, -np.inf)),
        "lost_at": lost_at,
        "infinite_at": infinite_at,
        "right_share": run["right"],
        "held_share": run["held_out"],
        "hand": at(run["hand"], compared),
        "printed": at(loss, compared),
        "compared": compared,
        "low": low,
        "high": high,
        "sum_low": sum_low,
        "sum_high": sum_high,
        "gap": finite_ends(run["gap"], fine)[1],
        "float32": IN_FLOAT32,
        "grad": run["grad"][0],
        "way": at(run["moved"], last),
        "length": run["length"],
        "agree": run["agree"],
        "chance": 1.0 / k,
        "least_labels": run["least_labels"],
        "most_labels": run["most_labels"],
        "least_classes": np.min(run["classes"]),
        "most_classes": np.max(run["classes"]),
        "counting": least_counting,
        "counting_at": first_where(np.equal(run["counting"], least_counting)),
        "moves": ran & np.isfinite(run["grad"][0]),
        "astray": ran & np.isnan(run["grad"][0]),
        "lost": lost,
        "ran": ran,
        "under_way": np.logical_not(come[-1]),
        "stopped": stops,
        "comes_down": healthy,
        "only_lost": lost & np.logical_not(infinite),
        "first_infinite": lost & infinite,
        "stopped_axis": axis,
        "stopped_one_hot": one_hot,
        "flat": np.logical_not(axis | one_hot | np.greater(run["floats"], 0.5)),
        "in_rows": np.logical_not(axis) & (one_hot | np.greater(run["floats"], 0.5)),
        "whole": np.logical_not(one_hot | np.greater(run["floats"], 0.5)),
        "one_each": floats,
        "several": several,
        "all_count": np.equal(least_counting, float(BATCH)) & np.logical_not(stops),
        "some_count": np.less(least_counting, float(BATCH))
        & np.greater(least_counting, 0.0)
        & np.logical_not(stops),
        "none_count": np.equal(least_counting, 0.0) & np.logical_not(stops),
        "weights": weighted,
        "no_weights": np.logical_not(weighted),
        "difference": np.max(np.where(np.isfinite(loss), np.abs(loss - run["loss"][:, 4]), 0.0)),
    }
    for i, name in enumerate(LANES[1:], 1):
        lane = run["loss"][:, i]
        gone = first_where((np.isnan(lane) | np.isinf(lane)) & come)
        found |= {
            f"end_{name}": ends[name],
            f"gone_{name}": gone,
            f"beside_{name}": ran & np.isinf(gone) & healthy,
            f"alone_{name}": ran & np.isinf(gone) & np.logical_not(healthy),
            f"lost_{name}": ran & np.isfinite(gone),
        }
    return found | {
        "end_run": ends["run"],
        "compares": healthy & weighted,
        "compares_lost": lost & weighted,
        "nothing_weighed": ran & np.logical_not(weighted),
    }


def closed(number: Any, seed: Any, diagnosis: Any, solved: Any) -> dict[str, Any]:
    """What is left of a case that is closed: one more that was solved, perhaps."""
    right = np.equal(diagnosis - 1.0, which_of(number, seed))
    blank = {name: np.greater(0.0 * seed, 1.0) for name in TESTS}
    more = np.minimum(solved + np.where(right, 1.0, 0.0), MOST)
    return blank | {"diagnosis": 0.0 * diagnosis, "solved": more}


def examples_of(number: float, seed: float) -> tuple[Any, Any]:
    """A case's first batch: inputs (n, INPUTS + 1) and class indices (n,), for another library."""
    given = case(which_of(np.float64(number), np.float64(seed)), np.float64(seed))
    first = given["rows"][0]
    return given["inputs"][first], np.argmax(given["labels"][first], axis=-1)


def torch_runs(torch: Any, state: State) -> dict[str, float]:
    """The losses of a case by torch: the same examples, weights and batches, and the mistake.

    Of a run that is lost torch tells the step; the losses before it are not compared where
    probabilities are float32's, in a loss that is made of them.
    """
    seed = np.float64(state["seed"])
    given = case(which_of(np.float64(state["case"]), seed), seed)
    name = FAULTS[int(given["which"])]
    if name in STOP:
        return {}
    losses = torch_losses(torch, given, name)
    found = {
        "lost_at": float(first_where(np.isnan(losses["run"]))),
        "infinite_at": float(first_where(np.isinf(losses["run"]))),
    }
    if name != "log_zero":
        found["first"] = losses["run"][0]
    for lane, printed_by in losses.items():
        if np.all(np.isfinite(printed_by)):
            found[f"end_{lane}"] = float(np.mean(printed_by[-LAST:]))
    return found


def torch_losses(torch: Any, given: Any, name: str) -> dict[str, Any]:
    """What each step of the run prints, and of those tests on it that are runs with its weights."""
    k = int(given["num_classes"])
    first = torch.tensor(given["weights"][:, :k])
    class_weights = torch.ones(k, dtype=torch.float64)
    class_weights[0] = float(given["weight"]) if given["weighted"] else 1.0
    rates = {"run": 1.0, "slower": 0.01, "faster": 100.0, "one_batch": 1.0}
    weights = torch.stack([first] * len(rates)).requires_grad_()
    steps = torch.tensor(list(rates.values()), dtype=torch.float64) * float(given["rate"])
    losses = []
    for t in range(STEPS):
        found = [
            torch_loss(
                torch, given, name, weights[i], class_weights, 0 if lane == "one_batch" else t
            )
            for i, lane in enumerate(rates)
        ]
        losses.append([loss.item() for loss in found])
        (grad,) = torch.autograd.grad(sum(found), weights)
        if name != "frozen":
            weights.data = (weights.data - steps[:, None, None] * grad).float().double()
    return dict(zip(rates, np.array(losses).T, strict=True))


def torch_loss(
    torch: Any, given: Any, name: str, weights: Any, class_weights: Any, batch: int
) -> Any:
    """Torch's loss of one batch, with the mistake that is in it."""
    functional, rows = torch.nn.functional, given["rows"][batch]
    labels = torch.tensor(given["labels"][rows][:, : len(class_weights)])
    classes = torch.where(torch.tensor(given["keep"][batch]) > 0, labels.argmax(1), -100)
    logits = torch.tensor(given["inputs"][rows]) @ weights
    if name == "log_zero":
        logs = logits.float().softmax(1).log().double()
        return functional.nll_loss(logs, classes, weight=class_weights)
    return functional.cross_entropy(
        logits.softmax(1) if name == "double" else logits,
        labels if given["floats"] else classes,
        weight=class_weights,
        reduction="sum" if name == "sum" else "mean",
    )


# What each curve looks like: its colour, and how it is drawn.
LOOKS: dict[str, tuple[str, Any]] = {
    "run": ("loss", "solid"),
    "slower": ("squared", [8, 3]),
    "faster": ("down", [2, 3]),
    "one_batch": ("prediction", [10, 3, 2, 3]),
    "unweighted": ("truth", [4, 4]),
}


def curves(columns: Any, height: int) -> Plot:
    """The loss of the run, and of those tests that are runs."""
    plot = curve_plot(
        x_range=(0, STEPS - 1),
        y_range=(0, 3),
        x_label="step",
        y_label="printed loss",
        height=height,
    )
    columns = own_sources(columns)
    hairline(plot, "step", "loss", columns["guess"], line_color=color("ink"))
    hairline(plot, "step", "loss", columns["broke"], line_color=color("down"), line_dash="dotted")
    for name in (*LANES[1:], "run"):
        role, dash = LOOKS[name]
        plot.line(
            "step",
            name,
            source=columns["curve"],
            line_width=3 if name == "run" else 2.5,
            line_dash=dash,
            line_color=color(role),
        )
    words = columns["words"]
    plot.text(
        "step",
        "loss",
        text={"value": "no loss"},
        source=words,
        text_align="center",
        text_color=color("loss"),
        text_font_size="15px",
    )
    return Plot(
        plot,
        describe="The printed loss step by step, with the losses of the tests that are runs.",
        ends=(("y.end", "top"),),
        height=height,
    )


def one_of(*sentences: Sentence) -> Stack:
    """Sentences in one place, of which those that do not hold take no room."""
    return Stack(*(Stack(replace(said, when=None), when=said.when) for said in sentences))


def printed() -> tuple[Node, ...]:
    """What is known before any test is ordered."""
    return (
        one_of(
            Sentence("The run is under way.", role="muted", when="under_way"),
            Sentence(
                "Printed: {first} at step 0, {last} at step {last_step:integer}; the least "
                "{least}, the most {most}.",
                role="loss",
                when="comes_down",
            ),
            Sentence(
                "Printed: {first} at step 0, {last} at step {last_step:integer}, and nan from step "
                "{lost_at:integer} on.",
                role="loss",
                when="only_lost",
            ),
            Sentence(
                "Printed: {first} at step 0, ∞ at step {infinite_at:integer}, and nan from step "
                "{lost_at:integer} on.",
                role="loss",
                when="first_infinite",
            ),
            Sentence(
                "The first call stops: “Expected target size [{rows:integer}, {k:integer}], got "
                "[{rows:integer}, {tokens:integer}]”.",
                role="loss",
                when="stopped_axis",
            ),
            Sentence(
                "The first call stops: “Expected floating point type for target with class "
                "probabilities, got Long”.",
                role="loss",
                when="stopped_one_hot",
            ),
        ),
        one_of(
            Sentence(
                "Logits [{rows:integer}, {k:integer}], targets [{rows:integer}].", when="flat"
            ),
            Sentence(
                "Logits [{rows:integer}, {k:integer}], targets [{rows:integer}, {k:integer}].",
                when="in_rows",
            ),
            Sentence(
                "Logits [{rows:integer}, {tokens:integer}, {k:integer}], targets [{rows:integer}, "
                "{tokens:integer}].",
                when="stopped_axis",
            ),
        ),
        one_of(
            Sentence(
                "{k:integer} classes, class 0 with the weight {weight:integer}, all others 1.",
                when="weights",
            ),
            Sentence("{k:integer} classes.", when="no_weights"),
        ),
        one_of(
            Sentence(
                "In the end the most probable class is a true one for {right_share:percent} of the "
                "examples, and for {held_share:percent} of others, held out.",
                when="comes_down",
            ),
            Sentence("After that every weight of the model is nan.", when="lost"),
            Sentence("No step is taken.", when="stopped"),
        ),
    )


def tests() -> tuple[Node, ...]:
    """Each test, and below it what it shows once it is ordered."""
    stopped = Sentence("There is nothing to see: the first call stops.", when="stopped")
    return (
        test(
            "first_loss",
            one_of(
                Sentence(
                    "{first} at step 0. To guess blindly among {k:integer} classes costs log "
                    "{k:integer} = {log_k}. The first loss is {ratio:short} times that.",
                    when="ran",
                ),
                Sentence("There is no first loss: the call stops before.", when="stopped"),
            ),
        ),
        test(
            "targets",
            one_of(
                Sentence("Whole numbers from 0 on, [{rows:integer}]: a class each.", when="flat"),
                Sentence(
                    "Whole numbers, [{rows:integer}, {tokens:integer}]: a class for each of "
                    "{tokens:integer} tokens. The logits have three axes, the {k:integer} classes "
                    "on the last.",
                    when="stopped_axis",
                ),
                Sentence(
                    "Whole numbers (int64), [{rows:integer}, {k:integer}]: rows of zeros with a "
                    "single 1.",
                    when="stopped_one_hot",
                ),
                Sentence(
                    "Floats, [{rows:integer}, {k:integer}]: rows of zeros with a single 1.",
                    when="one_each",
                ),
                Sentence(
                    "Floats, [{rows:integer}, {k:integer}]: rows of zeros and ones, which sum to "
                    "{least_labels:integer} to {most_labels:integer}.",
                    when="several",
                ),
            ),
            Sentence(
                "In a batch there are {least_classes:integer} to {most_classes:integer} classes.",
            ),
            one_of(
                Sentence("All targets count, in every batch.", when="all_count"),
                Sentence(
                    "Some are −100, which is ignored; in every batch {counting:integer} or more "
                    "count.",
                    when="some_count",
                ),
                Sentence(
                    "Some are −100, which is ignored; at step {counting_at:integer} all "
                    "{rows:integer} of them.",
                    when="none_count",
                ),
                Sentence("No batch gets any further than the call.", when="stopped"),
            ),
        ),
        test(
            "given",
            Sentence(
                "As long as there are numbers: from {low:compact} to {high:compact}; the rows sum "
                "to {sum_low:compact} to {sum_high:compact}."
            ),
            Sentence(
                "The widest gap between two logits of a row is {gap}. In float32 a probability is "
                "0 beyond {float32:integer}."
            ),
        ),
        test(
            "by_hand",
            Sentence(
                "Step {compared:integer}: log-softmax of the logits, taken at the targets, gives "
                "{hand} on average."
            ),
            one_of(
                Sentence("The run printed {printed}.", when="ran"),
                Sentence("The run printed nothing: the call stops.", when="stopped"),
            ),
        ),
        test("one_batch", ends_at("one_batch", "The first batch alone, again and again")),
        test("slower", ends_at("slower", "A hundredth of the rate")),
        test("faster", ends_at("faster", "A hundred times the rate")),
        test(
            "moved",
            one_of(
                Sentence(
                    "The first gradient has the length {grad:compact}. Up to step "
                    "{last_step:integer} the weights, {length:compact} long at first, have moved "
                    "by {way:compact}.",
                    when="moves",
                ),
                Sentence("The very first gradient is nan, and so is every weight.", when="astray"),
                stopped,
            ),
        ),
        test(
            "unweighted",
            one_of(
                Sentence("There are no class weights to leave out.", when="nothing_weighed"),
                Sentence(
                    f"All weights 1: the last {LAST} losses are {{end_unweighted}} on average. No "
                    "step’s loss differs from the run’s by more than {difference:compact}.",
                    role="truth",
                    when="compares",
                ),
                Sentence(
                    "All weights 1: no number from step {gone_unweighted:integer} on.",
                    role="truth",
                    when="compares_lost",
                ),
                stopped,
            ),
        ),
        test(
            "neighbours",
            Sentence(
                "For {agree:percent} of the examples the nearest other example has a label of "
                "theirs. By chance it would be about {chance:percent}."
            ),
        ),
    )


def test(name: str, *shown: Node) -> Stack:
    """A test to order, and what it shows."""
    return Stack(Switch(name), Stack(*shown, only=(name, True), frame=True), name=f"test_{name}")


def ends_at(lane: str, what: str) -> Stack:
    """How a run that is a test ends."""
    role = LOOKS[lane][0]
    return one_of(
        Sentence(
            f"{what}: the last {LAST} losses are {{end_{lane}}} on average; the run’s own are "
            "{end_run}.",
            role=role,
            when=f"beside_{lane}",
        ),
        Sentence(
            f"{what}: the last {LAST} losses are {{end_{lane}}} on average.",
            role=role,
            when=f"alone_{lane}",
        ),
        Sentence(
            f"{what}: no number from step {{gone_{lane}:integer}} on.",
            role=role,
            when=f"lost_{lane}",
        ),
        Sentence("There is nothing to see: the first call stops.", when="stopped"),
    )


def replies() -> tuple[Node, ...]:
    """What is said to an answer."""
    return (
        Stack(
            one_of(
                *(
                    Sentence(f"Not that. {text}", role="loss", when=f"not_{name}")
                    for name, (_, text) in REASONS.items()
                )
            ),
            one_of(
                *(
                    Sentence(f"What would have ruled it out: {test.words}.", when=f"rule_{name}")
                    for name, test in TESTS.items()
                )
            ),
            Stack(Action("Order that test", "order", main=True), when="unordered"),
            when="wrong",
            name="reply",
        ),
        Stack(
            one_of(
                *(
                    Sentence(f"That is it. {text}", role="truth", when=f"solved_{name}")
                    for name, text in SOLVED.items()
                )
            ),
            when="right",
            name="solution",
        ),
    )
