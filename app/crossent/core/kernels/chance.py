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
    places : array, shape (n, ...)
        Whole numbers from 0 to 2**32 - 1.

    Returns
    -------
    array, shape (n, ...)
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


def normals(seed: Floats, places: Floats) -> Floats:
    """Numbers as if drawn from the standard normal distribution: one for each place.

    Two uniform numbers make one (Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645).

    Parameters
    ----------
    seed : float
        A whole number from 0 to 2**32 - 1.
    places : array, shape (n, ...)
        Whole numbers from 0 to 2**31 - 1; place i takes the uniform numbers 2i and 2i + 1.

    Returns
    -------
    array, shape (n, ...)
        Between -6.7 and 6.7.

    Examples
    --------
    >>> normals(np.float64(1), np.array([0.0, 1.0, 2.0])).round(4)
    array([0.4024, 1.3822, 0.0031])
    """
    distance = np.sqrt(-2 * np.log1p(-uniforms(seed, 2 * places)))
    return distance * np.cos(2 * np.pi * uniforms(seed, 2 * places + 1))


def shuffled(seed: Floats, n: int) -> Integers:
    """The numbers from 0 to n - 1 in an order that the seed fixes.

    Examples
    --------
    >>> shuffled(np.float64(1), 6)
    array([0, 4, 5, 2, 1, 3])
    """
    return np.argsort(uniforms(seed, np.arange(float(n))), kind="stable")


def batches(seed: Floats, steps: int, size: int, n: int) -> Integers:
    """Which of n examples each step of a run takes: all of them once before any comes again.

    Each time round is shuffled anew. A batch may take its first examples from the end of one round
    and the others from the next.

    Parameters
    ----------
    seed : float
        A whole number from 0 to 2**32 - 1.
    steps, size, n : int
        The number of batches, of examples in each, and of all examples; at most `n` in a batch.

    Returns
    -------
    array, shape (steps, size)
        Numbers from 0 to n - 1.

    Examples
    --------
    >>> batches(np.float64(1), 3, 4, 6)
    array([[0, 4, 5, 2],
           [1, 3, 3, 2],
           [4, 1, 0, 5]])
    """
    rounds = -(-steps * size // n)
    chances = uniforms(seed, np.arange(float(rounds * n)).reshape(rounds, n))
    order = np.argsort(chances, axis=-1, kind="stable")
    return np.reshape(np.ravel(order)[: steps * size], (steps, size))


def rows_at(table: Floats, rows: Integers) -> Floats:
    """The rows of a table at some places, which may be traced though the table is not.

    Examples
    --------
    >>> rows_at(np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([1, 1, 0]))
    array([[2., 3.],
           [2., 3.],
           [0., 1.]])
    """
    columns = tuple(range(1, np.ndim(table)))
    return np.take_along_axis(table, np.expand_dims(rows, columns), axis=0)


def _scrambled(bits: Integers) -> Integers:
    """A one-to-one map of 32-bit integers under which each bit of the result hangs on all."""
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x7FEB352D)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x846CA68B)
    return bits ^ (bits >> np.uint32(16))
