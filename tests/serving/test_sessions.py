"""Sessions are the server's own: signed, one socket each, and nothing is taken but the message."""

import asyncio
import itertools
import json

import pytest
from tests.serving.peers import Peer, as_map, ticket

from crossent.errors import CrossentError
from crossent.figures import FIGURES
from crossent.internals import in_turn
from crossent.serving.frames import Assembly
from crossent.serving.sessions import Sessions
from crossent.serving.sockets import FigureSocket
from crossent.serving.tickets import Tickets, server_secret

STATE = FIGURES["logit-gradient"].resolve({})[0]


def forged(token: str) -> list[str]:
    """Tickets that are nearly one."""
    body, _, seal = token.partition(".")
    flipped = "A" if seal[-5] != "A" else "B"
    return [
        body,
        f"{body}.",
        f"{body}.{seal[:-5]}{flipped}{seal[-4:]}",
        f"{body[:-4]}AAAA.{seal}",
        f".{seal}",
        Tickets(b"another secret of others").issue({"logit-gradient": "logit-gradient"}),
        "eyJzZXNzaW9uX2lkIjogImRlZmF1bHQifQ",
        "eyJzZXNzaW9uX2lkIjogImV2aWwiLCAic2Vzc2lvbl9leHBpcnkiOiA5OTk5OTk5OTk5fQ",
        f"{body}.{seal}.{seal}",
        f"{seal}.{body}",
        f"{body}{seal}",
        f"{body}.{seal[:-1]}",
        f"{body}.{body}",
        f"{body[:-8]}.{seal}",
        f"A{body}.{seal}",
        f"{body.swapcase()}.{seal}",
        Tickets(b"").issue({"logit-gradient": "logit-gradient"}),
        "null",
        "..",
    ]


def test_only_a_ticket_of_the_servers_own_opens_a_session(site, aside):
    async def play() -> list[int]:
        statuses = []
        for token in forged(await asyncio.to_thread(ticket, site)):
            status, peer = await Peer.knock(site, token)
            statuses.append(status)
            peer.leave()
        return statuses

    assert set(aside(play())) == {403}


def test_a_session_has_one_socket(site, aside):
    async def play() -> list[int]:
        token = await asyncio.to_thread(ticket, site)
        first, one = await Peer.knock(site, token)
        await one.receive()
        second, two = await Peer.knock(site, token)
        await one.pull()
        await one.drag(1)
        one.leave()
        two.leave()
        return [first, second]

    assert aside(play()) == [101, 403]


def test_a_session_that_is_about_to_end_takes_no_other_socket(site, aside):
    """Its page has gone a moment ago; the ticket opens one of its own when it is over."""

    async def play() -> list[str]:
        said, token = [], await asyncio.to_thread(ticket, site)
        for _ in range(4):
            status, peer = await Peer.knock(site, token)
            try:
                said.append((await peer.receive())[0] if status == 101 else str(status))
            except ConnectionError as refused:
                said.append(str(refused))
            peer.leave()
        return said

    first, *others = aside(play())
    assert first == "ACK"
    assert set(others) <= {"ACK", "403", "1008 this session has a socket already"}


ESM = "export function render() { document.title = 'taken over'; }"
CHANGES = {
    "ModelChanged": lambda m: {
        **{"kind": "ModelChanged", "model": {"id": m}, "attr": "esm", "new": ESM}
    },
    "RootAdded": lambda m: {"kind": "RootAdded", "model": {"id": m}},
    "RootRemoved": lambda m: {"kind": "RootRemoved", "model": {"id": m}},
    "TitleChanged": lambda m: {"kind": "TitleChanged", "title": "taken over"},
    "ColumnsStreamed": lambda m: {"kind": "ColumnsStreamed", "model": {"id": m}, "data": {}},
    "another event": lambda m: {
        "kind": "MessageSent",
        "msg_type": "bokeh_event",
        "msg_data": {"type": "event", "name": "esm_event", "values": {"type": "map"}},
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_changes_no_model(site, aside, change):
    async def play() -> None:
        peer = await Peer.page(site)
        peer.say("PATCH-DOC", {"events": [CHANGES[change](peer.model)]})
        await peer.drag(1)  # what follows is answered, and by nothing else
        peer.leave()

    aside(play())


def test_a_message_to_another_model_or_another_figure_is_not_answered_by_it(site, aside):
    async def play() -> str:
        peer = await Peer.page(site)
        peer.model, own = "p1", peer.model
        peer.ask(STATE)
        peer.model = own
        peer.tell(as_map({"seq": 7, "figure": "prediction-bars", "state": STATE}))
        told = await peer.answer()
        peer.leave()
        return json.dumps(told)

    assert '"seq": 7' in (told := aside(play()))
    assert "must name a figure of its page" in told


def test_a_ticket_is_good_for_a_while(monkeypatch):
    tickets = Tickets(b"a secret of the test's own")
    token = tickets.issue({"a": "logit-gradient"}, "lesson", "stamp")
    read = tickets.read(token)
    assert read is not None
    assert (read.figures, read.lesson, read.stamp) == ({"a": "logit-gradient"}, "lesson", "stamp")
    monkeypatch.setattr("crossent.serving.tickets.LIFETIME", -1)
    assert tickets.read(tickets.issue({})) is None


def test_each_start_has_its_own_secret_unless_it_is_given_one(monkeypatch):
    monkeypatch.delenv("CROSSENT_SECRET", raising=False)
    assert server_secret(None) != server_secret(None)
    monkeypatch.setenv("CROSSENT_SECRET", "of several machines")
    assert server_secret(None) == b"of several machines"
    assert server_secret("of the command line") == b"of the command line"
    assert server_secret("\udce9" * 16) == b"\xe9" * 16  # bytes that are no text
    for wrong in ("short", "", "é" * 15):
        with pytest.raises(CrossentError, match=f"at least 16 characters; got {len(wrong)}"):
            server_secret(wrong)
    monkeypatch.setenv("CROSSENT_SECRET", "")
    assert len(server_secret(None)) == 32


def test_a_message_is_heard_in_one_round_of_the_loop(aside):
    """Whatever is done in a round, a drag waits for it: its first two frames take none."""
    socket = FigureSocket.__new__(FigureSocket)
    sessions = Sessions(None, lambda link, ticket: None)
    socket.allowance, socket.assembly = sessions.allowance("one"), Assembly()
    assert socket.on_message('{"msgid":"1","msgtype":"PATCH-DOC"}') is None
    assert socket.on_message("{}") is None
    heard = socket.on_message('{"events":[]}')
    assert asyncio.iscoroutine(heard)
    heard.close()


def test_between_the_ends_of_two_sessions_others_are_heard(aside):
    """A class that leaves at once keeps nobody waiting for all of its sessions."""

    async def play() -> list[str]:
        order: list[str] = []

        async def discard(session: str, is_over: object) -> None:
            order.append(session)

        ending = in_turn(discard)

        async def end() -> None:
            for name in ("one", "two", "stays", "three"):
                await ending(name, lambda session: session != "stays")

        async def other() -> None:
            for _ in range(4):
                order.append("heard")
                await asyncio.sleep(0)

        await asyncio.gather(end(), other())
        return order

    order = aside(play())
    assert [name for name in order if name != "heard"] == ["one", "two", "three"]
    assert all("heard" in pair for pair in itertools.pairwise(order[:6]))
