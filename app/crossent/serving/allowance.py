"""How much of the processor a peer may use, so that one who floods keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

# A share of each second, and what a peer that was quiet has saved up, in seconds.
SOCKET_SHARE, SOCKET_SAVED = 0.03, 0.5
ADDRESS_SHARE, ADDRESS_SAVED = 0.2, 0.5  # what its sockets share beyond their own
REQUESTS_SHARE, REQUESTS_SAVED = 0.5, 2.0  # an address's pages and files
LONGEST_LINE = 5.0  # s that a request may wait for its turn
REMEMBERED = 4096  # addresses


class Allowance:
    """Processor time that is given at a steady rate and can be saved up to a bound."""

    def __init__(self, share: float, saved: float) -> None:
        self.share, self.most = share, saved
        self.left, self.at = saved, time.monotonic()

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
    """When a request may be answered: at once, or when its address has paid for those before."""

    def __init__(self) -> None:
        self.requests = Allowances(REQUESTS_SHARE, REQUESTS_SAVED)

    async def take(self, address: str, cost: float) -> bool:
        """Waits for its turn; False if the line is too long. `cost` is what such a request uses."""
        allowance = self.requests.of(address)
        wait = allowance.wait()
        if wait > LONGEST_LINE:
            return False
        allowance.use(cost)
        if wait:
            await asyncio.sleep(wait)
        return True

    def settle(self, address: str, cost: float, used: float) -> None:
        """Corrects what was taken by what was used."""
        self.requests.of(address).use(used - cost)


class SocketAllowance:
    """What one socket may use: its own share, then a part of what its address's sockets share."""

    def __init__(self, shared: Allowance) -> None:
        self.own, self.shared = Allowance(SOCKET_SHARE, SOCKET_SAVED), shared

    async def turn(self) -> None:
        """Waits until the socket may be heard again."""
        while (own := self.own.wait()) and (shared := self.shared.wait()):
            await asyncio.sleep(min(own, shared))

    def use(self, seconds: float) -> None:
        """Takes what a message used."""
        (self.shared if self.own.wait() else self.own).use(seconds)
