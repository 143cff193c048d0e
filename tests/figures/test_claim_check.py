"""Claims that are voted on, and the numbers that settle each of them."""

import re

import numpy as np
import pytest
import yaml
from tests.course import text_of
from tests.figures.running import output

from crossent import core
from crossent.figures import figure_named
from crossent.figures.claim_check import CLAIMS, HELD, VERDICTS, ClaimCheck


def settled(claim):
    """What the figure shows where 'Show what settles it' leads."""
    state = ClaimCheck.resolve({"claim": claim})[0]
    return ClaimCheck.columns(ClaimCheck.edited(state, "settle", 0, 1.0))["readout"]


def shown(**given):
    state, problems = ClaimCheck.resolve(given)
    assert not problems
    return ClaimCheck.columns(state)["readout"]


# What each verdict says in words: the readouts, where the claim is settled, to the digits written.
SAID = {
    "exponential": {"loss_fold": "6.46", "p_fold": "49"},
    "coin": {"loss_p": "0.7133", "loss_coin": "0.6931"},
    "pushes": {
        "squared_on_p": "-0.6",
        "loss_on_p": "-1.43",
        "squared_on_z": "-0.126",
        "loss_on_z": "-0.3",
    },
    "ratio": {
        "squared_times": "9801",
        "loss_times": "458",
        "squared_on_z": "-0.0196",
        "loss_on_z": "-0.99",
    },
    "negative": {"p_lead": "0.987", "y": "0.933", "grad": "0.053"},
    "smoothing": {"loss_torch": "0.3415", "loss_claimed": "0.5048", "y_other": "0.033"},
    "explodes": {"low": "0.5514", "high": "1.5514"},
    "weights": {"plain": "0.5898", "weighted": "0.5898"},
    "calibration": {"heart": "0.0025", "confidence": "0.998", "q": "0.8"},
    "arithmetic": {"first_p": "0.5844", "claimed": "0.6439"},
    "distance": {"h_qp": "1.2040", "h_pq": "0.6931", "h_q": "0.6931"},
    "shift": {"loss_plain": "0.537159", "loss_shifted": "0.537159"},
    "even": {"loss": "2.3026", "log_k": "2.3026"},
}


@pytest.mark.parametrize("claim", SAID)
def test_what_a_verdict_says_is_shown_where_its_claim_is_settled(claim):
    found = settled(claim)
    for name, written in SAID[claim].items():
        digits = len(written.partition(".")[2])
        assert f"{float(found[name]):.{digits}f}" == f"{float(written):.{digits}f}", name


def test_every_claim_has_a_verdict_and_a_place_where_it_is_settled():
    assert figure_named("claim-check") is ClaimCheck
    for claim in CLAIMS.values():
        assert claim.verdict in VERDICTS
        assert claim.settled
        assert set(claim.settled) <= set(HELD)


def test_no_claim_is_settled_before_anything_is_dragged():
    begins = ClaimCheck.resolve({})[0]
    for claim in CLAIMS.values():
        assert any(begins[name] != value for name, value in claim.settled.items())


@pytest.mark.parametrize("name", ["index.md", "index.fr.md"])
def test_the_lesson_asks_of_every_claim_and_answers_where_it_is_settled(name):
    blocks = re.findall(r"^:::\{question\}.*?^:::$", text_of("myths", name), re.S | re.M)
    states = [yaml.safe_load(re.search(r"^:state: (.*)$", block, re.M)[1]) for block in blocks]
    assert sorted(state["claim"] for state in states) == sorted(CLAIMS)
    for state, block in zip(states, blocks, strict=True):
        claim = CLAIMS[state["claim"]]
        assert state["vote"] == claim.verdict
        assert claim.settled.items() <= state.items()
        right = [mark == "x" for mark in re.findall(r"^- \[(.)\]", block, re.M)]
        assert right == [vote == claim.verdict for vote in VERDICTS]


def test_not_every_verdict_is_the_same():
    assert {claim.verdict for claim in CLAIMS.values()} == set(VERDICTS)


def test_a_claim_is_settled_within_the_bounds_from_everywhere():
    for claim in CLAIMS:
        state = ClaimCheck.resolve({"claim": claim, "k": 1000, "gap": 40, "others": 4})[0]
        for share in (0.0, 0.3, 1.0):
            after = ClaimCheck.edited(state, "settle", 0, share)
            assert after["claim"] == claim
        assert {name: after[name] for name in CLAIMS[claim].settled} == CLAIMS[claim].settled


def test_the_losses_are_the_cores():
    found = shown(gap=-1.5, k=7, epsilon=0.2)
    logits = np.array([-1.5, 0, 0, 0, 0, 0, 0])
    truth = core.one_hot(0, 7)
    claimed = core.smooth_labels(0, 7, 0.2, "others")
    assert found["loss"] == pytest.approx(core.cross_entropy(logits, 0), rel=1e-14)
    assert found["loss_row"] == pytest.approx(core.cross_entropy(logits, truth), rel=1e-14)
    assert found["loss_claimed"] == pytest.approx(core.cross_entropy(logits, claimed), rel=1e-14)
    smoothed = core.cross_entropy(logits, 0, label_smoothing=0.2)
    assert found["loss_torch"] == pytest.approx(smoothed, rel=1e-14)
    grad = core.cross_entropy_grad(logits, 0, label_smoothing=0.2)
    assert found["grad"] == pytest.approx(grad[0], rel=1e-14)
    double = core.double_softmax_cross_entropy(logits, 0)
    assert found["loss_twice"] == pytest.approx(double, rel=1e-14)


def test_the_true_gradient_is_negative_without_smoothing_until_p_rounds_to_1():
    assert shown(gap=30.0)["grad"] < 0
    rounded = shown(gap=40.0)
    assert rounded["grad"] == 0
    assert rounded["rounded"]
    assert shown(epsilon=0.1, gap=4.0)["risen"]


@pytest.mark.parametrize("others", [0, 4])
@pytest.mark.parametrize("weight", [0.1, 3.0, 20.0])
def test_a_weight_does_nothing_to_a_batch_of_one_class(others, weight):
    assert shown(others=others, weight=weight)["moved"] == pytest.approx(0, abs=1e-15)
    assert abs(shown(others=2, weight=weight)["moved"]) > 0.05


def test_twice_stays_in_its_band_while_once_grows_without_end():
    for gap in (-30.0, 0.0, 40.0):
        found = shown(gap=gap, k=3)
        assert found["low"] <= found["loss_twice"] <= found["high"]
    assert shown(gap=-30.0, k=3)["loss"] > 30


def test_unseen_loss_is_least_where_confidence_is_the_share_that_is_right():
    best = float(np.log(0.8 / 0.2))
    found = shown(q=0.8, gap=best)
    assert found["over"] == pytest.approx(0, abs=1e-12)
    assert found["unseen"] == pytest.approx(found["least"], rel=1e-12)
    assert shown(q=0.8, gap=best + 0.1)["unseen"] > found["unseen"]
    assert shown(q=0.8, gap=best + 0.1)["heart"] < found["heart"]


def test_a_number_added_to_every_logit_changes_the_loss_by_rounding_at_most():
    assert abs(shown(shift=-97.3)["shift_change"]) < 1e-13


@pytest.mark.parametrize("language", ClaimCheck.code)
def test_its_code_prints_what_it_shows(language):
    state = ClaimCheck.resolve({"epsilon": 0.1, "gap": 4.9, "k": 3})[0]
    found = ClaimCheck.columns(state)["readout"]
    wanted = [float(found[name]) for name in ("loss", "loss_torch", "loss_twice")]
    text = output(ClaimCheck, language, state)
    assert [float(line) for line in text.splitlines()] == pytest.approx(wanted, rel=1e-12)
