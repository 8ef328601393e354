"""The HTTP door to results: figures, the answers behind them, targets, scores, the own feedback."""

import asyncio
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query

from warmline.core.permissions import Right
from warmline.core.words import DAY, Actor, AgentId, Malformed, Rejected
from warmline.experience.results import behind
from warmline.experience.results.board import Judging, Step, board, gather
from warmline.experience.results.coverage import KEYS, newest
from warmline.experience.results.definitions import INTERVALS, JUDGING, MEASURES, definitions
from warmline.experience.results.facts import facts
from warmline.experience.results.model import Room
from warmline.experience.results.own import feedback
from warmline.experience.results.score_routes import add_score_routes
from warmline.experience.results.scoring import AgentScores
from warmline.experience.results.shapes import MOST_DAYS, Asked, asked
from warmline.experience.results.target_routes import add_target_routes, told_names
from warmline.experience.results.targets import all_targets, the_terms

ROWS_LIMIT = 200
DAILY_DAYS = 31
"""Longer periods are told by week."""
Filter = Annotated[Asked, Depends(asked)]
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})


def routes(room: Room, scores: AgentScores) -> APIRouter:
    """All routes of the room."""
    router = APIRouter(tags=["feedback"])
    _add_figures(router, room)
    _add_rows(router, room)
    _add_own(router, room)
    add_target_routes(router, room)
    add_score_routes(router, room, scores)
    return router


def _add_figures(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(LEADERS))

    @router.get("/feedback")
    async def the_feedback(
        wish: Filter,
        _actor: Annotated[Actor, reader],
        step: Annotated[Step | None, Query()] = None,
    ) -> dict[str, Any]:
        """What customers felt in a period: every figure with interval and target, side by side."""
        wanted = wish.wanted(room.clock.now())
        zone = ZoneInfo(room.state.center().zone)
        async with room.database.read() as connection:
            terms = await the_terms(connection, room.site)
            judging = Judging.by(await all_targets(connection, room.site), terms.least_answers)
            found = await gather(connection, room.site, wanted, room.closed)
        short = wanted.until - wanted.since <= DAILY_DAYS * DAY + 1
        cut = step or (Step.DAY if short else Step.WEEK)
        # Thousands of answers take a while to count; the center goes on meanwhile.
        told = await asyncio.to_thread(board, found, judging, cut, zone)
        return {
            "from": wanted.since,
            "to": wanted.until,
            "least_answers": terms.least_answers,
            "texts": {"intervals": dict(INTERVALS), "judging": dict(JUDGING)},
            "definitions": definitions(),
            "names": await told_names(room, told["sides"]),
            **told,
        }


def _add_rows(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(LEADERS))

    @router.get("/feedback/rows")
    async def the_rows(
        measure: Annotated[str, Query(max_length=32)],
        wish: Filter,
        actor: Annotated[Actor, reader],
        *,
        words: bool = False,
        after: Annotated[str | None, Query(max_length=160)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 50,
    ) -> dict[str, Any]:
        """Exactly the answers behind a figure, the newest first; `words`: those with words."""
        known = MEASURES.get(measure)
        if known is None:
            raise Malformed("measure", f"there is no {measure}", "no_such", item=measure)
        wanted = wish.wanted(room.clock.now())
        async with room.database.read() as connection:
            found = await facts(connection, room.site, known.source, wanted, room.closed)
            value, n = known.estimate(found)
            listed = n
            if known.source in KEYS:
                before = None if after is None else behind.read_place(after)
                inside = await newest(
                    connection, room.site, known.source, wanted, room.closed,
                    before=before, limit=limit + 1,
                )  # fmt: skip
                page = behind.cut(inside, limit=limit)
            else:
                counted = [one for one in found if measure in one.values]
                if words:
                    counted = await behind.with_words(connection, room.site, counted)
                listed = len(counted)
                page = behind.page(counted, after=after, limit=limit)
        return {
            "measure": measure,
            "from": wanted.since,
            "to": wanted.until,
            "value": None if value is None else round(value.value, 3),
            "n": n,
            "listed": listed,
            "rows": await behind.shown(room, actor, page.facts, key=measure),
            "next": page.next,
        }


def _add_own(router: APIRouter, room: Room) -> None:
    agent = Depends(room.needs(Right.WORK))

    @router.get("/me/feedback")
    async def own(
        actor: Annotated[Actor, agent],
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 90,
    ) -> dict[str, Any]:
        """What customers said of one's own work, in their words, beside the team's mean."""
        if actor.agent is None:
            raise Rejected("forbidden", "you are not an agent")
        found = await feedback(room, actor, AgentId(actor.agent), days)
        return {
            **found,
            "definitions": definitions(),
            "texts": {"intervals": dict(INTERVALS), "judging": dict(JUDGING)},
        }
