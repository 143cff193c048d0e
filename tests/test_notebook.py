"""crossent.show: Python sees the page and can set it; without a kernel the page lives on."""

import json
import math
import os
import subprocess
import sys
import time
import urllib.request

import panel as pn
import pytest
from tests.browser.driving import free_port

import crossent
from crossent.errors import StateError, UnknownFigureError

PROBS = [0.1, 0.2, 0.6, 0.1]
NAMES = ["</script>", "dog", "fox", "<!--"]  # a lecturer may speak of anything


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


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook that shows a figure, reads it and sets it."""
    import nbformat  # here: it takes seconds, which each worker would pay while it collects

    cells = [
        "import crossent\n"
        f'figure = crossent.show("prediction-bars", probs={PROBS}, classes={NAMES!r})\n'
        "figure",
        'print("read back", figure.probs)',
        "figure.probs = [0.7, 0.1, 0.1, 0.1]",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = tmp_path_factory.mktemp("notebook") / "lecture.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(30_000)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    page.close()


def jupyter(*command, **options):
    """Starts one of Jupyter's tools, which neither reads nor writes its user's settings."""
    return subprocess.Popen([sys.executable, "-m", *command], **options)


@pytest.fixture
def settings(tmp_path):
    folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "RUNTIME")}
    return os.environ | folders | {"IPYTHONDIR": str(tmp_path / "ipython")}


def test_an_exported_notebook_lives_without_kernel_and_network(notebook, settings, page):
    command = ("nbconvert", "--execute", "--to", "html", str(notebook))
    done = jupyter(*command, env=settings, stderr=subprocess.PIPE, text=True)
    _, said = done.communicate(timeout=120)
    exported = notebook.with_suffix(".html")
    assert exported.exists(), said
    page.context.set_offline(True)
    page.goto(exported.as_uri())
    dragged_up(page)
    loss = page.locator("[data-readout=loss]")
    shown = float(page.get_by_role("slider", name="fox").get_attribute("aria-valuenow"))
    assert float(loss.get_attribute("data-value")) == pytest.approx(-math.log(shown), rel=1e-12)
    assert page.get_by_role("slider", name=NAMES[0], exact=True).count() == 1
    assert page.wrong == []


def dragged_up(page):
    """Drags the third bar with the mouse from its 0.6 until it says more than 0.7."""
    grip = page.get_by_role("slider", name="fox", exact=True)
    grip.wait_for()
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "grip => Number(grip.getAttribute('aria-valuenow')) > 0.7", arg=grip.element_handle()
    )
    return float(grip.get_attribute("aria-valuenow"))


@pytest.fixture
def lab(notebook, settings):
    """JupyterLab, serving the notebook; its address."""
    port = free_port()
    options = [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--no-browser"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebook.parent}"]
    options += ["--ServerApp.allow_root=True", "--LabApp.extension_manager=readonly"]
    log = notebook.with_name("lab.log")
    with log.open("w") as said:
        process = jupyter("jupyterlab", *options, env=settings, stdout=said, stderr=said)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"{address}/doc/tree/{notebook.name}"
    process.terminate()
    process.wait(30)


def test_python_reads_in_jupyterlab_what_was_dragged_and_sets_what_is_shown(lab, page):
    page.goto(lab)
    cells = page.locator(".jp-CodeCell")
    cells.nth(0).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    shown = dragged_up(page)
    page.keyboard.press("Escape")
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    said = cells.nth(1).locator(".jp-OutputArea-output", has_text="read back").inner_text()
    probs = json.loads(said.partition("back")[2])
    assert probs[2] == shown
    page.keyboard.press("Shift+Enter")  # the cell below has the focus
    page.wait_for_function(
        "grip => grip.getAttribute('aria-valuenow') === '0.1'",
        arg=page.get_by_role("slider", name="fox", exact=True).element_handle(),
    )
    assert page.wrong == []


def test_importing_the_core_brings_in_nothing_but_numpy():
    code = (
        "import sys, crossent.core; "
        "print([m for m in ('panel', 'bokeh', 'param', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
