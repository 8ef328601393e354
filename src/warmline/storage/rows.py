"""What a query finds: one row or all of them, each a mapping by column name."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import TypedReturnsRows

Row: TypeAlias = Mapping[str, Any]
"""One row; its columns are as the table says, which Python's types cannot know."""


Query: TypeAlias = TypedReturnsRows[*tuple[Any, ...]]
Values: TypeAlias = Mapping[str, Any] | None
"""What the query's parameters stand for, when it was built once for many."""


async def rows(connection: AsyncConnection, query: Query, values: Values = None) -> Sequence[Row]:
    """All rows of a query."""
    return cast("Sequence[Row]", (await connection.execute(query, values)).mappings().all())


async def row(connection: AsyncConnection, query: Query, values: Values = None) -> Row | None:
    """The first row of a query, or None."""
    return cast("Row | None", (await connection.execute(query, values)).mappings().first())
