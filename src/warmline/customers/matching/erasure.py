"""What matching keeps of a person: keys, suggestions, merges with the rows they moved."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.matching.tables import duplicate, match_key, merge, moved
from warmline.ports import Person


class MatchTraces:
    """A person's place in matching (`ports.Traces`): erased with them, the ledger too."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    def _about(self, who: Person) -> Mapping[Table, ColumnElement[bool]]:
        ids = sorted(who.ids)
        merges = select(merge.c.id).where(
            merge.c.site == self._site, merge.c.other.in_(ids) | merge.c.into.in_(ids)
        )
        # The rows that merges moved go before the merges by which they are found.
        return {
            match_key: match_key.c.customer.in_(ids),
            duplicate: duplicate.c.a.in_(ids) | duplicate.c.b.in_(ids),
            moved: moved.c.merge.in_(merges),
            merge: merge.c.other.in_(ids) | merge.c.into.in_(ids),
        }

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many merges and suggestions."""
        counts: dict[str, int] = {}
        about = self._about(who)
        for name, table in (("merges", merge), ("suggestions", duplicate)):
            query = (
                select(func.count())
                .select_from(table)
                .where(table.c.site == self._site, about[table])
            )
            counts[name] = await connection.scalar(query) or 0
        return counts

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; they speak of no file."""
        del at
        for table, where in self._about(who).items():
            await connection.execute(delete(table).where(table.c.site == self._site, where))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here needs a file."""
        del connection, blobs
        return ()
