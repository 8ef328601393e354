"""Erasing a customer: what goes and what stays, counted before, done in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fastapi import HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, CustomerId, InteractionId, Rejected, SiteId
from warmline.customers import queries
from warmline.customers.identity import same
from warmline.customers.model import Audit, IdentifierKind
from warmline.customers.tables import customer, fact, identifier
from warmline.ports import Blobs, Clock, Person, State, Traces
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

KIND = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Erases a person: record, identifiers and facts here, and what the other rooms keep."""

    database: Database
    site: SiteId
    clock: Clock
    state: State
    blobs: Blobs
    traces: Sequence[Traces]
    audit: Audit

    async def preview(self, who: CustomerId) -> dict[str, object]:
        """Who it is, how much would go, and what keeps it from going; 404 for nobody."""
        async with self.database.read() as connection:
            person, known = await self._person(connection, who)
            root = person.ids[0]
            record = (await rows(connection, queries.record(self.site, root)))[0]
            counts = await self._counts(connection, person)
        return {
            "id": root,
            "name": record["name"],
            "identifiers": [{"kind": one["kind"], "value": one["value"]} for one in known],
            "counts": counts,
            "open": sorted(self._open(person.ids)),
        }

    async def erase(self, actor: Actor, who: CustomerId) -> Mapping[str, int]:
        """Erase a person for good; refused while a conversation with them is open."""
        async with self.database.write() as connection:
            person, _ = await self._person(connection, who)
            open_ = self._open(person.ids)
            if open_:
                raise Rejected(
                    "conversation_open",
                    "A conversation with this customer is open; end it first.",
                    open=len(open_),
                )
            counts = await self._counts(connection, person)
            blobs: set[str] = set()
            for one in self.traces:
                blobs.update(await one.erase(connection, person, self.clock.now()))
            for table, key in ((identifier, "customer"), (fact, "customer"), (customer, "id")):
                await connection.execute(
                    table.delete().where(table.c.site == self.site, table.c[key].in_(person.ids))
                )
            gone = sorted(name for name, count in counts.items() if count)
            told = self.audit(actor, "erased", KIND, person.ids[0], fields=gone)
            await connection.execute(told)
            # Before it is durable: cut short, it is done again, and nothing is left over.
            await self._drop(connection, blobs)
        return counts

    async def _person(
        self, connection: AsyncConnection, who: CustomerId
    ) -> tuple["_Everything", Sequence[Row]]:
        ids = await same(connection, self.site, who)
        if not ids:
            raise HTTPException(404, f"there is no customer {who}")
        known = await rows(connection, queries.identifiers(self.site, ids))
        addresses = [one["value"] for one in known if one["kind"] == IdentifierKind.EMAIL.value]
        return _Everything(ids=ids, addresses=addresses), known

    async def _counts(self, connection: AsyncConnection, person: Person) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for name, table in (("identifiers", identifier), ("facts", fact)):
            query = (
                select(func.count())
                .select_from(table)
                .where(table.c.site == self.site, table.c.customer.in_(person.ids))
            )
            counts[name] = await connection.scalar(query) or 0
        for one in self.traces:
            counts |= await one.count(connection, person)
        return counts

    def _open(self, ids: Collection[CustomerId]) -> Collection[InteractionId]:
        center = self.state.center()
        return [one.id for one in center.interactions.values() if one.customer in ids]

    async def _drop(self, connection: AsyncConnection, blobs: Collection[str]) -> None:
        needed: set[str] = set()
        for one in self.traces:
            needed.update(await one.needed(connection, blobs))
        for key in sorted(set(blobs) - needed):
            await self.blobs.remove(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Everything(Person):
    """A person, the id that counts first."""

    ids: Sequence[CustomerId]
