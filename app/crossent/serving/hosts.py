"""The names by which a server may be asked, and the origins whose pages may open a socket.

A page of another site can have its own name lead to this machine (DNS rebinding), and is then of
the same origin as the server's answers, for the browser. Its name gives it away: what the Host
header says must be a name of this server. An address in figures cannot be rebound.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from ..errors import CrossentError, readable

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")
# Endings that no one can register, so that nobody else's site has such a name.
PRIVATE_ENDINGS = ("local", "lan", "home", "home.arpa", "internal", "localdomain")
PLACE = re.compile(r"[A-Za-z0-9._\-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
NUMERIC = re.compile(r"[0-9][0-9A-Fa-fXx.]*")  # one of the older ways to write an address
BROADCAST = IPv4Address("255.255.255.255")
LAST_PORT = 65_535
OWN_BITS = 64  # of an IPv6 address that whoever has it chooses freely
MOST_HOPS = 16  # of proxies that a header names
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9_])?"
NAME = re.compile(rf"(?=.{{1,253}}$)(?:\*|(?:\*\.)?{LABEL}(?:\.{LABEL})*\.?)")
PATTERN = re.compile(r"(?:https?://)?([^\s/:\[\]]+|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?/?")
UNSAID = (None, 80, 443)  # the ports that an address need not say


@dataclass(frozen=True)
class Place:
    """What a Host header or an origin names: a host in small letters, and a port or None."""

    name: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that `name`, `name:port` or `[address]:port` names, or None.

        >>> Place.read("LocalHost.:5006"), Place.read("a b"), Place.read("[::1]:80").name
        (Place(name='localhost', port=5006), None, '::1')
        """
        if not PLACE.fullmatch(text):
            return None
        name, _, port = text.rpartition(":") if re.search(r":\d+$", text) else (text, "", "")
        if text.endswith("]"):
            name, port = text, ""
        return cls(name.strip("[]").rstrip(".").lower(), int(port) if port else None)


@dataclass(frozen=True)
class Further:
    """A host named with ``--allow-origin``; without a port, on any."""

    pattern: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> Further:
        """What `example.org`, `example.org:8000`, `*.example.org` or `*` allows.

        Raises
        ------
        CrossentError
            If it is none of them.
        """
        found = PATTERN.fullmatch(text.strip())
        name = host_name(found[1]) if found else None
        port = int(found[2]) if found and found[2] else None
        if name is None or (port is not None and not 0 < port <= LAST_PORT):
            raise CrossentError(
                "--allow-origin takes a host, such as course.example.org or "
                f"course.example.org:8000; got '{readable(text)[:60]}'"
            )
        return cls(name, port)

    def covers(self, place: Place) -> bool:
        """Whether the place is this host."""
        same = self.port in (None, place.port) or (place.port is None and self.port in UNSAID)
        return same and fnmatchcase(place.name, self.pattern)


class Hosts:
    """Which Host headers and which origins are this server's."""

    def __init__(self, address: str, further: list[str]) -> None:
        self.everywhere = address in EVERYWHERE
        self.names = {*LOOPBACK, address.lower()}
        if address not in LOOPBACK:
            self.names |= machine_names()
        self.further = [Further.read(text) for text in further]

    def serves(self, host: str) -> bool:
        """Whether a Host header names this server, on whatever port it is reached."""
        place = Place.read(host)
        if place is None:
            return False
        if place.name in self.names or (self.everywhere and is_address(place.name)):
            return True
        return any(one.covers(place) for one in self.further)

    def welcomes(self, origin: str, host: str) -> bool:
        """Whether a page of an origin may open a socket here: one of ours, or a further host's."""
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        place = Place.read(parts.netloc)
        if place is None or parts.scheme not in ("http", "https"):
            return False
        if parts.netloc.lower() == host.lower() and self.serves(host):
            return True
        return any(one.covers(place) for one in self.further)


def is_readable(origin: str) -> bool:
    """Whether an origin can be taken apart, whatever it names.

    >>> is_readable("http://localhost:5006"), is_readable("null"), is_readable("http://[::1")
    (True, True, False)
    """
    try:
        urlsplit(origin)
    except ValueError:
        return False
    return True


class Proxies:
    """The reverse proxies whose word is taken for who asks; nobody else's is.

    Raises
    ------
    CrossentError
        If one is not an address in figures.
    """

    def __init__(self, addresses: list[str]) -> None:
        for text in addresses:
            if not is_address(text):
                raise CrossentError(
                    "--trusted-proxy takes the proxy's address in figures, such as 127.0.0.1; "
                    f"got '{readable(text)[:60]}'"
                )
        self.known = {ip_address(text) for text in addresses}

    def knows(self, address: str) -> bool:
        """Whether an address is a trusted proxy's."""
        return bool(self.known) and is_address(address) and ip_address(address) in self.known

    def visitor(self, request: HTTPServerRequest) -> str:
        """Who asks, as those are told apart who share what a server has.

        A proxy adds the address that it was asked from at the end of X-Forwarded-For; what stands
        before may be anyone's invention, unless that is a trusted proxy in turn.
        """
        address = request.remote_ip or ""
        if self.knows(address):
            hops = ",".join(request.headers.get_list("X-Forwarded-For")).split(",")
            for hop in reversed(hops[-MOST_HOPS:]):
                if not is_address(hop.strip()):
                    break
                address = hop.strip()
                if not self.knows(address):
                    break
        return peer_of(address)


def peer_of(address: str) -> str:
    """What all addresses have in common that one machine may take at will.

    >>> peer_of("192.168.1.20"), peer_of("2001:db8::7:1"), peer_of("::ffff:10.0.0.1"), peer_of("")
    ('192.168.1.20', '2001:db8::', '10.0.0.1', '')
    """
    if not is_address(address):
        return address
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> OWN_BITS << OWN_BITS))


def host_name(text: str) -> str | None:
    """A host as browsers write it, or a pattern of hosts; None if it is neither.

    >>> host_name("Course.example.org."), host_name("[::1]"), host_name("a..b")
    ('course.example.org', '::1', None)
    """
    if text.startswith("["):
        return text[1:-1].lower() if is_address(text[1:-1]) else None
    try:
        name = text.encode("idna").decode() if not text.isascii() else text
    except UnicodeError:
        return None
    numeric = re.fullmatch(r"[0-9.]+", name)
    if not NAME.fullmatch(name) or (numeric and not is_address(name)):
        return None
    return name.rstrip(".").lower()


def listening_address(text: str) -> str:
    """The address to listen to, as others write it: `0` is 0.0.0.0, `127.1` is 127.0.0.1.

    Raises
    ------
    CrossentError
        If nothing can listen to it.
    """
    refusal = CrossentError(
        f"--address takes a name or an address of this machine; got '{readable(text)[:60]}'"
    )
    try:
        if not text.strip() or not text.isprintable():
            raise refusal
        found = socket.getaddrinfo(text, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, ValueError):
        raise refusal from None
    first = ip_address(str(found[0][4][0]).partition("%")[0])
    if first.is_multicast or first == BROADCAST:
        raise refusal
    if is_address(text) or not NUMERIC.fullmatch(text):
        return text
    return str(first)


def is_address(name: str) -> bool:
    """Whether a name is an IP address in figures."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def machine_names() -> set[str]:
    """What others on the network call this machine, under endings that are nobody's to register."""
    own = socket.gethostname().lower()
    first = own.partition(".")[0]
    return {own, first, *(f"{first}.{ending}" for ending in PRIVATE_ENDINGS)} - {""}


def address_on_network() -> str | None:
    """This machine's address on its network, as others type it; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that is reserved for documents (RFC 5737)
        except OSError:
            return None
        return str(probe.getsockname()[0])
