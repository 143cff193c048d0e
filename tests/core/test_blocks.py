"""The fast path agrees with the plain one whatever the logits, and stays small."""

import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossent import core
from crossent.core import blocks, kernels

ROW_KINDS = {
    "ordinary": lambda rng, k: rng.normal(0, 3, k),
    "flat": lambda rng, k: np.zeros(k),
    "wide": lambda rng, k: rng.normal(0, 300, k),
    "plus and minus a thousand": lambda rng, k: rng.choice([-1000.0, 1000.0], k),
    "far up": lambda rng, k: rng.normal(1000, 1, k),
    "far down": lambda rng, k: rng.normal(-1000, 1, k),
    "just within": lambda rng, k: rng.normal(-40, 1, k),
    "masked": lambda rng, k: np.where(rng.random(k) < 0.5, -np.inf, rng.normal(0, 3, k)),
    "all masked": lambda rng, k: np.full(k, -np.inf),
    "infinite": lambda rng, k: np.where(np.arange(k) == k // 2, np.inf, 0.0),
    "nan": lambda rng, k: np.where(np.arange(k) == k // 2, np.nan, 0.0),
}
TOLERANCES = {"float32": 2e-6, "float64": 1e-13}


def compare(logits, targets, scale):
    """Fast against plain; the error is relative where the loss is above 1."""
    tolerance = TOLERANCES[logits.dtype.name]
    grad = np.empty_like(logits)
    with np.errstate(all="ignore"):
        fast = blocks.cross_entropy(logits, targets, scale, grad)
        plain = 0.0 - kernels.log_softmax(logits)[np.arange(len(logits)), targets]
        truth = kernels.one_hot(targets, logits.shape[1]).astype(logits.dtype)
        plain_grad = scale[:, None] * kernels.cross_entropy_grad(logits, truth)
    np.testing.assert_allclose(fast, plain, rtol=tolerance, atol=5 * tolerance)
    np.testing.assert_allclose(grad, plain_grad, atol=tolerance)


@pytest.mark.parametrize("dtype", TOLERANCES)
@settings(deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted(ROW_KINDS)), min_size=1, max_size=12),
    num_classes=st.integers(1, 40),
    rows_per_block=st.integers(1, 5),
    seed=st.integers(0, 999),
)
def test_blocks_of_any_rows_agree_with_the_plain_formulas(
    dtype, kinds, num_classes, rows_per_block, seed
):
    rng = np.random.default_rng(seed)
    logits = np.stack([ROW_KINDS[kind](rng, num_classes) for kind in kinds]).astype(dtype)
    targets = rng.integers(0, num_classes, len(kinds))
    scale = rng.uniform(0, 2, len(kinds)).astype(dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", rows_per_block * num_classes * logits.itemsize)
        compare(logits, targets, scale)


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("kind", ["ordinary", "wide", "far up", "masked"])
def test_a_vocabulary_agrees_with_the_plain_formulas(dtype, kind):
    rng = np.random.default_rng(0)
    logits = np.stack([ROW_KINDS[kind](rng, 50257) for _ in range(12)]).astype(dtype)
    compare(logits, rng.integers(0, 50257, 12), np.ones(12, dtype))


def test_large_batches_take_the_fast_path_and_small_ones_give_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(0, 3, (300, 500)), rng.integers(0, 500, 300)
    targets[::9] = -100
    assert blocks.worthwhile(logits)
    for reduction in ("none", "mean", "sum"):
        for weight in (None, rng.uniform(0, 2, 500)):
            options = {"reduction": reduction, "weight": weight}
            fast = core.cross_entropy_and_grad(logits, targets, **options)
            with monkeypatch.context() as patch:
                patch.setattr(blocks, "worthwhile", lambda logits: False)
                plain = core.cross_entropy_and_grad(logits, targets, **options)
            np.testing.assert_allclose(fast[0], plain[0], rtol=1e-13)
            np.testing.assert_allclose(fast[1], plain[1], atol=1e-15)


def test_the_gradient_may_replace_the_logits():
    rng = np.random.default_rng(0)
    for offset in (0.0, 1000.0):
        logits, targets = rng.normal(offset, 3, (300, 500)), rng.integers(0, 500, 300)
        expected = core.cross_entropy_and_grad(logits, targets)
        loss, grad = core.cross_entropy_and_grad(logits, targets, out=logits)
        assert grad is logits
        assert loss == expected[0]
        np.testing.assert_array_equal(grad, expected[1])


def test_columns_stored_first_give_the_same():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(0, 3, (300, 500)), rng.integers(0, 500, 300)
    transposed = np.asfortranarray(logits)
    np.testing.assert_allclose(
        core.cross_entropy_grad(transposed, targets), core.cross_entropy_grad(logits, targets)
    )


def test_threads_do_not_share_their_scratch_buffer():
    rng = np.random.default_rng(0)
    problems = [(rng.normal(0, 3, (300, 500)), rng.integers(0, 500, 300)) for _ in range(4)]
    expected = [core.cross_entropy(*problem) for problem in problems]
    wrong = []

    def work(index):
        for _ in range(30):
            if core.cross_entropy(*problems[index]) != expected[index]:
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_memory_beyond_input_and_output_stays_under_8_mb(offset):
    logits = np.random.default_rng(0).standard_normal((256, 50257), np.float32)
    logits += np.float32(offset)
    targets, out = np.arange(256), np.empty_like(logits)
    tracemalloc.start()
    try:
        core.cross_entropy(logits, targets)
        core.cross_entropy_and_grad(logits, targets, out=out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8e6
