"""What figures are built from: each component's Python face.

A view is a tree of these. They hold names only: of the parameter that a component sets, of the
columns that it shows (``"table.column"``; a bare name is a readout's). Their JavaScript, one file
a component, is in assets/runtime/components.
"""

from .nodes import (
    Action,
    Bars,
    BatchTable,
    ClassBars,
    Choice,
    Column,
    Drag,
    Formula,
    Handle,
    LiveTable,
    Node,
    Plot,
    Pushes,
    Range,
    Readout,
    Row,
    Sentence,
    Switch,
    spec_of,
)
from .plots import curve_plot, hairline, label, own_sources

__all__ = [
    "Action",
    "Bars",
    "BatchTable",
    "Choice",
    "ClassBars",
    "Column",
    "Drag",
    "Formula",
    "Handle",
    "LiveTable",
    "Node",
    "Plot",
    "Pushes",
    "Range",
    "Readout",
    "Row",
    "Sentence",
    "Switch",
    "curve_plot",
    "hairline",
    "label",
    "own_sources",
    "spec_of",
]
