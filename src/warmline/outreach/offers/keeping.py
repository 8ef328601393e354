"""What the room keeps: offers, terms, and what was shown; one function per question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, InteractionId, SiteId
from warmline.outreach.offers.model import Arm, Offer, Terms
from warmline.outreach.offers.tables import offer, offer_shown, offer_solved, offer_terms
from warmline.storage.rows import Query, Row, row, rows
from warmline.storage.upsert import upsert

_FIELDS = (
    "id", "names", "words", "value_minor", "rule", "valid_from", "valid_until", "active",
)  # fmt: skip


async def offers(connection: AsyncConnection, site: SiteId) -> Sequence[Offer]:
    """All offers of the site, by id."""
    query = select(offer).where(offer.c.site == site).order_by(offer.c.id)
    return [_offer(one) for one in await rows(connection, query)]


async def one_offer(connection: AsyncConnection, site: SiteId, id_: str) -> Offer | None:
    """One offer."""
    found = await row(connection, select(offer).where(offer.c.site == site, offer.c.id == id_))
    return None if found is None else _offer(found)


def _offer(found: Row) -> Offer:
    return Offer(**{name: found[name] for name in _FIELDS})


def plain(given: Offer) -> dict[str, object]:
    """An offer as it is kept, sent and audited."""
    return {**asdict(given), "names": dict(given.names), "words": dict(given.words)}


async def keep_offer(
    connection: AsyncConnection, site: SiteId, given: Offer, *, at: Instant, by: str | None
) -> None:
    """Make an offer, or change the one that has its id."""
    values = {"site": site, **plain(given), "changed_at": at, "changed_by": by}
    await connection.execute(upsert(offer, values, keys=("site", "id")))


async def terms_of(connection: AsyncConnection, site: SiteId) -> Terms:
    """How the site offers."""
    found = await row(connection, select(offer_terms).where(offer_terms.c.site == site))
    return Terms() if found is None else Terms(**{k: v for k, v in found.items() if k != "site"})


async def keep_terms(connection: AsyncConnection, site: SiteId, terms: Terms) -> None:
    """The site offers like this from now on."""
    values = {"site": site, **asdict(terms)}
    await connection.execute(upsert(offer_terms, values, keys=("site",)))


async def is_solved(connection: AsyncConnection, site: SiteId, talk: InteractionId) -> bool:
    """Whether the agent said that what the customer came for is solved."""
    query = select(offer_solved.c.at).where(
        offer_solved.c.site == site, offer_solved.c.interaction == talk
    )
    return await connection.scalar(query) is not None


async def keep_solved(
    connection: AsyncConnection, site: SiteId, talk: InteractionId, *, at: Instant, by: str | None
) -> None:
    """The agent says so; once is enough."""
    values = {"site": site, "interaction": talk, "at": at, "by": by}
    keys = ("site", "interaction")
    await connection.execute(upsert(offer_solved, values, keys=keys, change=()))


async def shown_in(connection: AsyncConnection, site: SiteId, talk: InteractionId) -> Row | None:
    """What was shown, or would have been, in a conversation: one at most."""
    query = select(offer_shown).where(offer_shown.c.site == site, offer_shown.c.interaction == talk)
    return await row(connection, query)


async def shown_since(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId], since: Instant
) -> bool:
    """Whether a person was offered something, or held out from it, after a moment."""
    query = (
        select(offer_shown.c.id)
        .where(
            offer_shown.c.site == site, offer_shown.c.customer.in_(ids), offer_shown.c.at > since
        )
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def keep_shown(connection: AsyncConnection, values: Mapping[str, object]) -> None:
    """Remember it before anybody sees it; the first of a conversation stays."""
    await connection.execute(upsert(offer_shown, values, keys=("site", "id"), change=()))


async def answer(
    connection: AsyncConnection, site: SiteId, id_: str, values: Mapping[str, object]
) -> None:
    """What the customer said."""
    await connection.execute(
        update(offer_shown)
        .where(offer_shown.c.site == site, offer_shown.c.id == id_)
        .values(**values)
    )


async def unsettled(
    connection: AsyncConnection, site: SiteId, *, before: Instant, limit: int
) -> Sequence[Row]:
    """The oldest shown before a moment whose revenue is not known yet."""
    query = (
        select(offer_shown.c.id, offer_shown.c.customer, offer_shown.c.at)
        .where(
            offer_shown.c.site == site,
            offer_shown.c.revenue_minor.is_(None),
            offer_shown.c.at <= before,
        )
        .order_by(offer_shown.c.at, offer_shown.c.id)
        .limit(limit)
    )
    return await rows(connection, query)


async def settle(connection: AsyncConnection, site: SiteId, revenue: Mapping[str, int]) -> None:
    """Remember what followed each."""
    statement = (
        update(offer_shown)
        .where(offer_shown.c.site == site, offer_shown.c.id == bindparam("which"))
        .values(revenue_minor=bindparam("revenue"))
    )
    if revenue:
        settled = [{"which": id_, "revenue": money} for id_, money in revenue.items()]
        await connection.execute(statement, settled)


def shown(site: SiteId, *where: ColumnElement[bool], newest: int) -> Select[Any]:
    """What was shown and held out, the newest first."""
    return (
        select(offer_shown)
        .where(offer_shown.c.site == site, *where)
        .order_by(offer_shown.c.at.desc(), offer_shown.c.id)
        .limit(newest)
    )


def times_shown(site: SiteId) -> Query:
    """How often each offer was shown, ever."""
    return (
        select(offer_shown.c.offer, func.count().label("many"))
        .where(offer_shown.c.site == site, offer_shown.c.arm == Arm.SHOWN.value)
        .group_by(offer_shown.c.offer)
    )
