"""Time of the core's cross-entropy against torch, SciPy and textbook NumPy, on one thread each.

    python -m benchmarks.core [--json FILE] [--quick]

All ratios are ours over theirs, medians of interleaved repeats, so below 1 we are faster. Torch is
called in two ways: *preallocated*, writing into memory that is already there, which compares
arithmetic; and *plain*, ``F.cross_entropy`` as one would write it, which asks the system for fresh
memory as large as the logits (twice, with the gradient) in every call: most of its time at large
vocabularies is the kernel handing out and clearing pages, and it says little about the arithmetic.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402  (after the number of threads is set)
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402, N812
from scipy.special import log_softmax as scipy_log_softmax  # noqa: E402

from crossent import core  # noqa: E402

from .table import Row, run, say  # noqa: E402

SHAPES = [(4096, 1000), (1024, 50257)]
REACH = {"forward": 1.15, "with gradient": 0.85}
SECONDS_PER_TABLE, QUICK_SECONDS_PER_TABLE = 6.0, 1.0
REPEATS = (5, 60)


def measured(quick: bool) -> dict[str, Any]:
    """All shapes, and the import."""
    torch.set_num_threads(1)
    seconds = QUICK_SECONDS_PER_TABLE if quick else SECONDS_PER_TABLE
    results = {
        "versions": {"numpy": np.__version__, "torch": str(torch.__version__)},
        "tables": [table for shape in SHAPES for table in compare(*shape, seconds)],
        "import_seconds": import_seconds(),
    }
    for table in results["tables"]:
        say(as_text(table))
    say(
        "Plain torch is slower than preallocated because each call takes fresh memory the size of "
        "the\nlogits from the system; compare arithmetic with the preallocated row."
    )
    return results


def rows(results: dict[str, Any]) -> list[Row]:
    """The table: against torch's arithmetic, and against torch as one writes it."""
    found = []
    for table in results["tables"]:
        for theirs, reach in (
            ("torch, preallocated", table["reach"]),
            ("torch, plain F.cross_entropy", None),
        ):
            if theirs not in table["ratios"]:
                continue
            ratio = table["ratios"][theirs]
            found.append(
                Row(
                    f"cross-entropy {tuple(table['shape'])}, {table['what']}",
                    f"{1e3 * table['seconds']['crossent']:.1f} ms",
                    f"{theirs} {1e3 * table['seconds'][theirs]:.1f} ms",
                    ratio,
                    f"ratio {reach}" if reach else "",
                    ratio <= reach if reach else None,
                )
            )
    seconds = results["import_seconds"]
    found.append(
        Row(
            "import of crossent.core beyond NumPy",
            f"{seconds:.3f} s",
            reach="0.2 s",
            met=seconds < 0.2,
        )
    )
    return found


def compare(rows: int, classes: int, seconds: float) -> list[dict[str, Any]]:
    """Forward alone and with the gradient, at one shape in float32."""
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((rows, classes), np.float32)
    logits *= 3
    targets = rng.integers(0, classes, rows)
    grad = np.empty_like(logits)
    z, t = torch.from_numpy(logits), torch.from_numpy(targets)
    log_probs, first, second = torch.empty_like(z), torch.empty_like(z), torch.empty_like(z)
    aten, one = torch.ops.aten, torch.ones(())

    def torch_forward() -> Any:
        aten._log_softmax.out(z, 1, False, out=log_probs)
        return aten.nll_loss_forward(log_probs, t, None, 1, -100)

    def torch_with_gradient() -> Any:
        loss, total = torch_forward()
        aten.nll_loss_backward.grad_input(one, log_probs, t, None, 1, -100, total, grad_input=first)
        aten._log_softmax_backward_data.out(first, log_probs, 1, torch.float32, out=second)
        return loss

    def torch_plain_gradient() -> Any:
        leaf = z.detach().requires_grad_()
        F.cross_entropy(leaf, t).backward()

    def textbook() -> Any:
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return log_p, -log_p[np.arange(rows), targets].mean()

    def textbook_with_gradient() -> Any:
        log_p, loss = textbook()
        p = np.exp(log_p)
        p[np.arange(rows), targets] -= 1
        p /= rows
        return loss

    def scipy_forward() -> Any:
        return -scipy_log_softmax(logits, axis=1)[np.arange(rows), targets].mean()

    forward = {
        "crossent": lambda: core.cross_entropy(logits, targets),
        "torch, preallocated": torch_forward,
        "torch, plain F.cross_entropy": lambda: F.cross_entropy(z, t),
        "scipy.special.log_softmax": scipy_forward,
        "textbook NumPy": textbook,
    }
    with_gradient = {
        "crossent": lambda: core.cross_entropy_and_grad(logits, targets, out=grad),
        "torch, preallocated": torch_with_gradient,
        "torch, plain F.cross_entropy": torch_plain_gradient,
        "textbook NumPy": textbook_with_gradient,
    }
    tables = [
        {
            "shape": [rows, classes],
            "what": what,
            "reach": REACH[what],
            **measure(functions, seconds),
        }
        for what, functions in (("forward", forward), ("with gradient", with_gradient))
    ]
    logits += 1000  # so far up that exp overflows: each row then needs its maximum
    shifted = {name: with_gradient[name] for name in ("crossent", "torch, preallocated")}
    what = "with gradient, logits near 1000"
    return [
        *tables,
        {"shape": [rows, classes], "what": what, "reach": None, **measure(shifted, seconds)},
    ]


def measure(functions: dict[str, Callable[[], Any]], seconds: float) -> dict[str, Any]:
    """Medians in seconds, the functions taking turns so that a busy moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        function()
    begin = time.perf_counter()
    for repeat in range(REPEATS[1]):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
        if repeat + 1 >= REPEATS[0] and time.perf_counter() - begin > seconds:
            break
    medians = {name: median(values) for name, values in times.items()}
    return {
        "repeats": repeat + 1,
        "seconds": medians,
        "ratios": {name: medians["crossent"] / other for name, other in medians.items()},
    }


def import_seconds() -> float:
    """Median time of ``import crossent.core`` in a fresh interpreter that has NumPy already."""
    code = (
        "import numpy, time; start = time.perf_counter(); import crossent.core; "
        "print(time.perf_counter() - start)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(5)
    ]
    return median(runs)


def as_text(table: dict[str, Any]) -> str:
    rows, classes = table["shape"]
    lines = [f"({rows}, {classes}) float32, {table['what']}, {table['repeats']} repeats"]
    for name, seconds in table["seconds"].items():
        ratio = "" if name == "crossent" else f"  ours / theirs {table['ratios'][name]:5.2f}"
        if name == "torch, preallocated" and table["reach"]:
            ratio += f"  (reach {table['reach']})"
        lines.append(f"  {name:<29} {seconds * 1e3:8.2f} ms{ratio}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(run(__doc__, measured, rows))
