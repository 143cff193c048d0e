"""A built site keeps what was visited of it for when there is no network, each page whole."""

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page
from tests.browser.driving import FigurePage, SilentFiles

from crossent.content import asset_text

READY = "[...document.querySelectorAll('crossent-figure')].every((f) => 'ready' in f.dataset)"
KEPT = """async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return all.flat().map(({ url }) => new URL(url).pathname);
}"""


class Host:
    """A folder of files at an address that stays the same, which can be gone for a while."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(SilentFiles, directory=str(folder))
        self.handler, self.port = handler, 0
        self.begin()

    def begin(self) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def address(self, page: str) -> str:
        return f"http://127.0.0.1:{self.port}/{page}"


class Reader:
    """One who visits a site that is there or not."""

    def __init__(self, page: Page, host: Host) -> None:
        self.page, self.host = page, host

    def visit(self, name: str) -> None:
        self.page.goto(self.host.address(name))
        self.page.wait_for_function(READY)

    def waits_for(self, condition: str) -> None:
        """Until what is kept, as `kept`, is so."""
        self.page.wait_for_function(f"({KEPT})().then((kept) => {condition})")

    @property
    def build(self) -> str | None:
        return self.page.evaluate("document.documentElement.dataset.build ?? null")


@pytest.fixture
def folder(built_folder: Path, tmp_path: Path) -> Path:
    """The site, to be changed."""
    return Path(shutil.copytree(built_folder, tmp_path / "site"))


@pytest.fixture
def reader(browser: Browser, folder: Path) -> Iterator[Reader]:
    host = Host(folder)
    context = browser.new_context()
    yield Reader(context.new_page(), host)
    context.close()
    host.server.server_close()


def build_anew(folder: Path, name: str) -> str:
    """Gives one page of a site another script, as a new build does; the old one's name."""
    (script,) = (folder / "assets").glob("crossent.*.js")
    text = script.read_text()
    script.unlink()
    (folder / "assets" / "crossent.0123456789.js").write_text(
        f'document.documentElement.dataset.build = "new";\n{text}'
    )
    page = folder / name
    page.write_text(page.read_text().replace(script.name, "crossent.0123456789.js"))
    return script.name


def test_a_visited_page_is_there_without_a_network_and_can_be_dragged(reader: Reader) -> None:
    name = "figures/prediction-bars.html"
    reader.visit(name)
    reader.waits_for(f"kept.includes('/{name}')")
    reader.host.end()
    reader.visit(f"{name}?probs=[0.5,0.5]&target=0")
    figure = FigurePage(reader.page).ready()
    before = reader.page.locator("[data-readout=loss]").first.get_attribute("data-value")
    grip = figure.page.get_by_role("slider").first
    grip.focus()
    grip.press("PageUp")
    after = reader.page.locator("[data-readout=loss]").first.get_attribute("data-value")
    assert float(after or 0) < float(before or 0)
    with pytest.raises(Error):
        reader.page.goto(reader.host.address("figures/bce-curves.html"))


def test_a_new_build_comes_whole_and_a_page_of_the_old_one_stays_whole(
    reader: Reader, folder: Path
) -> None:
    pages = ["figures/prediction-bars.html", "figures/bce-curves.html"]
    for name in pages:
        reader.visit(name)
        reader.waits_for(f"kept.includes('/{name}')")
    old = build_anew(folder, pages[0])
    reader.visit(pages[0])
    assert reader.build == "new"
    reader.waits_for("kept.includes('/assets/crossent.0123456789.js')")
    reader.host.end()
    reader.visit(pages[0])
    assert reader.build == "new"
    reader.visit(pages[1])
    assert reader.build is None
    assert f"/assets/{old}" in reader.page.evaluate(KEPT)


def test_what_no_page_names_any_more_is_not_kept(reader: Reader, folder: Path) -> None:
    name = "figures/prediction-bars.html"
    reader.visit(name)
    reader.waits_for(f"kept.includes('/{name}')")
    old = build_anew(folder, name)
    reader.visit(name)
    reader.waits_for(f"!kept.includes('/assets/{old}')")


def test_a_build_without_it_takes_all_back(reader: Reader, folder: Path) -> None:
    name = "figures/prediction-bars.html"
    reader.visit(name)
    reader.waits_for(f"kept.includes('/{name}')")
    (folder / "offline.js").write_text(asset_text("offline/none.js"))
    page = folder / name
    page.write_text(re.sub(r'<meta name="crossent-offline".*?>', "", page.read_text()))
    reader.visit(name)
    reader.waits_for("kept.length === 0")
    reader.page.wait_for_function(
        "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)"
    )
