"""What the server leans on that Panel, Bokeh and Tornado do not promise."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bokeh
import panel
import tornado.routing
from panel.io.resources import DIST_DIR
from tornado.websocket import WebSocketProtocol13

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


def application_of(server: Any) -> Any:
    """The Tornado application of a Panel server."""
    return server._tornado


def connections_of(server: Any) -> Any:
    """The Tornado server that takes a Panel server's connections."""
    return server._http


def socket_context(application: Any) -> dict[str, Any]:
    """What Bokeh's socket handler is given for the one application there is."""
    return {"application_context": application._applications["/"], "bokeh_websocket_path": "/ws"}


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
        await self.handler.turn()
        await super()._receive_frame()


def paced(protocol: Any) -> PacedProtocol | None:
    """The same protocol, paced; None, for a version that Tornado does not speak, stays None."""
    return protocol and PacedProtocol(protocol.handler, protocol.mask_outgoing, protocol.params)


def cut(protocol: Any) -> None:
    """Ends a socket's connection at once."""
    protocol._abort()
