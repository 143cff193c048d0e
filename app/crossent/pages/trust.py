"""How we know: the page that shows what the numbers were checked against, and checks again.

Torch against NumPy is the shipped report of ``crossent check --json`` (assets/checks.json), with
its date. NumPy against JavaScript is done by the reader's own browser: the page holds states and
the columns that NumPy gave for them, runs the traced functions, and shows the worst error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from ..content import asset_text
from ..figures import FIGURES
from ..figures.figure import Columns, Figure
from ..figures.sampling import random_states
from ..i18n import NARROW, Translate, translator
from ..links.server import encode_columns
from .page import language_words, page_json

STATES = 40  # of each figure
LONGEST = 64  # a longer table is a curve on a fixed grid, of which a part says as much

REPORT = "checks.json"


def trust_words(
    language: str, addresses: Mapping[str, str], samples: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page's template asks for; `addresses` are the page's own, by language.

    `samples` are the figures' own, or for each where it is, and its program.
    """
    t = translator(language)
    return language_words(language, addresses) | {
        "page_title": t("How we know"),
        "description": t("Every number against PyTorch, and your browser against NumPy."),
        "figures": list(samples),
        "numpy": np.__version__,
        "report": report(),
        "verdict": verdict(t),
        "rows": report_rows(),
        "served": False,
        "trust": "",
        "page_json": partial(page_json, [], served=False, language=language, samples=samples),
    }


def verdict(t: Translate) -> str:
    """How many cases the report has, and its largest errors."""
    given = report()
    errors = [
        t("{error} in {precision}", error=f"{float(error):.1e}", precision=precision)
        for precision, error in given["worst"].items()
    ]
    slots = {"cases": with_spaces(given["cases"]), "errors": ", ".join(errors)}
    if given["passed"]:
        return t("{cases} cases; largest errors {errors}: all within tolerance.", **slots)
    return t("{cases} cases; largest errors {errors}: some beyond tolerance.", **slots)


def with_spaces(number: int) -> str:
    """A whole number in groups of three digits."""
    return f"{number:,}".replace(",", NARROW)


def report() -> dict[str, Any]:
    """The shipped report on torch against NumPy."""
    return dict(json.loads(asset_text(REPORT)))


def report_rows() -> list[dict[str, str]]:
    """Its rows as text: function, precision, cases, worst error."""
    return [
        {
            "function": row["function"],
            "precision": row["precision"],
            "cases": with_spaces(row["cases"]),
            "worst": f"{float(row['worst']):.1e}",
        }
        for row in report()["functions"]
    ]


@cache
def samples_of(name: str) -> dict[str, Any]:
    """States of a figure and what NumPy gives for them, as JSON values."""
    figure = FIGURES[name]
    return dict(figure.kept("samples", partial(samples, figure)))


def samples(figure: type[Figure]) -> dict[str, Any]:
    """A figure's parameters, states, and each state's columns in the form that links send."""
    states = list(random_states(figure, STATES, seed=1))
    return {
        "parameters": [parameter.schema() for parameter in figure.parameters().values()],
        "states": states,
        "columns": [encode_columns(short_tables(figure.columns(state))) for state in states],
    }


def short_tables(columns: Columns) -> Columns:
    """The columns without long curves, which would be most of the page."""
    return {
        name: table
        for name, table in columns.items()
        if all(np.size(column) <= LONGEST for column in table.values())
    }
