"""All measurements, one after the other, and one table of them at the end.

python -m benchmarks [NAME ...] [--json FILE] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .table import Row, as_text, say, version_line

NAMES = (
    *("core", "compute", "runs", "pointer", "painting", "keystrokes"),
    *("startup", "memory", "people", "room", "attacked"),
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there too")
    parser.add_argument("--quick", action="store_true", help="fewer repeats: a look, not a number")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in NAMES:
            parser.error(f"no benchmark '{name}'; there are {', '.join(NAMES)}")
    names = options.names or NAMES
    results = {name: one(name, options.quick) for name in names}
    rows = [Row(**row) for result in results.values() if result for row in result["rows"]]
    load = os.getloadavg()[0]
    say(f"\n{version_line()}; {os.cpu_count()} processors, load {load:.1f} at the end")
    say(as_text(rows))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    missing = [name for name, result in results.items() if result is None]
    if missing:
        say(f"\nnot measured, for the reason above: {', '.join(missing)}")
    return 1 if missing else 0


def one(name: str, quick: bool) -> dict[str, Any] | None:
    """One benchmark in a process of its own: what one leaves behind slows no other."""
    say(f"== {name}")
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "results.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(found)]
        subprocess.run(command + ["--quick"] * quick)
        return json.loads(found.read_text()) if found.exists() else None


if __name__ == "__main__":
    raise SystemExit(main())
