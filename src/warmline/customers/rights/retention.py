"""How long each class of data is kept: counted on request, let go nightly or by hand, told."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, SYSTEM, Actor, Instant, SiteId
from warmline.customers.model import Audit
from warmline.customers.rights.tables import retention, retention_run
from warmline.ports import Blobs, Clock, Due, Expiring, State, Sweep, Traces, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, rows
from warmline.storage.scrub import Scrub
from warmline.storage.upsert import upsert

log = structlog.get_logger()

KEPT_DAYS_MOST = 36_500
SAMPLES = 10
AT_ONCE = 200
"""So many of a class go in one transaction, so that nobody waits long."""
MOST_A_RUN = 100_000
NIGHT = time(3, 0)
LOOK_EVERY_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Lets go what is older than its class may be."""

    database: Database
    site: SiteId
    clock: Clock
    state: State
    blobs: Blobs
    classes: Sequence[Expiring]
    traces: Sequence[Traces]
    audit: Audit
    finish: Callable[[], Awaitable[int]]
    """Cleans after erasures that were not cleaned after yet."""
    sweeps: Sequence[Sweep] = ()

    async def rules(self) -> Mapping[str, int | None]:
        """For each class how many days it is kept; None is for good."""
        query = select(retention).where(retention.c.site == self.site)
        async with self.database.read() as connection:
            kept = {one["kind"]: one["days"] for one in await rows(connection, query)}
        return {one.kind: kept.get(one.kind) for one in self.classes}

    async def keep(self, actor: Actor, kind: str, days: int | None) -> None:
        """A class is kept for so many days from now on, or for good."""
        async with self.database.write() as connection:
            if days is None:
                await connection.execute(
                    retention.delete().where(
                        retention.c.site == self.site, retention.c.kind == kind
                    )
                )
            else:
                values = {"site": self.site, "kind": kind, "days": days}
                await connection.execute(upsert(retention, values, keys=["site", "kind"]))
            await connection.execute(
                self.audit(actor, "changed", "retention", kind, fields=["days"])
            )

    async def preview(self, proposed: Mapping[str, int | None]) -> Mapping[str, Due]:
        """What a run would let go by some rules, class by class; nothing is changed."""
        now = self.clock.now()
        found: dict[str, Due] = {}
        async with self.database.read() as connection:
            for one in self.classes:
                days = proposed.get(one.kind)
                if days is not None:
                    before = now - days * DAY
                    found[one.kind] = await one.due(connection, before, samples=SAMPLES)
        return found

    async def run(self, actor: Actor) -> Mapping[str, int]:
        """Let go what is due by the rules that stand; what was deleted leaves the files too."""
        counts: dict[str, int] = {}
        rules = await self.rules()
        for one in self.classes:
            days = rules[one.kind]
            if days is not None:
                counts[one.kind] = await self._expire(one, self.clock.now() - days * DAY)
        if any(counts.values()):
            for sweep in self.sweeps:
                await sweep.sweep()
            await Scrub(self.database).truncate()
        await self.finish()
        async with self.database.write() as connection:
            await connection.execute(
                insert(retention_run).values(
                    site=self.site,
                    id=uuid4().hex,
                    at=self.clock.now(),
                    by=actor.user,
                    counts=counts,
                )
            )
            gone = sorted(kind for kind, count in counts.items() if count)
            await connection.execute(
                self.audit(actor, "expired", "retention", self.site, fields=gone)
            )
        return counts

    async def runs(self, *, limit: int) -> Sequence[Row]:
        """The last runs, the newest first."""
        query = (
            select(retention_run)
            .where(retention_run.c.site == self.site)
            .order_by(retention_run.c.at.desc(), retention_run.c.id)
            .limit(limit)
        )
        async with self.database.read() as connection:
            return await rows(connection, query)

    async def nightly(self) -> None:
        """Run once every night, at three o'clock where the center is, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                with storage_errors():
                    await self.finish()
                    if await self.is_due():
                        await self.run(SYSTEM)
            except Unavailable as failure:
                log.warning("retention_waits", cause=type(failure).__name__)

    async def is_due(self) -> bool:
        """Whether there is a rule, and no run since the last night's hour."""
        if not any(days is not None for days in (await self.rules()).values()):
            return False
        last = await self.runs(limit=1)
        zone = ZoneInfo(self.state.center().zone)
        return not last or last[0]["at"] < last_night(self.clock.now(), zone)

    async def _expire(self, one: Expiring, before: Instant) -> int:
        total = 0
        while total < MOST_A_RUN:
            async with self.database.write() as connection:
                gone, blobs = await one.expire(connection, before, self.clock.now(), limit=AT_ONCE)
                await drop_blobs(connection, self.blobs, self.traces, blobs)
            total += gone
            if gone < AT_ONCE:
                break
        return total


async def drop_blobs(
    connection: AsyncConnection,
    store: Blobs,
    traces: Sequence[Traces],
    blobs: Collection[str],
) -> tuple[int, int]:
    """Remove files that nothing speaks of any more; how many went and how many are shared.

    Before the transaction is durable: cut short, it is done again, and nothing is left over.
    """
    needed: set[str] = set()
    for one in traces:
        needed.update(await one.needed(connection, blobs))
    gone = sorted(set(blobs) - needed)
    for key in gone:
        await store.remove(key)
    return len(gone), len(set(blobs) & needed)


def last_night(now: Instant, zone: ZoneInfo) -> Instant:
    """The latest moment at which it was three o'clock at night in a zone."""
    here = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    day = here.date() if here.time() >= NIGHT else here.date() - timedelta(days=1)
    return int(datetime.combine(day, NIGHT, zone).timestamp() * 1000)
