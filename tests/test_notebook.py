"""crossent.show: Python sees the page and can set it; without a kernel the page lives on."""

import subprocess
import sys

import panel as pn
import pytest
from bokeh.resources import INLINE

import crossent
from crossent.errors import StateError, UnknownFigureError


def test_show_gives_the_figure_in_the_state_asked_for():
    figure = crossent.show("logit-gradient", logits=[2, 1, 0.1], target=1)
    assert figure.state["logits"] == [2.0, 1.0, 0.1]
    assert figure.target == 1


def test_show_says_what_would_be_right():
    with pytest.raises(UnknownFigureError, match="did you mean 'logit-gradient'"):
        crossent.show("logit-gradeint")
    with pytest.raises(StateError, match="target must be from 0 to 2; got 3"):
        crossent.show("logit-gradient", logits=[2, 1, 0.1], target=3)


@pytest.fixture
def view():
    figure = crossent.show("logit-gradient", logits=[2, 1, 0.1])
    view = pn.panel(figure)
    sent = []
    view._send_msg = sent.append
    return figure, view, sent


def test_what_the_page_tells_is_what_python_reads(view):
    figure, view, _ = view
    view._handle_msg({"state": figure.state | {"target": 2}})
    assert figure.target == 2


@pytest.mark.parametrize("nonsense", [None, 3, "x", {}, {"state": 1}, {"state": {"target": 99}}])
def test_nonsense_from_the_page_changes_nothing(view, nonsense):
    figure, view, _ = view
    before = figure.state
    view._handle_msg(nonsense)
    assert figure.state == before


def test_what_python_sets_is_told_to_the_page(view):
    figure, _, sent = view
    figure.logits = [0.0, 1.0, 2.0]
    assert sent[-1]["state"]["logits"] == [0.0, 1.0, 2.0]


def test_an_exported_figure_lives_without_a_kernel(browser, tmp_path):
    figure = crossent.show("prediction-bars", probs=[0.1, 0.2, 0.6, 0.1])
    path = tmp_path / "notebook.html"
    pn.panel(figure).save(str(path), resources=INLINE)
    page = browser.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.context.set_offline(True)
    page.goto(path.as_uri())
    grip = page.get_by_role("slider", name="fox", exact=True)
    grip.wait_for()
    grip.focus()
    grip.press("PageUp")
    page.wait_for_function(
        "grip => grip.getAttribute('aria-valuenow') === '0.7'", arg=grip.element_handle()
    )
    loss = page.locator("[data-readout=loss]")
    assert float(loss.get_attribute("data-value")) == pytest.approx(0.35667494393873245, rel=1e-12)
    assert wrong == []
    page.close()


def test_importing_the_core_brings_in_nothing_but_numpy():
    code = (
        "import sys, crossent.core; "
        "print([m for m in ('panel', 'bokeh', 'param', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
