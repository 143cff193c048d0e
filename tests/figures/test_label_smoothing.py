import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent import core
from crossent.figures import figure_named
from crossent.figures.label_smoothing import LabelSmoothing
from crossent.figures.sampling import random_states

STATES = list(random_states(LabelSmoothing, 60))


def state_of(**given):
    state, problems = LabelSmoothing.resolve(given)
    assert not problems
    return state


def readout(**given):
    return LabelSmoothing.columns(state_of(**given))["readout"]


def names(count):
    return [f"class {i + 1}" for i in range(count)]


def test_it_is_in_the_index():
    assert figure_named("label-smoothing") is LabelSmoothing


@pytest.mark.parametrize("state", STATES)
def test_both_truths_are_those_of_smooth_labels(state):
    classes = LabelSmoothing.columns(state)["classes"]
    count, epsilon = len(state["classes"]), state["epsilon"]
    for column, convention in (("uniform", "uniform"), ("others", "others")):
        wanted = core.smooth_labels(state["target"], count, epsilon, convention)
        np.testing.assert_allclose(classes[column], wanted, atol=1e-15)


@pytest.mark.parametrize("state", STATES)
def test_the_loss_is_that_of_torch(state):
    logits = torch.zeros(len(state["classes"]), dtype=torch.float64)
    logits[state["target"]] = state["gap"]
    target = torch.tensor(state["target"])
    wanted = F.cross_entropy(logits, target, label_smoothing=state["epsilon"]).item()
    shown = LabelSmoothing.columns(state)["readout"]
    assert shown["loss"] == pytest.approx(wanted, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("state", STATES)
def test_no_loss_is_below_its_floor_and_one_remark_is_made(state):
    columns = LabelSmoothing.columns(state)
    shown = columns["readout"]
    assert np.min(columns["curves"]["uniform"]) >= shown["floor"] - 1e-12
    assert np.min(columns["curves"]["others"]) >= shown["floor_others"] - 1e-12
    assert sum(shown[name] for name in ("hard", "past", "short", "at_least")) == 1.0


@pytest.mark.parametrize("epsilon", [0.01, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("count", [2, 4, 10])
def test_at_the_best_gap_the_loss_is_its_floor_and_nothing_pushes(epsilon, count):
    best = readout(epsilon=epsilon, classes=names(count))["best_gap"]
    shown = readout(epsilon=epsilon, classes=names(count), gap=float(best))
    assert shown["above"] == pytest.approx(0.0, abs=1e-14)
    assert shown["grad_target"] == pytest.approx(0.0, abs=1e-14)
    assert best == pytest.approx(np.log((1 - epsilon + epsilon / count) / (epsilon / count)))


def test_past_the_best_gap_the_true_class_is_pushed_down():
    shown = readout(epsilon=0.1, gap=4.9, classes=names(3))
    assert shown["grad_target"] == pytest.approx(0.98523 - 0.93333, abs=1e-4)
    assert shown["past"] == 1.0


def test_one_convention_is_the_other_with_epsilon_converted():
    wanted = readout(epsilon=0.1, classes=names(5), gap=2.0)
    assert wanted["epsilon_torch"] == pytest.approx(0.125, rel=1e-15)
    converted = readout(epsilon=0.125, classes=names(5), gap=2.0)
    assert converted["loss"] == pytest.approx(wanted["loss_others"], rel=1e-14)
    assert converted["floor"] == pytest.approx(wanted["floor_others"], rel=1e-14)


def test_without_smoothing_there_is_no_lowest_point():
    columns = LabelSmoothing.columns(state_of(epsilon=0.0))
    shown = columns["readout"]
    assert shown["best_gap"] == np.inf
    assert shown["floor"] == 0.0
    assert np.isnan(columns["least"]["gap"][0])
    assert shown["loss"] == shown["loss_others"] == shown["loss_hard"]


def test_the_numbers_of_logits_5_and_a_tenth():
    shown = readout(epsilon=0.1, gap=4.9, classes=names(3))
    assert round(shown["loss_hard"], 4) == 0.0148
    assert round(shown["loss"], 5) == 0.34145
    assert round(shown["loss_others"], 4) == 0.5048


def test_the_button_goes_to_the_lowest_point_and_no_further_than_the_plot():
    moved = LabelSmoothing.edited(state_of(epsilon=0.2, gap=9.0), "settle", 0, 1.0)
    assert readout(**moved)["above"] == pytest.approx(0.0, abs=1e-14)
    assert LabelSmoothing.edited(state_of(epsilon=0.0), "settle", 0, 1.0)["gap"] == 12.0


@pytest.mark.parametrize(
    ("entry", "value"), [("epsilon", 0.3), ("gap", 1.0), ("target", 2), ("classes", names(6))]
)
def test_every_parameter_moves_what_is_shown(entry, value):
    before, after = (LabelSmoothing.columns(state_of(**given)) for given in ({}, {entry: value}))
    assert before["classes"]["prob"].tolist() != after["classes"]["prob"].tolist() or (
        before["readout"]["loss"] != after["readout"]["loss"]
    )


def test_the_presets_say_what_is_to_be_seen():
    shown = {preset.label: readout(**preset.state) for preset in LabelSmoothing.presets}
    assert shown["Four classes"]["y_target"] == pytest.approx(0.925)
    assert shown["Overconfident"]["past"] == 1.0
    assert shown["The lowest point"]["above"] == pytest.approx(0.0, abs=1e-14)
    assert shown["No smoothing"]["hard"] == 1.0


@pytest.mark.parametrize("language", LabelSmoothing.code)
@pytest.mark.parametrize("preset", LabelSmoothing.presets, ids=lambda preset: preset.label)
def test_the_code_prints_both_losses(language, preset):
    printed = [
        float(line) for line in output(LabelSmoothing, language, state_of(**preset.state)).split()
    ]
    shown = readout(**preset.state)
    assert printed == pytest.approx([shown["loss"], shown["loss_others"]], rel=1e-12)
