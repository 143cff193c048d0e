"""Many losses into one, and what that does to a gradient."""

from typing import Any

import numpy as np

from crossent.core import checks
from crossent.core.arrays import Floats


def reduce(losses: Floats, reduction: str, count: Any) -> Floats:
    """The losses themselves, their sum, or their sum over a count: nan when nothing was counted."""
    if checks.one_of("reduction", reduction, checks.REDUCTIONS) == "none":
        return losses[()]
    # As in torch a sum of float16s is rounded, and so can overflow, only when it is the answer.
    wide = np.promote_types(losses.dtype, np.float32)
    total: Any = np.sum(losses, dtype=wide)
    if reduction == "mean":
        total = np.divide(total if count > 0 else np.nan, count, dtype=wide)
    return total.astype(losses.dtype)


def share(reduction: str, count: Any, dtype: Any) -> Floats:
    """How much one loss counts in the reduced one: the factor on its gradient.

    1 for ``"sum"``, and for ``"none"`` too: each loss then has its own gradient. nan for the mean
    of nothing.
    """
    if checks.one_of("reduction", reduction, checks.REDUCTIONS) == "mean":
        return np.divide(1.0 if count > 0 else np.nan, count, dtype=dtype)
    return np.ones((), dtype)
