"""Targets as distributions, and balanced weights."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st

from crossent import core


def test_one_hot_is_torchs_in_floats():
    targets = np.array([[0, 2], [1, 1]])
    for num_classes in (-1, 3, 7):
        expected = F.one_hot(torch.tensor(targets), num_classes).numpy()
        np.testing.assert_array_equal(core.one_hot(targets, num_classes), expected)
    assert core.one_hot([0]).dtype == np.float64


@given(st.integers(2, 50), st.floats(0, 1), st.sampled_from(["uniform", "others"]))
def test_smoothed_labels_sum_to_one_in_both_conventions(k, epsilon, convention):
    truth = core.smooth_labels(np.arange(k), k, epsilon, convention)
    np.testing.assert_allclose(truth.sum(-1), 1.0, rtol=1e-13)


@given(st.integers(2, 50), st.floats(0, 0.5))
def test_the_conventions_convert_by_k_over_k_minus_1(k, epsilon):
    np.testing.assert_allclose(
        core.smooth_labels(1, k, epsilon * k / (k - 1), "uniform"),
        core.smooth_labels(1, k, epsilon, "others"),
        atol=1e-15,
    )


def test_label_smoothing_in_the_loss_is_smoothing_of_the_targets():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    smoothed = core.cross_entropy(logits, core.smooth_labels([0, 1, 2, 0], 3, 0.1))
    assert core.cross_entropy(logits, [0, 1, 2, 0], label_smoothing=0.1) == pytest.approx(
        smoothed, rel=1e-14
    )


def test_balanced_classes_weigh_the_same_in_total():
    targets = np.array([0] * 90 + [1] * 9 + [2])
    weights = core.balanced_weights(targets, 3)
    np.testing.assert_allclose(weights * [90, 9, 1], 100 / 3, rtol=1e-14)
    np.testing.assert_array_equal(core.balanced_weights([0, 1, 1, 0], 2), 1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: core.one_hot([3], 3), ValueError, "targets must be from 0 to 2; got 3"),
        (lambda: core.one_hot([1.0], 3), TypeError, "targets must be integers"),
        (lambda: core.smooth_labels(0, 0, 0.1), ValueError, "at least 1; got 0"),
        (lambda: core.smooth_labels(0, 2, 1.1), ValueError, "epsilon must be from 0 to 1; got 1.1"),
        (
            lambda: core.smooth_labels(0, 2, 0.1, "all"),
            ValueError,
            "'uniform', 'others'; got 'all'",
        ),
        (lambda: core.smooth_labels(0, 1, 0.1, "others"), ValueError, "num_classes must be .* 2"),
        (lambda: core.balanced_weights([0, 0], 2), ValueError, "got none of class 1"),
    ],
)
def test_misuse_is_refused_with_what_would_be_right(call, error, message):
    with pytest.raises(error, match=message):
        call()
