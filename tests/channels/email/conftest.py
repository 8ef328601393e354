"""A running center that gets mail by SMTP and sends it to a real sink."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.email.post import relay_settings
from tests.contracts.house import House, open_house
from tests.services.smtp_sink import SmtpSink


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data", **relay_settings(smtp_sink)) as house:
        yield house
