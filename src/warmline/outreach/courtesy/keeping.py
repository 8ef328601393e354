"""What the programme keeps: itself, and what became of each delivered order."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.outreach.courtesy.model import Programme, State
from warmline.outreach.courtesy.tables import courtesy, programme
from warmline.storage.rows import Query, row, rows
from warmline.storage.upsert import upsert

CHUNK = 500
_FIELDS = ("on", "days_after", "days_late", "pause_days", "subjects", "texts")


async def programme_of(connection: AsyncConnection, site: SiteId) -> Programme:
    """The programme of the site; off until somebody switches it on."""
    found = await row(connection, select(programme).where(programme.c.site == site))
    return Programme() if found is None else Programme(**{one: found[one] for one in _FIELDS})


def plain(given: Programme) -> dict[str, object]:
    """A programme as it is kept, sent and audited."""
    found = {one: getattr(given, one) for one in _FIELDS}
    return {**found, "subjects": dict(given.subjects), "texts": dict(given.texts)}


async def keep_programme(
    connection: AsyncConnection, site: SiteId, given: Programme, *, at: Instant, by: str | None
) -> None:
    """The programme is this from now on."""
    values = {"site": site, **plain(given), "changed_at": at, "changed_by": by}
    await connection.execute(upsert(programme, values, keys=("site",)))


async def dealt_with(
    connection: AsyncConnection, site: SiteId, orders: Sequence[str]
) -> Collection[str]:
    """Those of some orders that something became of."""
    found: set[str] = set()
    for start in range(0, len(orders), CHUNK):
        query: Select[Any] = select(courtesy.c.order).where(
            courtesy.c.site == site, courtesy.c.order.in_(orders[start : start + CHUNK])
        )
        found.update(await connection.scalars(query))
    return found


async def written_since(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId], since: Instant
) -> bool:
    """Whether a person was written to after a moment."""
    query = (
        select(courtesy.c.order)
        .where(
            courtesy.c.site == site,
            courtesy.c.customer.in_(ids),
            courtesy.c.at > since,
            courtesy.c.state != State.LEFT.value,
        )
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def keep(connection: AsyncConnection, values: Mapping[str, object]) -> bool:
    """Remember what became of an order; False when that was known already."""
    done = await connection.execute(upsert(courtesy, values, keys=("site", "order"), change=()))
    return done.rowcount > 0


async def sent(connection: AsyncConnection, site: SiteId, order: str) -> None:
    """The mail is on its way, whatever happens here."""
    await connection.execute(
        update(courtesy)
        .where(courtesy.c.site == site, courtesy.c.order == order)
        .values(state=State.SENT.value)
    )


async def written(
    connection: AsyncConnection, site: SiteId, since: Instant
) -> Mapping[CustomerId, Instant]:
    """Who was written to since a moment, and when last."""
    query = (
        select(courtesy.c.customer, func.max(courtesy.c.at).label("at"))
        .where(
            courtesy.c.site == site, courtesy.c.at >= since, courtesy.c.state == State.SENT.value
        )
        .group_by(courtesy.c.customer)
    )
    return {CustomerId(one["customer"]): one["at"] for one in await rows(connection, query)}


def counts(site: SiteId, since: Instant) -> Query:
    """How many orders became what, and why."""
    return (
        select(courtesy.c.state, courtesy.c.reason, func.count().label("many"))
        .where(courtesy.c.site == site, courtesy.c.at >= since)
        .group_by(courtesy.c.state, courtesy.c.reason)
        .order_by(func.count().desc())
    )


def newest(
    site: SiteId, since: Instant, *, state: State | None, reason: str | None, limit: int
) -> Select[Any]:
    """What became of the newest."""
    query = select(courtesy).where(courtesy.c.site == site, courtesy.c.at >= since)
    if state is not None:
        query = query.where(courtesy.c.state == state.value)
    if reason is not None:
        query = query.where(courtesy.c.reason == reason)
    return query.order_by(courtesy.c.at.desc(), courtesy.c.order).limit(limit)
