"""The services as pytest fixtures; `tests/conftest.py` shows them to every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from tests.services.browser import HEADSET, running_browser
from tests.services.dovecot import Dovecot, running_dovecot
from tests.services.server import WarmlineServer, running_server
from tests.services.smtp_sink import SmtpSink, running_smtp_sink


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server with one empty mailbox."""
    with running_dovecot() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A real SMTP server that takes everything until told otherwise."""
    with running_smtp_sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def driver() -> AsyncIterator[Playwright]:
    """What drives browsers, once for each worker: it takes longer to start than a browser.

    So all that has to do with a browser is in one event loop.
    """
    async with async_playwright() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def browser(driver: Playwright) -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with running_browser(driver) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def headset(driver: Playwright) -> AsyncIterator[Browser]:
    """A real Chromium of somebody who talks and hears."""
    async with running_browser(driver, *HEADSET) as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WarmlineServer]:
    """An empty center as a process of its own."""
    with running_server(tmp_path / "data") as started:
        yield started
