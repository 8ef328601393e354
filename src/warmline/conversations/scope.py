"""Who may see which conversation: a supervisor those they supervise, an agent what was theirs.

With a talk an agent may see the others of its customer. A supervisor without limits sees all; one
of some teams and queues sees the talks of these queues, and those in which these teams took part.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from warmline.conversations.model import Names
from warmline.conversations.queries import header, took_part
from warmline.conversations.tables import conversation, part
from warmline.core.center import Center
from warmline.core.permissions import Right, has
from warmline.core.supervision import supervises
from warmline.core.words import Actor, AgentId, CustomerId, InteractionId, Scope, SiteId
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
        if has(actor, Right.READ_ALL) and await self._supervised(actor, interaction):
            return True
        if actor.agent is None or not has(actor, Right.READ_OWN):
            return False
        return await self._worked_on(actor.agent, interaction)

    async def customer(self, actor: Actor, same: Collection[CustomerId]) -> bool:
        """Whether the actor may see a person: had an interaction with them, or has one now."""
        if has(actor, Right.READ_ALL):
            return True
        if actor.agent is None or not has(actor, Right.READ_OWN):
            return False
        return await self._met(actor.agent, same)

    async def _worked_on(self, agent: AgentId, interaction: InteractionId) -> bool:
        """Whether it is or was an agent's, or is of somebody with whom they had to do."""
        if interaction in live_of(self._state.center(), agent):
            return True
        async with self._database.read() as connection:
            if await self._took_part(connection, agent, interaction):
                return True
            found = await row(connection, header(self._site, interaction))
        if found is None or found["customer"] is None:
            return False
        return await self._met(agent, await self._names.same(found["customer"]))

    async def _met(self, agent: AgentId, same: Collection[CustomerId]) -> bool:
        """Whether an agent had an interaction with a person, or has one now."""
        center = self._state.center()
        live = live_of(center, agent)
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
                part.c.agent == agent,
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
        if has(actor, Right.READ_ALL) and actor.scope is None:
            return query
        seen: list[ColumnElement[bool]] = []
        if has(actor, Right.READ_ALL) and actor.scope is not None:
            seen.append(self._of(actor.scope))
        if actor.agent is not None:
            seen.append(self._own(actor.agent))
        return query.where(or_(false(), *seen))

    async def _supervised(self, actor: Actor, interaction: InteractionId) -> bool:
        if actor.scope is None:
            return True
        center = self._state.center()
        live = center.interactions.get(interaction)
        if live is not None and supervises(center, actor, live):
            return True
        query = (
            select(conversation.c.interaction)
            .where(conversation.c.site == self._site, conversation.c.interaction == interaction)
            .where(self._of(actor.scope))
        )
        async with self._database.read() as connection:
            return await row(connection, query) is not None

    def _of(self, scope: Scope) -> ColumnElement[bool]:
        """The talks of these queues, and those in which somebody of these teams took part."""
        agents = self._state.center().agents.values()
        theirs = sorted(agent.id for agent in agents if agent.spec.team in scope.teams)
        took = select(part.c.interaction).where(part.c.site == self._site, part.c.agent.in_(theirs))
        return or_(
            conversation.c.queue.in_(sorted(scope.queues)), conversation.c.interaction.in_(took)
        )

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
