"""Conversations as other rooms look at them: who, when, by which channel, what came of it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from warmline.conversations.tables import CHUNK, conversation
from warmline.core.words import CustomerId, Medium, SiteId
from warmline.ports import Contact
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

_COLUMNS = (
    "interaction", "customer", "medium", "inbox", "queue", "agent", "language", "reason",
    "disposition", "rating", "phase", "arrived_at", "ended_at",
)  # fmt: skip


class PastContacts:
    """Reads them from the headers."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def of(self, ids: Collection[CustomerId], *, limit: int) -> Sequence[Contact]:
        """Those of one person, the newest first."""
        return await self._read(
            self._newest(limit).where(conversation.c.customer.in_(sorted(ids)[:CHUNK]))
        )

    async def closed(self, *, newest: int) -> Sequence[Contact]:
        """The newest of all that have a customer and were closed with a disposition."""
        return await self._read(
            self._newest(newest).where(
                conversation.c.customer.is_not(None), conversation.c.disposition.is_not(None)
            )
        )

    def _newest(self, limit: int) -> Select[*tuple[Any, ...]]:
        return (
            select(*(conversation.c[name] for name in _COLUMNS))
            .where(conversation.c.site == self._site)
            .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction.desc())
            .limit(limit)
        )

    async def _read(self, query: Select[*tuple[Any, ...]]) -> Sequence[Contact]:
        async with self._database.read() as connection:
            return [_contact(one) for one in await rows(connection, query)]


def _contact(one: Row) -> Contact:
    same = {name: one[name] for name in _COLUMNS if name not in {"medium", "arrived_at"}}
    return Contact(medium=Medium(one["medium"]), at=one["arrived_at"], **same)
