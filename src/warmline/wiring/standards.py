"""Standards, with what they ask of conversations and customers."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import select

from warmline.conversations.model import Author, MessageState
from warmline.conversations.scope import Sight
from warmline.conversations.tables import conversation, message
from warmline.core.words import InteractionId, SiteId
from warmline.customers.directory import Directory
from warmline.desk.standards.keeping import Standards
from warmline.desk.standards.model import Talk
from warmline.desk.standards.routes import StandardsRoom, standard_routes
from warmline.storage.database import Database
from warmline.storage.rows import rows
from warmline.wiring.foundation import Foundation

SAID_LIMIT = 500


@dataclass(frozen=True, slots=True)
class WrittenTalks:
    """Conversations with what agents wrote; the name is only compared, never shown."""

    database: Database
    site: SiteId
    directory: Directory

    async def __call__(
        self, interactions: Collection[InteractionId]
    ) -> Mapping[InteractionId, Talk]:
        """Those of them that there are."""
        site, listed = self.site, sorted(interactions)
        heads = select(
            conversation.c.interaction,
            conversation.c.queue,
            conversation.c.reason,
            conversation.c.agent,
            conversation.c.customer,
        ).where(conversation.c.site == site, conversation.c.interaction.in_(listed))
        said = (
            select(message.c.interaction, message.c.text)
            .where(
                message.c.site == site,
                message.c.interaction.in_(listed),
                message.c.author == Author.AGENT.value,
                message.c.state != MessageState.UNSENT.value,
            )
            .order_by(message.c.interaction, message.c.seq)
        )
        texts: dict[str, list[str]] = defaultdict(list)
        async with self.database.read() as connection:
            found = await rows(connection, heads)
            for one in await rows(connection, said):
                texts[one["interaction"]].append(one["text"] or "")
        names = await self.directory.names({one["customer"] for one in found} - {None})
        return {
            (id_ := InteractionId(one["interaction"])): Talk(
                interaction=id_,
                queue=one["queue"],
                reason=one["reason"],
                agent=one["agent"],
                customer_name=names.get(one["customer"]),
                said=texts[id_][:SAID_LIMIT],
            )
            for one in found
        }


def standards_of(base: Foundation) -> Standards:
    """The standards of a center."""
    return Standards(
        database=base.database,
        site=base.site,
        clock=base.clock,
        talks=WrittenTalks(base.database, base.site, base.directory),
    )


def standards_routes(base: Foundation, sight: Sight) -> APIRouter:
    """The routes of standards."""
    return standard_routes(
        StandardsRoom(
            standards=standards_of(base),
            state=base.engine,
            needs=base.guard,
            sees=sight,
            agents=base.people.agents,
            audit=base.security.audit.setting,
        )
    )
