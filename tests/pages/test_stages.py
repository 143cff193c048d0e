"""Parts of a figure that appear later: what is said of them, and what is wrong."""

import json
import re
from pathlib import Path

import pytest
from tests.pages.writing import lesson, mistake, write

FIGURE = """:::{figure} logit-gradient
:id: push
:hide: smoothing
:::

Text.
"""
SHOW = ":::{show} temperature, step\n:::\n"
TRY = """
:::{try} push
- label: Hot
  state: {temperature: 2}
  see: Evened out.
  look: temperature
:::
"""


def test_a_figure_knows_what_is_to_come(tmp_path: Path) -> None:
    read = lesson(tmp_path, FIGURE + SHOW + TRY)
    assert read.figures[0].later == ("temperature", "step")
    stage = re.search(r'data-stage="([^"]*)"', read.body)
    assert stage
    assert json.loads(stage[1].replace("&quot;", '"')) == {
        "of": "push",
        "show": ["temperature", "step"],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":::{show} temprature\n:::\n", "did you mean 'temperature'"),
        (":::{show} smoothing\n:::\n", "'smoothing' is hidden for good"),
        (SHOW + "\n" + SHOW, "'temperature' has appeared already, at line"),
        (TRY + "\n" + SHOW, "'temperature' is not there yet: it appears at line"),
        (":::{show} step\n:figure: pull\n:::\n", "no figure on this page is"),
        (":::{show}\n:::\n", "needs"),
    ],
)
def test_what_cannot_appear_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in mistake(write(tmp_path, FIGURE + text))
