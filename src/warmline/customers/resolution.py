"""Who comes in? Claims looked up in one statement, judged, and remembered where they are new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from sqlalchemy import Insert, Select, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId, Verification
from warmline.customers.choice import (
    IDENTITIES,
    PROVEN,
    SURENESS,
    Choice,
    Holder,
    Key,
    choose,
    is_identity,
)
from warmline.customers.identity import fold, normalise, same
from warmline.customers.matching.merge import join
from warmline.customers.model import (
    NAME_LIMIT_CHARS,
    Claim,
    IdentifierKind,
    Resolved,
    Restrictions,
    fresh_customer,
)
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import Row, row, rows

HOLDERS_LIMIT = 50
"""A value that more people have says nothing; so many of them are looked at."""
CANDIDATES_LIMIT = 20
_ORDER = {kind: place for place, kind in enumerate(IdentifierKind)}


@dataclass(slots=True)
class Known:
    """What claims lead to: who has each, and the records of those people."""

    holders: dict[Key, list[Holder]] = field(default_factory=dict[Key, list[Holder]])
    records: dict[CustomerId, Row] = field(default_factory=dict[CustomerId, Row])


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Somebody who comes in: what they claim, through which door, and what they call themselves."""

    claims: Sequence[Claim]
    source: str
    name: str | None = None
    language: str | None = None


def plain(claims: Sequence[Claim], region: str | None) -> list[Claim]:
    """Claims in their one form, the surest first, each once; `Malformed` for a bad one."""
    found: dict[Key, Claim] = {}
    for claim in claims:
        value = normalise(claim.kind, claim.value, region=region)
        before = found.get((claim.kind, value))
        if before is None or SURENESS[before.verification] < SURENESS[claim.verification]:
            found[claim.kind, value] = replace(claim, value=value)
    return sorted(found.values(), key=lambda one: (-SURENESS[one.verification], _ORDER[one.kind]))


@cache
def _holding(claims: int) -> Select[tuple[object, ...]]:
    """Who has what so many claims name, with their records: one statement, by keys alone.

    Built once for each number of claims: to build it takes longer than to run it.
    """
    other = identifier.alias("other")
    identified = exists().where(
        other.c.site == bindparam("site"),
        other.c.customer == identifier.c.customer,
        other.c.kind.in_([kind.value for kind in sorted(IDENTITIES)]),
        other.c.verification == Verification.VERIFIED.value,
    )
    named = [
        and_(
            identifier.c.kind == bindparam(f"claim_kind_{one}"),
            identifier.c.value == bindparam(f"claim_value_{one}"),
        )
        for one in range(claims)
    ]
    return (
        select(
            identifier.c.kind,
            identifier.c.value,
            identifier.c.verification,
            *(customer.c[name] for name in ("id", "name", "language", "segment", "owner_agent")),
            identified.label("identified"),
        )
        .join(
            customer,
            (customer.c.site == identifier.c.site) & (customer.c.id == identifier.c.customer),
        )
        .where(identifier.c.site == bindparam("site"), or_(*named))
        .limit(HOLDERS_LIMIT * claims)
    )


async def look_up(connection: AsyncConnection, site: SiteId, claims: Sequence[Claim]) -> Known:
    """Who has what is claimed; `claims` as `plain` gives them."""
    known = Known()
    if not claims:
        return known
    values: dict[str, object] = {"site": site}
    for place, claim in enumerate(claims):
        values[f"claim_kind_{place}"] = claim.kind.value
        values[f"claim_value_{place}"] = claim.value
    for one in await rows(connection, _holding(len(claims)), values):
        who = CustomerId(one["id"])
        known.records[who] = one
        known.holders.setdefault((IdentifierKind(one["kind"]), one["value"]), []).append(
            Holder(
                customer=who,
                verification=Verification(one["verification"]),
                identified=bool(one["identified"]),
            )
        )
    return known


async def recognise(
    connection: AsyncConnection,
    site: SiteId,
    coming: Coming,
    *,
    restrictions: Restrictions | None = None,
    known: Known | None = None,
) -> Resolved | None:
    """Who it is, as far as nothing has to be written; None when something has.

    Claims as `plain` gives them; `known` is what they lead to, where that was looked up already.
    """
    if known is None:
        known = await look_up(connection, site, coming.claims)
    choice = choose(coming.claims, known.holders)
    if choice.candidates:
        return _undecided(choice, coming)
    who = choice.customer
    if who is None or choice.joined or _changes(who, coming, known):
        return None
    record = known.records[who]
    if _missing(record, coming, choice.verification):
        return None
    return await _resolved(connection, record, choice, restrictions=restrictions)


async def resolve(
    connection: AsyncConnection,
    site: SiteId,
    claims: Sequence[Claim],
    *,
    now: Instant,
    source: str,
    name: str | None = None,
    language: str | None = None,
    region: str | None = None,
    restrictions: Restrictions | None = None,
) -> Resolved:
    """The customer behind some claims, made when there is none; run it inside a write.

    Where several come into question nobody is chosen, nobody made and nothing remembered.
    """
    coming = Coming(claims=plain(claims, region), source=source, name=name, language=language)
    known = await look_up(connection, site, coming.claims)
    choice = choose(coming.claims, known.holders)
    if choice.candidates:
        return _undecided(choice, coming)
    is_new = choice.customer is None
    if is_new:
        who = fresh_customer(now)
        surest = next(iter(coming.claims), None)
        level = Verification.UNKNOWN if surest is None else surest.verification
        choice = replace(choice, customer=who, verification=level)
        new = created(site, who, name=name, language=language, now=now)
        await connection.execute(new)
    else:
        assert choice.customer is not None
        who = choice.customer
    for other in choice.joined:
        await join(connection, site, other, into=who, now=now)
    for claim, stronger in _changes(who, coming, known, joined=choice.joined):
        await _keep(connection, site, who, claim, stronger=stronger, source=source, now=now)
    record = await _complete(connection, site, who, coming, choice.verification, now=now)
    found = await _resolved(connection, record, choice, restrictions=restrictions)
    return replace(found, is_new=is_new, joined=choice.joined)


async def pointed_out(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    level: Verification,
    *,
    restrictions: Restrictions | None = None,
) -> Resolved | None:
    """A customer by id, by whatever record of theirs; None when there is nobody of that id."""
    ids = await same(connection, site, who)
    if not ids:
        return None
    query = select(customer).where(customer.c.site == site, customer.c.id == ids[0])
    found = await row(connection, query)
    assert found is not None, "a record that leads nowhere"
    choice = Choice(customer=ids[0], verification=level)
    return await _resolved(connection, found, choice, restrictions=restrictions)


def _undecided(choice: Choice, coming: Coming) -> Resolved:
    return Resolved(
        customer=None,
        verification=Verification.UNKNOWN,
        candidates=choice.candidates[:CANDIDATES_LIMIT],
        claims=tuple(coming.claims),
        language=coming.language,
        name=coming.name,
    )


async def _resolved(
    connection: AsyncConnection,
    record: Row,
    choice: Choice,
    *,
    restrictions: Restrictions | None,
) -> Resolved:
    who = CustomerId(record["id"])
    weightless = await restrictions.weightless(connection, (who,)) if restrictions else ()
    # What anybody can type must not put them before others in the line, nor what may not count.
    counts = choice.verification in PROVEN and who not in weightless
    return Resolved(
        customer=who,
        verification=choice.verification,
        segment=record["segment"] if counts else None,
        owner=record["owner_agent"] if counts else None,
        language=record["language"],
        name=record["name"],
        weighs=who not in weightless,
    )


def _changes(
    who: CustomerId, coming: Coming, known: Known, joined: Collection[CustomerId] = ()
) -> list[tuple[Claim, bool]]:
    """Claims to remember: as new (False), or as surer than before (True); nobody's is taken away.

    What was only said is nobody's when somebody else has it; a verified login has one owner.
    """
    found: list[tuple[Claim, bool]] = []
    for claim in coming.claims:
        held = known.holders.get((claim.kind, claim.value), [])
        own = [one.verification for one in held if one.customer == who or one.customer in joined]
        if own:
            if SURENESS[claim.verification] > max(SURENESS[level] for level in own):
                found.append((claim, True))
        elif not held or (claim.verification in PROVEN and _may_share(claim, held)):
            found.append((claim, False))
    return found


def _may_share(claim: Claim, held: Sequence[Holder]) -> bool:
    """A family has one number; nobody shares a verified login."""
    taken = any(one.verification is Verification.VERIFIED for one in held)
    return not (is_identity(claim) and taken)


def created(
    site: SiteId, who: CustomerId, *, name: str | None, language: str | None, now: Instant
) -> Insert:
    """A new customer, of whom nothing else is known."""
    return insert(customer).values(
        site=site,
        id=who,
        name=name[:NAME_LIMIT_CHARS] if name else None,
        folded=fold(name or ""),
        language=language,
        created_at=now,
        updated_at=now,
    )


async def _keep(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    claim: Claim,
    *,
    stronger: bool,
    source: str,
    now: Instant,
) -> None:
    """Remember an identifier, or that it is surer now."""
    proof = {
        "verification": claim.verification.value,
        "method": claim.found_by.value,
        "verified_at": now,
        "verified_by": None,
    }
    key = {"site": site, "kind": claim.kind.value, "value": claim.value, "customer": who}
    if stronger:
        which = and_(*(identifier.c[name] == value for name, value in key.items()))
        await connection.execute(update(identifier).where(which).values(**proof))
    else:
        new = insert(identifier).values(**key, **proof, source=source, created_at=now)
        await connection.execute(new)


def _missing(record: Row, coming: Coming, level: Verification) -> dict[str, object]:
    """The name and language that the record has not yet, when it is they who say so."""
    missing: dict[str, object] = {}
    if level not in PROVEN:
        return missing
    if coming.name and not record["name"]:
        missing |= {"name": coming.name[:NAME_LIMIT_CHARS], "folded": fold(coming.name)}
    if coming.language and not record["language"]:
        missing["language"] = coming.language
    return missing


async def _complete(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    coming: Coming,
    level: Verification,
    *,
    now: Instant,
) -> Row:
    """The record, with a name and language where it had none."""
    query = select(customer).where(customer.c.site == site, customer.c.id == who)
    found = await row(connection, query)
    assert found is not None, "an identifier without its customer"
    missing = _missing(found, coming, level)
    if missing:
        await connection.execute(
            update(customer)
            .where(customer.c.site == site, customer.c.id == who)
            .values(**missing, updated_at=now)
        )
    return {**found, **missing}
