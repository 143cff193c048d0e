"""A state means the same to Python and to the page: the same sentences, the same result."""

import json
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.node import in_node

from crossent.figures import FIGURES
from crossent.figures.figure import Figure, State
from crossent.figures.parameters import (
    ClassIndex,
    Mask,
    Number,
    Rows,
    RowTargets,
    Selector,
    Vector,
    Writing,
)
from crossent.figures.sampling import random_states

BAD = 2000
GOOD = 300

# Values and states that were chosen one by one, most of them wrong.
VALUES = [
    *(0, 1, -1, 2, 3, 9, 10, 0.5, 2.0, -0.0, 99, 1e21, 1.5e300, 1e-7, 123456.789),
    *(None, True, False, "", "x", "bits", "nats", "sigmoid", "logit", "NaN", {}, {"a": [1, None]}),
    *(
        [],
        [1],
        [1, 2],
        [0.5, 0.5],
        [0.5, 0.6],
        [0.1] * 10,
        [0.1] * 11,
        [1, "2"],
        [True, False],
        [[]],
    ),
    *([1, None], [31, 0], [-30.5, 0], [0.25] * 4, [0.2] * 5, [1e-3, 0.999], [0.3, 0.3, 0.4000001]),
    *([0.3, 0.3, 0.40001], [1e-7, 1 - 1e-7]),
    *(
        ["a", "b"],
        ["a", ""],
        ["a", "  "],
        ["a", "x" * 24],
        ["a", "x" * 25],
        ["a", "ä" * 24],
        ["a", 1],
    ),
    *(["a", "\ud800"], ["a", "𝔘" * 24], ["a", "𝔘" * 25], ["a"] * 10, ["a"] * 11, "ab", "x" * 100),
    *([[1, 2]], [[1, 2], [3]], [[0] * 5], [[0] * 5] * 2, [[0] * 5] * 9, [[99] * 5], [[1, "a"]]),
    *([0, 1], [0, 0.5], [-1], [7], [0] * 9, [1.0]),
]
TOGETHER = {
    "prediction-bars": [
        {"probs": [0.5, 0.5], "target": 2},
        {"probs": [0.5, 0.5], "classes": ["a", "b", "c"]},
        {"classes": ["a", "b", "c"]},
        {"classes": ["a"] * 7, "target": 6},
        {"target": 7},
        {"probs": [0.5, 0.6], "target": 9, "unit": "bits"},
        {"prob": [0.5, 0.5]},
        {"tagret": 1},
        {"q": 1},
        {"x" * 60: 1},
        {"__proto__x": 1},
        {"": 1},
    ],
    "logit-gradient": [
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": [2]},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2]], "batch_targets": [0]},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": []},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": [3]},
        {"logits": [1, 2, 3], "batch_targets": [1]},
        {"batch_logits": [[0] * 5] * 3},
        {"logits": [1, 2], "target": 4, "temperature": 0, "smoothing": 1},
        {"temprature": 1},
        {"learning-rate": 1},
    ],
}


# What random ones are made of.
NUMBERS = [
    *(0, 1, -1, 2, 3, 9, 10, 0.5, 2.0, -0.0, 99, 1e21, 1.5e300, 1e-7, 1e-6, 123456.789, 5e-324),
    *(2**53 + 1, 10**21, 10**400, 2**1024 - 2**969, math.inf, -math.inf, 0.1 + 0.2, 1 / 3),
]
LETTERS = [
    *(
        "a",
        "Z",
        "7",
        " ",
        "\t",
        "\n",
        "'",
        '"',
        "\\",
        "/",
        "ä",
        "ﬁ",
        "𝔘",
        "👩‍👧",
        "\ud800",
        "\udfff",
    ),
    *("\x00", "\x1f", "\x7f", "\x85", "\xa0", "\u200b", "\u2028", "\ufeff", "\u3000", "<", "&"),
]
TEXTS = [
    *("", " ", "bits", "nats", "sigmoid", "logit", "NaN", "null", "x" * 57, "x" * 58, "x" * 59),
    *("x" * 61, "ä" * 24, "𝔘" * 24, "𝔘" * 25, "𝔘" * 58, "__proto__", "toString", "constructor"),
]
NAMES = ["1", "0", "01", "4294967294", "4294967295", "__proto__", "hasOwnProperty", "", "tagret"]


class Chance:
    """States that a visitor may send, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(TEXTS)
        return "".join(self.random.choices(LETTERS, k=self.random.choice([1, 2, 5, 24, 25, 70])))

    def number(self) -> float:
        if self.random.random() < 0.6:
            return self.random.choice(NUMBERS)
        return self.random.uniform(-12, 12) * 10.0 ** self.random.randint(-9, 9)

    def anything(self, depth: int = 0) -> Any:
        pick = self.random.random()
        if depth > 3 or pick < 0.35:
            return self.number()
        if pick < 0.5:
            return self.random.choice([None, True, False])
        if pick < 0.7:
            return self.text()
        count = self.random.choice([0, 1, 2, 3, 5, 10, 11])
        if pick < 0.9:
            return [self.anything(depth + 1) for _ in range(count)]
        return {self.name(): self.anything(depth + 1) for _ in range(count)}

    def name(self) -> str:
        return self.random.choice([self.random.choice(NAMES), self.text()])

    def near_name(self, names: list[str]) -> str:
        """A name with one or two letters wrong, or one that is none at all."""
        letters = list(self.random.choice(names))
        for _ in range(self.random.choice([1, 1, 2, 5])):
            place = self.random.randrange(len(letters) + 1)
            letters[place : place + self.random.randrange(2)] = self.random.choice(["", "e", "_"])
        return self.random.choice(["".join(letters), "".join(letters), self.name()])

    def nearly(self, parameter: Any) -> Any:
        """A value that is nearly right: of the right kind, but too long, too large, not whole."""
        count = self.random.randint(0, 12)
        match parameter:
            case Rows():
                lengths = self.random.choice([[count], [5], [2, 3]])
                rows = self.random.randint(0, 5)
                return [self.nearly_row(self.random.choice(lengths)) for _ in range(rows)]
            case RowTargets():
                return [self.random.choice([0, 1, 4, 9, -1, 0.5]) for _ in range(count // 2)]
            case Vector():
                return self.nearly_row(count, *parameter.bounds)
            case Number() | ClassIndex():
                return self.random.choice([self.number(), self.random.randint(-2, 12)])
            case Writing():
                return self.random.choice(LETTERS) * (parameter.length + self.random.randint(-1, 1))
            case Mask():
                return self.nearly_mask(parameter)
            case Selector():
                return self.random.choice([*parameter.options, self.text()])
            case _:
                return [self.random.choice(["a", self.text()]) for _ in range(count)]

    def nearly_mask(self, mask: Mask) -> str:
        """Runs of its letters, of about as many pixels as it has; some have what is no run."""
        left, text = mask.size[0] * mask.size[1], ""
        while left > 0 and self.random.random() < 0.98:
            count = min(left, self.random.choice([1, 2, 9, 30, 100, 576]))
            text += f"{count}{self.random.choice(list(mask.options))}"
            left -= count
        strange = [
            "",
            "",
            "",
            "",
            "1s",
            "s",
            "0s",
            "01s",
            "q",
            "5",
            "٣s",
            "99999s",
            "\n",
            "s" * 999,
        ]
        return self.random.choice([text + self.random.choice(strange), self.text()])

    def nearly_row(self, count: int, low: float = -3, high: float = 3) -> list[Any]:
        row: list[Any] = [self.random.uniform(low, high) for _ in range(count)]
        kind = self.random.random()
        if kind < 0.3 and row and 0 < abs(sum(row)) < math.inf:
            total = sum(row) * self.random.choice([1, 1, 1 + 1e-6, 1 - 1.1e-6, 64 / 65, 2**-20 + 1])
            row = [value / total for value in row]
        elif kind < 0.6 and row:
            row[self.random.randrange(len(row))] = self.anything(2)
        elif kind < 0.8:
            row = [round(value) for value in row]
        return row

    def state(self, figure: type[Figure]) -> State:
        """Some entries, right or wrong, in any order."""
        parameters = figure.parameters()
        given: State = {}
        for name in self.random.sample(list(parameters), self.random.randint(0, len(parameters))):
            parameter, pick = parameters[name], self.random.random()
            if pick < 0.3:
                given[name] = self.anything()
            else:
                given[name] = self.nearly(parameter) if pick < 0.8 else parameter.default
        if self.random.random() < 0.4:
            given[self.near_name(list(parameters))] = self.anything()
        return given


def states() -> Iterator[tuple[str, State]]:
    chance = Chance(0)
    for i in range(BAD):
        name = list(FIGURES)[i % len(FIGURES)]
        yield name, chance.state(FIGURES[name])
    for name, figure in FIGURES.items():
        yield from ((name, {entry: value}) for entry in figure.parameters() for value in VALUES)
        yield from ((name, state) for state in TOGETHER.get(name, []))
        yield from ((name, preset.state) for preset in figure.presets)
        yield from ((name, state) for state in random_states(figure, GOOD // len(FIGURES)))
        yield name, {"x" * 10_000: 0, "classes": ["a" * 10_000, "b"]}


def as_text(state: State) -> str:
    """JSON, where an infinity is a number that is too large to hold."""
    return json.dumps(state).replace("Infinity", "1e999")


@pytest.fixture(scope="module")
def both() -> list[tuple[str, str, Any, Any]]:
    """Each figure and state with Python's and the page's answer."""
    asked = [(name, as_text(state)) for name, state in states()]
    asked.append(("prediction-bars", '{"probs": ' + "[" * 900 + "]" * 900 + "}"))
    schemas = {n: [p.schema() for p in f.parameters().values()] for n, f in FIGURES.items()}
    theirs = in_node("resolving.js", {"parameters": schemas, "states": asked})
    ours = [FIGURES[name].resolve(json.loads(text)) for name, text in asked]
    return [
        (*question, a, (b["state"], b["problems"]))
        for question, a, b in zip(asked, ours, theirs, strict=True)
    ]


@pytest.mark.parametrize("part", [0, 1], ids=["state", "sentences"])
def test_python_and_the_page_agree_on(part: int, both: list[tuple[str, str, Any, Any]]) -> None:
    apart = [
        f"{name} {text[:300]}\n  Python: {ours[part]}\n  page:   {theirs[part]}"
        for name, text, ours, theirs in both
        if ours[part] != theirs[part]
    ]
    assert not apart, f"{len(apart)} of {len(both)}\n" + "\n".join(apart[:12])


def test_most_of_these_states_are_wrong_in_every_way(
    both: list[tuple[str, str, Any, Any]],
) -> None:
    sentences = [sentence for _, _, (_, problems), _ in both for sentence in problems]
    assert sum(bool(problems) for _, _, (_, problems), _ in both) > 0.7 * BAD
    for words in [
        *("did you mean", "must be one of", "a number from", "among them", "of them", "sum to 1"),
        *("names; got", "a name in", "at most", "one length", "one entry for each", "entries, but"),
        *("these runs have", "in runs such as"),
        *("names, but", "a row of", "from 0 to", "whole numbers from 0", "a whole number", "..."),
        "text of at most",
    ]:
        assert any(words in sentence for sentence in sentences), words
