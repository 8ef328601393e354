"""What this room keeps of a person: cases, gestures, wow moments; counted, told and erased."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.cases.tables import case, gesture, wow
from warmline.ports import Person
from warmline.storage.rows import rows

_PARTS = {"cases": case, "gestures": gesture, "wow_moments": wow}
_OURS = frozenset({"site", "opened_by", "owner", "closed_by", "user", "by", "remind_at"})
"""Who of the center did what is not the customer's."""


class CaseTraces:
    """A person's cases, gestures and wow moments (`ports.Traces`, `ports.Known`)."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many of each."""
        counts: dict[str, int] = {}
        for name, table in _PARTS.items():
            query = (
                select(func.count())
                .select_from(table)
                .where(table.c.site == self._site, table.c.customer.in_(who.ids))
            )
            counts[name] = await connection.scalar(query) or 0
        return counts

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; they speak of no file."""
        del at
        for table in _PARTS.values():
            await connection.execute(
                table.delete().where(table.c.site == self._site, table.c.customer.in_(who.ids))
            )
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here needs a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of them, row by row."""
        found: dict[str, Sequence[Mapping[str, object]]] = {}
        for name, table in _PARTS.items():
            columns = [column for column in table.c if column.name not in _OURS]
            query = select(*columns).where(
                table.c.site == self._site, table.c.customer.in_(who.ids)
            )
            found[name] = [dict(one) for one in await rows(connection, query)]
        return found
