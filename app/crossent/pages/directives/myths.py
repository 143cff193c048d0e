"""``myth``: a claim that is often heard, and what is true."""

from __future__ import annotations

from ..definition import Option, directive
from ..draft import Draft
from ..options import line_option
from ..source import Use
from ..text import block, one_line
from .markup import kind


@directive(
    "myth",
    "A claim that is often heard, and what is true.",
    argument="the claim",
    options=(Option("verdict", "text", "A word or two, such as `No.`"),),
    body="what is true, Markdown",
)
def myth(draft: Draft, use: Use) -> str:
    """The claim, the verdict, and what is true."""
    verdict = line_option(draft, use, "verdict")
    claim = one_line(draft, use.argument, use.line)
    identity = draft.identity("myth", "myth")
    return (
        f'<section class="myth" aria-labelledby="{identity}">'
        f"{kind(draft, draft.t('Often heard'))}"
        f'<p class="claim" id="{identity}">{claim}</p>'
        + (f'<p class="myth-verdict">{verdict}</p>' if verdict else "")
        + f"{block(draft, use.body)}</section>"
    )
