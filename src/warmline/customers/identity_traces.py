"""What is kept of making sure who a person is: counted, told and erased with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from warmline.core.words import Instant, SiteId
from warmline.customers.tables import attempt, candidate, identifier, pin, unplaced
from warmline.ports import Person
from warmline.storage.rows import rows

_PARTS: Mapping[str, Table] = {"verifications": attempt, "candidates": candidate, "pins": pin}
_HIDDEN = frozenset({"site", "secret", "hash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTraces:
    """Verifications, the PIN, where a person came into question, and what may have been theirs."""

    site: SiteId

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
        """Erase them; also what somebody came with who may have been this person."""
        del at
        await connection.execute(delete(unplaced).where(self._perhaps_theirs(who)))
        for table in _PARTS.values():
            await connection.execute(delete(table).where(self._theirs(table, who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """None of it speaks of a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Everything there is, but for what is kept as a hash."""
        told: dict[str, Sequence[Mapping[str, object]]] = {}
        for name, table in _PARTS.items():
            found = await rows(connection, select(table).where(self._theirs(table, who)))
            told[name] = [
                {field: value for field, value in one.items() if field not in _HIDDEN}
                for one in found
            ]
        return told

    def _theirs(self, table: Table, who: Person) -> ColumnElement[bool]:
        return (table.c.site == self.site) & table.c.customer.in_(who.ids)

    def _perhaps_theirs(self, who: Person) -> ColumnElement[bool]:
        in_question = exists().where(
            candidate.c.site == unplaced.c.site,
            candidate.c.interaction == unplaced.c.interaction,
            candidate.c.customer.in_(who.ids),
        )
        same_value = exists().where(
            identifier.c.site == unplaced.c.site,
            identifier.c.kind == unplaced.c.kind,
            identifier.c.value == unplaced.c.value,
            identifier.c.customer.in_(who.ids),
        )
        return (unplaced.c.site == self.site) & or_(in_question, same_value)
