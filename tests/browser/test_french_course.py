"""The same walk through all lessons in French, as they are built: what a language can change."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.browser import test_course as course
from tests.browser.conftest import DESKTOP
from tests.browser.driving import FileSite, Site

from crossent.i18n import catalogue

MODES = ["file"]

test_every_question = course.test_every_question_is_answered_wrong_and_then_right
test_every_thing_to_try = course.test_every_thing_to_try_sets_its_state_and_says_what_to_see
test_every_challenge = course.test_every_challenge_is_failed_and_then_passed_and_counted
test_every_link = course.test_every_link_leads_somewhere


class FrenchSite(FileSite):
    """A built site's French pages."""

    ending = ".fr.html"

    def __init__(self, site: Site) -> None:
        self.origin = site.origin


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """Messages with places for words, those with the most words of their own first."""
    texts = {text: said for text, said in catalogue("fr").items() if "{" in text}
    order = sorted(texts, key=lambda text: -len(re.sub(r"\{\w+\}", "", text)))
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(text))), texts[text])
        for text in order
        if not re.search(r"\{\w+:", text)
    ]


def french(text: str) -> str:
    """What a French page says for an English one's words, words within them too."""
    if text in catalogue("fr"):
        return catalogue("fr")[text]
    found = [
        (said, m.groupdict()) for pattern, said in patterns() if (m := pattern.fullmatch(text))
    ]
    # "weight of the rare class, typed" is that weight, typed, rather than the weight of something.
    known = [
        (said, words) for said, words in found if set(words.values()) <= catalogue("fr").keys()
    ]
    for said, words in known or found:
        return said.format(**{name: french(word) for name, word in words.items()})
    return ", ".join(map(french, text.split(", "))) if ", " in text else text


@pytest.fixture(scope="module")
def learner(browser: Browser) -> Iterator[BrowserContext]:
    context = course.reader(browser, viewport=DESKTOP, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture(scope="module", params=course.LESSONS)
def lesson(
    request: pytest.FixtureRequest, site: Site, learner: BrowserContext
) -> Iterator[course.Lesson]:
    walked = course.Lesson(request.param, FrenchSite(site), learner, french)
    yield walked
    walked.page.close()
    assert not walked.watch.complaints, walked.watch.complaints
