"""The command line, as ``crossent`` and as ``python -m crossent``."""

from __future__ import annotations

import sys

INTERRUPTED = 130  # as shells say it


def main(argv: list[str] | None = None) -> int:
    """Runs one command; its exit status.

    Whoever interrupts it sees no traceback, even while its modules are imported.
    """
    try:
        from .commands import run

        return run(argv)
    except KeyboardInterrupt:
        if (sys.argv[1:] if argv is None else argv)[:1] == ["serve"]:
            return 0
        print("crossent: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
