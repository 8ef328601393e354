"""What orders keep of a person, to be counted, told and erased."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.orders.keeping import erase_orders
from warmline.customers.orders.tables import order, order_event
from warmline.ports import Person
from warmline.storage.rows import rows

_KEPT = {"orders": order, "order_events": order_event}


@dataclass(frozen=True, slots=True)
class OrderTraces:
    """A person's orders (`ports.Traces` and `ports.Known`)."""

    site: SiteId

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many orders, and events of orders."""
        counts: dict[str, int] = {}
        for name, table in _KEPT.items():
            query = (
                select(func.count())
                .select_from(table)
                .where(table.c.site == self.site, table.c.customer.in_(who.ids))
            )
            counts[name] = await connection.scalar(query) or 0
        return counts

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:  # noqa: ARG002
        """Erase them; they speak of no file."""
        await erase_orders(connection, self.site, who.ids)
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:  # noqa: ARG002
        """No order needs a file."""
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Every order, and what happened to them."""
        told: dict[str, Sequence[Mapping[str, object]]] = {}
        for name, table in _KEPT.items():
            theirs = (table.c.site == self.site) & table.c.customer.in_(who.ids)
            found = await rows(connection, select(table).where(theirs).order_by(table.c.at))
            told[name] = [
                {column: value for column, value in one.items() if column != "site"}
                for one in found
            ]
        return told
