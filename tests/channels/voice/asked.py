"""Surveys for callers in a house: the real room that decides, and the real channel that asks."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.contracts.house import SITE, House
from tests.experience.surveys.conftest import publish, surveys_of
from warmline.core.words import InteractionId
from warmline.engine.reactions import Reactions
from warmline.experience.surveys.reactions import SurveyReaction
from warmline.experience.surveys.room import Surveys
from warmline.experience.surveys.tables import answers_of, asks_about
from warmline.storage.journal import DatabaseCursors
from warmline.storage.rows import Row, rows
from warmline.wiring.asked import AskedByPhone


@asynccontextmanager
async def asks_callers(house: House, survey: str) -> AsyncGenerator[Surveys]:
    """From now on callers of the house are asked by this survey."""
    surveys = surveys_of(house, house.customers, None)
    await publish(surveys, survey)
    house.voice.afterwards.asks = AskedByPhone(
        surveys, house.clock, on_the_line=house.voice.afterwards.is_on_the_line
    )
    following = Reactions(
        house.engine,
        DatabaseCursors(house.database, SITE),
        [SurveyReaction(house.database, SITE, surveys.versions, surveys.asking.wake)],
    )
    await following.start()
    deciding = asyncio.create_task(surveys.asking.run())
    try:
        yield surveys
    finally:
        deciding.cancel()
        await asyncio.gather(deciding, return_exceptions=True)
        await following.stop()


async def asks_of(house: House, call: InteractionId) -> Sequence[Row]:
    """All asks about a call."""
    async with house.database.read() as connection:
        return await rows(connection, asks_about(SITE, call))


async def answers_to(house: House, ask: Row) -> dict[str, Any]:
    """What was answered, by question."""
    async with house.database.read() as connection:
        found = await rows(connection, answers_of(SITE, [ask["id"]]))
    return {one["question"]: one["value"] for one in found}
