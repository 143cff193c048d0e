"""Lesson 02: cross-entropy is the entropy of the truth and what the model adds to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    Bars,
    Choice,
    ClassBars,
    Drag,
    Node,
    OneOf,
    Part,
    Plot,
    Row,
    Sentence,
    Stack,
    SumBar,
    SumBars,
    color,
    curve_plot,
)
from ..core.kernels import (
    cross_entropy_of,
    entropy,
    kl_divergence,
    mixture,
    surprise,
    to_bits,
)
from .figure import Columns, Figure, Preset, State
from .parameters import ClassNames, Distribution, Selector

FULL = 3.0  # nats: the width of the sums; ten classes have at most 2.3 of entropy
LONGEST = 6.0  # bits: the height of the code lengths
SAME = 1e-12  # a divergence below this is rounding


class TwoDistributions(Figure):
    """A truth and a model, and the cross-entropy between them taken apart."""

    name_of = "two-distributions"
    title = "Two distributions"
    summary = (
        "Drag the truth q and the model p; cross-entropy is the entropy of q, which no model "
        "can go below, and the divergence of p from it."
    )

    truth = Distribution(
        [0.5, 0.25, 0.15, 0.1], label="truth q", doc="How often each class really comes."
    )
    probs = Distribution(
        [0.05, 0.35, 0.4, 0.2], label="model p", doc="How often the model expects each class."
    )
    classes = ClassNames(["cat", "dog", "fox", "owl"], doc="The classes' names.")
    unit = Selector(
        "nats", options={"nats": "nats", "bits": "bits"}, doc="What information is counted in."
    )

    presets = [
        Preset(
            "Two classes",
            {"truth": [0.5, 0.5], "probs": [0.9, 0.1], "unit": "nats"},
            "KL is 0.511 one way round and 0.368 the other: it is no distance.",
        ),
        Preset(
            "Uniform model",
            {"truth": [0.5, 0.25, 0.15, 0.1], "probs": [0.25] * 4, "unit": "nats"},
            "Drag q as you like: H(q, p) stays at log 4 = 1.386, only its parts change.",
        ),
        Preset(
            "Whole bits",
            {"truth": [0.5, 0.25, 0.125, 0.125], "probs": [0.25] * 4, "unit": "bits"},
            "Two bits for every class; codes of 1, 2, 3 and 3 bits need only 1.75 on average.",
        ),
        Preset(
            "Certain truth",
            {"truth": [0.0, 0.0, 1.0, 0.0], "probs": [0.1, 0.2, 0.6, 0.1], "unit": "nats"},
            "H(q) is 0 and what is left is −log 0.6 = 0.511, the loss of a labelled example.",
        ),
        Preset(
            "Ruled out",
            {"truth": [0.5, 0.3, 0.1, 0.1], "probs": [0.6, 0.4, 0.0, 0.0]},
            "Two classes that do come have p = 0: infinite. Swapped, it is finite.",
        ),
    ]

    code = {
        "PyTorch": (
            "import math\n\n"
            "import torch\n\n"
            "q = torch.tensor({truth}, dtype=torch.float64)\n"
            "p = torch.tensor({probs}, dtype=torch.float64)\n"
            "cross_entropy = 0.0 - torch.xlogy(q, p).sum()  # xlogy: 0 log 0 is 0\n"
            "entropy = 0.0 - torch.xlogy(q, q).sum()\n"
            'if {unit} == "bits":\n'
            "    cross_entropy, entropy = cross_entropy / math.log(2), entropy / math.log(2)\n"
            "print(cross_entropy.item())\n"
            "print(entropy.item(), (cross_entropy - entropy).item())  # H(q) and KL(q || p)\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "q = np.array({truth})\n"
            "p = np.array({probs})\n"
            "comes = q > 0  # 0 log 0 is 0\n"
            'with np.errstate(divide="ignore"):\n'
            "    cross_entropy = 0.0 - (q[comes] * np.log(p[comes])).sum()\n"
            "entropy = 0.0 - (q[comes] * np.log(q[comes])).sum()\n"
            'if {unit} == "bits":\n'
            "    cross_entropy, entropy = cross_entropy / np.log(2), entropy / np.log(2)\n"
            "print(cross_entropy)\n"
            "print(entropy, cross_entropy - entropy)  # H(q) and KL(q || p)\n"
        ),
    }

    @staticmethod
    def compute(truth: Any, probs: Any) -> Columns:
        """Each class's code lengths, and both cross-entropies with their parts."""
        nats = {
            "cross_entropy": cross_entropy_of(truth, probs),
            "entropy": entropy(truth),
            # Never negative (Gibbs), but for rounding.
            "kl": np.maximum(kl_divergence(truth, probs), 0.0),
            "reverse_cross_entropy": cross_entropy_of(probs, truth),
            "reverse_entropy": entropy(probs),
            "reverse_kl": np.maximum(kl_divergence(probs, truth), 0.0),
        }
        bits = {f"{name}_bits": to_bits(value) for name, value in nats.items()}
        length, ideal = to_bits(surprise(probs)), to_bits(surprise(truth))
        right = np.cumsum(truth)
        infinite = np.isinf(nats["cross_entropy"])
        same = np.less(nats["kl"], SAME)
        certain = np.equal(np.max(truth), 1.0) & np.logical_not(infinite | same)
        return {
            "classes": {"truth": truth + 0.0, "length": length, "ideal": ideal},
            "areas": {
                "left": right - truth,
                "right": right,
                "length": np.minimum(length, LONGEST),
                "ideal": np.minimum(ideal, LONGEST),
            },
            "readout": nats
            | bits
            | {
                "loss": nats["cross_entropy"],
                "infinite": infinite,
                "same": same,
                "certain": certain,
                "ordinary": np.logical_not(infinite | same | certain),
            },
        }

    @staticmethod
    def edit_swap(truth: Any, probs: Any) -> dict[str, Any]:
        """Let each take the other's place."""
        return {"truth": probs + 0.0, "probs": truth + 0.0}

    @staticmethod
    def edit_learn(truth: Any, probs: Any, value: Any) -> dict[str, Any]:
        """Take the model `value` of the way to the truth, from 0 (none) to 1 (all of it)."""
        return {"probs": mixture(probs, truth, value)}

    edits = {"swap": edit_swap, "learn": edit_learn}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        q = torch.tensor(state["truth"], dtype=torch.float64)
        p = torch.tensor(state["probs"], dtype=torch.float64)
        return {
            "entropy": -torch.xlogy(q, q).sum().item(),
            "cross_entropy": -torch.xlogy(q, p).sum().item(),
        }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            *sums(),
            Row(
                Row(
                    Action(
                        "p becomes q",
                        "learn",
                        animate=True,
                        main=True,
                        hint="Moves the model to the truth, in a straight line",
                    ),
                    Action("Swap q and p", "swap", hint="Each takes the other’s place"),
                    Choice("unit", label="in"),
                ),
                remarks(),
            ),
            Row(
                bars((88, 88, 50)),
                Stack(
                    areas(columns, 310),
                    Sentence(
                        "The area is the average length. Filled: {cross_entropy_bits} bits, with "
                        "lengths −log₂ p. Under the dashes: {entropy_bits} bits, with −log₂ q, the "
                        "least that any code needs."
                    ),
                    name="lengths",
                ),
            ),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            ClassBars(*distributions((60, 60)), target=None, resizable=False),
            *sums(reverse=False, size="normal"),
        )


def bars(heights: tuple[int, int, int]) -> ClassBars:
    """Both distributions to drag, and the code lengths that the model gives."""
    code = Bars(
        "classes.length",
        "code length −log₂ p in bits; the dashes are the best code’s, −log₂ q",
        bounds=(0.0, LONGEST),
        role="loss",
        format="number",
        mark="classes.ideal",
        height=heights[2],
    )
    rows = distributions(heights)
    return ClassBars(*rows, code, target=None)


def distributions(heights: tuple[int, ...]) -> tuple[Drag, Drag]:
    """Both distributions to drag."""
    return (
        Drag(
            "truth",
            "truth q",
            role="truth",
            format="probability",
            edit="truth",
            height=heights[0],
        ),
        Drag(
            "probs",
            "model p",
            format="probability",
            edit="probs",
            mark="classes.truth",
            height=heights[1],
        ),
    )


def sums(*, reverse: bool = True, size: str = "large") -> tuple[Node, Node]:
    """Cross-entropy and its parts, in nats and in bits, of which one is shown."""

    def bars(ending: str, full: float, unit: str) -> SumBars:
        forward = SumBar(
            f"cross_entropy{ending}",
            "cross-entropy H(q,\u00a0p)",
            (
                Part(f"entropy{ending}", "entropy H(q)", "truth"),
                Part(f"kl{ending}", "KL(q ‖ p)", "loss", hatched=True),
            ),
            size=size,
        )
        backward = SumBar(
            f"reverse_cross_entropy{ending}",
            "the other way, H(p,\u00a0q)",
            (
                Part(f"reverse_entropy{ending}", "entropy H(p)", "prediction"),
                Part(f"reverse_kl{ending}", "KL(p ‖ q)", "muted", hatched=True),
            ),
            role="muted",
        )
        rows = (forward, backward) if reverse else (forward,)
        return SumBars(*rows, full=full, unit=unit)

    return (
        Stack(bars("", FULL, "nats"), only=("unit", "nats")),
        Stack(bars("_bits", float(to_bits(FULL)), "bits"), only=("unit", "bits")),
    )


def areas(columns: Any, height: int) -> Plot:
    """A rectangle for each class, as wide as it is frequent and as high as its code is long."""
    plot = curve_plot(
        x_range=(0, 1),
        y_range=(0, LONGEST),
        x_label="share of the time, q",
        y_label="code length in bits",
        height=height,
    )
    plot.quad(
        left="left",
        right="right",
        bottom=0,
        top="length",
        source=columns["areas"],
        fill_color=color("loss"),
        fill_alpha=0.28,
        line_color=color("loss"),
        line_width=1.5,
    )
    plot.segment(
        x0="left",
        y0="ideal",
        x1="right",
        y1="ideal",
        source=columns["areas"],
        line_color=color("truth"),
        line_width=3,
        line_dash=[6, 4],
    )
    return Plot(
        plot,
        describe="A rectangle for each class: its width is q, its height the code length "
        "minus log p in bits. The area is the cross-entropy; dashed, with the lengths minus "
        "log q, the area is the entropy.",
        height=height,
    )


def remarks() -> OneOf:
    """What there is to say of this state."""
    return OneOf(
        Sentence(
            "H(q) does not depend on p. While q stays, what lowers H(q,\u00a0p) lowers "
            "KL(q\u00a0‖\u00a0p) by just as much, down to 0.",
            when="ordinary",
        ),
        Sentence(
            "p is q: KL is 0 and H(q,\u00a0p) has come down to its floor, H(q). No model "
            "does better.",
            when="same",
        ),
        Sentence(
            "q is certain, so its entropy is 0. What is left is −log\u00a0p of the class that "
            "comes.",
            when="certain",
        ),
        Sentence(
            "A class that does come has p = 0. The model called it impossible, so "
            "H(q,\u00a0p) is infinite.",
            role="loss",
            when="infinite",
        ),
    )
