"""Lesson 17: claims about cross-entropy, voted on, and settled by dragging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..components import (
    Action,
    Choice,
    Handle,
    LiveTable,
    Node,
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
    hairline,
    label,
    own_sources,
)
from ..core.kernels import (
    cross_entropy,
    cross_entropy_of,
    entropy,
    kl_divergence,
    log_odds,
    one_hot,
    sigmoid,
    sigmoid_mse_grad,
    softmax,
    softplus,
    squared_error,
    surprise,
)
from .figure import Columns, Figure, Preset, State
from .parameters import Number, Selector


@dataclass(frozen=True)
class Claim:
    """What is claimed, how it is settled, and where the dragged quantities show it."""

    quote: str
    verdict: str
    why: str
    settled: dict[str, float] = field(default_factory=dict)


CLAIMS = {
    "exponential": Claim(
        "“Cross-entropy punishes a mistake exponentially.”",
        "fails",
        "At p = 0.01 the loss is 6.46 times that at 0.49, though p is 49 times smaller. It grows "
        "with the logarithm of 1/p, and along the logit ever more like a straight line.",
        {"p": 0.01},
    ),
    "coin": Claim(
        "“51 % on the wrong class is only lightly punished.”",
        "fails",
        "It costs 0.7133 nats, more than the 0.6931 of somebody who tosses a coin.",
        {"p": 0.49},
    ),
    "pushes": Claim(
        "“At p = 0.7 the gradient of squared error is −0.6 and that of cross-entropy −0.3, so "
        "cross-entropy is faster.”",
        "fails",
        "Both numbers are right, and do not compare: −0.6 is with respect to p, −0.3 to the logit. "
        "Like for like: −0.6 and −1.43 with respect to p, −0.126 and −0.3 to the logit.",
        {"p": 0.7},
    ),
    "ratio": Claim(
        "“From p = 0.99 to 0.01 squared error differs by a factor of 10 000 and cross-entropy by "
        "one of 500, so cross-entropy is steeper.”",
        "fails",
        "The factors are 9801 and 458, and they say the opposite of the conclusion. What trains is "
        "the slope on the logit: −0.0196 and −0.99.",
        {"p": 0.01},
    ),
    "negative": Claim(
        "“The true class’s logit always has a negative gradient.”",
        "fails",
        "Without smoothing it is negative, or 0 once p is rounded to 1. With smoothing it is "
        "positive as soon as p is above 1 − ε + ε/K.",
        {"epsilon": 0.1, "k": 3.0, "gap": 5.0},
    ),
    "smoothing": Claim(
        "“PyTorch’s label_smoothing=ε gives each of the other classes ε/(K − 1).”",
        "fails",
        "PyTorch spreads ε over all K classes, the true one among them: ε/K each. At ε = 0.1, "
        "K = 3 and a gap of 4.9 its loss is 0.3415, and 0.5048 as claimed.",
        {"epsilon": 0.1, "k": 3.0, "gap": 4.9},
    ),
    "onehot": Claim(
        "“Float one-hot targets are an error in PyTorch’s cross_entropy.”",
        "fails",
        "Since version 1.10 floats of the logits’ own shape are probabilities of the classes, and "
        "a one-hot row of them gives the same loss. One-hot rows of integers are the error.",
        {"k": 4.0, "gap": -3.0},
    ),
    "explodes": Claim(
        "“Softmax applied twice makes the loss explode.”",
        "fails",
        "The loss of the second softmax stays in a band of 1 nat, whatever the logits. It is the "
        "right one that grows without end. What is lost is the gradient.",
        {"k": 3.0, "gap": -20.0},
    ),
    "weights": Claim(
        "“Class weights always change the loss.”",
        "fails",
        "A weighted mean divides by the sum of the weights. In a batch of one class every example "
        "has the same weight, and it cancels.",
        {"others": 0.0, "weight": 10.0},
    ),
    "calibration": Claim(
        "“Training with cross-entropy forces probabilities to be calibrated.”",
        "depends",
        "Averaged over everything that can come, the loss is least just where confidence is how "
        "often one is right. Over examples that are known by heart it falls with any confidence.",
        {"q": 0.8, "gap": 6.0},
    ),
    "arithmetic": Claim(
        "“softmax([2, 1.2, 0.3, −0.8, −2]) starts with 0.6439.”",
        "fails",
        "It starts with 0.5844. For 0.6439 the first logit would have to be 2.25.",
        {"first": 2.0},
    ),
    "distance": Claim(
        "“Cross-entropy is a distance between two distributions.”",
        "fails",
        "H(q, p) is not H(p, q), and of a distribution from itself it is not 0 but its entropy.",
        {"q": 0.5, "p": 0.9},
    ),
    "shift": Claim(
        "“The same number added to every logit leaves the loss as it is.”",
        "holds",
        "Softmax sees differences of logits only. What was added cancels.",
        {"shift": 100.0},
    ),
    "even": Claim(
        "“An even prediction over K classes costs log K, whichever class is true.”",
        "holds",
        "Every class has 1/K, so −log p is log K: 0.6931 for two classes, 2.3026 for ten.",
        {"gap": 0.0, "k": 10.0},
    ),
}
VERDICTS = {"holds": "True.", "fails": "False.", "depends": "It depends."}
VOTES = tuple(VERDICTS)

GUESS = 0.49  # of the true class, where 51 % are on the wrong one
GOOD = 0.99  # what a ratio of losses is taken to
SCORES = np.array([2.0, 1.2, 0.3, -0.8, -2.0])
CLAIMED = 0.6439  # of the first
BATCH = surprise(np.array([0.9, 0.7, 0.5, 0.3]))  # losses of four examples, in nats

Z = np.linspace(-7.0, 7.0, 71)
P = np.concatenate([[0.001, 0.004], np.linspace(0.01, 0.99, 50), [0.999]])
GAPS = np.linspace(-12.0, 12.0, 97)
WEIGHTS = np.concatenate([np.linspace(0.1, 2.0, 20), np.linspace(2.5, 20.0, 36)])
TOP = 8.0  # nats, of the plots of losses


def of_gap(gap: Any, num_classes: Any) -> tuple[Any, Any]:
    """Loss of the true class and of each other one, where its logit leads all others' by a gap."""
    loss = softplus(np.log(num_classes - 1.0) - gap)
    return loss, loss + gap


def double_loss(gap: Any, num_classes: Any) -> Any:
    """The loss of softmax given for logits: its entries are p, and (1 - p)/(K - 1) each."""
    p = sigmoid(gap - np.log(num_classes - 1.0))
    lead = p - (1.0 - p) / (num_classes - 1.0)
    return of_gap(lead, num_classes)[0]


def weighted_mean(weight: Any, others: Any) -> Any:
    """The batch's mean where its last `others` examples have weight 1, and the rest `weight`."""
    own = np.less(np.arange(4.0), 4.0 - others)
    weights = np.where(own, np.expand_dims(weight, -1), 1.0)
    return np.sum(weights * BATCH, axis=-1) / np.sum(weights, axis=-1)


def unseen(gap: Any, right: Any) -> Any:
    """The mean loss of answers with a confidence of sigmoid(gap), a share of which is right."""
    return right * softplus(-gap) + (1.0 - right) * softplus(gap)


class ClaimCheck(Figure):
    """One claim at a time: a vote, its verdict, and the numbers that settle it, to be dragged."""

    name_of = "claim-check"
    title = "Settle a claim"
    summary = "Vote on what is said of cross-entropy, then drag until the numbers settle it."

    claim = Selector(
        "exponential",
        options={name: str(i) for i, name in enumerate(CLAIMS, 1)},
        doc="The claim that is looked at.",
    )
    vote = Selector(
        "open",
        options={"open": "not yet", "holds": "true", "fails": "false", "depends": "it depends"},
        label="your vote",
        doc="The verdict is shown once there is a vote.",
    )
    p = Number(
        0.6,
        bounds=(0.001, 0.999),
        step=0.01,
        label="p of the true class",
        doc="The probability that the model gives the true one of two classes.",
    )
    q = Number(
        0.6,
        bounds=(0.01, 0.99),
        step=0.01,
        label="how often it is so",
        doc="How often the first of two things comes true.",
    )
    gap = Number(
        2.0,
        bounds=(-30.0, 40.0),
        step=0.1,
        label="logit gap",
        doc="How far the true class's logit is above the others', which are equal.",
    )
    k = Number(3.0, bounds=(2.0, 1000.0), step=1, label="classes K", doc="How many classes.")
    epsilon = Number(
        0.0,
        bounds=(0.0, 0.5),
        step=0.01,
        label="smoothing ε",
        doc="The share of the truth that is spread out.",
    )
    weight = Number(
        1.0, bounds=(0.1, 20.0), step=0.1, label="weight of cats", doc="Dogs have the weight 1."
    )
    others = Number(
        2.0, bounds=(0.0, 4.0), step=1, label="dogs in the batch", doc="Of four examples."
    )
    first = Number(
        1.0, bounds=(-5.0, 5.0), step=0.01, label="first logit", doc="The first of five logits."
    )
    shift = Number(
        0.0,
        bounds=(-100.0, 100.0),
        step=0.5,
        label="added to every logit",
        doc="One number for all five logits.",
    )

    presets = [
        Preset(
            "A coin’s loss",
            {"claim": "coin", "vote": "fails", "p": 0.49},
            "0.7133 nats are more than a coin’s 0.6931.",
        ),
        Preset(
            "Past the smoothed truth",
            {"claim": "negative", "vote": "fails", "epsilon": 0.1, "k": 3, "gap": 5.0},
            "p is 0.987 and the truth 0.933: the gradient is positive.",
        ),
        Preset(
            "Known by heart",
            {"claim": "calibration", "vote": "depends", "q": 0.8, "gap": 6.0},
            "The training loss is 0.0025 and falls on; 99.8 % sure and 80 % right.",
        ),
        Preset(
            "One class only",
            {"claim": "weights", "vote": "fails", "others": 0, "weight": 10.0},
            "The weight may be what it likes: the mean stays 0.5898.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "K, epsilon = int({k}), {epsilon}\n"
            "logits = torch.zeros(K, dtype=torch.float64)\n"
            "logits[0] = {gap}\n"
            "target = torch.tensor(0)\n"
            "print(F.cross_entropy(logits, target).item())\n"
            "print(F.cross_entropy(logits, target, label_smoothing=epsilon).item())\n"
            "print(F.cross_entropy(logits.softmax(-1), target).item())  # softmax twice\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "K, epsilon = int({k}), {epsilon}\n"
            "logits = np.zeros(K)\n"
            "logits[0] = {gap}\n\n"
            "def log_softmax(z):\n"
            "    z = z - z.max()\n"
            "    return z - np.log(np.exp(z).sum())\n\n"
            "truth = (1 - epsilon) * np.eye(K)[0] + epsilon / K\n"
            "print(0 - log_softmax(logits)[0])\n"
            "print(0 - (truth * log_softmax(logits)).sum())\n"
            "print(0 - log_softmax(np.exp(log_softmax(logits)))[0])  # softmax twice\n"
        ),
    }

    @staticmethod
    def compute(
        p: Any,
        q: Any,
        gap: Any,
        k: Any,
        epsilon: Any,
        weight: Any,
        others: Any,
        first: Any,
        shift: Any,
    ) -> Columns:
        """Of each claim the numbers that settle it, and what is drawn beside them."""
        parts = (
            of_two(p, q),
            of_lead(gap, k, epsilon),
            of_weights(weight, others),
            of_confidence(gap, q),
            of_scores(first, shift),
        )
        columns: Columns = {"readout": {}}
        for part in parts:
            columns |= part | {"readout": columns["readout"] | part["readout"]}
        return columns

    @staticmethod
    def edit_lean(value: Any) -> dict[str, Any]:
        """Set p by its logit."""
        return {"p": np.clip(sigmoid(value), 0.001, 0.999)}

    @staticmethod
    def edit_settle(
        claim: str,
        p: Any,
        q: Any,
        gap: Any,
        k: Any,
        epsilon: Any,
        weight: Any,
        others: Any,
        first: Any,
        shift: Any,
        value: Any,
    ) -> dict[str, Any]:
        """Take what is dragged `value` of the way to where the numbers settle the claim."""
        held = {"p": p, "q": q, "gap": gap, "k": k, "epsilon": epsilon, "weight": weight}
        held |= {"others": others, "first": first, "shift": shift}
        moved = {
            name: (1.0 - value) * held[name] + value * to
            for name, to in CLAIMS[claim].settled.items()
        }
        whole = {name: np.floor(moved[name] + 0.5) for name in ("k", "others") if name in moved}
        return moved | whole

    edits = {"lean": edit_lean, "settle": edit_settle}

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, from the same state."""
        functional = torch.nn.functional
        float64 = torch.float64
        num_classes, epsilon = int(state["k"]), state["epsilon"]
        logits = torch.zeros(num_classes, dtype=float64)
        logits[0] = state["gap"]
        target, row = torch.tensor(0), torch.eye(num_classes, dtype=float64)[0]
        own = 4 - int(state["others"])
        batch = torch.tensor([[0.9, 0.1], [0.7, 0.3], [0.5, 0.5], [0.3, 0.7]], dtype=float64)
        classes = torch.tensor([0] * own + [1] * (4 - own))
        batch = torch.where(classes[:, None] == 0, batch, batch.flip(1))
        weights = torch.tensor([state["weight"], 1.0], dtype=float64)
        scores = torch.tensor(SCORES)
        started = torch.cat([torch.tensor([state["first"]], dtype=float64), scores[1:]])
        two_q = torch.tensor([state["q"], 1.0 - state["q"]], dtype=float64)
        two_p = torch.tensor([state["p"], 1.0 - state["p"]], dtype=float64)
        return {
            "loss": functional.cross_entropy(logits, target).item(),
            "loss_row": functional.cross_entropy(logits, row).item(),
            "loss_torch": functional.cross_entropy(logits, target, label_smoothing=epsilon).item(),
            "loss_twice": functional.cross_entropy(logits.softmax(-1), target).item(),
            "weighted": functional.nll_loss(batch.log(), classes, weight=weights).item(),
            "first_p": started.softmax(-1)[0].item(),
            "loss_shifted": functional.cross_entropy(scores + state["shift"], target).item(),
            "h_qp": functional.cross_entropy(two_p.log(), two_q).item(),
            "h_pq": functional.cross_entropy(two_q.log(), two_p).item(),
        }

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            Choice("claim", resets=("vote", *HELD)),
            *(
                Stack(Sentence(claim.quote, size="large"), only=("claim", name))
                for name, claim in CLAIMS.items()
            ),
            Row(
                Choice("vote"),
                Stack(
                    Sentence("Drag first if you like. The verdict comes with your vote."),
                    only=("vote", "open"),
                    name="vote",
                ),
            ),
            verdicts(),
            *evidence(columns),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            Sentence(CLAIMS["exponential"].quote),
            exponential(columns, 300),
            Range("p", role="prediction"),
            Readout("loss_p", "loss", unit="nats", role="loss"),
        )


HELD = ("p", "q", "gap", "k", "epsilon", "weight", "others", "first", "shift")


# -- what settles the claims -----------------------------------------------------------------------


def of_two(p: Any, q: Any) -> Columns:
    """Two classes: losses of p, their gradients, and p and q as two distributions."""
    z = log_odds(p)
    loss, squared = surprise(p), squared_error(p, 1.0)
    two_p, two_q = np.stack([p, 1.0 - p]), np.stack([q, 1.0 - q])
    ends = np.ones(2)
    return {
        "exponential": {"z": Z, "loss": softplus(-Z), "exp": np.log(2.0) * np.exp(-Z)},
        "two": {
            "p": P,
            "loss": surprise(P),
            "squared": squared_error(P, 1.0),
            "push": P - 1.0,
            "squared_push": sigmoid_mse_grad(log_odds(P), 1.0),
        },
        "coin": {"p": np.array([0.0, 1.0]), "loss": np.log(2.0) * ends},
        "readout": {
            "p": p,
            "wrong": 1.0 - p,
            "z": z,
            "loss_p": loss,
            "loss_z": np.minimum(loss, TOP),
            "loss_guess": surprise(GUESS),
            "p_fold": GUESS / p,
            "loss_fold": loss / surprise(GUESS),
            "loss_coin": np.log(2.0),
            "above_coin": loss - np.log(2.0),
            "squared": squared,
            "loss_good": surprise(GOOD),
            "squared_good": squared_error(GOOD, 1.0),
            "loss_times": loss / surprise(GOOD),
            "squared_times": squared / squared_error(GOOD, 1.0),
            "loss_on_p": -1.0 / p,
            "squared_on_p": 2.0 * (p - 1.0),
            "loss_on_z": p - 1.0,
            "squared_on_z": sigmoid_mse_grad(z, 1.0),
            "h_qp": cross_entropy_of(two_q, two_p),
            "h_pq": cross_entropy_of(two_p, two_q),
            "h_q": entropy(two_q),
            "h_p": entropy(two_p),
            "kl_qp": kl_divergence(two_q, two_p),
            "kl_pq": kl_divergence(two_p, two_q),
        },
    }


def of_lead(gap: Any, k: Any, epsilon: Any) -> Columns:
    """K classes, of which the true one's logit leads: losses hard, smoothed and softmaxed twice."""
    loss, loss_other = of_gap(gap, k)
    p = sigmoid(gap - np.log(k - 1.0))
    y, y_other = 1.0 - epsilon + epsilon / k, epsilon / k
    y_claimed, y_other_claimed = 1.0 - epsilon, epsilon / (k - 1.0)
    most = np.log(np.e + k - 1.0)
    ends, shown = np.ones(2), np.clip(gap, GAPS[0], GAPS[-1])
    twice = double_loss(gap, k)
    grad = p - y
    return {
        "lead": {
            "gap": GAPS,
            "loss": of_gap(GAPS, k)[0],
            "twice": double_loss(GAPS, k),
            "grad": sigmoid(GAPS - np.log(k - 1.0)) - y,
        },
        "lead_ends": {
            "gap": GAPS[[0, -1]],
            "zero": 0.0 * ends,
            "low": (most - 1.0) * ends,
            "high": most * ends,
        },
        "readout": {
            "loss": loss,
            "gap_dot": shown,
            "p_lead": p,
            "y": y,
            "y_other": y_other,
            "y_rest": 1.0 - y,
            "y_claimed": y_claimed,
            "y_other_claimed": y_other_claimed,
            "y_rest_claimed": epsilon,
            "grad": grad,
            "risen": np.greater(grad, 0.0),
            "rounded": np.equal(p, 1.0) & np.equal(epsilon, 0.0),
            "loss_torch": y * loss + (k - 1.0) * y_other * loss_other,
            "loss_claimed": y_claimed * loss + (k - 1.0) * y_other_claimed * loss_other,
            "loss_row": 1.0 * loss + (k - 1.0) * 0.0 * loss_other,
            "loss_twice": twice,
            "low": most - 1.0,
            "high": most,
            "log_k": np.log(k),
            "apart": loss - np.log(k),
            "even": np.equal(gap, 0.0),
        },
    }


def of_weights(weight: Any, others: Any) -> Columns:
    """A batch of four, of two classes or one, and its weighted mean."""
    weighted, plain = weighted_mean(weight, others), np.mean(BATCH)
    own = 4.0 - others
    return {
        "weights": {
            "weight": WEIGHTS,
            "mean": weighted_mean(WEIGHTS, others),
            "plain": plain * np.ones(WEIGHTS.shape),
        },
        "readout": {
            "weight": weight,
            "weighted": weighted,
            "plain": plain,
            "moved": weighted - plain,
            "cats": own,
            "dogs": others,
            "one_class": np.equal(others * own, 0.0),
        },
    }


def of_confidence(gap: Any, q: Any) -> Columns:
    """Answers of one confidence: known by heart, and unseen, of which a share is right."""
    confidence, shown = sigmoid(gap), np.clip(gap, 0.0, 8.0)
    gaps = np.linspace(0.0, 8.0, 65)
    best = log_odds(q)
    return {
        "confidence": {"gap": gaps, "heart": softplus(-gaps), "unseen": unseen(gaps, q)},
        "calibrated": {
            "gap": np.where(np.less(best, 0.0), np.nan, best) * np.ones(2),
            "span": np.array([0.0, 3.0]),
        },
        "readout": {
            "confidence": confidence,
            "q": q,
            "over": confidence - q,
            "heart": softplus(-gap),
            "unseen": unseen(gap, q),
            "least": entropy(np.stack([q, 1.0 - q])),
            "gap_seen": shown,
            "heart_dot": softplus(-shown),
            "unseen_dot": np.minimum(unseen(shown, q), 3.0),
        },
    }


def of_scores(first: Any, shift: Any) -> Columns:
    """Five logits: softmax of them, and their loss with a number added to each."""
    place = np.arange(5.0)
    probs = softmax(np.where(np.equal(place, 0.0), first, SCORES))
    truth = one_hot(np.int64(0), 5)
    plain, shifted = cross_entropy(SCORES, truth), cross_entropy(SCORES + shift, truth)
    return {
        "readout": {
            "first": first,
            "first_p": probs[0],
            "second_p": probs[1],
            "third_p": probs[2],
            "rest_p": probs[3] + probs[4],
            "total_p": np.sum(probs),
            "claimed": CLAIMED,
            "claimed_rest": 1.0 - CLAIMED,
            "whole": 1.0,
            "off": probs[0] - CLAIMED,
            "loss_plain": plain,
            "loss_shifted": shifted,
            "shift_change": shifted - plain,
            "largest": SCORES[0] + shift,
            "smallest": SCORES[4] + shift,
        },
    }


# -- what is drawn ---------------------------------------------------------------------------------


def verdicts() -> Stack:
    """The verdict and its reason, and whether the vote was the same."""
    shown = (
        Stack(
            Sentence(claim.why),
            title=VERDICTS[claim.verdict],
            frame=True,
            only=("claim", name),
        )
        for name, claim in CLAIMS.items()
    )
    return Stack(
        *shown,
        Stack(*(agreement(verdict) for verdict in VERDICTS), name="vote"),
        Action(
            "Show what settles it",
            "settle",
            animate=True,
            main=True,
            hint="Moves what is dragged to where the numbers decide",
        ),
        only=("vote", *VOTES),
        name="verdict",
    )


def agreement(verdict: str) -> Stack:
    """Whether the vote is the verdict, for the claims that have this one."""
    claims = (name for name, claim in CLAIMS.items() if claim.verdict == verdict)
    missed = (vote for vote in VOTES if vote != verdict)
    return Stack(
        Stack(Sentence("You said so too.", role="truth"), only=("vote", verdict)),
        Stack(
            Sentence("You saw it otherwise. Drag, and look.", role="loss"), only=("vote", *missed)
        ),
        only=("claim", *claims),
    )


def beside(picture: Node, *rest: Node) -> Row:
    """What is seen, and beside it what is dragged and the numbers that follow."""
    return Row(picture, Stack(*rest), widths=(1.15, 1.0))


def settle_exponential(columns: Any) -> Row:
    """The loss along the logit, and two ratios."""
    return beside(
        exponential(columns, 250),
        Range("p", role="prediction"),
        LiveTable(
            "Here, and where 51 % are on the wrong class",
            ("", "1/p", "loss"),
            (
                ("times", "p_fold:times", "loss_fold:times"),
                ("loss here", "", "loss_p"),
                ("loss at p = 0.49", "", "loss_guess"),
            ),
            roles=("prediction", "loss"),
        ),
    )


def settle_coin(columns: Any) -> Row:
    """The loss against p, and a coin's."""
    return beside(
        coin(columns, 250),
        Range("p", role="prediction"),
        LiveTable(
            "Two classes",
            ("", "on the wrong class", "loss"),
            (
                ("this prediction", "wrong:percent", "loss_p"),
                ("a coin", "", "loss_coin"),
                ("above the coin", "", "above_coin:signed"),
            ),
            roles=("prediction", "loss"),
        ),
    )


def settle_pushes(columns: Any) -> Row:
    """Both gradients, and for the second claim the losses whose ratios are taken."""
    return beside(
        pushes(columns, 250),
        Range("p", role="prediction"),
        Stack(
            LiveTable(
                "Gradients at this p, like for like in each line",
                ("with respect to", "cross-entropy", "squared error"),
                (
                    ("p", "loss_on_p:signed", "squared_on_p:signed"),
                    ("the logit z", "loss_on_z:signed", "squared_on_z:signed"),
                ),
                roles=("loss", "squared"),
            ),
            only=("claim", "pushes"),
        ),
        Stack(
            LiveTable(
                "Losses here and at p = 0.99, and the slope that trains",
                ("", "cross-entropy", "squared error"),
                (
                    ("loss here", "loss_p", "squared"),
                    ("at p = 0.99", "loss_good", "squared_good"),
                    ("the ratio", "loss_times:times", "squared_times:times"),
                    ("slope on z here", "loss_on_z:signed", "squared_on_z:signed"),
                ),
                roles=("loss", "squared"),
            ),
            only=("claim", "ratio"),
        ),
    )


def settle_negative(columns: Any) -> Row:
    """The gradient on the true logit, which smoothing makes positive."""
    return beside(
        gradient(columns, 250),
        Range("gap", role="prediction"),
        Range("epsilon", role="truth"),
        Range("k", scale="log", format="integer"),
        LiveTable(
            "The true class",
            ("", "p", "truth y", "gradient p − y"),
            (("now", "p_lead:probability", "y:probability", "grad:signed"),),
            roles=("prediction", "truth", "loss"),
        ),
        Sentence("It is positive: descent lowers the true logit.", role="loss", when="risen"),
    )


def settle_smoothing(_: Any) -> Row:
    """The truth as PyTorch spreads it, and as claimed."""
    return beside(
        SumBars(
            SumBar(
                "whole",
                "PyTorch’s truth",
                (
                    Part("y", "the true class", "truth"),
                    Part("y_rest", "all others", "muted"),
                ),
                role="truth",
            ),
            SumBar(
                "whole",
                "as claimed",
                (
                    Part("y_claimed", "the true class", "truth", hatched=True),
                    Part("y_rest_claimed", "all others", "muted"),
                ),
                role="muted",
            ),
            full=1.0,
            unit="",
        ),
        Range("epsilon", role="truth"),
        Range("k", scale="log", format="integer"),
        Range("gap", role="prediction"),
        LiveTable(
            "PyTorch’s label_smoothing",
            ("", "PyTorch", "as claimed"),
            (
                ("each other class", "y_other", "y_other_claimed"),
                ("loss", "loss_torch", "loss_claimed"),
            ),
            roles=("truth", "muted"),
        ),
    )


def settle_onehot(_: Any) -> Row:
    """One loss, of a class and of its row of floats."""
    return beside(
        SumBars(
            SumBar(
                "loss",
                "target 0, a class",
                (Part("loss", "−log p", "loss"),),
                role="loss",
            ),
            SumBar(
                "loss_row",
                "target 1., 0., …",
                (Part("loss_row", "−Σ y log p", "loss", hatched=True),),
                role="loss",
            ),
            full=TOP,
            unit="nats",
        ),
        Range("gap", role="prediction"),
        Range("k", scale="log", format="integer"),
    )


def settle_explodes(columns: Any) -> Row:
    """The loss of softmax once and twice."""
    return beside(
        twice(columns, 250),
        Range("gap", role="prediction"),
        Range("k", scale="log", format="integer"),
        LiveTable(
            "The loss, in nats",
            ("", "softmax once", "twice"),
            (
                ("here", "loss", "loss_twice"),
                ("the least it can be", "", "low"),
                ("the most it can be", "", "high"),
            ),
            roles=("loss", "squared"),
        ),
    )


def settle_weights(columns: Any) -> Row:
    """The weighted mean against the weight."""
    return beside(
        weights(columns, 250),
        Range("weight", scale="log", role="truth"),
        Range("others", format="integer"),
        LiveTable(
            "Four examples",
            ("", "plain mean", "weighted", "difference"),
            (("in nats", "plain", "weighted", "moved:balance"),),
            roles=("ink", "loss"),
        ),
        Sentence("All are of one class: the weight cancels.", when="one_class"),
    )


def settle_calibration(columns: Any) -> Row:
    """Losses of one confidence on what is known by heart, and on what is not."""
    return beside(
        calibration(columns, 250),
        Range("gap", label="logit of the answer given", bounds=(0.0, 8.0), role="prediction"),
        Range("q", label="share of unseen ones that is right", role="truth"),
        LiveTable(
            "The same confidence everywhere",
            ("", "known by heart", "unseen"),
            (
                ("confidence", "confidence:percent", "confidence:percent"),
                ("right", "whole:percent", "q:percent"),
                ("loss", "heart", "unseen"),
                ("least loss", "", "least"),
            ),
            roles=("prediction", "loss"),
        ),
    )


def settle_arithmetic(_: Any) -> Row:
    """Softmax of the five logits beside what is claimed."""
    return beside(
        SumBars(
            SumBar(
                "total_p",
                "softmax",
                (
                    Part("first_p", "first", "prediction"),
                    Part("second_p", "second", "muted"),
                    Part("third_p", "third", "muted", hatched=True),
                    Part("rest_p", "the last two", "muted"),
                ),
                role="prediction",
            ),
            SumBar(
                "whole",
                "as claimed",
                (
                    Part("claimed", "first", "prediction", hatched=True),
                    Part("claimed_rest", "all others", "muted"),
                ),
                role="muted",
            ),
            full=1.0,
            unit="",
        ),
        Range("first", role="prediction"),
        Sentence("The first is {off:signed} off what is claimed."),
    )


def settle_distance(_: Any) -> Row:
    """Cross-entropy both ways round, and of a distribution with itself."""
    return beside(
        SumBars(
            SumBar(
                "h_qp",
                "H(q, p)",
                (Part("h_q", "H(q)", "truth"), Part("kl_qp", "KL(q‖p)", "loss", hatched=True)),
            ),
            SumBar(
                "h_pq",
                "H(p, q)",
                (
                    Part("h_p", "H(p)", "prediction"),
                    Part("kl_pq", "KL(p‖q)", "loss", hatched=True),
                ),
            ),
            SumBar("h_q", "H(q, q)", (Part("h_q", "H(q)", "truth"),), role="truth"),
            full=3.0,
            unit="nats",
        ),
        Range("q", label="q of yes", role="truth"),
        Range("p", label="p of yes", role="prediction"),
    )


def settle_shift(_: Any) -> Row:
    """The loss before and after one number is added to all logits."""
    return beside(
        SumBars(
            SumBar(
                "loss_plain",
                "as they are",
                (Part("loss_plain", "−log p", "loss"),),
                role="loss",
            ),
            SumBar(
                "loss_shifted",
                "with it added",
                (Part("loss_shifted", "−log p", "loss", hatched=True),),
                role="loss",
            ),
            full=1.0,
            unit="nats",
        ),
        Range("shift"),
        Sentence("The logits now go from {smallest} to {largest}; the first is true."),
    )


def settle_even(_: Any) -> Row:
    """The loss of the prediction beside log K."""
    return beside(
        SumBars(
            SumBar("loss", "the true class", (Part("loss", "−log p", "loss"),), role="loss"),
            SumBar("log_k", "log K", (Part("log_k", "log K", "truth"),), role="truth"),
            full=TOP,
            unit="nats",
        ),
        Range("k", scale="log", format="integer"),
        Range("gap", role="prediction"),
        Sentence("The prediction is even: p = 1/K of every class.", when="even"),
    )


# What settles each claim; two are settled by one picture.
EVIDENCE: dict[tuple[str, ...], Callable[[Any], Row]] = {
    ("exponential",): settle_exponential,
    ("coin",): settle_coin,
    ("pushes", "ratio"): settle_pushes,
    ("negative",): settle_negative,
    ("smoothing",): settle_smoothing,
    ("onehot",): settle_onehot,
    ("explodes",): settle_explodes,
    ("weights",): settle_weights,
    ("calibration",): settle_calibration,
    ("arithmetic",): settle_arithmetic,
    ("distance",): settle_distance,
    ("shift",): settle_shift,
    ("even",): settle_even,
}


def evidence(columns: Any) -> tuple[Node, ...]:
    """For each claim what is dragged, and the picture and numbers that follow."""
    columns = dict(columns)
    return tuple(
        Stack(settle(columns), only=("claim", *names)) for names, settle in EVIDENCE.items()
    )


def exponential(columns: Any, height: int) -> Plot:
    """The loss along the logit, with an exponential beside it."""
    plot = curve_plot(
        x_range=(-7, 7),
        y_range=(0, TOP),
        x_label="logit z of the true class",
        y_label="loss in nats",
        height=height,
    )
    source = own_sources(columns)["exponential"]
    hairline(plot, "z", "exp", source, line_color=color("down"), line_width=2)
    plot.line("z", "loss", source=source, line_width=3, line_color=color("loss"))
    label(plot, -1.9, 7.0, "an exponential", "down")
    label(plot, -6.6, 3.0, "cross-entropy", "loss")
    return Plot(
        plot,
        describe="The loss against the logit of the true class: to the left it nears a straight "
        "line, where an exponential of the same value at 0 leaves the plot at once.",
        handles=(
            Handle(
                "z",
                "loss_z",
                label="logit of the true class",
                edit="lean",
                param="p",
                bounds=(-6.9, 6.9),
                step=0.1,
            ),
        ),
        height=height,
    )


def coin(columns: Any, height: int) -> Plot:
    """The loss against p, and what a coin costs."""
    plot = curve_plot(
        x_range=(0, 1), y_range=(0, 3), x_label="p", y_label="loss in nats", height=height
    )
    columns = own_sources(columns)
    hairline(plot, "p", "loss", columns["coin"])
    plot.line("p", "loss", source=columns["two"], line_width=3, line_color=color("loss"))
    label(plot, 0.97, 0.82, "a coin: log 2", "muted", text_align="right")
    return Plot(
        plot,
        describe="The loss against p of the true class, and the loss of a coin as a level.",
        handles=(Handle("p", "loss_p", label="p of the true class", param="p"),),
        height=height,
    )


def pushes(columns: Any, height: int) -> Plot:
    """Both gradients on the logit, against p."""
    plot = curve_plot(
        x_range=(0, 1), y_range=(-1.05, 0.1), x_label="p", y_label="gradient on z", height=height
    )
    source = own_sources(columns)["two"]
    plot.line("p", "push", source=source, line_width=3, line_color=color("loss"))
    plot.line(
        "p",
        "squared_push",
        source=source,
        line_width=3,
        line_dash=[8, 3],
        line_color=color("squared"),
    )
    label(plot, 0.24, -0.88, "cross-entropy, p − 1", "loss")
    label(plot, 0.4, -0.16, "squared error", "squared")
    return Plot(
        plot,
        describe="The gradients on the logit against p: cross-entropy’s is a straight line from "
        "−1 to 0, squared error’s is flat at both ends.",
        handles=(
            Handle("p", "loss_on_z", label="p, on cross-entropy’s gradient", param="p"),
            Handle(
                "p",
                "squared_on_z",
                label="p, on squared error’s gradient",
                param="p",
                role="squared",
            ),
        ),
        height=height,
    )


def over_gap(
    y_range: tuple[float, float], y_label: str, height: int, x_range: tuple[float, float]
) -> Any:
    """An empty plot against the logit gap."""
    return curve_plot(
        x_range=x_range, y_range=y_range, x_label="logit gap", y_label=y_label, height=height
    )


def gradient(columns: Any, height: int) -> Plot:
    """The gradient on the true logit, against the gap, and 0."""
    plot = over_gap((-1.05, 0.55), "gradient on the true z", height, (-12.0, 12.0))
    columns = own_sources(columns)
    hairline(plot, "gap", "zero", columns["lead_ends"])
    plot.line("gap", "grad", source=columns["lead"], line_width=3, line_color=color("loss"))
    label(plot, -11.6, 0.08, "pushed down", "muted")
    label(plot, -11.6, -0.1, "pushed up", "muted")
    return Plot(
        plot,
        describe="The gradient on the true logit against the gap: it rises from −1 and, with "
        "smoothing, above 0.",
        handles=(
            Handle(
                "gap_dot",
                "grad",
                label="gap, on the gradient",
                param="gap",
                bounds=(-12.0, 12.0),
            ),
        ),
        height=height,
    )


def twice(columns: Any, height: int) -> Plot:
    """The loss of softmax once and twice, and the band that the second cannot leave."""
    plot = over_gap((0, TOP), "loss in nats", height, (-12.0, 12.0))
    columns = own_sources(columns)
    plot.varea(
        "gap",
        "low",
        "high",
        source=columns["lead_ends"],
        fill_color=color("squared-soft"),
        fill_alpha=0.7,
    )
    source = columns["lead"]
    plot.line("gap", "loss", source=source, line_width=3, line_color=color("loss"))
    plot.line(
        "gap",
        "twice",
        source=source,
        line_width=3,
        line_dash=[8, 3],
        line_color=color("squared"),
    )
    label(plot, -5.4, 7.0, "once", "loss", text_font_style="bold")
    label(plot, 11.6, 2.4, "twice", "squared", text_font_style="bold", text_align="right")
    return Plot(
        plot,
        describe="The loss against the gap: softmax once is a line without end to the left, "
        "softmax twice stays in a band of one nat.",
        handles=(
            Handle(
                "gap_dot",
                "loss",
                label="gap, on softmax once",
                param="gap",
                bounds=(-12.0, 12.0),
            ),
            Handle(
                "gap_dot",
                "loss_twice",
                label="gap, on softmax twice",
                param="gap",
                role="squared",
                bounds=(-12.0, 12.0),
            ),
        ),
        height=height,
    )


def weights(columns: Any, height: int) -> Plot:
    """The weighted mean against the weight."""
    plot = curve_plot(
        x_range=(0, 20.5),
        y_range=(0, 1.3),
        x_label="weight of cats",
        y_label="loss in nats",
        height=height,
    )
    source = own_sources(columns)["weights"]
    hairline(plot, "weight", "plain", source)
    plot.line("weight", "mean", source=source, line_width=3, line_color=color("loss"))
    label(plot, 20.0, 0.7, "plain mean", "muted", text_align="right")
    return Plot(
        plot,
        describe="The weighted mean against the weight of one class: a level where the batch has "
        "one class only.",
        handles=(Handle("weight", "weighted", label="weight of cats", param="weight"),),
        height=height,
    )


def calibration(columns: Any, height: int) -> Plot:
    """Both losses against how sure the model is, and where confidence is calibrated."""
    plot = curve_plot(
        x_range=(0, 8),
        y_range=(0, 3),
        x_label="logit of the answer given",
        y_label="loss in nats",
        height=height,
    )
    columns = own_sources(columns)
    hairline(plot, "gap", "span", columns["calibrated"], line_color=color("truth"))
    source = columns["confidence"]
    plot.line("gap", "unseen", source=source, line_width=3, line_color=color("loss"))
    plot.line(
        "gap",
        "heart",
        source=source,
        line_width=3,
        line_dash=[8, 3],
        line_color=color("prediction"),
    )
    label(plot, 3.2, 2.75, "┆ calibrated", "truth")
    label(plot, 7.9, 0.3, "known by heart", "prediction", text_align="right")
    label(plot, 7.9, 2.1, "unseen", "loss", text_align="right")
    handle = {"x": "gap_seen", "param": "gap", "bounds": (0.0, 8.0)}
    return Plot(
        plot,
        describe="The loss against confidence: over what is known by heart it falls for ever, over "
        "what is unseen it is least where confidence is the share that is right.",
        handles=(
            Handle(y="unseen_dot", label="confidence, on the unseen", **handle),
            Handle(
                y="heart_dot",
                label="confidence, on what is known by heart",
                role="prediction",
                **handle,
            ),
        ),
        height=height,
    )
