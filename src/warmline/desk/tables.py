"""The table of canned replies."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

from warmline.core.words import SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

canned_reply = Table(
    "canned_reply",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("shortcut", String(32), nullable=False),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("queues", JSON, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", String(ID_CHARS)),
    UniqueConstraint("site", "language", "shortcut", name="uq_canned_reply_shortcut"),
)
"""`language` is empty for a reply that fits every language; empty `queues` fits every queue."""


def all_replies(site: SiteId) -> Select[*tuple[Any, ...]]:
    """Every canned reply, by language and shortcut."""
    return (
        select(canned_reply)
        .where(canned_reply.c.site == site)
        .order_by(canned_reply.c.language, canned_reply.c.shortcut)
    )


def one_reply(site: SiteId, id_: str) -> Select[*tuple[Any, ...]]:
    """One canned reply."""
    return select(canned_reply).where(canned_reply.c.site == site, canned_reply.c.id == id_)


def same_shortcut(
    site: SiteId, *, language: str, shortcut: str, but: str
) -> Select[*tuple[Any, ...]]:
    """Another reply of that language with that shortcut."""
    return select(canned_reply.c.id).where(
        canned_reply.c.site == site,
        canned_reply.c.language == language,
        canned_reply.c.shortcut == shortcut,
        canned_reply.c.id != but,
    )


def how_many(site: SiteId) -> Select[int]:
    """How many canned replies there are."""
    return select(func.count()).where(canned_reply.c.site == site)
