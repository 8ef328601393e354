"""A running house with cases for every test of them."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.conversations.house import running_house
from tests.experience.cases.office import Office, office_in


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    async with running_house(tmp_path / "data") as house:
        yield office_in(house)
