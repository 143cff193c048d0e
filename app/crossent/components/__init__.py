"""What figures are built from: each component's Python face.

A view is a tree of these. They hold names only: of the parameter that a component sets, of the
columns that it shows (``"table.column"``; a bare name is a readout's). Their JavaScript is in
assets/runtime/components.
"""

from .nodes import (
    Action,
    Bars,
    BatchTable,
    Choice,
    ClassBars,
    Column,
    Drag,
    Formula,
    Handle,
    LiveTable,
    Node,
    OneOf,
    Part,
    Plot,
    Pushes,
    Range,
    Readout,
    Row,
    Sentence,
    SumBar,
    SumBars,
    Switch,
    nodes_of,
    spec_of,
)
from .plots import curve_plot, diamond, hairline, label, level, own_sources

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
    "OneOf",
    "Part",
    "Plot",
    "Pushes",
    "Range",
    "Readout",
    "Row",
    "Sentence",
    "SumBar",
    "SumBars",
    "Switch",
    "curve_plot",
    "diamond",
    "hairline",
    "label",
    "level",
    "nodes_of",
    "own_sources",
    "spec_of",
]
