"""Handle-time guidance, put together: what it asks of other rooms, and what simulates it."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from sqlalchemy import select

from warmline.conversations.contacts import PastContacts
from warmline.core.words import CustomerId, InteractionId, SiteId
from warmline.customers.directory import Directory
from warmline.customers.rights import queries as rights
from warmline.desk.guidance import routes
from warmline.desk.guidance.advice import Advice
from warmline.desk.guidance.live import Guide
from warmline.desk.guidance.model import Sees, Sources
from warmline.desk.guidance.reactions import GuidanceReaction
from warmline.desk.guidance.room import GuidanceRoom
from warmline.desk.guidance.simulation import simulated
from warmline.desk.model import Audit
from warmline.experience.mood.tables import interaction_topic
from warmline.ports import Clock, Guard, Signals, State
from warmline.storage.database import Database
from warmline.storage.rows import rows

PROGRAM = (sys.executable, "-m", "warmline.sim.guided")
LOOKED_BACK = 20
"""So many of a person's last conversations are looked at for one that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """What guidance asks of customers and conversations."""

    database: Database
    site: SiteId
    directory: Directory

    async def known_before(self, who: CustomerId, now: InteractionId) -> bool:
        """Whether a person had another conversation with an agent that is over."""
        same = await self.directory.same(who)
        past = PastContacts(self.database, self.site)
        found = await past.of(same, limit=LOOKED_BACK)
        return any(
            one.interaction != now and one.ended_at is not None and one.agent is not None
            for one in found
        )

    async def flags(self, who: CustomerId) -> Collection[str]:
        """The flags of a person."""
        same = await self.directory.same(who)
        async with self.database.read() as connection:
            return [one["flag"] for one in await rows(connection, rights.flags(self.site, same))]

    async def topic(self, interaction: InteractionId) -> str | None:
        """What a conversation is about, where that was estimated."""
        query = select(interaction_topic.c.topic).where(
            interaction_topic.c.site == self.site,
            interaction_topic.c.interaction == interaction,
        )
        async with self.database.read() as connection:
            return await connection.scalar(query)


def open_guidance(
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    signals: Signals,
    directory: Directory,
    audit: Audit,
) -> GuidanceRoom:
    """The room, off until its settings are read."""
    guide = Guide(state, clock, signals)
    asking = _Asking(database=database, site=site, directory=directory)
    sources = Sources(known_before=asking.known_before, flags=asking.flags, topic=asking.topic)
    return GuidanceRoom(
        database=database,
        site=site,
        clock=clock,
        guide=guide,
        advice=Advice(guide, sources),
        simulate=partial(simulated, PROGRAM),
        audit=audit,
    )


def guidance_reaction(room: GuidanceRoom) -> GuidanceReaction:
    """What notes what was in force."""
    return GuidanceReaction(room.database, room.site, room.advice)


def guidance_routes(
    room: GuidanceRoom, *, state: State, needs: Guard, sees: Sees
) -> Sequence[APIRouter]:
    """The routes of the room."""
    return (routes.routes(room=room, state=state, needs=needs, sees=sees),)
