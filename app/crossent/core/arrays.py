"""The array types that the core speaks of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Floating-point numbers of any precision; a 0-d result is a NumPy scalar."""

Integers = NDArray[np.integer[Any]]
"""Class indices."""
