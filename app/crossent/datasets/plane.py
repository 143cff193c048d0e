"""Points in the plane with a class each, most of them within 2 of the origin."""

from typing import Any, NamedTuple

import numpy as np

from crossent.core.kernels import normals, uniforms

# Each point has four uniform numbers for its two normal deviates; where it lies on a curve comes
# from further on.
_ALONG = 2.0**31


class Points(NamedTuple):
    """Points of shape (n, 2) and their classes of shape (n,), which are constants."""

    points: Any
    targets: Any


def blobs(seed: Any, n: int, *, num_classes: int = 3, spread: Any = 0.35, start: int = 0) -> Points:
    """Round clouds, their centres evenly on the unit circle.

    Parameters
    ----------
    seed : float
        A whole number from 0 to 2**32 - 1.
    n : int
        The number of points, shared out evenly among the classes.
    num_classes : int
    spread : float
        The standard deviation of each coordinate.
    start : int
        The place of the first point, from 0 to 2**28.

    Examples
    --------
    >>> points, targets = blobs(np.float64(1), 3)
    >>> points.round(2), targets
    (array([[ 0.14,  1.48],
           [-0.86, -0.77],
           [ 0.6 , -0.29]]), array([0, 1, 2]))
    """
    targets = np.arange(n) % num_classes
    angles = np.pi / 2 + 2 * np.pi * targets / num_classes
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return Points(centres + spread * _scatter(seed, n, start), targets)


def moons(seed: Any, n: int, *, noise: Any = 0.15, start: int = 0) -> Points:
    """Two half circles that reach into each other; `noise` is a standard deviation."""
    targets = np.arange(n) % 2
    angles = np.pi * _along(seed, n, start)
    side = 1.0 - 2.0 * targets
    arcs = np.stack(
        [np.cos(angles) * side + targets - 0.5, (np.sin(angles) - 0.25) * side], axis=-1
    )
    return Points(arcs + noise * _scatter(seed, n, start), targets)


def spirals(
    seed: Any, n: int, *, num_classes: int = 3, noise: Any = 0.08, start: int = 0
) -> Points:
    """Arms that wind out from the origin, half a turn each; `noise` is a standard deviation."""
    targets = np.arange(n) % num_classes
    along = _along(seed, n, start)
    angles = 2 * np.pi * targets / num_classes + np.pi * along
    radii = 0.15 + 1.35 * along
    arms = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1)
    return Points(arms + noise * _scatter(seed, n, start), targets)


def imbalanced(
    seed: Any, n: int, *, share: float = 0.1, spread: Any = 0.6, start: int = 0
) -> Points:
    """Two clouds that overlap, of which class 1 has only a share of the points.

    The rare ones are spread evenly among the rest. The clouds' centres are 1.6 apart.
    """
    before = np.floor(np.arange(n + 1) * share + 0.5)
    targets = np.diff(before).astype(np.int64)
    centres = np.stack([1.6 * targets - 0.8, 0.4 - 0.8 * targets], axis=-1)
    return Points(centres + spread * _scatter(seed, n, start), targets)


def _scatter(seed: Any, n: int, start: int) -> Any:
    """Two normal deviates for each point."""
    places = start + np.arange(n)[:, None]
    return normals(seed, 2.0 * places + np.arange(2.0))


def _along(seed: Any, n: int, start: int) -> Any:
    """Where on its curve each point lies, from 0 to 1."""
    return uniforms(seed, _ALONG + start + np.arange(n))
