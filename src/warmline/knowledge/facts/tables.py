"""The tables of stated facts: which text was read, what it states, and what contradicts what."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Select, String, Table, Text, select

from warmline.core.words import SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

TITLE_CHARS = 200
KIND_CHARS = 16
LANGUAGE_CHARS = 16
CONTRADICTION_CHARS = 40

read_text = Table(
    "fact_text",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("source", String(KIND_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("language", String(LANGUAGE_CHARS), primary_key=True),
    Column("title", String(TITLE_CHARS), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("read_at", BigInteger, nullable=False),
)
"""A text as it was when it was read last, by its digest, and the facts it states."""

contradiction = Table(
    "fact_contradiction",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(CONTRADICTION_CHARS), primary_key=True),
    Column("why", String(KIND_CHARS), nullable=False),
    Column("kind", String(KIND_CHARS), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("one", JSON, nullable=False),
    Column("other", JSON),
    Column("found_at", BigInteger, nullable=False),
    Index("ix_fact_contradiction_found", "site", "found_at"),
)
"""Two texts that state one fact differently, or (`other` empty) one whose date has passed.

A row goes when its texts no longer say so. `why` is `differs` or `outdated`.
"""

dismissal = Table(
    "fact_dismissal",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("contradiction", String(CONTRADICTION_CHARS), primary_key=True),
    Column("by", String(ID_CHARS), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text),
)
"""Somebody said that this is no contradiction; it holds while both texts say the same values."""

fact_state = Table(
    "fact_state",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("checked_at", BigInteger, nullable=False),
    Column("texts", Integer, nullable=False),
    Column("facts", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
)
"""When all texts were compared last, how many they are, and what was beyond the limit."""


def texts_read(site: SiteId) -> Select[*tuple[Any, ...]]:
    """Every text that was read, in a fixed order."""
    return (
        select(read_text)
        .where(read_text.c.site == site)
        .order_by(read_text.c.source, read_text.c.id, read_text.c.language)
    )


def contradictions(site: SiteId) -> Select[*tuple[Any, ...]]:
    """All contradictions with what was said of them, the newest first."""
    both = contradiction.outerjoin(
        dismissal,
        (dismissal.c.site == contradiction.c.site)
        & (dismissal.c.contradiction == contradiction.c.id),
    )
    return (
        select(
            contradiction,
            dismissal.c.by.label("dismissed_by"),
            dismissal.c.at.label("dismissed_at"),
            dismissal.c.note.label("note"),
        )
        .select_from(both)
        .where(contradiction.c.site == site)
        .order_by(contradiction.c.found_at.desc(), contradiction.c.id)
    )


def one_contradiction(site: SiteId, id_: str) -> Select[*tuple[Any, ...]]:
    """One contradiction."""
    return select(contradiction).where(contradiction.c.site == site, contradiction.c.id == id_)


def state_of(site: SiteId) -> Select[*tuple[Any, ...]]:
    """When all was compared last."""
    return select(fact_state).where(fact_state.c.site == site)
