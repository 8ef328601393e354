"""Full-text search in the words of each database: one statement, two ways of saying `matches`.

`search_entry` is an ordinary table whose `words` are stemmed already. SQLite keeps an FTS5 index of
it by triggers; PostgreSQL has a view of the same name and columns over `tsvector('simple')`. So a
statement that asks the index is built once, and only `matches` and `rank` differ.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, Connection, Float, TableClause, bindparam, column, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement

INDEX = "search_index"
"""What stands for the index in both databases; tables of SQLite beginning with it are its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullText:
    """An index and the table it is of: the columns of stems, each with what a hit in it weighs."""

    name: str
    entries: str
    columns: Mapping[str, float]
    counted: bool
    """Whether it counts how often a word stands where, as ranking asks; else it is a third of the
    size."""

    @property
    def index(self) -> TableClause:
        """To be selected from: `rowid` is the id of an entry."""
        return table(self.name, column("rowid", BigInteger))


MESSAGES = FullText(name=INDEX, entries="search_entry", columns={"words": 1.0}, counted=False)
ARTICLES = FullText(
    name=f"{INDEX}_article",
    entries="article_entry",
    columns={"title": 6.0, "words": 1.0},
    counted=True,
)
index = MESSAGES.index
"""To be selected from: `rowid` is the id of an entry."""


def _sqlite(of: FullText) -> Sequence[str]:
    names = ", ".join(of.columns)
    new, old = (", ".join(f"{row}.{name}" for name in of.columns) for row in ("new", "old"))
    detail = "full" if of.counted else "none"
    return (
        # The signs that stand inside of addresses and order numbers belong to the word.
        f"""CREATE VIRTUAL TABLE {of.name} USING fts5(
        {names}, content='{of.entries}', content_rowid='id', detail={detail},
        tokenize="unicode61 remove_diacritics 0 tokenchars '.@+-'")""",
        f"""CREATE TRIGGER {of.entries}_added AFTER INSERT ON {of.entries} BEGIN
        INSERT INTO {of.name} (rowid, {names}) VALUES (new.id, {new}); END""",  # noqa: S608 - names of ours
        f"""CREATE TRIGGER {of.entries}_gone AFTER DELETE ON {of.entries} BEGIN
        INSERT INTO {of.name} ({of.name}, rowid, {names})
        VALUES ('delete', old.id, {old}); END""",  # noqa: S608 - names of ours
    )


def _gone_from_sqlite(of: FullText) -> Sequence[str]:
    return (
        f"DROP TRIGGER IF EXISTS {of.entries}_added",
        f"DROP TRIGGER IF EXISTS {of.entries}_gone",
        f"DROP TABLE IF EXISTS {of.name}",
    )


_LETTERS = "ABCD"
"""What PostgreSQL calls the weight of a word, the heaviest first."""


def _vector(of: FullText) -> str:
    if len(of.columns) == 1:
        return "".join(f"to_tsvector('simple', {name})" for name in of.columns)
    order = sorted(of.columns, key=lambda name: -of.columns[name])
    return " || ".join(
        f"setweight(to_tsvector('simple', {name}), '{letter}')"
        for name, letter in zip(order, _LETTERS, strict=False)
    )


def _postgresql(of: FullText) -> Sequence[str]:
    return (
        f"CREATE INDEX {of.entries}_words ON {of.entries} USING gin (({_vector(of)}))",
        f"""CREATE VIEW {of.name} AS
        SELECT id AS rowid, {_vector(of)} AS words FROM {of.entries}""",  # noqa: S608 - names of ours
    )


def _gone_from_postgresql(of: FullText) -> Sequence[str]:
    return (f"DROP VIEW IF EXISTS {of.name}", f"DROP INDEX IF EXISTS {of.entries}_words")


SQLITE_COMPACT = "INSERT INTO search_index (search_index) VALUES ('optimize')"
"""Rewrites the index without what was taken out of it; until then old words stay on its pages."""


def make(connection: Connection, of: FullText = MESSAGES) -> None:
    """Put the index beside its entries."""
    for words in (_sqlite if connection.dialect.name == "sqlite" else _postgresql)(of):
        connection.exec_driver_sql(words)


def drop(connection: Connection, of: FullText = MESSAGES) -> None:
    """Take the index away."""
    sqlite = connection.dialect.name == "sqlite"
    for words in (_gone_from_sqlite if sqlite else _gone_from_postgresql)(of):
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

    def __init__(self, asked: Asked, of: FullText = MESSAGES) -> None:
        self.asked = asked
        self.of = of

    def self_group(self, against: Any = None) -> Self:
        """Itself: SQLite would have it compared with 1, which its index does not understand."""
        del against
        return self


class Rank(ColumnElement[float]):
    """How well an entry fits; the smaller the better. Only beside `Matches`."""

    inherit_cache = False
    type = Float()

    def __init__(self, asked: Asked, of: FullText = MESSAGES) -> None:
        self.asked = asked
        self.of = of


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
    return f"{element.of.name} MATCH {asked}"


@compiles(Matches, "postgresql")
def _matches_postgresql(element: Matches, compiler: Any, **given: Any) -> str:
    asked = compiler.process(bindparam(None, tsquery(element.asked), unique=True), **given)
    return f"{element.of.name}.words @@ to_tsquery('simple', {asked})"


@compiles(Rank, "sqlite")
def _rank_sqlite(element: Rank, _compiler: Any, **_given: Any) -> str:
    weights = "".join(f", {weight:.1f}" for weight in element.of.columns.values())
    return f"bm25({element.of.name}{weights})"


@compiles(Rank, "postgresql")
def _rank_postgresql(element: Rank, compiler: Any, **given: Any) -> str:
    asked = compiler.process(bindparam(None, tsquery(element.asked), unique=True), **given)
    return f"-ts_rank({element.of.name}.words, to_tsquery('simple', {asked}))"
