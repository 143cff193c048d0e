"""Rooms in Redis, 6 or later, or Valkey: any process of any machine serves any student of a room.

What must happen at once is a step of redis.lua. A room's news are a stream, numbered without gaps:
a process reads on where it stopped, and one that has missed any says so. Who is here is counted by
process, and one that was not heard of for a while is gone with all whom it counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from .. import accidents
from ..errors import CrossentError, readable
from .store import (
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

log = logging.getLogger("crossent")

STEPS, PURSES = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("redis.lua", "purses.lua")
)
NONE, REFUSED = -1, -2  # of its steps: there is no such room; it is full
ANSWER = 3.0  # s that Redis may take
CONNECTIONS = 8  # of a process, beside one for each of its rooms
BLOCK = 5.0  # s that a room's news are waited for
NEWS = 100  # that are read together
MESSAGES = 100  # that are published together
LEASE = 15.0  # s after which a process that says nothing is gone
AGAIN, TRIES = 0.25, 4  # s between looks whether Redis is back, until its rooms are given up


# A message as Redis takes it, and the number of the news that it became.
Outgoing = tuple[list[Any], "asyncio.Future[int]"]


class Here:
    """Who of a room has sockets of this process, as far as it knows."""

    def __init__(self) -> None:
        self.sockets: Counter[int] = Counter()  # by seat
        self.moving = 0  # who is just coming or going: Redis may have counted them, or not yet
        self.counting = asyncio.Lock()  # while all are told to Redis, nobody comes or goes


class Hearing:
    """A room's news in this process: who hears them, and the number of the last."""

    def __init__(self, code: str, last: int) -> None:
        self.code, self.last = code, last
        self.hears: list[tuple[Hear, Lost]] = []
        self.waiting: list[tuple[int, asyncio.Future[None]]] = []
        self.over = False
        self.task: asyncio.Task[None] | None = None

    async def reached(self, number: int) -> None:
        """Waits until news have been told; a RoomError "away" if they cannot be heard any more."""
        if number > self.last and not self.over:
            told = asyncio.get_running_loop().create_future()
            self.waiting.append((number, told))
            await told

    def tell(self, number: int, said: list[tuple[str, Entries]]) -> None:
        """Tells all who hear."""
        self.last = number
        for by, entries in said:
            for hear, _ in list(self.hears):
                hear(entries, by)
        self.wake(number)

    def wake(self, number: float = float("inf"), error: RoomError | None = None) -> None:
        """Ends the waiting for news up to a number."""
        for wanted, told in self.waiting:
            if wanted <= number and not told.done():
                told.set_exception(error) if error else told.set_result(None)
        self.waiting = [one for one in self.waiting if one[0] > number]

    def end(self, lost: bool) -> None:
        """Tells all that the room is closed, or that it cannot be heard any more."""
        if self.over:
            return
        self.over = True
        for hear, lose in list(self.hears):
            if lost:
                lose()
            else:
                hear(None, "")
        self.wake(error=RoomError("away") if lost else None)


class RedisStore:
    """Keeps rooms in a Redis, which may be away for a while.

    Raises
    ------
    CrossentError
        If the address is none of a Redis.
    """

    def __init__(self, url: str, lifetime: float = LIFETIME, most_rooms: int = MOST_ROOMS) -> None:
        self.url, self.lifetime, self.most_rooms = url, lifetime, most_rooms
        self.place = place_of(url)
        # What was sent is not sent again by itself: who joins twice would be counted twice.
        options: dict[str, Any] = {
            "decode_responses": True,
            "protocol": 2,
            "retry": Retry(NoBackoff(), 0),
            "socket_connect_timeout": ANSWER,
        }
        try:
            self.pool = BlockingConnectionPool.from_url(
                url, max_connections=CONNECTIONS, timeout=ANSWER, socket_timeout=ANSWER, **options
            )
            self.readers = ConnectionPool.from_url(url, socket_timeout=BLOCK + ANSWER, **options)
            # A pool makes its connections later, and they alone look at all that follows a "?".
            self.readers.connection_class(**self.readers.connection_kwargs)
        except (ValueError, TypeError, RedisError):
            raise no_address(url) from None
        self.reader: Any = Redis(connection_pool=self.readers)
        asked: Any = Redis(connection_pool=self.pool)
        self.steps, self.purses = map(asked.register_script, (STEPS, PURSES))
        self.hearing: dict[str, Hearing] = {}
        self.here: dict[str, Here] = {}
        self.outgoing: dict[str, list[Outgoing]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.beating: asyncio.Task[None] | None = None
        self.missed = False

    @cached_property
    def process(self) -> str:
        """What no other process is called: made in this one, and not before it was forked."""
        return secrets.token_hex(8)

    def check(self) -> None:
        """Says in the log if Redis does not answer; rooms wait for it then."""
        patience = {"socket_timeout": ANSWER, "socket_connect_timeout": ANSWER}
        try:
            with redis.Redis.from_url(self.url, **patience) as asked:
                asked.ping()
        except (RedisError, OSError) as error:
            self.miss(error)

    def keys(self, code: str) -> list[str]:
        """The list of all rooms; a room, its entries, its news and their sizes, seats, who is here,
        and the processes that serve them."""
        parts = ("", ":entries", ":news", ":sizes", ":seats", ":here", ":beats")
        return ["crossent:rooms", *(f"crossent:{{{code}}}{part}" for part in parts)]

    async def do(self, step: str, code: str, *given: str | float) -> Any:
        """One of the steps of redis.lua."""
        with self.answering():
            return await self.steps(keys=self.keys(code), args=[step, *given])

    @contextlib.contextmanager
    def answering(self) -> Any:
        """What is asked of Redis: it is away if it does not answer as it should."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, RedisError | OSError):
                accidents.tell("Redis could not be asked", error)
            self.miss(error)
            raise RoomError("away") from error
        if self.missed:
            self.missed = False
            log.warning("Redis at %s answers again", self.place)

    def miss(self, error: Exception) -> None:
        """Says once that Redis is away."""
        if not self.missed:
            self.missed = True
            why = readable(str(error))[:120]
            log.warning("Redis at %s does not answer: rooms wait for it (%s)", self.place, why)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Has something done beside."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.ended)
        return task

    def ended(self, task: asyncio.Task[None]) -> None:
        """Something that was done beside is over; there is nobody else to hear of an accident."""
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            accidents.tell("a room's work ended", error)

    async def stop(self) -> None:
        while self.tasks:  # redis-py can miss being cancelled once
            for task in self.tasks:
                task.cancel()
            await asyncio.wait(self.tasks, timeout=0.1)
        for hearing in self.hearing.values():
            hearing.wake(error=RoomError("away"))
        for pool in (self.pool, self.readers):
            await pool.disconnect()

    # -- rooms -----------------------------------------------------------------------------------

    async def open(self, about: Entries) -> str:
        done = NONE
        while done == NONE:  # there is a room of this code
            code = new_code()
            given = (code, as_json(about), milliseconds(self.lifetime), self.most_rooms)
            done = await self.do("open", code, *given)
        if done == REFUSED:
            raise RoomError("rooms")
        return code

    async def about(self, code: str) -> Entries | None:
        found = await self.do("about", code)
        return None if found == NONE else dict(json.loads(found))

    async def read(self, code: str) -> Board | None:
        found = await self.do("read", code)
        if found == NONE:
            return None
        about, flat = found
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return Board(json.loads(about), {name: json.loads(value) for name, value in pairs})

    async def close(self, code: str) -> None:
        await self.do("close", code, code)

    async def expire(self) -> None:
        for hearing in list(self.hearing.values()):
            with contextlib.suppress(RoomError):  # who hears of it looks by itself, and gives it up
                await self.look(hearing)

    # -- what may be spent -----------------------------------------------------------------------

    async def affords(self, *purses: Purse) -> bool:
        return bool(await self.ask_purses(0, purses))

    async def spend(self, *purses: Purse) -> None:
        await self.ask_purses(1, purses)

    async def ask_purses(self, amount: int, purses: tuple[Purse, ...]) -> int:
        """Whether there was something left in each, of which so much is taken."""
        keys = [f"crossent:purse:{one.name}" for one in purses]
        given = chain(*((one.rate, one.most) for one in purses))
        with self.answering():
            return int(await self.purses(keys=keys, args=[amount, *given]))

    # -- who is here -----------------------------------------------------------------------------

    async def join(self, code: str, ticket: str) -> int:
        self.beat_on()
        async with self.move(code) as here:
            seat = await self.do(
                "join", code, ticket, self.process, MOST_SEATS, milliseconds(LEASE)
            )
            if seat == NONE:
                raise RoomError("none")
            if seat == REFUSED:
                raise RoomError("full")
            here.sockets[seat] += 1
        return int(seat)

    async def leave(self, code: str, seat: int) -> None:
        async with self.move(code) as here:
            if not here.sockets[seat]:
                return
            here.sockets -= Counter([seat])
            with contextlib.suppress(RoomError):  # the next beat says so, else
                await self.do("leave", code, seat, self.process, milliseconds(LEASE))

    @contextlib.asynccontextmanager
    async def move(self, code: str) -> AsyncIterator[Here]:
        """While someone of a room comes or goes."""
        here = self.here.setdefault(code, Here())
        async with here.counting:
            here.moving += 1
        try:
            yield here
        finally:
            here.moving -= 1
            held = here.sockets or here.moving or code in self.hearing
            if not held and self.here.get(code) is here:
                del self.here[code]

    def beat_on(self) -> None:
        """Has Redis know, from now on, that this process is there."""
        if self.beating is None or self.beating.done():
            self.beating = self.start(self.beat())

    async def beat(self) -> None:
        """Looks after all rooms, again and again."""
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                await self.expire()
            except Exception as error:  # the next beat may be better
                accidents.tell("rooms could not be looked after", error)

    async def look(self, hearing: Hearing) -> None:
        """Says that this process is there, and sees whether the room is."""
        code = hearing.code
        if self.hearing.get(code) is not hearing:
            return
        here = self.here[code]
        async with here.counting:
            exact = "" if here.moving else "1"
            counts = chain(*here.sockets.items())
            lease = milliseconds(LEASE)
            told = await self.do("beat", code, self.process, lease, exact, *counts)
        if told == NONE:
            self.end(hearing, lost=False)
        elif told < hearing.last:  # a Redis that was restored, and knows less than has been told
            self.end(hearing, lost=True)

    # -- news ------------------------------------------------------------------------------------

    async def publish(
        self, code: str, entries: Entries, by: str = "", keep: Collection[str] = ()
    ) -> None:
        message: list[Any] = [by, len(entries)]
        for name, value in entries.items():
            text = "" if value is None else as_json(value)
            message += [name, text, "1" if name in keep else ""]
        if code not in self.outgoing:
            self.outgoing[code] = []
            self.start(self.send(code))
        sent: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.outgoing[code].append((message, sent))
        number = await sent
        if hearing := self.hearing.get(code):
            await hearing.reached(number)

    async def send(self, code: str) -> None:
        """Publishes what waits, together; what comes meanwhile goes next."""
        now: list[Outgoing] = []
        try:
            while waiting := self.outgoing[code]:
                now, self.outgoing[code] = waiting[:MESSAGES], waiting[MESSAGES:]
                await self.send_together(code, now)
        finally:  # whatever happens, nobody waits for good, and who publishes next begins anew
            for _, sent in [*now, *self.outgoing.pop(code)]:
                if not sent.done():
                    sent.set_exception(RoomError("away"))

    async def send_together(self, code: str, now: list[Outgoing]) -> None:
        """Publishes messages, and says of each whether it was written."""
        given = chain(*(message for message, _ in now))
        number, written, reason = 0, [0] * len(now), "none"
        try:
            found = await self.do("publish", code, MOST_LETTERS, *given)
            if found != NONE:
                (number, *written), reason = found, "size"
        except RoomError as error:
            reason = error.reason
        for (_, sent), done in zip(now, written, strict=True):
            if sent.done():  # nobody waits for it any more
                continue
            if done:
                sent.set_result(number)
            else:
                sent.set_exception(RoomError(reason))

    async def subscribe(
        self, code: str, hear: Hear, lost: Lost = lambda: None
    ) -> Callable[[], Awaitable[None]]:
        told = await self.do("look", code)
        if told == NONE:
            raise RoomError("none")
        self.beat_on()
        hearing = self.hearing.get(code)
        if hearing is None:
            hearing = self.hearing[code] = Hearing(code, told)
            self.here.setdefault(code, Here())
            hearing.task = self.start(self.listen(hearing))
        hearing.hears.append((hear, lost))

        async def end() -> None:
            if (hear, lost) in hearing.hears:
                hearing.hears.remove((hear, lost))
            if not hearing.hears:
                self.forget(hearing)

        return end

    async def listen(self, hearing: Hearing) -> None:
        """Tells of a room's news until it is closed, or cannot be heard any more."""
        key = self.keys(hearing.code)[3]
        while self.hearing.get(hearing.code) is hearing:
            try:
                with self.answering():
                    found = await self.reader.xread(
                        {key: f"{hearing.last}-0"}, count=NEWS, block=milliseconds(BLOCK)
                    )
                if found:
                    ((_, lines),) = found
                    self.take(hearing, lines)
                else:
                    await self.look(hearing)
            except RoomError:
                await self.wait(hearing)
            except Exception as error:
                accidents.tell("a room's news could not be told", error)
                self.end(hearing, lost=True)

    def take(self, hearing: Hearing, lines: list[tuple[str, dict[str, str]]]) -> None:
        """Tells what was read, which must be what comes next."""
        for name, line in lines:
            number = int(name.partition("-")[0])
            if number != hearing.last + 1:  # it was so late that some are kept no longer
                self.end(hearing, lost=True)
                return
            said = json.loads(line["said"])
            if said is None:
                self.end(hearing, lost=False)
                return
            hearing.tell(number, said)

    async def wait(self, hearing: Hearing) -> None:
        """Waits a little for a Redis that does not answer, then gives the room up."""
        for _ in range(TRIES):
            await asyncio.sleep(AGAIN)
            with contextlib.suppress(RoomError):
                await self.look(hearing)
                return
        self.end(hearing, lost=True)

    def end(self, hearing: Hearing, *, lost: bool) -> None:
        """A room is closed, or lost."""
        hearing.end(lost)
        self.forget(hearing)

    def forget(self, hearing: Hearing) -> None:
        """Hears of a room no longer."""
        if self.hearing.get(hearing.code) is hearing:
            del self.hearing[hearing.code]
            self.here.pop(hearing.code, None)
        if hearing.task is not None and hearing.task is not asyncio.current_task():
            hearing.task.cancel()
        hearing.wake()


def as_json(value: Any) -> str:
    """A value as Redis has it."""
    return json.dumps(value, separators=(",", ":"))


def milliseconds(seconds: float) -> int:
    """A time as Redis takes it."""
    return round(1000 * seconds)


def place_of(url: str) -> str:
    """Where a Redis is, without what opens it.

    >>> place_of("redis://:secret@cache.example.org/2"), place_of("redis://localhost:7000")
    ('cache.example.org:6379', 'localhost:7000')

    Raises
    ------
    CrossentError
        If the address is none of a Redis.
    """
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        numbered = re.fullmatch(r"(/\d{0,4})?", parts.path)
        if parts.scheme in ("redis", "rediss") and parts.hostname and numbered:
            return f"{parts.hostname}:{parts.port or 6379}"
        if parts.scheme == "unix" and parts.path:
            return parts.path
    raise no_address(url)


def no_address(url: str) -> CrossentError:
    """What is said of an address that is none; a password may hold any sign, or be an option."""
    shown = re.sub(r"//.*@", "//", url, flags=re.DOTALL)
    shown = re.sub(r"\?.*", "?…", shown, flags=re.DOTALL)
    return CrossentError(
        "--rooms takes nothing, or the address of a Redis such as redis://localhost:6379/0; "
        f"got '{readable(shown)[:80]}'"
    )
