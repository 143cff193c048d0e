"""The signals that end a command, after which it leaves everything in order."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# Ctrl+C, a service manager's or a shell's, and that of a terminal that is closed.
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)
AT_ONCE = 1.0  # s in which whoever asks again is told by what is on its way

Handler = Callable[[int, FrameType | None], Any]


class Ended(KeyboardInterrupt):
    """A command was ended by a signal; `status` is its exit status, as shells say it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


@contextmanager
def endings() -> Iterator[None]:
    """Has each of these signals raise, so that what is in the making is cleared away.

    Signals that whoever started the command has it ignore (nohup) stay ignored.
    """
    last = -AT_ONCE

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before >= AT_ONCE:  # else what the first began is not disturbed
            raise Ended(number)

    with handled(end, [number for number in SIGNALS if signal.getsignal(number) in DEFAULTS]):
        yield


def end_at_once() -> None:
    """Has those signals that raised, but for Ctrl+C, end this process on the spot again."""
    for number in SIGNALS[1:]:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds back what would end the process until this is left."""
    held: list[int] = []
    try:
        with handled(lambda number, frame: held.append(number), SIGNALS):
            yield
    finally:
        for number in held:
            signal.raise_signal(number)


@contextmanager
def handled(handler: Handler, numbers: list[int]) -> Iterator[None]:
    """Has a function hear signals for a while, where Python lets it: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, before in kept.items():
            signal.signal(number, before or signal.SIG_DFL)
