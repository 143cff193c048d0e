"""Numbers to and from JavaScript, and what counts as equal."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from crossent.trace import as_inputs, literals

TOLERANCE = {"float64": 1e-12, "float32": 1e-6, "float16": 2e-3}

Compute = Callable[..., Mapping[str, Any]]


def javascript(value: Any) -> str:
    """A Python value as a JavaScript expression, to the last bit."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{javascript(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | np.ndarray) and np.ndim(value):
        return "[" + ",".join(map(javascript, value)) + "]"
    return literals.number(value)


def leaves(tree: Any) -> list[np.ndarray]:
    if isinstance(tree, Mapping):
        return [leaf for item in tree.values() for leaf in leaves(item)]
    return [np.asarray(tree)]


def compare(
    numbers: np.ndarray, expected: list[np.ndarray], label: str, rtol: float | None, atol: float = 0
) -> None:
    """`numbers` are those of the expected arrays, in order; nan and infinities must match."""
    at = 0
    for array in expected:
        got = numbers[at : at + array.size].reshape(array.shape)
        at += array.size
        tolerance = TOLERANCE.get(array.dtype.name, 0) if rtol is None else rtol
        want = array.astype(np.float64)
        with np.errstate(all="ignore"):
            near = np.abs(got - want) <= tolerance * np.abs(want) + atol
        same = (got == want) | near | (np.isnan(got) & np.isnan(want))
        assert same.all(), f"{label}: JavaScript {got[~same][:4]}, NumPy {want[~same][:4]}"
    assert at == len(numbers), label


def numpy_says(compute: Compute, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    with np.errstate(all="ignore"):
        return leaves(compute(**as_inputs(inputs)))
