"""The HTTP door of the desk: the problem is solved, what may be offered now, what was answered."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict

from warmline.core.interaction import TALKING, Interaction
from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId, CustomerId, InteractionId, Malformed, Rejected
from warmline.outreach.offers import keeping
from warmline.outreach.offers.choosing import Candidate, Choosing, Chosen
from warmline.outreach.offers.learning import kept_facts
from warmline.outreach.offers.model import (
    Answer,
    Arm,
    Offer,
    Reason,
    Room,
    Talk,
    Terms,
    WhyNot,
    held_out,
)
from warmline.storage.rows import Row


class AnswerBody(BaseModel):
    """What the customer said."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer
    reason: Reason | None = None


def desk_routes(room: Room, choosing: Choosing) -> APIRouter:
    """`/interactions/{interaction}/offers`."""
    router = APIRouter(tags=["offers"])
    works = Depends(room.needs(Right.WORK))
    reads = Depends(room.needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/offers")
    async def shown(
        interaction: InteractionId, actor: Annotated[Actor, reads]
    ) -> dict[str, object]:
        """Whether it is solved, what was shown in it, and whether anything runs at all."""
        if not await room.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no conversation {interaction}")
        return await _stands(room, interaction)

    @router.post("/interactions/{interaction}/offers")
    async def solved(
        interaction: InteractionId, actor: Annotated[Actor, works]
    ) -> dict[str, object]:
        """The problem is solved: the offer that fits now, remembered before it is shown.

        Asked again it says the same. Of a customer who is held out it says that nothing fits.
        """
        live = _held(room, actor, interaction)
        async with room.database.read() as connection:
            before = await keeping.shown_in(connection, room.site, interaction)
        if before is not None:
            return await _stands(room, interaction)
        return await _offer(room, choosing, live, actor)

    @router.put("/interactions/{interaction}/offers/{shown}")
    async def answered(
        interaction: InteractionId, shown: str, body: AnswerBody, actor: Annotated[Actor, works]
    ) -> dict[str, object]:
        """What the customer said; it may be said anew. Who declines has a reason."""
        if body.answer is Answer.DECLINED and body.reason is None:
            raise Malformed("reason", "is missing", "empty")
        values = {
            "answer": body.answer.value,
            "reason": None if body.reason is None else body.reason.value,
            "answered_at": room.clock.now(),
        }
        async with room.database.write() as connection:
            found = await keeping.shown_in(connection, room.site, interaction)
            mine = found is not None and found["agent"] == actor.agent and found["id"] == shown
            if not mine or found is None or found["arm"] != Arm.SHOWN.value:
                raise HTTPException(404, f"no offer of yours is {shown}")
            await keeping.answer(connection, room.site, shown, values)
        return await _stands(room, interaction)

    return router


def _held(room: Room, actor: Actor, interaction: InteractionId) -> Interaction:
    """The conversation, where the actor is the one who talks in it."""
    live = room.state.center().interactions.get(interaction)
    if live is None or actor.agent is None or live.agent != actor.agent:
        raise Rejected("not_yours", f"You do not hold {interaction}.")
    if live.phase not in TALKING:
        raise Rejected("wrong_phase", f"Nothing can be offered: the interaction is {live.phase}.")
    return live


async def _offer(
    room: Room, choosing: Choosing, live: Interaction, actor: Actor
) -> dict[str, object]:
    """Choose, decide whether it is held out, write both down, then show."""
    assert live.agent is not None, "somebody talks in it"
    talk = _talk(live, live.agent)
    customer, now = live.customer, room.clock.now()
    ids = [] if customer is None else list(await room.around.same(customer))
    async with room.database.read() as connection:
        terms = await keeping.terms_of(connection, room.site)
    chosen = Chosen(why_not=WhyNot.NO_CUSTOMER)
    if ids and not await room.around.sure(actor, ids):
        chosen = Chosen(why_not=WhyNot.NOT_SURE)
    elif ids:
        chosen = await choosing.best(talk, ids, now=now, terms=terms)
    async with room.database.write() as connection:
        await keeping.keep_solved(connection, room.site, talk.interaction, at=now, by=actor.user)
        if chosen.best is not None:
            row = _row(room, talk, ids[0], chosen, chosen.best, terms)
            await keeping.keep_shown(connection, {**row, "at": now})
    told = await _stands(room, talk.interaction)
    if chosen.why_not is not None and told["offer"] is None:
        return {**told, "why_not": chosen.why_not.value, "detail": chosen.detail}
    return told


def _talk(live: Interaction, agent: AgentId) -> Talk:
    return Talk(
        interaction=live.id,
        medium=live.medium,
        inbox=live.inbox,
        queue=live.queue,
        segment=live.segment,
        language=live.language,
        reason=live.reason,
        agent=agent,
    )


def _row(
    room: Room, talk: Talk, customer: CustomerId, chosen: Chosen, best: Candidate, terms: Terms
) -> dict[str, object]:
    out = held_out(room.site, customer, terms.holdout_permille)
    return {
        "site": room.site,
        "id": talk.interaction,
        "offer": best.offer.id,
        "customer": customer,
        "interaction": talk.interaction,
        "agent": talk.agent,
        "arm": (Arm.HELD_OUT if out else Arm.SHOWN).value,
        "segment": chosen.facts.get("segment"),
        "why": list(best.terms),
        "facts": kept_facts(chosen.facts),
    }


async def _stands(room: Room, interaction: InteractionId) -> dict[str, object]:
    """What the card shows."""
    async with room.database.read() as connection:
        solved = await keeping.is_solved(connection, room.site, interaction)
        found = await keeping.shown_in(connection, room.site, interaction)
        offers = {one.id: one for one in await keeping.offers(connection, room.site)}
    live = room.state.center().interactions.get(interaction)
    card = None
    if found is not None and found["arm"] == Arm.SHOWN.value and found["offer"] in offers:
        card = _card(found, offers[found["offer"]], None if live is None else live.language)
    return {
        "interaction": interaction,
        "running": any(one.runs(room.clock.now()) for one in offers.values()),
        "solved": solved,
        "offer": card,
        "currency": await room.around.bought.currency(),
        "why_not": WhyNot.NOTHING_FITS.value if solved and card is None else None,
        "detail": None,
    }


def _card(found: Row, offer: Offer, spoken: str | None) -> dict[str, object]:
    """What, the words to say in the customer's language, why it fits, what was answered."""
    language = offer.in_language(found["facts"].get("language") or spoken)
    return {
        "id": found["id"],
        "at": found["at"],
        "names": dict(offer.names),
        "words": offer.words[language],
        "language": language,
        "why": found["why"],
        "answer": found["answer"],
        "reason": found["reason"],
    }
