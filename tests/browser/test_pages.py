"""Each page at rest: clean, accessible, within its width, and with the hooks that stay stable."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.accessibility import looks_of, violations
from tests.browser.conftest import DESKTOP, LAYOUT_SHIFT, PHONE, SHIFTS, Visits
from tests.browser.driving import FigurePage, Site, differences

from crossent.figures import FIGURES

MODES = ["served", "built"]

WIDTHS = {1440: DESKTOP, 390: PHONE}


@pytest.fixture(scope="module", params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture(scope="module")
def reader(width: int, browser: Any, site: Site) -> Iterator[BrowserContext]:
    """Who reads one page after the other, at one width: a new reader for each takes four times as
    long."""
    visits = Visits(browser, site)
    context = visits.context(viewport=WIDTHS[width], has_touch=width < 600)
    context.add_init_script(SHIFTS)
    yield context
    visits.close()


PAGES = ["index", *FIGURES]


@pytest.fixture(scope="module", params=PAGES)
def visited(
    request: pytest.FixtureRequest, reader: BrowserContext, browser: Any, site: Site
) -> Iterator[tuple[Page, Visits]]:
    """A page that was opened and left alone."""
    visits = Visits(browser, site)
    url = site.index_url() if request.param == "index" else site.figure_url(request.param)
    page = visits.open(url, context=reader)
    FigurePage(page).ready()
    # Now, for axe will bring in a font that came too late, and with it other breaks of lines.
    visits.shifted = page.evaluate("shifted")
    yield page, visits
    visits.close()
    page.close()


def test_a_page_complains_of_nothing_and_asks_nobody_else(visited):
    assert visited[1].complaints == []


def test_axe_finds_no_violations(visited, width, site, request):
    page, _ = visited
    subject = request.node.callspec.params["visited"]
    # Each theme is seen served and built, on a desk and on a phone, but not all of these at once.
    theme = "light" if (width == 390) == bool(site.ending) else "dark"
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", arg=theme
    )
    look = "narrow" if width == PHONE["width"] else "wide"
    colors = look in looks_of(subject, PAGES, ["wide", "narrow"])
    assert violations(page, colors=colors) == []
    if look == "wide" and "forced" in looks_of(subject, PAGES, ["forced", "as it is", "as it is"]):
        page.emulate_media(forced_colors="active")
        assert violations(page, colors_alone=True) == []
    page.emulate_media(forced_colors="none")


def test_nothing_is_wider_than_the_page(visited, width):
    page, _ = visited
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= page.viewport_size["width"]
    page.set_viewport_size({"width": 320, "height": 800})  # WCAG 1.4.10
    try:
        page.wait_for_function(f"{wide} <= 320")  # a plot takes its new size some frames later
    finally:
        page.set_viewport_size(WIDTHS[width])


def test_nothing_jumps_while_the_page_loads(visited):
    assert visited[1].shifted < LAYOUT_SHIFT


def test_every_slider_has_a_name_bounds_a_value_and_words_for_it(visited):
    page, _ = visited
    names = ["label", "valuemin", "valuemax", "valuenow", "valuetext"]
    sliders = page.locator("[role=slider]").evaluate_all(
        """(all, names) => all.map((slider) =>
          Object.fromEntries(names.map((name) => [name, slider.getAttribute(`aria-${name}`)])))""",
        names,
    )
    assert sliders
    for said in sliders:
        assert said["label"], said
        assert said["valuetext"], said
        assert float(said["valuemin"]) < float(said["valuemax"]), said
        assert float(said["valuemin"]) <= float(said["valuenow"]) <= float(said["valuemax"]), said


def test_every_number_shown_has_its_full_value(visited):
    page, _ = visited
    values = page.locator("[data-readout]").evaluate_all("all => all.map((e) => e.dataset.value)")
    assert values
    for value in values:
        float(value)


def test_what_is_shown_first_is_what_the_core_computes(visited):
    page, _ = visited
    for name in page.locator("[data-figure]").evaluate_all(
        "all => all.map((f) => f.dataset.figure)"
    ):
        figure = FigurePage(page, name)
        if not figure.root.evaluate("figure => figure.matches('.card-form')"):
            assert differences(figure, figure.state) == {}


def test_every_figure_is_live_on_the_index(site, visit):
    page = visit.open(site.index_url())
    FigurePage(page).ready()
    found = page.locator("[data-figure]").evaluate_all("all => all.map((f) => f.dataset.figure)")
    assert found == list(FIGURES)


@pytest.fixture(scope="module")
def index(site: Site, browser: Any) -> Iterator[Visits]:
    """The page of all figures, opened once."""
    visits = Visits(browser, site)
    visits.page = visits.open(site.index_url())
    FigurePage(visits.page).ready()
    yield visits
    visits.close()
    assert visits.complaints == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_card_on_the_index_can_be_dragged(index, name):
    card = FigurePage(index.page, name)
    slider = card.sliders().first
    before, state = slider.get_attribute("aria-valuenow"), card.state
    slider.scroll_into_view_if_needed()
    slider.press("ArrowUp")
    card.idle()
    assert slider.get_attribute("aria-valuenow") != before
    assert card.state != state
    loss = card.readouts()
    slider.press("PageUp")
    card.idle()
    assert card.readouts() != loss
    assert card.page.url == index.site.index_url()  # many figures, one address


def test_the_index_leads_to_every_figure(site, visit):
    page = visit.open(site.index_url())
    FigurePage(page).ready()
    links = set(page.locator(":is(main, .hero) a").evaluate_all("all => all.map((a) => a.href)"))
    assert {site.figure_url(name) for name in FIGURES} <= links
    page.locator(f".hero a[href$='figures/prediction-bars{site.ending}']").click()
    page.wait_for_url(site.figure_url("prediction-bars"))
    assert FigurePage(page).ready().name == "prediction-bars"


def test_the_theme_button_turns_the_page_dark_and_a_later_visit_keeps_it(visit):
    page = visit.figure("prediction-bars")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.page.evaluate(ground)
    page.page.get_by_role("button", name="Use the dark theme").click()
    page.page.wait_for_function(f"light => {ground} !== light", arg=light)
    dark = page.page.evaluate(ground)
    again = FigurePage(visit.open(page.page.url, context=page.context)).ready()
    assert again.page.evaluate(ground) == dark
