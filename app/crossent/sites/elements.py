"""``<crossent-figure name="logit-gradient">``: figures on pages of others, without an iframe.

One module, ``crossent.js``, defines the element (assets/runtime/elements.js). It lies at the root
of every built site, and asks for the rest when a figure comes near the screen: BokehJS once, and
for each figure its program and its spec, as classic scripts, which may come from another host and
from a file. ``crossent.classic.js`` is the same as a classic script: from a file browsers load no
modules.

In a shadow root a style sheet has no page around it, so the site's own is rewritten for one:
whatever it says of the page holds for the element's inner page, and its lengths in rem, which are
the foreign page's there, become pixels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from ..components.plots import FONT
from ..content import ASSETS, as_address, asset_text, bokeh_script, palette, palette_properties
from ..figures import Figure
from ..i18n import SOURCE, browser_texts, languages
from ..pages.page import spec_in
from ..pages.scripts import inline_script, runtime_script


class Shelf(Protocol):
    """Where files are put: a site's folder, or a script that holds them all."""

    def asset(self, name: str, content: bytes) -> str:
        """Puts a file there once; its name there."""


class Site(Shelf, Protocol):
    """A site's folder."""

    def write(self, path: str, text: str, /) -> None:
        """Writes a file under this very name."""


# The address of a figure's own page in a language.
PageOf = Callable[[str, str], str]

MODULE, CLASSIC = "crossent.js", "crossent.classic.js"
STYLES = ("crossent", "forced", "print")
REM = 16  # px
ASKED_FOR = ("grow",)  # by scripts: properties that a page sets when it presents
# A family of ours would be another's too where the page itself asks for it by that name.
FAMILIES = {
    "Inter": ("CrossentSans", "fonts/inter.woff2", "100 900"),
    '"Source Serif 4"': ("CrossentSerif", "fonts/source-serif-4.woff2", "200 900"),
}
OWN_FONT = FONT.replace("Inter", FAMILIES["Inter"][0])


def write_elements(
    site: Site,
    figures: Mapping[str, type[Figure]],
    programs: Mapping[str, str],
    page_of: PageOf | None = None,
) -> None:
    """Writes the module and what it asks for; `page_of` where figures have pages of their own."""
    given = what_is_given(site, figures, programs, page_of)
    for file, address in {MODULE: "import.meta.url", CLASSIC: "document.currentScript.src"}.items():
        base = f'new URL(".", {address}).href'
        site.write(file, f"{expression('runtime/elements.js')}.begin({base}, {as_json(given)});\n")


class Inside:
    """Files that a script has inside: it makes an address of each when that is asked for."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def asset(self, name: str, content: bytes) -> str:
        """Keeps a file; its name, or for a font its address."""
        if name.endswith(".woff2"):
            return as_address("font/woff2", content)
        self.texts[name] = content.decode()
        return name


def all_inside(figures: Mapping[str, type[Figure]], programs: Mapping[str, str]) -> str:
    """What `begin` is given of these figures by a script that asks for no file, as JSON."""
    shelf = Inside()
    return as_json(what_is_given(shelf, figures, programs, None) | {"inside": shelf.texts})


def expression(entry: str) -> str:
    """A module of the runtime's, with all that it imports, as an expression."""
    return in_ascii(inline_script(runtime_script(entry)).rstrip().rstrip(";"))


def as_json(value: Any) -> str:
    """A value as JSON that can stand in any script."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def what_is_given(
    site: Shelf,
    figures: Mapping[str, type[Figure]],
    programs: Mapping[str, str],
    page_of: PageOf | None,
) -> dict[str, Any]:
    """What the module is given: where everything lies that a figure needs."""
    return {
        "figures": {name: parts(site, figures[name], programs[name], page_of) for name in figures},
        "bokeh": site.asset("bokeh-apart.js", bokeh_apart().encode()),
        "texts": {language: texts(site, language) for language in languages()},
        "fonts": {family: font(site, file, weight) for family, file, weight in FAMILIES.values()},
        "palette": palette(),
        "styles": element_styles(),
    }


def in_ascii(script: str) -> str:
    """A script that is the same on a page of any character set."""
    return re.sub(r"[^\x00-\x7f]", lambda found: json.dumps(found[0])[1:-1], script)


def parts(
    site: Shelf, figure: type[Figure], program: str, page_of: PageOf | None
) -> dict[str, Any]:
    """Where what draws a figure lies."""
    name = figure.name_of
    specs = {
        language: site.asset(f"{name}.spec.{language}.js", spec_script(figure, language).encode())
        for language in languages()
    }
    found: dict[str, Any] = {"program": site.asset(f"{name}.js", program.encode()), "specs": specs}
    if page_of:
        found["pages"] = {language: page_of(name, language) for language in languages()}
    return found


def spec_script(figure: type[Figure], language: str) -> str:
    """A figure's spec in a language, as a script, in the fonts that elements have."""
    spec = spec_in(language, figure, "view") | {  # type: ignore[arg-type]
        "cardView": spec_in(language, figure, "card")["view"],  # type: ignore[arg-type]
    }
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    return script_of("crossentSpecs", f"{figure.name_of} {language}", text.replace(FONT, OWN_FONT))


def texts(site: Shelf, language: str) -> str:
    """Where the interface's texts in a language are; nowhere for English."""
    if language == SOURCE:
        return ""
    text = json.dumps(browser_texts(language), ensure_ascii=False, separators=(",", ":"))
    content = script_of("crossentTexts", language, text)
    return site.asset(f"texts.{language}.js", content.encode())


def script_of(table: str, name: str, value: str) -> str:
    """A script that puts a value into a table of the page's."""
    return f"(globalThis.{table} ??= {{}})[{json.dumps(name)}] = {value};\n"


def font(site: Shelf, file: str, weight: str) -> dict[str, str]:
    """Where a font is, and the weights that it has."""
    return {"file": site.asset(Path(file).name, (ASSETS / file).read_bytes()), "weight": weight}


def bokeh_apart() -> str:
    """BokehJS under a name of its own: a page that shows plots of its own keeps its own BokehJS."""
    return f"(() => {{\n{bokeh_script()}\nglobalThis.crossentBokeh = Bokeh;\n}})();\n"


# -- styles ----------------------------------------------------------------------------------------


@cache
def element_styles() -> str:
    """The style sheet of a figure in a shadow root."""
    css = "".join(f"{asset_text(f'{name}.css')}\n" for name in STYLES)
    css = re.sub(r"@font-face \{[^}]*\}\n", "", css)
    css = re.sub(r"^ *@page .*\n", "", css, flags=re.M)
    for family, (own, _, _) in FAMILIES.items():
        css = css.replace(f"{family},", f"{own},")
    css = re.sub(r"^:root, :host(?= \{)", ".page", css, flags=re.M)
    css = re.sub(r"^ *(?::root|html|body)(?= \{)", ".page", css, flags=re.M)
    css = re.sub(r"(?<![\w.])(\d*\.?\d+)rem\b", in_pixels, css)
    return f"{asset_text('elements.css')}{colours()}{nothing_inherited(css)}{css}"


def in_pixels(length: re.Match[str]) -> str:
    """A length in rem as pixels."""
    return f"{float(length[1]) * REM:g}px"


def colours() -> str:
    """The palette, for the theme that the element has; on paper it is light."""
    light, dark = palette_properties()
    return (
        f".page{{color-scheme:light;{light}}}\n"
        f"@media screen{{.page[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def nothing_inherited(css: str) -> str:
    """Properties of our names that a page may have are not ours."""
    used = {*re.findall(r"var\(--([\w-]+)", css), *ASKED_FOR} - set(palette())
    own = re.search(r"^\.page \{\n(.*?)\}", css, flags=re.M | re.S)
    used -= set(re.findall(r"--([\w-]+):", own[1] if own else ""))
    return f".page{{{''.join(f'--{name}:initial;' for name in sorted(used))}}}\n"
