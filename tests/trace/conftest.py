"""Compiled functions run in a real browser: one Chromium for all of these tests."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests.trace.comparing import Compute, compare, javascript, numpy_says

from crossent.trace import Trace, as_inputs, emit, trace

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


@pytest.fixture(scope="session")
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.fixture(scope="session")
def run(page: Page) -> Callable[[list[tuple[Trace, list[Mapping[str, Any]]]]], np.ndarray]:
    """Runs each trace on its inputs; all numbers of all results, in order."""

    def block(taken: Trace, inputs: list[Mapping[str, Any]]) -> str:
        paths = json.dumps([output.path for output in taken.outputs])
        rows = ",".join(map(javascript, inputs))
        return (
            f"{{\n{emit(taken)}for (const x of [{rows}]) results.push([compute(x), {paths}]);\n}}"
        )

    def run_all(jobs: list[tuple[Trace, list[Mapping[str, Any]]]]) -> np.ndarray:
        blocks = [block(*job) for job in jobs]
        text = page.evaluate("() => { const results = [];" + "\n".join(blocks) + COLLECT + "}")
        return np.frombuffer(base64.b64decode(text))

    return run_all


@pytest.fixture(scope="session")
def agree(run: Any) -> Callable[..., Trace]:
    """Traces compute on the first inputs, and compares it with NumPy on all of them."""

    def check(
        compute: Compute, *inputs: Mapping[str, Any], rtol: float | None = None, atol: float = 0
    ) -> Trace:
        inputs = tuple(as_inputs(item) for item in inputs)
        taken = trace(compute, inputs[0])
        expected = [leaf for item in inputs for leaf in numpy_says(compute, item)]
        compare(run([(taken, list(inputs))]), expected, emit(taken), rtol, atol)
        return taken

    return check
