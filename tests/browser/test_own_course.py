"""A course of a teacher's own beside ours: its title and mark, its notes for teachers."""

from collections.abc import Iterator

import pytest
from tests.browser.driving import BuiltSite, Site
from tests.pages.writing import FIGURE, write

from crossent.build import build
from crossent.content import LESSONS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    mine, out = tmp_path_factory.mktemp("mine"), tmp_path_factory.mktemp("own") / "site"
    write(mine, f"See [the first](lesson:surprise).\n\n{FIGURE}", name="01-trial")
    notes = mine / "01-trial" / "teacher.md"
    notes.write_text("## Plan\n\nTen minutes; the loss is {value}`loss`.\n")
    (mine / "course.yml").write_text("title: Loss at work\nmark: L@W\n")
    build(out, only="trial", lessons=[LESSONS, mine], say=lambda line: None)
    built = BuiltSite(out)
    yield built
    built.stop()


def test_notes_for_teachers_are_shown_where_the_address_asks_for_them(visit, site):
    page = visit.open(f"{site.origin}/trial.html?teacher=1")
    notes = page.get_by_role("region", name="For teachers")
    page.get_by_role("link", name="For teachers").click()
    assert notes.is_visible()
    assert notes.locator("[data-live]").inner_text() == page.locator(
        '[data-figure] [data-readout="loss"]'
    ).first.inner_text().removesuffix(" nats")
    page.emulate_media(media="print")
    assert notes.evaluate("(section) => getComputedStyle(section).breakBefore") == "page"
    page.emulate_media(media="screen")
    home = page.get_by_role("link", name="Loss at work, all lessons")
    assert home.inner_text() == "L@W"
    home.click()
    page.get_by_role("heading", name="Loss at work", level=1).wait_for()
    page.get_by_role("link", name="Trial").first.click()
    assert notes.is_visible()
    visit.elsewhere(f"{site.origin}/trial.html")
    page.locator("[data-ready]").wait_for()
    assert not notes.is_visible()
