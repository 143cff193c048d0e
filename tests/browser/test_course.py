"""The lessons themselves, walked as a learner would walk them, served and built."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.browser.accessibility import looks_of, violations
from tests.browser.conftest import DESKTOP, LAYOUT_SHIFT, PHONE, SHIFTS, Visits, Watch
from tests.browser.driving import FigurePage, Site
from tests.course import lessons

from crossent.content import palette
from crossent.pages.course import Course

MODES = ["served", "file"]

LESSONS = [
    "surprise",
    "information",
    "likelihood",
    "binary",
    "mse-vs-ce",
    "softmax-gradient",
    "race",
    "label-smoothing",
    "imbalance",
    "stability",
    "double-softmax",
    "batches",
    "multilabel",
    "segmentation",
    "language-model",
    "clinic",
    "myths",
    "cheatsheet",
]
ZOOMED = {"width": 720, "height": 450}  # 200 % of 1440 by 900, at two device pixels to each
PROJECTOR = {"width": 1920, "height": 1080}
A4 = {"width": 673, "height": 1002}  # between print.css's margins
SINGLE_FILE = 1_000_000  # bytes, compressed

# A slider answers a pointer with the next frame, a point of a plot when the plot is drawn.
FOLLOWED = """([grip, before]) => new Promise((resolve) => {
  let frames = 30;
  const look = () => {
    const now = grip.getAttribute("aria-valuenow");
    if (now !== before || !frames--) resolve(Number(now));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class Hands:
    """What a learner does to one figure of a page."""

    def __init__(self, page: Page, slot: str, say: Callable[[str], str]) -> None:
        self.page, self.say = page, say
        self.figure = FigurePage(page)
        self.figure.root = page.locator(f"crossent-figure[data-slot={slot}]")

    def drag(self, label: str, value: float) -> None:
        """Takes a slider's grip and, by eye, leaves it where it says the value."""
        label = self.say(label)
        grip = self.figure.slider(label)
        grip.evaluate("grip => grip.scrollIntoView({ block: 'center', behavior: 'instant' })")
        (x, y), mouse = self.figure.centre(grip), self.page.mouse
        upwards = grip.get_attribute("aria-orientation") == "vertical"
        handle = grip.element_handle()

        def pull(length: float) -> float:
            before = grip.get_attribute("aria-valuenow")
            mouse.move(*((x, y - length) if upwards else (x + length, y)))
            return self.page.evaluate(FOLLOWED, [handle, before])

        start = self.figure.now(label)
        mouse.move(x, y)
        mouse.down()
        length = 16.0 if value > start else -16.0
        now, slope = pull(length), 0.0
        for _ in range(8):
            slope = (now - start) / length or slope
            assert slope > 0, f"{label} does not follow the pointer"
            if abs(now - value) <= 0.6 * slope:  # the nearest pixel
                break
            length += (value - now) / slope
            now = pull(length)
        mouse.up()

    def type(self, label: str, text: str) -> None:
        field = self.figure.root.get_by_role(
            "textbox", name=self.say(f"{label}, typed"), exact=True
        )
        self.figure.type_into(field, text)

    def write(self, label: str, text: str) -> None:
        box = self.figure.root.get_by_role("textbox", name=self.say(label), exact=True)
        box.fill(text)
        box.blur()
        self.figure.idle()

    def token(self, name: str) -> None:
        self.figure.radio(self.say(name), self.say("tokens")).click()
        self.figure.idle()

    def press(self, label: str, key: str) -> None:
        self.figure.press(self.say(label), key)

    def choose(self, label: str, option: str) -> None:
        self.figure.root.get_by_label(self.say(label), exact=True).select_option(self.say(option))

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=self.say(name), exact=True).and_(
            self.page.locator(":visible")
        ).first.click()
        # A step is taken over some frames, as one gesture.
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("crossent-figure")].every(
                 (figure) => !figure.gestures.current)"""
        )

    def check(self, role: str, name: str) -> None:
        self.figure.root.get_by_role(role, name=self.say(name), exact=True).check()


Doing = Callable[[Hands], None]


def drag(label: str, value: float) -> Doing:
    return lambda hands: hands.drag(label, value)


def typed(label: str, text: str) -> Doing:
    return lambda hands: hands.type(label, text)


def written(label: str, text: str) -> Doing:
    return lambda hands: hands.write(label, text)


def token(name: str) -> Doing:
    return lambda hands: hands.token(name)


def press(label: str, key: str) -> Doing:
    return lambda hands: hands.press(label, key)


def choose(label: str, option: str) -> Doing:
    return lambda hands: hands.choose(label, option)


def click(name: str) -> Doing:
    return lambda hands: hands.click(name)


def order(test: str) -> Doing:
    return lambda hands: hands.check("switch", test)


def answer(option: str) -> Doing:
    return lambda hands: hands.check("radio", option)


# Of each challenge, by lesson and title: all that is done, of which only the last reaches the goal.
WAYS: dict[tuple[str, str], list[Doing]] = {
    ("surprise", "Low surprise"): [drag("fox", 0.8), drag("fox", 0.95)],
    ("surprise", "Exactly log 5"): [
        drag("fox", 0.3),
        click("Add a class"),
        typed("predicted probability of fox", "0.2"),
    ],
    ("surprise", "Two predictions, one loss"): [
        click("Remember this one"),
        drag("cat", 0.4),
        typed("predicted probability of fox", "0.6"),
    ],
    # Each bar goes where it stands right to those before it; the others give way in proportion.
    ("information", "Down to the floor"): [
        drag("fox, model p", 0.5),
        drag("dog, model p", 0.481),
        drag("cat, model p", 0.5),
    ],
    ("information", "Twice as far one way"): [
        drag("heads, truth q", 0.7),
        drag("heads, truth q", 0.99),
    ],
    ("likelihood", "The most probable model"): [
        drag("dog, model p", 0.13),
        drag("cat, model p", 0.2),
    ],
    ("likelihood", "Lose the product, keep the sum"): [
        drag("fox, observed n", 3),
        typed("observed n of cat", "1100"),
    ],
    ("binary", "Where yes and no cost the same"): [
        drag("probability, on the curve", 0.3),
        typed("probability p", "0.5"),
    ],
    ("binary", "The highest floor"): [drag("label y", 0.5), drag("probability p", 0.5)],
    ("binary", "Steep in p, gentle in z"): [
        drag("logit z", -1),
        drag("logit z", -6),
    ],
    ("mse-vs-ce", "The hardest push of squared error"): [drag("yes", 0.6), drag("yes", 0.333)],
    ("mse-vs-ce", "A hundred times as hard"): [
        drag("logit z of the true class", -3),
        drag("logit z of the true class", -6),
    ],
    ("mse-vs-ce", "Very wrong, hardly pushed"): [drag("dog", 0.8), drag("dog", 0.99)],
    ("softmax-gradient", "Let the gradient do it"): [
        click("Take a step"),
        typed("learning rate", "10"),
        click("Take a step"),
    ],
    ("softmax-gradient", "Almost the square root of two"): [
        drag("cat", -5),
        press("bee", "End"),
    ],
    ("softmax-gradient", "Push the true class down"): [
        drag("label smoothing", 0.3),
        drag("cat", 5.5),
    ],
    ("race", "Three to five"): [
        typed("wrong at the start", "0.2"),
        typed("wrong at the start", "1"),
    ],
    ("race", "Let squared error win"): [
        typed("learning rate", "2"),
        typed("learning rate", "6"),
    ],
    ("imbalance", "Both at 95 %"): [drag("threshold", 0.3), typed("threshold", "0.15")],
    ("imbalance", "Found, and still honest"): [
        typed("weight of the rare class", "1"),
        typed("threshold", "0.1"),
    ],
    ("label-smoothing", "Down to the floor"): [
        drag("smoothing ε", 0.2),
        click("To the least"),
    ],
    ("label-smoothing", "Translate a paper"): [
        drag("smoothing ε", 0.2),
        typed("smoothing ε", "0.125"),
    ],
    # A pixel of these two sliders is more than the goals leave room for.
    ("stability", "Break the first row in float16"): [
        drag("largest logit, all in proportion", 9),
        typed("largest logit, all in proportion", "11.1"),
    ],
    ("stability", "Zero, exactly"): [
        drag("dog", 90),
        drag("cat", -6),
        typed("gap: the largest other minus the true one", "104.5"),
    ],
    ("stability", "The dead gradient"): [
        drag("dog", 20),
        drag("cat", -5),
        typed("gap: the largest other minus the true one", "27.7"),
    ],
    ("double-softmax", "To the floor"): [
        drag("cat", 5),
        drag("true class's logit, on A", 10),
    ],
    ("double-softmax", "Wrong, and hardly told so"): [drag("cat", -3), drag("dog", 6)],
    ("double-softmax", "Kill it"): [
        drag("first class's bias at the start", 2),
        drag("first class's bias at the start", 12),
    ],
    ("batches", "Weights that do nothing"): [
        drag("fox", 4),
        choose("row 2, true class", "cat"),
        choose("row 3, true class", "cat"),
    ],
    ("batches", "Nothing left"): [
        choose("row 2, true class", "−100"),
        drag("cat", 5),
        choose("row 1, true class", "−100"),
    ],
    ("multilabel", "Two at once"): [
        drag("cat, logits", 5),
        drag("dog, logits", -5),
        drag("night, logits", 5),
    ],
    ("multilabel", "All of them"): [
        drag("cat, logits", 5),
        drag("dog, logits", 5),
        drag("night, logits", 5),
        drag("snow, logits", 5),
    ],
    ("segmentation", "Along the line"): [
        drag("horizon", 9),
        drag("side of ball", 18),
        drag("top of ball", 17.5),
        drag("ball, from the left", 14),
    ],
    ("segmentation", "A ball that counts"): [
        drag("weight of ball", 3),
        typed("weight of ball", "6"),
    ],
    ("segmentation", "Found"): [
        drag("side of ball", 12),
        drag("ball, from the left", 16),
    ],
    ("language-model", "The dearest letter"): [
        token("token 29, e: 0.45 bits"),
        token("token 16, n: 7.36 bits"),
    ],
    ("language-model", "Less than five"): [
        written("your sentence", "and and"),
        written("your sentence", "and then the and the"),
    ],
    ("language-model", "One token among many"): [
        drag("cost of the selected token, in bits", 6),
        drag("cost of the selected token, in bits", 11.2),
    ],
    ("clinic", "One patient, two tests"): [
        order("overfit one batch"),
        order("labels of nearest neighbours"),
        answer("the labels belong to other examples"),
    ],
    ("clinic", "Three in a row"): [
        answer("one-hot targets of whole numbers"),
        click("Next case"),
        answer("the learning rate is too small"),
        click("Next case"),
        answer("all targets of a batch are ignored"),
    ],
    ("clinic", "Nothing at all?"): [
        order("first loss against log K"),
        order("overfit one batch"),
        order("a hundredth of the rate"),
        answer("nothing: the run is healthy"),
    ],
    ("myths", "Two coins"): [
        typed("p of the true class", "0.5"),
        typed("p of the true class", "0.25"),
    ],
    ("myths", "Too sure"): [typed("smoothing ε", "0.2"), typed("logit gap", "6")],
    ("myths", "As sure as right"): [
        typed("share of unseen ones that is right", "0.9"),
        typed("logit of the answer given", "2.2"),
    ],
    ("cheatsheet", "What smoothing costs the sure"): [
        answer("yes, smooth the labels"),
        drag("first logit", 10),
    ],
    ("cheatsheet", "A weight that helps the loss"): [
        answer("yes, weigh it"),
        drag("first logit", -5),
    ],
}


ANSWERED: dict[str, bool] = {}


def answers(url: str, context: BrowserContext) -> bool:
    """Whether there is a page at an address; each is asked once."""
    address = url.partition("#")[0]
    if address not in ANSWERED:
        parts = urlsplit(address)
        ANSWERED[address] = (
            Path(unquote(parts.path)).is_file()
            if parts.scheme == "file"
            else context.request.get(address).status == 200
        )
    return ANSWERED[address]


def reader(browser: Browser, **options: Any) -> BrowserContext:
    """Who reads one page after the other: a new reader for each takes four times as long."""
    context = browser.new_context(**options)
    context.set_default_timeout(30_000)
    context.add_init_script(SHIFTS)
    return context


def opened(context: BrowserContext, url: str) -> tuple[Page, Watch]:
    page = context.new_page()
    watch = Watch(page, url)
    page.goto(url)
    if page.locator("crossent-figure").count():
        FigurePage(page).ready()
    return page, watch


class Lesson:
    """A lesson that stays open for all that is done in it, in words that `say` gives."""

    def __init__(
        self,
        slug: str,
        site: Site,
        learner: BrowserContext,
        say: Callable[[str], str] = lambda text: text,
    ) -> None:
        self.say = say
        self.slug, self.site = slug, site
        self.page, self.watch = opened(learner, site.page_url(slug))
        self.shifted = self.page.evaluate("shifted")

    def blocks(self, kind: str) -> list[Locator]:
        return self.page.locator(f".lesson-body .{kind}").all()

    def hands(self, block: Locator) -> Hands:
        return Hands(self.page, block.get_attribute("data-for"), self.say)

    def done(self) -> int:
        return int(self.page.locator("[data-progress-line]").inner_text().split()[0])

    def ways(self) -> list[list[Doing]]:
        """Of each challenge, in the order in which they come."""
        return [ways for (slug, _), ways in WAYS.items() if slug == self.slug]


@pytest.fixture(scope="module")
def learner(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    context = reader(browser, viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest, site: Site, learner: BrowserContext) -> Iterator[Lesson]:
    walked = Lesson(request.param, site, learner)
    yield walked
    walked.page.close()
    assert not walked.watch.complaints, walked.watch.complaints


def test_nothing_moves_while_a_lesson_loads(lesson: Lesson) -> None:
    assert lesson.shifted < LAYOUT_SHIFT


def test_every_question_is_answered_wrong_and_then_right(lesson: Lesson) -> None:
    assert lesson.blocks("question")
    for block in lesson.blocks("question"):
        verdict, explanation = block.locator(".verdict"), block.locator(".explanation")
        before = lesson.done()
        expect(explanation).to_be_hidden()
        for wrong in block.locator("button[data-answer=wrong]").all():
            wrong.click()
            expect(wrong).to_have_attribute("aria-pressed", "true")
            expect(verdict).to_have_text(lesson.say("Not quite: the right answer is marked."))
            expect(block.locator("li.chosen .reply")).to_be_visible()
        right = block.locator("button[data-answer=right]")
        expect(right).to_have_attribute("aria-pressed", "false")
        right.click()
        expect(right).to_have_attribute("aria-pressed", "true")
        expect(verdict).to_have_text(lesson.say("Yes."))
        expect(explanation).to_be_visible()
        assert lesson.done() == before + 1
        FigurePage(lesson.page).idle()


def test_every_thing_to_try_sets_its_state_and_says_what_to_see(lesson: Lesson) -> None:
    assert lesson.blocks("try")
    for block in lesson.blocks("try"):
        figure = lesson.hands(block).figure
        for place, button in enumerate(block.locator("[data-state]").all()):
            button.click()
            figure.idle()
            wanted = json.loads(button.get_attribute("data-state"))
            assert {name: figure.state[name] for name in wanted} == wanted
            expect(button).to_have_attribute("aria-pressed", "true")
            see = block.locator(".see").nth(place)
            expect(see).to_be_visible()
            expect(see).to_have_class("see chosen")
            expect(block.locator(".see.chosen")).to_have_count(1)
            assert see.inner_text().strip()
            parts = json.loads(button.get_attribute("data-look") or "[]")
            looked_at = figure.root.locator(".looked-at:visible")  # a figure may hold it twice
            expect(looked_at).to_have_count(len(parts))
            for part in looked_at.all():
                expect(part).to_be_visible()


def test_every_challenge_is_failed_and_then_passed_and_counted(lesson: Lesson) -> None:
    blocks = lesson.blocks("challenge")
    for block, (*ways, last) in zip(blocks, lesson.ways(), strict=True):
        verdict, before = block.locator(".verdict"), lesson.done()
        hands = lesson.hands(block)
        block.locator("[data-begin]").click()
        hands.figure.idle()
        expect(block).to_have_class("challenge active")
        for way in ways:
            way(hands)
            hands.figure.idle()
            expect(block).to_have_class("challenge active")
        expect(verdict).to_contain_text(lesson.say("Not there yet."))
        assert lesson.done() == before
        last(hands)
        expect(block).to_have_class("challenge reached")
        words = block.locator("template.done").evaluate("it => it.content.textContent.trim()")
        assert words
        expect(verdict).to_have_text(words)
        expect(verdict).to_be_visible()
        assert lesson.done() == before + 1
    questions = lesson.blocks("question")
    for block in questions:
        block.locator("button[data-answer=right]").click()
    steps = len(questions) + len(blocks)
    expect(lesson.page.locator("[data-progress-line]")).to_have_text(
        lesson.say(f"{steps} of {steps} questions and challenges done.")
    )
    finished = lesson.page.get_by_role("button", name=lesson.say("Finished"), exact=True)
    expect(finished).to_have_attribute("aria-pressed", "true")


def test_every_link_leads_somewhere(lesson: Lesson) -> None:
    page, site = lesson.page, lesson.site
    here = page.url.partition("?")[0].partition("#")[0]
    links = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)")
    inside = {link for link in links if link.startswith(site.origin)}
    assert {urlsplit(link).scheme for link in set(links) - inside} <= {"https"}
    assert site.index_url() in inside
    lost = []
    for link in sorted(inside):
        address, _, place = link.partition("#")
        if not answers(link, page.context):
            lost.append(link)
        elif place and address.partition("?")[0] == here:
            lost += [] if page.evaluate("id => !!document.getElementById(id)", place) else [link]
    assert lost == []


def test_the_lessons_lead_through_the_course(lesson: Lesson) -> None:
    course = list(Course().places())
    place = course.index(lesson.slug)
    pager = lesson.page.get_by_role("navigation", name="Lessons")

    def leads_to(rel: str) -> list[str]:
        return pager.locator(f"a[rel={rel}]").evaluate_all("all => all.map((a) => a.href)")

    assert leads_to("prev") == [lesson.site.page_url(slug) for slug in course[:place][-1:]]
    assert leads_to("next") == [lesson.site.page_url(slug) for slug in course[place + 1 :][:1]]


# -- pages at rest --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phone(site: Site, browser: Browser) -> Iterator[tuple[BrowserContext, str]]:
    """A reader on a phone, and the colour scheme there."""
    scheme = "dark" if site.ending else "light"
    context = reader(browser, viewport=PHONE, device_scale_factor=2, color_scheme=scheme)
    yield context, scheme
    context.close()


AT_REST = [*LESSONS, "index", "practice", "how-we-know"]


@pytest.fixture(scope="module", params=AT_REST)
def rest(
    request: pytest.FixtureRequest, site: Site, phone: tuple[BrowserContext, str]
) -> Iterator[tuple[Page, str]]:
    """A page on a phone, left alone, in the colour scheme that it was opened in."""
    context, scheme = phone
    url = site.index_url() if request.param == "index" else site.page_url(request.param)
    page, _ = opened(context, url)
    yield page, scheme
    page.close()


def overflow(page: Page) -> list[str]:
    """What is wider than the window, if the window can be scrolled sideways."""
    return page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          const over = [...document.querySelectorAll("main *, header *, footer *")]
            .filter((e) => e.getBoundingClientRect().right > wide + 0.5);
          return over.length ? over.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)) : ["?"];
        }"""
    )


def test_a_page_is_usable_on_a_phone_and_moves_nothing(rest: tuple[Page, str]) -> None:
    page, _ = rest
    assert page.evaluate("shifted") < LAYOUT_SHIFT
    assert overflow(page) == []


def test_a_page_is_usable_at_twice_the_size(rest: tuple[Page, str]) -> None:
    page, _ = rest
    page.set_viewport_size(ZOOMED)
    FigurePage(page).idle()
    assert overflow(page) == []


CROWDED = """() => {
  const seen = { checkOpacity: true, checkVisibilityCSS: true };
  const wrong = [];
  for (const box of document.querySelectorAll(".stage :is(.table-scroll, .formula, .choice)")) {
    const scrolls = box.matches(".batch *") && !matchMedia("print").matches; // many columns
    const over = box.scrollWidth - box.clientWidth;
    if (over > 1 && !scrolls && box.checkVisibility(seen)) wrong.push(`${box.className}: ${over}`);
  }
  const spoken = "output, .readout-unit, .range input, .segments label, .live-table th, .cb-shown";
  for (const figure of document.querySelectorAll("[data-figure]")) {
    const words = [...figure.querySelectorAll(spoken)].filter((e) => e.checkVisibility(seen));
    const rects = words.map((e) => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return e.localName === "input" ? e.getBoundingClientRect() : range.getBoundingClientRect();
    });
    const edge = figure.querySelector(".stage").getBoundingClientRect().right;
    rects.forEach((a, i) => {
      if (a.right > edge && !words[i].closest(".table-scroll")) wrong.push(words[i].outerHTML);
    });
    rects.forEach((a, i) => rects.slice(i + 1).forEach((b, j) => {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const names = [words[i], words[i + 1 + j]].map((e) => e.value || e.textContent);
      if (x > 1 && y > 3) wrong.push(names.join(" on "));
    }));
  }
  return wrong;
}"""


def test_nothing_is_cut_or_collides_at_any_width(rest: tuple[Page, str]) -> None:
    page, _ = rest
    for width in (360, 600, 768, 1000, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CROWDED) == [], width


def test_what_is_presented_fits_the_window(rest: tuple[Page, str]) -> None:
    page, _ = rest
    if not page.locator("[data-present]").count():
        return  # a page without figures to present
    page.set_viewport_size(PROJECTOR)
    page.locator("[data-present]").click()
    assert page.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]
    assert page.evaluate(CROWDED) == []
    page.get_by_role("button", name="Leave (Escape)").click()


def test_axe_finds_no_violations_in_any_look(
    rest: tuple[Page, str], request: pytest.FixtureRequest
) -> None:
    page, first = rest
    page.set_viewport_size(DESKTOP)
    for answer in page.locator(".question li:first-child [data-answer]").all():
        answer.click()
    FigurePage(page).idle()
    subject = request.node.callspec.params["rest"]
    looks = looks_of(subject, AT_REST, ["the first", "the other scheme", "forced", "presented"])
    presented = "presented" in looks and page.locator("[data-present]").count()
    colors = "the first" in looks or ("presented" in looks and not presented)
    assert violations(page, colors=colors) == []
    if "the other scheme" in looks:
        other = "light" if first == "dark" else "dark"
        page.emulate_media(color_scheme=other)
        page.wait_for_function("s => matchMedia(`(prefers-color-scheme: ${s})`).matches", arg=other)
        assert violations(page, colors_alone=True) == []
        page.emulate_media(color_scheme=first)
    if "forced" in looks:
        page.emulate_media(forced_colors="active")
        assert violations(page, colors_alone=True) == []
        page.emulate_media(forced_colors="none")
    if presented:
        page.locator("[data-present]").click()
        assert violations(page) == []
        page.get_by_role("button", name="Leave (Escape)").click()


def test_a_page_prints_whole_and_light(rest: tuple[Page, str]) -> None:
    page, _ = rest
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert overflow(page) == []
    assert page.evaluate(CROWDED) == []
    light, dark = ({pair[i] for pair in palette().values()} for i in (0, 1))
    ink = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')")
    assert ink in light
    plots = page.locator(".plot:visible")
    assert plots.locator(".on-paper").count() == plots.count()
    drawn = page.locator(".on-paper [stroke]").evaluate_all(
        "all => all.map((e) => e.attributes.stroke.value)"
    )
    assert not dark & set(drawn)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".on-paper").count() == 0


def test_each_challenge_has_its_ways_in_the_order_of_its_lesson() -> None:
    titled = re.compile(r"^:{3,}\{challenge\} (.+)$", re.MULTILINE)
    read = {
        lesson.slug: (lesson.folder / "index.md").read_text(encoding="utf-8")
        for lesson in lessons()
    }
    asked = [(slug, title) for slug, text in read.items() for title in titled.findall(text)]
    assert asked == sorted(WAYS, key=lambda way: LESSONS.index(way[0]))


def test_a_lesson_in_a_single_file_is_under_one_megabyte(single_folder: Path) -> None:
    pages = {slug: (single_folder / f"{slug}.html").read_bytes() for slug in LESSONS}
    sizes = {slug: len(gzip.compress(page, 6)) for slug, page in pages.items()}
    assert max(sizes.values()) < SINGLE_FILE, sizes


@pytest.mark.in_turn
def test_the_map_shows_the_way_to_a_lesson_and_leads_there(visit: Visits) -> None:
    page = visit.open(visit.site.index_url())
    link = page.get_by_label("What builds on what").get_by_role(
        "link", name=re.compile("^The race")
    )
    expect(page.locator("[data-figure]").first).to_be_visible()
    link.focus()
    lit = page.locator(".map g.on-the-way").evaluate_all("all => all.map((g) => g.dataset.stop)")
    assert lit == ["surprise", "binary", "mse-vs-ce", "softmax-gradient", "race"]
    link.press("Enter")
    page.wait_for_url(re.compile(r"/race\b"))
