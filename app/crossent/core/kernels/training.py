"""One step of gradient descent for several losses side by side: the lanes of a race.

The lanes lie along an axis before the examples, in the order of :data:`LANES`; each has weights
of its own. All else, data and learning rate alike, is theirs in common or broadcasts to it.
"""

from typing import Any

import numpy as np

from crossent.core.arrays import Floats

LANES = ("ce", "squared", "focal", "smoothed")
"""Cross-entropy, squared error (the sum over classes), focal loss, smoothed cross-entropy."""

_SQUARED, _FOCAL, _SMOOTHED = (np.array([[lane == name] for lane in LANES]) for name in LANES[1:])


def forward(weights: Any, points: Floats) -> tuple[Floats, Floats]:
    """The last layer's inputs and the logits of some points, with or without a hidden layer.

    Parameters
    ----------
    weights : dict
        ``{"w", "b"}`` of a softmax regression, to which ``{"w1", "b1"}`` of a hidden layer of
        rectified linear units may be added. Leading axes are lanes.
    points : array, shape (n, inputs)

    Returns
    -------
    features : array, shape (n, inputs) or (..., n, units)
    logits : array, shape (..., n, num_classes)
    """
    features = points
    if "w1" in weights:
        features = np.maximum(points @ weights["w1"] + weights["b1"][..., None, :], 0.0)
    return features, features @ weights["w"] + weights["b"][..., None, :]


def race_losses(
    logits: Floats,
    truth: Floats,
    shares: Floats,
    gamma: Floats | float,
    smoothing: Floats | float,
    running: Floats | None = None,
) -> dict[str, Floats]:
    r"""Each lane's loss, its cross-entropy in nats, and its gradient with respect to the logits.

    One softmax serves all of them, and every gradient is built from :math:`p - y`, where y is what
    the lane pulls towards: the truth, or for the smoothed lane a mixture of it and all classes.

    Parameters
    ----------
    logits : array, shape (4, n, num_classes)
        A row of lanes, as in :data:`LANES`.
    truth : array, shape (n, num_classes)
        One-hot.
    shares : array, shape (n,)
        What each example counts of the mean; they sum to 1. Those outside of the batch have 0.
    gamma, smoothing : float
        Of the focal lane, and of the smoothed one.
    running : boolean array, shape (4,), optional
        Which lanes run: of the others everything is 0. All, if it is not given.

    Returns
    -------
    dict
        ``own`` and ``nats``, shape (4,): means over the examples. ``grad``, shape of the logits:
        of the *mean* loss, so in its examples' shares already.
    """
    shares = shares[..., None, :]
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    powers = np.exp(shifted)
    total = np.sum(powers, axis=-1)
    probs = powers / np.expand_dims(total, -1)
    log_total = np.log(total)
    nats = log_total - np.sum(truth * shifted, axis=-1)

    num_classes = truth.shape[-1]
    smooth = np.where(_SMOOTHED, smoothing, 0.0)
    aim = np.expand_dims(1.0 - smooth, -1) * truth + np.expand_dims(smooth, -1) / num_classes
    missing = probs - aim
    blank = log_total - np.mean(shifted, axis=-1)

    p_truth = np.sum(truth * probs, axis=-1)
    rest = np.sum((1.0 - truth) * probs, axis=-1)  # 1 - p, to the digits that it has
    unsure = np.greater(rest, 0.0)
    fraction = np.where(unsure, -p_truth * nats / np.where(unsure, rest, 1.0), -1.0)
    discount = np.where(_FOCAL, rest**gamma, 1.0)
    stress = np.where(_FOCAL, discount * (1.0 - gamma * fraction), 1.0)

    slope = 2.0 * missing
    squared = probs * (slope - np.sum(probs * slope, axis=-1, keepdims=True))
    grad = np.where(np.expand_dims(_SQUARED, -1), squared, missing * np.expand_dims(stress, -1))
    own = np.where(
        _SQUARED,
        np.sum(missing * missing, axis=-1),
        discount * ((1.0 - smooth) * nats + smooth * blank),
    )
    running = np.ones(len(LANES), dtype=bool) if running is None else running
    return {
        "own": np.sum(of_running(running, shares * own), axis=-1),
        "nats": np.sum(of_running(running, shares * nats), axis=-1),
        "grad": of_running(running, grad * np.expand_dims(shares, -1)),
    }


def of_running(running: Any, values: Floats) -> Floats:
    """The values of the lanes that run, and 0 for the others; (4, ...)."""
    return np.where(_as_lanes(running, values), values, 0.0)


def backward(weights: Any, points: Floats, features: Floats, grad: Floats) -> Any:
    """The gradient of each weight, from the gradient of the logits."""
    found = {"w": np.swapaxes(features, -1, -2) @ grad, "b": np.sum(grad, axis=-2)}
    if "w1" not in weights:
        return found
    back = grad @ np.swapaxes(weights["w"], -1, -2)
    back = np.where(np.greater(features, 0.0), back, 0.0)
    return found | {"w1": points.T @ back, "b1": np.sum(back, axis=-2)}


def descended(weights: Any, grads: Any, rates: Floats, alive: Floats) -> Any:
    """The weights after a step of each lane's own learning rate; a lane not alive stays.

    Parameters
    ----------
    weights, grads : dict
        With lanes as the first axis.
    rates : array, shape (4,)
    alive : boolean array, shape (4,)
    """
    return {
        name: np.where(
            _as_lanes(alive, value), value - _as_lanes(rates, value) * grads[name], value
        )
        for name, value in weights.items()
    }


def wrong_start(weights: Any, points: Floats, truth: Floats, wrongness: Floats | float) -> Any:
    """The weights with the last layer turned against the truth.

    What is added is minus the first gradient step's direction, so long that the logits it adds
    have a root mean square of `wrongness`: most points are then confidently in a wrong class.
    At 0 nothing is added.
    """
    features, _ = forward(weights, points)
    toward = truth - np.mean(truth, axis=0)
    w = np.swapaxes(features, -1, -2) @ toward
    logits = features @ w
    size = np.sqrt(np.mean(np.square(logits), axis=(-1, -2), keepdims=True))
    return weights | {"w": weights["w"] - wrongness * w / size}


def _as_lanes(row: Floats, value: Floats) -> Floats:
    """One number a lane, with axes of length 1 for the rest of what it is to meet."""
    return np.reshape(row, (row.shape[0],) + (1,) * (value.ndim - 1))
