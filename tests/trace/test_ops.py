"""Each ufunc and each function, on ordinary and extreme values, against NumPy."""

import numpy as np
import pytest

from crossent.trace import ops, trace

EXTREME = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, -7.25, 1e-3, 710.0, -745.0]
EXTREME += [1e308, -1e308, 5e-324, -2.3e-308, 1e16, 4503599627370497.5, np.inf, -np.inf, np.nan]
SMALL = [0, 1, -1, 2, 3, -7, 12, 100]


def floats(seed, *shape, scale=3.0):
    return np.random.default_rng(seed).normal(size=shape) * scale


def one_bit(dtype):
    """How far NumPy's own float32 and float16 functions lie from the nearest value."""
    return {"float64": 1e-12, "float32": 1e-6, "float16": 2e-3}[dtype]


def pairs(values):
    a, b = np.meshgrid(values, values)
    return a.ravel(), b.ravel()


FLOATS = ["float64", "float32", "float16"]
UNARY = [f for f in ops.UFUNCS if f.nin == 1 and "d" in {t[0] for t in f.types}]
BINARY = [f for f in ops.UFUNCS if f.nin == 2 and "d" in {t[0] for t in f.types}]


def has_a_loop(ufunc, dtype):
    try:
        loop = ufunc.resolve_dtypes((np.dtype(dtype),) * ufunc.nin + (None,))
    except TypeError:
        return False
    return ops.template(ufunc, loop[0], loop[-1]) is not None


OF_INTEGERS = [
    pytest.param(ufunc, dtype, id=f"{ufunc.__name__}-{dtype}")
    for ufunc in ops.UFUNCS
    for dtype in ("bool", "int64", "int32", "uint32", "uint8", "int16")
    if has_a_loop(ufunc, dtype)
]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("ufunc", UNARY, ids=lambda f: f.__name__)
def test_a_ufunc_of_floats_agrees(agree, ufunc, dtype):
    with np.errstate(all="ignore"):
        x = np.array([*EXTREME, *floats(0, 60), *floats(1, 20, scale=100)]).astype(dtype)
    with np.errstate(all="ignore"):
        x = x[~((np.abs(x) > 1e10) & (ufunc in (np.sin, np.cos, np.tan)))]
    agree(lambda x: {"y": ufunc(x)}, {"x": x}, rtol=one_bit(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("ufunc", BINARY, ids=lambda f: f.__name__)
def test_a_ufunc_of_two_floats_agrees(agree, ufunc, dtype):
    with np.errstate(all="ignore"):
        a, b = (np.array(v).astype(dtype) for v in pairs([*EXTREME, *floats(2, 8)]))
    cancels = 20 if "logaddexp" in ufunc.__name__ and dtype != "float64" else 1
    agree(lambda a, b: {"y": ufunc(a, b)}, {"a": a, "b": b}, rtol=one_bit(dtype) * cancels)


@pytest.mark.parametrize(("ufunc", "dtype"), OF_INTEGERS)
def test_a_ufunc_of_integers_agrees(agree, ufunc, dtype):
    info = np.iinfo("int8" if dtype == "bool" else dtype)
    low, high = (-(2**20), 2**20) if dtype == "int64" else (info.min, info.max)
    values = np.random.default_rng(3).integers(low, high, 12, endpoint=True)
    small = [v for v in SMALL if v >= info.min]
    args = [x.astype(dtype) for x in pairs(np.concatenate([values, small]))][: ufunc.nin]
    if ufunc in (np.power, np.float_power, np.left_shift, np.right_shift) and dtype != "bool":
        args = [np.abs(args[0] % 7), np.abs(args[1] % 7)]
    agree(lambda **x: {"y": ufunc(*x.values())}, dict(zip("ab", args, strict=False)))


@pytest.mark.parametrize(
    "sign", [np.negative, np.rint, np.sign, np.round, np.trunc, np.ceil, lambda x: x * -1.0]
)
def test_the_sign_of_zero_is_numpys(agree, sign):
    agree(lambda x: {"y": 1.0 / sign(x)}, {"x": np.array([0.0, -0.0, 0.4, -0.4, 0.5, -0.5, 7])})


def test_an_integer_zero_has_no_sign(agree):
    x = np.array([0, 3, -3, 4])

    def compute(x, zero):
        zeros = [-zero, x * zero, zero // x, x % 3 * -1, x.astype(float).astype(int) * zero]
        zeros += [(zero * 0.5 * -1).astype(np.int64), np.prod(x * zero) - zero, np.sum(-x * zero)]
        return {str(i): 1.0 / z for i, z in enumerate(zeros)}

    agree(compute, {"x": x, "zero": 0}, {"x": x, "zero": 0})


@pytest.mark.parametrize(
    "dtype", ["float32", "float16", "int32", "uint32", "uint8", "bool", "int8"]
)
def test_astype_agrees(agree, dtype):
    integers = np.array([0, 1, -1, 127, 128, 255, 256, -129, 2**31, 2**32 - 1, 2**33 + 7, -(2**31)])
    agree(lambda x: {"y": x.astype(dtype)}, {"x": integers}, rtol=0)
    if np.dtype(dtype).kind == "f":
        x = np.concatenate([floats(4, 200), floats(5, 200, scale=1e-6), floats(6, 99, scale=3e4)])
        ties = np.array([2049.0, 2051.0, 65519.9, 65520.0, 2.0**-24, 2.0**-25, 3 * 2.0**-25, 1e-9])
        with np.errstate(all="ignore"):
            agree(
                lambda x: {"y": x.astype(dtype)}, {"x": np.concatenate([x, ties, EXTREME])}, rtol=0
            )
    else:
        agree(lambda x: {"y": x.astype(dtype)}, {"x": np.array([0.0, 1.9, 0.3, 100.99])}, rtol=0)


def test_every_float16_survives_its_rounding_and_every_middle_goes_to_even(agree):
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = np.unique(halves[np.isfinite(halves)].astype(np.float64))
    middles = (halves[1:] + halves[:-1]) / 2
    near = np.nextafter(middles, np.inf)
    for x in (halves, middles, near):
        agree(lambda x: {"y": x.astype(np.float16)}, {"x": x}, rtol=0)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_low_precision_arithmetic_rounds_after_every_operation(agree, dtype):
    def compute(x, y):
        x, y = x.astype(dtype), y.astype(dtype)
        poly = ((x * y + 1) / (y - 0.1) - x * x) * 3
        return {"poly": poly, "root": np.sqrt(np.abs(poly)), "sum": np.sum(poly, axis=-1)}

    taken = agree(compute, {"x": floats(7, 9, 21), "y": floats(8, 9, 21)}, rtol=0)
    assert {out.dtype.name for out in taken.outputs} == {dtype}


AXES = [None, 0, 1, 2, -1, (0, 1), (1, 2), (0, 2)]
REDUCTIONS = [np.sum, np.prod, np.max, np.min, np.any, np.all, np.mean, np.count_nonzero, np.var]
REDUCTIONS += [np.std, np.ptp, np.nansum]


@pytest.mark.parametrize("func", REDUCTIONS, ids=lambda f: f.__name__)
def test_a_reduction_agrees_for_every_axis(agree, func):
    def compute(x):
        return {f"{axis}": func(x, axis=axis) for axis in AXES} | {
            f"{axis} kept": func(x, axis=axis, keepdims=True) for axis in AXES
        }

    agree(compute, {"x": floats(9, 2, 3, 4, scale=1)}, {"x": np.floor(floats(10, 2, 3, 4))})


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 15, 16, 127, 128, 129, 200, 1000])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_sums_agree_to_the_last_bit(agree, n, dtype):
    x = floats(11, 3, n).astype(dtype)
    agree(
        lambda x: {"rows": np.sum(x, -1), "columns": np.sum(x, 0), "all": np.sum(x)},
        {"x": x},
        rtol=0,
    )


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8", "int32"])
def test_integer_reductions_agree(agree, dtype):
    x = np.random.default_rng(12).integers(0, 4, (4, 5)).astype(dtype)

    def compute(x):
        funcs = (np.sum, np.prod, np.max, np.min, np.any, np.all, np.mean, np.argmax, np.cumsum)
        return {f.__name__: f(x, axis=1) for f in funcs}

    agree(compute, {"x": x})


def test_nan_and_infinity_pass_through_reductions(agree):
    x = np.array(
        [[1, np.nan, 3], [np.inf, 1, -np.inf], [-np.inf, -np.inf, -np.inf], [np.inf, 1, 2]]
    )

    def compute(x):
        funcs = (np.sum, np.max, np.min, np.argmax, np.argmin, np.prod, np.any, np.logaddexp.reduce)
        return {f"{f} {axis}": f(x, axis=axis) for f in funcs for axis in (0, 1)}

    agree(compute, {"x": x}, {"x": x[::-1].copy()})


@pytest.mark.parametrize("func", [np.argmax, np.argmin])
def test_argmax_takes_the_first_of_equals_and_the_first_nan(agree, func):
    x = np.array([[1.0, 3, 3, 0], [0, 0, 0, 0], [np.nan, 2, np.nan, 9], [9, np.nan, np.nan, 1]])
    agree(
        lambda x: {
            "0": func(x, axis=0),
            "1": func(x, axis=1),
            "all": func(x),
            "kept": func(x, axis=1, keepdims=True),
            "one": func(x[:1], axis=0),
        },
        {"x": x},
    )


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.minimum])
def test_running_values_agree(agree, ufunc):
    def compute(x):
        return {str(a): ufunc.accumulate(x, axis=a) for a in (0, 1, 2)} | {
            "cumsum": np.cumsum(x),
            "cumprod": np.cumprod(x, axis=1),
            "line": ufunc.accumulate(x[0, 0]),
        }

    agree(compute, {"x": floats(13, 2, 3, 4)})


ONE_MATRIX = {
    "transpose": lambda x: x.T * 1,
    "transposed sum": lambda x: np.sum(x.T, axis=0),
    "reshape": lambda x: x.reshape(2, 6) + np.arange(6),
    "reshape -1": lambda x: np.reshape(np.exp(x), (2, -1)),
    "reshape of a slice": lambda x: np.reshape(x[:, 1:], (9,)),
    "reshape of a transpose": lambda x: np.reshape(x.T, (-1,)),
    "ravel": lambda x: x.ravel(),
    "expand": lambda x: np.expand_dims(x, (0, 2)) + np.zeros((2, 3, 2, 4)),
    "squeeze": lambda x: np.squeeze(x[:, None, :1]),
    "broadcast": lambda x: np.broadcast_to(x[:, :1], (3, 5)),
    "rows": lambda x: x[1],
    "slices": lambda x: x[::-1, 1:3],
    "strides": lambda x: x[:, ::-2] - x[..., 1::2],
    "slices of slices": lambda x: x[1:][:, ::2][::-1, 1],
    "new axes": lambda x: x[:, None] * x[None, :, None, 0],
    "integers": lambda x: x[[2, 0, -1]],
    "two lists": lambda x: x[[0, 1], [3, -2]],
    "mask": lambda x: x[np.array([True, False, True])],
    "both": lambda x: x[1:, [0, 0, 3]],
    "element": lambda x: x[-1, -1] * 2,
    "flip": lambda x: np.flip(x),
    "flip one": lambda x: np.flip(x, axis=1),
    "roll": lambda x: np.roll(x, 1, axis=1),
    "roll flat": lambda x: np.roll(x, -3),
    "diff": lambda x: np.diff(x),
    "diff twice": lambda x: np.diff(x, n=2, axis=0),
    "repeat": lambda x: np.repeat(x, 3, axis=1),
    "repeat each": lambda x: np.repeat(x, [1, 0, 2], axis=0),
    "tile": lambda x: np.tile(x, (2, 1, 3)),
    "tile flat": lambda x: np.tile(x[0], 3),
    "concatenate": lambda x: np.concatenate([x, x[:1] * 2, np.ones((1, 4))]),
    "concatenate columns": lambda x: np.concatenate([x, np.exp(x)], axis=-1),
    "concatenate flat": lambda x: np.concatenate([x, x[0]], axis=None),
    "stack": lambda x: np.stack([x[0], x[1] + 1, np.arange(4.0)]),
    "stack last": lambda x: np.stack([x, -x], axis=-1),
    "stack scalars": lambda x: np.stack([x[0, 0], 1.0, np.sum(x)]),
    "vstack": lambda x: np.vstack([x, x[0]]),
    "hstack": lambda x: np.hstack([x, x]),
    "column_stack": lambda x: np.column_stack([x[:, 0], x]),
    "split": lambda x: np.stack(np.split(x, 2, axis=1)[::-1]),
    "array_split": lambda x: np.array_split(x, 3, axis=1)[0],
    "pad": lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=7.0),
    "pad edge": lambda x: np.pad(x, 1, mode="edge"),
    "sort": lambda x: np.sort(x),
    "sort columns": lambda x: np.sort(x, axis=0),
    "argsort": lambda x: np.argsort(np.round(x), kind="stable"),
    "take": lambda x: np.take(x, [0, 2], axis=1),
    "take flat": lambda x: np.take(x, [[0, 11], [5, -1]]),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [3], [1]]), axis=1),
    "diagonal": lambda x: np.diagonal(x),
    "trace": lambda x: np.trace(x),
    "tril": lambda x: np.tril(x) + np.triu(x, 1),
    "diag": lambda x: np.diag(x[0]),
    "matmul": lambda x: x @ x.T,
    "matrix times vector": lambda x: x @ x[0],
    "vector times matrix": lambda x: x[:, 0] @ x,
    "vectors": lambda x: x[0] @ x[1] + np.dot(x[0], x[2]),
    "batched matmul": lambda x: np.stack([x, 2 * x]) @ x.T,
    "matmul with a constant": lambda x: np.eye(3) @ x,
    "outer": lambda x: np.outer(x[0], x[:, 0]),
    "add.outer": lambda x: np.add.outer(x[0], x[:, 0]),
    "inner": lambda x: np.inner(x, x),
    "clip": lambda x: np.clip(x, -1, x[0]),
    "clip below": lambda x: x.clip(min=0),
    "where": lambda x: np.where(x > 0, x, 0.1 * x),
    "where scalar": lambda x: np.where(x[0, 0] > 0, x, -x),
    "select": lambda x: np.select([x > 1, x < -1], [x, -x], 0.0),
    "nan_to_num": lambda x: np.nan_to_num(np.log(x)),
    "isclose": lambda x: np.isclose(x, np.round(x), atol=0.2),
    "round": lambda x: np.round(x, 2) + x.round(),
    "round tens": lambda x: np.round(x * 100, -1),
    "norm": lambda x: np.linalg.norm(x),
    "row norms": lambda x: np.linalg.norm(x, axis=1, keepdims=True),
    "average": lambda x: np.average(x, axis=0, weights=np.exp(x)),
    "searchsorted": lambda x: np.searchsorted(np.linspace(-3, 3, 7), x),
    "searchsorted right": lambda x: np.searchsorted([-1.0, 0, 1], np.round(x), side="right"),
    "digitize": lambda x: np.digitize(x, np.linspace(-3, 3, 4)),
    "full_like": lambda x: np.full_like(x, x[0, 0]) + np.zeros_like(x) + np.ones_like(x),
    "meshgrid": lambda x: np.stack(np.meshgrid(x[0], x[:, 0])),
    "linspace": lambda x: np.linspace(x[0, 0], x[1, 0], 17),
    "linspace open": lambda x: np.linspace(0, x[1, 0], 5, endpoint=False),
    "linspace of rows": lambda x: np.linspace(x[0], x[1], 5, axis=-1),
    "divmod": lambda x: np.stack(divmod(x, 0.7)),
    "swapaxes": lambda x: np.swapaxes(x[None], 0, 2),
    "iteration": lambda x: sum(row * i for i, row in enumerate(x)),
    "methods": lambda x: x.sum(0) + x.max(0) + x.mean() + x.std() + x.min() + x.prod() + x.copy(),
    "comparison": lambda x: (x > 0) & ~(x > 1) | (x == x.T[0, 0]) ^ True,
    "scalar arithmetic": lambda x: 2**-x - 1 / (1 + np.abs(x)) % 3 // 0.01,
    "squares": lambda x: x**2 + np.power(x[0], np.full((3, 4), 2)) + np.round(x).astype(int) ** 2,
    "a constant": lambda x: np.linspace(0, 1, 20) ** 2,
    "the input": lambda x: x,
    "nothing left": lambda x: np.concatenate([x[:0], x[5:]]),
}


@pytest.mark.parametrize("name", ONE_MATRIX)
def test_a_function_of_a_matrix_agrees(agree, name):
    agree(lambda x: {"y": ONE_MATRIX[name](x)}, *({"x": floats(s, 3, 4)} for s in (20, 21, 22)))


LOOKUPS = {
    "element": lambda x, i, k: x[0, k],
    "row": lambda x, i, k: x[k],
    "column": lambda x, i, k: x[:, k] * 2,
    "each row's own": lambda x, i, k: x[np.arange(3), i],
    "rows": lambda x, i, k: x[i],
    "columns": lambda x, i, k: x[1:, i],
    "between": lambda x, i, k: x[None, i, :, None],
    "apart": lambda x, i, k: np.stack([x, x])[i % 2, :, i],
    "apart with an integer": lambda x, i, k: np.stack([x, x + 1])[1, :, i],
    "grid": lambda x, i, k: x[i[:, None], i],
    "take": lambda x, i, k: np.take(x, i, axis=1),
    "take a constant": lambda x, i, k: np.take_along_axis(np.array([5.0, 7, 1, 8]), i, 0),
    "take flat": lambda x, i, k: np.take(x, k),
    "take_along_axis": lambda x, i, k: np.take_along_axis(x, i[:, None], axis=1),
    "take_along rows": lambda x, i, k: np.take_along_axis(x, np.stack([i, i, i, i], 1) % 3, axis=0),
    "computed": lambda x, i, k: x[0, np.argmax(x[1])] + x[2, -1 - k],
    "one-hot": lambda x, i, k: np.where(np.arange(4) == i[:, None], 1.0, 0.0) + np.eye(4)[:3],
    "choose": lambda x, i, k: np.choose(i[:, None] % 2, [x, np.full(4, 7.0)]),
    "choose a constant": lambda x, i, k: np.choose(k % 3, [2.5, 3.5, 9.0]),
    "of one": lambda x, i, k: x[:1, 0][k * 0] + x[:1, :1][0 * i, 0],
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_traced_index_agrees(agree, name):
    x = floats(30, 3, 4)
    inputs = [
        {"x": x, "i": np.array(i), "k": k}
        for i, k in (([0, 1, 2], 1), ([2, -1, -3], -2), ([1, 1, 0], 2))
    ]
    agree(lambda x, i, k: {"y": LOOKUPS[name](x, i, k)}, *inputs)


def test_a_traced_index_outside_its_axis_reads_nan(run):
    taken = trace(lambda x, i: {"row": x[i], "one": x[0, i]}, {"x": np.ones((2, 3)), "i": 0})
    got = run([(taken, [{"x": np.ones((2, 3)), "i": i} for i in (2, -3, -4)])])
    assert np.array_equal(np.isnan(got), [True] * 3 + [False] + [True] * 3 + [False] + [True] * 4)


def test_uint32_hashing_agrees_to_the_bit(agree):
    def compute(seed):
        x = (np.arange(50, dtype=np.uint32) + seed.astype(np.uint32)) * np.uint32(0x9E3779B9)
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        x = x ^ (x >> np.uint32(16)) ^ (x << np.uint32(5)) & ~x | np.uint32(3)
        return {"uniform": x / 2.0**32, "dice": x % np.uint32(6), "less": x - np.uint32(2**31)}

    agree(compute, *({"seed": s} for s in (0, 1, 12345, 2**31, 2**32 - 1)))


def test_dtypes_propagate_as_numpys(agree):
    def compute(x, n, flag):
        half, single = x.astype(np.float16), x.astype(np.float32)
        values = [half * 2, half * 2.5, single + half, single * n, half + np.float64(1), n / 3]
        values += [n // 2, flag * n, flag + flag, x > 0, np.sum(flag), np.where(flag, single, 1.0)]
        values += [
            single**2,
            np.mean(half),
            np.mean(flag),
            half > single,
            np.exp(half),
            single @ single,
        ]
        values += [
            np.stack([n, 1]),
            np.concatenate([single, half]),
            -flag.astype(np.int8),
            np.sign(half),
        ]
        return {str(i): v for i, v in enumerate(values)}

    agree(
        compute,
        {"x": floats(40, 5), "n": 7, "flag": True},
        {"x": floats(41, 5), "n": -3, "flag": False},
        rtol=2e-3,
    )
