"""Softmax applied twice: its band, its gradient, and what it does to training."""

import numpy as np
import pytest
from tests.figures.running import output

from crossent import core
from crossent.figures import double_softmax, figure_named
from crossent.figures.double_softmax import DoubleSoftmax, band, train

TEN = {"logits": [3.0] + [0.0] * 9, "classes": list("0123456789")}


def readout(**given):
    state, problems = DoubleSoftmax.resolve(given)
    assert not problems
    return DoubleSoftmax.columns(state)["readout"]


def test_it_is_in_the_index():
    assert figure_named("double-softmax") is DoubleSoftmax


@pytest.mark.parametrize(
    ("logits", "ratio"),
    [([2.0, 1.0, 0.1], 0.553), ([-5.0, 5.0, 0.0], 0.0024), ([-20.0, 20.0, 0.0], 7.5e-10)],
)
def test_the_gradient_that_is_left_is_the_cores(logits, ratio):
    found = readout(logits=logits)
    assert found["norm_a"] == np.linalg.norm(core.cross_entropy_grad(logits, 0))
    wrong = np.linalg.norm(core.double_softmax_cross_entropy_grad(logits, 0))
    assert found["norm_b"] == pytest.approx(wrong, rel=1e-6)
    assert found["ratio"] == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("k", [2, 3, 10, 1000])
def test_no_logits_leave_the_band_and_some_reach_its_ends(k):
    low, high = band(k)
    best, worst = np.zeros(k), np.zeros(k)
    best[0], worst[1] = 1000.0, 1000.0
    for logits, end in ((best, low), (worst, high)):
        assert core.double_softmax_cross_entropy(logits, 0) == pytest.approx(end, rel=1e-12)
    some = np.random.default_rng(0).normal(size=(200, k)) * 10
    losses = core.double_softmax_cross_entropy(some, np.zeros(200, int), reduction="none")
    assert np.all((low - 1e-12 <= losses) & (losses <= high + 1e-12))


def test_the_bands_of_three_and_ten_classes():
    assert band(3)[0] == pytest.approx(0.5514, abs=5e-5)
    assert band(10) == pytest.approx((1.4612, 2.4612), abs=5e-5)
    assert readout(many=1000.0)["low_many"] == band(1000)[0]


def test_with_the_bug_the_loss_stalls_above_its_floor_though_all_is_right():
    found = readout()
    assert found["right_a"] == found["right_b"] == 1
    assert found["end_a"] < 0.1
    assert found["low"] < found["end_b"] < found["low"] + 0.1


def test_from_a_confidently_wrong_start_only_the_logits_learn():
    found = readout(bias=10.0)
    assert found["right_a"] >= 0.95
    assert found["right_b"] <= 0.4


def test_with_ten_classes_it_does_not_pass_1_4612():
    found = readout(**TEN, learning_rate=10.0)
    assert found["end_a"] < 0.5 < 1.4612 < found["end_b"]


def test_a_dragged_logit_trains_nothing_again_and_a_dragged_rate_does(monkeypatch):
    trained = []
    monkeypatch.setattr(
        double_softmax, "train", lambda *given: trained.append(given) or train(*given)
    )
    state = DoubleSoftmax.resolve({"learning_rate": 2.125})[0]
    for logit in (0.0, 1.0, 2.0):
        DoubleSoftmax.columns(state | {"logits": [logit, 1.0, 0.1], "target": 1, "many": 7.0})
    assert len(trained) == 1
    DoubleSoftmax.columns(state | {"learning_rate": 2.25})
    assert len(trained) == 2


def test_training_begins_at_blind_guessing():
    columns = DoubleSoftmax.columns(DoubleSoftmax.resolve({})[0])
    assert columns["training"]["a"][0] == pytest.approx(np.log(3), rel=1e-14)
    assert columns["training"]["b"][0] == pytest.approx(np.log(3), rel=1e-14)


@pytest.mark.parametrize("language", DoubleSoftmax.code)
def test_its_code_prints_what_it_shows(language):
    state = DoubleSoftmax.resolve({})[0]
    found = readout()
    lines = [float(line.split()[0]) for line in output(DoubleSoftmax, language, state).splitlines()]
    assert lines == pytest.approx([float(found["loss_a"]), float(found["loss_b"])], rel=1e-12)
