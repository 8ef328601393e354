"""A search for duplicates, among those who changed or everybody, in small transactions."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import MINUTE, CustomerId, Instant, SiteId
from warmline.customers.matching.deciding import decide, forget, thresholds
from warmline.customers.matching.keys import keys
from warmline.customers.matching.model import Match, Population, Record
from warmline.customers.matching.score import Holders, compare
from warmline.customers.matching.survey import (
    COMMON,
    Blocks,
    blocks,
    changed,
    chunks,
    heard,
    next_ids,
    population,
    records,
)
from warmline.customers.matching.tables import match_key, match_state, match_word
from warmline.customers.tables import customer, identifier
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import row, rows
from warmline.storage.statistics import analyse
from warmline.storage.upsert import upsert

CHUNK = 300
MERGES_AT_ONCE = 25
"""So many pairs are decided in one transaction: the center's own writes wait for no longer."""
REMEMBERED = 300_000
"""So many records a full run keeps in memory; of others it reads again."""
OVERLAP = 1 * MINUTE
"""A row may become visible later than the time it bears."""
CHANGED_LIMIT = 5_000
"""From so many changed records on, everybody is compared."""
WORD_CHARS = 64
Joined = Callable[[Sequence[str]], None]


def _never() -> bool:
    return False


def _nothing(_: float) -> None:
    pass


@dataclass(slots=True, kw_only=True)
class Search:
    """Finds duplicates in one site and decides about them.

    `joined` is told the ids of merges once they are durable, `told` the progress from 0 to 1.
    """

    database: Database
    site: SiteId
    clock: Clock
    joined: Joined
    told: Callable[[float], None] = _nothing
    cancelled: Callable[[], bool] = _never
    _records: dict[CustomerId, Record] = field(default_factory=dict[CustomerId, Record])

    async def everybody(self) -> None:
        """Write all keys anew where they changed, then compare each with those after it."""
        began = self.clock.now()
        await self._clear()
        many = await self.many()
        counts: Counter[str] = Counter()
        done = 0
        async for ids in _Ids(self):
            found = await self._read(ids)
            counts.update(heard(found.values()))
            await self.index(found)
            done += len(ids)
            self.told(0.3 * done / max(1, many))
        await self._learn(counts, done, began)
        await analyse(self.database, (customer, identifier, match_key))
        among = await self._population()
        done = 0
        async for ids in _Ids(self):
            await self.compare(ids, among=among, only_after=True, began=began)
            done += len(ids)
            self.told(0.3 + 0.7 * done / max(1, many))

    async def lately(self) -> Collection[CustomerId] | None:
        """Who changed since the last search; None when everybody has to be compared."""
        async with self.database.read() as connection:
            query = select(match_state).where(match_state.c.site == self.site)
            state = await row(connection, query)
            if state is None or state["full_at"] is None:
                return None
            since = state["seen_until"] - OVERLAP
            found = await changed(connection, self.site, since=since, limit=CHANGED_LIMIT)
        return None if len(found) >= CHANGED_LIMIT else found

    async def some(self, ids: Collection[CustomerId]) -> None:
        """Compare some people with everybody."""
        began = self.clock.now()
        among = await self._population()
        for part in chunks(ids, CHUNK):
            listed = [CustomerId(one) for one in part]
            await self.index(await self._read(listed), among_ids=listed)
        for part in chunks(ids, CHUNK):
            await self.compare([CustomerId(one) for one in part], among=among, began=began)
        async with self.database.write() as connection:
            await connection.execute(
                match_state.update().where(match_state.c.site == self.site).values(seen_until=began)
            )

    async def index(
        self,
        found: Mapping[CustomerId, Record],
        *,
        among_ids: Sequence[CustomerId] | None = None,
    ) -> None:
        """Write the keys of some people where they differ from those that are there."""
        ids = list(found) if among_ids is None else list(among_ids)
        wanted = {
            (key, who)
            for who, record in found.items()
            for key in await asyncio.to_thread(keys, record)
        }
        async with self.database.read() as connection:
            present: set[tuple[str, CustomerId]] = set()
            for some in chunks(ids):
                query = select(match_key.c.key, match_key.c.customer).where(
                    match_key.c.site == self.site, match_key.c.customer.in_(some)
                )
                present |= {(one["key"], one["customer"]) for one in await rows(connection, query)}
        if wanted != present:
            async with self.database.write() as connection:
                await self._rewrite(connection, gone=present - wanted, new=wanted - present)

    async def compare(
        self,
        ids: Sequence[CustomerId],
        *,
        among: Population,
        began: Instant,
        only_after: bool = False,
    ) -> None:
        """Compare some people with all who share a key, and decide about each pair."""
        mine = await self._read(ids)
        wanted = {who: keys(record) for who, record in mine.items()}
        async with self.database.read() as connection:
            found = await blocks(
                connection, self.site, {key for some in wanted.values() for key in some}
            )
            limits = await thresholds(connection, self.site)
        pairs = _pairs(wanted, found, only_after=only_after)
        theirs = await self._read({who for two in pairs for who in two} - mine.keys())
        everybody = {**theirs, **mine}
        known = [
            (everybody[a], everybody[b]) for a, b in pairs if a in everybody and b in everybody
        ]
        likely = await asyncio.to_thread(
            _likely,
            known,
            among,
            found.holders,
            min(limits.suggest_pct, limits.automatic_pct) / 100,
        )
        for start in range(0, len(likely), MERGES_AT_ONCE):
            async with self.database.write() as connection:
                made = await decide(
                    connection,
                    self.site,
                    likely[start : start + MERGES_AT_ONCE],
                    limits=limits,
                    among=among,
                    now=self.clock.now(),
                )
            if made:
                self.joined(made)
        async with self.database.write() as connection:
            # In a full run a pair is made again with the earlier of the two.
            await forget(connection, self.site, ids, before=began, first_only=only_after)

    async def _read(self, ids: Collection[CustomerId]) -> Mapping[CustomerId, Record]:
        missing = [one for one in ids if one not in self._records]
        if missing:
            async with self.database.read() as connection:
                fresh = await records(connection, self.site, missing)
            if len(self._records) + len(fresh) > REMEMBERED:
                return {**{one: self._records[one] for one in ids if one in self._records}, **fresh}
            self._records |= fresh
        return {one: self._records[one] for one in ids if one in self._records}

    async def _clear(self) -> None:
        """Keys of records that were merged into another find nobody any more."""
        merged = select(customer.c.id).where(
            customer.c.site == self.site, customer.c.merged_into.is_not(None)
        )
        async with self.database.write() as connection:
            await connection.execute(
                delete(match_key).where(
                    match_key.c.site == self.site, match_key.c.customer.in_(merged)
                )
            )

    async def many(self) -> int:
        """How many customers count."""
        query = select(func.count()).where(
            customer.c.site == self.site, customer.c.merged_into.is_(None)
        )
        async with self.database.read() as connection:
            return await connection.scalar(query) or 0

    async def _rewrite(
        self,
        connection: AsyncConnection,
        *,
        gone: Collection[tuple[str, CustomerId]],
        new: Collection[tuple[str, CustomerId]],
    ) -> None:
        for key, who in gone:
            await connection.execute(
                delete(match_key).where(
                    match_key.c.site == self.site,
                    match_key.c.key == key,
                    match_key.c.customer == who,
                )
            )
        if new:
            await connection.execute(
                insert(match_key),
                [{"site": self.site, "key": key, "customer": who} for key, who in sorted(new)],
            )

    async def _learn(self, counts: Counter[str], customers: int, began: Instant) -> None:
        """Keep how common words are, and that everybody was looked at."""
        common = [
            {"site": self.site, "word": word, "customers": many}
            for word, many in counts.items()
            if many >= COMMON and len(word) <= WORD_CHARS
        ]
        state = {
            "site": self.site, "seen_until": began, "customers": customers, "full_at": began,
        }  # fmt: skip
        async with self.database.write() as connection:
            await connection.execute(delete(match_word).where(match_word.c.site == self.site))
            if common:
                await connection.execute(insert(match_word), common)
            await connection.execute(upsert(match_state, state, keys=("site",)))

    async def _population(self) -> Population:
        async with self.database.read() as connection:
            return await population(connection, self.site)


class Cancelled(Exception):
    """Somebody stopped the search."""


class _Ids:
    """All customers that count, some at a time."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._after = ""

    def __aiter__(self) -> "_Ids":
        return self

    async def __anext__(self) -> Sequence[CustomerId]:
        search = self._search
        if search.cancelled():
            raise Cancelled
        async with search.database.read() as connection:
            found = await next_ids(connection, search.site, after=self._after, limit=CHUNK)
        if not found:
            raise StopAsyncIteration
        self._after = found[-1]
        return found


def _pairs(
    wanted: Mapping[CustomerId, Collection[str]], found: Blocks, *, only_after: bool
) -> Sequence[tuple[CustomerId, CustomerId]]:
    """Who is compared with whom, each pair once."""
    pairs: set[tuple[CustomerId, CustomerId]] = set()
    for who, some in wanted.items():
        for key in some:
            for other in found.members.get(key, ()):
                if other > who:
                    pairs.add((who, other))
                elif other < who and not only_after:
                    pairs.add((other, who))
    return sorted(pairs)


def _likely(
    pairs: Sequence[tuple[Record, Record]], among: Population, holders: Holders, least: float
) -> list[Match]:
    """The matches that are worth deciding about, the surest first."""
    made = (compare(a, b, among=among, holders=holders) for a, b in pairs)
    return sorted(
        (one for one in made if one.share >= least), key=lambda one: (-one.share, one.a, one.b)
    )
