"""Wow moments: an agent's own, the wall of those that agents share, and praise by hand."""

from collections.abc import Sequence
from uuid import uuid4

from fastapi import HTTPException
from sqlalchemy import insert, or_, update

from warmline.core.permissions import Right, has
from warmline.core.words import Actor, AgentId, InteractionId, Malformed
from warmline.experience.cases import queries
from warmline.experience.cases.model import Room, WowKind
from warmline.experience.cases.tables import wow
from warmline.storage.rows import Row, rows


class Wows:
    """Keeps them, and says who sees which."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def of_agent(self, agent: AgentId, *, limit: int) -> Sequence[Row]:
        """An agent's own, the newest first."""
        query = queries.wows(self._room.site).where(wow.c.agent == agent).limit(limit)
        async with self._room.database.read() as connection:
            return await rows(connection, query)

    async def wall(self, actor: Actor, *, limit: int) -> Sequence[Row]:
        """What agents share with all; an agent sees their own too."""
        query = queries.wows(self._room.site).limit(limit)
        shared = wow.c.shared.is_(True)
        own = actor.agent
        query = query.where(shared if own is None else or_(shared, wow.c.agent == own))
        async with self._room.database.read() as connection:
            return await rows(connection, query)

    async def praise(
        self, actor: Actor, agent: AgentId, words: str, interaction: InteractionId | None
    ) -> str:
        """Somebody of the center praises an agent; the id of it."""
        room = self._room
        if agent not in room.state.center().agents:
            raise Malformed("agent", f"there is no agent {agent}", "no_such", item=agent)
        talk = None
        if interaction is not None:
            talk = await room.talks(interaction)
            if talk is None or not await room.sight.conversation(actor, interaction):
                raise Malformed(
                    "interaction", f"there is no conversation {interaction}", "no_such",
                    item=interaction,
                )  # fmt: skip
        id_ = uuid4().hex
        async with room.database.write() as connection:
            await connection.execute(
                insert(wow).values(
                    site=room.site,
                    id=id_,
                    at=room.clock.now(),
                    agent=agent,
                    interaction=interaction,
                    customer=talk and talk.customer,
                    kind=WowKind.PRAISE.value,
                    shared=False,
                    by=actor.user,
                    words=words,
                )
            )
            await connection.execute(
                room.audit(actor, "created", "wow", id_, fields=["agent", "words"])
            )
        return id_

    async def share(self, actor: Actor, id_: str, *, shared: bool) -> None:
        """The agent whom it praises shows it to all, or keeps it; nobody else decides."""
        room = self._room
        if actor.agent is None or not has(actor, Right.WORK):
            raise HTTPException(404, f"there is no wow moment {id_}")
        async with room.database.write() as connection:
            done = await connection.execute(
                update(wow)
                .where(wow.c.site == room.site, wow.c.id == id_, wow.c.agent == actor.agent)
                .values(shared=shared)
            )
            if done.rowcount == 0:
                raise HTTPException(404, f"there is no wow moment {id_}")
