"""LaTeX to MathML, when a page is made: no script, no fonts to fetch, read aloud by readers.

latex2mathml reads the formula, but forgives much (an unknown command comes out as its own letters,
half a fraction as half a fraction) and lets markup in ``\\text`` through. So its tree is checked
here, and written by us with nothing but MathML's own elements and text.
"""

from __future__ import annotations

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from latex2mathml.exceptions import (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
)

# The meanings that a colour has, in prose and in formulas.
ROLES = ("truth", "prediction", "loss", "squared", "up", "down", "muted")

PROBLEMS: dict[type[Exception], str] = {
    DenominatorNotFoundError: "a fraction has no denominator",
    DoubleSubscriptsError: "two subscripts follow each other; group them with braces",
    DoubleSuperscriptsError: "two superscripts follow each other; group them with braces",
    ExtraLeftOrMissingRightError: "\\left and \\right do not match",
    InvalidAlignmentError: "an array's alignment is not made of l, c and r",
    InvalidStyleForGenfracError: "\\genfrac's style is from 0 to 3",
    InvalidWidthError: "a width is not a length",
    LimitsMustFollowMathOperatorError: "\\limits follows no operator",
    MissingEndError: "\\begin has no \\end",
    MissingSuperScriptOrSubscriptError: "nothing follows _ or ^",
    NoAvailableTokensError: "a command has nothing to work on",
    NumeratorNotFoundError: "a fraction has no numerator",
}
ENVIRONMENTS = {
    *("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"),
    *("array", "cases", "align", "align*", "aligned", "split"),
}
# How many children an element must have to mean something.
CHILDREN = {
    **{"mfrac": 2, "msub": 2, "msup": 2, "mroot": 2, "munder": 2, "mover": 2},
    **{"msubsup": 3, "munderover": 3},
}
ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mstyle", "mpadded", "mphantom"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mtable", "mtr", "mtd", "menclose"),
}
ATTRIBUTES = {
    *("display", "xmlns", "accent", "stretchy", "fence", "form", "movablelimits", "linethickness"),
    *("minsize", "maxsize", "width", "displaystyle", "scriptlevel", "mathvariant", "notation"),
    *("columnalign", "rowspacing", "columnspacing", "lspace", "rspace", "separator"),
}
FUNCTION_SPACE = '<mspace width="0.1667em"></mspace>'
APPLY = "<mo>&#x2061;</mo>"


class TexError(ValueError):
    """What is wrong with a formula, in a few words."""


def to_mathml(tex: str, *, display: bool = False) -> str:
    """A formula as MathML.

    >>> to_mathml("p_1")[-53:]
    '<mrow><msub><mi>p</mi><mn>1</mn></msub></mrow></math>'

    Raises
    ------
    TexError
        Where LaTeX itself would stop, and for what the pages do not know.
    """
    check_source(tex)
    # `aligned` is known to the library as align*, which has no numbers either.
    source = re.sub(r"\\(begin|end)\{(?:aligned|split|align)\}", r"\\\1{align*}", tex)
    try:
        root = convert_to_element(source, display="block" if display else "inline")
    except tuple(PROBLEMS) as error:
        raise TexError(PROBLEMS[type(error)]) from error
    except Exception as error:  # the library has no one exception above its own
        raise TexError("it cannot be read") from error
    for element in root.iter():
        check_element(element)
    return written(root)


def check_source(tex: str) -> None:
    """What can be seen in the text itself: braces and environments."""
    if not tex.strip():
        raise TexError("it is empty")
    depth = 0
    for brace in re.findall(r"\\.|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            raise TexError("a } has no {")
    if depth:
        raise TexError("a { has no }")
    for name in re.findall(r"\\(?:begin|end)\{([^}]*)\}", tex):
        if name not in ENVIRONMENTS:
            raise TexError(f"no environment '{name}'")


def check_element(element: Element) -> None:
    """What the library lets through: unknown commands, missing parts, stray alignment."""
    text = unescape(element.text or "").strip()
    if element.tag != "mtext" and re.fullmatch(r"\\[A-Za-z]+\*?", text):
        raise TexError(f"no command {text}")
    if element.tag == "mi" and text in ("{", "}", "&", "#"):
        raise TexError(f"a {text} stands where it means nothing")
    if len(element) != CHILDREN.get(element.tag, len(element)):
        raise TexError("a command has too few arguments")
    if element.tag not in ELEMENTS:
        raise TexError(f"<{element.tag}> is no part of the pages' formulas")
    role = element.get("class")
    if role is not None and role not in ROLES:
        raise TexError(f"\\class takes one of {', '.join(ROLES)}; got '{role[:30]}'")
    strange = element.attrib.keys() - ATTRIBUTES - {"class"}
    if strange:
        name = {"href": "\\href", "mathcolor": "\\color", "style": "\\style"}.get(
            min(strange), min(strange)
        )
        raise TexError(f"{name} is not allowed; colours are \\class{{loss}}{{...}}")


def written(element: Element) -> str:
    """An element as markup; every text is escaped, whatever it holds."""
    attributes = "".join(
        f' {name}="{escape(f"role-{value}" if name == "class" else value)}"'
        for name, value in element.attrib.items()
    )
    children = list(element)
    row = element.tag not in CHILDREN
    parts: list[str] = []
    for i, child in enumerate(children):
        name = row and is_function(child)
        before, after = children[i - 1] if i else None, children[i + 1 : i + 2]
        if name and before is not None and is_operand(before):
            parts.append(FUNCTION_SPACE)
        parts.append(written(child))
        if name and after:
            parts.append(APPLY + ("" if opens(after[0]) else FUNCTION_SPACE))
    text = escape(unescape(element.text or ""), quote=False)
    # A function's name is an identifier: as an operator it would have spaces of its own.
    named = element.tag == "mo" and is_function(element) and "movablelimits" not in element.attrib
    tag = "mi" if named else element.tag
    return f"<{tag}{attributes}>{text}{''.join(parts)}</{tag}>"


def is_function(element: Element) -> bool:
    """Whether it is a function's name, such as log, perhaps with its base below."""
    if element.tag in ("msub", "msup", "msubsup"):
        return is_function(element[0])
    text = element.text or ""
    return element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha() and text.isascii()


def is_operand(element: Element) -> bool:
    """Whether a thin space keeps it apart from a function's name that follows."""
    return (element.tag != "mo" and element.tag != "mspace") or (element.text or "") == "&#x00029;"


def opens(element: Element) -> bool:
    """Whether it is an opening parenthesis."""
    return unescape(element.text or "") in ("(", "[", "{") or element.tag == "mspace"
