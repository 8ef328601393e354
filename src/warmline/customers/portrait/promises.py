"""What was promised to customers: made in a conversation, kept, late or withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, case, func, insert, select, update

from warmline.core import masking
from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Malformed,
    Rejected,
    SiteId,
    UserId,
)
from warmline.customers.portrait.model import (
    PROMISE_AHEAD_MS,
    PROMISE_LIMIT_CHARS,
    PROMISES_OPEN,
    PromiseState,
    Room,
)
from warmline.customers.portrait.tables import promise
from warmline.storage.rows import Row, row, rows
from warmline.storage.schema import ID_CHARS

SHOWN_LIMIT = 50


class PromiseBody(BaseModel):
    """What is promised, and by when."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=PROMISE_LIMIT_CHARS)
    due_at: int = Field(ge=0, le=LATEST)
    interaction: str | None = Field(default=None, max_length=ID_CHARS)


class SettleBody(BaseModel):
    """What became of it; `open` takes that back."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "kept", "withdrawn"]


def of_customers(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """The promises made to a person: open ones first, the most urgent first, then the newest."""
    is_open = promise.c.state == PromiseState.OPEN.value
    return (
        select(promise)
        .where(promise.c.site == site, promise.c.customer.in_(ids))
        .order_by(
            is_open.desc(),
            promise.c.due_at.asc(),
            promise.c.made_at.desc(),
            promise.c.id,
        )
        .limit(SHOWN_LIMIT)
    )


def last(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """The promise to know before an answer: the most urgent open one, else the newest settled."""
    is_open = promise.c.state == PromiseState.OPEN.value
    return (
        select(promise)
        .where(
            promise.c.site == site,
            promise.c.customer.in_(ids),
            promise.c.state != PromiseState.WITHDRAWN.value,
        )
        .order_by(
            is_open.desc(),
            case((is_open, promise.c.due_at), else_=-promise.c.made_at),
            promise.c.id,
        )
        .limit(1)
    )


def shown(found: Row, *, now: Instant, names: Mapping[str, str], masked: bool) -> dict[str, object]:
    """A promise as a screen reads it."""
    fields = ("id", "interaction", "due_at", "state", "made_at", "made_by", "agent", "settled_at")
    is_open = found["state"] == PromiseState.OPEN.value
    return {
        **{name: found[name] for name in fields},
        "text": masking.other(found["text"]) if masked else found["text"],
        "agent_name": names.get(found["agent"]) or names.get(found["made_by"]),
        "overdue": is_open and found["due_at"] < now,
        "masked": masked,
    }


async def all_shown(room: Room, found: Sequence[Row], *, masked: bool) -> list[dict[str, object]]:
    """Promises as a screen reads them, with the names of the agents who made them."""
    users = await room.users({UserId(one["made_by"]) for one in found})
    agents = await room.agents({AgentId(one["agent"]) for one in found if one["agent"]})
    names: dict[str, str] = {**users, **agents}
    now = room.clock.now()
    return [shown(one, now=now, names=names, masked=masked) for one in found]


def add_promise_routes(router: APIRouter, room: Room) -> None:
    """`/customers/{id}/promises`."""
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/promises")
    async def promises(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What was promised to a person, open ones first."""
        ids = await room.person(actor, who)
        async with room.database.read() as connection:
            found = await rows(connection, of_customers(room.site, ids))
        masked = not await room.privacy.opens(actor, ids)
        return {"promises": await all_shown(room, found, masked=masked)}

    @router.post("/customers/{who}/promises", status_code=201)
    async def make(
        who: CustomerId, body: PromiseBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Promise something to a person; the interaction is the one in which it was promised."""
        return await _make(room, actor, await room.person(actor, who), body)

    @router.patch("/customers/{who}/promises/{id_}")
    async def settle(
        who: CustomerId, id_: str, body: SettleBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Say that a promise was kept, is withdrawn, or is open after all."""
        ids = await room.person(actor, who)
        return await _settle(room, actor, ids, id_, PromiseState(body.state))


async def _make(
    room: Room, actor: Actor, ids: Sequence[CustomerId], body: PromiseBody
) -> dict[str, object]:
    await _check(room, actor, body)
    given = {
        "id": uuid4().hex,
        "customer": ids[0],
        "interaction": body.interaction,
        "text": body.text.strip(),
        "due_at": body.due_at,
        "state": PromiseState.OPEN.value,
        "made_at": room.clock.now(),
        "made_by": actor.user,
        "agent": actor.agent,
    }
    async with room.database.write() as connection:
        many = await connection.scalar(
            select(func.count())
            .select_from(promise)
            .where(
                promise.c.site == room.site,
                promise.c.customer.in_(ids),
                promise.c.state == PromiseState.OPEN.value,
            )
        )
        if (many or 0) >= PROMISES_OPEN:
            raise Rejected(
                "too_many_promises",
                f"{PROMISES_OPEN} are enough; keep one first.",
            )
        await connection.execute(insert(promise).values(site=room.site, **given))
        await connection.execute(
            room.audit(actor, "created", "promise", str(given["id"]), fields=["text", "due_at"])
        )
    room.promised(actor.agent)
    return (await all_shown(room, [{**given, "settled_at": None}], masked=False))[0]


async def _settle(
    room: Room, actor: Actor, ids: Sequence[CustomerId], id_: str, state: PromiseState
) -> dict[str, object]:
    now = room.clock.now()
    async with room.database.write() as connection:
        theirs = (
            promise.c.site == room.site,
            promise.c.id == id_,
            promise.c.customer.in_(ids),
        )
        found = await row(connection, select(promise).where(*theirs))
        if found is None:
            raise HTTPException(404, f"there is no promise {id_}")
        if state is PromiseState.KEPT and found["due_at"] < now:
            state = PromiseState.LATE
        settled = state is not PromiseState.OPEN
        values = {
            "state": state.value,
            "settled_at": now if settled else None,
            "settled_by": actor.user if settled else None,
        }
        await connection.execute(update(promise).where(*theirs).values(**values))
        await connection.execute(room.audit(actor, "changed", "promise", id_, fields=["state"]))
    room.promised(found["agent"])
    masked = not await room.privacy.opens(actor, ids)
    return (await all_shown(room, [{**found, **values}], masked=masked))[0]


async def _check(room: Room, actor: Actor, body: PromiseBody) -> None:
    now = room.clock.now()
    if not body.text.strip():
        raise Malformed("text", "is empty", "empty")
    if body.due_at <= now:
        raise Malformed("due_at", "is over already", "past")
    if body.due_at > now + PROMISE_AHEAD_MS:
        raise Malformed("due_at", "is more than a year away", "too_far")
    talk = body.interaction
    if talk is not None and not await room.sight.conversation(actor, InteractionId(talk)):
        raise Malformed("interaction", f"there is no conversation {talk}", "no_such", item=talk)
