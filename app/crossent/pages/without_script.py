"""What stands in a figure's place where no script runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from ..components import nodes_of
from ..figures import Figure


def without_script(
    figure: type[Figure], readouts: Mapping[str, Any], t: Callable[[str], str]
) -> str:
    """Its words and the numbers that it begins with, as HTML; `t` says them in a language."""
    nodes = (node for node in nodes_of(figure.spec("view")["view"]) if node["kind"] == "Readout")
    numbers = "".join(
        f"<li>{escape(t(node['label']))}: {float(readouts[node['shows']]):.4g}</li>"
        for node in nodes
        if node["shows"] in readouts
    )
    said = t("This figure needs JavaScript, which does not run here. It begins with:")
    return (
        f'<noscript><div class="stage without-script"><p>{escape(t(figure.summary))}</p>'
        f"<p>{escape(said)}</p><ul>{numbers}</ul></div></noscript>"
    )
