"""A lesson's Markdown as HTML: its headings, formulas, colours and live numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from ..i18n import SOURCE, bound
from .draft import Draft
from .hrefs import image, link, spells
from .lesson import Heading
from .mathml import ROLES, TexError, to_mathml
from .shown import own_formats, shown
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


def rough_text(value: Any) -> str:
    """A number until the page has formatted it: of about the right length."""
    return f"{value:.4g}" if isinstance(value, int | float) else escape(str(value))
