"""A house with telephones: the real center, and people at simulated phones."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.channels.voice.desks import open_desk
from tests.channels.voice.people import Office
from tests.contracts.house import open_house


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    async with open_house(tmp_path / "data") as house:
        office = Office(house)
        await office.begins()
        yield office


@pytest.fixture
async def desk(office: Office) -> AsyncGenerator[httpx.AsyncClient]:
    async with open_desk(office) as desk:
        yield desk
