"""A running house of rooms for every test of customers."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.conversations.house import House, running_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with running_house(tmp_path / "data") as house:
        yield house
