"""Every answer leads to a call, and every call to the loss that is shown."""

import ast
import importlib.util
import inspect
import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.course import lessons
from tests.figures.running import output

from crossent import core
from crossent.figures import figure_named
from crossent.figures.loss_chooser import (
    ASKED,
    LIBRARIES,
    LossChooser,
    call_of,
    example,
)

OPTIONS = [LossChooser.parameters()[name].options for name in ASKED]
ANSWERS = [dict(zip(ASKED, chosen, strict=True)) for chosen in product(*OPTIONS)]
IDS = ["-".join(answers.values()) for answers in ANSWERS]
# The parameters of what is called in Keras, JAX and optax, at the versions named in the file.
DOCUMENTED = json.loads((Path(__file__).parent / "documented_calls.json").read_text())


def state_of(answers, **given):
    state, problems = LossChooser.resolve(answers | given)
    assert not problems
    return state


def shown(state):
    return float(LossChooser.columns(state)["readout"]["loss"])


def given_to(library, state):
    """The names that a call uses, as a library's own arrays."""
    arrays = example(state)
    if library == "numpy":
        return {"np": np} | arrays
    if library == "pytorch":
        tensors = {name: torch.tensor(value) for name, value in arrays.items()}
        return {"torch": torch, "F": torch.nn.functional} | tensors
    if library == "jax":
        import jax
        import jax.numpy as jnp
        import optax

        names = {name: jnp.array(value) for name, value in arrays.items()}
        return {"jax": jax, "jnp": jnp, "optax": optax} | names
    import keras

    def array(value):
        return keras.ops.convert_to_tensor(
            value, dtype="int32" if value.dtype.kind == "i" else "float32"
        )

    return {"keras": keras} | {name: array(value) for name, value in arrays.items()}


def ran(library, state):
    names = given_to(library, state)
    exec(call_of(*(state[name] for name in ASKED), library), names)
    return float(names["loss"])


@pytest.mark.parametrize("answers", ANSWERS, ids=IDS)
@pytest.mark.parametrize("library", ["pytorch", "numpy"])
def test_the_call_gives_the_loss_that_is_shown(library, answers):
    for z in (2.0, -7.5):
        state = state_of(answers, z=z)
        assert ran(library, state) == pytest.approx(shown(state), rel=1e-12)


def called(code):
    """Each function of Keras and optax that some code calls: its name, arguments and keywords."""
    short = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            short[node.targets[0].id] = ast.unparse(node.value)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            name = short.get(name, name)
            if re.fullmatch(r"(?:keras|optax|jax)\.[\w.]+", name):
                yield name, len(node.args), [keyword.arg for keyword in node.keywords]


@pytest.mark.parametrize("library", ["keras", "jax"])
def test_every_call_has_the_parameters_that_its_library_documents(library):
    seen = set()
    codes = [call_of(*answers.values(), library) for answers in ANSWERS]
    sheet = next(lesson for lesson in lessons() if lesson.slug == "cheatsheet")
    codes += [tab.text for tab in sheet.code if tab.label == LIBRARIES[library]]
    assert len(codes) == len(ANSWERS) + 1
    for code in codes:
        for name, count, keywords in called(code):
            seen.add(name)
            parameters = [
                inspect.Parameter(each.lstrip("*"), inspect.Parameter.POSITIONAL_OR_KEYWORD)
                for each in DOCUMENTED["calls"][name]
            ]
            signature = inspect.Signature(parameters)
            signature.bind_partial(*[None] * count, **dict.fromkeys(keywords))
    assert len(seen) > 4


@pytest.mark.parametrize("library", ["keras", "jax"])
def test_where_a_library_is_installed_its_call_gives_the_loss_that_is_shown(library):
    needed = {"keras": ("keras",), "jax": ("jax", "optax")}[library]
    if not all(map(importlib.util.find_spec, needed)):
        # Not installed: then its calls were held to the documentation above, which says which.
        assert all(DOCUMENTED["versions"][name] for name in needed)
        return
    for answers in ANSWERS:
        state = state_of(answers)
        assert ran(library, state) == pytest.approx(shown(state), rel=2e-5)


def test_it_is_in_the_index():
    assert figure_named("loss-chooser") is LossChooser


def test_what_it_shows_is_the_cores_where_the_core_has_it():
    answers = {"labels": "one", "outputs": "many", "truth": "hard"}
    logits, targets = np.array([[2, 0.5, -1], [0.1, 1.5, 0.3], [-0.5, 0.2, 2]]), [0, 1, 2]
    for imbalance, weight in (("none", None), ("weights", [1.0, 3.0, 10.0])):
        for confidence, epsilon in (("plain", 0.0), ("smooth", 0.1)):
            state = state_of(answers | {"imbalance": imbalance, "confidence": confidence})
            wanted = core.cross_entropy(logits, targets, weight=weight, label_smoothing=epsilon)
            assert shown(state) == pytest.approx(float(wanted), rel=1e-12)
    focal = state_of(answers | {"imbalance": "focal", "confidence": "plain"})
    assert shown(focal) == pytest.approx(float(core.focal_loss(logits, targets)), rel=1e-12)


def test_the_first_example_is_the_one_of_the_course():
    state = state_of(dict(zip(ASKED, ("one", "many", "hard", "weights", "plain"), strict=True)))
    found = LossChooser.columns(state)["readout"]
    assert f"{found['loss']:.6f}" == "0.268734"
    assert f"{found['plain']:.6f}" == "0.299730"


def test_with_focusing_nothing_is_smoothed_and_nothing_is_asked_of_it():
    for library in LIBRARIES:
        calls = {call_of("one", "many", "hard", "focal", c, library) for c in ("plain", "smooth")}
        assert len(calls) == 1


@pytest.mark.parametrize("language", LossChooser.code)
def test_its_code_prints_what_it_shows(language):
    softmax = state_of({"labels": "one", "outputs": "many"})
    sigmoid = state_of({"outputs": "one"})
    text = output(LossChooser, language, softmax)
    printed = [float(line) for line in text.splitlines()]
    assert printed == pytest.approx([shown(softmax), shown(sigmoid)], rel=1e-12)
