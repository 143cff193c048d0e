"""What rooms are kept in: one small interface, whoever keeps them.

A room is a board of entries, of which the latest of each name counts: `state/<figure>` is what the
lecturer's figure shows, `mark/<figure>/<seat>` what a student's does. Who may write which, is no
business of a store (rooms.py), and it checks nothing that is written.

tests/rooms/test_stores.py holds every store to what is said here.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

# No two look or sound alike as they are read out, and without vowels they make no words.
LETTERS = "BCDFGHJKMNPRSTWXYZ"
CODE_LENGTH = 6
LIFETIME = 24 * 3600.0  # s
MOST_ROOMS = 100
MOST_SEATS = 576  # of a room: so many students can be told apart by animal and colour
MOST_LETTERS = 4_000_000  # of a room's entries, as JSON

HERE = "here"  # the entry that says how many students are in the room now

Entries = dict[str, Any]  # JSON values by name; None takes an entry away
# Told entries as they change, and by whom; of a room that is closed, None.
Hear = Callable[[Entries | None, str], None]
# Told once that what is published can be heard no more, as when a store in another process is away.
Lost = Callable[[], None]


class RoomError(Exception):
    """What a room refuses; `reason` is one of REASONS, which the page says in its language."""

    def __init__(self, reason: str) -> None:
        assert reason in REASONS, reason
        super().__init__(REASONS[reason])
        self.reason = reason


REASONS = {
    "rooms": "the server has all the rooms that it can hold",
    "full": "the room has all the students that it can hold",
    "crowd": "the server has all the people in rooms that it can hold",
    "none": "there is no such room, or it is closed",
    "often": "that was asked for too often; try again in a minute",
    "size": "the room has kept all that it can hold",
    "state": "the figure refuses this state",
    "message": "this is no message of a page",
    "page": "there is no room on this page",
    "away": "what keeps the rooms does not answer; try again soon",
}


@dataclass(frozen=True)
class Purse:
    """How often something may be done: so many times a second, and so many saved up at most."""

    name: str
    rate: float
    most: float


@dataclass(frozen=True)
class Board:
    """A room as it is now: what it is about, and its entries."""

    about: Entries
    entries: Entries


class Store(Protocol):
    """Keeps rooms by their codes.

    A store that is in another process may be away: then whatever is asked is a RoomError "away".
    """

    async def open(self, about: Entries) -> str:
        """Makes a room; its code. A RoomError "rooms" if there are as many as there can be."""

    async def about(self, code: str) -> Entries | None:
        """What the room of a code is about, or None if there is none."""

    async def read(self, code: str) -> Board | None:
        """The whole room of a code, or None."""

    async def join(self, code: str, ticket: str) -> int:
        """The number of a student's seat, from 0: the same for the same ticket, also after a while.

        Where all seats are given, one whose student has left is given again. A RoomError "none" or
        "full" if there is no room, or no seat.
        """

    async def leave(self, code: str, seat: int) -> None:
        """A student who had joined is here no longer; its entries stay. No room is no mistake."""

    async def publish(
        self, code: str, entries: Entries, by: str = "", keep: Collection[str] = ()
    ) -> None:
        """Writes entries and tells them to all who hear, in the same order to each.

        Those of the names in `keep` that are there already stay as they are, and are not told.
        When it returns, all have heard of it who hear through this store. A RoomError "none" or
        "size" if there is no room, or no more room in it.
        """

    async def subscribe(
        self, code: str, hear: Hear, lost: Lost = lambda: None
    ) -> Callable[[], Awaitable[None]]:
        """Has someone hear what is published from now on; what is returned ends it.

        A RoomError "none" if there is no room.
        """

    async def close(self, code: str) -> None:
        """Ends a room, and tells all who hear; nothing of it is left."""

    async def affords(self, *purses: Purse) -> bool:
        """Whether there is something left in each purse, whoever has spent of it."""

    async def spend(self, *purses: Purse) -> None:
        """Takes one from each purse; there can be a debt, of what it holds at most."""

    async def expire(self) -> None:
        """Closes the rooms whose time is up, if they do not close by themselves."""

    async def stop(self) -> None:
        """Lets go of all that it holds outside this process; rooms live on there."""


def new_code() -> str:
    """A code that nobody can foresee."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(text: object) -> str | None:
    """A code as someone has typed it: in small letters, with gaps; None if it cannot be one.

    >>> read_code(" kbm-zyx "), read_code("kbmzy"), read_code("aeiouy"), read_code(7)
    ('KBMZYX', None, None, None)
    """
    if not isinstance(text, str) or len(text) > 4 * CODE_LENGTH:
        return None
    letters = "".join(letter for letter in text.upper() if letter not in " -.·")
    fits = len(letters) == CODE_LENGTH and set(letters) <= set(LETTERS)
    return letters if fits else None
