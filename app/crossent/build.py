"""A site of static files: the same pages, with every figure's functions traced into JavaScript."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import bokeh
import jinja2

from .content import ASSETS, asset_text, inline_fonts, style_sheet
from .errors import ExportError
from .figures import FIGURES, Figure
from .links.browser import compile_figure
from .pages.page import Slot, index_slots, page_json, page_words
from .pages.scripts import runtime_script
from .pages.trust import trust_words

BOKEH_SCRIPT = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"


def build(out: Path, *, single_file: bool = False, say: Callable[[str], None] = print) -> None:
    """Writes the site to a folder; what was there is replaced only when all of it is built.

    Raises
    ------
    ExportError
        If a figure cannot be built, or the folder holds something that is not a site of ours.
    """
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".crossent-") as folder:
        fresh = Path(folder) / "site"
        fresh.mkdir()
        site = (SingleFiles if single_file else SharedFiles)(fresh, say)
        write_pages(site, say)
        (fresh / MARK).write_text("A site built by crossent; building again replaces it.\n")
        replace(out, fresh, Path(folder) / "old")
    say(f"{out}: {sum(1 for p in out.rglob('*') if p.is_file())} files")


MARK = ".crossent-site"


def refuse_foreign(out: Path) -> None:
    """Does not let a build replace a folder that no build has made."""
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file; name a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise ExportError(f"{out} holds files that crossent did not build; name another folder")


def replace(out: Path, fresh: Path, old: Path) -> None:
    """Puts the fresh folder in the old one's place."""
    if out.exists():
        os.replace(out, old)
    os.replace(fresh, out)
    if old.exists():
        shutil.rmtree(old)


class SharedFiles:
    """Scripts and styles once, beside the pages, under names that hold their content's digest."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.written: dict[str, str] = {}

    def asset(self, name: str, content: bytes) -> str:
        """Writes a file once; its path from the site's root."""
        if name not in self.written:
            stem, dot, ending = name.rpartition(".")
            digest = hashlib.sha256(content).hexdigest()[:10]
            path = f"assets/{stem}.{digest}{dot}{ending}"
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            self.written[name] = path
        return self.written[name]

    def parts(
        self, root: str, programs: Iterable[tuple[str, str]], *, bokeh: bool = True
    ) -> dict[str, str]:
        """A page's links to styles and to scripts; `root` is its way to the site's root."""
        scripts = [("bokeh.js", BOKEH_SCRIPT.read_bytes())] if bokeh else []
        scripts += [(f"{name}.js", text.encode()) for name, text in programs]
        scripts += [("crossent.js", runtime_script().encode())]
        links = [
            f'<link rel="icon" href="{root}{self.asset("favicon.svg", favicon())}">',
            f'<link rel="stylesheet" href="{root}{self.styles()}">',
        ]
        tags = [
            f'<script src="{root}{self.asset(name, content)}"></script>'
            for name, content in scripts
        ]
        return {"head": "\n  ".join(links), "scripts": "\n  ".join(tags)}

    def styles(self) -> str:
        """The style sheet, with the fonts that it asks for beside it."""

        def beside(found: re.Match[str]) -> str:
            path = self.asset(found.group(1), (ASSETS / found.group(1)).read_bytes())
            return f'url("{path.removeprefix("assets/")}")'

        return self.asset("crossent.css", styles(beside).encode())

    def write(self, path: str, html: str) -> None:
        """Writes one page."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")


class SingleFiles(SharedFiles):
    """Each page with all that it needs inside."""

    def parts(
        self, root: str, programs: Iterable[tuple[str, str]], *, bokeh: bool = True
    ) -> dict[str, str]:
        """A page's styles and scripts themselves."""
        icon = f"data:image/svg+xml;base64,{base64.b64encode(favicon()).decode()}"
        scripts = [BOKEH_SCRIPT.read_text(encoding="utf-8")] if bokeh else []
        scripts += [*(text for _, text in programs), runtime_script()]
        return {
            "head": f'<link rel="icon" href="{icon}">\n<style>{inline_fonts(style_sheet())}</style>',
            "scripts": "\n".join(f"<script>{inline(text)}</script>" for text in scripts),
        }


def inline(script: str) -> str:
    """A script that can stand inside a script element."""
    return re.sub(r"</(script)", r"<\\/\1", script, flags=re.I).replace("<!--", "<\\!--")


def styles(font: Callable[[re.Match[str]], str]) -> str:
    """The style sheet, with each font's address as the function gives it."""
    return re.sub(r'url\("([^"]+)"\)', font, style_sheet())


def favicon() -> bytes:
    """The site's icon."""
    return (ASSETS / "favicon.svg").read_bytes()


def write_pages(site: SharedFiles, say: Callable[[str], None]) -> None:
    """All pages of the site."""
    programs: dict[str, str] = {}
    for name, figure in FIGURES.items():
        say(f"{name}: traced")
        programs[name] = compile_figure(figure)
        write_figure(site, figure, programs[name])
    slots = index_slots(href=lambda name: f"figures/{name}.html")
    words = page_words("index", slots)
    words |= site.parts("", programs.items()) | {"trust": "how-we-know.html"}
    site.write("how-we-know.html", trust_page(site, programs))
    site.write("index.html", rendered("index", slots, home="index.html", **words))


def trust_page(site: SharedFiles, programs: dict[str, str]) -> str:
    """How we know: every figure's functions, run by the reader's browser."""
    text = asset_text("templates/how-we-know.html")
    words = trust_words() | site.parts("", programs.items(), bokeh=False)
    return environment().from_string(text).render(home="index.html", **words)


def write_figure(site: SharedFiles, figure: type[Figure], program: str) -> None:
    """One figure's own page."""
    name = figure.name_of
    slot = Slot(name, figure, href=f"{name}.html", own=True)
    words = page_words("figure", [slot]) | site.parts("../", [(name, program)])
    words["trust"] = "../how-we-know.html"
    html = rendered("figure", [slot], home="../index.html", slot=slot, **words)
    site.write(f"figures/{name}.html", html)


def environment() -> jinja2.Environment:
    """Templates escape for themselves; a name that they ask for in vain is an error."""
    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)


def rendered(template: str, slots: list[Slot], **words: Any) -> str:
    """A page from its template, served by no one."""
    text = environment().from_string(asset_text(f"templates/{template}.html"))
    return text.render(served=False, page_json=page_json(slots, served=False), slots=slots, **words)
