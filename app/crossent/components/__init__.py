"""What figures are built from: each component's Python face.

A view is a tree of these. They hold names only: of the parameter that a component sets, of the
columns that it shows (``"table.column"``; a bare name is a readout's). Their JavaScript is in
assets/runtime/components.
"""

from . import nodes, plots
from .nodes import *  # noqa: F403 - a new component is named once, where it is
from .plots import *  # noqa: F403

__all__ = [*nodes.__all__, *plots.__all__]
