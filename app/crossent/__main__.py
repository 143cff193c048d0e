"""The command line, as ``crossent`` and as ``python -m crossent``."""

from __future__ import annotations

import errno
import os
import sys

INTERRUPTED = 130  # as shells say it
UNHEARD = (errno.EPIPE, errno.ENOSPC, errno.EIO)  # whoever read it is gone, or its file has no room


def main(argv: list[str] | None = None) -> int:
    """Runs one command; its exit status.

    Whoever interrupts it sees no traceback, even while its modules are imported.
    """
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
    except KeyboardInterrupt:
        if (sys.argv[1:] if argv is None else argv)[:1] == ["serve"]:
            return 0
        print("crossent: interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.filename is not None or error.errno not in UNHEARD:
            raise
        # What it had still to say is said to nobody, or Python would try again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"crossent: its output cannot be written: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
