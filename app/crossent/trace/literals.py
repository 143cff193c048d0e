"""Numbers and constant arrays as JavaScript, to the last bit."""

import json
import math
import re
from functools import cache
from pathlib import Path

import numpy as np

from crossent.trace.graph import Array

_SMALLEST_RANGE = 8
_SMALLEST_PACKED = 24
# What a packed array is written in: letters that no string literal has to escape.
_LETTERS = "".join(chr(c) for c in range(35, 127) if chr(c) not in "<\\`$")


def number(value: object) -> str:
    """The shortest literal that reads back as the same float64.

    >>> number(0.1), number(2.0), number(-0.0), number(float("-inf"))
    ('0.1', '2', '-0', '-Infinity')
    """
    x = float(value)  # type: ignore[arg-type]
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return repr(x).removesuffix(".0").replace("e+", "e")


def string(text: str) -> str:
    """A string literal, safe inside a script element too.

    >>> print(string("</script>"))
    "\\u003c/script>"
    """
    return json.dumps(text).replace("<", "\\u003c")


def operand(value: object) -> str:
    """`number`, in parentheses where a sign could meet another."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def array(value: Array) -> str:
    """An expression for a typed array of its elements in C order.

    A range is computed; whole numbers that are not far apart, or such numbers times a power of 2,
    are text of one letter each.
    """
    flat = value.ravel()
    if short := _spaced(flat.astype(np.float64)) or _packed(flat.astype(np.float64)):
        return short
    if flat.dtype.kind in "biu" and np.abs(flat.astype(np.float64)).max() < 2**31:
        return f"new Int32Array([{','.join(str(int(x)) for x in flat)}])"
    return f"new Float64Array([{','.join(number(x) for x in flat)}])"


def _spaced(x: Array) -> str | None:
    """`spaced(n, start, step, last)`, if that gives these very bits."""
    n = len(x)
    if n < _SMALLEST_RANGE or not np.all(np.isfinite(x)):
        return None
    index = np.arange(n)
    for step in ((x[-1] - x[0]) / (n - 1), x[1] - x[0]):
        if np.array_equal((index * step + x[0])[:-1].view(np.int64), x[:-1].view(np.int64)):
            return f"spaced({n}, {number(x[0])}, {number(step)}, {number(x[-1])})"
    return None


def _packed(x: Array) -> str | None:
    """`packed(text, low, scale)`, if the elements are (low + a letter's place) * scale."""
    if len(x) < _SMALLEST_PACKED or not np.all(np.isfinite(x)) or np.any(np.signbit(x) & (x == 0)):
        return None
    scale = _step(x)
    if scale is None:
        return None
    places = x / scale - np.min(x / scale)
    if np.max(places) >= len(_LETTERS):
        return None
    text = "".join(_LETTERS[int(place)] for place in places)
    return f'packed("{text}", {number(np.min(x / scale))}, {number(scale)})'


def _step(x: Array) -> float | None:
    """The greatest power of 2, at most 1, of which all elements are whole multiples."""
    for power in range(11):
        if np.array_equal(np.rint(x * 2**power), x * 2**power):
            return 2.0**-power
    return None


def uniform(value: Array) -> float | None:
    """The one number that all elements are, to the bit; None if they differ."""
    if not value.size:
        return None
    flat = value.ravel().astype(np.float64)
    same = np.all(flat.view(np.int64) == flat.view(np.int64)[0])
    return float(flat[0]) if same else None


def without_repeats(value: Array) -> Array:
    """With length 1 along every axis on which nothing changes."""
    for axis in range(value.ndim):
        first = value[(slice(None),) * axis + (slice(0, 1),)]
        if np.broadcast_to(first, value.shape).tobytes() == value.tobytes():
            value = first
    return value


@cache
def runtime() -> dict[str, str]:
    """The functions of runtime.js by name, with the comment above each."""
    text = Path(__file__).with_name("runtime.js").read_text(encoding="utf-8")
    blocks = text.split("\n\n")[1:]
    named = ((re.search(r"^function (\w+)", block, re.M), block) for block in blocks)
    return {match.group(1): block.strip() for match, block in named if match}


def helpers(source: str) -> list[str]:
    """The functions of runtime.js that `source` calls, and those that they call, in file order."""
    wanted: set[str] = set()
    waiting = [source]
    while waiting:
        called = set(re.findall(r"\b(?<!\.)(\w+)\(", waiting.pop()))
        new = called & runtime().keys() - wanted
        wanted |= new
        waiting.extend(runtime()[name] for name in new)
    return [body for name, body in runtime().items() if name in wanted]
