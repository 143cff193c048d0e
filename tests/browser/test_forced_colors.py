"""Forced colours, as of Windows' high contrast: what colour says is seen without it."""

import io
import json
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from tests.browser.conftest import DESKTOP, Visits
from tests.browser.driving import FigurePage, Site

MODES = ["built"]

CLEAR = 3.0  # the least contrast of what must be told apart (WCAG 1.4.11)


class Forced:
    """Pages in forced colours, each opened once and only looked at."""

    def __init__(self, visits: Visits, scheme: str) -> None:
        self.visits = visits
        options = {"forced_colors": "active", "color_scheme": scheme, "viewport": DESKTOP}
        self.context = visits.context(**options)
        self.pages: dict[str, FigurePage] = {}

    def figure(self, name: str, **state: object) -> FigurePage:
        key = json.dumps([name, state])
        if key not in self.pages:
            self.pages[key] = self.visits.figure(name, state, context=self.context)
        return self.pages[key]


@pytest.fixture(scope="module", params=["light", "dark"])
def forced(request: pytest.FixtureRequest, site: Site, browser: Browser) -> Iterator[Forced]:
    visits = Visits(browser, site)
    yield Forced(visits, request.param)
    visits.close()
    assert visits.complaints == []


def luminance(pixel: tuple[int, ...]) -> float:
    parts = [c / 255 for c in pixel[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def picture(locator: Locator) -> Image.Image:
    return Image.open(io.BytesIO(locator.screenshot()))


def ground(page: Page, locator: Locator) -> str:
    return locator.evaluate("e => getComputedStyle(e).backgroundColor")


def test_a_bar_is_told_from_its_track(forced: Forced) -> None:
    page = forced.figure("prediction-bars")
    bar = picture(page.root.locator(".cb-track").nth(2))  # 0.6 of it is filled
    full, empty = (bar.getpixel((bar.width // 4, int(bar.height * y))) for y in (0.75, 0.2))
    assert contrast(full, empty) >= CLEAR


def test_a_slider_has_a_track_and_a_part_that_is_filled(forced: Forced) -> None:
    page = forced.figure("logit-gradient")
    track = picture(page.root.locator(".range-track").first)
    middle, above = track.height // 2, 2
    ends = [track.getpixel((x, middle)) for x in (6, track.width - 6)]
    for end, x in zip(ends, (6, track.width - 6), strict=True):
        assert contrast(end, track.getpixel((x, above))) >= CLEAR
    assert ends[0] != ends[1]


def test_the_parts_of_a_sum_are_told_apart(forced: Forced) -> None:
    page = forced.figure("two-distributions")
    parts = page.root.locator(".sum-track:visible").first.locator(".sum-fill")
    plain, hatched = picture(parts.nth(0)), picture(parts.nth(1))
    row = hatched.height // 2
    crossed = {hatched.getpixel((x, row)) for x in range(4, hatched.width - 4)}
    even = {plain.getpixel((x, row)) for x in range(4, plain.width - 4)}
    assert len(even) == 1
    assert max(contrast(a, b) for a in crossed for b in crossed) >= CLEAR


def test_one_class_alone_reads_true(forced: Forced) -> None:
    page = forced.figure("prediction-bars")
    seen = page.root.locator(".cb-target-text").evaluate_all(
        "all => all.map((e) => e.checkVisibility({ visibilityProperty: true }))"
    )
    assert seen == [False, False, True, False]


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        (".segments input:checked + span", ".segments input:not(:checked) + span"),
        (".preset[aria-pressed=true]", ".preset[aria-pressed=false]"),
        (".cb-target[aria-checked=true]", ".cb-target[aria-checked=false]"),
    ],
)
def test_what_is_chosen_is_seen(forced: Forced, chosen: str, other: str) -> None:
    page = forced.figure("prediction-bars")
    one, two = (page.root.locator(which).first for which in (chosen, other))
    assert ground(page.page, one) != ground(page.page, two)


def test_a_plot_takes_the_systems_theme_even_where_another_was_chosen(forced: Forced) -> None:
    page = forced.figure("prediction-bars", theme="light")
    plot = picture(page.root.locator(".plot"))
    corner = plot.getpixel((plot.width - 4, 4))
    colors = plot.convert("RGB").getcolors(1 << 20)
    readable = sum(count for count, color in colors if contrast(color, corner) >= CLEAR)
    assert readable > 300  # its words and curves
