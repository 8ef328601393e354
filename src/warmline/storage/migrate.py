"""Brings a database up to date when the server starts: Alembic on our own connection.

Alembic is loaded only when there is a step to take: a server that starts again must be quick.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from warmline.storage.database import Database
from warmline.storage.fulltext import INDEX
from warmline.storage.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent / "migrations"
_VERSIONS = "alembic_version"


def newest() -> str:
    """The revision that this program expects: revisions are numbered, as their files are."""
    return max(path.name.split("_")[0] for path in (_HERE / "versions").glob("[0-9]*_*.py"))


class TooNew(Exception):
    """The database was made by a newer program."""


async def migrate(database: Database) -> None:
    """Take every step that the database has not taken yet; nothing to do is quick.

    Raises `TooNew` for a database that knows steps which this program does not.
    """
    async with database.write() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    present = _present(connection)
    if present is not None and present > newest():
        raise TooNew(
            f"The database is at revision {present}, this program knows {newest()}: "
            "use a newer Warmline, or a backup from before the upgrade."
        )
    if present != newest():
        from alembic import command  # noqa: PLC0415 - see above

        command.upgrade(_config(connection), "head")


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    return connection.scalar(text(f"select version_num from {_VERSIONS}"))  # noqa: S608 - a constant


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the tables of the code declare such a thing: the search index is the database's."""
    return kind != "table" or name is None or not name.startswith(INDEX)


async def differences(database: Database) -> list[str]:
    """How a migrated database differs from the tables that the loaded rooms declare."""
    async with database.read() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see above
    from alembic.migration import MigrationContext  # noqa: PLC0415 - see above

    options = {"compare_type": True, "include_name": is_declared}
    context = MigrationContext.configure(connection, opts=options)
    return [str(one) for one in compare_metadata(context, metadata)]


async def write_revision(database: Database, message: str) -> None:
    """For developers: write the step from the migrated database to the declared tables."""
    async with database.write() as connection:
        await connection.run_sync(_write_revision, message)


def _write_revision(connection: Connection, message: str) -> None:
    from alembic import command  # noqa: PLC0415 - see above

    number = len(list((_HERE / "versions").glob("[0-9]*_*.py"))) + 1
    command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04d}")
