"""``note``: an aside."""

from __future__ import annotations

from ..definition import directive
from ..draft import Draft
from ..source import Use
from ..text import block, one_line


@directive("note", "An aside.", argument="its title?", body="Markdown")
def note(draft: Draft, use: Use) -> str:
    """An aside with its title."""
    title = one_line(draft, use.argument, use.line) if use.argument else draft.t("Note")
    identity = draft.identity("note", "note")
    return (
        f'<aside class="note" aria-labelledby="{identity}">'
        f'<p class="block-title" id="{identity}">{title}</p>'
        f"{block(draft, use.body)}</aside>"
    )
