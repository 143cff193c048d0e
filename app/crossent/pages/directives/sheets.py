"""``sheet``: what stands on a page of its own when the lesson is printed."""

from __future__ import annotations

from ..definition import directive
from ..draft import Draft
from ..source import Use
from ..text import block, one_line


@directive("sheet", "A page of its own on paper.", argument="its title", body="Markdown")
def sheet(draft: Draft, use: Use) -> str:
    """A sheet with its title."""
    identity = draft.identity("sheet", "sheet")
    return (
        f'<section class="sheet" aria-labelledby="{identity}">'
        f'<p class="block-title" id="{identity}">{one_line(draft, use.argument, use.line)}</p>'
        f"{block(draft, use.body)}</section>"
    )
