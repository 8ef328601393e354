"""The tables of the room: versions of the policy, trials of them, and what-if runs."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    func,
    select,
    update,
)

from warmline.core.words import Instant, SiteId
from warmline.policies.model import NAME_CHARS, Stage
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)
_WORD = String(32)
PAGE_LIMIT = 200


def _key(name: str = "id") -> tuple[Column[str], Column[str]]:
    return (
        Column("site", String(SITE_CHARS), primary_key=True),
        Column(name, _ID, primary_key=True),
    )


policy_version = Table(
    "policy_version",
    metadata,
    *_key(),
    Column("number", Integer),
    Column("name", String(NAME_CHARS), nullable=False),
    Column("text", Text, nullable=False),
    Column("stage", _WORD, nullable=False),
    Column("tag", Integer, nullable=False),
    Column("based_on", _ID),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", _ID),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", _ID),
    Column("published_at", BigInteger),
    Column("published_by", _ID),
    Index(None, "site", "updated_at"),
    Index(None, "site", "stage"),
)
"""A policy as text; `number` is given when it decides for the first time."""

policy_trial = Table(
    "policy_trial",
    metadata,
    *_key(),
    Column("version", _ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("against", Integer, nullable=False),
    Column("share_pct", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", _ID),
    Column("ends_at", BigInteger),
    Column("ended_at", BigInteger),
    Index(None, "site", "version"),
)
"""A version that decided for a share of the customers, beside number `against`."""

what_if_run = Table(
    "what_if_run",
    metadata,
    *_key(),
    Column("name", String(NAME_CHARS), nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("day", _ID, nullable=False),
    Column("seeds", Integer, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("result", JSON),
    Column("detail", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", _ID),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Index(None, "site", "created_at"),
    Index(None, "site", "state"),
)
"""A day under two policies: what was asked, and what came of it."""


def one_version(site: SiteId, id_: str) -> Select[Any]:
    """One version."""
    return select(policy_version).where(policy_version.c.site == site, policy_version.c.id == id_)


def newest_versions(site: SiteId) -> Select[Any]:
    """The versions without their texts, the one that was touched last first."""
    shown = [column for column in policy_version.c if column.name != "text"]
    return (
        select(*shown)
        .where(policy_version.c.site == site)
        .order_by(policy_version.c.updated_at.desc(), policy_version.c.id)
        .limit(PAGE_LIMIT)
    )


def published_version(site: SiteId) -> Select[Any]:
    """The version in force."""
    return select(policy_version).where(
        policy_version.c.site == site, policy_version.c.stage == Stage.PUBLISHED.value
    )


def largest_number(site: SiteId) -> Select[Any]:
    """The largest number that a version has."""
    return select(func.max(policy_version.c.number)).where(policy_version.c.site == site)


def how_many(site: SiteId, stage: Stage | None = None) -> Select[int]:
    """How many versions there are, of one stage or of all."""
    query = select(func.count()).where(policy_version.c.site == site)
    return query if stage is None else query.where(policy_version.c.stage == stage.value)


def change_version(site: SiteId, id_: str) -> Update:
    """One version, to be changed."""
    return update(policy_version).where(policy_version.c.site == site, policy_version.c.id == id_)


def no_longer_published(site: SiteId) -> Update:
    """What was in force is past."""
    return (
        update(policy_version)
        .where(policy_version.c.site == site, policy_version.c.stage == Stage.PUBLISHED.value)
        .values(stage=Stage.PAST.value)
    )


def trials_of(site: SiteId, versions: Collection[str]) -> Select[Any]:
    """The trials of some versions, in order."""
    return (
        select(policy_trial)
        .where(policy_trial.c.site == site, policy_trial.c.version.in_(versions))
        .order_by(policy_trial.c.started_at, policy_trial.c.id)
    )


def one_trial(site: SiteId, id_: str) -> Select[Any]:
    """One trial."""
    return select(policy_trial).where(policy_trial.c.site == site, policy_trial.c.id == id_)


def end_trial(site: SiteId, id_: str, at: Instant) -> tuple[Update, Update]:
    """The trial is over, and its version is past; twice does no harm."""
    whose = (
        select(policy_trial.c.version)
        .where(policy_trial.c.site == site, policy_trial.c.id == id_)
        .scalar_subquery()
    )
    return (
        update(policy_trial)
        .where(
            policy_trial.c.site == site,
            policy_trial.c.id == id_,
            policy_trial.c.ended_at.is_(None),
        )
        .values(ended_at=at),
        update(policy_version)
        .where(
            policy_version.c.site == site,
            policy_version.c.id == whose,
            policy_version.c.stage == Stage.TRIAL.value,
        )
        .values(stage=Stage.PAST.value),
    )


# What-if runs


def one_run(site: SiteId, id_: str) -> Select[Any]:
    """One run."""
    return select(what_if_run).where(what_if_run.c.site == site, what_if_run.c.id == id_)


def newest_runs(site: SiteId) -> Select[Any]:
    """The runs without their results, the newest first."""
    shown = [column for column in what_if_run.c if column.name != "result"]
    return (
        select(*shown)
        .where(what_if_run.c.site == site)
        .order_by(what_if_run.c.created_at.desc(), what_if_run.c.id)
        .limit(PAGE_LIMIT)
    )


def runs_in(site: SiteId, states: Collection[str]) -> Select[Any]:
    """The runs in some states, the oldest first."""
    return (
        select(what_if_run)
        .where(what_if_run.c.site == site, what_if_run.c.state.in_(states))
        .order_by(what_if_run.c.created_at, what_if_run.c.id)
    )


def change_run(site: SiteId, id_: str) -> Update:
    """One run, to be changed."""
    return update(what_if_run).where(what_if_run.c.site == site, what_if_run.c.id == id_)
