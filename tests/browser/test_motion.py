"""For those who ask for less motion nothing moves by itself, and all of it happens."""

import pytest
from tests.browser.conftest import Visits
from tests.browser.driving import FigurePage

MODES = ["built"]

# Watches a figure for a second: the places of its first bar, and the animations of its page.
MOVING = """() => new Promise((done) => {
  const places = new Set(), animated = new Set(), end = performance.now() + 1000;
  const grip = document.querySelector(".cb-grip");
  (function look() {
    places.add(Math.round(grip.getBoundingClientRect().top));
    for (const one of document.getAnimations()) animated.add(one.effect.target?.className);
    if (performance.now() < end) requestAnimationFrame(look);
    else done({ places: places.size, animated: [...animated] });
  })();
})"""


def opened(visit: Visits, motion: str, path: str) -> FigurePage:
    visit.desk = None  # a context of its own: the desk's moves
    context = visit.context(reduced_motion=motion)
    return FigurePage(visit.open(visit.site.page_url(path), context=context)).ready()


@pytest.mark.parametrize(
    ("motion", "places"), [("reduce", range(1, 3)), ("no-preference", range(3, 200))]
)
def test_a_step_is_shown_as_it_goes_only_to_those_who_like_motion(
    visit: Visits, motion: str, places: range
) -> None:
    figure = opened(visit, motion, "figures/logit-gradient")
    start = figure.state["logits"]
    figure.button("Take a step").click()
    seen = figure.page.evaluate(MOVING)
    assert seen["places"] in places
    assert figure.idle().state["logits"] != start
    if motion == "reduce":
        assert seen["animated"] == []


def test_no_confetti_flies_where_motion_is_unwelcome(visit: Visits) -> None:
    figure = opened(visit, "reduce", "surprise")
    page = figure.page
    page.evaluate(
        "document.querySelector('.challenge').append(Object.assign("
        "document.createElement('span'), { className: 'burst' }))"
    )
    assert page.locator(".burst").evaluate("e => getComputedStyle(e).display") == "none"
    assert page.evaluate("document.getAnimations().length") == 0
