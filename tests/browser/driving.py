"""A site under test, and a page of it with the hands to work it."""

import functools
import http.server
import json
import math
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import numpy as np
from playwright.sync_api import BrowserContext, Locator, Page

from crossent import core
from crossent.figures import FIGURES

ROOT = Path(__file__).resolve().parents[2]
START = 120  # s until a server must answer
RTOL = 1e-12
# A page sums in another order than NumPy, each step builds on the last, and at a high rate a run
# magnifies the last digits; tests/test_compiled_figures.py compares runs more closely.
OF_A_RUN = 1e-5

ENDED = """() => [...document.querySelectorAll("[data-figure]")].every(
  (figure) => !figure.gestures.current)"""
IDLE = """() => [...document.querySelectorAll("[data-figure]")].every(
  (figure) => !figure.gestures.busy && !figure.gestures.waiting.length && figure.ready !== false)"""


class Site:
    """Where pages are found; the same for a served and for a built site."""

    origin: str  # what the addresses of its pages begin with
    ending = ""  # and what they end with

    def figure_url(self, name: str, **state: Any) -> str:
        return self.page_url(f"figures/{name}", **state)

    def index_url(self) -> str:
        return self.page_url("index" if self.ending else "")

    def page_url(self, path: str, **state: Any) -> str:
        return f"{self.origin}/{path}{self.ending}{query(state)}"


class ServedSite(Site):
    """`crossent serve` in a process of its own."""

    patience = START
    module = "crossent"
    command: tuple[str, ...] = ("serve",)

    def __init__(self, log: Path, *options: str, **environment: object) -> None:
        self.options = options
        self.environment = {name: str(value) for name, value in environment.items()}
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", self.module, *self.command, "--no-open"]
        command += ["--port", str(self.port), *self.options]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "app"), "CI": "1"}
        environment |= self.environment
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        self.wait()

    def wait(self) -> None:
        """Until the index is there: a new server makes first what its pages share."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(self.origin + "/", timeout=START):
                    return
            except urllib.error.HTTPError as error:
                error.close()
                return  # it answers
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise AssertionError(f"no answer in {self.patience} s: {self.log.read_text()}")

    def settle(self) -> "ServedSite":
        """Waits until pages come at once: a new server makes beside its loop what they share.

        On a machine too busy for that, until they had the time for it.
        """
        end = time.monotonic() + START
        paths = ["/", "/?lang=fr", "/surprise"]
        while paths and time.monotonic() < end:
            began = time.monotonic()
            with urllib.request.urlopen(self.origin + paths[-1], timeout=START):
                if time.monotonic() - began < 1:
                    paths.pop()
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


class SilentFiles(http.server.SimpleHTTPRequestHandler):
    """A folder's files, without a word about each."""

    def log_message(self, *_: Any) -> None:
        pass


class BuiltSite(Site):
    """What `crossent build` has written, behind a plain static host."""

    ending = ".html"

    def __init__(self, folder: Path, files: type[SilentFiles] = SilentFiles) -> None:
        handler = functools.partial(files, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class FileSite(Site):
    """What `crossent build` has written, opened by double-click."""

    ending = ".html"

    def __init__(self, folder: Path) -> None:
        self.origin = folder.as_uri()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def query(state: dict[str, Any]) -> str:
    """State as a query; a text is left as it is, everything else is JSON."""
    parts = [
        f"{name}={quote(value if isinstance(value, str) else json.dumps(value))}"
        for name, value in state.items()
    ]
    return "?" + "&".join(parts) if parts else ""


def state_in(url: str) -> dict[str, Any]:
    """The state that an address holds."""
    return {name: parsed(text) for name, text in parse_qsl(urlsplit(url).query)}


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class FigurePage:
    """A page with figures, its first one at hand."""

    def __init__(self, page: Page, figure: str = "") -> None:
        self.page = page
        self.root = page.locator(f"[data-figure={figure}]" if figure else "[data-figure]").first
        self.mouse = page.mouse

    # -- reading -------------------------------------------------------------------------------

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def name(self) -> str:
        return self.root.get_attribute("data-figure")

    @property
    def state(self) -> dict[str, Any]:
        """The state that the figure holds; `address` is what its link says."""
        return self.root.evaluate("figure => figure.state")

    @property
    def address(self) -> dict[str, Any]:
        return state_in(self.page.url)

    def slider(self, label: str) -> Locator:
        return self.root.get_by_role("slider", name=label, exact=True).first

    def sliders(self) -> Locator:
        return self.root.locator("[role=slider]:visible")

    def now(self, label: str) -> float:
        return float(self.slider(label).get_attribute("aria-valuenow"))

    def readout(self, name: str) -> float:
        return float(self.root.locator(f"[data-readout={name}]").first.get_attribute("data-value"))

    def readouts(self) -> dict[str, float]:
        found = self.root.evaluate(
            """figure => [...figure.querySelectorAll("[data-readout]")].map(
                 (e) => [e.dataset.readout, e.dataset.value])"""
        )
        return {name: float(value) for name, value in found}

    def radio(self, name: str, group: str = "true class") -> Locator:
        radios = self.root.get_by_role("radiogroup", name=group, exact=True)
        return radios.get_by_role("radio", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    @property
    def notice(self) -> str:
        return self.root.locator(".notice").inner_text()

    # -- doing ---------------------------------------------------------------------------------

    def idle(self) -> "FigurePage":
        """Waits until everything asked was answered and shown."""
        self.page.wait_for_function(IDLE)
        return self

    def ready(self) -> "FigurePage":
        """Waits until every figure is there and its plots are drawn."""
        self.page.wait_for_function(
            """() => {
              const figures = [...document.querySelectorAll("crossent-figure")];
              return figures.length > 0 && figures.every((figure) => "ready" in figure.dataset);
            }"""
        )
        drawn = self.page.evaluate(
            """() => {
              const plots = [...document.querySelectorAll(".plot")].filter((b) => b.offsetWidth);
              const late = new Promise((resolve) => setTimeout(resolve, 30_000, false));
              const all = Promise.all([document.fonts.ready, ...plots.map((box) => box.drawn)]);
              return Promise.race([all.then(() => true), late]);
            }"""
        )
        assert drawn, "a plot was not drawn in 30 s"
        return self.idle()

    def grip(self, label: str) -> tuple[float, float]:
        return self.centre(self.slider(label))

    def centre(self, slider: Locator) -> tuple[float, float]:
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def place(self, label: str, value: float) -> tuple[float, float]:
        """Where a vertical slider's grip lies when it has this value."""
        x, y = self.grip(label)
        low, high, height = self.slider(label).evaluate(
            """grip => {
              const box = grip.parentElement.getBoundingClientRect();
              const low = Number(grip.getAttribute("aria-valuemin"));
              return [low, Number(grip.getAttribute("aria-valuemax")), box.height];
            }"""
        )
        if (low, high) == (-30, 30):  # a logit: the bar shows less than its bounds
            low, high = -6, 6
        return x, y - (value - self.now(label)) / (high - low) * height

    def drag(self, label: str, value: float, steps: int = 8) -> "FigurePage":
        """Takes a vertical slider's grip with the mouse and leaves it at a value."""
        self.hold(label)
        self.mouse.move(*self.place(label, value), steps=steps)
        self.mouse.up()
        return self.idle()

    def hold(self, label: str) -> None:
        self.mouse.move(*self.grip(label))
        self.mouse.down()

    def type_into(self, field: Locator, text: str) -> "FigurePage":
        field.fill(text)
        field.press("Enter")
        return self.idle()

    def press(self, label: str, *keys: str) -> "FigurePage":
        return self.press_on(self.slider(label), *keys)

    def press_on(self, slider: Locator, *keys: str) -> "FigurePage":
        """Presses keys on a slider and leaves it, which ends the gesture at once."""
        for key in keys:
            slider.press(key)
        slider.blur()
        self.page.wait_for_function(ENDED)
        return self.idle()


# -- what must be shown, from the public core -----------------------------------------------------


def shown_by_prediction_bars(state: dict[str, Any]) -> dict[str, float]:
    probs, target = np.array(state["probs"]), state["target"]
    with np.errstate(divide="ignore"):
        nats = core.cross_entropy(np.log(probs / probs.sum()), np.array(target))
    loss, uniform = nats, np.log(len(probs))
    if state["unit"] == "bits":
        loss, uniform = core.to_bits(loss), core.to_bits(uniform)
    return {
        "loss": loss,
        "p_target": probs[target],
        "perplexity": core.perplexity(nats),
        "uniform": uniform,
    }


def shown_by_logit_gradient(state: dict[str, Any]) -> dict[str, float]:
    target, temperature = np.array(state["target"]), state["temperature"]
    logits, smoothing = np.array(state["logits"]) / temperature, state["smoothing"]
    grad = core.cross_entropy_grad(logits, target, label_smoothing=smoothing) / temperature
    probs = core.softmax(logits)
    rows = np.vstack([logits, *(np.array(row) / temperature for row in state["batch_logits"])])
    targets = np.array([state["target"], *state["batch_targets"]])
    losses = core.cross_entropy(rows, targets, label_smoothing=smoothing, reduction="none")
    numbers = {
        "loss": core.cross_entropy(logits, target, label_smoothing=smoothing),
        "p_target": probs[target],
        "grad_target": grad[target],
        "grad_norm": np.sqrt(np.sum(grad**2)),
    }
    numbers |= {f"prob_{i}": p for i, p in enumerate(probs)}
    numbers |= {f"grad_{i}": g for i, g in enumerate(grad)}
    return numbers | {f"batch_loss_{i}": loss for i, loss in enumerate(losses)}


def shown_by_bce_curves(state: dict[str, Any]) -> dict[str, float]:
    target = state["target"]
    if state["space"] == "logit":
        logit = np.array(state["logit"])
        p = core.sigmoid(logit)
        loss = core.binary_cross_entropy_with_logits(logit, np.array(target))
    else:
        p = np.array(state["p"])
        loss = core.cross_entropy_of(np.array([1 - target, target]), np.array([1 - p, p]))
    return {"loss": loss, "p": p, "slope_z": p - target}


def shown_by_mse_vs_ce(state: dict[str, Any]) -> dict[str, float]:
    probs, target = np.array(state["probs"]), np.array(state["target"])
    p, truth = probs[target], np.eye(len(probs))[target]
    with np.errstate(divide="ignore"):
        z = np.log(p) - np.log(1 - p)
        logits = np.log(probs)
    if state["model"] == "sigmoid":
        squared, squared_grad = (
            core.mse_loss(p, np.array(1.0)),
            core.sigmoid_mse_grad(z, np.array(1.0)),
        )
    else:
        squared = core.mse_loss(probs, truth, reduction="sum")
        squared_grad = core.softmax_mse_grad(logits, truth, reduction="sum")[target]
    return {"ce": -np.log(p), "ce_grad": p - 1, "squared": squared, "squared_grad": squared_grad}


SHOWN = {
    "prediction-bars": shown_by_prediction_bars,
    "bce-curves": shown_by_bce_curves,
    "mse-vs-ce": shown_by_mse_vs_ce,
    "logit-gradient": shown_by_logit_gradient,
}
LOSS = {name: "ce" if name == "mse-vs-ce" else "loss" for name in SHOWN}  # what code prints


def differences(page: FigurePage, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """Readouts that are not what NumPy computes from the state (by default the address's).

    That is the core's public functions, as said above, and the figure's own compute for the rest.
    """
    state = page.address if state is None else state
    figure, got = FIGURES[page.name], page.readouts()
    columns = figure.columns(figure.resolve(state)[0])["readout"]
    wanted = {name: columns[name] for name in got if name in columns}
    if page.name in SHOWN:
        wanted |= SHOWN[page.name](state)
    missing = {name: None for name in wanted if name not in got}
    rtol = OF_A_RUN if figure.run else RTOL
    return missing | {
        name: (got[name], float(number))
        for name, number in wanted.items()
        if name in got and not close(got[name], float(number), rtol)
    }


def is_asked_after(name: str, move: int, moves: int) -> bool:
    """Whether a figure's numbers are compared after one of some moves, each from the one before.

    NumPy takes a second for a training run, which each move has made anew: after the last.
    """
    return FIGURES[name].run is None or move == moves - 1 or bool(os.environ.get("EVERYWHERE"))


def close(got: float, wanted: float, rtol: float = RTOL) -> bool:
    if math.isnan(wanted) or math.isinf(wanted):
        return got == wanted or (math.isnan(got) and math.isnan(wanted))
    return abs(got - wanted) <= rtol * max(abs(wanted), 1e-3)
