"""Identifiers that belonged to one customer each are kept when several may have them, and back."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from sqlalchemy import text

from warmline.config import Settings
from warmline.storage.database import Database, open_database
from warmline.storage.migrate import _config, migrate

OLD = (
    ("email", "a@mail.example", "anna", "matched", "email"),
    ("login", "anna", "anna", "verified", "webchat"),
    ("email", "b@mail.example", "jan", "claimed", "webchat"),
)


async def at(database: Database, revision: str, *, up: bool = True) -> None:
    move = command.upgrade if up else command.downgrade
    async with database.write() as connection:
        await connection.run_sync(lambda plain: move(_config(plain), revision))


async def known(database: Database, columns: str) -> Sequence[tuple[object, ...]]:
    query = text(f"SELECT {columns} FROM identifier ORDER BY kind, value, customer")
    async with database.read() as connection:
        return [tuple(one) for one in (await connection.execute(query)).all()]


async def test_what_was_known_stays_and_says_how_it_was_found(tmp_path: Path):
    database = open_database(Settings(data=tmp_path))
    await at(database, "0002")
    async with database.write() as connection:
        for kind, value, customer, level, source in OLD:
            await connection.execute(
                text(
                    "INSERT INTO identifier (site, kind, value, customer, verification, source,"
                    " created_at) VALUES ('main', :kind, :value, :customer, :level, :source, 5)"
                ),
                {
                    "kind": kind,
                    "value": value,
                    "customer": customer,
                    "level": level,
                    "source": source,
                },
            )
    await at(database, "0003")
    assert await known(database, "kind, value, customer, verification, method, verified_at") == [
        ("email", "a@mail.example", "anna", "matched", "channel", 5),
        ("email", "b@mail.example", "jan", "claimed", "said", 5),
        ("login", "anna", "anna", "verified", "signed", 5),
    ]
    async with database.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO identifier (site, kind, value, customer, verification, source,"
                " created_at) VALUES ('main', 'email', 'a@mail.example', 'jan', 'verified', 'x', 9)"
            )
        )
    await at(database, "0002", up=False)
    assert await known(database, "kind, value, customer") == [
        ("email", "a@mail.example", "jan"),
        ("email", "b@mail.example", "jan"),
        ("login", "anna", "anna"),
    ]
    await migrate(database)
    assert len(await known(database, "kind, value, customer")) == 3
    await database.close()
