"""Random programs: whatever NumPy computes, the JavaScript computes."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.trace.comparing import compare, numpy_says

from crossent.trace import as_inputs, trace

UNARY = [
    np.exp,
    np.tanh,
    np.abs,
    np.negative,
    np.floor,
    np.sign,
    np.sqrt,
    np.log1p,
    np.square,
    np.sin,
]
BINARY = [np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum, np.logaddexp]
COMPARE = [np.less, np.greater_equal, np.equal]
REDUCE = [np.sum, np.max, np.min, np.mean, np.prod]
SCAN = [np.cumsum, np.sort, np.diff]
SHAPES = [(), (3,), (4,), (2, 3), (3, 1), (2, 3, 4), (9,), (2, 17)]
PROGRAMS = 250


@dataclass
class Program:
    """Each line makes one more array from those before it; `picks` decides which, and how."""

    shapes: list[tuple[int, ...]]
    picks: list[list[int]]
    seed: int

    def inputs(self, again=0):
        rng = np.random.default_rng([self.seed, again])
        values = {f"x{i}": rng.normal(size=shape) * 2 for i, shape in enumerate(self.shapes)}
        return values | {"k": int(rng.integers(-2, 2)), "flag": bool(rng.integers(2))}

    def __call__(self, **inputs):
        k, flag = inputs.pop("k"), inputs.pop("flag")
        arrays = list(inputs.values())
        for picks in self.picks:
            arrays.append(line(arrays, k, flag, picks))
        used = {f"y{i}": array for i, array in enumerate(arrays[-4:])}
        return {"columns": used, "readout": {"sum": sum(np.sum(np.tanh(a)) for a in arrays[-6:])}}


def line(arrays, k, flag, picks):
    """One array from the others; the picks and the shapes make every choice, values none."""
    kind, a, b, c = picks
    x, y = arrays[a % len(arrays)], arrays[b % len(arrays)]
    if kind < 5:
        return tame(UNARY[c % len(UNARY)](x))
    if kind < 10:
        return tame(BINARY[c % len(BINARY)](*matched(x, y)))
    if kind == 10:
        x, y = matched(x, y)
        return np.where(COMPARE[c % len(COMPARE)](x, y), x, y * 0.5)
    if kind == 11:
        return np.where(flag, x, -x) + k
    if np.ndim(x) == 0:
        return np.stack([x, y if np.ndim(y) == 0 else x * 2])
    axis = c % np.ndim(x)
    if kind == 12:
        return tame(REDUCE[c % len(REDUCE)](x, axis=axis, keepdims=bool(b % 2)))
    if kind == 13:
        return tame(SCAN[c % 2](x, axis=axis) if x.shape[axis] < 2 else SCAN[c % 3](x, axis=axis))
    if kind == 14:
        return [x.T, x[::-1], x[..., None], np.reshape(x, (-1,)), x[-1:]][b % 5]
    if kind == 15:
        return np.take_along_axis(x, np.argmax(x, axis=axis, keepdims=True), axis=axis)
    if kind == 16:
        return x[min(1, x.shape[0] - 1)] if b % 2 or x.shape[0] < 2 else x[k]
    if kind == 17:
        return np.concatenate([x, np.exp(-np.abs(x))], axis=axis)
    if kind == 18:
        return np.roll(x, b, axis=axis) - np.flip(x, axis=axis)
    return tame(np.reshape(x, (x.shape[0], -1)) @ np.reshape(x, (x.shape[0], -1)).T)


def matched(x, y):
    """Both as they are where they broadcast, else the sum of the second."""
    try:
        np.broadcast_shapes(np.shape(x), np.shape(y))
    except ValueError:
        return x, np.sum(y)
    return x, y


def tame(x):
    """Bounded and coarse: neither overflow nor cancellation hides or makes a difference."""
    return np.round(np.clip(np.where(np.isnan(x), 0.25, x), -8.0, 8.0), 4)


programs = st.builds(
    Program,
    shapes=st.lists(st.sampled_from(SHAPES), min_size=2, max_size=4),
    picks=st.lists(
        st.tuples(st.integers(0, 19), *[st.integers(0, 99)] * 3).map(list), min_size=4, max_size=16
    ),
    seed=st.integers(0, 2**32),
)


def test_random_programs_agree(run):
    batch = []

    @settings(
        max_examples=PROGRAMS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(programs)
    def collect(program):
        batch.append(program)

    collect()
    jobs = [(trace(p, p.inputs()), [as_inputs(p.inputs(n)) for n in range(3)]) for p in batch]
    numbers = run(jobs)
    at = 0
    for program, (_taken, inputs) in zip(batch, jobs, strict=True):
        expected = [leaf for item in inputs for leaf in numpy_says(program, item)]
        size = sum(leaf.size for leaf in expected)
        compare(numbers[at : at + size], expected, repr(program), 1e-9)
        at += size
    assert at == len(numbers)
    assert len(batch) >= PROGRAMS


@pytest.mark.parametrize("seed", range(3))
def test_two_traces_of_one_program_are_the_same_text(seed):
    from crossent.trace import emit

    rng = np.random.default_rng(seed)
    picks = rng.integers(0, 20, (12, 4)).tolist()
    program = Program([(3,), (2, 3), ()], picks, seed)
    assert emit(trace(program, program.inputs())) == emit(trace(program, program.inputs(5)))
