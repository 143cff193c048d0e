"""Presented: words for the last row, nothing that scrolls, a clicker's keys, its step kept."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visits
from tests.browser.driving import FigurePage, Site

from crossent.figures import FIGURES
from crossent.pages.course import Course

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

PROJECTOR = {"width": 1280, "height": 720}
LEAST = 18  # px, of every word on the screen
LESSONS = list(Course().places())

# What a page at 1280 by 720 has that the last row cannot read or that has to be scrolled for, and
# what it has not, though its challenge is about that.
UNREADABLE = """(least) => {
  const wrong = [];
  const page = document.documentElement;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const size = (e) => parseFloat(getComputedStyle(e).fontSize);
  if (page.scrollHeight > innerHeight) wrong.push(`${page.scrollHeight} px high`);
  if (page.scrollWidth > innerWidth) wrong.push(`${page.scrollWidth} px wide`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const box = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!words || !seen(box) || getComputedStyle(box).clipPath !== "none") continue;
    if (box.closest("option, script, style")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const edge = range.getBoundingClientRect();
    if (size(box) < least) wrong.push(`${words} in ${size(box)} px`);
    if (edge.bottom > innerHeight || edge.right > innerWidth) wrong.push(`${words} is cut`);
  }
  for (const field of document.querySelectorAll(".on-stage input[type=text]")) {
    if (!seen(field)) continue;
    if (size(field) < least) wrong.push(`a field in ${size(field)} px`);
    if (field.scrollWidth > field.clientWidth + 1) wrong.push(`${field.value} is cut`);
  }
  for (const box of document.querySelectorAll(".on-stage .plot")) {
    if (!seen(box)) continue;
    for (const model of box.plotView.model.document._all_models.values()) {
      if (!/Axis$|^Text$|^Label$|^LegendItem$/.test(model.type)) continue;
      for (const property of model) {
        if (!/font_size$/.test(property.attr)) continue;
        const value = property.get_value();
        const pixels = parseFloat(value?.value ?? value);
        if (pixels < least) wrong.push(`${model.type}.${property.attr}: ${pixels} px`);
      }
    }
  }
  for (const box of document.querySelectorAll(".on-stage *")) {
    const { overflowX, overflowY } = getComputedStyle(box);
    const x = overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1;
    const y = overflowY === "auto" && box.scrollHeight > box.clientHeight + 1;
    if (seen(box) && box.clientWidth > 1 && (x || y)) wrong.push(`${box.className} scrolls`);
  }
  const challenge = document.querySelector(".challenge.on-stage");
  for (const name of JSON.parse(challenge?.dataset.look ?? "[]")) {
    const is = `[data-part~="${name}"], [data-readout="${name}"], [data-shows="${name}"]`;
    const all = [...document.querySelectorAll(`.on-stage :is(${is})`)];
    const parts = all.filter((part) => !part.closest("[hidden]")); // in the state that it is in
    const inside = (part) => [part, ...part.querySelectorAll("*")];
    if (parts.length && !parts.flatMap(inside).some(seen)) wrong.push(`${name} is left out`);
  }
  return wrong;
}"""


def presented(visit: Visits, url: str) -> Page:
    page = visit.open(url)
    page.set_viewport_size(PROJECTOR)
    FigurePage(page).ready()
    return page


def count(page: Page) -> tuple[int, int]:
    at, _, of = page.locator(".present-count").inner_text().split()
    return int(at), int(of)


def whole_show(page: Page) -> dict[str, Any]:
    """Goes through all steps; what the last row cannot read, by step."""
    found = {}
    _, steps = count(page)
    for step in range(1, steps + 1):
        FigurePage(page).ready()
        page.evaluate("() => new Promise((done) => setTimeout(done, 60))")  # a plot's new size
        if wrong := page.evaluate(UNREADABLE, LEAST):
            found[step] = wrong
        page.keyboard.press("PageDown")
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_the_last_row_reads_every_word_of_a_presented_figure(visit: Visits, name: str) -> None:
    page = presented(visit, visit.site.figure_url(name, present=1))
    assert whole_show(page) == {}


@pytest.mark.parametrize("slug", LESSONS)
def test_the_last_row_reads_every_word_of_a_presented_lesson(visit: Visits, slug: str) -> None:
    page = presented(visit, visit.site.page_url(slug, present=1))
    assert whole_show(page) == {}


def test_a_wrong_answers_reply_is_on_the_screen_with_three_tests_ordered(visit: Visits) -> None:
    page = presented(visit, visit.site.page_url("clinic", present=15))
    figure = page.locator(".lesson-figure.on-stage")
    for test in ("first_loss", "targets", "one_batch"):
        figure.locator(f"[data-part~=test_{test}] .switch").click()
    figure.locator(".choice.long label").nth(2).click()
    expect(figure.locator("[data-part~=reply]")).to_be_in_viewport(ratio=1)
    FigurePage(page).idle()
    assert page.evaluate(UNREADABLE, LEAST) == []


def test_after_a_drag_the_clicker_goes_on_to_the_next_step(visit: Visits) -> None:
    figure = FigurePage(presented(visit, visit.site.figure_url("prediction-bars", present=2)))
    figure.drag("fox", 0.9)
    assert figure.state["probs"][2] == 0.9
    for key, step in (("PageDown", 3), ("ArrowLeft", 2), ("ArrowRight", 3), ("PageUp", 2)):
        figure.page.keyboard.press(key)
        assert count(figure.page)[0] == step
    assert figure.idle().state["probs"] != [0.05, 0.05, 0.9, 0]


def test_a_bar_that_the_keyboard_has_come_to_keeps_its_keys(visit: Visits) -> None:
    figure = FigurePage(presented(visit, visit.site.figure_url("prediction-bars", present=1)))
    before = figure.now("fox")
    figure.press("fox", "ArrowUp")
    assert figure.now("fox") > before
    assert count(figure.page)[0] == 1


def test_a_presented_page_that_is_loaded_again_is_at_its_step_and_in_its_state(
    visit: Visits,
) -> None:
    figure = FigurePage(presented(visit, visit.site.page_url("surprise", present=1)))
    for _ in range(2):
        figure.page.keyboard.press("ArrowRight")
    figure.idle().drag("fox", 0.42)
    assert re.search(r"\bpresent=3\b", figure.page.url)
    state = figure.state
    figure.page.reload()
    again = FigurePage(figure.page).ready()
    assert count(again.page)[0] == 3
    assert again.state == state


def test_a_link_to_a_step_alone_shows_it_in_its_own_state(visit: Visits) -> None:
    preset = FIGURES["logit-gradient"].presets[1]
    page = presented(visit, visit.site.figure_url("logit-gradient", present=3))
    state = FigurePage(page).idle().state
    assert {name: state[name] for name in preset.state} == json.loads(json.dumps(preset.state))
    expect(page.locator(".try.on-stage")).to_contain_text(preset.label)


def test_escape_leaves_and_p_presents_a_figure(visit: Visits) -> None:
    page = presented(visit, visit.site.figure_url("bce-curves", present=2))
    expect(page.locator("html")).to_have_class(re.compile("presenting"))
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_class(re.compile("presenting"))
    assert "present" not in page.url
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_class(re.compile("presenting"))


def test_what_is_presented_has_one_heading_and_lies_in_landmarks(visit: Visits, site: Site) -> None:
    for url in (site.figure_url("bce-curves", present=1), site.page_url("binary", present=1)):
        page = presented(visit, url)
        headings = page.get_by_role("heading", level=1)
        expect(headings).to_have_count(1)
        expect(page.get_by_role("region", name="Present").get_by_role("heading")).to_have_count(1)
