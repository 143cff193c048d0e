"""The server's own doors: a taken port, its addresses, its headers."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from tests.browser.driving import ServedSite, free_port
from tests.pages.writing import write
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import websocket_connect

from crossent import __version__
from crossent.__main__ import main
from crossent.serve import CHECK_SESSIONS, build_server


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    lessons = write(folder / "lessons", "Text.\n")  # the whole course takes longer to begin
    site = ServedSite(folder / "log", "--lessons", str(lessons))
    yield site
    site.stop()


def fetch(url: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(url) as response:
            return (
                response.status,
                dict(response.headers),
                response.read().decode("utf-8", "replace"),
            )
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode("utf-8", "replace")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crossent", *arguments]
    app = Path(__file__).parents[1] / "app"
    return subprocess.run(command, capture_output=True, text=True, cwd=app, timeout=60)


def test_a_taken_port_is_one_sentence_and_another_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("serve", "--no-open", "--port", str(port))
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"crossent: cannot listen on 127.0.0.1:{port}")
    assert f"try --port {port + 1}" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_it_says_where_it_is_and_how_to_stop_it(served):
    assert f"{served.origin}/ (Ctrl+C stops it)" in served.log.read_text()


def test_only_this_machine_is_listened_to(served):
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        if address.startswith("127."):
            continue
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection((address, served.port), timeout=2)


def test_every_asset_of_a_page_is_kept_by_the_browser_and_found(served):
    _, _, html = fetch(served.figure_url("prediction-bars"))
    assets = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', html))
    assert len(assets) >= 3
    for asset in assets:
        status, headers, _ = fetch(served.origin + asset)
        assert status == 200, asset
        assert "immutable" in headers["Cache-Control"], asset


@pytest.mark.parametrize(
    "path",
    [
        "../../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/%2e%2e/pyproject.toml",
        "/etc/passwd",
    ],
)
def test_nothing_outside_the_assets_is_served(served, path):
    _, _, html = fetch(served.figure_url("prediction-bars"))
    folder = re.search(r"/assets/[0-9a-f]+/", html)[0]
    status, _, text = fetch(served.origin + folder + path)
    assert status in (403, 404)
    assert "hatchling" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    "query",
    [
        "temperature=" + "9" * 400,
        "logits=" + "[" * 5000,
        "logits=" + "[" * 5000 + "]" * 5000,
        "classes=" + '["%5Cud800","b"]',
        "logits=%ff%fe",
        "logits=NaN&target=1e999",
        "target=" + "1" * 5000,
        "__class__=1&param=2&name=3",
    ],
    ids=[
        "huge",
        "open brackets",
        "deep",
        "half a character",
        "no UTF-8",
        "nan",
        "digits",
        "python names",
    ],
)
def test_any_query_is_answered_with_the_page(served, query):
    status, _, html = fetch(served.origin + "/figures/logit-gradient?" + query)
    assert status == 200
    assert "<h1>Logit gradient</h1>" in html


def test_markup_in_a_query_is_never_markup_in_the_page(served):
    name = "%3C/script%3E%3Cimg%20src=x%3E"
    _, _, html = fetch(served.origin + f'/figures/prediction-bars?classes=["{name}","b","c","d"]')
    assert "<img src=x" not in html
    assert "</script><img" not in html


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.strip() == f"crossent {__version__}"


def test_a_wrong_flag_is_said_without_a_traceback():
    ran = run("serve", "--prot", "1")
    assert ran.returncode == 2
    assert "unrecognized arguments: --prot" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_session_goes_with_its_page(tmp_path):
    """Each visit has a session, and nobody's is kept for a page that was closed."""
    address = f"127.0.0.1:{(port := free_port())}"

    async def visit() -> None:
        server = build_server(port=port, lessons=write(tmp_path, "Text.\n"))
        server.start()
        first = f"http://{address}/figures/prediction-bars"
        html = (await AsyncHTTPClient().fetch(first, request_timeout=120)).body.decode()
        token = re.search(r'"token":"([^"]+)"', html)
        socket = await websocket_connect(f"ws://{address}/ws", subprotocols=["bokeh", token[1]])
        await socket.read_message()  # it is connected
        await asyncio.sleep(3 * CHECK_SESSIONS / 1000)
        assert len(server.get_sessions("/")) == 1
        socket.close()
        for _ in range(50):
            await asyncio.sleep(CHECK_SESSIONS / 1000)
            if not server.get_sessions("/"):
                break
        assert server.get_sessions("/") == []
        server.stop()

    with ThreadPoolExecutor(1) as thread:  # this one may have Playwright's loop
        thread.submit(lambda: asyncio.run(visit())).result()


@pytest.mark.parametrize("port", ["99999", "0", "-1", "65536", "x", "5006.0", "", "1e3", "９"])
def test_a_port_that_is_none_is_said(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", f"--port={port}"])
    assert left.value.code == 2
    assert f"a port is a number from 1 to 65535; got '{port}'" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "two", "257"])
def test_a_number_of_processes_that_cannot_be_is_said(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", f"--num-procs={number}"])
    assert left.value.code == 2
    assert "--num-procs is a number from 1 to 256" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        *("--address=[::1]", "--address=", "--address=fe80::1%nowhere", "--address=http://x"),
        *("--allow-origin=x:0", "--allow-origin=http://x/y", "--allow-origin=", "--secret=short"),
        *("--trusted-proxy=", "--trusted-proxy=proxy.example.org", "--lessons=/dev/null"),
        *("--lessons=nowhere", "--lessons=a\0b", "--trusted-proxy=10.0.0.0/8"),
    ],
)
def test_a_server_that_cannot_be_reached_so_is_one_sentence(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--no-open", "--port", str(free_port()), option]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("crossent: ")
    assert "--port" not in line


@pytest.mark.parametrize("command", [["serve", "--lessons="], ["build", ""], ["build", " "]])
def test_a_folder_has_a_name(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(command)
    assert left.value.code == 2
    assert "a folder must have a name" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_end_that_is_asked_for_leaves_nothing(number: int, tmp_path: Path) -> None:
    """By a service manager or a closed terminal; it waits for no work beside the loop."""
    (tmp_path / "tmp").mkdir()
    lessons = write(tmp_path / "lessons", "Text.\n")
    before = signal.signal(number, signal.SIG_DFL)  # under nohup it would be ignored
    site = ServedSite(
        tmp_path / "log",
        *("--compute", "browser", "--lessons", str(lessons)),
        TMPDIR=tmp_path / "tmp",
    )
    signal.signal(number, before)
    assert [path.name[:9] for path in (tmp_path / "tmp").iterdir()] == ["crossent-"]
    site.process.send_signal(number)
    assert site.process.wait(10) == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert len(site.log.read_text().splitlines()) == 1


def broken_pipe() -> int:
    """A pipe's end whose other end is closed."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("flush", [True, False], ids=["at once", "at the end"])
@pytest.mark.parametrize(
    "output", [broken_pipe, partial(os.open, "/dev/full", os.O_WRONLY)], ids=["pipe", "disk"]
)
def test_output_that_nobody_can_take_is_one_sentence(output, flush, monkeypatch, capfd):
    """As of `crossent build site | head -1`, or onto a full disk."""

    def say(argv: list[str]) -> int:
        print("figure: traced", flush=flush)
        return 0

    monkeypatch.setattr("crossent.commands.run", say)
    with open(output(), "w", encoding="utf-8") as taken:
        monkeypatch.setattr(sys, "stdout", taken)
        assert main(["build", "site"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("crossent: its output cannot be written: ")


def test_a_letter_that_the_console_does_not_know_is_no_accident(monkeypatch, tmp_path):
    def say(argv: list[str]) -> int:
        print("größe: 3 files")
        return 0

    monkeypatch.setattr("crossent.commands.run", say)
    with (tmp_path / "said").open("w", encoding="ascii") as console:
        monkeypatch.setattr(sys, "stdout", console)
        assert main(["build", "größe"]) == 0
    assert (tmp_path / "said").read_text() == "gr\\xf6\\xdfe: 3 files\n"


def test_a_folder_that_is_gone_is_one_sentence(tmp_path, monkeypatch, capfd):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["build", "site"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line == "crossent: the folder that this was started in is gone; go to another"
