"""The HTTP door to identity: by what a person is known, and who may be behind an interaction."""

from collections.abc import Collection, Mapping
from hashlib import blake2b
from secrets import token_bytes
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from warmline.core import masking
from warmline.core.commands import Identify
from warmline.core.permissions import Right, has
from warmline.core.words import (
    Actor,
    CommandId,
    CustomerId,
    InteractionId,
    Malformed,
    Rejected,
    Verification,
)
from warmline.customers import candidates, queries
from warmline.customers.assurance import Action
from warmline.customers.candidates import Picked
from warmline.customers.choice import IDENTITIES
from warmline.customers.desk_room import DeskRoom
from warmline.customers.model import NAME_LIMIT_CHARS, IdentifierKind, Method
from warmline.customers.tables import identifier
from warmline.ports import Write
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS

IDENTIFIERS_LIMIT = 50
"""So many identifiers one person may be given by hand."""
SOURCE = "desk"
_KEY = token_bytes(32)
"""Without it somebody who sees a masked number could try all numbers until one fits."""


class IdentifierBody(BaseModel):
    """One more way to recognise a person."""

    model_config = ConfigDict(extra="forbid")

    kind: IdentifierKind
    value: str = Field(min_length=1, max_length=320)


class PickBody(BaseModel):
    """Who it is: one of the candidates; without one somebody new, of this name."""

    model_config = ConfigDict(extra="forbid")

    customer: str | None = Field(default=None, max_length=ID_CHARS)
    name: str | None = Field(default=None, max_length=NAME_LIMIT_CHARS)


def key_of(one: Row) -> str:
    """By what an identifier is named in addresses and answers, without saying what it is."""
    named = f"{one['kind']}:{one['value']}".encode()
    return blake2b(named, key=_KEY, digest_size=10).hexdigest()


def identifier_routes(room: DeskRoom) -> APIRouter:
    """Routes about identifiers and candidates."""
    router = APIRouter(tags=["customers"])
    _add_identifiers(router, room)
    _add_candidates(router, room)
    return router


def _add_identifiers(router: APIRouter, room: DeskRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/identifiers")
    async def listed(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """By what a person is known, how sure each is and how it was found; who else has it."""
        ids = await room.person(actor, who)
        is_open = await room.privacy.opens(actor, ids)
        async with room.database.read() as connection:
            known = await rows(connection, queries.identifiers(room.site, ids))
            others = await others_with(room, ids)
        allowed = await room.assurance.allowed(actor, ids)
        return {
            "identifiers": [
                _shown(one, others.get((one["kind"], one["value"]), 0), is_open=is_open)
                for one in known
                if one["kind"] != IdentifierKind.COOKIE.value
            ],
            "masked": not is_open,
            "may_change": allowed[Action.CHANGE_CONTACT],
        }

    @router.post("/customers/{who}/identifiers", status_code=201)
    async def add(
        who: CustomerId, body: IdentifierBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Remember one more; what an agent was told is matched, never verified."""
        ids = await room.opened(actor, who)
        await room.assurance.require(actor, ids, Action.CHANGE_CONTACT)
        _check_kind(actor, body.kind)
        values = _told(room, actor, next(iter(ids)), body)
        async with room.database.write() as connection:
            known = await rows(connection, queries.identifiers(room.site, ids))
            if any(
                one["kind"] == values["kind"] and one["value"] == values["value"] for one in known
            ):
                raise Rejected("known_identifier", "This customer is known by it already.")
            if len(known) >= IDENTIFIERS_LIMIT:
                raise Rejected(
                    "too_many_identifiers",
                    f"{IDENTIFIERS_LIMIT} identifiers are enough; remove one first.",
                )
            await connection.execute(insert(identifier).values(**values))
            told = room.audit(actor, "added", "identifier", next(iter(ids)), fields=[body.kind])
            await connection.execute(told)
        shared = await others_with(room, ids)
        return _shown(values, shared.get((body.kind.value, str(values["value"])), 0), is_open=True)

    @router.delete("/customers/{who}/identifiers/{key}", status_code=204)
    async def remove(who: CustomerId, key: str, actor: Annotated[Actor, reader]) -> None:
        """Forget that a person is known by it; a verified login is the supervisor's to remove."""
        ids = await room.opened(actor, who)
        await room.assurance.require(actor, ids, Action.CHANGE_CONTACT)
        async with room.database.write() as connection:
            known = await rows(connection, queries.identifiers(room.site, ids))
            gone = [one for one in known if key_of(one) == key]
            if not gone:
                raise HTTPException(404, f"there is no identifier {key}")
            for one in gone:
                _check_kind(actor, IdentifierKind(one["kind"]))
                await connection.execute(delete(identifier).where(_same_row(one)))
            told = room.audit(
                actor, "removed", "identifier", next(iter(ids)), fields=[gone[0]["kind"]]
            )
            await connection.execute(told)


def _check_kind(actor: Actor, kind: IdentifierKind) -> None:
    if kind is IdentifierKind.COOKIE:
        raise Malformed(
            "kind", "cookies are no one's to change", "not_one_of", allowed="email, phone"
        )
    if kind in IDENTITIES and not has(actor, Right.KNOW):
        raise Rejected("forbidden", "Only a supervisor changes logins and customer numbers.")


def _told(room: DeskRoom, actor: Actor, who: CustomerId, body: IdentifierBody) -> dict[str, object]:
    return {
        "site": room.site,
        "kind": body.kind.value,
        "value": room.directory.plain(body.kind, body.value),
        "customer": who,
        "verification": Verification.MATCHED.value,
        "method": Method.AGENT.value,
        "source": SOURCE,
        "created_at": room.now(),
        "verified_at": room.now(),
        "verified_by": actor.user,
    }


def _same_row(one: Row) -> ColumnElement[bool]:
    keys = ("site", "kind", "value", "customer")
    return and_(*(identifier.c[name] == one[name] for name in keys))


async def others_with(room: DeskRoom, ids: Collection[CustomerId]) -> Mapping[tuple[str, str], int]:
    """How many other people have each of a person's identifiers."""
    own, other = identifier.alias("own"), identifier.alias("other")
    both = (
        (other.c.site == own.c.site)
        & (other.c.kind == own.c.kind)
        & (other.c.value == own.c.value)
        & other.c.customer.not_in(ids)
    )
    query = (
        select(own.c.kind, own.c.value, func.count().label("others"))
        .join(other, both)
        .where(own.c.site == room.site, own.c.customer.in_(ids))
        .group_by(own.c.kind, own.c.value)
    )
    async with room.database.read() as connection:
        return {(one["kind"], one["value"]): one["others"] for one in await rows(connection, query)}


def _shown(one: Row, others: int, *, is_open: bool) -> dict[str, object]:
    fields = ("kind", "verification", "method", "source", "created_at", "verified_at")
    value: str = one["value"]
    return {
        "key": key_of(one),
        "value": value if is_open else masking.identifier(one["kind"], value),
        "shared_with": others,
        **{name: one[name] for name in fields},
    }


def _add_candidates(router: APIRouter, room: DeskRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/candidates")
    async def asked_about(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Who may be behind an interaction: just enough to ask, names masked as everywhere."""
        if not await room.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no interaction {interaction}")
        async with room.database.read() as connection:
            found = await rows(connection, candidates.people(room.site, interaction))
            claims = await rows(connection, candidates.came_with(room.site, interaction))
        return {
            "interaction": interaction,
            "candidates": [await _candidate(room, actor, one) for one in found],
            "came_with": [
                {"kind": one["kind"], "value": masking.identifier(one["kind"], one["value"])}
                for one in claims
                if one["kind"] != IdentifierKind.COOKIE.value
            ],
            "may_pick": room.holds(actor, interaction),
        }

    @router.post("/interactions/{interaction}/candidates")
    async def pick(
        interaction: InteractionId, body: PickBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """The agent who holds it says who it is: matched from now on, or somebody new."""
        if not room.holds(actor, interaction):
            raise Rejected("not_yours", f"Interaction {interaction} is not yours.")
        picked = await _picked(room, actor, interaction, body)
        async with room.database.read() as connection:
            who, writes = await candidates.placing(
                connection, room.site, interaction, picked, by=actor.user, now=room.now()
            )
        told = room.audit(actor, "identified", "customer", who, fields=[])
        await identify(
            room, actor, interaction, who, Verification.MATCHED, *writes, Write(statement=told)
        )
        return {"customer": who, "verification": Verification.MATCHED.value}


async def identify(
    room: DeskRoom,
    actor: Actor,
    interaction: InteractionId,
    who: CustomerId,
    level: Verification,
    *writes: Write,
) -> None:
    """Tell the center who it is; what may count of them counts from now on."""
    found = room.state.center().interactions[interaction]
    treatment = await room.directory.treatment(who, level)
    command = Identify(
        id=CommandId(f"identify:{uuid4()}"),
        by=actor,
        interaction=interaction,
        customer=who,
        verification=level,
        segment=treatment.segment if treatment else None,
        stake=found.stake,
    )
    await room.submit(command, *writes)


async def _candidate(room: DeskRoom, actor: Actor, one: Row) -> dict[str, object]:
    ids = await room.directory.same(CustomerId(one["id"]))
    is_open = await room.privacy.opens(actor, ids)
    called = (await room.directory.names([one["id"]])).get(one["id"])
    return {
        "id": one["id"],
        "name": called if is_open or not called else masking.called(called),
        "masked": not is_open,
        "language": one["language"],
        "last_at": (await room.timeline.counts(ids))["last_at"],
    }


async def _picked(
    room: DeskRoom, actor: Actor, interaction: InteractionId, body: PickBody
) -> Picked:
    """One of the candidates, or somebody else who is open to the agent; else somebody new."""
    if body.customer is None:
        name = (body.name or "").strip()
        language = room.state.center().interactions[interaction].language
        return Picked(name=name or None, language=language)
    who = CustomerId(body.customer)
    async with room.database.read() as connection:
        found = await rows(connection, candidates.people(room.site, interaction))
    if all(one["id"] != who for one in found):
        ids = await room.directory.same(who)
        if not await room.privacy.opens(actor, ids):
            raise HTTPException(404, f"there is no customer {who} to pick")
        who = next(iter(ids))
    return Picked(customer=who)
