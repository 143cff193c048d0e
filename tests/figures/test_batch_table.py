"""A batch's rows, and what the reductions make of them."""

import numpy as np
import pytest
import torch
from tests.figures.running import output
from torch.nn import functional as F  # noqa: N812

from crossent.content import LESSONS
from crossent.figures import figure_named
from crossent.figures.batch_table import BatchTableFigure


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


def test_all_ignored_is_nan_and_said():
    found = readout(row_targets=[0, 0], ignore_index=0.0)
    assert np.isnan(found["mean"])
    assert found["sum"] == 0
    assert found["nothing"]


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
@pytest.mark.parametrize("given", [{}, {"weights": [1.0, 3.0, 10.0], "ignore_index": 1.0}])
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
