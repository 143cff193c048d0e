"""Said aloud: what a drag has changed, once, by name, when it rests."""

import re

import pytest
from playwright.sync_api import Locator
from tests.browser.driving import FigurePage

from crossent.figures import FIGURES

MODES = ["served", "built"]

# Everything that a screen reader is told of by itself, each change with what is then said.
LISTEN = """() => {
  const live = "output, [role=status], [role=alert], [role=log], [role=timer], [aria-live]";
  const silent = (e) => e.getAttribute("aria-live") === "off";
  window.heard = [];
  new MutationObserver((changes) => {
    const regions = new Set(changes.map(({ target }) => {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      return element?.closest(live);
    }));
    for (const region of regions)
      if (region && !silent(region) && region.checkVisibility()) heard.push(region.textContent);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}"""
REST = 900  # ms, in which nothing more may be said


def dragged(page: FigurePage, slider: Locator) -> list[str]:
    """What is heard while a slider is drawn to and fro in 24 moves, and after it was let go."""
    x, y = page.centre(slider)
    along = slider.get_attribute("aria-orientation") == "horizontal"
    page.page.evaluate(LISTEN)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(24):
        by = (i + 1) * (1 if i % 8 < 6 else -1)
        page.mouse.move(*((x - by, y) if along else (x, y - by)))
    page.page.wait_for_timeout(REST)
    assert page.page.evaluate("heard") == []  # a finger that stays is still dragging
    page.mouse.up()
    page.idle()
    page.page.wait_for_timeout(REST)
    return page.page.evaluate("heard")


@pytest.mark.parametrize("name", FIGURES)
def test_a_drag_is_one_sentence_with_names_when_it_rests(visit, name):
    page = visit.figure(name)
    heard = dragged(page, page.sliders().first)
    assert len(heard) == 1, heard
    parts = heard[0].rstrip(".").split(", ")
    assert any(re.search(r"[a-z].* (minus )?[\d∞.]", part) for part in parts), heard
    assert not re.fullmatch(r"[\d.,− ]+", heard[0])


def test_the_sentence_says_the_loss_as_it_is_shown(visit):
    page = visit.figure("prediction-bars")
    page.page.evaluate(LISTEN)
    page.press("fox", "ArrowUp")
    page.page.wait_for_timeout(REST)
    (heard,) = page.page.evaluate("heard")
    shown = page.root.locator("[data-readout=loss]").first.inner_text()
    assert heard.startswith(f"loss {shown} nats, ")


def test_keys_pressed_one_after_another_are_one_sentence(visit):
    page = visit.figure("logit-gradient")
    page.page.evaluate(LISTEN)
    slider = page.slider("cat")
    for _ in range(6):
        slider.press("ArrowUp")
    page.page.wait_for_timeout(2 * REST)
    assert len(page.page.evaluate("heard")) == 1
