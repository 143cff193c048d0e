"""What pages are made of: the part of BokehJS that built pages take."""

import re

import bokeh
import pytest

from crossent import content
from crossent.figures import FIGURES

UPDATE = "run `make bokeh`"


@pytest.fixture(scope="module")
def part():
    return content.asset_text("bokeh/bokeh.min.js")


def models_of(spec):
    """The names of all Bokeh models in a spec."""
    if isinstance(spec, dict):
        named = {spec["name"]} if spec.get("type") == "object" else set()
        return named.union(*map(models_of, spec.values()))
    return set().union(*map(models_of, spec)) if isinstance(spec, list) else set()


def test_the_part_is_of_the_bokeh_that_is_installed(part):
    assert content.bokeh_script() == part, f"{UPDATE}: Bokeh {bokeh.__version__} is installed"


@pytest.mark.parametrize("form", ["view", "card"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_part_has_every_model_that_a_figure_draws_with(name, form, part):
    there = set(re.findall(r'__name__="(\w+)"', part))
    missing = models_of(FIGURES[name].spec(form)) - there
    assert not missing, f"add {missing} to assets/bokeh/build.mjs and {UPDATE}"


def test_with_another_bokeh_a_page_takes_all_of_that(part, monkeypatch):
    content.bokeh_script.cache_clear()
    monkeypatch.setattr(content.bokeh, "__version__", "3.9.99")
    try:
        assert len(content.bokeh_script()) > len(part)
    finally:
        content.bokeh_script.cache_clear()


def test_its_licences_are_beside_it():
    licences = content.asset_text("bokeh/LICENSES")
    assert f"@bokeh/bokehjs {bokeh.__version__}: BSD-3-Clause" in licences
    for name in ("fflate", "flatbush", "sprintf-js"):
        assert re.search(rf"^{name} [\d.]+: ", licences, re.M), name
