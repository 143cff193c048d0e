"""The figures, by name. A new one is a file here and a line below."""

from __future__ import annotations

from ..errors import UnknownFigureError
from .bce_curves import BceCurves
from .count_likelihood import CountLikelihood
from .figure import Figure, Preset, unknown
from .focal_curves import FocalCurves
from .label_smoothing import LabelSmoothing
from .logit_gradient import LogitGradient
from .mse_vs_ce import MseVsCe
from .prediction_bars import PredictionBars
from .two_distributions import TwoDistributions

FIGURES: dict[str, type[Figure]] = {
    figure.name_of: figure
    for figure in (
        PredictionBars,
        TwoDistributions,
        CountLikelihood,
        BceCurves,
        MseVsCe,
        LogitGradient,
        LabelSmoothing,
        FocalCurves,
    )
}


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
