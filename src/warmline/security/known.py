"""What the audit keeps about customers: who looked or changed, told to the person; and its end."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.ports import Due, Person
from warmline.security.tables import audit, user
from warmline.storage.rows import rows

KIND = "customer"
VIEWS = ("revealed", "exported")
"""Deeds that only looked."""


class AuditKnown:
    """The audit rows about a person: deed, moment, fields, and the role of who did it."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Who looked at or changed the person's data; colleagues by number and role only."""
        query = (
            select(audit, user.c.roles)
            .outerjoin(user, (user.c.site == audit.c.site) & (user.c.id == audit.c.user))
            .where(
                audit.c.site == self._site,
                audit.c.kind == KIND,
                audit.c.item.in_(sorted(who.ids)),
            )
            .order_by(audit.c.id)
        )
        return {
            "audit": [
                {
                    "at": one["at"],
                    "action": one["action"],
                    "fields": one["fields"],
                    "user": one["user"],
                    "roles": one["roles"],
                    "told": one["after"],
                }
                for one in await rows(connection, query)
            ]
        }


class ViewsExpiry:
    """The audit of who looked at customers; what changed something stays."""

    kind = "views"

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """The rows from before a moment."""
        count = await connection.scalar(
            select(func.count()).select_from(audit).where(self._old(before))
        )
        first = await connection.scalars(self._first(before, samples))
        return Due(count=count or 0, samples=tuple(first))

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Delete the oldest of them."""
        del at
        ids = list(await connection.scalars(self._first(before, limit)))
        await connection.execute(
            audit.delete().where(audit.c.site == self._site, audit.c.id.in_(ids))
        )
        return len(ids), ()

    def _first(self, before: Instant, limit: int) -> Any:
        return select(audit.c.id).where(self._old(before)).order_by(audit.c.id).limit(limit)

    def _old(self, before: Instant) -> Any:
        return (
            (audit.c.site == self._site)
            & (audit.c.kind == KIND)
            & audit.c.action.in_(VIEWS)
            & (audit.c.at < before)
        )
