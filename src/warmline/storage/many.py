"""Writing many rows with one statement, without making parameters of every row one by one."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Insert, Table, insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Rows: TypeAlias = Sequence[tuple[Any, ...]]
Names: TypeAlias = tuple[str, ...]


@lru_cache(maxsize=100)
def inserting(table: Table) -> Insert:
    """The statement that inserts rows into a table, one and the same each time."""
    return insert(table)


async def write_many(
    connection: AsyncConnection, statement: Insert, names: Names, rows: Rows
) -> None:
    """Run an insert, or an upsert, for rows whose values come in the order of `names`.

    For columns of plain texts and numbers: values go to the database as they are.
    """
    if not rows:
        return
    words, order = _compiled(statement, names, connection.dialect)
    if order != tuple(range(len(names))):
        rows = [tuple(row[place] for place in order) for row in rows]
    await connection.exec_driver_sql(words, rows if len(rows) > 1 else rows[0])


@lru_cache(maxsize=100)
def _compiled(statement: Insert, names: Names, dialect: Dialect) -> tuple[str, tuple[int, ...]]:
    """The statement's words, and which value goes to which place."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(names.index(name) for name in compiled.positiontup)
