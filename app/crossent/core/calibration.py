"""How far a model's confidence is from how often it is right."""

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import checks
from crossent.core.arrays import Floats


def expected_calibration_error(
    probs: ArrayLike, targets: ArrayLike, *, num_bins: int = 15
) -> Floats:
    r"""Mean gap between confidence and accuracy over bins of equal confidence width.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{N}\, \bigl| \mathrm{acc}_b - \mathrm{conf}_b \bigr|

    The confidence of a prediction is its largest probability. Bins are open below and closed
    above, as in Guo, Pleiss, Sun and Weinberger 2017, arXiv:1706.04599.

    Parameters
    ----------
    probs : array, shape (N, num_classes)
    targets : integer array, shape (N,)
    num_bins : int

    Returns
    -------
    float
        From 0 to 1; nan without examples.

    Examples
    --------
    >>> expected_calibration_error([[0.9, 0.1], [0.9, 0.1]], [0, 1]).round(4)
    np.float64(0.4)
    """
    predictions = checks.distributions("probs", probs)
    if predictions.ndim != 2:
        raise ValueError(f"probs must have shape (N, num_classes); got {predictions.shape}")
    if num_bins < 1:
        raise ValueError(f"num_bins must be at least 1; got {num_bins}")
    truth = checks.class_indices(targets, predictions.shape[-1])
    if truth.shape != predictions.shape[:1]:
        raise ValueError(f"targets must have shape {predictions.shape[:1]}; got {truth.shape}")
    if not truth.size:
        return np.full((), np.nan)[()]
    confidence = np.max(predictions, axis=-1)
    right = np.argmax(predictions, axis=-1) == truth
    edges = np.linspace(0.0, 1.0, num_bins + 1)[1:-1]
    bins = np.searchsorted(edges, confidence, side="left")
    gaps = np.bincount(bins, weights=right - confidence, minlength=num_bins)
    return np.sum(np.abs(gaps)) / truth.size
