"""Which names are this server's, and whose pages may open a socket."""

import socket

import pytest

from crossent.errors import CrossentError
from crossent.serving.hosts import Hosts


def test_an_open_server_is_asked_for_by_address_and_by_the_machines_private_names():
    hosts = Hosts("0.0.0.0", [])
    own = socket.gethostname().partition(".")[0]
    for name in ("192.168.1.20:5006", "10.0.0.7", "[fe80::1]:5006", own, f"{own}.local:5006"):
        assert hosts.serves(name), name
    for name in ("evil.example", f"{own}.evil.example", "192.168.1.20.evil.example"):
        assert not hosts.serves(name), name


def test_a_server_of_one_address_is_asked_for_by_that():
    assert Hosts("192.168.1.20", []).serves("192.168.1.20:5006")
    assert not Hosts("192.168.1.20", []).serves("192.168.1.21:5006")
    assert not Hosts("127.0.0.1", []).serves("192.168.1.20:5006")


@pytest.mark.parametrize(
    ("further", "name", "serves"),
    [
        ("course.example.org", "course.example.org", True),
        ("course.example.org", "COURSE.example.org:8443", True),
        ("course.example.org:8443", "course.example.org:8443", True),
        ("course.example.org:8443", "course.example.org", False),
        ("*.example.org", "a.example.org", True),
        ("*.example.org", "example.org.evil.net", False),
        ("https://course.example.org/", "course.example.org", True),
        ("*", "anything.example", True),
    ],
)
def test_a_further_host_is_named_with_or_without_its_port(further, name, serves):
    assert Hosts("127.0.0.1", [further]).serves(name) is serves


def test_pages_of_a_further_host_may_open_a_socket_here():
    hosts = Hosts("127.0.0.1", ["course.example.org"])
    assert hosts.welcomes("https://course.example.org", "127.0.0.1:5006")
    assert not hosts.welcomes("https://other.example.org", "127.0.0.1:5006")


@pytest.mark.parametrize("wrong", ["", "a b", "http://", "ftp://x", "x/y", "x?y", "-" * 300])
def test_what_is_no_host_is_refused_with_a_sentence(wrong):
    with pytest.raises(CrossentError, match="--allow-origin takes a host"):
        Hosts("127.0.0.1", [wrong])
