"""``crossent serve --dev``: the server starts again when its code or an asset is saved.

The server itself runs in a process of its own. What was saved is tried first, in another: a mistake
is one sentence in the console, and the pages go on as they were. A page that is open asks for its
server until that answers, sees that it is a new one (CROSSENT_DEV), and loads itself again.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from .content import ASSETS
from .errors import CrossentError

PACKAGE = Path(__file__).parent
LOOK = 0.4  # s between looks at the files
PATIENCE = 5.0  # s in which a server that was told to has to end
STAMP = "CROSSENT_DEV"


def watched() -> Iterator[Path]:
    """The files whose saving starts the server again."""
    for folder in (PACKAGE, ASSETS):
        for path in folder.rglob("*"):
            parts = path.relative_to(folder).parts
            if not any(map(unwatched, parts)) and path.is_file():
                yield path


def unwatched(name: str) -> bool:
    """Whether a file or a folder is an editor's, a library's, or nothing that is served."""
    return name.startswith((".", "__pycache__", "node_modules")) or name.endswith(
        ("~", ".md", ".po", ".pot")
    )


def stamp() -> str:
    """A few letters that change when any of these files does."""
    seen = hashlib.sha256()
    for path in sorted(watched()):
        try:
            found = path.stat()
        except OSError:  # it was moved meanwhile
            continue
        seen.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    return seen.hexdigest()[:16]


def tried() -> tuple[bool, str]:
    """Whether the code is right as it is saved now, and what there is to say of it."""
    done = subprocess.run(
        [sys.executable, "-m", "crossent.dev"], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout.strip() or done.stderr.strip()


def try_all() -> None:
    """Imports what serves, makes every figure's spec, and says what is without a translation."""
    from .figures import FIGURES
    from .i18n import shown_in_english

    import_module("crossent.serve")
    for figure in FIGURES.values():
        for form in ("view", "card"):
            figure.spec(form)
    for warning in shown_in_english():
        print(warning)


def sentence(error: Exception) -> str:
    """An error with the file and the line where it was raised, if it does not say so itself."""
    if isinstance(error, CrossentError):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}: {type(error).__name__}: {error}"


def serve_again(arguments: list[str]) -> None:
    """Runs ``crossent serve`` with these arguments, again whenever what it is made of is saved."""
    seen = stamp()
    server = started(arguments, seen)
    try:
        while True:
            time.sleep(LOOK)
            now = stamp()
            if now == seen:
                if server.poll() is not None:
                    return  # it could not start, and has said why
                continue
            seen = now
            right, said = tried()
            if said:
                print(f"crossent: {said}", file=sys.stderr, flush=True)
            if not right:
                continue
            stopped(server)
            server = started([*arguments, "--no-open"], seen)
    finally:
        stopped(server)


def started(arguments: list[str], seen: str) -> subprocess.Popen[bytes]:
    """A server in a process of its own, which knows by what it was made."""
    command = [sys.executable, "-m", "crossent", "serve", *arguments]
    return subprocess.Popen(command, env=os.environ | {STAMP: seen})


def stopped(server: subprocess.Popen[bytes]) -> None:
    """Ends a server, so that its port is free."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    try:
        try_all()
    except Exception as error:
        print(sentence(error))
        sys.exit(1)
