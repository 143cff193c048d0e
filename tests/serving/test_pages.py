"""A page is written once, until a file changes; each visit has a ticket of its own in it."""

import socket
import struct

from benchmarks.servers import processor_seconds
from tests.pages.writing import write
from tests.serving.peers import TICKET, get

from crossent.pages.course import Course
from crossent.serving.pages import MOST_KEPT, Shelf, Written
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


def test_a_ticket_is_for_what_the_page_shows():
    tickets = Tickets(b"a secret of the test's own")
    page = Written(b"<", b">", {"a": "logit-gradient"}, ("lesson", "stamp"))
    html = page.with_ticket(tickets).decode()
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
