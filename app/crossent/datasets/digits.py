"""Handwritten digits of 8x8 pixels: a few hundred of those that scikit-learn ships.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/). Changed here: fifty images of each digit were
drawn from the 1797 of its test set. In digits.txt a line is one image: its row in scikit-learn's
``load_digits``, the digit, and 64 pixels from 0 (paper) to g (16, ink), row by row from the top.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TRAINING = 300
_INK = "0123456789abcdefg"


class Digits(NamedTuple):
    """Images of shape (n, 64), ink in sixteenths from 0 to 1, and their digits of shape (n,)."""

    train_images: Any
    train_targets: Any
    test_images: Any
    test_targets: Any


@cache
def digits() -> Digits:
    """300 images to learn from and 200 to test with, each digit equally often, in turn.

    They are constants, not to be written to. Pixels stay sixteenths so that a page can hold them
    as text of one letter each.

    Examples
    --------
    >>> images, targets = digits()[:2]
    >>> images.shape, images.max(), targets[:11]
    ((300, 64), np.float64(1.0), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]))
    """
    lines = Path(__file__).with_name("digits.txt").read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines]
    images = np.array([[_INK.index(pixel) for pixel in row[2]] for row in rows]) / 16
    targets = np.array([int(row[1]) for row in rows])
    for array in (images, targets):
        array.setflags(write=False)
    return Digits(images[:TRAINING], targets[:TRAINING], images[TRAINING:], targets[TRAINING:])
