"""Which names are this server's, and whose pages may open a socket."""

import socket
from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders

from crossent.errors import CrossentError
from crossent.serving.hosts import Hosts, Proxies, listening_address


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
        ("*:8443", "anything.example:8443", True),
        ("*:8443", "anything.example", False),
        ("course.example.org:443", "course.example.org", True),
        ("http://course.example.org:80", "course.example.org", True),
        ("course.example.org.", "course.example.org", True),
        ("*.Example.org", "A.example.org", True),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("[2001:DB8::1]", "[2001:db8::1]:5006", True),
        ("192.168.1.20", "192.168.1.20:5006", True),
        ("my_machine", "my_machine:5006", True),
    ],
)
def test_a_further_host_is_named_with_or_without_its_port(further, name, serves):
    assert Hosts("127.0.0.1", [further]).serves(name) is serves


def test_pages_of_a_further_host_may_open_a_socket_here():
    hosts = Hosts("127.0.0.1", ["course.example.org"])
    assert hosts.welcomes("https://course.example.org", "127.0.0.1:5006")
    assert not hosts.welcomes("https://other.example.org", "127.0.0.1:5006")


WRONG = """
x.org:99999 x.org:0 x.org:65536 x.org: x.org:-1 x.org:٣ *:99999 http://x.org:99999 [::1]:70000
[::1 ::1 [zz] [1.2.3] [:::::] x..org .org -x.org x-.org *. ** *.*.org a*.org x.org// ftp://x
http:// x/y x?y x#f x,y x;y user@x.org 999.1.1.1 1.2.3 %00 <b>
"""


@pytest.mark.parametrize("wrong", ["", " ", "a b", "x\ny", "-" * 300, "a" * 64, *WRONG.split()])
def test_what_is_no_host_is_refused_with_a_sentence(wrong):
    with pytest.raises(CrossentError, match="--allow-origin takes a host") as caught:
        Hosts("127.0.0.1", [wrong])
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "listens"),
    [
        *(("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("::1", "::1"), ("::", "::")),
        *(("0", "0.0.0.0"), ("127.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("0.0", "0.0.0.0")),
    ],
)
def test_an_address_is_listened_to_as_others_write_it(given, listens):
    assert listening_address(given) == listens


@pytest.mark.parametrize(
    "wrong",
    [
        *("", " ", "a b", "a\nb", "a\0b", "\udce9", "a/b", "*", "-", "[::1]", "127.0.0.1:80"),
        *("http://127.0.0.1", "256.1.1.1", "0.0.0.0/0", "224.0.0.1", "255.255.255.255", "ff02::1"),
        *("unix:/tmp/x", "x" * 300, "é..x", "٣", "nonsense.invalid"),
    ],
)
def test_an_address_that_is_none_is_one_sentence(wrong):
    with pytest.raises(CrossentError, match="--address takes a name or an address") as caught:
        listening_address(wrong)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("came", "said", "visitor"),
    [
        ("10.0.0.1", "192.168.1.7", "192.168.1.7"),
        ("10.0.0.1", "1.2.3.4, 192.168.1.7", "192.168.1.7"),  # what stands before is an invention
        ("10.0.0.1", "192.168.1.7, 10.0.0.2", "192.168.1.7"),  # by way of both proxies
        ("10.0.0.1", "192.168.1.7,10.0.0.2,10.0.0.1", "192.168.1.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "192.168.1.7, <b>", "10.0.0.1"),
        ("10.0.0.1", "192.168.1.7, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "192.168.1.7:1234", "10.0.0.1"),
        ("10.0.0.1", ", " * 3000 + "192.168.1.7", "192.168.1.7"),
        ("10.0.0.1", "2001:db8::5", "2001:db8::"),
        ("192.168.1.9", "192.168.1.7", "192.168.1.9"),  # no proxy of ours: its word is nothing
    ],
)
def test_only_a_trusted_proxy_says_who_asks(came, said, visitor):
    headers = HTTPHeaders({"X-Forwarded-For": said})
    request = SimpleNamespace(headers=headers, remote_ip=came)
    assert Proxies(["10.0.0.1", "10.0.0.2"]).visitor(request) == visitor
    request.headers["X-Real-Ip"] = "8.8.8.8"
    assert Proxies([]).visitor(request) == came


@pytest.mark.parametrize(
    "wrong", ["", "proxy.example.org", "10.0.0.0/8", "*", "10.0.0.1:80", "x\ny"]
)
def test_a_proxy_that_is_no_address_is_refused_with_a_sentence(wrong):
    with pytest.raises(CrossentError, match="--trusted-proxy takes the proxy's address") as caught:
        Proxies([wrong])
    assert len(str(caught.value).splitlines()) == 1


REBOUND = """
127.0.0.1.nip.io localhost.evil.example evil.example#127.0.0.1 evil.example?127.0.0.1 127.0.0.1%00
2130706433 0x7f000001 127.1 0177.0.0.1 [::ffff:127.0.0.1] 127.0.0.1:5006@evil.example 127.0.0.1,evil
localhost/ localhost\\evil xn--localhost lоcalhost 127.0.0.1:123456 :5006 [::1]evil ::1
"""


@pytest.mark.parametrize("host", REBOUND.split())
def test_a_name_that_looks_like_this_machines_is_not(host):
    assert not Hosts("127.0.0.1", []).serves(host)
    assert not Hosts("127.0.0.1", ["course.example.org"]).welcomes(f"http://{host}", host)


STRANGE = """
null file:// chrome-extension://abc blob:http://127.0.0.1:5006 data:text/html javascript:// ws://127.0.0.1:5006
http://127.0.0.1:5006@evil.example http://evil.example:5006 //127.0.0.1:5006 127.0.0.1:5006 http:///
http://[::1 http://127.0.0.1:5006.evil.example http://localhost:5006 http://127.0.0.1:50060
"""


@pytest.mark.parametrize("origin", ["", " ", *STRANGE.split()])
def test_no_other_origin_is_this_servers(origin):
    assert not Hosts("127.0.0.1", []).welcomes(origin, "127.0.0.1:5006")
