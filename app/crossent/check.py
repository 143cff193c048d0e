"""``crossent check``: every public function of the core against torch, gradients by autograd."""

import datetime
import json as json_format
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from crossent import core
from crossent.check_figures import compare_figures, not_compared
from crossent.figures import FIGURES

TOLERANCES = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-2}
OF_A_RUN = 1e-9  # in float64: hundreds of steps, each of which builds on the last
"""Largest error that passes, by precision."""

FIGURE_STATES = 300
"""Random states of each figure that are compared."""

LONGEST_CASE = 400
"""Characters of a failing case that are printed."""

DEFINITIONS = {
    "case": "one example compared: its loss, or its whole row of a gradient or of probabilities",
    "error": "the difference from torch's number, divided by the larger of 1 and that number's "
    "size; infinities and nan must be equal",
}

Problem = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments of one call; arrays among them become tensors for torch."""


class Check(NamedTuple):
    """One function of the core, what torch has in its place, and the problems both are given."""

    name: str
    theirs: Callable[..., Any]
    problems: Callable[["Draw"], Iterator[Problem]]
    rows: bool = False
    """Whether a result has classes on axis 1 (or 0, if it has but one axis): a row is a case."""


class Result(NamedTuple):
    """What came of one check in one precision."""

    function: str
    precision: str
    cases: int
    worst: float
    passed: bool
    where: str
    """The case with the largest error."""


def main(json: bool = False) -> int:
    """Print the table; 0 if nothing is beyond tolerance, 1 if something is, 2 without torch."""
    if find_spec("torch") is None:
        print("crossent check needs PyTorch: pip install 'crossent[torch]'", file=sys.stderr)
        return 2
    import torch

    results = run_checks()
    versions = {"numpy": np.__version__, "torch": str(torch.__version__)}
    print(_as_json(results, versions) if json else _as_table(results, versions))
    for result in results:
        if not result.passed:
            print(f"{result.function}, {result.precision}: {result.where}", file=sys.stderr)
    for sentence in not_compared():
        print(sentence, file=sys.stderr)
    return 0 if all(result.passed for result in results) else 1


def run_checks(seed: int = 0) -> list[Result]:
    """Compare every public function with torch, in float64 and float32, and then every figure."""
    functions = [_run(check, precision, seed) for check in _checks() for precision in TOLERANCES]
    figures = [
        Result(
            f"figure {found.name}",
            "float64",
            found.cases,
            found.worst,
            found.worst <= (OF_A_RUN if FIGURES[found.name].run else TOLERANCES["float64"]),
            found.where,
        )
        for found in compare_figures(FIGURE_STATES, error)
    ]
    return functions + figures


def error(ours: Any, theirs: Any) -> float:
    """Largest error as defined above; infinite where only one side is infinite or nan."""
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if a.shape != b.shape:
        return np.inf
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        relative = np.where(same, 0.0, np.abs(a - b) / np.maximum(1.0, np.abs(b)))
    relative = np.where(np.isfinite(a) & np.isfinite(b) | same, relative, np.inf)
    return float(np.max(relative, initial=0.0))


def _run(check: Check, precision: str, seed: int) -> Result:
    cases, worst, where = 0, 0.0, ""
    for arguments, options in check.problems(Draw(seed, precision)):
        ours = _as_tuple(getattr(core, check.name)(*arguments, **options))
        theirs = _as_tuple(
            check.theirs(
                *map(_as_tensor, arguments),
                **{name: _as_tensor(value) for name, value in options.items()},
            )
        )
        found = max(error(a, b) for a, b in zip(ours, theirs, strict=True))
        if found > worst or not where:
            worst, where = max(worst, found), f"arguments {arguments!r}, {options!r}"
        cases += _count(ours[-1], check.rows)
    where = " ".join(where.split())[:LONGEST_CASE]
    return Result(check.name, precision, cases, worst, worst <= TOLERANCES[precision], where)


def _count(result: Any, rows: bool) -> int:
    shape = np.shape(result)
    if rows:
        shape = shape[:1] + shape[2:] if len(shape) > 1 else ()
    return int(np.prod(shape))


def _as_tuple(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def _as_tensor(value: Any) -> Any:
    import torch

    return torch.tensor(value) if isinstance(value, np.ndarray) else value


class Draw:
    """Random and extreme inputs of one precision, the same for the same seed."""

    def __init__(self, seed: int, precision: str) -> None:
        """Begin at a seed, in ``"float64"`` or ``"float32"``."""
        self.rng = np.random.default_rng(seed)
        self.dtype = np.dtype(precision)

    @property
    def half(self) -> bool:
        """Whether this is float16: torch's own sums overflow there, at 65504."""
        return bool(self.dtype == np.float16)

    def floats(self, values: Any) -> Any:
        """In the precision of this draw."""
        return np.asarray(values).astype(self.dtype)

    def logits(self, *shape: int) -> Any:
        """From thousandths to thousands; some tied, some all at +-1000, some offset by 1000.

        In float16 to tens, and 30 in place of 1000.
        """
        largest, far = (1, 30.0) if self.half else (3, 1000.0)
        scale = 10.0 ** self.rng.uniform(-3, largest, shape[:1] + (1,) * (len(shape) - 1))
        logits = scale * self.rng.standard_normal(shape)
        kinds = np.arange(shape[0]) % 8
        logits[kinds == 5] = np.round(logits[kinds == 5])
        logits[kinds == 6] = far * np.sign(logits[kinds == 6])
        logits[kinds == 7] += far
        return self.floats(logits)

    def strange_logits(self, n: int, k: int) -> Any:
        """Logits with masked classes, infinities and nan among them."""
        logits = self.logits(n, k)
        for value, share in ((-np.inf, 0.1), (np.inf, 0.01), (np.nan, 0.01)):
            logits[self.rng.random((n, k)) < share] = value
        logits[0] = -np.inf
        return logits

    def masked(self, logits: Any, targets: Any) -> Any:
        """The logits with a tenth of the classes masked, though never a target's."""
        masked = self.rng.random(logits.shape) < 0.1
        np.put_along_axis(masked, targets[:, None], False, axis=1)
        return np.where(masked, self.floats(-np.inf), logits)

    def targets(self, k: int, *shape: int) -> Any:
        """Class indices."""
        return self.rng.integers(0, k, shape)

    def distributions(self, n: int, k: int) -> Any:
        """Distributions, a third of them certain and a third with some classes at 0."""
        probs = self.rng.dirichlet(np.ones(k), n)
        probs[::3] = np.eye(k)[self.targets(k, probs[::3].shape[0])]
        sparse = probs[1::3] * (self.rng.random(probs[1::3].shape) < 0.7)
        sparse[:, 0] += sparse.sum(1) == 0
        probs[1::3] = sparse / sparse.sum(1, keepdims=True)
        return self.floats(probs)

    def answers(self, *shape: int) -> Any:
        """Targets from 0 to 1: no, yes and in between."""
        return self.floats(np.clip(self.rng.uniform(-1.0, 2.0, shape), 0.0, 1.0))


def _checks() -> Iterator[Check]:
    import torch
    import torch.nn.functional as F  # noqa: N812

    def tempered(function: Any) -> Any:
        return lambda z, temperature=1.0, axis=-1: function(z / temperature, dim=axis)

    yield Check("softmax", tempered(torch.softmax), _activations, rows=True)
    yield Check("log_softmax", tempered(torch.log_softmax), _activations, rows=True)
    yield Check("logsumexp", lambda z, axis=-1: torch.logsumexp(z, axis), _sums)
    yield Check("sigmoid", torch.sigmoid, _single_logits)
    yield Check("log_sigmoid", F.logsigmoid, _single_logits)
    yield Check("softplus", F.softplus, _single_logits)

    yield from _loss("cross_entropy", F.cross_entropy, _class_problems)
    yield Check("cross_entropy_and_grad", _value_and_grad(F.cross_entropy), _class_problems, True)
    yield from _loss("nll_loss", F.nll_loss, _log_probability_problems)
    yield from _loss("double_softmax_cross_entropy", _double_softmax, _finite_class_problems)
    yield from _loss("focal_loss", _focal_loss, _focal_problems)
    yield from _loss("softmax_mse", _softmax_mse, _squared_problems)

    yield from _loss("binary_cross_entropy", F.binary_cross_entropy, _probability_problems)
    yield from _loss(
        "binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, _logit_problems
    )
    yield from _loss("sigmoid_focal_loss", _sigmoid_focal_loss, _sigmoid_focal_problems)
    yield from _loss("mse_loss", F.mse_loss, _plain_binary_problems)
    yield from _loss("sigmoid_mse", _sigmoid_mse, _plain_binary_problems)

    yield Check("entropy", lambda p: torch.special.entr(p).sum(-1), _one_distribution)
    yield Check("cross_entropy_of", lambda q, p: -torch.xlogy(q, p).sum(-1), _two_distributions)
    yield Check(
        "kl_divergence",
        lambda q, p: (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1),
        _two_distributions,
    )
    yield from _loss("kl_div", _kl_div, _divergence_problems)
    yield Check("perplexity", torch.exp, _single_logits)
    yield Check("to_bits", lambda nats: nats / np.log(2.0), _single_logits)

    yield Check("one_hot", F.one_hot, _indices, rows=True)
    yield Check("smooth_labels", _smooth_labels, _smoothed_indices, rows=True)
    yield Check("balanced_weights", _balanced_weights, _many_indices)
    yield Check("expected_calibration_error", _calibration_error, _predictions)


def _loss(name: str, theirs: Any, problems: Callable[[Draw], Iterator[Problem]]) -> Iterator[Check]:
    """A loss and its gradient."""
    gradient = _value_and_grad(theirs)
    by_class = problems in (
        _class_problems,
        _finite_class_problems,
        _log_probability_problems,
        _focal_problems,
        _squared_problems,
    )
    yield Check(name, theirs, problems)
    yield Check(f"{name}_grad", lambda *a, **o: gradient(*a, **o)[1], problems, rows=by_class)


def _value_and_grad(loss: Any) -> Any:
    """The loss with its gradient by autograd; of the sum, if the loss is not reduced."""

    def value_and_grad(logits: Any, *arguments: Any, **options: Any) -> tuple[Any, Any]:
        logits = logits.requires_grad_()
        value = loss(logits, *arguments, **options)
        value.sum().backward()
        return value.detach(), logits.grad

    return value_and_grad


# What torch has no single function for, in torch's operations.


def _double_softmax(logits: Any, targets: Any, **options: Any) -> Any:
    import torch.nn.functional as F  # noqa: N812

    return F.cross_entropy(logits.softmax(0 if logits.ndim == 1 else 1), targets, **options)


def _focal_loss(
    logits: Any, targets: Any, gamma: float = 2.0, weight: Any = None, reduction: str = "mean"
) -> Any:
    import torch
    import torch.nn.functional as F  # noqa: N812

    log_p = F.log_softmax(logits, 1)
    weight = torch.ones_like(logits[0]) if weight is None else weight
    if targets.is_floating_point():
        losses = -(weight * targets * (1 - log_p.exp()) ** gamma * log_p).sum(1)
        return _reduced(losses, reduction, len(losses))
    log_p = log_p.gather(1, targets[:, None])[:, 0]
    losses = -weight[targets] * (1 - log_p.exp()) ** gamma * log_p
    return _reduced(losses, reduction, weight[targets].sum())


def _kl_div(log_probs: Any, target: Any, **options: Any) -> Any:
    """Torch's, without its warning that ``"mean"`` is not the divergence of an example."""
    import torch.nn.functional as F  # noqa: N812

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "reduction: 'mean' divides", UserWarning)
        return F.kl_div(log_probs, target, **options)


def _softmax_mse(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    import torch.nn.functional as F  # noqa: N812

    if not targets.is_floating_point():
        targets = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    losses = F.mse_loss(logits.softmax(1), targets, reduction="none").sum(1)
    return _reduced(losses, reduction, len(losses))


def _sigmoid_mse(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    import torch.nn.functional as F  # noqa: N812

    return F.mse_loss(logits.sigmoid(), targets, reduction=reduction)


def _sigmoid_focal_loss(
    logits: Any, targets: Any, alpha: float = 0.25, gamma: float = 2.0, reduction: str = "none"
) -> Any:
    """``torchvision.ops.sigmoid_focal_loss``, line by line."""
    import torch.nn.functional as F  # noqa: N812

    p = logits.sigmoid()
    ce_loss = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = ce_loss * ((1 - p_t) ** gamma)
    if alpha >= 0:
        alpha_t = alpha * targets + (1 - alpha) * (1 - targets)
        loss = alpha_t * loss
    return _reduced(loss, reduction, loss.numel())


def _reduced(losses: Any, reduction: str, count: Any) -> Any:
    return losses if reduction == "none" else losses.sum() / (count if reduction == "mean" else 1)


def _smooth_labels(targets: Any, num_classes: int, epsilon: float, convention: str) -> Any:
    import torch
    import torch.nn.functional as F  # noqa: N812

    certain = F.one_hot(targets, num_classes).bool()
    if convention == "uniform":
        rest = torch.tensor(epsilon / num_classes, dtype=torch.float64)
        return torch.where(certain, 1 - epsilon + rest, rest)
    rest = torch.tensor(epsilon / (num_classes - 1), dtype=torch.float64)
    return torch.where(certain, torch.tensor(1 - epsilon, dtype=torch.float64), rest)


def _balanced_weights(targets: Any, num_classes: int) -> Any:
    import torch

    return targets.numel() / (num_classes * torch.bincount(targets, minlength=num_classes).double())


def _calibration_error(probs: Any, targets: Any, num_bins: int) -> Any:
    """Bin by bin, as in the code of Guo et al. 2017."""
    import torch

    confidence, predicted = probs.max(1)
    edges = torch.linspace(0, 1, num_bins + 1, dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    for low, high in pairwise(edges):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            right = (predicted == targets)[inside].double().mean()
            total += inside.double().mean() * (confidence[inside].double().mean() - right).abs()
    return total


# What both sides are given.


def _activations(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (draw.logits(1000, k),), {}
        yield (draw.strange_logits(500, k),), {}
    # Powers of two in float16, in which 0.1 is not 0.1 and the two sides round it apart.
    for temperature in (0.125, 16.0) if draw.half else (0.1, 20.0):
        yield (draw.logits(500, 4),), {"temperature": temperature}
    yield (draw.logits(50, 4, 3),), {"axis": 1}


def _sums(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (draw.logits(1000, k),), {}
        yield (draw.strange_logits(500, k),), {}
    yield (draw.logits(50, 4, 3),), {"axis": 1}


def _single_logits(draw: Draw) -> Iterator[Problem]:
    yield (draw.logits(4000),), {}
    yield (draw.floats([0.0, -0.0, 20.0, 20.5, 709.0, 1e4, -1e4, np.inf, -np.inf, np.nan]),), {}


def _finite_class_problems(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 3, 10):
        logits, targets = draw.logits(400, k), draw.targets(k, 400)
        weight = draw.floats(draw.rng.uniform(0.0, 5.0, k))
        ignoring = np.where(draw.rng.random(400) < 0.2, -100, targets)
        soft = draw.distributions(400, k)
        for reduction in ("none", "mean", "sum"):
            how: dict[str, Any] = {"reduction": reduction}
            yield (logits, targets), how
            yield (logits, ignoring), {**how, "weight": weight}
            yield (logits, ignoring), {**how, "label_smoothing": 0.1}
            yield (logits, ignoring), {**how, "label_smoothing": 0.3, "weight": weight}
            yield (logits, targets), {**how, "ignore_index": k - 1, "label_smoothing": 1.0}
            yield (logits, soft), how
            yield (logits, soft), {**how, "weight": weight, "label_smoothing": 0.1}
            yield (logits, np.full(400, -100)), how
            yield (logits, np.full(400, -100)), {**how, "label_smoothing": 0.1, "weight": weight}
            yield (logits[:1], targets[:1]), {**how, "weight": draw.floats(np.zeros(k))}
            yield (logits[0], targets[0:1].reshape(())), {**how, "weight": weight}
            yield (logits[0], soft[0]), {**how, "label_smoothing": 0.1}
            yield (draw.logits(20, k, 2, 3), draw.targets(k, 20, 2, 3)), {**how, "weight": weight}
            yield (draw.logits(20, k, 4), draw.logits(20, k, 4) % 1.0), how


def _log_probability_problems(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 10):
        targets = draw.targets(k, 300)
        weight = draw.floats(draw.rng.uniform(0.5, 5.0, k))
        ignoring = np.where(draw.rng.random(300) < 0.2, -100, targets)
        for log_probs in (_log_probs(draw, 300, k), draw.logits(300, k)):  # torch takes any numbers
            for reduction in ("none", "mean", "sum"):
                how: dict[str, Any] = {"reduction": reduction}
                yield (log_probs, targets), how
                yield (log_probs, ignoring), {**how, "weight": weight}
                yield (log_probs, targets), {**how, "ignore_index": k - 1}
                yield (log_probs, np.full(300, -100)), how
                yield (log_probs[0], targets[0:1].reshape(())), {**how, "weight": weight}
                yield (draw.logits(20, k, 2, 3), draw.targets(k, 20, 2, 3)), how


def _divergence_problems(draw: Draw) -> Iterator[Problem]:
    for shape in ((300, 2), (300, 10), (7,), (20, 3, 4)):
        k = shape[-1]
        truth = draw.distributions(int(np.prod(shape[:-1])), k).reshape(shape)
        log_truth = _log_probs(draw, int(np.prod(shape[:-1])), k).reshape(shape)
        log_probs = _log_probs(draw, int(np.prod(shape[:-1])), k).reshape(shape)
        for reduction in ("none", "mean", "sum", "batchmean"):
            how: dict[str, Any] = {"reduction": reduction}
            yield (log_probs, truth), how
            yield (log_probs, log_truth), {**how, "log_target": True}
    strange = draw.strange_logits(300, 3)
    yield (strange, draw.distributions(300, 3)), {"reduction": "none"}
    yield (strange, draw.strange_logits(300, 3) - 1000.0), {"reduction": "none", "log_target": True}


def _log_probs(draw: Draw, *shape: int) -> Any:
    logits = _ordinary(draw, *shape).astype(np.float64)
    return draw.floats(logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True)))


def _class_problems(draw: Draw) -> Iterator[Problem]:
    yield from _finite_class_problems(draw)
    for k in (2, 3, 10):
        targets = draw.targets(k, 400)
        weight = draw.floats(draw.rng.integers(0, 3, k))
        soft = draw.distributions(400, k)
        for reduction in ("none", "mean", "sum"):
            how: dict[str, Any] = {"reduction": reduction}
            for logits in (draw.masked(draw.logits(400, k), targets), draw.strange_logits(400, k)):
                yield (logits, targets), how
                yield (logits, targets), {**how, "weight": weight}
                yield (logits, targets), {**how, "weight": weight, "label_smoothing": 0.1}
                yield (logits, soft), how
    for logits in (draw.logits(60, 5000), draw.strange_logits(60, 5000), _ordinary(draw, 60, 5000)):
        targets = np.where(np.arange(60) % 7 == 3, -100, draw.targets(5000, 60))
        for reduction in ("none", "mean", "sum"):
            yield (logits, targets), {"reduction": reduction}
            yield (logits, targets), {"weight": draw.floats(draw.rng.uniform(0, 2, 5000))}


def _ordinary(draw: Draw, *shape: int) -> Any:
    return draw.floats(3.0 * draw.rng.standard_normal(shape))


def _focal_problems(draw: Draw) -> Iterator[Problem]:
    for k in (2, 3, 10):
        weight = draw.floats(draw.rng.uniform(0.0, 5.0, k))
        for gamma in (0.0, 0.5, 1.0, 2.0, 3.5):
            # Where 1 - p is 0 and gamma below 1, autograd gives nan for a gradient that is 0.
            calm = 0.0 < gamma < 1.0
            if calm and draw.half:
                continue
            logits = _ordinary(draw, 300, k) if calm else draw.logits(300, k)
            for reduction in ("none", "mean", "sum"):
                how: dict[str, Any] = {"gamma": gamma, "reduction": reduction}
                yield (logits, draw.targets(k, 300)), how
                yield (logits, draw.targets(k, 300)), {**how, "weight": weight}
                yield (logits, draw.distributions(300, k)), {**how, "weight": weight}


def _squared_problems(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 3, 10):
        for reduction in ("none", "mean", "sum"):
            yield (draw.logits(400, k), draw.targets(k, 400)), {"reduction": reduction}
            yield (draw.logits(400, k), draw.distributions(400, k)), {"reduction": reduction}


def _probability_problems(draw: Draw) -> Iterator[Problem]:
    edges = draw.floats([0.0, 0.0, 1.0, 1.0, 1e-30, 0.5])
    for reduction in ("none", "mean", "sum"):
        how: dict[str, Any] = {"reduction": reduction}
        probs, truth = draw.floats(draw.rng.random((500, 4))), draw.answers(500, 4)
        yield (probs, truth), how
        yield (probs, truth), {**how, "weight": draw.floats(draw.rng.uniform(0, 3, 4))}
        yield (edges, draw.floats([0.0, 1.0, 0.0, 1.0, 1.0, 0.5])), how


def _logit_problems(draw: Draw) -> Iterator[Problem]:
    for reduction in ("none", "mean", "sum"):
        how: dict[str, Any] = {"reduction": reduction}
        logits, truth = draw.logits(500, 4), draw.answers(500, 4)
        weight = draw.floats(draw.rng.uniform(0, 3, (500, 1)))
        yield (logits, truth), how
        yield (logits, truth), {**how, "weight": weight}
        yield (logits, truth), {**how, "pos_weight": draw.floats([0.0, 1.0, 2.5, 30.0])}
        yield (logits, truth), {**how, "weight": weight, "pos_weight": draw.floats([3.0])}
        labels = draw.floats(draw.rng.random((300, 20)) < 0.2)  # several of twenty at once
        yield (draw.logits(300, 20), labels), how
        yield (
            (draw.logits(300, 20), labels),
            {**how, "pos_weight": draw.floats(np.linspace(0, 9, 20))},
        )
    strange = draw.strange_logits(500, 4)
    yield (strange, draw.answers(500, 4)), {"reduction": "none"}


def _plain_binary_problems(draw: Draw) -> Iterator[Problem]:
    for reduction in ("none", "mean", "sum"):
        yield (draw.logits(500, 4), draw.answers(500, 4)), {"reduction": reduction}


def _sigmoid_focal_problems(draw: Draw) -> Iterator[Problem]:
    yield (draw.logits(500, 2), draw.answers(500, 2)), {}
    for alpha in (-1.0, 0.0, 0.25, 1.0):
        for gamma in (0.0, 1.0, 2.0, 3.5):
            how: dict[str, Any] = {"alpha": alpha, "gamma": gamma}
            for reduction in ("none", "mean", "sum"):
                arguments = draw.logits(100, 2), draw.answers(100, 2)
                yield arguments, {**how, "reduction": reduction}


def _one_distribution(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (draw.distributions(1000, k),), {}


def _two_distributions(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (draw.distributions(1000, k), draw.distributions(1000, k)), {}


def _indices(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (draw.targets(k, 500), k), {}
    yield (draw.targets(9, 500),), {}


def _smoothed_indices(draw: Draw) -> Iterator[Problem]:
    for k in (2, 5, 30):
        for convention in ("uniform", "others"):
            for epsilon in (0.0, 0.1, 1.0):
                yield (draw.targets(k, 200), k, epsilon, convention), {}


def _many_indices(draw: Draw) -> Iterator[Problem]:
    for k in (1, 2, 5, 30):
        yield (np.append(draw.targets(k, 500), np.arange(k)), k), {}


def _predictions(draw: Draw) -> Iterator[Problem]:
    for _ in range(50):
        for num_bins in (1, 10, 15):
            probs = draw.distributions(100, 4)
            yield (probs, draw.targets(4, 100)), {"num_bins": num_bins}


# How the results are shown.


def _as_table(results: list[Result], versions: dict[str, str]) -> str:
    width = max(len(result.function) for result in results)
    lines = [
        f"crossent against torch {versions['torch']}, with NumPy {versions['numpy']}",
        *(f"{term}: {meaning}" for term, meaning in DEFINITIONS.items()),
        "tolerance: "
        + ", ".join(f"{limit:g} in {name}" for name, limit in TOLERANCES.items())
        + f"; {OF_A_RUN:g} after a training run",
        "",
        f"{'function':<{width}}  precision    cases  worst error",
    ]
    for result in results:
        lines.append(
            f"{result.function:<{width}}  {result.precision}  {result.cases:>8}  "
            f"{result.worst:>11.1e}{'' if result.passed else '  BEYOND TOLERANCE'}"
        )
    return "\n".join([*lines, "", _verdict(results)])


def _as_json(results: list[Result], versions: dict[str, str]) -> str:
    return json_format.dumps(
        {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "versions": versions,
            "definitions": DEFINITIONS,
            "tolerances": TOLERANCES,
            "functions": [_shown(result) for result in results],
            "cases": sum(result.cases for result in results),
            "worst": {name: _json_number(_worst(results, name).worst) for name in TOLERANCES},
            "passed": all(result.passed for result in results),
            "verdict": _verdict(results),
        }
    )


def _shown(result: Result) -> dict[str, Any]:
    shown = result._asdict() | {"worst": _json_number(result.worst)}
    if result.passed:
        del shown["where"]
    return shown


def _json_number(value: float) -> float | str:
    return value if np.isfinite(value) else str(value)


def _worst(results: list[Result], precision: str) -> Result:
    return max(
        (result for result in results if result.precision == precision), key=lambda r: r.worst
    )


def _verdict(results: list[Result]) -> str:
    """The last line: how many cases, and the largest disagreement."""
    largest = [_worst(results, name) for name in TOLERANCES]
    failed = sorted({result.function for result in results if not result.passed})
    return (
        f"{sum(result.cases for result in results)} cases; largest disagreement "
        + ", ".join(f"{r.worst:.1e} in {r.precision} ({r.function})" for r in largest)
        + (f": beyond tolerance in {', '.join(failed)}" if failed else ": all within tolerance")
    )
