"""What the directives' HTML has in common."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from ..draft import Draft


def data(value: Any) -> str:
    """A value as JSON inside an attribute."""
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def kind(draft: Draft, words: str, identity: str = "") -> str:
    """The line above a block that says what it is."""
    named = f' id="{identity}"' if identity else ""
    return f'<p class="kind"{named}{draft.lang}>{words}</p>'


def button(draft: Draft, words: str, attributes: str) -> str:
    """A button of the page's own."""
    return f'<button type="button" {attributes}{draft.lang}>{words}</button>'
