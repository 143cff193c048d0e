"""A lesson's file as its parts: YAML, Markdown and directives, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import thread_time
from typing import Any

import yaml
from yaml.events import AliasEvent
from yaml.nodes import Node
from yaml.reader import ReaderError

from ..errors import LessonError, unknown
from ..figures.figure import WORK
from .definition import Directive

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
COLONS = re.compile(r"^([ \t]*)(:{3,})(.*)$")
OPENING = re.compile(r"^\{([^}]*)\}[ \t]*(.*)$")
OPTION = re.compile(r"^:([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$")
# What editors and markdown-it count as lines: str.splitlines knows others too, such as a form feed.
LINE = re.compile(r"\r\n|\r|\n")
# The budget of a lesson, some ten times what one needs.
LARGEST = 64_000  # bytes of a file
MOST_LINES = 4_000
LONGEST_BLOCK = 12_000  # characters; what a paragraph's marks cost grows with its square
LONGEST = 5  # s of the processor's time, without what figures make
MOST_RUNS = 48  # of training figures, in different settings; most figures' take a tenth of a second
DEEPEST = 12  # lists and mappings within each other in YAML; a state has two


def lines_of(text: str) -> list[str]:
    """The lines of a text, as an editor counts them."""
    return LINE.split(text)


class Loader(yaml.SafeLoader):
    """YAML as of today: `yes` and `no` are words, 1e-3 is a number, and there are no dates.

    Aliases are refused: a few of them make a value of any size, or one that holds itself. So are
    tags, for values are told apart by how they are written.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML declares it so)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """A node, within the budget."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self.refused("& and * (aliases) are not known here; quote the text", event)
        if getattr(event, "tag", None) not in (None, "!"):
            raise self.refused(f"'{event.tag[:40]}' (a tag) is not known here", event)
        if self.depth > DEEPEST:
            raise self.refused("it is nested too deep", event)
        self.depth += 1
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith(":str"):
                    raise self.refused("what stands before a colon must be a name", key)
        return node

    @staticmethod
    def refused(problem: str, where: Any) -> yaml.MarkedYAMLError:
        """An error at an event or a node."""
        return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)


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


def line_at(part: Markdown, mark: Any) -> int:
    """The line of a place in some YAML, which itself counts other lines than an editor does.

    What is missing at the end is missed on the last line.
    """
    if mark is None:
        return part.line
    before = part.text[: mark.index]
    return part.line + before.count("\n") - (mark.index >= len(part.text) and before[-1:] == "\n")


class Source:
    """A file's lines, how far it has been read, and the errors that name them."""

    def __init__(self, path: str, text: str = "") -> None:
        self.path = path
        self.lines = lines_of(text)
        self.line = 1
        self.start, self.runs = thread_time() - WORK.seconds, WORK.runs

    def at(self, line: int) -> None:
        """Notes the line that is read now, and that there is time for it.

        What figures make takes long on a slow machine, and is kept: it is counted, not timed.
        """
        self.line = line
        if thread_time() - WORK.seconds - self.start > LONGEST:
            raise self.error(line, f"reading this far took {LONGEST} s; make the lesson simpler")
        if WORK.runs - self.runs > MOST_RUNS:
            problem = f"the figures up to here train in more than {MOST_RUNS} different ways"
            raise self.error(line, f"{problem}; set fewer states")

    def check_size(self) -> None:
        """A lesson of a usual size is read in a moment; a hundred times as much is none."""
        if len(self.lines) > MOST_LINES:
            raise self.error(MOST_LINES, f"a lesson has at most {MOST_LINES} lines")
        size = 0
        for i, line in enumerate(self.lines):
            size = size + len(line) if line.strip() else 0
            if size > LONGEST_BLOCK:
                problem = f"a block of text without an empty line has at most {LONGEST_BLOCK}"
                raise self.error(i + 1, f"{problem} characters")

    def error(self, line: int, problem: str) -> LessonError:
        """An error at a line of this file."""
        return LessonError(self.path, line, problem)

    # -- YAML ----------------------------------------------------------------------------------

    def yaml(self, part: Markdown, what: str) -> tuple[Any, Node | None]:
        """A value written as YAML, and its nodes, which know their places."""
        try:
            loader = Loader(part.text)
            node = loader.get_single_node()
            value = None if node is None else loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = error.problem or "it cannot be read"
            raise self.error(line_at(part, mark), f"{what} is not YAML: {problem}") from error
        except ReaderError as error:
            line = part.line + part.text.count("\n", 0, error.position)
            problem = f"the character U+{error.character:04X} cannot stand there"
            raise self.error(line, f"{what} is not YAML: {problem}") from error
        except (yaml.YAMLError, ValueError) as error:
            raise self.error(part.line, f"{what} is not YAML: {error}") from error
        if node is not None:
            self.refuse_twins(part, node)
        return value, node

    def refuse_twins(self, part: Markdown, node: Node) -> None:
        """A key that is given twice would be lost in silence."""
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = line_at(part, key.start_mark)
                    raise self.error(line, f"'{key.value[:40]}' is given twice")
                seen.add(key.value)
                self.refuse_twins(part, value)
        elif isinstance(node, yaml.SequenceNode):
            for entry in node.value:
                self.refuse_twins(part, entry)

    def mapping(self, part: Markdown, what: str) -> tuple[dict[str, Any], dict[str, int]]:
        """A YAML mapping, whose keys are texts, and the line of each key."""
        value, node = self.yaml(part, what)
        if not isinstance(value, dict) or not isinstance(node, yaml.MappingNode):
            raise self.error(part.line, f"{what} must be entries such as 'name: value'")
        return value, {key.value: line_at(part, key.start_mark) for key, _ in node.value}

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
