"""What one socket sends: it waits for itself, is answered or closed, and nobody else notices."""

import asyncio
import contextlib
import json
import random
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import pytest
from tests.serving.peers import Peer, as_map, ticket

from crossent.figures import FIGURES
from crossent.links.server import encode_columns
from crossent.serve import run_maker
from crossent.serving.helper import Helper

STATE = FIGURES["logit-gradient"].resolve({})[0]
RIGHT = {"seq": 1, "figure": "logit-gradient", "state": STATE}
LATER = 0.05  # s that others may wait longer, and once more for a machine with other work


def hostile(chance: random.Random) -> object:
    """Something that no page sends."""
    deep: object = 0
    for _ in range(chance.choice([1, 5, 40, 300])):
        deep = [deep]
    value = chance.choice(
        [
            None,
            True,
            7,
            -1e308,
            "x" * chance.choice([0, 10, 3000]),
            [],
            [1] * chance.choice([3, 500, 3500]),
            {"type": "map"},
            {"type": "map", "entries": 5},
            {"type": "map", "entries": [[1]]},
            {"type": "number", "value": "nan"},
            {"type": "number", "value": "x"},
            {"type": "ndarray", "array": {"type": "bytes", "data": "AAAA"}, "shape": [1]},
            {"type": "symbol", "name": "a"},
            {"id": "p1"},
            {"type": "map", "entries": [[f"key{i}", 1] for i in range(900)]},
            deep,
        ]
    )
    entry = chance.choice([*STATE, "seq", "figure", "edit", "__class__", "torch", "whole"])
    if entry in STATE:
        return as_map(RIGHT | {"state": STATE | {entry: 0}}) | {"spoilt": value}
    if chance.random() < 0.4:
        return value
    message = as_map(RIGHT)
    message["entries"] = [[k, value if k == entry else v] for k, v in message["entries"]]
    if chance.random() < 0.5:
        message["entries"].append(["edit", value])
    return message


def test_2000_hostile_messages_are_answered_and_anothers_answers_stay_true(site, aside):
    async def play() -> tuple[int, list[float], list[float]]:
        peer, other = await Peer.page(site), await Peer.page(site)
        calm = await other.drag(20)
        chance = random.Random(0)
        answers = 0

        async def attack() -> None:
            nonlocal answers
            for _ in range(2000):
                peer.tell(hostile(chance))
                with contextlib.suppress(TimeoutError):
                    await peer.answer(5.0)
                    answers += 1

        attacking = asyncio.create_task(attack())
        times: list[float] = []
        while not attacking.done():
            times += await other.drag(10)
        await attacking
        peer.leave()
        other.leave()
        return answers, calm, times

    answers, calm, times = aside(play())
    assert answers == 2000
    assert np.percentile(times, 95) < np.percentile(calm, 95) + 2 * LATER


CLOSED = {
    "a binary frame": lambda p: p.raw(p.frame(b"\0\1\2", opcode=2)),
    "no JSON": lambda p: p.send("hello"),
    "a header that is a list": lambda p: p.send("[]"),
    "a header without a kind": lambda p: p.send('{"msgid": "1"}'),
    "a long header": lambda p: p.send(json.dumps({"msgid": "1", "msgtype": "x" * 2000})),
    "a long number": lambda p: p.send(json.dumps({"msgid": "1" * 99, "msgtype": "PATCH-DOC"})),
    "deep brackets": lambda p: p.send("[" * 900),
    "deep content": lambda p: p.say("PATCH-DOC", "[" * 60_000),
    "a number of many digits": lambda p: p.say("PATCH-DOC", "1" * 60_000),
    "a million buffers": lambda p: p.send(
        json.dumps({"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 10**6})
    ),
    "long metadata": lambda p: p.send('{"msgid":"1","msgtype":"PATCH-DOC"}', " " * 5000),
    "a patch without events": lambda p: p.say("PATCH-DOC", {}),
    "a patch of nine messages": lambda p: p.say("PATCH-DOC", {"events": [{}] * 9}),
    "a patch that is a list": lambda p: p.say("PATCH-DOC", []),
    "the document again": lambda p: p.say("PULL-DOC-REQ", {}),
    "a document of its own": lambda p: p.say("PUSH-DOC", {"doc": {}}),
    "a question on the server": lambda p: p.say("SERVER-INFO-REQ", {}),
    "an unknown kind": lambda p: p.say("__class__", {}),
    "a ping": lambda p: p.raw(p.frame(b"", opcode=9)),
    "a megabyte": lambda p: p.send("x" * 10**6),
    "a megabyte in pieces": lambda p: p.raw(
        p.frame(b"x" * 60_000, final=False) + p.frame(b"x" * 60_000, opcode=0, final=False)
    ),
    "a compressed frame": lambda p: p.raw(p.frame(b"\x4a\x04\x00", bits=0x40)),
    "an unknown opcode": lambda p: p.raw(p.frame(b"", opcode=5)),
    "half a character": lambda p: p.raw(p.frame(b"\xed\xa0\x80")),
    "a length beyond all": lambda p: p.raw(b"\x81\xff" + b"\xff" * 8),
    "a piece of nothing": lambda p: p.raw(p.frame(b"x", opcode=0)),
}


@pytest.mark.parametrize("case", CLOSED)
def test_what_is_no_message_of_a_page_ends_its_socket_and_no_other(site, aside, case):
    async def play() -> str:
        peer, other = await Peer.page(site), await Peer.page(site)
        CLOSED[case](peer)
        reason = await peer.closed()
        await other.drag(2)
        peer.leave()
        other.leave()
        return reason

    reason = aside(play())
    assert "/" not in reason
    assert "rror" not in reason.partition(" ")[2]


def flood_of_moves(peer: Peer) -> bytes:
    """Moves without end, one after another."""
    values = [["model", {"id": peer.model}], ["data", as_map(RIGHT | {"whole": True})]]
    told = {"type": "event", "name": "data_event", "values": {"type": "map", "entries": values}}
    event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}
    content = json.dumps({"events": [event]})
    frames = ('{"msgid":"1","msgtype":"PATCH-DOC"}', "{}", content)
    return b"".join(peer.frame(text.encode()) for text in frames)


FLOODS = {
    "moves": flood_of_moves,
    "empty pieces": lambda p: p.frame(b"", opcode=0, final=False),
    "pongs": lambda p: p.frame(b"", opcode=10),
    "patches of models": lambda p: b"".join(
        p.frame(text)
        for text in (
            b'{"msgid":"1","msgtype":"PATCH-DOC"}',
            b"{}",
            b'{"events":[' + b",".join([b'{"kind":"ModelChanged"}'] * 2000) + b"]}",
        )
    ),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_from_four_sockets_waits_and_a_drag_does_not(site, aside, flood):
    async def play() -> tuple[list[float], list[float]]:
        other = await Peer.page(site)
        calm = await other.drag(25)
        peers = [await Peer.page(site) for _ in range(4)]

        async def pour(peer: Peer) -> None:
            piece = FLOODS[flood](peer)
            piece *= max(1, 32_768 // len(piece))
            if flood == "empty pieces":
                peer.raw(peer.frame(b"", final=False))
            with contextlib.suppress(OSError):
                while True:
                    peer.raw(piece)
                    await peer.writer.drain()
                    await asyncio.sleep(0)

        pouring = [asyncio.create_task(pour(peer)) for peer in peers]
        await asyncio.sleep(0.5)
        times = await other.drag(25)
        for task in pouring:
            task.cancel()
        for peer in [*peers, other]:
            peer.leave()
        return calm, times

    calm, times = aside(play())
    assert np.median(times) < np.median(calm) + 2 * LATER


def test_a_crowd_that_says_nothing_keeps_nobody_out(site, aside):
    """Sockets that never finish their request, never read, never speak."""

    async def play() -> list[float]:
        half = []
        for i in range(200):
            reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
            writer.write(b"GET / HT" if i % 2 else b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            half.append((reader, writer))
        other = await Peer.page(site)
        times = await other.drag(10)
        for _, writer in half:
            writer.transport.abort()
        other.leave()
        return times

    assert np.median(aside(play())) < 1.0


def test_a_long_run_is_made_beside_the_loop_and_is_the_same(site, aside):
    """A socket trains without end while another drags."""
    figure = FIGURES["double-softmax"]
    asked = [figure.resolve({"learning_rate": 1 + i / 100})[0] for i in range(1000)]

    async def play() -> tuple[list[float], list[float], list[dict]]:
        other, peer = await Peer.page(site), await Peer.page(site, "/figures/double-softmax")
        calm, told = await other.drag(25), []

        async def train() -> None:
            for state in asked:
                peer.ask(state, figure="double-softmax")
                while "working" in (answer := await peer.answer(60)):
                    pass
                told.append(answer)

        training = asyncio.create_task(train())
        while not told:
            await asyncio.sleep(0.05)
        times = await other.drag(25)
        training.cancel()
        peer.leave()
        other.leave()
        return calm, times, told

    calm, times, told = aside(play())
    expected = encode_columns(figure.columns(asked[0]))
    assert plain_widths(told[0]["columns"]["tables"]) == plain_widths(expected["tables"])
    assert told[0]["columns"]["data"] == expected["data"]
    assert np.median(times) < np.median(calm) + 2 * LATER


def test_nobody_waits_for_anothers_run(site, aside):
    """Who asks for one while another is made works it out in the page."""
    figure = FIGURES["training-race"]
    longest = {"model": "hidden", "data": "spirals", "batch": 100, "seeds": 20, "smoothed": True}

    async def play() -> tuple[dict, dict]:
        first, second = [await Peer.page(site, "/figures/training-race") for _ in range(2)]
        first.ask(figure.resolve(longest)[0], figure="training-race")
        assert "working" in await first.answer(60)
        second.ask(figure.resolve({"learning_rate": 0.77})[0], figure="training-race")
        told = await second.answer(60), await second.answer(60)
        with pytest.raises(TimeoutError):
            await first.answer(0.05)  # its own is not ready even now
        for peer in (first, second):
            peer.leave()
        return told

    working, busy = aside(play())
    assert working == {"seq": 1, "working": True}
    assert busy["busy"] is True


def plain_widths(tables: dict) -> dict:
    """The lengths of columns, by table."""
    return {table: dict(widths) for table, widths in tables.items()}


def test_a_run_that_cannot_be_made_now_is_the_pages_to_make(aside):
    figure = FIGURES["double-softmax"]
    state = figure.resolve({"learning_rate": 3.21})[0]
    assert aside(run_maker(Helper(most_waiting=0))(figure, state)) is False
    assert figure.lacks_run(state)


def test_a_page_that_never_reads_its_answers_stops_only_itself(site, aside):
    async def play() -> None:
        deaf, other = await Peer.page(site), await Peer.page(site)
        for _ in range(300):
            deaf.ask(STATE, whole=True)
        await other.drag(10)
        deaf.leave()
        other.leave()

    aside(play())


def test_tickets_beyond_all_are_refused_at_once(site, aside):
    async def play() -> list[int]:
        statuses = []
        for token in ("x" * 20_000, "." * 8000, "eyJ" * 2000, "", "a.b", "\xff.\xfe", "a, b"):
            status, peer = await Peer.knock(site, token)
            statuses.append(status)
            peer.leave()
        return statuses

    start = time.perf_counter()
    assert aside(play()) == [403] * 7
    assert time.perf_counter() - start < 5


def test_a_server_that_is_full_says_so_and_goes_on(monkeypatch, aside):
    from crossent.serving.sessions import MOST_OF_ONE_ADDRESS, Sessions
    from crossent.serving.tickets import Ticket

    sessions = Sessions(None, lambda link, ticket: None)
    sessions.addresses["10.0.0.1"] = MOST_OF_ONE_ADDRESS
    status, sentence = sessions.refusal(Ticket("new"), "10.0.0.1")
    assert status == 503
    assert "all the visitors" in sentence
    assert sessions.refusal(Ticket("new"), "10.0.0.2") is None


def test_so_many_pages_are_asked_for_that_they_take_turns(site):
    """All get a page or a sentence; none an error that is not said."""
    statuses = []
    for _ in range(40):
        try:
            with urlopen(site.origin + "/", timeout=30) as response:
                statuses.append(response.status)
        except HTTPError as error:
            with error:
                statuses.append(error.code)
    assert set(statuses) <= {200, 503}
    assert ticket(site)
