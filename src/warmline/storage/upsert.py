"""Insert a row, or change the one that has its key: one statement for every database we use."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

Names: TypeAlias = tuple[str, ...]


def upsert(
    table: Table,
    values: Mapping[str, object] | None = None,
    *,
    keys: Sequence[str],
    change: Sequence[str] | None = None,
) -> Insert:
    """A statement that inserts a row or changes the columns `change` of the row with its `keys`.

    `keys` are columns with a unique constraint. Without `values` the rows come when it is executed
    (`Write.rows`). `change` is everything given but the keys; empty keeps a row that is there.
    """
    if values is not None:
        named = [name for name in values if name not in keys] if change is None else change
        return _upsert(table, tuple(keys), tuple(named)).values(**values)
    return _built_once(table, tuple(keys), None if change is None else tuple(change))


@cache
def _built_once(table: Table, keys: Names, change: Names | None) -> Insert:
    if change is None:
        change = tuple(column.name for column in table.columns if column.name not in keys)
    return _upsert(table, keys, change)


def _upsert(table: Table, keys: Names, change: Names) -> Insert:
    # SQLite took PostgreSQL's ON CONFLICT word for word, so its dialect compiles this one too;
    # the contract suite runs it on each.
    statement = insert(table)
    if not change:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in change}
    )
