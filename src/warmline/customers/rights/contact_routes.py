"""The HTTP door to consent, wishes and the question whether a person may be contacted."""

from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, insert, select

from warmline.core.permissions import Right
from warmline.core.words import LATEST, Actor, CustomerId, Malformed, Rejected
from warmline.customers.rights import queries
from warmline.customers.rights.contact import Allowed, Verdict, standing_consent
from warmline.customers.rights.model import (
    CONSENTS_LIMIT,
    DAY_MINUTES,
    PROOF_LIMIT_CHARS,
    SOURCE_LIMIT_CHARS,
    Cap,
    ContactRules,
    Purpose,
    Way,
)
from warmline.customers.rights.room import READERS, Room
from warmline.customers.rights.tables import consent, preference
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

CAPS_LIMIT = 20
Minute = Annotated[int, Field(ge=0, lt=DAY_MINUTES)]


class ConsentBody(BaseModel):
    """What a person said, and how we know."""

    model_config = ConfigDict(extra="forbid")

    purpose: Purpose
    channel: Way | None = None
    given: bool
    proof: str = Field(min_length=1, max_length=PROOF_LIMIT_CHARS)
    source: str = Field(min_length=1, max_length=SOURCE_LIMIT_CHARS, pattern=r"^[a-z0-9_-]+$")
    at: int | None = Field(default=None, ge=0, le=LATEST)


class PreferenceBody(BaseModel):
    """How a person wants to be reached; null is no wish."""

    model_config = ConfigDict(extra="forbid")

    channel: Way | None = None
    quiet_from: Minute | None = None
    quiet_until: Minute | None = None
    zone: str | None = Field(default=None, max_length=64)


class CapBody(BaseModel):
    """At most so many contacts within so many days."""

    model_config = ConfigDict(extra="forbid")

    most: int = Field(ge=1, le=100)
    days: int = Field(ge=1, le=366)
    purpose: Purpose | None = None
    channel: Way | None = None


class RulesBody(BaseModel):
    """What the site holds itself to."""

    model_config = ConfigDict(extra="forbid")

    asks_consent: frozenset[Purpose]
    quiet_from: Minute
    quiet_until: Minute
    quiet_channels: frozenset[Way]
    caps: list[CapBody] = Field(max_length=CAPS_LIMIT)


def contact_routes(room: Room) -> APIRouter:
    """Consents, wishes, the question, and the rules of the site."""
    router = APIRouter(tags=["customers"])
    _add_consents(router, room)
    _add_preference(router, room)
    _add_question(router, room)
    _add_rules(router, room)
    return router


def _add_consents(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(READERS))

    @router.get("/customers/{who}/consents")
    async def read(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What stands now for each purpose and way that was spoken of, and every statement."""
        ids = await room.person(actor, who)
        async with room.database.read() as connection:
            found = await rows(connection, queries.consents(room.site, ids))
        said = [queries.read_consent(one) for one in found]
        spoken = sorted({(one.purpose, one.way or "") for one in said})
        standing = [
            {
                "purpose": purpose.value,
                "channel": way or None,
                "given": now.given,
                "at": now.at,
            }
            for purpose, way in spoken
            if (now := standing_consent(said, purpose, Way(way) if way else None)) is not None
        ]
        return {
            "standing": standing,
            "history": await room.shown(actor, ids, found, personal="proof"),
        }

    @router.post("/customers/{who}/consents", status_code=201)
    async def state(
        who: CustomerId, body: ConsentBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Keep that a person agreed, or took it back: nothing that was said before is changed."""
        ids = await room.person(actor, who)
        now = room.clock.now()
        at = now if body.at is None else body.at
        if at > now:
            raise Malformed("at", "must not lie in the future", "too_large", max=now)
        if not body.proof.strip():
            raise Malformed("proof", "is empty", "empty")
        values: dict[str, object] = {
            "id": uuid4().hex,
            "purpose": body.purpose.value,
            "channel": None if body.channel is None else body.channel.value,
            "given": body.given,
            "proof": body.proof.strip(),
            "source": body.source,
            "at": at,
            "by": actor.user,
        }
        async with room.database.write() as connection:
            count = select(func.count()).select_from(consent)
            kept = await connection.scalar(
                count.where(consent.c.site == room.site, consent.c.customer.in_(ids))
            )
            if (kept or 0) >= CONSENTS_LIMIT:
                raise Rejected(
                    "too_many_consents", f"{CONSENTS_LIMIT} statements of one person are kept."
                )
            await connection.execute(
                insert(consent).values(site=room.site, customer=ids[0], **values)
            )
            await connection.execute(
                room.audit(
                    actor,
                    "consent_given" if body.given else "consent_withdrawn",
                    "customer",
                    ids[0],
                    fields=[body.purpose.value, *([body.channel.value] if body.channel else [])],
                )
            )
        return values


def _add_preference(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(READERS))

    @router.get("/customers/{who}/preference")
    async def read(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """How and when a person wants to be reached, and the hours that hold without a wish."""
        ids = await room.person(actor, who)
        async with room.database.read() as connection:
            found = await queries.preference_of(connection, room.site, ids)
            rules = await queries.rules_of(connection, room.site)
        fields = ("channel", "quiet_from", "quiet_until", "zone")
        return {
            **{name: None if found is None else found[name] for name in fields},
            "default": {
                "quiet_from": rules.quiet_since_minute,
                "quiet_until": rules.quiet_until_minute,
                "zone": room.state.center().zone,
            },
        }

    @router.put("/customers/{who}/preference")
    async def wish(
        who: CustomerId, body: PreferenceBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Keep how and when a person wants to be reached."""
        ids = await room.person(actor, who)
        if (body.quiet_from is None) != (body.quiet_until is None):
            raise Malformed("quiet_until", "quiet hours have a beginning and an end", "missing")
        if body.zone is not None:
            _check_zone(body.zone)
        given = body.model_dump(mode="json")
        async with room.database.write() as connection:
            for id_ in ids:  # one person, one wish: also where an older record had its own
                await connection.execute(
                    upsert(
                        preference,
                        {"site": room.site, "customer": id_, **given},
                        keys=["site", "customer"],
                    )
                )
            await connection.execute(
                room.audit(actor, "changed", "customer", ids[0], fields=["preference"])
            )
        return given


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Malformed("zone", "is not a time zone like Europe/Warsaw", "no_zone") from None


def _add_question(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(READERS))

    @router.get("/customers/{who}/may-contact")
    async def may_contact(
        who: CustomerId,
        actor: Annotated[Actor, reader],
        purpose: Purpose,
        channel: Way,
        at: Annotated[int | None, Query(ge=0, le=LATEST)] = None,
    ) -> dict[str, object]:
        """Whether we may begin a contact now or at a moment; if not, every reason and when."""
        ids = await room.person(actor, who)
        return shown_verdict(await room.contacts.may(ids, purpose, channel, at=at))


def shown_verdict(verdict: Verdict) -> dict[str, object]:
    """A verdict as a program reads it."""
    if isinstance(verdict, Allowed):
        return {
            "allowed": True,
            "preferred": None if verdict.preferred is None else verdict.preferred.value,
        }
    return {
        "allowed": False,
        "reason": verdict.reason.value,
        "reasons": [reason.value for reason in verdict.reasons],
        "earliest": verdict.earliest,
        "facts": dict(verdict.facts),
    }


def _add_rules(router: APIRouter, room: Room) -> None:
    governs = Depends(room.needs(Right.GOVERN))
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/contact-rules")
    async def read(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """What the site holds itself to when it begins a contact."""
        async with room.database.read() as connection:
            return shown_rules(await queries.rules_of(connection, room.site))

    @router.put("/contact-rules")
    async def hold(body: RulesBody, actor: Annotated[Actor, governs]) -> dict[str, object]:
        """Hold to other rules from now on."""
        rules = ContactRules(
            asks_consent=body.asks_consent,
            quiet_since_minute=body.quiet_from,
            quiet_until_minute=body.quiet_until,
            quiet_ways=body.quiet_channels,
            caps=tuple(
                Cap(most=cap.most, days=cap.days, purpose=cap.purpose, way=cap.channel)
                for cap in body.caps
            ),
        )
        async with room.database.write() as connection:
            before = await queries.rules_of(connection, room.site)
            await queries.keep_rules(connection, room.site, rules)
            old, new = msgspec.to_builtins(before), msgspec.to_builtins(rules)
            changed = sorted(name for name in new if new[name] != old[name])
            await connection.execute(
                room.audit(actor, "changed", "contact_rules", room.site, fields=changed)
            )
        return shown_rules(rules)


def shown_rules(rules: ContactRules) -> dict[str, object]:
    """The rules as a screen reads them."""
    return {
        "asks_consent": sorted(rules.asks_consent),
        "quiet_from": rules.quiet_since_minute,
        "quiet_until": rules.quiet_until_minute,
        "quiet_channels": sorted(rules.quiet_ways),
        "caps": [
            {"most": cap.most, "days": cap.days, "purpose": cap.purpose, "channel": cap.way}
            for cap in rules.caps
        ],
    }
