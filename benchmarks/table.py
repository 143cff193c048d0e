"""What every benchmark prints at its end: one line a measurement, ours beside its baseline."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HEAD = ("what", "ours", "baseline", "ratio", "reach", "met")


@dataclass
class Row:
    """One measurement. `met` is None where there is nothing to reach, or nothing to reach it by."""

    what: str
    ours: str
    baseline: str = ""
    ratio: float | None = None
    reach: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {True: "yes", False: "no", None: ""}[self.met]
        return self.what, self.ours, self.baseline, ratio, self.reach, met


def as_text(rows: list[Row]) -> str:
    """The rows as a table with aligned columns."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def say(text: str) -> None:
    """A line of progress, shown at once."""
    print(text, flush=True)


def run(
    doc: str | None,
    measure: Callable[[bool], dict[str, Any]],
    rows: Callable[[dict[str, Any]], list[Row]],
    arguments: list[str] | None = None,
) -> int:
    """The command line of one benchmark: measures, prints its table, writes its results."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there too")
    parser.add_argument("--quick", action="store_true", help="fewer repeats: a look, not a number")
    options = parser.parse_args(arguments)
    results = measure(options.quick)
    table = rows(results)
    print(f"\n{as_text(table)}", flush=True)
    if options.json:
        kept = {"results": results, "rows": [asdict(row) for row in table]}
        options.json.write_text(json.dumps(kept, indent=1) + "\n")
    return 0


def version_line() -> str:
    """What a result depends on besides this project."""
    import bokeh
    import numpy
    import panel

    python = sys.version.split()[0]
    return (
        f"Python {python}, NumPy {numpy.__version__}, Panel {panel.__version__}, "
        f"Bokeh {bokeh.__version__}"
    )
