"""The tables of standards: scripts in versions, what was ticked by hand, what was kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    cast,
    func,
    select,
)

from warmline.core.words import SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)

script = Table(
    "standard_script",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False),
    Column("queue", _ID, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("steps", JSON, nullable=False),
    Column("newest", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", _ID),
)
"""Every version that there was; `newest` is in force unless it is `gone`."""

tick = Table(
    "standard_tick",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("interaction", _ID, primary_key=True),
    Column("step", _ID, primary_key=True),
    Column("kept", Boolean, nullable=False),
    Column("by", _ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What a person ticked, or said was not done; it counts more than what was read."""

result = Table(
    "standard_result",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("interaction", _ID, primary_key=True),
    Column("step", _ID, primary_key=True),
    Column("script", _ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("law", Boolean, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("queue", _ID),
    Column("agent", _ID),
    Column("at", BigInteger, nullable=False),
    Index("ix_standard_result_at", "site", "at"),
)
"""What became of each step of a conversation that is over; what could not be told has no row."""


def scripts(site: SiteId) -> Select[*tuple[Any, ...]]:
    """The scripts in force, by name."""
    return (
        select(script)
        .where(script.c.site == site, script.c.newest.is_(True), script.c.gone.is_(False))
        .order_by(script.c.name, script.c.id)
    )


def newest(site: SiteId, id_: str) -> Select[*tuple[Any, ...]]:
    """The newest version of a script, gone or not."""
    return select(script).where(
        script.c.site == site, script.c.id == id_, script.c.newest.is_(True)
    )


def how_many(site: SiteId) -> Select[int]:
    """How many scripts are in force."""
    return select(func.count()).where(
        script.c.site == site, script.c.newest.is_(True), script.c.gone.is_(False)
    )


def ticks(site: SiteId, interactions: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """What was ticked in some conversations."""
    return select(tick).where(tick.c.site == site, tick.c.interaction.in_(interactions))


def shares(site: SiteId, *, since: int, until: int) -> Select[*tuple[Any, ...]]:
    """By kind of step how many there were and how many of them were kept."""
    counted = func.count().label("steps")
    kept = func.sum(cast(result.c.kept, Integer)).label("kept")
    by_hand = func.sum(cast(result.c.by_hand, Integer)).label("by_hand")
    return (
        select(result.c.kind, counted, kept, by_hand)
        .where(result.c.site == site, result.c.at >= since, result.c.at < until)
        .group_by(result.c.kind)
        .order_by(result.c.kind)
    )


def results_of(
    site: SiteId, *, kind: str, since: int, until: int, kept: bool | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The rows behind a share, the newest first."""
    query = select(result).where(
        result.c.site == site, result.c.kind == kind, result.c.at >= since, result.c.at < until
    )
    if kept is not None:
        query = query.where(result.c.kept.is_(kept))
    return query.order_by(result.c.at.desc(), result.c.interaction).limit(limit)
