"""Exercises on a lesson's page, and the page that tests a part, as a reader works on them."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.accessibility import violations
from tests.browser.conftest import PHONE, Visits

from crossent.pages.course import Course
from crossent.pages.directives.exercises import Exercise

MODES = ["served", "file"]
PAPER = round((210 - 2 * 16) / 25.4 * 96)  # px: the width of A4 within its margins
CUT = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => one.clientWidth && getComputedStyle(one).overflowX !== "visible")
  .map((one) => one.outerHTML.slice(0, 120))"""


def answers(slug: str, seed: int) -> list[float]:
    """What is right in a lesson's exercises, worked out here."""
    specs = [one.spec for one in Course().lesson(slug).practice if one.spec]
    found = [Exercise.of(spec).drawn(seed) for spec in specs]
    return [one[2] for one in found if one]


@pytest.mark.everywhere
def test_an_exercise_is_answered_and_had_again(visit: Visits) -> None:
    page = visit.open(visit.site.page_url("surprise"))
    exercise = page.locator("#exercise-1")
    typed, verdict = exercise.get_by_label("Your answer"), exercise.locator(".verdict")
    for seed in (1, 2):
        if seed > 1:
            exercise.get_by_role("button", name="Another one").click()
            expect(typed).to_be_focused()
        typed.fill("<b>five</b>")
        typed.press("Enter")
        expect(verdict).to_contain_text("cannot be read", timeout=30_000)
        typed.fill("-9")
        typed.press("Enter")
        expect(verdict).to_have_text("Not yet.")
        expect(exercise.locator(".way")).to_be_hidden()
        typed.fill(f"{answers('surprise', seed)[0]:.4g}")
        typed.press("Enter")
        expect(verdict).to_have_text("Yes.")
        expect(exercise.locator(".way")).to_be_visible()
    expect(exercise.locator(".exercise-count")).to_have_text("0 of 2 right")  # at the first try


@pytest.mark.in_turn
def test_a_choice_is_marked_and_the_draw_can_be_seen_in_the_figure(visit: Visits) -> None:
    page = visit.open(visit.site.page_url("surprise"))
    exercise = page.locator("#exercise-4")
    exercise.get_by_role("button", name="Yes").click()
    expect(exercise.locator("li.right")).to_have_count(1, timeout=30_000)
    right = ["Yes", "No"][int(answers("surprise", 1)[3])]
    expect(exercise.locator("li.right")).to_have_text(right)
    exercise.get_by_role("button", name="See it in the figure").click()
    page.wait_for_url(re.compile("prediction-bars.probs="))


@pytest.mark.everywhere
def test_a_part_is_tested_and_each_miss_says_what_to_read_again(visit: Visits) -> None:
    page = visit.open(visit.site.index_url())
    page.locator(".part-test", has_text="The shapes of the loss").click()
    page.locator("[data-test][data-ready]").wait_for()
    items = page.locator(".test-item")
    expect(items).to_have_count(10)
    first = items.all_inner_texts()
    page.get_by_role("button", name="Check the answers").click()
    expect(page.locator("[data-score]")).to_contain_text("0 of 10 right.")
    expect(page.locator(".read-again a:visible")).to_have_count(10)
    page.get_by_role("button", name="Another test").click()
    page.wait_for_url(re.compile("seed=2"))
    expect(page.locator("[data-test][data-ready='2']")).to_have_count(1)
    assert items.all_inner_texts() != first


@pytest.mark.in_turn
def test_a_test_is_accessible_on_a_phone_and_whole_on_paper(visit: Visits) -> None:
    page = visit.open(visit.site.index_url(), viewport=PHONE)
    page.locator(".part-test", has_text="The shapes of the loss").click()
    page.locator("[data-test][data-ready]").wait_for()
    found = {"asked": violations(page)}
    page.get_by_role("button", name="Check the answers").click()
    expect(page.locator("[data-score]")).to_contain_text("0 of 10 right.")
    found["judged"] = violations(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, colors_alone=True)
    assert not any(found.values()), found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert page.evaluate(CUT) == []
    expect(page.get_by_role("button", name="Check the answers")).to_be_hidden()
    expect(page.locator(".test-item").last).to_be_visible()


@pytest.mark.in_turn
def test_practice_is_accessible_before_and_after_an_answer(visit: Visits) -> None:
    page = visit.open(visit.site.page_url("practice"), viewport=PHONE)
    page.get_by_role("button", name="Check").wait_for()
    found = {"asked": violations(page)}
    typed = page.locator("[data-asked] input[type=text]")
    if typed.count():
        typed.fill("-987")
    else:
        page.locator("[data-asked] input").first.check()
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-asked] .way")).to_be_visible()
    found["told"] = violations(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, colors_alone=True)
    assert not any(found.values()), found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.everywhere
def test_practice_says_the_way_and_brings_back_what_was_missed(visit: Visits) -> None:
    page = visit.open(visit.site.page_url("practice"))
    asked = page.locator("[data-asked]")
    check, following = (page.get_by_role("button", name=name) for name in ("Check", "Next"))
    order = []
    for _ in range(5):
        check.wait_for()
        order.append(asked.get_attribute("data-ready"))
        typed = asked.locator("input[type=text]")
        if typed.count():
            typed.fill("nonsense")
            typed.press("Enter")
            expect(page.locator("[data-told]")).to_contain_text("cannot be read")
            typed.fill("-987")
        else:
            check.click()
            expect(page.locator("[data-told]")).to_have_text("Choose an answer first.")
            asked.locator("input").first.check()
        check.click()
        expect(asked.locator(".way")).to_be_visible()
        expect(page.locator("[data-told]")).to_contain_text("It comes back")
        following.click()
    missed = page.evaluate(
        "Object.entries(JSON.parse(localStorage['crossent-practice']))"
        ".filter(([, [box]]) => box === 0).map(([key]) => key)"
    )
    assert order[0] in missed  # it asks for a number
    assert order[4] == order[0]
    page.reload()
    expect(page.locator("[data-counts]")).to_contain_text(f"{len(missed)} due now")
    page.get_by_role("button", name="Forget all of it").click()
    expect(page.locator("[data-counts]")).to_contain_text("0 due now, 0 later")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-counts]")).to_contain_text(f"{len(missed)} due now")
