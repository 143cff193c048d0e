"""The directives as data: the parser checks by them, the reference is made from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """An option, a line ``:name: value`` at the beginning of a directive."""

    name: str
    kind: str
    doc: str


@dataclass(frozen=True)
class Directive:
    """A directive: its argument, its options, its body.

    `argument` is what follows the name on the first line, with ``?`` at its end where it may be
    left out and empty where there is none; `body` says what stands below the options, with ``?``
    where it may be empty.
    """

    name: str
    doc: str
    argument: str = ""
    options: tuple[Option, ...] = ()
    body: str = ""

    @property
    def takes_argument(self) -> bool:
        """Whether anything may follow the name."""
        return bool(self.argument)

    @property
    def needs_argument(self) -> bool:
        """Whether something must follow the name."""
        return bool(self.argument) and not self.argument.endswith("?")

    @property
    def needs_body(self) -> bool:
        """Whether the body must say something."""
        return bool(self.body) and not self.body.endswith("?")

    def option(self, name: str) -> Option | None:
        """The option of this name, if there is one."""
        return next((option for option in self.options if option.name == name), None)


# What an option's value is, by its kind.
KINDS = {
    "id": "a name of letters, digits and hyphens, only once on the page",
    "state": "entries of the figure's state, as `{name: value, ...}`",
    "names": "names with commas between them",
    "form": "`view` or `card`",
    "pixels": "a whole number of pixels",
    "figure": "the id of a figure on the page",
    "goal": "a condition, see Goals below",
    "flag": "`true` or `false`",
    "text": "one line of Markdown",
}

FIGURE = Option("figure", "figure", "The figure that is meant; without it, the nearest one above.")

DIRECTIVES = {
    directive.name: directive
    for directive in (
        Directive(
            "figure",
            "A living figure.",
            argument="the figure's name",
            options=(
                Option("id", "id", "What the page calls it; without it, the figure's name."),
                Option("state", "state", "How it begins, and what Reset returns to."),
                Option("hide", "names", "Controls and tools that are not shown."),
                Option("form", "form", "`card` shows the figure in small."),
                Option("height", "pixels", "Room kept for it while the page loads."),
                Option(
                    "shares",
                    "figure",
                    "The figure with which it shares a state: one drag moves both.",
                ),
            ),
            body="the caption, Markdown?",
        ),
        Directive(
            "try",
            "Buttons that set a state, each with one sentence on what there is to see.",
            argument="the id of a figure; without it, the nearest one above?",
            body="a YAML list of `{label, state, see}`, and of `look` where what to look at should "
            "be outlined: names of readouts or controls",
        ),
        Directive(
            "question",
            "A question to answer before looking. The explanation appears with the answer.",
            argument="the question",
            options=(
                FIGURE,
                Option("state", "state", "What the figure is set to when the answer is shown."),
            ),
            body="a task list, `- [ ]` before a wrong choice and `- [x]` before a right one; an "
            "indented paragraph below a choice is the reply to it; then the explanation",
        ),
        Directive(
            "challenge",
            "A goal that the figure itself checks.",
            argument="the title",
            options=(
                FIGURE,
                Option("goal", "goal", "When it is reached. Needed."),
                Option(
                    "start",
                    "state",
                    "What Begin sets the figure to; without it, the state "
                    "in which the lesson shows it.",
                ),
                Option(
                    "pair",
                    "flag",
                    "The goal compares two states: the learner presses "
                    "'Remember this one', and `first.loss` is the loss remembered.",
                ),
                Option("hint", "text", "Shown when asked for."),
                Option("done", "text", "Said when the goal is reached."),
            ),
            body="the task, Markdown",
        ),
        Directive(
            "code",
            "The same in code, one tab for each block. `{{name}}` is an entry of the figure's "
            "state as a Python value, or a readout's number; it follows the figure.",
            options=(FIGURE,),
            body="fenced blocks, each begun by ```` ```python PyTorch ````, where the second word "
            "is the tab's name",
        ),
        Directive("note", "An aside.", argument="its title?", body="Markdown"),
        Directive(
            "myth",
            "A claim that is often heard, and what is true.",
            argument="the claim",
            options=(Option("verdict", "text", "A word or two, such as `No.`"),),
            body="what is true, Markdown",
        ),
    )
}

# The front matter: key, whether it is needed, what it holds.
FRONT_MATTER = {
    "title": (True, "text", "The lesson's title."),
    "summary": (True, "text", "One sentence, for the index and for shared links."),
    "part": (True, "text", "The part of the course; lessons of one part stand together."),
    "minutes": (True, "whole number", "How long it takes."),
    "needs": (False, "list of slugs", "Lessons to read before."),
}
