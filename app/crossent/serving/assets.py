"""What pages load beside themselves, and where it is."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache

from ..content import style_sheet
from ..internals import SOCKET_SCRIPTS, bokeh_script, library_file, versions
from ..kept import digest_of_sources
from ..pages.scripts import runtime_script
from .helper import Helper
from .packing import LEVEL

# What another process makes of a figure's code: a script of its traced functions, and the states
# that the page on how we know has them tried with.
PROGRAM, SAMPLES = "program", "samples"
KINDS = {PROGRAM: "text/javascript", SAMPLES: "application/json"}


@dataclass(frozen=True)
class Text:
    """A text that is sent again and again: its type, its bytes, the same compressed, their tag."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, kind: str, text: str) -> Text:
        """The file of a text."""
        plain = text.encode()
        # A weak tag, in HTTP's words: it is the same text, however it is packed.
        tag = f'W/"{hashlib.sha256(plain).hexdigest()[:24]}"'
        return cls(kind, plain, gzip.compress(plain, LEVEL, mtime=0), tag)


@cache
def generated_assets() -> dict[str, Text]:
    """What is put together from several files, by name."""
    return {
        "crossent.css": Text.of("text/css", style_sheet()),
        "crossent.js": Text.of("text/javascript", runtime_script()),
    }


@cache
def library(name: str) -> Text:
    """A library's script; another name is a KeyError."""
    return Text.of("text/javascript", library_file(name).read_text(encoding="utf-8"))


@cache
def asset_root() -> str:
    """Where assets are served: an address that changes when any of them does."""
    digest = hashlib.sha256(f"{versions()} {digest_of_sources()}".encode())
    for asset in generated_assets().values():
        digest.update(asset.plain)
    return f"/assets/{digest.hexdigest()[:12]}"


def head() -> str:
    """The links of every page's head."""
    return (
        f'<link rel="icon" href="{asset_root()}/favicon.svg" type="image/svg+xml">\n'
        + "".join(
            f'  <link rel="preload" href="{asset_root()}/fonts/{font}.woff2" as="font" '
            'type="font/woff2" crossorigin>\n'
            for font in ("inter", "source-serif-4")
        )
        + f'  <link rel="stylesheet" href="{asset_root()}/crossent.css">'
    )


def page_scripts() -> str:
    """The scripts that a served page begins with."""
    addresses = f"{asset_root()}/library/{bokeh_script()}", f"{asset_root()}/crossent.js"
    return "\n  ".join(f'<script src="{address}"></script>' for address in addresses)


def socket_scripts() -> list[str]:
    """The scripts that the page's socket needs, in order; the page loads them once it stands."""
    return [f"{asset_root()}/library/{name}" for name in SOCKET_SCRIPTS]


def program_address(figure: str) -> str:
    """Where a figure's traced functions are, for a page whose server is away."""
    return f"{asset_root()}/programs/{figure}.js"


def samples_address(figure: str) -> str:
    """Where a figure's states and NumPy's columns are, for the page on how we know."""
    return f"{asset_root()}/samples/{figure}.json"


class Programs:
    """Every figure's traced functions, and its samples. They take seconds, of another process."""

    def __init__(self) -> None:
        self.helper = Helper()
        self.asked: dict[tuple[str, str], asyncio.Future[Text]] = {}

    async def text(self, kind: str, figure: str) -> Text:
        """What is made of a figure, made once.

        Raises
        ------
        HelperError
            If it could not be made now.
        """
        asked = self.asked.get((kind, figure))
        if asked is None or (asked.done() and asked.exception()):
            asked = asyncio.ensure_future(self.make(kind, figure))
            self.asked[kind, figure] = asked
        return await asyncio.shield(asked)

    async def make(self, kind: str, figure: str) -> Text:
        """Has it made."""
        made = await self.helper.ask({kind: figure})
        return await asyncio.to_thread(Text.of, KINDS[kind], made)
