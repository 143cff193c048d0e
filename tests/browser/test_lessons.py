"""The guide's example lesson, walked as a learner would, served and built."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import PHONE, Visits
from tests.browser.driving import FigurePage, FileSite, ServedSite, Site
from tests.pages.writing import write

from crossent.build import build
from crossent.pages.reference import GUIDE

MODES = ["served", "file"]
pytestmark = pytest.mark.in_turn

SECOND = """---
title: Shared
summary: Two figures with one state.
part: My course
minutes: 3
needs: [example]
---
Back to [the first](../01-example/index.md).

:::{figure} prediction-bars
:::

:::{figure} prediction-bars
:id: again
:shares: prediction-bars
:form: card
:::

:::{question} Which of these are probabilities?
- [x] 0.2
- [ ] 2
- [x] 0.9

They lie between 0 and 1.
:::

:::{challenge} Two with one loss
:goal: near(loss, first.loss, 0.05) and apart(probs, first.probs) > 0.05
:pair: true

Find two.
:::
"""


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    text = re.search(r"````markdown\n(.*?)````", GUIDE.read_text(encoding="utf-8"), re.S)
    assert text
    for name, content in (("01-example", text[1]), ("02-shared", SECOND)):
        (folder / name).mkdir()
        (folder / name / "index.md").write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, lessons: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The lessons of this module: served, or each a file of its own."""
    if request.param == "served":
        log = tmp_path_factory.mktemp("served") / "log"
        served = ServedSite(log, "--lessons", str(lessons))
        yield served
        served.stop()
        assert "Traceback" not in log.read_text(), log.read_text()
        return
    out = tmp_path_factory.mktemp("built") / "site"
    build(out, lessons=lessons, single_file=True, say=lambda line: None)
    yield FileSite(out)


class Reader:
    """Someone who reads a lesson."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.figure = FigurePage(page).ready()

    def block(self, kind: str, place: int = 0) -> Locator:
        return self.page.locator(f".{kind}").nth(place)

    def button(self, name: str, within: str = "body") -> Locator:
        return self.page.locator(within).get_by_role("button", name=name, exact=True)

    def loss(self) -> float:
        return self.figure.readout("loss")

    def progress(self) -> Any:
        return json.loads(self.page.evaluate("localStorage.getItem('crossent-progress')") or "{}")


Read = Callable[..., Reader]


@pytest.fixture
def read(visit: Visits) -> Read:
    """Opens a lesson, or the index, with a state in its address."""

    def read(slug: str, state: dict[str, Any] | None = None, **options: Any) -> Reader:
        page = visit.site.page_url(slug, **(state or {})) if slug else visit.site.index_url()
        return Reader(visit.open(page, **options))

    return read


@pytest.fixture
def reader(read: Read) -> Reader:
    return read("example")


def test_a_question_is_answered_before_it_is_explained(reader: Reader) -> None:
    question = reader.block("question")
    expect(question.locator(".explanation")).to_be_hidden()
    question.get_by_role("button", name="It rises.").click()
    expect(question.locator(".verdict")).to_have_text("Not quite: the right answer is marked.")
    expect(question.locator(".reply").first).to_contain_text("if they took something")
    expect(question.locator(".explanation")).to_contain_text("Only the probability")
    assert reader.progress()["example"]["done"] == {}  # a wrong answer is no step done
    question.get_by_role("button", name="It stays.").click()
    expect(question.locator(".verdict")).to_have_text("Yes.")
    expect(question.locator(".reply").first).to_be_hidden()
    assert reader.progress()["example"]["done"] == {"question-1": "right"}


def test_a_question_may_have_several_right_answers(read: Read) -> None:
    reader = read("shared")
    question = reader.block("question")
    question.get_by_label("0.2").check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".verdict")).to_contain_text("Not quite")
    question.get_by_label("0.9").check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".verdict")).to_have_text("Yes.")


@pytest.mark.everywhere
def test_a_challenge_is_failed_and_then_passed_by_dragging(reader: Reader) -> None:
    challenge, figure = reader.block("challenge"), reader.figure
    verdict = challenge.locator(".verdict")
    figure.drag("fox", 0.95)
    expect(verdict).to_have_text("")  # nobody has begun
    challenge.get_by_role("button", name="Begin").click()
    figure.idle()
    assert figure.state["probs"] == [0.1, 0.2, 0.6, 0.1]
    figure.drag("fox", 0.8)
    expect(verdict).to_have_text("Not there yet.")
    figure.drag("fox", 0.95)
    expect(verdict).to_have_text("That is nine chances in ten.")
    assert reader.loss() <= 0.105
    assert reader.progress()["example"]["done"] == {"challenge-1": "reached"}


def test_passing_a_goal_on_the_way_is_not_reaching_it(reader: Reader) -> None:
    challenge, figure = reader.block("challenge"), reader.figure
    challenge.get_by_role("button", name="Begin").click()
    figure.idle().hold("fox")
    figure.mouse.move(*figure.place("fox", 0.97), steps=4)
    reader.page.wait_for_function("document.querySelector('crossent-figure').value('loss') < 0.105")
    figure.mouse.move(*figure.place("fox", 0.5), steps=4)
    figure.mouse.up()
    expect(challenge.locator(".verdict")).to_have_text("Not there yet.")


def test_a_button_that_sets_the_figure_reaches_no_goal(reader: Reader) -> None:
    challenge = reader.block("challenge")
    challenge.get_by_role("button", name="Begin").click()
    reader.figure.idle()
    reader.button("Wrong", ".try").click()
    expect(challenge.locator(".verdict")).to_contain_text("Paused")


def test_a_challenge_out_of_sight_goes_along(read: Read) -> None:
    reader = read("example", viewport=PHONE)
    reader.block("challenge").get_by_role("button", name="Begin").click()
    bar = reader.page.locator(".challenge-bar")
    expect(bar).to_contain_text("Low surprise")
    reader.figure.press("fox", "End")
    expect(bar).to_contain_text("That is nine chances in ten.")


def test_the_way_back_to_a_task_takes_the_focus_along(read: Read) -> None:
    reader = read("example", viewport=PHONE)
    begin = reader.block("challenge").locator("[data-begin]")
    begin.click()
    figure = reader.page.locator("crossent-figure:focus-within")
    expect(figure).to_have_count(1)
    figure.evaluate("figure => figure.scrollIntoView()")  # wherever the press has left the page
    reader.button("To the task", ".challenge-bar").click()
    expect(begin).to_be_focused()
    expect(begin).to_be_in_viewport()


def test_two_states_are_compared(read: Read) -> None:
    reader = read("shared")
    challenge, figure = reader.block("challenge"), reader.figure
    challenge.get_by_role("button", name="Begin").click()
    figure.idle()
    reader.button("Remember this one", ".challenge").click()
    figure.drag("cat", 0.6)
    expect(challenge.locator(".verdict")).to_contain_text("Not there yet.")
    target = figure.root.get_by_role("radio", name="cat")
    target.click()
    figure.idle()
    expect(challenge.locator(".verdict")).to_have_text("Reached.")


def test_things_to_try_set_the_figure_and_say_what_to_see(reader: Reader) -> None:
    surer = reader.button("Surer", ".try")
    surer.click()
    reader.figure.idle()
    assert reader.loss() == pytest.approx(0.2231, abs=5e-5)
    expect(surer).to_have_attribute("aria-pressed", "true")
    expect(reader.page.locator(".see.chosen")).to_have_text("The loss falls to 0.2231.")
    expect(reader.page.locator(".looked-at")).to_have_count(1)
    reader.figure.drag("fox", 0.5)
    expect(surer).to_have_attribute("aria-pressed", "false")
    expect(reader.page.locator(".looked-at")).to_have_count(0)


def test_numbers_in_the_text_and_in_code_follow_the_figure(reader: Reader) -> None:
    live = reader.page.locator(".live-value[data-shows=loss]").first
    expect(live).to_have_text("0.5108")
    reader.button("Wrong", ".try").click()
    expect(live).to_have_text("4.605")
    expect(reader.page.locator(".code code").first).to_contain_text("[0.9, 0.04, 0.01, 0.05]")


def test_the_library_chosen_is_kept(reader: Reader) -> None:
    reader.page.get_by_role("tab", name="PyTorch").press("ArrowRight")
    expect(reader.page.get_by_role("tab", name="NumPy")).to_be_focused()
    expect(reader.page.get_by_role("tabpanel")).to_contain_text("np.log")
    reader.page.reload()
    expect(reader.page.get_by_role("tabpanel")).to_contain_text("np.log")


def test_one_drag_moves_both_figures_that_share_a_state(read: Read) -> None:
    reader = read("shared")
    first, second = reader.page.locator("crossent-figure").all()
    reader.figure.drag("fox", 0.9)
    reader.figure.idle()
    states = [figure.evaluate("figure => figure.state") for figure in (first, second)]
    assert states[0] == states[1]
    second.get_by_role("slider", name="fox", exact=True).press("Home")
    reader.figure.idle()
    assert first.evaluate("figure => figure.state.probs[2]") == 0


@pytest.mark.everywhere
def test_the_address_holds_the_state_of_the_figures_touched(read: Read) -> None:
    reader = read("example")
    assert "?" not in reader.page.url
    reader.figure.drag("fox", 0.9)
    state = reader.figure.state
    assert state == {
        name.removeprefix("prediction-bars."): value
        for name, value in reader.figure.address.items()
    }
    again = read("example", reader.figure.address)
    assert again.figure.idle().state == state
    again.button("Reset", "crossent-figure").click()
    assert again.figure.idle().state["probs"] == [0.1, 0.2, 0.6, 0.1]


def test_an_address_that_asks_in_vain_is_answered_with_a_sentence(read: Read) -> None:
    reader = read("example", {"prediction-bars.target": 12})
    assert "target must be a whole number" in reader.figure.notice
    reader = read("example", {"other.target": 1})
    assert "This page has no figure 'other'" in reader.figure.notice


@pytest.mark.everywhere
def test_progress_is_shown_on_the_index_and_can_be_cleared(reader: Reader) -> None:
    page = reader.page
    reader.block("question").get_by_role("button", name="It stays.").click()
    expect(page.locator("[data-progress-line]")).to_contain_text("1 of 2")
    page.get_by_role("link", name="Crossent, all lessons").click()
    mark = page.locator("[data-progress-of=example]")
    expect(mark).to_have_text("1 of 2 done")
    page.get_by_role("button", name="Clear progress").click()
    expect(mark).to_have_text("")
    expect(page.locator("[data-progress-said]")).to_have_text("Progress is cleared.")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect(mark).to_have_text("1 of 2 done")


def test_an_answer_stands_again_when_the_page_is_loaded_again(reader: Reader) -> None:
    wrong = reader.block("question").get_by_role("button", name="It rises.")
    wrong.click()
    reader.page.reload()
    again = Reader(reader.page).block("question")
    expect(again.locator("li.wrong")).to_have_text(re.compile("It rises."))
    expect(again.locator(".explanation")).to_be_visible()
    expect(reader.page.locator("[data-progress-line]")).to_contain_text("0 of 2")


def test_without_storage_everything_still_works(read: Read) -> None:
    reader = read("example", locale="en-GB")  # a context of its own, which storage is refused
    refuse = """Object.defineProperty(window, "localStorage",
      { get() { throw new DOMException("refused", "SecurityError"); } });"""
    reader.page.context.add_init_script(refuse)
    reader.page.reload()
    reader = Reader(reader.page)
    reader.block("question").get_by_role("button", name="It stays.").click()
    expect(reader.page.locator("[data-progress-line]")).to_contain_text("1 of 2")
    reader.button("Mark as finished").click()
    expect(reader.button("Finished")).to_have_attribute("aria-pressed", "true")


def test_present_mode_goes_through_what_there_is_to_try(reader: Reader) -> None:
    page = reader.page
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_class(re.compile("presenting"))
    page.keyboard.press("ArrowLeft")
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".present-count")).to_have_text("1 of 5")
    page.keyboard.press("ArrowRight")
    reader.figure.idle()
    assert reader.loss() == pytest.approx(0.2231, abs=5e-5)
    page.keyboard.press("PageDown")
    reader.figure.idle()
    expect(page.locator(".see.chosen")).to_contain_text("4.605")
    assert "present=3" in page.url
    page.keyboard.press("ArrowRight")
    expect(reader.block("question")).to_be_visible()
    expect(reader.block("try")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_class(re.compile("presenting"))
    assert "present=" not in page.url


def test_a_link_opens_in_present_mode(read: Read) -> None:
    reader = read("example", {"present": 1})
    expect(reader.page.locator(".present-count")).to_have_text("1 of 5")


def test_the_contents_follow_the_reader(reader: Reader) -> None:
    toc = reader.page.get_by_role("navigation", name="On this page")
    toc.get_by_role("link", name="In code").click()
    expect(toc.locator("[aria-current]")).to_have_text("In code")


def test_the_skip_link_comes_first(reader: Reader) -> None:
    reader.page.keyboard.press("Tab")
    expect(reader.page.locator(":focus")).to_have_text("Skip to the text")
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("main")).to_be_focused()


@pytest.mark.everywhere
def test_lessons_lead_to_each_other(reader: Reader) -> None:
    reader.page.get_by_role("navigation", name="Lessons").get_by_role("link").click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Shared")
    reader.page.get_by_role("link", name="the first").click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Sure and wrong")


@pytest.mark.parametrize("slug", ["example", "shared", ""])
def test_a_page_has_no_accessibility_violations(read: Read, site: Site, slug: str) -> None:
    reader = read(slug, color_scheme="dark" if site.ending else "light")
    if slug:
        reader.page.locator("[data-answer]").first.click()
    assert violations(reader.page) == []


@pytest.mark.parametrize("slug", ["example", "shared", ""])
def test_a_page_fits_a_phone(read: Read, slug: str) -> None:
    reader = read(slug, viewport=PHONE)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_print_hides_the_answers(reader: Reader) -> None:
    reader.block("question").get_by_role("button", name="It rises.").click()
    reader.page.emulate_media(media="print")
    expect(reader.page.locator(".explanation")).to_be_hidden()
    expect(reader.page.locator(".stage").first).to_be_visible()
    expect(reader.page.locator(".tools").first).to_be_hidden()


def test_a_lesson_is_read_again_when_it_is_saved(
    browser: Browser, tmp_path: Path, lessons: Path
) -> None:
    folder = tmp_path / "mine"
    (folder / "01-mine").mkdir(parents=True)
    file = folder / "01-mine/index.md"
    text = (lessons / "02-shared/index.md").read_text(encoding="utf-8")
    text = text.replace("needs: [example]\n", "").replace("[the first](../01-example/index.md)", "")
    file.write_text(text, encoding="utf-8")
    served = ServedSite(tmp_path / "log", "--lessons", str(folder))
    page = browser.new_page()
    try:
        page.goto(f"{served.origin}/mine")
        expect(page.get_by_role("heading", level=1)).to_have_text("Shared")
        file.write_text(text.replace("{figure} prediction-bars", "{figure} prediction-bar", 1))
        said = page.get_by_role("alert").first  # the page loads itself again
        expect(said).to_contain_text("01-mine/index.md:", timeout=15_000)
        expect(said).to_contain_text("no figure 'prediction-bar'; did you mean 'prediction-bars'?")
        other = browser.new_page()
        other.goto(served.origin)
        expect(other.get_by_role("alert").first).to_contain_text("no figure 'prediction-bar'")
        write(folder, "New while the server runs.\n", "02-new")
        other.goto(f"{served.origin}/new")
        expect(other.locator(".lesson-body")).to_contain_text("New while the server runs.")
        (folder / "02-new").rename(folder / "03-renamed")
        assert other.goto(f"{served.origin}/new").status == 404
        other.goto(f"{served.origin}/renamed")
        expect(other.locator(".lesson-body")).to_contain_text("New while the server runs.")
        (folder / "03-renamed").rename(folder / "Bad Name")
        other.goto(served.origin)
        expect(other.get_by_role("alert").first).to_contain_text("must be named like 01-surprise")
        expect(other.get_by_role("link", name="Prediction bars").first).to_be_visible()
        other.close()
        file.write_text(text.replace("title: Shared", "title: Saved"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Saved", timeout=15_000)
    finally:
        page.close()
        served.stop()
    log = (tmp_path / "log").read_text()
    assert "01-mine/index.md" in log
    assert "Traceback" not in log
