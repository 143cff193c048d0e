"""The errors that the command line prints as one sentence, without a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

LONGEST_NAME = 40  # characters of a name that is not known, in a sentence
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# JSON can hold one half of a surrogate pair, which no page can.
HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class CrossentError(Exception):
    """Something a person can put right; its message says what and how."""


class StateError(CrossentError, ValueError):
    """A figure's state has a value that its parameters refuse."""


class UnknownFigureError(CrossentError, LookupError):
    """No figure has this name."""


class ExportError(CrossentError):
    """A site cannot be built; what was there before is untouched."""


class TraceError(CrossentError, TypeError):
    """A compute function does something that has no JavaScript counterpart."""


class PlacedError(CrossentError):
    """Something written in a file is wrong; the message begins with the file and the line.

    Line 0 is none: the file or the folder itself.
    """

    def __init__(self, path: str, line: int, problem: str) -> None:
        self.path, self.line, self.problem = readable(path), line, readable(problem)
        where = f"{self.path}:{line}" if line else self.path
        super().__init__(f"{where}: {self.problem}")


class LessonError(PlacedError):
    """A lesson's text has something wrong."""


class FigureError(PlacedError):
    """A figure's own file names something that there is not, or asks for what cannot be."""


def unknown(name: str, known: Iterable[str], start: str) -> str:
    """A sentence on a name that is not known, with the nearest that is.

    >>> unknown("los", ["loss", "probs"], "no readout")
    "no readout 'los'; did you mean 'loss'?"
    """
    near = nearest(name, known)
    hint = f"; did you mean '{near}'?" if near else ""
    return f"{start} '{HALF_CHARACTER.sub(REPLACEMENT, name[:LONGEST_NAME])}'{hint}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that takes the fewest changes of a letter, if they are few."""
    name = name[:LONGEST_NAME]
    # A name that is much longer or shorter is not near, and need not be compared.
    others = [other for other in known if abs(len(name) - len(other)) <= few(name, other)]
    distance, near = min(
        ((changes(name, other), other) for other in others), key=itemgetter(0), default=(0, "")
    )
    return near if near and distance <= few(name, near) else None


def few(name: str, other: str) -> float:
    """How many changes are few between two names."""
    return max(1, 0.4 * max(len(name), len(other)))


def changes(a: str, b: str) -> int:
    """How many letters must be changed, added or left out to make one word of another."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a):
        next_row = [i + 1]
        for j, other in enumerate(b):
            swapped = row[j] + (letter != other)
            next_row.append(min(next_row[j] + 1, row[j + 1] + 1, swapped))
        row = next_row
    return row[-1]


def readable(text: str) -> str:
    """A text on one line that any console and any page can show, whatever it quotes."""
    line = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
