"""What figures begin with: the columns of their first states, worked out once."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ..figures import Figure
from ..figures.figure import State
from ..links.server import encode_columns

First = tuple[dict[str, Any], dict[str, Any]]
KEPT = 1024  # first states, in all languages; what one takes is some kB


def first_of(figure: type[Figure], state: State) -> First:
    """A whole state's columns as they travel, and its readouts."""
    columns = figure.columns(state)
    return encode_columns(columns), columns["readout"]


def kept_first(figure: type[Figure], state: State) -> First:
    """The same, of a state that pages begin with again and again."""
    return _kept(figure, json.dumps(state))  # type: ignore[arg-type]


@lru_cache(KEPT)
def _kept(figure: type[Figure], state: str) -> First:
    return first_of(figure, json.loads(state))
