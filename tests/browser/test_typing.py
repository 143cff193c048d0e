"""A sentence is scored as it is typed, one step of undo at a time, and is never read as markup."""

import pytest
from tests.browser.driving import FigurePage, differences

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

LABEL = "your sentence"


@pytest.fixture
def line(visit):
    return visit.figure("next-token")


def typed(page: FigurePage, text: str) -> None:
    box = page.root.get_by_role("textbox", name=LABEL, exact=True)
    box.fill("")
    box.press_sequentially(text)
    box.blur()
    page.idle()


def tokens(page: FigurePage) -> list[str]:
    return page.root.locator(".token-target").all_inner_texts()


def agree(page: FigurePage) -> None:
    assert page.address == page.state
    assert differences(page) == {}


def test_every_key_is_followed_and_the_address_holds_the_text(line):
    typed(line, "An odd egg.")
    assert line.state["text"] == "An odd egg."
    assert tokens(line) == list("an␣odd␣egg.")
    assert line.root.locator(".token-input").all_inner_texts() == list("¶an␣odd␣egg")
    agree(line)


def test_what_was_typed_is_one_step_of_undo(line):
    before = line.state
    box = line.root.get_by_role("textbox", name=LABEL, exact=True)
    box.press_sequentially("abc")
    line.button("Undo").click()
    line.idle()
    assert line.state == before
    assert box.input_value() == before["text"]


def test_markup_that_is_typed_is_text_and_what_is_unknown_is_said(line):
    typed(line, "<img src=x>")
    assert line.root.locator("img").count() == 0
    assert tokens(line) == list("�img␣src�x�")
    assert "3 unknown, �" in line.root.inner_text()
    agree(line)


def test_of_a_text_that_is_too_long_the_beginning_is_read(line):
    line.root.get_by_role("textbox", name=LABEL, exact=True).fill("ab" * 150)
    line.idle()
    assert line.state["text"] == "ab" * 100
    assert line.notice == "Only the first 200 characters are read"
    assert len(tokens(line)) == 200


def test_arrow_keys_go_from_token_to_token_and_an_override_does_not_follow(line):
    line.root.get_by_role("slider", name="its probability p", exact=True).press("Home")
    line.idle()
    assert line.state["override"] > 0
    line.root.locator(".token-target").first.press("ArrowRight")
    line.idle()
    assert (line.state["token"], line.state["override"]) == (1, 0)
    line.root.locator(".token-target[aria-checked=true]").press("End")
    line.idle()
    assert line.state["token"] == len(line.state["text"]) - 1
    agree(line)


def test_a_dragged_bar_moves_the_sentences_loss(line):
    before = line.readout("loss")
    grip = line.slider("cost of the selected token, in bits")
    x, y = line.centre(grip)
    line.mouse.move(x, y)
    line.mouse.down()
    line.mouse.move(x, y - 20, steps=3)
    line.mouse.up()
    line.idle()
    assert line.readout("loss") > before
    agree(line)


def test_no_text_is_said_and_a_text_again_is_scored(line):
    typed(line, "")
    box = line.root.get_by_placeholder("There is nothing to predict: type something.")
    assert box.input_value() == ""
    assert box.is_visible()
    typed(line, "a")
    assert tokens(line) == ["a"]
    agree(line)
