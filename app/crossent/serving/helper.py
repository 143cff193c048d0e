"""A process beside the server, for work that would keep everyone waiting: one job at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from .allowance import Allowances

MOST_WAITING = 256  # jobs of one address: of a whole class that asks at once
PATIENCE = 90.0  # s for a job; torch's import is part of the first
LONGEST_ANSWER = 2**24


class HelperError(Exception):
    """A job that was not done: there are too many, or the process could not do it."""


class Asker(NamedTuple):
    """Whose job it is: an address, and of those behind it a session."""

    address: str
    session: str


OURS = Asker("", "")  # what all visitors share


class Line:
    """Those who wait, one called at a time: whose address, then whose session, used least lately.

    However many jobs one has waiting, another waits for the one that is being done.
    """

    def __init__(self, most_of_one: int) -> None:
        self.most_of_one = most_of_one
        self.busy = False
        self.waiting: dict[str, dict[asyncio.Future[None], str]] = {}  # address -> its sessions
        self.addresses, self.sessions = Allowances(1.0, 0.0), Allowances(1.0, 0.0)

    @contextlib.asynccontextmanager
    async def turn(self, asker: Asker) -> AsyncIterator[None]:
        """Waits for one's turn, and has the next called when it is over.

        Raises
        ------
        HelperError
            If the address has too many that wait.
        """
        if len(self.waiting.get(asker.address, ())) + self.busy >= self.most_of_one:
            raise HelperError("too many jobs are waiting")
        if self.busy:
            await self.called(asker)
        self.busy = True
        start = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - start
            self.addresses.of(asker.address).used.add(took)
            self.sessions.of(asker.session).used.add(took)
            self.call()

    async def called(self, asker: Asker) -> None:
        """Waits until it is called."""
        called = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(asker.address, {})[called] = asker.session
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self.call()  # the turn was its own just now
            raise

    def call(self) -> None:
        """Calls the next."""
        self.busy = False
        while self.waiting and not self.busy:
            address = min(self.waiting, key=lambda one: self.addresses.of(one).used.lately())
            line = self.waiting[address]
            called = min(line, key=lambda one: self.sessions.of(line[one]).used.lately())
            del line[called]
            if not line:
                del self.waiting[address]
            if not called.done():  # cancelled, when its server ends
                called.set_result(None)
                self.busy = True


class Helper:
    """Starts its process when it is first asked; ends with the server, however that ends."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.process: asyncio.subprocess.Process | None = None
        self.line = Line(most_waiting)

    async def ask(self, job: dict[str, Any], asker: Asker = OURS) -> Any:
        """What worker.py answers to a job.

        Raises
        ------
        HelperError
            If it is not done.
        """
        async with self.line.turn(asker):
            try:
                answer = await asyncio.wait_for(self.answer(job), PATIENCE)
            except asyncio.CancelledError:
                self.stop()  # what it says next would be taken for the next job's answer
                raise
            except (OSError, ValueError, EOFError, TimeoutError) as error:
                self.stop()
                raise HelperError(type(error).__name__) from error
        if "error" in answer:
            raise HelperError(answer["error"])
        return answer["result"]

    async def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """What the process writes when it is given a job."""
        if self.process is None or self.process.returncode is not None:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "crossent.serving.worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LONGEST_ANSWER,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(job).encode() + b"\n")
        await stdin.drain()
        line = await stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the process has ended"}
        if "bytes" in answer:
            answer["result"] = await stdout.readexactly(answer["bytes"])
        return answer

    def stop(self) -> None:
        """Ends the process; the next job starts another."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        self.process = None
