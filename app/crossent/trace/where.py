"""Where in the user's code a traced operation was written, and the error that says so."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import NoReturn

import numpy as np

from crossent.errors import TraceError

_NOT_THE_USERS = tuple(
    os.path.dirname(os.path.abspath(file)) + os.sep for file in (__file__, str(np.__file__))
)
_traced: list[CodeType] = []


@contextmanager
def tracing(code: CodeType) -> Iterator[None]:
    """While entered, errors name the line that `code`, the compute function's, has reached."""
    _traced.append(code)
    try:
        yield
    finally:
        _traced.pop()


def fail(what: str, way_round: str) -> NoReturn:
    """Raise a `TraceError`: the line, what cannot be traced there, and what can be written instead."""
    raise TraceError(f"{user_line()}: {what}; {way_round}")


def user_line() -> str:
    """The innermost line outside NumPy and the tracer, and the compute function's own if that is another."""
    places = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith((*_NOT_THE_USERS, "<")):
            places.append(f"{_shown(code.co_filename)}:{frame.f_lineno}")
            if _traced and code is _traced[-1]:
                called = f" (called from {places[-1]})" if len(places) > 1 else ""
                return places[0] + called
        frame = frame.f_back
    if _traced:
        return f"{_shown(_traced[-1].co_filename)}:{_traced[-1].co_firstlineno}"
    return places[0]


def _shown(filename: str) -> str:
    """The path, relative to the working directory where it lies inside it."""
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else filename
