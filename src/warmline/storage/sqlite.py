"""The embedded database: the only file that knows SQLite's words.

A statement on a few rows takes microseconds, and to hand it to another thread and wait takes a
hundred times as long. So statements run where they are asked for; what waits for the disk or turns
out to be long goes to a thread: commits, many rows at once, and reads that pass a limit of steps.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WRITING = "warmline_writing"
"""The execution option of connections that write."""

BUSY_S = 10.0
"""How long another process may hold the file before we give up."""
LOOK_AGAIN_S = 0.01
STEPS_LIMIT = 20_000
"""Steps of SQLite's machine, about a millisecond, that a read may take in place."""
SIZE_LIMIT = 1_000
"""Rows that are written in place, and values that a statement in place may name."""

_PRAGMAS = (
    "journal_mode = WAL",
    # With commits in groups FULL costs nothing over NORMAL, and NORMAL loses what it
    # acknowledged when the power goes.
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -32000",
    "wal_autocheckpoint = 4000",
    "temp_store = MEMORY",
    # What is deleted is overwritten: an erased name must not stay in a free page.
    "secure_delete = ON",
)
_T = TypeVar("_T")
_Row = tuple[Any, ...]


def open_sqlite(path: Path, *, connections: int = 16) -> AsyncEngine:
    """An engine on the file at `path`, which is made when missing, for its owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    threads = ThreadPoolExecutor(max_workers=connections, thread_name_prefix="sqlite")

    async def connect(*_: object, **__: object) -> _Connection:
        return _Connection(path, threads)

    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        async_creator=connect,
        pool_size=connections,
        max_overflow=0,
        # The connection that was just used has its pages at hand.
        pool_use_lifo=True,
        pool_timeout=30,
        # An error must not carry people's words into the log.
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer half-way cannot wait for it.
    writing = connection.get_execution_options().get(WRITING, False)
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
    cursor.close()


class _Cursor:
    """One statement and all its rows, which are fetched with it."""

    def __init__(self, connection: "_Connection") -> None:
        self._connection = connection
        self._rows: list[_Row] = []
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, words: str, values: Sequence[Any] = ()) -> None:
        """Run the statement."""
        await self._connection.run(
            words, lambda cursor: self._run(cursor, words, values), size=len(values)
        )

    async def executemany(self, words: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run the statement for each of the rows."""

        def many(cursor: sqlite3.Cursor) -> None:
            cursor.executemany(words, rows)
            self.rowcount = cursor.rowcount

        await self._connection.run(words, many, size=len(rows))

    def _run(self, cursor: sqlite3.Cursor, words: str, values: Sequence[Any]) -> None:
        cursor.execute(words, values)
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid

    async def fetchall(self) -> Sequence[_Row]:
        """The rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open: an open statement would keep the lock of the file."""


class _Connection:
    """One connection, as SQLAlchemy asks of an asynchronous driver."""

    def __init__(self, path: Path, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._away: asyncio.Future[Any] | None = None
        self._impatient = False
        self._connection: sqlite3.Connection | None = sqlite3.connect(
            # Without the level the driver would begin transactions by itself, too late and
            # never IMMEDIATE; one thread at a time uses the connection, whichever it is.
            path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_S,
        )
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}").close()
        # From here on we wait for other processes ourselves, without keeping the thread.
        self._connection.execute("PRAGMA busy_timeout = 0").close()
        self._connection.set_progress_handler(self._gives_up, STEPS_LIMIT)

    def cursor(self) -> _Cursor:
        """For one statement."""
        return _Cursor(self)

    async def run(self, words: str, work: Callable[[sqlite3.Cursor], None], *, size: int) -> None:
        """Do the work, in place if it is short; `size` is how many rows or values it is about."""
        connection = await self._free()
        reads = words.startswith("SELECT")

        def whole() -> None:
            cursor = connection.cursor()
            try:
                work(cursor)
            finally:
                cursor.close()

        if size > SIZE_LIMIT or not (reads or connection.in_transaction or "BEGIN" in words[:5]):
            await self._elsewhere(whole)
            return
        # Only a read may be interrupted: whatever else is makes the transaction void.
        self._impatient = reads
        try:
            await self._when_not_busy(whole)
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_INTERRUPT):
                raise
            self._impatient = False
            await self._elsewhere(whole)
        finally:
            self._impatient = False

    async def commit(self) -> None:
        """Make it durable: the disk is waited for elsewhere."""
        connection = await self._free()
        if connection.in_transaction:
            await self._elsewhere(connection.commit)

    async def rollback(self) -> None:
        """Forget the transaction."""
        (await self._free()).rollback()

    async def create_function(self, *given: Any, **options: Any) -> None:
        """SQLAlchemy brings a function for regular expressions."""
        (await self._free()).create_function(*given, **options)

    async def close(self) -> None:
        """Close the file; what was not committed is gone."""
        if self._connection is not None:
            connection = await self._free()
            self._connection = None
            await self._elsewhere(connection.close)  # the last one folds the journal into the file

    def stop(self) -> None:
        """Close without waiting."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._threads.submit(connection.close)

    def _gives_up(self) -> bool:
        return self._impatient

    async def _free(self) -> sqlite3.Connection:
        """The connection, once no thread works on it for somebody who was cancelled meanwhile."""
        while self._away is not None and not self._away.done():
            await asyncio.wait([self._away])
        if self._connection is None:
            raise ValueError("connection closed")
        return self._connection

    async def _elsewhere(self, work: Callable[[], _T]) -> _T:
        loop = asyncio.get_running_loop()
        give_up_at = time.monotonic() + BUSY_S

        def patiently() -> _T:
            while True:
                try:
                    return work()
                except sqlite3.OperationalError as error:
                    if not _is(error, sqlite3.SQLITE_BUSY) or time.monotonic() > give_up_at:
                        raise
                    time.sleep(LOOK_AGAIN_S)

        self._away = loop.run_in_executor(self._threads, patiently)
        return await asyncio.shield(self._away)

    async def _when_not_busy(self, work: Callable[[], None]) -> None:
        give_up_at = time.monotonic() + BUSY_S
        while True:
            try:
                work()
            except sqlite3.OperationalError as error:
                if not _is(error, sqlite3.SQLITE_BUSY) or time.monotonic() > give_up_at:
                    raise
                await asyncio.sleep(LOOK_AGAIN_S)
            else:
                return


def _is(error: sqlite3.OperationalError, code: int) -> bool:
    # The driver's own errors have no code.
    return getattr(error, "sqlite_errorcode", None) == code
