"""Servers of the tests' own: a Redis, and one with rooms."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.driving import ServedSite, free_port

SERVERS = ("redis-server", "valkey-server")
INSTALL = "apt-get install redis-server"
PATIENCE = 20.0  # s


class RedisServer:
    """A Redis on a port of its own, in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        found = next(filter(None, map(shutil.which, SERVERS)), None)
        if found is None:
            pytest.fail(f"no Redis: {INSTALL}")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [found, "--port", str(self.port), "--bind", "127.0.0.1"]
        self.command += ["--dir", str(folder), "--save", "", *options]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None, f"{self.command} ended"
            assert time.monotonic() < end, f"{self.command} does not answer"
            time.sleep(0.02)

    def answers(self) -> bool:
        import redis

        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url) as asked:
            return bool(asked.ping())
        return False

    def emptied(self) -> str:
        """Its address, with nothing in it."""
        import redis

        with redis.Redis.from_url(self.url) as asked:
            asked.flushdb()
        return self.url

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class LightSite(ServedSite):
    """A server with rooms on pages that hold nothing."""

    module = "tests.rooms.light"


def processes(site: ServedSite) -> list[int]:
    """The several processes of a server."""
    asked = ["ps", "--ppid", str(site.process.pid), "-o", "pid="]
    return [int(pid) for pid in subprocess.check_output(asked).split()]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()
