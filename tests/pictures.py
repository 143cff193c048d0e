"""The pictures that stand for figures where no script runs: ``make pictures`` draws them anew."""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tests.conftest import BROWSERS, FLAGS

from crossent.build import build
from crossent.content import ASSETS
from crossent.figures import FIGURES

WIDTH = {"width": 820, "height": 1000}
SCALE = 1.5  # pixels of the picture to one of the page
COLOURS = 64  # a third of the bytes, and no difference that is seen


def main() -> None:
    """Each figure as it begins, without its tools, into assets/pictures."""
    folder = ASSETS / "pictures"
    folder.mkdir(exist_ok=True)
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        build(Path(made) / "site", say=lambda line: None)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = chromium.new_page(viewport=WIDTH, device_scale_factor=SCALE, color_scheme="light")
        for name in FIGURES:
            page.goto((Path(made) / "site" / "figures" / f"{name}.html").as_uri())
            page.locator(f"[data-figure={name}][data-ready]").wait_for()
            seen = page.locator(".stage").screenshot(animations="disabled", scale="device")
            with Image.open(BytesIO(seen)) as picture:
                few = picture.convert("RGB").quantize(COLOURS)
                few.save(folder / f"{name}.png", optimize=True)
            print(f"{name}: {(folder / f'{name}.png').stat().st_size // 1000} kB")
        chromium.close()


if __name__ == "__main__":
    main()
