"""What the log says of an accident: one line, once, and nothing of what a visitor sent."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

log = logging.getLogger("crossent")

MANY = 200  # kinds of accidents; a server that has had so many says no more
_told: set[tuple[str, str]] = set()


def tell(what: str, error: BaseException) -> None:
    """Logs an accident by its kind and its place in the code, the first time that it happens."""
    short = place_of(error)
    if (what, short) in _told or len(_told) >= MANY:
        return
    _told.add((what, short))
    log.error("%s: %s", what, short)


def place_of(error: BaseException) -> str:
    """An error's kind, and the line at which it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
