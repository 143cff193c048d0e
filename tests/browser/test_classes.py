"""The target, the classes and their names; numbers that are typed or pasted; presets; undo."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Visits
from tests.browser.driving import RTOL, FigurePage, differences

from crossent.figures import FIGURES, Preset

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

MARKUP = "<img src=x onerror=alert(1)>"
WITH_CLASSES = [
    name for name, figure in FIGURES.items() if {"classes", "target"} <= set(figure.parameters())
]
PICKED = [name for name in WITH_CLASSES if name != "batch-table"]  # whose table picks them
TYPED = {
    "prediction-bars": "predicted probability of fox, typed",
    "logit-gradient": "logit z of fox, typed",
}


def refused(page: FigurePage, before: dict, *words: str) -> None:
    """One sentence on the page, and nothing changed."""
    for word in words:
        assert word in page.notice, page.notice
    assert page.state == before
    assert page.button("Undo").is_disabled()


# -- the target -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICKED)
def test_a_click_picks_the_target_and_the_loss_follows(visit, name):
    page = visit.figure(name)
    page.radio(page.state["classes"][1]).click()
    page.idle()
    assert page.address["target"] == 1
    assert page.radio(page.state["classes"][1]).get_attribute("aria-checked") == "true"
    assert page.root.locator("[role=radio][aria-checked=true].cb-target").count() == 1
    assert differences(page) == {}


def test_the_target_is_carried_from_class_to_class_by_a_drag(bars):
    bars.mouse.move(*bars.centre(bars.radio("fox")))
    bars.mouse.down()
    bars.mouse.move(*bars.centre(bars.radio("cat")), steps=10)
    bars.mouse.up()
    bars.idle()
    assert bars.address["target"] == 0
    assert differences(bars) == {}


def test_a_target_carried_there_and_back_stays_where_it_was(bars):
    start = bars.state
    bars.mouse.move(*bars.centre(bars.radio("fox")))
    bars.mouse.down()
    bars.mouse.move(*bars.centre(bars.radio("owl")))
    bars.mouse.move(*bars.centre(bars.radio("fox")))
    bars.mouse.up()
    bars.idle()
    assert bars.state == start


def test_dragging_the_target_across_classes_is_one_step_of_undo(bars):
    start = bars.state
    bars.mouse.move(*bars.centre(bars.radio("fox")))
    bars.mouse.down()
    bars.mouse.move(*bars.centre(bars.radio("cat")), steps=20)
    bars.mouse.up()
    bars.idle()
    bars.button("Undo").click()
    bars.idle()
    assert bars.state == start


# -- adding and removing ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_classes_are_added_up_to_ten_and_removed_down_to_two(visit, name):
    page = visit.figure(name)
    add, remove = page.button("Add a class"), page.button("Remove a class")
    while add.is_enabled():
        add.click()
        page.idle()
        assert differences(page) == {}
    assert len(page.address["classes"]) == len(set(page.address["classes"])) == 10
    while remove.is_enabled():
        remove.click()
        page.idle()
        assert differences(page) == {}
    assert len(page.address["classes"]) == 2
    assert page.address["target"] in (0, 1)


def test_a_new_class_takes_an_even_share_and_a_removed_one_gives_its_own_back(bars):
    bars.button("Add a class").click()
    bars.idle()
    assert bars.address["probs"][4] == pytest.approx(1 / 5, rel=1e-12)
    bars.button("Remove class 5").press("Enter")
    bars.idle()
    assert bars.address["probs"] == pytest.approx([0.1, 0.2, 0.6, 0.1], rel=1e-12)


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_a_class_that_was_removed_comes_back_by_undo_with_its_name_and_number(visit, name):
    page = visit.figure(name)
    page.button("Add a class").click()
    start = page.idle().state
    page.button(f"Remove {start['classes'][0]}").press("Enter")
    page.idle()
    assert page.state["classes"] == start["classes"][1:]
    page.button("Undo").click()
    page.idle()
    assert page.state == start
    assert page.address == start
    assert differences(page) == {}


def test_removing_a_class_before_the_target_leaves_the_same_class_true(bars):
    bars.mouse.move(*bars.centre(bars.root.get_by_label("name of class 1")))  # shows the button
    bars.button("Remove cat").click()
    bars.idle()
    assert bars.radio("fox").get_attribute("aria-checked") == "true"
    assert differences(bars) == {}


# -- names -----------------------------------------------------------------------------------------


def test_a_class_is_renamed_in_place_everywhere(bars):
    bars.type_into(bars.root.get_by_label("name of class 3"), "red fox")
    assert bars.address["classes"] == ["cat", "dog", "red fox", "owl"]
    expect(bars.slider("red fox")).to_be_visible()
    expect(bars.radio("red fox")).to_be_visible()
    assert "red fox" in bars.root.locator(".formula").inner_text()


def test_markup_and_quotes_in_a_name_stay_text(bars):
    name = """<b id="x">'"</b>"""
    bars.type_into(bars.root.get_by_label("name of class 3"), name)
    assert bars.address["classes"][2] == name
    assert bars.page.locator("#x").count() == 0
    assert name in bars.root.locator(".formula").inner_text()
    again = bars.page
    again.reload()
    bars.ready()
    assert bars.state["classes"][2] == name
    assert bars.page.locator("#x").count() == 0


def test_a_name_holds_24_characters(bars):
    field = bars.root.get_by_label("name of class 3")
    field.click()
    field.press("Control+a")
    field.press_sequentially(MARKUP)
    field.press("Enter")
    bars.idle()
    assert bars.address["classes"][2] == MARKUP[:24]
    assert bars.page.locator("img").count() == 0


def test_markup_in_a_name_of_the_address_stays_text(visit):
    name = "<img src=x onerror=a()>"
    page = visit.figure("prediction-bars", {"classes": ["a", "b", name, "</script>"]})
    assert page.state["classes"][2:] == [name, "</script>"]
    assert page.page.locator("img").count() == 0
    assert name in page.root.locator(".formula").inner_text()


def test_an_empty_name_brings_the_old_one_back(bars):
    field = bars.root.get_by_label("name of class 3")
    bars.type_into(field, "  ")
    assert field.input_value() == "fox"
    assert bars.button("Undo").is_disabled()


# -- typed and pasted ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_number_is_taken_exactly(visit, name):
    page = visit.figure(name)
    for text, value in {"0.25": 0.25, "0,375": 0.375, "12.5 %": 0.125, "1e-3": 0.001}.items():
        page.type_into(page.root.get_by_label(TYPED[name]), text)
        assert page.now("fox") == value, text
        assert differences(page) == {}, text


@pytest.mark.parametrize("name", TYPED)
def test_text_that_is_no_number_is_refused_with_a_sentence(visit, name):
    page = visit.figure(name)
    before = page.state
    for text in ("abc", "1.2.3", "--1", "0x10", "NaN", "Infinity", "1e"):
        page.type_into(page.root.get_by_label(TYPED[name]), text)
        refused(page, before, f"“{text}” is not a number")


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_number_out_of_range_is_refused_with_the_range(visit, name):
    page = visit.figure(name)
    before = page.state
    for text in ("31", "-31", "1e308"):
        page.type_into(page.root.get_by_label(TYPED[name]), text)
        refused(page, before, "from 0 to 1" if name == "prediction-bars" else "from -30 to 30")


def test_escape_brings_back_the_number_that_was_there(bars):
    field = bars.root.get_by_label(TYPED["prediction-bars"])
    field.fill("0.9")
    field.press("Escape")
    bars.idle()
    assert bars.now("fox") == 0.6
    assert field.input_value() == "0.60"


def pasted(page: FigurePage, text: str) -> None:
    """Pastes into the first number's field, as from a clipboard."""
    label = (
        "predicted probability of cat, typed" if "probs" in page.state else "logit z of cat, typed"
    )
    field = page.root.get_by_label(label)
    field.focus()
    field.evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", text);
          const event = { clipboardData, bubbles: true, cancelable: true };
          field.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        text,
    )
    page.idle()


def test_a_row_pasted_with_commas_tabs_or_spaces_sets_every_bar(bars):
    for text in (
        "0.5, 0.25, 0.125, 0.125",
        "0.5\t0.25\t0.125\t0.125",
        "0.5 0.25  0.125 0.125\n",
        "[0.5, .25, .125, .125]",
    ):
        pasted(bars, text)
        assert bars.address["probs"] == [0.5, 0.25, 0.125, 0.125], text
        assert bars.address["classes"] == ["cat", "dog", "fox", "owl"]
        assert differences(bars) == {}
        bars.button("Reset").click()
        bars.idle()


def test_a_pasted_row_of_another_length_changes_the_number_of_classes(bars):
    pasted(bars, "0.5 0.25 0.25")
    assert bars.address["probs"] == [0.5, 0.25, 0.25]
    assert bars.address["classes"] == ["cat", "dog", "fox"]
    assert bars.address["target"] == 2
    pasted(bars, "0.5, 0.1, 0.1, 0.1, 0.1, 0.1")
    assert len(bars.address["classes"]) == 6
    assert differences(bars) == {}


def test_a_pasted_row_that_is_wrong_is_refused_with_a_sentence(bars):
    before = bars.state
    for text, sentence in {
        "0.5, 0.25, 0.25, 0.25": "sum to 1; these sum to 1.25",
        ", ".join(["0.1"] * 11): "got 11 of them",
        "0.5, x, 0.5": "A row is numbers",
        "0.5, -0.5, 1": "got -0.5 among them",
    }.items():
        pasted(bars, text)
        refused(bars, before, sentence)


def test_a_row_of_logits_can_be_typed(logits):
    logits.button("Type a row").click()
    logits.type_into(logits.root.get_by_label("logit z: a row of numbers"), "3; -1; 0.5")
    assert logits.address["logits"] == [3, -1, 0.5]
    assert differences(logits) == {}


# -- presets, undo, reset --------------------------------------------------------------------------


class Walk:
    """Three of a figure's presets, undone and done again; then the others, and reset."""

    def __init__(self, page: FigurePage) -> None:
        first, *others = FIGURES[page.name].presets
        self.page, self.presets = page, [*others, first]
        self.start, self.shown = page.state, self.numbers()
        self.undone = [self.after(preset) for preset in self.presets[:3]]
        self.back, self.forth = self.pressed("Undo"), self.pressed("Redo")
        self.there = self.undone + [self.after(preset) for preset in self.presets[3:]]
        page.button("Reset").click()
        self.reset, self.address = page.idle().state, page.address
        self.shown_again = self.numbers()

    def numbers(self) -> dict[str, float]:
        return self.page.readouts()

    def after(self, preset: Preset) -> SimpleNamespace:
        """What is there when a preset was chosen."""
        button = self.page.button(preset.label)
        button.click()
        state = self.page.idle().state
        return SimpleNamespace(
            state=state,
            address=self.page.address,
            differences=differences(self.page, state),
            pressed=button.get_attribute("aria-pressed"),
            see=self.page.root.locator(".preset-see").inner_text(),
        )

    def pressed(self, name: str) -> list[dict[str, Any]]:
        """The states that a button leads through, until it can be pressed no more."""
        states = []
        while self.page.button(name).is_enabled():
            self.page.button(name).click()
            states.append(self.page.idle().state)
            assert self.page.address == states[-1]
        assert differences(self.page, self.page.state) == {}
        return states


@pytest.fixture(scope="module", params=FIGURES)
def walk(request, site, browser, desk) -> Iterator[Walk]:
    """One walk for all that is asked of it."""
    visits = Visits(browser, site, desk)
    yield Walk(visits.figure(request.param))
    visits.close()
    assert visits.complaints == []


def test_each_preset_leads_to_exactly_its_state_and_its_numbers(walk):
    for preset, found in zip(walk.presets, walk.there, strict=True):
        assert {key: found.state[key] for key in preset.state} == preset.state, preset.label
        assert found.pressed == "true"
        assert found.see == preset.see
        assert found.differences == {}, preset.label
        assert found.address in ({}, found.state), preset.label


def test_undo_and_redo_go_back_and_forth_through_the_same_states(walk):
    states = [walk.start]
    for found in walk.undone:
        if found.state != states[-1]:  # what changes nothing is no step
            states.append(found.state)
    assert walk.back == states[-2::-1]
    assert walk.forth == states[1:]


def test_reset_returns_to_the_very_same_start(walk):
    assert walk.reset == walk.address == walk.start
    # What a page begins with is NumPy's; a run that it makes again may differ in the last digits.
    assert walk.shown_again == pytest.approx(walk.shown, rel=RTOL, nan_ok=True)


def test_control_z_undoes_and_control_shift_z_redoes(bars):
    start = bars.state
    bars.drag("fox", 0.9)
    moved = bars.state
    bars.page.keyboard.press("Control+z")
    assert bars.idle().state == start
    bars.page.keyboard.press("Control+Shift+z")
    assert bars.idle().state == moved


def test_a_new_gesture_after_undo_forgets_what_could_be_redone(bars):
    bars.drag("fox", 0.9)
    bars.button("Undo").click()
    bars.idle()
    bars.drag("fox", 0.3)
    assert bars.button("Redo").is_disabled()
