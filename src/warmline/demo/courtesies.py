"""Whom the sample shop asked whether all is well, in the weeks that never were; made up."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import insert, select

from warmline.core.words import DAY, Instant, SiteId
from warmline.customers.orders.model import OrderStatus
from warmline.customers.orders.tables import order
from warmline.outreach.courtesy import keeping
from warmline.outreach.courtesy.model import Left, Programme, State
from warmline.outreach.courtesy.tables import courtesy
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

PROGRAMME = Programme(on=True)
RUNS_FOR_MS = 40 * DAY
"""So long ago the programme was switched on."""
TROUBLED_EVERY = 17


async def care_past(database: Database, site: SiteId, now: Instant) -> None:
    """Switch the programme on, and write down whom it reached until now."""
    due = now - PROGRAMME.days_after * DAY
    query = (
        select(order.c.id, order.c.customer, order.c.status_at)
        .where(
            order.c.site == site,
            order.c.status == OrderStatus.DELIVERED.value,
            order.c.status_at > due - RUNS_FOR_MS,
            order.c.status_at <= due,
        )
        .order_by(order.c.status_at, order.c.id)
    )
    async with database.read() as connection:
        found = await rows(connection, query)
    became = list(_became(site, found))
    async with database.write() as connection:
        await keeping.keep_programme(connection, site, PROGRAMME, at=due - RUNS_FOR_MS, by=None)
        if became:
            await connection.execute(insert(courtesy), became)


def _became(site: SiteId, found: Sequence[Row]) -> Iterator[Mapping[str, object]]:
    """One mail for each customer; the later orders of the same one are left out."""
    seen: set[str] = set()
    for place, one in enumerate(found):
        who = one["customer"]
        reason = Left.LATELY if who in seen else None
        if place % TROUBLED_EVERY == 0:
            reason = Left.TROUBLE
        if reason is None:
            seen.add(who)
        yield {
            "site": site,
            "order": one["id"],
            "customer": who,
            "delivered_at": one["status_at"],
            "at": one["status_at"] + PROGRAMME.days_after * DAY,
            "state": (State.SENT if reason is None else State.LEFT).value,
            "reason": None if reason is None else reason.value,
            "channel": None if reason is not None else "email",
        }
