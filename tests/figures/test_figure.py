"""Figures: states resolved, edits, and what every figure promises to a page."""

import inspect
import json
import re

import numpy as np
import pytest

from crossent.errors import StateError, UnknownFigureError
from crossent.figures import FIGURES, figure_named
from crossent.figures.figure import Figure


@pytest.fixture(params=FIGURES)
def figure(request) -> type[Figure]:
    return FIGURES[request.param]


def test_the_default_state_has_no_problems_and_is_json(figure):
    state, problems = figure.resolve({})
    assert problems == []
    assert json.loads(json.dumps(state)) == state
    assert figure().state == state


def test_resolving_a_whole_state_changes_nothing(figure):
    for preset in figure.presets:
        state, problems = figure.resolve(preset.state)
        assert problems == [], preset.label
        assert figure.resolve(state) == (state, [])


def test_resolving_leaves_the_defaults_alone(figure):
    before = json.dumps(figure.resolve({})[0])
    for value in figure.resolve({})[0].values():
        if isinstance(value, list):
            value.clear()
    assert json.dumps(figure.resolve({})[0]) == before


def test_columns_depend_on_the_state_alone(figure):
    for preset in figure.presets:
        state = figure.resolve(preset.state)[0]
        first, again = figure.columns(state), figure.columns(state)
        for table in first:
            for column in first[table]:
                np.testing.assert_array_equal(first[table][column], again[table][column])


def test_every_column_of_a_table_has_one_length_and_readouts_are_single_numbers(figure):
    for table, columns in figure.columns(figure.resolve({})[0]).items():
        shapes = {np.shape(value) for value in columns.values()}
        assert shapes == {()} if table == "readout" else len({shape[0] for shape in shapes}) == 1


def test_compute_and_edits_ask_for_nothing_but_the_state(figure):
    known = set(figure.parameters())
    ran = set()
    if figure.run:
        ran = {"run"}
        assert set(inspect.signature(figure.run).parameters) <= known
    assert set(inspect.signature(figure.compute).parameters) <= known | ran
    for edit in figure.edits.values():
        assert set(inspect.signature(edit).parameters) <= known | {"index", "value"}


def test_every_entry_of_the_state_that_is_a_number_is_asked_for_by_compute_or_an_edit(figure):
    functions = [figure.compute, *figure.edits.values(), *([figure.run] if figure.run else [])]
    asked = {name for function in functions for name in inspect.signature(function).parameters}
    assert {name for name, p in figure.parameters().items() if p.traced} <= asked


def test_the_spec_is_json(figure):
    for form in ("view", "card"):
        assert json.loads(json.dumps(figure.spec(form)))["name"] == figure.name_of


def test_a_preset_says_what_there_is_to_see(figure):
    for preset in figure.presets:
        assert preset.label
        assert preset.see


def test_code_names_only_entries_of_the_state(figure):
    import re

    for template in figure.code.values():
        assert set(re.findall(r"\{(\w+)\}", template)) <= set(figure.parameters())


def test_an_edit_that_there_is_not_is_refused_with_a_sentence(figure):
    with pytest.raises(StateError, match="has no edit '__class__'"):
        figure.edited(figure.resolve({})[0], "__class__", 0, 1.0)


def test_a_refused_entry_takes_its_default_and_the_others_are_kept():
    state, problems = FIGURES["logit-gradient"].resolve({"temperature": 99, "smoothing": 0.25})
    assert (state["temperature"], state["smoothing"]) == (1.0, 0.25)
    assert problems == ["temperature must be a number from 0.1 to 10; got 99"]


def test_what_a_page_draws_has_ids_that_no_other_process_gives(figure):
    for form in ("view", "card"):
        text = json.dumps(figure.spec(form))
        assert not re.search(r'"p\d+"', text)
        assert '"root_id"' not in text or f'"root_id": "{figure.name_of}-{form}-0"' in text


def test_an_unknown_entry_is_named_with_the_nearest_that_there_is():
    _, problems = FIGURES["logit-gradient"].resolve({"temprature": 1})
    assert problems == ["logit-gradient has no 'temprature'; did you mean 'temperature'?"]


def test_an_unknown_figure_is_named_with_the_nearest_that_there_is():
    with pytest.raises(UnknownFigureError, match="did you mean 'prediction-bars'"):
        figure_named("prediction-bar")


def test_a_figure_made_with_a_wrong_state_is_refused():
    with pytest.raises(StateError, match="probs must sum to 1"):
        FIGURES["prediction-bars"](probs=[0.5, 0.6])
