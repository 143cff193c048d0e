"""Tickets: what a page shows to open its session, signed by the server and good for a while.

A session is made when its socket is there, of what its ticket says and of nothing else; so a page
that nobody looks at costs no memory, and no visitor can choose a session's name.
"""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field

from bokeh.util.token import (
    check_token_signature,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
    get_token_payload,
)

from ..errors import CrossentError

SECRET = "CROSSENT_SECRET"  # the environment's, for several machines that serve one page
SHORTEST_SECRET = 16
LONGEST_TICKET = 8_192
LIFETIME = 300  # s, to open the session; a page that comes later asks for a new ticket


@dataclass(frozen=True)
class Ticket:
    """A session's name, the figures of its page, and the lesson with what its files were."""

    session: str
    figures: dict[str, str] = field(default_factory=dict)  # identity on the page -> figure's name
    lesson: str | None = None
    stamp: str = ""


class Tickets:
    """Writes tickets and reads them again; what others wrote is none."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def issue(self, figures: dict[str, str], lesson: str | None = None, stamp: str = "") -> str:
        """A ticket for a new session."""
        return generate_jwt_token(
            generate_session_id(self.secret, True),
            self.secret,
            True,
            {"figures": figures, "lesson": lesson, "stamp": stamp},
            LIFETIME,
        )

    def read(self, token: str) -> Ticket | None:
        """What a ticket says, or None if it is not ours, or too old."""
        if not 0 < len(token) <= LONGEST_TICKET:
            return None
        try:
            if not check_token_signature(token, self.secret, True):
                return None
            payload = get_token_payload(token)
        except Exception:  # whatever it is, it is no ticket
            return None
        if payload["session_expiry"] <= time.time():
            return None
        return Ticket(
            get_session_id(token), payload["figures"], payload["lesson"], payload["stamp"]
        )


def server_secret(given: str | None) -> bytes:
    """The secret that is given, or the environment's, or else a new one for this start.

    Raises
    ------
    CrossentError
        If it is so short that it can be guessed.
    """
    chosen = (os.environ.get(SECRET) or None) if given is None else given
    if chosen is None:
        return secrets.token_bytes(32)
    if len(chosen) < SHORTEST_SECRET:
        raise CrossentError(
            f"a secret must have at least {SHORTEST_SECRET} characters; got {len(chosen)}"
        )
    return os.fsencode(chosen)  # whatever bytes they are
