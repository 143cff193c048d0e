"""On the plot, not beside it: lights of words and marks, ghosts, goal zones, arrows."""

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import PHONE, Visits

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

GLYPHS = """figure => figure.querySelector(".plot").plotView.model.renderers.map(({ glyph }) =>
  glyph.line_alpha?.value ?? glyph.line_alpha ?? glyph.text_alpha?.value ?? glyph.text_alpha)"""


def lesson(visit: Visits, slug: str, **options: object) -> Page:
    page = visit.open(visit.site.page_url(slug), **options)
    page.wait_for_selector("crossent-figure[data-ready] canvas")
    page.wait_for_function("document.querySelector('.plot').plotView")
    return page


def word(page: Page, role: str) -> Locator:
    return page.locator(f".lesson-body > p .role-{role}").first


def faded(page: Page) -> set[str]:
    return set(
        page.locator(".faded").evaluate_all(
            "all => all.map(one => one.style.getPropertyValue('--role')).filter(Boolean)"
        )
    )


def drag(page: Page, grip: Locator, down: int) -> None:
    box = grip.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down / 2)
    page.mouse.move(x, y + down)
    page.mouse.up()


def test_a_word_lights_up_the_marks_of_its_meaning(visit: Visits) -> None:
    page = lesson(visit, "surprise")
    before = page.locator("crossent-figure").first.evaluate(GLYPHS)
    word(page, "prediction").hover()
    assert faded(page) == {"var(--loss)", "var(--ink)", "var(--muted)"}
    assert page.locator(".plot-handle.faded").count() == 1
    assert all(alpha < 1 for alpha in page.locator("crossent-figure").first.evaluate(GLYPHS))
    word(page, "loss").hover()
    assert "var(--prediction)" in faded(page)
    assert "var(--loss)" not in faded(page)
    page.mouse.move(2, 2)
    expect(page.locator(".faded")).to_have_count(0)
    assert page.locator("crossent-figure").first.evaluate(GLYPHS) == before


def test_a_mark_lights_up_its_words_beside_it_and_moves_nothing(visit: Visits) -> None:
    page = lesson(visit, "surprise")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.locator(".cb-track").first.hover()
    expect(page.locator(".lit-word")).to_have_text(["prediction", "p"])
    expect(page.locator(".faded")).to_have_count(0)
    page.locator(".plot").first.hover(position={"x": 200, "y": 60})
    expect(page.locator(".lit-word")).to_have_text(["loss", "L"])
    assert page.evaluate("document.documentElement.scrollHeight") == height


def test_words_are_reached_by_the_keyboard_and_left_with_escape(visit: Visits) -> None:
    page = lesson(visit, "surprise")
    stops = page.locator(".lesson-body [class^=role-][tabindex]")
    assert stops.count() <= 6
    page.keyboard.press("Tab")  # the keyboard is in use
    word(page, "truth").focus()
    assert "var(--prediction)" in faded(page)
    page.keyboard.press("Escape")
    expect(page.locator(".faded")).to_have_count(0)


def test_a_tap_lights_a_word_and_the_next_takes_it_back(visit: Visits) -> None:
    page = lesson(visit, "surprise", viewport=PHONE, has_touch=True)
    word(page, "loss").tap()
    assert "var(--prediction)" in faded(page)
    page.locator(".lesson-head h1").tap()
    expect(page.locator(".faded")).to_have_count(0)


def test_a_ghost_stays_where_a_drag_began_until_the_next_gesture(visit: Visits) -> None:
    page = visit.figure("prediction-bars", {"probs": [0.2, 0.2, 0.6], "target": 2}).page
    page.wait_for_function("document.querySelector('.plot').plotView")
    track = page.locator(".cb-track").nth(2)
    box = track.bounding_box()
    assert box
    drag(page, page.locator(".cb-grip").nth(2), 60)
    ghost = track.locator(".ghost")
    expect(ghost).to_have_count(1)
    expect(page.locator(".plot > .ghost")).to_have_count(1)
    at = ghost.bounding_box()
    assert at
    assert at["y"] + at["height"] / 2 == pytest.approx(box["y"] + 0.4 * box["height"], abs=2)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".ghost")).to_have_count(0)


def test_what_was_not_dragged_leaves_no_ghost(visit: Visits) -> None:
    page = visit.figure("prediction-bars").page
    page.get_by_role("button", name="Surer").click()
    expect(page.get_by_role("button", name="Surer")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".ghost")).to_have_count(0)


def test_a_challenge_under_way_shows_where_its_goal_lies(visit: Visits) -> None:
    page = lesson(visit, "surprise")
    page.locator("[data-begin]").first.click()
    zone = page.locator(".plot > .goal-zone")
    expect(zone).to_have_count(1)
    top, bottom = zone.evaluate(
        """zone => {
          const { frame } = zone.parentElement.plotView;
          const { top } = zone.parentElement.getBoundingClientRect();
          const box = zone.getBoundingClientRect();
          return [box.top, box.bottom].map(y => frame.y_scale.invert(y - top));
        }"""
    )
    assert top == pytest.approx(0.105, abs=0.03)
    assert bottom == pytest.approx(0.0, abs=0.03)
    page.locator("crossent-figure").first.evaluate("figure => figure.assign({ unit: 'bits' })")
    expect(zone).to_have_count(0)  # the axis is in bits, the goal in nats


def test_what_leaves_the_picture_is_an_arrow_with_its_number(visit: Visits) -> None:
    state = {"probs": [0.0, 1.0, 0.0], "target": 0}
    page = visit.figure("prediction-bars", state).page
    arrow = page.locator(".plot-handle .beyond.up")
    expect(arrow).to_be_visible()
    expect(arrow).to_have_text("∞")
    page.get_by_role("button", name="Surer").click()
    expect(arrow).to_be_hidden()
