"""Loops as functions of their own: one for all loops of a text that do the same.

An engine compiles many small functions soon and well, and one large one late and badly.
"""

import re

# In a loop's statements: what is there before it, and what it makes and numbers itself.
_GIVEN = re.compile(r"\b[bnrstxy]\d+\b|\$[A-Za-z_][\w$]*")
_MADE = re.compile(r"\bv\d+\b")
_SHORT = re.compile(r"( *)for \(let (\w) = 0; \2 < ([1-4]); \2\+\+\) \{")
_LINES = 4  # of a short loop's body, at most, for it to be written out turn by turn


class Functions:
    """The functions that a text's programs share, and the name of each."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def declarations(self) -> list[str]:
        """A declaration of each."""
        return [f"function {name}{text}" for text, name in self._names.items()]

    def call(self, lines: list[str]) -> str:
        """The call of a function that does what these statements do to arrays."""
        given: dict[str, str] = {}
        made: dict[str, str] = {}
        text = "\n".join("  " + line for line in turn_by_turn(lines))
        text = text.replace("Math.exp(", "exp(").replace("Math.log(", "log(")
        text = _GIVEN.sub(lambda m: given.setdefault(m[0], f"p{len(given)}"), text)
        text = _MADE.sub(lambda m: made.setdefault(m[0], f"v{len(made)}"), text)
        function = f"({', '.join(given.values())}) {{\n{text}\n}}"
        name = self._names.setdefault(function, f"g{len(self._names)}")
        return f"{name}({', '.join(given)});"


def turn_by_turn(lines: list[str]) -> list[str]:
    """The statements, with innermost loops of a few turns and lines written out.

    >>> turn_by_turn(["for (let i = 0; i < 2; i++) {", "  b0[i] = 0;", "}"])
    ['b0[0] = 0;', 'b0[1] = 0;']
    """
    written: list[str] = []
    place = 0
    while place < len(lines):
        head = _SHORT.fullmatch(lines[place])
        body = _body(lines, place) if head else None
        if head and body:
            written += _turns(head[1], head[2], int(head[3]), body)
            place += len(body) + 2
        else:
            written.append(lines[place])
            place += 1
    return written


def _body(lines: list[str], head: int) -> list[str] | None:
    """The lines of an innermost loop, without its first and last; None if there are too many."""
    for end in range(head + 1, min(head + _LINES + 2, len(lines))):
        if lines[end].endswith("{"):
            return None
        if lines[end].strip() == "}":  # the loop's own; an if on one line ends with one too
            return lines[head + 1 : end]
    return None


def _turns(margin: str, variable: str, count: int, body: list[str]) -> list[str]:
    """The lines of a loop once for each turn; in braces where they name something."""
    name = re.compile(rf"\b{variable}\b")
    turns = [[name.sub(str(turn), line) for line in body] for turn in range(count)]
    if any(line.lstrip().startswith(("const ", "let ")) for line in body):
        return [line for turn in turns for line in (f"{margin}{{", *turn, f"{margin}}}")]
    return [line[2:] for turn in turns for line in turn]
