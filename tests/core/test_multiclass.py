"""Losses over exclusive classes: identities first, then torch, then misuse."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossent import core

FINITE = st.floats(-1e3, 1e3)
WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-3, 4.0))
LOGITS = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=FINITE)


@st.composite
def problems(draw, elements=FINITE):
    """Logits (B, K) with integer or float targets and any options of cross_entropy."""
    logits = draw(
        arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=elements)
    )
    size, k = logits.shape
    options = {
        "reduction": draw(st.sampled_from(["none", "mean", "sum"])),
        "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0])),
    }
    if draw(st.booleans()):
        options["weight"] = draw(arrays(np.float64, k, elements=WEIGHTS))
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        return logits, rng.dirichlet(np.ones(k), size), options
    targets = draw(arrays(np.int64, size, elements=st.integers(0, k - 1)))
    if draw(st.booleans()):
        options["ignore_index"] = draw(st.sampled_from([-100, 0, k - 1]))
        targets[0] = options["ignore_index"]
    return logits, targets, options


def in_torch(logits, targets, options):
    z = torch.tensor(logits, requires_grad=True)
    tensors = {k: torch.tensor(v) if k == "weight" else v for k, v in options.items()}
    loss = F.cross_entropy(z, torch.tensor(targets), **tensors)
    loss.sum().backward()
    return loss.detach().numpy(), z.grad.numpy()


def assert_as_in_torch(logits, targets, options):
    loss, grad = in_torch(logits, targets, options)
    np.testing.assert_allclose(core.cross_entropy(logits, targets, **options), loss, 1e-12, 1e-12)
    ours = core.cross_entropy_grad(logits, targets, **options)
    np.testing.assert_allclose(ours, grad, 1e-12, 1e-12)


@given(problems())
def test_cross_entropy_and_its_gradient_are_torchs(problem):
    assert_as_in_torch(*problem)


@given(problems(st.sampled_from([0.0, 1.0, 1e3, -1e3, np.inf, -np.inf, np.nan])))
def test_infinities_and_nan_come_out_where_torch_has_them(problem):
    assert_as_in_torch(*problem)


@given(LOGITS)
def test_cross_entropy_is_at_least_the_entropy_of_its_targets(logits):
    truth = np.random.default_rng(0).dirichlet(np.ones(logits.shape[1]), len(logits))
    loss = core.cross_entropy(logits, truth, reduction="none")
    assert np.all(loss >= core.entropy(truth) - 1e-12)


@given(LOGITS)
def test_one_hot_floats_give_the_same_loss_as_integers(logits):
    k = logits.shape[1]
    targets = np.arange(len(logits)) % k
    np.testing.assert_allclose(
        core.cross_entropy(logits, core.one_hot(targets, k)),
        core.cross_entropy(logits, targets),
        rtol=1e-12,
    )


@given(LOGITS)
def test_every_gradient_entry_lies_within_1_and_its_norm_within_root_2(logits):
    targets = np.arange(len(logits)) % logits.shape[1]
    grad = core.cross_entropy_grad(logits, targets, reduction="none")
    assert np.all(np.abs(grad) <= 1.0)
    assert np.all(np.linalg.norm(grad, axis=1) <= np.sqrt(2) + 1e-15)


def test_a_batch_of_one_class_is_not_changed_by_weights():
    logits = np.random.default_rng(0).normal(size=(5, 3))
    weighted = core.cross_entropy(logits, [1] * 5, weight=[1.0, 7.0, 3.0])
    assert weighted == pytest.approx(core.cross_entropy(logits, [1] * 5), rel=1e-15)


def test_all_targets_ignored_gives_nan_and_no_gradient():
    logits = np.zeros((2, 3))
    assert np.isnan(core.cross_entropy(logits, [-100, -100]))
    assert core.cross_entropy(logits, [-100, -100], reduction="sum") == 0.0
    np.testing.assert_array_equal(core.cross_entropy_grad(logits, [-100, -100]), 0.0)


def test_an_ignored_target_leaves_both_the_sum_and_the_count():
    logits = np.random.default_rng(0).normal(size=(3, 4))
    kept = core.cross_entropy(logits[:2], [1, 2])
    assert core.cross_entropy(logits, [1, 2, -100]) == pytest.approx(kept, rel=1e-15)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 5), (2, 1, 3)])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_the_class_axis_is_axis_1_for_images_and_sequences(shape, reduction):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=shape)
    targets = rng.integers(0, shape[1], shape[:1] + shape[2:])
    options = {"reduction": reduction, "weight": rng.uniform(size=shape[1])}
    loss, grad = in_torch(logits, targets, options)
    np.testing.assert_allclose(core.cross_entropy(logits, targets, **options), loss, 1e-12)
    ours = core.cross_entropy_grad(logits, targets, **options)
    assert ours.shape == shape
    np.testing.assert_allclose(ours, grad, atol=1e-14)


def test_an_empty_batch_has_no_mean_and_a_sum_of_zero():
    assert np.isnan(core.cross_entropy(np.zeros((0, 3)), np.zeros(0, int)))
    assert np.isnan(core.cross_entropy(np.zeros((0, 3)), np.zeros((0, 3))))
    assert core.cross_entropy(np.zeros((0, 3)), np.zeros(0, int), reduction="sum") == 0.0
    assert core.cross_entropy_grad(np.zeros((0, 3)), np.zeros(0, int)).shape == (0, 3)


def test_a_single_class_costs_nothing():
    assert core.cross_entropy([[5.0], [-5.0]], [0, 0]) == 0.0
    np.testing.assert_array_equal(core.cross_entropy_grad([[5.0]], [0]), [[0.0]])


@pytest.mark.parametrize(
    "loss",
    [
        core.cross_entropy,
        core.double_softmax_cross_entropy,
        core.focal_loss,
        core.softmax_mse,
        core.cross_entropy_grad,
        core.double_softmax_cross_entropy_grad,
        core.focal_loss_grad,
        core.softmax_mse_grad,
    ],
)
def test_precision_is_kept_and_integers_become_float64(loss):
    for reduction in ("none", "mean", "sum"):
        for targets in ([0], [[0.5, 0.2, 0.3]]):
            single = np.float32([[2, 0, -1]])
            assert loss(single, targets, reduction=reduction).dtype == np.float32
            assert loss([[2, 0, -1]], targets, reduction=reduction).dtype == np.float64


def test_a_float64_option_does_not_widen_float32():
    logits = np.float32([[2, 0, -1]])
    options = {"label_smoothing": np.float64(0.1), "weight": np.ones(3)}
    assert core.cross_entropy(logits, [0], **options).dtype == np.float32
    assert core.cross_entropy_grad(logits, [0], **options).dtype == np.float32
    assert core.focal_loss(logits, [0], gamma=np.float64(2)).dtype == np.float32


def test_one_example_gives_a_scalar():
    for reduction in ("none", "mean", "sum"):
        loss = core.cross_entropy([2.0, 0.0], 0, reduction=reduction)
        assert isinstance(loss, np.float64)
    assert core.cross_entropy_grad([2.0, 0.0], 0).shape == (2,)


def test_loss_and_gradient_at_once_are_the_loss_and_the_gradient():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    options = {"weight": [1, 2, 3], "label_smoothing": 0.1, "ignore_index": 1}
    loss, grad = core.cross_entropy_and_grad(logits, [0, 1, 2, 0], **options)
    assert loss == core.cross_entropy(logits, [0, 1, 2, 0], **options)
    np.testing.assert_array_equal(grad, core.cross_entropy_grad(logits, [0, 1, 2, 0], **options))


def test_the_gradient_is_written_where_asked_even_over_the_logits():
    logits = np.random.default_rng(0).normal(size=(4, 3, 2))
    targets = np.zeros((4, 2), int)
    loss, grad = core.cross_entropy_and_grad(logits, targets)
    out = np.empty_like(logits)
    assert core.cross_entropy_grad(logits, targets, out=out) is out
    np.testing.assert_array_equal(out, grad)
    assert core.cross_entropy_and_grad(logits, targets, out=logits) == (loss, pytest.approx(grad))
    np.testing.assert_array_equal(logits, grad)


@pytest.mark.parametrize(
    "grad", [core.cross_entropy_grad, core.focal_loss_grad, core.softmax_mse_grad]
)
def test_the_gradient_of_the_mean_is_that_of_the_sum_over_the_count(grad):
    logits = np.random.default_rng(0).normal(size=(4, 3))
    mean = grad(logits, [0, 1, 2, 0], reduction="mean")
    np.testing.assert_allclose(4 * mean, grad(logits, [0, 1, 2, 0], reduction="sum"), rtol=1e-14)
    np.testing.assert_array_equal(
        grad(logits, [0, 1, 2, 0], reduction="none"), grad(logits, [0, 1, 2, 0], reduction="sum")
    )


@given(LOGITS)
def test_double_softmax_is_confined_by_the_number_of_classes(logits):
    k = logits.shape[1]
    loss = core.double_softmax_cross_entropy(logits, np.arange(len(logits)) % k, reduction="none")
    highest = np.log(np.e + k - 1)
    assert np.all((loss >= highest - 1 - 1e-12) & (loss <= highest + 1e-12))


def test_softmax_mse_is_mse_loss_times_the_number_of_classes():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    expected = 3 * core.mse_loss(core.softmax(logits), core.one_hot([0, 1, 2, 0], 3))
    assert core.softmax_mse(logits, [0, 1, 2, 0]) == pytest.approx(expected, rel=1e-14)


LOGITS_23 = np.zeros((2, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((LOGITS_23, [0, 3]), {}, ValueError, "targets must be from 0 to 2; got 3"),
        ((LOGITS_23, [0, -1]), {}, ValueError, "targets must be from 0 to 2; got -1"),
        ((LOGITS_23, [0, -100]), {"ignore_index": 0}, ValueError, "from 0 to 2; got -100"),
        ((LOGITS_23, [0]), {}, ValueError, r"must have shape \(2,\) .* got \(1,\)"),
        ((LOGITS_23, 0), {}, ValueError, r"must have shape \(2,\)"),
        ((LOGITS_23, [[1, 0, 0], [0, 1, 0]]), {}, ValueError, r"targets.astype\(float\)"),
        ((LOGITS_23, [0.0, 1.0]), {}, ValueError, "Class indices must be integers"),
        ((LOGITS_23, LOGITS_23 + 1.5), {}, ValueError, "targets must be from 0 to 1; got 1.5"),
        ((LOGITS_23, LOGITS_23 - 0.5), {}, ValueError, "targets must be from 0 to 1; got -0.5"),
        ((LOGITS_23, LOGITS_23), {"ignore_index": 1}, ValueError, "for integer targets"),
        ((LOGITS_23, [True, False]), {}, TypeError, "targets must be integers"),
        ((LOGITS_23, ["a", "b"]), {}, TypeError, "targets must be integers"),
        ((LOGITS_23, [0, 1]), {"weight": [1, -2, 3]}, ValueError, "not negative; got -2.0"),
        ((LOGITS_23, [0, 1]), {"weight": [1, np.nan, 3]}, ValueError, "finite .* got nan"),
        ((LOGITS_23, [0, 1]), {"weight": [1, 2]}, ValueError, r"shape \(3,\); got \(2,\)"),
        ((LOGITS_23, [0, 1]), {"label_smoothing": 1.5}, ValueError, "from 0 to 1; got 1.5"),
        ((LOGITS_23, [0, 1]), {"label_smoothing": "a"}, TypeError, "must be a number; got 'a'"),
        ((LOGITS_23, [0, 1]), {"reduction": "avg"}, ValueError, "'none', 'mean', 'sum'; got 'avg'"),
        ((1.0, 0), {}, ValueError, "class axis"),
        ((np.zeros((2, 0)), [0, 0]), {}, ValueError, "at least one class"),
        ((["a", "b"], 0), {}, TypeError, "logits must be real numbers"),
        (([1j, 2j], 0), {}, TypeError, "logits must be real numbers; got complex128"),
        (([[1.0], [1.0, 2.0]], [0, 0]), {}, ValueError, "logits must be an array of numbers"),
    ],
)
def test_misuse_is_refused_with_what_would_be_right(arguments, options, error, message):
    for function in (
        core.cross_entropy,
        core.cross_entropy_grad,
        core.double_softmax_cross_entropy,
        core.double_softmax_cross_entropy_grad,
    ):
        with pytest.raises(error, match=message):
            function(*arguments, **options)


def test_an_output_that_does_not_fit_is_refused():
    for out in (np.empty((3, 2)), np.empty((2, 3), np.float32)):
        with pytest.raises(ValueError, match=r"\(2, 3\) and float64"):
            core.cross_entropy_grad(LOGITS_23, [0, 1], out=out)
    with pytest.raises(TypeError, match="NumPy array; got list"):
        core.cross_entropy_grad(LOGITS_23, [0, 1], out=[])


def test_focus_must_not_be_negative():
    with pytest.raises(ValueError, match="gamma must be from 0 to inf; got -1"):
        core.focal_loss(LOGITS_23, [0, 1], gamma=-1)


def test_nll_of_log_softmax_is_cross_entropy():
    rng = np.random.default_rng(31)
    logits, targets = rng.normal(size=(40, 5)) * 10, rng.integers(0, 5, 40)
    options = {"weight": rng.uniform(0, 3, 5), "ignore_index": 2}
    for reduction in ("none", "mean", "sum"):
        nll = core.nll_loss(core.log_softmax(logits), targets, reduction=reduction, **options)
        whole = core.cross_entropy(logits, targets, reduction=reduction, **options)
        np.testing.assert_allclose(nll, whole, rtol=1e-13, atol=1e-13)


def test_only_the_targets_log_probability_has_a_gradient_in_nll():
    grad = core.nll_loss_grad(np.zeros((2, 3)), [1, 0], weight=[1.0, 3.0, 5.0])
    np.testing.assert_array_equal(grad, [[0.0, -0.75, 0.0], [-0.25, 0.0, 0.0]])


def test_nll_of_nothing_is_nan_in_the_mean_and_0_in_the_sum():
    assert np.isnan(core.nll_loss(np.zeros((2, 3)), [-100, -100]))
    assert core.nll_loss(np.zeros((2, 3)), [-100, -100], reduction="sum") == 0.0


def test_misuse_of_nll_speaks_of_log_probs():
    with pytest.raises(TypeError, match="targets must be integers"):
        core.nll_loss(np.zeros((2, 3)), np.full((2, 3), 1 / 3))
    with pytest.raises(ValueError, match=r"for log_probs of shape \(2, 3\); got \(3,\)"):
        core.nll_loss(np.zeros((2, 3)), [0, 1, 2])


def test_a_mean_in_float16_does_not_overflow_on_the_way():
    """The sum of these losses is beyond 65504; torch's own mean is infinite there."""
    logits = np.tile(np.float16([0.0, 400.0]), (300, 1))
    loss = core.cross_entropy(logits, np.zeros(300, int))
    assert loss.dtype == np.float16
    assert loss == 400.0
    assert core.cross_entropy(logits, np.zeros(300, int), reduction="sum") == np.inf
