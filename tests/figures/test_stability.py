"""Six ways to one loss: each breaks where torch's own arithmetic does."""

import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.figures import figure_named
from crossent.figures.stability import WAYS, Stability

PRECISIONS = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-12}
TORCHS = {
    "naive": lambda z, t: -(z.exp() / z.exp().sum())[t].log(),
    "softmax": lambda z, t: -z.softmax(0)[t].log(),
    "clipped": lambda z, t: -z.softmax(0).clamp(1e-12, 1.0)[t].log(),
    "lse": lambda z, t: z.exp().sum().log() - z[t],
    "shifted": lambda z, t: torch.logsumexp(z, 0) - z[t],
    "fused": lambda z, t: F.cross_entropy(z, torch.tensor(t)),
}


def readout(logits, target=0, dtype="float32"):
    names = ["a", "b", "c", "d"][: len(logits)]
    state, problems = Stability.resolve(
        {"logits": logits, "target": target, "dtype": dtype, "classes": names}
    )
    assert not problems
    return Stability.columns(state)["readout"]


def fates(values):
    return np.where(np.isnan(values), 2.0, np.where(np.isinf(values), np.sign(values), 0.0))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS.items())
def test_a_way_is_torchs_with_its_gradient_infinities_and_nan(way, dtype, tolerance):
    rng = np.random.default_rng(0)
    broken = 0
    for _ in range(300):
        k = int(rng.integers(2, 7))
        logits = rng.normal(size=k) * 10 ** rng.uniform(-1, 3)
        z, target = np.clip(logits, -1000, 1000).astype(dtype), int(rng.integers(k))
        with np.errstate(all="ignore"):
            steps = WAYS[way](z, np.arange(k) == target)
        ours = np.array([steps["loss"], *steps["grad"]], np.float64)
        theirs_z = torch.tensor(z, requires_grad=True)
        loss = TORCHS[way](theirs_z, target)
        loss.backward()
        theirs = np.array([loss.item(), *theirs_z.grad.numpy()], np.float64)
        np.testing.assert_array_equal(fates(ours), fates(theirs), err_msg=f"{z}, {target}")
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
        broken += not np.all(np.isfinite(ours))
    assert steps["loss"].dtype == steps["grad"].dtype == np.dtype(dtype)
    assert (broken > 5) == (way in ("naive", "softmax", "lse") or (way, dtype) == BARE_CLIP)


BARE_CLIP = ("clipped", "float16")  # where 1e-12 is 0


def test_it_is_in_the_index():
    assert figure_named("stability") is Stability


def test_without_the_maximum_taken_out_100_and_0_are_too_much_for_float32():
    found = readout([100.0, 0.0])
    assert found["lse_loss"] == np.inf
    assert found["loss"] == pytest.approx(0, abs=1e-40)
    assert found["fused_loss"] == found["shifted_loss"] == 0


def test_clipping_caps_the_loss_and_kills_the_gradient():
    found = readout([0.0, 1000.0])
    assert found["loss"] == found["fused_loss"] == 1000
    assert found["clipped_loss"] == pytest.approx(27.631, abs=5e-4)
    assert found["clipped_grad"] == 0
    assert found["capped"]
    assert readout([0.0, 20.0], dtype="float16")["clipped_loss"] == np.inf


def test_the_gradient_is_lost_before_the_probability_is():
    at_95, at_104 = readout([0.0, 95.0]), readout([0.0, 104.0])
    assert np.isfinite(at_95["softmax_loss"])
    assert np.isnan(at_95["softmax_grad"])
    assert at_104["softmax_loss"] == np.inf


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_the_fused_form_is_right_at_every_scale(dtype):
    columns = Stability.columns(Stability.resolve({"dtype": dtype})[0])
    assert np.all(columns["fused_map"]["verdict"] == 0)
    assert set(columns["naive_map"]["verdict"]) >= {0.0, 2.0}


def test_adding_the_maximum_again_costs_digits_that_the_fused_form_keeps():
    found = readout([1000.0, 999.0], dtype="float16")
    assert found["shifted_loss"] == 0.5
    assert found["fused_loss"] == pytest.approx(found["loss"], abs=1e-3)
    assert (found["shifted_verdict"], found["fused_verdict"]) == (1, 0)


def test_the_scale_moves_all_logits_and_the_gap_one():
    state = Stability.resolve({})[0] | {"logits": [1.0, -4.0, 2.0]}
    assert Stability.edited(state, "scale", 0, 8.0)["logits"] == [2.0, -8.0, 4.0]
    assert Stability.edited(state, "gap", 0, 10.0)["logits"] == [-8.0, -4.0, 2.0]
    nothing = state | {"logits": [0.0, 0.0, 0.0]}
    assert Stability.edited(nothing, "scale", 0, 3.0)["logits"] == [3.0, 0.0, 0.0]


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_its_code_prints_what_it_shows(dtype):
    state = Stability.resolve({"logits": [0.0, 4.0, 2.0], "dtype": dtype})[0]
    found = Stability.columns(state)["readout"]
    torchs = [float(line.split()[0]) for line in output(Stability, "PyTorch", state).splitlines()]
    numpys = [float(line) for line in output(Stability, "NumPy", state).splitlines()]
    for printed in (torchs, numpys):
        assert printed == pytest.approx(
            [float(found["naive_loss"]), float(found["fused_loss"])], rel=PRECISIONS[dtype]
        )
