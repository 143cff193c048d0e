import numpy as np
import pytest
from tests.figures.running import output

from crossent import core
from crossent.figures import figure_named
from crossent.figures.sampling import random_states
from crossent.figures.two_distributions import TwoDistributions

DEFAULT = TwoDistributions.resolve({})[0]
STATES = list(random_states(TwoDistributions, 60))


def state_of(**given):
    state, problems = TwoDistributions.resolve(given)
    assert not problems
    return state


def readout(**given):
    return TwoDistributions.columns(state_of(**given))["readout"]


def test_it_is_in_the_index():
    assert figure_named("two-distributions") is TwoDistributions


@pytest.mark.parametrize("state", STATES)
def test_cross_entropy_is_entropy_plus_divergence_both_ways(state):
    shown = TwoDistributions.columns(state)["readout"]
    for way in ("", "reverse_"):
        total = shown[f"{way}entropy"] + shown[f"{way}kl"]
        assert shown[f"{way}cross_entropy"] == pytest.approx(total, abs=1e-12)
        assert shown[f"{way}kl"] >= 0.0
    assert shown["loss"] == shown["cross_entropy"]


@pytest.mark.parametrize("state", STATES)
def test_no_readout_is_nan_and_one_remark_is_made(state):
    shown = TwoDistributions.columns(state)["readout"]
    assert not any(np.isnan(value) for value in shown.values())
    assert sum(shown[name] for name in ("infinite", "same", "certain", "ordinary")) == 1.0


def test_bits_are_nats_over_log_two():
    shown = readout()
    for name in ("entropy", "kl", "cross_entropy", "reverse_kl", "reverse_cross_entropy"):
        assert shown[f"{name}_bits"] == pytest.approx(shown[name] / np.log(2), rel=1e-15)


def test_average_code_lengths_are_cross_entropy_and_entropy_in_bits():
    columns = TwoDistributions.columns(DEFAULT)
    truth, lengths = np.array(DEFAULT["truth"]), columns["classes"]
    shown = columns["readout"]
    assert truth @ lengths["length"] == pytest.approx(shown["cross_entropy_bits"], rel=1e-14)
    assert truth @ lengths["ideal"] == pytest.approx(shown["entropy_bits"], rel=1e-14)


def test_the_areas_are_as_wide_as_the_truth():
    areas = TwoDistributions.columns(DEFAULT)["areas"]
    np.testing.assert_allclose(areas["right"] - areas["left"], DEFAULT["truth"], atol=1e-15)
    assert areas["right"][-1] == pytest.approx(1.0)


def test_whole_bits():
    shown = readout(truth=[0.5, 0.25, 0.125, 0.125], probs=[0.25] * 4)
    assert shown["entropy_bits"] == 1.75
    assert shown["cross_entropy_bits"] == 2.0
    assert shown["kl_bits"] == pytest.approx(0.25, rel=1e-14)


def test_a_certain_truth_has_no_floor_and_leaves_the_surprise():
    shown = readout(truth=[0.0, 0.0, 1.0, 0.0], probs=[0.1, 0.2, 0.6, 0.1])
    assert shown["entropy"] == 0.0
    assert shown["cross_entropy"] == shown["kl"] == -np.log(0.6)
    assert shown["certain"] == 1.0


def test_what_was_ruled_out_and_comes_is_infinite_and_the_other_way_finite():
    shown = readout(truth=[0.5, 0.3, 0.1, 0.1], probs=[0.6, 0.4, 0.0, 0.0])
    assert shown["cross_entropy"] == shown["kl"] == np.inf
    assert shown["infinite"] == 1.0
    assert np.isfinite(shown["reverse_cross_entropy"])


def test_swapping_exchanges_both_ways_and_twice_is_nothing():
    once = TwoDistributions.edited(DEFAULT, "swap", 0, 1.0)
    before, after = (TwoDistributions.columns(state)["readout"] for state in (DEFAULT, once))
    for name in ("cross_entropy", "kl", "entropy"):
        assert after[name] == before[f"reverse_{name}"] != before[name]
    assert TwoDistributions.edited(once, "swap", 0, 1.0) == DEFAULT


def test_learning_takes_the_divergence_down_to_exactly_zero_and_leaves_the_entropy():
    way = [TwoDistributions.edited(DEFAULT, "learn", 0, share) for share in np.linspace(0, 1, 11)]
    shown = [TwoDistributions.columns(state)["readout"] for state in way]
    assert way[0] == DEFAULT
    assert np.all(np.diff([numbers["kl"] for numbers in shown]) < 0)
    assert {numbers["entropy"] for numbers in shown} == {shown[0]["entropy"]}
    assert way[-1]["probs"] == DEFAULT["truth"]
    assert shown[-1]["kl"] == 0.0
    assert shown[-1]["cross_entropy"] == shown[-1]["entropy"]
    assert shown[-1]["same"] == 1.0


@pytest.mark.parametrize("name", ["truth", "probs"])
def test_dragging_one_distribution_leaves_the_other(name):
    other = {"truth": "probs", "probs": "truth"}[name]
    moved = TwoDistributions.edited(DEFAULT, name, 1, 0.6)
    assert moved[name][1] == 0.6
    assert sum(moved[name]) == pytest.approx(1.0, abs=1e-15)
    assert moved[other] == DEFAULT[other]


@pytest.mark.parametrize(
    ("name", "value"), [("truth", [0.1, 0.2, 0.3, 0.4]), ("probs", [0.1, 0.2, 0.3, 0.4])]
)
def test_every_distribution_moves_what_is_shown(name, value):
    assert readout(**{name: value})["cross_entropy"] != readout()["cross_entropy"]


def test_the_numbers_are_the_core_s():
    q, p = DEFAULT["truth"], DEFAULT["probs"]
    shown = readout()
    assert shown["kl"] == core.kl_divergence(q, p)
    assert shown["reverse_cross_entropy"] == core.cross_entropy_of(p, q)


@pytest.mark.parametrize("num_classes", range(2, 11))
def test_any_number_of_classes(num_classes):
    shown = readout(truth=[1 / num_classes] * num_classes, probs=[1 / num_classes] * num_classes)
    assert shown["cross_entropy"] == pytest.approx(np.log(num_classes), rel=1e-12)


def test_the_presets_say_what_is_to_be_seen():
    shown = {preset.label: readout(**preset.state) for preset in TwoDistributions.presets}
    assert round(shown["Two classes"]["kl"], 3) == 0.511
    assert round(shown["Two classes"]["reverse_kl"], 3) == 0.368
    assert round(shown["Uniform model"]["cross_entropy"], 3) == 1.386
    assert round(shown["Certain truth"]["cross_entropy"], 3) == 0.511


@pytest.mark.parametrize("language", TwoDistributions.code)
@pytest.mark.parametrize("preset", TwoDistributions.presets, ids=lambda preset: preset.label)
def test_the_code_prints_the_loss_first_and_then_its_parts(language, preset):
    state = state_of(**preset.state)
    printed = [float(word) for word in output(TwoDistributions, language, state).split()]
    shown = TwoDistributions.columns(state)["readout"]
    unit = "_bits" if state["unit"] == "bits" else ""
    wanted = [shown[f"{name}{unit}"] for name in ("cross_entropy", "entropy", "kl")]
    assert printed == pytest.approx(wanted, rel=1e-12, abs=1e-12)
