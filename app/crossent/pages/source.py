"""A lesson's file as its parts: YAML, Markdown and directives, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import Node

from ..errors import LessonError
from ..figures.figure import unknown
from .definition import Directive

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
COLONS = re.compile(r"^([ \t]*)(:{3,})(.*)$")
OPENING = re.compile(r"^\{([^}]*)\}[ \t]*(.*)$")
OPTION = re.compile(r"^:([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$")


class Loader(yaml.SafeLoader):
    """YAML as of today: `yes` and `no` are words, 1e-3 is a number, and there are no dates."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML declares it so)


for tag, pattern, letters in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?\d+", "-+0123456789"),
    ("float", r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", "-+.0123456789"),
):
    whole = re.compile(f"(?:{pattern})$")
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", whole, list(letters))
Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


@dataclass(frozen=True)
class Markdown:
    """Text between directives; `line` is the number of its first line in the file."""

    line: int
    text: str


@dataclass(frozen=True)
class Given:
    """A value as it was written, and where."""

    line: int
    text: str


@dataclass(frozen=True)
class Use:
    """A directive as it was used."""

    directive: Directive
    line: int
    argument: str
    options: dict[str, Given]
    body: Markdown


class Source:
    """A file's lines, and the errors that name them."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def error(self, line: int, problem: str) -> LessonError:
        """An error at a line of this file."""
        return LessonError(self.path, line, problem)

    # -- YAML ----------------------------------------------------------------------------------

    def yaml(self, part: Markdown, what: str) -> tuple[Any, Node | None]:
        """A value written as YAML, and its nodes, which know their lines."""
        try:
            node = yaml.compose(part.text, Loader=Loader)
            value = yaml.load(part.text, Loader=Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = part.line + (mark.line if mark else 0)
            last = part.line + max(0, len(part.text.splitlines()) - 1)
            problem = (error.problem or "it cannot be read").replace("\n", " ")
            raise self.error(min(line, last), f"{what} is not YAML: {problem}") from error
        except (yaml.YAMLError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise self.error(part.line, f"{what} is not YAML: {first}") from error
        if node is not None:
            self.refuse_twins(part.line, node)
        return value, node

    def refuse_twins(self, line: int, node: Node) -> None:
        """A key that is given twice would be lost in silence."""
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    raise self.error(line + key.start_mark.line, f"'{key.value}' is given twice")
                seen.add(key.value)
                self.refuse_twins(line, value)
        elif isinstance(node, yaml.SequenceNode):
            for entry in node.value:
                self.refuse_twins(line, entry)

    def mapping(self, part: Markdown, what: str) -> tuple[dict[str, Any], dict[str, int]]:
        """A YAML mapping with text keys, and the line of each key."""
        value, node = self.yaml(part, what)
        if not isinstance(value, dict) or not isinstance(node, yaml.MappingNode):
            raise self.error(part.line, f"{what} must be entries such as 'name: value'")
        if not all(isinstance(name, str) for name in value):
            raise self.error(part.line, f"{what} must have names before its colons")
        return value, {key.value: part.line + key.start_mark.line for key, _ in node.value}

    # -- parts ---------------------------------------------------------------------------------

    def parts(self, start: int, directives: Mapping[str, Directive]) -> Iterator[Markdown | Use]:
        """The file from a line on, as Markdown and directives in turn."""
        first, opened = start, -1
        for i, rest in self.colon_lines(start):
            if not rest:
                if opened < 0:
                    raise self.error(i + 1, "::: closes a directive, but none is open")
                yield self.use(opened, i, directives)
                first, opened = i + 1, -1
            elif opened >= 0:
                raise self.error(
                    opened + 1,
                    f"this directive is not closed before line {i + 1}, where the next begins",
                )
            else:
                yield Markdown(first + 1, "\n".join(self.lines[first:i]))
                opened = i
        if opened >= 0:
            raise self.error(opened + 1, "this directive is not closed; end it with a line :::")
        yield Markdown(first + 1, "\n".join(self.lines[first:]))

    def colon_lines(self, start: int) -> Iterator[tuple[int, str]]:
        """Each line that begins with three colons outside of blocks of code, and its rest."""
        fence, fenced_at = "", 0
        for i in range(start, len(self.lines)):
            line = self.lines[i]
            mark = FENCE.match(line)
            if fence:
                if mark and mark[1].startswith(fence) and not mark[2].strip():
                    fence = ""
                continue
            if mark:
                fence, fenced_at = mark[1], i
                continue
            colons = COLONS.match(line)
            if not colons:
                continue
            if colons[1]:
                width = len(colons[1].expandtabs(4))
                raise self.error(
                    i + 1,
                    f"a directive's lines start at the margin; this one is {width} columns in",
                )
            yield i, colons[3].strip()
        if fence:
            raise self.error(fenced_at + 1, f"the block begun by {fence} is not closed")

    def use(self, opened: int, closed: int, directives: Mapping[str, Directive]) -> Use:
        """The directive between two lines."""
        head = COLONS.match(self.lines[opened])
        found = OPENING.match(head[3].strip()) if head else None
        line = opened + 1
        if not found:
            raise self.error(line, "a directive is written :::{name}")
        name, argument = found[1].strip(), found[2].strip()
        directive = directives.get(name)
        if directive is None:
            raise self.error(line, unknown(name, directives, "no directive"))
        if directive.needs_argument and not argument:
            raise self.error(line, f"{name} needs an argument: {directive.argument}")
        if argument and not directive.takes_argument:
            raise self.error(line, f"{name} takes no argument; got '{argument[:40]}'")
        options, body = self.options(directive, opened + 1, closed)
        if directive.needs_body and not body.text.strip():
            raise self.error(line, f"{name} needs a body: {directive.body.split(';')[0]}")
        return Use(directive, line, argument, options, body)

    def options(
        self, directive: Directive, start: int, end: int
    ) -> tuple[dict[str, Given], Markdown]:
        """A directive's options, and what follows them."""
        options: dict[str, Given] = {}
        last = ""
        i = start
        while i < end and self.lines[i].strip():
            text = self.lines[i]
            found = OPTION.match(text)
            if OPTION.match(text.strip()) and not found:
                raise self.error(i + 1, "an option starts at the margin, as in ':state: {...}'")
            if found:
                last = found[1]
                if directive.option(last) is None:
                    known = {option.name: option for option in directive.options}
                    raise self.error(i + 1, unknown(last, known, f"{directive.name} has no option"))
                if last in options:
                    raise self.error(i + 1, f"':{last}:' is given twice")
                options[last] = Given(i + 1, found[2] or "")
            elif last and text[0] in " \t":  # a long value goes on, indented
                before = options[last]
                options[last] = Given(before.line, f"{before.text}\n{text}")
            else:
                break
            i += 1
        return options, Markdown(i + 1, "\n".join(self.lines[i:end]))
