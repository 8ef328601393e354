"""An engine over a real database, with a center in which one chat queue and two agents work."""

import pytest

from tests.contracts.stores import STORES, opened
from tests.engine.site import Site


@pytest.fixture(params=STORES)
async def database(request, tmp_path):
    async with opened(request.param, tmp_path) as database:
        yield database


@pytest.fixture
async def site(database):
    site = Site(database)
    await site.start()
    await site.furnish()
    yield site
    await site.engine.stop()
