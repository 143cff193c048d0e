"""Chance that can be repeated: numbers that depend on a seed and on their place, and nothing else.

There is no generator whose state would have to be kept: the hundredth draw is had without the
ninety-nine before it, and is the same in NumPy and in a browser.
"""

import numpy as np

from crossent.core.arrays import Floats, Integers


def uniforms(seed: Floats, places: Floats) -> Floats:
    """Numbers from 0 (included) to 1 (not included), as if by chance: one for each place.

    The place is added to the scrambled seed, and the sum scrambled again (`lowbias32`, Wellons
    2018, https://nullprogram.com/blog/2018/07/31/).

    Parameters
    ----------
    seed : float
        A whole number from 0 to 2**32 - 1.
    places : array, shape (n,)
        Whole numbers from 0 to 2**32 - 1.

    Returns
    -------
    array, shape (n,)
        Multiples of 2**-32.

    Examples
    --------
    >>> uniforms(np.float64(1), np.array([0.0, 1.0, 2.0])).round(4)
    array([0.3475, 0.8217, 0.793 ])
    """
    start = _scrambled(np.stack([seed]).astype(np.uint32))  # an array wraps round in silence
    return _scrambled(start + places.astype(np.uint32)) / 2.0**32


def drawn(probs: Floats, chances: Floats) -> Floats:
    """The class that each of some numbers from 0 to 1 falls on, when the classes share them out.

    Parameters
    ----------
    probs : array, shape (num_classes,)
    chances : array, shape (n,)

    Returns
    -------
    array, shape (n,)
        Class indices.

    Examples
    --------
    >>> drawn(np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.5, 0.9]))
    array([0, 1, 2])
    """
    # The last class takes what is left, so that rounding in the sum leaves no gap below 1.
    ends = np.cumsum(probs)[:-1]
    return np.sum(np.greater_equal(np.expand_dims(chances, -1), ends), axis=-1)


def _scrambled(bits: Integers) -> Integers:
    """A one-to-one map of 32-bit integers under which each bit of the result hangs on all."""
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x7FEB352D)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x846CA68B)
    return bits ^ (bits >> np.uint32(16))
