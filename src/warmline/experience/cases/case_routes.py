"""`/cases`: listed, opened by hand, moved on, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select

from warmline.core.permissions import Right, has
from warmline.core.words import DAY, LATEST, Actor, CustomerId, InteractionId, Malformed, UserId
from warmline.experience.cases import queries
from warmline.experience.cases.closure import TEXTS, closure
from warmline.experience.cases.model import (
    LETTER_LIMIT_CHARS,
    NOTE_LIMIT_CHARS,
    SUBJECT_LIMIT_CHARS,
    CaseState,
    Outcome,
    Room,
    Source,
    Via,
)
from warmline.experience.cases.opening import Occasion, Opening
from warmline.experience.cases.shown import around, case_shown, may_see
from warmline.experience.cases.steps import Steps, may_work
from warmline.experience.cases.tables import case
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS

PAGE_LIMIT = 100
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})
PERIOD_MS = 30 * DAY
PERIOD_MOST_MS = 366 * DAY
Which = Annotated[str | None, Query(max_length=ID_CHARS)]


class HandBody(BaseModel):
    """A case that somebody opens by hand, of a conversation or of a customer."""

    model_config = ConfigDict(extra="forbid")

    interaction: str | None = Field(default=None, max_length=ID_CHARS)
    customer: str | None = Field(default=None, max_length=ID_CHARS)
    owner: str | None = Field(default=None, max_length=ID_CHARS)
    note: str = Field(min_length=1, max_length=NOTE_LIMIT_CHARS)


class ChangeBody(BaseModel):
    """What is changed; left out, it stays."""

    model_config = ConfigDict(extra="forbid")

    owner: str | None = Field(default=None, max_length=ID_CHARS)
    cause: str | None = Field(default=None, max_length=ID_CHARS)
    note: str | None = Field(default=None, max_length=NOTE_LIMIT_CHARS)


class AnswerBody(BaseModel):
    """How the customer was answered, and in which conversation; a mail with a text is sent."""

    model_config = ConfigDict(extra="forbid")

    via: Via
    interaction: str | None = Field(default=None, max_length=ID_CHARS)
    subject: str | None = Field(default=None, max_length=SUBJECT_LIMIT_CHARS)
    text: str | None = Field(default=None, max_length=LETTER_LIMIT_CHARS)


class CloseBody(BaseModel):
    """How it ended, and what it came from."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    cause: str = Field(min_length=1, max_length=ID_CHARS)


def add_case_routes(router: APIRouter, room: Room, opening: Opening) -> None:
    """`/cases` and what is below it."""
    _add_reading(router, room)
    _add_figures(router, room)
    _add_doing(router, room, opening, Steps(room, opening))


async def shown(room: Room, actor: Actor, found: Sequence[Row]) -> list[dict[str, object]]:
    """Cases as a screen reads them."""
    known = await around(room, actor, found)
    return [case_shown(one, known, actor) for one in found]


async def _one(room: Room, actor: Actor, id_: str) -> Row:
    """A case that the actor may look at; else 404."""
    async with room.database.read() as connection:
        found = await queries.case_by(connection, room.site, id=id_)
    if found is None or not await may_see(room, actor, found):
        raise HTTPException(404, f"there is no case {id_}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Whose cases are asked for."""

    customer: str | None
    interaction: str | None
    mine: bool


async def _limited(room: Room, actor: Actor, query: Select[Any], among: Among) -> Select[Any]:
    """Those that are asked for, as far as the actor may read them; 404 for what they may not."""
    if among.customer is not None:
        ids = await room.same(CustomerId(among.customer))
        if not await room.sight.customer(actor, ids):
            raise HTTPException(404, f"there is no customer {among.customer}")
        return query.where(case.c.customer.in_(ids))
    if among.interaction is not None:
        if not await room.sight.conversation(actor, InteractionId(among.interaction)):
            raise HTTPException(404, f"there is no conversation {among.interaction}")
        return query.where(case.c.interaction == among.interaction)
    if among.mine or not has(actor, Right.READ_ALL):
        return query.where(case.c.owner == actor.user)
    return query


def _add_reading(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    leads = Depends(room.needs.any_of(LEADERS))

    @router.get("/cases")
    async def cases(
        actor: Annotated[Actor, reader],
        *,
        state: CaseState | None = None,
        standing: bool = False,
        mine: bool = False,
        owner: Which = None,
        customer: Which = None,
        interaction: Which = None,
        source: Source | None = None,
        since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        before: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    ) -> dict[str, object]:
        """Cases, the newest first; `standing` ones the most urgent first and in one page.

        An agent reads those they own, and those of a customer or conversation that they serve.
        """
        query = queries.newest(room.site, since=since, until=until)
        if standing:
            query = queries.standing(room.site)
        among = Among(customer=customer, interaction=interaction, mine=mine)
        query = await _limited(room, actor, query, among)
        for name, value in {"state": state, "owner": owner, "source": source}.items():
            if value is not None:
                query = query.where(case.c[name] == str(value))
        if before is not None and not standing:
            query = queries.after_page(query, _place(before))
        async with room.database.read() as connection:
            found = await rows(connection, query.limit(limit + 1))
        page = found[:limit]
        more = len(found) > limit and not standing
        return {
            "cases": await shown(room, actor, page),
            "next": f"{page[-1]['opened_at']}.{page[-1]['id']}" if more else None,
        }

    @router.get("/cases/owners")
    async def owners(_actor: Annotated[Actor, leads]) -> dict[str, object]:
        """Who can own a case, and how many each has."""
        staff = await room.staff()
        names = await room.people.users({one.user for one in staff})
        async with room.database.read() as connection:
            load = await queries.load_of(connection, room.site)
        return {
            "owners": [
                {
                    "user": one.user,
                    "name": names.get(one.user),
                    "supervises": one.supervises,
                    "standing": load.get(one.user, 0),
                }
                for one in staff
            ]
        }


def _add_figures(router: APIRouter, room: Room) -> None:
    leads = Depends(room.needs(Right.READ_ALL))

    @router.get("/cases/figures")
    async def figures(
        actor: Annotated[Actor, leads],
        *,
        queue: Which = None,
        segment: Which = None,
        agent: Which = None,
        since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        limit: Annotated[int, Query(ge=0, le=PAGE_LIMIT)] = PAGE_LIMIT,
    ) -> dict[str, object]:
        """How well the loop was closed in a period, the last thirty days unless said, with rows."""
        last = room.clock.now() + 1 if until is None else until
        first = max(0, last - PERIOD_MS) if since is None else since
        if last - first > PERIOD_MOST_MS:
            raise Malformed("from", "a period has a year at most", "too_large")
        narrowed = {"queue": queue, "segment": segment, "agent": agent}
        async with room.database.read() as connection:
            found = await closure(connection, room.site, first, last, narrowed)
        some = found.cases[:limit]
        read = await shown(room, actor, [one.case for one in some])
        return {
            "from": first,
            "to": last,
            **found.plain(),
            "texts": TEXTS,
            "rows": [
                {**row, "closed_ms": one.closed_ms, "won_back": one.won_back}
                for row, one in zip(read, some, strict=True)
            ],
            "more": len(found.cases) > limit,
        }


def _add_doing(router: APIRouter, room: Room, opening: Opening, steps: Steps) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    leads = Depends(room.needs(Right.SUPERVISE))

    @router.post("/cases", status_code=201)
    async def by_hand(body: HandBody, actor: Annotated[Actor, leads]) -> dict[str, object]:
        """Open a case by hand; its owner by rule unless one is named."""
        id_ = await opening.by_hand(actor, await _occasion(room, actor, body))
        return await _read(room, actor, id_)

    @router.get("/cases/{id_}")
    async def one(id_: str, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """One case."""
        return await _read(room, actor, id_)

    @router.patch("/cases/{id_}")
    async def change(
        id_: str, body: ChangeBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Hand it over (supervisors), put it down to a cause, or note something."""
        await _work_on(room, actor, id_)
        await _changed(steps, actor, id_, body)
        return await _read(room, actor, id_)

    @router.post("/cases/{id_}/answer")
    async def answer(
        id_: str, body: AnswerBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """The customer was answered; by mail with a text it is sent now."""
        await _work_on(room, actor, id_)
        text = (body.text or "").strip()
        if text and body.via is not Via.MAIL:
            raise Malformed("text", "is for a mail", "invalid")
        if text:
            await steps.write(actor, id_, (body.subject or "").strip() or None, text)
        else:
            await steps.answer(actor, id_, body.via, body.interaction)
        return await _read(room, actor, id_)

    @router.post("/cases/{id_}/close")
    async def close(
        id_: str, body: CloseBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """It is over; the customer is asked again."""
        await _work_on(room, actor, id_)
        await steps.close(actor, id_, body.outcome, body.cause)
        return await _read(room, actor, id_)


async def _read(room: Room, actor: Actor, id_: str) -> dict[str, object]:
    return (await shown(room, actor, [await _one(room, actor, id_)]))[0]


async def _work_on(room: Room, actor: Actor, id_: str) -> None:
    if not may_work(actor, await _one(room, actor, id_)):
        raise HTTPException(403, "the case belongs to somebody else")


async def _changed(steps: Steps, actor: Actor, id_: str, body: ChangeBody) -> None:
    if body.cause is not None or body.note is not None:
        await steps.annotate(actor, id_, cause=body.cause, note=body.note)
    if body.owner is not None:
        if not has(actor, Right.SUPERVISE):
            raise HTTPException(403, "only a supervisor hands a case over")
        await steps.hand_over(actor, id_, UserId(body.owner))


async def _occasion(room: Room, actor: Actor, body: HandBody) -> Occasion:
    note = body.note.strip()
    if not note:
        raise Malformed("note", "is empty", "empty")
    if body.owner is not None and body.owner not in {one.user for one in await room.staff()}:
        raise Malformed("owner", f"there is no user {body.owner}", "no_such", item=body.owner)
    owner = None if body.owner is None else UserId(body.owner)
    if body.interaction is not None:
        talk = await room.talks(InteractionId(body.interaction))
        if talk is None or not await room.sight.conversation(actor, talk.interaction):
            raise Malformed(
                "interaction", f"there is no conversation {body.interaction}", "no_such",
                item=body.interaction,
            )  # fmt: skip
        return Occasion(
            source=Source.HAND,
            interaction=talk.interaction,
            customer=talk.customer,
            queue=talk.queue,
            segment=talk.segment,
            agent=talk.agent,
            owner=owner,
            note=note,
        )
    if body.customer is None:
        raise Malformed("interaction", "or a customer must be named", "missing")
    ids = list(await room.same(CustomerId(body.customer)))
    if not ids:
        raise Malformed(
            "customer", f"there is no customer {body.customer}", "no_such", item=body.customer
        )
    return Occasion(source=Source.HAND, customer=ids[0], owner=owner, note=note)


def _place(before: str) -> tuple[int, str]:
    at, dot, id_ = before.partition(".")
    if not dot or not at.isascii() or not at.isdigit():
        raise Malformed("before", "is not the place of a page", "wrong_form")
    return min(int(at), LATEST), id_
