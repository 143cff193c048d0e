"""Where the package's content lies: beside app/ in a checkout, in the package in a wheel."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]
_ROOT = _PACKAGE if (_PACKAGE / "assets").is_dir() else _CHECKOUT

ASSETS = _ROOT / "assets"
LESSONS = _ROOT / "lessons"


def asset_text(name: str) -> str:
    """The text of a file below assets/."""
    return (ASSETS / name).read_text(encoding="utf-8")


def template_text(name: str) -> str:
    """A page's template, with the foot that pages share in its place."""
    foot = asset_text("templates/foot.html")
    return asset_text(f"templates/{name}.html").replace("  {# foot #}\n", foot)


@cache
def palette() -> dict[str, tuple[str, str]]:
    """Each colour's meaning, and its value in the light and in the dark theme."""
    return {
        role: (light, dark)
        for role, (light, dark) in json.loads(asset_text("palette.json")).items()
    }


def palette_css() -> str:
    """The palette as custom properties: light, or dark where page or system ask; on paper light."""
    light, dark = (
        "".join(f"--{role}:{values[i]};" for role, values in palette().items()) for i in (0, 1)
    )
    return (
        f":root,:host{{color-scheme:light;{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
    )


def style_sheet() -> str:
    """The palette and the style sheets, as one."""
    return palette_css() + "".join(map(asset_text, ("crossent.css", "lesson.css", "print.css")))


def inline_fonts(css: str) -> str:
    """A style sheet with its fonts inside."""

    def data(found: re.Match[str]) -> str:
        font = base64.b64encode((ASSETS / found.group(1)).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{font}")'

    return re.sub(r'url\("(fonts/[^"]+)"\)', data, css)
