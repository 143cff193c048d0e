"""What we lean on that Panel, Bokeh and Tornado do not promise.

`USES` names each such thing and what it is for. A canary of tests/test_internals.py looks for every
one: where an upgrade has moved it, the canary says so in one sentence, and it is put right here.
"""

from __future__ import annotations

import asyncio
import struct
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import bokeh
import panel
import tornado.netutil
import tornado.routing
from bokeh.core.has_props import Local, NonQualified
from bokeh.core.property.vectorization import Field
from panel.custom import JSComponent
from panel.io.resources import DIST_DIR
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13

# What a page needs for its socket, in order: ReactiveESM is a model of Panel's, whose script asks
# for Bokeh's widgets and tables, and runs a component's module through es-module-shims.
SOCKET_SCRIPTS = (
    "bokeh-widgets.min.js",
    "bokeh-tables.min.js",
    "panel.min.js",
    "es-module-shims.min.js",
)
_SHIMS = "bundled/reactiveesm/es-module-shims@^1.10.0/dist/es-module-shims.min.js"


def bokeh_script() -> str:
    """The script that draws."""
    return "bokeh.min.js"


def library_file(name: str) -> Path:
    """Where a library's script lies that a page of ours may load; another name is a KeyError."""
    bokeh_folder = Path(bokeh.__file__).parent / "server" / "static" / "js"
    return {
        bokeh_script(): bokeh_folder / bokeh_script(),
        "bokeh-widgets.min.js": bokeh_folder / "bokeh-widgets.min.js",
        "bokeh-tables.min.js": bokeh_folder / "bokeh-tables.min.js",
        "es-module-shims.min.js": Path(DIST_DIR) / _SHIMS,
        "panel.min.js": Path(DIST_DIR) / "panel.min.js",
    }[name]


def versions() -> str:
    """The libraries' versions, which their scripts change with."""
    return f"bokeh {bokeh.__version__} panel {panel.__version__}"


class NamedAsBokehs(Local, NonQualified):
    """A model of ours that pages take for Bokeh's own of its name, and Bokeh for no second one."""


def application_of(server: Any) -> Any:
    """The Tornado application of a Panel server."""
    return server._tornado


def connections_of(server: Any) -> Any:
    """The Tornado server that takes a Panel server's connections."""
    return server._http


def socket_context(application: Any) -> dict[str, Any]:
    """What Bokeh's socket handler is given for the one application there is."""
    return {"application_context": application._applications["/"], "bokeh_websocket_path": "/ws"}


def end_one_by_one(application: Any) -> None:
    """Has an application hear others between two sessions that it forgets: a class ends at once."""
    for context in application._applications.values():
        context._discard_session = in_turn(context._discard_session)


def in_turn(discard: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Bokeh's way to forget a session, after whatever waits."""

    async def later(session: Any, is_over: Callable[[Any], bool]) -> None:
        await asyncio.sleep(0)
        if is_over(session):
            await discard(session, is_over)

    return later


def blank_request() -> Any:
    """A request that says nothing, for a session: Panel takes themes, users and more from one."""
    return SimpleNamespace(arguments={}, cookies={}, headers={}, path="/", app_path="/")


def answer_only(application: Any, doors: list[Any], first: tornado.routing.Rule) -> None:
    """Has an application look at one rule first, then at these routes, and at no other."""
    application.wildcard_router.rules.clear()
    application.wildcard_router.named_rules.clear()
    application.wildcard_router.add_rules(doors)
    application.default_router.rules.insert(0, first)


class PacedProtocol(WebSocketProtocol13):
    """A WebSocket whose handler says when the next frame may be read, of whatever kind it is."""

    async def _receive_frame(self) -> None:
        await self.handler.turn()  # type: ignore[attr-defined]
        await super()._receive_frame()


def paced(protocol: Any) -> PacedProtocol | None:
    """The same protocol, paced; None, for a version that Tornado does not speak, stays None."""
    return protocol and PacedProtocol(protocol.handler, protocol.mask_outgoing, protocol.params)


TEXT = 0x81  # the first byte of a frame that is a whole text


def text_frame(text: str) -> bytes:
    """A text as a frame of a WebSocket (RFC 6455), made once for all to whom it is sent."""
    data = text.encode()
    if len(data) < 126:
        return struct.pack("!BB", TEXT, len(data)) + data
    if len(data) < 1 << 16:
        return struct.pack("!BBH", TEXT, 126, len(data)) + data
    return struct.pack("!BBQ", TEXT, 127, len(data)) + data


def write_frame(handler: WebSocketHandler, frame: bytes) -> Future[None]:
    """Writes a frame as it is; what the network takes at once is done when this returns.

    `write_message` makes frame and task anew for each of a hall's phones.

    Raises
    ------
    WebSocketClosedError
        If nobody is there any more.
    """
    protocol = handler.ws_connection
    if not isinstance(protocol, WebSocketProtocol13) or protocol.is_closing():
        raise WebSocketClosedError
    try:
        return protocol.stream.write(frame)
    except StreamClosedError:
        raise WebSocketClosedError from None


def accept_few(most: int) -> None:
    """Has servers of this process take so many new connections at once at most."""
    tornado.netutil._DEFAULT_BACKLOG = most


def stream_of(request: Any) -> Any:
    """The stream that a request came by; None if it is gone."""
    return request.connection.stream


def cut(protocol: Any) -> None:
    """Ends a socket's connection at once."""
    protocol._abort()


def field_of(value: Any) -> str | None:
    """The column that a glyph's property asks for, if it asks for one."""
    return str(value.field) if isinstance(value, Field) else None


def has_extension() -> bool:
    """Whether a notebook's output has Panel's scripts."""
    return bool(panel.extension._loaded)


class Messenger(JSComponent):
    """A component whose page and Python tell each other things: `send`, and `received`."""

    __abstract = True

    def send(self, message: dict[str, Any]) -> None:
        """Tells the page something."""
        self._send_msg(message)

    def received(self, message: Any) -> None:
        """What the page tells; it may be anything at all."""

    def _handle_msg(self, data: Any) -> None:
        self.received(data)


class Unseen(Messenger):
    """One that draws nothing: it has no style sheets, which Panel would ask its CDN for."""

    __abstract = True

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        properties: dict[str, Any] = super()._process_param_change(params)
        return properties | {"stylesheets": []} if "stylesheets" in properties else properties


# -- canaries ------------------------------------------------------------------------------------


class Use(NamedTuple):
    """A thing that no one promises: whose it is, its name, and what we use it for.

    The owner is a module, a class as ``module:Class``, or a part of a running server by its name.
    """

    owner: str
    name: str
    purpose: str


USES = (
    Use("panel.custom:JSComponent", "_send_msg", "a link tells its page something"),
    Use("panel.custom:JSComponent", "_handle_msg", "a page tells its figure something"),
    Use("panel.custom:JSComponent", "_process_param_change", "a link has no style sheets"),
    Use("panel:extension", "_loaded", "a notebook is given Panel's scripts once"),
    Use("panel.io.resources", "DIST_DIR", "Panel's scripts are served from our own address"),
    Use("panel.models.esm:DataEvent", "event_name", "a page's frames are read"),
    Use("panel.models.esm:ESMEvent", "event_name", "the frames for a page are written"),
    Use("panel.io.server", "WSHandler", "our socket stands where Panel has its own"),
    Use("panel.io.server", "get_server", "Panel makes the server"),
    Use("bokeh.server.views.ws:WSHandler", "send_message", "a session's document is sent"),
    Use("bokeh.server.session:ServerSession", "request_expiration", "a session goes with its page"),
    Use("bokeh.protocol:Protocol", "create", "Bokeh's messages are made"),
    Use("bokeh.core.has_props", "Local", "our plots are no second model of their name"),
    Use("bokeh.core.has_props", "NonQualified", "a page takes our plots for Bokeh's own"),
    Use("bokeh.core.property.vectorization", "Field", "a plot's columns are checked"),
    Use("bokeh.server.contexts:ApplicationContext", "create_session_if_needed", "sessions begin"),
    Use("bokeh.server.contexts:ApplicationContext", "get_session", "sessions have ended"),
    Use("bokeh.server.contexts:ApplicationContext", "_discard_session", "sessions end one by one"),
    Use("bokeh.util.token", "generate_jwt_token", "tickets to sessions are written"),
    Use("bokeh.util.token", "check_token_signature", "tickets to sessions are trusted"),
    Use("bokeh.util.token", "get_token_payload", "tickets to sessions are read"),
    Use("tornado.websocket:WebSocketProtocol13", "_receive_frame", "frames are read in turn"),
    Use("tornado.websocket:WebSocketProtocol13", "_abort", "a refused socket is cut"),
    Use("tornado.websocket:WebSocketProtocol13", "is_closing", "a frame goes to who is there"),
    Use("tornado.http1connection:HTTP1Connection", "detach", "a connection has its stream"),
    Use("tornado.netutil", "_DEFAULT_BACKLOG", "few connections are taken between two messages"),
    Use("tornado.iostream:IOStream", "read_from_fd", "what comes before a request is counted"),
    Use("tornado.iostream:IOStream", "close_fd", "connections are counted"),
    Use("socket", "write_lock", "an answer's frames go out together"),
    Use("socket", "ws_connection", "a refused socket is cut"),
    Use("socket", "get_websocket_protocol", "frames are read in turn"),
    Use("server", "_tornado", "the application behind a server"),
    Use("server", "_http", "the connections of a server"),
    Use("application", "_applications", "the context that sessions are made in"),
    Use("application", "wildcard_router", "only our own routes are open"),
    Use("application", "default_router", "hosts are looked at first"),
    Use("application", "new_connection", "a socket becomes a session's connection"),
)


def moved(use: Use, running: Mapping[str, Any]) -> str | None:
    """A sentence if a thing is no longer where it was; `running` are the parts of a server."""
    module, _, kind = use.owner.partition(":")
    try:
        owner = running[module] if module in running else import_module(module)
        owner = getattr(owner, kind) if kind else owner
    except (ImportError, AttributeError):
        return f"{use.owner} is gone from {versions()}: {use.purpose} by its {use.name}"
    if hasattr(owner, use.name):
        return None
    return f"{use.owner} has no {use.name} in {versions()}: {use.purpose} by it"
