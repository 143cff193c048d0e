"""The index opens with something to grab, in sight on any screen."""

import pytest
from tests.browser.conftest import PHONE, Visits
from tests.browser.driving import FigurePage

MODES = ["built"]

IN_SIGHT = """(names) => names.map((name) => document.querySelector(`.hero ${name}`))
  .every((part) => part.getBoundingClientRect().top >= 0
    && part.getBoundingClientRect().bottom <= innerHeight)"""
LAPTOP = {"width": 1440, "height": 900}
PARTS = ["[role=slider]", ".cb-pictures", "[role=radio]", "[data-readout=loss]"]


@pytest.mark.parametrize("screen", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_what_there_is_to_grab_is_in_sight_at_once(visit: Visits, screen: dict[str, int]) -> None:
    page = visit.open(visit.site.index_url(), viewport=screen)
    FigurePage(page).ready()
    assert page.evaluate(IN_SIGHT, PARTS)


def test_an_animal_that_is_pressed_is_what_the_camera_saw(visit: Visits) -> None:
    page = visit.open(visit.site.page_url("index.fr"))
    figure = FigurePage(page).ready()
    assert page.locator(".hero .animal").count() == figure.root.evaluate("f => f.numClasses")
    page.locator(".hero .animal.cat").click()
    assert figure.idle().state["target"] == 0
    assert page.locator(".hero .in-frame .animal").get_attribute("class") == "animal cat"
