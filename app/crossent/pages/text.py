"""A lesson's Markdown as HTML: its headings, formulas, colours and live numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape, unescape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from ..content import formats
from ..errors import unknown
from ..figures import Figure
from ..i18n import SOURCE, bound
from .draft import Draft
from .goals import GoalError, evaluate, parse_value
from .hrefs import image, link, spells
from .lesson import Heading
from .mathml import ROLES, TexError, to_mathml
from .shown import own_formats, readouts, shown
from .source import Markdown


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
    md.core.ruler.push("bind_spaces", bind_spaces)
    return md


def bind_spaces(state: StateCore) -> None:
    """Makes spaces at which the lesson's language does not break a line unbreakable."""
    language = state.env.get("language", SOURCE)
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "text":
                child.content = bound(child.content, language)


# -- a text, a block, a line ---------------------------------------------------------------------


def page_text(draft: Draft, part: Markdown) -> str:
    """Markdown at the level of the page: its headings go into the table of contents."""
    found = tokens(draft, part)
    headings, kept = draft.lesson.headings, draft.kept_headings
    for opening, inline in pairwise(found):
        if opening.type == "heading_open":
            html = rendered(draft, [inline])
            words = re.sub(r"<math.*?</math>|<[^>]+>", "", html)
            place = len(headings)
            identity = draft.identity(kept[place] if place < len(kept) else words, "section")
            opening.attrSet("id", identity)
            headings.append(Heading(int(opening.tag[1:]), identity, html))
    return rendered(draft, found)


def block(draft: Draft, part: Markdown) -> str:
    """Markdown inside a directive, which has no headings."""
    found = tokens(draft, part)
    for token in found:
        if token.type == "heading_open":
            line = part.line + (token.map[0] if token.map else 0)
            raise draft.error(line, "a heading cannot stand inside a directive")
    return rendered(draft, found)


def one_line(draft: Draft, text: str, line: int) -> str:
    """One line of Markdown, without a paragraph around it."""
    found = markdown().parseInline(text.strip(), draft.env)
    for token in found:
        resolve_inline(draft, token, line)
    return rendered(draft, found)


def rendered(draft: Draft, tokens: Sequence[Token]) -> str:
    """Tokens as HTML."""
    md = markdown()
    html = str(md.renderer.render(tokens, md.options, draft.env))
    html = re.sub(r"<p>(<div class=\"math-block\".*?</div>)</p>", r"\1", html)
    # A formula alone in a table's head is no name yet to a screen reader's table commands.
    html = re.sub(r"<th\b([^>]*)>(<math.*?</math>)</th>", named_head, html)
    return html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )


def named_head(found: re.Match[str]) -> str:
    """A table's head that holds a formula, named by the formula's own letters."""
    name = escape(unescape(re.sub(r"<[^>]+>", "", found[2])))
    return f'<th{found[1]} aria-label="{name}">{found[2]}</th>'


# -- tokens, checked and resolved ----------------------------------------------------------------


def tokens(draft: Draft, part: Markdown) -> list[Token]:
    """The tokens of some Markdown, checked, its roles, formulas, links and images resolved."""
    found = markdown().parse(part.text, draft.env)
    line = part.line
    for token in found:
        if token.map:
            line = part.line + token.map[0]
            draft.source.at(line)
        resolve_block(draft, token, line)
        if token.type == "inline":
            resolve_inline(draft, token, line)
    return found


def resolve_block(draft: Draft, token: Token, line: int) -> None:
    """Checks a block, and makes MathML of a formula."""
    if token.type == "code_block":
        raise draft.error(
            line, "text indented by four columns or more; begin at the margin, or put code in ```"
        )
    if token.type == "math_block":
        become_html(token, formula(draft, token.content, line, display=True))
    if token.type == "heading_open":
        level = int(token.tag[1:])
        if level == 1:
            raise draft.error(line, "the title is the front matter's; headings begin with ##")
        if level > draft.level + 1:
            raise draft.error(line, f"after a level {draft.level} heading, level {level} skips one")
        draft.level = level


def resolve_inline(draft: Draft, inline: Token, line: int) -> None:
    """Makes what stands in a line of text into HTML, or says what is wrong with it."""
    children = inline.children or []
    for place, token in enumerate(children):
        check_classes(draft, token, line)
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        elif token.type in ("math_inline", "math_inline_double"):
            display = token.type == "math_inline_double"
            length = token.content.count("\n")
            become_html(token, formula(draft, token.content, line, display=display))
            line += length
        elif token.type == "myst_role":
            become_html(token, role(draft, token.meta["name"], token.content, line))
        elif token.type == "link_open":
            href = link(draft, str(token.attrGet("href") or ""), line)
            token.attrSet("href", href)
            if spells(children[place + 1].content, href):
                token.attrSet("class", "spelled")  # print need not add the address
        elif token.type == "image":
            token.attrSet("src", image(draft, token, line))


def become_html(token: Token, html: str) -> None:
    """Puts markup of ours in a token's place."""
    token.type, token.content, token.tag, token.children = "html_inline", html, "", None


def check_classes(draft: Draft, token: Token, line: int) -> None:
    """A span may say which meaning its colour has, and nothing else."""
    refused: Any = token.meta.get("insecure_attrs")
    if refused:
        raise draft.error(line, f"[...]{{...}} takes a class only; got '{next(iter(refused))}'")
    if token.type != "span_open":
        return
    names = str(token.attrGet("class") or "").split()
    for name in names:
        if name not in ROLES:
            raise draft.error(line, unknown(name, dict.fromkeys(ROLES), "no colour"))
    token.attrSet("class", " ".join(f"role-{name}" for name in names))


def formula(draft: Draft, tex: str, line: int, *, display: bool) -> str:
    """A formula as MathML."""
    try:
        math = to_mathml(tex, display=display)
    except TexError as error:
        short = " ".join(tex.split())
        raise draft.error(line, f"the formula '{short[:40]}' is wrong: {error}") from error
    if not display:
        return math
    signs = len(re.sub(r"<[^>]*>|\s", "", unescape(math)))
    return f'<div class="math-block" style="--signs: {signs}" tabindex="0">{math}</div>'


def role(draft: Draft, name: str, content: str, line: int) -> str:
    """A live number."""
    if name != "value":
        raise draft.error(line, f"no role '{name[:40]}'; there is {{value}}")
    if draft.drawn is not None:
        return drawn_value(draft, content, line, *draft.drawn)
    reference, _, style = content.strip().partition(":")
    before, dot, shows = reference.rpartition(".")
    use = draft.figure_of(before, line) if dot else draft.default_figure(line)
    style = style or own_formats(use.figure).get(shows, "number")
    if style not in formats():
        raise draft.error(line, unknown(style, formats(), "no format"))
    values = shown(use.figure, use.state)
    if shows not in values:
        raise draft.error(line, unknown(shows, values, f"{use.identity} shows no"))
    value = values[shows]
    if isinstance(value, list):
        raise draft.error(line, f"'{shows}' is a list; {{value}} shows one number")
    return (
        f'<output class="live-value" data-live="{escape(use.identity)}" '
        f'data-shows="{escape(shows)}" data-format="{style}">{rough_text(value)}</output>'
    )


def drawn_value(
    draft: Draft, content: str, line: int, known: Mapping[str, Any], figure: type[Figure]
) -> str:
    """A number of an exercise's first draw, or with @ a class's name; the page puts in others."""
    text, _, style = content.strip().partition(":")
    names_class = text.startswith("@")
    try:
        tree = parse_value(text.removeprefix("@"), known)
        value = evaluate(tree, known, {})
    except (GoalError, TypeError, ZeroDivisionError) as error:
        raise draft.error(line, f"the value is wrong: {error}") from error
    if names_class:
        names = known.get("classes", [])
        if style or isinstance(value, str | list) or not 0 <= value < len(names):
            raise draft.error(line, f"'{text[:40]}' is no class of {figure.name_of}")
        style, value = "class", names[int(value)]
    whole = tree[1] if isinstance(tree, list) and tree[0] == "at" else tree
    shows = whole[1] if isinstance(whole, list) and whole[0] == "get" else ""
    style = style or drawn_format(figure, shows)
    if style != "class" and style not in formats():
        raise draft.error(line, unknown(style, formats(), "no format"))
    return (
        f'<span class="drawn-value" data-drawn="{as_data(tree)}" data-format="{style}" '
        f'data-value="{as_data(without_infinities(value))}">{rough_row(value)}</span>'
    )


def drawn_format(figure: type[Figure], shows: str) -> str:
    """How what is drawn is written: as it was given, or worked out, as its figure shows it.

    An expression has no name of its own.
    """
    if shows in figure.parameters():
        return "exact"
    worked_out = not shows or "." in shows or shows == "answer"
    if worked_out or shows in readouts(figure):
        return own_formats(figure).get(shows, "number")
    return "exact"


def as_data(value: Any) -> str:
    """A value as JSON inside an attribute."""
    return escape(json.dumps(value, ensure_ascii=False))


def without_infinities(value: Any) -> Any:
    """A value as JSON can hold it: infinities and nan as the page's words for them."""
    if isinstance(value, list):
        return [without_infinities(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return value


def rough_row(value: Any) -> str:
    """A number, or several with commas between them, until the page has formatted them."""
    return ", ".join(map(rough_text, value)) if isinstance(value, list) else rough_text(value)


def rough_text(value: Any) -> str:
    """A number until the page has formatted it: of about the right length."""
    return f"{value:.4g}" if isinstance(value, int | float) else escape(str(value))
