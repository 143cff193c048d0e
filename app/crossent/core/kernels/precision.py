"""Exponentials and logarithms that are the nearest number of their precision.

NumPy's own in float32 lie up to three units beside it, and where depends on the machine: a page
that computes for itself could not say the same. Everything else in float32 and float16 is rounded
to the nearest already.
"""

import numpy as np

from crossent.core.arrays import Floats


def nearest_exp(x: Floats) -> Floats:
    """The exponential of each number, rounded once to the dtype that it came in.

    Examples
    --------
    >>> nearest_exp(np.float32([1.0, -103.9, -104.0]))
    array([2.7182817e+00, 1.4012985e-45, 0.0000000e+00], dtype=float32)
    """
    return np.exp(x.astype(np.float64)).astype(x.dtype)


def nearest_log(x: Floats) -> Floats:
    """The natural logarithm of each number, rounded once to the dtype that it came in.

    Examples
    --------
    >>> nearest_log(np.float16([3.0, 0.5]))
    array([ 1.099 , -0.6934], dtype=float16)
    """
    return np.log(x.astype(np.float64)).astype(x.dtype)
