"""Chance that can be repeated, and the likelihood of what it brings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crossent.core import kernels as k

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(0, 2**31))
def test_a_number_depends_on_its_seed_and_place_alone(seed, place):
    alone = k.uniforms(np.float64(seed), np.array([float(place)]))
    among = k.uniforms(np.float64(seed), place + np.arange(5.0))
    assert alone[0] == among[0]
    assert 0.0 <= alone[0] < 1.0


@pytest.mark.parametrize("seed", [0, 1, 2, 9999])
def test_the_numbers_are_spread_evenly_and_do_not_follow_one_another(seed):
    numbers = k.uniforms(np.float64(seed), np.arange(20000.0))
    assert stats.kstest(numbers, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.025


def test_neighbouring_seeds_have_nothing_in_common():
    one, two = (k.uniforms(np.float64(seed), np.arange(5000.0)) for seed in (1, 2))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05
    assert not set(one) & set(two)


def test_draws_come_as_often_as_their_probabilities_say():
    probs = np.array([0.5, 0.3, 0.0, 0.2])
    classes = k.drawn(probs, k.uniforms(np.float64(3), np.arange(10000.0)))
    counts = np.bincount(classes, minlength=4)
    assert counts[2] == 0
    assert stats.chisquare(counts[probs > 0], 10000 * probs[probs > 0]).pvalue > 0.01


def test_no_number_falls_beyond_the_last_class():
    probs = np.full(10, 0.1)  # their running sum ends below 1
    assert k.drawn(probs, np.array([np.nextafter(1.0, 0.0)])) == [9]


@given(SEEDS)
def test_the_likelihood_is_the_product_of_each_observation_s_probability(seed):
    rng = np.random.default_rng(seed)
    probs, counts = rng.dirichlet(np.ones(4)), rng.integers(0, 8, 4).astype(float)
    one_by_one = np.prod(np.repeat(probs, counts.astype(int)))
    assert k.likelihood(counts, probs) == pytest.approx(one_by_one, rel=1e-12)
    assert k.log_likelihood(counts, probs) == pytest.approx(np.log(one_by_one), abs=1e-9)


def test_a_long_product_underflows_and_the_sum_of_logs_does_not():
    counts, probs = np.array([1000.0, 1000.0]), np.array([0.5, 0.5])
    assert k.likelihood(counts, probs) == 0.0
    assert k.log_likelihood(counts, probs) == pytest.approx(-2000 * np.log(2), rel=1e-14)


def test_what_was_not_observed_is_a_factor_of_one():
    assert k.likelihood(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 1.0
    assert k.log_likelihood(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0


def test_what_was_ruled_out_and_observed_makes_the_likelihood_zero():
    with np.errstate(divide="ignore"):
        assert k.log_likelihood(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == -np.inf
    assert k.likelihood(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 0.0


@pytest.mark.parametrize("seed", [0, 1, 9999])
def test_normal_deviates_are_normal_and_do_not_follow_one_another(seed):
    numbers = k.normals(np.float64(seed), np.arange(20000.0))
    assert stats.kstest(numbers, "norm").pvalue > 0.01
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.025


@given(SEEDS, st.integers(1, 40))
def test_shuffling_keeps_every_number(seed, n):
    assert sorted(k.shuffled(np.float64(seed), n)) == list(range(n))


@given(SEEDS, st.integers(1, 12), st.integers(1, 9), st.integers(9, 30))
def test_batches_take_every_example_once_before_any_comes_again(seed, steps, size, n):
    order = k.batches(np.float64(seed), steps, size, n)
    assert order.shape == (steps, size)
    rounds = [order.ravel()[start : start + n] for start in range(0, order.size, n)]
    assert all(len(set(part.tolist())) == len(part) for part in rounds)
    assert all(0 <= i < n for i in order.ravel())


def test_each_round_is_shuffled_anew():
    order = k.batches(np.float64(2), 4, 10, 20)
    assert not np.array_equal(order[:2], order[2:])
