"""Rooms in Redis: several processes, one that dies, and a Redis that goes away."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from tests.browser.driving import free_port
from tests.rooms.conftest import LightSite, RedisServer, processes
from tests.rooms.test_socket import Peer, peer_of
from tests.rooms.test_stores import ABOUT, heard, made, run
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from crossent.__main__ import main
from crossent.pages.course import Course
from crossent.rooms import redis as in_redis
from crossent.rooms.redis import RedisStore
from crossent.rooms.rooms import Rooms
from crossent.rooms.store import HERE, RoomError

BACK = 30.0  # s on a machine with other work; benchmarks/room.py holds it to five


@pytest.fixture
def url(redis_server: RedisServer) -> str:
    return redis_server.emptied()


def stores(url: str, count: int = 2) -> list[RedisStore]:
    """As many processes would have them."""
    found = [RedisStore(url) for _ in range(count)]
    made.extend(found)
    return found


def test_what_one_process_writes_another_tells_and_reads(url):
    async def visit():
        one, other = stores(url)
        code = await one.open(ABOUT)
        told: list[Any] = []
        await other.subscribe(code, lambda *news: told.append(news))
        await one.publish(code, {"mode": "follow", "state/a": {"x": 0.1 + 0.2}}, "me")
        await heard(told, 1)
        await other.publish(code, {"mode": None})
        return told, (await one.read(code)).entries

    told, entries = run(visit())
    assert told[0] == ({"mode": "follow", "state/a": {"x": 0.1 + 0.2}}, "me")
    assert entries == {"state/a": {"x": 0.1 + 0.2}}


def test_no_seat_is_given_twice_by_two_processes(url):
    async def visit():
        both = stores(url)
        code = await both[0].open(ABOUT)
        return await asyncio.gather(*(both[n % 2].join(code, f"ticket {n}") for n in range(60)))

    assert sorted(run(visit())) == list(range(60))


def test_two_processes_that_write_at_once_are_heard_by_both_in_one_order(url):
    async def visit():
        both = stores(url)
        code = await both[0].open(ABOUT)
        told: list[list[Any]] = [[], []]
        for store, own in zip(both, told, strict=True):
            await store.subscribe(code, lambda entries, by, own=own: own.append(entries))
        await asyncio.gather(*(both[n % 2].publish(code, {"n": n}) for n in range(200)))
        for own in told:
            await heard(own, 200)
        return told, (await both[0].read(code)).entries

    (one, other), entries = run(visit())
    assert one == other
    assert entries == one[-1]
    assert sorted(entry["n"] for entry in one) == list(range(200))


def test_a_process_that_says_nothing_is_gone_with_whom_it_counted(url, monkeypatch):
    monkeypatch.setattr(in_redis, "LEASE", 1.0)

    async def visit():
        one, other = stores(url)
        code = await one.open(ABOUT)
        for store in (one, other):
            await store.subscribe(code, lambda *news: None)
        for n in range(4):
            await (one if n else other).join(code, f"ticket {n}")
        counts = [(await other.read(code)).entries[HERE]]
        await one.stop()  # as if it had been killed: it takes leave of nobody
        await asyncio.sleep(1.2)
        await other.expire()
        return [*counts, (await other.read(code)).entries[HERE]]

    assert run(visit()) == [4, 1]


def test_a_process_that_was_taken_for_gone_counts_again(url, monkeypatch):
    async def visit():
        one, other = stores(url)
        code = await one.open(ABOUT)
        await one.subscribe(code, lambda *news: None)
        await one.join(code, "a")
        monkeypatch.setattr(in_redis, "LEASE", 0.01)
        await asyncio.sleep(0.05)
        await other.subscribe(code, lambda *news: None)
        await other.expire()
        gone = (await other.read(code)).entries[HERE]
        monkeypatch.setattr(in_redis, "LEASE", 15.0)
        await one.expire()
        return gone, (await other.read(code)).entries[HERE]

    assert run(visit()) == (0, 1)


@pytest.mark.parametrize("told", [7, -7], ids=["too far behind", "restored from a copy"])
def test_news_that_cannot_be_heard_in_order_are_said_to_be_lost(url, told):
    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        lost: list[bool] = []
        heard_of: list[Any] = []
        await store.subscribe(code, lambda *news: heard_of.append(news), lambda: lost.append(True))
        for n in range(8):
            await store.publish(code, {"n": n})
        await store.steps.registered_client.hincrby(store.keys(code)[1], "told", told)
        if told > 0:
            with contextlib.suppress(RoomError):
                await store.publish(code, {"n": 8})
        await store.expire()
        return len(heard_of), await heard(lost, 1)

    assert run(visit()) == (8, [True])


def test_a_redis_that_goes_away_is_said_and_comes_back_by_itself(tmp_path, caplog):
    server = RedisServer(tmp_path, "--appendonly", "yes", "--appendfsync", "always")

    async def visit():
        (store,) = stores(server.url, 1)
        code = await store.open(ABOUT)
        lost: list[bool] = []
        await store.subscribe(code, lambda *news: None, lambda: lost.append(True))
        seat = await store.join(code, "a")
        await store.publish(code, {"mode": "follow"})
        server.stop()
        for ask in (store.read(code), store.publish(code, {"n": 1}), store.open(ABOUT)):
            with pytest.raises(RoomError) as refused:
                await ask
            assert refused.value.reason == "away"
        await store.leave(code, seat)
        await heard(lost, 1)
        server.start()
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        await store.publish(code, {"mode": "pause"})
        heard_of = list(told)
        return lost, heard_of, await store.join(code, "a"), (await store.read(code)).entries

    try:
        lost, told, seat, entries = run(visit())
    finally:
        server.stop()
    assert (lost, told, seat) == ([True], [{"mode": "pause"}], 0)
    assert entries == {"mode": "pause", HERE: 1}
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "does not answer: rooms wait for it" in said[0]
    assert "answers again" in said[1]


@pytest.fixture
def asked(redis_server: RedisServer, url: str):
    """The Redis itself, as who keeps it speaks with it; it takes everything again afterwards."""
    with redis.Redis.from_url(url) as connection:
        yield connection
        connection.config_set("maxmemory", 0)


async def refusal(asking: Any) -> str:
    """Why something is refused."""
    with pytest.raises(RoomError) as refused:
        await asking
    return refused.value.reason


def test_a_redis_that_takes_nothing_more_is_away_and_the_next_message_is_published(url, asked):
    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        await store.subscribe(code, lambda *news: None)
        asked.config_set("maxmemory", 1)  # it answers each writing with an error
        all_at_once = [store.publish(code, {f"n{n}": n}) for n in range(250)]
        reasons = await asyncio.gather(*map(refusal, all_at_once))
        asked.config_set("maxmemory", 0)
        await store.publish(code, {"n": 1})
        return set(reasons), store.outgoing, (await store.read(code)).entries

    assert run(visit()) == ({"away"}, {}, {"n": 1})


def test_an_accident_while_publishing_ends_no_room(url, monkeypatch, caplog):
    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)

        async def broken(**_: Any) -> Any:
            raise ValueError("no answer of a Redis")

        with monkeypatch.context() as patch:
            patch.setattr(store, "steps", broken)
            reason = await refusal(store.publish(code, {"n": 1}))
        await store.publish(code, {"n": 2})
        return reason, (await store.read(code)).entries

    assert run(visit()) == ("away", {"n": 2})


def test_connections_that_are_dropped_lose_nothing_that_was_written(url, asked):
    """Every connection is cut again and again while a hundred messages go out."""

    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        board: dict[str, Any] = {}
        lost: list[bool] = []
        await store.subscribe(code, lambda told, by: board.update(told), lambda: lost.append(True))
        written = {}
        for n in range(100):
            if n % 10 == 5:
                asked.client_kill_filter(_type="normal", skipme=True)
            with contextlib.suppress(RoomError):
                await store.publish(code, {f"vote/{n}": n})
                written[f"vote/{n}"] = n
        return written, board, lost, (await store.read(code)).entries

    written, board, lost, entries = run(visit())
    assert len(written) >= 50
    assert entries.items() >= written.items()
    assert not lost
    assert board.items() >= written.items()


def test_a_room_s_news_are_bounded_in_bytes(url, asked):
    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        large = "x" * 1_000_000
        for n in range(12):
            await store.publish(code, {"state": large + str(n)})
        news, sizes = store.keys(code)[3:5]
        return asked.xlen(news), asked.llen(sizes), asked.memory_usage(news)

    kept, sizes, used = run(visit())
    assert kept == sizes <= 4
    assert used < 8_000_000


def test_guesses_are_counted_over_all_processes(url):
    async def visit():
        both = [Rooms(store, Course()) for store in stores(url)]
        code, _ = await both[0].open("figures/prediction-bars", "host")
        wrong = "BBBBBB" if code != "BBBBBB" else "CCCCCC"
        reasons = [await refusal(both[n % 2].page(wrong, "guesser")) for n in range(100)]
        right = [await refusal(rooms.page(code, "guesser")) for rooms in both]
        return reasons, right, await both[1].page(code, "another")

    reasons, right, (_, about) = run(visit())
    assert 55 <= reasons.count("none") <= 75
    assert right == ["often", "often"]
    assert about["page"] == "figures/prediction-bars"


def test_who_comes_while_a_process_says_whom_it_counts_is_counted(url, monkeypatch):
    """What it says is a moment old when Redis hears it."""

    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        await store.subscribe(code, lambda *news: None)
        do = store.do

        async def late(step: str, *given: Any) -> Any:
            if step == "beat":
                await asyncio.sleep(0.1)
            return await do(step, *given)

        monkeypatch.setattr(store, "do", late)
        looking = asyncio.ensure_future(store.expire())
        await asyncio.sleep(0.02)
        seat = await store.join(code, "a")
        await looking
        came = (await store.read(code)).entries[HERE]
        looking = asyncio.ensure_future(store.expire())
        await asyncio.sleep(0.02)
        await store.leave(code, seat)
        await looking
        return came, (await store.read(code)).entries[HERE]

    assert run(visit()) == (1, 0)


def test_a_store_holds_nothing_of_a_room_that_nobody_hears(url):
    async def visit():
        (store,) = stores(url, 1)
        code = await store.open(ABOUT)
        end = await store.subscribe(code, lambda *news: None)
        await store.leave(code, await store.join(code, "a"))
        await end()
        await store.leave(code, await store.join(code, "b"))
        return store.here, store.hearing, store.outgoing

    assert run(visit()) == ({}, {}, {})


def test_a_redis_that_is_not_there_yet_is_said_and_waited_for(caplog):
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    store.check()
    (record,) = caplog.records
    assert f"Redis at {store.place} does not answer" in record.getMessage()


@pytest.mark.parametrize(
    "address",
    ["localhost", "http://localhost", "redis://", "redis://host:port", "redis://a/b", "unix://"],
)
def test_what_is_no_address_of_a_redis_is_one_sentence(address, capsys):
    assert main(["serve", "--no-open", "--rooms", address]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "redis://localhost:6379/0" in line
    assert address in line


@pytest.mark.parametrize("options", ["db=x", "socket_timeout=soon", "colour=blue"])
def test_options_that_a_redis_cannot_have_are_one_sentence(options, capsys):
    assert main(["serve", "--no-open", "--rooms", f"redis://localhost/0?{options}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("got 'redis://localhost/0?…'")


@pytest.mark.parametrize(
    "address",
    [
        "redis://me:hunter2@host/x",
        "redis://:hunter2/hunter2@host:6379/0",
        "redis://:p@hunter2@host/x",
        "redis://:p?hunter2@host/0",
        "redis://host/x?password=hunter2",
    ],
)
def test_no_password_of_a_redis_is_said(address, capsys):
    assert main(["serve", "--no-open", "--rooms", address]) == 2
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "got 'redis://host" in said


def test_where_a_redis_is_is_said_without_its_password():
    assert RedisStore("redis://me:hunter2@host/2").place == "host:6379"


def test_without_its_package_redis_is_one_sentence_and_how_to_install_it(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "crossent.rooms.redis")
    monkeypatch.setitem(sys.modules, "redis", None)
    assert main(["serve", "--no-open", "--rooms", "redis://localhost"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'crossent[redis]'" in line


# -- several processes ---------------------------------------------------------------------------


class Pupil:
    """A student whose page comes back by itself, as wire.js has it."""

    def __init__(self, site: LightSite, greeting: dict[str, Any]) -> None:
        self.site, self.greeting = site, greeting
        self.board: dict[str, Any] = {}
        self.welcome: dict[str, Any] = {}
        self.visits = 0
        self.gone = False
        self.lost = 0.0
        self.late: list[float] = []  # s that it was away
        self.peer: Peer | None = None

    async def live(self) -> None:
        """Joins, and hears; again and again."""
        while not self.gone:
            with contextlib.suppress(OSError, HTTPClientError, WebSocketClosedError):
                await self.visit()
            self.lost = self.lost or time.monotonic()
            await asyncio.sleep(0.2)

    async def visit(self) -> None:
        self.peer = await peer_of(self.site.port)
        self.peer.say(self.greeting)
        while (message := await self.peer.hear(BACK)) is not None:
            if "welcome" in message:
                self.enter(message["welcome"])
            for name, value in message.get("now", {}).items():
                old = self.board.get(name)
                self.board[name] = old | value if isinstance(old, dict) and value else value
        self.peer.socket.close()

    def enter(self, welcome: dict[str, Any]) -> None:
        """Is in, or back; next time it shows what it has been given."""
        self.welcome, self.board = self.welcome | welcome, {}
        self.visits += 1
        if self.lost:
            self.late.append(time.monotonic() - self.lost)
            self.lost = 0.0
        code = welcome["code"]
        if secret := welcome.get("secret"):
            self.greeting = {"lead": {"code": code, "secret": secret}}
        elif ticket := welcome.get("ticket"):
            self.greeting = {"join": {"code": code, "ticket": ticket}}

    def end(self) -> None:
        """Comes back no more."""
        self.gone = True
        self.peer.socket.close()

    def say(self, message: object) -> None:
        with contextlib.suppress(WebSocketClosedError, AttributeError):
            self.peer.say(message)


async def until(true: Any) -> None:
    """Waits for something, on a machine with other work."""
    end = time.monotonic() + BACK
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


@pytest.fixture
def light_site(url: str, tmp_path: Path):
    site = LightSite(tmp_path / "log", "--rooms", url, "--num-procs", "2")
    yield site
    site.stop()
    assert "Traceback" not in site.log.read_text(), site.log.read_text()


def test_who_was_served_by_a_process_that_is_killed_is_back_with_its_vote(light_site):
    """Each of two is killed in turn while the lecturer drags: everyone's is one of them."""
    poll = {"question": "question-1", "round": 1, "counts": None}
    state = "state/prediction-bars"

    async def visit():
        lecturer = Pupil(light_site, {"open": "surprise"})
        lives = [asyncio.ensure_future(lecturer.live())]
        await until(lambda: lecturer.visits)
        code = lecturer.welcome["code"]
        class_ = [Pupil(light_site, {"join": {"code": code, "ticket": None}}) for _ in range(20)]
        lives += [asyncio.ensure_future(pupil.live()) for pupil in class_]
        await until(lambda: all(pupil.visits for pupil in class_))
        lecturer.say({"poll": poll})
        await until(lambda: all(pupil.board.get("poll") == poll for pupil in class_))
        for pupil in class_:
            vote = {"question": "question-1", "round": 1, "choices": [pupil.welcome["seat"] % 3]}
            pupil.say({"vote": vote})
        votes = {f"vote/question-1/1/{n}": [n % 3] for n in range(20)}
        await until(lambda: lecturer.board.items() >= votes.items())
        before = {pupil: pupil.welcome["seat"] for pupil in class_}
        everyone = [lecturer, *class_]
        killed = processes(light_site)
        for process in killed:
            os.kill(process, signal.SIGKILL)
            for n in range(10):
                lecturer.say({"set": {"prediction-bars": {"target": n % 2}}})
                await asyncio.sleep(0.02)
            await until(lambda: not any(one.lost for one in everyone))
        moved = [pupil for pupil in class_ if pupil.visits > 1]
        await until(lambda: lecturer.board.items() >= votes.items())
        lecturer.say({"set": {"prediction-bars": {"target": 2}}})
        await until(lambda: all(pupil.board.get(state, {}).get("target") == 2 for pupil in class_))
        for one in everyone:
            one.end()
        await asyncio.gather(*lives)
        own = all(
            pupil.board[f"vote/question-1/1/{pupil.welcome['seat']}"] == [before[pupil] % 3]
            for pupil in moved
        )
        seats = all(pupil.welcome["seat"] == before[pupil] for pupil in class_)
        return len(killed), len(moved), own, seats, lecturer.board[HERE]

    killed, moved, own, seats, here = run(visit())
    assert (killed, moved) == (2, 20)
    assert own
    assert seats
    assert here == 20


def test_a_redis_that_is_killed_and_comes_back_loses_no_vote_that_was_counted(tmp_path):
    """What it had taken it has, as it writes before it answers."""
    server = RedisServer(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    site = LightSite(tmp_path / "log", "--rooms", server.url, "--num-procs", "2")
    poll = {"question": "question-1", "round": 1, "counts": None}
    name = "prediction-bars"

    async def visit():
        lecturer = Pupil(site, {"open": "surprise"})
        lives = [asyncio.ensure_future(lecturer.live())]
        await until(lambda: lecturer.visits)
        code = lecturer.welcome["code"]
        class_ = [Pupil(site, {"join": {"code": code, "ticket": None}}) for _ in range(12)]
        lives += [asyncio.ensure_future(pupil.live()) for pupil in class_]
        await until(lambda: all(pupil.visits for pupil in class_))
        seats = {pupil: pupil.welcome["seat"] for pupil in class_}
        lecturer.say({"poll": poll, "ask": name})
        await until(lambda: all(pupil.board.get("poll") == poll for pupil in class_))
        for n, pupil in enumerate(class_):
            pupil.say({"vote": {"question": "question-1", "round": 1, "choices": [n % 3]}})
            pupil.say({"mark": {"target": n % 3}})
            if n == 8:
                server.kill()  # some have voted, some are about to
        await asyncio.sleep(0.3)
        counted = {n: v for n, v in lecturer.board.items() if n.startswith("vote/")}
        server.start()
        with redis.Redis.from_url(server.url, decode_responses=True) as asked:
            kept = asked.hgetall(f"crossent:{{{code}}}:entries")
        votes = [f"vote/question-1/1/{seats[pupil]}" for pupil in class_]
        end = time.monotonic() + BACK
        while not lecturer.board.keys() >= set(votes):
            for n, pupil in enumerate(class_):  # as its page says again what the room has not
                pupil.say({"vote": {"question": "question-1", "round": 1, "choices": [n % 3]}})
            await asyncio.sleep(0.5)
            assert time.monotonic() < end
        await until(lambda: not any(one.lost for one in [lecturer, *class_]))
        site.process.terminate()  # in the middle of it all
        site.process.wait(10)
        for one in [lecturer, *class_]:
            one.end()
        await asyncio.gather(*lives)
        same = all(pupil.welcome["seat"] == seats[pupil] for pupil in class_)
        chosen = [lecturer.board[vote] == [n % 3] for n, vote in enumerate(votes)]
        return {n: json.loads(kept[n]) for n in counted} == counted, same, all(chosen)

    try:
        assert run(visit()) == (True, True, True)
    finally:
        site.stop()
        server.stop()
    says_nothing(site)


def test_a_server_that_is_told_to_end_says_nothing_and_does_not_wait(url, tmp_path):
    site = LightSite(tmp_path / "log", "--rooms", url)

    async def visit():
        lecturer = await peer_of(site.port)
        welcome = (await lecturer.ask({"open": "surprise"}))["welcome"]
        student = await peer_of(site.port)
        await student.ask({"join": {"code": welcome["code"], "ticket": None}})
        site.process.terminate()
        site.process.wait(10)
        for one in (lecturer, student):
            await one.ended()
            one.socket.close()

    run(visit())
    says_nothing(site)


def says_nothing(site: LightSite) -> None:
    """A server that has ended has left no complaint."""
    said = site.log.read_text()
    assert all(word not in said for word in ("Traceback", "destroyed", "Error:", "never")), said
