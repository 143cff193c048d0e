"""Connections are counted, and what comes before a request is bounded before it is read."""

import socket
import time

import pytest
from tests.serving.peers import Peer, get

from crossent.serving.crowd import MOST_LINES, MOST_PIECES, Crowd, Head
from crossent.serving.hosts import Proxies

ASKED = b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n"


def test_half_of_the_connections_are_one_addresss_at_most():
    crowd = Crowd(10, Proxies([]))
    for _ in range(5):
        assert crowd.admits("one")
        crowd.enter("one")
    assert not crowd.admits("one")
    assert crowd.admits("other")
    crowd.leave("one")
    assert crowd.admits("one")


def test_a_trusted_proxy_has_everyones_connections():
    crowd = Crowd(10, Proxies(["10.0.0.1"]))
    for _ in range(10):
        assert crowd.admits("10.0.0.1")
        crowd.enter("10.0.0.1")
    assert not crowd.admits("10.0.0.1")


def test_the_addresses_that_one_machine_takes_at_will_are_one():
    crowd = Crowd(10, Proxies([]))
    for i in range(5):
        assert crowd.admits(f"2001:db8::{i}")
        crowd.enter(f"2001:db8::{i}")
    assert not crowd.admits("2001:db8::ffff")
    assert crowd.admits("2001:db8:0:1::1")
    for i in range(5):
        crowd.leave(f"2001:db8::{i}")
    assert not crowd.addresses


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n"])
def test_each_request_of_a_connection_is_counted_anew(end):
    head = Head()
    for _ in range(50):
        assert head.take(b"X: y\n" * (MOST_LINES - 10) + b"X: y" + end[:1])
        assert head.take(end[1:])


def test_a_head_of_many_lines_or_many_pieces_is_none():
    assert not Head().take(b"X: y\n" * (MOST_LINES + 1))
    head = Head()
    assert [head.take(b"y") for _ in range(MOST_PIECES + 1)] == [True] * MOST_PIECES + [False]


@pytest.mark.parametrize(
    "pieces",
    [[b"X: y\r\n" * 1000], [b"a: b\r\n" * 4000 + b"\r\n"], [b"X"] * 240, [b"\r\n\r\n" * 4000]],
    ids=["lines", "a whole head of lines", "pieces", "empty heads"],
)
def test_a_connection_whose_request_is_no_browsers_is_ended_unread(site, pieces):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            peer.sendall(ASKED)
            for piece in pieces:
                peer.sendall(piece)
                time.sleep(0.005)
            said = peer.recv(65_536)
        except ConnectionError:
            said = b""
    assert b" 200 " not in said
    assert get(site, "/favicon.ico")[0] == 200


def test_who_promises_a_body_and_sends_none_is_not_waited_for(site):
    """Its connection would be held without end."""
    promised = ASKED.removesuffix(b"X: ") + b"Transfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=15) as peer:
        peer.sendall(promised)
        assert b" 200 " not in peer.recv(65_536)


def test_a_socket_may_send_more_lines_than_a_request(site, aside):
    async def play() -> None:
        peer = await Peer.page(site)
        await peer.drag(5)  # its frames hold what may be line ends, masked
        for _ in range(MOST_PIECES):
            peer.raw(peer.frame(b"\n" * 120, opcode=10))
            await peer.drag(1, 0)
        peer.leave()

    aside(play())
