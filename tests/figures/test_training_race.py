import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.core.kernels.training import LANES, race_losses
from crossent.figures import figure_named
from crossent.figures.training_race import (
    LOST,
    RATES,
    TrainingRace,
    given_rows,
    middle,
    num_steps,
    ratios,
    steps_until,
)


def columns(**given):
    state, problems = TrainingRace.resolve(given)
    assert not problems
    return TrainingRace.columns(state)


def readout(**given):
    return columns(**given)["readout"]


def torch_curve(lane, *, data, model, batch, seed, start, rate, gamma=2.0, smoothing=0.1):
    """The run again, by torch's own losses, autograd and plain gradient descent."""
    rows, weights = given_rows(data, model, batch=batch, seed=seed, start=start)
    weights = [torch.tensor(np.array(w), requires_grad=True) for w in weights]
    curve = []
    for x, y in rows:
        h, y = torch.tensor(x), torch.tensor(y)
        for w, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            h = torch.relu(h @ w + b)
        logits = h @ weights[-2] + weights[-1]
        nats = F.cross_entropy(logits, y, reduction="none")
        p = logits.softmax(-1)
        own = {
            "ce": nats,
            "squared": ((p - F.one_hot(y, p.shape[-1])) ** 2).sum(-1),
            "focal": (1 - torch.exp(-nats)) ** gamma * nats,
            "smoothed": F.cross_entropy(logits, y, reduction="none", label_smoothing=smoothing),
        }[lane].mean()
        curve.append((own.item(), nats.mean().item()))
        for w, g in zip(weights, torch.autograd.grad(own, weights), strict=True):
            w.data -= rate * g
    return np.array(curve).T


def test_it_is_in_the_index():
    assert figure_named("training-race") is TrainingRace


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_each_lanes_gradient_is_that_of_autograd(gamma):
    rng = np.random.default_rng(0)
    logits, y = rng.normal(0, 4, (4, 30, 3)), rng.integers(3, size=30)
    shares = rng.dirichlet(np.ones(30))
    found = race_losses(logits, np.eye(3)[y], shares, gamma, 0.1)
    z, truth = torch.tensor(logits, requires_grad=True), torch.tensor(y)
    nats = torch.stack([F.cross_entropy(lane, truth, reduction="none") for lane in z])
    squared = ((z[1].softmax(-1) - F.one_hot(truth, 3)) ** 2).sum(-1)
    focal = (1 - torch.exp(-nats[2])) ** gamma * nats[2]
    smoothed = F.cross_entropy(z[3], truth, reduction="none", label_smoothing=0.1)
    own = torch.stack([nats[0], squared, focal, smoothed]) @ torch.tensor(shares)
    own.sum().backward()
    np.testing.assert_allclose(found["own"], own.detach(), rtol=1e-12)
    np.testing.assert_allclose(found["nats"], nats.detach() @ torch.tensor(shares), rtol=1e-12)
    np.testing.assert_allclose(found["grad"], z.grad, rtol=1e-9, atol=1e-14)


SETTINGS = [
    {"data": "three", "model": "regression", "batch": 100.0, "seed": 1.0, "start": 0.0},
    {"data": "two", "model": "hidden", "batch": 7.0, "seed": 3.0, "start": 4.0},
    {"data": "spirals", "model": "hidden", "batch": 100.0, "seed": 2.0, "start": 0.0},
    {"data": "digits", "model": "regression", "batch": 100.0, "seed": 1.0, "start": 2.0},
]


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("given", SETTINGS, ids=lambda given: f"{given['data']}-{given['model']}")
def test_a_run_is_that_of_torchs_autograd_on_the_same_data(given, lane):
    shown = columns(**given, learning_rate=0.2, focal=True, smoothed=True)
    own, nats = torch_curve(lane, **given, rate=0.2)
    np.testing.assert_allclose(shown["own"][lane], own, rtol=1e-9)
    np.testing.assert_allclose(shown["nats"][lane], nats, rtol=1e-9)


@pytest.mark.parametrize("given", SETTINGS, ids=lambda given: f"{given['data']}-{given['model']}")
def test_the_code_prints_this_very_curve(given):
    state = TrainingRace.resolve(given | {"learning_rate": 0.2, "step": 120.0})[0]
    lines = output(TrainingRace, "PyTorch", state).splitlines()
    printed = np.array([float(line.split()[1]) for line in lines])
    assert len(printed) == 121
    np.testing.assert_allclose(printed, columns(**state)["nats"]["ce"][:121], atol=1e-4)


def test_at_a_learning_rate_of_0_nothing_is_learned():
    shown = columns(learning_rate=0.0)
    for lane in ("ce", "squared"):
        assert len(set(shown["nats"][lane])) == 1


@pytest.mark.parametrize("model", ["regression", "hidden"])
@pytest.mark.parametrize("data", ["two", "spirals", "digits"])
def test_a_run_that_diverges_says_at_which_step_and_is_nan_nowhere(data, model):
    extreme = {"learning_rate": 100.0, "start": 10.0, "focal": True, "smoothed": True}
    shown = readout(data=data, model=model, **extreme)
    for lane in LANES:
        lost = shown[f"lost_{lane}"]
        assert lost == np.isfinite(shown[f"diverged_{lane}"])
        for name in ("nats", "own", "accuracy", "calibration"):
            assert np.isfinite(shown[f"{name}_{lane}"])
    # One layer swings at any rate, but not without bound.
    assert shown["lost_ce"] or model == "regression"


def test_a_curve_ends_where_its_lane_diverges():
    shown = columns(data="moons", model="hidden", learning_rate=100.0)
    step = int(shown["readout"]["diverged_ce"])
    curve = shown["nats"]["ce"]
    assert np.all(curve[:step] <= LOST)
    assert np.all(np.isnan(curve[step:]))


def test_all_lanes_begin_alike():
    shown = columns(focal=True, smoothed=True)["nats"]
    assert len({shown[lane][0] for lane in LANES}) == 1


def test_a_wrong_start_is_confidently_wrong():
    assert readout(start=5.0, step=0.0)["accuracy_ce"] < 0.1
    assert readout(start=5.0, step=0.0)["nats_ce"] > 4.0


def test_steps_are_counted_to_the_first_that_is_accurate_enough():
    accuracy = np.array([[0.5, 0.1], [0.9, 0.2], [0.4, 0.3]])
    assert steps_until(accuracy).tolist() == [1.0, np.inf]


def test_a_ratio_is_infinite_0_or_nothing_where_one_or_both_never_arrive():
    never = np.inf
    heats = np.array([[2.0, 6.0], [2.0, never], [never, 3.0], [never, never], [0.0, 2.0]])
    found = ratios(heats, 1)
    assert found[[0, 1, 2, 4]].tolist() == [3.0, never, 0.0, 2.0]
    assert np.isnan(found[3])


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([3.0, np.nan, 1.0], 2.0), ([np.inf, np.inf, 1.0], np.inf), ([4.0], 4.0), ([np.nan], np.nan)],
)
def test_the_median_leaves_out_what_is_not_there(values, wanted):
    np.testing.assert_equal(middle(np.array(values)), wanted)


def test_further_seeds_are_those_that_follow():
    both = columns(seeds=2.0, seed=5.0)["heats"]
    alone = columns(seed=6.0)["readout"]
    assert both["ce"][1] == alone["steps_ce"]
    assert both["squared"][1] == alone["steps_squared"]


def test_each_lanes_own_rate_is_the_quickest_of_the_grid():
    shown = columns(own_rates=True, data="two", start=3.0)
    for lane in ("ce", "squared"):
        grid = shown["grid"][lane]
        rate = shown["readout"][f"rate_{lane}"]
        assert rate == RATES[np.argmin(grid)]
        assert shown["readout"][f"steps_{lane}"] == np.min(grid)


def test_the_playhead_is_within_the_run():
    shown = readout(data="digits", step=300.0)
    assert shown["step"] == num_steps("digits") == 200


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("data", "moons"),
        ("model", "hidden"),
        ("batch", 10.0),
        ("learning_rate", 1.0),
        ("own_rates", True),
        ("start", 3.0),
        ("gamma", 1.0),
        ("smoothing", 0.3),
        ("seed", 2.0),
        ("seeds", 3.0),
        ("step", 5.0),
        ("ce", False),
        ("squared", False),
        ("focal", True),
        ("smoothed", True),
    ],
)
def test_every_parameter_moves_what_is_shown(entry, value):
    needs = {"gamma": {"focal": True}, "smoothing": {"smoothed": True}}.get(entry, {})
    before, after = columns(**needs), columns(**needs, **{entry: value})
    tables = ("nats", "heats", "readout")
    assert any(
        not np.array_equal(before[table][name], after[table][name], equal_nan=True)
        for table in tables
        for name in before[table]
    )


def test_the_presets_say_what_is_to_be_seen():
    shown = {preset.label: readout(**preset.state) for preset in TrainingRace.presets}
    assert 1.0 < shown["An ordinary start"]["ratio_squared"] < 3.0
    assert shown["Confidently wrong"]["ratio_squared"] > 10.0
    assert shown["Squared error wins"]["ratio_squared"] < 1.0
