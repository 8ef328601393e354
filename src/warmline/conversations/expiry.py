"""The words and files of conversations that ended long ago: let go when their time is over."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.tables import (
    conversation,
    draft,
    entry,
    file,
    message,
    rating_comment,
)
from warmline.core.words import Instant, SiteId
from warmline.ports import Due


class WordsExpiry:
    """What was said, with its files: the header stays, with times and outcome."""

    kind = "words"

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """Conversations that closed before a moment and still have words."""
        return await _due(connection, self._old(before), samples=samples)

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Erase the words of the oldest of them."""
        ids = list(await connection.scalars(self._old(before).limit(limit)))
        blobs = await _drop_files(connection, self._site, ids)
        originals = select(message.c.original_blob).where(
            message.c.site == self._site,
            message.c.interaction.in_(ids),
            message.c.original_blob.is_not(None),
        )
        blobs.update(await connection.scalars(originals))
        for table in (draft, rating_comment, entry, message):
            await connection.execute(
                table.delete().where(table.c.site == self._site, table.c.interaction.in_(ids))
            )
        await connection.execute(
            update(conversation)
            .where(conversation.c.site == self._site, conversation.c.interaction.in_(ids))
            .values(subject=None, token_hash=None, erased_at=at)
        )
        return len(ids), blobs

    def _old(self, before: Instant) -> Select[Any]:
        return _closed(self._site, before).where(conversation.c.erased_at.is_(None))


class FilesExpiry:
    """Files of conversations, where they may go before the words."""

    kind = "files"

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """Conversations that closed before a moment and still have files."""
        return await _due(connection, self._old(before), samples=samples)

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Remove the files of the oldest of them."""
        del at
        ids = list(await connection.scalars(self._old(before).limit(limit)))
        return len(ids), await _drop_files(connection, self._site, ids)

    def _old(self, before: Instant) -> Select[Any]:
        here = exists().where(
            file.c.site == conversation.c.site,
            file.c.interaction == conversation.c.interaction,
        )
        return _closed(self._site, before).where(here)


def _closed(site: SiteId, before: Instant) -> Select[Any]:
    return (
        select(conversation.c.interaction)
        .where(conversation.c.site == site, conversation.c.closed_at < before)
        .order_by(conversation.c.arrived_at, conversation.c.interaction)
    )


async def _due(connection: AsyncConnection, old: Select[Any], *, samples: int) -> Due:
    count = await connection.scalar(select(func.count()).select_from(old.subquery()))
    first = await connection.scalars(old.limit(samples))
    return Due(count=count or 0, samples=tuple(first))


async def _drop_files(connection: AsyncConnection, site: SiteId, ids: Collection[str]) -> set[str]:
    said = select(message.c.id).where(message.c.site == site, message.c.interaction.in_(ids))
    theirs = (file.c.site == site) & or_(file.c.interaction.in_(ids), file.c.message.in_(said))
    blobs = set(await connection.scalars(select(file.c.blob).where(theirs)))
    await connection.execute(file.delete().where(theirs))
    return blobs


def customers_since(site: SiteId, since: Instant) -> Select[Any]:
    """The ids of customers who had a conversation since a moment, or have one open."""
    active = func.coalesce(conversation.c.last_message_at, conversation.c.arrived_at)
    return select(conversation.c.customer).where(
        conversation.c.site == site,
        conversation.c.customer.is_not(None),
        or_(active >= since, conversation.c.closed_at.is_(None)),
    )
