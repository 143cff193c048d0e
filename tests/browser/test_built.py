"""Built pages: under a strict policy, from file://, embedded elsewhere, without any other host."""

import contextlib
import gzip
from pathlib import Path

import pytest
from tests.browser.driving import BuiltSite, SilentFiles

from crossent.figures import FIGURES

# The README's policy for a page of a built site.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src data:; img-src 'self' data: blob:; connect-src 'self'"
)
READY = "crossent-figure[data-ready]"
SET_IN_INTER = """async () => {
  await document.fonts.ready;
  const canvas = document.createElement("canvas").getContext("2d");
  const widths = ["Inter, monospace", "monospace"].map((font) => {
    canvas.font = `13px ${font}`;
    return canvas.measureText("which font is this?").width;
  });
  return widths[0] !== widths[1];
}"""


class StrictFiles(SilentFiles):
    """Files with the policy's header."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@contextlib.contextmanager
def static_host(folder):
    """A plain static host with the policy: its address."""
    site = BuiltSite(folder, StrictFiles)
    try:
        yield site.origin
    finally:
        site.stop()


@pytest.fixture(scope="module")
def one_reader(browser):
    """Who opens one page after the other: a new reader for each takes four times as long."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def strict_host(built_folder):
    """The site in a sub-path, as on many hosts, under the policy: the host's address."""
    with static_host(built_folder.parent) as host:
        yield host


@pytest.fixture
def watched(one_reader):
    """A page, with what it asked for and what went wrong."""
    one_reader.set_offline(False)
    page = one_reader.new_page()
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("requestfailed", lambda request: page.wrong.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "console",
        lambda message: message.type in ("error", "warning") and page.wrong.append(message.text),
    )
    yield page
    page.close()


def drag_first(page):
    """Drags the first slider a little; its new value."""
    grip = page.get_by_role("slider").first
    before = grip.get_attribute("aria-valuenow")
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y - 12, steps=4)
    page.mouse.up()
    assert grip.get_attribute("aria-valuenow") != before


def numbers_of(page):
    """The full-precision value of each readout."""
    return page.eval_on_selector_all(
        "[data-readout]", "all => all.map(e => [e.dataset.readout, e.dataset.value])"
    )


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_lives_under_the_strict_policy_asks_only_its_own_host_and_is_light(
    strict_host, built_folder, watched, name
):
    watched.goto(f"{strict_host}/{built_folder.name}/figures/{name}.html")
    watched.wait_for_selector(READY)
    if watched.query_selector(".plot"):
        watched.wait_for_selector(".plot canvas, .plot-canvas")
    before = numbers_of(watched)
    drag_first(watched)
    watched.wait_for_function(
        "before => JSON.stringify([...document.querySelectorAll('[data-readout]')]"
        ".map(e => [e.dataset.readout, e.dataset.value])) !== JSON.stringify(before)",
        arg=before,
    )
    assert watched.wrong == []
    assert all(url.startswith((strict_host, "data:", "blob:")) for url in watched.asked)
    watched.wait_for_load_state("networkidle")
    assert compressed(watched.asked, strict_host, built_folder.parent) < 600_000


def compressed(asked, host, root):
    """The bytes of all that a page asked its host for, as a host that compresses sends them."""
    paths = {url.removeprefix(host).partition("?")[0] for url in asked if url.startswith(host)}
    return sum(len(gzip.compress((root / path.lstrip("/")).read_bytes(), 6)) for path in paths)


# Every other figure's page in either form: what they hold, and how, is the same for all.
IN_TURN = [(name, ("built", "single")[i % 2]) for i, name in enumerate(FIGURES)]


@pytest.mark.parametrize(("name", "form"), IN_TURN)
def test_a_page_works_by_double_click_without_any_network(request, watched, form, name):
    folder = request.getfixturevalue(f"{form}_folder")
    watched.context.set_offline(True)
    watched.goto((folder / "figures" / f"{name}.html").as_uri())
    watched.wait_for_selector(READY)
    assert watched.evaluate(SET_IN_INTER)
    drag_first(watched)
    assert watched.wrong == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in watched.asked)


def test_a_single_file_asks_for_no_other_file(single_folder, watched):
    page = single_folder / "figures" / "prediction-bars.html"
    watched.goto(page.as_uri())
    watched.wait_for_selector(READY)
    assert [url for url in watched.asked if url.startswith("file:")] == [page.as_uri()]


@pytest.mark.parametrize("name", FIGURES)
def test_a_single_file_is_under_one_megabyte_compressed(single_folder, name):
    content = (single_folder / "figures" / f"{name}.html").read_bytes()
    assert len(gzip.compress(content, 6)) < 1_000_000


def test_the_readers_browser_agrees_with_numpy_on_how_we_know(built_folder, watched):
    watched.goto((built_folder / "how-we-know.html").as_uri())
    watched.wait_for_selector("[data-checked]")
    errors = watched.eval_on_selector_all("[data-worst]", "all => all.map(e => +e.dataset.value)")
    assert len(errors) == len(FIGURES)
    assert max(errors) <= 1e-12
    assert watched.wrong == []


@pytest.fixture
def embedded(built_folder, browser, tmp_path):
    """A course's page on another origin with the embed code in it, narrower than the figure."""
    context = browser.new_context(
        viewport={"width": 700, "height": 900},
        has_touch=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    with static_host(built_folder) as host:
        page.goto(f"{host}/figures/logit-gradient.html")
        page.wait_for_selector(READY)
        page.get_by_role("button", name="Copy embed code").click()
        code = page.evaluate("navigator.clipboard.readText()")
        course = f"<!doctype html><div style='width:640px'>{code}</div>"
        (tmp_path / "course.html").write_text(course)
        page.goto((tmp_path / "course.html").as_uri())
        page.frame_locator("iframe").locator(READY).wait_for()
        inner = page.frames[1]
        page.wait_for_function(
            "height => document.querySelector('iframe').clientHeight === height",
            arg=inner.evaluate(
                "Math.ceil(document.documentElement.getBoundingClientRect().height)"
            ),
        )
        yield page, inner
    context.close()


def test_the_embed_code_on_another_origin_gives_the_right_height_and_no_scroll_bar(embedded):
    page, inner = embedded
    assert inner.evaluate("origin") != page.evaluate("origin")
    assert inner.evaluate(
        "document.documentElement.scrollHeight <= window.innerHeight"
        " && document.documentElement.scrollWidth <= window.innerWidth"
    )


def test_an_embedded_figure_is_worked_by_keyboard(embedded):
    _, inner = embedded
    grip = inner.get_by_role("slider").first
    before = float(grip.get_attribute("aria-valuenow"))
    grip.press("ArrowUp")
    assert float(grip.get_attribute("aria-valuenow")) == pytest.approx(before + 0.1)


def test_an_embedded_figure_is_dragged_by_a_finger_and_the_page_around_it_stays(embedded):
    page, inner = embedded
    grip = inner.get_by_role("slider", name="cat", exact=True)
    loss = inner.locator("[data-readout=loss]").first
    before, shown = float(grip.get_attribute("aria-valuenow")), loss.get_attribute("data-value")
    grip.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)
    for move in range(8):
        kind = "touchMove" if move else "touchStart"
        point = {"x": x, "y": y + 6 * move}
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    inner.wait_for_function(
        "([grip, before]) => Number(grip.getAttribute('aria-valuenow')) < before - 0.5",
        arg=[grip.element_handle(), before],
    )
    assert loss.get_attribute("data-value") != shown
    assert page.evaluate("scrollY") == scrolled


def test_readme_gives_the_policy_that_is_tested():
    readme = Path(__file__).parents[2] / "README.md"
    assert POLICY in readme.read_text()
