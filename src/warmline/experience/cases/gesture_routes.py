"""`/gestures`, `/wow` and what an agent's day begins with: small gifts, praise, promises due."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, AgentId, CustomerId, InteractionId, Malformed
from warmline.experience.cases.gestures import Budget, Effect, Gestures, Wanted
from warmline.experience.cases.model import GestureKind, Room, Why
from warmline.experience.cases.rules import Said, day_end
from warmline.experience.cases.shown import Around, around, wow_shown
from warmline.experience.cases.wows import Wows
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS

PAGE_LIMIT = 100
COST_LIMIT_MINOR = 1_000_000_00
WORDS_LIMIT_CHARS = 500
Which = Annotated[str | None, Query(max_length=ID_CHARS)]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


class GestureBody(BaseModel):
    """What is given to whom, and why."""

    model_config = ConfigDict(extra="forbid")

    customer: str = Field(min_length=1, max_length=ID_CHARS)
    interaction: str | None = Field(default=None, max_length=ID_CHARS)
    case: str | None = Field(default=None, max_length=ID_CHARS)
    kind: GestureKind
    cost_minor: int = Field(ge=0, le=COST_LIMIT_MINOR)
    why: Why
    words: str | None = Field(default=None, max_length=WORDS_LIMIT_CHARS)


class PraiseBody(BaseModel):
    """Praise for an agent."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=ID_CHARS)
    interaction: str | None = Field(default=None, max_length=ID_CHARS)
    words: str = Field(min_length=1, max_length=WORDS_LIMIT_CHARS)


class ShareBody(BaseModel):
    """Whether the team may see it."""

    model_config = ConfigDict(extra="forbid")

    shared: bool


def add_gesture_routes(router: APIRouter, room: Room) -> None:
    """`/gestures`."""
    gestures = Gestures(room)
    works = Depends(room.needs(Right.WORK))
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/gestures/budget")
    async def budget(actor: Annotated[Actor, works]) -> dict[str, object]:
        """What the agent may still give this week."""
        if actor.agent is None:
            raise HTTPException(404, "only an agent has a budget")
        return _budget(await gestures.budget(actor.agent))

    @router.post("/gestures", status_code=201)
    async def give(body: GestureBody, actor: Annotated[Actor, works]) -> dict[str, object]:
        """Give something; refused with a word when a rule or the budget forbids it."""
        wanted = Wanted(
            customer=CustomerId(body.customer),
            interaction=None if body.interaction is None else InteractionId(body.interaction),
            case=body.case,
            kind=body.kind,
            cost_minor=body.cost_minor,
            why=body.why,
            words=(body.words or "").strip() or None,
        )
        id_ = await gestures.give(actor, wanted)
        assert actor.agent is not None, "nobody else gives"
        return {"id": id_, "budget": _budget(await gestures.budget(actor.agent))}

    @router.get("/gestures")
    async def listed(
        actor: Annotated[Actor, reader],
        *,
        customer: Which = None,
        case: Which = None,
        agent: Which = None,
        limit: Limit = 50,
    ) -> dict[str, object]:
        """What was given, the newest first, and what the customer answered next.

        An agent reads their own, and those of a customer that they serve.
        """
        ids = None
        whose = None if agent is None else AgentId(agent)
        if customer is not None:
            ids = await room.same(CustomerId(customer))
            if not await room.sight.customer(actor, ids):
                raise HTTPException(404, f"there is no customer {customer}")
        elif not has(actor, Right.READ_ALL):
            whose = actor.agent or AgentId("")
        query = gestures.listed(agent=whose, customers=ids, case=case, limit=limit)
        async with room.database.read() as connection:
            found = await rows(connection, query)
        effects = await gestures.effects(found)
        known = await around(room, actor, found)
        answered = [one.good for one in effects.values() if one.good is not None]
        return {
            "gestures": [_gesture(one, known, effects[one["id"]], actor) for one in found],
            "answered_after": len(answered),
            "good_after": sum(answered),
        }


def _budget(found: Budget) -> dict[str, object]:
    names = ("weekly_minor", "spent_minor", "left_minor", "most_minor", "currency", "until")
    return {name: getattr(found, name) for name in names}


def _gesture(one: Row, known: Around, effect: Effect, actor: Actor) -> dict[str, object]:
    names = (
        "id", "at", "agent", "customer", "interaction", "case", "kind", "cost_minor", "currency",
        "why",
    )  # fmt: skip
    mine = actor.agent is not None and one["agent"] == actor.agent
    masked = not mine and one["customer"] not in known.opened
    return {
        **{name: one[name] for name in names},
        "words": masking.other(one["words"]) if masked and one["words"] else one["words"],
        "masked": masked,
        "agent_name": known.agents.get(AgentId(one["agent"])),
        "customer_name": known.customers.get(CustomerId(one["customer"])),
        "before": _scores(effect.before),
        "after": _scores(effect.after),
        "good_after": effect.good,
    }


def _scores(said: Sequence[Said]) -> list[dict[str, object]]:
    return [{"kind": one.kind, "value": one.value} for one in said if one.value is not None]


def add_wow_routes(router: APIRouter, room: Room) -> None:
    """`/wow` and `/me/wow`."""
    wows = Wows(room)
    works = Depends(room.needs(Right.WORK))
    reader = Depends(room.needs(Right.READ_OWN))
    leads = Depends(room.needs(Right.SUPERVISE))

    async def shown(actor: Actor, found: Sequence[Row]) -> list[dict[str, object]]:
        known = await around(room, actor, found)
        return [wow_shown(one, known, actor) for one in found]

    @router.get("/wow")
    async def wall(actor: Annotated[Actor, reader], limit: Limit = 30) -> dict[str, object]:
        """The team wall: what agents share, the newest first; an agent's own stand among them."""
        return {"moments": await shown(actor, await wows.wall(actor, limit=limit))}

    @router.post("/wow", status_code=201)
    async def praise(body: PraiseBody, actor: Annotated[Actor, leads]) -> dict[str, object]:
        """Praise an agent by hand."""
        words = body.words.strip()
        if not words:
            raise Malformed("words", "is empty", "empty")
        talk = None if body.interaction is None else InteractionId(body.interaction)
        return {"id": await wows.praise(actor, AgentId(body.agent), words, talk)}

    @router.get("/me/wow")
    async def own(actor: Annotated[Actor, works], limit: Limit = 30) -> dict[str, object]:
        """The agent's own wow moments, the newest first."""
        found = await wows.of_agent(actor.agent or AgentId(""), limit=limit)
        return {"moments": await shown(actor, found)}

    @router.patch("/me/wow/{id_}")
    async def share(id_: str, body: ShareBody, actor: Annotated[Actor, works]) -> dict[str, object]:
        """Show it to the team, or keep it."""
        await wows.share(actor, id_, shared=body.shared)
        return {"id": id_, "shared": body.shared}


def add_day_routes(router: APIRouter, room: Room) -> None:
    """`/me/promises`."""
    works = Depends(room.needs(Right.WORK))

    @router.get("/me/promises")
    async def promises(actor: Annotated[Actor, works]) -> dict[str, object]:
        """What the agent promised and is due by the end of today, what is late among it.

        Their own words stay readable, or nobody could keep them; the customer's name is masked.
        """
        until = day_end(room.clock.now(), ZoneInfo(room.state.center().zone))
        found = await room.promises.of_agent(actor.agent or AgentId(""), until)
        customers = {one.customer for one in found}
        names = await room.people.customers(customers, reader=actor)
        opened = await room.privacy.open_among(actor, customers)
        now = room.clock.now()
        return {
            "until": until,
            "promises": [
                {
                    "id": one.id,
                    "customer": one.customer,
                    "customer_name": names.get(one.customer),
                    "interaction": one.interaction,
                    "due_at": one.due_at,
                    "overdue": one.due_at < now,
                    "text": one.text,
                    "masked": one.customer not in opened,
                }
                for one in found
            ],
        }
