"""The HTTP door to guidance: what holds now, for whom, the settings, and what came of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import DAY, Actor, InteractionId
from warmline.desk.guidance.advice import meanings
from warmline.desk.guidance.effect import FEWEST, effect
from warmline.desk.guidance.live import Guide
from warmline.desk.guidance.model import Sees, is_guided, plain, read_rules
from warmline.desk.guidance.room import GuidanceRoom
from warmline.desk.guidance.rule import (
    MOST_PCT,
    MOST_STAY_MS,
    WORD_CHARS,
    WORDS_LIMIT,
    Load,
    Spared,
    Standing,
)
from warmline.desk.guidance.tables import said, sums
from warmline.ports import Guard, State
from warmline.storage.rows import rows

ROWS_LIMIT = 100
EFFECT_DAYS = 90
LEADERS = frozenset({Right.CONFIGURE, Right.SUPERVISE})

Pct = Annotated[float, Field(ge=0, le=MOST_PCT)]
Words = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=WORD_CHARS)]], Field(max_length=WORDS_LIMIT)
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BoundsBody(_Body):
    """Where a state begins and where it ends."""

    enter: Pct
    leave: Pct


class PressedBody(_Body):
    """When to be brief."""

    busy: BoundsBody
    wait: BoundsBody
    line: BoundsBody
    expected: BoundsBody


class SlackBody(_Body):
    """When to take one's time."""

    busy: BoundsBody
    expected: BoundsBody


class FloorBody(_Body):
    """Who is spared."""

    reasons: Words
    stakes: Words
    topics: Words
    segments: Words
    flags: Words
    quality_pct: int = Field(ge=0, le=100)


class RulesBody(_Body):
    """The rules as they are written."""

    on: bool
    share_pct: int = Field(ge=1, le=100)
    least_stay_ms: int = Field(ge=0, le=MOST_STAY_MS)
    pressed: PressedBody
    slack: SlackBody
    floor: FloorBody


def routes(*, room: GuidanceRoom, state: State, needs: Guard, sees: Sees) -> APIRouter:
    """All routes of the room."""
    router = APIRouter(tags=["guidance"])
    _add_live(router, room, state, needs, sees)
    _add_settings(router, room, needs)
    _add_effect(router, room, needs)
    return router


def _add_live(
    router: APIRouter, room: GuidanceRoom, state: State, needs: Guard, sees: Sees
) -> None:
    leader = Depends(needs.any_of(LEADERS))
    guide = room.guide

    @router.get("/guidance")
    async def now(_actor: Annotated[Actor, leader]) -> dict[str, object]:
        """What holds now: of each queue, and of each team in it, with the load behind."""
        teams: dict[str, list[dict[str, object]]] = {}
        for queue, team, standing, load in guide.teams():
            teams.setdefault(queue, []).append({"team": team, **_standing(standing, load)})
        return {
            "on": guide.on,
            "share_pct": guide.rules.share_pct,
            "queues": [
                {"queue": queue, **_standing(standing, load), "teams": teams.get(queue, [])}
                for queue, standing, load in guide.queues()
            ],
        }

    @router.get("/me/guidance")
    async def mine(actor: Annotated[Actor, Depends(needs(Right.SIGNED_IN))]) -> dict[str, object]:
        """What the agent who asks is asked now, and the queues that it comes from."""
        return _mine(guide, actor)

    @router.get("/interactions/{interaction}/guidance")
    async def of_conversation(
        interaction: InteractionId, actor: Annotated[Actor, Depends(needs(Right.READ_OWN))]
    ) -> dict[str, object]:
        """What each state means in an open conversation, and why somebody is spared."""
        one = state.center().interactions.get(interaction)
        if one is None or not await sees.conversation(actor, interaction):
            raise HTTPException(404, f"there is no open conversation {interaction}")
        agent = one.agent or actor.agent
        why_not: tuple[Spared, ...] = (
            await room.advice.spared(one, agent) if agent is not None else tuple(Spared)
        )
        guided = is_guided(room.site, interaction, guide.rules.share_pct)
        return {
            "on": guide.on,
            "guided": guided,
            "spared": [why.value for why in why_not],
            "states": meanings(why_not, guided=guided),
        }


def _mine(guide: Guide, actor: Actor) -> dict[str, object]:
    agent = actor.agent
    own = guide.own(agent) if agent is not None else None
    return {
        "on": guide.on,
        "trial": guide.rules.share_pct < 100,  # noqa: PLR2004 - all of them
        "state": own.value if own is not None else None,
        "queues": [
            {"queue": queue, **_standing(standing, load)}
            for queue, standing, load in (guide.of_agent(agent) if agent is not None else ())
        ],
    }


def _standing(standing: Standing, load: Load) -> dict[str, object]:
    return {
        "state": standing.state.value,
        "since": standing.since,
        "agents": load.agents,
        "waiting": load.waiting,
        "busy_pct": round(load.busy_pct),
        "wait_pct": round(load.wait_pct),
        "expected_pct": round(load.expected_pct),
    }


def _add_settings(router: APIRouter, room: GuidanceRoom, needs: Guard) -> None:
    leader = Depends(needs.any_of(LEADERS))

    def shown() -> dict[str, object]:
        return {"rules": plain(room.guide.rules), "trial_at": room.trial_at}

    @router.get("/guidance/settings")
    async def settings(_actor: Annotated[Actor, leader]) -> dict[str, object]:
        """The rules in force, and since when the share is what it is."""
        return shown()

    @router.put("/guidance/settings")
    async def change(body: RulesBody, actor: Annotated[Actor, leader]) -> dict[str, object]:
        """Let other rules hold from now on."""
        await room.change(actor, read_rules(body.model_dump()))
        return shown()

    @router.get("/guidance/simulation")
    async def simulation(_actor: Annotated[Actor, leader]) -> dict[str, object]:
        """Whether one is under way, and what the last one found."""
        return {"running": room.simulates, "fault": room.fault, "figures": room.simulated}

    @router.post("/guidance/simulation", status_code=202)
    async def simulate(body: RulesBody, _actor: Annotated[Actor, leader]) -> dict[str, object]:
        """Simulate what these rules would do; nothing is switched on by it."""
        room.ask(read_rules(body.model_dump()))
        return {"running": True}


def _add_effect(router: APIRouter, room: GuidanceRoom, needs: Guard) -> None:
    leader = Depends(needs.any_of(LEADERS))

    @router.get("/guidance/effect")
    async def came_of_it(
        _actor: Annotated[Actor, leader],
        days: Annotated[int, Query(ge=1, le=EFFECT_DAYS)] = 28,
    ) -> dict[str, Any]:
        """With guidance against without: handle time and rating by state, and the rows behind."""
        until = room.clock.now() + 1
        since = max(until - days * DAY, room.trial_at or 0)
        async with room.database.read() as connection:
            found = await rows(connection, sums(room.site, since, until))
            behind = await rows(connection, said(room.site, since, until, limit=ROWS_LIMIT))
        shown = ("interaction", "queue", "team", "agent", "medium", "state", "guided", "spared")
        figures = ("at", "handle_ms", "rating")
        return {
            "since": since,
            "fewest": FEWEST,
            "states": effect(found),
            "rows": [{name: one[name] for name in (*shown, *figures)} for one in behind],
        }
