"""Lesson 03: the loss is what makes observations most likely."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    ClassBars,
    Drag,
    Handle,
    Node,
    OneOf,
    Part,
    Plot,
    Range,
    Readout,
    Row,
    Sentence,
    Stack,
    SumBar,
    SumBars,
    color,
    curve_plot,
    diamond,
    level,
)
from ..core.kernels import (
    cross_entropy_of,
    drawn,
    entropy,
    kl_divergence,
    likelihood,
    log_likelihood,
    mixture,
    move_probability,
    one_hot,
    sigmoid,
    uniforms,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassIndex, ClassNames, Distribution, Number, Vector

MOST = 2000  # observations of one class
HEIGHTS = np.array([10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0])  # of the counts' bars
FULL = 3.0  # nats: the width of the sum
SAME = 1e-12  # a divergence below this is rounding

CURVE_P = sigmoid(np.linspace(-9.0, 9.0, 181))  # closer together where the curve is steep
FLOOR_P = np.array([0.0, 1.0])
LABEL_P = np.array([np.nan, 0.99])

AT_ONCE = 100  # draws, at most
SOURCE = 2.0**31  # the places in the seed's numbers from which the source is made
LEAST_SHARE = 0.1  # of a class in the source, before the shares are made to sum to 1

ANIMALS = ["cat", "dog", "fox", "owl"]


def source_of_draws(seed: Any, num_classes: int) -> Any:
    """The distribution that draws are made from: fixed by the seed, whatever p and the counts."""
    shares = LEAST_SHARE + uniforms(seed, SOURCE + np.arange(num_classes))
    return shares / np.sum(shares)


def shares_of(counts: Any) -> Any:
    """Each class's share of the observations; nan if there are none."""
    total = np.sum(counts)
    some = np.greater(total, 0.0)
    return np.where(some, counts / np.where(some, total, 1.0), np.nan)


class CountLikelihood(Figure):
    """Counted observations, a model of them, and how likely the model makes them."""

    name_of = "count-likelihood"
    title = "Counts and likelihood"
    summary = (
        "Drag what was observed and what the model expects; the likelihood is largest, and the "
        "mean loss least, where the model is the observed frequencies."
    )

    counts = Vector(
        [5, 2, 2, 1],
        bounds=(0, MOST),
        step=1,
        label="observed n",
        doc="How often each class was observed.",
    )
    probs = Distribution([0.25] * 4, label="model p", doc="How often the model expects each class.")
    classes = ClassNames(ANIMALS, doc="The classes' names.")
    focus = ClassIndex(0, label="class on the curve", doc="The class whose probability is varied.")
    seed = Number(
        1,
        bounds=(0, 9999),
        step=1,
        doc="Fixes the hidden source and every draw from it.",
    )

    presets = [
        Preset(
            "Ten tosses",
            {"counts": [6, 4], "probs": [0.5, 0.5], "classes": ["heads", "tails"], "focus": 0},
            "Six heads in ten are most likely under p = 0.6, though the coin may be fair.",
        ),
        Preset(
            "Lopsided",
            {"counts": [90, 7, 2, 1], "probs": [0.25] * 4, "classes": ANIMALS, "focus": 0},
            "A uniform model costs log 4 = 1.386 each; the frequencies need only 0.405.",
        ),
        Preset(
            "2000 observations",
            {
                "counts": [1000, 500, 300, 200],
                "probs": [0.4, 0.3, 0.2, 0.1],
                "classes": ANIMALS,
                "focus": 0,
            },
            "The product of 2000 probabilities is exactly 0 in float64; the sum of logs is −2462.",
        ),
        Preset(
            "Seen, but ruled out",
            {"counts": [5, 4, 1, 0], "probs": [0.5, 0.5, 0, 0], "classes": ANIMALS, "focus": 2},
            "One fox is enough: with p = 0 for it the likelihood is 0, whatever the rest.",
        ),
        Preset(
            "Nothing yet",
            {"counts": [0] * 4, "probs": [0.25] * 4, "classes": ANIMALS, "focus": 0, "seed": 1},
            "Draw one by one: the dashes jump at first, and settle as observations add up.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n\n"
            "n = torch.tensor({counts}, dtype=torch.float64)\n"
            "p = torch.tensor({probs}, dtype=torch.float64)\n"
            "log_likelihood = torch.xlogy(n, p).sum()  # xlogy: 0 log 0 is 0\n"
            "print(0.0 - (log_likelihood / n.sum()).item())  # the mean: cross-entropy\n"
            "print(log_likelihood.item(), (p**n).prod().item())  # the product may underflow\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "n = np.array({counts}, dtype=float)\n"
            "p = np.array({probs})\n"
            "seen = n > 0  # 0 log 0 is 0\n"
            'with np.errstate(divide="ignore", invalid="ignore"):\n'
            "    log_likelihood = (n[seen] * np.log(p[seen])).sum()\n"
            "    print(0.0 - log_likelihood / n.sum())  # the mean: cross-entropy\n"
            "print(log_likelihood, (p**n).prod())  # the product may underflow\n"
        ),
    }

    @staticmethod
    def compute(counts: Any, probs: Any, focus: Any) -> Columns:
        """The observations' likelihood, and the mean loss against one class's probability."""
        frequencies = shares_of(counts)
        total = np.sum(counts)
        product, logs = likelihood(counts, probs), log_likelihood(counts, probs)
        loss = cross_entropy_of(frequencies, probs)
        floor = entropy(frequencies)
        gap = np.maximum(kl_divergence(frequencies, probs), 0.0)  # never negative, but for rounding
        held = one_hot(focus, probs.shape[-1])
        f_focus = np.sum(np.where(np.equal(held, 1.0), frequencies, 0.0))
        others = move_probability(probs, focus, np.expand_dims(CURVE_P, -1))
        # With the others in proportion the curve is lowest at this class's own frequency.
        least = cross_entropy_of(frequencies, move_probability(probs, focus, f_focus))
        top = np.maximum(2.0, np.where(np.isfinite(least), 1.6 * least, 0.0))
        most = np.max(counts)
        empty = np.equal(total, 0.0)
        impossible = np.isinf(logs)
        underflow = np.equal(product, 0.0) & np.logical_not(impossible)
        fitted = np.less(gap, SAME) & np.logical_not(underflow)
        return {
            "classes": {"frequency": frequencies},
            "curve": {"p": CURVE_P, "loss": cross_entropy_of(frequencies, others)},
            "floor": {"p": FLOOR_P, "loss": floor + np.zeros(2), "label_p": LABEL_P},
            "least": {"p": np.stack([f_focus]), "loss": np.stack([least])},
            "readout": {
                "loss": loss,
                "mean_nll": loss,
                "empirical_entropy": floor,
                "kl": gap,
                "likelihood": product,
                "log_likelihood": logs,
                "log10_likelihood": logs / np.log(10.0),
                "total": total,
                "p_focus": np.sum(held * probs),
                "frequency_focus": f_focus,
                "least_focus": least,
                "top": top,
                "height": np.min(np.where(np.greater(HEIGHTS, most), HEIGHTS, float(MOST))),
                "empty": empty,
                "some": np.logical_not(empty),
                "impossible": impossible,
                "underflow": underflow,
                "fitted": fitted,
                "ordinary": np.logical_not(empty | impossible | underflow | fitted),
            },
        }

    @staticmethod
    def edit_focus_prob(probs: Any, focus: Any, value: Any) -> dict[str, Any]:
        """Set the probability of the class on the curve; the others keep their proportions."""
        return {"probs": move_probability(probs, focus, value)}

    @staticmethod
    def edit_fit(counts: Any, probs: Any, value: Any) -> dict[str, Any]:
        """Take the model `value` of the way to the frequencies, from 0 (none) to 1 (all of it)."""
        fitted = mixture(probs, shares_of(counts), value)
        return {"probs": np.where(np.greater(np.sum(counts), 0.0), fitted, probs)}

    @staticmethod
    def edit_reveal(probs: Any, seed: Any, value: Any) -> dict[str, Any]:
        """Take the model `value` of the way to the hidden source."""
        return {"probs": mixture(probs, source_of_draws(seed, probs.shape[-1]), value)}

    @staticmethod
    def edit_draw(counts: Any, seed: Any, value: Any) -> dict[str, Any]:
        """Draw `value` more observations, at most 100: each depends on the seed and its place."""
        num_classes = counts.shape[-1]
        places = np.arange(float(AT_ONCE))
        chances = uniforms(seed, np.sum(counts) + places)
        classes = one_hot(drawn(source_of_draws(seed, num_classes), chances), num_classes)
        wanted = np.expand_dims(np.less_equal(places + 1.0, value), -1)
        new = np.sum(np.where(wanted, classes, 0.0), axis=0)
        return {"counts": np.minimum(counts + new, float(MOST))}

    edits = {
        "focus_prob": edit_focus_prob,
        "fit": edit_fit,
        "reveal": edit_reveal,
        "draw": edit_draw,
    }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        counts = torch.tensor(state["counts"], dtype=torch.float64)
        probs = torch.tensor(state["probs"], dtype=torch.float64)
        return {"log_likelihood": torch.xlogy(counts, probs).sum().item()}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            mean_loss(),
            Row(moves(), Stack(remarks(), name="remarks")),
            Row(
                observations(),
                Stack(
                    Row(
                        Readout("likelihood", "likelihood, the product of pⁿ"),
                        Readout("log_likelihood", "log-likelihood, the sum of n log p"),
                        Readout("total", "observations", format="integer"),
                    ),
                    curve(columns, 290),
                    Sentence(
                        "◆ is the lowest point: {@focus} at its frequency, "
                        "{frequency_focus:probability}, where the mean is {least_focus}.",
                        when="some",
                    ),
                    Stack(
                        Sentence(
                            "Draws come from a hidden source that the seed fixes, not from p. "
                            "They are independent, which is why probabilities multiply; the same "
                            "seed gives the same draws again.",
                            role="muted",
                        ),
                        name="draw",
                    ),
                ),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            ClassBars(*rows((60, 60)), target=None, resizable=False),
            mean_loss("normal"),
        )


def rows(heights: tuple[int, int]) -> tuple[Drag, Drag]:
    """Counts and model, each to be dragged."""
    return (
        Drag(
            "counts",
            "observed n",
            role="truth",
            format="integer",
            span=(0.0, "height"),
            height=heights[0],
        ),
        Drag(
            "probs",
            "model p; the dashes are the observed frequencies",
            format="probability",
            edit="probs",
            mark="classes.frequency",
            height=heights[1],
        ),
    )


def mean_loss(size: str = "large") -> SumBars:
    """The mean loss: what the frequencies leave open, and what the model adds."""
    return SumBars(
        SumBar(
            "mean_nll",
            "mean negative log-likelihood",
            (
                Part("empirical_entropy", "entropy of the frequencies f", "truth"),
                Part("kl", "KL(f ‖ p)", "loss", hatched=True),
            ),
            size=size,
        ),
        full=FULL,
        unit="nats",
    )


def remarks() -> OneOf:
    """What there is to say of this state."""
    return OneOf(
        Sentence(
            "The likelihood is largest and the mean least at one and the same p: the "
            "frequencies, where the dashes are.",
            when="ordinary",
        ),
        Sentence(
            "p is the frequencies: no model makes these observations more likely. What is "
            "left of the mean is their entropy.",
            when="fitted",
        ),
        Sentence(
            "The true product is 10 to the {log10_likelihood:integer}, below the smallest "
            "64-bit float, so multiplying gives exactly 0. The sum of logarithms stays finite.",
            role="loss",
            when="underflow",
        ),
        Sentence(
            "A class was observed that p rules out: one factor is 0, so the likelihood is 0 "
            "and its logarithm −∞.",
            role="loss",
            when="impossible",
        ),
        Sentence(
            "Nothing observed yet: a product of no factors is 1, and there is nothing to "
            "take a mean of.",
            when="empty",
        ),
    )


def curve(columns: Any, height: int) -> Plot:
    """The mean loss against one class's probability, with its least value marked."""
    plot = curve_plot(
        x_range=(0, 1),
        y_range=(0, 2),
        x_label="p of that class, others in proportion",
        y_label="mean −log p, nats",
        height=height,
    )
    level(plot, columns["floor"], "entropy of the frequencies", "truth", above=False)
    plot.line("p", "loss", source=columns["curve"], line_width=3, line_color=color("loss"))
    diamond(plot, "p", "loss", columns["least"], size=14)
    return Plot(
        plot,
        describe="The mean negative log-likelihood against the probability of one class, the "
        "others in proportion. It is lowest where the probability is the observed frequency.",
        handles=(
            Handle(
                "p_focus",
                "loss",
                label="probability, on the curve",
                param="probs",
                edit="focus_prob",
                format="probability",
            ),
        ),
        ends=(("y.end", "top"),),
        height=height,
    )


def moves() -> Row:
    """What moves the model."""
    return Row(
        Action(
            "Set p to the frequencies",
            "fit",
            animate=True,
            main=True,
            hint="Moves the model to the observed frequencies",
        ),
        Action(
            "Show the source as p",
            "reveal",
            animate=True,
            hint="Shows the hidden source that draws come from",
        ),
    )


def observations() -> Stack:
    """The counts and the model, and what draws more."""
    return Stack(
        ClassBars(
            *rows((88, 88)),
            target="focus",
            target_label="class on the curve",
            target_text="curve",
            target_role="loss",
        ),
        Row(
            Action("Draw one", "draw", hint="One more observation from the source"),
            Action(
                "Draw 100",
                "draw",
                value=float(AT_ONCE),
                animate=True,
                hint="A hundred more observations from the source",
            ),
        ),
        Range("seed", format="integer", role="truth"),
    )
