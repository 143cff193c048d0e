"""A lesson: its text read, checked and set as HTML. Every mistake is named with its line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from ..errors import LessonError, UnknownFigureError
from ..figures import FIGURES, Figure, figure_named
from ..figures.figure import State, unknown
from ..i18n import SOURCE, interface_language, translator
from .goals import GoalError, holds, parse_goal, speaks_of_first
from .mathml import ROLES, TexError, to_mathml
from .source import Given, Markdown, Source, Use

IMAGES = {
    **{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"},
    **{".svg": "image/svg+xml", ".webp": "image/webp", ".gif": "image/gif"},
}
FORMATS = {
    *("number", "exact", "compact", "probability", "short", "percent", "signed"),
    *("balance", "times", "integer"),
}
TOOLS = {"undo", "reset", "link", "embed", "code", "csv", "png", "svg", "torch", "presets"}
TRANSLATION = re.compile(r"index\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.md")
IDENTITY = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# An address that only the page's way of being published can tell; \0 stands in no text.
ADDRESS = re.compile("\0(lesson|figure|image):([^\0]*)\0")
MARKUP = re.compile(r"<[A-Za-z/!?]|&#?\w+;")
CODE_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True)
class FigureUse:
    """A figure on a lesson's page, in the state in which the lesson shows it."""

    identity: str
    figure: type[Figure]
    state: State
    hide: tuple[str, ...]
    form: str
    shares: str
    line: int


@dataclass(frozen=True)
class CodeTab:
    """A block of code with slots for live values, and its text as the page first shows it."""

    label: str
    template: str
    text: str
    figure: str
    line: int


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents; `html` is its text, which may hold a formula."""

    level: int
    identity: str
    html: str


@dataclass
class Lesson:
    """A lesson, read. `body` holds addresses that `html` turns into those of a site."""

    slug: str
    number: int
    title: str
    summary: str
    part: str
    minutes: int
    needs: tuple[str, ...]
    path: str
    folder: Path
    language: str = SOURCE
    languages: tuple[str, ...] = (SOURCE,)
    original_part: str = ""
    body: str = ""
    headings: list[Heading] = field(default_factory=list)
    figures: list[FigureUse] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    code: list[CodeTab] = field(default_factory=list)
    links: list[tuple[str, str, int]] = field(default_factory=list)
    identities: set[str] = field(default_factory=set)

    def html(self, address: Callable[[str, str], str]) -> str:
        """The text; `address` turns ("lesson", slug) and the like into a site's own address."""
        return ADDRESS.sub(lambda found: escape(address(found[1], found[2])), self.body)


def languages_of(folder: Path) -> tuple[str, ...]:
    """The languages in which a folder has its lesson: English, in index.md, and those of others."""
    names = (TRANSLATION.fullmatch(path.name) for path in folder.iterdir())
    return (SOURCE, *sorted(found[1] for found in names if found and found[1] != SOURCE))


def read_lesson(
    folder: Path,
    path: str,
    slugs: Mapping[str, str],
    language: str = SOURCE,
    headings: Sequence[str] = (),
) -> Lesson:
    """Reads the lesson in a folder: in a language, or in English if it is not there in it.

    `path` is what errors call its English file; `slugs` maps the course's slugs to their folders'
    names, and `headings` are the ids that a translation takes over, so that links into it hold in
    every language. The words between the text, such as "Begin", are the interface's in either case.

    Raises
    ------
    LessonError
        With the file, the line, what is wrong there and what would be right.
    """
    there = languages_of(folder)
    written = language if language in there else SOURCE
    file = folder / ("index.md" if written == SOURCE else f"index.{written}.md")
    path = path.removesuffix("index.md") + file.name
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise LessonError(path, line, "the file must be UTF-8 text") from error
    number, _, slug = folder.name.partition("-")
    reader = Reader(Source(path, text), folder, slug, int(number), slugs)
    reader.speak(language, written)
    reader.headings = list(headings)
    lesson = reader.read()
    lesson.language, lesson.languages = written, there
    return lesson


@cache
def markdown() -> MarkdownIt:
    """The Markdown that lessons are written in; raw HTML is text like any other."""
    md = MarkdownIt("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "strikethrough", "smartquotes"])
    md.disable(["html_block", "html_inline"])
    dollarmath_plugin(
        md, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    myst_role_plugin(md)
    attrs_plugin(md, after=(), spans=True, allowed=("class",))
    return md


def readouts(figure: type[Figure]) -> tuple[str, ...]:
    """The names of the numbers that a figure shows."""
    return tuple(figure.columns(figure.resolve({})[0])["readout"])


def formats(figure: type[Figure]) -> dict[str, str]:
    """The format in which a figure shows each of its numbers."""
    found: dict[str, str] = {}

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("kind") == "Readout":
                found.setdefault(node["shows"], node["format"])
            for name, value in node.items():
                if name != "plot":
                    visit(value)
        elif isinstance(node, list):
            for value in node:
                visit(value)

    visit(figure.spec("view")["view"])
    return found


def shown(figure: type[Figure], state: State) -> dict[str, Any]:
    """What a figure shows in a state: the state's entries, and over them the readouts."""
    numbers = figure.columns(state)["readout"]
    return state | {name: float(number) for name, number in numbers.items()}


def fitted(figure: type[Figure], base: State, entries: State) -> State:
    """A state after some entries are set, with the others fitted to their number of classes."""
    speaks = any(p.per_class and name in entries for name, p in figure.parameters().items())
    whole, _ = figure.resolve(entries)
    if speaks and figure.num_classes(whole) != figure.num_classes(base):
        base = {name: value for name, value in base.items() if not sized(figure, name)}
    return figure.resolve(base | entries)[0]


def sized(figure: type[Figure], name: str) -> bool:
    """Whether an entry of the state goes with the number of classes."""
    parameter = figure.parameters()[name]
    return parameter.per_class or parameter.kind in ("index", "rows", "targets")


def python_literal(value: Any) -> str:
    """A state's value or a readout's number as Python source, as the page writes it too.

    >>> python_literal([1.0, 0.5]), python_literal("bits"), python_literal(True)
    ('[1, 0.5]', '"bits"', 'True')
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(python_literal, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def rough_text(value: Any) -> str:
    """A number until the page has formatted it: of about the right length."""
    return f"{value:.4g}" if isinstance(value, int | float) else escape(str(value))


def named_head(found: re.Match[str]) -> str:
    """A table's head that holds a formula, named by the formula's own letters."""
    name = escape(unescape(re.sub(r"<[^>]+>", "", found[2])))
    return f'<th{found[1]} aria-label="{name}">{found[2]}</th>'


def spells(words: str, href: str) -> bool:
    """Whether a link's words are its address: whole, or as `doi:...` and `arXiv:...`."""
    identifier = re.match(r"(?:doi|arXiv):(.+)", words)
    return href in (words, f"https://{words}") or (
        identifier is not None and href.endswith(f"/{identifier[1]}")
    )


def data(value: Any) -> str:
    """A value as JSON inside an attribute."""
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


class Reader:
    """Reads one lesson."""

    def __init__(
        self, source: Source, folder: Path, slug: str, number: int, slugs: Mapping[str, str]
    ) -> None:
        self.source, self.folder, self.slugs = source, folder, slugs
        self.slug, self.number = slug, number
        self.env: dict[str, Any] = {}
        self.figures: dict[str, FigureUse] = {}
        self.nearest = ""
        self.level = 1
        self.local_links: list[tuple[str, int]] = []
        self.headings: list[str] = []
        self.speak(SOURCE, SOURCE)

    def speak(self, language: str, written: str) -> None:
        """Sets the language of the words around a text, and its mark where the text's differs."""
        spoken = interface_language(language)
        self.t = translator(spoken)
        self.lang = "" if spoken == written else f' lang="{spoken}"'

    def error(self, line: int, problem: str) -> LessonError:
        """An error at a line of the lesson."""
        return self.source.error(line, problem)

    def read(self) -> Lesson:
        """The lesson, whole."""
        values, lines, start = self.source.front_matter()
        needs = values.get("needs", [])
        for needed in needs:
            if needed not in self.slugs:
                raise self.error(lines["needs"], unknown(needed, self.slugs, "needs: no lesson"))
        self.lesson = Lesson(
            slug=self.slug,
            number=self.number,
            title=values["title"].strip(),
            summary=values["summary"].strip(),
            part=values["part"].strip(),
            minutes=values["minutes"],
            needs=tuple(needs),
            path=self.source.path,
            folder=self.folder,
        )
        parts = list(self.source.parts(start))
        for part in parts:  # text and challenges may speak of a figure that stands further down
            if isinstance(part, Use) and part.directive.name == "figure":
                self.add_figure(part)
        self.check_shares(parts)
        setters = {
            name: getattr(self, f"set_{name}")
            for name in ("figure", "try", "question", "challenge", "code", "note", "myth")
        }
        html = [
            setters[part.directive.name](part) if isinstance(part, Use) else self.text(part)
            for part in parts
        ]
        for identity, line in self.local_links:
            if identity not in self.lesson.identities:
                known = dict.fromkeys(self.lesson.identities)
                raise self.error(line, unknown(identity, known, "no heading on this page is"))
        self.lesson.body = "\n".join(html)
        self.lesson.figures = list(self.figures.values())
        return self.lesson

    # -- Markdown ------------------------------------------------------------------------------

    def tokens(self, part: Markdown) -> list[Token]:
        """The tokens of some Markdown, checked, its roles, formulas, links and images resolved."""
        tokens = markdown().parse(part.text, self.env)
        line = part.line
        for token in tokens:
            if token.map:
                line = part.line + token.map[0]
            self.resolve_block(token, line)
            if token.type == "inline":
                self.resolve_inline(token, line)
        return tokens

    def resolve_block(self, token: Token, line: int) -> None:
        """Checks a block, and makes MathML of a formula."""
        if token.type == "code_block":
            raise self.error(
                line,
                "text indented by four columns or more; begin at the margin, or put code in ```",
            )
        if token.type == "math_block":
            self.to_html(token, self.math(token.content, line, display=True))
        if token.type == "heading_open":
            level = int(token.tag[1:])
            if level == 1:
                raise self.error(line, "the title is the front matter's; headings begin with ##")
            if level > self.level + 1:
                raise self.error(
                    line, f"after a level {self.level} heading, level {level} skips one"
                )
            self.level = level

    def resolve_inline(self, inline: Token, line: int) -> None:
        """Makes what stands in a line of text into HTML, or says what is wrong with it."""
        children = inline.children or []
        for place, token in enumerate(children):
            self.check_classes(token, line)
            if token.type in ("softbreak", "hardbreak"):
                line += 1
            elif token.type in ("math_inline", "math_inline_double"):
                display = token.type == "math_inline_double"
                self.to_html(token, self.math(token.content, line, display=display))
            elif token.type == "myst_role":
                self.to_html(token, self.role(token.meta["name"], token.content, line))
            elif token.type == "link_open":
                href = self.link(str(token.attrGet("href") or ""), line)
                token.attrSet("href", href)
                if spells(children[place + 1].content, href):
                    token.attrSet("class", "spelled")  # print need not add the address
            elif token.type == "image":
                token.attrSet("src", self.image(token, line))

    @staticmethod
    def to_html(token: Token, html: str) -> None:
        """Puts markup of ours in a token's place."""
        token.type, token.content, token.tag, token.children = "html_inline", html, "", None

    def check_classes(self, token: Token, line: int) -> None:
        """A span may say which meaning its colour has, and nothing else."""
        if token.type != "span_open" and not token.meta.get("insecure_attrs"):
            return
        refused = token.meta.get("insecure_attrs")
        if refused:
            raise self.error(line, f"[...]{{...}} takes a class only; got '{next(iter(refused))}'")
        names = str(token.attrGet("class") or "").split()
        for name in names:
            if name not in ROLES:
                raise self.error(line, unknown(name, dict.fromkeys(ROLES), "no colour"))
        token.attrSet("class", " ".join(f"role-{name}" for name in names))

    def math(self, tex: str, line: int, *, display: bool) -> str:
        """A formula as MathML."""
        try:
            math = to_mathml(tex, display=display)
        except TexError as error:
            short = " ".join(tex.split())
            raise self.error(line, f"the formula '{short[:40]}' is wrong: {error}") from error
        if not display:
            return math
        signs = len(re.sub(r"<[^>]*>|\s", "", unescape(math)))
        return f'<div class="math-block" style="--signs: {signs}" tabindex="0">{math}</div>'

    def role(self, name: str, content: str, line: int) -> str:
        """A live number."""
        if name != "value":
            raise self.error(line, f"no role '{name[:40]}'; there is {{value}}")
        reference, _, style = content.strip().partition(":")
        before, dot, shows = reference.rpartition(".")
        use = self.figure_of(before, line) if dot else self.default_figure(line)
        style = style or formats(use.figure).get(shows, "number")
        if style not in FORMATS:
            raise self.error(line, unknown(style, dict.fromkeys(FORMATS), "no format"))
        values = shown(use.figure, use.state)
        if shows not in values:
            raise self.error(line, unknown(shows, values, f"{use.identity} shows no"))
        value = values[shows]
        if isinstance(value, list):
            raise self.error(line, f"'{shows}' is a list; {{value}} shows one number")
        return (
            f'<output class="live-value" data-live="{escape(use.identity)}" '
            f'data-shows="{escape(shows)}" data-format="{style}">{rough_text(value)}</output>'
        )

    def link(self, href: str, line: int) -> str:
        """A link's address, checked where it stays within the course."""
        if re.match(r"(https?://|mailto:)", href):
            return href
        target, _, fragment = href.partition("#")
        if not target:
            self.local_links.append((unquote(fragment), line))
            return href
        if target.startswith("figure:"):
            name = self.existing_figure(target.removeprefix("figure:"), line).name_of
            return f"\0figure:{name}\0"
        slug = self.lesson_of(unquote(target), line)
        if fragment:
            self.lesson.links.append((slug, unquote(fragment), line))
        return f"\0lesson:{slug}\0" + (f"#{fragment}" if fragment else "")

    def lesson_of(self, target: str, line: int) -> str:
        """The slug of the lesson that a link names."""
        if target.startswith("lesson:"):
            slug = target.removeprefix("lesson:")
        else:
            found = re.fullmatch(r"\.\./([^/]+)(?:/(?:index(?:\.[\w-]+)?\.md)?)?", target)
            folders = {folder: slug for slug, folder in self.slugs.items()}
            if not found:
                raise self.error(
                    line,
                    f"'{target[:60]}' leads nowhere; link to lesson:SLUG, figure:NAME or https://",
                )
            if found[1] not in folders:
                raise self.error(line, unknown(found[1], folders, "no lesson folder"))
            slug = folders[found[1]]
        if slug not in self.slugs:
            raise self.error(line, unknown(slug, self.slugs, "no lesson"))
        return slug

    def image(self, token: Token, line: int) -> str:
        """A picture beside the lesson's text."""
        name = unquote(str(token.attrGet("src") or ""))
        file = self.folder / name
        if not token.content.strip():
            raise self.error(
                line, f"the image '{name[:60]}' needs a description: ![what it shows](...)"
            )
        if re.match(r"[a-z]+:|/", name) or not file.resolve().is_relative_to(self.folder.resolve()):
            raise self.error(line, f"the image '{name[:60]}' must lie in the lesson's own folder")
        if file.suffix.lower() not in IMAGES:
            raise self.error(
                line, f"'{name[:60]}' is no picture that browsers show: {', '.join(IMAGES)}"
            )
        if not file.is_file():
            near = {p.name: p for p in self.folder.iterdir() if p.suffix.lower() in IMAGES}
            raise self.error(line, unknown(name, near, "no image"))
        return f"\0image:{name}\0"

    def text(self, part: Markdown) -> str:
        """Markdown at the level of the page: its headings go into the table of contents."""
        tokens = self.tokens(part)
        for opening, inline in pairwise(tokens):
            if opening.type == "heading_open":
                html = self.rendered([inline])
                words = re.sub(r"<math.*?</math>|<[^>]+>", "", html)
                place = len(self.lesson.headings)
                kept = self.headings[place] if place < len(self.headings) else words
                identity = self.identity(kept, "section")
                opening.attrSet("id", identity)
                self.lesson.headings.append(Heading(int(opening.tag[1:]), identity, html))
        return self.rendered(tokens)

    def identity(self, text: str, fallback: str) -> str:
        """An id for a heading or a block, only once on the page."""
        words = re.findall(r"[a-z0-9]+", text.lower())
        stem = "-".join(words)[:60].strip("-") or fallback
        name, count = stem, 1
        while name in self.lesson.identities:
            count += 1
            name = f"{stem}-{count}"
        self.lesson.identities.add(name)
        return name

    def rendered(self, tokens: Sequence[Token]) -> str:
        """Tokens as HTML."""
        md = markdown()
        html = str(md.renderer.render(tokens, md.options, self.env))
        html = re.sub(r"<p>(<div class=\"math-block\".*?</div>)</p>", r"\1", html)
        # A formula alone in a table's head is no name yet to a screen reader's table commands.
        html = re.sub(r"<th\b([^>]*)>(<math.*?</math>)</th>", named_head, html)
        return html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
            "</table>", "</table></div>"
        )

    def block(self, part: Markdown) -> str:
        """Markdown inside a directive, which has no headings."""
        tokens = self.tokens(part)
        for token in tokens:
            if token.type == "heading_open":
                line = part.line + (token.map[0] if token.map else 0)
                raise self.error(line, "a heading cannot stand inside a directive")
        return self.rendered(tokens)

    def line_of_text(self, text: str, line: int) -> str:
        """One line of Markdown, without a paragraph around it."""
        tokens = markdown().parseInline(text.strip(), self.env)
        for token in tokens:
            self.resolve_inline(token, line)
        return self.rendered(tokens)

    # -- what options hold ---------------------------------------------------------------------

    def existing_figure(self, name: str, line: int) -> type[Figure]:
        """The figure of a name."""
        try:
            return figure_named(name)
        except UnknownFigureError as error:
            raise self.error(line, str(error)) from error

    def figure_of(self, identity: str, line: int) -> FigureUse:
        """The figure on this page of an id."""
        if identity not in self.figures:
            raise self.error(line, unknown(identity, self.figures, "no figure on this page is"))
        return self.figures[identity]

    def default_figure(self, line: int) -> FigureUse:
        """The nearest figure above, or else the page's first."""
        if not self.figures:
            raise self.error(line, "there is no figure on this page")
        return self.figures[self.nearest or next(iter(self.figures))]

    def meant(self, use: Use) -> FigureUse:
        """The figure that a directive is about."""
        given = use.options.get("figure")
        return (
            self.figure_of(given.text.strip(), given.line)
            if given
            else self.default_figure(use.line)
        )

    def state(self, figure: type[Figure], given: Given | None) -> State:
        """Entries of a figure's state, written as a mapping."""
        if given is None:
            return {}
        entries, _ = self.source.mapping(Markdown(given.line, given.text), "the state")
        self.check_state(figure, entries, given.line)
        return entries

    def check_state(self, figure: type[Figure], entries: Mapping[str, Any], line: int) -> None:
        """Entries of a state as its figure checks them; names are text, not markup."""
        _, problems = figure.resolve(entries)
        if problems:
            raise self.error(line, problems[0])
        for name, value in entries.items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and MARKUP.search(text):
                    raise self.error(line, f"{name} is plain text; '{text[:40]}' holds markup")

    def flag(self, given: Given | None) -> bool:
        """True or false."""
        if given is None:
            return False
        if given.text.strip() not in ("true", "false"):
            raise self.error(given.line, f"this must be true or false; got '{given.text[:40]}'")
        return given.text.strip() == "true"

    def text_option(self, use: Use, name: str) -> str:
        """An option's line of Markdown as HTML; empty if it was not given."""
        given = use.options.get(name)
        if given is None:
            return ""
        if not given.text.strip():
            raise self.error(given.line, f"':{name}:' is empty")
        return self.line_of_text(" ".join(given.text.split()), given.line)

    # -- figures -------------------------------------------------------------------------------

    def add_figure(self, use: Use) -> None:
        """Notes a figure of the page."""
        figure = self.existing_figure(use.argument, use.line)
        given = use.options.get("id")
        identity, line = (given.text.strip(), given.line) if given else (figure.name_of, use.line)
        if not IDENTITY.fullmatch(identity):
            raise self.error(
                line, f"an id is made of letters, digits and hyphens; got '{identity[:40]}'"
            )
        if identity in self.figures:
            raise self.error(line, f"there is a figure '{identity}' already; give this one an :id:")
        form = use.options.get("form", Given(use.line, "view"))
        if form.text.strip() not in ("view", "card"):
            raise self.error(form.line, f"the form is view or card; got '{form.text[:40]}'")
        shares = use.options.get("shares", Given(use.line, "")).text.strip()
        entries = self.state(figure, use.options.get("state"))
        self.lesson.identities.add(f"figure-{identity}")
        self.figures[identity] = FigureUse(
            identity=identity,
            figure=figure,
            state=figure.resolve(entries)[0],
            hide=self.hidden(figure, use.options.get("hide")),
            form=form.text.strip(),
            shares=shares,
            line=use.line,
        )

    def hidden(self, figure: type[Figure], given: Given | None) -> tuple[str, ...]:
        """Controls and tools that are not shown."""
        names = [name.strip() for name in given.text.split(",")] if given else []
        known = dict.fromkeys([*figure.parameters(), *figure.part_names(), *sorted(TOOLS)])
        for name in names:
            if given and name not in known:
                raise self.error(
                    given.line, unknown(name, known, f"{figure.name_of} has no control")
                )
        return tuple(names)

    def check_shares(self, parts: Sequence[Markdown | Use]) -> None:
        """A figure shares its state with another that has entries in common."""
        lines = {p.line: p for p in parts if isinstance(p, Use)}
        for identity, use in self.figures.items():
            if not use.shares:
                continue
            line = lines[use.line].options["shares"].line
            other = self.figure_of(use.shares, line)
            if other is use or other.shares:
                raise self.error(
                    line,
                    f"share the state of a figure that shares none; '{use.shares}' does not do",
                )
            common = common_entries(use.figure, other.figure)
            if not common:
                raise self.error(
                    line, f"{identity} and {use.shares} have no entry of their state in common"
                )
            state = fitted(use.figure, use.state, {name: other.state[name] for name in common})
            self.figures[identity] = FigureUse(**(vars(use) | {"state": state}))

    def set_figure(self, use: Use) -> str:
        """A figure in its place."""
        given = use.options.get("id")
        identity = given.text.strip() if given else use.argument
        self.nearest = identity
        height = use.options.get("height")
        style = ""
        if height is not None:
            if not re.fullmatch(r"[1-9]\d{1,3}", height.text.strip()):
                raise self.error(
                    height.line, f"the height is a whole number of pixels; got '{height.text[:40]}'"
                )
            style = f' style="min-height:{height.text.strip()}px"'
        caption = self.block(use.body)
        form = self.figures[identity].form
        return (
            f'<figure class="lesson-figure form-{form}" id="figure-{identity}" '
            f'data-of="{identity}">'
            f'<crossent-figure data-slot="{identity}"{style}{self.lang}></crossent-figure>'
            + (f"<figcaption>{caption}</figcaption>" if caption else "")
            + "</figure>"
        )

    # -- try -----------------------------------------------------------------------------------

    def set_try(self, use: Use) -> str:
        """Buttons that set a state."""
        meant = (
            self.figure_of(use.argument, use.line)
            if use.argument
            else self.default_figure(use.line)
        )
        entries, node = self.source.yaml(use.body, "the list of things to try")
        if not isinstance(entries, list) or not isinstance(node, yaml.SequenceNode) or not entries:
            raise self.error(
                use.body.line, "things to try are a list: - {label: ..., state: {...}, see: ...}"
            )
        buttons, sees = [], []
        for entry, where in zip(entries, node.value, strict=True):
            line = use.body.line + where.start_mark.line
            button, see = self.try_entry(meant, entry, line)
            buttons.append(button)
            sees.append(see)
        identity = self.identity(f"try-{meant.identity}", "try")
        return (
            f'<div class="try" id="{identity}" data-for="{meant.identity}">'
            f'<p class="kind" id="{identity}-title"{self.lang}>{self.t("Try")}</p>'
            f'<div class="try-buttons" role="group" '
            f'aria-labelledby="{identity}-title">{"".join(buttons)}</div>'
            f'<div class="try-sees" role="status">{"".join(sees)}</div></div>'
        )

    def try_entry(self, meant: FigureUse, entry: Any, line: int) -> tuple[str, str]:
        """One button, and its sentence."""
        fields = {"label": str, "state": dict, "see": str, "look": list | str}
        if not isinstance(entry, dict):
            raise self.error(line, "a thing to try has a label, a state and what to see")
        for name, value in entry.items():
            if name not in fields:
                raise self.error(line, unknown(str(name), fields, "a thing to try has no"))
            if not isinstance(value, fields[name]):
                raise self.error(line, f"'{name}' cannot be '{str(value)[:40]}'")
        for name in ("label", "state", "see"):
            if name not in entry:
                raise self.error(line, f"this thing to try has no '{name}'")
        self.check_state(meant.figure, entry["state"], line)
        look = entry.get("look", [])
        look = [look] if isinstance(look, str) else look
        known = dict.fromkeys([*readouts(meant.figure), *meant.figure.parameters()])
        for name in look:
            if name not in known:
                raise self.error(line, unknown(str(name), known, f"{meant.identity} shows no"))
        state = fitted(meant.figure, meant.state, entry["state"])
        label = self.line_of_text(entry["label"], line)
        see = self.line_of_text(entry["see"], line)
        return (
            f'<button type="button" class="preset" data-state="{data(entry["state"])}" '
            f'data-whole="{data(state)}" data-look="{data(look)}" '
            f'aria-pressed="false">{label}</button>',
            f'<p class="see">{see}</p>',
        )

    # -- question ------------------------------------------------------------------------------

    def set_question(self, use: Use) -> str:
        """A question: choices, replies, explanation."""
        meant = self.meant(use) if self.figures else None
        given = use.options.get("state")
        if given and meant is None:
            raise self.error(given.line, "there is no figure on this page")
        entries = self.state(meant.figure, given) if meant else {}
        tokens = self.tokens(use.body)
        choices, rest = self.choices(use, tokens)
        title = self.line_of_text(use.argument, use.line)
        several = sum(right for right, _, _ in choices) > 1
        explanation = self.rendered(rest)
        if not explanation.strip():
            raise self.error(use.line, "the question has no explanation below its choices")
        step = self.step("question")
        items = "".join(
            self.choice(i, *choice, several=several, step=step) for i, choice in enumerate(choices)
        )
        target = (
            f' data-for="{meant.identity}"'
            if meant and (entries or "figure" in use.options)
            else ""
        )
        set_to = f' data-state="{data(entries)}"' if entries else ""
        check = (
            f'<button type="button" class="button main" '
            f"data-check{self.lang}>{self.t('Check')}</button>"
            if several
            else ""
        )
        return (
            f'<section class="question" id="{step}" data-step="{step}" '
            f'aria-labelledby="{step}-title"{target}{set_to}>'
            f'<p class="kind"{self.lang}>{self.t("Before you look")}</p>'
            f'<p class="block-title" id="{step}-title">{title}</p>'
            f'<ul class="choices">{items}</ul>{check}'
            f'<p class="verdict" role="status"{self.lang}></p>'
            f'<div class="explanation" hidden>{explanation}</div></section>'
        )

    def choices(
        self, use: Use, tokens: list[Token]
    ) -> tuple[list[tuple[bool, str, str]], list[Token]]:
        """Each choice as (right, label, reply), and the tokens after the list."""
        if not tokens or tokens[0].type != "bullet_list_open":
            raise self.error(
                use.body.line, "a question begins with its choices, '- [ ]' and '- [x]'"
            )
        end = next(
            i for i, t in enumerate(tokens) if t.type == "bullet_list_close" and t.level == 0
        )
        choices: list[tuple[bool, str, str]] = []
        i = 1
        while i < end:
            close = next(
                j
                for j in range(i, end)
                if tokens[j].type == "list_item_close" and tokens[j].level == 1
            )
            choices.append(self.one_choice(use, tokens[i], tokens[i + 1 : close]))
            i = close + 1
        if len(choices) < 2:
            raise self.error(use.line, "a question needs at least two choices")
        if not any(right for right, _, _ in choices):
            raise self.error(use.line, "no choice is right; mark it with '- [x]'")
        if all(right for right, _, _ in choices):
            raise self.error(use.line, "every choice is right; mark a wrong one with '- [ ]'")
        return choices, tokens[end + 1 :]

    def one_choice(self, use: Use, item: Token, inside: list[Token]) -> tuple[bool, str, str]:
        """One entry of the task list."""
        line = use.body.line + (item.map[0] if item.map else 0)
        inline = inside[1] if len(inside) > 1 and inside[1].type == "inline" else None
        first = inline.children[0] if inline and inline.children else None
        mark = re.match(r"\[([ xX])\](?:\s+|$)", first.content) if first else None
        if inline is None or first is None or first.type != "text" or not mark:
            raise self.error(line, "a choice begins with [ ] or [x]")
        first.content = first.content[mark.end() :]
        label = self.rendered([inline])
        if not label.strip():
            raise self.error(line, "a choice is empty")
        return mark[1] in "xX", label, self.rendered(inside[3:])

    @staticmethod
    def choice(place: int, right: bool, label: str, reply: str, *, several: bool, step: str) -> str:
        """A choice as a button, or as a box to tick where several are right."""
        answer = "right" if right else "wrong"
        control = (
            f'<label class="choice-box"><input type="checkbox" data-answer="{answer}">'
            f"<span>{label}</span></label>"
            if several
            else f'<button type="button" class="choice-button" data-answer="{answer}">'
            f'<span class="choice-mark" aria-hidden="true"></span><span>{label}</span></button>'
        )
        return f'<li>{control}<div class="reply" hidden>{reply}</div></li>'

    def step(self, kind: str) -> str:
        """The id of a question or a challenge, which progress remembers."""
        count = sum(step.startswith(kind) for step in self.lesson.steps) + 1
        name = f"{kind}-{count}"
        self.lesson.steps.append(name)
        self.lesson.identities.add(name)
        return name

    # -- challenge -----------------------------------------------------------------------------

    def set_challenge(self, use: Use) -> str:
        """A goal, and what begins, helps and ends the way to it."""
        meant = self.meant(use)
        given = use.options.get("goal")
        if given is None:
            raise self.error(use.line, "a challenge needs a :goal:")
        pair = self.flag(use.options.get("pair"))
        start = fitted(
            meant.figure, meant.state, self.state(meant.figure, use.options.get("start"))
        )
        values = shown(meant.figure, start)
        try:
            goal = parse_goal(" ".join(given.text.split()), values, pair=pair)
        except GoalError as error:
            raise self.error(given.line, f"the goal is wrong: {error}") from error
        if pair and not speaks_of_first(goal):
            raise self.error(
                given.line, "a pair's goal compares with what was remembered, as in first.loss"
            )
        try:
            reached = not pair and holds(goal, values)
        except (TypeError, IndexError) as error:
            raise self.error(
                given.line, "the goal is wrong: it compares values of different kinds"
            ) from error
        if reached:
            raise self.error(
                given.line, "the goal is reached before the challenge begins; give it a :start:"
            )
        title = self.line_of_text(use.argument, use.line)
        task = self.block(use.body)
        hint, done = self.text_option(use, "hint"), self.text_option(use, "done")
        step = self.step("challenge")
        remember = (
            f'<button type="button" class="button" data-remember '
            f"hidden{self.lang}>{self.t('Remember this one')}</button>"
        )
        return (
            f'<section class="challenge" id="{step}" data-step="{step}" '
            f'data-for="{meant.identity}" '
            f'data-goal="{data(goal)}" data-start="{data(start)}"{" data-pair" if pair else ""} '
            f'aria-labelledby="{step}-title">'
            f'<p class="kind"{self.lang}>{self.t("Challenge")}</p>'
            f'<p class="block-title" id="{step}-title">{title}</p>'
            f'<div class="task">{task}</div>'
            f'<div class="challenge-tools">'
            f'<button type="button" class="button main" '
            f"data-begin{self.lang}>{self.t('Begin')}</button>"
            + (remember if pair else "")
            + (
                f'<details class="hint"><summary{self.lang}>{self.t("Hint")}</summary>'
                f"<p>{hint}</p></details>"
                if hint
                else ""
            )
            + '</div><p class="verdict" role="status"></p>'
            + f'<template class="done">{done or self.t("Reached.")}</template></section>'
        )

    # -- code ----------------------------------------------------------------------------------

    def set_code(self, use: Use) -> str:
        """Code in tabs."""
        meant = self.meant(use) if self.figures else None
        tabs = []
        for token in markdown().parse(use.body.text, {}):
            line = use.body.line + (token.map[0] if token.map else 0)
            if token.type != "fence":
                raise self.error(
                    line, "code holds fenced blocks only, each begun by ```python PyTorch"
                )
            words = token.info.split(maxsplit=1)
            if len(words) < 2:
                raise self.error(
                    line, "a block of code needs its tab's name, as in ```python PyTorch"
                )
            tabs.append(self.tab(meant, words[1], token.content, line))
        labels = [tab.label for tab in tabs]
        twin = next((tab for i, tab in enumerate(tabs) if tab.label in labels[:i]), None)
        if twin:
            raise self.error(twin.line, f"there is a tab '{twin.label}' already")
        self.lesson.code += tabs
        identity = self.identity("code", "code")
        heads = "".join(
            f'<button type="button" role="tab" class="tab" id="{identity}-tab-{i}" '
            f'aria-controls="{identity}-panel-{i}" aria-selected="{"false" if i else "true"}"'
            f"{' tabindex=-1' if i else ''}>{escape(tab.label)}</button>"
            for i, tab in enumerate(tabs)
        )
        panels = "".join(
            f'<div role="tabpanel" class="code-block" id="{identity}-panel-{i}" '
            f'data-label="{escape(tab.label)}" '
            f'aria-labelledby="{identity}-tab-{i}"{" hidden" if i else ""}>'
            f'<pre tabindex="0">'
            f'<code data-template="{escape(tab.template)}">{escape(tab.text)}</code></pre></div>'
            for i, tab in enumerate(tabs)
        )
        target = f' data-for="{meant.identity}"' if meant else ""
        return (
            f'<section class="code" id="{identity}" aria-label="{self.t("Code")}"{target}>'
            f'<div class="code-head">'
            f'<div role="tablist" class="tabs" aria-label="{self.t("Library")}">{heads}</div>'
            f'<button type="button" class="tool" data-copy{self.lang}>{self.t("Copy")}</button>'
            f"</div>{panels}</section>"
        )

    def tab(self, meant: FigureUse | None, label: str, template: str, line: int) -> CodeTab:
        """A block of code with its slots filled."""
        values = dict(shown(meant.figure, meant.state)) if meant else {}
        values |= meant.state if meant else {}
        for i, text in enumerate(template.splitlines()):
            for name in CODE_SLOT.findall(text):
                if name not in values:
                    place = meant.identity if meant else "this page"
                    raise self.error(line + 1 + i, unknown(name, values, f"{place} shows no"))
        text = CODE_SLOT.sub(lambda found: python_literal(values[found[1]]), template)
        return CodeTab(label, template, text, meant.identity if meant else "", line)

    # -- asides --------------------------------------------------------------------------------

    def set_note(self, use: Use) -> str:
        """An aside."""
        title = self.line_of_text(use.argument, use.line) if use.argument else self.t("Note")
        identity = self.identity("note", "note")
        return (
            f'<aside class="note" aria-labelledby="{identity}">'
            f'<p class="block-title" id="{identity}">{title}</p>'
            f"{self.block(use.body)}</aside>"
        )

    def set_myth(self, use: Use) -> str:
        """A claim and what is true."""
        verdict = self.text_option(use, "verdict")
        claim = self.line_of_text(use.argument, use.line)
        identity = self.identity("myth", "myth")
        return (
            f'<section class="myth" aria-labelledby="{identity}">'
            f'<p class="kind"{self.lang}>{self.t("Often heard")}</p>'
            f'<p class="claim" id="{identity}">{claim}</p>'
            + (f'<p class="myth-verdict">{verdict}</p>' if verdict else "")
            + f"{self.block(use.body)}</section>"
        )


def common_entries(one: type[Figure], other: type[Figure]) -> list[str]:
    """The entries that two figures' states have in common: of one name and one kind."""
    others = other.parameters()
    return [n for n, p in one.parameters().items() if n in others and others[n].kind == p.kind]


def known_figures() -> Collection[str]:
    """The names of all figures."""
    return FIGURES.keys()
