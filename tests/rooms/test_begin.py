"""``crossent room``: what it says, and the room that it opens."""

import re

import pytest
from tests.rooms.conftest import LightSite
from tests.rooms.test_socket import peer_of
from tests.rooms.test_stores import run

from crossent.__main__ import main
from crossent.errors import CrossentError
from crossent.pages.course import Course
from crossent.rooms.begin import page_of, say_way


def test_a_room_is_on_the_page_that_is_named_or_on_the_first_lesson():
    course = Course()
    assert page_of(course, "language-model") == "language-model"
    assert page_of(course, "figures/bce-curves") == "figures/bce-curves"
    assert page_of(course, None) == "surprise"


@pytest.mark.parametrize(
    ("page", "meant"),
    [("supprise", "surprise"), ("figures/bce-curve", "figures/bce-curves"), ("bce-curves", "")],
)
def test_a_page_that_there_is_not_is_one_sentence(capsys, page, meant):
    assert main(["room", page, "--no-open"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"crossent: there is no lesson or figure '{page}'")
    assert meant in said
    assert said.count("\n") == 1
    with pytest.raises(CrossentError):
        page_of(Course(), page)


def test_a_machine_without_a_network_says_so(capsys, monkeypatch):
    monkeypatch.setattr("crossent.rooms.begin.address_on_network", lambda: None)
    say_way("BCDFGH", 5006)
    assert capsys.readouterr().out.splitlines() == [
        "Join the room BCD FGH at http://localhost:5006/join",
        "This machine is on no network: no phone can reach it.",
    ]


class TerminalSite(LightSite):
    """A room that a terminal opens."""

    command = ("room", "figures/bce-curves")


def test_the_room_that_a_terminal_opens_is_led_and_joined_as_it_says(tmp_path):
    site = TerminalSite(tmp_path / "log")

    async def visit():
        said = site.log.read_text()
        code = re.search(r"Join the room (\w{3} \w{3}) at http://[^/]+/join", said)[1]
        begin = rf"You lead it at http://localhost:{site.port}/figures/bce-curves"
        led = re.search(rf"{begin}\?room=(\w+)#lead=(\S+)", said)
        lecturer, student = await peer_of(site.port), await peer_of(site.port)
        leads = await lecturer.ask({"lead": {"code": led[1], "secret": led[2]}})
        joins = await student.ask({"join": {"code": code, "ticket": None}})
        for one in (lecturer, student):
            one.socket.close()
            await one.ended()
        return leads["welcome"]["role"], joins["welcome"]["role"]

    try:
        assert run(visit()) == ("lecturer", "student")
    finally:
        site.stop()
