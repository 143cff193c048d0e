"""``exercise``: a figure's state is drawn, one number of it is asked for, as often as one likes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import unknown
from ...figures import FIGURES, Figure
from ...figures.figure import State
from ...figures.parameters import MAX_CLASSES
from ..definition import Option, directive
from ..draft import Draft
from ..drawing import MOST_EXERCISES, MOST_TRIES, Draw, DrawError, drawn, fits, read_draws
from ..goals import GoalError, Tree, evaluate, holds, parse_goal, parse_value
from ..lesson import FigureUse, Practice
from ..options import check_state
from ..shown import fitted
from ..source import Given, Markdown, Use
from ..stages import SHOW, shown_here
from ..text import block, one_line
from .markup import button, data, kind

CHOICE = re.compile(r"- \[(.*)")
WITHIN = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)\s*(%?)")
PICKED = re.compile(r"(largest|smallest)\s+(\S.*)")
TIE = 1e-9  # two classes that are so near each other are no question
LEAST_WITHIN = 0.0005  # what three decimals are true to
ANSWER = "answer"
TRIED = 3  # seeds, when a lesson is read; a test tries more of the course's
FORBIDDEN = ("answer", "first")


@dataclass(frozen=True)
class Exercise:
    """What an exercise draws and asks, checked.

    `kind` is number, class, choice or goal; `asked` is the tree of what is asked for, or of each
    choice the condition under which it is right.
    """

    number: int
    figure: type[Figure]
    on: str
    base: State
    draws: list[Draw]
    when: Tree | None
    kind: str
    asked: Any
    pick: str = ""
    within: float | None = None
    relative: bool = False

    def spec(self) -> dict[str, Any]:
        """It as JSON values, for the page."""
        return {
            "number": self.number,
            "figure": self.figure.name_of,
            "on": self.on,
            "base": self.base,
            "draws": [draw.spec() for draw in self.draws],
            "when": self.when,
            "kind": self.kind,
            "asked": self.asked,
            "pick": self.pick,
            "within": self.within,
            "relative": self.relative,
        }

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Exercise:
        """The exercise of such values."""
        draws = [Draw(**draw) for draw in spec["draws"]]
        return cls(**{**spec, "draws": draws, "figure": FIGURES[spec["figure"]]})

    def drawn(self, seed: int) -> tuple[State, dict[str, Any], Any] | None:
        """A seed's state, what is known of it, and the answer; none where no draw is fit.

        Where a choice is asked for, the answer is its place; where a goal, none is known.
        """
        for attempt in range(MOST_TRIES):
            values = drawn(self.draws, seed, self.number, attempt)
            if not fits(self.draws, values):
                continue
            own = {name: v for name, v in values.items() if name not in self.figure.parameters()}
            state = self.base | {name: v for name, v in values.items() if name not in own}
            known = facts(self.figure, state) | own
            if self.when is not None and not holds(self.when, known):
                continue
            try:
                answer = self.answer(known)
            except ZeroDivisionError:
                continue
            if answer is not None:
                return state, known | {ANSWER: answer}, answer
        return None

    def answer(self, known: Mapping[str, Any]) -> float | None:
        """What is right for what is known; none where there is no one answer."""
        if self.kind == "goal":
            return None if holds(self.asked, known) else 0.0
        if self.kind == "choice":
            right = [i for i, tree in enumerate(self.asked) if holds(tree, known)]
            return float(right[0]) if len(right) == 1 else None
        value = evaluate(self.asked, known, {})
        if self.pick:
            order = sorted(value, reverse=self.pick == "largest")
            if math.isnan(sum(order)) or abs(order[0] - order[1]) <= TIE:
                return None
            return float(value.index(order[0]))
        return None if math.isnan(value) else float(value)


@directive(
    "exercise",
    "An exercise that can be had again and again: the state of a figure is drawn by a seed, the "
    "reader types or chooses what is asked for, or sets the figure, and sees the way.",
    argument="its title",
    options=(
        Option(
            "figure",
            "figure",
            "The figure whose numbers it is about: an id on the page, or the name of any "
            "figure that does not train for long. Without it, the nearest one above.",
        ),
        Option("state", "state", "Entries of its state that are not drawn."),
        Option(
            "draw",
            "draws",
            "What is drawn: entries of the state, and numbers of the exercise's own. Needed.",
        ),
        Option("when", "goal", "What must hold of a draw; one of which it does not is drawn anew."),
        Option("answer", "value", "The number that is asked for."),
        Option(
            "within",
            "tolerance",
            "How near is near enough; without it 1 %, or 0.0005 where that is more.",
        ),
        Option("unit", "text", "What stands behind the field in which it is typed."),
        Option("class", "class", "Or the class that is asked for."),
        Option("goal", "goal", "Or what the reader sets the figure to, as in a challenge."),
        SHOW,
        Option("read", "heading", "The id of the heading under which one can read of it."),
    ),
    body="the task, Markdown; perhaps choices, `- [condition] text`, of which the one is right "
    "whose condition holds; a line `---`; the way to the answer. In it "
    "{value}`loss` is a number of what was drawn, {value}`@target` a class's name, "
    "{value}`answer` the answer",
)
def exercise(draft: Draft, use: Use) -> str:
    """A task, a place for the answer, and the way."""
    number = len([one for one in draft.lesson.practice if one.spec]) + 1
    if number > MOST_EXERCISES:
        raise draft.error(use.line, f"a lesson has at most {MOST_EXERCISES} exercises")
    task, choices, way = parts_of(draft, use)
    asked = read_exercise(draft, use, number, [condition for condition, _, _ in choices])
    draft.drawn = first_drawn(draft, use, asked), asked.figure
    try:
        title = one_line(draft, use.argument, use.line)
        task_html, way_html = block(draft, task), block(draft, way)
        labels = [one_line(draft, label, line) for _, label, line in choices]
        unit = use.options.get("unit")
        unit_html = one_line(draft, unit.text, unit.line) if unit else ""
    finally:
        draft.drawn = None
    read = use.options.get("read")
    if read:
        draft.local_links.append((read.text.strip(), read.line))
    identity = f"exercise-{number}"
    draft.lesson.identities.add(identity)
    practice = Practice(
        identity=identity,
        title=title,
        task=task_html,
        labels=tuple(labels),
        way=way_html,
        read=read.text.strip() if read else "",
        unit=unit_html,
        spec=asked.spec(),
    )
    draft.lesson.practice.append(practice)
    stage = stage_of(draft, use)
    show = button(draft, draft.t("Show the way"), 'class="tool" data-way')
    another = button(draft, draft.t("Another one"), 'class="tool" data-another')
    return (
        f'<section class="exercise" id="{identity}" data-exercise="{data(practice.spec)}"{stage} '
        f'aria-labelledby="{identity}-title">'
        f"{kind(draft, draft.t('Exercise'))}"
        f'<p class="block-title" id="{identity}-title">{title}</p>'
        f'<div class="task" id="{identity}-task" tabindex="-1">{task_html}</div>'
        f"{field(draft, practice)}"
        f'<p class="verdict" role="status"{draft.lang}></p>'
        f'<div class="way" hidden>{way_html}</div>'
        f'<div class="exercise-tools"{draft.lang}>'
        f"{show}{another}"
        f'<span class="exercise-count"></span></div></section>'
    )


def stage_of(draft: Draft, use: Use) -> str:
    """What appears in the figure on the page that an exercise is about."""
    given = use.options.get("show")
    if given is None:
        return ""
    about, _ = figure_meant(draft, use)
    if about is None:
        raise draft.error(given.line, "only a figure on this page can show more")
    return shown_here(draft, about, given)


def field(draft: Draft, practice: Practice) -> str:
    """Where the answer is given."""
    check = button(draft, draft.t("Check"), 'class="button main" data-check')
    if practice.spec["kind"] == "number":
        identity = f"{practice.identity}-answer"
        return (
            f'<div class="typed"><label for="{identity}"{draft.lang}>{draft.t("Your answer")}'
            f'</label> <input id="{identity}" type="text" autocomplete="off" spellcheck="false" '
            f'maxlength="60" aria-describedby="{practice.identity}-task"> '
            f"<span>{practice.unit}</span>{check}</div>"
        )
    if practice.spec["kind"] == "goal":
        begin = button(draft, draft.t("Begin"), 'class="button main" data-begin')
        return f'<div class="challenge-tools">{begin}</div>'
    items = "".join(
        f'<li><button type="button" class="choice-button">'
        f'<span class="choice-mark" aria-hidden="true"></span><span>{label}</span></button></li>'
        for label in practice.labels
    )
    return f'<ul class="choices">{items}</ul>'


def parts_of(draft: Draft, use: Use) -> tuple[Markdown, list[tuple[Given, str, int]], Markdown]:
    """The task, the choices as condition, label and line, and the way."""
    lines = use.body.text.split("\n")
    cut = next((i for i, line in enumerate(lines) if line.rstrip() == "---"), -1)
    if cut < 0 or not "".join(lines[cut + 1 :]).strip():
        raise draft.error(use.line, "an exercise shows the way to its answer, below a line ---")
    places = [i for i in range(cut) if CHOICE.match(lines[i])]
    end = places[0] if places else cut
    choices = [choice_of(draft, lines[i], use.body.line + i) for i in places]
    task = Markdown(use.body.line, "\n".join(lines[:end]))
    if not task.text.strip():
        raise draft.error(use.line, "an exercise begins with its task")
    return task, choices, Markdown(use.body.line + cut + 1, "\n".join(lines[cut + 1 :]))


def choice_of(draft: Draft, text: str, line: int) -> tuple[Given, str, int]:
    """A choice's condition and its label: what the first bracket that is closed holds."""
    depth = 0
    for i, letter in enumerate(text[2:]):
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if depth == 0:
            label = text[i + 3 :].strip()
            if not label:
                break
            return Given(line, text[3 : i + 2]), label, line
    raise draft.error(line, "a choice is written - [condition] text")


def read_exercise(draft: Draft, use: Use, number: int, conditions: list[Given]) -> Exercise:
    """What an exercise draws and asks, checked but for its draws."""
    about, figure = figure_meant(draft, use)
    one_of = ("answer", "class", "goal")
    given: dict[str, Given] = {name: use.options[name] for name in one_of if name in use.options}
    if len(given) + bool(conditions) != 1:
        raise draft.error(
            use.line, "an exercise asks for one thing: an :answer:, a :class:, a :goal: or a choice"
        )
    entries: State = {}
    if "state" in use.options:
        option = use.options["state"]
        entries, _ = draft.source.mapping(Markdown(option.line, option.text), "the state")
        check_state(draft, figure, entries, option.line)
    base = fitted(figure, about.state if about else figure.resolve({})[0], entries)
    draws = draws_of(draft, use, figure, base)
    own = [draw.name for draw in draws if draw.name not in figure.parameters()]
    known = facts(figure, base) | dict.fromkeys(own, 1.0)
    when = use.options.get("when")
    kinds = {"answer": "number", "class": "class", "goal": "goal"}
    name = next(iter(given), "")
    asked, pick = asked_for(draft, name, given.get(name), conditions, known)
    if name == "goal" and about is None:
        raise draft.error(given[name].line, "a goal is of a figure on this page")
    within, relative = tolerance(draft, use.options.get("within"))
    return Exercise(
        number=number,
        figure=figure,
        on=about.identity if about else "",
        base=base,
        draws=draws,
        when=condition(draft, when, known) if when else None,
        kind=kinds.get(name, "choice"),
        asked=asked,
        pick=pick,
        within=within,
        relative=relative,
    )


def figure_meant(draft: Draft, use: Use) -> tuple[FigureUse | None, type[Figure]]:
    """The figure on the page that an exercise is about, if it is on it, and what figure that is."""
    given = use.options.get("figure")
    name = given.text.strip() if given else ""
    line = given.line if given else use.line
    if given and name not in draft.figures:
        if name not in FIGURES:
            known = dict.fromkeys([*draft.figures, *FIGURES])
            raise draft.error(line, unknown(name, known, "no figure"))
        about, figure = None, FIGURES[name]
    else:
        about = draft.figure_of(name, line) if given else draft.default_figure(line)
        figure = about.figure
    if figure.checked_share < 1:  # as of figures whose states take long
        raise draft.error(line, f"{figure.name_of} trains, which takes too long for an exercise")
    return about, figure


def draws_of(draft: Draft, use: Use, figure: type[Figure], base: State) -> list[Draw]:
    """How its entries are drawn."""
    given = use.options.get("draw")
    if given is None:
        raise draft.error(use.line, "an exercise needs a :draw:")
    entries, _ = draft.source.mapping(Markdown(given.line, given.text), "what is drawn")
    taken = [*facts(figure, base), *FORBIDDEN]
    try:
        return read_draws(figure, base, entries, taken)
    except DrawError as error:
        raise draft.error(given.line, f"this cannot be drawn: {error}") from error


def asked_for(
    draft: Draft,
    name: str,
    given: Given | None,
    conditions: list[Given],
    known: Mapping[str, Any],
) -> tuple[Any, str]:
    """The tree of what is asked for, or of each choice, and which class of a list is meant."""
    if given is None:
        if len(conditions) < 2:
            raise draft.error(conditions[0].line, "an exercise has no choice, or two at least")
        return [condition(draft, one, known) for one in conditions], ""
    if name == "goal":
        return condition(draft, given, known), ""
    picked = PICKED.fullmatch(given.text.strip()) if name == "class" else None
    text = picked[2] if picked else given.text
    try:
        tree = parse_value(" ".join(text.split()), known)
        value = evaluate(tree, known, {})
    except (GoalError, TypeError, ZeroDivisionError) as error:
        raise draft.error(given.line, f"what is asked for is wrong: {error}") from error
    if isinstance(value, list) != bool(picked):
        wanted = "a list" if picked else "one number"
        raise draft.error(given.line, f"what is asked for is wrong: '{text}' is not {wanted}")
    return tree, picked[1] if picked else ""


def condition(draft: Draft, given: Given, known: Mapping[str, Any]) -> Tree:
    """A condition over what is known of a draw."""
    try:
        tree = parse_goal(" ".join(given.text.split()), known)
        holds(tree, known)
    except (GoalError, TypeError) as error:
        raise draft.error(given.line, f"the condition is wrong: {error}") from error
    return tree


def tolerance(draft: Draft, given: Given | None) -> tuple[float | None, bool]:
    """How near is near enough, and whether that is a part of the answer."""
    if given is None:
        return None, False
    found = WITHIN.fullmatch(given.text.strip())
    if not found:
        raise draft.error(given.line, f"within is a number or a per cent; got '{given.text[:40]}'")
    return float(found[1]) / (100 if found[2] else 1), bool(found[2])


def first_drawn(draft: Draft, use: Use, asked: Exercise) -> dict[str, Any]:
    """What is known of the first draw; some more are tried, so that a bad range is found here."""
    known: dict[str, Any] = {}
    for seed in range(TRIED, 0, -1):
        found = asked.drawn(seed)
        if found is None:
            where = use.options.get("when", use.options["draw"])
            raise draft.error(
                where.line, f"of {MOST_TRIES} draws none is fit; ease :when: or widen :draw:"
            )
        problems = asked.figure.resolve(found[0])[1]
        if problems:
            raise draft.error(use.options["draw"].line, f"this cannot be drawn: {problems[0]}")
        known = found[1]
    return known


def facts(figure: type[Figure], state: State) -> dict[str, Any]:
    """What is known of a state: what its figure shows, and the short columns of its tables."""
    columns = figure.columns(state)
    readouts = {name: float(number) for name, number in columns["readout"].items()}
    return dict(short_columns(columns)) | state | readouts


def short_columns(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, list[float]]]:
    """Each column with a number for each class or row, as `table.column`."""
    for table, found in columns.items():
        for name, column in found.items():
            if table != "readout" and np.ndim(column) == 1 and len(column) <= MAX_CLASSES:
                yield f"{table}.{name}", [float(number) for number in column]
