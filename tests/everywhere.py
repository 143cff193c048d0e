"""The fast tests on every Python that is declared and installed here: make fast-everywhere.

Each has an environment of its own, .venv/everywhere/3.12 and the like. A Python that is not
installed is said, and so is what failed; pyenv's are found whether or not they are switched on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def declared() -> list[str]:
    """The versions of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)


def installed(version: str) -> str | None:
    """A Python of this version that starts."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    others = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    for command in [shutil.which(f"python{version}"), *map(str, others)]:
        if command and answers(command):
            return command
    return None


def answers(command: str) -> bool:
    """Whether a Python starts: a shim may stand where none is."""
    return subprocess.run([command, "-c", ""], capture_output=True, check=False).returncode == 0


def tried(version: str, python: str) -> bool:
    """Whether the fast tests pass on a Python."""
    folder = ROOT / ".venv" / "everywhere" / version
    own = folder / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
    install = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--editable", f"{ROOT}[fast]"], check=True)
    return subprocess.run([own, "-m", "pytest", "--fast"], cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Tries all; 1 if one failed or none is there."""
    outcomes = {}
    for version in declared():
        python = installed(version)
        print(f"Python {version}: {python or 'not installed'}", flush=True)
        if python:
            outcomes[version] = tried(version, python)
    for version, passed in outcomes.items():
        print(f"Python {version}: {'passed' if passed else 'FAILED'}")
    return 0 if outcomes and all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
