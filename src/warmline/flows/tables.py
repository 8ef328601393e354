"""The tables of flows: their versions as text, and where customers stand in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    case,
    select,
    update,
)

from warmline.core.words import SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.version_rows import VersionRows, version_table

ID = String(ID_CHARS)
_SITE = String(SITE_CHARS)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


flow_version = version_table("flow_version", "flow")
"""A flow as text."""


def _drafts_first(table: Table) -> Sequence[ColumnElement[Any]]:
    """Drafts, then the newest number first."""
    is_draft = case((table.c.stage == "draft", 0), else_=1)
    return table.c.flow, is_draft, table.c.number.desc(), table.c.updated_at.desc()


FLOW_VERSIONS = VersionRows(flow_version, "flow", order=_drafts_first)

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
