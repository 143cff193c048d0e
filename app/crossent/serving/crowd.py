"""How many connections there may be, of everyone and of one address, and how a request comes."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from tornado.iostream import IOStream, StreamClosedError

from ..internals import accept_few
from .hosts import Proxies, peer_of

MOST_FILES = 8_192
SPARE_FILES = 96  # for what is not a connection: lessons, fonts, the helper's pipes
AT_ONCE = 16  # new connections, until others are heard
# Of a request's head. Reading it is everyone's time, and nobody's turn can be waited for before.
MOST_LINES, MOST_PIECES = 128, 48
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
    b"This server has all the connections that it can hold; try again in a few seconds.\n"
)


def allow_files() -> int:
    """Lets this process have as many open files as the system lets it; how many that are."""
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return MOST_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return min(MOST_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


class Crowd:
    """The open connections, counted; half of what there can be is one address's at most.

    A trusted proxy has everyone's.
    """

    def __init__(self, most: int, proxies: Proxies) -> None:
        self.most, self.most_of_one = most, most // 2
        self.proxies = proxies
        self.count = 0
        self.addresses: Counter[str] = Counter()

    def admits(self, address: str) -> bool:
        """Whether there is room for one more of an address."""
        room = self.addresses[peer_of(address)] < self.most_of_one or self.proxies.knows(address)
        return self.count < self.most and room

    def enter(self, address: str) -> None:
        """Counts a connection."""
        self.count += 1
        self.addresses[peer_of(address)] += 1

    def leave(self, address: str) -> None:
        """Counts it no longer."""
        self.count -= 1
        peer = peer_of(address)
        self.addresses[peer] -= 1
        if not self.addresses[peer]:
            del self.addresses[peer]


class Head:
    """Counts what comes of a request's head; browsers send some thirty lines in a few pieces."""

    def __init__(self) -> None:
        self.lines = self.pieces = 0
        self.last = b""

    def take(self, piece: bytes) -> bool:
        """Whether this piece can be part of a request still."""
        self.pieces += 1
        self.lines += piece.count(b"\n")
        fits = self.lines <= MOST_LINES and self.pieces <= MOST_PIECES
        seen = self.last + piece
        if b"\n\r\n" in seen or b"\n\n" in seen:
            self.lines = self.pieces = 0
        self.last = seen[-2:]
        return fits


def listen(stream: IOStream) -> None:
    """Ends a connection whose request is none that a browser sends, before it is looked through."""
    head = Head()
    read = stream.read_from_fd

    def heard(buffer: bytearray | memoryview) -> int | None:
        count = read(buffer)
        if count and not head.take(bytes(buffer[:count])):
            stream.close()
            return None
        return count

    stream.read_from_fd = heard  # type: ignore[assignment]


def as_it_is(stream: IOStream) -> None:
    """Lets a stream carry what is no request: a socket's frames, which have bounds of their own."""
    stream.__dict__.pop("read_from_fd", None)


def bound(server: Any, proxies: Proxies, most: int | None = None) -> Crowd:
    """Has a Tornado server take so many connections and tell the others, in a sentence, to wait."""
    accept_few(AT_ONCE)
    crowd = Crowd(most or allow_files() - SPARE_FILES, proxies)
    take = server.handle_stream

    def handle(stream: IOStream, address: tuple[Any, ...]) -> Any:
        host = str(address[0]) if address else ""
        if not crowd.admits(host):
            with contextlib.suppress(StreamClosedError):
                stream.write(FULL).add_done_callback(lambda done: done.exception())
            stream.close()
            return None
        crowd.enter(host)
        listen(stream)

        def closed() -> None:
            del stream.close_fd  # the stream's own again; it is asked for once
            crowd.leave(host)
            stream.close_fd()

        stream.close_fd = closed  # type: ignore[method-assign]
        return take(stream, address)

    server.handle_stream = handle
    return crowd
