"""Random states of a figure, ordinary and extreme: what checks run through compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .figure import Figure, State
from .parameters import (
    MAX_CLASSES,
    MAX_ROWS,
    MIN_CLASSES,
    Bounded,
    ClassIndex,
    ClassNames,
    Distribution,
    Flag,
    Mask,
    Number,
    Rows,
    RowTargets,
    Selector,
    StateParameter,
    Target,
    Vector,
    Writing,
)

STRANGE = "ÀAß7!-\N{GRINNING FACE}"  # few of which a text's letters are

Draw = Callable[[Any, np.random.Generator, int, int], Any]


def random_states(figure: type[Figure], count: int, seed: int = 0) -> Iterator[State]:
    """So many states within the figure's bounds; every third one has values at their ends.

    Of a figure whose states take long, a share of them, at least three.
    """
    rng = np.random.default_rng(seed)
    for i in range(min(count, max(3, round(count * figure.checked_share)))):
        yield random_state(figure, rng, extreme=i % 3 == 2)


def random_state(figure: type[Figure], rng: np.random.Generator, *, extreme: bool) -> State:
    """One state; the extreme ones have bounds, zeros and ones among their values."""
    num_classes = int(rng.integers(MIN_CLASSES, MAX_CLASSES + 1))
    num_rows = int(rng.integers(0, MAX_ROWS + 1))
    given = {}
    for name, parameter in figure.parameters().items():
        value = draw(parameter, rng, num_classes, num_rows)
        given[name] = at_ends(parameter, value, rng) if extreme else value
    for name, bounds in figure.checked_within.items():
        given[name] = float(np.clip(given[name], *bounds))
    state, problems = figure.resolve(given)
    assert not problems, problems
    return state


def draw(
    parameter: StateParameter, rng: np.random.Generator, num_classes: int, num_rows: int
) -> Any:
    """An ordinary value of a parameter."""
    match parameter:
        case Distribution():
            return rng.dirichlet(np.ones(num_classes)).tolist()
        case Rows():
            return uniform(parameter.bounds, rng, (num_rows, num_classes)).tolist()
        case Vector():
            return stepped(parameter, uniform(parameter.bounds, rng, (num_classes,))).tolist()
        case Number():
            return float(stepped(parameter, uniform(parameter.bounds, rng, ())))
        case ClassIndex():
            return drawn_target(parameter, rng, num_classes)
        case RowTargets():
            return [drawn_target(parameter, rng, num_classes) for _ in range(num_rows)]
        case ClassNames():
            return [f"class {i + 1}" for i in range(num_classes)]
        case Selector():
            return str(rng.choice(list(parameter.options)))
        case Flag():
            return bool(rng.integers(2))
        case Writing():
            length = int(rng.integers(parameter.length + 1)) // int(rng.choice([1, 1, 8]))
            return "".join(rng.choice(list(parameter.letters + STRANGE), length))
        case Mask():
            return painted(parameter, rng)
        case _:
            return parameter.fit(num_classes)


def drawn_target(parameter: Target, rng: np.random.Generator, num_classes: int) -> int:
    """A class; now and then one of the numbers that may stand there besides."""
    if parameter.besides and rng.integers(5) == 0:
        return int(rng.choice(parameter.besides))
    return int(rng.integers(num_classes))


def painted(parameter: Mask, rng: np.random.Generator) -> str:
    """A mask of blocks, of all classes or of a few; now and then it is all of one."""
    height, width = parameter.size
    codes = list(parameter.codes.values())
    some = rng.choice(codes, size=int(rng.integers(1, len(codes) + 1)), replace=False)
    coarse = rng.choice(some, size=(height // 4 + 1, width // 4 + 1))
    fine = np.kron(coarse, np.ones((4, 4), dtype=np.int64))[:height, :width]
    return parameter.text(fine)


def uniform(bounds: tuple[float, float], rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Numbers between bounds, half of them near the middle, where things happen."""
    low, high = bounds
    spread = rng.uniform(low, high, shape)
    middle = np.clip(rng.normal(0.0, 2.0, shape), low, high)
    return np.where(rng.integers(2, size=shape) == 1, spread, middle)


def stepped(parameter: Bounded, values: Any) -> Any:
    """Values of a parameter that counts in whole numbers are whole."""
    return np.round(values) if parameter.whole else values


def at_ends(parameter: StateParameter, value: Any, rng: np.random.Generator) -> Any:
    """The value with some of its numbers moved to the ends of what is allowed."""
    match parameter:
        case Distribution():
            certain = np.zeros(len(value))
            certain[rng.integers(len(value))] = 1.0
            return certain.tolist() if rng.integers(2) else value
        case Bounded():
            array = np.asarray(value, dtype=np.float64)
            ends = rng.choice([*parameter.bounds], size=array.shape)
            return np.where(rng.integers(2, size=array.shape) == 1, ends, array).tolist()
        case _:
            return value
