"""The process beside the server has many who ask: nobody waits for another's queue."""

import asyncio
from typing import Any

import pytest

from crossent.serving.helper import Asker, Helper, HelperError


class Slow(Helper):
    """One whose jobs take a moment, and which says in what order they were done."""

    def __init__(self, most_waiting: int = 256) -> None:
        super().__init__(most_waiting)
        self.done: list[str] = []

    async def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0.002)
        self.done.append(job["torch"])
        if job["torch"] == "broken":
            raise OSError
        return {"result": job["torch"]}


def asked(helper: Helper, who: str, count: int, session: str = "") -> list[asyncio.Task[Any]]:
    """So many jobs of an address, asked for now."""
    asker = Asker(who, session or who)
    return [asyncio.create_task(helper.ask({"torch": session or who}, asker)) for _ in range(count)]


def test_64_jobs_of_one_visitor_keep_another_waiting_for_one(aside):
    async def play() -> list[str]:
        helper = Slow()
        greedy = asked(helper, "greedy", 64)
        await asyncio.sleep(0)
        await asyncio.gather(*greedy, *asked(helper, "modest", 1))
        return helper.done

    done = aside(play())
    assert len(done) == 65
    assert done.index("modest") <= 1


def test_behind_one_address_sessions_take_turns(aside):
    """A classroom's network has one address for all."""

    async def play() -> list[str]:
        helper = Slow()
        greedy = asked(helper, "school", 30, "greedy")
        await asyncio.sleep(0)
        await asyncio.gather(*greedy, *asked(helper, "school", 2, "modest"))
        return helper.done

    assert aside(play())[:4].count("modest") == 2


def test_a_class_that_asks_at_once_is_answered_and_a_flood_is_cut_off(aside):
    async def play() -> tuple[list[Any], list[Any]]:
        helper = Slow(250)
        pupils = [asked(helper, "school", 1, f"pupil {i}")[0] for i in range(200)]
        await asyncio.sleep(0)
        flood = asked(helper, "school", 100, "greedy")
        return await asyncio.gather(*pupils), await asyncio.gather(*flood, return_exceptions=True)

    pupils, flood = aside(play())
    assert sorted(pupils) == sorted(f"pupil {i}" for i in range(200))
    assert sum(isinstance(one, HelperError) for one in flood) == 50


def test_a_job_that_fails_or_is_given_up_is_its_own_askers_alone(aside):
    async def play() -> list[Any]:
        helper = Slow()
        first, *_ = jobs = [
            *asked(helper, "one", 1),
            *asked(helper, "two", 1, "broken"),
            *asked(helper, "three", 2),
            *asked(helper, "four", 1),
        ]
        await asyncio.sleep(0)
        first.cancel()  # is at work
        jobs[2].cancel()  # waits
        return await asyncio.gather(*jobs, return_exceptions=True)

    one, two, left, three, four = aside(play())
    assert isinstance(one, asyncio.CancelledError)
    assert isinstance(two, HelperError)
    assert isinstance(left, asyncio.CancelledError)
    assert (three, four) == ("three", "four")


def test_who_is_given_up_when_called_passes_the_turn_on(aside):
    async def play() -> str:
        helper = Slow()
        first, second, third = (asked(helper, who, 1)[0] for who in ("one", "two", "three"))
        await first
        second.cancel()
        return await asyncio.wait_for(third, 5)

    assert aside(play()) == "three"


@pytest.mark.parametrize("most", [0, 1])
def test_so_many_wait_at_most(aside, most):
    async def play() -> list[Any]:
        return await asyncio.gather(*asked(Slow(most), "one", 3), return_exceptions=True)

    assert sum(isinstance(one, HelperError) for one in aside(play())) == 3 - most
