"""Where something was written, so that an error can name the file and the line."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from .errors import FigureError, unknown

COMPONENTS = str(Path(__file__).parent / "components")


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    path: str
    line: int

    def error(self, problem: str) -> FigureError:
        """The error of something written here."""
        path = Path(self.path)
        near = path.is_relative_to(Path.cwd())
        return FigureError(str(path.relative_to(Path.cwd()) if near else path), self.line, problem)

    @classmethod
    def of_function(cls, function: Callable[..., Any]) -> Place:
        """Where a function begins."""
        code = inspect.unwrap(getattr(function, "__func__", function)).__code__
        return cls(code.co_filename, code.co_firstlineno)

    def after(self, text: str) -> Place:
        """The first line from here on that holds a text; this one if none does."""
        path = Path(self.path)
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = (n for n, line in enumerate(lines, 1) if n >= self.line and text in line)
        return Place(self.path, next(found, self.line))


def here() -> Place:
    """The line that called into this module's or the components' own code."""
    return found(lambda frame: not frame.f_code.co_filename.startswith((COMPONENTS, __file__)))


def line_of(module: str) -> Place:
    """The line of a module that is being run."""
    return found(lambda frame: frame.f_globals.get("__name__") == module)


def found(fits: Callable[[FrameType], bool]) -> Place:
    """The innermost line of the calls under way that fits."""
    frame = sys._getframe(2)
    while frame.f_back and not fits(frame):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


class Placed:
    """What remembers the line on which it was made, and says which of its fields there is not."""

    place: ClassVar[Place]  # of each object; no field of a dataclass

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__new__(cls)
        place = here()
        for name in kwargs.keys() - fields_of(cls):  # type: ignore[arg-type]
            raise place.error(unknown(name, fields_of(cls), f"{cls.__name__} has no field"))  # type: ignore[arg-type]
        object.__setattr__(made, "place", place)
        return made


@cache
def fields_of(kind: Any) -> frozenset[str]:
    """The names that a class may be called with."""
    return frozenset(inspect.signature(kind.__init__).parameters)
