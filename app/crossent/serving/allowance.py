"""How much of the processor a peer may use, so that one who floods keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, TypeVar

# A share of each second, and what a peer that was quiet has saved up, in seconds.
SOCKET_SHARE, SOCKET_SAVED = 0.03, 0.15
MESSAGES_SHARE = 0.8  # what all sockets' own shares come to at most, where many are busy
BUSY = 1.0  # s for which a socket counts as busy after it used anything
ADDRESS_SHARE, ADDRESS_SAVED = 0.2, 0.5  # what its sockets share beyond their own
REQUESTS_SHARE, REQUESTS_SAVED = 0.5, 2.0  # an address's pages and files
MODEST = 1.0  # s that are left to an address that has asked for little: it does not pay for others
# Everyone's pages and files, by the clock: whatever else the machine does, sockets have their turn.
PAGES_SHARE, PAGES_SAVED = 0.5, 0.05
# Of one answer, in seconds. A new server's first pages make what all later ones share: that is
# nobody's flood, and a pause as long would keep everyone waiting.
MOST_CHARGED = 0.25
# An answer that took longer is followed by as long a rest, in which no other is begun: a message
# comes in several rounds of the loop, and waits for one such answer then, not for one in each.
DEAR = 0.002  # s
LONGEST_LINE = 5.0  # s that a request may wait for its turn
REMEMBERED = 4096  # addresses
HALF = 2.0  # s after which half of what was used counts, where it is asked who used least

Done = TypeVar("Done")


class Used:
    """Processor time that was used lately: after some time half of it counts."""

    def __init__(self) -> None:
        self.seconds, self.at = 0.0, time.monotonic()

    def lately(self) -> float:
        """What counts now, in seconds."""
        now = time.monotonic()
        self.seconds *= 0.5 ** ((now - self.at) / HALF)
        self.at = now
        return self.seconds

    def add(self, seconds: float) -> None:
        """Something was used now."""
        self.seconds = self.lately() + seconds


class Allowance:
    """Processor time that is given at a steady rate and can be saved up to a bound."""

    def __init__(self, share: float, saved: float) -> None:
        self.share, self.most = share, saved
        self.left, self.at = saved, time.monotonic()
        self.used = Used()

    def wait(self) -> float:
        """Seconds until there is something left to use; 0.0 if there is now."""
        now = time.monotonic()
        self.left = min(self.most, self.left + (now - self.at) * self.share)
        self.at = now
        return 0.0 if self.left > 0 else -self.left / self.share

    def use(self, seconds: float) -> None:
        """Takes what was used, or is about to be; there can be a debt."""
        self.left -= seconds


class Allowances:
    """An allowance for each address, the latest seen of them."""

    def __init__(self, share: float, saved: float) -> None:
        self.share, self.saved = share, saved
        self.known: OrderedDict[str, Allowance] = OrderedDict()

    def of(self, address: str) -> Allowance:
        """The address's own."""
        found = self.known.get(address)
        if found is None:
            found = self.known[address] = Allowance(self.share, self.saved)
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        else:
            self.known.move_to_end(address)
        return found


class Turns:
    """When a request may be answered: at once, or when its address has paid for those before.

    One is called at a time, and after one that took long the sockets have as long for themselves.
    Among addresses that wait, the one that has used least is next, and pays for no others if it has
    used little: who floods stands behind everyone else.
    """

    def __init__(self) -> None:
        self.requests = Allowances(REQUESTS_SHARE, REQUESTS_SAVED)
        self.pages = Allowance(PAGES_SHARE, PAGES_SAVED)
        self.rest = 0.0  # until when nobody is called
        self.waiting: dict[str, deque[tuple[asyncio.Future[None], float]]] = {}
        self.calling: asyncio.Task[None] | None = None
        self.news = asyncio.Event()  # someone has come

    async def take(self, address: str, cost: float) -> bool:
        """Waits for its turn; False if the line is too long. `cost` is what such a request uses."""
        allowance = self.requests.of(address)
        wait = allowance.wait()
        if wait > LONGEST_LINE:
            return False
        allowance.use(cost)
        if wait:
            await asyncio.sleep(wait)
        called = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(address, deque()).append((called, cost))
        self.news.set()
        if self.calling is None or self.calling.done():
            self.calling = asyncio.create_task(self.call())
        await called
        return True

    async def call(self) -> None:
        """Calls all who wait; sockets are heard between two of them, however many there are."""
        while self.waiting:
            await asyncio.sleep(0)  # whoever was called last has answered then
            address = max(self.waiting, key=lambda one: self.requests.of(one).left)
            pause = self.rest - time.monotonic()
            if self.requests.of(address).left < MODEST:
                pause = max(pause, self.pages.wait())
            if pause > 0:
                self.news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), pause)
                continue  # somebody may have come who need not wait
            line = self.waiting[address]
            called, cost = line.popleft()
            if not line:
                del self.waiting[address]
            if not called.done():  # cancelled, when its server ends
                self.pages.use(cost)
                called.set_result(None)

    def settle(self, address: str, cost: float, used: float, took: float) -> None:
        """Corrects what was taken by what was used of the processor, and took by the clock."""
        self.requests.of(address).use(min(used, MOST_CHARGED) - cost)
        self.pages.use(min(took, MOST_CHARGED) - cost)
        if took > DEAR:
            self.rest = time.monotonic() + min(took, MOST_CHARGED)


class Busy:
    """How many sockets are busy, and so what each one's share is."""

    def __init__(self) -> None:
        self.since: OrderedDict[SocketAllowance, float] = OrderedDict()

    def note(self, socket: SocketAllowance) -> None:
        """A socket has used something now."""
        self.since[socket] = time.monotonic()
        self.since.move_to_end(socket)

    def share(self) -> float:
        """A socket's share of the processor: less than usual where they would be too much."""
        now = time.monotonic()
        while self.since and now - next(iter(self.since.values())) > BUSY:
            self.since.popitem(last=False)
        return min(SOCKET_SHARE, MESSAGES_SHARE / max(1, len(self.since)))


class SocketAllowance:
    """What one socket may use: its own share, then a part of what its address's sockets share."""

    def __init__(self, shared: Allowance, busy: Busy) -> None:
        self.own, self.shared, self.busy = Allowance(SOCKET_SHARE, SOCKET_SAVED), shared, busy

    async def turn(self) -> None:
        """Waits until the socket may be heard again."""
        self.own.share = self.busy.share()
        while (own := self.own.wait()) and (shared := self.shared.wait()):
            await asyncio.sleep(min(own, shared))

    def use(self, seconds: float) -> None:
        """Takes what a message used."""
        self.busy.note(self)
        for one in (self.own, self.shared):
            one.used.add(seconds)
        (self.shared if self.own.wait() else self.own).use(seconds)

    def lately(self) -> tuple[float, float]:
        """What its address used lately, then what it did itself."""
        return self.shared.used.lately(), self.own.used.lately()


class Floor:
    """Has one message worked on in each round of the loop, in which others are read.

    Of those that wait it is that of the address, and of its sockets that one, which has used least
    lately: however many are sent at once, who drags waits for one of them at most.
    """

    def __init__(self) -> None:
        self.free = True
        self.waiting: dict[asyncio.Future[Any], tuple[SocketAllowance, Callable[[], Any]]] = {}

    async def do(self, allowance: SocketAllowance, work: Callable[[], Done]) -> Done:
        """Does some work when it is its turn; its socket pays for it."""
        loop = asyncio.get_running_loop()
        if self.free:
            self.free = False
            loop.call_soon(self.next)
            return paid(allowance, work)
        done: asyncio.Future[Done] = loop.create_future()
        self.waiting[done] = allowance, work
        return await done

    def next(self) -> None:
        """Does the work of one who waits."""
        for gone in [done for done in self.waiting if done.done()]:
            del self.waiting[gone]  # cancelled, when its server ends
        if not self.waiting:
            self.free = True
            return
        asyncio.get_running_loop().call_soon(self.next)
        chosen = min(self.waiting, key=lambda done: self.waiting[done][0].lately())
        try:
            chosen.set_result(paid(*self.waiting.pop(chosen)))
        except Exception as error:  # is the socket's that waits for it
            chosen.set_exception(error)


def paid(allowance: SocketAllowance, work: Callable[[], Done]) -> Done:
    """Does some work at a socket's expense."""
    start = time.thread_time()
    try:
        return work()
    finally:
        allowance.use(time.thread_time() - start)
