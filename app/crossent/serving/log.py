"""What the terminal shows: accidents, shortly, and nothing that a visitor wrote."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("crossent")

# Each tells of every refused message, lost connection or wrong address, with what was sent.
TALKATIVE = ("bokeh", "tornado.access", "tornado.general")


def quiet_libraries() -> None:
    """Leaves to the libraries only what this server cannot know itself: their failures."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def request(handler: Any) -> None:
    """Tornado's line for each request: none; what went wrong was told already."""
