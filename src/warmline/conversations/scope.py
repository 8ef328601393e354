"""Who may see which conversation: a supervisor all, an agent what was theirs and its customers'."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from warmline.conversations.model import Names
from warmline.conversations.queries import header, took_part
from warmline.conversations.tables import conversation, part
from warmline.core.center import Center
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, AgentId, CustomerId, InteractionId, SiteId
from warmline.ports import State
from warmline.storage.database import Database
from warmline.storage.rows import row

LIVE_LIMIT = 500


class Sight:
    """Answers who may see what; what is live counts at once, before any row says so."""

    def __init__(self, database: Database, site: SiteId, state: State, names: Names) -> None:
        self._database = database
        self._site = site
        self._state = state
        self._names = names

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool:
        """Whether the actor may read an interaction: theirs, ever, or of a customer of theirs."""
        if has(actor, Right.READ_ALL):
            return True
        if actor.agent is None or not has(actor, Right.READ_OWN):
            return False
        if interaction in live_of(self._state.center(), actor.agent):
            return True
        async with self._database.read() as connection:
            if await self._took_part(connection, actor.agent, interaction):
                return True
            found = await row(connection, header(self._site, interaction))
        if found is None or found["customer"] is None:
            return False
        return await self.customer(actor, await self._names.same(found["customer"]))

    async def customer(self, actor: Actor, same: Collection[CustomerId]) -> bool:
        """Whether the actor may see a person: had an interaction with them, or has one now."""
        if has(actor, Right.READ_ALL):
            return True
        if actor.agent is None or not has(actor, Right.READ_OWN):
            return False
        center = self._state.center()
        live = live_of(center, actor.agent)
        if any(center.interactions[one].customer in same for one in live):
            return True
        query = (
            select(conversation.c.interaction)
            .join(
                part,
                (part.c.site == conversation.c.site)
                & (part.c.interaction == conversation.c.interaction),
            )
            .where(
                conversation.c.site == self._site,
                conversation.c.customer.in_(same),
                part.c.agent == actor.agent,
            )
            .limit(1)
        )
        async with self._database.read() as connection:
            return await row(connection, query) is not None

    async def customers(self, actor: Actor, *, limit: int) -> Collection[CustomerId] | None:
        """The customers that the actor may see, those of the newest interactions; None for all."""
        if has(actor, Right.READ_ALL):
            return None
        if actor.agent is None:
            return ()
        center = self._state.center()
        live = {
            customer
            for one in live_of(center, actor.agent)
            if (customer := center.interactions[one].customer) is not None
        }
        query = (
            select(conversation.c.customer)
            .where(
                conversation.c.site == self._site,
                conversation.c.customer.is_not(None),
                conversation.c.interaction.in_(took_part(self._site, actor.agent)),
            )
            .order_by(conversation.c.arrived_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            past = (await connection.scalars(query)).all()
        return live.union(past)

    def limit_to(self, actor: Actor, query: Select[Any]) -> Select[Any]:
        """A list of conversations without those that the actor may not see."""
        if has(actor, Right.READ_ALL):
            return query
        if actor.agent is None:
            return query.where(conversation.c.interaction.is_(None))
        return query.where(self._own(actor.agent))

    def _own(self, agent: AgentId) -> ColumnElement[bool]:
        earlier = conversation.alias("earlier")
        theirs = (
            select(earlier.c.customer)
            .join(
                part,
                (part.c.site == earlier.c.site) & (part.c.interaction == earlier.c.interaction),
            )
            .where(
                part.c.site == self._site,
                part.c.agent == agent,
                earlier.c.customer.is_not(None),
            )
        )
        center = self._state.center()
        live = sorted(live_of(center, agent))[:LIVE_LIMIT]
        live_customers = {center.interactions[one].customer for one in live} - {None}
        return or_(
            conversation.c.interaction.in_(took_part(self._site, agent)),
            conversation.c.interaction.in_(live),
            conversation.c.customer.in_(theirs),
            conversation.c.customer.in_(sorted(one for one in live_customers if one)),
        )

    async def _took_part(
        self, connection: AsyncConnection, agent: AgentId, interaction: InteractionId
    ) -> bool:
        query = took_part(self._site, agent).where(part.c.interaction == interaction).limit(1)
        return await row(connection, query) is not None


def live_of(center: Center, agent: AgentId) -> frozenset[InteractionId]:
    """What an agent holds, is offered, is asked into, or has just handed on."""
    state = center.agents.get(agent)
    if state is None:
        return frozenset()
    found = set(state.holds)
    if state.offer is not None:
        found.add(state.offer)
    found.update(
        interaction.id
        for interaction in center.interactions.values()
        if interaction.from_agent == agent
        or any(one.colleague == agent for one in interaction.consults.values())
    )
    return frozenset(one for one in found if one in center.interactions)
