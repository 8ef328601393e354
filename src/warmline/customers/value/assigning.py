"""Gives people the segments that the saved rules say; what was given by hand stays."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SegmentId, SiteId
from warmline.customers.tables import customer
from warmline.customers.value.asking import Asking, Ruled, unprofiled
from warmline.customers.value.tables import customer_value
from warmline.storage.database import Database
from warmline.storage.rows import rows

COMPUTED, HAND = "computed", "hand"
CHUNK = 500
PAGE = 20_000
EXAMPLES = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Somebody goes from one segment to another."""

    customer: CustomerId
    before: str | None
    after: str | None


@dataclass(slots=True, kw_only=True)
class Preview:
    """What rules would do: how many each takes, who would change from what to what."""

    of: int = 0
    taken: Counter[int] = field(default_factory=Counter[int])
    """People by the place of the rule that is the first true one; -1 for none."""
    by_hand: int = 0
    moves: Counter[tuple[str | None, str | None]] = field(
        default_factory=Counter[tuple[str | None, str | None]]
    )
    examples: list[Move] = field(default_factory=list[Move])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    move: Move
    place: int | None
    by_hand: bool


def portions(found: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """The same in pieces of at most so many."""
    for begin in range(0, len(found), most):
        yield found[begin : begin + most]


async def preview(connection: AsyncConnection, asking: Asking, rules: Sequence[Ruled]) -> Preview:
    """What the rules would do, were they saved."""
    found = Preview()
    async for one in _placed(connection, asking, rules, among=None):
        found.of += 1
        found.taken[-1 if one.place is None else one.place] += 1
        found.by_hand += one.by_hand
        move = one.move
        if not one.by_hand and move.before != move.after:
            found.moves[move.before, move.after] += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(move)
    return found


async def assign(
    database: Database,
    asking: Asking,
    rules: Sequence[Ruled],
    *,
    known: Collection[SegmentId],
    now: Instant,
    among: Collection[CustomerId] | None = None,
) -> int:
    """Give segments; returns how many people changed. Without any rule nothing changes."""
    site = asking.site
    await _forget(database, site, now, among)
    rules = tuple(one for one in rules if SegmentId(one.item) in known)
    if not rules:
        return 0
    whys: Mapping[int, Mapping[str, object]] = {
        one.place: {"place": one.place, "segment": one.item, "text": one.text} for one in rules
    }
    moved: list[_Placed] = []
    reasons: list[dict[str, object]] = []
    async with database.read() as connection:
        async for one in _placed(connection, asking, rules, among=among):
            if one.by_hand:
                continue
            if one.move.before != one.move.after:
                moved.append(one)
            why = None if one.place is None else whys[one.place]
            reasons.append({"who": one.move.customer, "why": why})
    for some in portions(moved, CHUNK):
        async with database.write() as connection:
            await connection.execute(
                _give(site),
                [
                    {
                        "who": one.move.customer,
                        "what": one.move.after,
                        "by": COMPUTED if one.move.after else None,
                        "now": now,
                    }
                    for one in some
                ],
            )
    for some in portions(reasons, CHUNK):
        async with database.write() as connection:
            await connection.execute(_explain(site), some)
    return len(moved)


async def _placed(
    connection: AsyncConnection,
    asking: Asking,
    rules: Sequence[Ruled],
    *,
    among: Collection[CustomerId] | None,
) -> AsyncIterator[_Placed]:
    items = {one.place: one.item for one in rules}
    query = asking.assigned(tuple(rules))
    if among is not None:
        query = query.where(customer.c.id.in_(sorted(among)))
    page = query.order_by(customer.c.id).limit(PAGE)
    after: str | None = None
    while True:
        found = await rows(connection, page if after is None else page.where(customer.c.id > after))
        for one in found:
            place = one["place"]
            yield _Placed(
                move=Move(
                    customer=CustomerId(one["id"]),
                    before=one["segment"],
                    after=None if place is None else items[place],
                ),
                place=place,
                by_hand=one["segment"] is not None and one["segment_by"] != COMPUTED,
            )
        if len(found) < PAGE:
            return
        after = found[-1]["id"]


def _give(site: SiteId) -> Any:
    """Only who was not given one by hand meanwhile."""
    return (
        update(customer)
        .where(
            customer.c.site == site,
            customer.c.id == bindparam("who"),
            (customer.c.segment.is_(None)) | (customer.c.segment_by == COMPUTED),
        )
        .values(segment=bindparam("what"), segment_by=bindparam("by"), updated_at=bindparam("now"))
    )


def _explain(site: SiteId) -> Any:
    return (
        update(customer_value)
        .where(customer_value.c.site == site, customer_value.c.customer == bindparam("who"))
        .values(segment_why=bindparam("why"))
    )


async def _forget(
    database: Database, site: SiteId, now: Instant, among: Collection[CustomerId] | None
) -> None:
    """Who must not be profiled keeps no value, and no segment that was computed."""
    objects = unprofiled(site, func.coalesce(customer.c.merged_into, customer.c.id))
    query = select(customer.c.id).where(customer.c.site == site, objects)
    if among is not None:
        query = query.where(customer.c.id.in_(sorted(among)))
    async with database.read() as connection:
        ids = list(await connection.scalars(query))
    for some in portions(ids, CHUNK):
        async with database.write() as connection:
            await connection.execute(
                customer_value.delete().where(
                    customer_value.c.site == site, customer_value.c.customer.in_(some)
                )
            )
            await connection.execute(
                update(customer)
                .where(
                    and_(
                        customer.c.site == site,
                        customer.c.id.in_(some),
                        customer.c.segment_by == COMPUTED,
                    )
                )
                .values(segment=None, segment_by=None, updated_at=now)
            )
