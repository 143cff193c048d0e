"""Entropy, cross-entropy, divergence, and units."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from crossent import core

SEEDS = st.integers(0, 2**32 - 1)


def two_distributions(seed, k=5):
    return np.random.default_rng(seed).dirichlet(np.ones(k), 2)


@given(SEEDS)
def test_cross_entropy_is_entropy_plus_divergence(seed):
    q, p = two_distributions(seed)
    sum_of_both = core.entropy(q) + core.kl_divergence(q, p)
    assert core.cross_entropy_of(q, p) == pytest.approx(sum_of_both, abs=1e-12)


@given(SEEDS)
def test_divergence_is_not_negative_and_zero_only_from_itself(seed):
    q, p = two_distributions(seed)
    assert core.kl_divergence(q, p) > 0
    assert core.kl_divergence(q, q) == 0


@given(SEEDS)
def test_entropy_lies_between_zero_and_log_k(seed):
    p, _ = two_distributions(seed)
    assert 0 <= core.entropy(p) <= np.log(5)


@given(SEEDS)
def test_they_are_torchs(seed):
    q, p = two_distributions(seed)
    ours = core.kl_divergence(q, p), core.entropy(q)
    theirs = torch.distributions.Categorical(torch.tensor(q))
    model = torch.distributions.Categorical(torch.tensor(p))
    expected = torch.distributions.kl_divergence(theirs, model), theirs.entropy()
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-14)


def test_neither_cross_entropy_nor_divergence_is_symmetric():
    q, p = [0.5, 0.5], [0.9, 0.1]
    assert core.cross_entropy_of(q, p) != core.cross_entropy_of(p, q)
    assert core.kl_divergence(q, p) != core.kl_divergence(p, q)


def test_what_never_happens_costs_nothing_and_the_impossible_is_infinite():
    assert core.cross_entropy_of([0.0, 1.0], [0.0, 1.0]) == 0.0
    assert core.kl_divergence([0.0, 1.0], [0.5, 0.5]) == pytest.approx(np.log(2), rel=1e-15)
    assert core.kl_divergence([0.5, 0.5], [0.0, 1.0]) == np.inf
    assert core.cross_entropy_of([0.5, 0.5], [0.0, 1.0]) == np.inf


def test_bits_are_nats_over_log_2():
    np.testing.assert_allclose(core.to_bits(np.log([1, 2, 8])), [0, 1, 3], atol=1e-15)


def test_perplexity_of_an_even_choice_is_the_number_of_choices():
    for k in (2, 5, 1000):
        assert core.perplexity(core.entropy(np.full(k, 1 / k))) == pytest.approx(k, rel=1e-12)
    assert core.perplexity(1e9) == np.inf


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([0.5, 0.6], "p must sum to 1 over the classes; got 1.1"),
        ([-0.5, 1.5], "p must be from 0 to 1; got -0.5"),
        (1.0, "at least one class"),
    ],
)
def test_what_is_not_a_distribution_is_refused(p, message):
    with pytest.raises(ValueError, match=message):
        core.entropy(p)


def test_distributions_over_different_classes_are_refused():
    with pytest.raises(ValueError, match=r"p must have the shape of q, \(2,\); got \(3,\)"):
        core.kl_divergence([0.5, 0.5], [0.5, 0.25, 0.25])


def test_rounded_probabilities_pass():
    assert core.entropy([0.3333, 0.3333, 0.3333]) == pytest.approx(np.log(3), abs=1e-3)


def log_probs(seed, *shape):
    return np.log(np.random.default_rng(seed).dirichlet(np.ones(shape[-1]), shape[:-1]))


def test_batchmean_is_the_divergence_of_an_example_and_mean_is_not():
    q, p = np.exp(log_probs(0, 8, 5)), np.exp(log_probs(1, 8, 5))
    each = core.kl_divergence(q, p)
    batchmean = core.kl_div(np.log(p), q, reduction="batchmean")
    assert batchmean == pytest.approx(np.mean(each), rel=1e-14)
    assert core.kl_div(np.log(p), q) == pytest.approx(np.mean(each) / 5, rel=1e-14)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum", "batchmean"])
def test_a_log_target_gives_what_its_exponential_gives(reduction):
    model, truth = log_probs(2, 8, 5), log_probs(3, 8, 5)
    plain = core.kl_div(model, np.exp(truth), reduction=reduction)
    logs = core.kl_div(model, truth, reduction=reduction, log_target=True)
    np.testing.assert_allclose(logs, plain, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum", "batchmean"])
def test_the_gradient_of_kl_div_is_its_slope(reduction, log_target):
    model, truth = log_probs(4, 3, 4), log_probs(5, 3, 4)
    target = truth if log_target else np.exp(truth)
    options = {"reduction": reduction, "log_target": log_target}
    grad = core.kl_div_grad(model, target, **options)
    for at in np.ndindex(model.shape):
        step = np.zeros_like(model)
        step[at] = 1e-3
        rise = core.kl_div(model + step, target, **options)
        rise -= core.kl_div(model - step, target, **options)
        assert grad[at] == pytest.approx(rise / 2e-3, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0.0, 0.0], [0.5, 1.5]), {}, "target must be from 0 to 1; got 1.5"),
        (([0.0, 0.0], [[0.5, 0.5]]), {}, r"target must have the shape of input, \(2,\)"),
        (([0.0], [0.5]), {"reduction": "batch"}, "'batchmean'; got 'batch'"),
        ((0.0, 0.5), {"reduction": "batchmean"}, "needs an input with a first axis"),
    ],
)
def test_misuse_of_kl_div_says_what_would_be_right(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        core.kl_div(*arguments, **options)
