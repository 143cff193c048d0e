"""A process beside the server, for work that would keep everyone waiting: one job at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from typing import Any

MOST_WAITING = 64  # jobs
PATIENCE = 90.0  # s for a job; torch's import is part of the first
LONGEST_ANSWER = 2**24


class HelperError(Exception):
    """A job that was not done: there are too many, or the process could not do it."""


class Helper:
    """Starts its process when it is first asked; ends with the server, however that ends."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.most_waiting = most_waiting
        self.process: asyncio.subprocess.Process | None = None
        self.turn = asyncio.Lock()
        self.waiting = 0

    async def ask(self, job: dict[str, Any]) -> Any:
        """What worker.py answers to a job.

        Raises
        ------
        HelperError
            If it is not done.
        """
        if self.waiting >= self.most_waiting:
            raise HelperError("too many jobs are waiting")
        self.waiting += 1
        try:
            async with self.turn:
                try:
                    answer = await asyncio.wait_for(self.answer(job), PATIENCE)
                except (OSError, ValueError, EOFError, TimeoutError) as error:
                    self.stop()
                    raise HelperError(type(error).__name__) from error
        finally:
            self.waiting -= 1
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
