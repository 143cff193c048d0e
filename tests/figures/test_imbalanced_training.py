import numpy as np
import pytest
import torch
from tests.figures.running import output

from crossent.figures import figure_named
from crossent.figures.imbalanced_training import ImbalancedTraining, boundary


def readout(**given):
    state, problems = ImbalancedTraining.resolve(given)
    assert not problems
    return ImbalancedTraining.columns(state)["readout"]


def test_it_is_in_the_index():
    assert figure_named("imbalanced-training") is ImbalancedTraining


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"weight": 100.0, "pos_weight": 30.0, "gamma": 5.0, "alpha": 0.9, "spread": 1.0},
        {"learning_rate": 5.0, "gamma": 0.5, "seed": 7.0, "spread": 0.2},
    ],
)
def test_a_run_is_that_of_torchs_autograd_on_the_same_points(given):
    state = ImbalancedTraining.resolve(given)[0]
    for name, value in ImbalancedTraining.torch_readouts(torch, state).items():
        np.testing.assert_allclose(readout(**given)[name], value, rtol=1e-9)


@pytest.mark.parametrize("treatment", ["weights", "focal"])
def test_the_code_prints_the_loss_at_the_playhead(treatment):
    state = ImbalancedTraining.resolve({"treatment": treatment, "step": 40.0, "seed": 2.0})[0]
    printed = output(ImbalancedTraining, "PyTorch", state).split()
    assert [int(step) for step in printed[::2]] == list(range(41))
    shown = readout(treatment=treatment, step=40.0, seed=2.0)["loss"]
    assert float(printed[-1]) == pytest.approx(shown, rel=1e-5)


def test_a_weight_of_1_is_no_treatment():
    shown = readout(weight=1.0, pos_weight=1.0)
    for measure in ("loss", "recall_rare", "calibration"):
        for treatment in ("weights", "pos"):
            np.testing.assert_allclose(
                shown[f"{measure}_{treatment}"], shown[f"{measure}_plain"], rtol=1e-9
            )


def test_a_threshold_moves_recall_and_leaves_the_predictions():
    cautious, usual = readout(threshold=0.1), readout(threshold=0.5)
    assert cautious["recall_rare"] > usual["recall_rare"]
    assert cautious["calibration"] == usual["calibration"]


def test_weights_find_more_of_the_rare_and_cost_calibration_whatever_the_seed():
    for seed in range(1, 9):
        shown = readout(seed=float(seed))
        assert (
            shown["recall_rare_weights"] > shown["recall_rare_plain"] > shown["recall_rare_focal"]
        )
        assert shown["calibration_weights"] > shown["calibration_plain"]


def test_balanced_accuracy_is_the_mean_of_the_recalls():
    shown = readout(treatment="pos")
    both = shown["recall_rare"] + shown["recall_common"]
    assert shown["balanced"] == pytest.approx(both / 2)
    assert shown["accuracy"] == pytest.approx(
        0.1 * shown["recall_rare"] + 0.9 * shown["recall_common"]
    )


def test_a_boundary_is_where_the_logit_is_the_edge():
    w, b = np.array([3.0, -4.0]), np.float64(0.5)
    line = boundary(w, b, np.float64(1.25))
    np.testing.assert_allclose(w[0] * line["x"] + w[1] * line["y"] + b, 1.25)


@pytest.mark.parametrize("learning_rate", [0.0, 20.0])
def test_every_number_is_finite_at_any_learning_rate(learning_rate):
    shown = readout(
        learning_rate=learning_rate, weight=100.0, pos_weight=100.0, spread=1.0, gamma=5.0
    )
    assert np.all(np.isfinite(list(shown.values())))
