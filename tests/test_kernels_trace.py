"""The core's kernels, as figures use them, are the same in JavaScript."""

import inspect
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests.trace.comparing import assert_agrees

from crossent.core.kernels import (
    activations,
    binary,
    chance,
    information,
    likelihood,
    log_likelihood,
    multiclass,
    targets,
)

# What each kernel's parameters are handed.
ROLES = {"p": "probs", "q": "truth", "x": "probs", "y": "truth", "nats": "z", "logit": "z"}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


def functions(module: ModuleType) -> list[Any]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [f for name, f in found if f.__module__ == module.__name__ and name[0] != "_"]


def state(rng: np.random.Generator, num_classes: int) -> dict[str, Any]:
    return {
        "logits": rng.normal(size=(3, num_classes)) * rng.choice([1.0, 5.0, 300.0]),
        "classes": rng.integers(0, num_classes, 3),
        "epsilon": float(rng.uniform(0, 0.9)),
        "gamma": float(rng.choice([0.0, 0.5, 2.0, 5.0])),
        "rate": float(rng.uniform(0, 2)),
        "held": int(rng.integers(num_classes)),
    }


@pytest.mark.parametrize("num_classes", range(2, 11))
@pytest.mark.parametrize(
    "module",
    [activations, multiclass, binary, information],
    ids=lambda m: m.__name__.split(".")[-1],
)
def test_every_kernel_agrees_in_javascript(page, module, num_classes):
    def compute(logits, classes, epsilon, gamma, rate, held):
        truth = targets.smooth(targets.one_hot(classes, num_classes), epsilon)
        probs = activations.softmax(logits)
        grad = multiclass.cross_entropy_grad(logits, truth)
        have = {"logits": logits, "truth": truth, "probs": probs, "grad": grad, "gamma": gamma}
        have |= {"z": logits[..., 0], "learning_rate": rate, "alpha": epsilon, "pos_weight": rate}
        have |= {"loss": multiclass.cross_entropy(logits, truth)}
        log_probs = activations.log_softmax(logits)
        have |= {"log_probs": log_probs, "log_truth": activations.log_softmax(-logits)}
        return {
            f.__name__: f(
                *(have[ROLES.get(name, name)] for name in inspect.signature(f).parameters)
            )
            for f in functions(module)
        }

    rng = np.random.default_rng(num_classes)
    # p - y and the like cancel: their last bits are those of numbers near 1.
    assert_agrees(page, compute, *(state(rng, num_classes) for _ in range(10)), atol=1e-15)


@pytest.mark.parametrize("num_classes", range(2, 11))
def test_dragging_a_probability_agrees_in_javascript(page, num_classes):
    def compute(probs, index, value):
        return {"bars": {"prob": targets.move_probability(probs, index, value)}}

    rng = np.random.default_rng(num_classes)
    rows = [rng.dirichlet(np.ones(num_classes)) for _ in range(8)] + [np.eye(num_classes)[0]]
    states = [
        {"probs": row, "index": int(rng.integers(num_classes)), "value": float(rng.uniform())}
        for row in rows
    ]
    assert_agrees(page, compute, *states, {"probs": rows[-1], "index": 0, "value": 0.25})


@pytest.mark.parametrize("num_classes", range(2, 11))
def test_chance_and_likelihood_agree_in_javascript(page, num_classes):
    def compute(seed, start, counts, probs):
        chances = chance.uniforms(seed, start + np.arange(50.0))
        return {
            "draws": {"chance": chances, "class": chance.drawn(probs, chances)},
            "of": {"them": likelihood(counts, probs), "log": log_likelihood(counts, probs)},
        }

    rng = np.random.default_rng(num_classes)
    states = [
        {
            "seed": float(rng.integers(2**32)),
            "start": float(rng.integers(2**31)),
            "counts": rng.integers(0, most, num_classes).astype(float),
            "probs": rng.dirichlet(np.ones(num_classes)),
        }
        for most in (1, 5, 20, 2000)
    ]
    assert_agrees(page, compute, *states)


def test_curves_agree_in_javascript(page):
    def compute(z, gamma, weight, soft):
        logits = np.linspace(-10, 10, 200) + z
        return {
            "curves": {
                "cross_entropy": binary.binary_cross_entropy_with_logits(logits, soft, weight),
                "squared_error": binary.sigmoid_mse(logits, soft),
                "grad": binary.sigmoid_mse_grad(logits, soft),
                "focal": binary.sigmoid_focal_loss(logits, 1.0, gamma=gamma),
            }
        }

    states = [
        {"z": z, "gamma": 2.0, "weight": 3.0, "soft": s} for z in (0.0, 700.0) for s in (0.0, 0.3)
    ]
    assert_agrees(page, compute, *states, atol=1e-15)
