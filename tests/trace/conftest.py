"""Compiled functions run in a real browser: one page for all of these tests."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests.trace.comparing import Job, assert_agrees, run_in_page

from crossent.trace import Trace


@pytest.fixture(scope="session")
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.fixture(scope="session")
def run(page: Page) -> Callable[[list[Job]], np.ndarray]:
    return partial(run_in_page, page)


@pytest.fixture(scope="session")
def agree(page: Page) -> Callable[..., Trace]:
    return partial(assert_agrees, page)
