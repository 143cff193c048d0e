"""Figures against torch: what each shows, computed again by torch from the same state.

Served, a page asks for these numbers to stand beside its own; ``crossent check`` runs them over
random states. Torch is imported when one of them runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .figures import FIGURES
from .figures.figure import State
from .figures.sampling import random_states

Readouts = dict[str, float]


def figure_readouts(name: str, state: State) -> dict[str, Any]:
    """Torch's version, and its numbers for those of a figure's readouts that it can compute."""
    import torch

    return {"version": str(torch.__version__), "readouts": TORCH_READOUTS[name](state)}


def _tensor(value: Any) -> Any:
    import torch

    return torch.tensor(value, dtype=torch.float64)


def _prediction_bars(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    log_probs, target = torch.log(_tensor(state["probs"])), torch.tensor(state["target"])
    loss = functional.nll_loss(log_probs, target)
    return {"loss_nats": loss.item(), "perplexity": torch.exp(loss).item()}


def _bce_curves(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    target = _tensor(state["target"])
    if state["space"] == "logit":
        logit = _tensor(state["logit"]).requires_grad_()
        loss = functional.binary_cross_entropy_with_logits(logit, target)
        loss.backward()
        return {"loss": loss.item(), "slope_z": logit.grad.item()}
    clamped = functional.binary_cross_entropy(_tensor(state["p"]), target)
    p = _tensor(state["p"])
    exact = -torch.xlogy(target, p) - torch.xlogy(1 - target, 1 - p)
    return {"loss": exact.item(), "loss_torch": clamped.item()}


def _mse_vs_ce(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    probs = _tensor(state["probs"])
    truth = functional.one_hot(torch.tensor(state["target"]), len(probs)).to(torch.float64)
    loss = functional.nll_loss(torch.log(probs), torch.tensor(state["target"]))
    if state["model"] == "softmax":
        return {
            "ce": loss.item(),
            "squared": functional.mse_loss(probs, truth, reduction="sum").item(),
            "mean": functional.mse_loss(probs, truth).item(),
        }
    squared = functional.mse_loss(probs[state["target"]], torch.ones((), dtype=torch.float64))
    return {"ce": loss.item(), "squared": squared.item()}


def _logit_gradient(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    logits = _tensor(state["logits"]).requires_grad_()
    target = torch.tensor(state["target"])
    options = {"label_smoothing": state["smoothing"]}
    loss = functional.cross_entropy(logits / state["temperature"], target, **options)
    loss.backward()
    rows = _tensor([state["logits"], *state["batch_logits"]]) / state["temperature"]
    targets = torch.tensor([state["target"], *state["batch_targets"]])
    after = (logits - state["learning_rate"] * logits.grad).detach() / state["temperature"]
    return {
        "loss": loss.item(),
        "grad_target": logits.grad[state["target"]].item(),
        "loss_after": functional.cross_entropy(after, target, **options).item(),
        "batch_mean": functional.cross_entropy(rows, targets, **options).item(),
    }


def _two_distributions(state: State) -> Readouts:
    import torch

    q, p = _tensor(state["truth"]), _tensor(state["probs"])
    entropy = -torch.xlogy(q, q).sum()
    crossed = -torch.xlogy(q, p).sum()
    return {"entropy": entropy.item(), "cross_entropy": crossed.item()}


def _count_likelihood(state: State) -> Readouts:
    import torch

    counts, probs = _tensor(state["counts"]), _tensor(state["probs"])
    log_likelihood = torch.xlogy(counts, probs).sum()
    return {"log_likelihood": log_likelihood.item()}


def _label_smoothing(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    target, num_classes = torch.tensor(state["target"]), len(state["classes"])
    logits = state["gap"] * functional.one_hot(target, num_classes).to(torch.float64)
    epsilon = state["epsilon"]
    others = epsilon * num_classes / (num_classes - 1)
    return {
        "loss": functional.cross_entropy(logits, target, label_smoothing=epsilon).item(),
        "loss_others": functional.cross_entropy(logits, target, label_smoothing=others).item(),
        "loss_hard": functional.cross_entropy(logits, target).item(),
    }


def _focal_curves(state: State) -> Readouts:
    import torch
    import torch.nn.functional as functional

    z = torch.logit(_tensor(state["p"])).requires_grad_()
    ce = functional.binary_cross_entropy_with_logits(z, torch.ones_like(z))
    loss = torch.sigmoid(-z) ** state["gamma"] * ce
    loss.backward()
    return {"ce": ce.item(), "loss": loss.item(), "grad": z.grad.item()}


TORCH_READOUTS: dict[str, Callable[[State], Readouts]] = {
    "prediction-bars": _prediction_bars,
    "two-distributions": _two_distributions,
    "count-likelihood": _count_likelihood,
    "bce-curves": _bce_curves,
    "mse-vs-ce": _mse_vs_ce,
    "logit-gradient": _logit_gradient,
    "label-smoothing": _label_smoothing,
    "focal-curves": _focal_curves,
}


def compare_figures(count: int, error: Callable[[Any, Any], float]) -> list[tuple[str, int, float]]:
    """Each figure's name, the numbers compared over so many random states, and the worst error."""
    rows = []
    for name, figure in FIGURES.items():
        worst, cases = 0.0, 0
        for state in random_states(figure, count):
            ours = figure.columns(state)["readout"]
            for key, theirs in TORCH_READOUTS[name](state).items():
                worst = max(worst, error(float(ours[key]), theirs))
                cases += 1
        rows.append((name, cases, worst))
    return rows
