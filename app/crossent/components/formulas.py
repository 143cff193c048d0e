r"""Formulas with live numbers: LaTeX whose ``\live{loss:signed}`` the page fills in.

The formula goes through pages/mathml.py, as those of the lessons do; a slot travels as a text of
its own and comes out as ``{loss:signed}``, which the page's formula component looks for.
"""

from __future__ import annotations

import re

from ..pages.mathml import to_mathml

LIVE = re.compile(r"\\live\{(@?[\w.]+(?::\w+)?)\}")
_HELD = re.compile(r"<mtext>live(\d+)live</mtext>")
_MATH = re.compile(r"^<math[^>]*>(.*)</math>$", re.S)


def slotted_mathml(tex: str) -> str:
    r"""The inside of a ``math`` element, with slots where the formula has live numbers.

    >>> slotted_mathml(r"L = \live{loss}")
    '<mrow><mi>L</mi><mo>=</mo><mrow>{loss}</mrow></mrow>'

    Raises
    ------
    TexError
        Where LaTeX itself would stop.
    """
    slots = LIVE.findall(tex)
    numbers = iter(range(len(slots)))
    math = to_mathml(LIVE.sub(lambda _: rf"{{\text{{live{next(numbers)}live}}}}", tex))
    inside = _MATH.sub(r"\1", math)
    return _HELD.sub(lambda held: f"{{{slots[int(held[1])]}}}", inside)
