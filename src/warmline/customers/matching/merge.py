"""Two records become one person, in a way that can be taken back.

A customer keeps its id for ever: the one that went has `merged_into`, and what other rooms keep
(conversations, orders, consents, values) stays under the id it came with. They read a person over
`Directory.same(...)`, never over one id; so a merge moves nothing of theirs, and undoing it splits
their rows as they were. Only identifiers and facts move to the one that stays, and its profile is
completed; every row touched is kept in the merge's ledger.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    CustomerId,
    Instant,
    Rejected,
    SiteId,
    UserId,
    Verification,
)
from warmline.customers.choice import IDENTITIES, SURENESS
from warmline.customers.matching.ledger import CONVERSATION, Ledger, kept_of, take_back
from warmline.customers.matching.model import MEMBERS_LIMIT, Conversations, Match
from warmline.customers.matching.tables import duplicate, merge
from warmline.customers.model import NOTE_LIMIT_CHARS
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

_PROOF = ("verification", "method", "verified_at", "verified_by")
_FILLED = (("name", "folded"), ("language",), ("owner_agent",), ("segment", "segment_by"))
"""What the one that stays takes over where it has nothing; columns that go together."""


class Cause(StrEnum):
    """Why two records were joined, or one was split."""

    HAND = "hand"
    AUTOMATIC = "automatic"
    VERIFIED = "verified"
    """A verified claim said so."""


class Kind(StrEnum):
    """What is kept in the ledger."""

    MERGE = "merge"
    SPLIT = "split"


async def join(
    connection: AsyncConnection,
    site: SiteId,
    other: CustomerId,
    *,
    into: CustomerId,
    now: Instant,
    cause: Cause = Cause.VERIFIED,
    by: UserId | None = None,
    match: Match | None = None,
) -> str:
    """All that `other` had belongs to `into` now; the id of the merge, by which it is undone.

    Both are records that count, not merged ones. It refuses before it has written anything:
    `verified_apart` when verified identifiers say that these are two people. Where a verified
    claim joins them only logins and customer numbers do, since whoever signs in may well have
    verified another address before.
    """
    assert other != into, "a customer is the same as itself already"
    found = {one["id"]: one for one in await _records(connection, site, (other, into))}
    if set(found) != {other, into} or any(one["merged_into"] for one in found.values()):
        raise Rejected("not_separate", "Both must be customers that were not merged into another.")
    owned = await rows(
        connection,
        select(identifier).where(
            identifier.c.site == site, identifier.c.customer.in_((other, into))
        ),
    )
    owned = sorted(owned, key=lambda one: (one["kind"], one["value"]))
    mine = [one for one in owned if one["customer"] == into]
    theirs = [one for one in owned if one["customer"] == other]
    if identified_apart(mine, theirs, strict=cause is not Cause.VERIFIED):
        raise Rejected("verified_apart", "Each of them has a verified identity of their own.")
    gone = await _gone(connection, site, other, found[other])
    ledger = Ledger(connection, site)
    await _gather(ledger, mine, theirs, into)
    await _move_facts(ledger, other, into)
    await _complete(ledger, found[into], found[other], now)
    for one in gone:
        await ledger.change("customer", one, merged_into=into, updated_at=now)
    return await record(ledger, Kind.MERGE, other, into, cause, now=now, by=by, match=match)


def identified_apart(mine: Sequence[Row], theirs: Sequence[Row], *, strict: bool = True) -> bool:
    """Whether identifiers of two records say that they are two people.

    Each has a verified login or customer number and none is the same; where it is `strict`, also
    when each has verified identifiers of another kind and none is the same.
    """
    sure = [
        {(one["kind"], one["value"]) for one in some if one["verification"] == "verified"}
        for some in (mine, theirs)
    ]
    identities = [{one for one in some if one[0] in IDENTITIES} for some in sure]
    if all(identities) or not strict:
        return all(identities) and not identities[0] & identities[1]
    kinds = {one[0] for one in sure[0]} & {one[0] for one in sure[1]}
    return any(
        not {one for one in sure[0] if one[0] == kind} & {one for one in sure[1] if one[0] == kind}
        for kind in kinds
    )


async def _records(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Sequence[Row]:
    query = select(customer).where(customer.c.site == site, customer.c.id.in_(ids))
    return await rows(connection, query)


async def _gone(
    connection: AsyncConnection, site: SiteId, other: CustomerId, record: Row
) -> Sequence[Row]:
    """The record that goes, and those that went into it before."""
    # Sorted here: asked to sort, SQLite walks all of the site in that order instead.
    query = select(customer).where(customer.c.site == site, customer.c.merged_into == other)
    earlier = sorted(await rows(connection, query), key=lambda one: one["id"])
    if len(earlier) >= MEMBERS_LIMIT:
        raise Rejected("too_many_records", f"More than {MEMBERS_LIMIT} records are one person.")
    return [record, *earlier]


async def _gather(
    ledger: Ledger, mine: Sequence[Row], theirs: Sequence[Row], into: CustomerId
) -> None:
    """Identifiers move; what both have is kept once, as sure as the surer of the two."""
    kept = {(one["kind"], one["value"]): one for one in mine}
    for one in theirs:
        both = kept.get((one["kind"], one["value"]))
        if both is None:
            await ledger.change("identifier", one, customer=into)
            continue
        await ledger.drop("identifier", one)
        levels = [SURENESS[Verification(some["verification"])] for some in (one, both)]
        if levels[0] > levels[1]:
            await ledger.change("identifier", both, **{name: one[name] for name in _PROOF})


async def _move_facts(ledger: Ledger, other: CustomerId, into: CustomerId) -> None:
    query = select(fact).where(fact.c.site == ledger.site, fact.c.customer == other)
    for one in sorted(await rows(ledger.connection, query), key=lambda one: one["id"]):
        await ledger.change("fact", one, customer=into)


async def _complete(ledger: Ledger, stays: Row, goes: Row, now: Instant) -> None:
    """What the one that stays lacks it takes over; notes are put one under the other."""
    values: dict[str, Any] = {}
    for columns in _FILLED:
        known = [name for name in columns if name in stays]
        if not stays[columns[0]] and goes[columns[0]]:
            values |= {name: goes[name] for name in known}
    if goes["note"]:
        both = f"{stays['note']}\n{goes['note']}" if stays["note"] else goes["note"]
        if len(both) <= NOTE_LIMIT_CHARS:
            values["note"] = both
    await ledger.change("customer", stays, **values, updated_at=now)


async def record(
    ledger: Ledger,
    kind: Kind,
    other: CustomerId,
    into: CustomerId,
    cause: Cause,
    *,
    now: Instant,
    by: UserId | None,
    match: Match | None = None,
) -> str:
    """Keep what was done; the id of the merge or split."""
    id_ = uuid4().hex
    last = select(func.max(merge.c.number)).where(merge.c.site == ledger.site)
    number = (await ledger.connection.scalar(last) or 0) + 1
    await ledger.connection.execute(
        insert(merge).values(
            site=ledger.site,
            id=id_,
            number=number,
            kind=kind.value,
            other=other,
            into=into,
            cause=cause.value,
            share=None if match is None else match.share,
            terms=None if match is None else terms_json(match),
            at=now,
            by=by,
        )
    )
    await ledger.save(id_)
    return id_


def terms_json(match: Match) -> list[dict[str, object]]:
    """Terms as they are kept and shown: codes and figures, no values."""
    return [{"code": one.code, "bits": one.bits, "count": one.count} for one in match.terms]


async def undo(
    connection: AsyncConnection,
    site: SiteId,
    id_: str,
    *,
    now: Instant,
    by: UserId | None,
    conversations: Conversations,
) -> Row | None:
    """Take a merge or split back; its record, or None when there is none of this id.

    Refused when it is undone already (`undone_already`), or when a later merge or split builds on
    it (`undo_later_first`, which names it).
    """
    query = select(merge).where(merge.c.site == site, merge.c.id == id_)
    found = await row(connection, query)
    if found is None:
        return None
    if found["undone_at"] is not None:
        raise Rejected("undone_already", "This was undone already.")
    both = (found["other"], found["into"])
    later = await row(
        connection,
        select(merge.c.id)
        .where(
            merge.c.site == site,
            merge.c.number > found["number"],
            merge.c.undone_at.is_(None),
            merge.c.other.in_(both) | merge.c.into.in_(both),
        )
        .order_by(merge.c.number.desc()),
    )
    if later is not None:
        raise Rejected(
            "undo_later_first", "A later merge or split builds on it; undo that one first."
        )
    kept = await kept_of(connection, site, id_)
    if found["kind"] == Kind.SPLIT.value:
        # Other rooms may have named the new customer since, so its record stays.
        kept = [one for one in kept if one["before"] is not None]
    holder = found["into"] if found["kind"] == Kind.MERGE.value else found["other"]
    await take_back(connection, site, kept, holder=CustomerId(holder), now=now)
    await _give_back(connection, site, kept, conversations)
    if found["kind"] == Kind.SPLIT.value:
        await _rejoin(connection, site, found, now)
    await connection.execute(
        update(merge)
        .where(merge.c.site == site, merge.c.id == id_)
        .values(undone_at=now, undone_by=by)
    )
    if found["kind"] == Kind.MERGE.value:
        await apart(connection, site, *both, now=now, by=by)
    return found


async def _give_back(
    connection: AsyncConnection,
    site: SiteId,
    kept: Sequence[Row],
    conversations: Conversations,
) -> None:
    """Conversations that a split moved go back, while they are where it put them."""
    put: Mapping[str, tuple[str, str]] = {
        one["before"]["interaction"]: (one["before"]["customer"], one["after"]["customer"])
        for one in kept
        if one["what"] == CONVERSATION
    }
    present = await conversations.of(connection, site, put)
    back = {
        which: CustomerId(before)
        for which, (before, after) in put.items()
        if present.get(which) == after
    }
    await conversations.give(connection, site, back)


async def _rejoin(connection: AsyncConnection, site: SiteId, found: Row, now: Instant) -> None:
    """Who was split off and has got something since is the same person again, under both ids."""
    await connection.execute(
        update(customer)
        .where(customer.c.site == site, customer.c.id == found["other"])
        .values(merged_into=found["into"], updated_at=now)
    )
    for what in (identifier, fact):
        await connection.execute(
            update(what)
            .where(what.c.site == site, what.c.customer == found["other"])
            .values(customer=found["into"])
        )


async def apart(
    connection: AsyncConnection,
    site: SiteId,
    one: CustomerId,
    other: CustomerId,
    *,
    now: Instant,
    by: UserId | None,
) -> None:
    """Remember that these are two people: they are neither suggested nor joined again."""
    a, b = sorted((one, other))
    await connection.execute(
        upsert(
            duplicate,
            {
                "site": site, "a": a, "b": b, "state": "refused", "share": 0.0, "terms": [],
                "at": now, "decided_by": by, "decided_at": now,
            },
            keys=("site", "a", "b"),
            change=("state", "decided_by", "decided_at"),
        )
    )  # fmt: skip
