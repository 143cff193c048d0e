"""What a figure shows: its readouts, their formats, and its state with some entries set."""

from __future__ import annotations

from typing import Any

from ..components import nodes_of
from ..figures import Figure
from ..figures.figure import State


def readouts(figure: type[Figure]) -> tuple[str, ...]:
    """The names of the numbers that a figure shows."""
    return tuple(figure.columns(figure.resolve({})[0])["readout"])


def parts_of(figure: type[Figure]) -> tuple[str, ...]:
    """The names by which a page hides what a figure has, or lets it appear: parameters, parts."""
    return tuple(dict.fromkeys([*figure.parameters(), *figure.part_names()]))


def spoken_of(figure: type[Figure]) -> tuple[str, ...]:
    """The names by which a lesson points at what a figure shows: readouts, parameters, parts."""
    return tuple(dict.fromkeys([*readouts(figure), *parts_of(figure)]))


def own_formats(figure: type[Figure]) -> dict[str, str]:
    """The format in which a figure shows each of its numbers."""
    found: dict[str, str] = {}
    for node in nodes_of(figure.spec("view")["view"]):
        if node["kind"] == "Readout":
            found.setdefault(node["shows"], node["format"])
    return found


def shown(figure: type[Figure], state: State) -> dict[str, Any]:
    """What a figure shows in a state: the state's entries, and over them the readouts."""
    numbers = figure.columns(state)["readout"]
    return state | {name: float(number) for name, number in numbers.items()}


def fitted(figure: type[Figure], base: State, entries: State) -> State:
    """A state after some entries are set, with the others fitted to their number of classes."""
    speaks = any(p.per_class and name in entries for name, p in figure.parameters().items())
    whole, _ = figure.resolve(entries)
    if speaks and figure.num_classes(whole) != figure.num_classes(base):
        base = {name: value for name, value in base.items() if not sized(figure, name)}
    return figure.resolve(base | entries)[0]


def sized(figure: type[Figure], name: str) -> bool:
    """Whether an entry of the state goes with the number of classes."""
    parameter = figure.parameters()[name]
    return parameter.per_class or parameter.kind in ("index", "rows", "targets")


def common_entries(one: type[Figure], other: type[Figure]) -> list[str]:
    """The entries that two figures' states have in common: of one name and one kind."""
    others = other.parameters()
    return [n for n, p in one.parameters().items() if n in others and others[n].kind == p.kind]
