"""The migrations lead to just the tables that the code declares."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import warmline
from warmline.config import Settings
from warmline.storage.database import open_database
from warmline.storage.migrate import TooNew, differences, migrate, newest


def load_tables() -> None:
    for module in pkgutil.walk_packages(warmline.__path__, "warmline."):
        if module.name.rsplit(".", 1)[-1] in {"tables", "journal"}:
            importlib.import_module(module.name)


async def test_a_migrated_database_is_what_the_code_declares(tmp_path: Path):
    load_tables()
    database = open_database(Settings(data=tmp_path))
    await migrate(database)
    assert await differences(database) == []
    await database.close()


async def test_migrating_twice_does_nothing_and_keeps_what_is_there(tmp_path: Path):
    database = open_database(Settings(data=tmp_path))
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(
            text("insert into cursor (site, name, position) values ('main', 'test', 7)")
        )
    await migrate(database)
    async with database.read() as connection:
        kept = await connection.scalar(text("select position from cursor where name = 'test'"))
        tables = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
        revision = await connection.scalar(text("select version_num from alembic_version"))
    assert kept == 7
    assert "event" in tables
    assert revision == newest()
    await database.close()


async def test_a_database_of_a_newer_program_is_refused_in_a_sentence(tmp_path: Path):
    database = open_database(Settings(data=tmp_path))
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(TooNew, match="use a newer Warmline"):
        await migrate(database)
    await database.close()
