"""The code of the lessons runs, and prints what the page says that it prints."""

import math
import re
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.course import lessons

from crossent.pages.directives.code_tabs import python_literal
from crossent.pages.lesson import CodeTab
from crossent.pages.scripts import runtime_script

RUN = ("PyTorch", "NumPy")  # what the test extra installs
NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf|nan)\s*$"


def said(lines: list[str], line: int) -> float | str | None:
    """What a printed line's comment, or the one above it, says that is printed."""
    _, _, comment = lines[line - 1].partition("  # ")
    above = lines[line - 2].strip() if line > 1 else ""
    comment = comment or (above[1:] if above.startswith("#") else "")
    found = re.search(rf"(?:^|[:=])\s*{NUMBER}", comment, re.I)
    return float(found[1]) if found else comment.strip() or None


TABS = [
    pytest.param(tab, id=f"{lesson.slug}-{tab.label}-{tab.line}")
    for lesson in lessons()
    for tab in lesson.code
]


@pytest.mark.parametrize("tab", TABS)
def test_code_is_python(tab: CodeTab) -> None:
    compile(tab.text, tab.label, "exec")


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab.values[0].label in RUN])
def test_code_prints_what_it_says(tab: CodeTab) -> None:
    printed: list[tuple[int, Any]] = []

    def note(*values: Any) -> None:
        printed.append((sys._getframe(1).f_lineno, values[0]))

    exec(compile(tab.text, tab.label, "exec"), {"print": note})
    assert printed, "it prints nothing"
    lines = tab.text.splitlines()
    claims = [(value, said(lines, line)) for line, value in printed]
    assert any(wanted is not None for _, wanted in claims), "no line says what it prints"
    for value, wanted in claims:
        if isinstance(value, str):  # an error's text
            assert value.splitlines()[0] == wanted
        elif isinstance(wanted, float):
            # torch's own tensors of plain numbers are float32
            assert float(value) == pytest.approx(wanted, rel=1e-5, nan_ok=True)


IN_CODE = (
    "stability",
    "double-softmax",
    "batches",
    "multilabel",
    "segmentation",
    "language-model",
)
WRONG_AND_RIGHT = [
    pytest.param(tab, id=f"{lesson.slug}-{tab.label}-{tab.line}")
    for lesson in lessons()
    if lesson.slug in IN_CODE
    for tab in lesson.code
    if tab.label in RUN
]


@pytest.mark.parametrize("tab", WRONG_AND_RIGHT)
def test_a_wrong_line_and_a_right_one_stand_beside_each_other(tab: CodeTab) -> None:
    lines = [line for line in tab.text.splitlines() if "print(" in line or "# wrong" in line]
    kinds = [kind for line in lines for kind in ("wrong", "right") if f"# {kind}" in line]
    assert kinds[0] == "wrong"
    assert "right" in kinds
    # Each printed line says what it prints, so that test_code_prints_what_it_says holds it to that.
    text = tab.text.splitlines()
    printed = [place for place, line in enumerate(text, 1) if line.strip().startswith("print(")]
    assert all(said(text, place) is not None for place in printed)


def test_the_page_writes_values_as_the_lesson_does(browser: Browser) -> None:
    values = [True, 2.0, -0.25, [1.0, 0.5], "bits", math.inf, -math.inf, math.nan]
    page = browser.new_page()
    script = f"{{ const {{ pythonLiteral }} = {runtime_script('runtime/numbers.js')}"
    page.add_script_tag(content=f"{script} globalThis.literal = pythonLiteral; }}")
    written = [page.evaluate("value => literal(value)", value) for value in values]
    page.close()
    assert written == [python_literal(value) for value in values]
