"""Runs compiled functions in a page, and compares them with NumPy."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from playwright.sync_api import Page

from crossent.trace import Trace, as_inputs, emit, literals, trace

TOLERANCE = {"float64": 1e-12, "float32": 1e-6, "float16": 2e-3}

Compute = Callable[..., Mapping[str, Any]]
Job = tuple[Trace, list[Mapping[str, Any]]]

# Every number of the results, path by path, as the bytes of one Float64Array.
COLLECT = """
  const numbers = [];
  for (const [result, paths] of results) {
    for (const path of paths) {
      const x = path.reduce((branch, key) => branch[key], result);
      if (typeof x === "number") numbers.push(x);
      else if (x instanceof Float64Array) numbers.push(...x);
      else throw new Error(`${path} is ${x}`);
    }
  }
  const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return btoa(text);
"""


def run_in_page(page: Page, jobs: list[Job]) -> np.ndarray:
    """Each trace on its inputs; all numbers of all results, in order."""
    blocks = "\n".join(_block(*job) for job in jobs)
    text = page.evaluate(f"() => {{ const results = [];\n{blocks}\n{COLLECT} }}")
    return np.frombuffer(base64.b64decode(text))


def _block(taken: Trace, inputs: list[Mapping[str, Any]]) -> str:
    paths = json.dumps([output.path for output in taken.outputs])
    rows = ",".join(map(javascript, inputs))
    return f"{{\n{emit(taken)}for (const x of [{rows}]) results.push([compute(x), {paths}]);\n}}"


def assert_agrees(
    page: Page,
    compute: Compute,
    *inputs: Mapping[str, Any],
    rtol: float | None = None,
    atol: float = 0,
) -> Trace:
    """Traces compute on the first inputs, and compares it with NumPy on all of them."""
    inputs = tuple(as_inputs(item) for item in inputs)
    taken = trace(compute, inputs[0])
    expected = [leaf for item in inputs for leaf in numpy_says(compute, item)]
    compare(run_in_page(page, [(taken, list(inputs))]), expected, emit(taken), rtol, atol)
    return taken


def javascript(value: Any) -> str:
    """A Python value as a JavaScript expression, to the last bit."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{javascript(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | np.ndarray) and np.ndim(value):
        return "[" + ",".join(map(javascript, value)) + "]"
    return literals.number(value)


def leaves(tree: Any) -> list[np.ndarray]:
    """The arrays of a nested dict, in its order."""
    if isinstance(tree, Mapping):
        return [leaf for item in tree.values() for leaf in leaves(item)]
    return [np.asarray(tree)]


def numpy_says(compute: Compute, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    with np.errstate(all="ignore"):
        return leaves(compute(**as_inputs(inputs)))


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
        same = (got == want) | (near & np.isfinite(want)) | (np.isnan(got) & np.isnan(want))
        assert same.all(), f"{label}: JavaScript {got[~same][:4]}, NumPy {want[~same][:4]}"
    assert at == len(numbers), label
