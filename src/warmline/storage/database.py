"""One database: transactions to read in and transactions to write in, one writer at a time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import Connection, MetaData, event, inspect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import greenlet_spawn

from warmline.config import Settings
from warmline.storage.sqlite import WRITING, open_sqlite

FILE = "warmline.db"


class Database:
    """Transactions on one database; a block that raises leaves nothing behind."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{WRITING: True})
        # Writers queue here, in order, instead of racing for the lock of the file.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that sees one moment; nothing done on it is kept."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """A connection whose work is durable once the block ends without an error."""
        async with self._turn, self._writing.begin() as connection:
            yield connection

    async def at_once(self, work: Callable[[Connection], None]) -> None:
        """Do all the work of a transaction, which is durable when this returns.

        As `write`, for two thirds of its price: `work` waits for nothing between its statements.
        """

        def whole() -> None:
            with self._writing.sync_engine.begin() as connection:
                work(connection)

        async with self._turn:
            await greenlet_spawn(whole)

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[AsyncEngine]:
        """The engine itself while nobody else writes: for what no transaction can hold."""
        async with self._turn:
            yield self.engine

    async def create(self, metadata: MetaData) -> None:
        """Make the tables that are missing; a real installation migrates instead."""
        async with self.write() as connection:
            await connection.run_sync(_create, metadata)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _create(connection: Connection, metadata: MetaData) -> None:
    """Make the tables. Their order and words are found once: that takes longer than making them."""
    if inspect(connection).get_table_names():
        metadata.create_all(connection)
        return
    known = f"made for {connection.dialect.name}, {len(metadata.tables)} tables"
    if known in metadata.info:
        for statement in metadata.info[known]:
            connection.exec_driver_sql(statement)
        return
    made: list[str] = []

    def hear(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.lstrip().startswith("CREATE"):
            made.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    metadata.create_all(connection, checkfirst=False)
    event.remove(connection, "before_cursor_execute", hear)
    metadata.info[known] = made


def open_database(settings: Settings) -> Database:
    """The database in the data folder of `settings`."""
    return Database(open_sqlite(settings.data / FILE))
