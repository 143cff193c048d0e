"""What cannot be traced says so: the line, the operation, the way round."""

import functools
import math

import numpy as np
import pytest

from crossent.errors import TraceError
from crossent.trace import trace

EXAMPLE = {"x": np.array([1.0, 2.0, 3.0]), "k": 1, "flag": True}


def fill(x):
    x[0] = 1.0


def fill_constant(x):
    np.zeros(3)[:] = x


def fill_one(x):
    np.zeros(3)[0] = x[0]


def increment(x):
    x += 1


# What is written, and words of the answer: the operation, and the way round it.
REFUSED = {
    "if": (lambda x, k: 1 if k > 0 else x, "truth of a traced value", "np.where"),
    "and": (lambda x, k: (k > 0) and x, "truth of a traced value", "np.logical_and"),
    "max()": (lambda x, k: max(k, 3), "truth of a traced value", "np.maximum"),
    "in": (lambda x, k: k in (0, 1), "truth of a traced value", "np.where"),
    "float()": (lambda x, k: float(k), "float()", "stay with arrays"),
    "math.exp": (lambda x, k: math.exp(k), "function of math", "NumPy's functions"),
    "int()": (lambda x, k: int(k), "int()", ".astype"),
    "range()": (lambda x, k: list(range(k)), "a range", "np.arange(n) < k"),
    "a slice's end": (lambda x, k: x[:k], "a slice's end", "np.arange(n) < k"),
    "a list's index": (lambda x, k: [1, 2][k], "an index into a list", "np.take_along_axis"),
    "a shape": (lambda x, k: np.zeros(k), "integer", "keep shapes and lengths fixed"),
    "np.arange": (lambda x, k: np.arange(k), "np.arange", "keep lengths fixed"),
    "np.linspace": (lambda x, k: np.linspace(0, 1, k), "a length", "fixed"),
    "np.asarray": (lambda x, k: np.asarray(x), "np.asarray", "leave np.asarray out"),
    "np.array": (lambda x, k: np.array([x[0], 1.0]), "np.array", "np.stack"),
    "np.float32()": (lambda x, k: np.float32(x), "np.asarray", ".astype"),
    "x[0] = 1": (lambda x, k: fill(x), "assignment into a traced array", "np.where"),
    "zeros[:] = x": (lambda x, k: fill_constant(x), "assignment into a NumPy array", "np.stack"),
    "zeros[0] = x": (lambda x, k: fill_one(x), "assignment into a NumPy array", "np.where"),
    "x += 1": (lambda x, k: increment(x), "+=", "x = x + 1"),
    "out=": (lambda x, k: np.exp(x, out=np.zeros(3)), "np.exp with out=", "np.where"),
    "where=": (lambda x, k: np.log(x, out=None, where=x > 0), "np.log with where=", "np.where"),
    "sum(where=)": (lambda x, k: np.sum(x, where=x > 0), "np.sum with", "np.where"),
    "np.full": (lambda x, k: np.full(3, k), "np.full", "np.broadcast_to"),
    "a mask": (lambda x, k: x[x > 1], "a traced mask", "np.where"),
    "np.nonzero": (lambda x, k: np.nonzero(x), "np.nonzero", "keep the shape"),
    "np.einsum": (lambda x, k: np.einsum("i,i", x, x), "np.einsum", "@"),
    "np.interp": (lambda x, k: np.interp(x, [0, 1], [0, 1]), "np.interp", "np.searchsorted"),
    "np.median": (lambda x, k: np.median(x), "np.median", "np.sort"),
    "np.convolve": (lambda x, k: np.convolve(x, x), "np.convolve", "write it with"),
    "np.modf": (lambda x, k: np.modf(x), "np.modf", "np.trunc"),
    "np.nextafter": (lambda x, k: np.nextafter(x, 1), "np.nextafter", "crossent.trace.ops"),
    "np.subtract.reduce": (lambda x, k: np.subtract.reduce(x), "subtract.reduce", "write it out"),
    "np.add.at": (lambda x, k: np.add.at(x, 0, 1), "add.at", "write it out"),
    "bits of int64": (lambda x, k: k & 1, "np.bitwise_and of int64", "np.uint32"),
    "complex": (lambda x, k: x * 1j, "complex128", "float dtype"),
    "unstable argsort": (lambda x, k: np.argsort(x), "np.argsort", 'kind="stable"'),
    ".item()": (lambda x, k: k.item(), ".item", "stay with arrays"),
    ".tolist()": (lambda x, k: x.tolist(), ".tolist", "stay with arrays"),
    "2**53": (lambda x, k: k + (2**53 + 1), "beyond 2**53", "uint32"),
    "a seed": (
        lambda x, k: np.random.default_rng(k),
        "SeedSequence",
        "draw random numbers outside",
    ),
    "a list": (lambda x, k: {"a": [1, 2]}, "the output a is a list", "np.stack"),
    "text": (lambda x, k: {"a": {"b": "red"}}, "the output a.b is a str", "hand text to the view"),
    "no dict": (lambda x, k: x, "compute returns", "a dict of columns"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_cannot_be_traced_names_the_way_round(name):
    body, operation, way_round = REFUSED[name]
    with pytest.raises(TraceError) as caught:
        trace(lambda x, k, flag: body(x, k), EXAMPLE)
    assert operation in str(caught.value)
    assert way_round in str(caught.value)
    assert "test_refusals.py:" in str(caught.value)


def refused_line(compute, example=EXAMPLE):
    with pytest.raises(TraceError) as caught:
        trace(compute, example)
    return str(caught.value)


def branching(x, k, flag):
    doubled = x * 2
    return {"y": doubled if flag else x}


def softmax_of_an_array(x):
    return np.exp(np.asarray(x))


def calling(x, k, flag):
    probs = softmax_of_an_array(x)
    return {"y": probs}


def line(function, offset):
    return f"tests/trace/test_refusals.py:{function.__code__.co_firstlineno + offset}"


def test_the_line_is_the_users():
    assert refused_line(branching).startswith(f"{line(branching, 2)}: the truth")


def test_a_line_in_a_function_that_compute_calls_comes_with_the_line_of_the_call():
    at, caller = line(softmax_of_an_array, 1), line(calling, 1)
    assert refused_line(calling).startswith(f"{at} (called from {caller}): np.array, np.asarray")


def test_the_line_is_found_through_partials_and_numpys_own_python():
    def compute(x, k, flag, extra):
        return {"y": np.full(3, k)}

    @functools.wraps(compute)
    def wrapper(*args, **kwargs):
        return compute(*args, **kwargs)

    message = refused_line(functools.partial(wrapper, extra=1))
    assert message.startswith(f"{line(compute, 1)}: np.array, np.asarray, np.arange, np.full")


def test_chance_is_noticed():
    rng = np.random.default_rng(0)
    message = refused_line(lambda x, k, flag: {"y": x, "noise": rng.normal(size=3)})
    assert "compute gave another noise" in message
    assert "draw random numbers outside" in message


def test_inputs_must_be_numbers():
    message = refused_line(lambda unit: {"y": 1.0}, {"unit": "bits"})
    assert "the input 'unit'" in message
    assert "static" in message


def test_a_mistake_that_numpy_reports_is_left_to_numpy():
    with pytest.raises(ValueError, match="broadcast"):
        trace(lambda x, k, flag: {"y": x + np.ones(4)}, EXAMPLE)
