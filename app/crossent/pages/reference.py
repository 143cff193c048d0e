"""The reference of lessons/README.md, from the definitions that the parser checks by.

``python -m crossent.pages.reference`` writes it anew; a test says when it must be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from ..content import LESSONS, formats
from ..figures import FIGURES, Figure
from .brand import ENTRIES
from .definition import KINDS, Directive
from .directives import DIRECTIVES
from .directives.figures import TOOLS
from .front_matter import FRONT_MATTER
from .goals import FUNCTIONS, OF_NUMBERS
from .hrefs import IMAGES
from .mathml import ENVIRONMENTS, ROLES
from .shown import readouts

GUIDE = LESSONS / "README.md"
START, END = "<!-- reference: made by python -m crossent.pages.reference -->", "<!-- end -->"


def reference() -> str:
    """Everything that a lesson may hold, as Markdown."""
    return "\n\n".join(
        [
            START,
            "### Front matter",
            entries_table(FRONT_MATTER),
            "### A course's own file, course.yml",
            entries_table(ENTRIES),
            *(described(directive) for directive in DIRECTIVES.values()),
            "### Goals",
            goals(),
            "### In the text",
            in_the_text(),
            "### Figures",
            figures_table(),
            "`:hide:` takes the names of the state's entries, of readouts that stand on their own, "
            f"of further parts, and of tools: {listed(sorted(TOOLS))}.",
            "### What a state may hold",
            "A state names any of a figure's entries; the others are as they begin. Classes are as "
            "many as its lists are long.",
            *(f"#### {name}\n\n{state_table(figure)}" for name, figure in FIGURES.items()),
            END,
        ]
    )


def entries_table(entries: Mapping[str, tuple[bool, str, str]]) -> str:
    """The keys of a file, or of its front matter."""
    rows = [
        (f"`{name}`", kind + ("" if needed else ", may be left out"), doc)
        for name, (needed, kind, doc) in entries.items()
    ]
    return table(("key", "holds", "means"), rows)


def goals() -> str:
    """What a challenge's goal may say."""
    return (
        "Names of readouts and of entries of the state, numbers, `'text'`, `true`, `false`; "
        "`+ - * /`, `< <= == != >= >`, `and`, `or`, `not`, parentheses; `probs[0]` is the first "
        f"entry of a list. Functions: {listed(f'{name}()' for name in FUNCTIONS)} of anything "
        "(`near(a, b, tolerance)`; `apart(a, b)` is the greatest difference between two lists), "
        f"and {listed(f'{name}()' for name in OF_NUMBERS)} of numbers, as in "
        "`near(loss, log(5), 0.001)`. A goal is checked when the figure is let go, and must not "
        "hold already where the challenge begins."
    )


def in_the_text() -> str:
    """What may stand in Markdown."""
    return "\n".join(
        [
            "- `` {value}`loss` `` is a readout of the nearest figure above; "
            "`` {value}`id.loss:percent` `` names the figure and the format, one of "
            f"{listed(formats())}.",
            f"- `[loss]{{.loss}}` gives words the colour of a meaning: {listed(ROLES)}; in a "
            "formula, `\\class{loss}{L}`.",
            "- `$...$` and `$$...$$` are LaTeX; the environments are "
            f"{listed(sorted(ENVIRONMENTS))}.",
            "- `[text](lesson:SLUG)`, `[text](../04-binary/index.md#heading)`, "
            "`[text](figure:NAME)` and `[text](https://...)` are links; "
            "`![what it shows](file.png)` is a picture in the lesson's folder "
            f"({listed(IMAGES)}).",
            "- Tables, lists, quotations, emphasis and code are Markdown's. HTML is shown as text.",
        ]
    )


def figures_table() -> str:
    """The figures, and what can be named of each."""
    rows = [
        (
            f"`{name}`",
            listed(figure.parameters()),
            listed(readouts(figure)),
            listed(further_parts(figure)),
        )
        for name, figure in FIGURES.items()
    ]
    return table(("name", "state", "readouts", "further parts"), rows)


def state_table(figure: type[Figure]) -> str:
    """The entries of a figure's state: what each may be, begins as and means."""
    rows = [
        (f"`{name}`", parameter.wanted, f"`{json.dumps(parameter.default)}`", parameter.doc)
        for name, parameter in figure.parameters().items()
    ]
    return table(("entry", "is", "begins as", "means"), rows)


def further_parts(figure: type[Figure]) -> list[str]:
    """The parts of a figure that can be hidden and are neither entries nor readouts."""
    said = {*figure.parameters(), *readouts(figure)}
    return [name for name in figure.part_names() if name not in said]


def described(directive: Directive) -> str:
    """A directive with its options."""
    argument = directive.argument.rstrip("?")
    optional = " It may be left out." if directive.argument.endswith("?") else ""
    lines = [f"### {directive.name}", directive.doc]
    if argument:
        lines.append(f"Argument: {argument}.{optional}")
    if directive.options:
        rows = [(f"`:{o.name}:`", KINDS[o.kind], o.doc) for o in directive.options]
        lines.append(table(("option", "holds", "means"), rows))
    if directive.body:
        empty = " It may be empty." if directive.body.endswith("?") else ""
        lines.append(f"Body: {directive.body.rstrip('?')}.{empty}")
    return "\n\n".join(lines)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def listed(names: Iterable[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def renewed(guide: str) -> str:
    """The guide with its reference as it is now."""
    before, _, rest = guide.partition(START)
    after = rest.partition(END)[2]
    return before + reference() + after


if __name__ == "__main__":
    GUIDE.write_text(renewed(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
