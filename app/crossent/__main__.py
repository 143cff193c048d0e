"""The command line, as ``crossent`` and as ``python -m crossent``."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress

from .endings import Ended, endings

INTERRUPTED = 130  # as shells say it
SERVING = ("serve", "room")  # which go on until they are interrupted: that is no failure
UNHEARD = (errno.EPIPE, errno.ENOSPC, errno.EIO)  # whoever read it is gone, or its file has no room


def main(argv: list[str] | None = None) -> int:
    """Runs one command; its exit status.

    Whoever interrupts or ends it sees no traceback, even while its modules are imported, and it
    leaves nothing half-made.
    """
    try:
        with endings():
            return heard(argv)
    except KeyboardInterrupt as end:
        given = sys.argv[1:] if argv is None else argv
        if given and given[0] in SERVING:
            return 0
        with suppress(OSError):  # a terminal that is closed
            print("crossent: interrupted", file=sys.stderr)
        return end.status if isinstance(end, Ended) else INTERRUPTED


def heard(argv: list[str] | None) -> int:
    """Runs one command; its exit status. What nobody can be told is no accident."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a console may not know every letter
    try:
        os.getcwd()
    except OSError:
        print(
            "crossent: the folder that this was started in is gone; go to another", file=sys.stderr
        )
        return 2
    try:
        from .commands import run

        status = run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except OSError as error:
        if error.filename is not None or error.errno not in UNHEARD:
            raise
        # What it had still to say is said to nobody, or Python would try again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"crossent: its output cannot be written: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
