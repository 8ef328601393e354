"""The HTTP door to the portrait: before the answer, habits and journey, the story, fields."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Query

from warmline.core import masking
from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    AgentId,
    CustomerId,
    InteractionId,
    Medium,
    Phase,
    Verification,
)
from warmline.customers.portrait import fields, promises
from warmline.customers.portrait.before import Coming, before
from warmline.customers.portrait.field_routes import add_field_routes
from warmline.customers.portrait.habits import CONTACTS, habits
from warmline.customers.portrait.journey import journey
from warmline.customers.portrait.learning import Learning, Learnt, orders_of
from warmline.customers.portrait.model import Room, Source, Wanted
from warmline.customers.portrait.promises import add_promise_routes
from warmline.customers.portrait.story import page, read_place
from warmline.ports import Contact
from warmline.storage.rows import rows

RATINGS = 5
PAGE_LIMIT = 100
ORDERS_COUNTED = 200
KINDS = 8
_CLOSED = frozenset({Phase.CLOSED.value, Phase.ABANDONED.value})
Which = Annotated[str | None, Query(max_length=64)]


def routes(*, room: Room, learning: Learning, sources: Sequence[Source]) -> APIRouter:
    """All routes of the portrait."""
    router = APIRouter(tags=["customers"])
    _add_before(router, room, learning)
    _add_portrait(router, room)
    _add_story(router, room, sources)
    _add_learning(router, room, learning)
    add_promise_routes(router, room)
    add_field_routes(router, room)
    return router


def _add_before(router: APIRouter, room: Room, learning: Learning) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/before")
    async def shown_before(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """What to know before the answer: who it is, the last contact, why they come, a promise."""
        if not await room.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no conversation {interaction}")
        live = room.state.center().interactions.get(interaction)
        if live is None:
            raise HTTPException(404, f"the conversation {interaction} is over")
        coming = Coming(
            contact=Contact(
                interaction=interaction,
                customer=live.customer,
                medium=Medium(live.medium),
                inbox=live.inbox,
                queue=live.queue,
                agent=live.agent,
                language=live.language,
                reason=live.reason,
                disposition=None,
                rating=None,
                phase=live.phase.value,
                at=live.arrived_at,
                ended_at=None,
            ),
            segment=live.segment,
            verification=Verification(live.verification),
        )
        ids: list[CustomerId] = []
        if coming.contact.customer is not None:
            ids = list(await room.directory.same(coming.contact.customer))
        masked = bool(ids) and not await room.privacy.opens(actor, ids)
        return await before(room, learning, coming, ids, masked=masked)


def _add_portrait(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/portrait")
    async def portrait(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Habits with their counts, the stage of the journey, promises, ratings, own fields."""
        ids = await room.person(actor, who)
        masked = not await room.privacy.opens(actor, ids)
        contacts = await room.contacts.of(ids, limit=CONTACTS)
        async with room.database.read() as connection:
            bought = await rows(connection, orders_of(room.site, ids, newest=ORDERS_COUNTED))
            promised = await rows(connection, promises.of_customers(room.site, ids))
        ratings = [one for one in contacts if one.rating is not None]
        stage = journey(
            orders=[one["at"] for one in bought],
            contacts=[one.at for one in contacts],
            rating=ratings[0].rating if ratings else None,
            now=room.clock.now(),
        )
        zone = ZoneInfo(room.state.center().zone)
        usual = {name: one and one.plain() for name, one in habits(contacts, zone).items()}
        agents = await room.agents(_agents(contacts))
        return {
            "customer": ids[0],
            "habits": {**usual, "agent_name": _name(usual["agent"], agents)},
            "journey": stage and {"stage": stage.stage.value, "why": stage.why, "days": stage.days},
            "promises": await promises.all_shown(room, promised, masked=masked),
            "open": [one.interaction for one in contacts if one.phase not in _CLOSED],
            "ratings": [_rating(one, agents) for one in ratings[:RATINGS]],
            "rated": {
                "count": len(ratings),
                "average": round(sum(one.rating or 0 for one in ratings) / len(ratings), 2)
                if ratings
                else None,
            },
            "fields": await fields.with_values(room, ids, masked=masked),
            "masked": masked,
        }


def _agents(contacts: Collection[Contact]) -> Collection[AgentId]:
    return {one.agent for one in contacts if one.agent is not None}


def _name(habit: Mapping[str, object] | None, agents: Mapping[AgentId, str]) -> str | None:
    return None if habit is None else agents.get(AgentId(str(habit["value"])))


def _rating(one: Contact, agents: Mapping[AgentId, str]) -> dict[str, object]:
    return {
        "interaction": one.interaction,
        "at": one.at,
        "medium": one.medium.value,
        "score": one.rating,
        "agent_name": None if one.agent is None else agents.get(one.agent),
    }


def _add_story(router: APIRouter, room: Room, sources: Sequence[Source]) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/timeline")
    async def timeline(
        who: CustomerId,
        actor: Annotated[Actor, reader],
        *,
        kind: Annotated[list[str] | None, Query(max_length=KINDS)] = None,
        medium: Medium | None = None,
        agent: Which = None,
        queue: Which = None,
        since: Annotated[int, Query(alias="from", ge=0, le=LATEST)] = 0,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        before: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 20,
    ) -> dict[str, object]:
        """Talks over all channels, orders, what happened to them, promises: the newest first."""
        ids = await room.person(actor, who)
        wanted = Wanted(
            before=None if before is None else read_place(before),
            kinds=kind,
            medium=medium,
            agent=agent,
            queue=queue,
            since=since,
            until=until,
            limit=limit,
        )
        found, further = await page(sources, ids, wanted)
        names = await room.agents({AgentId(str(one["agent"])) for one in found if one.get("agent")})
        masked = not await room.privacy.opens(actor, ids)
        shown = [{**one, "agent_name": names.get(AgentId(str(one.get("agent"))))} for one in found]
        for one in shown:
            if masked and one["kind"] == "promise":
                one["text"] = masking.other(str(one["text"]))
        return {"entries": shown, "next": further, "masked": masked}


def _add_learning(router: APIRouter, room: Room, learning: Learning) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    leads = Depends(room.needs.any_of(frozenset({Right.SUPERVISE, Right.CONFIGURE})))

    @router.get("/likely-reason")
    async def stands(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """How often the likely reason was right, beside the commonest alone."""
        return _learnt(await learning.learnt())

    @router.post("/likely-reason/learn")
    async def learn(_actor: Annotated[Actor, leads]) -> dict[str, object]:
        """Learn from the past as it is now."""
        return _learnt(await learning.learn())


def _learnt(learnt: Learnt | None) -> dict[str, object]:
    if learnt is None:
        return {"at": None, "contacts": 0, "measured": None}
    measured = learnt.measured
    return {
        "at": learnt.at,
        "contacts": learnt.counts.reasons.total(),
        "measured": None if measured is None else measured.plain(),
    }
