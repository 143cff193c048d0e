"""What the core asks of whoever imports it."""

import subprocess
import sys

import pytest

from crossent import core


def test_importing_the_core_brings_nothing_but_numpy():
    code = "import sys, crossent.core; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in loaded
    assert not {"param", "panel", "bokeh", "torch", "scipy", "pandas"} & set(loaded)


@pytest.mark.parametrize("name", [name for name in core.__all__ if f"{name}_grad" in core.__all__])
def test_each_gradient_takes_the_arguments_of_its_loss(name):
    import inspect

    loss = inspect.signature(getattr(core, name)).parameters
    grad = dict(inspect.signature(getattr(core, f"{name}_grad")).parameters)
    grad.pop("out", None)
    assert list(loss.values()) == list(grad.values())


@pytest.mark.parametrize("name", core.__all__)
def test_every_public_function_says_what_it_returns_and_shows_it(name):
    assert ">>> " in getattr(core, name).__doc__
