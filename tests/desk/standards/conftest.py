"""A house with standards in it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.house import SITE, House, asking, running_house
from warmline.core.words import InteractionId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.desk.standards.keeping import Standards, StandardsReaction
from warmline.desk.standards.routes import StandardsRoom, standard_routes
from warmline.security.audit import Audit
from warmline.wiring.standards import WrittenTalks

SCRIPT: dict[str, Any] = {
    "name": "Shop",
    "queue": "shop",
    "steps": [
        {"id": "greet", "kind": "greeting"},
        {"id": "name", "kind": "name"},
        {"id": "law", "kind": "wording", "words": {"en": "You may withdraw."}, "law": True},
        {"id": "done", "kind": "solution"},
        {"id": "bye", "kind": "farewell"},
    ],
}


@dataclass
class Desk:
    house: House
    reaction: StandardsReaction

    async def ask(
        self, who: str, method: str, path: str, body: object = None, *, fits: int = 200
    ) -> Any:
        async with self.house.browser(who) as browser:
            answer = await browser.request(method, path, json=body)
        assert answer.status_code == fits, answer.text
        return answer.json() if answer.content else None

    async def talk(self) -> InteractionId:
        """Anna Nowak writes, Ann takes it."""
        claim = Claim(
            kind=IdentifierKind.EMAIL, value="anna@mail.example", verification=Verification.MATCHED
        )
        known = await self.house.directory.resolve([claim], source="test", name="Anna Nowak")
        await self.house.available("ann")
        interaction = await self.house.arrive(customer=known.customer)
        await self.house.accept(interaction)
        await self.house.settled()
        return interaction

    async def says(self, interaction: InteractionId, text: str) -> None:
        path = f"/conversations/{interaction}/messages"
        await self.ask("ann", "POST", path, {"text": text}, fits=201)
        await self.house.settled()

    async def kept(self, interaction: InteractionId) -> dict[str, bool | None]:
        steps = (await self.ask("ann", "GET", f"/interactions/{interaction}/standards"))["steps"]
        return {one["id"]: one["kept"] for one in steps}

    async def finish(self, interaction: InteractionId) -> None:
        await self.house.finish(interaction)
        await self.house.settled()
        # At least once: the second time changes nothing.
        for _ in range(2):
            await self.reaction.react(await self.house.log())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with running_house(tmp_path / "data") as house:
        standards = Standards(
            database=house.database,
            site=SITE,
            clock=house.clock,
            talks=WrittenTalks(house.database, SITE, house.directory),
        )

        async def agents(ids):
            return {one: one.title() for one in ids}

        room = StandardsRoom(
            standards=standards,
            state=house.engine,
            needs=asking,
            sees=house.sight,
            agents=agents,
            audit=Audit(house.database, SITE, house.clock).setting,
        )
        house.app.include_router(standard_routes(room), prefix="/api/v1")
        yield Desk(house, StandardsReaction(standards))
