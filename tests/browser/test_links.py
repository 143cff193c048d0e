"""The contract of a link, as assets/runtime/types.d.ts declares it: both links are held to it."""

import re
from typing import Any

import numpy as np
import pytest
from tests.browser.driving import RTOL

from crossent.errors import StateError
from crossent.figures import FIGURES
from crossent.figures.figure import Figure, State
from crossent.figures.sampling import random_states

MODES = ["served", "built"]

# Asks everything at once, as a hurried hand does; columns are what a figure holds after an answer.
ASK = """async (requests) => {
  const figure = document.querySelector("crossent-figure");
  const { link } = figure;
  const order = [];
  let columns = figure.columns;
  const written = (value) => typeof value === "number" ? String(value) : [...value].map(String);
  const plain = (tables) => Object.fromEntries(Object.entries(tables).map(([name, table]) =>
    [name, Object.fromEntries(Object.entries(table).map(([key, v]) => [key, written(v)]))]));
  const answers = await Promise.all(requests.map(async (request, i) => {
    try {
      const answer = await link.ask(figure, request);
      order.push(i);
      columns = { ...columns, ...answer.columns };
      return { state: answer.state, columns: plain(columns) };
    } catch (error) {
      order.push(i);
      return { kind: error.constructor.name, error: error.message };
    }
  }));
  return { order, answers };
}"""


def asked(page: Any, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = page.page.evaluate(ASK, requests)
    assert found["order"] == list(range(len(requests)))
    return found["answers"]


def assert_columns_are_numpys(answer: dict[str, Any], figure: type[Figure], state: State) -> None:
    expected = figure.columns(state)
    assert answer["columns"].keys() == expected.keys()
    for name, table in expected.items():
        assert answer["columns"][name].keys() == table.keys()
        for column, values in table.items():
            given = answer["columns"][name][column]
            texts = [given] if isinstance(given, str) else given
            numbers = [float(re.sub("Infinity", "inf", text)) for text in texts]
            wanted = np.atleast_1d(np.asarray(values, dtype=np.float64))
            np.testing.assert_allclose(numbers, wanted, rtol=RTOL, atol=RTOL, err_msg=column)


def test_a_state_is_answered_with_itself_and_numpys_columns_in_the_order_asked(visit: Any) -> None:
    figure = FIGURES["logit-gradient"]
    states = list(random_states(figure, 6))
    answers = asked(visit.figure(figure.name_of), [{"state": state} for state in states])
    for state, answer in zip(states, answers, strict=True):
        assert answer["state"] == state
        assert_columns_are_numpys(answer, figure, state)


def test_an_edit_is_answered_with_the_state_that_it_makes(visit: Any) -> None:
    figure = FIGURES["prediction-bars"]
    state = figure.resolve({})[0]
    page = visit.figure(figure.name_of)
    for edit in sorted(figure.edits):
        request = {"state": state, "edit": {"name": edit, "index": 1, "value": 0.25}}
        (answer,) = asked(page, [request])
        made = figure.edited(state, edit, 1, 0.25)
        assert rounded(answer["state"]) == rounded(made)
        assert_columns_are_numpys(answer, figure, answer["state"])


def rounded(value: Any) -> Any:
    """A JSON value without the last bits of its numbers."""
    if isinstance(value, dict):
        return {name: rounded(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [rounded(entry) for entry in value]
    return round(value, 12) if isinstance(value, float) else value


def test_what_is_refused_gives_one_sentence_and_what_follows_is_answered(visit: Any) -> None:
    figure = FIGURES["bce-curves"]
    state = figure.resolve({})[0]
    with pytest.raises(StateError) as refusal:
        figure.edited(state, "p", 0, 2.0)
    far = {"state": state, "edit": {"name": "p", "index": 0, "value": 2.0}}
    refused, answered = asked(visit.figure(figure.name_of), [far, {"state": state}])
    assert refused == {"kind": "StateError", "error": str(refusal.value)}
    assert_columns_are_numpys(answered, figure, state)


def test_a_link_says_whether_it_wants_to_hear_of_a_move_at_once(visit: Any) -> None:
    page = visit.figure("prediction-bars")
    eager = page.page.evaluate("document.querySelector('crossent-figure').link.eager ?? false")
    assert eager is (visit.site.ending == "")  # a server's answer takes a while
