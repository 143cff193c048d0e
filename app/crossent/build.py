"""A site of static files: the same pages, with every figure's functions traced into JavaScript."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from .content import (
    ASSETS,
    LESSONS,
    as_address,
    asset_text,
    bokeh_script,
    page_template,
    style_sheet,
)
from .errors import ExportError, readable, unknown
from .figures import FIGURES, Figure
from .i18n import SOURCE, interface_language, languages, shown_in_english, translator
from .links.browser import compile_figure
from .pages.brand import CROSSENT, Brand
from .pages.course import Course
from .pages.lesson import Lesson
from .pages.lesson_page import (
    as_data,
    course_words,
    index_words,
    lesson_json,
    lesson_slots,
    lesson_words,
    picture_bytes,
    practice_json,
    practised,
)
from .pages.page import (
    HERO,
    Slot,
    index_slots,
    language_words,
    opening,
    page_json,
    page_words,
)
from .pages.part_test import json_of_test, part_names, words_of_practice, words_of_test
from .pages.scripts import ENTRY, inline_script, runtime_script
from .pages.trust import samples_of, trust_words
from .site_folder import check_folder, site_folder
from .sites.elements import write_elements
from .sites.myst import write_plugin
from .sites.quarto import write_extension
from .sites.scorm import ENTRY as SCORM_ENTRY
from .sites.scorm import cannot_be_written, check_package, write_package
from .sites.web import site_address, sitemap, web_words


def build(
    out: Path,
    *,
    single_file: bool = False,
    only: str | None = None,
    lessons: Path | Sequence[Path] | Course = LESSONS,
    url: str = "",
    offline: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Writes the site to a folder; the one that was there is replaced when all of it is built.

    `lessons` is a folder of lessons, or several, or the course of them. With `only`, a lesson's
    slug, the site is that lesson and its figures. With `url`, the address that it will have, pages
    have pictures and oEmbed links for those who share them, and there is a sitemap. With
    `offline`, browsers keep the pages that were visited for when there is no network; without it
    they forget what an earlier build had them keep. Single files have no part in it.

    Raises
    ------
    ExportError
        If a figure cannot be built, or the folder cannot be written, or holds something that is
        not a site of ours.
    LessonError
        If a lesson has a mistake.
    """
    address = site_address(url) if url else ""
    check_folder(out)
    programs = traced_figures(FIGURES, say)  # first: a lesson is checked against figures that work
    for sentence in shown_in_english():
        say(sentence)
    course = lessons if isinstance(lessons, Course) else Course(lessons)
    brands = {language: course.brand(language) for language in course.languages()}
    texts = {language: chosen(course.lessons(language), only) for language in course.languages()}
    with site_folder(out) as fresh:
        kind = SingleFiles if single_file else SharedFiles
        site = kind(fresh, brands, url=address, offline=offline)
        figures = figures_of(texts[SOURCE]) if only else FIGURES
        write_pages(site, programs, texts, figures)
        write_trust(site, {name: programs[name] for name in figures})
        if address:
            pages = (path.relative_to(fresh).as_posix() for path in fresh.rglob("*.html"))
            site.write("sitemap.xml", sitemap(address, pages))
        if not single_file:
            worker = "worker" if offline else "none"
            site.write(OFFLINE, asset_text(f"offline/{worker}.js"))
            write_elements(site, figures, programs, figure_page)
        count = files_in(fresh)
    say(f"{readable(str(out))}: {count} files")


def build_elements(out: Path, *, say: Callable[[str], None] = print) -> None:
    """Writes what ``<crossent-figure>`` needs on pages of others, and a page to begin with.

    Raises
    ------
    ExportError
        As `build` does.
    """
    check_folder(out)
    programs = traced_figures(FIGURES, say)
    with site_folder(out) as fresh:
        site = SharedFiles(fresh)
        write_elements(site, FIGURES, programs)
        site.write("example.html", asset_text("templates/elements.html"))
        count = files_in(fresh)
    say(f"{readable(str(out))}: {count} files")


def build_package(
    out: Path,
    version: str,
    *,
    only: Sequence[str] = (),
    lessons: Path | Sequence[Path] = LESSONS,
    say: Callable[[str], None] = print,
) -> None:
    """Writes a SCORM package of the course, or of some of its lessons.

    Raises
    ------
    ExportError
        If a figure cannot be built, or the package cannot be written.
    LessonError
        If a lesson has a mistake.
    """
    check_package(out)
    programs = traced_figures(FIGURES, say)
    course = Course(lessons)
    languages_of_course = course.languages()
    brands = {language: course.brand(language) for language in languages_of_course}
    texts = {language: some(course.lessons(language), only) for language in languages_of_course}
    try:
        with tempfile.TemporaryDirectory() as folder:
            site = SharedFiles(Path(folder), brands, entry=SCORM_ENTRY)
            figures = figures_of(texts[SOURCE]) if only else FIGURES
            write_pages(site, programs, texts, figures)
            write_trust(site, {name: programs[name] for name in figures})
            count = write_package(Path(folder), out, version, brands[SOURCE].title, texts[SOURCE])
    except OSError as error:  # the temporary folder is full, or there is none
        raise cannot_be_written(out, error) from error
    say(f"{readable(str(out))}: {count} files")


def files_in(folder: Path) -> int:
    """How many files a folder holds, and those within it."""
    return sum(1 for path in folder.rglob("*") if path.is_file())


# Writes the files of a tool's extension: into a site, programs, lessons with their pages.
Extension = Callable[["SharedFiles", Mapping[str, str], Sequence[tuple[Lesson, str]]], None]
EXTENSIONS: dict[str, Extension] = {
    "myst-plugin": write_plugin,
    "quarto-extension": write_extension,
}


def build_extension(
    kind: str,
    out: Path,
    *,
    only: Sequence[str] = (),
    lessons: Path | Sequence[Path] = LESSONS,
    say: Callable[[str], None] = print,
) -> None:
    """Writes another tool's extension, with all figures and with the lessons of these slugs.

    Raises
    ------
    ExportError, LessonError
        As `build` does.
    """
    check_folder(out)
    programs = traced_figures(FIGURES, say)
    course = Course(lessons)
    whole = course.lessons() if only else []
    brands = {SOURCE: course.brand()}
    with site_folder(out) as fresh, tempfile.TemporaryDirectory() as folder:
        pages = SingleFiles(Path(folder), brands, trusted=False)
        written = []
        for lesson in some(whole, only):
            write_lesson(pages, lesson, whole, programs)
            page = Path(folder) / in_language(lesson.slug, SOURCE)
            written.append((lesson, page.read_text(encoding="utf-8")))
        site = SharedFiles(fresh)
        EXTENSIONS[kind](site, programs, written)
        shutil.copytree(ASSETS / "pictures", fresh / "pictures")
        count = files_in(fresh)
    say(f"{readable(str(out))}: {count} files")


# What a file's name may not hold, for it stands in an address; its digest tells such names apart.
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 100

OFFLINE = "offline.js"  # the service worker, at the site's root: so the whole site is its own


class SharedFiles:
    """Scripts and styles once, beside the pages, under names that hold their content's digest.

    `brands` are what pages call the course, by language; without `trusted`, none of them leads to
    the page on how we know; `url` is the address that the site will have, if that is known;
    `entry` is the module that pages begin with; with `offline`, pages are kept by browsers.
    """

    def __init__(
        self,
        folder: Path,
        brands: Mapping[str, Brand] | None = None,
        *,
        trusted: bool = True,
        url: str = "",
        entry: str = ENTRY,
        offline: bool = False,
    ) -> None:
        self.folder = folder
        self.entry = entry
        self.offline = offline
        self.url = url
        self.brands = brands or {}
        self.trusted = trusted
        self.written: dict[str, str] = {}

    def asset(self, name: str, content: bytes) -> str:
        """Writes a file once; its path from the site's root."""
        if name not in self.written:
            stem, dot, ending = UNSAFE.sub("-", name[-LONGEST_NAME:]).rpartition(".")
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
        scripts = [("bokeh.js", bokeh_script().encode())] if bokeh else []
        scripts += [(f"{name}.js", text.encode()) for name, text in programs]
        scripts += [("crossent.js", runtime_script(self.entry).encode())]
        links = [
            f'<link rel="icon" href="{root}{self.asset("favicon.svg", favicon())}">',
            f'<link rel="stylesheet" href="{root}{self.asset("crossent.css", styles().encode())}">',
        ]
        if self.offline:
            links.append(f'<meta name="crossent-offline" content="{root}{OFFLINE}">')
        tags = [
            f'<script src="{root}{self.asset(name, content)}"></script>'
            for name, content in scripts
        ]
        return {"head": "\n  ".join(links), "scripts": "\n  ".join(tags)}

    def later(self, name: str, program: str) -> str:
        """Where a figure's program is, for a page that asks for it when it needs it."""
        return self.asset(f"{name}.js", program.encode())

    def trust(self, language: str, root: str = "") -> str:
        """The address of the page on how we know, if there is one."""
        return f"{root}{trust_address(language)}" if self.trusted else ""

    def brand(self, language: str) -> Brand:
        """What pages in a language call the course."""
        return self.brands.get(language, CROSSENT)

    def picture(self, lesson: Lesson, name: str) -> str:
        """The address of a picture that lies beside a lesson's text."""
        return self.asset(f"{lesson.slug}-{name}", picture_bytes(lesson, name))

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
        scripts = [bokeh_script()] if bokeh else []
        scripts += [*(text for _, text in programs), runtime_script(self.entry)]
        icon = as_address("image/svg+xml", favicon())
        return {
            "head": f'<link rel="icon" href="{icon}">\n<style>{styles()}</style>',
            "scripts": "\n".join(f"<script>{inline_script(text)}</script>" for text in scripts),
        }

    def later(self, name: str, program: str) -> str:
        """Nowhere: the page has it inside."""
        return ""

    def picture(self, lesson: Lesson, name: str) -> str:
        """The picture itself."""
        return as_data(lesson, name)


@cache
def styles() -> str:
    """The style sheet with its fonts inside.

    Beside the page they would come too late for its first picture, and from a file they may not be
    asked for sooner. Inside they need a moment to be read, for which the text waits: "optional"
    fonts, as the server sends them ahead of the page, would never be used.
    """
    css = style_sheet(lambda font: as_address("font/woff2", (ASSETS / font).read_bytes()))
    return css.replace("font-display: optional", "font-display: block")


def favicon() -> bytes:
    """The site's icon."""
    return (ASSETS / "favicon.svg").read_bytes()


def traced_figures(
    figures: Mapping[str, type[Figure]], say: Callable[[str], None]
) -> dict[str, str]:
    """Figures' programs, by name."""
    programs = {}
    for name, figure in figures.items():
        programs[name] = compile_figure(figure)
        say(f"{name}: traced")
    return programs


def write_pages(
    site: SharedFiles,
    all_programs: dict[str, str],
    texts: dict[str, list[Lesson]],
    figures: dict[str, type[Figure]],
) -> None:
    """The pages of these lessons, by language, and of these figures, with an index of them."""
    programs = {name: all_programs[name] for name in figures}
    for name, figure in figures.items():
        for language in languages():
            write_figure(site, figure, programs[name], language)
    for language, course in texts.items():
        for lesson in course:
            if lesson.language == language:  # else its page is the English one
                write_lesson(site, lesson, course, programs)
        write_index(site, course, figures, programs, language, list(texts))
        tested = part_names(course)
        for name, (title, lessons) in tested.items():
            write_test(site, name, title, lessons, course, programs, language, list(texts))
        if tested:
            write_practice(site, course, programs, language, list(texts))


def write_trust(site: SharedFiles, programs: dict[str, str]) -> None:
    """How we know, in each language."""
    for language in languages():
        page = in_language("how-we-know", language)
        site.write(page, trust_page(site, programs, language))


def write_index(
    site: SharedFiles,
    course: list[Lesson],
    figures: dict[str, type[Figure]],
    programs: dict[str, str],
    language: str,
    others: list[str],
) -> None:
    """The index in a language."""
    led_to = addresses(course, programs, language)
    slots = index_slots(lambda name: led_to("figure", name), figures, language)
    words = page_words("index", slots, language) | course_words(course, led_to)
    words |= index_words(site.brand(language)) | opening(slots)
    words |= shared_words(site, "index", language, others) | site.parts("", programs.items())
    write_page(site, in_language("index", language), "index", slots, words)


def write_test(
    site: SharedFiles,
    name: str,
    title: str,
    lessons: list[Lesson],
    course: list[Lesson],
    programs: dict[str, str],
    language: str,
    others: list[str],
) -> None:
    """The page that tests a part of the course."""
    led_to = addresses(course, programs, language)
    words = words_of_test(title, lessons, led_to, translator(language))
    needed = practised(lessons)
    used = [item for item in programs.items() if item[0] in needed]
    path = f"test-{name}"
    words |= site.parts("", used, bokeh=False) | shared_words(site, path, language, others)
    practice = practice_json(lessons, led_to, language=language)
    more = {"test": json_of_test(), "practice": practice}
    write_page(site, in_language(path, language), "test", [], words, more)


def write_practice(
    site: SharedFiles,
    course: list[Lesson],
    programs: dict[str, str],
    language: str,
    others: list[str],
) -> None:
    """The page Practice, which asks for a figure's functions when it needs them."""
    led_to = addresses(course, programs, language)
    words = words_of_practice(course, led_to, translator(language))
    later = {name: site.later(name, programs[name]) for name in practised(course)}
    inside = [(name, programs[name]) for name, place in later.items() if not place]
    words |= site.parts("", inside, bokeh=False) | shared_words(site, "practice", language, others)
    practice = practice_json(course, led_to, later.__getitem__, language)
    more = {"practises": True, "practice": practice}
    write_page(site, in_language("practice", language), "practice", [], words, more)


def shared_words(
    site: SharedFiles, name: str, language: str, others: Iterable[str], root: str = ""
) -> dict[str, Any]:
    """What the template of every page needs: what it is called, and where it leads.

    `name` is the page's own, in the `others` languages too; `root` its way to the site's root.
    """
    return language_words(language, {one: in_language(name, one) for one in others}) | {
        "trust": site.trust(language, root),
        "home": f"{root}{in_language('index', language)}",
        "brand": site.brand(language),
    }


def in_language(name: str, language: str) -> str:
    """The file of a page in a language."""
    return f"{name}.html" if language == SOURCE else f"{name}.{language}.html"


def addresses(
    course: list[Lesson], programs: dict[str, str], language: str
) -> Callable[[str, str], str]:
    """What gives the address of a lesson's or a figure's page from the site's root.

    Where it is not in the language, it leads to the English one. With --only, what is not built
    leads to the index, which says what there is.
    """
    written = {lesson.slug: lesson.language for lesson in course}
    spoken = language if language in languages() else SOURCE

    def led_to(kind: str, name: str) -> str:
        if kind == "lesson" and name in written:
            return in_language(name, written[name])
        if kind == "test":
            return in_language(f"test-{name}", language)
        if kind == "page":
            return in_language(name, language)
        if kind == "figure" and name in programs:
            return in_language(f"figures/{name}", spoken)
        return in_language("index", language)

    return led_to


def chosen(lessons: list[Lesson], only: str | None) -> list[Lesson]:
    """The lessons to build.

    Raises
    ------
    ExportError
        If no lesson has the slug that was asked for.
    """
    slugs = {lesson.slug: lesson for lesson in lessons}
    if only is not None and only not in slugs:
        raise ExportError(unknown(only, slugs, "no lesson"))
    return lessons if only is None else [slugs[only]]


def some(lessons: list[Lesson], slugs: Sequence[str]) -> list[Lesson]:
    """Some of the lessons, in the course's order; without names, all.

    Raises
    ------
    ExportError
        If no lesson has one of the slugs.
    """
    names = {chosen(lessons, slug)[0].slug for slug in slugs}
    return [lesson for lesson in lessons if not slugs or lesson.slug in names]


def figures_of(lessons: list[Lesson]) -> dict[str, type[Figure]]:
    """The figures that some lessons show."""
    names = {use.figure.name_of for lesson in lessons for use in lesson.figures}
    names |= set(practised(lessons))
    return {name: figure for name, figure in FIGURES.items() if name in names}


def write_lesson(
    site: SharedFiles, lesson: Lesson, course: list[Lesson], programs: dict[str, str]
) -> None:
    """A lesson's page, with the programs of its own figures."""
    language = lesson.language
    led_to = addresses(course, programs, language)
    slots = lesson_slots(lesson, led_to, language=language)
    needed = {slot.figure.name_of for slot in slots} | set(practised([lesson]))
    words = lesson_words(lesson, course, led_to, site.picture)
    words |= site.parts("", [item for item in programs.items() if item[0] in needed])
    words |= shared_words(site, lesson.slug, language, lesson.languages)
    practice = practice_json([lesson], led_to, language=language)
    more = {"lesson": lesson_json(lesson), "practice": practice}
    write_page(site, in_language(lesson.slug, language), "lesson", slots, words, more)


def trust_address(language: str) -> str:
    """The file of the page on how we know, for readers of a language."""
    return in_language("how-we-know", interface_language(language))


def trust_page(site: SharedFiles, programs: dict[str, str], language: str) -> str:
    """How we know: every figure's functions, run by the reader's browser."""
    addresses = {other: trust_address(other) for other in languages()}
    words = trust_words(language, addresses, {name: samples_of(name) for name in programs})
    words |= site.parts("", programs.items(), bokeh=False)
    words |= {"home": in_language("index", language), "brand": site.brand(language)}
    return page_template("how-we-know").render(words)


def figure_page(name: str, language: str) -> str:
    """A figure's own page, from the site's root."""
    return in_language(f"figures/{name}", language)


def write_figure(site: SharedFiles, figure: type[Figure], program: str, language: str) -> None:
    """One figure's own page, in a language."""
    name = figure.name_of
    path = in_language(name, language)
    slot = Slot(name, figure, href=path, own=True, language=language)
    words: dict[str, Any] = page_words("figure", [slot], language)
    words |= site.parts("../", [(name, program)])
    words |= shared_words(site, name, language, languages(), root="../")
    write_page(site, f"figures/{path}", "figure", [slot], words | {"slot": slot})


def write_page(
    site: SharedFiles,
    path: str,
    template: str,
    slots: list[Slot],
    words: dict[str, Any],
    more: dict[str, Any] | None = None,
) -> None:
    """A page from its template, with its place on the web where that is known."""
    if site.url:
        figure = slots[0].figure.name_of if slots else HERO
        words = words | web_words(site, path, words["page_title"], figure)
    site.write(path, rendered(template, slots, more, **words))


def rendered(
    template: str, slots: list[Slot], more: dict[str, Any] | None = None, **words: Any
) -> str:
    """A page from its template, served by no one."""
    given = partial(page_json, slots, served=False, language=words["language"], **(more or {}))
    own = {"served": False, "page_json": given, "slots": slots}
    return page_template(template).render(own | words)
