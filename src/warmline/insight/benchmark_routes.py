"""The HTTP door to the benchmark panel, and to the contacts behind its figures."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Query

from warmline.core.permissions import Right
from warmline.core.words import DAY, LATEST, Actor, Instant, Malformed, SiteId
from warmline.insight import benchmark
from warmline.insight.benchmark_model import Elsewhere, Heard, Look
from warmline.insight.metrics import Window
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database

MOST_DAYS = 400
ROWS_LIMIT = 1_000
_PLACE = re.compile(r"([0-9]{1,15})\.(.{1,64})")


Looking: TypeAlias = Callable[[Window], AbstractAsyncContextManager[Look]]


def benchmark_routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    heard: Heard | None = None,
    elsewhere: Elsewhere | None = None,
) -> APIRouter:
    """The routes of the panel, for those who lead."""
    router = APIRouter()
    reader = Depends(needs.any_of(frozenset({Right.SUPERVISE, Right.CONFIGURE})))

    @asynccontextmanager
    async def looking(window: Window) -> AsyncGenerator[Look]:
        async with database.read() as connection:
            yield Look(
                connection=connection,
                site=site,
                window=window,
                center=state.center(),
                heard=heard,
                elsewhere=elsewhere,
            )

    @router.get("/benchmark")
    async def the_benchmark(
        _actor: Annotated[Actor, reader],
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 28,
    ) -> dict[str, object]:
        """The own figures of the last days beside the published ones, and what is missing."""
        now = clock.now()
        window = Window(since=now - days * DAY, until=now + 1)
        async with looking(window) as look:
            found = await benchmark.panel(look)
        return {
            "from": window.since,
            "to": window.until,
            "days": days,
            "source": {"first_year": benchmark.FIRST_YEAR, "last_year": benchmark.LAST_YEAR},
            **found,
        }

    _add_behind(router, looking, reader)
    return router


def _add_behind(router: APIRouter, looking: Looking, reader: Any) -> None:
    @router.get("/benchmark/rows")
    async def behind(
        _actor: Annotated[Actor, reader],
        key: Annotated[str, Query(max_length=40)],
        since: Annotated[int, Query(alias="from", ge=0, le=LATEST)],
        until: Annotated[int, Query(alias="to", ge=0, le=LATEST)],
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 200,
    ) -> dict[str, object]:
        """Exactly the contacts behind a figure that is a share of contacts, the newest first."""
        line = next((one for one in benchmark.LINES if one.key == key), None)
        if line is None or line.behind is None:
            raise Malformed("key", f"there are no contacts behind {key}")
        if not 0 < until - since <= MOST_DAYS * DAY + 1:
            raise Malformed("to", f"must be after from, by {MOST_DAYS} days at most")
        async with looking(Window(since=since, until=until)) as look:
            place = _read_place(after) if after else None
            found = await benchmark.contacts_behind(look, line, after=place, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return {
            "key": key,
            "rows": [{**one, "counts": bool(one["counts"])} for one in found[:limit]],
            "next": f"{last['at']}.{last['interaction']}" if last else None,
        }


def _read_place(text: str) -> tuple[Instant, str]:
    """Where a page ended: the time of its last row, and which one it was."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise Malformed("after", "is not a place in these rows")
    return int(found[1]), found[2]
