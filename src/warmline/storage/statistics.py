"""Tells the database how its rows are spread, so that it picks the index that narrows most.

SQLite without it takes any column for one that few rows share, `site` too, and then walks all rows
of the site. Asked for after many rows came in; a sample is enough and takes milliseconds.
"""

from collections.abc import Sequence

from sqlalchemy import Table, text

from warmline.storage.database import Database

SAMPLE_ROWS = 1_000


async def analyse(database: Database, tables: Sequence[Table]) -> None:
    """Look at some tables anew."""
    async with database.write() as connection:
        if connection.dialect.name == "sqlite":
            await connection.execute(text(f"PRAGMA analysis_limit = {SAMPLE_ROWS}"))
        for table in tables:
            await connection.execute(text(f"ANALYZE {table.name}"))
