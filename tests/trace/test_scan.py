"""A scan becomes one loop in JavaScript, and agrees with the plain loop."""

import numpy as np
import pytest

from crossent.core.kernels import rows_at, scan, softmax
from crossent.errors import TraceError
from crossent.trace import emit, trace

rng = np.random.default_rng(0)
POINTS = np.concatenate([rng.normal(size=(30, 2)), np.ones((30, 1))], axis=1)
TRUTH = np.eye(3)[np.arange(30) % 3]
ORDER = rng.permutation(120).reshape(12, 10) % 30


def states(**ranges):
    """Some states with numbers and arrays in these ranges."""
    draw = np.random.default_rng(1)
    return [{name: draw.uniform(*span) for name, span in ranges.items()} for _ in range(4)]


def softmax_regression(rate):
    def step(carry, rows):
        weights = carry["weights"]
        points, truth = (rows_at(table, rows) for table in (POINTS, TRUTH))
        probs = softmax(points @ weights)
        loss = np.mean(-np.sum(truth * np.log(probs), axis=-1), axis=-1)
        grad = np.swapaxes(points, -1, -2) @ (probs - truth) / 10
        return {"weights": weights - rate * grad}, {"loss": loss, "weights": weights}

    carry, stacked = scan(step, {"weights": np.zeros((2, 3, 3))}, ORDER)
    return {"end": carry, "curve": stacked}


def of_numbers(x):
    def step(carry, t):
        return {"a": carry["b"] * 0.5, "b": carry["a"] + x + t}, carry["a"] - carry["b"]

    carry, gap = scan(step, {"a": x, "b": 1.0}, np.arange(7.0))
    return {"out": {"a": carry["a"], "b": carry["b"], "gap": gap}}


def of_vectors(x, v):
    """Carries that change places, stay as they are, or come from outside."""

    def step(carry, row):
        after = {"a": carry["b"], "b": carry["a"] * x, "same": carry["same"], "set": v}
        return after, {"a": carry["a"], "twice": carry["a"], "v": v, "row": row["y"][::-1]}

    begin = {"a": v, "b": np.array([1.0, 2, 3]), "same": np.arange(3.0), "set": np.zeros(3)}
    rows = {"y": np.outer(np.arange(5.0), v), "unused": np.arange(5.0)}
    carry, stacked = scan(step, begin, rows)
    return {"end": carry, "all": stacked, "mean": {"m": np.mean(stacked["a"], axis=0)}}


def of_whole_numbers_and_bools(x):
    def step(carry, t):
        return carry + 1, {"odd": carry % 2 == 1, "count": carry, "big": carry * x}

    carry, stacked = scan(step, 0, np.arange(6.0))
    return {"out": {"carry": carry, **stacked}}


def in_float32(v):
    half = v.astype(np.float32)
    carry, y = scan(lambda c, t: (c * half + np.float32(0.1), np.sum(c)), half, length=9)
    return {"out": {"carry": carry, "y": y}}


def of_one_step(v):
    carry, y = scan(lambda c, t: (c + v, {"n": np.sum(c), "v": c}), v, length=1)
    return {"out": {"carry": carry, **y}}


def of_one_element(v):
    carry, y = scan(lambda c, t: (c * 0.5, c), v[:1], length=4)
    return {"out": {"carry": carry, "y": y}}


def scan_in_scan(x, v):
    def inner(c, row):
        return c + row * v, np.sum(c)

    def outer(carry, t):
        c, sums = scan(inner, carry["c"] * x, np.ones((4, 3)), steps=t)
        d, _ = scan(lambda a, _: (a * 0.9 + x, None), carry["d"], length=3)
        return {"c": c, "d": d}, {"sums": sums, "c": c, "d": d}

    carry, stacked = scan(outer, {"c": v, "d": 0.0}, np.arange(6.0))
    return {"end": carry, "all": stacked}


def with_everything(v):
    """Views, gathers, sorts, running sums, joins and reductions inside."""
    table = np.outer(v, v)

    def step(carry, t):
        order = np.argsort(carry, kind="stable")
        rows = np.take(table.T, order, axis=0)
        joined = np.concatenate([carry, rows[0, :1] * 0.1])
        after = np.tanh(np.cumsum(joined)[1:] + np.max(rows) * 0.01)
        return after, {"order": order, "best": np.argmax(carry), "sorted": np.sort(after)}

    carry, stacked = scan(step, v, length=8)
    return {"end": {"c": carry}, "all": stacked}


def nothing_depends_on_the_loop_but_the_rows(x):
    carry, y = scan(lambda c, t: (c, x * t), 0.0, np.arange(4.0))
    return {"out": {"carry": carry, "y": y}}


def of_a_traced_closure(x):
    """Neither the carry nor the rows are inputs."""
    carry, _ = scan(lambda c, _: (c - x * c, None), np.ones(3), length=5)
    return {"out": {"c": carry}}


V = {"v": np.array([0.3, -0.7, 1.1])}
CASES = {
    "softmax regression": (softmax_regression, states(rate=(0, 3)), 1e-9),
    "numbers": (of_numbers, states(x=(-1, 1)), 1e-12),
    "vectors": (of_vectors, [s | V for s in states(x=(-1, 1))], 1e-12),
    "whole numbers and bools": (of_whole_numbers_and_bools, states(x=(-1, 1)), 1e-12),
    "float32": (in_float32, [V], 1e-6),
    "one step": (of_one_step, [V], 1e-12),
    "one element": (of_one_element, [V], 1e-12),
    "scan in scan": (scan_in_scan, [s | V for s in states(x=(0, 1))], 1e-12),
    "everything": (with_everything, [V], 1e-12),
    "rows only": (nothing_depends_on_the_loop_but_the_rows, states(x=(-1, 1)), 1e-12),
    "closure": (of_a_traced_closure, states(x=(0, 1)), 1e-12),
}


@pytest.mark.parametrize("name", CASES)
def test_it_agrees_with_the_plain_loop(agree, name):
    compute, inputs, tolerance = CASES[name]
    agree(compute, *inputs, rtol=tolerance, atol=1e-15)


def bounded(x, steps):
    carry, y = scan(
        lambda c, t: ({"a": c["a"] * x, "n": c["n"] + 1}, {"a": c["a"], "n": c["n"]}),
        {"a": np.ones(2), "n": 0},
        np.arange(5.0),
        steps=steps,
    )
    return {"end": carry, "all": y}


def test_only_so_many_steps_are_taken(agree):
    agree(bounded, *({"x": 0.5, "steps": n} for n in (5, 0, 1, 4, 7, -2, 5)))


def test_a_call_does_not_see_what_another_left(agree):
    inputs = [{"x": x, "v": v} for x in (0.5, 0.0, 2.0) for v in (V["v"], np.zeros(3))]
    agree(of_vectors, *inputs, *inputs[::-1])


def test_the_text_is_no_longer_for_more_steps():
    def compute(x, length):
        carry, y = scan(lambda c, _: (np.sin(c * x), np.cos(c)), x, length=length)
        return {"out": {"carry": carry, "y": y}}

    few, many = (emit(trace(compute, {"x": 0.5}, {"length": n})) for n in (3, 3000))
    assert len(many) - len(few) < 20
    assert many.count("Math.sin") == 1


def test_what_no_step_changes_is_computed_before_the_loop():
    def compute(v):
        carry, _ = scan(lambda c, _: (c * np.exp(v), None), v, length=9)
        return {"out": {"carry": carry}}

    text = emit(trace(compute, V))
    assert text.index("Math.exp") < text.index("for (let t0")


def test_what_nothing_asks_for_is_not_computed():
    def compute(v):
        def step(carry, _):
            after = {"a": carry["a"] * 0.5, "idle": carry["idle"] + np.exp(carry["a"])}
            return after, {"a": carry["a"], "idle": np.cosh(carry["idle"])}

        _, stacked = scan(step, {"a": v, "idle": v}, length=9)
        return {"out": {"a": stacked["a"]}}

    text = emit(trace(compute, V))
    assert "Math.exp" not in text
    assert "Math.cosh" not in text


def grows(x):
    return scan(lambda c, _: (np.concatenate([c, c]), None), x * np.ones(2), length=3)[0]


def turns_float(x):
    return scan(lambda c, _: (c + x, None), 0, length=3)[0]


def loses_a_name(x):
    return scan(lambda c, _: ({"a": c["a"] * x}, None), {"a": x, "b": x}, length=3)[0]["a"]


def of_a_list(x):
    return scan(lambda c, _: (c, [c]), x, length=3)[0]


def of_one_value(x):
    return scan(lambda c, _: c * x, x, length=3)[0]


REFUSED = {
    "shape": (grows, "carry value that began as float64 of shape (2,)", "of shape (4,)"),
    "dtype": (turns_float, "began as int64 of shape () came back as float64", "0.0 for a float"),
    "names": (loses_a_name, "began with ['a', 'b'] came back with ['a']", "the same names"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_carry_that_changes_is_refused(name):
    compute, what, way_round = REFUSED[name]
    with pytest.raises(TraceError) as caught:
        trace(lambda x: {"out": {"y": compute(x)}}, {"x": 0.5})
    assert what in str(caught.value)
    assert way_round in str(caught.value)
    assert "test_scan.py:" in str(caught.value)


def test_what_a_step_was_given_stays_inside_it():
    def compute(x):
        kept = []
        scan(lambda c, _: (kept.append(c) or c * x, None), x, length=3)
        return {"out": {"y": kept[-1] * 2}}

    with pytest.raises(TraceError, match="return it from the step"):
        trace(compute, {"x": 0.5})


def test_what_numpy_gives_is_expected():
    taken = trace(of_numbers, {"x": 0.5})
    assert np.array_equal(taken.expected["out"]["gap"], of_numbers(np.float64(0.5))["out"]["gap"])
