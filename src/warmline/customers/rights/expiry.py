"""Tries to verify somebody, and files of imports: let go when their time is over."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.importing import queries as imports
from warmline.customers.importing.tables import import_job
from warmline.customers.tables import attempt
from warmline.ports import Due
from warmline.storage.expiry import RowExpiry
from warmline.storage.rows import rows


class AttemptsExpiry(RowExpiry):
    """Tries to make sure who a person is; how sure it is stays with the identifiers."""

    kind = "verifications"

    async def _let_go(self, connection: AsyncConnection, ids: Sequence[str]) -> Collection[str]:
        await connection.execute(
            attempt.delete().where(attempt.c.site == self._site, attempt.c.id.in_(ids))
        )
        return ()

    def _old(self, before: Instant) -> Select[Any]:
        return (
            select(attempt.c.id)
            .where(attempt.c.site == self._site, attempt.c.started_at < before)
            .order_by(attempt.c.started_at, attempt.c.id)
        )


class ImportsExpiry:
    """Files that were brought for an import, and rows that were wrong; the counts stay."""

    kind = "imports"

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """The imports from before a moment whose files are kept still."""
        ids = list(await self._old(connection, before))
        return Due(count=len(ids), samples=tuple(ids[:samples]))

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Erase the files of the oldest of them."""
        del at
        old = dict(list((await self._old(connection, before)).items())[:limit])
        await connection.execute(imports.faults_of(self._site, *old))
        await connection.execute(
            update(import_job)
            .where(import_job.c.site == self._site, import_job.c.id.in_(list(old)))
            .values(pieces=[])
        )
        return len(old), [key for pieces in old.values() for key in pieces]

    async def _old(self, connection: AsyncConnection, before: Instant) -> dict[str, list[str]]:
        found = await rows(connection, imports.with_files(self._site, before=before))
        return {one["id"]: one["pieces"] for one in found if one["pieces"]}
