"""Servers to measure, each a process of its own, and what the system says about a process."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

PATIENCE = 6000  # looks, 20 ms apart: a server with rooms builds its site first
IDLE = 0.05  # s of processor in a second, of a server that has made what all pages share
TO_REST = 90.0  # s until then
Running = tuple[str, int]  # the address of a server's page, and its process id


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(arguments: list[str], path: str) -> Iterator[Running]:
    """A server process that answers; stopped at the end."""
    port = free_port()
    command = [sys.executable, "-m", *(a.format(port=port) for a in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}{path}"
    try:
        for _ in range(PATIENCE):
            with contextlib.suppress(OSError):
                urlopen(url, timeout=5).read()
                break
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
            time.sleep(0.02)
        else:
            raise RuntimeError(f"{' '.join(command)} does not answer")
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)


def crossent(path: str = "/figures/prediction-bars") -> AbstractContextManager[Running]:
    """This project's server."""
    return running(["crossent", "serve", "--port", "{port}", "--no-open"], path)


def plain(hold: bool = True) -> AbstractContextManager[Running]:
    """The plain Panel app of the same picture; without `hold`, Panel sends changes at once."""
    return running(["benchmarks.plain_panel", "{port}", *([] if hold else ["--no-hold"])], "/plain")


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis that keeps nothing."""
    found = next(filter(None, map(shutil.which, ("redis-server", "valkey-server"))), None)
    if found is None:
        raise RuntimeError("no Redis: apt-get install redis-server")
    port = free_port()
    command = [found, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            for _ in range(PATIENCE):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def processes_of(process: int) -> list[int]:
    """Those that a process has started."""
    asked = ["ps", "--ppid", str(process), "-o", "pid="]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


class QuietHandler(SimpleHTTPRequestHandler):
    """Files without a line in the terminal for each; connections are kept as browsers like."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def files(folder: Path) -> Iterator[str]:
    """A plain web server of a folder's files: the address of its root, without a slash."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def resident_bytes(process: int) -> int:
    """The memory that a process has in RAM."""
    statm = Path(f"/proc/{process}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    found = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True
    )
    return int(found.stdout) * 1024


def processor_seconds(process: int) -> float | None:
    """Processor time that a process has used so far, where /proc tells it."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle(process: int) -> None:
    """Waits until a new server rests."""
    end, before = time.monotonic() + TO_REST, -1.0
    while time.monotonic() < end:
        used = processor_seconds(process)
        if used is None or used - before < IDLE:
            return
        before = used
        time.sleep(1.0)
