"""Sessions: each is made of a ticket, has one socket, and goes with it; so many at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import panel as pn

from ..figures import FIGURES
from ..i18n import marked as _
from ..links.server import MakeRun, ServerLink, TorchReadouts
from .allowance import ADDRESS_SAVED, ADDRESS_SHARE, Allowances, Busy, Floor, SocketAllowance
from .helper import Asker
from .tickets import Ticket

MOST_SESSIONS = 512  # of a process; a page beyond them computes for itself
MOST_OF_ONE_ADDRESS = 256

Watch = Callable[[ServerLink, Ticket], Any]

FULL = _("This server has all the visitors that it can hold; pages go on without it.")


class Sessions:
    """The sessions of this process, by name."""

    def __init__(
        self,
        torch: Callable[[Asker], TorchReadouts] | None,
        watch: Watch,
        make_run: MakeRun | None = None,
    ) -> None:
        self.torch, self.watch, self.make_run = torch, watch, make_run
        self.tickets: dict[str, Ticket] = {}  # of those that are open, or opening
        self.askers: dict[str, Asker] = {}
        self.links: dict[str, ServerLink] = {}
        self.addresses: Counter[str] = Counter()
        self.shared = Allowances(ADDRESS_SHARE, ADDRESS_SAVED)
        self.busy = Busy()
        self.floor = Floor()

    def refusal(self, ticket: Ticket | None, address: str) -> tuple[int, str] | None:
        """Why no session can begin with a ticket: a status and a sentence."""
        if ticket is None:
            return 403, _("This page's ticket is not valid, or no longer; load the page again.")
        if ticket.session in self.tickets:
            return 403, _("This page's session has a socket already; load the page again.")
        full = len(self.tickets) >= MOST_SESSIONS
        if full or self.addresses[address] >= MOST_OF_ONE_ADDRESS:
            return 503, FULL
        return None

    async def begin(
        self, ticket: Ticket, address: str, make: Callable[[str], Awaitable[Any]]
    ) -> tuple[Any, ServerLink]:
        """A new session of a ticket, and its link; `make` has Panel make it, by its name."""
        self.tickets[ticket.session] = ticket
        self.askers[ticket.session] = Asker(address, ticket.session)
        self.addresses[address] += 1
        try:
            session = await make(ticket.session)
            return session, self.links[ticket.session]
        except BaseException:
            self.end(ticket, address)
            raise

    def end(self, ticket: Ticket, address: str) -> None:
        """Forgets a session; what Panel has of it goes at its next look."""
        self.links.pop(ticket.session, None)
        self.askers.pop(ticket.session, None)
        if self.tickets.pop(ticket.session, None) is None:
            return
        self.addresses[address] -= 1
        if not self.addresses[address]:
            del self.addresses[address]

    def document(self) -> ServerLink:
        """What a new session's document holds: the link of its ticket's figures."""
        name = pn.state.curdoc.session_context.id
        ticket = self.tickets[name]
        figures = {
            identity: FIGURES[figure]()
            for identity, figure in ticket.figures.items()
            if figure in FIGURES  # another version of the server may have written the ticket
        }
        torch = self.torch and self.torch(self.askers[name])
        link = self.links[name] = ServerLink(figures, torch, self.make_run)
        self.watch(link, ticket)
        return link

    def allowance(self, address: str) -> SocketAllowance:
        """What a new socket of an address may use of the processor."""
        return SocketAllowance(self.shared.of(address), self.busy)
