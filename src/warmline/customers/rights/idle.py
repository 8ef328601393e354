"""Customers of whom nothing was heard for long: erased whole when their time is over."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import SYSTEM, CustomerId, Instant, SiteId
from warmline.customers.orders.tables import order
from warmline.customers.rights.erasure import Erasure
from warmline.customers.rights.tables import contact
from warmline.customers.tables import customer
from warmline.ports import Due

SeenSince = Callable[[SiteId, Instant], Select[Any]]
"""A query of the customers who had a conversation since a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCustomers:
    """People without conversation, order, contact or change of their record since a moment."""

    erasure: Erasure
    seen_since: SeenSince
    kind: str = "customers"

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """How many people that are."""
        idle = self._idle(before)
        count = await connection.scalar(select(func.count()).select_from(idle.subquery()))
        first = await connection.scalars(idle.limit(samples))
        return Due(count=count or 0, samples=tuple(first))

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Erase the longest idle, each with a certificate; who talks with us now stays."""
        del at
        gone = 0
        for who in list(await connection.scalars(self._idle(before).limit(limit))):
            person = await self.erasure.everything(connection, CustomerId(who))
            if person is not None:
                await self.erasure.erase_rows(connection, SYSTEM, person)
                gone += 1
        return gone, ()

    def _idle(self, before: Instant) -> Select[Any]:
        site = self.erasure.site
        one = customer.alias("one_record")
        theirs = (one.c.site == site) & (
            (one.c.id == customer.c.id) | (one.c.merged_into == customer.c.id)
        )
        return (
            select(customer.c.id)
            .where(
                customer.c.site == site,
                customer.c.merged_into.is_(None),
                customer.c.updated_at < before,
                ~exists().where(theirs, one.c.id.in_(self.seen_since(site, before))),
                ~exists().where(
                    theirs,
                    order.c.site == site,
                    order.c.customer == one.c.id,
                    order.c.at >= before,
                ),
                ~exists().where(
                    theirs,
                    contact.c.site == site,
                    contact.c.customer == one.c.id,
                    contact.c.at >= before,
                ),
            )
            .order_by(customer.c.updated_at, customer.c.id)
        )
