"""The server's link, without a browser: what it answers, what it tells, what it refuses."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossent.errors import StateError
from crossent.figures import FIGURES
from crossent.links.server import ServerLink, encode_columns

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(["seq", "figure", "state", "edit", "whole", "torch", "__class__"])


def link_to(*names: str) -> ServerLink:
    link = ServerLink({name: FIGURES[name]() for name in names or FIGURES})
    link.sent = []
    link._send_msg = link.sent.append
    return link


def asked(name: str, **entries) -> dict:
    state, _ = FIGURES[name].resolve({})
    return {"seq": 1, "figure": name, "state": state} | entries


def decoded(columns: dict) -> dict:
    """The columns again, read as a page reads them."""
    numbers, at, tables = np.frombuffer(base64.b64decode(columns["data"])), 0, {}
    for table, widths in columns["tables"].items():
        tables[table] = {}
        for name, length in widths.items():
            shape = length if isinstance(length, list) else [abs(length)]
            size = int(np.prod(shape))
            part = numbers[at : at + size].reshape(shape)
            tables[table][name] = part[0] if length == -1 else part
            at += size
    assert at == len(numbers)
    return tables


@pytest.mark.parametrize("name", FIGURES)
def test_columns_arrive_as_they_were_sent_to_the_last_bit(name):
    columns = FIGURES[name].columns(FIGURES[name].resolve({})[0])
    there = decoded(json.loads(json.dumps(encode_columns(columns))))
    assert there.keys() == columns.keys()
    for table, values in columns.items():
        assert there[table].keys() == values.keys()
        for column, value in values.items():
            np.testing.assert_array_equal(there[table][column], np.asarray(value, dtype=np.float64))


def test_infinities_nan_single_numbers_and_empty_columns_travel():
    columns = {
        "t": {
            "a": np.array([np.inf, -np.inf, np.nan]),
            "b": 2.5,
            "c": np.empty(0),
            "d": np.array([1]),
        }
    }
    there = decoded(encode_columns(columns))["t"]
    np.testing.assert_array_equal(there["a"], columns["t"]["a"])
    assert there["b"] == 2.5
    assert there["c"].size == 0
    assert there["d"].shape == (1,)


@pytest.mark.parametrize("name", FIGURES)
def test_an_answer_holds_the_columns_of_its_state(name):
    link = link_to(name)
    answer = link.answer(asked(name, seq=7))
    assert answer["seq"] == 7
    columns = FIGURES[name].columns(FIGURES[name].resolve({})[0])
    for column, value in decoded(answer["columns"])["readout"].items():
        np.testing.assert_array_equal(value, np.float64(columns["readout"][column]))


def test_python_sees_the_state_that_the_page_shows():
    link = link_to("logit-gradient")
    figure = link._figures["logit-gradient"]
    state = figure.resolve({"logits": [3.0, 1.0], "target": 1})[0]
    link.answer(asked("logit-gradient", state=state))
    assert figure.state == state
    assert link.sent == []  # what the page said is not told to it again


def test_python_sees_the_state_after_an_edit():
    link = link_to("prediction-bars")
    answer = link.answer(asked("prediction-bars", edit={"name": "probs", "index": 2, "value": 0.9}))
    assert link._figures["prediction-bars"].probs == answer["state"]["probs"]
    assert answer["state"]["probs"][2] == 0.9


def test_setting_a_parameter_in_python_tells_the_page_state_and_columns():
    link = link_to("logit-gradient")
    figure = link._figures["logit-gradient"]
    figure.logits = [1.0, 0.0, 0.0, 0.0, 4.0]
    (told,) = link.sent
    assert told["figure"] == "logit-gradient"
    assert told["state"] == figure.state
    loss = decoded(told["columns"])["readout"]["loss"]
    assert loss == figure.columns(figure.state)["readout"]["loss"]


def test_setting_fewer_classes_in_python_fits_the_rest():
    link = link_to("logit-gradient")
    figure = link._figures["logit-gradient"]
    figure.logits = [1.0, 0.0, 2.0]
    assert figure.classes == ["cat", "dog", "fox"]
    assert link.sent[-1]["state"] == figure.state


def test_a_wrong_value_set_in_python_is_refused_there_and_the_page_hears_nothing():
    link = link_to("logit-gradient")
    with pytest.raises(StateError, match=r"temperature must be a number from 0.1 to 10; got 99"):
        link._figures["logit-gradient"].temperature = 99
    assert link.sent == []
    assert link._figures["logit-gradient"].temperature == 1.0


def test_only_tables_that_changed_are_sent_again():
    link = link_to("prediction-bars")
    first = link.answer(asked("prediction-bars"))
    again = link.answer(asked("prediction-bars"))
    assert first["columns"]["tables"]
    assert again["columns"]["tables"] == {}


def test_a_page_that_comes_back_is_sent_everything():
    link = link_to("prediction-bars")
    first = link.answer(asked("prediction-bars"))
    again = link.answer(asked("prediction-bars", whole=True))
    assert again["columns"] == first["columns"]


@pytest.mark.parametrize(
    "message", [None, 1, "x", [], {}, {"seq": True}, {"seq": 1, "figure": "x"}]
)
def test_what_is_no_message_is_answered_with_a_sentence(message):
    assert isinstance(link_to("logit-gradient").answer(message)["error"], str)


@pytest.mark.parametrize(
    "entries",
    [
        {"state": {"logits": [float("nan"), 1]}},
        {"state": {"logits": [10**400, 1]}},
        {"state": {"temperature": 10**400}},
        {"state": {1: 2}},
        {"edit": {"name": "step", "index": 0, "value": 10**400}},
        {"edit": {"name": "step", "index": -1, "value": 1}},
        {"edit": {"name": "step", "index": 10**9, "value": 1}},
        {"edit": {"name": "step", "index": True, "value": 1}},
        {"edit": {"name": "__class__", "index": 0, "value": 1}},
        {"edit": {"name": "compute", "index": 0, "value": 1}},
        {"edit": {"name": "step", "index": 0, "value": float("inf")}},
        {"edit": []},
    ],
    ids=str,
)
def test_a_wrong_state_or_edit_is_answered_with_a_sentence_and_changes_nothing(entries):
    link = link_to("logit-gradient")
    before = link._figures["logit-gradient"].state
    assert link.answer(asked("logit-gradient", **entries))["error"]
    assert link._figures["logit-gradient"].state == before


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("index", [0, 1, 9, 10, 999])
@pytest.mark.parametrize("value", [-1e308, -1.0, 0.0, 0.5, 1.0, 1e308])
def test_any_edit_is_answered_with_numbers_or_a_sentence(name, index, value):
    for edit in FIGURES[name].edits:
        answer = link_to(name).answer(
            asked(name, edit={"name": edit, "index": index, "value": value})
        )
        assert ("error" in answer) != ("columns" in answer)
        if "state" in answer:
            assert FIGURES[name].resolve(answer["state"]) == (answer["state"], [])


LINK = None


@given(JSON | st.dictionaries(KEYS, JSON, max_size=6))
def test_anything_at_all_is_answered_and_never_raises(message):
    global LINK
    LINK = LINK or link_to("logit-gradient")
    answer = LINK.answer(message)
    assert "error" in answer
    json.dumps(answer)


@given(st.sampled_from(list(FIGURES)), st.data())
def test_any_value_of_any_entry_is_answered_and_never_raises(name, data):
    entry = data.draw(st.sampled_from(list(FIGURES[name].parameters())))
    state = FIGURES[name].resolve({})[0] | {entry: data.draw(JSON)}
    answer = link_to(name).answer(asked(name, state=state))
    assert ("error" in answer) != ("columns" in answer)


def broken(logits):
    raise ZeroDivisionError


def test_an_accident_in_a_figure_is_logged_and_answered_with_a_sentence(monkeypatch, caplog):
    link = link_to("logit-gradient")
    figure = link._figures["logit-gradient"]
    monkeypatch.setattr(type(figure), "compute", staticmethod(broken))
    answer = link.answer(asked("logit-gradient", seq=3))
    assert answer == {"seq": 3, "error": "the server could not work this out"}
    assert "ZeroDivisionError" in caplog.text
