"""The pieces of orders and imports put together."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from warmline.core.words import CustomerId
from warmline.customers.importing.door import customer_door
from warmline.customers.importing.jobs import Imports, Surroundings
from warmline.customers.importing.routes import import_routes
from warmline.customers.model import Sight
from warmline.customers.orders.book import OrderBook
from warmline.customers.orders.routes import Sure, order_routes
from warmline.ports import Guard, OrdersChanged, Programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """The orders of a site, and how they come in."""

    around: Surroundings
    book: OrderBook
    imports: Imports

    def routes(
        self,
        *,
        needs: Guard,
        programs: Programs,
        sight: Sight,
        same: Callable[[CustomerId], Awaitable[Collection[CustomerId]]],
        sure: Sure | None = None,
    ) -> APIRouter:
        """Orders, customers from outside, and imports."""
        around = self.around
        router = APIRouter()
        for part in (
            order_routes(
                book=self.book,
                database=around.database,
                site=around.site,
                clock=around.clock,
                sight=sight,
                same=same,
                programs=programs,
                sure=sure,
            ),
            customer_door(around=around, programs=programs),
            import_routes(imports=self.imports, around=around, needs=needs),
        ):
            router.include_router(part)
        return router

    async def run(self) -> None:
        """Imports are worked off until cancelled."""
        await self.imports.start()
        try:
            await asyncio.Event().wait()
        finally:
            await self.imports.stop()


def open_orders(around: Surroundings, listeners: Sequence[OrdersChanged] = ()) -> Ordering:
    """Orders and imports over a database; `listeners` are told whose orders changed."""
    book = OrderBook(around.database, around.site, around.clock)
    for listener in listeners:
        book.listen(listener)
    return Ordering(around=around, book=book, imports=Imports(around, book.changed))
