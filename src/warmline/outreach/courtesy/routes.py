"""The HTTP door to the courtesy contact: the programme, how many it reaches, the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right, has
from warmline.core.words import DAY, Actor, CustomerId, Rejected, SiteId
from warmline.outreach.courtesy import keeping
from warmline.outreach.courtesy.model import (
    PLACES,
    PUBLISHED_PCT,
    SUBJECT_LIMIT_CHARS,
    TEXT_LIMIT_CHARS,
    Orders,
    People,
    Programme,
    SettingAudit,
    State,
    check,
    share,
)
from warmline.ports import Clock, Guard
from warmline.storage.database import Database
from warmline.storage.rows import rows

ROWS_LIMIT = 500
MOST_DAYS = 366
COVERED_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtesyRoom:
    """What the routes work with."""

    database: Database
    site: SiteId
    clock: Clock
    needs: Guard
    orders: Orders
    people: People
    audit: SettingAudit
    changed: Callable[[], None]
    """Told once the programme is another."""


class ProgrammeBody(BaseModel):
    """When and with which words a customer is written to."""

    model_config = ConfigDict(extra="forbid")

    on: bool
    days_after: int = Field(ge=1, le=60)
    days_late: int = Field(ge=1, le=30)
    pause_days: int = Field(ge=1, le=MOST_DAYS)
    subjects: dict[str, Annotated[str, Field(max_length=2 * SUBJECT_LIMIT_CHARS)]]
    texts: dict[str, Annotated[str, Field(max_length=2 * TEXT_LIMIT_CHARS)]]


def routes(room: CourtesyRoom) -> APIRouter:
    """`/courtesy`."""
    router = APIRouter(tags=["courtesy"])
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/courtesy")
    async def stands(
        _actor: Annotated[Actor, knows],
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = COVERED_DAYS,
    ) -> dict[str, object]:
        """The programme, what became of delivered orders, and how many customers it reached."""
        return await standing(room, days)

    @router.put("/courtesy")
    async def change(body: ProgrammeBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Change the programme; on or off is for administrators."""
        given = Programme(**body.model_dump())
        check(given)
        async with room.database.write() as connection:
            before = await keeping.programme_of(connection, room.site)
            if given.on is not before.on and not has(actor, Right.CONFIGURE):
                raise Rejected("forbidden", "Only an administrator switches it on or off.")
            now = room.clock.now()
            await keeping.keep_programme(connection, room.site, given, at=now, by=actor.user)
            told = room.audit(
                actor, "changed", "courtesy_programme", room.site,
                before=keeping.plain(before), after=keeping.plain(given),
            )  # fmt: skip
            await connection.execute(told.statement)
        room.changed()
        return keeping.plain(given)

    @router.get("/courtesy/contacts")
    async def contacts(
        actor: Annotated[Actor, knows],
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = COVERED_DAYS,
        state: State | None = None,
        reason: Annotated[str | None, Query(max_length=32)] = None,
    ) -> dict[str, object]:
        """What became of the newest delivered orders; names masked as everywhere."""
        since = room.clock.now() - days * DAY
        query = keeping.newest(room.site, since, state=state, reason=reason, limit=ROWS_LIMIT)
        async with room.database.read() as connection:
            found = await rows(connection, query)
        who = {CustomerId(one["customer"]) for one in found}
        names = await room.people.names(who, reader=actor)
        return {
            "contacts": [
                {
                    **{name: value for name, value in one.items() if name != "site"},
                    "customer_name": names.get(CustomerId(one["customer"])),
                }
                for one in found
            ]
        }

    return router


async def standing(room: CourtesyRoom, days: int) -> dict[str, object]:
    """The programme, what became of the orders of some days, and the coverage with its interval."""
    now = room.clock.now()
    since = now - days * DAY
    async with room.database.read() as connection:
        programme = await keeping.programme_of(connection, room.site)
        became = await rows(connection, keeping.counts(room.site, since))
        written = await keeping.written(connection, room.site, since)
    ready = await room.orders.delivered(since, now - programme.days_after * DAY)
    last = {one.customer for one in ready}
    reached = [who for who in written if who in last]
    answered = await room.people.answered(written)
    covered = share(len(reached), len(last))
    return {
        **keeping.plain(programme),
        "places": sorted(PLACES),
        "days": days,
        "counts": [dict(one) for one in became],
        "customers": len(last),
        "reached": len(reached),
        "written": len(written),
        "answered": len(answered),
        "covered_pct": None if covered is None else round(covered[0], 1),
        "low_pct": None if covered is None else round(covered[1], 1),
        "high_pct": None if covered is None else round(covered[2], 1),
        "published_pct": PUBLISHED_PCT,
    }
