"""In other pages: themes, sizes, what a frame tells, what is copied where there is no page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Visits
from tests.browser.driving import FigurePage, Site

from crossent.content import palette
from crossent.figures import FIGURES

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

HEAR = """<script>window.heard = [];
addEventListener("message", ({ source, data }) => heard.push(
  [[...document.querySelectorAll("iframe")].findIndex((f) => f.contentWindow === source), data]));
</script>"""
GROUND = "getComputedStyle(document.body).backgroundColor"


def rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))})"


PAPER = {theme: rgb(palette()["paper"][i]) for i, theme in enumerate(("light", "dark"))}


def page_with(visit: Visits, frames: list[str], tmp_path: Path, **options: Any) -> Page:
    """A course site's page with these frames, each made as the embed code makes it."""
    text = HEAR + "".join(
        f'<iframe src="{url.replace("&", "&amp;")}" style="width:740px;height:600px"></iframe>'
        for url in frames
    )
    file = tmp_path / "course.html"
    file.write_text(f"<!doctype html><title>A course</title>{text}")
    page = visit.open(file.as_uri(), watch=False, context=visit.context(**options))
    for frame in page.main_frame.child_frames:
        frame.wait_for_selector("crossent-figure[data-ready]")
    return page


def heard(page: Page, kind: str, count: int = 1) -> list[Any]:
    page.wait_for_function(
        "([kind, n]) => heard.filter(([, data]) => data.crossent === kind).length >= n",
        arg=[kind, count],
    )
    return page.evaluate("kind => heard.filter(([, d]) => d.crossent === kind)", kind)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_five_frames_on_a_page_have_its_theme_and_take_another_when_told(
    visit: Visits, site: Site, tmp_path: Path, scheme: str
) -> None:
    names = ["prediction-bars", "bce-curves", "mse-vs-ce", "logit-gradient", "prediction-bars"]
    other = "dark" if scheme == "light" else "light"  # of the reader's system
    urls = [site.figure_url(name, theme=scheme, form="card") for name in names]
    page = page_with(visit, urls, tmp_path, color_scheme=other)
    assert [frame.evaluate(GROUND) for frame in page.main_frame.child_frames] == [PAPER[scheme]] * 5
    page.evaluate(
        """theme => document.querySelectorAll("iframe").forEach((frame) =>
             frame.contentWindow.postMessage({ crossent: "theme", theme }, "*"))""",
        other,
    )
    for frame in page.main_frame.child_frames:
        frame.wait_for_function(f"ground => {GROUND} === ground", arg=PAPER[other])
    assert {place for place, _ in heard(page, "height", 5)} == set(range(5))


@pytest.mark.everywhere
def test_a_frame_tells_its_state_when_a_drag_rests(
    visit: Visits, site: Site, tmp_path: Path
) -> None:
    page = page_with(visit, [site.figure_url("prediction-bars")], tmp_path)
    page.frames[1].get_by_role("slider", name="fox", exact=True).press("PageUp")
    ((_, told),) = heard(page, "state")[-1:]
    assert told["figure"] == "prediction-bars"
    assert told["state"]["probs"][2] == pytest.approx(0.7)


@pytest.mark.everywhere
def test_a_framed_lesson_tells_answers_and_goals_reached(
    visit: Visits, site: Site, tmp_path: Path
) -> None:
    page = page_with(visit, [site.page_url("surprise")], tmp_path)
    lesson = page.frames[1]
    question = lesson.locator(".question").first
    for answer in ("wrong", "right"):
        question.locator(f"[data-answer={answer}]").first.click()
    answers = [(told["step"], told["right"]) for _, told in heard(page, "answer", 2)]
    step = question.get_attribute("data-step")
    assert answers == [(step, False), (step, True)]
    challenge = lesson.locator(".challenge").first
    challenge.locator("[data-begin]").click()
    slider = lesson.locator(":focus")  # Begin leads to the figure
    assert slider.get_attribute("role") == "slider"
    fox = lesson.get_by_role("slider", name="fox", exact=True).first
    fox.press("End")
    fox.evaluate("grip => grip.blur()")
    ((_, goal),) = heard(page, "goal")
    assert goal["step"] == challenge.get_attribute("data-step")


@pytest.mark.parametrize("name", FIGURES)
def test_a_card_is_small_and_can_be_dragged(visit: Visits, name: str) -> None:
    whole = visit.figure(name)
    tall = whole.root.bounding_box()["height"]
    card = FigurePage(visit.elsewhere(visit.site.figure_url(name, form="card"))).ready()
    assert card.root.bounding_box()["height"] < 0.8 * tall
    assert card.root.locator(".toolbar, .presets").count() == 0
    before = card.state
    card.sliders().first.press("ArrowUp")
    card.sliders().first.blur()
    assert card.idle().state != before
    assert "form=card" in card.page.url


def test_without_tools_a_figure_keeps_its_presets(visit: Visits) -> None:
    page = visit.figure("prediction-bars", {"tools": "none"})
    assert page.root.locator(".toolbar").count() == 0
    assert page.root.locator(".presets").is_visible()


def test_the_embed_code_says_the_theme_of_the_page_it_was_copied_from(
    visit: Visits, site: Site
) -> None:
    context = visit.context(permissions=["clipboard-read", "clipboard-write"])
    for theme in ("dark", "light"):
        page = visit.figure("prediction-bars", {"theme": theme}, context=context)
        page.button("Copy embed code").click()
        page.page.wait_for_selector(".notice:visible")
        code = page.page.evaluate("navigator.clipboard.readText()")
        assert re.search(rf'src="[^"]*[?;]theme={theme}"', code), code


def test_a_link_copied_from_a_lesson_in_a_file_opens_it_again_in_this_state(
    visit: Visits, single_folder: Path
) -> None:
    context = visit.context(permissions=["clipboard-read", "clipboard-write"])
    url = (single_folder / "surprise.html").as_uri()
    page = FigurePage(visit.open(url, context=context)).ready()
    assert not page.button("Copy embed code").is_visible()
    page.press("fox", "PageUp")
    page.button("Copy link").click()
    page.page.wait_for_selector(".notice:visible")
    assert "on this computer" in page.notice
    link = page.page.evaluate("navigator.clipboard.readText()")
    again = FigurePage(visit.open(link, context=context)).ready()
    assert again.state == page.state


@pytest.mark.everywhere
def test_without_scripts_words_and_numbers_stand_in_a_figures_place(
    visit: Visits, site: Site
) -> None:
    context = visit.context(java_script_enabled=False)
    for url in (site.figure_url("prediction-bars"), site.page_url("surprise")):
        page = visit.open(url, context=context)
        said = page.locator("crossent-figure").first.inner_text()
        assert "JavaScript" in said
        assert "loss: 0.5108" in said


@pytest.mark.everywhere
def test_a_figures_classes_are_named_in_the_pages_language(visit: Visits, site: Site) -> None:
    url = (
        f"{site.origin}/figures/prediction-bars.fr.html"
        if site.ending
        else (f"{site.figure_url('prediction-bars')}?lang=fr")
    )
    page = FigurePage(visit.open(url)).ready()
    assert page.state["classes"] == ["chat", "chien", "renard", "hibou"]
    assert json.dumps(page.state["probs"]) == json.dumps([0.1, 0.2, 0.6, 0.1])
