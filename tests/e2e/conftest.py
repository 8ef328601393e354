"""What the browser tests share; all of it lives in the event loop of the browser."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser

from tests.channels.asterisk.telephones import AsteriskPhones, asterisk_phones
from tests.contracts.house import House, open_house
from tests.e2e.pages import Pages


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser) -> AsyncGenerator[Pages]:
    """Pages in which nothing may break."""
    opened = Pages(browser)
    yield opened
    assert opened.broken == []


@pytest_asyncio.fixture(loop_scope="session")
async def exchange() -> AsyncGenerator[AsteriskPhones]:
    """A real Asterisk with people at telephones."""
    async with asterisk_phones() as phones:
        yield phones


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """A small center within the test."""
    async with open_house(tmp_path / "data") as opened:
        yield opened
