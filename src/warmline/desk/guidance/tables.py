"""The tables of guidance: its settings, and what was in force when conversations began."""

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
    Update,
    case,
    func,
    select,
    update,
)

from warmline.core.words import Instant, InteractionId, SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)
_WORD = String(32)

guidance_settings = Table(
    "guidance_settings",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("rules", JSON, nullable=False),
    Column("trial_at", BigInteger),
    Column("simulated", JSON),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", _ID),
)
"""`trial_at` is since when the share is what it is; `simulated` the last simulation's figures."""

guidance_seen = Table(
    "guidance_seen",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("interaction", _ID, primary_key=True),
    Column("queue", _ID, nullable=False),
    Column("team", _ID),
    Column("agent", _ID, nullable=False),
    Column("medium", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("guided", Boolean, nullable=False),
    Column("spared", String(120), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("handle_ms", BigInteger),
    Column("rating", Integer),
    Index(None, "site", "at"),
)
"""What was to be said in a conversation when it was taken, by the team's state and who is spared.

`spared` names the reasons, with commas between. `guided` is false for the share that a trial leaves
without; `handle_ms` is known at wrap-up.
"""


def settings_of(site: SiteId) -> Select[*tuple[Any, ...]]:
    """The settings of a site, if any were ever made."""
    return select(guidance_settings).where(guidance_settings.c.site == site)


def is_over(site: SiteId, interaction: InteractionId, at: Instant) -> Update:
    """The conversation is wrapped up: how long it took; a second word of it changes nothing."""
    mine = (guidance_seen.c.site == site) & (guidance_seen.c.interaction == interaction)
    return (
        update(guidance_seen)
        .where(mine, guidance_seen.c.handle_ms.is_(None))
        .values(handle_ms=at - guidance_seen.c.at)
    )


def is_rated(site: SiteId, interaction: InteractionId, score: int) -> Update:
    """The customer rated it."""
    return (
        update(guidance_seen)
        .where(guidance_seen.c.site == site, guidance_seen.c.interaction == interaction)
        .values(rating=score)
    )


def sums(site: SiteId, since: Instant, until: Instant) -> Select[*tuple[Any, ...]]:
    """By state, guided or not and spared or not: how many, and sums of handle times and ratings."""
    handle, rating = guidance_seen.c.handle_ms, guidance_seen.c.rating
    # As floating point: the squares of milliseconds would not fit whole numbers.
    seconds = handle / 1000.0
    return (
        select(
            guidance_seen.c.state,
            guidance_seen.c.guided,
            func.count().label("seen"),
            func.count(handle).label("handled"),
            func.sum(seconds).label("handle_s"),
            func.sum(seconds * seconds).label("handle_ss"),
            func.count(rating).label("rated"),
            func.sum(rating).label("rating_s"),
            func.sum(rating * rating).label("rating_ss"),
        )
        .where(guidance_seen.c.site == site, guidance_seen.c.at >= since)
        .where(guidance_seen.c.at < until)
        .group_by(guidance_seen.c.state, guidance_seen.c.guided)
    )


def said(site: SiteId, since: Instant, until: Instant, *, limit: int) -> Select[*tuple[Any, ...]]:
    """The newest conversations behind the effect, those that were wrapped up first."""
    return (
        select(guidance_seen)
        .where(guidance_seen.c.site == site, guidance_seen.c.at >= since)
        .where(guidance_seen.c.at < until)
        .order_by(
            case((guidance_seen.c.handle_ms.is_(None), 1), else_=0),
            guidance_seen.c.at.desc(),
            guidance_seen.c.interaction,
        )
        .limit(limit)
    )
