"""The services as pytest fixtures; `tests/conftest.py` shows them to every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

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


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with running_browser() as started:
        yield started


@pytest.fixture
async def headset() -> AsyncIterator[Browser]:
    """A real Chromium of somebody who talks and hears."""
    async with running_browser(*HEADSET) as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WarmlineServer]:
    """An empty center as a process of its own."""
    with running_server(tmp_path / "data") as started:
        yield started
