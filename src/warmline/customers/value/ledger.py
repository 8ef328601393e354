"""The orders of a site's customers, read for valuing: by person, in local days, in one currency."""

from array import array
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, func, not_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, CustomerId, Instant, Malformed, SiteId
from warmline.customers.orders.model import OrderStatus, minor_digits
from warmline.customers.orders.tables import order
from warmline.customers.tables import customer
from warmline.customers.value.asking import unprofiled
from warmline.customers.value.purchases import Orders
from warmline.storage.rows import rows

PAGE = 20_000
_GONE = (OrderStatus.CANCELLED.value, OrderStatus.RETURNED.value)
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The currency in which a site counts, and what one unit of others is worth in it."""

    currency: str
    rates: Mapping[str, float] = field(default_factory=dict[str, float])

    def factor(self, currency: str) -> float | None:
        """What a minor unit of a currency is worth in minor units of ours; None: not known."""
        if currency == self.currency:
            return 1.0
        rate = self.rates.get(currency)
        if rate is None:
            return None
        return rate * 10 ** (digits(self.currency) - digits(currency))


def digits(currency: str) -> int:
    """How many digits stand after the point; two for what is no currency."""
    try:
        return minor_digits(currency)
    except Malformed:
        return 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Orders of people under the id that counts; first and last moment of each."""

    orders: Orders
    first_at: Mapping[str, Instant]
    last_at: Mapping[str, Instant]
    count: int
    unpriced: int


class Days:
    """Local days as numbers."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._shifts: dict[int, int] = {}

    def of(self, at: Instant) -> int:
        """The local day of a moment; the clock's shift is that of the day's noon."""
        day = at // DAY
        shift = self._shifts.get(day)
        if shift is None:
            noon = datetime.fromtimestamp(day * 86_400 + 43_200, self._zone)
            offset = noon.utcoffset()
            shift = round(offset.total_seconds() * 1000) if offset is not None else 0
            self._shifts[day] = shift
        return (at + shift) // DAY + _EPOCH_DAY


async def usual_currency(connection: AsyncConnection, site: SiteId) -> str | None:
    """The currency of most orders."""
    query = (
        select(order.c.currency)
        .where(order.c.site == site)
        .group_by(order.c.currency)
        .order_by(func.count().desc(), order.c.currency)
        .limit(1)
    )
    return await connection.scalar(query)


async def read_ledger(
    connection: AsyncConnection,
    site: SiteId,
    days: Days,
    money: Money,
    *,
    among: Collection[CustomerId] | None = None,
) -> Ledger:
    """The orders that count (not cancelled, not returned) of those who may be profiled."""
    numbers: dict[str, int] = {}
    who, day, sums = array("q"), array("q"), array("d")
    first: dict[str, Instant] = {}
    last: dict[str, Instant] = {}
    factors: dict[str, float | None] = {}
    unpriced = 0
    async for root, at, total, currency in _told(connection, _orders(site, among)):
        if currency not in factors:
            factors[currency] = money.factor(currency)
        factor = factors[currency]
        unpriced += factor is None
        who.append(numbers.setdefault(root, len(numbers)))
        day.append(days.of(at))
        sums.append(0.0 if factor is None else total * factor)
        first[root] = min(at, first.get(root, at))
        last[root] = max(at, last.get(root, at))
    return Ledger(
        orders=Orders(
            customers=list(numbers),
            who=np.asarray(who, dtype=np.int64),
            day=np.asarray(day, dtype=np.int64),
            money=np.asarray(sums, dtype=np.float64),
        ),
        first_at=first,
        last_at=last,
        count=len(who),
        unpriced=unpriced,
    )


async def _told(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]]
) -> AsyncIterator[tuple[str, Instant, int, str]]:
    """All rows, a page at a time, so that a large ledger is never held twice."""
    place = tuple_(order.c.customer, order.c.at, order.c.id)
    page = query.order_by(order.c.customer, order.c.at, order.c.id).limit(PAGE)
    after: tuple[str, Instant, str] | None = None
    while True:
        found = await rows(connection, page if after is None else page.where(place > after))
        for one in found:
            yield one["root"], one["at"], one["total_minor"], one["currency"]
        if len(found) < PAGE:
            return
        after = (found[-1]["customer"], found[-1]["at"], found[-1]["id"])


def _orders(site: SiteId, among: Collection[CustomerId] | None) -> Select[*tuple[Any, ...]]:
    root = func.coalesce(customer.c.merged_into, customer.c.id)
    columns: tuple[ColumnElement[Any], ...] = (
        root.label("root"),
        order.c.customer,
        order.c.id,
        order.c.at,
        order.c.total_minor,
        order.c.currency,
    )
    query = (
        select(*columns)
        .select_from(
            order.join(
                customer,
                and_(customer.c.site == order.c.site, customer.c.id == order.c.customer),
            )
        )
        .where(
            order.c.site == site,
            order.c.status.not_in(_GONE),
            not_(unprofiled(site, root)),
        )
    )
    return query if among is None else query.where(order.c.customer.in_(among))
