"""Rooms behind nginx with TLS, as README has it."""

import asyncio
import json
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.driving import ROOT, free_port
from tests.rooms.conftest import PATIENCE, LightSite
from tests.rooms.test_socket import Peer
from tests.rooms.test_stores import run
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

NAME = "course.example.org"
PAGE = "figures/prediction-bars"
INSTALL = "apt-get install nginx openssl"
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{readme}
}}
"""


def found(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.fail(f"no {name}: {INSTALL}")
    return path


def configuration(folder: Path, port: int, served: int) -> str:
    """README's, with addresses and files of this test in place of its own."""
    (text,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/", f"{folder}/"),
        ("127.0.0.1:5006", f"127.0.0.1:{served}"),
    ):
        assert old in text
        text = text.replace(old, new)
    return AROUND.format(folder=folder, readme=text)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a proxy, with a server behind it."""
    folder = tmp_path_factory.mktemp("proxy")
    options = ("--rooms", "--allow-origin", NAME, "--trusted-proxy", "127.0.0.1")
    readme = (ROOT / "README.md").read_text()
    assert f"crossent serve --rooms --no-open {' '.join(options[1:])}" in readme
    made = [found("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", f"/CN={NAME}", "-keyout", f"{folder}/{NAME}.key", "-out"]
    subprocess.run([*made, f"{folder}/{NAME}.pem"], check=True, capture_output=True)
    nginx = found("nginx")
    site = LightSite(folder / "log", *options)
    port = free_port()
    (folder / "nginx.conf").write_text(configuration(folder, port, site.port))
    proxy = subprocess.Popen([nginx, "-p", str(folder), "-c", f"{folder}/nginx.conf"])
    yield f"127.0.0.1:{port}"
    proxy.terminate()
    proxy.wait()
    site.stop()


def trusting() -> ssl.SSLContext:
    """What takes a certificate that nobody has signed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def request(url: str, **headers: str) -> HTTPRequest:
    return HTTPRequest(url, headers={"Host": NAME} | headers, ssl_options=trusting())


async def peer(address: str, visitor: str = "10.0.0.1") -> Peer:
    """A page's socket through the proxy; the proxy's word is taken for whose it is."""
    headers = {"Origin": f"https://{NAME}", "X-Forwarded-For": visitor}
    return Peer(await websocket_connect(request(f"wss://{address}/ws/room", **headers)))


async def gone(*peers: Peer) -> None:
    for one in peers:
        one.socket.close()
        await one.ended()


async def page(address: str, path: str) -> Any:
    """A page, once the proxy listens."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await AsyncHTTPClient().fetch(request(f"https://{address}/{path}"))
        except OSError:
            assert time.monotonic() < end
            await asyncio.sleep(0.02)


def test_pages_come_through_nginx_with_their_files(address):
    async def visit():
        html = (await page(address, "join")).body.decode()
        (script,) = re.findall(r'src="(/assets/rooms\.[0-9a-f]+\.js)"', html)
        return await page(address, script[1:])

    answer = run(visit())
    assert answer.code == 200
    assert b"WebSocket(" in answer.body


def test_a_room_is_led_and_joined_through_nginx(address):
    async def visit():
        await page(address, "join")
        lecturer, student = await peer(address), await peer(address)
        welcome = (await lecturer.ask({"open": PAGE}))["welcome"]
        joined = await student.ask({"join": {"code": welcome["code"], "ticket": None}})
        lecturer.say({"mode": "follow"})
        told = await student.hear()
        await gone(lecturer, student)
        return welcome, joined, told

    welcome, joined, told = run(visit())
    assert (welcome["address"], welcome["reached"]) == (f"https://{NAME}/join", True)
    assert joined["welcome"]["seat"] == 0
    assert told == {"now": {"mode": "follow"}}


def test_visitors_behind_nginx_are_told_apart(address):
    """Whoever opens too many rooms keeps nobody else from it."""

    async def visit():
        await page(address, "join")
        said = []
        for visitor in [*["10.0.0.2"] * 14, "10.0.0.3"]:
            one = await peer(address, visitor)
            said.append(json.dumps(await one.ask({"open": PAGE})))
            await gone(one)
        return said

    said = run(visit())
    assert all("welcome" in one for one in [*said[:10], said[-1]])
    assert said[13] == '{"refused": "often"}'
