"""What can be asked about imports: one function per question, always within one site."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Delete, Select, Update, delete, select, update

from warmline.core.words import Instant, SiteId
from warmline.customers.importing.model import JOBS_LIMIT, UNDONE, Kind, State
from warmline.customers.importing.tables import import_fault, import_job, import_mapping


def one(site: SiteId, id_: str) -> Select[Any]:
    """One import."""
    return select(import_job).where(import_job.c.site == site, import_job.c.id == id_)


def newest(site: SiteId) -> Select[Any]:
    """The imports, the newest first."""
    return (
        select(import_job)
        .where(import_job.c.site == site)
        .order_by(import_job.c.created_at.desc(), import_job.c.id)
        .limit(JOBS_LIMIT)
    )


def next_waiting(site: SiteId) -> Select[Any]:
    """The import that has waited longest."""
    return (
        select(import_job)
        .where(import_job.c.site == site, import_job.c.state == State.WAITING.value)
        .order_by(import_job.c.started_at, import_job.c.id)
        .limit(1)
    )


def with_files(site: SiteId, *, before: Instant | None = None) -> Select[*tuple[Any, ...]]:
    """Imports whose files are kept; with `before` those that came earlier and do not run."""
    found = select(import_job.c.id, import_job.c.pieces).where(import_job.c.site == site)
    if before is None:
        return found
    return found.where(
        import_job.c.created_at < before, import_job.c.state.not_in([s.value for s in UNDONE])
    )


def change(site: SiteId, id_: str) -> Update:
    """Changes one import."""
    return update(import_job).where(import_job.c.site == site, import_job.c.id == id_)


def in_states(site: SiteId, states: Collection[State]) -> Update:
    """Changes the imports in these states."""
    named = [state.value for state in states]
    return update(import_job).where(import_job.c.site == site, import_job.c.state.in_(named))


def faults(site: SiteId, job: str, *, after: int, limit: int) -> Select[Any]:
    """Rows of an import that were wrong, by their lines."""
    return (
        select(import_fault)
        .where(import_fault.c.site == site, import_fault.c.job == job, import_fault.c.line > after)
        .order_by(import_fault.c.line)
        .limit(limit)
    )


def faults_of(site: SiteId, *jobs: str) -> Delete:
    """Forgets the wrong rows of imports."""
    return delete(import_fault).where(import_fault.c.site == site, import_fault.c.job.in_(jobs))


def mappings(site: SiteId, kind: Kind | None = None) -> Select[Any]:
    """Mappings kept by name."""
    found = select(import_mapping).where(import_mapping.c.site == site)
    if kind is not None:
        found = found.where(import_mapping.c.kind == kind.value)
    return found.order_by(import_mapping.c.kind, import_mapping.c.name)
