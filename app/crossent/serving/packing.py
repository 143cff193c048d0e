"""Compressed answers: what is sent again and again is compressed once, and never for one request.

A page has its visit's ticket in it. It is compressed in two halves, between which the ticket goes
as it is: no half knows it, so neither its length nor its time tells anything of it.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from tornado.httputil import HTTPServerRequest

LEVEL = 6
RAW = -zlib.MAX_WBITS  # deflate without a header or a sum of its own
HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # gzip's, without a time or a name (RFC 1952)
LONGEST_BETWEEN = 65_535  # bytes of a block that is not compressed
PACKED = {".html", ".js", ".css", ".svg", ".json", ".txt", ".xml", ".webmanifest"}


def accepts_gzip(request: HTTPServerRequest) -> bool:
    """Whether whoever asks can read what is compressed."""
    for offer in request.headers.get("Accept-Encoding", "")[:500].lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@dataclass(frozen=True)
class Halves:
    """What stands before and after each visit's own part, compressed."""

    before: bytes
    after: bytes
    before_sum: int
    before_length: int
    plain_after: bytes

    @classmethod
    def of(cls, before: bytes, after: bytes) -> Halves:
        """The halves of a page; `after` is a few lines, for it is summed at each visit."""
        first = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW)
        # A full flush ends at a byte, and nothing after it looks back.
        start = first.compress(before) + first.flush(zlib.Z_FULL_FLUSH)
        last = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW)
        end = last.compress(after) + last.flush()
        return cls(HEAD + start, end, zlib.crc32(before), len(before), after)

    def around(self, between: bytes) -> bytes:
        """The whole page, compressed; what is between its halves stands there as it is."""
        length = len(between)
        assert length <= LONGEST_BETWEEN
        stored = struct.pack("<BHH", 0, length, length ^ 0xFFFF) + between
        total = zlib.crc32(self.plain_after, zlib.crc32(between, self.before_sum))
        size = self.before_length + length + len(self.plain_after)
        ending = struct.pack("<II", total, size & 0xFFFF_FFFF)
        return b"".join((self.before, stored, self.after, ending))


def pack_folder(folder: Path, packed: Path) -> None:
    """Writes the compressed twin of each text in a folder into another, at the same place."""
    for file in folder.rglob("*"):
        if file.suffix in PACKED and file.is_file():
            twin = packed / file.relative_to(folder)
            twin.parent.mkdir(parents=True, exist_ok=True)
            twin.write_bytes(gzip.compress(file.read_bytes(), LEVEL, mtime=0))
