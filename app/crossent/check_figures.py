"""Figures against torch: what each shows, computed again by torch from the same state.

Served, a page asks for these numbers to stand beside its own; ``crossent check`` runs them over
random states. What torch computes is declared on the figure; torch is imported when it runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from .errors import unknown
from .figures import FIGURES, Figure, figure_named
from .figures.figure import State
from .figures.sampling import random_states


class Compared(NamedTuple):
    """What came of comparing a figure: how many numbers, the worst error, and where it was."""

    name: str
    cases: int
    worst: float
    where: str


def torch_numbers(figure: type[Figure], state: State) -> dict[str, float]:
    """Torch's numbers for those of a figure's readouts that it can compute."""
    import torch

    if figure.torch_readouts is None:
        return {}
    return figure.torch_readouts(torch, state)


def figure_readouts(name: str, state: State) -> dict[str, Any] | None:
    """Torch's version and its numbers for a figure's state; none where it has none."""
    import torch

    numbers = torch_numbers(figure_named(name), state)
    return {"version": str(torch.__version__), "readouts": numbers} if numbers else None


def compare_figures(count: int, error: Callable[[Any, Any], float]) -> list[Compared]:
    """Each figure of which torch has numbers, over so many random states."""
    compared = [f for f in FIGURES.values() if f.torch_readouts is not None]
    return [compare_figure(figure, count, error) for figure in compared]


def compare_figure(
    figure: type[Figure], count: int, error: Callable[[Any, Any], float]
) -> Compared:
    """One figure over so many random states.

    Raises
    ------
    FigureError
        If torch's numbers are for a readout that there is not.
    """
    worst, cases, where = 0.0, 0, ""
    for state in random_states(figure, count):
        ours = figure.columns(state)["readout"]
        for key, theirs in torch_numbers(figure, state).items():
            if key not in ours:
                raise figure.error(unknown(key, ours, "torch_readouts: no readout"))
            cases += 1
            found = error(float(ours[key]), theirs)
            if found > worst or not where:
                worst, where = max(found, worst), f"{key} in {json.dumps(state)}"
    return Compared(figure.name_of, cases, worst, where)


def not_compared() -> list[str]:
    """A sentence on each figure of which torch has no numbers."""
    return [
        f"figure {name} is not compared: it declares no torch_readouts"
        for name, figure in FIGURES.items()
        if figure.torch_readouts is None
    ]
