"""Everything that a pointer can do, the keyboard can."""

import pytest
from tests.browser.driving import differences, is_asked_after

from crossent.figures import FIGURES

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

KEYS = {
    ("ArrowUp",): 0.61,
    ("ArrowRight",): 0.61,
    ("ArrowDown",): 0.59,
    ("ArrowLeft",): 0.59,
    ("Shift+ArrowUp",): 0.601,
    ("Shift+ArrowDown",): 0.599,
    ("PageUp",): 0.7,
    ("PageDown",): 0.5,
    ("Home",): 0,
    ("End",): 1,
    ("End", "PageUp"): 1,
    ("ArrowUp",) * 12: 0.72,
}


def test_keys_move_a_bar_by_a_step_a_tenth_a_page_or_to_an_end(bars):
    for keys, value in KEYS.items():
        bars.press("fox", *keys)
        assert bars.now("fox") == bars.address["probs"][2] == value, keys
        assert differences(bars) == {}, keys
        bars.button("Reset").click()
        bars.idle()


@pytest.mark.parametrize("name", FIGURES)
def test_every_slider_moves_by_the_keyboard_and_every_number_follows(visit, name):
    page = visit.figure(name)
    count = page.sliders().count()
    for i in range(count):
        slider = page.sliders().nth(i)
        before = float(slider.get_attribute("aria-valuenow"))
        middle = sum(float(slider.get_attribute(f"aria-value{end}")) for end in ("min", "max")) / 2
        page.press_on(slider, "ArrowUp" if before <= middle else "ArrowDown")
        after = float(slider.get_attribute("aria-valuenow"))
        assert (after > before) == (before <= middle), slider.get_attribute("aria-label")
        assert page.address == page.state
        if is_asked_after(name, i, count):
            assert differences(page) == {}


def test_a_run_of_arrow_keys_is_one_step_of_undo(bars):
    start = bars.state
    bars.press("fox", *["ArrowUp"] * 5)
    bars.slider("fox").press("Control+z")
    bars.idle()
    assert bars.state == start


def test_tab_reaches_every_bar_and_button_and_leaves_the_figure(bars):
    bars.page.locator("body").click(position={"x": 5, "y": 5})
    reached = []
    for _ in range(80):
        bars.page.keyboard.press("Tab")
        reached.append(
            bars.page.evaluate(
                "() => document.activeElement.getAttribute('aria-label') "
                "?? document.activeElement.textContent.trim()"
            )
        )
        if reached[-1] == "Check with torch":
            break
    assert {"cat", "dog", "fox", "owl", "Add a class", "Reset", "Copy link", "Code"} <= set(reached)


def test_the_target_moves_by_arrow_keys_and_the_focus_with_it(bars):
    bars.radio("fox").press("ArrowRight")
    bars.idle()
    assert bars.address["target"] == 3
    assert bars.radio("owl").evaluate("radio => radio === document.activeElement")
    bars.radio("owl").press("ArrowRight")
    bars.idle()
    assert bars.address["target"] == 0
    bars.radio("cat").press("End")
    bars.idle()
    assert bars.address["target"] == 3
    assert differences(bars) == {}
