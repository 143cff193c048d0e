"""A batch's rows, and what the reductions make of them."""

import re

import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.content import LESSONS
from crossent.figures import figure_named
from crossent.figures.batch_table import (
    NO_SOFT,
    STOPPED,
    TOKENS,
    TURNED,
    WRONG,
    BatchTableFigure,
)


def columns(**given):
    state, problems = BatchTableFigure.resolve(given)
    assert not problems
    return BatchTableFigure.columns(state)


def readout(**given):
    return columns(**given)["readout"]


def test_it_is_in_the_index():
    assert figure_named("batch-table") is BatchTableFigure


def test_the_lessons_batch():
    found = columns()
    assert found["batch"]["loss"] == pytest.approx([0.241311, 0.436829, 0.221048], abs=5e-7)
    assert found["readout"]["mean"] == pytest.approx(0.299730, abs=5e-7)
    weighted = readout(weights=[1.0, 3.0, 10.0])
    assert weighted["mean"] == pytest.approx(0.268734, abs=5e-7)
    assert weighted["count"] == 14
    assert weighted["mean"] == weighted["sum"] / weighted["count"]


def test_weights_do_nothing_in_a_batch_of_one_class():
    found = readout(row_targets=[0, 0], weights=[7.0, 1.0, 1.0])
    assert found["mean"] == pytest.approx(found["plain_mean"], rel=1e-14)


def test_an_ignored_row_is_missing_above_and_below():
    found = columns(ignore_index=2.0)
    assert found["readout"]["count"] == 2
    assert found["readout"]["mean"] == pytest.approx(np.mean(found["batch"]["loss"][:2]))
    assert np.all(found["batch_grad"]["grad"][6:] == 0)


@pytest.mark.parametrize(
    "given",
    [
        {"row_targets": [0, 0], "ignore_index": 0.0},
        {"target": -100, "row_targets": [-100, -100]},
        {"target": -1, "row_targets": [-1, -1], "ignore_index": -1.0},
    ],
)
def test_all_ignored_is_nan_and_said(given):
    found = readout(**given)
    assert np.isnan(found["mean"])
    assert found["sum"] == 0
    assert found["nothing"]
    assert found["ignored"] == 3


@pytest.mark.parametrize("ignored", [-1, -100])
def test_a_row_of_no_class_is_missing_above_and_below_where_it_is_ignored(ignored):
    given = {"row_targets": [1, ignored], "ignore_index": float(ignored)}
    found = columns(**given, weights=[2.0, 3.0, 10.0])
    state = BatchTableFigure.resolve(given)[0]
    logits = torch.tensor([state["logits"], *state["rows"]], dtype=torch.float64)
    logits.requires_grad_()
    targets, weight = torch.tensor([0, 1, ignored]), torch.tensor([2.0, 3.0, 10.0]).double()
    how = {"weight": weight, "ignore_index": ignored}
    mean = F.cross_entropy(logits, targets, **how)
    mean.backward()
    none = F.cross_entropy(logits, targets, reduction="none", **how).detach()
    assert found["readout"]["mean"] == pytest.approx(mean.item(), rel=1e-13)
    assert found["readout"]["count"] == 5
    np.testing.assert_allclose(found["batch"]["part"], none, rtol=1e-13)
    ours = found["batch_grad"]["grad"].reshape(3, 3)
    np.testing.assert_allclose(ours, logits.grad, rtol=1e-13, atol=1e-15)
    assert np.isnan(found["readout"]["soft_mean"])


@pytest.mark.parametrize(
    ("targets", "ignored"),
    [([0, -1, 2], -100), ([-100, 1, -1], -1), ([-1, -100, 0], 2), ([0, -100, -1], 5)],
)
def test_a_target_that_is_no_class_and_not_ignored_stops_it_as_it_stops_pytorch(targets, ignored):
    found = readout(target=targets[0], row_targets=targets[1:], ignore_index=float(ignored))
    with pytest.raises(IndexError) as caught:
        F.cross_entropy(torch.zeros(3, 3), torch.tensor(targets), ignore_index=ignored)
    (said,) = [text for when, text in STOPPED.items() if found[when]]
    assert f"“{caught.value}”" in said
    assert np.isnan([found["mean"], found["sum"], found["count"]]).all()


def test_a_float_target_cannot_say_minus_100():
    with pytest.raises(RuntimeError) as caught:
        F.one_hot(torch.tensor([0, -100]), 3)
    assert f"“{str(caught.value).splitlines()[0]}”" in NO_SOFT
    assert readout(row_targets=[1, -100])["no_soft"]


def filled(text, found):
    """A sentence with its numbers, as the page writes them."""
    return re.sub(r"\{(\w+)(:integer)?\}", lambda slot: f"{float(found[slot[1]]):g}", text)


def wrong_calls(b, k):
    """What each sentence on a wrong shape speaks of, as a call."""
    logits, targets = torch.zeros(b, k), torch.zeros(b).long()
    yield WRONG["column"], (logits, targets[:, None]), {}
    yield WRONG["one_hot"], (logits, F.one_hot(targets, k)), {}
    yield WRONG["floats"], (logits, targets.float()), {}
    yield WRONG["class"], (logits, targets + k), {}
    yield WRONG["weight"], (logits, targets), {"weight": torch.ones(k - 1)}
    yield WRONG["sequence"], (torch.zeros(b, TOKENS, k), torch.zeros(b, TOKENS).long()), {}
    if b != k:
        yield TURNED["refused"], (logits.T, targets), {}


@pytest.mark.parametrize("b", range(1, 6))
def test_the_figure_quotes_pytorch_on_its_own_shapes(b):
    for k in range(2, 11):
        names = [str(i) for i in range(k)]
        state = {"logits": [0.0] * k, "rows": [[0.0] * k] * (b - 1), "classes": names}
        found = readout(**state, row_targets=[0] * (b - 1), weights=[1.0] * k)
        said = 0
        for text, arguments, options in wrong_calls(b, k):
            with pytest.raises((RuntimeError, ValueError, IndexError)) as caught:
                F.cross_entropy(*arguments, **options)
            assert f"“{str(caught.value).splitlines()[0]}”" in filled(text, found)
            said += 1
        assert said == len(WRONG) + (b != k)
        assert found["refused"] == (b != k)
        assert found["accepted"] == (b == k)


def test_with_as_many_rows_as_classes_pytorch_takes_transposed_logits():
    state = BatchTableFigure.resolve({})[0]
    logits = torch.tensor([state["logits"], *state["rows"]], dtype=torch.float64)
    wrong = F.cross_entropy(logits.T, torch.tensor([0, 1, 2])).item()
    assert readout()["turned"] == pytest.approx(wrong, rel=1e-14)


def test_the_gradient_is_torchs():
    given = {"weights": [1.0, 3.0, 10.0], "ignore_index": 1.0}
    state = BatchTableFigure.resolve(given)[0]
    logits = torch.tensor([state["logits"], *state["rows"]], dtype=torch.float64)
    logits.requires_grad_()
    targets = torch.tensor([0, 1, 2])
    weight = torch.tensor(given["weights"], dtype=torch.float64)
    F.cross_entropy(logits, targets, weight=weight, ignore_index=1).backward()
    ours = columns(**given)["batch_grad"]["grad"].reshape(3, 3)
    np.testing.assert_allclose(ours, logits.grad, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("language", BatchTableFigure.code)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"weights": [1.0, 3.0, 10.0], "ignore_index": 1.0},
        {"weights": [1.0, 3.0, 10.0], "target": -100},
    ],
)
def test_its_code_prints_what_it_shows(language, given):
    state = BatchTableFigure.resolve(given)[0]
    state["ignore_index"] = int(state["ignore_index"])
    found = readout(**given)
    lines = [float(line) for line in output(BatchTableFigure, language, state).splitlines()]
    assert lines == pytest.approx([float(found["sum"]), float(found["mean"])], rel=1e-12)


LOGITS = torch.zeros(4, 3)
CALLS = {
    "integers [B, 1]": (LOGITS, torch.zeros(4, 1).long()),
    "one-hot integers [B, K]": (LOGITS, torch.zeros(4, 3).long()),
    "floats [B]": (LOGITS, torch.zeros(4)),
    "logits [K, B]": (LOGITS.T, torch.zeros(4).long()),
    "a target that is no class": (LOGITS, torch.arange(4)),
    "[B, T, K] with [B, T]": (torch.zeros(4, 5, 3), torch.zeros(4, 5).long()),
}


@pytest.mark.parametrize("given", CALLS)
def test_the_lesson_quotes_torchs_own_words(given):
    lesson = (LESSONS / "12-batches" / "index.md").read_text(encoding="utf-8")
    with pytest.raises((RuntimeError, ValueError, IndexError)) as caught:
        F.cross_entropy(*CALLS[given])
    assert f"| {given} | {str(caught.value).splitlines()[0]} |" in lesson
