"""A running house with the policies' room, and a what-if that is quick."""

import importlib
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from tests.conversations.house import SITE, House, asking, running_house
from warmline.engine.reactions import Reactions
from warmline.insight.trials import TrialOutcomes
from warmline.policies import routes as policies
from warmline.policies.reactions import PolicyReaction
from warmline.policies.what_if import Runs
from warmline.policies.what_if_routes import Day
from warmline.security.audit import Audit
from warmline.storage.journal import DatabaseCursors


async def days() -> Sequence[Day]:
    return [Day(id=f"own:{word}", kind="replay_own") for word in ("good", "slow", "wrong", "dies")]


def work():
    """The days of the tests, importable by name in the processes that run them."""
    folder = str(Path(__file__).parent)
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("policy_works").day_under


async def names(ids) -> dict:
    return {one: one.removeprefix("u-").title() for one in ids}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with running_house(tmp_path / "data") as house:
        runs = Runs(database=house.database, clock=house.clock, site=SITE, work=work())
        reactions = Reactions(
            house.engine,
            DatabaseCursors(house.database, SITE),
            [PolicyReaction(house.database, SITE)],
        )
        house.app.include_router(
            policies.routes(
                database=house.database,
                state=house.engine,
                needs=asking,
                clock=house.clock,
                site=SITE,
                submit=house.engine.submit,
                audit=Audit(house.database, SITE, house.clock).setting,
                names=names,
                outcomes=TrialOutcomes(house.database, SITE),
                runs=runs,
                days=days,
            ),
            prefix="/api/v1",
        )
        house.runs = runs  # type: ignore[attr-defined]
        house.policy_reactions = reactions  # type: ignore[attr-defined]
        await reactions.start()
        await runs.start()
        try:
            yield house
        finally:
            await runs.stop()
            await reactions.stop()
