"""What a store promises; each there is is held to it. A new one is a line in STORES."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from crossent.rooms.memory import MemoryStore
from crossent.rooms.store import (
    CODE_LENGTH,
    LETTERS,
    MOST_LETTERS,
    MOST_SEATS,
    Purse,
    RoomError,
    Store,
    read_code,
)

STORES = ("memory", "redis")
ABOUT = {"page": "figures/prediction-bars"}
made: list[Store] = []  # to be stopped


@pytest.fixture(params=STORES)
def make(request: pytest.FixtureRequest) -> Callable[..., Store]:
    """Makes a store; its lifetime in seconds and how many rooms it may hold can be said."""
    kind: Callable[..., Store] = MemoryStore
    if request.param == "redis":
        from crossent.rooms.redis import RedisStore

        kind = partial(RedisStore, request.getfixturevalue("redis_server").emptied())

    def one(**options: Any) -> Store:
        made.append(kind(**options))
        return made[-1]

    return one


async def and_stop(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine brings, after which its stores hold nothing any more."""
    try:
        return await coroutine
    finally:
        while made:
            await made.pop().stop()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine in a loop of its own; this thread may have Playwright's."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(asyncio.run(and_stop(coroutine)))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


async def heard(told: list[Any], count: int) -> list[Any]:
    """What was told, once there is so much of it: a store may take a moment."""
    for _ in range(500):
        if len(told) >= count:
            break
        await asyncio.sleep(0.01)
    return told


def test_a_code_has_six_letters_without_look_alikes(make):
    async def visit():
        return [await make().open(ABOUT) for _ in range(20)]

    codes = run(visit())
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert len(code) == CODE_LENGTH
        assert set(code) <= set(LETTERS) - set("AEIOUQVL015")
        assert read_code(f" {code[:3].lower()} {code[3:]}") == code


def test_a_room_is_read_as_it_was_written(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        await store.publish(code, {"mode": "follow", "state/a": {"x": [1.5, -2], "y": "é"}})
        await store.publish(code, {"mode": None, "ask": True})
        none = await store.read("BBBBBB"), await store.about("BBBBBB")
        return await store.read(code), await store.about(code), none

    board, about, none = run(visit())
    assert board.about == about == ABOUT
    assert board.entries == {"state/a": {"x": [1.5, -2], "y": "é"}, "ask": True}
    assert none == (None, None)


def test_what_is_read_can_be_changed_without_harm(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        (await store.read(code)).entries["mode"] = "pause"
        return await store.read(code)

    assert run(visit()).entries == {}


def test_all_who_hear_are_told_in_one_order_and_by_whom(make):
    async def visit():
        store = make()
        code, other = await store.open(ABOUT), await store.open(ABOUT)
        one: list[Any] = []
        two: list[Any] = []
        end = await store.subscribe(code, lambda *told: one.append(told))
        await store.subscribe(code, lambda *told: two.append(told))
        await store.publish(other, {"n": -1}, "me")
        for n in range(50):
            await store.publish(code, {"n": n}, f"by {n}")
        await heard(one, 50), await heard(two, 50)
        await end()
        await store.publish(code, {"n": 50})
        await heard(two, 51)
        return one, two

    one, two = run(visit())
    assert one == [({"n": n}, f"by {n}") for n in range(50)]
    assert two == [*one, ({"n": 50}, "")]


def test_who_publishes_has_been_heard_when_it_goes_on(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        counts = []
        for n in range(20):
            await store.publish(code, {"n": n})
            counts.append(len(told))
        return counts

    assert run(visit()) == list(range(1, 21))


def test_what_is_there_stays_where_it_shall(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        await store.publish(code, {"a": 1, "b": 1}, keep=["a"])
        await store.publish(code, {"a": 2, "b": 2}, keep=["a"])
        await store.publish(code, {"a": 3}, keep=["a"])
        await store.publish(code, {"a": None, "b": 3}, keep=["b"])
        return told, (await store.read(code)).entries

    told, entries = run(visit())
    assert told == [{"a": 1, "b": 1}, {"b": 2}, {"a": None}]
    assert entries == {"b": 2}


def test_a_seat_is_its_ticket_s_for_good(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        seats = [await store.join(code, f"ticket {n}") for n in range(5)]
        await store.leave(code, seats[1])
        return seats, await store.join(code, "ticket 1"), await store.join(code, "ticket 5")

    assert run(visit()) == ([0, 1, 2, 3, 4], 1, 5)


def test_it_is_told_how_many_are_here(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        await store.join(code, "a")
        await store.join(code, "b")
        await store.join(code, "b")  # a second page of the same phone
        await store.leave(code, 1)
        await store.leave(code, 1)
        await store.leave(code, 1)  # once too often
        await store.join(code, "a")
        await store.leave(code, 0)
        await heard(told, 7)
        return [entries["here"] for entries in told], (await store.read(code)).entries

    counts, entries = run(visit())
    assert counts[:5] == [1, 2, 2, 2, 1]
    assert set(counts[5:]) == {1}
    assert entries == {"here": 1}


def test_a_full_room_gives_the_seats_of_those_who_left(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        for n in range(MOST_SEATS):
            await store.join(code, f"ticket {n}")
        with pytest.raises(RoomError) as full:
            await store.join(code, "late")
        await store.leave(code, 7)
        return full.value.reason, await store.join(code, "late")

    assert run(visit()) == ("full", 7)


def test_a_closed_room_is_gone_and_all_who_hear_are_told(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        await store.close(code)
        await store.close(code)
        await heard(told, 1)
        with pytest.raises(RoomError) as published:
            await store.publish(code, {"mode": "follow"})
        with pytest.raises(RoomError) as joined:
            await store.join(code, "a")
        await store.leave(code, 0)
        return told, await store.read(code), published.value.reason, joined.value.reason

    assert run(visit()) == ([None], None, "none", "none")


def test_a_room_ends_when_its_time_is_up(make):
    async def visit():
        store = make(lifetime=0.2)
        code = await store.open(ABOUT)
        there = await store.read(code)
        told: list[Any] = []
        await store.subscribe(code, lambda entries, by: told.append(entries))
        await asyncio.sleep(0.3)
        await store.expire()
        await heard(told, 1)
        return there, told, await store.read(code)

    there, told, gone = run(visit())
    assert there is not None
    assert (told, gone) == ([None], None)


def test_there_are_so_many_rooms_at_most(make):
    async def visit():
        store = make(most_rooms=3)
        codes = [await store.open(ABOUT) for _ in range(3)]
        with pytest.raises(RoomError) as refused:
            await store.open(ABOUT)
        await store.close(codes[0])
        await store.open(ABOUT)
        return refused.value.reason

    assert run(visit()) == "rooms"


def test_a_room_holds_so_much_at_most_and_keeps_what_it_has(make):
    async def visit():
        store = make()
        code = await store.open(ABOUT)
        half = "x" * (MOST_LETTERS // 2)
        await store.publish(code, {"one": half})
        with pytest.raises(RoomError) as refused:
            await store.publish(code, {"small": 1, "two": half})
        await store.publish(code, {"one": "y" * len(half)})  # in its place
        await store.publish(code, {"one": None, "two": half})
        return refused.value.reason, sorted((await store.read(code)).entries)

    assert run(visit()) == ("size", ["two"])


def test_a_purse_gives_what_it_holds_and_then_as_fast_as_it_fills(make):
    async def visit():
        store = make()
        own, other = Purse("own", 10.0, 5.0), Purse("other", 10.0, 5.0)
        given = 0
        while await store.affords(own):
            await store.spend(own)
            given += 1
        together = await store.affords(other, own)
        left = await store.affords(other)
        await asyncio.sleep(0.25)
        return given, together, left, await store.affords(own)

    given, together, left, again = run(visit())
    assert 5 <= given <= 20  # it fills meanwhile
    assert (together, left, again) == (False, True, True)


def test_a_purse_s_debt_is_what_it_holds_at_most(make):
    async def visit():
        store = make()
        purse = Purse("own", 10.0, 5.0)
        for _ in range(200):
            await store.spend(purse)
        await asyncio.sleep(0.6)
        return await store.affords(purse)

    assert run(visit())
