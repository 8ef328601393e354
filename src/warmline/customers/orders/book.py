"""The orders of a site as other rooms use them: kept one or many, and told of when changed."""

from collections.abc import Collection, Mapping, Sequence

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.orders import keeping, queries
from warmline.customers.orders.model import (
    EVENTS_PER_ORDER,
    Kept,
    Order,
    OrderEventKind,
    Outcome,
)
from warmline.ports import Clock, OrdersChanged
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

NAMED_LIMIT = 1_000


class TooManyEvents(Exception):
    """So much does not happen to one order."""


class OrderBook:
    """Keeps orders and says so to those who listen."""

    def __init__(self, database: Database, site: SiteId, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._listeners: list[OrdersChanged] = []

    def listen(self, changed: OrdersChanged) -> None:
        """Tell `changed` whose orders came or changed, once that is durable."""
        self._listeners.append(changed)

    async def changed(self, customers: Collection[CustomerId] | None) -> None:
        """Tell everybody who listens; None for many."""
        for listener in self._listeners:
            await listener(customers)

    async def keep(self, orders: Sequence[Order], *, source: str) -> Kept:
        """Take orders in; the same once more changes nothing."""
        async with self._database.write() as connection:
            now = self._clock.now()
            kept = await keeping.keep_orders(connection, self._site, orders, source=source, now=now)
        if kept.customers:
            await self.changed(kept.customers if len(kept.customers) <= NAMED_LIMIT else None)
        return kept

    async def one(self, id_: str) -> Row | None:
        """An order."""
        async with self._database.read() as connection:
            return await row(connection, queries.one(self._site, id_))

    async def happened(
        self, found: Row, kind: OrderEventKind, *, at: Instant, id_: str | None
    ) -> tuple[Mapping[str, object], Outcome]:
        """Write down what happened to an order; told again it changes nothing."""
        number = id_ or keeping.event_id(found["id"], kind, at)
        async with self._database.write() as connection:
            known = await rows(connection, queries.events_of(self._site, [found["id"]]))
            before = next((one for one in known if one["id"] == number), None)
            if before is not None:
                return dict(before), Outcome.SAME
            if len(known) >= EVENTS_PER_ORDER:
                raise TooManyEvents
            event = await keeping.keep_event(connection, self._site, found, kind, at=at, id_=number)
        await self.changed([CustomerId(found["customer"])])
        return event, Outcome.NEW

    async def of(
        self,
        ids: Collection[CustomerId],
        *,
        before: tuple[Instant, str] | None,
        limit: int,
    ) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row]]:
        """A person's orders, the newest first, what happened to them, and what they come to."""
        async with self._database.read() as connection:
            found = await rows(
                connection, queries.of_customers(self._site, ids, before=before, limit=limit)
            )
            numbers = [one["id"] for one in found]
            happened = await rows(connection, queries.events_of(self._site, numbers))
            totals = await rows(connection, queries.totals(self._site, ids))
        return found, happened, totals
