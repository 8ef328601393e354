"""Changes that can be taken back: each row is kept as it was before and as it is after.

A change goes through `Ledger`, which writes the row and remembers both; `take_back` goes through
what was remembered in the opposite order. What somebody changed in between stays changed: a
column goes back only while it holds what the change left in it, and a row that is gone stays gone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.matching.tables import moved
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.rows import Row, row, rows

TABLES: Mapping[str, Table] = {"customer": customer, "identifier": identifier, "fact": fact}
KEYS: Mapping[str, tuple[str, ...]] = {
    "customer": ("id",),
    "identifier": ("kind", "value", "customer"),
    "fact": ("id",),
}
CONVERSATION = "conversation"
"""Rows of another room, moved by it: `interaction` and `customer`."""
Kept = Mapping[str, Any]


@dataclass(slots=True)
class Ledger:
    """Writes rows of one site and remembers what it did."""

    connection: AsyncConnection
    site: SiteId
    kept: list[tuple[str, Kept | None, Kept | None]] = field(
        default_factory=list[tuple[str, Kept | None, Kept | None]]
    )

    async def change(self, what: str, before: Row, **values: object) -> None:
        """Give a row other values, its key too where it must."""
        after = {**before, **values}
        if after == dict(before):
            return
        table = TABLES[what]
        await self.connection.execute(
            update(table).where(at(what, self.site, before)).values(**values)
        )
        self.kept.append((what, _plain(before), _plain(after)))

    async def drop(self, what: str, before: Row) -> None:
        """Remove a row."""
        await self.connection.execute(delete(TABLES[what]).where(at(what, self.site, before)))
        self.kept.append((what, _plain(before), None))

    async def add(self, what: str, after: Kept) -> None:
        """Insert a row; `site` is ours."""
        await self.connection.execute(insert(TABLES[what]).values(site=self.site, **after))
        self.kept.append((what, None, _plain(after)))

    def note(self, what: str, before: Kept, after: Kept) -> None:
        """Remember what another room has moved."""
        self.kept.append((what, before, after))

    async def save(self, merge: str) -> None:
        """Keep what was done under the id of a merge."""
        found = [
            {
                "site": self.site,
                "merge": merge,
                "place": place,
                "what": what,
                "before": before,
                "after": after,
            }
            for place, (what, before, after) in enumerate(self.kept)
        ]
        if found:
            await self.connection.execute(insert(moved), found)


def at(what: str, site: SiteId, found: Kept) -> ColumnElement[bool]:
    """Where a row stands."""
    table = TABLES[what]
    return and_(table.c.site == site, *(table.c[key] == found[key] for key in KEYS[what]))


def _plain(found: Kept) -> dict[str, Any]:
    """A row as JSON keeps it, without its site."""
    made = {name: value for name, value in found.items() if name != "site"}
    assert json.loads(json.dumps(made)) == made, "a column that JSON cannot keep"
    return made


async def kept_of(connection: AsyncConnection, site: SiteId, merge: str) -> Sequence[Row]:
    """What a merge did, in order."""
    query = select(moved).where(moved.c.site == site, moved.c.merge == merge)
    return await rows(connection, query.order_by(moved.c.place))


async def take_back(
    connection: AsyncConnection,
    site: SiteId,
    kept: Sequence[Row],
    *,
    holder: CustomerId,
    now: Instant,
) -> None:
    """Bring rows of ours back to what they were, the last change first.

    `holder` is who has had them since: what was dropped because they had it too comes back only
    while they still have it.
    """
    for one in reversed(kept):
        what, before, after = one["what"], one["before"], one["after"]
        if what not in TABLES:
            continue
        if before is None:
            await connection.execute(delete(TABLES[what]).where(at(what, site, after)))
        elif after is None:
            twin = at(what, site, {**before, "customer": holder})
            if await row(connection, select(TABLES[what]).where(twin)) is not None:
                await connection.execute(insert(TABLES[what]).values(site=site, **before))
        else:
            await _revert(connection, site, what, before, after, now)


async def _revert(
    connection: AsyncConnection, site: SiteId, what: str, before: Kept, after: Kept, now: Instant
) -> None:
    table = TABLES[what]
    present = await row(connection, select(table).where(at(what, site, after)))
    if present is None:
        return
    if what == "identifier":
        # Proof gathered since was the joined person's: an identifier goes back as sure as it was.
        values: dict[str, Any] = {name: before[name] for name in before if name in present}
    else:
        untouched = {name for name in after if present.get(name) == after[name]}
        values = {name: before[name] for name in untouched if before[name] != after[name]}
        if "updated_at" in after and len(untouched) < len(after):
            values["updated_at"] = now
    if values:
        await connection.execute(update(table).where(at(what, site, after)).values(**values))
