"""What figures learn from: points in the plane made from a seed, written digits, a chapter.

Points depend on the seed and on their place alone, so they are the same in NumPy and, traced, in a
page; rows that begin at another `start` come from the same source and can be held out.
"""

from crossent.datasets.digits import Digits, digits
from crossent.datasets.plane import Points, blobs, imbalanced, moons, spirals

__all__ = ["Digits", "Points", "blobs", "digits", "imbalanced", "moons", "spirals"]
