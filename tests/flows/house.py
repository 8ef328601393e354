"""Flows fitted into a house of channels: published, and run by the channels that are there."""

from collections.abc import Mapping

from tests.contracts.house import SITE, House
from warmline.core import flow_acts as a
from warmline.core.words import Actor, InteractionId, Role, UserId
from warmline.flows.model import Doors
from warmline.flows.runs import Runs
from warmline.flows.versions import Versions
from warmline.security.audit import Audit

ADA = Actor(user=UserId("u-ada"), roles=frozenset({Role.ADMINISTRATOR}))


class Known:
    """What look-ups find here, by what is looked for."""

    def __init__(self) -> None:
        self.found: dict[str, Mapping[str, str]] = {}
        self.asked: list[a.Fetch] = []

    async def __call__(
        self, interaction: InteractionId, fetch: a.Fetch, attributes: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        del interaction, attributes
        self.asked.append(fetch)
        return self.found.get(fetch.of)


class Fitted:
    """The flows of a house; after a restart they are fitted once more."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.known = Known()
        self.fit()

    def fit(self) -> None:
        house = self.house
        self.versions = Versions(
            database=house.database,
            site=SITE,
            clock=house.clock,
            audit=Audit(house.database, SITE, house.clock).setting,
            doors=self._doors,
        )
        self.runs = Runs(
            database=house.database,
            site=SITE,
            clock=house.clock,
            state=house.engine,
            versions=self.versions,
            finder=self.known,
        )
        house.webchat.treat(self.runs)
        house.email.rule(self.runs)

    def _doors(self) -> Doors:
        center = self.house.engine.center()
        inboxes = {str(id_): inbox.medium for id_, inbox in center.inboxes.items()}
        return Doors(queues=frozenset(center.queues), calendars=frozenset(center.calendars),
                     inboxes=inboxes, languages=("en",))  # fmt: skip

    async def publish(self, id_: str, text: str) -> None:
        draft = await self.versions.begin(ADA, id_, "")
        saved = await self.versions.save(ADA, draft.id, tag=str(draft.tag), text=text)
        await self.versions.publish(ADA, saved.id, tag=str(saved.tag))
