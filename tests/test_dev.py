"""``crossent serve --dev``: what was saved is served anew; a mistake is a sentence."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.driving import free_port

from crossent import dev

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180  # s


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is watched, to write in."""
    folder = tmp_path_factory.mktemp("checkout")
    unneeded = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("app", "assets", "lessons"):
        shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
    return folder


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def heed_interruptions() -> None:
    """A shell that runs tests in the background has them, and what they start, not interrupted."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class DevServer:
    """``crossent serve --dev`` of a copy, and what it says in the console."""

    def __init__(self, checkout: Path, log: Path) -> None:
        self.log = log
        self.origin = f"http://127.0.0.1:{(port := free_port())}"
        command = [sys.executable, "-m", "crossent", "serve", "--dev", "--no-open"]
        environment = os.environ | {"PYTHONPATH": str(checkout / "app")}
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [*command, "--port", str(port)],
                stdout=said,
                stderr=said,
                env=environment,
                cwd=checkout,
                start_new_session=True,
                preexec_fn=heed_interruptions,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/favicon.ico", timeout=30):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()  # as a service manager does
        self.process.wait(PATIENCE)


@pytest.fixture
def server(checkout: Path, tmp_path: Path) -> Iterator[DevServer]:
    server = DevServer(checkout, tmp_path / "said.txt")
    yield server
    server.stop()
    assert not server.answers()


def test_an_open_page_takes_what_is_saved_in_its_state_and_a_mistake_is_one_sentence(
    checkout: Path, server: DevServer, browser: Browser
):
    figure = checkout / "app/crossent/figures/prediction_bars.py"
    style = checkout / "assets/crossent.css"
    source = figure.read_text(encoding="utf-8")
    until(server.answers, "it does not serve")
    page = browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{server.origin}/figures/prediction-bars?target=1")
    slider = page.get_by_role("slider", name="dog", exact=True).first
    slider.press("End")
    slider.blur()
    page.wait_for_url("**probs=*")
    page.wait_for_function("window.crossent.link.model")

    figure.write_text(source.replace('Readout("loss"', 'Readout("los"', 1), "utf-8")
    until(lambda: "did you mean 'loss'?" in server.said, "no sentence")
    assert "app/crossent/figures/prediction_bars.py:" in server.said
    assert server.answers()

    figure.write_text(source.replace("Prediction bars", "Prediction pillars"), "utf-8")
    expect(page.get_by_role("heading", name="Prediction pillars")).to_be_visible(
        timeout=1000 * PATIENCE
    )
    expect(slider).to_have_attribute("aria-valuenow", "1")
    expect(page.get_by_role("radio", name="dog")).to_be_checked()

    page.wait_for_function("window.crossent.link.model")
    style.write_text(f"{style.read_text()}\nbody {{ outline: 7px solid transparent }}\n")
    page.wait_for_function("getComputedStyle(document.body).outlineWidth === '7px'")
    page.close()


def test_what_is_watched_are_sources_and_assets_and_no_editors_files(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "PACKAGE", tmp_path / "crossent")
    monkeypatch.setattr(dev, "ASSETS", tmp_path / "assets")
    (tmp_path / "crossent").mkdir()
    (tmp_path / "assets/locale").mkdir(parents=True)
    (tmp_path / "crossent/a.py").write_text("x")
    before = dev.stamp()
    for name in ("crossent/.a.py.swp", "crossent/a.py~", "assets/locale/xx.po"):
        (tmp_path / name).write_text("x")
    assert dev.stamp() == before
    (tmp_path / "assets/crossent.css").write_text("")
    assert dev.stamp() != before


def test_a_syntax_error_is_named_with_its_line():
    error = SyntaxError("invalid syntax", ("a.py", 3, 1, "x y", 3, 2))
    assert dev.sentence(error) == "a.py:3: invalid syntax"
