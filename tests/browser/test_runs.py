"""A figure that trains, in a built page: short runs at once, long ones beside the page."""

import functools
import http.server
import threading

import numpy as np
import pytest
from tests.browser.test_built import POLICY
from tests.figures.training import STEPS, Descent

from crossent.build import SharedFiles, SingleFiles, write_figure
from crossent.links.browser import compile_figure

FIGURE = "document.querySelector('crossent-figure')"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """The figure's page under the strict policy, and as a file that holds all."""
    program = compile_figure(Descent)
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in ("shared", "single")}
    write_figure(SharedFiles(folders["shared"]), Descent, program, "en")
    write_figure(SingleFiles(folders["single"]), Descent, program, "en")
    handler = functools.partial(Quiet, directory=str(folders["shared"]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "built": f"http://127.0.0.1:{server.server_address[1]}/figures/descent.html",
        "single file": (folders["single"] / "figures/descent.html").as_uri(),
        "opened from a disk": (folders["shared"] / "figures/descent.html").as_uri(),
    }
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(browser, addresses):
    """What opens the figure in one of the ways, on a page that is closed in the end."""
    pages = []

    def at(kind="built", query=""):
        page = browser.new_page()
        pages.append(page)
        page.goto(addresses[kind] + query)
        page.wait_for_selector("crossent-figure[data-ready]")
        return page

    yield at
    for page in pages:
        page.close()


def idle(page):
    page.wait_for_function(f"() => !{FIGURE}.gestures.busy", timeout=60_000)


def expected(**state):
    state, problems = Descent.resolve(state)
    assert not problems
    return Descent.columns(state)


@pytest.mark.parametrize("kind", ["built", "single file", "opened from a disk"])
def test_a_long_run_is_beside_the_page_and_comes_in_parts(opened, kind):
    page = opened(kind)
    parts = page.evaluate(
        f"""async () => {{
          const figure = {FIGURE}, show = figure.show.bind(figure), parts = [];
          figure.show = (answer, gesture) => {{
            show(answer, gesture);
            parts.push(Array.from(figure.columns.curve.loss).filter((x) => !isNaN(x)).length);
          }};
          figure.assign({{ rows: "20000" }});
          while (figure.gestures.busy) await new Promise((resolve) => setTimeout(resolve, 20));
          return parts;
        }}"""
    )
    assert parts[-1] == STEPS + 1
    assert parts == sorted(parts)
    assert len(set(parts)) > 2
    assert page.evaluate(f"() => Boolean({FIGURE}.link.runners.get({FIGURE}).worker)") == (
        kind != "opened from a disk"
    )
    loss = page.evaluate(f"() => Array.from({FIGURE}.columns.curve.loss)")
    assert loss == pytest.approx(expected(rows="20000")["curve"]["loss"], rel=1e-9)


def test_the_newest_state_wins(opened):
    page = opened()
    page.evaluate(
        f"""() => {{
          {FIGURE}.assign({{ rows: "2000" }});
          {FIGURE}.begin();
          for (let i = 1; i <= 40; i++) {FIGURE}.set({{ learning_rate: i / 20 }});
          {FIGURE}.end();
        }}"""
    )
    idle(page)
    assert page.evaluate(f"() => {FIGURE}.state.learning_rate") == 2
    loss = page.evaluate(f"() => {FIGURE}.value('loss')")
    assert loss == pytest.approx(expected(rows="2000", learning_rate=2)["readout"]["loss"])
    assert page.evaluate(f"() => {FIGURE}.gestures.past.length") == 2


def test_a_play_is_one_step_of_undo_and_runs_nothing_again(opened):
    page = opened(query="?step=0")
    idle(page)
    before = page.evaluate(f"() => {FIGURE}.link.runners.get({FIGURE}).kept.size")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => {FIGURE}.state.step > 20")
    page.get_by_role("button", name="Pause").click()
    idle(page)
    step = page.evaluate(f"() => {FIGURE}.state.step")
    assert 20 < step <= STEPS
    assert page.evaluate(f"() => {FIGURE}.link.runners.get({FIGURE}).kept.size") == before
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate(f"() => {FIGURE}.state.step") == 0


def test_a_playhead_is_moved_by_keys(opened):
    page = opened(query="?step=100")
    idle(page)
    page.get_by_role("slider", name="step").focus()
    moves = {"ArrowRight": 101, "Home": 0, "End": STEPS, "ArrowLeft": STEPS - 1}
    for key, step in moves.items():
        page.keyboard.press(key)
        page.wait_for_function(f"() => {FIGURE}.state.step === {step}")
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => {FIGURE}.state.step > 2")
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Play").count() == 1


def test_a_link_holds_the_playhead(opened):
    page = opened(query="?learning_rate=1.5&step=137")
    idle(page)
    found = page.evaluate(f"() => [{FIGURE}.value('loss'), Array.from({FIGURE}.columns.map.prob)]")
    wanted = expected(learning_rate=1.5, step=137)
    assert found[0] == pytest.approx(wanted["readout"]["loss"], rel=1e-9)
    assert found[1] == pytest.approx(np.ravel(wanted["map"]["prob"]), rel=1e-9)


def test_an_image_is_drawn_in_its_theme(opened):
    page = opened()
    idle(page)
    shades = """() => {
      const views = [...document.querySelectorAll(".plot")].map((box) => box.plotView.model);
      const all = views.flatMap((model) => [...model.document._all_models.values()]);
      return all.find((model) => model.type === "LinearColorMapper").palette;
    }"""
    page.wait_for_function("[...document.querySelectorAll('.plot')].every((box) => box.plotView)")
    for scheme, ends in {
        "dark": ["#1c1f26", "#83aaff"],
        "light": ["#fffefb", "#2a5fd0"],
    }.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            f"([first, last]) => [({shades})()].some((p) => p[0] === first && p.at(-1) === last)",
            arg=ends,
        )


def test_a_plot_out_of_sight_is_drawn_when_the_finger_rests(opened):
    page = opened()
    idle(page)
    page.wait_for_function("[...document.querySelectorAll('.plot')].every((box) => box.plotView)")
    page.set_viewport_size({"width": 900, "height": 40})
    drawn = f"""() => {{
      const all = [...document.querySelector(".plot").plotView.model.document._all_models.values()];
      const {{ data }} = all.find((model) => model.type === "ColumnDataSource" && model.data.loss);
      return data.loss.at(-1) === {FIGURE}.columns.curve.loss.at(-1);
    }}"""
    page.evaluate(f"() => {FIGURE}.begin()")
    page.wait_for_function(
        f"() => ({FIGURE}.set({{ learning_rate: 0.1 + Math.random() }}), !({drawn})())"
    )
    page.evaluate(f"() => {FIGURE}.end()")
    idle(page)
    assert page.evaluate(drawn)


def test_the_data_of_an_image_is_one_line_for_each_place(opened):
    page = opened()
    idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    start = lines.index("row,column,map.prob")
    assert lines[start + 1].startswith("0,0,")
    assert lines[start + 144].startswith("11,11,")
