"""What a directive takes, as data: the parser checks by it, the reference is made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """An option, a line ``:name: value`` at the beginning of a directive."""

    name: str
    kind: str
    doc: str


@dataclass(frozen=True)
class Directive:
    """A directive: its argument, its options, its body, and what makes HTML of it.

    `argument` is what follows the name on the first line, with ``?`` at its end where it may be
    left out and empty where there is none; `body` says what stands below the options, with ``?``
    where it may be empty. `html` is given the draft of the lesson and the directive's use.
    """

    name: str
    doc: str
    html: Callable[..., str]
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


def directive(
    name: str,
    doc: str,
    *,
    argument: str = "",
    options: tuple[Option, ...] = (),
    body: str = "",
) -> Callable[[Callable[..., str]], Directive]:
    """Makes a directive of the function below, which makes its HTML."""
    return lambda html: Directive(name, doc, html, argument, options, body)


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
    "draws": "entries as `{name: LOW to HIGH by STEP, ...}`; `any` for a class, "
    "or a list to choose from",
    "value": "a number over what the figure shows, as in Goals below, its tables' short columns "
    "(`classes.prob`) too",
    "class": "`largest COLUMN`, `smallest COLUMN`, or an entry that holds a class",
    "tolerance": "a number, or a per cent of the answer",
    "heading": "the id of a heading on the page",
    "text": "one line of Markdown",
}
