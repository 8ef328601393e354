"""Conversations in a running house, with the real estimates over them."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.conversations.house import SITE, House, asking, running_house
from warmline.conversations.words import CustomerTexts
from warmline.core.words import InteractionId
from warmline.engine.signals import InProcessSignals
from warmline.experience.mood.erasure import MoodTraces
from warmline.experience.mood.model import Doors, Place
from warmline.experience.mood.reaction import MoodReaction
from warmline.experience.mood.room import Moods
from warmline.experience.mood.routes import routes
from warmline.experience.mood.worker import Worker
from warmline.ports import Signal
from warmline.security.audit import Audit
from warmline.web.problems import install


@dataclass
class Room:
    house: House
    moods: Moods
    app: FastAPI
    traces: MoodTraces
    signals: list[Signal] = field(default_factory=list)
    fallen: list[InteractionId] = field(default_factory=list)

    def browser(self, who: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://center.test/api/v1",
            headers={"x-who": who},
        )

    async def heard(self) -> None:
        """Every message so far is estimated, the same events delivered once more too."""
        await self.house.settled()
        log = await self.house.log()
        await MoodReaction(self.moods).react(log)


@pytest.fixture(scope="module")
def worker() -> Generator[Worker]:
    """One process for all tests of a module: it knows the vectors of the seed by then."""
    shared = Worker()
    yield shared
    asyncio.run(shared.stop())


@pytest.fixture
async def room(tmp_path: Path, worker: Worker) -> AsyncGenerator[Room]:
    async with running_house(tmp_path / "data") as house:
        signals = InProcessSignals()
        words = CustomerTexts(house.database, SITE)
        place = Place(
            database=house.database,
            site=SITE,
            clock=house.clock,
            state=house.engine,
            words=words,
            signals=signals,
        )
        moods = Moods(place, worker)
        audit = Audit(house.database, SITE, house.clock)
        doors = Doors(
            needs=asking,
            sight=house.sight,
            setting=audit.setting,
            deed=audit.row,
        )
        app = FastAPI()
        install(app)
        app.include_router(routes(place=place, doors=doors, moods=moods), prefix="/api/v1")
        made = Room(house=house, moods=moods, app=app, traces=MoodTraces(SITE, words))
        signals.listen(made.signals.append)

        async def fell(interaction: InteractionId) -> None:
            made.fallen.append(interaction)

        moods.when_fallen(fell)
        yield made
