"""A running center for every test of the web."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.web.center import Center, running_center
from warmline.core.words import Role


@pytest.fixture
async def center(tmp_path: Path) -> AsyncGenerator[Center]:
    """Three people: Ann answers customers, Sue supervises, Ada administers."""
    async with running_center(tmp_path / "data") as center:
        await center.user("ann", Role.AGENT, agent="a-ann")
        await center.user("sue", Role.SUPERVISOR)
        await center.user("ada", Role.ADMINISTRATOR)
        yield center
