"""What several suites share: one browser, and one built site, for all tests that need one."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Error, expect, sync_playwright

# Of two workers on two cores, each with two threads that wait for one another by spinning, a test
# that runs torch takes five to ten times as much of the processors. NumPy is not imported yet.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# A machine with other work must not turn a slow example, or a slow page, into a failure.
expect.set_options(timeout=30_000)  # ms
settings.register_profile("crossent", deadline=None)
settings.load_profile("crossent")

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LARGE = re.compile(
    r"^\s*(?:import|from) (?:torch|sklearn|scipy|redis|crossent\.check\b|tests\.browser)"
    r"|^from crossent import .*\bcheck\b",
    re.M,
)
# The first is Chromium without a window to draw: a page takes a third less of the processor.
BROWSERS = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
# Workers take whole files. Those that take half a minute and more come first, the longest before
# the others, so that no worker has one left when the other is done.
LONGEST = (
    "browser/test_course.py",
    "test_check.py",  # the second worker has something to do while the first builds the site
    "browser/test_pages.py",
    "browser/test_present.py",
    "browser/test_classes.py",
    "browser/test_rooms.py",
    "browser/test_tools.py",
    "browser/test_french_course.py",
    "browser/test_dragging.py",
    "pages/test_curriculum.py",
    "browser/test_address.py",
    "browser/test_frames.py",
    "browser/test_announcements.py",
    "browser/test_built.py",
    "browser/test_away.py",
    "browser/test_lessons.py",
    "browser/test_insides.py",
    "serving/test_floods.py",
    "test_compiled_figures.py",
    "test_dev.py",
    "browser/test_keyboard.py",
    "test_notebook.py",
    "browser/test_languages.py",
    "test_site_folder.py",
    "test_build.py",
    "test_runs.py",
    "browser/test_socket.py",
    "browser/test_stability.py",
)
MAKING = 300  # s that another worker may take to build a site
INSTALL = "apt-get install chromium-headless-shell, or python -m playwright install chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """An installed Chromium or Chrome, else Playwright's own; without one, tests fail."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        path = found or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.fail(f"no browser: {INSTALL}")
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            pytest.fail(f"{path} does not start ({error}); {INSTALL}")
        yield chromium
        chromium.close()


def build_site(folder: Path, **options: bool) -> None:
    from crossent.build import build  # here: NumPy reads its number of threads when it is imported

    build(folder, say=lambda line: None, **options)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that whichever worker needs it first makes for all."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / name, shared / f"{name}.done"
    try:
        (shared / f"{name}.begun").mkdir()
    except FileExistsError:
        end = time.monotonic() + MAKING
        while not done.exists():
            assert time.monotonic() < end, f"{name} was begun elsewhere and not made"
            time.sleep(0.2)
    else:
        make(folder)
        done.touch()
    return folder


@pytest.fixture(scope="session")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, as it is built: not to be written in."""
    return made_once(tmp_path_factory, "built", build_site)


@pytest.fixture(scope="session")
def single_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, each page in a single file."""
    return made_once(tmp_path_factory, "single", partial(build_site, single_file=True))


def needs_browser(item: pytest.Item) -> bool:
    """Whether a test drives a browser."""
    return "browser" in item.fixturenames or "browser" in item.path.parts


def place_of_file(item: pytest.Item) -> int:
    """Where its file stands among those that take long."""
    path = item.path.as_posix()
    return next((i for i, end in enumerate(LONGEST) if path.endswith(f"/{end}")), len(LONGEST))


def needs_more(item: pytest.Item) -> bool:
    """Whether a test of a file that otherwise needs no large package runs torch, or a Redis."""
    return any(name in item.name.lower() for name in ("torch", "redis"))


def pytest_configure(config: pytest.Config) -> None:
    """What figures' code makes is kept for this run, and its workers and servers share it."""
    if "CROSSENT_CACHE" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="crossent-kept-")
        os.environ["CROSSENT_CACHE"] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "only what needs no browser, no torch, no Redis and no other large package"
    parser.addoption("--fast", action="store_true", help=help_text)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With --fast, what a browser must answer, or only the whole extra can, is left out."""
    if not config.getoption("--fast"):
        return None
    if collection_path.name == "browser":
        return True
    if collection_path.suffix != ".py":
        return None
    return bool(LARGE.search(collection_path.read_text(encoding="utf-8"))) or None


@pytest.hookimpl(trylast=True)  # pytest has put together what shares a fixture
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first: those that drive a browser come last, or not at all.

    For several workers, the longest files first.
    """
    items.sort(key=place_of_file if "PYTEST_XDIST_WORKER" in os.environ else needs_browser)
    if config.getoption("--fast"):
        slow = [item for item in items if needs_browser(item) or needs_more(item)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
