"""Targets as distributions, and weights for classes that are rare."""

import numpy as np
from numpy.typing import ArrayLike

from crossent.core import checks, kernels
from crossent.core.arrays import Floats


def one_hot(targets: ArrayLike, num_classes: int = -1) -> Floats:
    """Distributions that are certain of their target, shape (..., num_classes).

    As in torch, ``num_classes=-1`` takes as many classes as the largest target asks for. Unlike
    torch's they are floats, so that ``cross_entropy`` takes them as targets.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    if num_classes == -1:
        num_classes = int(np.max(np.asarray(targets), initial=-1)) + 1
    return kernels.one_hot(checks.class_indices(targets, _at_least_one(num_classes)), num_classes)


def smooth_labels(
    targets: ArrayLike, num_classes: int, epsilon: float, convention: str = "uniform"
) -> Floats:
    r"""Targets as distributions that leave a share epsilon for doubt.

    Parameters
    ----------
    targets : integer array, shape (...)
    num_classes : int
    epsilon : float
        From 0 to 1.
    convention : {"uniform", "others"}
        ``"uniform"`` spreads epsilon over all K classes, the target's too, which ends at
        :math:`1 - \varepsilon + \varepsilon / K`: PyTorch, Keras, optax and the papers.
        ``"others"`` spreads it over the other K - 1 and leaves the target :math:`1 - \varepsilon`.
        They give the same where :math:`\varepsilon_{uniform} = \varepsilon_{others} K / (K - 1)`.

    Returns
    -------
    array, shape (..., num_classes)

    Examples
    --------
    >>> smooth_labels(2, 4, 0.1)
    array([0.025, 0.025, 0.925, 0.025])
    >>> smooth_labels(0, 5, 0.1, "others")
    array([0.9  , 0.025, 0.025, 0.025, 0.025])
    """
    truth = one_hot(targets, _at_least_one(num_classes))
    epsilon = checks.number("epsilon", epsilon, 0.0, 1.0)
    if checks.one_of("convention", convention, ("uniform", "others")) == "uniform":
        return kernels.smooth(truth, epsilon)
    if num_classes == 1:
        raise ValueError("num_classes must be at least 2 to spread epsilon over the others; got 1")
    return (1.0 - epsilon) * truth + epsilon / (num_classes - 1) * (1.0 - truth)


def balanced_weights(targets: ArrayLike, num_classes: int) -> Floats:
    r"""A weight for each class, :math:`N / (K N_k)`, so that all classes weigh the same in total.

    Parameters
    ----------
    targets : integer array
        The classes of N examples; each class must occur.
    num_classes : int

    Returns
    -------
    array, shape (num_classes,)
        1 for each class if they are equally frequent.

    Examples
    --------
    >>> balanced_weights([0, 0, 0, 1], 2).round(4)
    array([0.6667, 2.    ])
    """
    indices = checks.class_indices(targets, _at_least_one(num_classes))
    counts = np.bincount(indices.ravel(), minlength=num_classes)
    if np.any(counts == 0):
        absent = int(np.argmin(counts))
        raise ValueError(f"every class must occur among the targets; got none of class {absent}")
    return indices.size / (num_classes * counts)


def _at_least_one(num_classes: int) -> int:
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1; got {num_classes}")
    return num_classes
