"""What we use of the insides of Panel, Bokeh and Tornado is there; else one sentence says so."""

import asyncio
import signal
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import panel as pn
import pytest
from panel.io.server import WSHandler
from panel.models.esm import DataEvent, ESMEvent
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.websocket import WebSocketProtocol13, _WebSocketParams

from crossent import internals
from crossent.internals import USES, Use, moved, text_frame


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Any]]:
    """The parts of a server of Panel's, as serve.py takes them."""
    pages = {"/": lambda: pn.pane.Str("")}
    interrupted = signal.getsignal(signal.SIGINT)  # Panel's server takes it over
    loop = asyncio.new_event_loop()  # from Python 3.12 on there is none by itself
    asyncio.set_event_loop(loop)
    server = pn.io.server.get_server(pages, port=0, address="127.0.0.1")
    application = internals.application_of(server)
    yield {"server": server, "application": application, "socket": socket_of(application)}
    server.stop()
    signal.signal(signal.SIGINT, interrupted)
    asyncio.set_event_loop(None)
    loop.close()


def socket_of(application: Any) -> WSHandler:
    """A page's end of the server, before anything was said."""
    connection = SimpleNamespace(set_close_callback=lambda callback: None)
    line = RequestStartLine("GET", "/ws", "HTTP/1.1")
    request = HTTPServerRequest(
        start_line=line, headers=HTTPHeaders({"Host": "localhost"}), connection=connection
    )
    return WSHandler(application, request, **internals.socket_context(application))


def name_of(use: Use) -> str:
    return f"{use.owner}.{use.name}"


@pytest.mark.parametrize("use", USES, ids=name_of)
def test_it_is_where_it_was(use, running):
    assert moved(use, running) is None


def places_of(use: Use, running: dict[str, Any]) -> list[Any]:
    """Every object that gives the owner a thing of this name: itself, its classes."""
    module, _, kind = use.owner.partition(":")
    owner = running[module] if module in running else import_module(module)
    owner = getattr(owner, kind) if kind else owner
    classes = owner.__mro__ if isinstance(owner, type) else (owner, *type(owner).__mro__)
    return [place for place in classes if use.name in vars(place)]


@pytest.mark.parametrize("use", USES, ids=name_of)
def test_a_canary_says_in_one_sentence_what_was_renamed(use, running, monkeypatch):
    for place in places_of(use, running):
        monkeypatch.setattr(place, f"{use.name}_renamed", getattr(place, use.name), raising=False)
        monkeypatch.delattr(place, use.name)
    sentence = moved(use, running)
    assert sentence is not None
    assert use.name in sentence
    assert use.purpose in sentence
    assert "\n" not in sentence


def test_a_module_that_is_gone_is_said():
    sentence = moved(Use("panel.io.nowhere", "thing", "nothing is done"), {})
    assert sentence.startswith("panel.io.nowhere is gone from bokeh ")


@pytest.mark.parametrize("name", [internals.bokeh_script(), *internals.SOCKET_SCRIPTS])
def test_the_libraries_scripts_are_where_they_were(name):
    assert internals.library_file(name).is_file()


def test_a_page_and_its_component_tell_each_other_things_under_the_names_that_frames_have():
    assert DataEvent.event_name == "data_event"
    assert ESMEvent.event_name == "esm_event"


def test_a_link_asks_no_one_for_style_sheets():
    class Silent(internals.Unseen):
        _esm = "export function render() {}"

    assert Silent()._process_param_change({"stylesheets": ["a.css"]}) == {"stylesheets": []}


def test_the_application_of_a_server_has_the_routers_that_are_replaced(running):
    application = running["application"]
    assert application.wildcard_router.rules
    assert application.default_router.rules
    assert "/" in application._applications


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_text_is_framed_as_tornado_frames_it(size: int) -> None:
    written: list[bytes] = []
    protocol = WebSocketProtocol13(None, False, _WebSocketParams())  # type: ignore[arg-type]
    protocol.stream = SimpleNamespace(write=written.append)  # type: ignore[assignment]
    protocol._write_frame(True, 1, b"x" * size)
    assert written == [text_frame("x" * size)]
