"""The doors to files: assets, the libraries' scripts, generated scripts, a built site."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import tornado.web

from ..figures import FIGURES
from ..i18n import marked as _
from . import doors
from .assets import Programs, Text, generated_assets, library
from .helper import HelperError
from .packing import accepts_gzip

FOR_GOOD = "public, max-age=31536000, immutable"
NOT_READY = _("The figures' programs are not ready; try again in a few seconds.")


class Files(doors.Door, tornado.web.StaticFileHandler):
    """Files of a folder."""

    def head(self, path: str) -> Any:
        return self.get(path, include_body=False)


class Assets(Files):
    """Files below assets/, kept by the browser: their address changes when they do."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", FOR_GOOD)


class Icon(Assets):
    """The icon that browsers ask for where no page names one."""

    cost = 2e-4

    @classmethod
    def get_absolute_path(cls, root: str, path: str) -> str:
        return root

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        return absolute_path

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "public, max-age=86400")


class Texts(doors.Door):
    """What sends texts that are kept, compressed if the far end can read it so."""

    text: Text | None = None

    def send(self, text: Text) -> None:
        """Sends a text."""
        self.text = text
        self.set_header("Content-Type", f"{text.kind}; charset=utf-8")
        self.set_header("Vary", "Accept-Encoding")
        if accepts_gzip(self.request):
            self.set_header("Content-Encoding", "gzip")
            self.finish(text.packed)
        else:
            self.finish(text.plain)

    def compute_etag(self) -> str | None:
        """The text's tag, made once: Tornado would sum what is sent each time."""
        return None if self.text is None else self.text.tag


class GeneratedAssets(Texts):
    """The style sheet and the scripts that are put together from several files."""

    def get(self, name: str) -> Any:
        self.send_for_good(generated_assets()[name])

    def send_for_good(self, text: Text) -> None:
        """Sends a text whose address changes when it does."""
        self.set_header("Cache-Control", FOR_GOOD)
        self.send(text)


class Libraries(GeneratedAssets):
    """Those of Bokeh's and Panel's scripts that our pages load, by name."""

    async def get(self, name: str) -> None:
        try:
            text = await asyncio.to_thread(library, name)  # a megabyte is compressed, once
        except KeyError:
            raise tornado.web.HTTPError(404) from None
        self.send_for_good(text)


class ProgramFiles(GeneratedAssets):
    """What another process makes of figures: their traced functions, or samples of them."""

    def initialize(self, programs: Programs, kind: str) -> None:
        self.programs, self.kind = programs, kind

    async def get(self, name: str) -> None:
        if name not in FIGURES:
            raise tornado.web.HTTPError(404)
        try:
            text = await self.programs.text(self.kind, name)
        except HelperError:
            self.say(503, NOT_READY)
            return
        self.send_for_good(text)


class BuiltSite(Files):
    """Files of a built site, compressed where that is made, at the served pages' addresses too.

    What begins with a dot is the build's own, as its list of files, or another way to a file.
    """

    def initialize(self, path: str, packed: str) -> None:  # type: ignore[override]
        super().initialize(path, "index.html")
        self.packed = Path(packed)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        found = super().validate_absolute_path(root, absolute_path)
        if found is None:
            return None
        twin = self.packed / Path(found).relative_to(os.path.abspath(root))
        self.set_header("Vary", "Accept-Encoding")
        if not accepts_gzip(self.request) or not twin.is_file():
            return found
        self.set_header("Content-Encoding", "gzip")
        return super().validate_absolute_path(str(self.packed), str(twin))

    def parse_url_path(self, url_path: str) -> str:
        if url_path and any(part[:1] in ("", ".") for part in url_path.split("/")):
            raise tornado.web.HTTPError(404)
        path = super().parse_url_path(re.sub("^test/", "test-", url_path))
        return path if not path or "." in path.rpartition("/")[2] else f"{path}.html"

    def write_error(self, status_code: int, **details: Any) -> None:
        if status_code == 404:
            self.say(404, doors.not_found_sentence(self.request.path.strip("/")))
        else:
            super().write_error(status_code, **details)
