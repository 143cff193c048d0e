"""Cross-entropy of a great many logits at once, a block of rows at a time.

The formulas in ``kernels`` write four arrays as large as the logits. With a vocabulary of 50 000
classes those arrays go to main memory and back, and most of the time is spent waiting for them.
Here the rows are taken in blocks of about a megabyte, and each block is worked in place while it
is in the processor's cache: where its gradient will be, or in one scratch buffer if none is wanted:

    logits -> exp -> (row sums, and so the losses) -> / sum, the probabilities -> - 1 at the target

The logits are read once and the gradient is written once; nothing else is large.

The largest logit is subtracted only where it must be. Softmax does not care what is subtracted, so
for logits of ordinary size nothing is: the row sums tell whether that was safe. A sum that is
neither so small nor so large that digits could be lost proves it; a sum that is not, or an
infinity or a nan, has the block done again with the maximum of each row subtracted, and the blocks
after it too, since logits that are large in one row tend to be large in the next.
"""

import threading

import numpy as np

from crossent.core.arrays import Floats, Integers

BLOCK_BYTES = 1 << 20
"""What stays in the cache of one core while it is worked on several times."""

WORTHWHILE = 1 << 17
"""Number of logits from which blocks are used; fewer are in the cache anyway."""

SMALL_BUFFER = 16
"""Elements that NumPy may buffer. With its usual 8192 it copies a factor that is one per row into a
buffer as long as several rows first, and multiplying takes twice as long."""


def worthwhile(logits: Floats) -> bool:
    """Whether blocks pay: many logits, in rows, of a precision that NumPy is fast in."""
    return logits.ndim == 2 and logits.size >= WORTHWHILE and logits.dtype.char in "fd"


def cross_entropy(
    logits: Floats, targets: Integers, scale: Floats | None = None, grad: Floats | None = None
) -> Floats:
    """Cross-entropy of each row against its target class, and its gradient if there is room for it.

    Parameters
    ----------
    logits : array, shape (num_rows, num_classes)
    targets : integer array, shape (num_rows,)
    scale : array, shape (num_rows,)
        What each row of the gradient is multiplied with.
    grad : array, shape (num_rows, num_classes), optional
        Filled with the scaled gradient. May be ``logits`` itself, which it then replaces.

    Returns
    -------
    losses : array, shape (num_rows,)
        Not scaled.
    """
    num_rows, num_classes = logits.shape
    rows_per_block = max(1, BLOCK_BYTES // (num_classes * logits.itemsize))
    if grad is None or np.may_share_memory(grad, logits):
        work = _scratch(min(rows_per_block, num_rows), logits)
    else:
        work = grad
    losses = np.empty(num_rows, logits.dtype)
    tame = True  # so far no block has needed its maxima
    with np.errstate():  # which also restores the buffer size
        np.setbufsize(SMALL_BUFFER)
        for start in range(0, num_rows, rows_per_block):
            rows = slice(start, min(start + rows_per_block, num_rows))
            block = logits[rows]
            exponentials = work[rows] if work is grad else work[: rows.stop - start]
            at_target = np.arange(rows.stop - start), targets[rows]

            if tame:
                np.exp(block, out=exponentials)
                sums = _row_sums(exponentials)
                tame = _keep_their_digits(sums)
                losses[rows] = np.log(sums) - block[at_target]
            if not tame:
                largest = np.max(block, axis=-1)
                np.exp(np.subtract(block, largest[:, None], out=exponentials), out=exponentials)
                sums = _row_sums(exponentials)
                losses[rows] = np.log(sums) + (largest - block[at_target])

            if grad is not None and scale is not None:
                np.multiply(exponentials, (scale[rows] / sums)[:, None], out=grad[rows])
                grad[rows][at_target] -= scale[rows]
    return losses


class _Kept(threading.local):
    """One buffer for each thread: a fresh one from the system in every call costs a tenth of it."""

    buffer = np.empty(0, np.uint8)


_kept = _Kept()


def _scratch(num_rows: int, like: Floats) -> Floats:
    """Room for so many rows like these; whatever is in it."""
    num_bytes = num_rows * like.shape[1] * like.itemsize
    if num_bytes > BLOCK_BYTES:  # a single row that is larger than a block is not kept
        return np.empty((num_rows, like.shape[1]), like.dtype)
    if _kept.buffer.size < num_bytes:
        _kept.buffer = np.empty(num_bytes, np.uint8)
    return _kept.buffer[:num_bytes].view(like.dtype).reshape(num_rows, -1)


def _row_sums(block: Floats) -> Floats:
    return np.einsum("ij->i", block)  # three times as fast as np.sum along the rows


def _keep_their_digits(sums: Floats) -> bool:
    """Whether sums of exponentials are far from underflow and overflow: 1e-19 to 1e28 in float32.

    Exponentials too small to be represented are then below the last digit of their sum, and a
    gradient divided by the sum is still a normal number. False if there is a nan.
    """
    tiny = float(np.finfo(sums.dtype).tiny)
    return bool(np.min(sums) > tiny**0.5 and np.max(sums) < tiny**-0.75)
