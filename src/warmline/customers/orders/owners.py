"""Whose it is: customers by the shop's own number, made when there are none of that number."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId, Verification
from warmline.customers.model import IdentifierKind, Method, fresh_customer
from warmline.customers.tables import customer, identifier
from warmline.storage.many import inserting, write_many
from warmline.storage.rows import rows

NAMED_AT_ONCE = 4_000
"""How many values one look-up names."""
_LEVELS = [level.value for level in Verification]
_CUSTOMER = ("site", "id", "folded", "created_at", "updated_at")
_IDENTIFIER = (
    "site", "kind", "value", "customer", "verification", "method", "source", "created_at",
    "verified_at",
)  # fmt: skip
# Asked for every thousand rows of an import, so built once; an index answers it without the table.
_OWNERS = select(identifier.c.value, identifier.c.customer).where(
    identifier.c.site == bindparam("site"),
    identifier.c.kind == IdentifierKind.EXTERNAL.value,
    identifier.c.value.in_(bindparam("values", expanding=True)),
)
_SUREST = _OWNERS.add_columns(identifier.c.verification, identifier.c.created_at)
_T = TypeVar("_T")


def portions(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """The values in pieces that one statement can name."""
    listed = list(values)
    for start in range(0, len(listed), NAMED_AT_ONCE):
        yield listed[start : start + NAMED_AT_ONCE]


async def by_number(
    connection: AsyncConnection, site: SiteId, numbers: Collection[str]
) -> dict[str, CustomerId]:
    """The customers that have these numbers; of several with one number the surest, then oldest."""
    found: dict[str, CustomerId] = {}
    shared: set[str] = set()
    for some in portions(numbers):
        holders = await connection.execute(_OWNERS, {"site": site, "values": some})
        for number, who in holders.all():
            if found.setdefault(number, who) != who:
                shared.add(number)
    return found | await _surest(connection, site, shared) if shared else found


async def _surest(
    connection: AsyncConnection, site: SiteId, numbers: Collection[str]
) -> dict[str, CustomerId]:
    """Of several with one number the surest, then oldest."""
    found: dict[str, tuple[int, Instant, str]] = {}
    for some in portions(numbers):
        holders = await connection.execute(_SUREST, {"site": site, "values": some})
        for number, who, verification, created_at in holders.all():
            rank = (-_LEVELS.index(verification), created_at, who)
            if number not in found or rank < found[number]:
                found[number] = rank
    return {number: CustomerId(rank[2]) for number, rank in found.items()}


async def make(
    connection: AsyncConnection, site: SiteId, numbers: Collection[str], *, now: Instant
) -> dict[str, CustomerId]:
    """New customers of whom nothing but their number is known."""
    made = {number: fresh_customer(now) for number in numbers}
    if not made:
        return made
    fresh = [(site, id_, "", now, now) for id_ in made.values()]
    await write_many(connection, inserting(customer), _CUSTOMER, fresh)
    await keep_identifiers(
        connection,
        site,
        [(IdentifierKind.EXTERNAL, number, id_) for number, id_ in made.items()],
        now=now,
    )
    return made


async def keep_identifiers(
    connection: AsyncConnection,
    site: SiteId,
    known: Sequence[tuple[IdentifierKind, str, CustomerId]],
    *,
    now: Instant,
) -> None:
    """Remember identifiers that the operator's own files name: matched, as nobody proved them."""
    proof = (Verification.MATCHED.value, Method.IMPORTED.value, "import", now, now)
    await write_many(
        connection,
        inserting(identifier),
        _IDENTIFIER,
        [(site, kind.value, value, id_, *proof) for kind, value, id_ in known],
    )


async def roots(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Mapping[CustomerId, CustomerId]:
    """Who these customers turned out to be: themselves, or whom they were merged into."""
    found: dict[CustomerId, CustomerId] = {}
    for some in portions(ids):
        query = select(customer.c.id, customer.c.merged_into).where(
            customer.c.site == site, customer.c.id.in_(some)
        )
        for each in await rows(connection, query):
            found[CustomerId(each["id"])] = CustomerId(each["merged_into"] or each["id"])
    return found
