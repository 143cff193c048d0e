"""The browser's modules as one classic script, so that a page works from file:// too.

A module script cannot be loaded from file://, and each of many would take a request of its own.
Each module becomes a function that returns what it exports; imports become destructuring.

What is put inside a script element, here or by someone who shows our output, ends it where it says
so: `inline_script` and `script_json` give texts that cannot.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache
from typing import Any

from ..content import asset_text

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.M)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.M)

ENTRY = "runtime/main.js"


@cache
def runtime_script(entry: str = ENTRY) -> str:
    """A module with all that it imports as one classic script, an expression of its exports."""
    order: list[str] = []
    visit(entry, order, ())
    numbers = {path: f"m{i}" for i, path in enumerate(order)}
    parts = [as_function(path, numbers) for path in order]
    body = "\n".join(parts)
    return f'(() => {{\n"use strict";\n{body}\nreturn {numbers[entry]};\n}})();\n'


def runtime_module(entry: str, exported: list[str]) -> str:
    """The same as a module that exports some of its names."""
    names = ", ".join(exported)
    return f"export const {{ {names} }} = {runtime_script(entry)}"


def inline_script(script: str) -> str:
    """A script, or a style sheet, that can stand inside a script element."""
    return re.sub(r"</(?=script)", r"<\\/", script, flags=re.I).replace("<!--", "<\\!--")


def script_json(value: Any) -> str:
    """A value as JSON that can stand inside a script element, whatever its texts say."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def visit(path: str, order: list[str], above: tuple[str, ...]) -> None:
    """Appends a module after those that it imports."""
    if path in above:
        raise ValueError(f"modules import each other: {' -> '.join([*above, path])}")
    if path in order:
        return
    for _, target in _IMPORT.findall(asset_text(path)):
        visit(resolved(path, target), order, (*above, path))
    order.append(path)


def resolved(path: str, target: str) -> str:
    """The path below assets/ of a module that another imports."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def as_function(path: str, numbers: dict[str, str]) -> str:
    """One module as a constant that holds what it exports."""
    text = asset_text(path)
    exported = ", ".join(_EXPORTED.findall(text))

    def destructured(found: re.Match[str]) -> str:
        names = re.sub(r"\s+as\s+", ": ", found.group(1)).strip().rstrip(",")
        return f"const {{ {names} }} = {numbers[resolved(path, found.group(2))]};\n"

    body = _EXPORT.sub("", _IMPORT.sub(destructured, text))
    left = re.search(r"^(import|export)\b.*", body, re.M)
    if left:
        raise ValueError(f"{path}: cannot bundle {left.group(0)!r}; write `import {{ a }} from`")
    return f"// {path}\nconst {numbers[path]} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"
