"""What can be asked about consent, flags, wishes and contacts: always within one site."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.model import IdentifierKind
from warmline.customers.rights.model import (
    CONSENTS_LIMIT,
    Consent,
    Contacted,
    ContactRules,
    Flag,
    Purpose,
    Quiet,
    Way,
)
from warmline.customers.rights.tables import consent, contact, contact_rules, flag, preference
from warmline.customers.tables import identifier
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

_WAYS: Mapping[str, frozenset[Way]] = {
    IdentifierKind.EMAIL.value: frozenset({Way.EMAIL}),
    IdentifierKind.PHONE.value: frozenset({Way.PHONE, Way.SMS, Way.MESSENGER}),
}


def consents(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """Every statement of a person, the newest first."""
    return (
        select(consent)
        .where(consent.c.site == site, consent.c.customer.in_(ids))
        .order_by(consent.c.at.desc(), consent.c.id.desc())
        .limit(CONSENTS_LIMIT)
    )


def flags(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """The flags of a person, the oldest first."""
    return (
        select(flag)
        .where(flag.c.site == site, flag.c.customer.in_(ids))
        .order_by(flag.c.since, flag.c.flag)
    )


def contacts(site: SiteId, ids: Collection[CustomerId], *, since: Instant) -> Select[Any]:
    """The contacts that we began with a person since a moment."""
    return (
        select(contact)
        .where(contact.c.site == site, contact.c.customer.in_(ids), contact.c.at > since)
        .order_by(contact.c.at)
    )


async def preference_of(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Row | None:
    """How a person wants to be reached; of several records, that of the first id that has one."""
    query = select(preference).where(preference.c.site == site, preference.c.customer.in_(ids))
    found = {one["customer"]: one for one in await rows(connection, query)}
    return next((found[id_] for id_ in ids if id_ in found), None)


async def rules_of(connection: AsyncConnection, site: SiteId) -> ContactRules:
    """What the site holds itself to; the defaults until it says otherwise."""
    found = await row(connection, select(contact_rules.c.rules).where(contact_rules.c.site == site))
    return ContactRules() if found is None else msgspec.convert(found["rules"], ContactRules)


async def keep_rules(connection: AsyncConnection, site: SiteId, rules: ContactRules) -> None:
    """The site holds itself to these from now on."""
    plain = msgspec.to_builtins(rules)
    await connection.execute(upsert(contact_rules, {"site": site, "rules": plain}, keys=["site"]))


async def reached_by(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> frozenset[Way]:
    """The ways by which a person can be reached, as far as identifiers tell."""
    query = (
        select(identifier.c.kind)
        .where(identifier.c.site == site, identifier.c.customer.in_(ids))
        .distinct()
    )
    kinds = await connection.scalars(query)
    return frozenset(way for kind in kinds for way in _WAYS.get(kind, frozenset()))


def read_consent(found: Row) -> Consent:
    """A statement from its row."""
    return Consent(
        purpose=Purpose(found["purpose"]),
        way=Way(found["channel"]) if found["channel"] else None,
        given=found["given"],
        at=found["at"],
    )


def read_contact(found: Row) -> Contacted:
    """A contact from its row."""
    return Contacted(at=found["at"], way=Way(found["channel"]), purpose=Purpose(found["purpose"]))


def read_flags(found: Collection[Row]) -> frozenset[Flag]:
    """Flags from their rows."""
    return frozenset(Flag(one["flag"]) for one in found)


def read_quiet(found: Row | None, *, zone: str) -> Quiet | None:
    """A person's own quiet hours; `zone` is where the clock counts unless they have one."""
    if found is None or found["quiet_from"] is None or found["quiet_until"] is None:
        return None
    return Quiet(
        since_minute=found["quiet_from"],
        until_minute=found["quiet_until"],
        zone=found["zone"] or zone,
    )
