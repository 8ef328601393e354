"""The pieces of consent and rights put together over what the other rooms keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter

from warmline.core.words import SiteId
from warmline.customers.directory import Directory
from warmline.customers.model import Audit, Sight, UserNames
from warmline.customers.rights.contact_routes import contact_routes
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.erasure import Erasure
from warmline.customers.rights.erasure_routes import erasure_routes
from warmline.customers.rights.expiry import AttemptsExpiry, ImportsExpiry
from warmline.customers.rights.export import Export
from warmline.customers.rights.export_routes import export_routes
from warmline.customers.rights.flag_routes import flag_routes
from warmline.customers.rights.idle import IdleCustomers, SeenSince
from warmline.customers.rights.known import MergesKnown
from warmline.customers.rights.retention import Retention
from warmline.customers.rights.retention_routes import retention_routes
from warmline.customers.rights.room import Room
from warmline.ports import (
    Blobs,
    Clock,
    Expiring,
    Guard,
    Journal,
    Known,
    Privacy,
    State,
    Sweep,
    Traces,
)
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What customers may ask of us: answered through routes, and nightly by retention."""

    contacts: Contacts
    erasure: Erasure
    export: Export
    retention: Retention

    def routes(
        self,
        *,
        needs: Guard,
        directory: Directory,
        sight: Sight,
        privacy: Privacy,
        users: UserNames,
    ) -> APIRouter:
        """Consents, flags, export, erasure and retention."""
        room = Room(
            database=self.contacts.database,
            state=self.contacts.state,
            needs=needs,
            clock=self.contacts.clock,
            site=self.contacts.site,
            sight=sight,
            privacy=privacy,
            users=users,
            audit=self.erasure.audit,
            contacts=self.contacts,
        )
        router = APIRouter()
        for part in (
            contact_routes(room),
            flag_routes(room),
            export_routes(export=self.export, needs=needs, privacy=privacy),
            erasure_routes(erasure=self.erasure, directory=directory, needs=needs, privacy=privacy),
            retention_routes(retention=self.retention, needs=needs),
        ):
            router.include_router(part)
        return router


def open_rights(
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    blobs: Blobs,
    journal: Journal,
    audit: Audit,
    traces: Sequence[Traces],
    known: Sequence[Known],
    expiring: Sequence[Expiring],
    sweeps: Sequence[Sweep],
    seen_since: SeenSince,
    backups: Path,
) -> Rights:
    """Rights over the rooms and channels that keep something of customers."""
    erasure = Erasure(
        database=database,
        site=site,
        clock=clock,
        state=state,
        blobs=blobs,
        traces=traces,
        audit=audit,
        backups=backups,
        sweeps=sweeps,
    )
    return Rights(
        contacts=Contacts(database=database, site=site, clock=clock, state=state),
        erasure=erasure,
        export=Export(
            database=database,
            site=site,
            clock=clock,
            state=state,
            blobs=blobs,
            journal=journal,
            known=(*known, MergesKnown(site)),
            audit=audit,
        ),
        retention=Retention(
            database=database,
            site=site,
            clock=clock,
            state=state,
            blobs=blobs,
            classes=(
                *expiring,
                ImportsExpiry(site),
                AttemptsExpiry(site),
                IdleCustomers(erasure=erasure, seen_since=seen_since),
            ),
            traces=traces,
            audit=audit,
            finish=erasure.finish,
            sweeps=sweeps,
        ),
    )
