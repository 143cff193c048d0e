"""The loop of a training run: `scan`, with the meaning of ``jax.lax.scan``."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

Tree = Any
"""An array, a number, None, or a dict of such under string keys, nested to any depth."""

Step = Callable[[Tree, Tree], tuple[Tree, Tree]]


def scan(
    step: Step, carry: Tree, xs: Tree = None, length: int | None = None, *, steps: Any = None
) -> tuple[Tree, Tree]:
    """What is carried through a loop, and what each step of it gave, stacked.

    Parameters
    ----------
    step : function
        ``step(carry, x)`` returns ``(carry, y)``. It may use any other array there is.
    carry : array, number or dict of them
        What the first step is given. Each step returns one of the same names, shapes and dtypes.
    xs : array, number or dict of them, optional
        Arrays whose first axis is as long as the loop: step t is given row t of each, or None
        where there are none.
    length : int, optional
        The number of steps: at least 1. The length of `xs`, if that is given.
    steps : number, optional
        How many of them are taken, where that is one of the inputs; from 0 to `length`, else the
        nearest of these.

    Returns
    -------
    carry : as `carry`
        What the last step that was taken returned.
    stacked : as `y`, or None
        Row t of each array is what step t gave. Rows of steps that were not taken are nan; of
        whole numbers 0, and False.

    Notes
    -----
    Arrays of another kind than NumPy's may bring a loop of their own: wherever one is met whose
    type has a method ``__scan__(step, carry, xs, length, steps)``, that is called instead.

    Examples
    --------
    >>> def step(weight, rate):
    ...     return weight - rate * 2 * weight, weight**2
    >>> weight, losses = scan(step, 1.0, np.array([0.25, 0.25, 0.5]))
    >>> float(weight), losses
    (0.0, array([1.    , 0.25  , 0.0625]))
    >>> scan(step, 1.0, np.array([0.25, 0.25, 0.5]), steps=1)[1]
    array([ 1., nan, nan])
    """
    length = length_of(xs, length)
    other = _of_another_kind(carry, xs, steps)
    if other is not None:
        return other.__scan__(step, carry, xs, length, steps)
    taken = length if steps is None else int(np.clip(steps, 0, length))
    carry, xs = (each(lambda leaf: np.asarray(leaf)[()], tree) for tree in (carry, xs))
    # The first step is taken in any case: it tells the shapes of what is stacked.
    after, y = step(carry, row(xs, 0))
    other = _of_another_kind(after, y)
    if other is not None:
        return other.__scan__(step, carry, xs, length, steps)
    stacked = each(lambda leaf: _blank(np.asarray(leaf), length), y)
    for t in range(taken):
        if t:
            after, y = step(carry, row(xs, t))
        carry = after
        for rows, leaf in zip(leaves(stacked), leaves(y), strict=True):
            rows[t] = leaf
    return carry, stacked


def each(function: Callable[..., Any], tree: Tree) -> Tree:
    """The same tree with `function` of every leaf; None stays."""
    if isinstance(tree, Mapping):
        return {key: each(function, branch) for key, branch in tree.items()}
    return None if tree is None else function(tree)


def leaves(tree: Tree) -> Iterator[Any]:
    """The arrays and numbers of a tree, in its order."""
    if isinstance(tree, Mapping):
        for branch in tree.values():
            yield from leaves(branch)
    elif tree is not None:
        yield tree


def row(xs: Tree, t: int) -> Tree:
    """Row t of every array."""
    return each(lambda leaf: leaf[t], xs)


def length_of(xs: Tree, length: int | None) -> int:
    """How many steps there are.

    Raises
    ------
    ValueError
        If neither tells, if they tell different numbers, or if it is 0.
    """
    lengths = {len(leaf) for leaf in leaves(xs)} | (set() if length is None else {length})
    if len(lengths) != 1:
        told = sorted(lengths) or "nothing"
        raise ValueError(f"xs and length must tell one number of steps; they tell {told}")
    (number,) = lengths
    if number < 1:
        raise ValueError(f"a scan has at least one step; got {number}")
    return number


def _blank(leaf: Any, length: int) -> Any:
    """Rows like the leaf, of which none has come."""
    nothing = np.nan if leaf.dtype.kind == "f" else 0
    return np.full((length, *leaf.shape), nothing, leaf.dtype)


def _of_another_kind(*trees: Tree) -> Any:
    """The first array in the trees that brings its own loop."""
    found = (leaf for tree in trees for leaf in leaves(tree) if hasattr(type(leaf), "__scan__"))
    return next(found, None)
