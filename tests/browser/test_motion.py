"""For those who ask for less motion nothing moves by itself, and all of it happens."""

import pytest
from tests.browser.conftest import Visits
from tests.browser.driving import FigurePage

MODES = ["built"]

# Where a figure's first bar is, and what the page animates.
LOOK = """() => [
  Math.round(document.querySelector(".cb-grip").getBoundingClientRect().top),
  document.getAnimations().map((one) => one.effect.target?.className ?? ""),
]"""


def watched_step(figure: FigurePage) -> tuple[set[int], list[str]]:
    """The places of its first bar in a second after a click on its step, and what was animated.

    By the page's own clock, so that a busy machine, which draws few frames, shows as many.
    """
    clock = figure.page.clock
    clock.install(time=0)
    clock.pause_at(1000)
    figure.button("Take a step").click()
    places, animated = set(), []
    for _ in range(50):
        clock.run_for(20)
        place, moving = figure.page.evaluate(LOOK)
        places.add(place)
        animated += moving
    clock.resume()
    return places, animated


def opened(visit: Visits, motion: str, path: str) -> FigurePage:
    visit.desk = None  # a context of its own: the desk's moves
    context = visit.context(reduced_motion=motion)
    return FigurePage(visit.open(visit.site.page_url(path), context=context)).ready()


@pytest.mark.parametrize(
    ("motion", "places"), [("reduce", range(1, 3)), ("no-preference", range(5, 50))]
)
def test_a_step_is_shown_as_it_goes_only_to_those_who_like_motion(
    visit: Visits, motion: str, places: range
) -> None:
    figure = opened(visit, motion, "figures/logit-gradient")
    start = figure.state["logits"]
    seen, animated = watched_step(figure)
    assert len(seen) in places
    assert figure.idle().state["logits"] != start
    if motion == "reduce":
        assert animated == []


def test_no_confetti_flies_where_motion_is_unwelcome(visit: Visits) -> None:
    figure = opened(visit, "reduce", "surprise")
    page = figure.page
    page.evaluate(
        "document.querySelector('.challenge').append(Object.assign("
        "document.createElement('span'), { className: 'burst' }))"
    )
    assert page.locator(".burst").evaluate("e => getComputedStyle(e).display") == "none"
    assert page.evaluate("document.getAnimations().length") == 0
