"""What is asked of the tables of cases, gestures and wow moments, and of the answers to surveys."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import AgentId, CustomerId, Instant, SiteId, UserId
from warmline.experience.cases.model import STANDING
from warmline.experience.cases.rules import Said
from warmline.experience.cases.tables import case, gesture, wow
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.storage.rows import Row, row, rows

_STANDING = tuple(sorted(one.value for one in STANDING))


async def ask_of(connection: AsyncConnection, site: SiteId, ask: str) -> Row | None:
    """One asking, or None."""
    query = select(survey_ask).where(survey_ask.c.site == site, survey_ask.c.id == ask)
    return await row(connection, query)


async def answers_of(
    connection: AsyncConnection, site: SiteId, asks: Collection[str]
) -> Mapping[str, Sequence[Said]]:
    """What was answered to some askings, in the order of the questions."""
    query = (
        select(survey_answer)
        .where(survey_answer.c.site == site, survey_answer.c.ask.in_(sorted(asks)))
        .order_by(survey_answer.c.ask, survey_answer.c.at, survey_answer.c.question)
    )
    found: dict[str, list[Said]] = {}
    for one in await rows(connection, query):
        said = Said(kind=one["kind"], value=one["value"], words=one["words"])
        found.setdefault(one["ask"], []).append(said)
    return found


async def case_by(connection: AsyncConnection, site: SiteId, **wanted: str) -> Row | None:
    """The case with these marks, such as `id` or `ask`."""
    query = select(case).where(case.c.site == site)
    for name, value in wanted.items():
        query = query.where(case.c[name] == value)
    return await row(connection, query)


def standing(site: SiteId) -> Select[Any]:
    """The cases in which something is to be done, the most urgent first."""
    return (
        select(case)
        .where(case.c.site == site, case.c.state.in_(_STANDING))
        .order_by(case.c.due_at, case.c.id)
    )


async def load_of(connection: AsyncConnection, site: SiteId) -> Mapping[str, int]:
    """How many cases each owner has to see to."""
    query = (
        select(case.c.owner, func.count().label("many"))
        .where(case.c.site == site, case.c.state.in_(_STANDING), case.c.owner.is_not(None))
        .group_by(case.c.owner)
    )
    return {one["owner"]: one["many"] for one in await rows(connection, query)}


def owned(site: SiteId, owner: UserId) -> Select[Any]:
    """What a user has to see to, the most urgent first."""
    return standing(site).where(case.c.owner == owner)


def newest(site: SiteId, *, since: Instant | None, until: Instant | None) -> Select[Any]:
    """Cases that were opened in a period, the newest first."""
    query = (
        select(case).where(case.c.site == site).order_by(case.c.opened_at.desc(), case.c.id.desc())
    )
    if since is not None:
        query = query.where(case.c.opened_at >= since)
    return query if until is None else query.where(case.c.opened_at < until)


def after_page(query: Select[Any], before: tuple[Instant, str]) -> Select[Any]:
    """The next page of a list ordered newest first: strictly after its last row."""
    at, id_ = before
    return query.where(
        or_(case.c.opened_at < at, (case.c.opened_at == at) & (case.c.id < id_)),
    )


async def next_reminder(connection: AsyncConnection, site: SiteId) -> Instant | None:
    """When the next owner is to be reminded."""
    query = select(func.min(case.c.remind_at)).where(
        case.c.site == site, case.c.state.in_(_STANDING), case.c.reminded_at.is_(None)
    )
    return await connection.scalar(query)


async def to_remind(connection: AsyncConnection, site: SiteId, now: Instant) -> Sequence[Row]:
    """The cases whose owners are to be reminded by now."""
    query = standing(site).where(case.c.reminded_at.is_(None), case.c.remind_at <= now)
    return await rows(connection, query)


async def with_promise(
    connection: AsyncConnection, site: SiteId, promises: Collection[str]
) -> Collection[str]:
    """Those of some promises for which there is a case."""
    query = select(case.c.promise).where(case.c.site == site, case.c.promise.in_(promises))
    return (await connection.scalars(query)).all()


async def spent(
    connection: AsyncConnection, site: SiteId, agent: AgentId, since: Instant, until: Instant
) -> int:
    """What an agent gave in a period, in minor units."""
    query = select(func.coalesce(func.sum(gesture.c.cost_minor), 0)).where(
        gesture.c.site == site,
        gesture.c.agent == agent,
        gesture.c.at >= since,
        gesture.c.at < until,
    )
    return int(await connection.scalar(query) or 0)


async def given_to(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId], since: Instant
) -> Sequence[Row]:
    """What a person was given since a moment, the newest first."""
    query = (
        select(gesture)
        .where(gesture.c.site == site, gesture.c.customer.in_(ids), gesture.c.at >= since)
        .order_by(gesture.c.at.desc(), gesture.c.id)
    )
    return await rows(connection, query)


async def answered_asks(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId], since: Instant
) -> Sequence[Row]:
    """The askings that people answered since a moment, the first first."""
    query = (
        select(survey_ask.c.id, survey_ask.c.customer, survey_ask.c.answered_at)
        .where(
            survey_ask.c.site == site,
            survey_ask.c.customer.in_(ids),
            survey_ask.c.answered_at >= since,
        )
        .order_by(survey_ask.c.answered_at, survey_ask.c.id)
    )
    return await rows(connection, query)


def wows(site: SiteId) -> Select[Any]:
    """Wow moments, the newest first."""
    return select(wow).where(wow.c.site == site).order_by(wow.c.at.desc(), wow.c.id.desc())
