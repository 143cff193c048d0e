"""``challenge``: a goal that the figure itself checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..definition import Option, directive
from ..draft import Draft
from ..goals import GoalError, Tree, holds, names_in, parse_goal, speaks_of_first
from ..lesson import FigureUse
from ..options import FIGURE, flag, known_names, line_option, meant, state
from ..shown import fitted, shown, spoken_of
from ..source import Given, Use
from ..stages import SHOW, shown_here
from ..text import block, one_line
from .markup import button, data, kind


@directive(
    "challenge",
    "A goal that the figure itself checks.",
    argument="the title",
    options=(
        FIGURE,
        Option("goal", "goal", "When it is reached. Needed."),
        Option(
            "start",
            "state",
            "What Begin sets the figure to; without it, the state in which the lesson shows it.",
        ),
        Option(
            "pair",
            "flag",
            "The goal compares two states: the learner presses "
            "'Remember this one', and `first.loss` is the loss remembered.",
        ),
        Option(
            "look",
            "names",
            "Readouts, controls and parts that it is about, in place of its goal’s numbers: where "
            "the figure is presented they stay in sight.",
        ),
        SHOW,
        Option("hint", "text", "Shown when asked for."),
        Option("done", "text", "Said when the goal is reached."),
    ),
    body="the task, Markdown",
)
def challenge(draft: Draft, use: Use) -> str:
    """A goal, and what begins, helps and ends the way to it."""
    about = meant(draft, use)
    given = use.options.get("goal")
    if given is None:
        raise draft.error(use.line, "a challenge needs a :goal:")
    pair = flag(draft, use.options.get("pair"))
    entries = state(draft, about.figure, use.options.get("start"))
    start = fitted(about.figure, about.state, entries)
    goal = goal_of(draft, given, shown(about.figure, start), pair=pair)
    look = looked_at(draft, about, use.options.get("look"), goal, given.line)
    stage = shown_here(draft, about, use.options.get("show"))
    title = one_line(draft, use.argument, use.line)
    task = block(draft, use.body)
    hint, done = line_option(draft, use, "hint"), line_option(draft, use, "done")
    step = draft.step("challenge")
    return (
        f'<section class="challenge" id="{step}" data-step="{step}" data-for="{about.identity}" '
        f'data-goal="{data(goal)}" data-start="{data(start)}"{" data-pair" if pair else ""} '
        f'data-look="{data(look)}"{stage} '
        f'aria-labelledby="{step}-title">'
        f"{kind(draft, draft.t('Challenge'))}"
        f'<p class="block-title" id="{step}-title">{title}</p>'
        f'<div class="task">{task}</div>'
        f'<div class="challenge-tools">{tools(draft, hint, pair=pair)}</div>'
        f'<p class="verdict" role="status"></p>'
        f'<template class="done">{done or draft.t("Reached.")}</template></section>'
    )


def goal_of(draft: Draft, given: Given, values: Mapping[str, Any], *, pair: bool) -> Tree:
    """The goal's tree, which the values that the challenge begins with must not reach."""
    line = given.line
    try:
        goal = parse_goal(" ".join(given.text.split()), values, pair=pair)
    except GoalError as error:
        raise draft.error(line, f"the goal is wrong: {error}") from error
    if pair and not speaks_of_first(goal):
        raise draft.error(line, "a pair's goal compares with what was remembered, as in first.loss")
    try:
        reached = not pair and holds(goal, values)
    except TypeError as error:
        raise draft.error(
            line, "the goal is wrong: it compares values of different kinds"
        ) from error
    if reached:
        raise draft.error(
            line, "the goal is reached before the challenge begins; give it a :start:"
        )
    return goal


def looked_at(
    draft: Draft, about: FigureUse, given: Given | None, goal: Tree, line: int
) -> list[str]:
    """The names of what a challenge is about in place of its goal's numbers."""
    known = spoken_of(about.figure)
    names = known_names(draft, given, known, f"{about.identity} shows no") if given else []
    draft.looks += [(about.identity, name, line) for name in names or names_in(goal)]
    return names


def tools(draft: Draft, hint: str, *, pair: bool) -> str:
    """What begins a challenge, remembers the first of a pair, and helps."""
    begin = button(draft, draft.t("Begin"), 'class="button main" data-begin')
    remember = button(draft, draft.t("Remember this one"), 'class="button" data-remember hidden')
    hint_box = (
        f'<details class="hint"><summary{draft.lang}>{draft.t("Hint")}</summary>'
        f"<p>{hint}</p></details>"
    )
    return begin + (remember if pair else "") + (hint_box if hint else "")
