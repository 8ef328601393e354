"""The HTTP door to offers: editing them, how the site offers, what they brought, the rows."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement

from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    Malformed,
    Rejected,
    SegmentId,
)
from warmline.outreach.offers import keeping
from warmline.outreach.offers.learning import Learning, Learnt
from warmline.outreach.offers.model import (
    LANGUAGES,
    NAME_LIMIT_CHARS,
    OFFERS_LIMIT,
    WORDS_LIMIT_CHARS,
    Arm,
    Offer,
    Room,
    Terms,
)
from warmline.outreach.offers.results import By, report
from warmline.outreach.offers.tables import RULE_LIMIT_CHARS, offer_shown
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS

VALUE_LIMIT_MINOR = 10**12
MOST_DAYS = 366
REPORT_ROWS = 100_000
ROWS_LIMIT = 500
HOLDOUT_LIMIT_PERMILLE = 500
OfferId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Name = Annotated[str, StringConstraints(max_length=NAME_LIMIT_CHARS, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(max_length=WORDS_LIMIT_CHARS, strip_whitespace=True)]
Moment = Annotated[int, Field(ge=0, le=LATEST)]


class OfferBody(BaseModel):
    """An offer as it is edited."""

    model_config = ConfigDict(extra="forbid")

    names: dict[str, Name]
    words: dict[str, Words]
    value_minor: int = Field(ge=0, le=VALUE_LIMIT_MINOR)
    rule: str = Field(min_length=1, max_length=RULE_LIMIT_CHARS)
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    active: bool = True


class TermsBody(BaseModel):
    """How the site offers."""

    model_config = ConfigDict(extra="forbid")

    holdout_permille: int = Field(ge=0, le=HOLDOUT_LIMIT_PERMILLE)
    pause_days: int = Field(ge=1, le=MOST_DAYS)
    window_days: int = Field(ge=1, le=MOST_DAYS)


def offer_routes(room: Room, learning: Learning) -> APIRouter:
    """Offers, terms, report."""
    router = APIRouter(tags=["offers"])
    _add_offers(router, room, learning)
    _add_terms(router, room)
    _add_results(router, room, learning)
    return router


def _add_offers(router: APIRouter, room: Room, learning: Learning) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/offers")
    async def listed(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """All offers with how often each was shown, the terms, and what was learnt."""
        now = room.clock.now()
        async with room.database.read() as connection:
            found = await keeping.offers(connection, room.site)
            terms = await keeping.terms_of(connection, room.site)
            shown = await rows(connection, keeping.times_shown(room.site))
        often = {one["offer"]: one["many"] for one in shown}
        return {
            "offers": [
                {**keeping.plain(one), "shown": often.get(one.id, 0), "running": one.runs(now)}
                for one in found
            ],
            "currency": await room.around.bought.currency(),
            "terms": msgspec.to_builtins(terms),
            "model": _learnt(await learning.learnt()),
        }

    @router.put("/offers/{id_}")
    async def keep(
        id_: OfferId, body: OfferBody, actor: Annotated[Actor, knows]
    ) -> dict[str, object]:
        """Make an offer, or change it; what was shown before stays as it was."""
        given = Offer(id=id_, **body.model_dump())
        _check(given)
        await room.around.rules.check(given.rule)
        async with room.database.write() as connection:
            known = {one.id: one for one in await keeping.offers(connection, room.site)}
            before = known.get(id_)
            if before is None and len(known) >= OFFERS_LIMIT:
                raise Rejected(
                    "too_many_offers", f"{OFFERS_LIMIT} offers are kept.", max=OFFERS_LIMIT
                )
            now = room.clock.now()
            await keeping.keep_offer(connection, room.site, given, at=now, by=actor.user)
            told = room.audit(
                actor, "created" if before is None else "changed", "offer", id_,
                before=None if before is None else keeping.plain(before),
                after=keeping.plain(given),
            )  # fmt: skip
            await connection.execute(told.statement)
        return keeping.plain(given)


def _check(given: Offer) -> None:
    """`Malformed` with the field for an offer that cannot be said or never runs."""
    for part, texts in (("names", given.names), ("words", given.words)):
        strange = next((one for one in texts if one not in LANGUAGES), None)
        if strange is not None:
            raise Malformed(f"{part}.{strange}", "is none of our languages", "invalid")
        empty = next((one for one in LANGUAGES if not texts.get(one)), None)
        if empty is not None:
            raise Malformed(f"{part}.{empty}", "is empty", "empty")
    if (
        given.valid_from is not None
        and given.valid_until is not None
        and given.valid_until <= given.valid_from
    ):
        raise Malformed("valid_until", "must come after the beginning", "invalid")


def _add_terms(router: APIRouter, room: Room) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.put("/offer-terms")
    async def change(body: TermsBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Change who is held out, the pause after an offer, and how long what follows counts."""
        terms = Terms(**body.model_dump())
        async with room.database.write() as connection:
            before = await keeping.terms_of(connection, room.site)
            await keeping.keep_terms(connection, room.site, terms)
            told = room.audit(
                actor, "changed", "offer_terms", room.site,
                before=msgspec.to_builtins(before), after=msgspec.to_builtins(terms),
            )  # fmt: skip
            await connection.execute(told.statement)
        return msgspec.to_builtins(terms)


def _add_results(router: APIRouter, room: Room, learning: Learning) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.post("/offers/learn")
    async def learn(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Settle what is over and learn anew now, as every night."""
        settled = await learning.settle()
        return {"settled": settled, "model": _learnt(await learning.learn())}

    @router.get("/offers/results")
    async def results(
        _actor: Annotated[Actor, knows],
        by: By = By.OFFER,
        since: Annotated[int, Query(alias="from", ge=0, le=LATEST)] = 0,
        until: Annotated[int, Query(alias="to", ge=0, le=LATEST)] = LATEST,
    ) -> dict[str, object]:
        """What was shown in a time brought: answers, and what followed against the hold-out."""
        await learning.settle()
        query = keeping.shown(room.site, *_between(since, until), newest=REPORT_ROWS)
        async with room.database.read() as connection:
            found = await rows(connection, query)
            terms = await keeping.terms_of(connection, room.site)
        names = await room.agents({AgentId(one["agent"]) for one in found})
        return {
            "by": by.value,
            "rows": [
                {**one, "name": _called(room, by, one["key"], names)} for one in report(found, by)
            ],
            "currency": await room.around.bought.currency(),
            "window_days": terms.window_days,
            "cut": len(found) == REPORT_ROWS,
        }

    @router.get("/offers/rows")
    async def behind(
        actor: Annotated[Actor, knows],
        by: By = By.OFFER,
        key: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
        arm: Arm | None = None,
        since: Annotated[int, Query(alias="from", ge=0, le=LATEST)] = 0,
        until: Annotated[int, Query(alias="to", ge=0, le=LATEST)] = LATEST,
    ) -> dict[str, object]:
        """What stands behind a row of the report, the newest first; names masked as everywhere."""
        where = [*_between(since, until), offer_shown.c[by.value] == key]
        if arm is not None:
            where.append(offer_shown.c.arm == arm.value)
        async with room.database.read() as connection:
            found = await rows(connection, keeping.shown(room.site, *where, newest=ROWS_LIMIT))
        return {"rows": await _named(room, actor, found)}


def _called(room: Room, by: By, key: str | None, names: Mapping[AgentId, str]) -> str | None:
    """What an agent or a segment is called; offers are called by the screen."""
    if key is None or by is By.OFFER:
        return None
    if by is By.AGENT:
        return names.get(AgentId(key))
    segment = room.state.center().segments.get(SegmentId(key))
    return None if segment is None else segment.name


def _between(since: Instant, until: Instant) -> list[ColumnElement[bool]]:
    return [offer_shown.c.at >= since, offer_shown.c.at <= until]


async def _named(room: Room, actor: Actor, found: Sequence[Row]) -> list[dict[str, object]]:
    people = await room.customers({CustomerId(one["customer"]) for one in found}, reader=actor)
    agents = await room.agents({AgentId(one["agent"]) for one in found})
    return [
        {
            **{k: v for k, v in one.items() if k not in {"site", "facts", "why"}},
            "customer_name": people.get(CustomerId(one["customer"])),
            "agent_name": agents.get(AgentId(one["agent"])),
        }
        for one in found
    ]


def _learnt(learnt: Learnt | None) -> dict[str, object] | None:
    if learnt is None:
        return None
    return {
        "at": learnt.at,
        "rows": learnt.rows,
        "kind": learnt.model.recipe.kind.value,
        "quality": msgspec.to_builtins(learnt.quality),
    }
