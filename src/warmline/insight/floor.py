"""The floor in numbers: each queue now, in this half hour and today, in the zone of the site."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.center import Center
from warmline.core.interaction import Interaction
from warmline.core.words import MINUTE, Instant, Medium, Phase, QueueId, SiteId
from warmline.insight.metrics import METRICS, Metric, Unit, Window, occupancy, occupied
from warmline.insight.tables import agent_span, visit
from warmline.storage.rows import Row, row, rows

INTERVAL_MINUTES = 30
WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})
IN_HAND = frozenset({Phase.CONNECTED, Phase.HELD, Phase.WRAPPING})


def zone_of(center: Center) -> ZoneInfo:
    """The zone that most of the site's calendars are in, UTC when it has none."""
    return ZoneInfo(center.zone)


def today(now: Instant, zone: ZoneInfo) -> Window:
    """From local midnight until now."""
    local = _local(now, zone)
    return Window(since=_instant(local.replace(hour=0, minute=0, second=0, microsecond=0)),
                  until=now + 1)  # fmt: skip


def interval(now: Instant, zone: ZoneInfo) -> Window:
    """From the last full or half hour, by the local clock, until now."""
    local = _local(now, zone)
    since = local - timedelta(
        minutes=local.minute % INTERVAL_MINUTES,
        seconds=local.second,
        microseconds=local.microsecond,
    )
    return Window(since=_instant(since), until=now + 1)


def _local(now: Instant, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(now / 1000, tz=UTC).astimezone(zone)


def _instant(moment: datetime) -> Instant:
    return round(moment.timestamp() * 1000)


async def by_queue(
    connection: AsyncConnection, site: SiteId, window: Window, medium: Medium | None = None
) -> Mapping[str, Mapping[str, float | int | None]]:
    """Every metric of every queue that has one in the window, of one medium or of all."""
    found: dict[str, dict[str, float | int | None]] = {}
    for metric in METRICS.values():
        query = (
            select(visit.c.queue, metric.value(window).label("value"))
            .where(_rows(site, metric, None, window, medium))
            .group_by(visit.c.queue)
        )
        for one in await rows(connection, query):
            found.setdefault(one["queue"], {})[metric.key] = rounded(metric.unit, one["value"])
    return found


async def levels_by_half_hour(
    connection: AsyncConnection, site: SiteId, window: Window, medium: Medium | None = None
) -> Mapping[str, list[dict[str, float | int | None]]]:
    """Each queue's service level by the half hour of the outcome, where there was one."""
    metric = METRICS["service_level_pct"]
    outcome = func.coalesce(visit.c.answered_at, visit.c.abandoned_at)
    length = INTERVAL_MINUTES * MINUTE
    part = ((outcome - window.since) // length).label("part")
    query = (
        select(visit.c.queue, part, metric.value(window).label("value"))
        .where(_rows(site, metric, None, window, medium))
        .group_by(visit.c.queue, part)
        .order_by(visit.c.queue, part)
    )
    found: dict[str, list[dict[str, float | int | None]]] = {}
    for one in await rows(connection, query):
        level = {
            "at": window.since + int(one["part"]) * length,
            "service_level_pct": rounded(metric.unit, one["value"]),
        }
        found.setdefault(one["queue"], []).append(level)
    return found


async def value_of(
    connection: AsyncConnection,
    site: SiteId,
    metric: Metric,
    queue: str | None,
    window: Window,
    medium: Medium | None = None,
) -> float | int | None:
    """One number: of a queue, or of all together."""
    query = select(metric.value(window).label("value"))
    found = await row(connection, query.where(_rows(site, metric, queue, window, medium)))
    return None if found is None else rounded(metric.unit, found["value"])


async def by_medium(
    connection: AsyncConnection, site: SiteId, window: Window, keys: Sequence[str]
) -> list[dict[str, float | int | str | None]]:
    """Some metrics of every medium that was answered in the window, the most answered first."""
    answered = METRICS["answered"]
    query = (
        select(
            visit.c.medium,
            *(METRICS[key].value(window).label(key) for key in ("answered", *keys)),
        )
        .where(_rows(site, answered, None, window, None))
        .group_by(visit.c.medium)
        .order_by(func.count().desc(), visit.c.medium)
    )
    return [
        {
            "medium": one["medium"],
            **{key: rounded(METRICS[key].unit, one[key]) for key in ("answered", *keys)},
        }
        for one in await rows(connection, query)
    ]


async def occupancy_of(
    connection: AsyncConnection, site: SiteId, window: Window
) -> float | int | None:
    """The share of agents' time with work in hand."""
    found = await row(
        connection,
        select(occupancy(window).label("value")).where(agent_span.c.site == site, occupied(window)),
    )
    return None if found is None else rounded(Unit.PERCENT, found["value"])


def rounded(unit: Unit, value: Any) -> float | int | None:
    """A number as it is shown: whole counts and milliseconds, percent and scores to a tenth."""
    if value is None:
        return 0 if unit is Unit.COUNT else None
    return (
        round(float(value)) if unit in {Unit.COUNT, Unit.MILLISECONDS} else round(float(value), 1)
    )


def empty() -> dict[str, float | int | None]:
    """The numbers of a queue in which nothing happened."""
    return {metric.key: rounded(metric.unit, None) for metric in METRICS.values()}


def behind(
    site: SiteId,
    metric: Metric,
    queue: str | None,
    window: Window,
    medium: Medium | None = None,
) -> Select[*tuple[Any, ...]]:
    """Exactly the visits behind a number, in order; `counts` marks those that speak for it."""
    return (
        select(visit, metric.counts(window).label("counts"))
        .where(_rows(site, metric, queue, window, medium))
        .order_by(visit.c.queued_at, visit.c.interaction, visit.c.visit)
    )


def after(query: Select[*tuple[Any, ...]], place: tuple[int, str, int]) -> Select[*tuple[Any, ...]]:
    """The rows after a place in that order."""
    return query.where(tuple_(visit.c.queued_at, visit.c.interaction, visit.c.visit) > place)


def _rows(
    site: SiteId, metric: Metric, queue: str | None, window: Window, medium: Medium | None
) -> ColumnElement[bool]:
    wanted = (visit.c.site == site) & metric.rows(window)
    if queue is not None:
        wanted &= visit.c.queue == queue
    return wanted if medium is None else wanted & (visit.c.medium == medium.value)


def spans_behind(site: SiteId, window: Window) -> Select[*tuple[Any, ...]]:
    """The agents' spans behind occupancy, in order."""
    return (
        select(agent_span, (agent_span.c.in_hand > 0).label("counts"))
        .where(agent_span.c.site == site, occupied(window))
        .order_by(agent_span.c.started_at, agent_span.c.agent, agent_span.c.number)
    )


def spans_after(
    query: Select[*tuple[Any, ...]], place: tuple[int, str, int]
) -> Select[*tuple[Any, ...]]:
    """The spans after a place in that order."""
    here = tuple_(agent_span.c.started_at, agent_span.c.agent, agent_span.c.number)
    return query.where(here > place)


def live_rows(center: Center, measure: str, queue: str | None) -> Sequence[Interaction]:
    """The interactions behind a number of the live state, the oldest first."""
    phases = IN_HAND if measure == "in_hand" else WAITING
    found = (
        one
        for one in center.interactions.values()
        if one.phase in phases and (queue is None or one.queue == queue)
    )
    return sorted(found, key=lambda one: (one.arrived_at, one.id))


def live_by_queue(center: Center, now: Instant) -> Mapping[QueueId, Mapping[str, int | None]]:
    """How many wait and for how long, and how many are in hand, by queue."""
    found: dict[QueueId, dict[str, int | None]] = {
        queue: {"waiting": 0, "longest_wait_ms": None, "in_hand": 0} for queue in center.queues
    }
    counts: Counter[tuple[QueueId, str]] = Counter()
    for one in center.interactions.values():
        if one.queue is None or one.queue not in found:
            continue
        if one.phase in WAITING:
            counts[one.queue, "waiting"] += 1
            longest = found[one.queue]["longest_wait_ms"]
            found[one.queue]["longest_wait_ms"] = max(longest or 0, now - one.arrived_at)
        elif one.phase in IN_HAND:
            counts[one.queue, "in_hand"] += 1
    for (queue, name), count in counts.items():
        found[queue][name] = count
    return found


def shown_visit(found: Row) -> dict[str, object]:
    """A row behind a number, as a screen reads it."""
    outcome = found["answered_at"] or found["abandoned_at"]
    left, accepted = found["left_at"], found["accepted_at"]
    return {
        **{
            name: found[name]
            for name in (
                "interaction", "visit", "queue", "medium", "agent", "cause", "queued_at",
                "due_at", "accepted_at", "answered_at", "abandoned_at", "ended_at", "left_at",
                "left_cause", "hold_ms", "disposition", "rating",
            )
        },
        "wait_ms": outcome - found["since"] if outcome is not None else None,
        "within_target": outcome <= found["due_at"] if outcome is not None else None,
        "handle_ms": left - accepted if left is not None and accepted is not None else None,
        "counts": bool(found["counts"]),
    }  # fmt: skip
