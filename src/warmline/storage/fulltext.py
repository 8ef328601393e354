"""Full-text search in the words of each database: one statement, two ways of saying `matches`.

`search_entry` is an ordinary table whose `words` are stemmed already. SQLite keeps an FTS5 index of
it by triggers; PostgreSQL has a view of the same name and columns over `tsvector('simple')`. So a
statement that asks the index is built once, and only `matches` and `rank` differ.
"""

from collections.abc import Collection, Sequence
from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, Connection, Float, bindparam, column, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement

INDEX = "search_index"
"""What stands for the index in both databases; tables of SQLite beginning with it are its own."""

index = table(INDEX, column("rowid", BigInteger))
"""To be selected from: `rowid` is the id of an entry."""

SQLITE: Sequence[str] = (
    # Without positions, which nothing asks for, the index is a third of the size. The signs that
    # stand inside of addresses and order numbers belong to the word.
    """CREATE VIRTUAL TABLE search_index USING fts5(
        words, content='search_entry', content_rowid='id', detail=none,
        tokenize="unicode61 remove_diacritics 0 tokenchars '.@+-'")""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_index (rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_index (search_index, rowid, words)
        VALUES ('delete', old.id, old.words); END""",
)
GONE_FROM_SQLITE: Sequence[str] = (
    "DROP TRIGGER IF EXISTS search_entry_added",
    "DROP TRIGGER IF EXISTS search_entry_gone",
    "DROP TABLE IF EXISTS search_index",
)
POSTGRESQL: Sequence[str] = (
    "CREATE INDEX search_entry_words ON search_entry USING gin (to_tsvector('simple', words))",
    """CREATE VIEW search_index AS
        SELECT id AS rowid, to_tsvector('simple', words) AS words FROM search_entry""",
)
GONE_FROM_POSTGRESQL: Sequence[str] = (
    "DROP VIEW IF EXISTS search_index",
    "DROP INDEX IF EXISTS search_entry_words",
)
SQLITE_COMPACT = "INSERT INTO search_index (search_index) VALUES ('optimize')"
"""Rewrites the index without what was taken out of it; until then old words stay on its pages."""


def make(connection: Connection) -> None:
    """Put the index beside `search_entry`."""
    for words in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(words)


def drop(connection: Connection) -> None:
    """Take the index away."""
    sqlite = connection.dialect.name == "sqlite"
    for words in GONE_FROM_SQLITE if sqlite else GONE_FROM_POSTGRESQL:
        connection.exec_driver_sql(words)


SQLITE_MERGE = "INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)"
"""The same a few pages at a time: begun with a negative number of them, gone on with a positive."""
SQLITE_CHANGES = "SELECT total_changes()"
"""A step of merging that changes less than two rows found nothing left to do."""

Asked = Sequence[Collection[str]]
"""Each word of a query as the forms it may be stored under; all of them must be there."""


class Matches(ColumnElement[bool]):
    """Whether an entry has every word that was asked for, in one of its forms."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def self_group(self, against: Any = None) -> Self:
        """Itself: SQLite would have it compared with 1, which its index does not understand."""
        del against
        return self


class Rank(ColumnElement[float]):
    """How well an entry fits; the smaller the better. Only beside `Matches`."""

    inherit_cache = False
    type = Float()

    def __init__(self, asked: Asked) -> None:
        self.asked = asked


def _quoted(word: str, quote: str) -> str:
    return quote + word.replace(quote, quote * 2) + quote


def fts5(asked: Asked) -> str:
    """A query in the words of FTS5.

    >>> fts5([["red"], ["shoe", "shoes"]])
    '("red") AND ("shoe" OR "shoes")'
    """
    return " AND ".join(
        "(" + " OR ".join(_quoted(form, '"') for form in sorted(forms)) + ")" for forms in asked
    )


def tsquery(asked: Asked) -> str:
    """The same query in the words of PostgreSQL.

    >>> tsquery([["red"], ["shoe", "shoes"]])
    "('red') & ('shoe' | 'shoes')"
    """
    return " & ".join(
        "(" + " | ".join(_quoted(form, "'") for form in sorted(forms)) + ")" for forms in asked
    )


@compiles(Matches, "sqlite")
def _matches_sqlite(element: Matches, compiler: Any, **given: Any) -> str:
    asked = compiler.process(bindparam(None, fts5(element.asked), unique=True), **given)
    return f"{INDEX} MATCH {asked}"


@compiles(Matches, "postgresql")
def _matches_postgresql(element: Matches, compiler: Any, **given: Any) -> str:
    asked = compiler.process(bindparam(None, tsquery(element.asked), unique=True), **given)
    return f"{INDEX}.words @@ to_tsquery('simple', {asked})"


@compiles(Rank, "sqlite")
def _rank_sqlite(_element: Rank, _compiler: Any, **_given: Any) -> str:
    return f"bm25({INDEX})"


@compiles(Rank, "postgresql")
def _rank_postgresql(element: Rank, compiler: Any, **given: Any) -> str:
    asked = compiler.process(bindparam(None, tsquery(element.asked), unique=True), **given)
    return f"-ts_rank({INDEX}.words, to_tsquery('simple', {asked}))"
