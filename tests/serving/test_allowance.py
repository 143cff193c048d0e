"""Shares of the processor: a flood waits for itself, and what all may use together is bounded."""

import asyncio
import itertools
import time
from functools import partial

import pytest

from crossent.serving import allowance
from crossent.serving.allowance import (
    LONGEST_LINE,
    MESSAGES_SHARE,
    Allowances,
    Busy,
    Floor,
    SocketAllowance,
    Turns,
)
from crossent.serving.doors import Door
from crossent.serving.pages import Page
from crossent.serving.sessions import MOST_OF_ONE_ADDRESS
from crossent.serving.sockets import BEGINNING


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    ours = Clock()
    monkeypatch.setattr(allowance, "time", ours)
    return ours


@pytest.mark.parametrize("count", [1, 4, 26, 60, 256])
def test_sockets_that_are_all_greedy_get_the_messages_share_at_most(clock, count):
    busy = Busy()
    sockets = [SocketAllowance(Allowances(0.2, 0.5).of("one"), busy) for _ in range(count)]
    for socket in sockets:
        socket.use(10.0)  # far in debt, with all that it and its address had saved
    before = [socket.own.left for socket in sockets]
    used = 0.0
    for _ in range(50):
        clock.now += 0.1
        for socket in sockets:
            socket.own.share = busy.share()
            socket.own.wait()
            busy.note(socket)
    used = sum(socket.own.left for socket in sockets) - sum(before)
    assert used <= 5.0 * MESSAGES_SHARE * 1.05


def test_a_socket_that_rests_counts_no_longer(clock):
    busy = Busy()
    sockets = [SocketAllowance(Allowances(0.2, 0.5).of("one"), busy) for _ in range(100)]
    for socket in sockets:
        socket.use(0.001)
    assert busy.share() == MESSAGES_SHARE / 100
    clock.now += 2 * allowance.BUSY
    assert busy.share() == allowance.SOCKET_SHARE


def test_a_page_that_made_what_all_pages_share_keeps_nobody_waiting_as_long(clock):
    """A new server's first page may take many seconds; that is no flood."""
    turns = Turns()
    turns.settle("one", 0.008, 6.0, 17.0)
    assert turns.pages.wait() <= 0.5
    assert turns.requests.of("one").wait() == 0.0
    for _ in range(40):  # a flood of the dearest still has to wait
        turns.settle("one", 0.008, 6.0, 17.0)
    assert turns.requests.of("one").wait() > allowance.LONGEST_LINE


def test_pages_asked_for_at_once_leave_the_loop_to_others_between_them(aside):
    """Whatever a page takes by the clock, another's turn comes after every one of them."""

    async def play() -> list[str]:
        turns, seen = Turns(), []

        async def page() -> None:
            await turns.take("one", 0.001)
            time.sleep(0.002)
            seen.append("page")
            turns.settle("one", 0.001, 0.002, 0.002)

        async def other() -> None:
            while seen.count("page") < 40:
                seen.append("other")
                await asyncio.sleep(0)

        await asyncio.gather(other(), *(page() for _ in range(40)))
        return seen

    seen = aside(play())
    pairs = list(itertools.pairwise(seen))
    assert ("page", "page") not in pairs


def test_after_an_answer_that_took_long_no_other_is_begun_for_as_long(aside):
    """A message comes in several rounds of the loop: it would wait for one such answer in each."""

    async def play() -> list[tuple[float, float]]:
        turns, spans = Turns(), []

        async def opening(address: str) -> None:
            await turns.take(address, BEGINNING)
            start = time.monotonic()
            time.sleep(0.01)
            spans.append((start, time.monotonic()))
            turns.settle(address, BEGINNING, 0.01, time.monotonic() - start)

        await asyncio.gather(*(opening(f"visitor {i}") for i in range(8)))
        return spans

    spans = aside(play())
    for (began, ended), (next_began, _) in itertools.pairwise(spans):
        assert next_began - ended >= 0.9 * (ended - began)


def test_a_class_opens_its_sessions_within_half_a_minute(clock):
    """Each takes its time and is followed by as long a rest."""
    turns = Turns()
    for _ in range(200):
        clock.now = max(clock.now, turns.rest)
        clock.now += 2 * BEGINNING  # on a machine that is slower than ours
        turns.settle("one", BEGINNING, BEGINNING, 2 * BEGINNING)
    assert clock.now - 100.0 < 15


def test_who_floods_stands_behind_whoever_asks_for_little(aside):
    async def play() -> list[str]:
        turns, seen = Turns(), []

        async def page(address: str) -> None:
            await turns.take(address, 0.001)
            seen.append(address)

        flood = [asyncio.create_task(page("flooding")) for _ in range(40)]
        await asyncio.sleep(0)
        await asyncio.gather(page("other"), *flood)
        return seen

    assert aside(play()).index("other") <= 2


def test_who_asks_for_little_does_not_wait_for_what_a_flood_owes(aside):
    async def play() -> float:
        turns = Turns()
        for _ in range(12):  # dear pages, so that all pages are in debt, and their address too
            turns.settle("flooding", 0.0, 0.25, 0.25)
        flood = [asyncio.create_task(turns.take("flooding", 0.001)) for _ in range(5)]
        await asyncio.sleep(0.05)
        start = time.monotonic()
        assert await turns.take("other", 0.001)
        took = time.monotonic() - start
        for task in flood:
            task.cancel()
        return took

    assert aside(play()) < 0.5  # the debt is of six seconds


def test_a_request_that_is_cancelled_while_it_waits_keeps_no_other_from_its_turn(aside):
    async def play() -> bool:
        turns = Turns()
        first, second = (asyncio.create_task(turns.take("one", 0.001)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.wait_for(second, 5)

    assert aside(play())


@pytest.mark.parametrize("line", ["pages and files", "sockets"])
def test_two_hundred_students_behind_one_address_all_get_in(clock, line):
    """A classroom's network has one address for all: a page, then a lesson, each with its files."""
    cost = BEGINNING if line == "sockets" else Page.cost + 12 * Door.cost
    turns = Turns()
    for _ in range(2 * 200):
        wait = turns.requests.of("one").wait()
        assert wait <= LONGEST_LINE
        turns.requests.of("one").use(cost)
    assert MOST_OF_ONE_ADDRESS >= 200


def sockets(address: str, count: int, used: float, busy: Busy, addresses: Allowances) -> list:
    """So many sockets of an address, each of which has used something just now."""
    found = [SocketAllowance(addresses.of(address), busy) for _ in range(count)]
    for socket in found:
        socket.use(used)
    return found


@pytest.mark.parametrize("address", ["another", "the same"])
def test_of_messages_that_wait_that_of_whoever_used_least_is_next(aside, address):
    """Forty sockets have all that they saved; who drags waits for one of them at most."""

    async def play() -> list[str]:
        busy, addresses, floor = Busy(), Allowances(0.2, 0.5), Floor()
        greedy = sockets("the same", 40, 0.05, busy, addresses)
        (modest,) = sockets(address, 1, 0.001, busy, addresses)
        order: list[str] = []
        asked = [(socket, "greedy") for socket in greedy] + [(modest, "modest")]
        await asyncio.gather(*(floor.do(s, partial(order.append, name)) for s, name in asked))
        return order

    order = aside(play())
    assert order.index("modest") == 1  # the first to come had begun
    assert len(order) == 41


def test_between_two_messages_whoever_has_come_is_read(aside):
    async def play() -> list[str]:
        busy, floor, order = Busy(), Floor(), []
        waiting = sockets("one", 5, 0.0, busy, Allowances(0.2, 0.5))
        tasks = [
            asyncio.create_task(floor.do(s, partial(order.append, "message"))) for s in waiting
        ]

        async def read() -> None:
            for _ in range(6):
                order.append("read")
                await asyncio.sleep(0)

        await asyncio.gather(read(), *tasks)
        return order

    assert "message message" not in " ".join(aside(play()))


def test_a_message_that_fails_or_is_given_up_is_its_own_sockets_alone(aside):
    async def play() -> list[object]:
        busy, floor = Busy(), Floor()
        first, failing, left, last = sockets("one", 4, 0.0, busy, Allowances(0.2, 0.5))
        works = [(first, int), (failing, partial(int, "x")), (left, int), (last, lambda: 7)]
        tasks = [asyncio.create_task(floor.do(socket, work)) for socket, work in works]
        await asyncio.sleep(0)
        tasks[2].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, failing, left, last = aside(play())
    assert (first, last) == (0, 7)
    assert isinstance(failing, ValueError)
    assert isinstance(left, asyncio.CancelledError)
