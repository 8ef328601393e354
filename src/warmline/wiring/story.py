"""What cases and courtesy contacts tell of a customer, as entries of the one story."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, Table, or_, select

from warmline.core.words import CustomerId, SiteId
from warmline.customers.portrait.model import Entry, Wanted
from warmline.experience.cases.tables import case
from warmline.outreach.courtesy.model import State
from warmline.outreach.courtesy.tables import courtesy
from warmline.storage.database import Database
from warmline.storage.rows import rows


@dataclass(slots=True, kw_only=True)
class CaseSource:
    """Cases, at the moment when they were opened (`portrait.model.Source`)."""

    database: Database
    site: SiteId
    kinds: Collection[str] = frozenset({"case"})

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first; who served is the agent."""
        if wanted.medium is not None:
            return ()
        query = _story(self.site, case, case.c.opened_at, case.c.id, "case", ids, wanted)
        for name, value in (("agent", wanted.agent), ("queue", wanted.queue)):
            if value is not None:
                query = query.where(case.c[name] == value)
        async with self.database.read() as connection:
            found = await rows(connection, query)
        fields = ("id", "source", "state", "outcome", "due_at", "closed_at", "agent", "interaction")
        return [
            {"kind": "case", "at": one["opened_at"], **{name: one[name] for name in fields}}
            for one in found
        ]


@dataclass(slots=True, kw_only=True)
class CourtesySource:
    """Courtesy mails that left, at that moment (`portrait.model.Source`)."""

    database: Database
    site: SiteId
    kinds: Collection[str] = frozenset({"courtesy"})

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first; the id is the order's."""
        if wanted.of_talks or wanted.agent is not None:
            return ()
        query = _story(
            self.site, courtesy, courtesy.c.at, courtesy.c.order, "courtesy", ids, wanted
        )
        async with self.database.read() as connection:
            found = await rows(connection, query.where(courtesy.c.state != State.LEFT.value))
        return [
            {
                "kind": "courtesy",
                "at": one["at"],
                "id": one["order"],
                "order": one["order"],
                "channel": one["channel"],
                "delivered_at": one["delivered_at"],
            }
            for one in found
        ]


def _story(
    site: SiteId,
    table: Table,
    at: Column[Any],
    id_: Column[Any],
    kind: str,
    ids: Collection[CustomerId],
    wanted: Wanted,
) -> Select[Any]:
    """The rows of a person in the part of a story that is wanted, the newest first."""
    query = (
        select(table)
        .where(table.c.site == site, table.c.customer.in_(ids), at >= wanted.since)
        .order_by(at.desc(), id_.desc())
        .limit(wanted.limit)
    )
    if wanted.until is not None:
        query = query.where(at < wanted.until)
    if wanted.before is not None:
        moment, last = wanted.before.bound(kind)
        query = query.where(or_(at < moment, (at == moment) & (id_ < last)))
    return query
