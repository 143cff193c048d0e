"""The helper's process: a line of JSON is a job, a line of JSON is what came of it.

It ends when its standard input does, which is when the server is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from ..accidents import place_of


def program(figure: str) -> str:
    """A figure's functions, traced into a script."""
    from ..figures import FIGURES
    from ..links.browser import compile_figure

    return compile_figure(FIGURES[figure])


def torch(figure: str, state: dict[str, Any]) -> dict[str, Any] | None:
    """Torch's numbers for a figure's state."""
    from ..check_figures import figure_readouts

    return figure_readouts(figure, state)


def done(job: dict[str, Any]) -> Any:
    """What a job asks for."""
    if "program" in job:
        return program(job["program"])
    return torch(*job["torch"])


def main() -> None:
    """Does jobs until there can be no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server
    if hasattr(os, "nice"):
        os.nice(10)
    # Whatever a library prints is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            answer = {"result": done(json.loads(line))}
        except Exception as error:
            answer = {"error": place_of(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
