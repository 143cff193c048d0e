"""What is under a finger does not move with the digits of a number."""

import pytest
from tests.browser.conftest import PHONE, Visits

from crossent.figures import FIGURES

MODES = ["built"]

# The readouts that are higher when their number is long, or lie over the next: 16 px are between.
GROWING = """() => [...document.querySelectorAll(".row > .readout")]
  .filter((readout) => readout.checkVisibility())
  .filter((readout) => {
    const line = readout.querySelector(".readout-line");
    const value = readout.querySelector(".readout-value");
    const [before, text] = [line.offsetHeight, value.textContent];
    value.textContent = "3.375×10⁻⁵";
    const isLong = line.offsetHeight > before || line.scrollWidth > readout.clientWidth + 16;
    value.textContent = text;
    return isLong;
  })
  .map((readout) => readout.textContent)"""


@pytest.mark.parametrize("width", [390, 700, 1440])
@pytest.mark.parametrize("figure", FIGURES)
def test_a_long_number_has_its_place(visit: Visits, figure: str, width: int) -> None:
    page = visit.figure(figure).page
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    assert page.evaluate(GROWING) == []
