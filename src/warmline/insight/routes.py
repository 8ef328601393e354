"""The HTTP door to insight: the floor, the rows behind each number, definitions, decisions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query

from warmline.core.permissions import Right
from warmline.core.words import (
    DAY,
    LATEST,
    Actor,
    AgentId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    SiteId,
)
from warmline.insight import floor, tables
from warmline.insight.metrics import METRICS, NOW_METRICS, OCCUPANCY, Window, definitions
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

ROWS_LIMIT = 1_000
LONGEST_WINDOW_MS = 400 * DAY
Which = Annotated[str | None, Query(max_length=64)]
When = Annotated[int | None, Query(ge=0, le=LATEST)]


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    sight: Sight
    agents: AgentNames


def routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    sight: Sight,
    agents: AgentNames,
) -> APIRouter:
    """All routes of the room."""
    room = _Room(
        database=database,
        state=state,
        needs=needs,
        clock=clock,
        site=site,
        sight=sight,
        agents=agents,
    )
    router = APIRouter(tags=["insight"])
    _add_floor(router, room)
    _add_rows(router, room)
    _add_measures(router, room)
    _add_decisions(router, room)
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
                    **floor.empty(),
                    **by_day.get(queue.id, {}),
                    "interval": {**floor.empty(), **by_half_hour.get(queue.id, {})},
                    "levels": levels.get(queue.id, []),
                }
                for queue in center.queues.values()
            ],
            "center": {**whole, "interval": just_now},
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
            return await _spans(room, window)
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
            "next": _place(found[limit - 1]) if len(found) > limit else None,
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


def _place(found: Row) -> str:
    return f"{found['queued_at']}.{found['visit']}.{found['interaction']}"


def _read_place(text: str) -> tuple[int, str, int]:
    queued_at, _, rest = text.partition(".")
    visit, _, interaction = rest.partition(".")
    if not (queued_at.isdecimal() and visit.isdecimal() and interaction):
        raise Malformed("after", "is not a place in these rows")
    return int(queued_at), interaction, int(visit)


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
                "counts": True,
            }
            for one in found
        ],
        "next": None,
    }


async def _spans(room: _Room, window: Window) -> dict[str, object]:
    async with room.database.read() as connection:
        value = await floor.occupancy_of(connection, room.site, window)
        found = await rows(connection, floor.spans_behind(room.site, window).limit(ROWS_LIMIT))
    fields = ("agent", "presence", "reason", "in_hand", "started_at", "ended_at")
    return {
        "measure": OCCUPANCY,
        "queue": None,
        "from": window.since,
        "to": window.until,
        "value": value,
        "rows": [
            {**{name: one[name] for name in fields}, "counts": bool(one["counts"])} for one in found
        ],
        "next": None,
    }


def _add_measures(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))

    @router.get("/measures")
    async def measures(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What each number means: its name, its formula, its unit."""
        return {"measures": definitions()}


def _add_decisions(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/decisions")
    async def decisions(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Why it was offered to whom, in order, as plain parts; and its stays in queues."""
        if not await room.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no interaction {interaction}")
        async with room.database.read() as connection:
            found = await rows(connection, tables.decisions(room.site, interaction))
            stays = await rows(connection, tables.visits(room.site, [interaction]))
        ids = {AgentId(one) for row in found for one in _agents(row)}
        ids |= {AgentId(one["agent"]) for one in stays if one["agent"]}
        shown = ("queue", "cause", "queued_at", "agent", "accepted_at", "left_at", "left_cause")
        return {
            "decisions": [
                {
                    "offer": one["offer"],
                    "at": one["at"],
                    "agent": one["agent"],
                    "outcome": one["outcome"],
                    "outcome_at": one["outcome_at"],
                    **one["parts"],
                }
                for one in found
            ],
            "visits": [{name: one[name] for name in shown} for one in stays],
            "names": await room.agents(ids),
        }


def _agents(found: Row) -> list[str]:
    parts = found["parts"]
    return [
        found["agent"],
        parts["winner"]["agent"],
        *(one["agent"] for one in parts["runners_up"]),
    ]
