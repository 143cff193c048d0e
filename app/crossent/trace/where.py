"""Where in the user's code a traced operation was written, and the error that says so."""

import os
import sys
import traceback
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
    """Raise a `TraceError`: the line, what cannot be traced there, and what can be written."""
    raise TraceError(f"{user_line()}: {what}; {way_round}")


def explain(error: Exception) -> TraceError:
    """The `TraceError` for an error that compute raised on traced arrays, though not on plain ones.

    NumPy hides some of ours behind an error of its own; those come back.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TraceError):
            return cause
        cause = cause.__cause__ or cause.__context__
    place = _place(list(traceback.walk_tb(error.__traceback__))[::-1])
    return TraceError(
        f"{place}: {type(error).__name__}: {error}; NumPy's arrays do not raise this, traced ones "
        "do: keep shapes and lengths fixed, use NumPy's functions on arrays, draw random numbers "
        "outside and hand them in"
    )


def user_line() -> str:
    """The innermost line outside NumPy and the tracer, and compute's own if that is another."""
    return _place(list(traceback.walk_stack(sys._getframe(1))))


def _place(frames: list[tuple[FrameType, int]]) -> str:
    """The same, for these frames, innermost first."""
    places = []
    for frame, line in frames:
        code = frame.f_code
        if not code.co_filename.startswith((*_NOT_THE_USERS, "<", "numpy")):
            places.append(f"{_shown(code.co_filename)}:{line}")
            if _traced and code is _traced[-1]:
                called = f" (called from {places[-1]})" if len(places) > 1 else ""
                return places[0] + called
    if _traced:
        return f"{_shown(_traced[-1].co_filename)}:{_traced[-1].co_firstlineno}"
    return places[0] if places else "compute"


def _shown(filename: str) -> str:
    """The path, relative to the working directory where it lies inside it."""
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else filename
