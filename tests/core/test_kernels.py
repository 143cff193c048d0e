"""The formulas at ordinary and extreme values, and what they are allowed to be made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossent.core import kernels as k

LOGITS = arrays(
    np.float64, st.tuples(st.integers(1, 4), st.integers(1, 7)), elements=st.floats(-1e3, 1e3)
)
ONES = st.floats(-40, 40)


def truth_like(logits, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(logits.shape[-1]), logits.shape[:-1])


def central_differences(loss, logits, step=1e-5):
    grad = np.zeros_like(logits)
    for where in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[where] = step
        grad[where] = np.sum(loss(logits + nudge) - loss(logits - nudge)) / (2 * step)
    return grad


@given(LOGITS)
def test_softmax_sums_to_one(logits):
    np.testing.assert_allclose(k.softmax(logits).sum(-1), 1.0, rtol=1e-13)


@given(LOGITS, st.floats(-1e3, 1e3))
def test_adding_a_constant_to_logits_changes_nothing(logits, constant):
    np.testing.assert_allclose(k.softmax(logits + constant), k.softmax(logits), atol=1e-12)


@given(LOGITS)
def test_logsumexp_lies_between_the_largest_logit_and_log_k_above_it(logits):
    above = k.logsumexp(logits) - logits.max(-1)
    assert np.all(above >= 0)
    assert np.all(above <= np.log(logits.shape[-1]) + 1e-12)


def test_logsumexp_of_nothing_is_minus_infinity():
    with np.errstate(divide="ignore"):
        assert k.logsumexp(np.array([-np.inf, -np.inf])) == -np.inf
    assert k.logsumexp(np.array([np.inf, 0.0])) == np.inf


@given(ONES)
def test_sigmoid_and_its_mirror_sum_to_one(z):
    assert k.sigmoid(z) + k.sigmoid(-z) == pytest.approx(1.0, abs=1e-15)


@given(st.floats(1e-300, 1.0, exclude_max=True))
def test_the_sigmoid_takes_log_odds_back_to_the_probability(p):
    assert k.sigmoid(k.log_odds(p)) == pytest.approx(p, rel=1e-12)


@given(ONES)
def test_softplus_is_minus_log_sigmoid_of_the_negated_logit(z):
    assert k.softplus(z) == -k.log_sigmoid(-z)


@pytest.mark.parametrize("z", [1000.0, -1000.0])
def test_logits_of_a_thousand_stay_finite(z):
    pair = np.array([z, 0.0])
    truth = np.array([0.0, 1.0])
    assert k.cross_entropy(pair, truth) == max(z, 0.0)
    assert k.binary_cross_entropy_with_logits(z, 0.0) == max(z, 0.0)
    for grad in (
        k.cross_entropy_grad,
        k.softmax_mse_grad,
        k.focal_loss_grad,
        k.double_softmax_cross_entropy_grad,
        k.binary_cross_entropy_with_logits_grad,
        k.sigmoid_mse_grad,
        k.sigmoid_focal_loss_grad,
    ):
        assert np.all(np.isfinite(grad(pair, truth))), grad.__name__


def test_a_masked_class_adds_nothing_where_it_has_no_truth():
    masked = np.array([2.0, 1.0, -np.inf])
    truth = np.array([1.0, 0.0, 0.0])
    assert k.cross_entropy(masked, truth) == k.cross_entropy(masked[:2], truth[:2])
    np.testing.assert_array_equal(k.cross_entropy_grad(masked, truth)[2], 0.0)
    with np.errstate(invalid="ignore"):
        assert k.focal_loss(masked, truth) == k.focal_loss(masked[:2], truth[:2])
        np.testing.assert_array_equal(
            k.focal_loss_grad(masked, truth)[:2], k.focal_loss_grad(masked[:2], truth[:2])
        )


@pytest.mark.parametrize(
    "zero",
    [
        k.surprise(np.float64(1.0)),
        k.cross_entropy(np.array([1000.0, 0.0]), np.array([1.0, 0.0])),
        k.entropy(np.array([1.0, 0.0])),
        k.cross_entropy_of(np.array([1.0, 0.0]), np.array([1.0, 0.0])),
        k.kl_divergence(np.array([1.0, 0.0]), np.array([1.0, 0.0])),
        k.binary_cross_entropy_with_logits(1000.0, 1.0),
        k.focal_loss(np.array([1000.0, 0.0]), np.array([1.0, 0.0])),
        k.log_sigmoid(np.inf),
    ],
)
def test_certainty_that_was_right_costs_zero_and_never_minus_zero(zero):
    assert zero == 0.0
    assert not np.signbit(zero)


def test_surprise_at_the_impossible_is_infinite():
    with np.errstate(divide="ignore"):
        assert k.surprise(np.float64(0.0)) == np.inf
        assert k.kl_divergence(np.array([0.5, 0.5]), np.array([1.0, 0.0])) == np.inf


def test_what_never_happens_costs_nothing():
    assert k.xlogy(np.float64(0.0), np.float64(0.0)) == 0.0
    assert k.cross_entropy_of(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0.0


def test_each_logarithm_of_a_probability_is_clamped_at_minus_100():
    with np.errstate(divide="ignore"):
        assert k.binary_cross_entropy(np.float64(0.0), 1.0) == 100.0
        assert k.binary_cross_entropy(np.float64(1.0), 0.0) == 100.0
        assert k.binary_cross_entropy(np.float64(1.0), 1.0) == 0.0


@given(LOGITS)
def test_cross_entropy_is_entropy_plus_divergence(logits):
    truth, probs = truth_like(logits), truth_like(logits, seed=1)
    np.testing.assert_allclose(
        k.cross_entropy_of(truth, probs),
        k.entropy(truth) + k.kl_divergence(truth, probs),
        atol=1e-12,
    )


CLASS_LOSSES = [
    (k.cross_entropy, k.cross_entropy_grad),
    (k.softmax_mse, k.softmax_mse_grad),
    (k.focal_loss, k.focal_loss_grad),
    (k.double_softmax_cross_entropy, k.double_softmax_cross_entropy_grad),
]
BINARY_LOSSES = [
    (k.binary_cross_entropy_with_logits, k.binary_cross_entropy_with_logits_grad),
    (k.sigmoid_mse, k.sigmoid_mse_grad),
    (k.sigmoid_focal_loss, k.sigmoid_focal_loss_grad),
]


@pytest.mark.parametrize(("loss", "grad"), CLASS_LOSSES + BINARY_LOSSES)
def test_gradients_equal_central_differences(loss, grad):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20, 4))
    truth = rng.dirichlet(np.ones(4), 20)
    np.testing.assert_allclose(
        grad(logits, truth), central_differences(lambda z: loss(z, truth), logits), atol=1e-8
    )


@given(LOGITS)
def test_gradients_of_class_losses_sum_to_zero(logits):
    for _, grad in CLASS_LOSSES:
        np.testing.assert_allclose(grad(logits, truth_like(logits)).sum(-1), 0.0, atol=1e-9)


@given(LOGITS)
def test_focal_loss_without_focus_is_cross_entropy(logits):
    truth = truth_like(logits)
    np.testing.assert_allclose(
        k.focal_loss(logits, truth, 0.0), k.cross_entropy(logits, truth), rtol=1e-13
    )
    np.testing.assert_allclose(
        k.focal_loss_grad(logits, truth, 0.0), k.cross_entropy_grad(logits, truth), atol=1e-13
    )


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_focal_gradient_is_finite_at_complete_confidence(gamma):
    logits, truth = np.array([800.0, 0.0]), np.array([1.0, 0.0])
    np.testing.assert_array_equal(k.focal_loss_grad(logits, truth, gamma), 0.0)
    grad = k.sigmoid_focal_loss_grad(np.array([800.0, -800.0]), truth, 0.25, gamma)
    np.testing.assert_array_equal(np.abs(grad), 0.0)


PROBS = st.integers(1, 8).flatmap(
    lambda n: arrays(np.float64, n, elements=st.floats(0, 1).filter(lambda p: p == 0 or p > 1e-9))
)


@given(PROBS, st.integers(0, 7), st.floats(0, 1))
def test_a_dragged_probability_is_exact_and_the_others_keep_their_proportions(probs, index, value):
    index = index % probs.size
    moved = k.move_probability(probs, index, value)
    assert moved[index] == value
    others, before = np.delete(moved, index), np.delete(probs, index)
    if others.size:
        assert moved.sum() == pytest.approx(1.0, abs=1e-12)
        shares = (
            before / before.sum() if before.sum() > 0 else np.full(others.size, 1 / others.size)
        )
        np.testing.assert_allclose(others, (1 - value) * shares, atol=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_a_mixture_is_a_distribution_between_two_and_ends_at_them(seed, share):
    start, end = np.random.default_rng(seed).dirichlet(np.ones(4), 2)
    between = k.mixture(start, end, share)
    assert between.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(between >= np.minimum(start, end) - 1e-15)
    np.testing.assert_array_equal(k.mixture(start, end, 0.0), start)
    np.testing.assert_array_equal(k.mixture(start, end, 1.0), end)


def test_one_hot_takes_arrays_and_single_integers():
    np.testing.assert_array_equal(k.one_hot(1, 3), [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(k.one_hot(np.array([[0], [2]]), 3), [[[1, 0, 0]], [[0, 0, 1]]])


def test_precision_is_kept():
    logits, truth = np.float32([2, 0, -1]), np.float32([1, 0, 0])
    for loss, grad in CLASS_LOSSES + BINARY_LOSSES:
        assert loss(logits, truth).dtype == np.float32, loss.__name__
        assert grad(logits, truth).dtype == np.float32, grad.__name__


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that notes which NumPy functions were asked of it, and allows no other way in."""

    def __init__(self, value, seen):
        self.value, self.seen = np.asarray(value), seen
        self.shape, self.dtype = self.value.shape, self.value.dtype

    def call(self, function, args, kwargs):
        self.seen.add(function.__name__)
        plain = [
            [bare(item) for item in arg] if isinstance(arg, list) else bare(arg) for arg in args
        ]
        return Traced(function(*plain, **kwargs), self.seen)

    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        assert method == "__call__", f"{ufunc.__name__}.{method}"
        return self.call(ufunc, args, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        return self.call(function, args, kwargs)

    def astype(self, dtype):
        return Traced(self.value.astype(dtype), self.seen)

    def __getitem__(self, key):
        return Traced(self.value[bare(key)], self.seen)


def bare(value):
    return value.value if isinstance(value, Traced) else value


TRACEABLE = {
    "absolute",
    "add",
    "arange",
    "argsort",
    "bitwise_xor",
    "clip",
    "cos",
    "cumsum",
    "divide",
    "equal",
    "exp",
    "expand_dims",
    "expm1",
    "greater",
    "greater_equal",
    "isfinite",
    "less",
    "log",
    "log1p",
    "matmul",
    "max",
    "maximum",
    "min",
    "minimum",
    "multiply",
    "negative",
    "not_equal",
    "power",
    "prod",
    "ravel",
    "reshape",
    "right_shift",
    "stack",
    "sqrt",
    "square",
    "subtract",
    "sum",
    "where",
}
P, Q = np.array([0.2, 0.3, 0.5]), np.array([0.1, 0.9, 0.0])
GAMMA, ALPHA, CLASS = np.array(2.0), np.array(0.25), np.array(1)
ARGUMENTS = {
    "logsumexp": (P,),
    "log_softmax": (P,),
    "softmax": (P,),
    "sigmoid": (P,),
    "log_odds": (P,),
    "log_sigmoid": (P,),
    "softplus": (P,),
    "surprise": (P,),
    "entropy": (P,),
    "perplexity": (P,),
    "to_bits": (P,),
    "nearest_exp": (P,),
    "nearest_log": (P,),
    "xlogy": (Q, P),
    "cross_entropy_of": (Q, P),
    "kl_divergence": (Q, P),
    "kl_div": (P, Q),
    "one_hot": (CLASS, 3),
    "move_probability": (P, CLASS, np.array(0.4)),
    "likelihood": (np.array([3.0, 0.0, 2.0]), P),
    "log_likelihood": (np.array([3.0, 0.0, 2.0]), P),
    "uniforms": (np.array(7.0), np.arange(5.0)),
    "drawn": (P, np.array([0.1, 0.4, 0.99])),
    "mixture": (P, Q, np.array(0.4)),
    "smooth": (Q, np.array(0.1)),
    "gradient_step": (P, Q, np.array(0.5)),
    "focal_loss": (P, Q, GAMMA),
    "focal_loss_grad": (P, Q, GAMMA),
    "sigmoid_focal_loss": (P, Q, ALPHA, GAMMA),
    "sigmoid_focal_loss_grad": (P, Q, ALPHA, GAMMA),
    "batches": (np.array(1.0), 4, 3, 10),
    "normals": (np.array(1.0), np.arange(4.0)),
    "shuffled": (np.array(1.0), 6),
}
# A scan is handed a function, and rows_at a table: tests/trace/test_scan.py traces both.
ARITHMETIC = [name for name in k.__all__ if name not in ("scan", "rows_at")]


@pytest.mark.parametrize("name", ARITHMETIC)
def test_kernels_are_made_of_functions_that_can_be_traced(name):
    seen = set()
    arguments = ARGUMENTS.get(name, (P, Q))
    traced = [a if isinstance(a, int) else Traced(a, seen) for a in arguments]
    result = getattr(k, name)(*traced)
    np.testing.assert_array_equal(result.value, getattr(k, name)(*arguments))
    assert seen <= TRACEABLE
