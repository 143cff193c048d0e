"""``try``: buttons that set a state, each with one sentence on what there is to see."""

from __future__ import annotations

from typing import Any

import yaml

from ...errors import unknown
from ...figures.parameters import describe
from ..definition import directive
from ..draft import Draft
from ..lesson import FigureUse
from ..options import check_state
from ..shown import fitted, spoken_of
from ..source import Use, line_at
from ..stages import SHOW, shown_here
from ..text import one_line
from .markup import data, kind

FIELDS: dict[str, Any] = {"label": str, "state": dict, "see": str, "look": list | str}
NEEDED = ("label", "state", "see")


@directive(
    "try",
    "Buttons that set a state, each with one sentence on what there is to see.",
    argument="the id of a figure; without it, the nearest one above?",
    options=(SHOW,),
    body="a YAML list of `{label, state, see}`, and of `look` where what to look at should "
    "be outlined: names of readouts, controls or parts",
)
def things_to_try(draft: Draft, use: Use) -> str:
    """Buttons, and the sentence of the one that was pressed."""
    meant = (
        draft.figure_of(use.argument, use.line) if use.argument else draft.default_figure(use.line)
    )
    entries, node = draft.source.yaml(use.body, "the list of things to try")
    if not isinstance(entries, list) or not isinstance(node, yaml.SequenceNode) or not entries:
        raise draft.error(
            use.body.line, "things to try are a list: - {label: ..., state: {...}, see: ...}"
        )
    buttons, sees = [], []
    for entry, where in zip(entries, node.value, strict=True):
        line = line_at(use.body, where.start_mark)
        check_entry(draft, meant, entry, line)
        buttons.append(state_button(draft, meant, entry, line))
        sees.append(f'<p class="see">{one_line(draft, entry["see"], line)}</p>')
    stage = shown_here(draft, meant, use.options.get("show"))
    identity = draft.identity(f"try-{meant.identity}", "try")
    return (
        f'<div class="try" id="{identity}" data-for="{meant.identity}"{stage}>'
        f"{kind(draft, draft.t('Try'), f'{identity}-title')}"
        f'<div class="try-buttons" role="group" '
        f'aria-labelledby="{identity}-title">{"".join(buttons)}</div>'
        f'<div class="try-sees" role="status">{"".join(sees)}</div></div>'
    )


def check_entry(draft: Draft, meant: FigureUse, entry: Any, line: int) -> None:
    """A thing to try has what it needs, and its figure has what it speaks of."""
    if not isinstance(entry, dict):
        raise draft.error(line, "a thing to try has a label, a state and what to see")
    for name, value in entry.items():
        if name not in FIELDS:
            raise draft.error(line, unknown(str(name), FIELDS, "a thing to try has no"))
        if not isinstance(value, FIELDS[name]):
            raise draft.error(line, f"'{name}' cannot be {describe(value)}")
    for name in NEEDED:
        if name not in entry:
            raise draft.error(line, f"this thing to try has no '{name}'")
    check_state(draft, meant.figure, entry["state"], line)
    known = spoken_of(meant.figure)
    for name in looked_at(entry):
        if not isinstance(name, str):
            raise draft.error(line, f"'look' holds names; got {describe(name)}")
        if name not in known:
            raise draft.error(line, unknown(name, known, f"{meant.identity} shows no"))
        draft.looks.append((meant.identity, name, line))


def looked_at(entry: dict[str, Any]) -> list[Any]:
    """The names of what a thing to try outlines."""
    look = entry.get("look", [])
    return [look] if isinstance(look, str) else list(look)


def state_button(draft: Draft, meant: FigureUse, entry: dict[str, Any], line: int) -> str:
    """The button of a thing to try: `data-state` is what it sets, `data-whole` what comes of it."""
    whole = fitted(meant.figure, meant.state, entry["state"])
    return (
        f'<button type="button" class="preset" data-state="{data(entry["state"])}" '
        f'data-whole="{data(whole)}" data-look="{data(looked_at(entry))}" '
        f'aria-pressed="false">{one_line(draft, entry["label"], line)}</button>'
    )
