"""The array types that the core speaks of, and how it treats infinities."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Floating-point numbers of any precision; a 0-d result is a NumPy scalar."""

Integers = NDArray[np.integer[Any]]
"""Class indices."""

Bools = NDArray[np.bool_]
"""Which entries."""

P = ParamSpec("P")
R = TypeVar("R")


def infinities_are_answers(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, without NumPy's warnings where an infinity or nan is the right value."""

    @wraps(function)
    def without_warnings(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            return function(*args, **kwargs)

    return without_warnings
