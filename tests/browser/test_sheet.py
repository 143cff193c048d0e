"""The cheat sheet, on paper."""

import re

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Visits
from tests.browser.driving import FigurePage

MODES = ["built"]
LEAST = 7.0  # points: of the smallest words, but for indices
PAPER = round((210 - 2 * 16) / 25.4 * 96)  # px: the width of A4 within its margins
ONLY_THE_SHEET = """() => {
  const sheet = document.querySelector(".sheet");
  sheet.closest(".lesson-body").replaceChildren(sheet);
  document.querySelectorAll(".lesson-head").forEach((head) => head.remove());
}"""
WORDS = """() => {
  const zoom = Number(getComputedStyle(document.body).zoom);
  const sizes = [...document.querySelectorAll(".sheet :is(td, th, p, code)")]
    .map((cell) => parseFloat(getComputedStyle(cell).fontSize));
  return Math.min(...sizes) * zoom * 0.75;
}"""
CUT = """() => [...document.querySelectorAll(".sheet .table-scroll")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.textContent.slice(0, 80))"""


def pages(page: Page) -> int:
    """How many sheets of A4 a page is printed on."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_formula_is_on_one_page_whole_and_can_be_read(visit: Visits, language: str) -> None:
    end = "" if language == "en" else ".fr"
    page = visit.open(visit.site.page_url(f"cheatsheet{end}"))
    FigurePage(page).ready()
    whole = pages(page)
    page.evaluate(ONLY_THE_SHEET)
    assert pages(page) == 1 < whole
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert page.evaluate(CUT) == []
    assert page.evaluate(WORDS) >= LEAST
