"""A live classroom: one lecturer, thirty phones, two processes and a Redis of their own."""

import csv
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import PHONE, Visits, Watch
from tests.browser.driving import FigurePage, ServedSite
from tests.conftest import MAKING
from tests.rooms.conftest import RedisServer, processes

SCREEN = {"width": 1280, "height": 720}
CLASS = 30
PATIENCE = 60_000  # ms: thirty pages load on a machine with other work


# Pages of one browser that are each a phone of their own: what one keeps, no other has.
ALONE = "Object.defineProperty(window, 'localStorage', { value: sessionStorage })"


class RoomSite(ServedSite):
    """A server with rooms, which builds its site first."""

    patience = 2 * MAKING

    def __init__(self, folder: Path) -> None:
        kept = ("--appendonly", "yes", "--appendfsync", "always")
        self.redis = RedisServer(folder, *kept)
        super().__init__(folder / "log", "--rooms", self.redis.url, "--num-procs", "2")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomSite]:
    served = RoomSite(tmp_path_factory.mktemp("rooms"))
    yield served
    served.stop()
    served.redis.stop()
    log = served.log.read_text()
    assert "Traceback" not in log, log


class Room:
    """A lecturer's page with a room, and what it takes to join it."""

    def __init__(self, browser: Browser, site: ServedSite, path: str) -> None:
        self.visits = Visits(browser, site)
        self.site = site
        self.lecturer = self.visits.open(f"{site.origin}/{path}", viewport=SCREEN)
        self.lecturer.get_by_role("button", name="Open a room").click()
        letters = self.lecturer.locator(".room-letters")
        letters.wait_for()
        self.code = letters.inner_text().replace(" ", "")
        self.link = self.lecturer.get_by_label("The lecturer's link").input_value()

    def student(self, **options: Any) -> Page:
        """A phone that has read the QR code."""
        address = f"{self.site.origin}/join?code={self.code}"
        page = self.visits.open(
            address, **(options if "context" in options else {"viewport": PHONE} | options)
        )
        page.locator(".room-name:not(:empty)").wait_for(timeout=PATIENCE)
        return page

    def mode(self, name: str) -> None:
        self.lecturer.get_by_role("radio", name=name).check()

    def end(self) -> None:
        complaints = self.visits.complaints
        self.visits.close()
        assert not complaints, complaints


@pytest.fixture
def room(browser: Browser, site: ServedSite) -> Iterator[Room]:
    one = Room(browser, site, "figures/prediction-bars")
    yield one
    one.end()


def shows(page: Page, state: dict[str, Any]) -> None:
    """Waits until a page's first figure is in a state."""
    page.wait_for_function(
        """(state) => JSON.stringify(document.querySelector("crossent-figure").state) ===
             JSON.stringify(state)""",
        arg=state,
        timeout=PATIENCE,
    )


def says(page: Page, text: str) -> None:
    """Waits until the room's bar says something."""
    page.locator(".room-says", has_text=text).wait_for(timeout=PATIENCE)


def state_of(page: Page) -> dict[str, Any]:
    return FigurePage(page).idle().state


def answer(page: Page, choice: Locator) -> None:
    choice.click()
    page.locator(".room-asked .room-voted").wait_for(timeout=PATIENCE)


def test_thirty_phones_in_a_lesson_do_all_that_a_room_has(browser, site):
    """Join, follow, pause, answer, vote twice, reach a challenge, leave, come back, and the end."""
    room = Room(browser, site, "surprise")
    lecturer = room.lecturer
    lecturer.keyboard.press("Escape")
    first = FigurePage(lecturer)
    first.slider("fox").press("ArrowUp")
    contexts = [room.visits.context(viewport=PHONE, locale=tag) for tag in ("en", "fr-FR")]
    for context in contexts:
        context.add_init_script(ALONE)
    english = [room.student(context=contexts[0]) for _ in range(CLASS - 2)]
    french = [room.student(context=contexts[1]) for _ in range(2)]
    students = english + french
    lecturer.get_by_text(f"{CLASS} here").first.wait_for(timeout=PATIENCE)
    names = [page.locator(".room-name").inner_text() for page in students]
    assert len(set(names)) == CLASS

    room.mode("Follow")
    for page in english:
        says(page, "You follow the lecturer.")
        shows(page, first.idle().state)  # as it was before they came
    says(french[0], "Vous suivez l’enseignant.")
    slider = FigurePage(french[0]).slider("renard")  # as the page calls a fox
    expect(slider).to_have_attribute("aria-valuenow", str(first.now("fox")))
    first.drag("fox", 0.85)
    for process in processes(site)[:1]:  # in the middle of a lesson
        os.kill(process, signal.SIGKILL)
    first.drag("fox", 0.7)
    for page in english:
        shows(page, first.idle().state)
        says(page, "You follow the lecturer.")
    lecturer.get_by_text(f"{CLASS} here").first.wait_for(timeout=PATIENCE)
    assert [page.locator(".room-name").inner_text() for page in students] == names
    one = english[0]
    held = state_of(one)
    FigurePage(one).slider("fox").press("ArrowDown")  # a key on a figure that is led
    assert state_of(one) == held
    assert one.locator(".notice", has_text="You follow the lecturer now.").is_visible()

    room.mode("Pause")
    for page in english:
        says(page, "Paused")
    room.mode("Explore")
    for page in english:
        says(page, "Explore by yourself.")
    FigurePage(one).slider("fox").press("ArrowDown")
    assert state_of(one) != held

    lecturer.get_by_role("button", name="Ask all").click()
    for page in english:
        says(page, "Answer with this figure.")
        FigurePage(page).slider("fox").press("ArrowUp")
        says(page, "Sent.")
    lecturer.get_by_text(f"{CLASS - 2} of {CLASS} have answered").wait_for(timeout=PATIENCE)
    own = state_of(one)
    one.reload()
    says(one, "Sent.")
    shows(one, own)  # what was answered is there again
    lecturer.get_by_role("button", name="Show to all").click()
    one.locator(".room-marks").wait_for(state="attached")
    found = {"answers": violations(lecturer), "shown": violations(one)}
    lecturer.get_by_role("button", name="Done").click()
    one.locator(".room-marks").wait_for(state="detached")

    question = lecturer.locator(".question").first
    question.get_by_role("button", name="Ask the class").click()
    for page in students:
        says(page, "Vote" if page in english else "Votez")
        answer(page, page.locator(".room-asked [data-answer]").nth(2))
    lecturer.get_by_text(f"{CLASS} of {CLASS} have voted").wait_for(timeout=PATIENCE)
    one.reload()
    one.locator(".room-asked .room-voted").wait_for(timeout=PATIENCE)  # its vote is cast
    found["voting"] = violations(one)
    lecturer.get_by_role("button", name="Vote again").click()
    for page in students:
        page.locator(".room-voted").wait_for(state="detached", timeout=PATIENCE)
        answer(page, page.locator(".room-asked [data-answer=right]"))
    lecturer.get_by_text(f"{CLASS} of {CLASS} have voted").wait_for(timeout=PATIENCE)
    lecturer.get_by_role("button", name="Show", exact=True).click()
    for page in (lecturer, *students):
        block = page.locator(".question").first
        votes = block.locator(".room-vote b")
        expect(votes).to_have_text(["0", "0", "0", str(CLASS), str(CLASS), "0"], timeout=PATIENCE)
    found["votes"] = violations(lecturer)
    lecturer.get_by_role("button", name="Done").click()

    for page in english[:3]:
        page.locator(".challenge").first.get_by_role("button", name="Begin").click()
        FigurePage(page).slider("fox").press("End")
    reached = lecturer.locator(".room-goal", has_text=f"3 of {CLASS} have reached it").first
    reached.wait_for(timeout=PATIENCE)
    found["challenge"] = violations(lecturer)

    one.get_by_role("button", name="Leave").click()
    says(one, "You have left the room.")
    lecturer.get_by_text(f"{CLASS - 1} here").first.wait_for(timeout=PATIENCE)
    one.goto(f"{site.origin}/join")
    one.locator(".join-code").fill(f" {room.code[:3].lower()} {room.code[3:]}")
    one.keyboard.press("Enter")
    one.locator(".room-name:not(:empty)").wait_for(timeout=PATIENCE)
    lecturer.get_by_text(f"{CLASS} here").first.wait_for(timeout=PATIENCE)
    assert one.locator(".room-name").inner_text() not in names  # a new one

    lecturer.get_by_role("button", name="Close the room").click()
    lecturer.get_by_role("button", name="Close it for everyone").click()
    for page in english:
        says(page, "The room is closed.")
    says(french[0], "La salle est fermée.")
    assert "room=" not in one.url
    assert lecturer.get_by_role("button", name="Open a room").is_visible()
    room.end()
    assert not any(found.values()), found


def test_a_redis_that_is_away_is_said_and_everyone_comes_back(room, site):
    room.lecturer.keyboard.press("Escape")
    student = room.student()
    name = student.locator(".room-name").inner_text()
    site.redis.stop()
    for page in (room.lecturer, student):
        says(page, "The server cannot reach its rooms. Trying again.")
    before = state_of(student)
    FigurePage(student).slider("fox").press("ArrowUp")  # its figure goes on
    assert state_of(student) != before
    site.redis.start()
    says(student, "Explore by yourself.")
    expect(room.lecturer.locator(".room-bar > .room-says")).to_have_text("", timeout=PATIENCE)
    room.mode("Follow")
    says(student, "You follow the lecturer.")
    drag = FigurePage(room.lecturer).drag("cat", 0.3)
    shows(student, drag.idle().state)
    assert student.locator(".room-name").inner_text() == name


def test_who_leaves_and_comes_back_and_who_loses_the_network(room):
    context, sockets = room.visits.context(viewport=PHONE), []
    context.route_web_socket(
        re.compile("/ws/room$"), lambda socket: sockets.append(socket) or socket.connect_to_server()
    )
    student = room.student(context=context)
    name = student.locator(".room-name").inner_text()
    student.reload()
    student.locator(".room-name", has_text=name).wait_for()
    room.lecturer.keyboard.press("Escape")
    room.mode("Follow")
    says(student, "You follow the lecturer.")
    for socket in sockets:
        socket.close()  # as when the network goes
    drag = FigurePage(room.lecturer).drag("cat", 0.3)
    shows(student, drag.state)
    assert len(sockets) > 2
    assert student.locator(".room-name").inner_text() == name
    room.mode("Pause")
    late = room.student()
    says(late, "Paused")
    shows(late, drag.state)  # where the class is
    late.close()
    student.get_by_role("button", name="Leave").click()
    says(student, "You have left the room.")
    room.lecturer.get_by_text("0 here").first.wait_for()


def test_the_lecturer_s_link_leads_from_a_second_page(room):
    room.lecturer.keyboard.press("Escape")
    remote = room.visits.open(room.link, viewport=PHONE)
    remote.locator(".room-dialog[open]").wait_for()  # nobody is here yet: it says how to join
    remote.keyboard.press("Escape")
    remote.get_by_role("button", name="Close the room").wait_for()
    assert "lead=" not in remote.url
    remote.get_by_role("radio", name="Follow").check()
    room.lecturer.get_by_role("radio", name="Follow", checked=True).wait_for()
    slider = FigurePage(remote).ready().slider("cat")
    slider.press("ArrowUp")
    slider.blur()
    shows(room.lecturer, state_of(remote))
    room.lecturer.keyboard.press("b")
    remote.get_by_role("button", name="Blank", pressed=True).wait_for()
    assert room.lecturer.locator(".room-cover").is_visible()
    remote.get_by_role("button", name="Blank").click()
    room.lecturer.locator(".room-cover").wait_for(state="hidden")
    assert not remote.locator(".room-remote").is_visible()
    room.lecturer.get_by_role("button", name="Present", exact=True).click()
    count = room.lecturer.locator(".present-count")
    first = int(count.inner_text().split()[0])
    remote.locator(".room-remote .tool").last.click()
    expect(count).to_have_text(re.compile(f"^{first + 1} "))
    room.lecturer.keyboard.press("PageDown")  # a clicker
    remote.locator(".room-remote .tool").first.click()
    expect(count).to_have_text(re.compile(f"^{first + 1} "))
    last = int(count.inner_text().split()[2])
    for _ in range(last + 2):  # behind the last one there is none
        remote.locator(".room-remote .tool").last.click()
        remote.wait_for_timeout(50)
    expect(count).to_have_text(f"{last} of {last}")
    remote.wait_for_timeout(500)
    remote.locator(".room-remote .tool").first.click()
    expect(count).to_have_text(f"{last - 1} of {last}")
    room.lecturer.keyboard.press("Escape")
    remote.locator(".room-remote").wait_for(state="hidden")


def test_after_a_break_what_is_presented_is_where_it_was_turned_to(room):
    context, sockets, away = room.visits.context(viewport=SCREEN), [], []

    def connect(socket):
        sockets.append(socket)
        if away:
            socket.close()
        else:
            socket.connect_to_server()

    context.route_web_socket(re.compile("/ws/room$"), connect)
    screen = room.visits.open(room.link, context=context)
    screen.locator(".room-dialog[open]").wait_for()
    screen.keyboard.press("Escape")
    screen.get_by_role("button", name="Present", exact=True).click()
    count = screen.locator(".present-count")
    first = int(count.inner_text().split()[0])
    away.append(True)
    sockets[-1].close()  # as when the network goes
    bar = screen.locator(".room-bar > .room-says")
    expect(bar).to_have_text("The network is away. Trying again.")
    screen.keyboard.press("PageDown")
    expect(count).to_have_text(re.compile(f"^{first + 1} "))
    away.clear()
    expect(bar).to_have_text("", timeout=PATIENCE)
    screen.wait_for_timeout(300)
    expect(count).to_have_text(re.compile(f"^{first + 1} "))
    room.lecturer.keyboard.press("Escape")
    room.lecturer.locator(".room-remote .tool").last.click()  # and the room knows it
    expect(count).to_have_text(re.compile(f"^{first + 2} "))


def test_everyone_s_answer_lies_in_the_lecturer_s_figure(room):
    """Asked, answered, shown to all, one looked at, kept, and over."""
    room.lecturer.keyboard.press("Escape")
    students = [room.student() for _ in range(3)]
    room.lecturer.get_by_role("button", name="Ask all").click()
    losses = []
    for page, value in zip(students, (0.2, 0.5, 0.8), strict=True):
        says(page, "Answer with this figure.")
        FigurePage(page).drag("fox", value)
        says(page, "Sent.")
        losses.append(FigurePage(page).idle().readout("loss"))
    room.lecturer.get_by_text("3 of 3 have answered").wait_for(timeout=PATIENCE)
    median = f"{sorted(losses)[1]:.3g}"[:5]
    assert median in room.lecturer.locator(".room-face:visible .room-says").inner_text()
    assert len(seen_dots(room.lecturer)) == 3
    assert not students[0].locator(".room-marks").count()
    room.lecturer.get_by_role("button", name="Show to all").click()
    students[0].locator(".room-marks").wait_for(state="attached")
    expect_dots(students[0], 3)
    own = state_of(room.lecturer)
    room.lecturer.get_by_role("button", name="List").click()
    found = violations(room.lecturer)
    assert not found, found
    unnamed = painted(room.lecturer)
    room.lecturer.get_by_label("Names in the picture").check()
    for _ in range(100):
        if painted(room.lecturer) > unnamed:
            break
        room.lecturer.wait_for_timeout(100)
    assert painted(room.lecturer) > unnamed + 100  # pixels, of three animals' names
    room.lecturer.get_by_label("Names in the picture").uncheck()
    room.lecturer.get_by_role("button", name="Look: ").nth(2).click()
    room.lecturer.get_by_role("button", name="Back to mine").wait_for()
    assert FigurePage(room.lecturer).idle().readout("loss") == losses[2]
    room.lecturer.get_by_role("button", name="Back to mine").click()
    shows(room.lecturer, own)
    with room.lecturer.expect_download() as saved:
        room.lecturer.get_by_role("button", name="List").click()
        room.lecturer.get_by_role("button", name="Save as CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert [float(line.split(",")[2]) for line in lines[1:]] == losses
    room.lecturer.keyboard.press("Escape")
    room.lecturer.get_by_role("button", name="Keep").click()
    says(students[1], "Answer with this figure.")
    room.lecturer.get_by_text("0 of 3 have answered").wait_for()
    room.lecturer.get_by_role("button", name="Done").click()
    says(students[0], "Explore by yourself.")
    for page in (room.lecturer, students[0]):
        page.locator(".room-marks").wait_for(state="detached")
    room.lecturer.reload()  # what is kept is the room's
    lines = results(room.lecturer)
    assert [line[0] for line in lines[1:]] == ["Picture 1"] * 3
    assert [float(line[5]) for line in lines[1:]] == losses
    shown = room.lecturer.locator(".room-results")
    assert median in shown.locator("p").inner_text()
    found = violations(room.lecturer)
    assert not found, found
    room.lecturer.emulate_media(media="print")
    assert shown.is_visible()
    assert room.lecturer.locator("main").is_hidden()


def results(page: Page) -> list[list[str]]:
    """The lines of what a lecturer saves, whose results stay open."""
    page.get_by_role("button", name="Results").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    return list(csv.reader(saved.value.path().read_text().splitlines()))


def test_the_lecturer_says_what_of_a_figure_may_be_moved(room):
    room.lecturer.keyboard.press("Escape")
    student = room.student()
    room.lecturer.get_by_role("button", name="Ask all").click()
    says(student, "Answer with this figure.")
    room.lecturer.get_by_role("button", name="Limit").click()
    room.lecturer.get_by_role("checkbox", name="probability").uncheck()
    found = violations(room.lecturer)
    assert not found, found
    says(student, "Answer: move ")
    slider = FigurePage(student).slider("fox")
    before = state_of(student)
    slider.press("ArrowUp")
    student.get_by_text("The lecturer holds this as it is.").wait_for()
    assert state_of(student) == before
    room.lecturer.get_by_role("checkbox", name="probability").check()
    says(student, "Answer with this figure.")
    slider.press("ArrowUp")
    says(student, "Sent.")
    room.lecturer.get_by_role("checkbox", name="probability").uncheck()
    room.lecturer.keyboard.press("Escape")
    room.lecturer.get_by_text("1 of 1 have answered").wait_for(timeout=PATIENCE)
    room.lecturer.get_by_role("button", name="Done").click()
    room.lecturer.get_by_role("button", name="Ask all").click()  # all of it may be moved again
    says(student, "Answer with this figure.")
    room.lecturer.get_by_role("button", name="Limit").click()
    expect(room.lecturer.get_by_role("checkbox", name="probability")).to_be_checked()


def painted(page: Page) -> int:
    """How many pixels of everyone's answers are painted."""
    return int(
        page.evaluate("""() => {
  const canvas = document.querySelector(".room-marks");
  const { width, height } = canvas;
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0); // reading the page's own so often has the browser complain
  const { data } = pen.getImageData(0, 0, width, height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}""")
    )


def seen_dots(page: Page) -> set[str]:
    """The colours of the dots on a page's first plot, painted and not only said."""
    return set(
        page.evaluate("""() => {
  const canvas = document.querySelector(".room-marks");
  const plot = document.querySelector("crossent-figure .plot").getBoundingClientRect();
  const stage = canvas.getBoundingClientRect();
  const sharp = canvas.width / stage.width;
  const at = [plot.left - stage.left, plot.top - stage.top, plot.width, plot.height];
  const { width, height } = canvas;
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(...at.map((v) => Math.round(v * sharp)));
  const count = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 200 || data[i + 3] > 220) continue; // a dot's inside lets a little through
    if (Math.min(data[i], data[i + 1], data[i + 2]) > 220) continue; // its rim
    const colour = data.slice(i, i + 3).map((v) => v >> 4).join();
    count[colour] = (count[colour] ?? 0) + 1;
  }
  return Object.keys(count).filter((colour) => count[colour] > 12);
}""")
    )


def expect_dots(page: Page, count: int) -> None:
    """Waits until so many dots are painted."""
    for _ in range(100):
        if len(seen_dots(page)) == count:
            return
        page.wait_for_timeout(100)
    assert len(seen_dots(page)) == count


def test_a_question_is_voted_on_twice_and_shown_to_all_at_once(browser, site):
    room = Room(browser, site, "surprise")
    room.lecturer.keyboard.press("Escape")
    students = [room.student(), room.student(locale="fr-FR")]
    question = room.lecturer.locator(".question").first
    question.get_by_role("button", name="Ask the class").click()
    for page in students:
        choice = page.locator(".room-asked [data-answer]").nth(2)
        choice.click()
        page.locator(".room-asked .room-voted").wait_for()
        assert page.locator(".room-asked .explanation").is_hidden()
        choice.click()  # a vote counts once
    room.lecturer.get_by_text("2 of 2 have voted").wait_for()
    assert not room.lecturer.locator(".room-votes").count()
    room.lecturer.get_by_role("button", name="See the votes").click()
    assert question.locator(".room-vote b").all_inner_texts() == ["0", "0", "2"]
    assert not students[0].locator(".room-votes").count()
    room.lecturer.get_by_role("button", name="Vote again").click()
    room.lecturer.get_by_text("0 of 2 have voted").wait_for()
    students[0].locator(".room-voted").wait_for(state="detached")  # its phone knows of it
    students[0].locator(".room-asked [data-answer=right]").click()
    room.lecturer.get_by_text("1 of 2 have voted").wait_for()
    room.lecturer.get_by_role("button", name="Show", exact=True).click()
    says(students[0], "The votes are shown.")
    says(students[1], "Les votes sont montrés.")
    for page in (room.lecturer, *students):
        block = page.locator(".question").first
        assert block.locator(".room-vote b").all_inner_texts() == ["0", "0", "0", "1", "2", "0"]
        assert block.locator(".explanation").is_visible()
        found = violations(page)
        assert not found, found
    assert students[0].locator(".question").first.get_by_text("Yes.").is_visible()
    room.lecturer.get_by_role("button", name="Done").click()
    students[0].locator(".room-votes").first.wait_for(state="detached")
    lines = [line for line in results(room.lecturer) if line[0] == "count"]
    assert [(line[2], line[5]) for line in lines] == [
        *(("1", count) for count in "002"),
        *(("2", count) for count in "010"),
    ]
    counts = room.lecturer.locator(".room-results td")
    assert counts.all_inner_texts() == ["0", "0", "0", "1", "2", "0"]
    room.end()


def test_challenges_that_are_reached_are_counted(browser, site):
    room = Room(browser, site, "surprise")
    room.lecturer.keyboard.press("Escape")
    student = room.student()
    room.lecturer.locator(".room-goal", has_text="0 of 1").first.wait_for()
    step = student.locator(".challenge").first
    student.evaluate(
        "(block) => block.dispatchEvent(new CustomEvent('crossent-goal', {bubbles: true, "
        "detail: {step: block.dataset.step}}))",
        step.element_handle(),
    )
    room.lecturer.locator(".room-goal", has_text="1 of 1 have reached it").wait_for()
    room.end()


def test_pages_in_a_room_are_accessible_and_speak_french(browser, site):
    room = Room(browser, site, "surprise")
    found = {"how to join": violations(room.lecturer)}
    room.lecturer.keyboard.press("Escape")
    found["lecturer"] = violations(room.lecturer)
    student = room.student(locale="fr-FR")
    assert "/surprise.fr.html" in student.url
    says(student, "Explorez par vous-même.")
    found["student"] = violations(student)
    room.mode("Pause")
    says(student, "Pause : regardez l’enseignant.")
    found["paused"] = violations(student)
    assert student.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for locale in ("en", "fr"):
        join = room.visits.open(f"{site.origin}/join", viewport=PHONE, locale=locale)
        assert join.locator("html").get_attribute("lang") == locale
        found[f"join {locale}"] = violations(join)
        join.locator(".join-code").fill("bbb ccc")
        join.keyboard.press("Enter")
        join.locator("[role=alert]:visible").wait_for()
        found[f"wrong code {locale}"] = violations(join)
    room.end()
    assert not any(found.values()), found


def test_another_page_s_error_is_none_of_the_room_s(browser, site):
    """A code that no room has, in an address: said, and the page is its visitor's."""
    visits = Visits(browser, site)
    page = visits.open(f"{site.origin}/figures/prediction-bars?room=BBBBBB", viewport=PHONE)
    watch = Watch(page, site.origin)
    says(page, "There is no such room")
    page.get_by_role("button", name="Hide this").click()
    assert page.locator(".room-bar").count() == 0
    assert not watch.complaints
    visits.close()


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_who_cannot_join_or_open_a_room_yet_is_told_and_let_in_later(browser, site, how):
    visits = Visits(browser, site)
    context = visits.context(viewport=PHONE)
    sockets = []

    def stand_in(socket):
        sockets.append(socket)
        if len(sockets) % 2 == 0:
            socket.connect_to_server()
        elif how == "refused":
            socket.close(code=1011)

    context.route_web_socket(re.compile(r"/ws/room"), stand_in)
    page = context.new_page()
    page.goto(f"{site.origin}/figures/prediction-bars")
    page.get_by_role("button", name="Open a room").click()
    says(page, "The network is away. Trying again.")
    letters = page.locator(".room-letters")
    letters.wait_for()
    code = letters.inner_text()
    join = context.new_page()
    join.goto(f"{site.origin}/join?code={code}")
    alert = join.get_by_role("alert")
    expect(alert).to_have_text("The network is away. Trying again.")
    join.locator(".room-name:not(:empty)").wait_for(timeout=PATIENCE)
    visits.close()
