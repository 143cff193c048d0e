"""A page whose server is away says so and why, computes by itself meanwhile, and comes back."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect
from tests.browser.driving import FigurePage, ServedSite, differences

from crossent.figures import FIGURES

HERE = "This page computes by itself meanwhile."
KEPT = """async () => {
  const session = JSON.parse(document.querySelector('[data-crossent="session"]').textContent);
  for (const address of Object.values(session.programs)) await (await fetch(address)).text();
}"""


def notice(page: Page):
    return page.get_by_role("alert")


def kept(page: FigurePage) -> FigurePage:
    """A page that has what it needs when the server is away, as each has after a few seconds."""
    page.page.wait_for_function("() => window.crossent.link.model", timeout=20_000)
    page.page.evaluate(KEPT)
    return page


def test_a_frozen_server_is_noticed_and_the_drag_goes_on(visit, own_site: ServedSite):
    page = kept(FigurePage(visit.open(own_site.figure_url("prediction-bars"), watch=False)).ready())
    start = page.state
    os.kill(own_site.process.pid, signal.SIGSTOP)
    try:
        page.hold("fox")
        page.mouse.move(*page.place("fox", 0.3), steps=3)
        page.mouse.up()
        expect(notice(page.page)).to_contain_text("The server does not answer.")
        expect(notice(page.page)).to_contain_text(HERE)
        page.idle()
        page.drag("owl", 0.4)
        assert page.now("owl") == 0.4
        assert differences(page) == {}
    finally:
        os.kill(own_site.process.pid, signal.SIGCONT)
    expect(notice(page.page)).to_be_hidden(timeout=20_000)
    page.drag("cat", 0.2)
    assert differences(page) == {}
    for _ in range(3):
        page.button("Undo").click()
        page.idle()
    assert page.state == start
    assert differences(page) == {}


def test_a_server_that_ends_leaves_a_page_that_computes(visit, own_site: ServedSite):
    page = FigurePage(visit.open(own_site.figure_url("prediction-bars"), watch=False)).ready()
    kept(page)
    own_site.kill()
    expect(notice(page.page)).to_contain_text("The server cannot be reached.")
    expect(notice(page.page)).to_contain_text(HERE)
    page.drag("fox", 0.9)
    assert page.now("fox") == 0.9
    assert differences(page) == {}
    own_site.start()
    expect(notice(page.page)).to_be_hidden(timeout=30_000)
    page.drag("owl", 0.4)
    assert differences(page) == {}


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_a_first_connection_that_fails_is_said_and_tried_again(visit, how):
    context = visit.context()
    page = context.new_page()
    sockets = []

    def stand_in(socket):
        sockets.append(socket)
        if len(sockets) > 1:
            socket.connect_to_server()
        elif how == "refused":
            socket.close(code=1008)
        # and one that is silent takes what comes and answers nothing

    page.route_web_socket(re.compile(r"/ws"), stand_in)
    page.goto(visit.site.figure_url("prediction-bars"))
    expect(notice(page)).to_contain_text("The server cannot be reached.")
    figure = FigurePage(page).ready()
    expect(notice(page)).to_be_hidden(timeout=40_000)
    figure.drag("owl", 0.4)
    assert differences(figure) == {}


def test_a_script_that_does_not_come_is_named_and_asked_for_again(visit):
    context = visit.context()
    page = context.new_page()
    asked = []

    def once(route):
        asked.append(route)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/panel.min.js", once)
    page.goto(visit.site.figure_url("prediction-bars"))
    expect(notice(page)).to_contain_text("panel.min.js")
    expect(notice(page)).to_be_hidden(timeout=30_000)
    figure = FigurePage(page).ready()
    figure.drag("fox", 0.9)
    assert differences(figure) == {}
    assert len(asked) == 2


def test_a_page_whose_own_script_does_not_come_says_so_without_it(visit):
    page = visit.context().new_page()
    page.route("**/crossent.js", lambda route: route.abort())
    page.goto(visit.site.figure_url("prediction-bars"))
    said = page.get_by_text("A part of this page has not come. Load the page again.")
    assert not said.is_visible()  # it may come yet
    page.evaluate("() => document.getAnimations().forEach((one) => one.finish())")
    assert said.is_visible()
    page.unroute("**/crossent.js")
    page.reload()
    FigurePage(page).ready()
    expect(said).to_have_count(0)


@pytest.mark.parametrize("path", ["practice", "test/training"])
def test_exercises_whose_figures_do_not_come_are_asked_for_again(visit, path):
    page = visit.context().new_page()
    page.route("**/programs/**", lambda route: route.abort())
    page.goto(visit.site.page_url(path))
    expect(page.get_by_role("status")).to_contain_text("The server cannot be reached. Trying again")
    page.unroute("**/programs/**")
    expect(page.locator(".test-item").first).to_be_visible()
    expect(page.get_by_text("The server cannot be reached.")).to_have_count(0)


def test_a_figure_whose_samples_do_not_come_leaves_the_others_checked(visit):
    """How we know: what another process makes comes when it is there, and the page stands."""
    page = visit.context().new_page()
    page.route("**/samples/mse-vs-ce.json", lambda route: route.fulfill(status=503, body="Later"))
    page.goto(visit.site.page_url("how-we-know"))
    expect(page.locator("[data-checked]")).to_be_visible(timeout=120_000)
    row = page.locator('[data-figure-row="mse-vs-ce"]')
    expect(row).to_contain_text("not there yet; load the page again later")
    errors = page.eval_on_selector_all(
        "[data-worst][data-value]", "all => all.map(e => +e.dataset.value)"
    )
    assert len(errors) == len(FIGURES) - 1
    assert max(errors) <= 1e-12


def test_what_the_server_has_too_much_to_work_out_the_page_does(visit):
    page = visit.figure("prediction-bars")
    page.page.wait_for_function("() => window.crossent.link.model", timeout=20_000)
    page.page.evaluate(
        """() => {
          const { link } = window.crossent;
          link.model.send_msg = ({ seq }) => link.receive({ seq, busy: true, error: "too much" });
        }"""
    )
    page.drag("fox", 0.9)
    assert page.now("fox") == 0.9
    assert differences(page) == {}
    assert notice(page.page).count() == 0


def test_what_is_said_on_a_phone_is_an_edge_of_the_page_and_can_be_hidden(visit):
    page = visit.figure("prediction-bars", viewport={"width": 390, "height": 844}).page
    page.wait_for_function("() => window.crossent.link.model", timeout=20_000)
    page.evaluate(
        "() => { const { link } = window.crossent; link.model.send_msg = () => {}; "
        "link.away('silent'); }"
    )
    expect(notice(page)).to_be_visible()
    edge = page.locator(".away").bounding_box()
    assert (edge["x"], edge["width"], edge["y"] + edge["height"]) == (0, 390, 844)
    page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator(".page-foot a").last.bounding_box()
    assert last["y"] + last["height"] <= edge["y"]
    page.get_by_role("button", name="Hide this").click()
    expect(notice(page)).to_be_hidden()
    page.evaluate("() => { const { link } = window.crossent; link.back(); link.away('silent'); }")
    expect(notice(page)).to_be_visible()


LESSON = """---
title: Names of ours
summary: Headings that are called as scripts are.
minutes: 1
part: Test
---
## Crossent page

:::{figure} prediction-bars
:state: {probs: [0.5, 0.5], target: 0, classes: ["const render_items = [];", "b"]}

A figure.
:::

## Crossent session

The end.
"""


def test_a_lesson_with_our_names_is_alive_and_comes_back(visit, tmp_path):
    (tmp_path / "lessons/01-names").mkdir(parents=True)
    (tmp_path / "lessons/01-names/index.md").write_text(LESSON)
    own = ServedSite(tmp_path / "own.log", "--lessons", str(tmp_path / "lessons"))
    try:
        page = visit.open(own.page_url("names"), watch=False)
        figure = FigurePage(page).ready()
        page.wait_for_function("() => window.crossent.link.model", timeout=20_000)
        own.kill()
        expect(notice(page)).to_be_visible()
        own.start()
        expect(notice(page)).to_be_hidden(timeout=30_000)
        figure.drag("b", 0.9)
        assert figure.now("b") == 0.9
        assert notice(page).count() == 0
    finally:
        own.stop()


def test_a_slash_too_many_leads_to_the_page(visit):
    page = visit.open(f"{visit.site.origin}/surprise/?lang=en")
    assert page.url == f"{visit.site.origin}/surprise?lang=en"
