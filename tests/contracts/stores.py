"""Every database that a site can be kept in, opened empty for one test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from warmline.core.words import SiteId
from warmline.engine.codec import EventCodec
from warmline.storage.database import Database
from warmline.storage.journal import DatabaseCursors, DatabaseJournal
from warmline.storage.schema import metadata
from warmline.storage.sqlite import open_sqlite

STORES = ("sqlite",)
"""Each is one more parameter of the same suite."""


@asynccontextmanager
async def opened(store: str, folder: Path) -> AsyncGenerator[Database]:
    """The database of that kind, its tables made."""
    assert store in STORES
    database = Database(open_sqlite(folder / "warmline.db"))
    await database.create(metadata)
    try:
        yield database
    finally:
        await database.close()


def journal_of(database: Database, site: str = "main") -> DatabaseJournal:
    """The log of a site."""
    return DatabaseJournal(database, SiteId(site), EventCodec())


def cursors_of(database: Database, site: str = "main") -> DatabaseCursors:
    """The cursors of a site."""
    return DatabaseCursors(database, SiteId(site))
