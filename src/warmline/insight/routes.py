"""The HTTP door to insight: the floor, the rows behind each number, definitions, decisions."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from warmline.core.permissions import Right
from warmline.core.words import (
    DAY,
    LATEST,
    Actor,
    Instant,
    Malformed,
    Medium,
    SiteId,
)
from warmline.insight import fairness, floor
from warmline.insight.benchmark_model import Elsewhere, Heard
from warmline.insight.benchmark_routes import benchmark_routes
from warmline.insight.explaining import AgentNames, Past
from warmline.insight.lines import Lines
from warmline.insight.metrics import METRICS, NOW_METRICS, OCCUPANCY, Window, definitions
from warmline.insight.waits import Expected
from warmline.insight.why_routes import Sight, why_routes
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

ROWS_LIMIT = 1_000
LONGEST_WINDOW_MS = 400 * DAY
_DIGITS = re.compile(r"[0-9]{1,15}")
_VISITS = ("queued_at", "interaction", "visit")
_SPANS = ("started_at", "agent", "number")
Which = Annotated[str | None, Query(max_length=64)]
When = Annotated[int | None, Query(ge=0, le=LATEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    lines: Lines


def routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    sight: Sight,
    agents: AgentNames,
    past: Past,
    lines: Lines,
    heard: Heard | None = None,
    elsewhere: Elsewhere | None = None,
) -> APIRouter:
    """All routes of the room."""
    room = _Room(
        database=database,
        state=state,
        needs=needs,
        clock=clock,
        site=site,
        lines=lines,
    )
    router = APIRouter(tags=["insight"])
    _add_floor(router, room)
    _add_rows(router, room)
    _add_measures(router, room)
    _add_fairness(router, room)
    router.include_router(
        benchmark_routes(
            database=database,
            state=state,
            needs=needs,
            clock=clock,
            site=site,
            heard=heard,
            elsewhere=elsewhere,
        )
    )
    router.include_router(
        why_routes(database=database, site=site, needs=needs, sight=sight, agents=agents, past=past)
    )
    return router


def _add_floor(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SUPERVISE))

    @router.get("/floor")
    async def the_floor(
        _actor: Annotated[Actor, reader], medium: Medium | None = None
    ) -> dict[str, object]:
        """Each queue now, today and in this half hour, and the center as a whole."""
        now = room.clock.now()
        zone = floor.zone_of(room.state.center())
        day, half_hour = floor.today(now, zone), floor.interval(now, zone)
        async with room.database.read() as connection:
            by_day = await floor.by_queue(connection, room.site, day, medium)
            by_half_hour = await floor.by_queue(connection, room.site, half_hour, medium)
            levels = await floor.levels_by_half_hour(connection, room.site, day, medium)
            whole, just_now = [
                {
                    metric.key: await floor.value_of(
                        connection, room.site, metric, None, window, medium
                    )
                    for metric in METRICS.values()
                }
                for window in (day, half_hour)
            ]
            whole[OCCUPANCY] = await floor.occupancy_of(connection, room.site, day)
            known = await floor.by_medium(connection, room.site, day, ("identified_pct",))
        center = room.state.center()
        live = floor.live_by_queue(center, now)
        return {
            "now": now,
            "zone": str(zone),
            "today": {"from": day.since, "to": day.until},
            "interval": {"from": half_hour.since, "to": half_hour.until},
            "queues": [
                {
                    "queue": queue.id,
                    "name": queue.name,
                    "target": {
                        "within_ms": queue.target.within_ms,
                        "share_pct": queue.target.share_pct,
                    },
                    **live[queue.id],
                    "expected": expected_shown(room.lines.newcomer(queue.id, now)),
                    **floor.empty(),
                    **by_day.get(queue.id, {}),
                    "interval": {**floor.empty(), **by_half_hour.get(queue.id, {})},
                    "levels": levels.get(queue.id, []),
                }
                for queue in center.queues.values()
            ],
            "center": {**whole, "interval": just_now, "media": known},
        }


def _add_rows(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SUPERVISE))

    @router.get("/floor/rows")
    async def behind(
        _actor: Annotated[Actor, reader],
        measure: Annotated[str, Query(max_length=40)],
        *,
        queue: Which = None,
        medium: Medium | None = None,
        since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 200,
    ) -> dict[str, object]:
        """Exactly the rows behind a number; without a period, those of today."""
        if measure in NOW_METRICS:
            return _live(room, measure, queue)
        window = _window(room, since, until)
        if measure == OCCUPANCY:
            return await _spans(room, window, after, limit)
        metric = METRICS.get(measure)
        if metric is None:
            raise Malformed("measure", f"there is no measure {measure}")
        query = floor.behind(room.site, metric, queue, window, medium)
        if after:
            query = floor.after(query, _read_place(after))
        async with room.database.read() as connection:
            value = await floor.value_of(connection, room.site, metric, queue, window, medium)
            found = await rows(connection, query.limit(limit + 1))
        return {
            "measure": measure,
            "queue": queue,
            "from": window.since,
            "to": window.until,
            "value": value,
            "rows": [floor.shown_visit(one) for one in found[:limit]],
            "next": _place(found[limit - 1], _VISITS) if len(found) > limit else None,
        }


def _window(room: _Room, since: Instant | None, until: Instant | None) -> Window:
    now = room.clock.now()
    day = floor.today(now, floor.zone_of(room.state.center()))
    window = Window(
        since=day.since if since is None else since, until=day.until if until is None else until
    )
    if not 0 < window.until - window.since <= LONGEST_WINDOW_MS:
        raise Malformed("to", "must be after from, by 400 days at most")
    return window


def expected_shown(expected: Expected | None) -> dict[str, int] | None:
    """How long it may still take, as a screen reads it; None when too little is known."""
    if expected is None:
        return None
    return {"low_ms": expected.low_ms, "high_ms": expected.high_ms}


def _place(found: Row, keys: tuple[str, str, str]) -> str:
    """Where a page ended: the row's time, its number and whose it is."""
    at, whose, number = keys
    return f"{found[at]}.{found[number]}.{found[whose]}"


def _read_place(text: str) -> tuple[int, str, int]:
    at, _, rest = text.partition(".")
    number, _, whose = rest.partition(".")
    numbers = (at, number)
    if not (all(_DIGITS.fullmatch(one) for one in numbers) and whose):
        raise Malformed("after", "is not a place in these rows")
    return int(at), whose, int(number)


def _live(room: _Room, measure: str, queue: str | None) -> dict[str, object]:
    now = room.clock.now()
    found = floor.live_rows(room.state.center(), measure, queue)
    longest = max((now - one.arrived_at for one in found), default=None)
    return {
        "measure": measure,
        "queue": queue,
        "from": None,
        "to": None,
        "value": longest if measure == "longest_wait_ms" else len(found),
        "rows": [
            {
                "interaction": one.id,
                "queue": one.queue,
                "medium": one.medium.value,
                "phase": one.phase.value,
                "agent": one.agent,
                "arrived_at": one.arrived_at,
                "queued_at": one.queued_at,
                "due_at": one.due_at,
                "wait_ms": now - one.arrived_at,
                "position": room.lines.place(one.id),
                "expected": expected_shown(room.lines.expected(one.id, now)),
                "counts": True,
            }
            for one in found
        ],
        "next": None,
    }


async def _spans(room: _Room, window: Window, after: str | None, limit: int) -> dict[str, object]:
    query = floor.spans_behind(room.site, window)
    if after:
        query = floor.spans_after(query, _read_place(after))
    async with room.database.read() as connection:
        value = await floor.occupancy_of(connection, room.site, window)
        found = await rows(connection, query.limit(limit + 1))
    fields = ("agent", "presence", "reason", "in_hand", "started_at", "ended_at")
    return {
        "measure": OCCUPANCY,
        "queue": None,
        "from": window.since,
        "to": window.until,
        "value": value,
        "rows": [
            {**{name: one[name] for name in fields}, "counts": bool(one["counts"])}
            for one in found[:limit]
        ],
        "next": _place(found[limit - 1], _SPANS) if len(found) > limit else None,
    }


def _add_fairness(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SUPERVISE))

    @router.get("/fairness")
    async def the_fairness(
        _actor: Annotated[Actor, reader],
        *,
        since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
    ) -> dict[str, object]:
        """Waits and outcomes by group, where an affinity rule is or was on; else nothing to say."""
        window = _window(room, since, until)
        policy = room.state.center().policy
        async with room.database.read() as connection:
            known = await fairness.traits(connection, room.site)
            found = await fairness.report(connection, room.site, window, known)
        return {
            "from": window.since,
            "to": window.until,
            "ever_on": bool(known),
            "fewest": fairness.FEWEST,
            "on": [
                {"trait": one.trait, "bonus_ms": one.bonus_ms, "reason": one.reason}
                for one in policy.affinities
            ],
            "traits": [
                {"trait": trait, **fairness.compared(groups)} for trait, groups in found.items()
            ],
        }


def _add_measures(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))

    @router.get("/measures")
    async def measures(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What each number means: its name, its formula, its unit."""
        return {"measures": definitions()}
