"""``code``: the same in several libraries, one tab each, with slots for the figure's numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ...errors import unknown
from ..definition import directive
from ..draft import Draft
from ..lesson import CodeTab, FigureUse
from ..options import FIGURE, meant_if_any
from ..shown import shown
from ..source import Use
from ..text import markdown
from .markup import button

SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@directive(
    "code",
    "The same in code, one tab for each block. `{{name}}` is an entry of the figure's "
    "state as a Python value, or a readout's number; it follows the figure.",
    options=(FIGURE,),
    body="fenced blocks, each begun by ```` ```python PyTorch ````, where the second word "
    "is the tab's name",
)
def code(draft: Draft, use: Use) -> str:
    """Code in tabs."""
    about = meant_if_any(draft, use)
    tabs = list(tabs_of(draft, use, about))
    labels = [tab.label for tab in tabs]
    twin = next((tab for i, tab in enumerate(tabs) if tab.label in labels[:i]), None)
    if twin:
        raise draft.error(twin.line, f"there is a tab '{twin.label}' already")
    draft.lesson.code += tabs
    identity = draft.identity("code", "code")
    target = f' data-for="{about.identity}"' if about else ""
    number = identity.removeprefix("code").lstrip(
        "-"
    )  # landmarks of a page have names of their own
    label = f"{draft.t('Code')} {number}".strip()
    copy = button(draft, draft.t("Copy"), 'class="tool" data-copy')
    return (
        f'<section class="code" id="{identity}" aria-label="{label}"{target}>'
        f'<div class="code-head">'
        f'<div role="tablist" class="tabs" aria-label="{draft.t("Library")}">'
        f"{heads(identity, tabs)}</div>{copy}</div>{panels(identity, tabs)}</section>"
    )


def tabs_of(draft: Draft, use: Use, about: FigureUse | None) -> Iterator[CodeTab]:
    """The blocks of a directive's body."""
    for token in markdown().parse(use.body.text, {}):
        line = use.body.line + (token.map[0] if token.map else 0)
        if token.type != "fence":
            raise draft.error(
                line, "code holds fenced blocks only, each begun by ```python PyTorch"
            )
        words = token.info.split(maxsplit=1)
        if len(words) < 2:
            raise draft.error(line, "a block of code needs its tab's name, as in ```python PyTorch")
        yield tab_of(draft, about, words[1], token.content, line)


def tab_of(draft: Draft, about: FigureUse | None, label: str, template: str, line: int) -> CodeTab:
    """A block of code with its slots filled."""
    values = shown(about.figure, about.state) | about.state if about else {}
    for slot in SLOT.finditer(template):
        if slot[1] not in values:
            place = about.identity if about else "this page"
            where = line + 1 + template.count("\n", 0, slot.start())
            raise draft.error(where, unknown(slot[1], values, f"{place} shows no"))
    text = SLOT.sub(lambda found: python_literal(values[found[1]]), template)
    return CodeTab(label, template, text, about.identity if about else "", line)


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


def heads(identity: str, tabs: Sequence[CodeTab]) -> str:
    """What the panels are picked by; the first is."""
    return "".join(
        f'<button type="button" role="tab" class="tab" id="{identity}-tab-{i}" '
        f'aria-controls="{identity}-panel-{i}" aria-selected="{"false" if i else "true"}"'
        f"{' tabindex=-1' if i else ''}>{escape(tab.label)}</button>"
        for i, tab in enumerate(tabs)
    )


def panels(identity: str, tabs: Sequence[CodeTab]) -> str:
    """The code itself, of which the first block is shown."""
    return "".join(
        f'<div role="tabpanel" class="code-block" id="{identity}-panel-{i}" '
        f'data-label="{escape(tab.label)}" '
        f'aria-labelledby="{identity}-tab-{i}"{" hidden" if i else ""}>'
        f'<pre tabindex="0">'
        f'<code data-template="{escape(tab.template)}">{escape(tab.text)}</code></pre></div>'
        for i, tab in enumerate(tabs)
    )
