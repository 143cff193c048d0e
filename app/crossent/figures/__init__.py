"""The figures, by name. A new one is a file here and a line below."""

from __future__ import annotations

from importlib import import_module

from ..errors import UnknownFigureError, unknown
from .figure import Figure, Preset

# In the order of the index.
FILES = (
    "prediction_bars",
    "two_distributions",
    "count_likelihood",
    "bce_curves",
    "mse_vs_ce",
    "logit_gradient",
    "training_race",
    "label_smoothing",
    "focal_curves",
    "imbalanced_training",
    "stability",
    "double_softmax",
    "batch_table",
    "softmax_vs_sigmoid",
    "next_token",
    "pixel_loss",
    "bug_clinic",
    "claim_check",
    "loss_chooser",
)


def figure_in(file: str) -> type[Figure]:
    """The one figure that a file of this folder defines."""
    module = import_module(f".{file}", __name__)
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Figure)
        and value.__module__ == module.__name__
    )


FIGURES: dict[str, type[Figure]] = {figure.name_of: figure for figure in map(figure_in, FILES)}


def figure_named(name: str) -> type[Figure]:
    """The figure of this name.

    Raises
    ------
    UnknownFigureError
        With the nearest name that there is.
    """
    if name not in FIGURES:
        raise UnknownFigureError(unknown(name, FIGURES, "no figure"))
    return FIGURES[name]


__all__ = ["FIGURES", "Figure", "Preset", "figure_named"]
