"""A challenge's goal: one expression over what a figure shows, read here, checked by the page.

The expression becomes a tree of plain JSON lists, ``["<=", ["get", "loss"], 0.105]``, which the
page evaluates (assets/runtime/lesson/goals.js): nobody's text runs as code. `holds` evaluates the
same tree here, so that a goal that is reached before anyone begins is found when the page is made.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..errors import unknown

Tree = Any  # a number, text or truth value, or a list that begins with its operation

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign><=|>=|==|!=|[-+*/()<>,\[\]]))"
)
COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
# Functions of what is shown, with their number of arguments, and functions of numbers alone,
# which are worked out here: a formula is written once, and not in the page.
FUNCTIONS = {"abs": 1, "near": 3, "apart": 2, "min": 2, "max": 2}
OF_NUMBERS: dict[str, Callable[[float], float]] = {
    "log": math.log,
    "log2": math.log2,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
CONSTANTS: dict[str, Any] = {"true": True, "false": False}
REMEMBERED = "first."
MOST_WORDS = 200  # of a goal; each parenthesis is one
DEEPEST = 16  # parentheses within each other


class GoalError(ValueError):
    """What is wrong with a goal, in a few words."""


def parse_goal(text: str, names: Collection[str], *, pair: bool = False) -> Tree:
    """The tree of a goal over these names; a pair's goal may speak of `first.name` too.

    >>> parse_goal("loss <= 0.105 and p > .5", {"loss", "p"})
    ['and', ['<=', ['get', 'loss'], 0.105], ['>', ['get', 'p'], 0.5]]
    >>> parse_goal("near(loss, log(1), 1e-3)", {"loss"})
    ['near', ['get', 'loss'], 0.0, 0.001]

    Raises
    ------
    GoalError
        If it is no such expression, or asks for something that its figure does not have.
    """
    reader = Reader(text, names, pair=pair)
    tree = reader.either()
    if reader.kind:
        raise GoalError(f"'{reader.word}' is not expected there")
    if not is_condition(tree):
        raise GoalError("it is a value, not a condition; compare it with something")
    return tree


def parse_value(text: str, names: Collection[str]) -> Tree:
    """The tree of a number, a list or a text over these names.

    >>> parse_value("1 - probs[0]", {"probs"})
    ['-', 1.0, ['at', ['get', 'probs'], 0]]

    Raises
    ------
    GoalError
        If it is none, or asks for something that its figure does not have.
    """
    reader = Reader(text, names, pair=False)
    tree = reader.total()
    if reader.kind:
        raise GoalError(f"'{reader.word}' is not expected there")
    if is_condition(tree):
        raise GoalError("it is a condition, not a value")
    return tree


def is_condition(tree: Tree) -> bool:
    """Whether a tree is true or false, rather than a number."""
    return isinstance(tree, list) and tree[0] in (*COMPARISONS, "and", "or", "not", "near")


class Reader:
    """Reads one expression from left to right; each method reads what binds at least as tightly."""

    def __init__(self, text: str, names: Collection[str], *, pair: bool) -> None:
        self.text, self.names, self.pair = text, names, pair
        self.end = 0
        self.words, self.depth = 0, 0
        self.kind, self.word = "", ""
        self.advance()

    def advance(self) -> str:
        """Goes on to the next word; returns the one left behind."""
        left = self.word
        rest = self.text[self.end :]
        if not rest.strip():
            self.kind, self.word = "", ""
            return left
        found = TOKEN.match(rest)
        if not found:
            raise GoalError(f"'{rest.strip()[:12]}' cannot be read")
        self.words += 1
        if self.words > MOST_WORDS:
            raise GoalError(f"it has more than {MOST_WORDS} words and signs")
        self.end += found.end()
        self.kind = found.lastgroup or ""
        self.word = found.group(self.kind)
        return left

    def takes(self, *words: str) -> str:
        """The next word if it is one of these, else nothing."""
        return self.advance() if self.word in words and self.kind != "text" else ""

    def expect(self, word: str) -> None:
        """The next word must be this one."""
        if not self.takes(word):
            raise GoalError(
                f"'{word}' is missing" + (f" before '{self.word}'" if self.word else "")
            )

    def either(self) -> Tree:
        """Conditions joined by or."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise GoalError("its parentheses are nested too deep")
        tree = self.both()
        while self.takes("or"):
            tree = ["or", condition(tree), condition(self.both())]
        self.depth -= 1
        return tree

    def both(self) -> Tree:
        """Conditions joined by and."""
        tree = self.negated()
        while self.takes("and"):
            tree = ["and", condition(tree), condition(self.negated())]
        return tree

    def negated(self) -> Tree:
        """A comparison, or the opposite of one."""
        if self.takes("not"):
            return ["not", condition(self.negated())]
        tree = self.total()
        sign = self.takes(*COMPARISONS)
        if not sign:
            return tree
        tree = [sign, tree, self.total()]
        if self.word in COMPARISONS:
            raise GoalError("comparisons do not chain; join two with 'and'")
        return tree

    def total(self) -> Tree:
        """Terms added and subtracted."""
        tree = self.product()
        while sign := self.takes("+", "-"):
            tree = folded(sign, tree, self.product())
        return tree

    def product(self) -> Tree:
        """Factors multiplied and divided."""
        tree = self.signed()
        while sign := self.takes("*", "/"):
            tree = folded(sign, tree, self.signed())
        return tree

    def signed(self) -> Tree:
        """A value, or minus one."""
        return folded("-", 0.0, self.signed()) if self.takes("-") else self.value()

    def value(self) -> Tree:
        """A number, a text, a name with or without an index, a call, or parentheses."""
        if self.takes("("):
            tree = self.either()
            self.expect(")")
            return tree
        if self.kind == "number":
            return finite(float(self.advance()))
        if self.kind == "text":
            return self.advance()[1:-1]
        if self.kind != "name":
            raise GoalError(
                f"a value is missing before '{self.word}'" if self.word else "it ends too early"
            )
        name = self.advance()
        if self.takes("("):
            return self.call(name)
        if name in CONSTANTS:
            return CONSTANTS[name]
        tree = self.named(name)
        if self.takes("["):
            place = self.advance() if self.kind == "number" else ""
            if not re.fullmatch(r"[0-9]{1,3}", place):
                raise GoalError(f"the index of {name} must be a whole number, at most 999")
            self.expect("]")
            return ["at", tree, int(place)]
        return tree

    def named(self, name: str) -> Tree:
        """What the figure shows under a name."""
        plain = name.removeprefix(REMEMBERED)
        if plain != name and not self.pair:
            raise GoalError(f"'{name}' needs ':pair: true'")
        if plain not in self.names:
            raise GoalError(unknown(plain, dict.fromkeys(self.names), "no readout or state entry"))
        return ["first" if plain != name else "get", plain]

    def call(self, name: str) -> Tree:
        """A function of its arguments."""
        wanted = 1 if name in OF_NUMBERS else FUNCTIONS.get(name)
        if wanted is None:
            raise GoalError(unknown(name, FUNCTIONS | OF_NUMBERS, "no function"))
        given = [self.either()]
        while self.takes(","):
            given.append(self.either())
        self.expect(")")
        if len(given) != wanted:
            raise GoalError(f"{name}() takes {wanted} values; got {len(given)}")
        if name not in OF_NUMBERS:
            return [name, *given]
        if not isinstance(given[0], float):
            raise GoalError(f"{name}() takes a number only, not what a figure shows")
        try:
            return OF_NUMBERS[name](given[0])
        except (ValueError, OverflowError) as error:
            raise GoalError(f"{name}({given[0]:g}) is not a number") from error


def condition(tree: Tree) -> Tree:
    """A tree that stands where a condition must."""
    if not is_condition(tree) and not isinstance(tree, bool) and not is_get(tree):
        raise GoalError("and, or and not join conditions, not values")
    return tree


def finite(number: float) -> float:
    """A number that the page can be told: JSON has no word for others."""
    if not math.isfinite(number):
        raise GoalError("a number in it is too large")
    return number


def is_get(tree: Tree) -> bool:
    """Whether a tree is what a figure shows, which may be true or false."""
    return isinstance(tree, list) and tree[0] in ("get", "first", "at")


def folded(sign: str, left: Tree, right: Tree) -> Tree:
    """An operation; worked out at once where both sides are numbers."""
    if isinstance(left, float) and isinstance(right, float):
        try:
            return finite(ARITHMETIC[sign](left, right))
        except ZeroDivisionError as error:
            raise GoalError("it divides by 0") from error
    return [sign, left, right]


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def evaluate(tree: Tree, shown: Mapping[str, Any], first: Mapping[str, Any]) -> Any:
    """The value of a tree for what a figure shows now, and what was remembered of it.

    Every operation takes values of its own kind and no others, and is what the page's is
    (assets/runtime/lesson/goals.js), infinities and nan included.

    Raises
    ------
    TypeError
        Where a value is of another kind than its operation takes.
    ZeroDivisionError
        Where it divides by 0.
    """
    if not isinstance(tree, list):
        return tree
    operation, *given = tree
    if operation == "get":
        return shown[given[0]]
    if operation == "first":
        return first[given[0]]
    values = (evaluate(part, shown, first) for part in given)  # each when it is asked for
    if operation == "and":
        return all(map(truth, values))
    if operation == "or":
        return any(map(truth, values))
    if operation == "not":
        return not truth(next(values))
    if operation in ("==", "!="):
        return equal(*values) is (operation == "==")
    if operation == "at":
        numbers, place = row(next(values)), given[1]
        return numbers[place] if place < len(numbers) else math.nan
    if operation == "apart":
        return apart(*map(row, values))
    return OF_FLOATS[operation](*map(number, values))


def number(value: Any) -> float:
    """A value that must be a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def truth(value: Any) -> bool:
    """A value that must be true or false; of numbers 0 and nan are false."""
    return value if isinstance(value, bool) else number(value) != 0.0 and not math.isnan(value)


def row(value: Any) -> list[Any]:
    """A value that must be a list."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def equal(a: Any, b: Any) -> bool:
    """Whether two values of one kind are the same; nan is not even itself."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    for kind in (bool, str):
        if isinstance(a, kind) and isinstance(b, kind):
            return a == b
    return number(a) == number(b)


def apart(a: list[Any], b: list[Any]) -> float:
    """The largest distance of two lists' entries; infinite where one is longer."""
    if len(a) != len(b):
        return math.inf
    return largest(*(abs(number(x) - number(y)) for x, y in zip(a, b, strict=True)), 0.0)


def largest(*values: float) -> float:
    """The maximum, nan where one is nan."""
    return math.nan if any(map(math.isnan, values)) else max(values)


OF_FLOATS: dict[str, Callable[..., Any]] = ARITHMETIC | {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "abs": abs,
    "min": lambda a, b: -largest(-a, -b),
    "max": largest,
    "near": lambda a, b, within: abs(a - b) <= within,
}


def holds(tree: Tree, shown: Mapping[str, Any], first: Mapping[str, Any] | None = None) -> bool:
    """Whether a goal is reached by what a figure shows; a division by 0 does not reach it.

    Raises
    ------
    TypeError
        Where a value is of another kind than its operation takes.
    """
    try:
        return truth(evaluate(tree, shown, first or {}))
    except ZeroDivisionError:
        return False


def speaks_of_first(tree: Tree) -> bool:
    """Whether a goal needs a first state to be remembered."""
    return isinstance(tree, list) and (tree[0] == "first" or any(map(speaks_of_first, tree[1:])))


def names_in(tree: Tree) -> list[str]:
    """The names that a goal speaks of, now or of the first state."""
    if not isinstance(tree, list):
        return []
    if tree[0] in ("get", "first"):
        return [str(tree[1])]
    return [name for part in tree[1:] for name in names_in(part)]
