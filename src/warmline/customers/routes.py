"""The HTTP door to customers: card, search, facts to remember."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, update

from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.words import (
    LATEST,
    Actor,
    AgentId,
    CustomerId,
    Malformed,
    Rejected,
    SegmentId,
    SiteId,
    UserId,
)
from warmline.customers import queries
from warmline.customers.directory import Directory
from warmline.customers.identity import fold
from warmline.customers.model import (
    FACT_LIMIT_CHARS,
    FACTS_PER_CUSTOMER,
    NAME_LIMIT_CHARS,
    NOTE_LIMIT_CHARS,
    SEARCH_LIMIT,
    Audit,
    Sight,
    Timeline,
    UserNames,
)
from warmline.customers.risk import risk_of
from warmline.customers.tables import customer, fact
from warmline.ports import Clock, Guard, Privacy, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.storage.schema import ID_CHARS

SEEN_LIMIT = 2_000
"""An agent's search reaches the customers of this many of their newest interactions."""
MASKED_LIMIT = 5
"""So many people who are not open to the searcher one search shows, masked."""
PERSONAL = frozenset({"name", "note"})


class ProfileBody(BaseModel):
    """What is known of a person; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=NAME_LIMIT_CHARS)
    language: str | None = Field(default=None, max_length=16, pattern=r"^[a-zA-Z-]*$")
    segment: str | None = Field(default=None, max_length=64)
    note: str | None = Field(default=None, max_length=NOTE_LIMIT_CHARS)
    owner_agent: str | None = Field(default=None, max_length=ID_CHARS)


class FactBody(BaseModel):
    """One small thing to remember, for good or until a moment."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=FACT_LIMIT_CHARS)
    expires_at: int | None = Field(default=None, ge=0, le=LATEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    directory: Directory
    timeline: Timeline
    sight: Sight
    privacy: Privacy
    users: UserNames
    audit: Audit

    async def person(self, actor: Actor, who: CustomerId) -> Collection[CustomerId]:
        """All ids of a person whom the actor may see, else 404."""
        ids = await self.directory.same(who)
        if not await self.sight.customer(actor, ids):
            raise HTTPException(404, f"there is no customer {who}")
        return ids

    async def root(self, actor: Actor, who: CustomerId) -> Row:
        """The record of such a person, else 404."""
        return await self.record(await self.person(actor, who), who)

    async def record(self, ids: Collection[CustomerId], who: CustomerId) -> Row:
        """The record of the person with these ids, else 404."""
        async with self.database.read() as connection:
            found = await row(connection, queries.record(self.site, next(iter(ids))))
        if found is None:
            raise HTTPException(404, f"there is no customer {who}")
        return found


def routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    directory: Directory,
    timeline: Timeline,
    sight: Sight,
    privacy: Privacy,
    users: UserNames,
    audit: Audit,
) -> APIRouter:
    """All routes of the room."""
    room = _Room(
        database=database,
        state=state,
        needs=needs,
        clock=clock,
        site=site,
        directory=directory,
        timeline=timeline,
        sight=sight,
        privacy=privacy,
        users=users,
        audit=audit,
    )
    router = APIRouter(tags=["customers"])
    _add_search(router, room)
    _add_reading(router, room)
    _add_profile(router, room)
    _add_facts(router, room)
    return router


def _add_search(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers")
    async def find(
        actor: Annotated[Actor, reader],
        q: Annotated[str, Query(min_length=2, max_length=100)],
        also: Annotated[str | None, Query(min_length=2, max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=SEARCH_LIMIT)] = 20,
    ) -> dict[str, object]:
        """Customers by a part of their name, or by the beginning of an address, number or login.

        With `also`, those who have both keys exactly, by their names: who asks knows who it is.
        """
        among = await room.sight.customers(actor, limit=SEEN_LIMIT)
        both = None if also is None else await room.directory.with_both(q, also)
        async with room.database.read() as connection:
            query = queries.matching(room.site, q, among=among)
            if both is not None:
                query = queries.these(room.site, both, among=among)
            found = await rows(connection, query.limit(limit))
        ids = [CustomerId(one["id"]) for one in found]
        open_ = ids if both is not None else await room.privacy.open_among(actor, ids)
        shut = [id_ for id_ in ids if id_ not in open_]
        names = await room.directory.names(ids)
        return {
            "customers": [
                {
                    "id": one["id"],
                    "name": _called(names.get(one["id"]), masked=one["id"] not in open_),
                    "masked": one["id"] not in open_,
                    "language": one["language"],
                    "segment": one["segment"],
                }
                for one in found
                if one["id"] not in shut[MASKED_LIMIT:]
            ],
            "more": len(found) == limit or len(shut) > MASKED_LIMIT,
        }


def _add_reading(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}")
    async def card(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Who it is, how they are known, what is worth remembering, how often they came."""
        ids = await room.person(actor, who)
        record = await room.record(ids, who)
        async with room.database.read() as connection:
            known = await rows(connection, queries.identifiers(room.site, ids))
            facts = await rows(connection, queries.facts(room.site, ids, now=room.clock.now()))
            risk = await risk_of(connection, room.site, ids, now=room.clock.now())
        authors = {UserId(one["author"]) for one in facts}
        names = await room.users(authors) if authors else dict[UserId, str]()
        shown = ("kind", "value", "verification", "method", "source")
        shown_card: dict[str, object] = {
            **_profile(record),
            "display_name": record["name"]
            or (await room.directory.names([record["id"]])).get(record["id"]),
            "same": list(ids),
            "verification": queries.surest(known),
            "identifiers": [{name: one[name] for name in shown} for one in known],
            "counts": await room.timeline.counts(ids),
            "risk": risk.shown(),
            "facts": [
                {
                    "id": one["id"],
                    "text": one["text"],
                    "author": one["author"],
                    "author_name": names.get(UserId(one["author"])),
                    "created_at": one["created_at"],
                    "expires_at": one["expires_at"],
                }
                for one in facts
            ],
            "masked": False,
            "open_until": await room.privacy.open_until(actor, ids),
        }
        return shown_card if await room.privacy.opens(actor, ids) else masked(shown_card)


def masked(card: Mapping[str, Any]) -> dict[str, object]:
    """A card, or a part of one, as those read it to whom the person is not open."""
    hints: Mapping[str, Callable[[str], str]] = {
        "name": masking.name, "display_name": masking.called, "note": masking.other,
    }  # fmt: skip
    hidden: dict[str, object] = {
        field: card[field] and hint(card[field]) for field, hint in hints.items() if field in card
    }
    if "identifiers" in card:
        hidden["identifiers"] = [
            {**one, "value": masking.identifier(one["kind"], one["value"])}
            for one in card["identifiers"]
        ]
    if "facts" in card:
        hidden["facts"] = [{**one, "text": masking.other(one["text"])} for one in card["facts"]]
    return {**card, **hidden, "masked": True}


def _called(name: str | None, *, masked: bool) -> str | None:
    return masking.called(name) if masked and name else name


def _profile(record: Row) -> dict[str, object]:
    fields = ("id", "name", "language", "segment", "note", "owner_agent")
    return {name: record[name] for name in (*fields, "created_at", "updated_at")}


def _add_profile(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.patch("/customers/{who}")
    async def change(
        who: CustomerId, body: ProfileBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Correct what is known of a person; segment and own contact are a supervisor's."""
        record = await room.root(actor, who)
        given = body.model_dump(exclude_unset=True)
        changed = {
            name: value or None for name, value in given.items() if record[name] != (value or None)
        }
        if "segment" in changed:
            _check_segment(room, actor, changed["segment"])
        if "owner_agent" in changed:
            _check_owner(room, actor, changed["owner_agent"])
        is_open = await room.privacy.opens(actor, [record["id"]])
        if not is_open and changed.keys() & PERSONAL:
            raise Rejected("masked", "What you do not see you cannot correct: reveal it first.")
        if not changed:
            return _profile(record) if is_open else masked(_profile(record))
        values: dict[str, object] = {**changed, "updated_at": room.clock.now()}
        if "segment" in changed:
            values["segment_by"] = "hand" if changed["segment"] else None
        if "name" in changed:
            values["folded"] = fold(changed["name"] or "")
        async with room.database.write() as connection:
            await connection.execute(
                update(customer)
                .where(customer.c.site == room.site, customer.c.id == record["id"])
                .values(**values)
            )
            await connection.execute(
                room.audit(actor, "changed", "customer", record["id"], fields=sorted(changed))
            )
        now_so = _profile({**record, **values})
        return now_so if is_open else masked(now_so)


def _check_segment(room: _Room, actor: Actor, segment: str | None) -> None:
    if not has(actor, Right.SUPERVISE):
        raise Rejected("forbidden", "Only a supervisor changes a customer's segment.")
    if segment is not None and SegmentId(segment) not in room.state.center().segments:
        raise Malformed("segment", f"there is no segment {segment}", "no_such", item=segment)


def _check_owner(room: _Room, actor: Actor, agent: str | None) -> None:
    if not has(actor, Right.SUPERVISE):
        raise Rejected("forbidden", "Only a supervisor changes a customer's own contact.")
    if agent is not None and AgentId(agent) not in room.state.center().agents:
        raise Malformed("owner_agent", f"there is no agent {agent}", "no_such", item=agent)


def _add_facts(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/customers/{who}/facts", status_code=201)
    async def remember(
        who: CustomerId, body: FactBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Remember one small thing about a person."""
        record = await room.root(actor, who)
        now = room.clock.now()
        if not body.text.strip():
            raise Malformed("text", "is empty", "empty")
        if body.expires_at is not None and body.expires_at <= now:
            raise Malformed("expires_at", "is over already", "past")
        given = {
            "id": uuid4().hex,
            "customer": record["id"],
            "text": body.text.strip(),
            "author": actor.user,
            "created_at": now,
            "expires_at": body.expires_at,
        }
        ids = await room.directory.same(who)
        async with room.database.write() as connection:
            known = await rows(connection, queries.facts(room.site, ids, now=now))
            if len(known) >= FACTS_PER_CUSTOMER:
                raise Rejected(
                    "too_many_facts", f"{FACTS_PER_CUSTOMER} facts are enough; remove one first."
                )
            await connection.execute(insert(fact).values(site=room.site, **given))
        return {name: value for name, value in given.items() if name != "customer"}

    @router.delete("/customers/{who}/facts/{id_}", status_code=204)
    async def forget(who: CustomerId, id_: str, actor: Annotated[Actor, reader]) -> None:
        """Forget it again."""
        ids = await room.person(actor, who)
        async with room.database.write() as connection:
            gone = await connection.execute(
                fact.delete().where(
                    fact.c.site == room.site, fact.c.id == id_, fact.c.customer.in_(ids)
                )
            )
        if not gone.rowcount:
            raise HTTPException(404, f"there is no fact {id_}")
