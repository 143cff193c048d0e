"""What code prints. Imports nothing of ours: it runs in processes that are made for one task."""

import contextlib
import io


def printed(code: str) -> str:
    """What code prints that finds nothing defined."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "the code", "exec"), {"__name__": "__main__"})
    return said.getvalue()
