"""What an exercise draws: values from ranges by a seed, the same here and in the page.

The page draws by the same rules (assets/runtime/lesson/drawing.js): whole numbers of a range's
steps are drawn, and divided once, so that both have the same float64. A test holds the two
against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..core.kernels.chance import uniforms
from ..errors import unknown
from ..figures import Figure
from ..figures.figure import State
from ..figures.parameters import (
    ClassIndex,
    Distribution,
    Number,
    Rows,
    RowTargets,
    StateParameter,
    Vector,
    describe,
)

RANGE = re.compile(r"\s*(\S+)\s+to\s+(\S+)\s+by\s+(\S+)\s*")
DECIMAL = re.compile(r"([-+]?)(\d{1,9})(?:\.(\d{1,9}))?")
HOW = "'LOW to HIGH by STEP', 'any' for a class, or a list to choose from"
MOST_DRAWN = 8  # entries of one exercise
MOST_TRIES = 60  # of a seed, until what is drawn is as it should be
PLACES = 64  # chances for one entry
MOST_EXERCISES = 100  # on a page


class DrawError(ValueError):
    """What is wrong with a range, in a few words."""


@dataclass(frozen=True)
class Draw:
    """How one entry is drawn.

    `kind` is number, list (`count` of them), rows (`count` rows of `width`), shares (`count`
    numbers that sum to 1), option or options (`count` of them). Numbers are whole multiples of
    `by` from `low` to `high`, divided by `scale`.
    """

    name: str
    kind: str
    low: int = 0
    high: int = 0
    by: int = 1
    scale: int = 1
    count: int = 1
    width: int = 1
    options: tuple[Any, ...] = ()

    def spec(self) -> dict[str, Any]:
        """It as JSON values."""
        return asdict(self)


def read_draws(
    figure: type[Figure], base: State, entries: Mapping[str, Any], taken: Sequence[str]
) -> list[Draw]:
    """How an exercise's entries are drawn: those of the state, and numbers of its own.

    `taken` are names that a number of its own cannot have.

    Raises
    ------
    DrawError
        For what cannot be drawn.
    """
    if len(entries) > MOST_DRAWN:
        raise DrawError(f"an exercise draws at most {MOST_DRAWN} entries")
    parameters = figure.parameters()
    draws = []
    for name, given in entries.items():
        if name in parameters:
            draws.append(of_parameter(figure, parameters[name], base, given))
        elif name in taken or not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise DrawError(unknown(name, parameters, f"{figure.name_of} has no entry to draw"))
        else:
            draws.append(free(name, given))
    return draws


def of_parameter(figure: type[Figure], parameter: StateParameter, base: State, given: Any) -> Draw:
    """How an entry of the state is drawn."""
    name, value = parameter.name, base[parameter.name]
    classes = tuple(range(figure.num_classes(base)))
    if given == "any":
        if isinstance(parameter, ClassIndex):
            return Draw(name, "option", options=classes)
        if isinstance(parameter, RowTargets):
            return Draw(name, "options", count=len(value), options=classes)
        raise DrawError(f"only a class is drawn as 'any'; {name} is none")
    if isinstance(given, list):
        for option in given:
            problems = figure.resolve(base | {name: option})[1]
            if problems:
                raise DrawError(problems[0])
        return chosen(name, given)
    draw = range_of(name, given)
    match parameter:
        case Distribution():
            return shares(draw, len(value))
        case Rows():
            width = len(value[0]) if value else 0
            return Draw(**asdict(draw) | {"kind": "rows", "count": len(value), "width": width})
        case Vector():
            return Draw(**asdict(draw) | {"kind": "list", "count": len(value)})
        case Number():
            return draw
    raise DrawError(f"{name} is drawn from a list to choose from")


def free(name: str, given: Any) -> Draw:
    """How a number of the exercise's own is drawn."""
    if isinstance(given, list):
        if not all(type(option) in (int, float) for option in given):
            raise DrawError(f"{name} is no entry of the state, so it is drawn from numbers")
        return chosen(name, given)
    return range_of(name, given)


def chosen(name: str, options: list[Any]) -> Draw:
    """One of some values."""
    if len(options) < 2:
        raise DrawError(f"{name} needs two values at least to choose from")
    return Draw(name, "option", options=tuple(options))


def range_of(name: str, given: Any) -> Draw:
    """A number from a range, in steps."""
    found = RANGE.fullmatch(given) if isinstance(given, str) else None
    parts = [DECIMAL.fullmatch(part) for part in found.groups()] if found else []
    if not parts or not all(parts):
        raise DrawError(f"{name} must be {HOW}; got {describe(given)}")
    scale = 10 ** max(len(part[3] or "") for part in parts if part)
    low, high, by = (round(float(part[0]) * scale) for part in parts if part)
    if by <= 0 or high <= low:
        raise DrawError(f"{name} must go from a number to a greater one in steps above 0")
    return Draw(name, "number", low, high, by, scale)


def shares(draw: Draw, count: int) -> Draw:
    """Numbers that sum to 1."""
    left = draw.scale - count * draw.low
    if draw.low < 0 or left < 0 or left % draw.by:
        raise DrawError(
            f"{count} numbers from {draw.low / draw.scale:g} in steps of "
            f"{draw.by / draw.scale:g} cannot sum to 1"
        )
    return Draw(**asdict(draw) | {"kind": "shares", "count": count})


def drawn(draws: Sequence[Draw], seed: int, number: int, attempt: int) -> dict[str, Any]:
    """The values of a seed for the exercise of a number, at an attempt."""
    first = (number * MOST_TRIES + attempt) * MOST_DRAWN
    chances = [
        uniforms(np.array(float(seed)), np.arange(float(PLACES)) + (first + i) * PLACES).tolist()
        for i in range(len(draws))
    ]
    return {
        draw.name: VALUES[draw.kind](draw, given)
        for draw, given in zip(draws, chances, strict=True)
    }


def fits(draws: Sequence[Draw], values: Mapping[str, Any]) -> bool:
    """Whether no share is greater than its range has it."""
    return all(
        round(share * draw.scale) <= draw.high
        for draw in draws
        if draw.kind == "shares"
        for share in values[draw.name]
    )


def number_of(draw: Draw, chance: float) -> float:
    """A number of a range."""
    steps = (draw.high - draw.low) // draw.by + 1
    return (draw.low + int(chance * steps) * draw.by) / draw.scale


def option_of(draw: Draw, chance: float) -> Any:
    """One of the options."""
    return draw.options[int(chance * len(draw.options))]


def shares_of(draw: Draw, chances: Sequence[float]) -> list[float]:
    """Numbers that sum to 1: what is above the least of all is cut into as many parts."""
    steps = (draw.scale - draw.count * draw.low) // draw.by
    cuts = sorted(int(chance * (steps + 1)) for chance in chances[: draw.count - 1])
    ends = [0, *cuts, steps]
    return [(draw.low + (b - a) * draw.by) / draw.scale for a, b in pairwise(ends)]


VALUES: dict[str, Callable[[Draw, list[float]], Any]] = {
    "number": lambda draw, chances: number_of(draw, chances[0]),
    "list": lambda draw, chances: [number_of(draw, one) for one in chances[: draw.count]],
    "rows": lambda draw, chances: [
        [number_of(draw, one) for one in chances[i * draw.width : (i + 1) * draw.width]]
        for i in range(draw.count)
    ],
    "shares": shares_of,
    "option": lambda draw, chances: option_of(draw, chances[0]),
    "options": lambda draw, chances: [option_of(draw, one) for one in chances[: draw.count]],
}
