"""A site, and visits to it in which nothing may go wrong unseen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.driving import BuiltSite, FigurePage, ServedSite, Site

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}


class Watch:
    """Everything that a page complains of, and every request that leaves its origin."""

    def __init__(self, page: Page, origin: str) -> None:
        self.complaints: list[str] = []
        self.origin = urlsplit(origin)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.add(f"page error: {error}"))
        page.on("requestfailed", lambda request: self.add(f"failed: {request.url}"))
        page.on("request", self.request)
        page.on("response", self.response)

    def add(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.add(f"console {message.type}: {message.text}")

    def request(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.origin.netloc:
            self.add(f"off the origin: {request.url}")

    def response(self, response: Any) -> None:
        if response.status >= 400:
            self.add(f"{response.status}: {response.url}")


@pytest.fixture(scope="session")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    log = tmp_path_factory.mktemp("site") / "served.log"
    served = ServedSite(log)
    yield served
    served.stop()
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    built = BuiltSite(tmp_path_factory.mktemp("site") / "built")
    yield built
    built.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module that names MODES has its tests run against each of them."""
    modes = getattr(metafunc.module, "MODES", None)
    if modes and "site" in metafunc.fixturenames:
        metafunc.parametrize("site", modes, indirect=True, scope="session")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Site:
    """The site under test: served, unless the module asks for the built one too."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'served')}_site")


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[ServedSite]:
    """A server of the test's own, which it may kill."""
    served = ServedSite(tmp_path / "own.log")
    yield served
    served.stop()


class Visits:
    """Opens pages in fresh contexts; at the end, none of them may have complained."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.watches: list[Watch] = []

    def context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(**({"viewport": DESKTOP} | options))
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        return context

    def open(
        self, url: str, *, context: BrowserContext | None = None, watch: bool = True, **options: Any
    ) -> Page:
        page = (context or self.context(**options)).new_page()
        if watch:
            self.watches.append(Watch(page, url))
        page.goto(url)
        return page

    def figure(self, name: str, state: dict[str, Any] | None = None, **options: Any) -> FigurePage:
        page = self.open(self.site.figure_url(name, **(state or {})), **options)
        return FigurePage(page).ready()

    def index(self, figure: str, **options: Any) -> FigurePage:
        return FigurePage(self.open(self.site.index_url(), **options), figure).ready()

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    @property
    def complaints(self) -> list[str]:
        return [complaint for watch in self.watches for complaint in watch.complaints]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visits]:
    visits = Visits(browser, site)
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
