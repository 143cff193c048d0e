"""Index expressions: an offset and a whole multiple of each loop variable."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossent.trace.graph import Shape
from crossent.trace.primitives import flat_strides


@dataclass(frozen=True)
class Affine:
    """offset + sum of coefs[a] * (loop variable of axis a)."""

    offset: int
    coefs: tuple[int, ...]

    def __add__(self, other: "Affine") -> "Affine":
        """The sum of both."""
        coefs = tuple(a + b for a, b in zip(self.coefs, other.coefs, strict=True))
        return Affine(self.offset + other.offset, coefs)

    def scaled(self, step: int, start: int = 0) -> "Affine":
        """Start + step times this."""
        return Affine(start + step * self.offset, tuple(step * c for c in self.coefs))

    def text(self, variables: Sequence[str]) -> str:
        """As JavaScript."""
        terms = [
            name if c == 1 else f"{c} * {name}"
            for c, name in zip(self.coefs, variables, strict=True)
            if c
        ]
        if self.offset or not terms:
            terms.insert(0 if self.offset > 0 else len(terms), str(self.offset))
        return " + ".join(terms).replace("+ -", "- ")


Index = tuple[Affine, ...]


def identity(shape: Shape) -> Index:
    """One loop variable for each axis; an axis of length 1 has none of its own."""
    return tuple(
        Affine(0, tuple(int(a == axis and n > 1) for a in range(len(shape))))
        for axis, n in enumerate(shape)
    )


def linear(shape: Shape, index: Index, loops: int) -> Affine:
    """Where the element at `index` lies, counted flat in C order."""
    total = Affine(0, (0,) * loops)
    for position, stride in zip(index, flat_strides(shape), strict=True):
        total = total + position.scaled(stride)
    return total


def collapse(
    lengths: list[int], forms: list[Affine], outer: int = 0
) -> tuple[list[int], list[Affine], int]:
    """The same loops, as few as possible: neighbours become one where every index allows it.

    The first `outer` loops stay apart from the rest; how many of them are left comes last.
    """
    axis = 0
    while axis < len(lengths):
        if lengths[axis] == 1:
            gone, length = axis, lengths[axis]
        elif axis not in (0, outer) and all(
            form.coefs[axis - 1] == lengths[axis] * form.coefs[axis] for form in forms
        ):
            gone, length = axis - 1, lengths[axis - 1]
            lengths[axis] *= length
        else:
            axis += 1
            continue
        lengths = lengths[:gone] + lengths[gone + 1 :]
        forms = [Affine(f.offset, f.coefs[:gone] + f.coefs[gone + 1 :]) for f in forms]
        outer -= gone < outer
        axis = gone
    return lengths, forms, outer
