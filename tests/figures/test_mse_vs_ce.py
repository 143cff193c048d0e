import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.core.kernels import move_probability, softmax_mse_grad, squared_error
from crossent.figures import figure_named
from crossent.figures.mse_vs_ce import MseVsCe

A, B, WRONG = [0.7, 0.2, 0.1], [0.4, 0.3, 0.3], [0.001, 0.998, 0.001]


def columns(**given):
    state, problems = MseVsCe.resolve(given)
    assert not problems
    return MseVsCe.columns(state)


def readout(**given):
    return columns(**given)["readout"]


def near(value):
    """A number of the lesson, right in every digit that is written there."""
    return pytest.approx(value, rel=2e-3)


def test_it_is_in_the_index():
    assert figure_named("mse-vs-ce") is MseVsCe


def test_from_nearly_right_to_confidently_wrong():
    right, wrong = readout(probs=[0.99, 0.01]), readout(probs=[0.01, 0.99])
    assert right["squared"] == pytest.approx(0.0001, rel=1e-12)
    assert wrong["squared"] == pytest.approx(0.9801, rel=1e-12)
    assert right["ce"] == -np.log(0.99)
    assert wrong["ce"] == -np.log(0.01)
    assert wrong["squared_ratio"] == pytest.approx(9801, rel=1e-10)
    assert wrong["ce_ratio"] == pytest.approx(np.log(0.01) / np.log(0.99), rel=1e-12)
    assert wrong["ce_ratio"] == near(458)


def test_squared_error_is_steep_against_p_and_flat_against_the_logit():
    wrong = readout(probs=[0.01, 0.99])
    assert wrong["squared_grad_p"] == pytest.approx(-1.98, rel=1e-12)
    assert wrong["squared_grad"] == near(-0.0196)
    assert wrong["ce_grad_p"] == pytest.approx(-100, rel=1e-12)
    assert wrong["ce_grad"] == pytest.approx(-0.99, rel=1e-12)
    assert wrong["flat"] == 1.0
    assert readout(probs=[0.5, 0.5])["flat"] == 0.0


@pytest.mark.parametrize(
    ("probs", "ce", "squared", "mean", "squared_grad", "ce_grad"),
    [
        (A, 0.3567, 0.14, 0.0467, -0.196, -0.3),
        (B, 0.9163, 0.54, 0.18, -0.432, -0.6),
        (WRONG, 6.9078, 1.994, 0.6647, -0.00399, -0.999),
    ],
)
def test_three_classes(probs, ce, squared, mean, squared_grad, ce_grad):
    shown = readout(model="softmax", probs=probs)
    assert shown["ce"] == near(ce)
    assert shown["squared"] == near(squared)
    assert shown["mean"] == near(mean)
    assert shown["squared_grad"] == near(squared_grad)
    assert shown["ce_grad"] == near(ce_grad)


@pytest.mark.parametrize("probs", [A, B, WRONG, [0.1] * 10])
def test_gradients_are_those_of_torch(probs):
    shown = readout(model="softmax", probs=probs)
    logits = torch.tensor(np.log(probs), requires_grad=True)
    truth = F.one_hot(torch.tensor(0), len(probs)).double()
    for reduction, name in (("sum", "squared_grad"), ("mean", "mean_grad")):
        loss = F.mse_loss(logits.softmax(-1), truth, reduction=reduction)
        theirs = torch.autograd.grad(loss, logits)[0][0].item()
        assert shown[name] == pytest.approx(theirs, rel=1e-12)


def test_with_two_classes_the_mean_is_the_squared_error_of_the_sigmoid():
    one, two = (readout(model=model, probs=[0.2, 0.8]) for model in ("sigmoid", "softmax"))
    assert two["mean"] == pytest.approx(one["squared"], rel=1e-14)
    assert two["mean_grad"] == pytest.approx(one["squared_grad"], rel=1e-14)


@pytest.mark.parametrize("model", ["sigmoid", "softmax"])
@pytest.mark.parametrize("probs", [[0.3, 0.7], [0.3, 0.5, 0.2]])
def test_the_dots_lie_on_the_curves(model, probs):
    tables = columns(model=model, probs=probs)
    for name in ("loss", "grad"):
        for table, shown in (("ce", "ce"), ("squared", "squared")):
            curve = np.interp(0.3, tables[table]["p"], tables[table][name])
            dot = tables["readout"][shown if name == "loss" else f"{shown}_grad"]
            assert dot == pytest.approx(curve, abs=1e-3)


@pytest.mark.parametrize("model", ["sigmoid", "softmax"])
def test_the_gradient_curve_is_the_slope_of_the_loss_curve_over_z(model):
    tables = columns(model=model, probs=A)
    for table in (tables["ce"], tables["squared"]):
        slope = np.diff(table["loss"]) / np.diff(table["z"])
        between = (table["grad"][1:] + table["grad"][:-1]) / 2
        np.testing.assert_allclose(slope, between, atol=1e-3)


@pytest.mark.parametrize("probs", [A, B, WRONG, [0.3, 0.7], [0.1] * 10, [1.0, 0.0, 0.0]])
def test_the_curves_of_a_softmax_are_those_of_the_core_class_by_class(probs):
    squared = columns(model="softmax", probs=probs)["squared"]
    truth = np.eye(len(probs))[0]
    along = move_probability(np.array(probs), 0, squared["p"][:, None])
    np.testing.assert_allclose(squared["loss"], squared_error(along, truth).sum(-1), rtol=1e-10)
    slopes = softmax_mse_grad(np.log(along), truth)[:, 0]
    np.testing.assert_allclose(squared["grad"], slopes, rtol=1e-10)


@pytest.mark.parametrize("model", ["sigmoid", "softmax"])
@pytest.mark.parametrize("probs", [A, B, WRONG])
def test_the_slope_in_z_is_the_slope_in_p_times_p_times_1_minus_p(model, probs):
    shown = readout(model=model, probs=probs)
    for loss in ("ce", "squared", "mean"):
        chained = shown[f"{loss}_grad_p"] * shown["p"] * (1 - shown["p"])
        assert shown[f"{loss}_grad"] == pytest.approx(chained, rel=1e-12)


def test_the_flat_end_begins_where_squared_error_pushes_a_tenth_as_hard():
    tables = columns()
    edge = tables["flat"]["p"][0]
    at = np.interp(edge, tables["squared"]["p"], tables["squared"]["grad"])
    assert at / (edge - 1) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("model", ["sigmoid", "softmax"])
def test_certain_and_wrong_costs_without_end_and_squared_error_does_not_push(model):
    shown = readout(model=model, probs=[0.0, 1.0])
    assert shown["ce"] == np.inf
    assert shown["ce_grad"] == -1.0
    assert shown["squared_grad"] == 0.0
    assert shown["push_ratio"] == np.inf
    assert shown["dot_z"] == -8.0
    assert shown["flat"] == 1.0


@pytest.mark.parametrize("model", ["sigmoid", "softmax"])
def test_certain_and_right_costs_nothing(model):
    shown = readout(model=model, probs=[1.0, 0.0])
    assert shown["ce"] == shown["squared"] == shown["ce_grad"] == shown["squared_grad"] == 0.0
    assert not any(np.isnan(value) for value in shown.values())


def test_dragging_p_keeps_the_others_in_proportion():
    state = MseVsCe.resolve({"probs": [0.4, 0.4, 0.2], "model": "softmax"})[0]
    moved = MseVsCe.edited(state, "p", 0, 0.01)
    np.testing.assert_allclose(moved["probs"], [0.01, 0.66, 0.33], rtol=1e-12)
    moved = MseVsCe.edited(state | {"target": 2}, "probs", 0, 0.1)
    np.testing.assert_allclose(moved["probs"], [0.1, 0.6, 0.3], rtol=1e-12)


def test_dragging_z_sets_the_log_odds():
    state = MseVsCe.resolve({"probs": [0.4, 0.4, 0.2]})[0]
    moved = MseVsCe.edited(state, "z", 0, -5.0)
    assert MseVsCe.columns(moved)["readout"]["z"] == pytest.approx(-5.0)


@pytest.mark.parametrize(
    ("entry", "value"),
    [("model", "sigmoid"), ("probs", B), ("target", 1), ("reference", 0.9)],
)
def test_every_parameter_moves_what_is_shown(entry, value):
    start = {"model": "softmax", "probs": A, "target": 0, "classes": ["cat", "dog", "fox"]}
    before, after = readout(**start), readout(**(start | {entry: value}))
    assert {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize("language", MseVsCe.code)
@pytest.mark.parametrize("given", [{"probs": [0.01, 0.99]}, {"probs": A, "model": "softmax"}])
def test_the_code_prints_both_losses(language, given):
    lines = output(MseVsCe, language, MseVsCe.resolve(given)[0]).splitlines()
    printed = [float(line.split()[-1]) for line in lines[:2]]
    shown = readout(**given)
    assert printed == pytest.approx([shown["ce"], shown["squared"]], rel=1e-12)
