"""Whatever the hand does, what is shown at the end is what the core computes from it."""

import pytest
from playwright.sync_api import CDPSession
from tests.browser.driving import FigurePage, differences, is_asked_after

from crossent.figures import FIGURES

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def agree(page: FigurePage) -> None:
    """The address holds the state that is shown, and every number follows from it."""
    assert page.address == page.state
    assert differences(page) == {}


@pytest.mark.everywhere
def test_a_dragged_probability_takes_exactly_its_value_and_the_loss_follows(bars):
    bars.drag("fox", 0.9)
    assert bars.now("fox") == bars.address["probs"][2] == 0.9
    assert sum(bars.address["probs"]) == pytest.approx(1, abs=1e-12)
    agree(bars)


def test_the_other_probabilities_keep_their_proportions(bars):
    bars.drag("fox", 0.2)
    cat, dog, _, owl = bars.address["probs"]
    assert dog / cat == pytest.approx(2, rel=1e-12)
    assert owl == pytest.approx(cat, rel=1e-12)


@pytest.mark.everywhere
def test_a_dragged_logit_takes_exactly_its_value_and_every_gradient_follows(logits):
    logits.drag("cat", -3.5)
    assert logits.now("cat") == logits.address["logits"][0] == -3.5
    agree(logits)


def test_a_press_on_the_bar_brings_the_grip_there(bars):
    x, y = bars.place("dog", 0.75)
    bars.mouse.click(x, y)
    bars.idle()
    assert bars.now("dog") == 0.75
    agree(bars)


def test_a_press_on_the_grip_alone_changes_nothing(bars):
    before = bars.state
    bars.mouse.click(*bars.grip("fox"))
    bars.idle()
    assert bars.state == before
    assert bars.button("Undo").is_disabled()


def test_a_slow_press_is_a_drag_all_the_same(bars):
    bars.hold("fox")
    bars.page.wait_for_timeout(500)
    bars.mouse.move(*bars.place("fox", 0.3), steps=6)
    bars.mouse.up()
    bars.idle()
    assert bars.now("fox") == 0.3
    agree(bars)


@pytest.mark.everywhere
def test_of_120_moves_at_60_hz_the_last_position_is_shown(bars):
    start, end = bars.place("fox", 0.05), bars.place("fox", 0.85)
    bars.hold("fox")
    session = bars.context.new_cdp_session(bars.page)
    for move in range(120):
        towards = end if move % 2 else start
        mouse(session, "mouseMoved", towards[0], towards[1], buttons=1)
        bars.page.wait_for_timeout(1000 / 60)
    bars.mouse.move(*end)
    bars.mouse.up()
    bars.idle()
    assert bars.now("fox") == bars.address["probs"][2] == 0.85
    agree(bars)


def mouse(session: CDPSession, kind: str, x: float, y: float, **more: object) -> None:
    session.send(
        "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left"} | more
    )


def test_a_fling_out_of_the_window_stops_at_the_bound(bars):
    bars.hold("fox")
    bars.mouse.move(bars.grip("fox")[0], -400, steps=3)
    bars.mouse.up()
    bars.idle()
    assert bars.now("fox") == 1
    assert bars.readout("loss") == 0
    agree(bars)


@pytest.mark.everywhere
def test_two_bars_one_right_after_the_other_both_arrive(logits):
    first, second = logits.place("cat", -1), logits.place("owl", 4)
    logits.hold("cat")
    logits.mouse.move(*first)
    logits.mouse.up()
    logits.hold("owl")
    logits.mouse.move(*second)
    logits.mouse.up()
    logits.idle()
    assert (logits.now("cat"), logits.now("owl")) == (-1, 4)
    agree(logits)


def test_a_drag_while_a_number_is_being_typed_wins(bars):
    field = bars.root.get_by_label("predicted probability of cat, typed")
    field.click()
    bars.drag("fox", 0.8)
    assert bars.now("fox") == 0.8
    assert float(field.input_value()) == pytest.approx(bars.now("cat"), abs=0.005)
    agree(bars)


def test_a_number_typed_but_not_sent_is_taken_before_the_drag_that_follows(bars):
    bars.root.get_by_label("predicted probability of cat, typed").fill("0.5")
    bars.drag("fox", 0.5)
    cat, dog, fox, _ = bars.address["probs"]
    assert fox == 0.5
    # 0.5 for the cat left 2 : 6 : 1 to dog, fox and owl; then the fox took half.
    assert cat / dog == pytest.approx(0.5 / (0.5 * 0.2 / 0.9), rel=1e-12)
    agree(bars)


def test_the_dot_on_the_curve_sets_the_probability_of_the_truth(bars):
    label = "probability of the true class, on the curve"
    x, y = bars.grip(label)
    bars.mouse.move(x, y)
    bars.mouse.down()
    bars.mouse.move(x - 120, y, steps=6)
    bars.mouse.up()
    bars.idle()
    assert bars.now(label) == bars.address["probs"][2] < 0.5
    agree(bars)


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    session.send(
        "Input.dispatchTouchEvent",
        {
            "type": kind,
            "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)],
        },
    )


def finger(page: FigurePage, label: str, value: float, moves: int = 10) -> None:
    """Drags with one finger, from the grip to a value."""
    session = page.context.new_cdp_session(page.page)
    (x, y), (to_x, to_y) = page.grip(label), page.place(label, value)
    touch(session, "touchStart", (x, y))
    for i in range(1, moves + 1):
        touch(session, "touchMove", (x + (to_x - x) * i / moves, y + (to_y - y) * i / moves))
    touch(session, "touchEnd")
    page.idle()


def test_a_finger_drags_a_bar_and_does_not_scroll_the_page(visit):
    bars = visit.figure("prediction-bars", **PHONE)
    bars.grip("fox")  # scrolled into view
    scrolled = bars.page.evaluate("scrollY")
    finger(bars, "fox", 0.25)
    assert bars.now("fox") == 0.25
    assert bars.page.evaluate("scrollY") == scrolled
    agree(bars)


def test_a_second_finger_on_another_bar_does_not_take_the_first_ones(visit):
    bars = visit.figure("prediction-bars", **PHONE)
    session = bars.context.new_cdp_session(bars.page)
    fox, owl = bars.grip("fox"), bars.grip("owl")
    end = bars.place("fox", 0.3)
    touch(session, "touchStart", fox)
    touch(session, "touchStart", fox, owl)
    touch(session, "touchMove", end, owl)
    touch(session, "touchEnd", owl)
    touch(session, "touchEnd")
    bars.idle()
    agree(bars)
    bars.drag("dog", 0.4)
    assert bars.now("dog") == 0.4


def test_a_pen_drags_a_bar(bars):
    session = bars.context.new_cdp_session(bars.page)
    x, y = bars.grip("fox")
    _, end = bars.place("fox", 0.35)
    pen = {"pointerType": "pen"}
    mouse(session, "mouseMoved", x, y, **pen)
    mouse(session, "mousePressed", x, y, buttons=1, clickCount=1, **pen)
    for i in range(1, 7):
        mouse(session, "mouseMoved", x, y + (end - y) * i / 6, buttons=1, **pen)
    mouse(session, "mouseReleased", x, end, clickCount=1, **pen)
    bars.idle()
    assert bars.now("fox") == 0.35
    agree(bars)


def test_the_right_button_does_not_drag(bars):
    before = bars.state
    bars.mouse.move(*bars.grip("fox"))
    bars.mouse.down(button="right")
    bars.mouse.move(*bars.place("fox", 0.1))
    bars.mouse.up(button="right")
    bars.idle()
    assert bars.state == before


@pytest.mark.everywhere
def test_a_drag_of_many_moves_is_one_step_of_undo(bars):
    start = bars.state
    bars.drag("fox", 0.1, steps=30)
    bars.button("Undo").click()
    bars.idle()
    assert bars.state == start
    assert bars.button("Undo").is_disabled()


@pytest.mark.parametrize("name", FIGURES)
def test_every_slider_of_a_figure_can_be_dragged_with_the_mouse(visit, name):
    page = visit.figure(name)
    count = page.sliders().count()
    for i in range(count):
        slider = page.sliders().nth(i)
        label = slider.get_attribute("aria-label")
        before = slider.get_attribute("aria-valuenow")
        upright = slider.get_attribute("aria-orientation") == "vertical"
        x, y = page.centre(slider)
        low, high = (float(slider.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
        way = -24 if float(before) > (low + high) / 2 else 24
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x if upright else x + way, y - way if upright else y, steps=2)
        page.mouse.up()
        page.idle()
        assert slider.get_attribute("aria-valuenow") != before, label
        assert page.address == page.state
        if is_asked_after(name, i, count):
            assert differences(page) == {}
