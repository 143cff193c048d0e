"""The directives, by name. A new one is a file here and a line below."""

from __future__ import annotations

from ..definition import Directive
from .challenges import challenge
from .code_tabs import code
from .exercises import exercise
from .figures import figure
from .myths import myth
from .notes import note
from .questions import question
from .sheets import sheet
from .stages import show
from .tries import things_to_try

DIRECTIVES: dict[str, Directive] = {
    directive.name: directive
    for directive in (
        figure,
        things_to_try,
        question,
        challenge,
        exercise,
        code,
        note,
        myth,
        sheet,
        show,
    )
}
