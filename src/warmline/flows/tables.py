"""The tables of flows: their versions as text, and where customers stand in them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Delete,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    case,
    delete,
    func,
    select,
    update,
)

from warmline.core.words import SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

ID = String(ID_CHARS)
_SITE = String(SITE_CHARS)
_WORD = String(32)
VERSIONS_SHOWN = 500
_DRAFT, _PUBLISHED, _PAST = "draft", "published", "past"


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


flow_version = Table(
    "flow_version",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("flow", ID, required=True),
    _column("number", Integer),
    _column("name", String(120), required=True),
    _column("text", Text, required=True),
    _column("stage", _WORD, required=True),
    _column("tag", Integer, required=True),
    _column("created_at", BigInteger, required=True),
    _column("created_by", ID),
    _column("updated_at", BigInteger, required=True),
    _column("updated_by", ID),
    _column("published_at", BigInteger),
    _column("published_by", ID),
    Index("ix_flow_version_stage", "site", "flow", "stage"),
    Index("ix_flow_version_number", "site", "flow", "number"),
)
"""A flow as text; `number` is given when it is published, `stage` is draft, published or past."""

flow_run = Table(
    "flow_run",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("flow", ID, required=True),
    _column("version", Integer, required=True),
    _column("place", Text, required=True),
    _column("taken", ID),
    _column("began_at", BigInteger, required=True),
    _column("moved_at", BigInteger, required=True),
    _column("ended_at", BigInteger),
    _column("end", ID),
    Index("ix_flow_run_open", "site", "ended_at"),
    Index("ix_flow_run_began", "site", "flow", "began_at"),
)
"""Where the customer of an interaction stands: `place` as the core keeps it (what they keyed in
stands there), `taken` the last message that was an answer, `end` the step it ended at."""


def one_version(site: SiteId, id_: str) -> Select[Any]:
    """A version with its text."""
    return select(flow_version).where(flow_version.c.site == site, flow_version.c.id == id_)


def numbered(site: SiteId, flow: str, number: int) -> Select[Any]:
    """The version of a flow that was published under a number."""
    return select(flow_version).where(
        flow_version.c.site == site, flow_version.c.flow == flow, flow_version.c.number == number
    )


def versions(site: SiteId, flow: str | None) -> Select[Any]:
    """Versions without their texts: drafts, then the newest number first."""
    columns = [column for column in flow_version.c if column.name not in {"site", "text"}]
    query = select(*columns).where(flow_version.c.site == site)
    if flow is not None:
        query = query.where(flow_version.c.flow == flow)
    is_draft = case((flow_version.c.stage == _DRAFT, 0), else_=1)
    order = (is_draft, flow_version.c.number.desc(), flow_version.c.updated_at.desc())
    return query.order_by(flow_version.c.flow, *order).limit(VERSIONS_SHOWN)


def published(site: SiteId) -> Select[Any]:
    """The versions in force, of each flow one."""
    return (
        select(flow_version)
        .where(flow_version.c.site == site, flow_version.c.stage == _PUBLISHED)
        .order_by(flow_version.c.flow)
    )


def largest_number(site: SiteId, flow: str) -> Select[Any]:
    """The largest number of a flow's versions."""
    return select(func.max(flow_version.c.number)).where(
        flow_version.c.site == site, flow_version.c.flow == flow
    )


def version_count(site: SiteId) -> Select[Any]:
    """How many versions there are, of all flows."""
    return select(func.count()).select_from(flow_version).where(flow_version.c.site == site)


def change_version(site: SiteId, id_: str) -> Update:
    """Change one version."""
    return update(flow_version).where(flow_version.c.site == site, flow_version.c.id == id_)


def no_longer_published(site: SiteId, flow: str) -> Update:
    """What was in force of a flow is past."""
    return (
        update(flow_version)
        .where(
            flow_version.c.site == site,
            flow_version.c.flow == flow,
            flow_version.c.stage == _PUBLISHED,
        )
        .values(stage=_PAST)
    )


def remove_draft(site: SiteId, id_: str) -> Delete:
    """Remove a draft."""
    return delete(flow_version).where(
        flow_version.c.site == site, flow_version.c.id == id_, flow_version.c.stage == _DRAFT
    )


# Customers in flows


def one_run(site: SiteId, interaction: str) -> Select[Any]:
    """Where the customer of an interaction stands."""
    return select(flow_run).where(flow_run.c.site == site, flow_run.c.interaction == interaction)


def open_runs(site: SiteId, *, limit: int) -> Select[Any]:
    """Whose flow is not over, the oldest first."""
    return (
        select(flow_run)
        .where(flow_run.c.site == site, flow_run.c.ended_at.is_(None))
        .order_by(flow_run.c.began_at)
        .limit(limit)
    )


def change_run(site: SiteId, interaction: str) -> Update:
    """Somebody stands elsewhere."""
    return update(flow_run).where(flow_run.c.site == site, flow_run.c.interaction == interaction)
