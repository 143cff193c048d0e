"""What the code alone says and takes seconds to make, kept on disk from one start to the next.

A figure's program is traced and its view is drawn by Bokeh: of all figures that is twenty seconds
of a processor, and the same each time. What was made of these very sources, with these libraries,
is taken again; whatever changes, all is made anew. A folder that cannot be written keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from .content import ASSETS

# The tracer's own JavaScript and the data sets lie in the package.
SOURCES = {Path(__file__).parent: ("*.py", "*.js", "*.txt", "*.lua"), ASSETS: ("*.js", "*.json")}
LIBRARIES = ("bokeh", "latex2mathml", "numpy", "panel", "param")
OURS = re.compile("[0-9a-f]{20}")  # the name of a folder that may be taken away
GENERATIONS = 3  # of sources of which something is kept
BEGAN = time.time()
SETTLED = 10.0  # s that a source must be older than this process, which has read it since


def kept(name: str, make: Callable[[], str]) -> str:
    """A text by its name among those of these sources; it is made where there is none."""
    folder = folder_of_sources()
    if folder is None:
        return make()
    file = folder / name
    found = read(file)
    if found is None:
        found = make()
        with contextlib.suppress(OSError):
            write(file, found)
    return found


def cache_folder() -> Path | None:
    """CROSSENT_CACHE, or where a system's users keep such things; None where it is empty."""
    chosen = os.environ.get("CROSSENT_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    users = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    with contextlib.suppress(RuntimeError):  # there is no home
        return Path(users or Path.home() / ".cache") / "crossent"
    return None


def folder_of_sources() -> Path | None:
    """Where what is made of these sources is kept; None where nothing can be."""
    base, digest = cache_folder(), digest_of_sources()
    return base / digest if base and digest else None


@cache
def digest_of_sources() -> str | None:
    """A few letters that change with the sources or the libraries; None for sources just saved.

    What this process has read of those is not sure to be what is there now.
    """
    seen = hashlib.sha256(f"{platform.python_version()} {platform.machine()}".encode())
    seen.update(" ".join(version(library) for library in LIBRARIES).encode())
    for folder, patterns in SOURCES.items():
        for path in sorted(path for pattern in patterns for path in folder.rglob(pattern)):
            if "node_modules" in path.parts:
                continue
            if path.stat().st_mtime > BEGAN - SETTLED:
                return None
            seen.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return seen.hexdigest()[:20]


def read(file: Path) -> str | None:
    """A text that was kept whole."""
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == digest_of(text) else None


def write(file: Path, text: str) -> None:
    """Keeps a text, for others at once whole; what is kept of the oldest sources goes."""
    new = not file.parent.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=file.parent, delete=False) as part:
        part.write(f"{digest_of(text)}\n{text}".encode())
    os.replace(part.name, file)
    if new:
        generations = [path for path in file.parent.parent.iterdir() if OURS.fullmatch(path.name)]
        generations.sort(key=lambda folder: folder.stat().st_mtime)
        for folder in generations[:-GENERATIONS]:
            shutil.rmtree(folder, ignore_errors=True)


def digest_of(text: str) -> str:
    """What tells a whole text from a torn one."""
    return hashlib.sha256(text.encode()).hexdigest()
