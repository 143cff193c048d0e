"""Where each precision breaks, found by dragging."""

import math

import pytest
from tests.browser.conftest import PHONE

LARGEST = "largest logit, all in proportion"
GAP = "gap: the largest other minus the true one"
MOST_KEYS = 400


def broken_from(figure, label, name):
    """Drags a slider back and forth to where a loss is lost, then by keys to the very number."""
    slider = figure.slider(label)
    slider.scroll_into_view_if_needed()
    box = slider.locator("..").bounding_box()
    y = box["y"] + box["height"] / 2
    low, high = 0.0, box["width"]
    figure.page.mouse.move(*figure.centre(slider))
    figure.page.mouse.down()
    while high - low > 1:
        middle = (low + high) / 2
        figure.page.mouse.move(box["x"] + middle, y)
        figure.idle()
        low, high = (middle, high) if math.isfinite(figure.readout(name)) else (low, middle)
    figure.page.mouse.move(box["x"] + low, y)
    figure.page.mouse.up()
    figure.idle()
    assert math.isfinite(figure.readout(name))
    slider.focus()
    for key, back in (("PageUp", "PageDown"), ("ArrowRight", None)):
        for _ in range(MOST_KEYS):
            slider.press(key)
            figure.idle()
            if not math.isfinite(figure.readout(name)):
                break
        broken = figure.now(label)
        if back:
            slider.press(back)
            figure.idle()
            assert math.isfinite(figure.readout(name))
    return broken


@pytest.mark.parametrize(
    ("dtype", "label", "name", "threshold", "within"),
    [
        ("float16", LARGEST, "naive_loss", 11.09, 0.011),
        ("float32", LARGEST, "naive_loss", 88.72, 0.011),
        ("float64", LARGEST, "naive_loss", 709.78, 0.011),
        ("float32", GAP, "softmax_loss", 104, 0.05),
        ("float64", GAP, "softmax_loss", 745, 0.15),
    ],
)
def test_the_number_at_which_a_formula_breaks(visit, dtype, label, name, threshold, within):
    state = {"logits": [1, 0] if label == LARGEST else [0, 1], "classes": ["cat", "dog"]}
    figure = visit.figure("stability", state | {"target": 0, "dtype": dtype}, viewport=PHONE)
    assert broken_from(figure, label, name) == pytest.approx(threshold, abs=within)


def test_the_first_cell_that_breaks_is_framed(visit):
    figure = visit.figure("stability", {"logits": [0, 105, 50], "dtype": "float32"})
    first = figure.root.locator(".lane-cell.first .lane-step")
    assert first.all_text_contents()[:2] == ["exp z", "exp (z − m)"]
    fate = figure.root.locator("[data-readout=naive_loss]").get_attribute("data-fate")
    assert (fate, figure.readout("naive_loss")) == ("inf", math.inf)
