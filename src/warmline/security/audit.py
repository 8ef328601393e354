"""The audit: who changed what; settings with both values, people only by the names of fields."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, insert

from warmline.core.words import Actor, Instant, SiteId
from warmline.ports import Clock, Write
from warmline.security.tables import audit, audit_page
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

PAGE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One change or deed; `before` and `after` hold the changed fields of a setting."""

    id: str
    at: Instant
    user: str | None
    action: str
    kind: str
    item: str
    fields: list[str]
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


class Audit:
    """Makes audit rows that travel with what they speak of, and reads them."""

    def __init__(self, database: Database, site: SiteId, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._clock = clock

    def row(
        self, actor: Actor, action: str, kind: str, item: str, *, fields: Sequence[str] = ()
    ) -> Insert:
        """A deed concerning a person: which fields it changed, never their values."""
        return self._insert(actor, action, kind, item, list(fields), None, None)

    def setting(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write:
        """A change of a setting, with the values of the fields that differ."""
        old, new = before or {}, after or {}
        changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        return Write(
            statement=self._insert(
                actor,
                action,
                kind,
                item,
                changed,
                None if before is None else {name: old.get(name) for name in changed},
                None if after is None else {name: new.get(name) for name in changed},
            )
        )

    async def page(
        self, *, equal: Mapping[str, str], before: str | None, limit: int
    ) -> list[AuditRow]:
        """The newest rows that match, at most `limit`; go on with the last one's id as `before`."""
        page = audit_page(self._site, equal=equal, before=before, limit=min(limit, PAGE_LIMIT))
        async with self._database.read() as connection:
            return [AuditRow(**_named(found)) for found in await rows(connection, page)]

    def _insert(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        fields: list[str],
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Insert:
        now = self._clock.now()
        return insert(audit).values(
            site=self._site,
            id=f"{now:012x}-{secrets.token_hex(8)}",  # sorts by time
            at=now,
            user=actor.user,
            action=action,
            kind=kind,
            item=item,
            fields=fields,
            before=before,
            after=after,
        )


def _named(found: Row) -> dict[str, Any]:
    return {name: found[name] for name in AuditRow.__dataclass_fields__}
