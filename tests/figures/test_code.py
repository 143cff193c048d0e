"""The code of a figure's states, run: what it prints is what the figure shows."""

import contextlib
import io
import math
import re

import numpy as np
import pytest

from crossent.figures import FIGURES
from crossent.pages.directives.code_tabs import python_literal

STATES = [
    pytest.param(name, language, preset.state, id=f"{name}-{language}-{preset.label}")
    for name, figure in FIGURES.items()
    for language in figure.code
    for preset in figure.presets
]


def printed(name, language, given):
    state, problems = FIGURES[name].resolve(given)
    assert not problems
    code = re.sub(
        r"\{(\w+)\}",
        lambda slot: python_literal(state[slot[1]]) if slot[1] in state else slot[0],
        FIGURES[name].code[language],
    )
    said = io.StringIO()
    with contextlib.redirect_stdout(said), np.errstate(all="ignore"):
        exec(compile(code, f"{name}, {language}", "exec"), {})
    return said.getvalue()


@pytest.mark.parametrize(("name", "language", "given"), STATES)
def test_code_prints_no_negative_zero_as_a_loss(name, language, given):
    first = printed(name, language, given).splitlines()[0]
    assert not re.search(r"-0\.0(?!\d)", first)


@pytest.mark.parametrize("language", ["PyTorch", "NumPy"])
@pytest.mark.parametrize(
    ("name", "shown"), [("prediction-bars", "loss"), ("two-distributions", "cross_entropy_bits")]
)
def test_code_prints_bits_where_bits_are_shown(name, shown, language):
    state = FIGURES[name].resolve({"unit": "bits"})[0]
    loss = float(FIGURES[name].columns(state)["readout"][shown])
    said = float(printed(name, language, {"unit": "bits"}).split()[0])
    assert math.isclose(said, loss, rel_tol=1e-12)


@pytest.mark.parametrize("language", ["PyTorch", "NumPy"])
def test_the_code_of_a_batch_prints_each_rows_loss_and_the_gradient_of_their_mean(language):
    given = {
        "logits": [2.0, 1.0, 0.1],
        "target": 0,
        "batch_logits": [[0.0, 1.0, 0.0]],
        "batch_targets": [2],
        "temperature": 2.0,
        "smoothing": 0.1,
    }
    figure = FIGURES["logit-gradient"]
    columns = figure.columns(figure.resolve(given)[0])
    own, all_losses, grads = printed("logit-gradient", language, given).splitlines()
    assert float(own) == pytest.approx(columns["readout"]["loss"], rel=1e-12)
    losses = eval(all_losses.partition("]")[0] + "]")
    assert losses == pytest.approx(columns["batch"]["loss"], rel=1e-12)
    assert np.ravel(eval(grads)) == pytest.approx(columns["batch_grad"]["grad"], rel=1e-12)
