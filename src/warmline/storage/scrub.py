"""Makes what was deleted really leave the disk: the database file, and the journal beside it."""

import asyncio
import mmap
from collections.abc import Collection
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from warmline.storage.database import Database

WAIT_S = 10.0
"""So long we wait for readers who still look into the journal."""
LOOK_AGAIN_S = 0.02
COMPACT_LIMIT_BYTES = 256 * 1024 * 1024
"""A larger file is not written anew while a center works: that would hold everybody up."""


class Scrub:
    """Cleans the files of one database; deleted rows are overwritten in it as they go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def _file(self) -> Path:
        name = self._database.engine.url.database
        assert name is not None, "a database without a file"
        return Path(name)

    async def truncate(self) -> bool:
        """Write the journal into the file and empty it; False when readers were in the way."""
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while True:
            async with self._database.alone() as engine:
                busy = await _pragma(engine, "PRAGMA wal_checkpoint(TRUNCATE)")
            if not busy or asyncio.get_running_loop().time() > deadline:
                return not busy
            await asyncio.sleep(LOOK_AGAIN_S)

    async def compact(self) -> bool:
        """Write the file anew without anything that is free; False when it is too large."""
        if self._file.stat().st_size > COMPACT_LIMIT_BYTES:
            return False
        async with self._database.alone() as engine:
            await _pragma(engine, "VACUUM")
        return await self.truncate()

    async def left(self, words: Collection[str]) -> int:
        """How many of some words still stand anywhere in the files of the database."""
        found = {word.encode() for word in words}
        return await asyncio.to_thread(self._count, found)

    def _count(self, words: Collection[bytes]) -> int:
        beside = self._file.with_name(self._file.name + "-wal")
        return sum(any(_holds(path, word) for path in (self._file, beside)) for word in words)


async def _pragma(engine: AsyncEngine, words: str) -> int:
    """Run what SQLite only does outside of transactions; the first number it answers."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        cursor = raw.driver_connection.cursor()  # pyright: ignore[reportOptionalMemberAccess]
        await cursor.execute(words)
        found = await cursor.fetchall()
    return int(found[0][0]) if found else 0


def _holds(path: Path, word: bytes) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return whole.find(word) >= 0
