"""What a room keeps of customers in rows that name them: counted, told, erased."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.ports import Person
from warmline.storage.rows import rows


class RowTraces:
    """The rows of a person in some tables (`ports.Traces`, `ports.Known`).

    `parts` are tables with the columns `site` and `customer`, by the word under which they are
    told; `hidden` are columns that are not told, as who of the center did something, and `since`
    the one by which the oldest comes first, where there is one. No row speaks of a file. Rows that
    name nobody are found by a room's own `_theirs`.
    """

    def __init__(
        self,
        site: SiteId,
        parts: Mapping[str, Table],
        *,
        hidden: Collection[str] = (),
        since: str = "at",
    ) -> None:
        self._site = site
        self._parts = parts
        self._hidden = {"site", *hidden}
        self._since = since

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many rows of each kind."""
        counts: dict[str, int] = {}
        for name, table in self._parts.items():
            query = select(func.count()).select_from(table).where(self._theirs(table, who))
            counts[name] = await connection.scalar(query) or 0
        return counts

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them all."""
        del at
        for table in self._parts.values():
            await connection.execute(table.delete().where(self._theirs(table, who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """None of the blobs."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of them, row by row, the oldest first where they have a moment."""
        told: dict[str, Sequence[Mapping[str, object]]] = {}
        for name, table in self._parts.items():
            columns = [column for column in table.c if column.name not in self._hidden]
            query = select(*columns).where(self._theirs(table, who))
            if self._since in table.c:
                query = query.order_by(table.c[self._since])
            told[name] = [dict(one) for one in await rows(connection, query)]
        return told

    def _theirs(self, table: Table, who: Person) -> ColumnElement[Any]:
        return (table.c.site == self._site) & table.c.customer.in_(who.ids)
