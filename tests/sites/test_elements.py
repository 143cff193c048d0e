"""<crossent-figure> on pages of others: in a shadow root, from one module."""

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page
from tests.browser.driving import ROOT, BuiltSite
from tests.node import in_node
from tests.pages.test_goals import FIRST, SHOWN, TRUE

from crossent import commands
from crossent.content import asset_text, palette
from crossent.figures import FIGURES
from crossent.pages.goals import holds, parse_goal
from crossent.sites.elements import element_styles

FIVE = ["prediction-bars", "bce-curves", "mse-vs-ce", "logit-gradient", "label-smoothing"]

# A site with strong opinions, which are nobody's but its own.
FOREIGN = """
html { font-size: 9px; --tall: 3; --grow: 2; --role: red; --ink: red; --gap: 90px; }
body { margin: 30px; font: italic 22px/2.2 monospace; letter-spacing: .3em; color: purple; }
* { text-transform: uppercase; border: 3px solid lime; text-align: right; direction: rtl; }
div, button, p, input { padding: 13px; background: yellow; box-sizing: content-box; }
.row, .stage, .tool, .plot { display: none; }
"""
# What is as high as what it holds changes with that, and nothing else of a page may.
HEIGHTS = ["height", "block-size", "perspective-origin", "transform-origin"]
LOOKS = """() => ["html", "head :not(script)", "body", "#site, #site *"].map((selector) =>
  [...document.querySelectorAll(selector)].map((one) => {
    const style = getComputedStyle(one);
    const names = [...style].filter((name) => one.closest("#site") || !HEIGHTS.includes(name));
    return names.map((name) => [one.localName, name, style.getPropertyValue(name)].join(" "));
  })).flat(2)""".replace("HEIGHTS", repr(HEIGHTS))
WORDS = (
    '<h1>A course</h1><p class="row">Its <a href="#">text</a></p><button class="tool">B</button>'
)
PAGE = """<!doctype html><html lang="en"><title>A course</title>
<link rel="icon" href="data:,"><style>{style}</style>
<script type="module" src="{module}"></script><div id="site">{words}</div>{figures}</html>"""


def page_of(figures: str, *, style: str = "", module: str = "crossent.js") -> str:
    """A page of others' with figures."""
    return PAGE.format(figures=figures, style=style, module=module, words=WORDS)


def element(name: str, **attributes: str) -> str:
    """A figure's element."""
    given = "".join(f" {key}='{value}'" for key, value in attributes.items())
    return f'<crossent-figure name="{name}"{given}></crossent-figure>'


class Course:
    """A course's host, beside the one that has the module."""

    def __init__(self, browser: Any, folder: Path, course: Path) -> None:
        self.browser, self.folder, self.course = browser, folder, course
        self.site = BuiltSite(course)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.pages: list[Page] = []

    def open(self, html: str, **options: Any) -> Page:
        (self.course / "page.html").write_text(html, encoding="utf-8")
        return self.visit("page.html", **options)

    def visit(self, path: str, **options: Any) -> Page:
        page = self.browser.new_page(**({"viewport": {"width": 1200, "height": 900}} | options))
        page.set_default_timeout(60_000)
        self.pages.append(page)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda one: self.asked.append(one.url))
        page.goto(f"{self.site.origin}/{path}")
        return page


@pytest.fixture(scope="module")
def folder(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site's module, and what it asks for, among a course's own files."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(built_folder / "assets", course / "assets")
    for name in ("crossent.js", "crossent.classic.js"):
        shutil.copy(built_folder / name, course)
    return course


@pytest.fixture
def course(browser: Any, folder: Path, built_folder: Path) -> Iterator[Course]:
    course = Course(browser, built_folder, folder)
    yield course
    for page in course.pages:
        page.close()
    course.site.stop()
    assert course.complaints == []
    assert [url for url in course.asked if not url.startswith((course.site.origin, "data:"))] == []


def ready(page: Page, name: str) -> Locator:
    """A figure, once it is there."""
    page.locator(f'crossent-figure[name="{name}"]').scroll_into_view_if_needed()
    figure = page.locator(f"[data-figure={name}][data-ready]")
    figure.wait_for()
    return figure


def loss_of(figure: Locator) -> float:
    return float(figure.locator("[data-readout=loss]").first.get_attribute("data-value"))


def weight(site: Path, urls: list[str]) -> int:
    """What a host that compresses sends for these addresses, each once."""
    import gzip

    total = 0
    for url in set(urls):
        file = site / re.sub(r"^https?://[^/]*/", "", url)
        body = file.read_bytes() if file.is_file() else b""
        total += len(body) if file.suffix == ".woff2" else len(gzip.compress(body, 6))
    return total


def test_five_figures_change_no_style_of_the_site_and_weigh_little_more_than_one(course, folder):
    one = course.open(page_of(element(FIVE[0]), style=FOREIGN))
    ready(one, FIVE[0])
    one.wait_for_load_state("networkidle")
    alone = weight(folder, course.asked)
    course.asked.clear()
    five = "".join(map(element, FIVE))
    without = course.open(page_of(five, style=FOREIGN, module="data:text/javascript,"))
    before = without.evaluate(LOOKS)
    assert len(before) > 2000
    course.asked.clear()
    page = course.open(page_of(five, style=FOREIGN))
    for name in FIVE:
        ready(page, name)
    page.wait_for_load_state("networkidle")
    assert weight(folder, course.asked) < 1.3 * alone
    assert sum("bokeh" in url for url in course.asked) == 1
    assert page.evaluate(LOOKS) == before
    assert page.evaluate("[typeof Bokeh, document.adoptedStyleSheets.length]") == ["undefined", 0]
    assert page.locator("body > :not(#site, crossent-figure)").count() == 0


@pytest.mark.parametrize("name", FIVE)
def test_a_figure_on_a_site_with_styles_of_its_own_looks_and_drags_as_on_its_own_page(
    course, name, built_folder
):
    """Its parts' sizes, places and colours are those of a page without any style."""
    looks = """figure => [...figure.querySelectorAll("*")].flatMap((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      const from = figure.getBoundingClientRect();
      const { color, backgroundColor, fontFamily, letterSpacing } = getComputedStyle(one);
      const box = [x - from.x, y - from.y, width, height];
      if (!one.getClientRects().length || one.matches(".spoken")) return [];
      return [[box, [String(one.className), color, backgroundColor, fontFamily, letterSpacing]]];
    })"""
    wide = "crossent-figure { display: block; width: 1000px; border: 0; }"
    found = []
    for style in (wide, FOREIGN + wide):
        page = course.open(page_of(element(name), style=style))
        figure = ready(page, name)
        page.evaluate("document.fonts.ready")
        figure.locator(".bk-Figure, .class-bars").first.wait_for()
        found.append(figure.evaluate(looks))
        slider = figure.locator("[role=slider]:visible").first
        slider.scroll_into_view_if_needed()
        box, before = slider.bounding_box(), slider.get_attribute("aria-valuenow")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        upright = slider.get_attribute("aria-orientation") == "vertical"
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x if upright else x + 30, y - 20 if upright else y, steps=4)
        page.mouse.up()
        page.wait_for_function(
            "([grip, before]) => grip.getAttribute('aria-valuenow') !== before",
            arg=[slider.element_handle(), before],
        )
        after = slider.get_attribute("aria-valuenow")
        found.append(after)
    plain, foreign = found[0], found[2]
    assert [words for _, words in plain] == [words for _, words in foreign]
    for (one, _), (other, words) in zip(plain, foreign, strict=True):
        assert one == pytest.approx(other, abs=1.5), words  # px; lines of text may be rounded
    assert found[1] == found[3]
    assert float(found[1]) != float(before)


def test_a_figure_is_loaded_when_it_comes_near_the_screen(course):
    far = '<div style="height: 4000px"></div>'
    page = course.open(page_of(element("bce-curves") + far + element("stability")))
    ready(page, "bce-curves")
    page.wait_for_load_state("networkidle")
    assert not any("stability" in url for url in course.asked)
    ready(page, "stability")
    assert any("stability" in url for url in course.asked)


SYSTEM = "@media (prefers-color-scheme: dark) { body { background: #111 } }"
DARK = ":root { color-scheme: dark }"
NIGHT = ".night body { background: #102 }"
THE_ROOT = "document.documentElement"
THEMES = [
    # what the site says, the reader's system, what is said later, the theme before and after it
    ("", "light", f"{THE_ROOT}.dataset.theme = 'dark'", "light", "dark"),
    (DARK, "light", f"{THE_ROOT}.style.colorScheme = 'light'", "dark", "light"),
    (":root { color-scheme: light dark }", "dark", "system light", "dark", "light"),
    (SYSTEM, "light", "system dark", "light", "dark"),
    (NIGHT, "dark", f"{THE_ROOT}.className = 'night'", "light", "dark"),
]
INK = "figure => getComputedStyle(figure).color"
GRID = """figure => figure.querySelector(".plot").drawn.then(
  (view) => view.model.center[0].grid_line_color.value ?? view.model.center[0].grid_line_color)"""


@pytest.mark.parametrize(("style", "system", "then", "before", "after"), THEMES)
def test_a_figure_is_as_light_or_dark_as_its_site(course, style, system, then, before, after):
    figures = element("prediction-bars") + element("bce-curves", theme="dark")
    page = course.open(page_of(figures, style=style), color_scheme=system)
    follows, fixed = ready(page, "prediction-bars"), ready(page, "bce-curves")
    assert follows.evaluate(INK) == rgb("ink", before)
    if then.startswith("system"):
        page.emulate_media(color_scheme=then.split()[1])
    else:
        page.evaluate(then)
    given = [follows.element_handle(), rgb("ink", after)]
    page.wait_for_function(f"([figure, ink]) => ({INK})(figure) === ink", arg=given)
    assert follows.evaluate(GRID) == palette()["grid"][after == "dark"], "its plots too"
    assert fixed.evaluate(INK) == rgb("ink", "dark")


def rgb(role: str, theme: str) -> str:
    color = palette()[role][theme == "dark"]
    return f"rgb({', '.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))})"


HEAR = """one => { window.heard = []; for (const type of ["input", "change", "goal"])
  one.addEventListener(`crossent-${type}`, ({ detail }) => heard.push([type, detail])); }"""


def test_its_state_can_be_read_and_set_and_is_told_with_goals(course):
    state = {"probs": [0.2, 0.3, 0.5], "target": 1}
    given = element(
        "prediction-bars", state=json.dumps(state), goal="loss &lt; 0.2 and p_target > 0.8"
    )
    page = course.open(page_of(given))
    figure = ready(page, "prediction-bars")
    host = page.locator("crossent-figure")
    assert host.evaluate("one => one.state.probs") == state["probs"]
    assert host.evaluate("one => one.readouts.loss") == pytest.approx(1.2039728)
    host.evaluate(HEAR)
    figure.get_by_role("slider", name="dog").first.press("End")
    figure.get_by_role("slider", name="dog").first.blur()
    page.wait_for_function("heard.length >= 3")
    heard = page.evaluate("heard")
    assert [kind for kind, _ in heard] == ["input", "change", "goal"]
    assert heard[1][1]["state"]["probs"][1] == heard[2][1]["state"]["probs"][1] == 1
    assert heard[1][1]["readouts"]["loss"] == 0
    host.evaluate("one => (one.state = { probs: [0.5, 0.5], target: 1 })")
    assert loss_of(figure) == pytest.approx(0.6931472)
    assert host.evaluate("one => one.state.probs") == [0.5, 0.5]
    assert page.evaluate("heard.at(-1)[1].state.target") == 1
    host.evaluate("one => one.setAttribute('state', '{\"probs\": [0.9, 0.1], \"target\": 0}')")
    assert host.evaluate("one => one.state.probs") == [0.9, 0.1]
    figure.get_by_role("button", name="Reset").click()
    assert host.evaluate("one => one.state.probs") == state["probs"]  # as the page shows it
    host.evaluate("one => { const round = {}; round.round = round; one.state = round; }")
    assert "is not JSON" in figure.locator(".notice").inner_text()


NO_TAG = "x<img src=x onerror=alert(1)>"
BAD = [
    ({"name": "logit-gradiant"}, "“logit-gradiant”; did you mean “logit-gradient”?"),
    ({"name": NO_TAG}, f"There is no figure “{NO_TAG}”."),
    ({"name": ""}, "This crossent-figure needs a name, such as prediction-bars."),
    ({"name": "bce-curves", "state": "{p: 1}"}, "is not JSON"),
    ({"name": "bce-curves", "state": "[1]"}, "is not JSON"),
    ({"name": "bce-curves", "state": '{"logit": 700}'}, "logit must be a number from"),
    (
        {"name": "bce-curves", "state": '{"logits": 1}'},
        "bce-curves has no 'logits'; did you mean 'logit'?",
    ),
    ({"name": "bce-curves", "hide": "temprature"}, "can be hidden by the name “temprature”"),
    ({"name": "bce-curves", "goal": "los < 1"}, "there is no readout or state entry “los”"),
    ({"name": "bce-curves", "goal": "los < 1", "hide": "temprature"}, "by the name “temprature”"),
]


def test_what_is_asked_in_vain_is_one_sentence_in_its_place(course):
    from html import escape

    def tag(attributes: dict[str, str]) -> str:
        given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        return f"<crossent-figure{given}></crossent-figure>"

    page = course.open(page_of("".join(tag(attributes) for attributes, _ in BAD)))
    for i, (attributes, sentence) in enumerate(BAD):
        host = page.locator("crossent-figure").nth(i)
        host.scroll_into_view_if_needed()
        notice = host.locator(".notice:visible")
        notice.wait_for()
        assert sentence in notice.inner_text(), attributes
    page.evaluate("document.querySelector('crossent-figure').setAttribute('name', 'focal-curves')")
    ready(page, "focal-curves")


def test_where_a_part_does_not_come_the_figure_says_so_and_asks_again_when_it_is_named(course):
    page = course.browser.new_page()
    for part in ("bce-curves.*.js", "texts.fr.*.js"):
        page.route(f"**/{part}", lambda route: route.abort())
    french = page_of(element("bce-curves")).replace('lang="en"', 'lang="fr"')
    (course.course / "page.html").write_text(french)
    page.goto(f"{course.site.origin}/page.html")
    notice = page.locator("crossent-figure .notice")
    notice.wait_for()
    assert "could not be loaded: texts.fr." in notice.inner_text()
    name = "name => document.querySelector('crossent-figure').setAttribute('name', name)"
    page.unroute("**/texts.fr.*.js")
    page.evaluate(name, "prediction-bars")
    page.get_by_role("slider", name="renard").first.wait_for()
    page.evaluate("document.documentElement.lang = 'constructor'")
    page.evaluate(name, "bce-curves")
    page.get_by_text("could not be loaded: bce-curves.").wait_for()
    page.close()


def test_a_figure_off_the_page_leaves_nothing_there_and_comes_back_as_it_was(course):
    page = course.open(page_of(element("bce-curves")))
    drawn = "box => box.drawn.then(() => true)"
    ready(page, "bce-curves").locator(".plot").first.evaluate(drawn)
    page.evaluate("() => { window.one = document.querySelector('crossent-figure') }")
    page.evaluate("one.state = { logit: 2 }")
    within = page.evaluate_handle("one.figure")
    page.evaluate("document.body.prepend(one)")  # it is moved
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.evaluate("figure => figure === one.figure", within)
    assert page.evaluate("crossentBokeh.index.roots.length") > 0
    page.evaluate("one.remove()")
    page.wait_for_function("crossentBokeh.index.roots.length === 0")
    assert page.evaluate("one.state.logit") == 2
    page.evaluate("document.body.append(one)")
    ready(page, "bce-curves").locator(".plot").first.evaluate(drawn)
    assert page.evaluate("one.state.logit") == 2


def test_a_french_page_has_figures_in_french_and_its_own_bokeh_stays(course):
    given = page_of(element("prediction-bars")).replace('lang="en"', 'lang="fr-CA"')
    mine = given.replace("<div id", "<script>window.Bokeh = { mine: true };</script><div id")
    page = course.open(mine)
    figure = ready(page, "prediction-bars")
    assert figure.get_by_role("slider", name="renard").count() > 0
    assert figure.get_by_role("button", name="Annuler").count() == 1
    figure.locator(".plot").evaluate("box => box.drawn.then(() => true)")
    assert page.evaluate("Bokeh.mine")


def test_from_a_file_the_classic_script_works(browser, folder):
    html = page_of(element("bce-curves"), module="crossent.classic.js")
    (folder / "file.html").write_text(html.replace('type="module"', "defer"))
    page = browser.new_page()
    page.goto((folder / "file.html").as_uri())
    figure = ready(page, "bce-curves")
    figure.locator(".plot").first.evaluate("box => box.drawn.then(() => true)")
    page.close()


def test_the_example_in_readme_is_written_beside_the_module_and_works_as_it_stands(
    browser, tmp_path, capsys
):
    example = asset_text("templates/elements.html")
    assert f"```html\n{example}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands.run(["build", "--elements", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "example.html").read_text(encoding="utf-8") == example
    assert not (tmp_path / "out" / "index.html").exists()
    site = BuiltSite(tmp_path / "out")
    page = browser.new_page()
    page.goto(f"{site.origin}/example.html")
    first, bars = ready(page, "logit-gradient"), ready(page, "prediction-bars")
    assert first.get_by_role("slider", name="temperature").count() == 0
    assert page.locator("#loss").inner_text() == f"{loss_of(bars):.3f}"
    bars.get_by_role("slider", name="fox").first.press("End")
    bars.get_by_role("slider", name="fox").first.blur()
    page.locator("#done").wait_for()
    assert page.locator("#loss").inner_text() == "0.000"
    page.get_by_role("button", name="Begin anew").click()
    assert page.locator("#loss").inner_text() == "0.511"
    page.close()
    site.stop()


# -- without a browser -----------------------------------------------------------------------------


def test_the_sheet_says_nothing_of_a_page_and_asks_it_for_no_length():
    css = re.sub(r"/\*.*?\*/", "", element_styles(), flags=re.S)
    assert "rem" not in re.findall(r"[\d.](rem)\b", css)
    assert not re.search(r"^\s*(html|body|:root|@font-face|@page)\s*\{", css, re.M)
    assert "Inter," not in css


VALUES = ["loss", "p", "probs[1]", "-target"]
OTHERS = ["0.5", "-1 / 4", "(p + 1)"]


def test_goals_are_read_as_in_lessons() -> None:
    own = [text for text in TRUE if "first." not in text and "log(" not in text]
    chance = random.Random(0)
    for _ in range(60):
        one, other = (
            " ".join(map(chance.choice, (VALUES, ["<", ">=", "==", "!="], OTHERS)))
            for _ in range(2)
        )
        own.append(f"{chance.choice(['', 'not '])}{one} {chance.choice(['and', 'or'])} {other}")
    wanted = [holds(parse_goal(text, SHOWN), SHOWN, FIRST) for text in own]
    assert in_node("goal-reading.js", {"texts": own, "shown": SHOWN}) == wanted
    assert True in wanted
    assert False in wanted


def test_a_goal_that_cannot_be_read_is_refused() -> None:
    wrong = ["", "los < 1", "loss <", "(loss < 1", "loss < 1)", "near(loss, 1)", "loss ; 1"]
    found = in_node("goal-reading.js", {"texts": [*wrong, "toString(1) < 2"], "shown": SHOWN})
    assert all(isinstance(one, str) for one in found), found


def test_every_figure_can_be_an_element(built_folder: Path) -> None:
    module = (built_folder / "crossent.js").read_text(encoding="utf-8")
    given = json.loads(module.rpartition(".href, ")[2].rstrip().removesuffix(");"))
    assert list(given["figures"]) == list(FIGURES)
    for parts in given["figures"].values():
        for path in (parts["program"], *parts["specs"].values(), *parts["pages"].values()):
            assert (built_folder / path).is_file()
