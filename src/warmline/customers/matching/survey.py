"""Reads what matching compares: records with all their names, candidates, how common words are.

Postal addresses and days of birth are fields of the center's own: those called `address`,
`postcode` and `birth_date` are compared.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId, Verification
from warmline.customers.matching.keys import BLOCK_LIMIT, postcode, street
from warmline.customers.matching.model import Known, Population, Record
from warmline.customers.matching.names import parsed
from warmline.customers.matching.score import Holders
from warmline.customers.matching.tables import match_key, match_state, match_word
from warmline.customers.portrait.tables import field_value
from warmline.customers.tables import CHUNK, customer, identifier
from warmline.storage.rows import Row, row, rows

ADDRESS, POSTCODE, BORN = "address", "postcode", "birth_date"
COMMON = 20
"""A word of a name that fewer people have counts as rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Who shares which keys with some people, and how many share each identifier."""

    members: Mapping[str, Sequence[CustomerId]]
    holders: Holders


def chunks(ids: Collection[str], size: int = CHUNK) -> Iterable[Sequence[str]]:
    """Ids in order, so many at a time."""
    listed = sorted(ids)
    return (listed[start : start + size] for start in range(0, len(listed), size))


async def records(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Mapping[CustomerId, Record]:
    """Those of the ids that count (not merged ones), with all that their merged records say."""
    found: dict[CustomerId, Record] = {}
    for some in chunks(ids):
        found |= await _records(connection, site, some)
    return found


async def _records(
    connection: AsyncConnection, site: SiteId, ids: Sequence[str]
) -> Mapping[CustomerId, Record]:
    people = await family(connection, site, ids)
    root = {one["id"]: one["merged_into"] or one["id"] for one in people}
    owned = await rows(
        connection,
        select(
            identifier.c.customer, identifier.c.kind, identifier.c.value, identifier.c.verification
        ).where(identifier.c.site == site, identifier.c.customer.in_(ids)),
    )
    fields = await rows(
        connection,
        select(field_value.c.customer, field_value.c.field, field_value.c.value).where(
            field_value.c.site == site,
            field_value.c.customer.in_(sorted(root)),
            field_value.c.field.in_((ADDRESS, POSTCODE, BORN)),
        ),
    )
    drafts = {id_: _Draft() for id_ in root.values()}
    for one in people:
        if one["name"]:
            drafts[root[one["id"]]].names.append(one["name"])
    for one in owned:
        if one["customer"] in drafts:
            sure = one["verification"] == Verification.VERIFIED.value
            drafts[one["customer"]].known.add(
                Known(kind=one["kind"], value=one["value"], verified=sure)
            )
    for one in fields:
        drafts[root[one["customer"]]].fields.append((one["field"], one["value"]))
    return {CustomerId(id_): draft.record(CustomerId(id_)) for id_, draft in drafts.items()}


async def family(connection: AsyncConnection, site: SiteId, ids: Collection[str]) -> Sequence[Row]:
    """Those of some records that count, and the records that were merged into them."""
    shown = select(
        customer.c.id, customer.c.name, customer.c.merged_into, customer.c.created_at
    ).where(customer.c.site == site)
    # Two statements: with an "or" SQLite walks all of the site.
    own = await rows(
        connection, shown.where(customer.c.id.in_(ids), customer.c.merged_into.is_(None))
    )
    return [*own, *await rows(connection, shown.where(customer.c.merged_into.in_(ids)))]


class _Draft:
    """What is found of a person, row by row."""

    __slots__ = ("fields", "known", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.known: set[Known] = set()
        self.fields: list[tuple[str, str]] = []

    def record(self, id_: CustomerId) -> Record:
        """The person as they are compared."""

        def of(name: str) -> list[str]:
            return [value for field, value in self.fields if field == name and value]

        return Record(
            id=id_,
            names=tuple(dict.fromkeys(name for one in self.names if (name := parsed(one)))),
            known=frozenset(self.known),
            streets=frozenset(street(one) for one in of(ADDRESS)),
            postcodes=frozenset(postcode(one) for one in of(POSTCODE)),
            born=frozenset(of(BORN)),
        )


async def blocks(connection: AsyncConnection, site: SiteId, keys: Collection[str]) -> Blocks:
    """Who has these keys, as far as they are few enough to tell something."""
    members: dict[str, list[CustomerId]] = {}
    holders: dict[tuple[str, str], int] = {}
    for some in chunks(keys):
        many = func.count().label("many")
        counted = await rows(
            connection,
            select(match_key.c.key, many)
            .where(match_key.c.site == site, match_key.c.key.in_(some))
            .group_by(match_key.c.key)
            .having(many > 1),
        )
        few: list[str] = []
        for one in counted:
            kind, _, value = one["key"].partition(":")
            holders[kind, value] = one["many"]
            if one["many"] <= BLOCK_LIMIT:
                few.append(one["key"])
        found = await rows(
            connection,
            select(match_key.c.key, match_key.c.customer).where(
                match_key.c.site == site, match_key.c.key.in_(few)
            ),
        )
        for one in found:
            members.setdefault(one["key"], []).append(one["customer"])
    return Blocks(members=members, holders=Holders(counts=holders))


async def population(connection: AsyncConnection, site: SiteId) -> Population:
    """How many there are and which words of names are common, as the last full run found."""
    state = await row(connection, select(match_state).where(match_state.c.site == site))
    counted = await rows(connection, select(match_word).where(match_word.c.site == site))
    return Population(
        customers=0 if state is None else state["customers"],
        counts={one["word"]: one["customers"] for one in counted},
    )


def heard(some: Iterable[Record]) -> Counter[str]:
    """How many of some people have each word, by sound, in their names."""
    return Counter(
        word for one in some for word in {word.heard for name in one.names for word in name}
    )


async def next_ids(
    connection: AsyncConnection, site: SiteId, *, after: str, limit: int
) -> Sequence[CustomerId]:
    """The next customers that count, in the order of their ids."""
    query = (
        select(customer.c.id)
        .where(customer.c.site == site, customer.c.id > after, customer.c.merged_into.is_(None))
        .order_by(customer.c.id)
        .limit(limit)
    )
    return [CustomerId(one["id"]) for one in await rows(connection, query)]


async def changed(
    connection: AsyncConnection, site: SiteId, *, since: Instant, limit: int
) -> Collection[CustomerId]:
    """Who has got a record, a name, an identifier or a field since then, at most `limit`."""
    asked = (
        select(customer.c.id.label("id")).where(
            customer.c.site == site, customer.c.updated_at >= since
        ),
        select(identifier.c.customer.label("id")).where(
            identifier.c.site == site, identifier.c.created_at >= since
        ),
        select(field_value.c.customer.label("id")).where(
            field_value.c.site == site,
            field_value.c.field.in_((ADDRESS, POSTCODE, BORN)),
            field_value.c.at >= since,
        ),
    )
    found: set[CustomerId] = set()
    for query in asked:
        found |= {one["id"] for one in await rows(connection, query.limit(limit))}
    return await _roots(connection, site, found)


async def _roots(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Collection[CustomerId]:
    root = func.coalesce(customer.c.merged_into, customer.c.id).label("root")
    found: set[CustomerId] = set()
    for some in chunks(ids):
        query = select(root).where(customer.c.site == site, customer.c.id.in_(some))
        found |= {one["root"] for one in await rows(connection, query)}
    return found
