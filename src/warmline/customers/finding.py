"""Finding one person by two exact keys: identifiers, order numbers, one may be the surname."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Malformed, SiteId
from warmline.customers.identity import fold, normalise
from warmline.customers.model import IdentifierKind
from warmline.customers.orders.tables import order
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import rows

HOLDERS_LIMIT = 50
"""A key that more people have is no key."""


def forms(key: str, region: str | None) -> Sequence[str]:
    """The forms in which a key may be kept as an identifier.

    >>> forms("501 234 567", "PL")
    ['+48501234567', '501 234 567']
    """
    found: set[str] = set()
    for kind in IdentifierKind:
        if kind is IdentifierKind.COOKIE:
            continue
        try:
            found.add(normalise(kind, key, region=region))
        except Malformed:
            continue  # a key of another kind
    return sorted(found)


async def by_two_keys(
    connection: AsyncConnection, site: SiteId, keys: tuple[str, str], *, region: str | None
) -> Collection[CustomerId]:
    """Who has both keys exactly; a name counts as a whole word of it, and not as both keys."""
    first, second = [await _holders(connection, site, key, region) for key in keys]
    if first and second:
        return first & second
    if not first and not second:
        return ()
    named = keys[1] if first else keys[0]
    held = first or second
    query = select(customer.c.id, customer.c.folded).where(
        customer.c.site == site, customer.c.id.in_(sorted(held))
    )
    words = set(fold(named).split())
    found = await rows(connection, query)
    return {one["id"] for one in found if words and words <= set(str(one["folded"]).split())}


async def _holders(
    connection: AsyncConnection, site: SiteId, key: str, region: str | None
) -> set[CustomerId]:
    root = func.coalesce(customer.c.merged_into, customer.c.id)
    by_identifier = (
        select(root.label("id"))
        .join(
            identifier,
            (identifier.c.site == customer.c.site) & (identifier.c.customer == customer.c.id),
        )
        .where(
            identifier.c.site == site,
            identifier.c.kind != IdentifierKind.COOKIE.value,
            identifier.c.value.in_(forms(key, region)),
        )
    )
    by_order = (
        select(root.label("id"))
        .join(order, (order.c.site == customer.c.site) & (order.c.customer == customer.c.id))
        .where(order.c.site == site, order.c.id == key.strip())
    )
    found: set[CustomerId] = set()
    for query in (by_identifier, by_order):
        found.update(await connection.scalars(query.limit(HOLDERS_LIMIT + 1)))
    return set() if len(found) > HOLDERS_LIMIT else found
