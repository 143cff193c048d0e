"""``question``: choices to make before looking, with replies and an explanation."""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it.token import Token

from ..definition import Option, directive
from ..draft import Draft
from ..lesson import Practice
from ..options import FIGURE, flag, meant_if_any, state
from ..source import Use
from ..stages import SHOW, shown_here
from ..text import one_line, rendered, tokens
from .markup import button, data, kind


class Answer(NamedTuple):
    """One choice: whether it is right, and as HTML its label and what is replied to it."""

    right: bool
    label: str
    reply: str


@directive(
    "question",
    "A question to answer before looking. The explanation appears with the answer.",
    argument="the question",
    options=(
        FIGURE,
        Option("state", "state", "What the figure is set to when the answer is shown."),
        SHOW,
        Option(
            "alone",
            "flag",
            "`false` where it speaks of its figure: what asks questions away from their lesson, "
            "such as the test of a part, leaves it out.",
        ),
    ),
    body="a task list, `- [ ]` before a wrong choice and `- [x]` before a right one; an "
    "indented paragraph below a choice is the reply to it; then the explanation",
)
def question(draft: Draft, use: Use) -> str:
    """The question, its choices, and the explanation that appears with the answer."""
    to_set = figure_set(draft, use)
    choices, rest = choices_and_rest(draft, use, tokens(draft, use.body))
    title = one_line(draft, use.argument, use.line)
    explanation = rendered(draft, rest)
    if not explanation.strip():
        raise draft.error(use.line, "the question has no explanation below its choices")
    several = sum(choice.right for choice in choices) > 1
    items = "".join(item(choice, several=several) for choice in choices)
    check = button(draft, draft.t("Check"), 'class="button main" data-check') if several else ""
    step = draft.step("question")
    headings = draft.lesson.headings
    draft.lesson.practice.append(
        Practice(
            identity=step,
            title=title,
            labels=tuple(choice.label for choice in choices),
            right=tuple(choice.right for choice in choices),
            replies=tuple(choice.reply for choice in choices),
            way=explanation,
            read=headings[-1].identity if headings else "",
            alone=flag(draft, use.options.get("alone"), default=True),
        )
    )
    return (
        f'<section class="question" id="{step}" data-step="{step}" '
        f'aria-labelledby="{step}-title"{to_set}>'
        f"{kind(draft, draft.t('Before you look'))}"
        f'<p class="block-title" id="{step}-title">{title}</p>'
        f'<ul class="choices">{items}</ul>{check}'
        f'<p class="verdict" role="status"{draft.lang}></p>'
        f'<div class="explanation" hidden>{explanation}</div></section>'
    )


def figure_set(draft: Draft, use: Use) -> str:
    """Attributes for the figure that is meant and what it is set to; a question needs neither."""
    given = use.options.get("state")
    about = meant_if_any(draft, use)
    if about is None:
        if given := given or use.options.get("show"):
            raise draft.error(given.line, "there is no figure on this page")
        return ""
    entries = state(draft, about.figure, given)
    stage = shown_here(draft, about, use.options.get("show"))
    named = entries or stage or "figure" in use.options
    target = f' data-for="{about.identity}"' if named else ""
    return target + (f' data-state="{data(entries)}"' if entries else "") + stage


def choices_and_rest(
    draft: Draft, use: Use, found: list[Token]
) -> tuple[list[Answer], list[Token]]:
    """The choices of a task list, and the tokens after it."""
    if not found or found[0].type != "bullet_list_open":
        raise draft.error(use.body.line, "a question begins with its choices, '- [ ]' and '- [x]'")
    end = closing(found, 0, "bullet_list_close")
    choices = []
    i = 1
    while i < end:
        close = closing(found, i, "list_item_close")
        choices.append(choice_of(draft, use, found[i], found[i + 1 : close]))
        i = close + 1
    if len(choices) < 2:
        raise draft.error(use.line, "a question needs at least two choices")
    if not any(choice.right for choice in choices):
        raise draft.error(use.line, "no choice is right; mark it with '- [x]'")
    if all(choice.right for choice in choices):
        raise draft.error(use.line, "every choice is right; mark a wrong one with '- [ ]'")
    return choices, found[end + 1 :]


def closing(found: list[Token], start: int, kind: str) -> int:
    """Where what opens at a place is closed."""
    level = found[start].level
    return next(
        i for i in range(start, len(found)) if found[i].type == kind and found[i].level == level
    )


def choice_of(draft: Draft, use: Use, opening: Token, inside: list[Token]) -> Answer:
    """One entry of the task list."""
    line = use.body.line + (opening.map[0] if opening.map else 0)
    inline = inside[1] if len(inside) > 1 and inside[1].type == "inline" else None
    first = inline.children[0] if inline and inline.children else None
    mark = re.match(r"\[([ xX])\](?:\s+|$)", first.content) if first else None
    if inline is None or first is None or first.type != "text" or not mark:
        raise draft.error(line, "a choice begins with [ ] or [x]")
    first.content = first.content[mark.end() :]
    label = rendered(draft, [inline])
    if not label.strip():
        raise draft.error(line, "a choice is empty")
    return Answer(mark[1] in "xX", label, rendered(draft, inside[3:]))


def item(choice: Answer, *, several: bool) -> str:
    """A choice as a button, or as a box to tick where several are right."""
    answer = "right" if choice.right else "wrong"
    control = (
        f'<label class="choice-box"><input type="checkbox" data-answer="{answer}">'
        f"<span>{choice.label}</span></label>"
        if several
        else f'<button type="button" class="choice-button" data-answer="{answer}">'
        f'<span class="choice-mark" aria-hidden="true"></span><span>{choice.label}</span></button>'
    )
    return f'<li>{control}<div class="reply" hidden>{choice.reply}</div></li>'
