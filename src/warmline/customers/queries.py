"""What can be asked about customers: one function per question, always within one site."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from warmline.core.words import CustomerId, Instant, SiteId, Verification
from warmline.customers.identity import fold
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.rows import Row

_ESCAPE = "\\"
_PHONE_SIGNS = str.maketrans("", "", " ()-.")


def record(site: SiteId, who: CustomerId) -> Select[Any]:
    """One customer."""
    return select(customer).where(customer.c.site == site, customer.c.id == who)


def identifiers(site: SiteId, ids: Collection[CustomerId]) -> Select[Any]:
    """By what a person is known, oldest first."""
    return (
        select(identifier)
        .where(identifier.c.site == site, identifier.c.customer.in_(ids))
        # Plus nothing: else SQLite walks all of the site in the order of the time.
        .order_by(identifier.c.created_at + 0, identifier.c.kind, identifier.c.value)
    )


def facts(site: SiteId, ids: Collection[CustomerId], *, now: Instant) -> Select[Any]:
    """What is worth remembering about a person and not over yet, the newest first."""
    return (
        select(fact)
        .where(
            fact.c.site == site,
            fact.c.customer.in_(ids),
            or_(fact.c.expires_at.is_(None), fact.c.expires_at > now),
        )
        .order_by(fact.c.created_at.desc(), fact.c.id)
    )


def matching(site: SiteId, text: str, *, among: Collection[CustomerId] | None) -> Select[Any]:
    """Customers with this in their name, or whose identifier begins with it; by name."""
    plain = text.strip()
    by_name = customer.c.folded.like(f"%{_literal(fold(plain))}%", escape=_ESCAPE)
    begins = [plain.casefold()]
    digits = plain.translate(_PHONE_SIGNS)
    if digits.removeprefix("+").isdecimal():
        begins.append(digits)
    by_identifier = customer.c.id.in_(
        select(identifier.c.customer).where(
            identifier.c.site == site,
            or_(*(identifier.c.value.like(f"{_literal(one)}%", escape=_ESCAPE) for one in begins)),
        )
    )
    query = (
        select(customer)
        .where(
            customer.c.site == site,
            customer.c.merged_into.is_(None),
            or_(by_name, by_identifier),
        )
        .order_by(customer.c.folded, customer.c.id)
    )
    return query if among is None else query.where(customer.c.id.in_(sorted(among)))


def these(
    site: SiteId, ids: Collection[CustomerId], *, among: Collection[CustomerId] | None
) -> Select[Any]:
    """Some customers, by name."""
    query = (
        select(customer)
        .where(
            customer.c.site == site,
            customer.c.id.in_(sorted(ids)),
            customer.c.merged_into.is_(None),
        )
        .order_by(customer.c.folded, customer.c.id)
    )
    return query if among is None else query.where(customer.c.id.in_(sorted(among)))


def _literal(text: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def surest(known: Sequence[Row]) -> str:
    """How sure it is who a person is: the surest of their identifiers."""
    levels = list(Verification)
    found = [Verification(one["verification"]) for one in known]
    return max(found, key=levels.index, default=Verification.UNKNOWN).value
