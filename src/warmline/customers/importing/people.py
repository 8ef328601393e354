"""Keeping customers that the shop tells of: by its own number, so that again changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.identity import fold
from warmline.customers.importing.rows import Person
from warmline.customers.model import IdentifierKind
from warmline.customers.orders import owners
from warmline.customers.orders.model import Kept, Outcome
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

_CHANGED = ("name", "folded", "language", "updated_at")
_Identifier = tuple[IdentifierKind, str, CustomerId]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the customers that come up: their numbers, records and identifiers."""

    owned: dict[str, CustomerId]
    records: dict[CustomerId, dict[str, Any]]
    identifiers: set[_Identifier]


async def keep_people(
    connection: AsyncConnection, site: SiteId, people: Sequence[Person], *, now: Instant
) -> Kept:
    """Take customers in, within a transaction; the last row of a number counts."""
    numbers = {one.id for one in people}
    owned = await owners.by_number(connection, site, numbers)
    made = await owners.make(connection, site, numbers - owned.keys(), now=now)
    known = await _known(connection, site, people, owned | made)
    kept = Kept()
    written: dict[CustomerId, Mapping[str, Any]] = {}
    learnt: list[_Identifier] = []
    fresh = set(made)
    for one in people:
        who = known.owned[one.id]
        changes = _changes(one, known.records[who])
        found = [each for each in _told(one, who) if each not in known.identifiers]
        if one.id in fresh:
            fresh.remove(one.id)
            kept.outcomes.append(Outcome.NEW)
        else:
            kept.outcomes.append(Outcome.CHANGED if changes or found else Outcome.SAME)
        if changes:
            known.records[who].update(changes, updated_at=now)
            written[who] = known.records[who]
        known.identifiers.update(found)
        learnt += found
        kept.customers.add(who)
    if written:
        statement = upsert(customer, keys=("site", "id"), change=_CHANGED)
        await connection.execute(statement, [{"site": site, **one} for one in written.values()])
    await owners.keep_identifiers(connection, site, learnt, now=now)
    return kept


async def would_be(
    connection: AsyncConnection, site: SiteId, people: Sequence[Person]
) -> list[Outcome]:
    """What would become of these customers; of those that come twice among them look yourself."""
    owned = await owners.by_number(connection, site, {one.id for one in people})
    known = await _known(connection, site, people, owned)
    found: list[Outcome] = []
    for one in people:
        who = owned.get(one.id)
        if who is None:
            found.append(Outcome.NEW)
            continue
        new = any(each not in known.identifiers for each in _told(one, who))
        changed = new or bool(_changes(one, known.records[who]))
        found.append(Outcome.CHANGED if changed else Outcome.SAME)
    return found


async def _known(
    connection: AsyncConnection,
    site: SiteId,
    people: Sequence[Person],
    owned: dict[str, CustomerId],
) -> _Known:
    ids = set(owned.values())
    records: dict[CustomerId, dict[str, Any]] = {}
    for some in owners.portions(ids):
        fields = ("id", "name", "folded", "language", "created_at", "updated_at")
        query = select(*(customer.c[name] for name in fields)).where(
            customer.c.site == site, customer.c.id.in_(some)
        )
        records |= {CustomerId(each["id"]): dict(each) for each in await rows(connection, query)}
    identifiers: set[_Identifier] = set()
    for some in owners.portions(sorted({owned[one.id] for one in people if one.id in owned})):
        query = select(identifier.c.kind, identifier.c.value, identifier.c.customer).where(
            identifier.c.site == site, identifier.c.customer.in_(some)
        )
        identifiers |= {
            (IdentifierKind(each["kind"]), each["value"], CustomerId(each["customer"]))
            for each in await rows(connection, query)
        }
    return _Known(owned=owned, records=records, identifiers=identifiers)


def _changes(one: Person, record: Mapping[str, Any]) -> dict[str, str]:
    changes: dict[str, str] = {}
    if one.name is not None and one.name != record["name"]:
        changes |= {"name": one.name, "folded": fold(one.name)}
    if one.language is not None and one.language != record["language"]:
        changes["language"] = one.language
    return changes


def _told(one: Person, who: CustomerId) -> Iterator[_Identifier]:
    """The addresses and numbers of a row."""
    if one.email is not None:
        yield IdentifierKind.EMAIL, one.email, who
    if one.phone is not None:
        yield IdentifierKind.PHONE, one.phone, who
