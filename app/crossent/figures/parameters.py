"""What a figure's state may hold: parameters that check JSON values and describe themselves.

A parameter knows its bounds, label and doc, and nothing else does. `check` turns a JSON value
into the state's value or raises :class:`StateError` with one sentence; `schema` is the same
knowledge as JSON, for the browser, which checks what is typed before it is sent.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from itertools import groupby
from operator import add
from typing import Any

import numpy as np
import param

from ..errors import HALF_CHARACTER, REPLACEMENT, StateError

MIN_CLASSES, MAX_CLASSES = 2, 10
MAX_NAME_LENGTH = 24
MAX_ROWS = 4
VOID = 255  # what compute receives for a pixel of no class, as in the masks of Pascal VOC
# How far a row of probabilities may be from summing to 1, so that typed decimals are accepted.
SUM_TOLERANCE = 1e-6
LONGEST_SHOWN = 60  # characters of a value in a sentence
DIGITS = re.compile("0|[1-9][0-9]{0,9}")
MAX_PLACE = 2**32 - 1  # of a list in JavaScript
SIX_DIGITS = Context(prec=6, rounding=ROUND_HALF_UP)  # as JavaScript's toPrecision rounds
# What JavaScript's trim takes away; Python's strip takes separators of files too, and no byte mark.
SPACES = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def describe(value: Any) -> str:
    """The value as an error message shows it, in the browser too: JSON, short."""
    shown, whole = [], False
    size = 0
    for piece in written(value):
        shown.append(piece)
        size += len(piece)
        if size > LONGEST_SHOWN:
            break
    else:
        whole = True
    text = HALF_CHARACTER.sub(REPLACEMENT, "".join(shown))
    return text if whole else text[: LONGEST_SHOWN - 3] + "..."


def written(value: Any) -> Iterator[str]:
    """A value as JavaScript writes it, piece by piece, so that of a large one no more is written
    than is shown: null, true, 2 rather than 2.0, no spaces, text between single quotes."""
    if isinstance(value, str):
        yield f"'{value[: 2 * LONGEST_SHOWN]}'"
    else:
        yield from as_json(value)


def as_json(value: Any) -> Iterator[str]:
    """The pieces of a value that is no text by itself."""
    if value is None or isinstance(value, bool | str):
        text = json.dumps(
            value[: 2 * LONGEST_SHOWN] if isinstance(value, str) else value, ensure_ascii=False
        )
        yield HALF_CHARACTER.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    elif isinstance(value, int | float):
        yield number_text(value)
    elif isinstance(value, list | tuple):
        yield from joined("[", (as_json(entry) for entry in value), "]")
    elif isinstance(value, dict):
        names = page_order(map(str, value))
        values = {str(name): entry for name, entry in value.items()}
        yield from joined("{", (pair(name, values[name]) for name in names), "}")
    else:
        yield repr(value)


def pair(name: str, value: Any) -> Iterator[str]:
    """The pieces of an object's entry."""
    yield from as_json(name)
    yield ":"
    yield from as_json(value)


def joined(begin: str, parts: Iterable[Iterator[str]], end: str) -> Iterator[str]:
    """The pieces of all parts, with commas between them."""
    yield begin
    for i, part in enumerate(parts):
        if i:
            yield ","
        yield from part
    yield end


def page_order(names: Iterable[str]) -> list[str]:
    """Names in the order in which a page goes through an object's: places of a list come first."""
    return sorted(names, key=place)


def place(name: str) -> float:
    """The place of a list that a name is, or infinity."""
    number = int(name) if DIGITS.fullmatch(name) else MAX_PLACE
    return number if number < MAX_PLACE else math.inf


def number_text(number: float) -> str:
    """A number as JavaScript writes it; what JSON has no word for is null there."""
    if not is_number(number):
        return "null"
    shortest = repr(float(number))
    if number and not 1e-6 <= abs(number) < 1e21:
        digits, _, exponent = f"{Decimal(shortest).normalize():e}".partition("e")
        return f"{digits}e{int(exponent):+d}"
    return f"{Decimal(shortest).normalize() + 0:f}"


def tidy(number: float) -> str:
    """A number as sentences on bounds and sums show it: six digits at most, 10 rather than 10.0."""
    return number_text(float(SIX_DIGITS.plus(Decimal(number))))


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number (true and false are not)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond float64
        return False


def is_whole(value: Any) -> bool:
    """Whether a JSON value is a whole number; 2.0 is 2, as it is in the browser."""
    return is_number(value) and value == int(value)


class StateParameter(param.Parameter):
    """One entry of a figure's state.

    `label` is what a page calls it. `per_class` values have one entry for each class;
    `traced` values reach compute as numbers or arrays, the others as they are.
    """

    kind = "any"
    per_class = False
    traced = True

    __slots__ = ["title"]

    def __init__(self, default: Any, *, label: str | None = None, doc: str = "") -> None:
        self.title = label
        super().__init__(default=default, doc=doc, instantiate=True, allow_None=False)

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        self.check(val)

    def check(self, value: Any) -> Any:
        """The value as the state holds it.

        Raises
        ------
        StateError
            With one sentence that says what would be right.
        """
        return value

    @property
    def wanted(self) -> str:
        """What may stand here, as a sentence says it."""
        raise NotImplementedError

    def fit(self, num_classes: int) -> Any:
        """The default for another number of classes."""
        return self.default

    def schema(self) -> dict[str, Any]:
        """The same knowledge as JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "label": self.title or self.name.replace("_", " "),
            "doc": self.doc,
            "default": self.default,
        }

    def refuse(self, wanted: str, value: Any) -> StateError:
        """The error for a value of the wrong kind."""
        return StateError(f"{self.name} must be {wanted}; got {describe(value)}")


class Bounded(StateParameter):
    """A number or numbers between bounds; `step` is what an arrow key adds.

    Where the step is a whole number, so is every value.
    """

    __slots__ = ["bounds", "step", "unit"]

    def __init__(
        self,
        default: Any,
        *,
        bounds: tuple[float, float],
        step: float,
        unit: str = "",
        **kwargs: Any,
    ) -> None:
        self.bounds, self.step, self.unit = bounds, step, unit
        super().__init__(default, **kwargs)

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return float(self.step).is_integer()

    def allows(self, value: Any) -> bool:
        """Whether a JSON value is a number that may stand here."""
        low, high = self.bounds
        fits = is_number(value) and low <= value <= high
        return fits and (not self.whole or is_whole(value))

    def range_text(self) -> str:
        """The bounds as a message names them."""
        low, high = self.bounds
        return f"from {tidy(low)} to {tidy(high)}"

    def schema(self) -> dict[str, Any]:
        return super().schema() | {
            "bounds": list(self.bounds),
            "step": self.step,
            "unit": self.unit,
        }


class Number(Bounded):
    """A finite number."""

    kind = "number"

    @property
    def wanted(self) -> str:
        return f"a {'whole number' if self.whole else 'number'} {self.range_text()}"

    def check(self, value: Any) -> float:
        if not self.allows(value):
            raise self.refuse(self.wanted, value)
        return float(value)


class Selector(StateParameter):
    """One of a few named options. Compute receives the option's name."""

    kind = "choice"
    traced = False
    __slots__ = ["options"]

    def __init__(self, default: str, *, options: dict[str, str], **kwargs: Any) -> None:
        self.options = options
        super().__init__(default, **kwargs)

    @property
    def wanted(self) -> str:
        return "one of " + ", ".join(self.options)

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise self.refuse(self.wanted, value)
        return value

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"options": self.options}


class Flag(StateParameter):
    """True or false. Compute receives 1 or 0, so that a flag is no shape of its own."""

    kind = "flag"
    wanted = "true or false"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(self.wanted, value)
        return value


def is_name(value: Any) -> bool:
    """Whether a JSON value can name a class: text that can be written, neither empty nor long."""
    if not isinstance(value, str) or HALF_CHARACTER.search(value):
        return False
    return 0 < len(value.strip(SPACES)) <= MAX_NAME_LENGTH


class ClassNames(StateParameter):
    """The classes' names, in order; their number is the number of classes."""

    kind = "names"
    per_class = True
    traced = False
    wanted = f"a list of {MIN_CLASSES} to {MAX_CLASSES} names"

    def check(self, value: Any) -> list[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.refuse(self.wanted, value)
        if not MIN_CLASSES <= len(value) <= MAX_CLASSES:
            raise StateError(f"{self.name} must be {self.wanted}; got {len(value)}")
        for name in value:
            if not is_name(name):
                raise StateError(
                    f"a name in {self.name} must be text of 1 to {MAX_NAME_LENGTH} characters; "
                    f"got {describe(name)}"
                )
        return [str(name) for name in value]

    def fit(self, num_classes: int) -> list[str]:
        names = list(self.default[:num_classes])
        return names + [f"class {i + 1}" for i in range(len(names), num_classes)]


class Writing(StateParameter):
    """A text that a reader types, of at most `length` characters; it may be empty.

    Compute receives the place of each character in `letters`, and -1 after the last, as an array
    of shape (length,): one shape, however long the text is. A character of `alike` counts as that
    which it maps to; any other has the place after the last letter.
    """

    kind = "text"
    __slots__ = ["alike", "length", "letters"]

    def __init__(
        self, default: str, *, letters: str, alike: dict[str, str], length: int, **kwargs: Any
    ) -> None:
        self.letters, self.alike, self.length = letters, alike, length
        super().__init__(default, **kwargs)

    @property
    def wanted(self) -> str:
        return f"text of at most {self.length} characters"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or HALF_CHARACTER.search(value):
            raise self.refuse(self.wanted, value)
        if len(value) > self.length:
            raise StateError(f"{self.name} must be {self.wanted}; got {len(value)}")
        return value

    def codes(self, value: str) -> list[int]:
        """What compute receives for a text."""
        places = {letter: place for place, letter in enumerate(self.letters)}
        found = [places.get(self.alike.get(c, c), len(self.letters)) for c in value]
        return found + [-1] * (self.length - len(found))

    def schema(self) -> dict[str, Any]:
        return super().schema() | {
            "letters": self.letters,
            "alike": self.alike,
            "length": self.length,
        }


class Vector(Bounded):
    """One number for each class."""

    kind = "vector"
    per_class = True

    def check(self, value: Any) -> list[float]:
        return self.check_row(value, self.name)

    @property
    def wanted_row(self) -> str:
        """What one row may be."""
        numbers = "whole numbers" if self.whole else "numbers"
        return f"a list of {MIN_CLASSES} to {MAX_CLASSES} {numbers} {self.range_text()}"

    @property
    def wanted(self) -> str:
        return self.wanted_row

    def check_row(self, value: Any, name: str) -> list[float]:
        """The numbers of one row, which errors call by a name."""
        wanted = self.wanted_row
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise StateError(f"{name} must be {wanted}; got {describe(value)}")
        if not MIN_CLASSES <= len(value) <= MAX_CLASSES:
            raise StateError(f"{name} must be {wanted}; got {len(value)} of them")
        for number in value:
            if not self.allows(number):
                raise StateError(f"{name} must be {wanted}; got {describe(number)} among them")
        return [float(number) for number in value]

    def fit(self, num_classes: int) -> list[float]:
        row = list(self.default[:num_classes])
        return row + [0.0] * (num_classes - len(row))


class Distribution(Vector):
    """One probability for each class; together they sum to 1."""

    kind = "distribution"

    def __init__(self, default: list[float], *, step: float = 0.01, **kwargs: Any) -> None:
        super().__init__(default, bounds=(0.0, 1.0), step=step, **kwargs)

    @property
    def wanted(self) -> str:
        return f"{self.wanted_row} that sum to 1"

    def check(self, value: Any) -> list[float]:
        probs = super().check(value)
        total = reduce(add, probs)  # one by one, as the page does; sum() need not
        if abs(total - 1.0) > SUM_TOLERANCE:
            raise StateError(f"{self.name} must sum to 1; these sum to {tidy(total)}")
        return probs

    def fit(self, num_classes: int) -> list[float]:
        same = num_classes == len(self.default)
        return list(self.default) if same else [1.0 / num_classes] * num_classes


class Target(StateParameter):
    """What came true. `besides` are numbers that are no class and stand here all the same."""

    __slots__ = ["besides"]

    def __init__(self, default: Any, *, besides: tuple[int, ...] = (), **kwargs: Any) -> None:
        self.besides = besides
        super().__init__(default, **kwargs)

    def besides_text(self) -> str:
        """How a message goes on that has named the classes."""
        *rest, last = ["", *(str(number) for number in self.besides)]
        return ", ".join(rest) + (f" or {last}" if last else "")

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"besides": list(self.besides)}


class ClassIndex(Target):
    """One class, as its place in the list of classes, counted from 0."""

    kind = "index"

    @property
    def wanted(self) -> str:
        return f"a whole number from 0 to {MAX_CLASSES - 1}{self.besides_text()}"

    def check(self, value: Any) -> int:
        allowed = is_whole(value) and (0 <= value < MAX_CLASSES or value in self.besides)
        if not allowed:
            raise self.refuse(self.wanted, value)
        return int(value)

    def fit(self, num_classes: int) -> int:
        return min(self.default, num_classes - 1)


class Rows(Vector):
    """Further rows of a batch, each with one number for each class; there may be none."""

    kind = "rows"
    per_class = False
    wanted = f"a list of at most {MAX_ROWS} rows"

    def check(self, value: Any) -> list[list[float]]:  # type: ignore[override]
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_ROWS:
            raise self.refuse(self.wanted, value)
        rows = [self.check_row(row, f"a row of {self.name}") for row in value]
        if len({len(row) for row in rows}) > 1:
            raise StateError(f"the rows of {self.name} must have one length")
        return rows

    def fit(self, num_classes: int) -> list[list[float]]:  # type: ignore[override]
        return [(row + [0.0] * num_classes)[:num_classes] for row in self.default]


class RowTargets(Target):
    """The true class of each further row of a batch."""

    kind = "targets"
    wanted = f"a list of at most {MAX_ROWS} whole numbers"
    __slots__ = ["rows"]

    def __init__(self, default: list[int], *, rows: str, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(default, **kwargs)

    def check(self, value: Any) -> list[int]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_ROWS:
            raise self.refuse(self.wanted, value)
        for target in value:
            if not is_whole(target) or (target < 0 and target not in self.besides):
                wanted = f"a list of whole numbers from 0{self.besides_text()}"
                raise self.refuse(wanted, value)
        return [int(target) for target in value]

    def fit(self, num_classes: int) -> list[int]:
        return [min(target, num_classes - 1) for target in self.default]

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"rows": self.rows}


class Mask(StateParameter):
    """A class for each pixel of a small image: what there is to be painted.

    The state holds it as text, row by row from the top, in runs: ``12a3b`` is twelve pixels of a,
    then three of b. `options` are the letters and their classes' names, in the classes' order;
    pixels of the letter `void` have no class. Compute receives integers, (height, width), with
    `VOID` where there is none; an edit returns the same.
    """

    kind = "mask"
    __slots__ = ["options", "size", "void"]

    def __init__(
        self,
        default: str,
        *,
        size: tuple[int, int],
        options: dict[str, str],
        void: str,
        **kwargs: Any,
    ) -> None:
        self.size, self.options, self.void = size, options, void
        super().__init__(default, **kwargs)

    @property
    def wanted(self) -> str:
        height, width = self.size
        letters = ", ".join(self.options)
        return f"{height} x {width} pixels in runs such as 12{letters[0]}, of the letters {letters}"

    def check(self, value: Any) -> str:
        height, width = self.size
        # Every pixel takes one character at most, for a run of two is no shorter than both of it.
        short = isinstance(value, str) and len(value) <= height * width
        if not short or not re.fullmatch(f"({self.run})+", value):
            raise self.refuse(self.wanted, value)
        covered = sum(count for count, _ in self.runs(value))
        if covered != height * width:
            raise StateError(f"{self.name} must have {self.wanted}; these runs have {covered}")
        return str(value)

    @property
    def run(self) -> str:
        """The pattern of a run."""
        return f"(?:[1-9][0-9]{{0,3}})?[{''.join(self.options)}]"

    def runs(self, text: str) -> Iterator[tuple[int, str]]:
        """The runs of a checked text: how many pixels of which letter."""
        return ((int(run[:-1] or 1), run[-1]) for run in re.findall(self.run, text))

    @property
    def codes(self) -> dict[str, int]:
        """What compute receives for each letter."""
        return {letter: i for i, letter in enumerate(self.options)} | {self.void: VOID}

    def pixels(self, value: str) -> Any:
        """The mask as compute receives it."""
        counts, letters = zip(*self.runs(value), strict=True)
        flat = np.repeat(np.array([self.codes[letter] for letter in letters]), counts)
        return flat.reshape(self.size)

    def text(self, pixels: Any) -> str:
        """A mask that an edit gives, as the state holds it."""
        return in_runs(pixels, self.codes)

    def schema(self) -> dict[str, Any]:
        own = {"size": list(self.size), "options": self.options, "void": self.void}
        return super().schema() | own


def in_runs(pixels: Any, codes: Mapping[str, int]) -> str:
    """A mask's pixels as text, by the letters' codes.

    >>> in_runs(np.array([[0, 0, 0], [0, 1, VOID]]), {"a": 0, "b": 1, "x": VOID})
    '4abx'
    """
    letters = {code: letter for letter, code in codes.items()}
    runs = ((len(list(run)), letters[code]) for code, run in groupby(np.ravel(pixels).tolist()))
    return "".join(f"{count if count > 1 else ''}{letter}" for count, letter in runs)
