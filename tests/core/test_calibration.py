"""Expected calibration error."""

import numpy as np
import pytest

from crossent import core


def test_a_model_that_is_right_as_often_as_it_says_has_no_calibration_error():
    probs = [[0.8, 0.2]] * 5
    assert core.expected_calibration_error(probs, [0, 0, 0, 0, 1]) == pytest.approx(0, abs=1e-15)


def test_certain_and_always_wrong_is_the_worst():
    assert core.expected_calibration_error([[1.0, 0.0]] * 3, [1, 1, 1]) == 1.0


def test_gaps_of_bins_do_not_cancel():
    probs = [[0.9, 0.1], [0.6, 0.4]]
    assert core.expected_calibration_error(probs, [1, 0], num_bins=10) == pytest.approx(0.65)
    assert core.expected_calibration_error(probs, [1, 0], num_bins=1) == pytest.approx(0.25)


def test_bins_are_closed_above():
    probs = [[0.5, 0.5], [0.51, 0.49]]
    apart = core.expected_calibration_error(probs, [1, 0], num_bins=2)
    assert apart == pytest.approx((0.5 + 0.49) / 2)


def test_without_examples_it_is_nan():
    assert np.isnan(core.expected_calibration_error(np.zeros((0, 3)), np.zeros(0, int)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: core.expected_calibration_error([0.5, 0.5], [0]), r"\(N, num_classes\)"),
        (lambda: core.expected_calibration_error([[0.5, 0.5]], [0, 1]), r"\(1,\); got \(2,\)"),
        (lambda: core.expected_calibration_error([[0.5, 0.5]], [0], num_bins=0), "at least 1"),
        (lambda: core.expected_calibration_error([[0.5, 0.9]], [0]), "probs must sum to 1"),
    ],
)
def test_misuse_is_refused_with_what_would_be_right(call, message):
    with pytest.raises(ValueError, match=message):
        call()
