"""Running an import: chunk by chunk, each in one transaction with how far it has come."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, Malformed, SiteId
from warmline.customers.importing import people
from warmline.customers.importing.fields import Columns
from warmline.customers.importing.model import FAULTS_LIMIT, ROWS_LIMIT, Kind, Reading
from warmline.customers.importing.records import Cells, Table, Unreadable, text_of
from warmline.customers.importing.rows import Item, Person, Reader, reader_of
from warmline.customers.importing.tables import ROW_CHARS, import_fault, import_job
from warmline.customers.orders import keeping
from warmline.customers.orders.model import Kept, Order, Outcome
from warmline.ports import Blobs, Clock
from warmline.storage.database import Database

CHUNK_ROWS = 2_000
"""Rows of one transaction: other writers wait for no more than these."""
PAUSE_S = 0.004
"""Between two transactions, so that those who wait for the database get it."""
PART_BYTES = 64 * 1024
NAMED_LIMIT = 1_000
"""So many customers are named to those who want to know; of more it is said that they are many."""
SOURCE = "import"


@dataclass(slots=True, kw_only=True)
class Run:
    """One import as its process is given it, and how far it is."""

    site: SiteId
    job: str
    kind: Kind
    bytes: int
    pieces: Sequence[str]
    reading: Reading
    mapping: Columns
    dry: bool
    limit_bytes: int
    position: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {one.value: 0 for one in Outcome})


@dataclass(slots=True)
class _Chunk:
    """Some rows, read: what they say, and where something is wrong."""

    rows: int = 0
    items: list[Item] = field(default_factory=list[Item])
    faults: list[tuple[int, Malformed, Cells]] = field(
        default_factory=list[tuple[int, Malformed, Cells]]
    )


class Importing:
    """Works off one run; `moved` is told after each chunk, `cancelled` asked before the next."""

    def __init__(
        self,
        run: Run,
        *,
        database: Database,
        blobs: Blobs,
        clock: Clock,
        moved: Callable[[], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.run = run
        self.touched: set[CustomerId] | None = set()
        """Whose orders changed, or None for many."""
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._moved = moved
        self._cancelled = cancelled
        self._read_bytes = 0
        self._seen: dict[int, int] = {}
        self._faults_kept = 0

    async def work(self) -> bool:
        """Go on from where the run is; whether it came to the end. `Unreadable` for a bad file."""
        loop = asyncio.get_running_loop()
        reading = self.run.reading
        chunks = self._chunks(self._pieces(loop), reading)
        await self._begin()
        ahead = asyncio.create_task(asyncio.to_thread(next, chunks, None))
        try:
            while (chunk := await ahead) is not None:
                if self._cancelled():
                    return False
                async with self._taking(chunk):
                    # A task begins when this one waits: the next rows are read while these wait
                    # for the disk, not while threads would wait for each other.
                    ahead = asyncio.create_task(asyncio.to_thread(next, chunks, None))
                self._moved()
                await asyncio.sleep(PAUSE_S)
        finally:
            await asyncio.wait([ahead])
        return True

    def _pieces(self, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
        """The file's pieces, fetched when they are wanted; for another thread than the loop's."""
        for key in self.run.pieces:
            try:
                piece = asyncio.run_coroutine_threadsafe(self._blobs.get(key), loop).result()
            except KeyError:
                raise Unreadable("file_gone", "The file is no longer here.") from None
            for start in range(0, len(piece), PART_BYTES):
                part = piece[start : start + PART_BYTES]
                yield part
                self._read_bytes += len(part)

    def _chunks(self, pieces: Iterator[bytes], reading: Reading) -> Iterator[_Chunk]:
        table = Table(text_of(pieces, reading, limit_bytes=self.run.limit_bytes), reading)
        read = reader_of(self.run.kind, reading, self.run.mapping, table.columns)
        chunk = _Chunk()
        for number, (line, found) in enumerate(table):
            if number >= ROWS_LIMIT:
                raise Unreadable("too_many_rows", f"A file has at most {ROWS_LIMIT} rows.")
            done = number < self.run.position
            _read_row(chunk, line, found, read)
            if done:
                chunk = _Chunk()
            elif chunk.rows >= CHUNK_ROWS:
                yield chunk
                chunk = _Chunk()
        if chunk.rows:
            yield chunk

    async def _begin(self) -> None:
        async with self._database.write() as connection:
            if self.run.position == 0:
                await connection.execute(
                    delete(import_fault).where(
                        import_fault.c.site == self.run.site, import_fault.c.job == self.run.job
                    )
                )
            kept = select(func.count()).where(
                import_fault.c.site == self.run.site, import_fault.c.job == self.run.job
            )
            self._faults_kept = await connection.scalar(kept) or 0

    @asynccontextmanager
    async def _taking(self, chunk: _Chunk) -> AsyncGenerator[None]:
        """Takes rows in; all that is left to the end of the block is to make them durable."""
        run, now = self.run, self._clock.now()
        counts = dict(run.counts)
        if run.dry:
            async with self._database.read() as connection:
                outcomes = await self._would_be(connection, chunk.items, now)
        else:
            outcomes = []
        async with self._database.write() as connection:
            if not run.dry:
                kept = await self._keep(connection, chunk.items, now)
                outcomes = kept.outcomes
                self._touch(kept)
            for outcome, many in Counter(outcomes).items():
                counts[outcome.value] += many
            counts[Outcome.WRONG.value] += len(chunk.faults)
            await self._keep_faults(connection, chunk)
            await connection.execute(
                update(import_job)
                .where(import_job.c.site == run.site, import_job.c.id == run.job)
                .values(position=run.position + chunk.rows, progress=self._thousandths(), **counts)
            )
            yield
        run.position += chunk.rows
        run.counts = counts

    def _thousandths(self) -> int:
        return min(1_000, 1_000 * self._read_bytes // max(1, self.run.bytes))

    async def _keep(self, connection: AsyncConnection, items: Sequence[Item], now: Instant) -> Kept:
        site = self.run.site
        if self.run.kind is Kind.ORDERS:
            orders = [one for one in items if isinstance(one, Order)]
            return await keeping.keep_orders(connection, site, orders, source=SOURCE, now=now)
        told = [one for one in items if isinstance(one, Person)]
        return await people.keep_people(connection, site, told, now=now)

    async def _would_be(
        self, connection: AsyncConnection, items: Sequence[Item], now: Instant
    ) -> list[Outcome]:
        """What would become of them, also of those that come twice in one file."""
        site = self.run.site
        if self.run.kind is Kind.ORDERS:
            orders = [one for one in items if isinstance(one, Order)]
            found = await keeping.would_be(connection, site, orders, now=now)
        else:
            told = [one for one in items if isinstance(one, Person)]
            found = await people.would_be(connection, site, told)
        for place, one in enumerate(items):
            number, whole = hash(one.id), hash(one)
            before = self._seen.get(number)
            if before is not None:
                found[place] = Outcome.SAME if before == whole else Outcome.CHANGED
            self._seen[number] = whole
        return found

    def _touch(self, kept: Kept) -> None:
        if self.touched is not None and self.run.kind is Kind.ORDERS:
            self.touched |= kept.customers
            if len(self.touched) > NAMED_LIMIT:
                self.touched = None

    async def _keep_faults(self, connection: AsyncConnection, chunk: _Chunk) -> None:
        faults = chunk.faults[: max(0, FAULTS_LIMIT - self._faults_kept)]
        if not faults:
            return
        self._faults_kept += len(faults)
        await connection.execute(
            insert(import_fault),
            [
                {
                    "site": self.run.site,
                    "job": self.run.job,
                    "line": line,
                    "field": error.field[:32],
                    "code": error.code,
                    "detail": error.detail[:200],
                    "facts": dict(error.facts),
                    "cells": _shortened(cells),
                }
                for line, error, cells in faults
            ],
        )


def _read_row(chunk: _Chunk, line: int, found: Cells | Malformed, read: Reader) -> None:
    chunk.rows += 1
    if isinstance(found, Malformed):
        chunk.faults.append((line, found, ()))
        return
    try:
        chunk.items.append(read(found))
    except Malformed as error:
        chunk.faults.append((line, error, found))


def _shortened(cells: Cells) -> list[str]:
    """The cells of a wrong row, as much of them as is kept; signs of no encoding as `\ufffd`."""
    left = ROW_CHARS
    kept: list[str] = []
    for cell in cells:
        plain = cell[: max(0, left)].encode("utf-8", "replace").decode()
        left -= len(plain)
        kept.append(plain)
    return kept
