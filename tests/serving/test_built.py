"""A server of built pages (``--compute browser``): as closed as the one that computes."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.browser.driving import free_port
from tests.serving.peers import asked, get
from tests.serving.test_doors import CLOSED

from crossent import serve
from crossent.internals import connections_of

PAGES = [
    *("index.html", "surprise.html", "test-training.html", "practice.html", "index.fr.html"),
    *("figures/prediction-bars.html", "assets/a.123.js", ".crossent-site"),
]
# Of what the other server has not, this one has a page's file.
OWN = {"/surprise.html"}
HOSTILE = [
    *(target for target in CLOSED if target not in OWN),
    *("/.crossent-site", "/.", "/..", "/./surprise", "/../surprise", "/a/../surprise"),
    *("/surprise/..", "/surprise/.", "/figures/../.crossent-site", "/assets/..", "/assets/../"),
    *("/%2e/surprise", "/%2ecrossent-site", "/figures/..%2fsurprise", "/figures%2f..%2fsurprise"),
    *("/figures//prediction-bars", "/assets", "/assets/", "/figures/", "/packed/index.html"),
    *("/..%2fpacked/index.html", "/.html", "/surprise.html/", "/test", "/test/", "/test/../index"),
    *("/surprise.html%00", "/surprise%2ehtml%2f", "/con", "/~root", "/a" * 4000, "/%E9"),
]


@pytest.fixture(scope="module")
def ask(aside: Callable[[Any], Any]) -> Callable[[list[Callable[[Any], Any]]], list[Any]]:
    """Has a server of a few files asked in turn; what each call gives."""

    def written(folder: Path, *, offline: bool, **options: Any) -> None:
        assert not offline, "what browsers keep is in the way of what is served there next"
        for name in PAGES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"the file of {name}" * 50, encoding="utf-8")

    def whole(calls: list[Callable[[Any], Any]]) -> list[Any]:
        async def play() -> list[Any]:
            server = serve.build_server(port=free_port(), compute="browser")
            server.start()
            site = SimpleNamespace(port=server.port)
            try:
                return [await asyncio.to_thread(call, site) for call in calls]
            finally:
                connections_of(server).stop()
                server.unlisten()

        before, serve.build = serve.build, written
        try:
            return list(aside(play()))
        finally:
            serve.build = before

    return whole


def test_what_no_page_asks_for_is_one_sentence_and_leads_nowhere(ask):
    said = ask([lambda site, target=target: get(site, target) for target in HOSTILE])
    for target, (status, text) in zip(HOSTILE, said, strict=True):
        head, _, body = text.partition("\r\n\r\n")
        assert status in (400, 403, 404), (target, text[:300])
        assert "location" not in head.lower(), target
        assert "the file of" not in text, target
        assert "<h1>" in body or not body, target
        for secret in ("Traceback", "/tmp/", "site-packages", "root:", "<script>alert"):
            assert secret not in text, (target, secret)


LEADS = {
    "/": "index.html",
    "/surprise": "surprise.html",
    "/surprise.html?a=%00": "surprise.html",
    "/figures/prediction-bars": "figures/prediction-bars.html",
    "/test/training": "test-training.html",
    "/practice": "practice.html",
    "/index.fr.html": "index.fr.html",
    "/assets/a.123.js": "assets/a.123.js",
}


def test_the_served_pages_addresses_lead_to_the_built_ones(ask):
    said = ask([lambda site, target=target: get(site, target) for target in LEADS])
    for (target, name), (status, text) in zip(LEADS.items(), said, strict=True):
        assert status == 200, target
        assert f"the file of {name}" in text


RAW = [
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n",
    b"GET http://evil/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"GET /../.crossent-site HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"A" * 70_000,
    bytes(range(256)) * 50 + b"\r\n\r\n",
]


def test_bytes_that_no_browser_sends_get_no_page_and_the_next_visitor_does(ask):
    calls = [lambda site, raw=raw: asked(site, raw, 15) for raw in RAW]
    *said, (status, _) = ask([*calls, lambda site: get(site, "/surprise")])
    for raw, text in zip(RAW, said, strict=True):
        assert b"the file of" not in text, raw[:60]
        assert b" 500 " not in text, raw[:60]
    assert status == 200


RANGES = ["bytes=0-10", "bytes=9-2", "bytes=-5", "bytes=99999999-", "bytes=-" + "9" * 5000, "x"]


def test_no_header_is_an_accident(ask):
    odd = [("Range", value) for value in RANGES]
    odd += [("If-None-Match", '"' * 5000), ("If-Modified-Since", "Sat, 99 Foo 9999 99:99:99 GMT")]
    odd += [("Accept-Language", "fr;q=nan," * 500), ("Accept-Encoding", "gzip;q=x," * 500)]
    said = ask(
        [lambda site, n=name, v=value: get(site, "/surprise", **{n: v}) for name, value in odd]
    )
    assert {status for status, _ in said} <= {200, 206, 416}
