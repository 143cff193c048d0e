"""A text whose letters are counted: the first chapter of "Alice's Adventures in Wonderland".

Source: Lewis Carroll, "Alice's Adventures in Wonderland", Macmillan, London, 1865, chapter I, "Down
the Rabbit-Hole". Carroll died in 1898: the text is in the public domain. In alice.txt an empty line
stands between paragraphs.

A token is one of 32 characters: the 26 letters, the space, the apostrophe, the comma, the full
stop, one that stands for all others, and one that no text holds: it ends each paragraph and stands
before the first.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from crossent.core.kernels import rows_at

LETTERS = "abcdefghijklmnopqrstuvwxyz ',."
# What is read as one of them: capitals, quotation marks, dashes and the stronger stops.
ALIKE = {
    **{letter.upper(): letter for letter in LETTERS[:26]},
    **dict.fromkeys('’‘“”"', "'"),
    **dict.fromkeys("-–—\n\t\xa0\u202f", " "),
    **dict.fromkeys(";:", ","),
    **dict.fromkeys("!?…", "."),
}
UNKNOWN, EDGE = len(LETTERS), len(LETTERS) + 1
CHARACTERS = len(LETTERS) + 2
# Pieces of two characters: at each step the pair that is then the commonest in the chapter. These
# are the first merges of byte pair encoding (Gage 1994; Sennrich, Haddow and Birch 2016,
# doi:10.18653/v1/P16-1162), but for those that would lengthen a piece further.
_JOINED = "e  tt , erind s thano oushy alenwaonoritowhaelicof aea s w mghg "
PAIRS = tuple(_JOINED[i : i + 2] for i in range(0, len(_JOINED), 2))


def codes(text: str) -> list[int]:
    """Each character's place among the tokens.

    >>> codes("A cat?")
    [0, 26, 2, 0, 19, 29]
    """
    places = {letter: place for place, letter in enumerate(LETTERS)}
    return [places.get(ALIKE.get(letter, letter), UNKNOWN) for letter in text]


@cache
def chapter() -> Any:
    """The chapter's characters, (n,): a paragraph after the other, `EDGE` around each.

    >>> len(chapter()), chapter()[:4]
    (11203, array([31,  0, 11,  8]))
    """
    text = Path(__file__).with_name("alice.txt").read_text(encoding="utf-8")
    found = [EDGE]
    for paragraph in text.split("\n\n"):
        found += [*codes(paragraph.strip()), EDGE]
    return fixed(np.array(found))


@cache
def piece_of(pairs: tuple[str, ...] = PAIRS) -> Any:
    """The piece that two characters make, flat over (first, second); -1 where they make none."""
    found = np.full(CHARACTERS**2, -1)
    for i, pair in enumerate(pairs):
        first, second = codes(pair)
        found[first * CHARACTERS + second] = CHARACTERS + i
    return fixed(found)


def in_pieces(characters: Any, pairs: tuple[str, ...] = PAIRS) -> tuple[Any, Any]:
    """A text of characters as pieces, read from the left, and how many there are.

    The array is as long as before: after the last piece come leftovers.

    >>> pieces, count = in_pieces(np.array(codes("the hat")))
    >>> [names()[piece] for piece in pieces[:count]]
    ['th', 'e ', 'ha', 't']
    """
    place = np.arange(characters.shape[0])
    following = np.concatenate([characters[1:], np.array([EDGE])])
    piece = rows_at(piece_of(pairs), characters * CHARACTERS + following)
    able = np.greater_equal(piece, 0)
    # Of neighbours that could all begin a pair, the first does, and then every other one.
    start = np.maximum.accumulate(np.where(able, 0, place + 1))
    begins = able & np.equal((place - start) % 2, 0)
    taken = np.concatenate([np.array([False]), begins[:-1]])  # second halves of a pair
    order = np.argsort(np.where(taken, place + place.shape[0], place), kind="stable")
    pieces = np.where(begins, piece, characters)
    return rows_at(pieces, order), np.sum(np.where(taken, 0, 1))


@cache
def counts(before: int, *, pieces: bool = False) -> Any:
    """How often each token followed those before it in the chapter, (V,) * (before + 1).

    `before` is how many tokens are known: 0, 1 or 2. Before a paragraph's first there are edges.

    >>> counts(1)[LETTERS.index("q")].argmax() == LETTERS.index("u")
    np.True_
    """
    tokens, size = chapter(), CHARACTERS
    if pieces:
        tokens, count = in_pieces(chapter())
        tokens, size = tokens[:count], CHARACTERS + len(PAIRS)
    found = np.zeros((size,) * (before + 1), dtype=np.int64)
    known = [np.roll(tokens, shift)[1:] for shift in range(before, -1, -1)]
    if before == 2:  # a paragraph's first character stands after two edges
        known[0] = np.where(known[1] == EDGE, EDGE, known[0])
    np.add.at(found, tuple(known), 1)
    return fixed(found)


def names() -> tuple[str, ...]:
    """Every token as text: the characters, then the pairs.

    >>> names()[:3], len(names())
    (('a', 'b', 'c'), 64)
    """
    return (*LETTERS, "\N{REPLACEMENT CHARACTER}", "¶", *PAIRS)


def fixed(array: Any) -> Any:
    """An array that is not to be written to."""
    array.setflags(write=False)
    return array
