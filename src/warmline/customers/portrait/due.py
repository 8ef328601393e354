"""Promises by when they are due, for whoever sees to it that they are kept."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from warmline.core.words import AgentId, Instant, SiteId
from warmline.customers.portrait.model import PromiseState
from warmline.customers.portrait.tables import promise
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

AT_ONCE = 500


class PromiseBook:
    """Reads promises of all customers; rows with the columns of `customer_promise`."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def overdue(self, since: Instant, until: Instant) -> Sequence[Row]:
        """Those still open that were due from `since` until before `until`."""
        return await self._rows(
            self._open().where(promise.c.due_at >= since, promise.c.due_at < until)
        )

    async def next_due(self, after: Instant) -> Instant | None:
        """When the next of those still open is due, from a moment on."""
        query = select(func.min(promise.c.due_at)).where(
            promise.c.site == self._site,
            promise.c.state == PromiseState.OPEN.value,
            promise.c.due_at >= after,
        )
        async with self._database.read() as connection:
            return await connection.scalar(query)

    async def of_agent(self, agent: AgentId, until: Instant) -> Sequence[Row]:
        """Those still open that an agent made and that are due before a moment."""
        return await self._rows(
            self._open().where(promise.c.agent == agent, promise.c.due_at < until).limit(AT_ONCE)
        )

    async def has_open(self, customers: Collection[str]) -> bool:
        """Whether a promise to any of these ids is open."""
        query = self._open().where(promise.c.customer.in_(sorted(customers))).limit(1)
        return bool(await self._rows(query))

    async def last_of(self, interaction: str) -> Instant | None:
        """When the last of those made in a conversation is due, kept or not; None of none."""
        query = select(func.max(promise.c.due_at)).where(
            promise.c.site == self._site,
            promise.c.interaction == interaction,
            promise.c.state != PromiseState.WITHDRAWN.value,
        )
        async with self._database.read() as connection:
            return await connection.scalar(query)

    async def some(self, ids: Collection[str]) -> Sequence[Row]:
        """Some by id."""
        if not ids:
            return ()
        query = select(promise).where(promise.c.site == self._site, promise.c.id.in_(sorted(ids)))
        return await self._rows(query)

    def _open(self) -> Select[Any]:
        return (
            select(promise)
            .where(promise.c.site == self._site, promise.c.state == PromiseState.OPEN.value)
            .order_by(promise.c.due_at, promise.c.id)
        )

    async def _rows(self, query: Select[Any]) -> Sequence[Row]:
        async with self._database.read() as connection:
            return await rows(connection, query)
