"""What can be asked about orders: one function per question, always within one site."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, case, func, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, Malformed, SiteId
from warmline.customers.orders.model import ON_ITS_WAY
from warmline.customers.orders.tables import order, order_event
from warmline.storage.rows import Query, Row, rows

PAGE_LIMIT = 100
_CURSOR_PARTS = 3


def one(site: SiteId, id_: str) -> Select[Any]:
    """One order."""
    return select(order).where(order.c.site == site, order.c.id == id_)


BY_IDS = select(order).where(
    order.c.site == bindparam("site"), order.c.id.in_(bindparam("ids", expanding=True))
)
"""The orders of these numbers; asked for every thousand rows of an import, so built once."""


def of_customers(
    site: SiteId, ids: Collection[CustomerId], *, before: tuple[Instant, str] | None, limit: int
) -> Select[Any]:
    """Orders of a person, the newest first."""
    found = select(order).where(order.c.site == site, order.c.customer.in_(ids))
    if before is not None:
        at, id_ = before
        found = found.where(or_(order.c.at < at, (order.c.at == at) & (order.c.id < id_)))
    return found.order_by(order.c.at.desc(), order.c.id.desc()).limit(limit)


def events_of(site: SiteId, orders: Collection[str]) -> Select[Any]:
    """What happened to these orders, the newest first."""
    return (
        select(order_event)
        .where(order_event.c.site == site, order_event.c.order.in_(orders))
        .order_by(order_event.c.at.desc(), order_event.c.id)
    )


def totals(site: SiteId, ids: Collection[CustomerId]) -> Query:
    """How many orders a person has and what they come to, by currency, the largest sum first.

    Cancelled and returned ones count as orders but bring nothing.
    """
    brought = case((order.c.status.in_(["cancelled", "returned"]), 0), else_=order.c.total_minor)
    return (
        select(
            order.c.currency,
            func.count().label("orders"),
            func.sum(brought).label("total_minor"),
            func.max(order.c.at).label("last_at"),
        )
        .where(order.c.site == site, order.c.customer.in_(ids))
        .group_by(order.c.currency)
        .order_by(func.sum(brought).desc(), order.c.currency)
    )


def is_late(found: Row, now: Instant) -> bool:
    """Whether the customer waits for this order longer than was promised."""
    promised = found["promised_at"]
    return promised is not None and promised < now and found["status"] in ON_ITS_WAY


def shown(found: Row, *, now: Instant) -> dict[str, object]:
    """An order as screens and programs read it; its texts are the shop's, not personal."""
    fields = ("id", "customer", "at", "total_minor", "currency", "units", "status", "status_at")
    more = ("promised_at", "text", "source")
    return {**{name: found[name] for name in (*fields, *more)}, "late": is_late(found, now)}


# For the timeline: orders and what happened to them, as one story.


def story(site: SiteId, ids: Collection[CustomerId], *, before: str | None, limit: int) -> Query:
    """Orders and their events of a person, the newest first; `before` is `cursor_of` a row.

    Columns: `kind` (`order` or `order_event`), `at`, `id`, `order`, `event` (its kind),
    `status`, `total_minor`, `currency`, `text`.
    """
    orders = select(
        literal("order").label("kind"),
        order.c.at,
        order.c.id,
        order.c.id.label("order"),
        null().label("event"),
        order.c.status,
        order.c.total_minor,
        order.c.currency,
        order.c.text,
    ).where(order.c.site == site, order.c.customer.in_(ids))
    happened = (
        select(
            literal("order_event").label("kind"),
            order_event.c.at,
            order_event.c.id,
            order_event.c.order,
            order_event.c.kind.label("event"),
            order.c.status,
            order.c.total_minor,
            order.c.currency,
            order.c.text,
        )
        .join(order, (order.c.site == order_event.c.site) & (order.c.id == order_event.c.order))
        .where(order_event.c.site == site, order_event.c.customer.in_(ids))
    )
    both = union_all(orders, happened).subquery()
    found = select(both)
    if before is not None:
        at, kind, id_ = _read_cursor(before)
        found = found.where(
            or_(
                both.c.at < at,
                (both.c.at == at) & (both.c.kind < kind),
                (both.c.at == at) & (both.c.kind == kind) & (both.c.id < id_),
            )
        )
    return found.order_by(both.c.at.desc(), both.c.kind.desc(), both.c.id.desc()).limit(limit)


async def story_page(
    connection: AsyncConnection,
    site: SiteId,
    ids: Collection[CustomerId],
    *,
    before: str | None = None,
    limit: int = 20,
) -> tuple[Sequence[Mapping[str, object]], str | None]:
    """A page of `story`, and where to go on."""
    found = await rows(connection, story(site, ids, before=before, limit=limit))
    further = cursor_of(found[-1]) if len(found) == limit else None
    return [dict(each) for each in found], further


def cursor_of(found: Row) -> str:
    """Where a page ends."""
    return f"{found['at']}.{found['kind']}.{found['id']}"


def _read_cursor(text: str) -> tuple[Instant, str, str]:
    parts = text.split(".", _CURSOR_PARTS - 1)
    if len(parts) != _CURSOR_PARTS or not parts[0].isdecimal():
        raise Malformed("before", "is not from a page", "invalid")
    return int(parts[0]), parts[1], parts[2]
