"""Every figure's JavaScript equals its NumPy, in a real browser, over random and extreme states."""

import collections
import itertools
import json
import os

import numpy as np
import pytest

from crossent.figures import FIGURES
from crossent.figures.figure import argument_names
from crossent.figures.sampling import random_states
from crossent.links.browser import compile_figure, compiled, option_values, shape_key
from crossent.links.server import encode_columns
from crossent.pages.scripts import runtime_script

STATES = 2000
# Without EVERYWHERE=1 those of them that have each shape three times, and the first of all.
OF_EACH_SHAPE, AT_LEAST = (STATES, STATES) if os.environ.get("EVERYWHERE") else (3, 300)
CHUNK = 250
TOLERANCE = 1e-12
OF_A_RUN = 1e-9  # its sums of products are added in another order, and each step builds on the last

COMPARE = """
(question) => {
  const { name, parameters, states, columns, edit } = JSON.parse(question);
  const { call, columnsOf, compareColumns, decodeColumns, StateSpace } = globalThis.parity;
  const figure = { spec: { name }, space: new StateSpace(name, parameters) };
  const program = globalThis.crossentPrograms[name];
  return states.map((state, i) => {
    const found = edit
      ? { edit: call(program, edit, figure, state, state.further) }
      : columnsOf(figure, state);
    const { worst, count } = compareColumns(decodeColumns(columns[i]), found);
    return [worst === Infinity ? 1e308 : worst, count];
  });
}
"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    for module in ("trust", "links", "state"):
        exports = runtime_script(f"runtime/{module}.js").rstrip().rstrip(";")
        script = f"globalThis.parity = {{ ...globalThis.parity, ...{exports} }};"
        page.add_script_tag(content=script)
    for figure in FIGURES.values():
        page.add_script_tag(content=compile_figure(figure))
    yield page
    page.close()


def compare(page, figure, states, columns, edit=None):
    """The worst error, and how many numbers were compared in each state."""
    schemas = [parameter.schema() for parameter in figure.parameters().values()]
    outcomes = []
    for start in range(0, len(states), CHUNK):
        part = slice(start, start + CHUNK)
        question = {
            "name": figure.name_of,
            "parameters": schemas,
            "states": states[part],
            "columns": columns[part],
            "edit": edit,
        }
        # As one text: value by value it takes Playwright longer than NumPy and the page together.
        outcomes += page.evaluate(COMPARE, json.dumps(question))
    return max(worst for worst, _ in outcomes), [count for _, count in outcomes]


def sharing_runs(figure, states):
    """The same states, ten at a time with one training between them, for NumPy takes its time."""
    shared = argument_names(figure.run)
    for _, alike in itertools.groupby(sorted(states, key=figure.num_classes), figure.num_classes):
        for i, state in enumerate(alike):
            if i % 10 == 0:
                first = state
            yield state | {name: first[name] for name in shared}


def covering(figure, states):
    """Enough of the states: each shape is a program of its own, and has its share."""
    taken = collections.Counter()
    for state in states:
        key = shape_key(figure, figure.compute, state)
        if taken[key] < OF_EACH_SHAPE or taken.total() < AT_LEAST:
            taken[key] += 1
            yield state


def by_precision():
    """Each figure; one that computes in several precisions once in each of them."""
    for name, figure in FIGURES.items():
        dtype = figure.parameters().get("dtype")
        for chosen in [{"dtype": option} for option in dtype.options] if dtype else [{}]:
            yield pytest.param(name, chosen, id="-".join([name, *chosen.values()]))


@pytest.mark.parametrize(("name", "chosen"), list(by_precision()))
def test_a_figures_javascript_equals_its_numpy(page, name, chosen):
    figure = FIGURES[name]
    drawn = (state | chosen for state in random_states(figure, STATES))
    states = list(covering(figure, drawn))
    if figure.run:
        states = list(sharing_runs(figure, states))
    columns = [encode_columns(figure.columns(state)) for state in states]
    worst, counts = compare(page, figure, states, columns)
    assert len(counts) == len(states) >= 3
    assert min(counts) > (2 if name == "loss-chooser" else 10)  # it shows three numbers
    assert worst <= (OF_A_RUN if figure.run else TOLERANCE)


EDITS = [(name, edit) for name, figure in FIGURES.items() for edit in figure.edits]


@pytest.mark.parametrize(("name", "edit"), EDITS)
def test_an_edits_javascript_equals_its_numpy(page, name, edit):
    figure = FIGURES[name]
    function = figure.edits[edit]
    rng = np.random.default_rng(3)
    states, columns = [], []
    for state in random_states(figure, 300, seed=2):
        count = max(2, figure.num_classes(state))
        further = {
            "index": int(rng.integers(count)),
            "value": float(rng.choice([0.0, 0.25, 0.9, 1.0, rng.random()])),
        }
        arrays = figure.arrays(state) | {
            "index": np.int64(further["index"]),
            "value": np.float64(further["value"]),
        }
        with np.errstate(all="ignore"):
            changed = function(**{key: arrays[key] for key in argument_names(function)})
        states.append(state | {"further": further})
        columns.append(encode_columns({"edit": changed}))
    worst, counts = compare(page, figure, states, columns, edit)
    assert min(counts) >= 1
    assert worst <= TOLERANCE


@pytest.mark.parametrize("name", FIGURES)
def test_every_shape_that_a_random_state_has_is_compiled(name):
    figure = FIGURES[name]
    script = compile_figure(figure)
    for state in random_states(figure, 200, seed=4):
        key = json.dumps(f"compute {shape_key(figure, figure.compute, state)}")
        assert f"{key}: " in script


def test_options_are_all_compiled():
    figure = FIGURES["prediction-bars"]
    script = compile_figure(figure)
    for unit in option_values(figure.parameters()["unit"]):
        assert f'"compute 5 0 {unit}": ' in script


def test_compiling_twice_gives_the_same_script():
    for figure in FIGURES.values():
        assert compiled(figure) == compile_figure(figure)


def test_a_comparison_of_unequal_numbers_fails(page):
    figure = FIGURES["prediction-bars"]
    state = figure.resolve({})[0]
    columns = figure.columns(state)
    columns["readout"]["loss"] = columns["readout"]["loss"] * (1 + 1e-9)
    worst, _ = compare(page, figure, [state], [encode_columns(columns)])
    assert worst > TOLERANCE
