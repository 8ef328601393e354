"""What conversations keep of a customer: the words, files and drafts, erased on request."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations import search
from warmline.conversations.tables import (
    CHUNK,
    conversation,
    draft,
    entry,
    file,
    message,
    rating_comment,
)
from warmline.core.words import Instant, SiteId
from warmline.ports import Person
from warmline.storage.database import Database
from warmline.storage.rows import rows

STEP_PAGES = 100
"""A step takes about 30 ms, in which nobody else writes."""
STEPS_LIMIT = 100_000
_HIDDEN = frozenset({"site", "token_hash", "root", "html", "original_html", "original_blob"})
"""What an export leaves out: secrets, our own order, and the same words once more as markup."""


class ConversationTraces:
    """The words of a person's conversations; headers stay, with ids, times and outcomes."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many conversations there are, and what was said and sent in them."""
        theirs = self._theirs(who)
        counted = {
            "conversations": select(func.count()).select_from(theirs.subquery()),
            "messages": self._count(message, theirs),
            "drafts": self._count(draft, theirs),
            "files": select(func.count()).select_from(file).where(self._files(theirs)),
        }
        return {name: await connection.scalar(query) or 0 for name, query in counted.items()}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase what was said; the conversations say since when their words are gone."""
        theirs = self._theirs(who)
        blobs = set(await connection.scalars(select(file.c.blob).where(self._files(theirs))))
        originals = select(message.c.original_blob).where(
            message.c.site == self._site,
            message.c.interaction.in_(theirs),
            message.c.original_blob.is_not(None),
        )
        blobs.update(await connection.scalars(originals))
        await connection.execute(file.delete().where(self._files(theirs)))
        for table in (draft, rating_comment, entry, message):
            await connection.execute(
                table.delete().where(table.c.site == self._site, table.c.interaction.in_(theirs))
            )
        await connection.execute(
            update(conversation)
            .where(conversation.c.site == self._site, conversation.c.customer.in_(who.ids))
            .values(subject=None, token_hash=None, erased_at=at)
        )
        return blobs

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Conversations with every word, note, draft and rating, and the files that were sent."""
        theirs = self._theirs(who)
        header = select(conversation).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        asked: Mapping[str, Select[Any]] = {
            "conversations": header.order_by(conversation.c.arrived_at),
            "messages": self._all(message, theirs).order_by(message.c.at, message.c.seq),
            "ratings": self._all(rating_comment, theirs),
            "drafts": self._all(draft, theirs),
            "files": select(file).where(self._files(theirs)).order_by(file.c.at, file.c.id),
        }
        return {
            name: [
                {key: value for key, value in one.items() if key not in _HIDDEN}
                for one in await rows(connection, query)
            ]
            for name, query in asked.items()
        }

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """The blobs of files and originals that are there still, of any site."""
        listed = sorted(blobs)
        found: set[str] = set()
        for start in range(0, len(listed), CHUNK):
            chunk = listed[start : start + CHUNK]
            for column in (file.c.blob, message.c.original_blob):
                found.update(await connection.scalars(select(column).where(column.in_(chunk))))
        return found

    def _theirs(self, who: Person) -> Select[Any]:
        return select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )

    def _files(self, theirs: Select[Any]) -> Any:
        said = select(message.c.id).where(
            message.c.site == self._site, message.c.interaction.in_(theirs)
        )
        return (file.c.site == self._site) & or_(
            file.c.interaction.in_(theirs), file.c.message.in_(said)
        )

    def _all(self, table: Any, theirs: Select[Any]) -> Select[Any]:
        return select(table).where(table.c.site == self._site, table.c.interaction.in_(theirs))

    def _count(self, table: Any, theirs: Select[Any]) -> Select[Any]:
        return (
            select(func.count())
            .select_from(table)
            .where(table.c.site == self._site, table.c.interaction.in_(theirs))
        )


class SearchSweep:
    """Takes erased words out of the search index, which only marks them as gone until then."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self) -> None:
        """Write the index anew without them, a step at a time, so that nobody waits for it."""
        pages = -STEP_PAGES
        for _ in range(STEPS_LIMIT):
            async with self._database.write() as connection:
                if not await search.merge_step(connection, pages):
                    return
            pages = STEP_PAGES
            await asyncio.sleep(0)
