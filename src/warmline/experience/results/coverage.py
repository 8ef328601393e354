"""Whom we asked and who answered: counted by the database, for there are as many as contacts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import MINUTE, Instant, SiteId
from warmline.experience.results.model import Closed, Fact, Side, Source, Wanted
from warmline.experience.surveys.tables import survey_ask
from warmline.storage.rows import Row, rows

KEYS = {Source.ASKED: "answered_pct", Source.CONTACTS: "asked_pct"}
"""The share that each of these is counted for."""
PART_MS = 15 * MINUTE
"""No zone of the world begins its day inside a quarter of an hour."""


def _sent(site: SiteId, wanted: Wanted) -> Select[Any]:
    """Surveys sent in a period, answered or not; those after a case left out."""
    columns: Sequence[ColumnElement[Any]] = (
        survey_ask.c.id,
        survey_ask.c.interaction,
        survey_ask.c.id.label("ask"),
        survey_ask.c.customer,
        survey_ask.c.asked_at.label("at"),
        *(survey_ask.c[side.value] for side in Side),
        case((survey_ask.c.answered_at.is_not(None), 1), else_=0).label("good"),
    )
    return select(*columns).where(
        survey_ask.c.site == site,
        survey_ask.c.asked_at >= wanted.since,
        survey_ask.c.asked_at < wanted.until,
        survey_ask.c.again_of_case.is_(None),
    )


def _closed(site: SiteId, wanted: Wanted, closed: Closed) -> Select[Any]:
    """Conversations closed in a period, each with whether anybody was asked about it."""
    past = closed(site, wanted.since, wanted.until).subquery("closed")
    asked = (
        select(survey_ask.c.id)
        .where(survey_ask.c.site == site, survey_ask.c.interaction == past.c.interaction)
        .correlate(past)
        .exists()
    )
    columns: Sequence[ColumnElement[Any]] = (
        past.c.interaction.label("id"),
        past.c.interaction,
        past.c.customer,
        past.c.at,
        *(past.c[side.value] for side in Side),
        case((asked, 1), else_=0).label("good"),
    )
    return select(*columns)


def surveyed(site: SiteId, *, answered: bool) -> Select[Any]:
    """The ids of interactions about which a survey was sent, or answered."""
    query = select(survey_ask.c.interaction).where(survey_ask.c.site == site)
    return query.where(survey_ask.c.answered_at.is_not(None)) if answered else query


def _covered(
    site: SiteId, source: Source, wanted: Wanted, closed: Closed
) -> tuple[Subquery, Sequence[ColumnElement[bool]]]:
    """What is counted, and which of it is wanted."""
    every = _sent(site, wanted) if source is Source.ASKED else _closed(site, wanted, closed)
    table = every.subquery("covered")
    return table, [table.c[side.value] == item for side, item in wanted.only.items()]


async def by_sides(
    connection: AsyncConnection, site: SiteId, source: Source, wanted: Wanted, closed: Closed
) -> Sequence[Fact]:
    """How many there are of each sort, good or not; a fact stands for all of a sort."""
    table, only = _covered(site, source, wanted, closed)
    columns = [*(table.c[side.value] for side in Side), table.c.good]
    counted = select(*columns, func.count().label("n")).where(*only).group_by(*columns)
    return [_many(source, one, wanted.since) for one in await rows(connection, counted)]


async def by_time(
    connection: AsyncConnection, site: SiteId, source: Source, wanted: Wanted, closed: Closed
) -> Sequence[Fact]:
    """How many there are in each quarter of an hour, good or not."""
    table, only = _covered(site, source, wanted, closed)
    part = (table.c.at // PART_MS).label("part")
    counted = (
        select(part, table.c.good, func.count().label("n"))
        .where(*only)
        .group_by(part, table.c.good)
    )
    return [
        # The first quarter of an hour may begin before the period.
        _many(source, one, max(wanted.since, int(one["part"]) * PART_MS))
        for one in await rows(connection, counted)
    ]


def _many(source: Source, one: Row, at: Instant) -> Fact:
    return Fact(
        id="",
        interaction=None,
        ask=None,
        customer=None,
        at=at,
        sides={side: one.get(side.value) for side in Side},
        values={KEYS[source]: float(one["good"])},
        n=one["n"],
    )


async def newest(
    connection: AsyncConnection,
    site: SiteId,
    source: Source,
    wanted: Wanted,
    closed: Closed,
    *,
    before: tuple[Instant, str] | None,
    limit: int,
) -> Sequence[Fact]:
    """One by one, the newest first, from a place on."""
    table, only = _covered(site, source, wanted, closed)
    query = select(table).where(*only).order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(table.c.at, table.c.id) < before)
    return [
        Fact(
            id=one["id"],
            interaction=one["interaction"],
            ask=one.get("ask"),
            customer=one["customer"],
            at=one["at"],
            sides={side: one[side.value] for side in Side},
            values={KEYS[source]: float(one["good"])},
        )
        for one in await rows(connection, query)
    ]
