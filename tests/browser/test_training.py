"""The race in a page: its link, its playhead, a run that diverges."""

import math

import pytest
from tests.browser.conftest import Visits

from crossent.figures.training_race import TrainingRace

MODES = ["served", "file"]
AT_137 = {"step": 137.0, "learning_rate": 0.3, "focal": True, "smoothed": True, "seed": 4.0}


def numpys(**given: object) -> dict[str, float]:
    state, problems = TrainingRace.resolve(given)
    assert not problems
    return {name: float(value) for name, value in TrainingRace.columns(state)["readout"].items()}


def test_a_link_to_step_137_shows_numpys_numbers(visit: Visits) -> None:
    figure = visit.figure("training-race", AT_137).idle()
    wanted = numpys(**AT_137)
    shown = {name: value for name, value in figure.readouts().items() if name in wanted}
    assert "nats_ce" in shown
    assert shown == pytest.approx({name: wanted[name] for name in shown}, rel=1e-9, nan_ok=True)
    figure.page.reload()
    assert figure.ready().idle().readouts() == pytest.approx(figure.readouts(), nan_ok=True)
    assert figure.state["step"] == 137


def test_a_tick_of_the_playhead_changes_the_numbers_and_is_undone(visit: Visits) -> None:
    figure = visit.figure("training-race", AT_137).idle()
    figure.press("step", "ArrowRight")
    figure.idle()
    wanted = numpys(**AT_137 | {"step": 138.0})
    assert figure.readouts()["nats_ce"] == pytest.approx(wanted["nats_ce"], rel=1e-9)
    figure.button("Undo").click()
    assert figure.idle().state["step"] == 137


def test_a_run_that_diverges_says_at_which_step(visit: Visits) -> None:
    state = {"data": "moons", "model": "hidden", "learning_rate": 100.0, "step": 300.0}
    figure = visit.figure("training-race", state).idle()
    step = numpys(**state)["diverged_ce"]
    said = figure.root.get_by_text(f"Cross-entropy diverged at step {step:.0f}.", exact=True)
    assert said.is_visible()
    assert "nan" not in figure.root.inner_text().lower()
    assert math.isfinite(figure.readouts()["nats_ce"])
