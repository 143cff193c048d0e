import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.figures import figure_named
from crossent.figures.bce_curves import TOP, BceCurves


def readout(**state):
    resolved, problems = BceCurves.resolve(state)
    assert not problems
    return BceCurves.columns(resolved)["readout"]


def test_it_is_in_the_index():
    assert figure_named("bce-curves") is BceCurves


def test_typed_probability_is_exact():
    shown = readout(p=0.9, target=1.0)
    assert shown["loss"] == -np.log(0.9)
    assert shown["p"] == 0.9
    assert shown["loss_no"] == pytest.approx(2.302585092994046, rel=1e-15)


def test_typed_logit_is_exact():
    shown = readout(logit=2.0, target=1.0, space="logit")
    assert shown["logit"] == 2.0
    assert shown["p"] == 1.0 / (1.0 + np.exp(-2.0))


@pytest.mark.parametrize("p", [0.01, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
def test_losses_and_slopes_are_those_of_torch(p, target):
    shown = readout(p=p, target=target)
    probs = torch.tensor(p, dtype=torch.float64, requires_grad=True)
    loss = F.binary_cross_entropy(probs, torch.tensor(target, dtype=torch.float64))
    loss.backward()
    assert shown["loss"] == pytest.approx(loss.item(), rel=1e-12)
    assert shown["slope_p"] == pytest.approx(probs.grad.item(), rel=1e-12)
    assert shown["slope_z"] == pytest.approx(p - target, rel=1e-12)


@pytest.mark.parametrize("logit", [-12.0, -3.0, 0.0, 2.0, 12.0])
@pytest.mark.parametrize("target", [0.0, 0.4, 1.0])
def test_one_logit_and_two_agree_to_the_last_digits(logit, target):
    shown = readout(logit=logit, target=target, space="logit")
    assert shown["loss_one_logit"] == shown["loss"]
    assert shown["logits_apart"] <= 4e-16 * max(1.0, shown["loss"])


def test_certain_and_wrong_is_infinite_where_torch_says_100():
    shown = readout(p=0.0, target=1.0)
    assert shown["loss"] == np.inf
    assert shown["loss_torch"] == 100.0
    assert shown["clamped"] == 1.0
    assert shown["slope_p"] == -np.inf
    assert shown["slope_z"] == -1.0
    assert shown["loss_two_logits"] == np.inf
    assert shown["logits_apart"] == 0.0


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_and_right_costs_nothing(p):
    shown = readout(p=p, target=p)
    assert shown["loss"] == 0.0
    assert shown["clamped"] == 0.0
    assert not any(np.isnan(value) for value in shown.values())


def test_a_soft_label_costs_least_at_p_equal_to_it_where_the_loss_is_its_entropy():
    shown = readout(p=0.7, target=0.7)
    assert shown["loss"] == pytest.approx(shown["least_loss"], rel=1e-15)
    assert shown["slope_z"] == pytest.approx(0.0, abs=1e-15)
    assert readout(p=0.72, target=0.7)["loss"] > shown["loss"]
    assert readout(p=0.68, target=0.7)["loss"] > shown["loss"]


def test_the_tangent_touches_at_the_dot():
    state = BceCurves.resolve({"p": 0.4, "target": 1.0})[0]
    columns = BceCurves.columns(state)
    across, up = columns["tangent"]["p"], columns["tangent"]["p_loss"]
    assert np.mean(across) == pytest.approx(0.4)
    assert np.mean(up) == pytest.approx(-np.log(0.4))
    assert np.diff(up)[0] / np.diff(across)[0] == pytest.approx(-1 / 0.4)


def test_flipping_twice_changes_nothing():
    state = BceCurves.resolve({"p": 0.9, "target": 1.0})[0]
    once = BceCurves.edited(state, "flip", 0, 1.0)
    assert once["target"] == 0.0
    assert BceCurves.edited(once, "flip", 0, 1.0) == state


def test_an_edit_keeps_probability_and_logit_in_step():
    state = BceCurves.resolve({})[0]
    moved = BceCurves.edited(state, "p", 0, 0.9)
    assert moved["p"] == 0.9
    assert moved["logit"] == pytest.approx(np.log(9))
    moved = BceCurves.edited(state, "logit", 0, 2.0)
    assert moved["logit"] == 2.0
    assert BceCurves.columns(moved)["readout"]["logit"] == 2.0


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_certain_probability_leaves_the_logit_at_its_bound(p):
    assert abs(BceCurves.edited(BceCurves.resolve({})[0], "p", 0, p)["logit"]) == 12.0


def test_choosing_the_other_space_keeps_the_point():
    # Only p was given; the logit that lies beside it is the default's.
    state = BceCurves.resolve({"p": 0.9, "target": 1.0})[0]
    there = BceCurves.edited(state | {"space": "logit"}, "space", 0, 0.0)
    assert BceCurves.columns(there)["readout"]["loss"] == pytest.approx(-np.log(0.9), rel=1e-14)
    back = BceCurves.edited(there | {"space": "probability"}, "space", 0, 0.0)
    assert back["p"] == 0.9


@pytest.mark.parametrize(
    ("name", "value"), [("p", 0.2), ("target", 0.5), ("logit", -1.0), ("space", "logit")]
)
def test_every_parameter_moves_what_is_shown(name, value):
    start = {"p": 0.9, "logit": 2.0, "target": 1.0}
    start["space"] = "logit" if name == "logit" else "probability"
    assert readout(**start)["loss"] != readout(**(start | {name: value}))["loss"]


@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_where_the_loss_is_infinite_its_curve_leaves_the_picture(target):
    resolved, _ = BceCurves.resolve({"p": 1.0 - round(target), "target": target})
    tables = BceCurves.columns(resolved)
    assert tables["readout"]["loss"] == np.inf
    assert tables["blend_p"]["loss"][0 if target > 0.5 else -1] > TOP


def test_curves_stay_where_they_are_while_the_dot_moves():
    before, after = (BceCurves.columns(BceCurves.resolve({"p": p})[0]) for p in (0.2, 0.3))
    for table in ("curves_p", "curves_z", "blend_p", "blend_z"):
        for name, column in before[table].items():
            np.testing.assert_array_equal(column, after[table][name])


@pytest.mark.parametrize("language", BceCurves.code)
@pytest.mark.parametrize(
    "given",
    [{"p": 0.9}, {"p": 1.0, "target": 0.3, "space": "logit", "logit": -3.0}, {"p": 1.0}],
)
def test_the_code_prints_the_loss_shown(language, given):
    printed = output(BceCurves, language, BceCurves.resolve(given)[0])
    assert float(printed) == pytest.approx(readout(**given)["loss"], rel=1e-12)
