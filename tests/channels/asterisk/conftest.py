"""A center that listens to a real Asterisk."""

from collections.abc import AsyncGenerator, Iterable

import pytest

from tests.channels.asterisk.telephones import AsteriskPhones, asterisk_phones
from tests.contracts.phones import Center, center_of


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """One exchange for all: the tests that use it run one after another."""
    for item in items:
        if "exchange" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("asterisk"))


@pytest.fixture
async def exchange() -> AsyncGenerator[AsteriskPhones]:
    async with asterisk_phones() as phones:
        yield phones


@pytest.fixture
async def center(exchange: AsteriskPhones) -> AsyncGenerator[Center]:
    async with center_of(exchange) as center:
        yield center
