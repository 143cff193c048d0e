"""Softmax, sigmoid and their logarithms along any axis."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossent import core

ANY = st.one_of(st.floats(-1e3, 1e3), st.sampled_from([np.inf, -np.inf, np.nan]))
LOGITS = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=ANY)


@given(LOGITS)
def test_along_either_axis_values_are_torchs_infinities_included(logits):
    z = torch.tensor(logits)
    for axis in (0, 1, -1, -2):
        for ours, theirs in (
            (core.softmax, torch.softmax),
            (core.log_softmax, torch.log_softmax),
            (core.logsumexp, torch.logsumexp),
        ):
            np.testing.assert_allclose(
                ours(logits, axis=axis), theirs(z, axis).numpy(), rtol=1e-12, atol=1e-300
            )


@given(arrays(np.float64, 5, elements=ANY))
def test_single_logits_give_torchs_values(logits):
    z = torch.tensor(logits)
    for ours, theirs in (
        (core.sigmoid, torch.sigmoid),
        (core.log_sigmoid, F.logsigmoid),
        (core.softplus, F.softplus),
    ):
        np.testing.assert_allclose(ours(logits), theirs(z).numpy(), rtol=1e-12, atol=1e-300)


def test_log_softmax_is_the_log_of_softmax_where_that_has_digits():
    logits = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(np.exp(core.log_softmax(logits)), core.softmax(logits), rtol=1e-14)


def test_high_temperature_flattens_and_low_temperature_sharpens():
    assert core.softmax([2.0, 0.0], temperature=1e9) == pytest.approx([0.5, 0.5])
    assert core.softmax([2.0, 0.0], temperature=1e-3) == pytest.approx([1.0, 0.0])
    np.testing.assert_array_equal(
        core.log_softmax([2.0, 0.0], temperature=4.0), core.log_softmax([0.5, 0.0])
    )


def test_a_summed_axis_can_be_kept():
    assert core.logsumexp(np.zeros((2, 3)), axis=0, keepdims=True).shape == (1, 3)
    assert core.logsumexp(np.zeros((2, 3)), axis=0).shape == (3,)


def test_softplus_is_exact_when_its_threshold_is_lifted():
    z = np.array([20.5, 30.0, 1e300])
    np.testing.assert_array_equal(core.softplus(z, threshold=math.inf), -core.log_sigmoid(-z))
    assert core.softplus(1.5, beta=2.0) == pytest.approx(float(F.softplus(torch.tensor(1.5), 2.0)))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "sigmoid", "softplus"])
def test_precision_is_kept_and_one_number_gives_a_scalar(name):
    function = getattr(core, name)
    assert function(np.float32([1, 2])).dtype == np.float32
    assert function([1, 2]).dtype == np.float64


@pytest.mark.parametrize("name", ["sigmoid", "log_sigmoid", "softplus"])
def test_one_logit_gives_a_scalar(name):
    assert isinstance(getattr(core, name)(0.5), np.float64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: core.softmax([1, 2], temperature=0), "temperature must be above 0; got 0"),
        (lambda: core.softmax([1, 2], axis=1), r"shape \(2,\) have no axis 1"),
        (lambda: core.softmax(1.0), r"shape \(\) have no axis -1"),
        (lambda: core.softmax([]), "at least one class"),
        (lambda: core.softplus(1.0, beta=0), "beta must be from"),
    ],
)
def test_misuse_is_refused_with_what_would_be_right(call, message):
    with pytest.raises(ValueError, match=message):
        call()
