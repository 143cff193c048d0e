"""A training run is torch's own, and the page's is NumPy's, at ordinary and at extreme settings."""

import functools
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from tests.figures.test_training_race import torch_curve
from tests.figures.training import STEPS, Descent, with_one
from tests.trace.comparing import assert_agrees

from crossent.datasets import blobs
from crossent.figures.runs import Runs, key_of
from crossent.figures.training_race import LOST, TrainingRace
from crossent.links.browser import compile_figure
from crossent.pages.scripts import runtime_script

RATES = st.one_of(st.floats(0, 5), st.sampled_from([0.0, 1e-9]))
SEEDS = st.integers(0, 9999)


def by_torch(rate: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses and weights of full-batch SGD on the same points, by autograd."""
    points, targets = blobs(np.float64(seed), 60)
    inputs, truth = torch.tensor(with_one(points)), torch.tensor(targets)
    weights = torch.zeros((3, 3), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=rate)
    losses, passed = [], []
    for _ in range(STEPS + 1):
        passed.append(weights.detach().numpy().copy())
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(inputs @ weights, truth)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return np.array(losses), np.stack(passed)


@settings(max_examples=15, deadline=None)
@given(RATES, SEEDS)
def test_a_run_is_torchs_own(rate, seed):
    ours = Descent.run(np.float64(rate), np.float64(seed), "60")
    losses, weights = by_torch(rate, seed)
    np.testing.assert_allclose(ours["loss"], losses, rtol=1e-9)
    np.testing.assert_allclose(ours["weights"], weights, rtol=1e-9, atol=1e-12)


def test_a_run_in_the_page_is_numpys(browser: Browser):
    page = browser.new_page()
    rng = np.random.default_rng(0)
    states = [
        {"learning_rate": rate, "seed": float(rng.integers(10000))}
        for rate in (*rng.uniform(0, 5, 12), 0.0, 1e-9)
    ]

    def compute(learning_rate, seed):
        return {"run": Descent.run(learning_rate, seed, "60")}

    assert_agrees(page, compute, *states, rtol=1e-9, atol=1e-12)
    page.close()


RACED = """
({ name, parameters, states }) => {
  const figure = { spec: { name }, space: new parity.StateSpace(name, parameters) };
  return states.map((state) => {
    const { nats, readout } = parity.columnsOf(figure, state);
    return { nats: Array.from(nats.ce), diverged: readout.diverged_ce };
  });
}
"""


def raced_in_the_page(browser: Browser, states: list[dict]) -> list[dict]:
    """Cross-entropy's curve in nats and the step at which it diverged, as the page has them."""
    page = browser.new_page()
    for module in ("links", "state"):
        exports = runtime_script(f"runtime/{module}.js").rstrip().rstrip(";")
        page.add_script_tag(
            content=f"globalThis.parity = {{ ...globalThis.parity, ...{exports} }};"
        )
    page.add_script_tag(content=compile_figure(TrainingRace))
    schemas = [parameter.schema() for parameter in TrainingRace.parameters().values()]
    given = {
        "name": TrainingRace.name_of,
        "parameters": json.loads(json.dumps(schemas)),
        "states": states,
    }
    found = page.evaluate(RACED, given)
    page.close()
    return found


def torchs(state: dict) -> np.ndarray:
    """The same curve by torch's autograd and gradient descent."""
    names = ("data", "model", "batch", "seed", "start")
    return torch_curve("ce", **{n: state[n] for n in names}, rate=state["learning_rate"])[1]


def race(**given: object) -> dict:
    state, problems = TrainingRace.resolve(given)
    assert not problems
    return state


def test_a_race_in_the_page_is_torchs_own_at_any_setting(browser: Browser):
    rng = np.random.default_rng(0)
    states = [
        race(
            data=str(rng.choice(["two", "three", "moons", "spirals", "digits"])),
            model=str(rng.choice(["regression", "hidden"])),
            learning_rate=float(rng.uniform(0, 0.5)),
            batch=float(rng.integers(1, 101)),
            start=float(rng.uniform(0, 1)),
            seed=float(rng.integers(10000)),
            focal=bool(rng.integers(2)),
        )
        for _ in range(8)
    ]
    states += [race(learning_rate=rate, data="two", seed=3.0) for rate in (0.0, 1e-9)]
    for state, found in zip(states, raced_in_the_page(browser, states), strict=True):
        np.testing.assert_allclose(found["nats"], torchs(state), rtol=1e-9, err_msg=str(state))


def test_a_race_in_the_page_diverges_at_the_step_at_which_torchs_does(browser: Browser):
    given = {"model": "hidden", "learning_rate": 100.0}
    states = [race(data=data, **given) for data in ("moons", "three")]
    for state, found in zip(states, raced_in_the_page(browser, states), strict=True):
        curve = torchs(state)
        step = int(np.argmax(~(curve <= LOST)))
        assert step > 0
        assert found["diverged"] == step
        np.testing.assert_allclose(found["nats"][:step], curve[:step], rtol=1e-6)
        assert np.all(np.isnan(found["nats"][step:]))


SETTLING = [
    race(model=model, data=data, learning_rate=rate, start=start)
    for model, data, rate, start in (
        ("regression", "three", 3.0, 10.0),
        ("regression", "moons", 2.0, 2.0),
        ("hidden", "two", 3.0, 10.0),
        ("hidden", "moons", 1.0, 5.0),
        ("hidden", "spirals", 3.0, 0.0),
    )
]
CHAOTIC = [
    race(model="regression", data="moons", learning_rate=50.0),
    race(model="hidden", data="spirals", learning_rate=10.0),
]
AGREED = 40  # steps


def numpys(state: dict) -> np.ndarray:
    return TrainingRace.columns(state)["nats"]["ce"]


def test_a_run_that_settles_is_numpys_to_its_end_from_any_start(browser: Browser):
    for state, found in zip(SETTLING, raced_in_the_page(browser, SETTLING), strict=True):
        np.testing.assert_allclose(found["nats"], numpys(state), rtol=1e-9, err_msg=str(state))


def test_a_run_that_does_not_settle_is_numpys_while_the_last_bit_grows(browser: Browser):
    for state, found in zip(CHAOTIC, raced_in_the_page(browser, CHAOTIC), strict=True):
        np.testing.assert_allclose(found["nats"][:AGREED], numpys(state)[:AGREED], rtol=1e-9)


@pytest.mark.parametrize("state", CHAOTIC, ids=lambda state: state["model"])
def test_where_a_run_does_not_settle_the_last_bit_of_its_rate_becomes_the_first_of_its_loss(state):
    nudged = state | {"learning_rate": float(np.nextafter(state["learning_rate"], np.inf))}
    apart = np.abs(numpys(nudged) / numpys(state) - 1.0)
    assert np.max(apart[:AGREED]) < 1e-9
    assert np.max(apart) > 0.1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 11])
def test_products_of_matrices_agree_whatever_their_sizes(browser: Browser, size):
    page = browser.new_page()
    rng = np.random.default_rng(size)
    left, right = rng.normal(size=(3, size, 6)), rng.normal(size=(6, 9 - size % 4))

    def compute(x):
        product = (left * x) @ (right + x)
        return {
            "out": {
                "product": product,
                "back": np.swapaxes(product, -1, -2) @ np.tanh(left * x),
                "vector": np.exp(right.T * x) @ (left[0, 0] * x),
            }
        }

    assert_agrees(page, compute, {"x": 0.7}, {"x": -1.3}, rtol=1e-12, atol=1e-13)
    page.close()


def test_a_figures_run_is_not_computed_again_for_its_playhead(monkeypatch):
    counted = []
    run = Descent.run

    @functools.wraps(run)
    def counting(**given):
        counted.append(given)
        return run(**given)

    monkeypatch.setattr(Descent, "run", staticmethod(counting))
    state = Descent.resolve({"learning_rate": 1.234})[0]
    for step in range(5):
        Descent.columns(state | {"step": step})
    assert len(counted) == 1
    Descent.columns(state | {"learning_rate": 1.235})
    assert len(counted) == 2


def test_runs_let_go_of_the_oldest_where_room_is_short():
    runs = Runs(room=3000)
    for number in range(4):
        runs.keep(key_of("a", {"x": np.float64(number)}), {"deep": {"y": np.zeros(100)}})
    kept = [runs.get(key_of("a", {"x": np.float64(number)})) is not None for number in range(4)]
    assert kept == [False, True, True, True]


def test_runs_hang_on_every_bit_of_what_they_are_given():
    one, two = (key_of("a", {"x": np.float64(x)}) for x in (0.1, np.nextafter(0.1, 1)))
    assert one != two
    assert key_of("a", {"x": np.float64(0.1)}) == one
