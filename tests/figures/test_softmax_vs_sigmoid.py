"""The same logits competing, and each by itself."""

import numpy as np
import pytest
from tests.figures.running import output

from crossent import core
from crossent.figures import figure_named
from crossent.figures.softmax_vs_sigmoid import SoftmaxVsSigmoid

NIGHT = {"logits": [4.0, -4.0, 4.0, -4.0], "labels": [1.0, 0.0, 1.0, 0.0]}


def columns(**given):
    state, problems = SoftmaxVsSigmoid.resolve(given)
    assert not problems
    return SoftmaxVsSigmoid.columns(state)


def test_it_is_in_the_index():
    assert figure_named("softmax-vs-sigmoid") is SoftmaxVsSigmoid


def test_raising_one_logit_lowers_the_others_of_softmax_and_leaves_the_sigmoids_alone():
    before, after = columns()["classes"], columns(logits=[5.0, 1.0, -1.0, -2.0])["classes"]
    assert np.all(after["softmax"][1:] < before["softmax"][1:])
    np.testing.assert_array_equal(after["sigmoid"][1:], before["sigmoid"][1:])


def test_two_labels_are_easy_for_sigmoids_and_out_of_reach_for_softmax():
    found = columns(**NIGHT)["readout"]
    assert found["bce"] == pytest.approx(0.0181499, abs=5e-8)
    assert found["ce"] == pytest.approx(np.log(2), abs=1e-3)
    assert found["ce"] >= found["best"] == np.log(2)


def test_with_no_label_the_sigmoids_can_all_say_no():
    found = columns(logits=[-20.0] * 4, labels=[0.0] * 4)["readout"]
    assert found["sigmoid_total"] < 1e-8
    assert found["softmax_total"] == 1
    assert found["ce"] == 0


def test_pos_weight_counts_a_yes_and_leaves_a_no():
    plain, weighted = columns()["classes"], columns(pos_weight=10.0)["classes"]
    for name in ("loss", "sigmoid_grad"):
        assert weighted[name][0] == pytest.approx(10 * plain[name][0], rel=1e-13)
        np.testing.assert_array_equal(weighted[name][1:], plain[name][1:])


def test_losses_and_gradient_are_the_cores():
    found = columns(**NIGHT, pos_weight=3.0)
    given = (NIGHT["logits"], NIGHT["labels"])
    loss = core.binary_cross_entropy_with_logits(*given, pos_weight=3.0)
    grad = core.binary_cross_entropy_with_logits_grad(*given, pos_weight=3.0)
    assert found["readout"]["bce"] == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(found["classes"]["sigmoid_grad"], grad, rtol=1e-14)


@pytest.mark.parametrize("language", SoftmaxVsSigmoid.code)
def test_its_code_prints_what_it_shows(language):
    found = columns()["readout"]
    text = output(SoftmaxVsSigmoid, language, SoftmaxVsSigmoid.resolve({})[0])
    wanted = [float(found["bce"]), float(found["ce"])]
    assert [float(line) for line in text.splitlines()] == pytest.approx(wanted, rel=1e-12)
