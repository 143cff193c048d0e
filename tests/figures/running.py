"""The code that a figure offers, run as a reader would: in an interpreter of its own.

Importing torch takes longer than any of it. So one process imports it, and each piece of code runs
in a fork of that.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from tests.printing import printed

from crossent.figures import Figure
from crossent.figures.figure import State


def output(figure: type[Figure], language: str, state: State) -> str:
    """What a figure's code prints, with a state's values where the page writes them."""
    code = figure.code[language]
    for name, value in state.items():
        code = code.replace("{" + name + "}", repr(value).replace("'", '"'))
    return interpreters().submit(printed, code).result()


@cache
def interpreters() -> ProcessPoolExecutor:
    """Processes that have imported numpy and torch, and run one task each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["numpy", "torch", "tests.printing"])
    return ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1)
