"""Standards, with what they ask of conversations and customers."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import select

from warmline.conversations.model import Author, MessageState
from warmline.conversations.queries import header
from warmline.conversations.scope import Sight
from warmline.conversations.tables import message
from warmline.core.words import CustomerId, InteractionId, SiteId
from warmline.customers.directory import Directory
from warmline.desk.standards.keeping import Standards
from warmline.desk.standards.model import Talk
from warmline.desk.standards.routes import StandardsRoom, standard_routes
from warmline.storage.database import Database
from warmline.storage.rows import row, rows
from warmline.wiring.foundation import Foundation

SAID_LIMIT = 500


@dataclass(frozen=True, slots=True)
class WrittenTalks:
    """Conversations with what agents wrote; the name is only compared, never shown."""

    database: Database
    site: SiteId
    directory: Directory

    async def __call__(self, interaction: InteractionId) -> Talk | None:
        """One of them."""
        site = self.site
        said = (
            select(message.c.text)
            .where(
                message.c.site == site,
                message.c.interaction == interaction,
                message.c.author == Author.AGENT.value,
                message.c.state != MessageState.UNSENT.value,
            )
            .order_by(message.c.seq)
            .limit(SAID_LIMIT)
        )
        async with self.database.read() as connection:
            head = await row(connection, header(site, interaction))
            texts = await rows(connection, said)
        if head is None:
            return None
        who = head["customer"]
        names = await self.directory.names([CustomerId(who)] if who else [])
        return Talk(
            interaction=interaction,
            queue=head["queue"],
            reason=head["reason"],
            agent=head["agent"],
            customer_name=next(iter(names.values()), None),
            said=[one["text"] or "" for one in texts],
        )


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
