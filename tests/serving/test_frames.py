"""Frames: what is taken, what is not, and that no reading of them takes long."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serving.peers import as_map, plain

from crossent.figures import FIGURES, Figure
from crossent.figures.parameters import ClassNames
from crossent.links.server import ServerLink
from crossent.serving.frames import TOO_MUCH, Assembly, FrameError, Message, encoded, said

MOST = 0.02  # s of the processor for a message
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=30,
)


def patch(data: object) -> str:
    """A patch that tells the model some data."""
    values = {"type": "map", "entries": [["model", {"id": "p1"}], ["data", data]]}
    told = {"type": "event", "name": "data_event", "values": values}
    event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}
    return json.dumps({"events": [event]})


@given(JSON)
def test_what_a_page_tells_arrives(value):
    assert said(patch(as_map(value)), "p1") == [value]
    assert plain(encoded(value)) == value


@given(JSON)
def test_no_content_raises_but_to_refuse(value):
    for content in (json.dumps(value), patch(value), json.dumps({"events": [value]})):
        with contextlib.suppress(FrameError):
            assert isinstance(said(content, "p1"), list)


@given(st.lists(st.text(max_size=40) | st.binary(max_size=40), max_size=6))
def test_no_frames_raise_but_to_refuse(frames):
    assembly = Assembly()
    with contextlib.suppress(FrameError):
        for frame in frames:
            assert isinstance(assembly.take(frame), Message | None)


STATE = FIGURES["logit-gradient"].resolve({})[0]
WORST = {
    "unknown keys": {f"key{i}": 1 for i in range(1900)},
    "long unknown keys": {"k" * 1500 + str(i): 1 for i in range(30)},
    "near keys": {f"logit{i}": 1 for i in range(1900)},
    "one long unknown key": {"logits" * 10_000: 1},
    "many rows": STATE | {"batch_logits": [[0, 1]] * 1200},
    "a long row": STATE | {"logits": [0] * 3900},
    "many targets": STATE | {"batch_targets": [0] * 3900},
    "a long target": STATE | {"target": [0] * 3900},
    "long names": STATE | {"classes": ["x" * 30_000, "y" * 30_000]},
    "a big number": STATE | {"temperature": 10**4000},
    "big numbers": STATE | {"logits": [10**300] * 150},
}


@pytest.mark.parametrize("case", WORST)
def test_the_worst_message_that_is_taken_is_answered_within_bounds(case):
    link = ServerLink({"f": FIGURES["logit-gradient"]()})
    content = patch(as_map({"seq": 1, "figure": "f", "state": WORST[case]}))
    assert len(content) <= 65_536
    used = []
    for _ in range(3):
        start = time.thread_time()
        (data,) = said(content, "p1")
        answer = {"error": "too much"} if data is TOO_MUCH else link.answer(data)
        used.append(time.thread_time() - start)
        assert len(answer["error"]) < 300
    assert min(used) < MOST


HOSTILE = {
    "digits": "9" * 9_000,
    "combining marks": "\u0301" * 9_000,
    "half characters": "\ud800" * 5_000,
    "runs of a mask": "1b" * 9_000,
    "lines": "\n" * 9_000,
    "rows": [[0, 1]] * 1_200,
    "names": ["x"] * 3_900,
    "long names": ["x" * 30_000] * 2,
    "a map": {f"key{i}": 1 for i in range(1_900)},
    "lists of lists": [[[[[]]]]] * 700,
    "a huge number": 10**4_000,
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_hostile_value_of_any_entry_is_a_sentence_within_bounds(name):
    figure = FIGURES[name]
    link = ServerLink({"f": figure()}, make_run=elsewhere)
    whole = figure.resolve({})[0]
    figure.columns(whole)
    for entry in whole:
        for kind, value in HOSTILE.items():
            content = patch(as_map({"seq": 1, "figure": "f", "state": whole | {entry: value}}))
            used = []
            for _ in range(2):
                start = time.thread_time()
                (data,) = said(content, "p1")
                answer = {"error": "too much"} if data is TOO_MUCH else link.answer(data)
                used.append(time.thread_time() - start)
            assert len(answer["error"]) < 300, (entry, kind)
            assert min(used) < MOST, (entry, kind)


async def elsewhere(figure: type[Figure], state: dict) -> bool:
    """Where runs are made, in the server; here they are known already."""
    raise AssertionError(figure.name_of)


def states(figure: type[Figure]) -> list[dict]:
    """What a figure begins with, its presets, and each option that it offers, with most classes."""
    given = [{}, *(preset.state for preset in figure.presets)]
    for name, parameter in figure.parameters().items():
        given += [{name: option} for option in getattr(parameter, "options", {})]
        if isinstance(parameter, ClassNames):
            given.append({name: [str(i) for i in range(10)]})
    return [figure.resolve(one)[0] for one in given]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_answers_within_bounds_once_its_run_is_there(name):
    figure = FIGURES[name]
    link = ServerLink({"f": figure()}, make_run=elsewhere)
    for state in states(figure):
        message = {"seq": 1, "figure": "f", "state": state, "whole": True}
        figure.columns(state)
        assert link.lacking(message) is None
        used = []
        for _ in range(3):
            start = time.thread_time()
            assert "columns" in link.answer(message)
            used.append(time.thread_time() - start)
        assert min(used) < MOST, state
