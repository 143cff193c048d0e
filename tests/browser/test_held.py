"""What the text speaks of is in view: beside it on a wide page, in a strip on a narrow one."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE, Visits

from crossent.pages.course import Course

MODES = ["built"]
WIDE = {"width": 1440, "height": 900}

# Goes through all that a page asks of its reader; gives what each points at that is not seen.
WALK = """async () => {
  const rest = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  const room = document.documentElement.clientHeight;
  const within = (element, { top, bottom, left, right }) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.height > 0 &&
      box.bottom > top + 4 && box.top < bottom - 4 && box.right > left && box.left < right;
  };
  const shows = (name) => `:is(.sentence, .strip) [data-shows="${name}"]`;
  const named = (root, name) => root.querySelectorAll(
    `[data-part~="${name}"], [data-readout="${name}"], ${shows(name)}`);
  const whole = { top: 0, bottom: room, left: 0, right: innerWidth };
  const lost = [];
  const spoken = ({ dataset: { look, goal } }) => {
    const of = (tree) => !Array.isArray(tree) ? [] :
      ["get", "first"].includes(tree[0]) ? [tree[1]] : tree.slice(1).flatMap(of);
    return JSON.parse(look ?? "[]").length ? JSON.parse(look) : of(JSON.parse(goal ?? "[]"));
  };
  // What of a figure is pointed at and not seen, if anything.
  const missing = (figure, step) => {
    if (getComputedStyle(figure).visibility === "hidden") return "the figure";
    const strip = document.querySelector(".strip:not([hidden])");
    const scrolls = figure.matches(".too-high") ? figure.getBoundingClientRect() : whole;
    const names = spoken(step).filter((name) =>
      [...named(figure, name)].some((element) => element.checkVisibility()));
    // Pinned, a figure shows what is drawn of it, and the strip its numbers.
    const seen = (name) =>
      [...named(figure, name)].some((element) => within(element, scrolls)) ||
      (strip && [...named(strip, name)].some((element) => within(element, whole)));
    if (names.length) return names.some(seen) ? "" : names.join(" ");
    const pinned = strip && figure.matches(".pinned");
    return pinned || within(figure, whole) ? "" : "the figure";
  };
  const blocks = [...document.querySelectorAll(
    ".lesson-body > :is(.try, .question, .challenge, .exercise)")];
  // What is pressed counts for a moment after its figure has changed: it comes last.
  const later = (block) => Number(block.matches(".try"));
  for (const block of blocks.sort((one, other) => later(one) - later(other))) {
    const on = block.dataset.exercise && JSON.parse(block.dataset.exercise).on;
    const figure = document.getElementById(`figure-${block.dataset.for ?? on}`);
    // On a narrow page what stands further down is not there yet.
    const comes = figure?.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_PRECEDING;
    if (!figure || (comes && innerWidth < 1000)) continue;
    const steps = block.matches(".try") ? [...block.querySelectorAll("[data-whole]")] : [block];
    for (const step of steps) {
      step.scrollIntoView({ block: "center" });
      if (step !== block) {
        step.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        step.click();
      }
      let missed = "";
      for (let frame = 0; frame < 60; frame++) { // the figure may have to compute first
        await rest();
        missed = missing(figure, step);
        if (!missed) break;
      }
      if (missed) lost.push([block.id, missed]);
    }
  }
  return lost;
}"""


def opened(visit: Visits, slug: str, size: dict[str, int]):
    page = visit.open(visit.site.page_url(slug))
    page.set_viewport_size(size)
    page.wait_for_function("!document.querySelector('crossent-figure:not([data-ready])')")
    return page


@pytest.mark.parametrize("slug", Course().places())
def test_what_is_spoken_of_is_in_view(visit: Visits, slug: str) -> None:
    page = opened(visit, slug, WIDE)
    assert page.evaluate(WALK) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(WALK) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_figure_is_held_while_its_text_passes(visit: Visits) -> None:
    page = opened(visit, "binary", WIDE)
    for block, held in (("#challenge-2", "#figure-curves"), ("#try-logits", "#figure-logits")):
        page.locator(block).evaluate("block => block.scrollIntoView({ block: 'center' })")
        expect(page.locator(held)).to_be_in_viewport(ratio=0.99)
        expect(page.locator(".lesson-figure:visible")).to_have_count(1)


def test_what_appears_in_a_figure_that_is_too_high_comes_into_view(visit: Visits) -> None:
    page = opened(visit, "segmentation", WIDE)
    shapes = page.locator("#figure-pixels [data-part~=shapes]")
    for block in ("#question-1", "#shapes + div + p"):
        page.locator(block).evaluate("block => block.scrollIntoView({ block: 'center' })")
        expect(shapes).to_be_visible(visible=block != "#question-1")
    expect(shapes).to_be_in_viewport(ratio=0.9)


def test_a_number_that_is_read_of_comes_into_view(visit: Visits) -> None:
    page = opened(visit, "softmax-gradient", WIDE)
    page.locator("#in-a-batch + p").evaluate("block => block.scrollIntoView({ block: 'center' })")
    expect(page.locator("#figure-turn [data-shows=batch_mean]")).to_be_in_viewport()


def test_what_is_pressed_brings_its_figure(visit: Visits) -> None:
    page = opened(visit, "binary", WIDE)
    page.locator("#try-curves").evaluate("block => block.scrollIntoView({ block: 'end' })")
    page.locator("#try-curves button").first.click()
    expect(page.locator("#figure-curves")).to_be_visible()
    expect(page.locator("#figure-curves [data-readout=loss]")).to_have_attribute(
        "data-value", "Infinity"
    )


def test_a_figure_that_is_scrolled_away_is_a_strip_that_grows(visit: Visits) -> None:
    page = opened(visit, "binary", PHONE)
    strip = page.locator(".strip")
    expect(strip).to_be_hidden()
    page.locator("#challenge-2").evaluate("block => block.scrollIntoView({ block: 'center' })")
    expect(strip).to_contain_text("0.3567")
    before = page.locator("#challenge-2").bounding_box()
    page.get_by_role("button", name="Show the figure").click()
    assert page.locator("#challenge-2").bounding_box() == pytest.approx(before, abs=2)
    handle = page.locator("#figure-curves").get_by_role("slider").first
    expect(handle).to_be_in_viewport()
    handle.press("Home")
    page.get_by_role("button", name="Make it small").click()
    expect(strip).not_to_contain_text("0.3567")


def test_a_strip_of_sums_has_the_first_sums_number(visit: Visits) -> None:
    page = opened(visit, "information", PHONE)
    page.locator("#question-1").evaluate("block => block.scrollIntoView({ block: 'center' })")
    total = page.locator(".sum-total output").first.inner_text()
    expect(page.locator(".strip-number b").first).to_have_text(total)
    # In bits the sum in nats is not seen.
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".strip")).to_be_hidden()
    page.locator("#figure-pair crossent-figure").evaluate(
        "figure => figure.assign({ unit: 'bits' })"
    )
    page.locator("#question-1").evaluate("block => block.scrollIntoView({ block: 'start' })")
    expect(page.locator(".strip-number b").first).to_have_text("3.188")


def test_a_strip_has_the_sum_before_a_lesser_number(visit: Visits) -> None:
    page = opened(visit, "likelihood", PHONE)
    page.locator("#draws ~ p").first.evaluate("block => block.scrollIntoView({ block: 'center' })")
    expect(page.locator(".strip-number b").first).to_have_text("1.305")


def test_a_challenge_leaves_the_strip_for_its_figure(visit: Visits) -> None:
    page = opened(visit, "binary", PHONE)
    challenge = page.locator("#challenge-2")
    challenge.evaluate("block => block.scrollIntoView({ block: 'center' })")
    expect(page.locator(".strip")).to_be_visible()
    challenge.locator("[data-begin]").click()
    expect(page.locator(".strip")).to_be_hidden()
    expect(page.locator("#figure-curves").get_by_role("slider").first).to_be_in_viewport()
    expect(page.locator(".challenge-bar:not([hidden])")).to_be_visible()


def test_presenting_takes_a_figure_out_of_its_column(visit: Visits) -> None:
    page = opened(visit, "binary", {"width": 1280, "height": 720})
    page.keyboard.press("p")
    stage = page.locator(".lesson-figure.on-stage")
    expect(stage).to_be_visible()
    assert stage.bounding_box()["x"] < 100
    page.keyboard.press("Escape")
    assert page.locator(".lesson-figure.held").bounding_box()["x"] > 500


def test_an_address_that_names_a_figure_brings_it(visit: Visits) -> None:
    page = opened(visit, "binary", WIDE)
    page.evaluate("location.hash = 'figure-logits'")
    expect(page.locator("#figure-logits")).to_be_in_viewport(ratio=0.99)
    expect(page.locator("#the-same-against-the-logit")).to_be_in_viewport()


def test_the_keyboard_reaches_a_figure_that_is_not_held(visit: Visits) -> None:
    page = opened(visit, "binary", WIDE)
    page.locator("#challenge-2 summary").focus()
    expect(page.locator("#figure-curves")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#figure-logits [data-readout=loss]")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#figure-logits").get_by_role("slider").first).to_be_focused()


def test_a_heading_that_is_gone_to_is_not_behind_the_strip(visit: Visits) -> None:
    page = opened(visit, "binary", PHONE)
    page.evaluate("location.hash = 'practice'")
    strip = page.locator(".strip")
    expect(strip).to_be_visible()
    top = page.locator("#practice").bounding_box()["y"]
    assert top >= strip.bounding_box()["height"]


def test_a_figure_in_the_strip_keeps_its_own_size_when_the_window_turns(visit: Visits) -> None:
    page = opened(visit, "binary", PHONE)
    page.locator("#challenge-2").evaluate("block => block.scrollIntoView({ block: 'center' })")
    expect(page.locator("#figure-curves")).to_have_class(re.compile("pinned"))
    page.set_viewport_size({"width": PHONE["height"], "height": PHONE["width"]})
    page.wait_for_function("""() => {
      const plot = document.querySelector("#figure-curves .plot");
      return Math.abs(plot.plotView.bbox.width - plot.clientWidth) < 3;
    }""")
