"""Each page at rest: clean, accessible, within its width, and with the hooks that stay stable."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.browser.conftest import DESKTOP, PHONE, Visits
from tests.browser.driving import FigurePage, Site, differences

from crossent.figures import FIGURES

WIDTHS = {1440: DESKTOP, 390: PHONE}
SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push(entry.value)))
    .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module", params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture(scope="module", params=["index", *FIGURES])
def visited(
    request: pytest.FixtureRequest, width: int, browser: Any, site: Site
) -> Iterator[tuple[Page, Visits]]:
    """A page that was opened and left alone."""
    visits = Visits(browser, site)
    context = visits.context(viewport=WIDTHS[width], has_touch=width < 600)
    context.add_init_script(SHIFTS)
    url = site.index_url() if request.param == "index" else site.figure_url(request.param)
    page = visits.open(url, context=context)
    FigurePage(page).ready()
    yield page, visits
    visits.close()


def test_a_page_complains_of_nothing_and_asks_nobody_else(visited):
    assert visited[1].complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violations(visited, theme):
    page, _ = visited
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", arg=theme
    )
    page.evaluate(  # colours may take their time
        "() => Promise.all(document.getAnimations().map((a) => a.finished)).then(() => null)"
    )
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    found = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"][:3]])
        for violation in results.response["violations"]
    ]
    assert found == []


def test_nothing_is_wider_than_the_page(visited):
    page, _ = visited
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_nothing_jumps_while_the_page_loads(visited):
    page, _ = visited
    assert sum(page.evaluate("shifts")) < 0.1  # what Web Vitals call good


def test_every_slider_has_a_name_bounds_a_value_and_words_for_it(visited):
    page, _ = visited
    sliders = page.locator("[role=slider]")
    assert sliders.count() > 0
    for slider in sliders.all():
        said = {
            name: slider.get_attribute(f"aria-{name}")
            for name in ("label", "valuemin", "valuemax", "valuenow", "valuetext")
        }
        assert said["label"], said
        assert said["valuetext"], said
        assert float(said["valuemin"]) < float(said["valuemax"]), said
        assert float(said["valuemin"]) <= float(said["valuenow"]) <= float(said["valuemax"]), said


def test_every_number_shown_has_its_full_value(visited):
    page, _ = visited
    readouts = page.locator("[data-readout]").all()
    assert readouts
    for readout in readouts:
        float(readout.get_attribute("data-value"))


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


@pytest.mark.parametrize("name", FIGURES)
def test_a_card_on_the_index_can_be_dragged(visit, name):
    card = visit.index(name)
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
    assert card.page.url == visit.site.index_url()  # many figures, one address


def test_the_index_leads_to_every_figure(site, visit):
    page = visit.open(site.index_url())
    FigurePage(page).ready()
    links = set(page.locator("main a").evaluate_all("all => all.map((a) => a.href)"))
    assert {site.figure_url(name) for name in FIGURES} <= links
    page.locator("main a[href$='/figures/prediction-bars']:visible").first.click()
    page.wait_for_url(site.figure_url("prediction-bars"))
    assert FigurePage(page).ready().name == "prediction-bars"


def missing(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_figure_that_there_is_not_is_a_sentence_with_the_nearest_name(site):
    status, html = missing(site.figure_url("prediction-bar"))
    assert status == 404
    assert "No figure &#x27;prediction-bar&#x27;; did you mean &#x27;prediction-bars&#x27;?" in html


def test_markup_in_an_address_that_leads_nowhere_stays_text(site):
    status, html = missing(site.figure_url("%3Cimg%20src=x%20onerror=alert(1)%3E"))
    assert status == 404
    assert "<img" not in html


def test_the_page_for_a_wrong_address_is_accessible_and_leads_on(site, visit):
    page = visit.open(site.figure_url("nothing"), watch=False)
    assert Axe().run(page).violations_count == 0
    links = page.locator("main a").evaluate_all("all => all.map((a) => new URL(a.href).pathname)")
    assert links == [f"/figures/{name}" for name in FIGURES]


def test_a_favicon_is_found_where_browsers_look_for_it(site):
    with urllib.request.urlopen(site.origin + "/favicon.ico") as response:
        assert response.status == 200
        assert len(response.read()) > 100


def test_the_theme_button_turns_the_page_dark_and_a_later_visit_keeps_it(visit):
    page = visit.figure("prediction-bars")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.page.evaluate(ground)
    page.page.get_by_role("button", name="Use the dark theme").click()
    page.page.wait_for_function(f"light => {ground} !== light", arg=light)
    dark = page.page.evaluate(ground)
    again = FigurePage(visit.open(page.page.url, context=page.context)).ready()
    assert again.page.evaluate(ground) == dark


def test_text_is_readable_to_a_search_engine_and_a_reader(site):
    with urllib.request.urlopen(site.figure_url("prediction-bars")) as response:
        html = response.read().decode()
    assert "<h1>Prediction bars</h1>" in html
    assert json.dumps(FIGURES["prediction-bars"].summary)[1:-1] in html


def test_what_the_link_shows_is_there_before_the_first_answer(visit):
    state = {"logits": [2, 1, 0.1], "target": 1}
    page = visit.open(visit.site.figure_url("logit-gradient", **state))
    given = page.evaluate("JSON.parse(document.getElementById('crossent-page').textContent)")
    assert given["figures"][0]["initial"]["state"]["logits"] == [2, 1, 0.1]
