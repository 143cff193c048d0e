"""A site, and visits to it in which nothing may go wrong unseen."""

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.driving import BuiltSite, FigurePage, FileSite, ServedSite, Site
from tests.course import text_of
from tests.pages.writing import write

from crossent.figures import FIGURES
from crossent.pages.course import Course

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
# What one more figure or lesson adds to, and the pages that tell of all of them.
SUBJECTS = ["index", "how-we-know", *FIGURES, *Course().places()]
HELD = re.compile(r"^:{3,}\{figure\} (\S+)", re.M)
LAYOUT_SHIFT = 0.05  # at most, while a page loads
SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (shifted += entry.value)))
    .observe({ type: "layout-shift", buffered: true });
"""


def fresh_context(browser: Browser, **options: Any) -> BrowserContext:
    """A context in which no page is kept for offline use: test_offline.py asks for that."""
    context = browser.new_context(**({"viewport": DESKTOP} | options))
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    return context


class Watch:
    """Everything that a page complains of, and every request that leaves its origin."""

    def __init__(self, page: Page, origin: str) -> None:
        self.complaints: list[str] = []
        self.origin = urlsplit(origin)
        self.page = page
        self.heard: dict[str, Callable[[Any], None]] = {
            "console": self.console,
            "pageerror": lambda error: self.add(f"page error: {error}"),
            "requestfailed": self.failed,
            "request": self.request,
            "response": self.response,
        }
        for event, hears in self.heard.items():
            page.on(event, hears)

    def end(self) -> None:
        for event, hears in self.heard.items():
            self.page.remove_listener(event, hears)

    def add(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.add(f"console {message.type}: {message.text}")

    def request(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.origin.netloc:
            self.add(f"off the origin: {request.url}")

    def failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # by a page that was left before it was answered
            self.add(f"failed: {request.url}")

    def response(self, response: Any) -> None:
        if response.status >= 400:
            self.add(f"{response.status}: {response.url}")


@pytest.fixture(scope="session")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    log = tmp_path_factory.mktemp("site") / "served.log"
    served = ServedSite(log).settle()
    yield served
    served.stop()
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def built_site(built_folder: Path) -> Iterator[Site]:
    built = BuiltSite(built_folder)
    yield built
    built.stop()


@pytest.fixture(scope="session")
def file_site(built_folder: Path) -> Site:
    return FileSite(built_folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module that names MODES has its tests run against each of them."""
    modes = getattr(metafunc.module, "MODES", None)
    if modes and "site" in metafunc.fixturenames:
        metafunc.parametrize("site", modes, indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "everywhere: asked on each of its module's sites")
    config.addinivalue_line("markers", "in_turn: asked on one of them, its neighbour on the other")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A claim on every figure or lesson is asked of each on one of its module's sites, in turn.

    Every claim is asked on every site and of every figure, and what another costs is half. So are
    a module's claims one after the other, where it is marked `in_turn`. Those marked `everywhere`
    are asked of each figure on each site; EVERYWHERE=1 asks all so. A figure that trains, and a
    lesson with one, is asked on the last of the sites, whose pages compute by themselves.
    """
    if os.environ.get("EVERYWHERE"):
        return
    places = places_in_turn(items)
    left = [item for item in items if asked_elsewhere(item, places)]
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]


def params_of(item: Any) -> dict[str, Any]:
    """What a test is asked of."""
    return getattr(getattr(item, "callspec", None), "params", {})


def subject_of(item: Any) -> str | None:
    """The figure or lesson, or the page of all of them, that a test is asked of."""
    found = (p for p in params_of(item).values() if isinstance(p, str) and p in SUBJECTS)
    return next(found, None)


def claim_of(item: Any) -> tuple[Any, ...]:
    """A test's claim, wherever it is asked."""
    others = sorted((name, repr(p)) for name, p in params_of(item).items() if name != "site")
    return (item.path, item.originalname, *others)


@cache
def training() -> set[str]:
    """The figures that train, and the lessons with one of them.

    Each move of theirs costs a server a second of the processor, and a page some milliseconds. What
    a server does with a run is asked in test_training.py, and in tests/serving.
    """
    figures = {name for name, figure in FIGURES.items() if figure.run}
    named = {slug: set(HELD.findall(text_of(slug))) for slug in Course().places()}
    return figures | {slug for slug, names in named.items() if names & figures}


def places_in_turn(items: list[Any]) -> dict[tuple[Any, ...], int]:
    """Which of its module's claims each is, of those that are asked of no figure or lesson."""
    marked = [i for i in items if i.get_closest_marker("in_turn") and subject_of(i) is None]
    claims: dict[Any, list[tuple[Any, ...]]] = {}
    for item in marked:
        of_module = claims.setdefault(item.path, [])
        if claim_of(item) not in of_module:
            of_module.append(claim_of(item))
    return {claim: i for of_module in claims.values() for i, claim in enumerate(of_module)}


def asked_elsewhere(item: Any, places: dict[tuple[Any, ...], int]) -> bool:
    """Whether a claim is asked on another of its module's sites."""
    params, subject = params_of(item), subject_of(item)
    if "site" not in params or item.get_closest_marker("everywhere"):
        return False
    if subject is None and claim_of(item) not in places:
        return False
    modes = item.module.MODES
    if subject in training():
        return params["site"] != modes[-1]
    narrow = params.get("width") == PHONE["width"]  # seen wide on one site, narrow on the other
    place = places[claim_of(item)] if subject is None else SUBJECTS.index(subject) + narrow
    return (place + modes.index(params["site"])) % len(modes) != 0


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Site:
    """The site under test: served, unless the module asks for the built one too."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'served')}_site")


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[ServedSite]:
    """A server of the test's own, which it may kill; it begins sooner with one short lesson."""
    lessons = write(tmp_path / "lessons", "Text.\n")
    served = ServedSite(tmp_path / "own.log", "--lessons", str(lessons))
    yield served
    served.stop()


# What a page can be told, and forgets again: a visit with other wishes has a context of its own.
TOLD = {"viewport", "color_scheme", "forced_colors", "reduced_motion", "permissions"}
SEATS = 3  # pages at once


class Desk:
    """One page for many visits, a third of the time of a new one; each finds it as new."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.context = fresh_context(browser)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.protocol = self.context.new_cdp_session(self.page)
        self.free = True
        self.others: list[Desk] = []  # for visits of more than one page

    def take(self) -> "Desk | None":
        """A desk that nobody sits at, if there is one."""
        desks = [self, *self.others]
        found = next((desk for desk in desks if desk.free), None)
        if found is None and len(desks) < SEATS:
            self.others.append(found := Desk(self.browser))
        if found:
            found.free = False
        return found

    def tell(self, *, permissions: Any = None, viewport: Any = None, **looks: Any) -> None:
        """Has the page be as a context with these options makes one."""
        if permissions:
            self.context.grant_permissions(permissions)
        if viewport:
            self.page.set_viewport_size(viewport)
        if looks:
            self.page.emulate_media(**looks)

    def clear(self, site: Site) -> None:
        """Takes away what a visit left: other pages, a held button, storage, settings."""
        for other in self.context.pages:
            if other != self.page:
                other.close()
        self.page.mouse.up()
        self.page.goto("about:blank")
        origin = "file://" if site.origin.startswith("file:") else site.origin
        self.protocol.send(
            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"}
        )
        self.context.clear_permissions()
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(
            color_scheme="light",
            media="screen",
            forced_colors="none",
            reduced_motion="no-preference",
        )
        self.free = True


@pytest.fixture(scope="session")
def desk(browser: Browser) -> Iterator[Desk]:
    desk = Desk(browser)
    yield desk
    for one in [desk, *desk.others]:
        one.context.close()


class Visits:
    """Opens pages, in fresh contexts or at the desk; at the end, none may have complained."""

    def __init__(self, browser: Browser, site: Site, desk: Desk | None = None) -> None:
        self.browser, self.site, self.desk = browser, site, desk
        self.seats: list[Desk] = []  # at which this visit sits
        self.contexts: list[BrowserContext] = []
        self.watches: list[Watch] = []

    def context(self, **options: Any) -> BrowserContext:
        context = fresh_context(self.browser, **options)
        context.set_default_timeout(30_000)
        context.set_default_navigation_timeout(90_000)  # a server's first page, beside others'
        self.contexts.append(context)
        return context

    def empty_page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        """An empty page: at a desk, if that has room and the page needs no context of its own."""
        desk = self.desk.take() if self.desk and not context and options.keys() <= TOLD else None
        if desk is None:
            return (context or self.context(**options)).new_page()
        self.seats.append(desk)
        desk.tell(**options)
        return desk.page

    def open(
        self, url: str, *, context: BrowserContext | None = None, watch: bool = True, **options: Any
    ) -> Page:
        page = self.empty_page(context, **options)
        if watch:
            self.watches.append(Watch(page, url))
        page.goto(url)
        return page

    def figure(self, name: str, state: dict[str, Any] | None = None, **options: Any) -> FigurePage:
        """A figure's own page."""
        page = self.open(self.site.figure_url(name, **(state or {})), **options)
        return FigurePage(page).ready()

    def elsewhere(self, url: str) -> Page:
        """A page as another reader opens it, who has nothing of this one; the page before is gone.

        A context of its own costs four times as much.
        """
        if not self.seats:
            return self.open(url)
        for watch in self.watches:
            watch.end()  # what is cut off now is no complaint
        self.leave()
        return self.open(url)

    def index(self, figure: str, **options: Any) -> FigurePage:
        return FigurePage(self.open(self.site.index_url(), **options), figure).ready()

    def leave(self) -> None:
        """Clears the desks for others."""
        while self.seats:
            self.seats.pop().clear(self.site)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for watch in self.watches:
            watch.end()
        self.leave()

    @property
    def complaints(self) -> list[str]:
        return [complaint for watch in self.watches for complaint in watch.complaints]


@pytest.fixture
def visit(browser: Browser, site: Site, desk: Desk) -> Iterator[Visits]:
    visits = Visits(browser, site, desk)
    yield visits
    complaints = visits.complaints
    visits.close()
    assert not complaints, complaints


@pytest.fixture
def bars(visit: Visits) -> FigurePage:
    return visit.figure("prediction-bars")


@pytest.fixture
def logits(visit: Visits) -> FigurePage:
    return visit.figure("logit-gradient")


@pytest.fixture
def new_visits(browser: Browser, site: Site) -> Callable[[], Visits]:
    """Visits that a test or a wider fixture closes itself."""
    return lambda: Visits(browser, site)
