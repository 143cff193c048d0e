"""Where the package's content lies: beside app/ in a checkout, in the package in a wheel."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import bokeh
import jinja2

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]
_ROOT = _PACKAGE if (_PACKAGE / "assets").is_dir() else _CHECKOUT

ASSETS = _ROOT / "assets"
STYLES = ("crossent", "lesson", "held", "present", "forced", "print")
LESSONS = _ROOT / "lessons"


def asset_text(name: str) -> str:
    """The text of a file below assets/."""
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def bokeh_script() -> str:
    """BokehJS as built pages take it: the part that figures draw with, made by ``make bokeh``.

    Where another version of Bokeh is installed than that part was made of, it is all of that one.
    """
    part = asset_text("bokeh/bokeh.min.js")
    if part.startswith(f"/*! BokehJS {bokeh.__version__}, in part"):
        return part
    whole = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return whole.read_text(encoding="utf-8")


@cache
def page_template(name: str) -> jinja2.Template:
    """A page's template, with the head, top and foot that pages share in their places.

    Templates escape for themselves; a name that they ask for in vain is an error.
    """
    text = re.sub(
        r"^ *\{# (head|top|foot) #\}\n",
        lambda shared: asset_text(f"templates/{shared[1]}.html"),
        asset_text(f"templates/{name}.html"),
        flags=re.M,
    )
    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False).from_string(text)


@cache
def palette() -> dict[str, tuple[str, str]]:
    """Each colour's meaning, and its value in the light and in the dark theme."""
    return {
        role: (light, dark)
        for role, (light, dark) in json.loads(asset_text("palette.json")).items()
    }


@cache
def formats() -> dict[str, str]:
    """The formats in which the page writes numbers, by name, and how each looks."""
    return dict(json.loads(asset_text("formats.json")))


def palette_properties() -> tuple[str, str]:
    """The palette as custom properties, light and dark."""
    light, dark = (
        "".join(f"--{role}:{values[i]};" for role, values in palette().items()) for i in (0, 1)
    )
    return light, dark


def palette_css() -> str:
    """The palette as custom properties: light, or dark where page or system ask; on paper light."""
    light, dark = palette_properties()
    return (
        f":root,:host{{color-scheme:light;{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
    )


def style_sheet(font: Callable[[str], str] = str) -> str:
    """The palette and the style sheets, as one; `font` says where a font's file is."""
    css = palette_css() + "".join(f"{asset_text(f'{name}.css')}\n" for name in STYLES)
    return re.sub(r'url\("(fonts/[^"]+)"\)', lambda found: f'url("{font(found[1])}")', css)


def as_address(kind: str, content: bytes) -> str:
    """A file's content as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
