"""An empty database ready to be used: its tables are made once, and copied for each test."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from warmline.config import Settings
from warmline.storage.database import FILE, open_database
from warmline.storage.migrate import migrate


def lay_tables(data: Path) -> None:
    """The tables of a new center in its data folder; a database that is there stays as it is."""
    if not (data / FILE).exists():
        data.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(_migrated().name) / FILE, data / FILE)


@cache
def _migrated() -> TemporaryDirectory[str]:
    """Where the tables were made; the folder goes when this process ends."""
    folder = TemporaryDirectory(prefix="warmline-tables-")
    # In a thread, because a test may have a loop of its own that runs just now.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _migrate(Path(folder.name))).result()
    return folder


async def _migrate(folder: Path) -> None:
    database = open_database(Settings(data=folder))
    await migrate(database)
    await database.close()
