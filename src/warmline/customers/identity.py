"""Who is it? Identifiers in one form, the person they lead to, and when two are the same."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, Malformed, SiteId, Verification
from warmline.customers.model import NAME_LIMIT_CHARS, Claim, IdentifierKind, Resolved
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.rows import Row, row, rows

IDENTITIES = frozenset({IdentifierKind.LOGIN, IdentifierKind.EXTERNAL})
PROVEN = frozenset({Verification.MATCHED, Verification.VERIFIED})
"""How sure it must be who it is, for the customer's segment to count."""
EMAIL_LIMIT_CHARS = 254
OTHER_LIMIT_CHARS = 200
_EMAIL = re.compile(r"[^\s@<>\",;:()\[\]\\]+@[^\s@<>\",;:()\[\]\\]+")
_SURENESS: Mapping[Verification, int] = {level: place for place, level in enumerate(Verification)}
_ORDER: Mapping[IdentifierKind, int] = {kind: place for place, kind in enumerate(IdentifierKind)}
_FOLDED = str.maketrans({"ł": "l", "Ł": "l", "ё": "е", "Ё": "е"})


def normalise(kind: IdentifierKind, text: str, *, region: str | None = None) -> str:
    """The one form in which an identifier is kept; `region` is where bare phone numbers are from.

    >>> normalise(IdentifierKind.EMAIL, " Anna@Shop.Example ")
    'anna@shop.example'
    >>> normalise(IdentifierKind.PHONE, "501 234 567", region="PL")
    '+48501234567'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match kind:
        case IdentifierKind.EMAIL:
            if len(plain) > EMAIL_LIMIT_CHARS or not _EMAIL.fullmatch(plain):
                raise Malformed("email", "is not an address", "no_email")
            return plain.casefold()
        case IdentifierKind.PHONE:
            return _phone(plain, region)
        case _:
            if not plain or len(plain) > OTHER_LIMIT_CHARS or not plain.isprintable():
                raise Malformed(
                    kind.value,
                    f"must be 1 to {OTHER_LIMIT_CHARS} characters",
                    "wrong_length",
                    min=1,
                    max=OTHER_LIMIT_CHARS,
                )
            return plain.casefold() if kind is IdentifierKind.LOGIN else plain


def _phone(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - large, and a center starts without waiting for it

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Malformed("phone", "is not a phone number", "no_phone") from None
    if not phonenumbers.is_possible_number(number):
        raise Malformed("phone", "is not a phone number", "no_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def fold(name: str) -> str:
    """A name as it is searched: `Łukasz Żółć` is `lukasz zolc`, `Алёна` is `алена`."""
    lowered = name.translate(_FOLDED).casefold()
    kept = (
        letter if "а" <= letter <= "я" else unicodedata.normalize("NFD", letter)[0]
        for letter in unicodedata.normalize("NFC", lowered)
    )
    return " ".join("".join(kept).split())[:NAME_LIMIT_CHARS]


@dataclass(slots=True)
class _Known:
    """What the identifiers of some claims lead to: each claim's row, and who has an identity."""

    owners: dict[tuple[str, str], Row]
    identified: frozenset[str]

    def owner(self, claim: Claim) -> CustomerId | None:
        found = self.owners.get((claim.kind.value, claim.value))
        return None if found is None else CustomerId(found["customer"])


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
) -> Resolved:
    """The customer behind some claims, made when there is none; run it inside a write.

    A verified identity wins. It takes over records that only carry the same verified identifiers
    and have no verified identity of their own; two different verified identities never join.
    """
    plain = _plain(claims, region)
    known = await _look_up(connection, site, plain)
    chosen = _choose(plain, known)
    is_new = chosen is None
    who = chosen or CustomerId(uuid4().hex)
    if is_new:
        await _create(connection, site, who, name=name, language=language, now=now)
    joined = [] if is_new else _same_person(who, plain, known)
    for other in joined:
        await join(connection, site, other, into=who, now=now)
    await _keep(connection, site, who, plain, known, joined, source=source, now=now)
    found = await _complete(connection, site, who, name=name, language=language, now=now)
    level = _level(who, plain, known, is_new=is_new, joined=joined)
    return Resolved(
        customer=who,
        verification=level,
        # What anybody can type must not put them before others in the line.
        segment=found["segment"] if level in PROVEN else None,
        owner=found["owner_agent"] if level in PROVEN else None,
        language=found["language"],
        name=found["name"],
        is_new=is_new,
        joined=tuple(joined),
    )


def _plain(claims: Sequence[Claim], region: str | None) -> list[Claim]:
    """Claims in their one form, the surest first, each once."""
    found: dict[tuple[IdentifierKind, str], Claim] = {}
    for claim in claims:
        value = normalise(claim.kind, claim.value, region=region)
        before = found.get((claim.kind, value))
        if before is None or _SURENESS[before.verification] < _SURENESS[claim.verification]:
            found[claim.kind, value] = Claim(
                kind=claim.kind, value=value, verification=claim.verification
            )
    return sorted(found.values(), key=lambda one: (-_SURENESS[one.verification], _ORDER[one.kind]))


async def _look_up(connection: AsyncConnection, site: SiteId, claims: Sequence[Claim]) -> _Known:
    owners: dict[tuple[str, str], Row] = {}
    for claim in claims:
        found = await row(
            connection,
            select(identifier).where(
                identifier.c.site == site,
                identifier.c.kind == claim.kind.value,
                identifier.c.value == claim.value,
            ),
        )
        if found is not None:
            owners[claim.kind.value, claim.value] = found
    people = {one["customer"] for one in owners.values()}
    identified = await connection.scalars(
        select(identifier.c.customer).where(
            identifier.c.site == site,
            identifier.c.customer.in_(people),
            identifier.c.kind.in_([kind.value for kind in IDENTITIES]),
            identifier.c.verification == Verification.VERIFIED.value,
        )
    )
    return _Known(owners=owners, identified=frozenset(identified))


def _choose(claims: Sequence[Claim], known: _Known) -> CustomerId | None:
    """Whose identity is claimed; else who carries a verified identifier and no other identity.

    Without any identity among the claims, the first identifier that leads to somebody decides.
    """
    identities = [claim for claim in claims if _is_identity(claim)]
    for claim in identities:
        owner = known.owners.get((claim.kind.value, claim.value))
        if owner is not None and owner["verification"] == Verification.VERIFIED.value:
            return CustomerId(owner["customer"])
    for claim in claims:
        owner = known.owner(claim)
        if owner is None:
            continue
        sure = claim.verification is Verification.VERIFIED
        if not identities or (sure and owner not in known.identified):
            return owner
    return None


def _is_identity(claim: Claim) -> bool:
    """A signed login or customer number is somebody; an address may be a family's."""
    return claim.kind in IDENTITIES and claim.verification is Verification.VERIFIED


def _same_person(who: CustomerId, claims: Sequence[Claim], known: _Known) -> list[CustomerId]:
    """Records without a verified identity that a verified claim of this person leads to."""
    found: dict[CustomerId, None] = {}
    for claim in claims:
        owner = known.owner(claim)
        sure = claim.verification is Verification.VERIFIED
        if sure and owner is not None and owner != who and owner not in known.identified:
            found[owner] = None
    return list(found)


def _level(
    who: CustomerId,
    claims: Sequence[Claim],
    known: _Known,
    *,
    is_new: bool,
    joined: Sequence[CustomerId],
) -> Verification:
    """The surest claim that is really this person's."""
    for claim in claims:
        owner = known.owner(claim)
        if owner is None or owner == who or owner in joined or is_new:
            return claim.verification
    return Verification.UNKNOWN


async def _create(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    *,
    name: str | None,
    language: str | None,
    now: Instant,
) -> None:
    await connection.execute(
        insert(customer).values(
            site=site,
            id=who,
            name=name[:NAME_LIMIT_CHARS] if name else None,
            folded=fold(name or ""),
            language=language,
            created_at=now,
            updated_at=now,
        )
    )


async def _keep(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    claims: Sequence[Claim],
    known: _Known,
    joined: Sequence[CustomerId],
    *,
    source: str,
    now: Instant,
) -> None:
    """Remember new identifiers, and that an old one is surer now; nobody's is taken away."""
    for claim in claims:
        before = known.owners.get((claim.kind.value, claim.value))
        if before is None:
            await connection.execute(
                insert(identifier).values(
                    site=site,
                    kind=claim.kind.value,
                    value=claim.value,
                    customer=who,
                    verification=claim.verification.value,
                    source=source,
                    created_at=now,
                )
            )
            continue
        theirs = before["customer"] == who or before["customer"] in joined
        surer = _SURENESS[claim.verification] > _SURENESS[Verification(before["verification"])]
        if theirs and surer:
            await connection.execute(
                update(identifier)
                .where(
                    identifier.c.site == site,
                    identifier.c.kind == claim.kind.value,
                    identifier.c.value == claim.value,
                )
                .values(verification=claim.verification.value)
            )


async def _complete(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    *,
    name: str | None,
    language: str | None,
    now: Instant,
) -> Row:
    """The record, with a name and language where it had none."""
    query = select(customer).where(customer.c.site == site, customer.c.id == who)
    found = await row(connection, query)
    assert found is not None, "an identifier without its customer"
    missing: dict[str, object] = {}
    if name and not found["name"]:
        missing |= {"name": name[:NAME_LIMIT_CHARS], "folded": fold(name)}
    if language and not found["language"]:
        missing["language"] = language
    if missing:
        await connection.execute(
            update(customer)
            .where(customer.c.site == site, customer.c.id == who)
            .values(**missing, updated_at=now)
        )
    return {**found, **missing}


async def join(
    connection: AsyncConnection,
    site: SiteId,
    other: CustomerId,
    *,
    into: CustomerId,
    now: Instant,
) -> None:
    """Two records turn out to be one person: all that `other` had belongs to `into` now."""
    assert other != into, "a customer is the same as itself already"
    for table in (identifier, fact):
        await connection.execute(
            update(table)
            .where(table.c.site == site, table.c.customer == other)
            .values(customer=into)
        )
    await connection.execute(
        update(customer)
        .where(
            customer.c.site == site,
            (customer.c.id == other) | (customer.c.merged_into == other),
        )
        .values(merged_into=into, updated_at=now)
    )


async def same(
    connection: AsyncConnection, site: SiteId, who: CustomerId
) -> tuple[CustomerId, ...]:
    """All ids of one person, the one that counts first; empty when there is nobody of that id."""
    found = await row(
        connection,
        select(customer.c.merged_into).where(customer.c.site == site, customer.c.id == who),
    )
    if found is None:
        return ()
    root = CustomerId(found["merged_into"] or who)
    others = await rows(
        connection,
        select(customer.c.id)
        .where(customer.c.site == site, customer.c.merged_into == root)
        .order_by(customer.c.id),
    )
    return (root, *(CustomerId(one["id"]) for one in others))
