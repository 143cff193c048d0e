"""A page whose address, frame, storage or names are not as it wishes: it says so or goes on."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import expect
from tests.browser.driving import FigurePage
from tests.browser.test_built import READY, static_host
from tests.browser.test_lessons import Reader
from tests.browser.test_tools import saved

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn


def test_what_the_address_asks_in_vain_is_said(visit):
    page = visit.figure(
        "prediction-bars", {"hide": "tempratur, code", "theme": "blue", "lang": "xx"}
    )
    said = page.page.locator(".page-notice")
    expect(said).to_contain_text("Nothing on this page can be hidden by the name “tempratur”.")
    expect(said).to_contain_text("The theme can be light or dark, not “blue”.")
    expect(said).to_contain_text("This page is not there in the language “xx”.")
    expect(page.button("Code")).to_be_hidden()


def test_a_test_of_no_number_is_said_to_be_the_first(visit):
    path = "test/training" if visit.site.ending == "" else "test-training"
    page = visit.open(visit.site.page_url(path, seed="12abc"))
    expect(page.locator(".page-notice")).to_contain_text("from 1 to 999999, not “12abc”.")
    expect(page.locator("[data-seed]")).to_have_text("Test number 1")


def test_what_is_asked_for_and_there_is_not_mentioned(visit):
    page = visit.figure("logit-gradient", {"hide": "temperature,csv,presets", "theme": "dark"})
    expect(page.page.locator(".page-notice")).to_have_count(0)


def test_a_class_named_by_control_characters_makes_a_whole_svg(visit):
    names = ["a\x01b", "\x1b[31m", "\x00\x7f\x0b", "d\uffff"]
    page = visit.figure("prediction-bars", {"classes": names})
    root = ElementTree.fromstring(saved(page, "SVG"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "a\ufffdb" in "".join(root.itertext())


def test_a_full_storage_keeps_nothing_but_this_page_counts(visit):
    page = visit.open(visit.site.page_url("surprise"))
    page.evaluate(
        """() => {
          for (let size = 1 << 22; size > 0; size >>= 1)
            for (let i = 0; i < 3; i++)
              try { localStorage.setItem(`full-${size}-${i}`, "x".repeat(size)); } catch {}
        }"""
    )
    reader = Reader(page)
    finish = page.locator("[data-finish]")
    finish.click()
    expect(finish).to_have_attribute("aria-pressed", "true")
    assert reader.progress() == {}


def test_nonsense_in_the_storage_is_as_nothing(visit):
    page = visit.open(visit.site.page_url("surprise"))
    reader = FigurePage(page).ready()
    kept = '{"surprise":{"done":null,"finished":[]},"binary":7}'
    page.evaluate("kept => localStorage.setItem('crossent-progress', kept)", kept)
    page.evaluate("localStorage.setItem('crossent-theme', '<b>')")
    page.reload()
    reader = FigurePage(page).ready()
    reader.page.locator("[data-finish]").click()
    expect(reader.page.locator("[data-finish]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""


@pytest.fixture
def blank(browser):
    """An empty page, in which a course's page is put together."""
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(viewport={"width": 1200, "height": 900}, permissions=permissions)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_a_page_without_an_address_of_its_own_is_dragged(blank, single_folder):
    html = (single_folder / "figures/prediction-bars.html").read_text()
    page, wrong = blank, []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_content("<iframe style='width:1000px;height:900px'></iframe>")
    page.evaluate("html => (document.querySelector('iframe').srcdoc = html)", html)
    inner = page.frame_locator("iframe")
    inner.locator(READY).wait_for()
    grip = inner.get_by_role("slider", name="fox", exact=True)
    before = grip.get_attribute("aria-valuenow")
    loss = inner.locator("[data-readout=loss]").first
    shown = loss.get_attribute("data-value")
    for _ in range(3):
        grip.press("ArrowUp")
    grip.blur()
    expect(grip).not_to_have_attribute("aria-valuenow", before)
    expect(loss).not_to_have_attribute("data-value", shown)
    expect(inner.get_by_role("button", name="CSV")).to_be_visible()
    expect(inner.get_by_role("button", name="Copy link")).to_be_hidden()
    assert wrong == []


def test_one_figure_embedded_twice_keeps_both_frames_as_high_as_they_are(
    blank, built_folder, tmp_path
):
    page = blank
    with static_host(built_folder) as host:
        page.goto(f"{host}/figures/prediction-bars.html")
        FigurePage(page).ready()
        page.get_by_role("button", name="Copy embed code").click()
        code = page.evaluate("navigator.clipboard.readText()")
        assert " id=" not in code
        course = "<!doctype html>" + "".join(
            f"<div style='width:{width}px'>{code}</div>" for width in (900, 420)
        )
        (tmp_path / "course.html").write_text(course)
        page.goto((tmp_path / "course.html").as_uri())
        page.wait_for_function("document.querySelectorAll('iframe').length === 2")
        for frame in page.frames[1:]:
            frame.locator(READY).wait_for()
            wanted = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
            frame.wait_for_function(f"window.innerHeight === {wanted}")
        heights = page.eval_on_selector_all("iframe", "all => all.map(f => f.clientHeight)")
    assert heights[0] != heights[1], json.dumps(heights)
