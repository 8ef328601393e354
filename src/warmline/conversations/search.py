"""Full-text search over what was said, on every database."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ColumnElement

from warmline.conversations.model import Said
from warmline.conversations.tables import conversation, entry
from warmline.core.words import Instant, InteractionId, MessageId, SiteId
from warmline.ports import Write
from warmline.storage import fulltext
from warmline.storage.stems import wanted, words

NEWEST = 10_000
"""A word said more often than that finds conversations in its newest entries alone."""
ID_STEP = 16
ID_WINDOW = 1 << 16
"""Entries of one moment take the ids from `at * ID_STEP` on, so that ids stand in order of time."""


# Being found: entries travel with the words that they are of.


def entry_row(site: SiteId, given: Said) -> Mapping[str, object] | None:
    """What a message is found by, as `ADD` takes it; None for one without words."""
    mail = None if given.email is None else given.email.plain()
    text = text_of(given.text, mail)
    return row_of(site, given.id, given.interaction, at=given.at, text=text)


def text_of(text: str, mail: Mapping[str, Any] | None) -> str:
    """All that a message is found by: of a mail its subject and sender too."""
    return f"{text} {mail['subject']} {mail['from']}" if mail else text


def row_of(
    site: SiteId, message: MessageId, interaction: InteractionId, *, at: Instant, text: str
) -> Mapping[str, object] | None:
    """The same for a text that is a row already."""
    found = words(text)
    if not found:
        return None
    return {
        "given_site": site,
        "given_message": message,
        "given_interaction": interaction,
        "given_words": " ".join(sorted(found)),
        "given_low": at * ID_STEP,
    }


def _add() -> Executable:
    columns = ("site", "message", "interaction", "words")
    given = {name: bindparam(f"given_{name}", type_=entry.c[name].type) for name in columns}
    low = bindparam("given_low", type_=entry.c.id.type)
    others, same = entry.alias("others"), entry.alias("same")
    last = (
        select(func.max(others.c.id) + 1)
        .where(others.c.id >= low, others.c.id < low + ID_WINDOW)
        .scalar_subquery()
    )
    known = exists().where(same.c.site == given["site"], same.c.message == given["message"])
    return insert(entry).from_select(
        ["id", *given], select(func.coalesce(last, low), *given.values()).where(~known)
    )


ADD = _add()
"""Lets messages be found, once each, however often it is done."""


def findable(rows: Iterable[Mapping[str, object] | None]) -> tuple[Write, ...]:
    """The rows that let messages be found, for the command that brings them."""
    given = [row for row in rows if row is not None]
    return (Write(statement=ADD, rows=given),) if given else ()


async def forget(connection: AsyncConnection, site: SiteId, interaction: InteractionId) -> int:
    """Take an interaction out of the search; how many texts that were."""
    gone = await connection.execute(
        entry.delete().where(entry.c.site == site, entry.c.interaction == interaction)
    )
    return gone.rowcount


async def compact(connection: AsyncConnection) -> None:
    """Write the index anew, without the words of what was taken out of it."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql(fulltext.SQLITE_COMPACT)


MERGED_ROWS = 2


async def merge_step(connection: AsyncConnection, pages: int) -> bool:
    """Take a step towards an index without what was taken out; whether there is more to do.

    The first step of all is given as a negative number of pages.
    """
    if connection.dialect.name != "sqlite":
        return False
    before = (await connection.exec_driver_sql(fulltext.SQLITE_CHANGES)).scalar_one()
    await connection.exec_driver_sql(fulltext.SQLITE_MERGE, (pages,))
    after = (await connection.exec_driver_sql(fulltext.SQLITE_CHANGES)).scalar_one()
    return after - before >= MERGED_ROWS


# Finding


def newest(
    asked: fulltext.Asked, *, since: Instant = 0, below: int | None = None
) -> Select[*tuple[Any, ...]]:
    """The ids of entries with every word, the newest first."""
    query = (
        select(fulltext.index.c.rowid.label("id"))
        .where(fulltext.Matches(asked))
        .order_by(fulltext.index.c.rowid.desc())
    )
    if since > 0:
        query = query.where(fulltext.index.c.rowid >= since * ID_STEP)
    return query if below is None else query.where(fulltext.index.c.rowid < below)


def _interactions(site: SiteId, asked: fulltext.Asked) -> Select[Any]:
    ids = newest(asked).limit(NEWEST).subquery()
    return select(entry.c.interaction).where(entry.c.site == site, entry.c.id.in_(select(ids.c[0])))


def matching(site: SiteId, query: str) -> ColumnElement[bool] | None:
    """Whether a conversation has every word of the query; None when it has no words."""
    asked = wanted(query)
    if not asked:
        return None
    together = conversation.c.interaction.in_(_interactions(site, asked))
    if len(asked) == 1:
        return together
    # All in one text, however common the words; or each in a text of its own.
    apart = [conversation.c.interaction.in_(_interactions(site, [one])) for one in asked]
    every = apart[0]
    for one in apart[1:]:
        every = every & one
    return or_(together, every)
