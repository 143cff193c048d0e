import numpy as np
import pytest
import torch
from tests.figures.running import output

from crossent import core
from crossent.figures import figure_named
from crossent.figures.focal_curves import FocalCurves
from crossent.figures.sampling import random_states

STATES = list(random_states(FocalCurves, 60))


def state_of(**given):
    state, problems = FocalCurves.resolve(given)
    assert not problems
    return state


def readout(**given):
    return FocalCurves.columns(state_of(**given))["readout"]


def test_it_is_in_the_index():
    assert figure_named("focal-curves") is FocalCurves


@pytest.mark.parametrize("state", STATES)
def test_the_loss_with_alpha_is_torchvisions_for_either_answer(state):
    shown = FocalCurves.columns(state)["readout"]
    yes = state["answer"] == "yes"
    z = np.log(state["p"]) - np.log1p(-state["p"])
    wanted = core.sigmoid_focal_loss(
        np.array([z if yes else -z]),
        np.array([1.0 if yes else 0.0]),
        alpha=state["alpha"],
        gamma=state["gamma"],
    )
    assert shown["loss_alpha"] == pytest.approx(wanted[0], rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("state", STATES)
def test_the_gradient_is_that_of_autograd(state):
    z = torch.logit(torch.tensor(state["p"], dtype=torch.float64)).requires_grad_()
    loss = -(torch.sigmoid(-z) ** state["gamma"]) * torch.nn.functional.logsigmoid(z)
    loss.backward()
    shown = FocalCurves.columns(state)["readout"]
    assert shown["loss"] == pytest.approx(loss.item(), rel=1e-10)
    assert shown["grad"] == pytest.approx(z.grad.item(), rel=1e-9)


@pytest.mark.parametrize("p", [0.001, 0.3, 0.999])
def test_with_gamma_0_it_is_cross_entropy(p):
    shown = readout(gamma=0.0, p=p)
    assert shown["loss"] == shown["ce"]
    assert shown["grad"] == shown["ce_grad"]


def test_at_nine_tenths_it_is_a_hundredth_of_cross_entropy():
    assert readout(gamma=2.0, p=0.9)["discount"] == pytest.approx(100.0)


def test_a_badly_predicted_example_is_pushed_harder_than_by_cross_entropy():
    shown = readout(gamma=2.0, p=0.2)
    assert shown["grad"] == pytest.approx(-0.924, abs=5e-4)
    assert shown["ce_grad"] == pytest.approx(-0.8)


def test_the_weights_of_both_answers_sum_to_1():
    both = [readout(alpha=0.3, answer=answer)["weight"] for answer in ("yes", "no")]
    assert sum(both) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("entry", "value"),
    [("gamma", 1.0), ("alpha", 0.5), ("answer", "no"), ("p", 0.5), ("reference", 0.3)],
)
def test_every_parameter_moves_what_is_shown(entry, value):
    before, after = readout(), readout(**{entry: value})
    assert {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize("language", FocalCurves.code)
@pytest.mark.parametrize("given", [{}, {"answer": "no", "gamma": 0.5}, {"p": 0.01, "gamma": 5.0}])
def test_the_code_prints_both_losses(language, given):
    printed = [float(line) for line in output(FocalCurves, language, state_of(**given)).split()]
    shown = readout(**given)
    assert printed == pytest.approx([shown["loss"], shown["loss_alpha"]], rel=1e-9)
