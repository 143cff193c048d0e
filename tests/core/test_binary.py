"""Losses of yes-or-no questions: identities, torch, misuse."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossent import core

VECTORS = arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e3, 1e3))
ANY = st.sampled_from([0.0, 3.0, 1e3, -1e3, np.inf, -np.inf, np.nan])


def in_torch(loss, first, *others, **options):
    leaf = torch.tensor(first, requires_grad=True)
    tensors = {k: torch.tensor(v) if "weight" in k else v for k, v in options.items()}
    value = loss(leaf, *map(torch.tensor, others), **tensors)
    value.sum().backward()
    return value.detach().numpy(), leaf.grad.numpy()


@given(st.one_of(VECTORS, arrays(np.float64, 4, elements=ANY)), st.booleans())
def test_binary_cross_entropy_of_logits_is_torchs_infinities_included(logits, weighted):
    truth = np.resize([0.0, 1.0, 0.3], logits.shape)
    options = {"weight": np.array([2.0]), "pos_weight": np.array(3.0)} if weighted else {}
    for reduction in ("none", "mean", "sum"):
        loss, grad = in_torch(
            F.binary_cross_entropy_with_logits, logits, truth, reduction=reduction, **options
        )
        np.testing.assert_allclose(
            core.binary_cross_entropy_with_logits(logits, truth, reduction=reduction, **options),
            loss,
            1e-12,
            1e-300,
        )
        np.testing.assert_allclose(
            core.binary_cross_entropy_with_logits_grad(
                logits, truth, reduction=reduction, **options
            ),
            grad,
            1e-12,
            1e-12,
        )


@given(arrays(np.float64, st.integers(1, 6), elements=st.floats(0, 1)))
def test_binary_cross_entropy_of_probabilities_is_torchs_from_0_to_1(probs):
    truth = np.resize([0.0, 1.0, 0.3], probs.shape)
    for reduction in ("none", "mean", "sum"):
        loss, grad = in_torch(F.binary_cross_entropy, probs, truth, reduction=reduction)
        ours = core.binary_cross_entropy(probs, truth, reduction=reduction)
        np.testing.assert_allclose(ours, loss, 1e-12)
        ours = core.binary_cross_entropy_grad(probs, truth, reduction=reduction)
        np.testing.assert_allclose(ours, grad, 1e-12)


@given(VECTORS)
def test_one_logit_equals_two_logits_with_their_difference(logits):
    pairs = np.stack([np.zeros_like(logits), logits], axis=1)
    for answer in (0, 1):
        np.testing.assert_allclose(
            core.binary_cross_entropy_with_logits(logits, np.full(logits.shape, answer)),
            core.cross_entropy(pairs, np.full(logits.shape, answer)),
            rtol=1e-14,
            atol=1e-14,
        )


@given(VECTORS)
def test_turning_the_question_round_changes_nothing(logits):
    truth = np.resize([0.0, 1.0, 0.3], logits.shape)
    np.testing.assert_allclose(
        core.binary_cross_entropy_with_logits(-logits, 1 - truth),
        core.binary_cross_entropy_with_logits(logits, truth),
        rtol=1e-13,
        atol=1e-13,
    )


def test_probabilities_and_logits_give_the_same_loss():
    logits = np.linspace(-20, 20, 41)
    truth = np.resize([0.0, 1.0, 0.3], logits.shape)
    np.testing.assert_allclose(
        core.binary_cross_entropy(core.sigmoid(logits), truth),
        core.binary_cross_entropy_with_logits(logits, truth),
        rtol=1e-8,
    )


def test_without_focus_and_alpha_focal_loss_is_binary_cross_entropy():
    logits, truth = np.linspace(-50, 50, 21), np.resize([0.0, 1.0, 0.3], 21)
    options = {"reduction": "none"}
    np.testing.assert_array_equal(
        core.sigmoid_focal_loss(logits, truth, alpha=-1, gamma=0),
        core.binary_cross_entropy_with_logits(logits, truth, **options),
    )
    np.testing.assert_array_equal(
        core.sigmoid_focal_loss_grad(logits, truth, alpha=-1, gamma=0),
        core.binary_cross_entropy_with_logits_grad(logits, truth, **options),
    )


def test_a_weight_broadcasts_and_a_mean_divides_by_the_entries_all_the_same():
    probs = np.full((2, 3), 0.5)
    loss = core.binary_cross_entropy(probs, np.ones((2, 3)), weight=[1, 2, 3])
    assert loss == pytest.approx(2 * np.log(2), rel=1e-15)


def test_positives_count_as_often_as_their_weight_says():
    once = core.binary_cross_entropy_with_logits([0.3, -0.4], [1, 0], reduction="none")
    thrice = core.binary_cross_entropy_with_logits(
        [0.3, -0.4], [1, 0], pos_weight=3, reduction="none"
    )
    np.testing.assert_allclose(thrice, once * [3, 1], rtol=1e-15)


LOSSES = [
    core.binary_cross_entropy,
    core.binary_cross_entropy_with_logits,
    core.sigmoid_mse,
    core.mse_loss,
    core.sigmoid_focal_loss,
]
GRADIENTS = [getattr(core, f"{loss.__name__}_grad") for loss in LOSSES]


@pytest.mark.parametrize("function", LOSSES + GRADIENTS)
def test_precision_is_kept_and_integers_become_float64(function):
    for reduction in ("none", "mean", "sum"):
        single = function(np.float32([0.3, 0.7]), [0.0, 1.0], reduction=reduction)
        assert single.dtype == np.float32
        assert function([0, 1], [0, 1], reduction=reduction).dtype == np.float64


@pytest.mark.parametrize(("loss", "grad"), list(zip(LOSSES, GRADIENTS, strict=True)))
def test_gradients_of_the_reduced_loss_equal_central_differences(loss, grad):
    values, truth, step = np.array([0.2, 0.5, 0.9]), np.array([0.0, 1.0, 0.4]), 1e-6
    for reduction in ("mean", "sum"):
        slopes = [
            (
                loss(values + step * nudge, truth, reduction=reduction)
                - loss(values - step * nudge, truth, reduction=reduction)
            )
            / (2 * step)
            for nudge in np.eye(3)
        ]
        np.testing.assert_allclose(grad(values, truth, reduction=reduction), slopes, rtol=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_of_nothing_is_nan(loss):
    assert np.isnan(loss([], [], reduction="mean"))
    assert loss([], [], reduction="sum") == 0.0


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_the_gradient_of_nothing_is_empty(gradient):
    assert gradient([], [], reduction="mean").shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: core.binary_cross_entropy([1.5], [1]), "probs must be from 0 to 1; got 1.5"),
        (lambda: core.binary_cross_entropy([np.nan], [1]), "probs must be from 0 to 1; got nan"),
        (lambda: core.binary_cross_entropy([0.5], [2]), "targets must be from 0 to 1; got 2.0"),
        (lambda: core.binary_cross_entropy([0.5], [[1]]), r"shape of probs, \(1,\); got \(1, 1\)"),
        (
            lambda: core.binary_cross_entropy_with_logits([[0.5]], [1]),
            r"shape of logits, \(1, 1\); got \(1,\)",
        ),
        (
            lambda: core.binary_cross_entropy_with_logits([0.5], [-0.1]),
            "targets must be from 0 to 1; got -0.1",
        ),
        (
            lambda: core.binary_cross_entropy_with_logits([0.5], [1], weight=[-1]),
            "weight must be finite and not negative; got -1.0",
        ),
        (
            lambda: core.binary_cross_entropy_with_logits([0.5], [1], pos_weight=[[1], [2]]),
            r"pos_weight must broadcast to the shape \(1,\); got \(2, 1\)",
        ),
        (
            lambda: core.binary_cross_entropy([0.5, 0.5], [1, 0], weight=[1, 2, 3]),
            r"weight must broadcast to the shape \(2,\); got \(3,\)",
        ),
        (lambda: core.mse_loss([1, 2], [1]), r"target must have the shape of input, \(2,\)"),
        (lambda: core.sigmoid_focal_loss([1], [1], alpha=2), "alpha must be from 0 to 1; got 2"),
        (lambda: core.sigmoid_focal_loss([1], [1], gamma=-1), "gamma must be from 0 to inf"),
        (lambda: core.sigmoid_mse([1], [1], reduction="avg"), "reduction must be one of 'none'"),
    ],
)
def test_misuse_is_refused_with_what_would_be_right(call, message):
    with pytest.raises(ValueError, match=message):
        call()
