import numpy as np
import pytest
from tests.figures.running import output

from crossent import core
from crossent.errors import StateError
from crossent.figures import figure_named
from crossent.figures.count_likelihood import MOST, CountLikelihood, source_of_draws
from crossent.figures.sampling import random_states

DEFAULT = CountLikelihood.resolve({})[0]
STATES = list(random_states(CountLikelihood, 60))
EMPTY = {"counts": [0, 0, 0, 0]}


def state_of(**given):
    state, problems = CountLikelihood.resolve(given)
    assert not problems
    return state


def readout(**given):
    return CountLikelihood.columns(state_of(**given))["readout"]


def edited(state, *edits):
    for name, value in edits:
        state = CountLikelihood.edited(state, name, 0, value)
    return state


def test_it_is_in_the_index():
    assert figure_named("count-likelihood") is CountLikelihood


@pytest.mark.parametrize("state", STATES)
def test_the_mean_is_minus_the_log_likelihood_over_the_number_and_entropy_plus_divergence(state):
    shown = CountLikelihood.columns(state)["readout"]
    if not shown["total"]:
        return
    with np.errstate(all="ignore"):
        assert shown["loss"] == pytest.approx(-shown["log_likelihood"] / shown["total"], rel=1e-12)
    parts = shown["empirical_entropy"] + shown["kl"]
    assert shown["mean_nll"] == pytest.approx(parts, abs=1e-12)
    assert shown["kl"] >= 0.0


@pytest.mark.parametrize("state", STATES)
def test_one_remark_is_made(state):
    shown = CountLikelihood.columns(state)["readout"]
    names = ("empty", "impossible", "underflow", "fitted", "ordinary")
    assert sum(shown[name] for name in names) == 1.0


def test_ten_observations_by_hand():
    shown = readout(counts=[6, 4], probs=[0.5, 0.5])
    assert shown["likelihood"] == 0.5**10
    assert shown["log_likelihood"] == pytest.approx(10 * np.log(0.5), rel=1e-15)
    assert shown["loss"] == pytest.approx(np.log(2), rel=1e-15)


def test_two_thousand_probabilities_multiply_to_exactly_zero_while_their_logs_stay_finite():
    shown = readout(counts=[1000, 500, 300, 200], probs=[0.4, 0.3, 0.2, 0.1])
    assert shown["total"] == 2000
    assert shown["likelihood"] == 0.0
    assert shown["underflow"] == 1.0
    assert shown["log_likelihood"] == pytest.approx(-2461.6255, rel=1e-7)
    assert np.isfinite(shown["loss"])


def test_what_is_ruled_out_and_seen_is_impossible_not_an_underflow():
    shown = readout(counts=[5, 4, 1, 0], probs=[0.5, 0.5, 0, 0])
    assert shown["likelihood"] == 0.0
    assert shown["log_likelihood"] == -np.inf
    assert shown["loss"] == np.inf
    assert (shown["impossible"], shown["underflow"]) == (1.0, 0.0)


def test_nothing_observed_has_likelihood_one_and_no_mean():
    shown = readout(**EMPTY)
    assert shown["likelihood"] == 1.0
    assert shown["log_likelihood"] == 0.0
    assert np.isnan(shown["loss"])
    assert shown["empty"] == 1.0


def test_the_mean_is_least_exactly_at_the_frequencies_where_it_is_their_entropy():
    fitted = edited(DEFAULT, ("fit", 1.0))
    assert fitted["probs"] == [0.5, 0.2, 0.2, 0.1]
    shown = CountLikelihood.columns(fitted)["readout"]
    assert shown["kl"] == 0.0
    assert shown["loss"] == shown["empirical_entropy"] == core.entropy([0.5, 0.2, 0.2, 0.1])
    assert shown["fitted"] == 1.0
    rng = np.random.default_rng(0)
    for probs in rng.dirichlet(np.ones(4), 100):
        assert readout(probs=probs.tolist())["loss"] > shown["loss"]
        assert readout(probs=probs.tolist())["likelihood"] < shown["likelihood"]


def test_fitting_goes_down_all_the_way():
    losses = [
        CountLikelihood.columns(edited(DEFAULT, ("fit", share)))["readout"]["loss"]
        for share in np.linspace(0, 1, 11)
    ]
    assert np.all(np.diff(losses) < 0)


def test_without_observations_there_is_nothing_to_fit():
    state = state_of(**EMPTY)
    assert edited(state, ("fit", 1.0)) == state


@pytest.mark.parametrize("focus", range(4))
def test_the_curve_is_lowest_at_that_class_s_frequency(focus):
    state = state_of(probs=[0.1, 0.2, 0.3, 0.4], focus=focus)
    columns = CountLikelihood.columns(state)
    curve, least = columns["curve"], columns["least"]
    assert least["p"][0] == [0.5, 0.2, 0.2, 0.1][focus]
    assert least["loss"][0] <= curve["loss"].min()
    assert abs(curve["p"][np.argmin(curve["loss"])] - least["p"][0]) < 0.03
    assert least["loss"][0] >= columns["readout"]["empirical_entropy"]


def test_the_dot_lies_on_the_curve_and_drags_its_class():
    state = CountLikelihood.edited(state_of(focus=2), "focus_prob", 0, 0.4)
    assert state["probs"][2] == 0.4
    columns = CountLikelihood.columns(state)
    on_curve = np.interp(0.4, columns["curve"]["p"], columns["curve"]["loss"])
    assert columns["readout"]["loss"] == pytest.approx(on_curve, abs=1e-3)


def test_dragging_does_not_move_the_curve():
    before, after = (
        CountLikelihood.columns(CountLikelihood.edited(DEFAULT, "focus_prob", 0, p))
        for p in (0.3, 0.6)
    )
    np.testing.assert_allclose(before["curve"]["loss"], after["curve"]["loss"], rtol=1e-12)
    assert before["readout"]["top"] == pytest.approx(after["readout"]["top"])


# -- draws -----------------------------------------------------------------------------------------


def test_a_hundred_draws_are_one_draw_a_hundred_times():
    state = state_of(**EMPTY)
    assert edited(state, ("draw", 100.0)) == edited(state, *[("draw", 1.0)] * 100)


def test_draws_can_be_had_again_and_reset_returns_to_the_very_same_start():
    first = edited(DEFAULT, ("draw", 100.0))
    assert edited(CountLikelihood.resolve({})[0], ("draw", 100.0)) == first
    assert sum(first["counts"]) == 110


def test_another_seed_draws_otherwise():
    drawn = [
        edited(state_of(**EMPTY, seed=seed), ("draw", 100.0))["counts"] for seed in range(1, 20)
    ]
    assert len({tuple(counts) for counts in drawn}) == 19


def test_draws_do_not_depend_on_the_model():
    one = edited(state_of(probs=[0.25] * 4), ("draw", 50.0))
    two = edited(state_of(probs=[1.0, 0, 0, 0]), ("draw", 50.0))
    assert one["counts"] == two["counts"]


@pytest.mark.parametrize("num_classes", range(2, 11))
def test_the_frequencies_of_many_draws_come_near_the_source(num_classes):
    state = state_of(counts=[0] * num_classes, seed=5)
    state = edited(state, *[("draw", 100.0)] * 20)
    source = source_of_draws(np.float64(5), num_classes)
    assert sum(state["counts"]) == 2000
    np.testing.assert_allclose(np.array(state["counts"]) / 2000, source, atol=0.04)


def test_revealing_brings_the_source_which_does_not_beat_the_frequencies():
    drawn = edited(state_of(**EMPTY), ("draw", 20.0))
    revealed = edited(drawn, ("reveal", 1.0))
    np.testing.assert_array_equal(revealed["probs"], source_of_draws(np.float64(1), 4))
    assert CountLikelihood.columns(revealed)["readout"]["kl"] > 0


def test_a_full_bar_stays_full():
    state = edited(state_of(counts=[MOST] * 4), ("draw", 100.0))
    assert state["counts"] == [MOST] * 4


def test_counts_and_seed_are_whole_numbers():
    with pytest.raises(StateError, match=r"10 whole numbers from 0 to 2000; got 1\.5"):
        CountLikelihood(counts=[1.5, 2, 3, 4])
    with pytest.raises(StateError, match=r"seed must be a whole number .* got 0\.5"):
        CountLikelihood(seed=0.5)


# -- what every figure promises --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "column"),
    [
        ("counts", [1, 2, 3, 4], "loss"),
        ("probs", [0.1, 0.2, 0.3, 0.4], "loss"),
        ("focus", 1, "frequency_focus"),
    ],
)
def test_every_parameter_moves_what_is_shown(name, value, column):
    assert readout(**{name: value})[column] != readout()[column]


def test_the_presets_say_what_is_to_be_seen():
    shown = {preset.label: readout(**preset.state) for preset in CountLikelihood.presets}
    assert round(shown["Lopsided"]["loss"], 3) == 1.386
    assert round(shown["Lopsided"]["empirical_entropy"], 3) == 0.405
    assert round(shown["2000 observations"]["log_likelihood"]) == -2462


@pytest.mark.parametrize("language", CountLikelihood.code)
@pytest.mark.parametrize("preset", CountLikelihood.presets, ids=lambda preset: preset.label)
def test_the_code_prints_the_loss_first_and_then_both_likelihoods(language, preset):
    state = state_of(**preset.state)
    shown = CountLikelihood.columns(state)["readout"]
    printed = [float(word) for word in output(CountLikelihood, language, state).split()]
    wanted = [float(shown[name]) for name in ("loss", "log_likelihood", "likelihood")]
    assert printed == pytest.approx(wanted, rel=1e-12, nan_ok=True)
