"""Conversations as other rooms look at them: who, when, by which channel, what came of it."""

from collections.abc import Collection, Sequence
from email.utils import parseaddr
from typing import Any, cast

from sqlalchemy import Select, select

from warmline.conversations.model import Author
from warmline.conversations.tables import CHUNK, conversation, message
from warmline.core.words import CustomerId, InteractionId, Medium, SiteId
from warmline.ports import Contact
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

_COLUMNS = (
    "interaction", "customer", "medium", "inbox", "queue", "agent", "language", "reason",
    "disposition", "rating", "phase", "arrived_at", "ended_at", "segment",
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

    async def among(self, interactions: Collection[InteractionId]) -> Sequence[Contact]:
        """Those of some interactions that there are and whose words are not erased."""
        found: list[Contact] = []
        ids = sorted(interactions)
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            found += await self._read(
                self._newest(CHUNK).where(
                    conversation.c.interaction.in_(chunk), conversation.c.erased_at.is_(None)
                )
            )
        return found

    async def reply_address(self, interaction: InteractionId) -> str | None:
        """Where an answer to the customer's last mail of an interaction would go."""
        query = (
            select(message.c.email)
            .where(
                message.c.site == self._site,
                message.c.interaction == interaction,
                message.c.author == Author.CUSTOMER.value,
                message.c.email.is_not(None),
            )
            .order_by(message.c.seq.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            email = await connection.scalar(query)
        if not isinstance(email, dict):
            return None
        known = cast("dict[str, Any]", email)
        to = next(iter(known.get("reply_to") or [known.get("from") or ""]), "")
        address = parseaddr(str(to))[1]
        return address if "@" in address else None

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


def talks_of(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """The ids of a person's interactions, as a query to hold others' rows against."""
    return select(conversation.c.interaction).where(
        conversation.c.site == site, conversation.c.customer.in_(ids)
    )
