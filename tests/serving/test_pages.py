"""A page is written once, until a file changes; each visit has a ticket of its own in it."""

import gzip
import json
import re
import socket
import struct

import pytest
from benchmarks.servers import processor_seconds
from hypothesis import given
from hypothesis import strategies as st
from tests.browser.driving import free_port
from tests.pages.writing import write
from tests.serving.peers import TICKET, asked, get
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.web import Application

from crossent.pages.course import Course
from crossent.serving.allowance import Turns
from crossent.serving.files import BuiltSite
from crossent.serving.hosts import Proxies
from crossent.serving.packing import Halves, pack_folder
from crossent.serving.pages import MOST_KEPT, MOST_STATES, Shelf, Written
from crossent.serving.tickets import Tickets

TEXT = "A text.\n"


def test_two_visits_differ_by_their_tickets_alone(site):
    for target in ("/", "/surprise", "/figures/logit-gradient", "/figures/logit-gradient?target=1"):
        first, second = (get(site, target)[1].partition("\r\n\r\n")[2] for _ in range(2))
        tickets = TICKET.findall(first), TICKET.findall(second)
        assert len(tickets[0]) == len(tickets[1]) == 1
        assert tickets[0] != tickets[1]
        assert first.replace(tickets[0][0], "") == second.replace(tickets[1][0], "")


def test_what_is_kept_goes_when_a_file_of_the_course_changes(tmp_path):
    shelf = Shelf(Course(write(tmp_path, TEXT)))
    made = []

    def page() -> int:
        shelf.look()
        return shelf.find("page", lambda: made.append("page") or len(made))

    assert [page(), page()] == [1, 1]
    file = next(tmp_path.rglob("index.md"))
    file.write_text(file.read_text() + "More.\n")
    assert page() == 2
    (file.parent / "picture.svg").write_text("<svg/>")
    assert page() == 3
    file.parent.rename(file.parent.with_name("07-renamed"))
    assert page() == 4


def test_so_many_pages_are_kept_and_those_that_are_asked_for_stay(tmp_path):
    shelf = Shelf(Course(write(tmp_path, TEXT)))
    for i in range(3 * MOST_KEPT):
        shelf.find("often", lambda: "first")
        shelf.find(i, lambda: "other")
    assert len(shelf.kept) == MOST_KEPT
    assert shelf.find("often", lambda: "again") == "first"


def test_states_take_no_other_pages_place(tmp_path):
    shelf = Shelf(Course(write(tmp_path, TEXT)))
    made = []

    def page() -> Written:
        made.append(1)
        return Written(b"", b"", {})

    shelf.find_page("index", page)
    for i in range(3 * MOST_KEPT):
        assert not shelf.find_state(i, page).kept
        assert shelf.find_state(i, page).kept
    assert len(shelf.states.kept) == MOST_STATES
    count = len(made)
    shelf.find_page("index", page)
    assert len(made) == count


def test_a_ticket_is_for_what_the_page_shows():
    tickets = Tickets(b"a secret of the test's own")
    page = Written(b"<", b">", {"a": "logit-gradient"}, ("lesson", "stamp"))
    html = page.plain(page.ticket(tickets)).decode()
    read = tickets.read(html[1:-1])
    assert read is not None
    assert (read.figures, read.lesson, read.stamp) == ({"a": "logit-gradient"}, "lesson", "stamp")


def test_a_page_whose_reader_is_gone_is_not_written(site):
    target, count = "/figures/training-race?seed=7", 60

    def used(ask) -> float:
        before = processor_seconds(site.process.pid)
        for _ in range(count):
            ask()
        get(site, "/surprise")  # which is behind them in the line
        return processor_seconds(site.process.pid) - before

    def ask_and_go() -> None:
        with socket.create_connection(("127.0.0.1", site.port)) as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    assert used(ask_and_go) < used(lambda: get(site, target)) / 2


def unpacked(site, target: str, accepts: str = "gzip, deflate, br") -> tuple[str, bytes, bytes]:
    """What is said to a browser: the head, the body as it comes, and as it is read."""
    lines = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepts}\r\n\r\n"
    head, _, body = asked(site, lines.encode()).partition(b"\r\n\r\n")
    read = gzip.decompress(body) if b"Content-Encoding: gzip" in head else body
    return head.decode(), body, read


PACKED = ["/", "/race", "/surprise?lang=fr", "/figures/mse-vs-ce", "/how-we-know", "/test/training"]


@pytest.mark.parametrize("target", PACKED)
def test_a_page_is_sent_compressed_and_is_the_same(site, target):
    _, body, read = unpacked(site, target)
    _, _, plain = unpacked(site, target, "identity")
    assert 2 * len(body) < len(read)
    assert TICKET.sub("", read.decode()) == TICKET.sub("", plain.decode())
    assert len(TICKET.findall(read.decode())) == (target != "/how-we-know")


def test_a_page_in_a_state_is_compressed_once_it_is_asked_for_again(site):
    target = "/figures/logit-gradient?target=1&temperature=1.75"
    (first, _, one), (second, _, two) = (unpacked(site, target) for _ in range(2))
    assert "Content-Encoding" not in first
    assert "Content-Encoding: gzip" in second
    assert TICKET.sub("", one.decode()) == TICKET.sub("", two.decode())


def test_how_we_know_waits_for_no_figure(site):
    """Their programs and samples are a minute's work of a new server that is busy."""
    _, said = get(site, "/how-we-know")
    assert '"states"' not in said
    assert "/programs/" not in re.sub(r"<script type=.*?</script>", "", said, flags=re.S)
    for name in ("mse-vs-ce", "prediction-bars"):
        (address,) = re.findall(rf'"(/assets/\w+/samples/{name}\.json)"', said)
        assert json.loads(get(site, address)[1].partition("\r\n\r\n")[2])["states"]


def test_what_a_page_loads_is_sent_compressed(site):
    _, _, read = unpacked(site, "/figures/prediction-bars")
    named = r"/assets/[0-9a-f]+/(?:library/)?[a-z0-9.-]+\.(?:css|js)"
    targets = set(re.findall(named, read.decode()))
    assert len(targets) >= 7
    for target in targets:
        head, body, read = unpacked(site, target)
        assert "Content-Encoding: gzip" in head, target
        assert 2 * len(body) < len(read), target
        assert unpacked(site, target, "identity")[2] == read


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        *(("gzip", True), ("GZIP;q=0.5", True), ("br;q=1, gzip", True), ("*", True)),
        *(("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.0", False)),
        *(("xgzip", False), ("identity, gzip;q=0, *", False)),
    ],
)
def test_only_who_can_read_it_is_sent_something_compressed(site, accepts, packed):
    head, _, read = unpacked(site, "/figures/prediction-bars", accepts)
    assert ("Content-Encoding: gzip" in head) is packed
    assert read.endswith(b"</html>")


@given(before=st.binary(max_size=300), between=st.binary(max_size=300), after=st.binary())
def test_a_compressed_page_is_whole_around_whatever_is_put_in(before, between, after):
    assert gzip.decompress(Halves.of(before, after).around(between)) == before + between + after


def test_a_built_site_is_served_compressed(tmp_path, aside):
    for name in ("index.html", "assets/a.js", "picture.png"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(f"{name} " * 500)
    pack_folder(tmp_path / "site", tmp_path / "packed")
    ours = {"path": f"{tmp_path}/site", "packed": f"{tmp_path}/packed"}

    async def ask() -> dict[str, tuple[str, bytes]]:
        application = Application([(r"/(.*)", BuiltSite, ours)])
        application.turns, application.proxies = Turns(), Proxies([])
        server = application.listen(port := free_port(), "127.0.0.1")
        client, found = AsyncHTTPClient(), {}
        for path in ("", "index", "assets/a.js", "picture.png", "../packed/index.html"):
            said = await client.fetch(
                HTTPRequest(f"http://127.0.0.1:{port}/{path}", decompress_response=False,
                            headers={"Accept-Encoding": "gzip"}),
                raise_error=False,
            )  # fmt: skip
            found[path] = (said.headers.get("Content-Encoding", str(said.code)), said.body)
            if said.code == 200:
                kind = "javascript" if path.endswith("js") else path[-3:] if "." in path else "html"
                assert kind in said.headers["Content-Type"]
        server.stop()
        return found

    found = aside(ask())
    for path, name in (("", "index.html"), ("index", "index.html"), ("assets/a.js", "assets/a.js")):
        assert found[path][0] == "gzip"
        assert gzip.decompress(found[path][1]).decode() == f"{name} " * 500
    assert found["picture.png"][0] == "200"
    assert found["../packed/index.html"][0] in ("403", "404")
