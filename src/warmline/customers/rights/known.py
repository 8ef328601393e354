"""What the records of customers themselves, and this room, keep of a person: told and erased."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.matching.tables import duplicate, merge
from warmline.customers.rights.tables import consent, contact, flag, preference
from warmline.customers.tables import customer, fact, identifier
from warmline.ports import Person
from warmline.storage.rows import rows

_PARTS: Mapping[str, Table] = {
    "identifiers": identifier,
    "facts": fact,
    "consents": consent,
    "flags": flag,
    "preferences": preference,
    "contacts": contact,
}
_HIDDEN = frozenset({"site", "folded"})


class RecordTraces:
    """Who a person is, how they are known, what is remembered, what they agreed to."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many rows of each kind there are."""
        return {
            name: await connection.scalar(
                select(func.count()).select_from(table).where(self._theirs(table, who))
            )
            or 0
            for name, table in _PARTS.items()
        }

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them, the record last."""
        del at
        for table in _PARTS.values():
            await connection.execute(table.delete().where(self._theirs(table, who)))
        await connection.execute(customer.delete().where(self._records(who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """No record speaks of a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Everything there is, records of one person side by side."""
        told: dict[str, Sequence[Mapping[str, object]]] = {
            "records": await self._rows(connection, customer, self._records(who))
        }
        for name, table in _PARTS.items():
            told[name] = await self._rows(connection, table, self._theirs(table, who))
        return told

    async def _rows(
        self, connection: AsyncConnection, table: Table, where: Any
    ) -> Sequence[Mapping[str, object]]:
        found = await rows(connection, select(table).where(where))
        return [
            {name: value for name, value in one.items() if name not in _HIDDEN} for one in found
        ]

    def _theirs(self, table: Table, who: Person) -> Any:
        return (table.c.site == self._site) & table.c.customer.in_(who.ids)

    def _records(self, who: Person) -> Any:
        # Records that were joined to this person may be known under the id of another.
        return (customer.c.site == self._site) & or_(
            customer.c.id.in_(who.ids), customer.c.merged_into.in_(who.ids)
        )


class MergesKnown:
    """Which records of a person were joined or split, and which may be theirs too (`Known`)."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Merges and candidates, by numbers of records only: others are not told of."""
        ids = sorted(who.ids)
        merges = select(merge).where(
            merge.c.site == self._site, or_(merge.c.other.in_(ids), merge.c.into.in_(ids))
        )
        candidates = select(duplicate).where(
            duplicate.c.site == self._site, or_(duplicate.c.a.in_(ids), duplicate.c.b.in_(ids))
        )
        found = {"merges": merges.order_by(merge.c.number), "candidates": candidates}
        return {
            name: [
                {key: value for key, value in one.items() if key not in _HIDDEN}
                for one in await rows(connection, query)
            ]
            for name, query in found.items()
        }
