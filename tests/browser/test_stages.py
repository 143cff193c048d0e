"""A figure shows what its part of the text needs; more appears as the reader comes to it."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Visits

from crossent.figures import FIGURES

MODES = ["built"]

# What is seen of a figure's stage: each element without children, what it is and what it says.
SEEN = """(stage) => [...stage.querySelectorAll("*")]
  .filter((one) => one.checkVisibility() && !one.closest(".plot-canvas"))
  .map((one) => [one.tagName, one.className, one.childElementCount ? "" : one.textContent])"""

# A second figure like the page's, of which every part that has a name appears later.
TWIN = """async () => {
  const one = document.querySelector("crossent-figure");
  const names = new Set();
  const collect = (node) => {
    if (!node || typeof node !== "object") return;
    for (const name of node.called ?? []) names.add(name);
    Object.values(node).forEach(collect);
  };
  collect(one.spec.view);
  for (const name of ["add_class", "remove_class", "type_row"]) names.add(name);
  const two = document.createElement("crossent-figure");
  two.id = "twin";
  two.style.width = `${one.offsetWidth}px`;
  one.after(two);
  await two.mount({
    spec: one.spec,
    initial: { state: structuredClone(one.state), columns: one.columns },
    link: one.link,
    hidden: new Set(names),
    later: [...names],
  });
  const before = two.querySelectorAll(".stage [hidden]").length;
  two.reveal(names);
  const plots = [...two.querySelectorAll(".plot")].filter((plot) => plot.checkVisibility());
  await Promise.all(plots.map((plot) => plot.drawn));
  await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  return before;
}"""


@pytest.mark.parametrize("figure", FIGURES)
def test_what_appears_later_is_as_if_it_had_always_been_there(visit: Visits, figure: str) -> None:
    page = visit.figure(figure).page
    assert page.evaluate(TWIN) > 0
    stages = page.locator("crossent-figure .stage")
    assert stages.nth(1).evaluate(SEEN) == stages.nth(0).evaluate(SEEN)


def read(page: Page, selector: str) -> None:
    page.locator(selector).evaluate("block => block.scrollIntoView({ block: 'center' })")


def lesson(visit: Visits, size: dict[str, int], **query: str) -> Page:
    page = visit.open(visit.site.page_url("softmax-gradient", **query))
    page.set_viewport_size(size)
    page.wait_for_function("!document.querySelector('crossent-figure:not([data-ready])')")
    return page


STEP = "#figure-push .column[data-part~=step]"
LENGTH = "#figure-push [data-part~=grad_norm]"


def test_a_part_appears_when_its_text_is_read_and_stays(visit: Visits) -> None:
    page = lesson(visit, {"width": 1440, "height": 900})
    expect(page.locator(STEP)).to_be_hidden()
    read(page, "#challenge-1")
    expect(page.locator(STEP)).to_be_visible()
    expect(page.locator(f"{STEP} .plot .bk-Figure")).to_be_visible()
    expect(page.locator(LENGTH)).to_be_hidden()
    read(page, "#figure-push + p")
    expect(page.locator(STEP)).to_be_visible()


def test_on_a_phone_what_is_read_stays_in_its_place(visit: Visits) -> None:
    page = lesson(visit, PHONE)
    figure = page.locator("#figure-push")
    before = figure.evaluate("figure => figure.offsetHeight")
    moved = page.evaluate("""async () => {
      const block = document.querySelector("#challenge-1");
      block.scrollIntoView({ block: "end", behavior: "instant" });
      const frame = () => new Promise((go) => requestAnimationFrame(go));
      const tops = [];
      for (let i = 0; i < 20; i++) {
        tops.push(block.getBoundingClientRect().top);
        if (i === 1) scrollBy({ top: 200, behavior: "instant" }); // over the line
        await frame();
      }
      return [tops[1], tops.at(-1)];
    }""")
    assert figure.evaluate("figure => figure.offsetHeight") > before + 100
    assert moved[1] == pytest.approx(moved[0] - 200, abs=2)


def test_a_link_into_the_text_a_state_and_a_step_find_their_parts(visit: Visits) -> None:
    page = lesson(visit, PHONE, **{"push.learning_rate": "3"})
    expect(page.locator(STEP)).to_be_visible()
    page = lesson(visit, {"width": 1280, "height": 720}, present="6")
    expect(page.locator("#challenge-1")).to_be_visible()
    expect(page.locator("#figure-push").get_by_role("button", name="Take a step")).to_be_visible()
    expect(page.locator(LENGTH)).to_be_hidden()  # its slide is the next one
    page.keyboard.press("ArrowRight")
    expect(page.locator(LENGTH)).to_be_visible()


def test_a_figure_that_is_presented_grows_with_its_steps(visit: Visits) -> None:
    page = lesson(visit, {"width": 1280, "height": 720}, present="1")
    page.set_viewport_size({"width": 1280, "height": 800})  # as when it fills the screen
    page.evaluate("new Promise((go) => setTimeout(go, 200))")
    assert page.locator(STEP).evaluate("part => part.hidden")
    for _ in range(5):
        page.keyboard.press("PageDown")
    expect(page.locator("#challenge-1")).to_be_visible()
    assert not page.locator(STEP).evaluate("part => part.hidden")
    assert page.locator(LENGTH).evaluate("part => part.closest('[hidden]') !== null")


def test_what_the_address_hides_does_not_appear(visit: Visits) -> None:
    page = lesson(visit, {"width": 1440, "height": 900}, hide="step")
    read(page, "#challenge-2")
    expect(page.locator(LENGTH)).to_be_visible()
    expect(page.locator(STEP)).to_be_hidden()


def test_paper_has_all_of_a_figure(visit: Visits) -> None:
    page = lesson(visit, {"width": 1440, "height": 900})
    plot = f"document.querySelector('{STEP} .plot')"
    page.wait_for_function(f"{plot}.plotView")  # drawn where nobody sees it
    expect(page.locator(STEP)).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(STEP)).to_be_visible()
    assert page.evaluate(f"{plot}.querySelectorAll('.on-paper path').length") > 0
    expect(page.locator(LENGTH)).to_be_visible()
