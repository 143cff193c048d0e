"""A claim's verdict waits for a vote, and the next claim for another."""

import pytest
from tests.browser.conftest import Visits

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn


def test_the_verdict_is_not_on_the_page_before_there_is_a_vote(visit: Visits) -> None:
    page = visit.figure("claim-check", {"claim": "coin"})
    verdict = page.root.get_by_text("It costs 0.7133 nats", exact=False)
    assert not verdict.is_visible()
    page.radio("false", "your vote").check(force=True)
    page.idle()
    assert verdict.is_visible()


def test_another_claim_takes_back_the_vote_and_what_was_dragged_and_undo_brings_them(
    visit: Visits,
) -> None:
    page = visit.figure("claim-check", {"claim": "coin", "vote": "fails", "p": 0.2})
    page.radio("3", "claim").check(force=True)
    state = page.idle().state
    assert (state["claim"], state["vote"], state["p"]) == ("pushes", "open", 0.6)
    page.button("Undo").click()
    state = page.idle().state
    assert (state["claim"], state["vote"], state["p"]) == ("coin", "fails", 0.2)


def test_what_settles_a_claim_is_shown_by_a_press(visit: Visits) -> None:
    page = visit.figure("claim-check", {"claim": "negative", "vote": "holds"})
    assert page.readout("grad") < 0
    page.button("Show what settles it").click()
    page.page.wait_for_function("() => !document.querySelector('[data-figure]').gestures.current")
    assert page.idle().readout("grad") > 0.05
