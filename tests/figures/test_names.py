"""A name that there is not is one sentence, with the line it stands on and the nearest there is."""

import re
import sys
import types

import pytest

from crossent import components
from crossent.components import Node
from crossent.components.meanings import hints_of
from crossent.content import asset_text, formats
from crossent.errors import FigureError
from crossent.figures import Figure
from crossent.figures.reference import GUIDE

EXAMPLE = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)[1]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes the example's figure and its specs after changes to its source."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "misspelt.py"
    module = types.ModuleType("crossent.figures.misspelt")
    module.__package__, module.__file__ = "crossent.figures", str(path)
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def make(source: str) -> type[Figure]:
        path.write_text(source, encoding="utf-8")
        exec(compile(source, str(path), "exec"), module.__dict__)
        for form in ("view", "card"):
            module.Sharpness.spec(form)
        return module.Sharpness

    return make


READOUT = 'Readout("entropy", "entropy", unit="@unit", role="loss", size="large")'
CLASSES = "target=None,\n                ),"
# What is written, what is written in its place, and the name that the sentence must offer.
MISTAKES = {
    "entry": ('Range("temperature"', 'Range("temprature"', "temperature"),
    "edit": ('role="ink", height=120)', 'role="ink", edit="halv")', "halve"),
    "readout": (READOUT, 'Readout("entrpy", "entropy")', "entropy"),
    "column": ('Bars("classes.prob"', 'Bars("classes.prb"', "prob"),
    "table": ('Bars("classes.prob"', 'Bars("class.prob"', "classes"),
    "source": ('columns["curve"]', 'columns["curv"]', "curve"),
    "drawn column": ('"entropy", source=', '"entropi", source=', "entropy"),
    "handle": ('Handle("temperature", "entropy"', 'Handle("temperature", "entopy"', "entropy"),
    "slot": ("{entropy} {@unit}", "{entrpy} {@unit}", "entropy"),
    "slot's format": ("{entropy} {@unit}", "{entropy:numbr} {@unit}", "number"),
    "slot's entry": ("{entropy} {@unit}", "{entropy} {@unt}", "unit"),
    "formula's slot": (r"\live{entropy_nats}", r"\live{entropy_nat}", "entropy_nats"),
    "when": ('when="sure"', 'when="sur"', "sure"),
    "role": (READOUT, READOUT.replace("loss", "los"), "loss"),
    "colour": ('color("loss")', 'color("lss")', "loss"),
    "format": (READOUT, READOUT.replace("size=", 'format="probabilty", size='), "probability"),
    "unit": (READOUT, READOUT.replace("@unit", "@unt"), "unit"),
    "setting": (READOUT, READOUT.replace("large", "larg"), "large"),
    "field": (READOUT, READOUT.replace("size", "sise"), "size"),
    "end": ('"y.end"', '"y.ends"', "y.end"),
    "end's readout": ('("y.end", "top")', '("y.end", "tp")', "top"),
    "argument of compute": (
        "compute(logits: Any, temperature",
        "compute(logits: Any, temprature",
        "temperature",
    ),
    "argument of an edit": ("edit_halve(temperature", "edit_halve(temperatur", "temperature"),
    "preset": ('{"temperature": 0.2}', '{"temperture": 0.2}', "temperature"),
    "code": ("{temperature}\\n", "{temprature}\\n", "temperature"),
    "names": (CLASSES, CLASSES.replace("None", 'None, names="clases"'), "classes"),
    "target": (CLASSES, CLASSES.replace("None", '"clases"'), "classes"),
}


def test_the_example_itself_is_right(made):
    assert made(EXAMPLE).name_of == "sharpness"


@pytest.mark.parametrize(("right", "wrong", "nearest"), MISTAKES.values(), ids=MISTAKES)
def test_a_misspelling_is_a_sentence_with_its_line_and_the_nearest(made, right, wrong, nearest):
    assert EXAMPLE.count(right) == 1
    source = EXAMPLE.replace(right, wrong)
    with pytest.raises(FigureError) as raised:
        made(source)
    error = raised.value
    assert error.path == "misspelt.py"
    assert error.problem.endswith(f"did you mean '{nearest}'?")
    assert "\n" not in str(error)
    line = source[: EXAMPLE.index(right)].count("\n") + 1
    assert line - 8 <= error.line <= line + 2  # where the component's own call begins


def test_an_entry_of_the_wrong_kind_is_said(made):
    with pytest.raises(FigureError, match="'logits' is a Vector; this takes a Number"):
        made(EXAMPLE.replace('Range("temperature"', 'Range("logits"'))


def test_a_name_that_no_address_can_hold_is_said(made):
    with pytest.raises(FigureError, match="with hyphens between them; got 'Sharp ness'") as raised:
        made(EXAMPLE.replace('name_of = "sharpness"', 'name_of = "Sharp ness"'))
    assert EXAMPLE.splitlines()[raised.value.line - 1] == '    name_of = "sharpness"'


def test_a_formula_that_latex_would_refuse_is_said(made):
    with pytest.raises(FigureError, match="is wrong: no command"):
        made(EXAMPLE.replace(r"\sum_k", r"\summ_k"))


@pytest.mark.parametrize("name", components.nodes.__all__)
def test_every_text_of_a_component_says_what_it_holds(name):
    kind = getattr(components, name)
    if not isinstance(kind, type) or kind is Node:
        return
    plain = [field for field, hint in hints_of(kind).items() if str in flat(hint)]
    assert plain == []


def flat(hint) -> list:
    """The types in a union."""
    return [hint, *getattr(hint, "__args__", ())] if not hasattr(hint, "__metadata__") else [hint]


def test_the_page_has_the_formats_that_python_knows():
    found = re.search(r"const FORMATS = \{\n(.*?)\n\};", asset_text("runtime/numbers.js"), re.S)
    assert re.findall(r"^  (\w+):", found[1], re.M) == list(formats())
