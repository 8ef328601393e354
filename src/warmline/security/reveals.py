"""Reveals as the audit keeps them: who looked at whom, when and why, and how often."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, Actor, CustomerId, Instant, SiteId
from warmline.ports import Clock, Person, Write
from warmline.security.audit import Audit
from warmline.security.tables import audit
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

ACTION, KIND = "revealed", "customer"
COUNTED_DAYS = 30
PAGE_LIMIT = 200
USERS_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """One look at a customer; the reason is gone when the customer was erased."""

    id: str
    at: Instant
    user: str | None
    customer: CustomerId
    cause: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """How often a user looked, within a day and within thirty."""

    user: str | None
    day: int
    month: int


class Reveals:
    """Makes the audit rows of reveals and reads them."""

    def __init__(self, database: Database, site: SiteId, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._audit = audit

    def row(self, actor: Actor, customer: CustomerId, *, cause: str, reason: str) -> Write:
        """What travels with the command: the reason in the user's own words."""
        told = {"cause": cause, "reason": reason}
        return self._audit.setting(actor, ACTION, KIND, customer, before=None, after=told)

    async def page(
        self, *, user: str | None, customers: Collection[str], before: str | None, limit: int
    ) -> Sequence[Reveal]:
        """The newest reveals, of one user or one person when they are named."""
        query = select(audit).where(
            audit.c.site == self._site, audit.c.kind == KIND, audit.c.action == ACTION
        )
        if user is not None:
            query = query.where(audit.c.user == user)
        if customers:
            query = query.where(audit.c.item.in_(sorted(customers)))
        if before is not None:
            query = query.where(audit.c.id < before)
        async with self._database.read() as connection:
            found = await rows(connection, query.order_by(audit.c.id.desc()).limit(limit))
        return [_read(one) for one in found]

    async def often(self) -> Sequence[Often]:
        """How often each user looked of late, the most first."""
        now = self._clock.now()
        month = func.count().label("month")
        query = (
            select(
                audit.c.user,
                month,
                func.count().filter(audit.c.at > now - DAY).label("day"),
            )
            .where(
                audit.c.site == self._site,
                audit.c.kind == KIND,
                audit.c.action == ACTION,
                audit.c.at > now - COUNTED_DAYS * DAY,
            )
            .group_by(audit.c.user)
            .order_by(month.desc(), audit.c.user)
            .limit(USERS_LIMIT)
        )
        async with self._database.read() as connection:
            found = await rows(connection, query)
        return [Often(user=one["user"], day=one["day"], month=one["month"]) for one in found]


def _read(row: Row) -> Reveal:
    told: Mapping[str, str] = row["after"]
    return Reveal(
        id=row["id"],
        at=row["at"],
        user=row["user"],
        customer=CustomerId(row["item"]),
        cause=told["cause"],
        reason=told.get("reason"),
    )


class RevealTraces:
    """The reasons that users wrote about a person; that they looked, and when, stays."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many reasons there are."""
        return {"reveal_reasons": len(await self._told(connection, who))}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """The reasons go, the causes stay."""
        del at
        for id_, cause in (await self._told(connection, who)).items():
            await connection.execute(
                update(audit)
                .where(audit.c.site == self._site, audit.c.id == id_)
                .values(after={"cause": cause})
            )
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """No reason speaks of a file."""
        del connection, blobs
        return ()

    async def _told(self, connection: AsyncConnection, who: Person) -> Mapping[str, str]:
        query = select(audit.c.id, audit.c.after).where(
            audit.c.site == self._site,
            audit.c.kind == KIND,
            audit.c.action == ACTION,
            audit.c.item.in_(sorted(who.ids)),
        )
        found = await rows(connection, query)
        return {one["id"]: one["after"]["cause"] for one in found if "reason" in one["after"]}
