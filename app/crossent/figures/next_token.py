"""Lesson 15: a sentence scored token by token by a small language model; loss and perplexity."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..components import (
    Action,
    Choice,
    Guesses,
    LiveTable,
    Node,
    OneOf,
    Range,
    Readout,
    Row,
    Sentence,
    Shape,
    Shapes,
    Stack,
    Switch,
    TextBox,
    TokenStrip,
)
from ..core.kernels import move_probability, perplexity, rows_at, surprise, to_bits
from ..datasets import alice
from .figure import Columns, Figure, Preset, State
from .parameters import Flag, Number, Selector, Writing

LENGTH = 200  # characters of a text
PADS = 24  # tokens of padding after it, at most
PLACES = LENGTH + PADS
MOST = 20.0  # bits that a token can be set to cost
LEAST = 1e-6  # JavaScript writes what is less with an exponent, which no aria-value may have
GUESSES = 6
IGNORED = -100  # the target that PyTorch leaves out of the mean

BEFORE = {"uniform": 0, "unigram": 0, "bigram": 1, "trigram": 2, "pieces": 1}  # tokens known
LINE = "Alice was beginning to get very tired"

PLAIN: State = {
    "text": LINE,
    "model": "bigram",
    "smoothing": 0.5,
    "padding": 0,
    "ignored": True,
    "token": 0,
    "override": 0,
}


@cache
def counted(model: str) -> tuple[Any, Any]:
    """What a model counted: the row of each context, (contexts,), and the rows, (rows, V).

    All contexts that never came share the row of zeros.

    >>> [counted(model)[1].shape[1] for model in BEFORE]
    [32, 32, 32, 32, 64]
    """
    counts = alice.counts(BEFORE[model], pieces=model == "pieces")
    table = counts.reshape(-1, counts.shape[-1]) * (model != "uniform")
    seen = np.any(table > 0, axis=-1)
    rows = np.concatenate([table[seen], np.zeros((1, table.shape[-1]), dtype=table.dtype)])
    return np.where(seen, np.cumsum(seen) - 1, np.sum(seen)), rows


def tokenized(text: Any, model: str) -> tuple[Any, Any]:
    """A text's characters as the model's tokens, (PLACES,), padded at the end; and their number."""
    written = np.greater_equal(text, 0)
    padding = np.full(PADS, alice.EDGE)
    characters = np.concatenate([np.where(written, text, alice.EDGE), padding])
    if model != "pieces":
        return characters, np.sum(np.where(written, 1, 0))
    tokens, count = alice.in_pieces(characters)
    count = count - (PLACES - np.sum(np.where(written, 1, 0)))  # no pad is part of a piece
    return np.where(np.less(np.arange(PLACES), count), tokens, alice.EDGE), count


def contexts(tokens: Any, model: str) -> Any:
    """The row of the counts that predicts each token."""
    if BEFORE[model] == 0:
        return 0 * tokens
    places = counted(model)[0]
    edge = np.array([alice.EDGE])
    before = np.concatenate([edge, tokens[:-1]])
    if BEFORE[model] == 1:
        return rows_at(places, before)
    earlier = np.concatenate([edge, before[:-1]])
    return rows_at(places, earlier * alice.CHARACTERS + before)


def probabilities(rows: Any, smoothing: Any) -> Any:
    """Counts as probabilities after `smoothing` was added to each: softmax(log(counts + k))."""
    size = rows.shape[-1]
    return (rows + smoothing) / (np.sum(rows, axis=-1, keepdims=True) + smoothing * size)


class NextToken(Figure):
    """A typed text, the probability that the model gave each of its tokens, and what that costs."""

    name_of = "next-token"
    title = "The next token"
    summary = "Type a sentence and see what each of its letters costs a small language model."

    text = Writing(
        LINE,
        letters=alice.LETTERS,
        alike=alice.ALIKE,
        length=LENGTH,
        label="your sentence",
        doc="The text that is scored, up to 200 characters.",
    )
    model = Selector(
        "bigram",
        options={
            "uniform": "uniform",
            "unigram": "unigram",
            "bigram": "bigram",
            "trigram": "trigram",
            "pieces": "pieces",
        },
        label="the model",
        doc="What is known of the text before: nothing, one character, two; or one piece of two.",
    )
    smoothing = Number(
        0.5,
        bounds=(0.02, 20.0),
        step=0.01,
        label="added to every count, k",
        doc="So that what the chapter never held is not impossible.",
    )
    padding = Number(
        0, bounds=(0, PADS), step=1, label="padding", doc="Tokens that only fill the row."
    )
    ignored = Flag(
        True, label="ignore the padding", doc="Targets of padding are -100, the ignore_index."
    )
    token = Number(
        0,
        bounds=(0, PLACES - 1),
        step=1,
        label="selected token",
        doc="Which token is selected, counted from 0.",
    )
    override = Number(
        0.0,
        bounds=(0.0, 1.0),
        step=0.01,
        label="probability set by hand",
        doc="The probability of the selected token; 0: the model's own.",
    )

    presets = [
        Preset(
            "A line of the book", PLAIN, "2.296 nats a token: as unsure as among 9.938 equal ones."
        ),
        Preset(
            "Two known",
            PLAIN | {"model": "trigram"},
            "With two characters known the perplexity falls to 5.729.",
        ),
        Preset(
            "In pieces",
            PLAIN | {"model": "pieces"},
            "A higher perplexity, 14.15, yet fewer bits per character: 2.583 after 3.313.",
        ),
        Preset(
            "Knows nothing",
            PLAIN | {"model": "uniform"},
            "32 tokens, all alike: perplexity 32, exactly 5 bits each.",
        ),
        Preset(
            "Nonsense",
            PLAIN | {"text": "xqzjkvw"},
            "Perplexity 72.69: worse than knowing nothing.",
        ),
        Preset(
            "Padding counted",
            PLAIN | {"padding": 12, "ignored": False},
            "Twelve tokens that nobody wrote move the mean from 2.296 to 2.854.",
        ),
        Preset(
            "T is V",
            PLAIN | {"text": "Alice sat by the fire and slept."},
            "32 tokens of 32 kinds: the wrong order of axes is accepted.",
        ),
    ]

    code = {
        "PyTorch": (
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            "from crossent.figures.next_token import scored  # pip install crossent\n\n"
            "logits, targets = scored(\n"
            "    {text}, {model}, {smoothing}, {padding}, {ignored}, {token}, {override}\n"
            ")\n"
            "logits = torch.tensor(logits)[None]  # [B, T, V], as a language model gives them\n"
            "targets = torch.tensor(targets)[None]  # [B, T]; -100 where a target is ignored\n"
            "loss = F.cross_entropy(logits.transpose(1, 2), targets)  # it wants [B, V, T]\n"
            "print(loss.item(), loss.exp().item())\n"
        ),
        "NumPy": (
            "import numpy as np\n\n"
            "from crossent.figures.next_token import scored  # pip install crossent\n\n"
            "logits, targets = scored(\n"
            "    {text}, {model}, {smoothing}, {padding}, {ignored}, {token}, {override}\n"
            ")\n"
            "logits, targets = logits[targets != -100], targets[targets != -100]\n"
            "shifted = logits - logits.max(1, keepdims=True)\n"
            "log_probs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))\n"
            "losses = -log_probs[np.arange(len(targets)), targets]\n"
            "loss = losses.mean() if len(losses) else np.nan\n"
            "print(loss, np.exp(loss))\n"
        ),
    }

    @staticmethod
    def compute(
        text: Any,
        model: str,
        smoothing: Any,
        padding: Any,
        ignored: Any,
        token: Any,
        override: Any,
    ) -> Columns:
        """Each token's cost in bits, the mean over those that count, and the first guesses."""
        rows = counted(model)[1]
        size = rows.shape[-1]
        tokens, count = tokenized(text, model)
        place = np.arange(PLACES)
        length = count + padding
        here = np.clip(token, 0, np.maximum(length - 1, 0)).astype(np.int64)
        at = contexts(tokens, model)
        by_hand = np.greater(override, 0.0)

        flat, totals = np.reshape(rows, (-1,)), np.sum(rows, axis=-1)
        said = rows_at(flat, at * size + tokens)
        model_p = (said + smoothing) / (rows_at(totals, at) + smoothing * size)
        p = np.where(np.equal(place, here) & by_hand, override, model_p)
        nats = surprise(p)
        written = np.less(place, count)
        last = np.where(np.greater(ignored, 0.5), count, length)
        kept = np.less(place, last)
        total = np.sum(np.where(kept, nats, 0.0))
        own = np.sum(np.where(written, nats, 0.0))
        mean = total / last

        row = probabilities(rows_at(flat, at[here] * size + np.arange(size)), smoothing)
        target = tokens[here]
        row = np.where(by_hand, move_probability(row, target, override), row)
        order = np.argsort(-row, kind="stable")[:GUESSES]
        characters = np.sum(np.where(np.greater_equal(text, 0), 1, 0))
        strange = np.sum(np.where(np.equal(text, alice.UNKNOWN), 1, 0))
        square = np.equal(length, size)
        turned = wrong_order(rows, at, tokens, smoothing, (here, by_hand, row))
        wrong = np.sum(np.where(kept[:size], turned, 0.0)) / last
        some = np.greater(length, 0)
        return {
            "tokens": {
                "token": np.where(np.less(place, length), tokens, -1),
                "bits": np.where(np.less(place, length), to_bits(nats), 0.0),
                "kept": np.where(kept, 1.0, 0.0),
            },
            "guesses": {"token": order, "prob": rows_at(row, order)},
            "readout": {
                "loss": mean,
                "sum": total,
                "count": last,
                "perplexity": perplexity(mean),
                "bits_token": to_bits(mean),
                "bits_character": to_bits(own) / characters,
                "sum_bits": to_bits(own),
                "characters": characters,
                "tokens": count,
                "length": length,
                "vocabulary": size,
                "uniform": np.log(size),
                "p": p[here],
                "loss_here": nats[here],
                "bits_here": to_bits(nats[here]),
                "here": here,
                "target": np.where(some, target, -1),
                "model_p": model_p[here],
                "by_hand": by_hand & some,
                "costliest": np.argmax(np.where(written, nats, -1.0)),
                "unknown": strange,
                "some_unknown": np.greater(strange, 0),
                "nothing": np.equal(last, 0),
                "diluted": own / length,
                "padded": np.greater(padding, 0) & np.greater(ignored, 0.5) & some,
                "polluted": np.greater(padding, 0) & np.less(ignored, 0.5),
                "turned": np.where(square, wrong, np.nan),
                "accepted": square,
                "refused": np.not_equal(length, size) & some,
                "worse": np.greater(mean, np.log(size)),
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, with the class axis second as it wants it, and in the wrong order."""
        cross_entropy = torch.nn.functional.cross_entropy
        names = ("text", "model", "smoothing", "padding", "ignored", "token", "override")
        logits, targets = (torch.tensor(a)[None] for a in scored(*(state[n] for n in names)))
        if logits.shape[1] == 0:
            return {}
        mean = cross_entropy(logits.transpose(1, 2), targets)
        found = {"loss": mean.item(), "perplexity": mean.exp().item()}
        found["sum"] = cross_entropy(logits.transpose(1, 2), targets, reduction="sum").item()
        if logits.shape[1] == logits.shape[2]:
            found["turned"] = cross_entropy(logits, targets).item()
        return found

    # An edit each for the two ways to take hold of the selected token: by p, and by what it costs.
    @staticmethod
    def edit_prob(value: Any) -> dict[str, Any]:
        """The selected token's probability takes a value."""
        return {"override": np.clip(value, LEAST, 1.0)}

    @staticmethod
    def edit_cost(value: Any) -> dict[str, Any]:
        """The selected token's probability becomes what costs so many bits."""
        return {"override": np.clip(np.exp2(-value), LEAST, 1.0)}

    @staticmethod
    def edit_release(override: Any) -> dict[str, Any]:
        """The model's own probability again."""
        return {"override": 0.0 * override}

    edits = {"prob": edit_prob, "cost": edit_cost, "release": edit_release}

    @staticmethod
    def view(columns: Any) -> Node:
        return Stack(
            TextBox(
                "text",
                anew=("token", "override"),
                empty="There is nothing to predict: type something.",
                note=Sentence(
                    "{unknown:integer} unknown, \N{REPLACEMENT CHARACTER}",
                    role="squared",
                    when="some_unknown",
                ),
            ),
            strip(),
            Row(
                Readout("loss", "mean loss", unit="nats", role="loss", size="large"),
                Readout("perplexity", "perplexity", role="loss", size="large"),
                Readout("bits_token", "bits per token"),
                Readout("bits_character", "bits per character"),
            ),
            Row(
                Stack(
                    Choice("model"),
                    Range("smoothing", scale="log"),
                    Range("padding", format="integer"),
                    Switch("ignored"),
                    sums(),
                    OneOf(
                        Sentence(
                            "Without the padding in it: the mean of {tokens:integer} tokens.",
                            role="truth",
                            when="padded",
                        ),
                        Sentence(
                            "The padding is counted. A model that had learned it by heart would "
                            "seem to be at {diluted}.",
                            role="loss",
                            when="polluted",
                        ),
                    ),
                ),
                Stack(
                    Range(
                        edit="prob",
                        shows="p",
                        label="its probability p",
                        bounds=(LEAST, 1.0),
                        step=0.01,
                        format="probability",
                        role="prediction",
                    ),
                    Row(
                        Readout("bits_here", "it costs", unit="bits", role="loss"),
                        Readout("p", "p", format="probability", role="prediction"),
                        Readout("model_p", "the model’s own p", format="probability"),
                    ),
                    Action("The model’s own again", "release"),
                    guesses(),
                    title="The selected token",
                    frame=True,
                    name="selected",
                ),
            ),
            shapes(),
        )

    @staticmethod
    def card(columns: Any) -> Node:
        return Stack(
            strip(),
            Row(
                Readout("loss", "mean loss", unit="nats", role="loss"),
                Readout("perplexity", "perplexity"),
            ),
        )


def wrong_order(rows: Any, at: Any, tokens: Any, smoothing: Any, held: Any) -> Any:
    """Losses of [T, V] logits taken for [V, T], T being V: softmax over time, targets as times."""
    size = rows.shape[-1]
    here, by_hand, row = held
    place = np.arange(size)
    probs = probabilities(rows_at(rows, at[:size]), smoothing)
    mine = np.equal(place, here) & by_hand
    probs = np.where(np.expand_dims(mine, -1), row, probs)
    chosen = rows_at(np.reshape(probs, (-1,)), tokens[:size] * size + place)
    return np.log(np.sum(probs, axis=0)) - np.log(chosen)


def scored(
    text: str,
    model: str = "bigram",
    smoothing: float = 0.5,
    padding: float = 0,
    ignored: bool = True,
    token: float = 0,
    override: float = 0.0,
) -> tuple[Any, Any]:
    """A text's logits, (T, V), and targets, (T,), as a training loop would have them.

    The arguments are the entries of the figure's state. Logits are log-probabilities; targets that
    are ignored are -100.

    >>> logits, targets = scored("a cat")
    >>> logits.shape, targets
    ((5, 32), array([ 0, 26,  2,  0, 19]))
    """
    tokens, count = tokenized(np.array(NextToken.parameters()["text"].codes(text)), model)
    length = int(count) + int(padding)
    probs = probabilities(counted(model)[1][contexts(tokens, model)[:length]], smoothing)
    tokens = tokens[:length]
    if override > 0 and length:
        here = min(int(token), length - 1)
        probs[here] = move_probability(probs[here], tokens[here], override)
    pads = np.arange(length) >= count
    with np.errstate(divide="ignore"):
        return np.log(probs), np.where(pads & bool(ignored), IGNORED, tokens)


def strip() -> TokenStrip:
    """The tokens, each under the one before it, with what it costs."""
    return TokenStrip(
        "token",
        tokens="tokens.token",
        shows="tokens.bits",
        kept="tokens.kept",
        count="length",
        here="here",
        edit="cost",
        names=alice.names(),
        first=alice.EDGE,
        most=MOST,
        anew=("override",),
    )


def guesses() -> Guesses:
    """The most probable tokens at the selected place."""
    return Guesses(
        tokens="guesses.token",
        shows="guesses.prob",
        target="target",
        names=alice.names(),
        label="What the model expected there",
    )


def sums() -> LiveTable:
    """The mean is the sum over those that count."""
    return LiveTable(
        "From the sum to the mean",
        ("", "sum, nats", "divided by", "gives"),
        (("mean", "sum", "count:integer", "loss"),),
        roles=("loss", "squared", "loss"),
        name="sums",
    )


def shapes() -> Stack:
    """The axes in both orders, drawn to scale, and what PyTorch says of them."""
    return Stack(
        Shapes(
            Shape("logits, as a model gives them: [B, T, V]", ("length", "vocabulary")),
            Shape(
                "logits.transpose(1, 2), as the call wants them: [B, V, T]",
                ("vocabulary", "length"),
                role="truth",
            ),
            Shape("targets: [B, T]", ("length",), role="truth"),
        ),
        OneOf(
            Sentence(
                "The logits as the model gives them, not transposed: “Expected target size [1, "
                "{vocabulary:integer}], got [1, {length:integer}]”. PyTorch refuses.",
                when="refused",
            ),
            Sentence(
                "T is V: logits that were not transposed are accepted in silence. The mean would "
                "be {turned}, a softmax over time, and not {loss}.",
                role="loss",
                when="accepted",
            ),
        ),
        title="The order of the axes",
        frame=True,
        name="shapes",
    )
