"""Write the migration from the last one to the tables that the code declares now.

usage: python scripts/migration.py "add the outbox"
"""

import asyncio
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import warmline
from warmline.config import Settings
from warmline.storage.database import open_database
from warmline.storage.migrate import migrate, write_revision

VERSIONS = Path(warmline.__file__).parent / "storage" / "migrations" / "versions"


def load_tables() -> None:
    """Import every module that declares tables."""
    for module in pkgutil.walk_packages(warmline.__path__, "warmline."):
        if module.name.rsplit(".", 1)[-1] in {"tables", "journal"}:
            importlib.import_module(module.name)


async def main(message: str) -> None:
    """Migrate an empty database, then write what is missing."""
    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Settings(data=Path(folder)))
        if any(VERSIONS.glob("[0-9]*_*.py")):
            await migrate(database)
        await write_revision(database, message)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:]) or "change"))
