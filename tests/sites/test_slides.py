"""Figures on slides: a deck of plain HTML in the real reveal.js, which scales it, with its keys."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page
from tests.browser.driving import ROOT, BuiltSite

REVEAL = ROOT / "node_modules" / "reveal.js" / "dist"
FIGURE = """<section>
  <h2>Pull a logit</h2>
  <crossent-figure name="logit-gradient" form="card"></crossent-figure>
</section>"""
DECK = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>A deck</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="reveal.css">
    <script type="module" src="crossent.js"></script>
  </head>
  <body>
    <div class="reveal"><div class="slides">
      <section><h2>Losses</h2></section>
      {figure}
      <section><h2>Between</h2></section>
      <section><h2>More</h2></section>
      <section><h2>Still more</h2></section>
      <section><crossent-figure name="bce-curves"></crossent-figure></section>
    </div></div>
    <script src="reveal.js"></script>
    <script>Reveal.initialize({{ transition: "none", hash: true }});</script>
  </body>
</html>
"""
MIDDLE = """window.middle = (grip) => {
  const { left, right } = grip.getBoundingClientRect();
  return (left + right) / 2;
};"""
SHORT = {"width": 700, "height": 500}  # px: the deck, of 960 x 700, is scaled down


@pytest.fixture(scope="module")
def deck(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltSite]:
    """The deck, beside the figures' module and reveal.js."""
    folder = tmp_path_factory.mktemp("deck")
    shutil.copytree(built_folder / "assets", folder / "assets")
    for file in (built_folder / "crossent.js", REVEAL / "reveal.js", REVEAL / "reveal.css"):
        shutil.copy(file, folder)
    (folder / "index.html").write_text(DECK.format(figure=FIGURE), encoding="utf-8")
    site = BuiltSite(folder)
    yield site
    site.stop()


@pytest.fixture
def page(browser: Any, deck: BuiltSite) -> Iterator[Page]:
    page = browser.new_page(viewport=SHORT, has_touch=True)
    page.set_default_timeout(30_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(MIDDLE)
    yield page
    page.close()
    assert complaints == []


def shown(page: Page, deck: BuiltSite, slide: int, name: str) -> Locator:
    """A figure on its slide."""
    page.goto(f"{deck.origin}/index.html#/{slide}")
    figure = page.locator(f"[data-figure={name}][data-ready]")
    figure.wait_for()
    return figure


def drawn(figure: Locator) -> Locator:
    """The figure, once its plots are there."""
    figure.locator(".plot").first.evaluate("box => box.drawn.then(() => true)")
    return figure


def slide_of(page: Page) -> int:
    return page.evaluate("Reveal.getIndices().h")


def test_arrow_keys_are_the_focused_sliders_until_escape_gives_them_back(page, deck):
    figure = shown(page, deck, 1, "logit-gradient")
    cat = figure.get_by_role("slider", name="cat").first
    before = float(cat.get_attribute("aria-valuenow"))
    cat.press("ArrowRight")
    assert float(cat.get_attribute("aria-valuenow")) > before
    field = figure.get_by_role("textbox").first
    field.press("n")  # the deck's key for the next slide
    assert slide_of(page) == 1
    cat.focus()
    page.keyboard.press("Escape")
    assert not page.evaluate("Reveal.isOverview()")
    page.keyboard.press("ArrowRight")
    assert slide_of(page) == 2


def test_what_is_dragged_on_a_scaled_slide_is_under_the_pointer_and_turns_no_slide(page, deck):
    figure = drawn(shown(page, deck, 5, "bce-curves"))
    grip = figure.locator(".plot-handle:visible").first
    scale = page.evaluate("Reveal.getScale()")
    assert scale < 0.75
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=4)
    page.wait_for_function(
        "([grip, x]) => Math.abs(middle(grip) - x) < 3",
        arg=[grip.element_handle(), x + 30],
    )
    page.mouse.up()
    touch = page.context.new_cdp_session(page)
    for kind, by in (("touchStart", 30), ("touchMove", 0), ("touchMove", -30), ("touchEnd", None)):
        points = [] if by is None else [{"x": x + by, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function(
        "([grip, x]) => Math.abs(middle(grip) - x) < 3",
        arg=[grip.element_handle(), x - 30],
    )
    assert slide_of(page) == 5


def test_a_figure_on_a_slide_that_was_hidden_has_its_size_when_it_is_shown(page, deck):
    drawn(shown(page, deck, 5, "bce-curves"))
    plots = "figure => [...figure.querySelectorAll('.plot')].map((box) => box.offsetWidth)"
    direct = page.locator("[data-figure=bce-curves]").evaluate(plots)
    page.goto(f"{deck.origin}/index.html#/0")
    page.reload()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    figure = page.locator("[data-figure=bce-curves][data-ready]")
    figure.wait_for()
    drawn(figure)
    assert slide_of(page) == 5
    assert figure.evaluate(plots) == direct
    assert page.evaluate("Reveal.getScale()") < 0.75
    width = "figure => figure.querySelector('.plot').plotView.bbox.width"
    assert figure.evaluate(width) == pytest.approx(direct[0], abs=2)
    with page.expect_download() as saved:  # what is seen of its tools is the slide's to say
        figure.get_by_role("button", name="SVG").evaluate("button => button.click()")
    wide = re.search(r'<svg[^>]* width="([\d.]+)"', Path(saved.value.path()).read_text("utf-8"))
    stage = figure.locator(".stage").evaluate("stage => stage.offsetWidth")
    assert stage < float(wide[1]) < stage + 60
