"""Whose a conversation is: asked, and given to another customer when a person was split in two."""

from collections.abc import Collection, Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.tables import conversation
from warmline.core.words import CustomerId, SiteId
from warmline.storage.rows import rows


class Belonging:
    """Conversations by their customer, inside a transaction of the caller."""

    async def of(
        self, connection: AsyncConnection, site: SiteId, interactions: Collection[str]
    ) -> Mapping[str, CustomerId]:
        """Whose each of them is; those that are not there, or nobody's, are left out."""
        query = select(conversation.c.interaction, conversation.c.customer).where(
            conversation.c.site == site,
            conversation.c.interaction.in_(sorted(interactions)),
            conversation.c.customer.is_not(None),
        )
        return {one["interaction"]: one["customer"] for one in await rows(connection, query)}

    async def give(
        self, connection: AsyncConnection, site: SiteId, interactions: Mapping[str, CustomerId]
    ) -> None:
        """Make each the named customer's."""
        for interaction, customer in interactions.items():
            await connection.execute(
                update(conversation)
                .where(conversation.c.site == site, conversation.c.interaction == interaction)
                .values(customer=customer)
            )
