"""The HTTP door to duplicates: suggestions to decide, merges to undo, splits by hand."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from warmline.core.permissions import Right
from warmline.core.words import DAY, Actor, CustomerId, Malformed, UserId
from warmline.customers.identity import same
from warmline.customers.matching import queries
from warmline.customers.matching.deciding import stand, thresholds
from warmline.customers.matching.merge import Cause, apart, join, undo
from warmline.customers.matching.model import Match, Term
from warmline.customers.matching.room import MatchRoom, merge_shown
from warmline.customers.matching.split import Parts, split
from warmline.customers.matching.tables import duplicate, match_setting
from warmline.customers.model import NAME_LIMIT_CHARS
from warmline.storage.rows import Row, row, rows
from warmline.storage.schema import ID_CHARS
from warmline.storage.upsert import upsert

PAGE_LIMIT = 50
LATER_MS = 30 * DAY
LEAST_AUTOMATIC_PCT = 80.0
Id = Annotated[str, Field(min_length=1, max_length=ID_CHARS)]


class DecisionBody(BaseModel):
    """What a person says of a pair; `stays` is who the merged person goes on as."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["merge", "apart", "later"]
    stays: Id | None = None


class MergeBody(BaseModel):
    """Two records to join; what `other` had becomes `into`'s."""

    model_config = ConfigDict(extra="forbid")

    other: Id
    into: Id


class SettingsBody(BaseModel):
    """From which probability on a pair is suggested, and joined without asking."""

    model_config = ConfigDict(extra="forbid")

    suggest_pct: float = Field(ge=5, le=99.9)
    automatic_pct: float = Field(ge=LEAST_AUTOMATIC_PCT, le=99.99)
    automatic: bool


class IdentifierBody(BaseModel):
    """An identifier, in the form in which it is kept."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(min_length=1, max_length=16)
    value: str = Field(min_length=1, max_length=320)


class SplitBody(BaseModel):
    """What goes to a new customer."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=NAME_LIMIT_CHARS)
    language: str | None = Field(default=None, max_length=16, pattern=r"^[a-zA-Z-]*$")
    identifiers: list[IdentifierBody] = Field(default_factory=list[IdentifierBody], max_length=200)
    facts: list[Id] = Field(default_factory=list[str], max_length=200)
    conversations: list[Id] = Field(default_factory=list[str], max_length=200)


def routes(room: MatchRoom) -> APIRouter:
    """All routes of matching; merging and splitting is among the rights of who knows customers."""
    router = APIRouter(tags=["customers"])
    _add_suggestions(router, room)
    _add_search(router, room)
    _add_settings(router, room)
    _add_merges(router, room)
    _add_split(router, room)
    return router


def _add_suggestions(router: APIRouter, room: MatchRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/duplicates")
    async def suggestions(
        actor: Annotated[Actor, knows],
        state: Literal["open", "refused"] = "open",
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 20,
        skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> dict[str, object]:
        """Pairs that may be one person, the likeliest first, with what speaks for and against."""
        query = queries.suggestions(room.site, now=room.clock.now(), refused=state == "refused")
        async with room.database.read() as connection:
            found = await rows(connection, query.offset(skip).limit(limit))
            total = await connection.scalar(queries.counted(query)) or 0
        people = await room.people(actor, {one[side] for one in found for side in ("a", "b")})
        return {
            "duplicates": [
                {
                    "people": [people[one["a"]], people[one["b"]]],
                    "share": one["share"],
                    "terms": one["terms"],
                    "veto": one["veto"],
                    "at": one["at"],
                }
                for one in found
                if one["a"] in people and one["b"] in people
            ],
            "total": total,
        }

    @router.post("/duplicates/{a}/{b}")
    async def decide(
        a: CustomerId, b: CustomerId, body: DecisionBody, actor: Annotated[Actor, knows]
    ) -> dict[str, object]:
        """Join a suggested pair, remember that they are two people, or ask again in 30 days."""
        first, second = sorted((a, b))
        query = select(duplicate).where(
            duplicate.c.site == room.site, duplicate.c.a == first, duplicate.c.b == second
        )
        async with room.database.read() as connection:
            found = await row(connection, query)
        if found is None:
            raise HTTPException(404, "there is no such suggestion")
        if body.decision == "merge":
            if body.stays is not None and body.stays not in (a, b):
                raise Malformed("stays", "must be one of the two", "no_such", item=body.stays)
            return {"merge": await _merge(room, actor, found, body.stays)}
        await _put(room, actor, found, body.decision)
        return {"merge": None}


async def _merge(room: MatchRoom, actor: Actor, found: Row, stays: str | None) -> str:
    """Join a suggested pair."""
    match = Match(
        a=found["a"],
        b=found["b"],
        share=found["share"],
        terms=tuple(Term(**one) for one in found["terms"]),
    )
    async with room.database.write() as connection:
        standing = await stand(connection, room.site, (found["a"], found["b"]))
        if not {found["a"], found["b"]} <= standing.roots.keys():
            raise HTTPException(404, "one of them is not there any more")
        into, other = standing.survivor(found["a"], found["b"])
        if stays == other:
            into, other = other, into
        id_ = await join(
            connection,
            room.site,
            other,
            into=into,
            now=room.clock.now(),
            cause=Cause.HAND,
            by=actor.user,
            match=match,
        )
        await connection.execute(
            duplicate.delete().where(
                duplicate.c.site == room.site,
                duplicate.c.a == found["a"],
                duplicate.c.b == found["b"],
            )
        )
        await connection.execute(room.audit(actor, "merged", "merge", id_, fields=()))
    return id_


async def _put(room: MatchRoom, actor: Actor, found: Row, decision: str) -> None:
    """Remember that a pair is two people, or put it off."""
    now = room.clock.now()
    a, b = CustomerId(found["a"]), CustomerId(found["b"])
    async with room.database.write() as connection:
        if decision == "apart":
            await apart(connection, room.site, a, b, now=now, by=actor.user)
        else:
            await connection.execute(
                duplicate.update()
                .where(duplicate.c.site == room.site, duplicate.c.a == a, duplicate.c.b == b)
                .values(state="later", until=now + LATER_MS, decided_by=actor.user, decided_at=now)
            )
        told = room.audit(actor, decision, "duplicate", a, fields=())
        await connection.execute(told)


def _add_search(router: APIRouter, room: MatchRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/duplicates/search")
    async def progress(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Whether a search for duplicates goes on, how far it is, and what the last one did."""
        stands = await room.matching.progress()
        return {
            "running": stands.running,
            "share": round(stands.share, 3),
            "joined": stands.joined,
            "full_at": stands.full_at,
            "customers": stands.customers,
            "failed": stands.failed,
        }

    @router.post("/duplicates/search", status_code=202)
    async def search(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Compare all customers; `GET` says how far it is."""
        await room.matching.ask()
        return {"running": True}

    @router.delete("/duplicates/search", status_code=204)
    async def cancel(_actor: Annotated[Actor, knows]) -> None:
        """End the search soon; what was merged stays and can be undone."""
        await room.matching.cancel()


def _add_settings(router: APIRouter, room: MatchRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/duplicates/settings")
    async def settings(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """The thresholds."""
        async with room.database.read() as connection:
            found = await thresholds(connection, room.site)
        return {
            "suggest_pct": found.suggest_pct,
            "automatic_pct": found.automatic_pct,
            "automatic": found.automatic,
        }

    @router.put("/duplicates/settings")
    async def change(body: SettingsBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Other thresholds; they count from the next comparison on."""
        if body.suggest_pct > body.automatic_pct:
            raise Malformed(
                "suggest_pct",
                "must not be above automatic_pct",
                "too_large",
                max=body.automatic_pct,
            )
        given = body.model_dump()
        async with room.database.write() as connection:
            await connection.execute(
                upsert(match_setting, {"site": room.site, **given}, keys=("site",))
            )
            told = room.audit(actor, "changed", "match_setting", room.site, fields=sorted(given))
            await connection.execute(told)
        return given


def _add_merges(router: APIRouter, room: MatchRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/merges")
    async def merges(
        actor: Annotated[Actor, knows],
        before: Annotated[int | None, Query(ge=1)] = None,
        customer: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 20,
    ) -> dict[str, object]:
        """Merges and splits, the newest first; of one person where a customer is named."""
        async with room.database.read() as connection:
            ids = customer and await same(connection, room.site, CustomerId(customer))
            query = queries.merges(room.site, before=before, customers=ids or None)
            asked = query.limit(0 if customer and not ids else limit + 1)
            found = await rows(connection, asked)
        shown = found[:limit]
        people = await room.people(
            actor, {one[side] for one in shown for side in ("other", "into")}
        )
        names = await room.users({UserId(one["by"]) for one in shown if one["by"]})
        return {
            "merges": [merge_shown(one, people, names) for one in shown],
            "next": shown[-1]["number"] if len(found) > limit else None,
        }

    @router.post("/merges", status_code=201)
    async def merge(body: MergeBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Join two customers that nobody suggested."""
        if body.other == body.into:
            raise Malformed("other", "is the same customer", "twice", item=body.other)
        async with room.database.write() as connection:
            for one in (body.other, body.into):
                if not await same(connection, room.site, CustomerId(one)):
                    raise HTTPException(404, f"there is no customer {one}")
            id_ = await join(
                connection,
                room.site,
                CustomerId(body.other),
                into=CustomerId(body.into),
                now=room.clock.now(),
                cause=Cause.HAND,
                by=actor.user,
            )
            await connection.execute(room.audit(actor, "merged", "merge", id_, fields=()))
        return {"merge": id_}

    @router.post("/merges/{id_}/undo")
    async def take_back(id_: str, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Take a merge or a split back: rows go back as they were, the timeline with them."""
        async with room.database.write() as connection:
            found = await undo(
                connection,
                room.site,
                id_,
                now=room.clock.now(),
                by=actor.user,
                conversations=room.conversations,
            )
            if found is None:
                raise HTTPException(404, f"there is no merge {id_}")
            await connection.execute(room.audit(actor, "undone", "merge", id_, fields=()))
        return {"customers": [found["into"], found["other"]]}


def _add_split(router: APIRouter, room: MatchRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.post("/customers/{who}/split", status_code=201)
    async def part(
        who: CustomerId, body: SplitBody, actor: Annotated[Actor, knows]
    ) -> dict[str, object]:
        """Give identifiers, facts and closed conversations of a customer to a new one."""
        parts = Parts(
            name=body.name,
            language=body.language or None,
            identifiers=[(one.kind, one.value) for one in body.identifiers],
            facts=body.facts,
            conversations=body.conversations,
        )
        async with room.database.write() as connection:
            made = await split(
                connection,
                room.site,
                who,
                parts,
                open_=frozenset(room.state.center().interactions),
                now=room.clock.now(),
                by=actor.user,
                conversations=room.conversations,
            )
            if made is None:
                raise HTTPException(404, f"there is no customer {who}")
            await connection.execute(room.audit(actor, "split", "merge", made.id, fields=()))
        return {"merge": made.id, "customer": made.customer}
