"""``crossent room``: one laptop in a lecture hall, and a room that phones can join at once."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import CrossentError, unknown
from ..figures import FIGURES
from ..internals import application_of
from ..pages.course import Course
from ..serve import begin, build_server, open_page
from ..serving.crowd import allow_files
from ..serving.hosts import EVERYWHERE, address_on_network
from .qr import qr_text
from .rooms import page_in
from .store import RoomError

OWN = "127.0.0.1"  # who opens the room, as its allowance counts


def lead_room(page: str | None, *, port: int, lessons: Any, open_browser: bool = True) -> None:
    """Serves with rooms to the whole network and opens one, until it is interrupted.

    Raises
    ------
    CrossentError
        If there is no such page, or the port is taken.
    """
    page = page_of(Course(lessons), page)
    allow_files()
    server = build_server(port=port, address=EVERYWHERE[0], rooms=True, lessons=lessons)
    rooms = application_of(server).rooms

    async def open_room() -> None:
        code, secret = await rooms.open(page, OWN)
        say_way(code, server.port)
        address = f"http://localhost:{server.port}/{page}?room={code}#lead={secret}"
        print(f"You lead it at {address} (Ctrl+C closes it)", flush=True)
        if open_browser:
            open_page(address)

    server.io_loop.add_callback(open_room)
    begin(server)


def page_of(course: Course, page: str | None) -> str:
    """The page that a room is to be on: the first of the course if none is named.

    Raises
    ------
    CrossentError
        With the nearest name that there is, if it is none that a room can be on.
    """
    pages = [*course.places(), *(f"figures/{name}" for name in FIGURES)]
    page = pages[0] if page is None else page
    try:
        page_in(course, page)
    except RoomError as error:
        raise CrossentError(unknown(page, pages, "there is no lesson or figure")) from error
    return page


def say_way(code: str, port: int) -> None:
    """Says how to join, with a picture for phones where a terminal shows it."""
    found = address_on_network()
    address = f"http://{found or 'localhost'}:{port}/join"
    if sys.stdout.isatty():
        print(qr_text(f"{address}?code={code}"))
    print(f"Join the room {code[:3]} {code[3:]} at {address}", flush=True)
    if not found:
        print("This machine is on no network: no phone can reach it.", flush=True)
