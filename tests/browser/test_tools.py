"""What every figure offers: link, embed code, code that runs, data, pictures, torch's number."""

import contextlib
import csv
import io
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Visits
from tests.browser.driving import LOSS, FigurePage, close, differences, state_in

from crossent.figures import FIGURES

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|inf|nan"


def is_shown(number: float, page: FigurePage) -> bool:
    """Whether it is the loss on the page (of a figure without one: any of its numbers)."""
    shown = page.readouts()
    names = [LOSS[page.name]] if page.name in LOSS else list(shown)
    return any(close(number, shown[name]) for name in names)


def copied(visit: Visits, tool: str, notice: str) -> tuple[FigurePage, str]:
    """A figure that was dragged, and what a tool then put on the clipboard."""
    page = visit.figure("prediction-bars", permissions=["clipboard-read", "clipboard-write"])
    page.drag("fox", 0.9)
    page.button(tool).click()
    expect(page.root.locator(".notice")).to_contain_text(notice)
    return page, page.page.evaluate("navigator.clipboard.readText()")


def test_copy_link_puts_the_whole_state_on_the_clipboard(visit):
    page, link = copied(visit, "Copy link", "Link copied")
    assert state_in(link) == page.state
    state = page.state
    assert FigurePage(visit.elsewhere(link)).ready().state == state


def test_without_a_clipboard_the_link_is_left_where_it_can_be_taken(visit):
    context = visit.context()
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = visit.figure("prediction-bars", context=context)
    page.button("Copy link").click()
    field = page.root.get_by_label("Copy this")
    expect(field).to_be_visible()
    assert state_in(field.input_value()) == page.state


def test_the_embed_code_is_an_iframe_with_a_name_that_shows_this_state(visit):
    page, code = copied(visit, "Copy embed code", "copied")
    frame = ElementTree.fromstring(code.splitlines()[0])
    assert frame.tag == "iframe"
    assert "Prediction bars" in frame.get("title")
    shown = state_in(frame.get("src"))
    assert shown.pop("theme") == "light"  # the page around it says which, and can change it
    assert shown == page.state


def test_the_code_follows_the_state(bars):
    bars.button("Code").click()
    code = bars.root.locator("pre code")
    expect(code).to_contain_text("0.6")
    bars.drag("fox", 0.9)
    expect(code).to_contain_text("0.9")


def test_a_name_in_the_code_cannot_leave_its_text(visit):
    """A name with quotes is a Python literal wherever a template holds it."""
    page = visit.figure("prediction-bars", {"classes": ['"', "\\", "'''", "{target}"]})
    page.button("Code").click()
    for language in FIGURES["prediction-bars"].code:
        page.root.get_by_role("tab", name=language, exact=True).click()
        compile(page.root.locator("pre code").inner_text(), language, "exec")


def saved(page: FigurePage, tool: str) -> bytes:
    with page.page.expect_download() as download:
        page.button(tool).click()
    assert download.value.suggested_filename == f"{page.name}.{tool.lower()}"
    return Path(download.value.path()).read_bytes()


@pytest.fixture(scope="module", params=FIGURES)
def at_rest(request, site, browser, desk) -> Iterator[FigurePage]:
    """A figure as it is opened, for all that is asked of it so."""
    visits = Visits(browser, site, desk)
    yield visits.figure(request.param)
    visits.close()
    assert visits.complaints == []


def test_the_csv_holds_every_readout_to_the_last_digit(at_rest):
    rows = list(csv.reader(io.StringIO(saved(at_rest, "CSV").decode())))
    assert rows[0] == ["readout", "value"]
    end = rows.index([]) if [] in rows else len(rows)  # a figure may have readouts alone
    told = {row[0]: float(row[1]) for row in rows[1:end]}
    shown = {key: value for key, value in at_rest.readouts().items() if key in told}
    assert shown
    assert str({key: told[key] for key in shown}) == str(shown)  # as text, for nan is nan there


def test_a_name_in_the_csv_is_quoted_and_never_a_formula(visit):
    page = visit.figure("prediction-bars", {"classes": ["=1+1", 'a"b', "c,d", "plain"]})
    rows = list(csv.reader(io.StringIO(saved(page, "CSV").decode())))
    head = next(row for row in rows if row and row[0] == "class")
    names = [row[0] for row in rows[rows.index(head) + 1 :][:4]]
    assert names == ["'=1+1", 'a"b', "c,d", "plain"]


def test_the_png_is_a_picture_of_the_figures_size(at_rest):
    data = saved(at_rest, "PNG")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    box = at_rest.root.locator(".stage").bounding_box()
    assert width >= 0.9 * box["width"]
    assert height >= 0.9 * box["height"]
    assert abs(width / height - box["width"] / box["height"]) < 0.3
    assert len(set(pixels(data))) > 20  # it is not one colour


def pixels(png: bytes) -> bytes:
    """The bytes of a PNG's picture, still filtered."""
    parts, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            parts.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return zlib.decompress(b"".join(parts))


def test_the_svg_is_well_formed_and_says_names_and_numbers_as_text(visit):
    name = "a<b>&\"'"
    page = visit.figure("prediction-bars", {"classes": [name, "dog", "fox", "owl"]})
    data = saved(page, "SVG")
    root = ElementTree.fromstring(data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    said = " ".join(
        "".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")
    )
    for words in (name, "dog", "fox", "owl", "0.5108"):
        assert words in said


def test_the_svg_has_no_script_and_asks_for_nothing(visit):
    root = ElementTree.fromstring(saved(visit.figure("logit-gradient"), "SVG"))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "foreignObject"}
    links = [v for e in root.iter() for k, v in e.attrib.items() if k.rpartition("}")[2] == "href"]
    assert all(link.startswith(("data:", "#")) for link in links)


def test_torch_says_the_same_numbers(at_rest, site):
    page, name = at_rest, at_rest.name
    if site.ending or FIGURES[name].torch_readouts is None:  # a built page has no torch
        expect(page.button("Check with torch")).to_have_count(0)
        return
    page.button("Check with torch").click()
    line = page.root.locator(".torch-line")
    expect(line).to_contain_text("torch 2.", timeout=30_000)  # it is imported now
    theirs = page.root.evaluate("figure => figure.extra.torch.readouts")
    columns = FIGURES[name].columns(FIGURES[name].resolve(page.state)[0])["readout"]
    assert theirs
    for readout, number in theirs.items():
        assert close(number, float(columns[readout])), readout
    page.press_on(page.sliders().first, "ArrowUp")
    assert differences(page) == {}
    page.page.wait_for_function(  # torch takes its time
        """theirs => {
          const { extra } = document.querySelector("crossent-figure");
          const again = extra?.torch?.readouts;
          return again && JSON.stringify(again) !== JSON.stringify(theirs);
        }""",
        arg=theirs,
    )


def test_the_code_of_a_state_runs_and_prints_its_loss(at_rest):
    page, figure = at_rest, FIGURES[at_rest.name]
    if not figure.code:
        expect(page.button("Code")).to_have_count(0)
        return
    page.button(figure.presets[1].label).click()
    page.idle()
    page.press_on(page.sliders().first, "ArrowUp", "ArrowUp")
    page.button("Code").click()
    for language in figure.code:
        page.root.get_by_role("tab", name=language, exact=True).click()
        code = page.root.locator("pre code").last.inner_text()  # others are the figure's own
        ready = compile(code, language, "exec")
        if page.name == "bug-clinic":  # one of its tests, whose number is shown where it is ordered
            continue
        ran = io.StringIO()
        with contextlib.redirect_stdout(ran):
            exec(ready, {})  # as pasted into a fresh interpreter
        # A run's code prints its steps, a line each: what is shown is the loss at the playhead.
        line = ran.getvalue().splitlines()[page.state.get("step", 0)]
        printed = re.search(NUMBER, line.removeprefix(f"{page.state.get('step')} "))
        assert is_shown(float(printed[0]), page), ran.getvalue()
