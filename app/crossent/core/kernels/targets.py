"""The truth as a distribution over the classes, and distributions taken by the hand."""

import numpy as np

from crossent.core.arrays import Floats, Integers


def one_hot(targets: Integers | int, num_classes: int) -> Floats:
    """Distributions that are certain: 1 at the target's class, 0 elsewhere.

    Parameters
    ----------
    targets : integer array, shape (...), or one integer
    num_classes : int

    Returns
    -------
    array, shape (..., num_classes)
        In float64. A target outside the classes gives a row of zeros.

    Examples
    --------
    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    return np.where(_is_class(targets, num_classes), 1.0, 0.0)


def smooth(truth: Floats, epsilon: Floats | float) -> Floats:
    r"""The truth with a share of its mass spread evenly over all the classes.

    .. math:: y'_k = (1 - \varepsilon)\, y_k + \varepsilon / K

    The convention of PyTorch, Keras, optax and of Szegedy et al. 2016, arXiv:1512.00567: the
    target keeps its part of epsilon, ending at :math:`1 - \varepsilon + \varepsilon / K`.

    Examples
    --------
    >>> smooth(np.array([0.0, 0.0, 1.0, 0.0]), 0.1)
    array([0.025, 0.025, 0.925, 0.025])
    """
    return (1.0 - epsilon) * truth + epsilon / truth.shape[-1]


def move_probability(probs: Floats, index: Integers | int, value: Floats | float) -> Floats:
    r"""The distribution after one entry was dragged to a value and the others gave way.

    The entry becomes exactly ``value``; the others keep their proportions and share what is
    left, ``1 - value``. Where they are all 0 they have no proportions to keep and share equally.

    Parameters
    ----------
    probs : array, shape (..., num_classes)
    index : int
        The class whose bar is held.
    value : float
        From 0 to 1.

    Returns
    -------
    array, shape (..., num_classes)

    Examples
    --------
    >>> move_probability(np.array([0.2, 0.6, 0.2]), 1, 0.5)
    array([0.25, 0.5 , 0.25])
    >>> move_probability(np.array([0.0, 1.0, 0.0]), 1, 0.5)
    array([0.25, 0.5 , 0.25])
    """
    num_classes = probs.shape[-1]
    held = _is_class(index, num_classes)
    others = np.where(held, 0.0, probs)
    total = np.sum(others, axis=-1, keepdims=True)
    some = np.greater(total, 0.0)
    shares = np.where(some, others / np.where(some, total, 1.0), 1.0 / max(num_classes - 1, 1))
    return np.where(held, value, (1.0 - value) * shares)


def mixture(start: Floats, end: Floats, share: Floats | float) -> Floats:
    """The distribution that lies a share of the way from one to another; at 1 exactly the other.

    Examples
    --------
    >>> mixture(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 0.5)
    array([0.75, 0.25])
    """
    return (1.0 - share) * start + share * end


def _is_class(targets: Integers | int, num_classes: int) -> Floats:
    """Whether each class is the target: one more axis, of length num_classes."""
    return np.equal(np.stack([targets], axis=-1), np.arange(num_classes))
