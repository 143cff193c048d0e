"""One server for the modules that talk to it past any browser."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.browser.driving import ServedSite


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    log = tmp_path_factory.mktemp("attacked") / "log"
    served = ServedSite(log).settle()
    yield served
    assert served.process.poll() is None, "the server has ended"
    served.stop()
    said = log.read_text()
    assert "Traceback" not in said, said
    assert "Exception" not in said, said


@pytest.fixture(scope="session")
def aside() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine in a loop of its own; this thread may have Playwright's."""

    async def whole(coroutine: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coroutine
        finally:
            await asyncio.sleep(0.05)  # the ends of its sockets are seen

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(whole(coroutine))).result()

    return run
