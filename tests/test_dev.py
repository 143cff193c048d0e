"""``crossent serve --dev``: what was saved is served anew; a mistake is a sentence."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
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


def test_a_saved_figure_is_served_anew_and_a_mistake_is_one_sentence(checkout, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}/figures/prediction-bars"
    figure = checkout / "app/crossent/figures/prediction_bars.py"
    source = figure.read_text(encoding="utf-8")
    said = tmp_path / "said.txt"
    command = [sys.executable, "-m", "crossent", "serve", "--dev", "--no-open", "--port", str(port)]

    def page() -> str:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    with said.open("w") as log:
        environment = os.environ | {"PYTHONPATH": str(checkout / "app")}
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=checkout, start_new_session=True
        )
        try:
            until(lambda: "Prediction bars" in page(), "it does not serve")
            figure.write_text(source.replace('Readout("loss"', 'Readout("los"', 1), "utf-8")
            until(lambda: "did you mean 'loss'?" in said.read_text(), "no sentence")
            assert "app/crossent/figures/prediction_bars.py:" in said.read_text()
            assert "Prediction bars" in page()
            figure.write_text(source.replace("Prediction bars", "Prediction pillars"), "utf-8")
            until(lambda: "Prediction pillars" in page(), "it was not served anew")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=5)


def test_what_is_watched_are_sources_and_assets_and_no_editors_files(checkout, monkeypatch):
    monkeypatch.setattr(dev, "PACKAGE", checkout / "app/crossent")
    monkeypatch.setattr(dev, "ASSETS", checkout / "assets")
    before = dev.stamp()
    for name in ("app/crossent/.a.py.swp", "app/crossent/a.py~", "assets/locale/xx.po"):
        (checkout / name).write_text("x")
    assert dev.stamp() == before
    (checkout / "assets/crossent.css").write_text("")
    assert dev.stamp() != before


def test_a_syntax_error_is_named_with_its_line():
    error = SyntaxError("invalid syntax", ("a.py", 3, 1, "x y", 3, 2))
    assert dev.sentence(error) == "a.py:3: invalid syntax"
