"""Rooms in this process: nothing to install, and gone with it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from ..serving.allowance import Allowance, Allowances
from .store import (
    HERE,
    LIFETIME,
    MOST_LETTERS,
    MOST_ROOMS,
    MOST_SEATS,
    Board,
    Entries,
    Hear,
    Lost,
    Purse,
    RoomError,
    new_code,
)


@dataclass(eq=False)
class Room:
    """A room, who sits where, and who hears of it."""

    about: Entries
    ends: float
    entries: Entries = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    seats: dict[str, int] = field(default_factory=dict)  # by ticket, the latest come last
    here: Counter[int] = field(default_factory=Counter)  # sockets by seat
    hearing: list[Hear] = field(default_factory=list)

    def seat(self, ticket: str) -> int:
        """The ticket's seat, a new one, or one that was left."""
        if ticket in self.seats:
            return self.seats[ticket]
        if len(self.seats) < MOST_SEATS:
            number = len(self.seats)
        else:
            left = next((old for old, seat in self.seats.items() if not self.here[seat]), None)
            if left is None:
                raise RoomError("full")
            number = self.seats.pop(left)
        self.seats[ticket] = number
        return number

    def write(self, entries: Entries) -> None:
        """Takes entries over; all or none."""
        lengths = {
            name: 0 if value is None else len(name) + len(json.dumps(value))
            for name, value in entries.items()
        }
        grown = sum(length - self.lengths.get(name, 0) for name, length in lengths.items())
        if grown > 0 and self.letters + grown > MOST_LETTERS:
            raise RoomError("size")
        self.letters += grown
        for name, value in entries.items():
            if value is None:
                self.entries.pop(name, None)
                self.lengths.pop(name, None)
            else:
                self.entries[name] = value
                self.lengths[name] = lengths[name]

    def tell(self, entries: Entries | None, by: str = "") -> None:
        """Tells all who hear."""
        for hear in list(self.hearing):
            hear(entries, by)


class MemoryStore:
    """Keeps rooms in this process."""

    def __init__(self, lifetime: float = LIFETIME, most_rooms: int = MOST_ROOMS) -> None:
        self.lifetime, self.most_rooms = lifetime, most_rooms
        self.rooms: dict[str, Room] = {}
        self.purses: dict[tuple[float, float], Allowances] = {}

    async def open(self, about: Entries) -> str:
        await self.expire()
        if len(self.rooms) >= self.most_rooms:
            raise RoomError("rooms")
        code = new_code()
        while code in self.rooms:
            code = new_code()
        self.rooms[code] = Room(about, time.monotonic() + self.lifetime)
        return code

    async def about(self, code: str) -> Entries | None:
        await self.expire()
        room = self.rooms.get(code)
        return dict(room.about) if room else None

    async def read(self, code: str) -> Board | None:
        await self.expire()
        room = self.rooms.get(code)
        return Board(dict(room.about), dict(room.entries)) if room else None

    def room(self, code: str) -> Room:
        """The room of a code."""
        if code not in self.rooms:
            raise RoomError("none")
        return self.rooms[code]

    async def join(self, code: str, ticket: str) -> int:
        room = self.room(code)
        seat = room.seat(ticket)
        room.here[seat] += 1
        await self.count(code, room)
        return seat

    async def leave(self, code: str, seat: int) -> None:
        room = self.rooms.get(code)
        if room is not None and room.here[seat]:
            room.here[seat] -= 1
            if not room.here[seat]:
                del room.here[seat]
            await self.count(code, room)

    async def count(self, code: str, room: Room) -> None:
        """Says how many are here."""
        await self.publish(code, {HERE: len(room.here)})

    async def publish(
        self, code: str, entries: Entries, by: str = "", keep: Collection[str] = ()
    ) -> None:
        room = self.room(code)
        news = {n: v for n, v in entries.items() if n not in keep or n not in room.entries}
        if news:
            room.write(news)
            room.tell(news, by)

    async def subscribe(
        self, code: str, hear: Hear, lost: Lost = lambda: None
    ) -> Callable[[], Awaitable[None]]:
        room = self.room(code)
        room.hearing.append(hear)

        async def end() -> None:
            if hear in room.hearing:
                room.hearing.remove(hear)

        return end

    async def close(self, code: str) -> None:
        room = self.rooms.pop(code, None)
        if room is not None:
            room.tell(None)

    def purse(self, purse: Purse) -> Allowance:
        """What is left in a purse."""
        like = self.purses.setdefault((purse.rate, purse.most), Allowances(purse.rate, purse.most))
        return like.of(purse.name)

    async def affords(self, *purses: Purse) -> bool:
        return not any(self.purse(one).wait() for one in purses)

    async def spend(self, *purses: Purse) -> None:
        for one in purses:
            own = self.purse(one)
            own.use(min(1.0, own.left + one.most))

    async def expire(self) -> None:
        now = time.monotonic()
        for code in [code for code, room in self.rooms.items() if room.ends <= now]:
            await self.close(code)

    async def stop(self) -> None:
        """There is nothing outside this process."""
