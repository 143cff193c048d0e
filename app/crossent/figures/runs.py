"""What figures' runs came to, kept for a while: a playhead's tick must not cost the whole run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, local
from time import thread_time
from typing import Any

import numpy as np

Ran = dict[str, Any]
Key = tuple[Any, ...]

ROOM = 64 * 2**20  # bytes, for all figures of the process


class Runs:
    """The runs asked for last, as many as there is room for. Any thread may use it."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._taken = room, 0
        self._kept: OrderedDict[Key, tuple[Ran, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Ran | None:
        """The run under a key, if it is still kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Key, ran: Ran) -> Ran:
        """Keep a run, and let go of those not asked for longest where room is short."""
        size = size_of(ran)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (ran, size)
                self._taken += size
            while self._taken > self._room and len(self._kept) > 1:
                _, (_, less) = self._kept.popitem(last=False)
                self._taken -= less
        return ran


class Work(local):
    """What figures have made in this thread: pages share it, and no one page's text is to blame.

    `seconds` are of the processor's time; `runs` are those that were not kept.
    """

    seconds = 0.0
    runs = 0

    def __init__(self) -> None:
        self._within = False

    @contextmanager
    def making(self, *, run: bool = False) -> Iterator[None]:
        """Notes what is made within; what is made for it in turn is noted once."""
        self.runs += run
        if self._within:
            yield
            return
        self._within, start = True, thread_time()
        try:
            yield
        finally:
            self._within = False
            self.seconds += thread_time() - start


def key_of(name: str, given: Mapping[str, Any]) -> Key:
    """What a figure's run hangs on: its arguments, to the last bit."""
    values = ((key, as_bytes(value)) for key, value in sorted(given.items()))
    return name, *values


def as_bytes(value: Any) -> Any:
    """An argument as something to look up by."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.str, value.shape, value.tobytes()
    return tuple(value) if isinstance(value, list) else value


def size_of(ran: Any) -> int:
    """The bytes of the arrays in a nested dict."""
    if isinstance(ran, Mapping):
        return sum(map(size_of, ran.values()))
    return int(np.asarray(ran).nbytes)
