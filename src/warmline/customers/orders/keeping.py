"""Keeping orders: many at once, by the shop's own number, so that again changes nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.orders import owners, queries
from warmline.customers.orders.model import Kept, Order, OrderEventKind, OrderStatus, Outcome
from warmline.customers.orders.tables import order, order_event
from warmline.storage.many import write_many
from warmline.storage.rows import Row
from warmline.storage.schema import ID_CHARS
from warmline.storage.upsert import upsert

Values: TypeAlias = tuple[Any, ...]
COLUMNS = tuple(column.name for column in order.columns)
"""A row is its values in this order: of a million rows no mapping is made."""
_ID, _CUSTOMER = COLUMNS.index("id"), COLUMNS.index("customer")
_PLACED = OrderStatus.PLACED.value


async def keep_orders(
    connection: AsyncConnection, site: SiteId, orders: Sequence[Order], *, source: str, now: Instant
) -> Kept:
    """Take orders in, within a transaction; the last one of a number counts."""
    numbers = {one.customer for one in orders}
    owned = await owners.by_number(connection, site, numbers)
    owned |= await owners.make(connection, site, numbers - owned.keys(), now=now)
    known = await _known(connection, site, orders)
    merged = await _merged(connection, site, known, owned, orders)
    kept = Kept()
    written: dict[str, Values] = {}
    for one in orders:
        before = known.get(one.id)
        whose = _whose(before, owned[one.customer], merged)
        if before is None:
            after = _first(site, one, whose, source)
            kept.outcomes.append(Outcome.NEW)
        else:
            after = _next(one, before, whose, now)
            if after == before:
                kept.outcomes.append(Outcome.SAME)
                continue
            kept.outcomes.append(Outcome.CHANGED)
            kept.customers.add(CustomerId(before[_CUSTOMER]))
        kept.customers.add(whose)
        known[one.id] = written[one.id] = after
    statement = upsert(order, keys=("site", "id"))
    await write_many(connection, statement, COLUMNS, list(written.values()))
    return kept


async def would_be(
    connection: AsyncConnection, site: SiteId, orders: Sequence[Order], *, now: Instant
) -> list[Outcome]:
    """What would become of these orders; of those that come twice among them look yourself."""
    owned = await owners.by_number(connection, site, {one.customer for one in orders})
    known = await _known(connection, site, orders)
    merged = await _merged(connection, site, known, owned, orders)
    found: list[Outcome] = []
    for one in orders:
        before = known.get(one.id)
        if before is None:
            found.append(Outcome.NEW)
            continue
        whose = _whose(before, owned.get(one.customer, CustomerId("")), merged)
        same = _next(one, before, whose, now) == before
        found.append(Outcome.SAME if same else Outcome.CHANGED)
    return found


async def _known(
    connection: AsyncConnection, site: SiteId, orders: Sequence[Order]
) -> dict[str, Values]:
    known: dict[str, Values] = {}
    for some in owners.portions({one.id for one in orders}):
        found = await connection.execute(queries.BY_IDS, {"site": site, "ids": some})
        known.update((each[_ID], tuple(each)) for each in found.all())
    return known


async def _merged(
    connection: AsyncConnection,
    site: SiteId,
    known: Mapping[str, Values],
    owned: Mapping[str, CustomerId],
    orders: Sequence[Order],
) -> Mapping[CustomerId, CustomerId]:
    """Who the owners turned out to be, where an order seems to have moved to another customer."""
    if not known:
        return {}
    moved: set[CustomerId] = set()
    for one in orders:
        before = known.get(one.id)
        now = owned.get(one.customer)
        if before is not None and now is not None and before[_CUSTOMER] != now:
            moved |= {CustomerId(before[_CUSTOMER]), now}
    return await owners.roots(connection, site, moved) if moved else {}


def _whose(
    before: Values | None, now: CustomerId, merged: Mapping[CustomerId, CustomerId]
) -> CustomerId:
    """An order stays with the record that it came to, as long as that is the same person."""
    if before is None or before[_CUSTOMER] == now:
        return now
    was = CustomerId(before[_CUSTOMER])
    return was if was in merged and merged[was] == merged.get(now) else now


def _first(site: SiteId, one: Order, whose: CustomerId, source: str) -> Values:
    """The row of an order that is new, in the order of `COLUMNS`."""
    return (
        site,
        one.id,
        whose,
        one.at,
        one.total_minor,
        one.currency,
        one.units,
        one.status.value if one.status else _PLACED,
        one.at if one.status_at is None else one.status_at,
        one.promised_at,
        one.text,
        source,
    )


def _next(one: Order, before: Values, whose: CustomerId, now: Instant) -> Values:
    """The row that an order makes of what was there: what it does not say stays."""
    site, id_, _, _, _, _, units, status, status_at, promised_at, text, source = before
    if one.status_at is not None:
        status_at = one.status_at
    elif one.status and one.status.value != status:
        status_at = now
    return (
        site,
        id_,
        whose,
        one.at,
        one.total_minor,
        one.currency,
        units if one.units is None else one.units,
        one.status.value if one.status else status,
        status_at,
        promised_at if one.promised_at is None else one.promised_at,
        text if one.text is None else one.text,
        source,
    )


async def keep_event(
    connection: AsyncConnection,
    site: SiteId,
    found: Row,
    kind: OrderEventKind,
    *,
    at: Instant,
    id_: str | None,
) -> Mapping[str, object]:
    """Write down what happened to an order; the same once more changes nothing."""
    event = {
        "site": site,
        "id": id_ or event_id(found["id"], kind, at),
        "order": found["id"],
        "customer": found["customer"],
        "kind": kind.value,
        "at": at,
    }
    await connection.execute(upsert(order_event, event, keys=("site", "id"), change=()))
    return event


def event_id(number: str, kind: OrderEventKind, at: Instant) -> str:
    """The id of an event that came without one: the same deed has the same id."""
    plain = f"{number}:{kind.value}:{at}"
    return plain if len(plain) <= ID_CHARS else hashlib.sha256(plain.encode()).hexdigest()
