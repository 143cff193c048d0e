"""scan in NumPy: a plain loop, with the meaning of jax.lax.scan."""

import numpy as np
import pytest

from crossent.core import scan


def descend(weights, rate):
    after = {"w": weights["w"] - rate * weights["w"], "n": weights["n"] + 1}
    return after, {"loss": np.sum(weights["w"] ** 2), "n": weights["n"]}


START = {"w": np.array([1.0, -2.0]), "n": 0}
RATES = np.array([0.1, 0.2, 0.5, 0.1])


def test_the_carry_is_what_a_plain_loop_ends_with():
    w = START["w"]
    for rate in RATES:
        w = w - rate * w
    carry, _ = scan(descend, START, RATES)
    assert np.array_equal(carry["w"], w)
    assert carry["n"] == 4


def test_each_row_is_what_its_step_gave():
    _, stacked = scan(descend, START, RATES)
    before = [START["w"] * np.prod(1 - RATES[:t]) for t in range(4)]
    assert stacked["loss"] == pytest.approx([np.sum(w**2) for w in before])
    assert stacked["n"].tolist() == [0, 1, 2, 3]
    assert stacked["n"].dtype == np.int64


def test_without_rows_a_step_is_given_none():
    seen = []
    carry, stacked = scan(lambda c, x: (seen.append(x) or c * 2, None), 1.0, length=5)
    assert (carry, stacked) == (32.0, None)
    assert set(seen) == {None}


@pytest.mark.parametrize("steps", range(-1, 7))
def test_only_so_many_steps_are_taken(steps):
    carry, stacked = scan(descend, START, RATES, steps=np.int64(steps))
    taken = min(max(steps, 0), 4)
    whole = scan(descend, START, RATES)[1]
    assert carry["n"] == taken
    assert np.array_equal(stacked["loss"][:taken], whole["loss"][:taken])
    assert np.all(np.isnan(stacked["loss"][taken:]))
    assert np.all(stacked["n"][taken:] == 0)


def test_a_python_number_promotes_as_an_array_does():
    carry, _ = scan(lambda c, x: (c + np.float32(1), None), 0.5, length=2)
    assert carry.dtype == np.float64


@pytest.mark.parametrize(
    ("xs", "length", "message"),
    [
        (None, None, "they tell nothing"),
        (np.zeros(3), 4, r"they tell \[3, 4\]"),
        ({"a": np.zeros(3), "b": np.zeros(2)}, None, r"they tell \[2, 3\]"),
        (None, 0, "at least one step; got 0"),
    ],
)
def test_the_number_of_steps_must_be_told_once(xs, length, message):
    with pytest.raises(ValueError, match=message):
        scan(lambda c, x: (c, None), 0.0, xs, length)
