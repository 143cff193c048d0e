"""float32 and float16 in JavaScript: the same bits as NumPy's, and where not, how far apart."""

import itertools

import numpy as np
import pytest

from crossent.trace import trace

LOW = ["float32", "float16"]
NAMES = ["bool", "int8", "int32", "int64", "uint8", "uint32", "float16", "float32", "float64"]
ENDS = [0.0, -0.0, 1.0, -1.0, 2.5, 65504.0, 65519.0, 65520.0, 2.0**-14, 2.0**-24, 2.0**-25, 6e-8]
ENDS += [-3e-6, 88.7, 3.4e38, 1.2e-38, 1.4e-45, 7e-46, -1e-40, 1e-12, np.inf, -np.inf, np.nan]


def across(dtype, count=1500, seed=0):
    """Numbers of every size that the dtype has, subnormal ones too, and its ends."""
    rng = np.random.default_rng(seed)
    low, high = (-8, 4.8) if dtype == "float16" else (-45, 38.5)
    with np.errstate(over="ignore"):
        sizes = 10.0 ** rng.uniform(low, high, count)
        return np.concatenate([ENDS, sizes * rng.choice([-1, 1], count)]).astype(dtype)


def units_apart(a, b):
    """How many values of their dtype lie between two arrays, entry by entry."""
    whole = {2: np.int16, 4: np.int32, 8: np.int64}[a.dtype.itemsize]
    places = []
    for x in (a, b):
        bits = x.view(whole).astype(np.int64)
        places.append(np.where(bits < 0, -(bits & np.iinfo(whole).max), bits))
    return np.where(np.isnan(a) & np.isnan(b), 0, np.abs(places[0] - places[1]))


ARITHMETIC = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "root": lambda a, b: np.sqrt(np.abs(a)),
    "square": lambda a, b: a**2,
    "floor": lambda a, b: a // b,
    "rest": lambda a, b: a % b,
    "with Python's numbers": lambda a, b: a * 2.5 + 0.1,
    "clipped": lambda a, b: np.clip(a, 1e-12, 1.0),
    "chosen": lambda a, b: np.where(a > b, a, 0.5),
    "less": lambda a, b: a < b,
    "equal": lambda a, b: a == b,
    "largest": lambda a, b: np.maximum(a, b),
    "in float16": lambda a, b: a.astype(np.float16),
    "in float32": lambda a, b: a.astype(np.float32),
    "in float64": lambda a, b: a.astype(np.float64) * b,
}


@pytest.mark.parametrize("name", ARITHMETIC)
@pytest.mark.parametrize("dtype", LOW)
def test_arithmetic_comparisons_and_casts_agree_bit_for_bit(agree, dtype, name):
    a = across(dtype)
    every_pair = np.meshgrid(a[: len(ENDS)], a[: len(ENDS)])
    b = np.random.default_rng(1).permutation(a)
    a, b = (np.concatenate([x, y.ravel()]) for x, y in zip((a, b), every_pair, strict=True))
    agree(lambda a, b: {"y": ARITHMETIC[name](a, b)}, {"a": a, "b": b}, rtol=0)


SHAPES = [(3, 4, 5), (2, 9, 17), (5, 200), (7, 1, 130), (2, 3, 300), (3, 8, 8, 3), (1, 9), (9, 1)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float64", *LOW])
def test_sums_and_means_over_any_axes_agree_bit_for_bit(agree, dtype, shape):
    axes = [None, *(pick for n in (1, 2) for pick in itertools.combinations(range(len(shape)), n))]

    def compute(x):
        return {f"{f.__name__} {axis}": f(x, axis=axis) for f in (np.sum, np.mean) for axis in axes}

    agree(compute, {"x": np.random.default_rng(2).normal(size=shape).astype(dtype)}, rtol=0)


VIEWS = {
    "transposed": lambda x: np.transpose(x),
    "turned": lambda x: np.moveaxis(x, 0, 1),
    "every other": lambda x: x[..., ::2],
    "backwards": lambda x: x[..., ::-1],
    "repeated": lambda x: np.broadcast_to(x[:1], x.shape),
    "transposed and added to": lambda x: np.transpose(x) + 1,
    "transposed, in C order": lambda x: np.reshape(np.transpose(x), (-1, x.shape[0])),
}


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("dtype", ["float64", *LOW])
def test_a_sum_follows_the_order_in_memory_as_numpys(agree, dtype, name):
    def compute(x):
        view = VIEWS[name](x)
        return {str(axis): np.sum(view, axis=axis) for axis in (None, 0, -1, *range(1, view.ndim))}

    for shape in ((3, 20, 33), (12, 150)):
        x = np.random.default_rng(3).normal(size=shape).astype(dtype)
        agree(compute, {"x": x}, rtol=0)


@pytest.mark.parametrize("axis", [0, 1, -1, (1, 2), None])
def test_a_product_of_float16s_is_rounded_as_numpys(agree, axis):
    x = np.random.default_rng(4).uniform(0.5, 2.0, (3, 5, 9)).astype(np.float16)
    agree(lambda x: {"y": np.prod(x, axis=axis)}, {"x": x}, rtol=0)


def test_products_of_float16_matrices_add_in_float32_and_round_once(agree):
    x = np.random.default_rng(5).normal(size=(6, 30)).astype(np.float16)
    agree(lambda x: {"mm": x @ x.T, "mv": x @ x[0], "dot": np.dot(x[0], x[1])}, {"x": x}, rtol=0)


# In this dtype: at most this share of the values differs from NumPy's, by at most so many units.
# JavaScript's are the nearest there are; NumPy's vectorised float32 says up to 3 units of its own.
APART = {
    ("exp", "float32"): (0.45, 2),
    ("log", "float32"): (0.25, 3),
    ("exp", "float16"): (0.0001, 1),
    ("log", "float16"): (0.0001, 1),
    ("exp", "float64"): (0.15, 1),
    ("log", "float64"): (0.15, 1),
}


def ordinary(dtype):
    """All of float16; of the others so many, where their exponentials are finite and not 0."""
    if dtype == "float16":
        halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
        return halves[~np.isnan(halves)]
    rng = np.random.default_rng(6)
    low, high = (-103, 88) if dtype == "float32" else (-740, 709)
    return np.concatenate([rng.uniform(low, high, 20000), rng.normal(size=20000)]).astype(dtype)


@pytest.mark.parametrize(("name", "dtype"), APART)
def test_exp_and_log_are_within_a_unit_and_this_often_not_numpys(run, record_property, name, dtype):
    ufunc = getattr(np, name)
    x = ordinary(dtype)
    x = np.abs(x) if name == "log" else x
    taken = trace(lambda x: {"y": ufunc(x)}, {"x": x})
    with np.errstate(all="ignore"):
        got = run([(taken, [{"x": x.astype(float)}])]).astype(dtype)
        true = ufunc(x.astype(np.longdouble)).astype(dtype)
        numpys = ufunc(x)
    apart = units_apart(got, numpys)
    record_property("share that differs from NumPy's", float(np.mean(apart > 0)))
    record_property("units apart at most", int(apart.max()))
    assert units_apart(got, true).max() <= 1
    share, units = APART[name, dtype]
    assert np.mean(apart > 0) <= share
    assert apart.max() <= units


@pytest.mark.parametrize("dtype", ["float64", *LOW])
def test_exp_overflows_and_vanishes_at_the_same_number(agree, dtype):
    ends = {
        "float16": (11.09, -17.33),
        "float32": (88.7228, -103.972),
        "float64": (709.78, -745.13),
    }
    near = np.concatenate([np.linspace(-1e-3, 1e-3, 301), np.linspace(-2e-6, 2e-6, 301)])
    x = np.multiply.outer(ends[dtype], 1 + near).ravel().astype(dtype)
    y = agree(lambda x: {"inf": np.isinf(np.exp(x)), "zero": np.exp(x) == 0}, {"x": x})
    assert 0 < y.expected["inf"].sum() < len(x)
    assert 0 < y.expected["zero"].sum() < len(x)


@pytest.mark.parametrize("left", NAMES)
def test_promotion_is_numpys(agree, left):
    def compute(x):
        a = x.astype(left)
        arrays = [a + x.astype(right) for right in NAMES]
        return {
            str(i): v for i, v in enumerate([*arrays, a * 2, a * 0.5, a + np.float64(1), a / a])
        }

    taken = agree(compute, {"x": np.array([1.0, 2.0, 3.0])})
    found = [output.dtype for output in taken.outputs]
    assert found[: len(NAMES)] == [np.result_type(left, right) for right in NAMES]
