"""Puts what was said before there was a search index into it, in small steps beside the work."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations import search
from warmline.conversations.tables import fill, message
from warmline.core.words import SiteId
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

INTERACTIONS_AT_ONCE = 200
PAUSE_S = 0.05
"""Others write between two steps."""


async def filled(connection: AsyncConnection, site: SiteId) -> bool:
    """Whether everything that was ever said can be found."""
    found = await row(connection, select(fill.c.ended_at).where(fill.c.site == site))
    return found is None or found["ended_at"] is not None


class Filling:
    """Works through the interactions of a site, by id; goes on where it was stopped."""

    def __init__(self, database: Database, site: SiteId, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._clock = clock

    async def run(self) -> None:
        """Until all is in the index; nothing to do for a center that always had one."""
        while await self.step():  # noqa: ASYNC110 - it works, it does not wait for anything
            await asyncio.sleep(PAUSE_S)

    async def step(self) -> bool:
        """Take some interactions further; whether there is more to do."""
        async with self._database.read() as connection:
            place = await row(
                connection,
                select(fill).where(fill.c.site == self._site, fill.c.ended_at.is_(None)),
            )
            if place is None:
                return False
            ids = (
                select(message.c.interaction)
                .where(message.c.site == self._site, message.c.interaction > place["after"])
                .distinct()
                .order_by(message.c.interaction)
                .limit(INTERACTIONS_AT_ONCE)
            )
            found = list(await connection.scalars(ids))
            columns = ("id", "interaction", "at", "text", "email")
            said = await rows(
                connection,
                select(*(message.c[name] for name in columns)).where(
                    message.c.site == self._site, message.c.interaction.in_(found)
                ),
            )
        # Stemming takes a while; others go on meanwhile.
        entries = await asyncio.to_thread(self._entries, said)
        async with self._database.write() as connection:
            if entries:
                await connection.execute(search.ADD, entries)
            reached = found[-1] if found else place["after"]
            ended = None if found else self._clock.now()
            await connection.execute(
                update(fill)
                .where(fill.c.site == self._site)
                .values(after=reached, texts=fill.c.texts + len(entries), ended_at=ended)
            )
        return bool(found)

    def _entries(self, said: Sequence[Row]) -> list[dict[str, object]]:
        made = (
            search.row_of(
                self._site,
                one["id"],
                one["interaction"],
                at=one["at"],
                text=search.text_of(one["text"], one["email"]),
            )
            for one in said
        )
        return [dict(one) for one in made if one is not None]
