"""An animated step is one gesture: all of what was asked and no more, whatever interrupts it."""

import numpy as np
import pytest

from crossent.core import cross_entropy_grad

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

START = [2.0, 1.2, 0.3, -0.8, -2.0]


def stepped(steps):
    """The logits after so many steps of gradient descent at rate 1."""
    logits = np.array(START)
    for _ in range(steps):
        logits = logits - cross_entropy_grad(logits, 0)
    return logits


def at_rest(page):
    """The figure's state once no gesture is under way."""
    page.page.wait_for_function("() => !document.querySelector('[data-figure]').gestures.current")
    return page.idle().state


def test_a_step_ends_where_numpy_ends(logits):
    logits.button("Take a step").click()
    assert at_rest(logits)["logits"] == pytest.approx(stepped(1), rel=1e-12)


def test_two_quick_clicks_are_two_steps(logits):
    logits.button("Take a step").click()
    logits.button("Take a step").click()
    assert at_rest(logits)["logits"] == pytest.approx(stepped(2), rel=1e-12)


def test_a_step_that_another_gesture_cuts_short_is_whole_and_stays_one(logits):
    logits.button("Take a step").click()
    rate = logits.root.get_by_label("learning rate, typed")
    rate.fill("10")
    rate.press("Enter")
    state = at_rest(logits)
    assert state["learning_rate"] == 10
    assert state["logits"] == pytest.approx(stepped(1), rel=1e-12)


def test_undo_takes_back_one_step(logits):
    logits.button("Take a step").click()
    at_rest(logits)
    logits.button("Undo").click()
    assert at_rest(logits)["logits"] == START
