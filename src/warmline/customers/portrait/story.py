"""One story of a person: talks, orders, what happened to them, promises and merges, by time."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from warmline.core.words import LATEST, CustomerId, Malformed, SiteId
from warmline.customers.matching.tables import merge
from warmline.customers.orders import queries as orders
from warmline.customers.portrait.model import Entry, Place, Source, Talks, Wanted
from warmline.customers.portrait.tables import promise
from warmline.storage.database import Database
from warmline.storage.rows import rows

_PARTS = 3


def place(entry: Entry) -> str:
    """Where a page ends: what `before` takes to go on."""
    return f"{entry['at']}.{entry['kind']}.{entry['id']}"


def read_place(text: str) -> Place:
    """A place in a story, as `place` wrote it."""
    at, *rest = text.split(".", _PARTS - 1)
    if len(rest) != _PARTS - 1 or not at.isdecimal() or int(at) > LATEST:
        raise Malformed("before", "is not a place in this story")
    return Place(at=int(at), kind=rest[0], id=rest[1])


async def page(
    sources: Sequence[Source], ids: Collection[CustomerId], wanted: Wanted
) -> tuple[Sequence[Entry], str | None]:
    """The newest entries before a place, of all kinds that are wanted, and where to go on."""
    found: list[Entry] = []
    for source in sources:
        if wanted.kinds is None or not set(wanted.kinds).isdisjoint(source.kinds):
            found.extend(await source.entries(ids, wanted))
    found.sort(key=lambda one: (one["at"], one["kind"], one["id"]), reverse=True)
    shown = found[: wanted.limit]
    more = len(found) >= wanted.limit and bool(shown)
    return shown, place(shown[-1]) if more else None


class TalkSource:
    """Conversations over all channels, callbacks among them."""

    kinds: Collection[str] = frozenset({"conversation"})

    def __init__(self, talks: Talks) -> None:
        self._talks = talks

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first."""
        found = await self._talks.talks(
            ids,
            before=None if wanted.before is None else wanted.before.bound("conversation"),
            medium=wanted.medium,
            agent=wanted.agent,
            queue=wanted.queue,
            since=wanted.since,
            until=wanted.until,
            limit=wanted.limit,
        )
        return [
            {**one, "kind": "conversation", "at": one["started_at"], "id": one["interaction"]}
            for one in found
        ]


class OrderSource:
    """Orders and what happened to them."""

    kinds: Collection[str] = frozenset({"order", "order_event"})

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first."""
        if wanted.of_talks or wanted.agent is not None:
            return ()
        before = wanted.before
        cursor = None if before is None else f"{before.at}.{before.kind}.{before.id}"
        query: Any = orders.story(self._site, ids, before=cursor, limit=wanted.limit)
        columns = query.selected_columns
        if wanted.since:
            query = query.where(columns.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(columns.at < wanted.until)
        if wanted.kinds is not None:
            query = query.where(columns.kind.in_(sorted(wanted.kinds)))
        async with self._database.read() as connection:
            return [dict(one) for one in await rows(connection, query)]


class PromiseSource:
    """What was promised, at the moment when it was."""

    kinds: Collection[str] = frozenset({"promise"})

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first."""
        if wanted.of_talks:
            return ()
        async with self._database.read() as connection:
            found = await rows(connection, self._query(ids, wanted))
        fields = ("id", "text", "due_at", "state", "agent", "interaction", "settled_at")
        return [
            {"kind": "promise", "at": one["made_at"], **{name: one[name] for name in fields}}
            for one in found
        ]

    def _query(self, ids: Collection[CustomerId], wanted: Wanted) -> Select[Any]:
        query = (
            select(promise)
            .where(
                promise.c.site == self._site,
                promise.c.customer.in_(ids),
                promise.c.made_at >= wanted.since,
            )
            .order_by(promise.c.made_at.desc(), promise.c.id.desc())
            .limit(wanted.limit)
        )
        if wanted.until is not None:
            query = query.where(promise.c.made_at < wanted.until)
        if wanted.agent is not None:
            query = query.where(promise.c.agent == wanted.agent)
        if wanted.before is not None:
            at, id_ = wanted.before.bound("promise")
            query = query.where(
                or_(
                    promise.c.made_at < at,
                    (promise.c.made_at == at) & (promise.c.id < id_),
                )
            )
        return query


class MergeSource:
    """Records of a person that were joined, or parted, and stayed so."""

    kinds: Collection[str] = frozenset({"merge"})

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those that are wanted, the newest first."""
        if wanted.of_talks or wanted.agent is not None:
            return ()
        query = (
            select(merge.c.id, merge.c.at, merge.c.kind.label("how"), merge.c.cause, merge.c.share)
            .where(
                merge.c.site == self._site,
                or_(merge.c.other.in_(ids), merge.c.into.in_(ids)),
                merge.c.undone_at.is_(None),
                merge.c.at >= wanted.since,
            )
            .order_by(merge.c.at.desc(), merge.c.id.desc())
            .limit(wanted.limit)
        )
        if wanted.until is not None:
            query = query.where(merge.c.at < wanted.until)
        if wanted.before is not None:
            at, id_ = wanted.before.bound("merge")
            query = query.where(or_(merge.c.at < at, (merge.c.at == at) & (merge.c.id < id_)))
        async with self._database.read() as connection:
            return [{**one, "kind": "merge"} for one in await rows(connection, query)]
