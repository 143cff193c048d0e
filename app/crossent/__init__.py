"""Crossent: cross-entropy loss that you can grab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .notebook import show

__version__ = "0.1.0"
__all__ = ["show"]


def __getattr__(name: str) -> Any:
    # Importing crossent.core must bring in nothing but NumPy: show is imported when it is used.
    if name == "show":
        from .notebook import show

        return show
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
