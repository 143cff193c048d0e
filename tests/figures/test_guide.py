"""The figures' guide: its example is a figure as good as any, and its reference is up to date."""

import re
import sys
import types

import numpy as np
import pytest

from crossent.check import error
from crossent.check_figures import compare_figure
from crossent.figures.figure import Figure
from crossent.figures.reference import GUIDE, renewed
from crossent.figures.sampling import random_states
from crossent.links.browser import compile_figure


@pytest.fixture(scope="module")
def example() -> type[Figure]:
    """The figure that the guide writes, as a file of the package would be loaded."""
    text = GUIDE.read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.S)
    source = "\n" * text.count("\n", 0, block.start(1)) + block[1]
    module = types.ModuleType("crossent.figures.sharpness")
    module.__package__ = "crossent.figures"
    module.__file__ = str(GUIDE)
    sys.modules[module.__name__] = module
    exec(compile(source, str(GUIDE), "exec"), module.__dict__)
    yield module.Sharpness
    del sys.modules[module.__name__]


def test_the_guides_figure_draws_and_compiles(example):
    assert example.spec("view")["view"]["kind"] == "Row"
    assert example.spec("card")["view"]["kind"] == "Stack"
    assert "halve" in compile_figure(example)


def test_the_guides_figure_agrees_with_torch(example):
    assert compare_figure(example, 30, error).worst < 1e-12


def test_the_guides_figure_has_an_answer_to_every_state(example):
    for state in random_states(example, 30):
        assert np.isfinite(example.columns(state)["readout"]["entropy"])


def test_the_guides_presets_do_what_they_say(example):
    cold, hot = (example.columns(example.resolve(p.state)[0]) for p in example.presets)
    assert cold["classes"]["prob"][0] > 0.99
    assert hot["readout"]["entropy_nats"] == pytest.approx(np.log(3), abs=0.01)


def test_the_reference_of_the_guide_is_up_to_date():
    guide = GUIDE.read_text(encoding="utf-8")
    assert guide == renewed(guide), "run make generated"
