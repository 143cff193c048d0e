"""Parameters: what each refuses, and in which words; how defaults fit another number of classes."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossent.errors import StateError
from crossent.figures import FIGURES
from crossent.figures.parameters import (
    MAX_CLASSES,
    MIN_CLASSES,
    SUM_TOLERANCE,
    describe,
    is_number,
    is_whole,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2.0, "2"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1.5e-7, "1.5e-7"),
        (math.nan, "null"),
        (math.inf, "null"),
        (10**400, "null"),
        ("fox", "'fox'"),
        ([1.0, "a", None], '[1,"a",null]'),
        ({"a": [0.5]}, '{"a":[0.5]}'),
        ("\ud800", "'\ufffd'"),
    ],
)
def test_a_refused_value_is_written_as_the_browser_writes_it(value, text):
    assert describe(value) == text


def test_a_long_value_is_cut_to_60_characters():
    assert len(describe("x" * 1000)) == 60


@pytest.mark.parametrize("value", [True, "1", None, [], math.nan, math.inf, -math.inf, 10**400])
def test_what_is_no_finite_number_is_none(value):
    assert not is_number(value)


def test_two_point_zero_is_a_whole_number_and_two_and_a_half_is_not():
    assert is_whole(2.0)
    assert is_whole(-3)
    assert not is_whole(2.5)
    assert not is_whole(True)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("count", range(MIN_CLASSES, MAX_CLASSES + 1))
def test_defaults_fitted_to_any_number_of_classes_are_accepted(name, count):
    for parameter in FIGURES[name].parameters().values():
        fitted = parameter.fit(count)
        assert parameter.check(fitted) == fitted
        if parameter.per_class:
            assert len(fitted) == count


@pytest.mark.parametrize("name", FIGURES)
def test_every_default_is_what_its_own_parameter_accepts(name):
    for parameter in FIGURES[name].parameters().values():
        assert parameter.check(parameter.default) == parameter.default


@pytest.mark.parametrize("name", FIGURES)
def test_every_parameter_says_what_it_is_as_json(name):
    for parameter in FIGURES[name].parameters().values():
        schema = parameter.schema()
        assert json.loads(json.dumps(schema)) == schema
        assert schema["doc"]
        assert schema["label"]


def test_probabilities_may_miss_1_by_what_typed_decimals_miss():
    probs = FIGURES["prediction-bars"].parameters()["probs"]
    assert probs.check([0.5, 0.5 + 0.9 * SUM_TOLERANCE])
    with pytest.raises(StateError, match=r"probs must sum to 1; these sum to 1\.1"):
        probs.check([0.5, 0.6])


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=10))
def test_any_row_within_bounds_is_kept_to_the_last_bit(row):
    assert FIGURES["logit-gradient"].parameters()["logits"].check(row) == row


def test_names_keep_their_markup_and_lose_nothing():
    names = ["<b>", "'\"&", "ä" * 24]
    assert FIGURES["prediction-bars"].parameters()["classes"].check(names) == names


@pytest.mark.parametrize("name", ["", "  ", "x" * 25, 1, None, "\ud800"])
def test_what_cannot_name_a_class_is_refused(name):
    with pytest.raises(StateError, match="a name in classes must be text of 1 to 24 characters"):
        FIGURES["prediction-bars"].parameters()["classes"].check(["a", name])
