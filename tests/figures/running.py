"""The code that a figure offers, run."""

import subprocess
import sys

from crossent.figures import Figure
from crossent.figures.figure import State


def output(figure: type[Figure], language: str, state: State) -> str:
    """What a figure's code prints, with a state's values where the page writes them."""
    code = figure.code[language]
    for name, value in state.items():
        code = code.replace("{" + name + "}", repr(value).replace("'", '"'))
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
