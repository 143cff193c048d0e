"""``figure``: a living figure, perhaps one that shares its state with another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...figures import Figure
from ..definition import Option, directive
from ..draft import Draft
from ..first import kept_first
from ..lesson import FigureUse
from ..options import known_names, state
from ..shown import common_entries, fitted, parts_of
from ..source import Given, Use
from ..text import block
from ..without_script import without_script

TOOLS = {"undo", "reset", "link", "embed", "code", "csv", "png", "svg", "torch", "presets"}
IDENTITY = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@directive(
    "figure",
    "A living figure.",
    argument="the figure's name",
    options=(
        Option("id", "id", "What the page calls it; without it, the figure's name."),
        Option("state", "state", "How it begins, and what Reset returns to."),
        Option("hide", "names", "Controls and tools that are not shown."),
        Option("form", "form", "`card` shows the figure in small."),
        Option("height", "pixels", "Room kept for it while the page loads."),
        Option("shares", "figure", "The figure with which it shares a state: one drag moves both."),
    ),
    body="the caption, Markdown?",
)
def figure(draft: Draft, use: Use) -> str:
    """A figure, noted before, in its place."""
    identity = identity_of(use).text
    held = "" if draft.nearest else " held"  # beside the text, until a script says which
    draft.nearest = identity
    style = min_height(draft, use.options.get("height"))
    caption = block(draft, use.body)
    use_of = draft.figures[identity]
    instead = without_script(use_of.figure, kept_first(use_of.figure, use_of.state)[1], draft.t)
    return (
        f'<figure class="lesson-figure form-{use_of.form}{held}" '
        f'id="figure-{identity}" data-of="{identity}">'
        f'<crossent-figure data-slot="{identity}"{style}{draft.lang}>{instead}</crossent-figure>'
        + (f"<figcaption>{caption}</figcaption>" if caption else "")
        + "</figure>"
    )


def note_figure(draft: Draft, use: Use) -> None:
    """Notes a figure of the page, so that what stands above it may speak of it."""
    figure = draft.existing_figure(use.argument, use.line)
    figure.spec("view")  # made once, whoever is first, and at nobody's cost
    identity = identity_of(use)
    name = identity.text
    if not IDENTITY.fullmatch(name):
        raise draft.error(
            identity.line, f"an id is made of letters, digits and hyphens; got '{name[:40]}'"
        )
    if name in draft.figures:
        raise draft.error(
            identity.line, f"there is a figure '{name}' already; give this one an :id:"
        )
    form = use.options.get("form", Given(use.line, "view"))
    if form.text.strip() not in ("view", "card"):
        raise draft.error(form.line, f"the form is view or card; got '{form.text[:40]}'")
    entries = state(draft, figure, use.options.get("state"))
    draft.lesson.identities.add(f"figure-{name}")
    draft.figures[name] = FigureUse(
        identity=name,
        figure=figure,
        state=figure.resolve(entries)[0],
        hide=hidden(draft, figure, use.options.get("hide")),
        form=form.text.strip(),
        shares=use.options.get("shares", Given(use.line, "")).text.strip(),
        line=use.line,
    )


def identity_of(use: Use) -> Given:
    """What the page calls a figure, and where that is said."""
    given = use.options.get("id", Given(use.line, use.argument))
    return Given(given.line, given.text.strip())


def hidden(draft: Draft, figure: type[Figure], given: Given | None) -> tuple[str, ...]:
    """Controls and tools that are not shown."""
    if given is None:
        return ()
    return tuple(known_names(draft, given, hideable(figure), f"{figure.name_of} has no control"))


def hideable(figure: type[Figure]) -> dict[str, None]:
    """The names of a figure's controls, of its further parts, and of the tools."""
    return dict.fromkeys([*parts_of(figure), *sorted(TOOLS)])


def min_height(draft: Draft, given: Given | None) -> str:
    """The style that keeps room for a figure."""
    if given is None:
        return ""
    pixels = given.text.strip()
    if not re.fullmatch(r"[1-9]\d{1,3}", pixels):
        raise draft.error(
            given.line, f"the height is a whole number of pixels; got '{given.text[:40]}'"
        )
    return f' style="min-height:{pixels}px"'


def check_shares(draft: Draft, uses: Sequence[Use]) -> None:
    """A figure shares its state with another that has entries in common, and begins with them."""
    for use in uses:
        one = draft.figures[identity_of(use).text]
        if not one.shares:
            continue
        line = use.options["shares"].line
        other = draft.figure_of(one.shares, line)
        if other is one or other.shares:
            raise draft.error(
                line, f"share the state of a figure that shares none; '{one.shares}' does not do"
            )
        common = common_entries(one.figure, other.figure)
        if not common:
            raise draft.error(
                line, f"{one.identity} and {one.shares} have no entry of their state in common"
            )
        begins = fitted(one.figure, one.state, {name: other.state[name] for name in common})
        draft.figures[one.identity] = replace(one, state=begins)
