"""The helper's process: a line of JSON is a job, a line of JSON is what came of it.

What came of it may be bytes: the line tells how many follow.

It ends when its standard input does, which is when the server is gone.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from typing import Any

from ..accidents import place_of


def program(figure: str) -> str:
    """A figure's functions, traced into a script."""
    from ..figures import FIGURES
    from ..links.browser import compile_figure

    return compile_figure(FIGURES[figure])


def samples(figure: str) -> str:
    """States of a figure with NumPy's columns, as JSON."""
    from ..pages.trust import samples_of

    return json.dumps(samples_of(figure), separators=(",", ":"))


def torch(figure: str, state: dict[str, Any]) -> dict[str, Any] | None:
    """Torch's numbers for a figure's state."""
    from ..check_figures import figure_readouts

    return figure_readouts(figure, state)


def run(figure: str, state: dict[str, Any]) -> bytes:
    """The run of a figure's checked state, pickled."""
    from ..figures import FIGURES

    return pickle.dumps(FIGURES[figure].ran(FIGURES[figure].arrays(state))["run"], protocol=5)


def done(job: dict[str, Any]) -> Any:
    """What a job asks for."""
    if "program" in job:
        return program(job["program"])
    if "samples" in job:
        return samples(job["samples"])
    if "run" in job:
        return run(*job["run"])
    return torch(*job["torch"])


def main() -> None:
    """Does jobs until there can be no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server
    if hasattr(os, "nice"):
        os.nice(10)
    # Whatever a library prints is no answer.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    for line in sys.stdin:
        answer: dict[str, Any]
        more = b""
        try:
            result = done(json.loads(line))
            if isinstance(result, bytes):
                answer, more = {"bytes": len(result)}, result
            else:
                answer = {"result": result}
        except Exception as error:
            answer = {"error": place_of(error)}
        answers.write(json.dumps(answer).encode() + b"\n" + more)
        answers.flush()


if __name__ == "__main__":
    main()
