"""`GET /search`: messages and notes by their words, as far as the searcher may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from warmline.conversations import search
from warmline.conversations.filling import filled
from warmline.conversations.model import Author, MessageState
from warmline.conversations.room import Room, shown_list
from warmline.conversations.scope import Sight
from warmline.conversations.tables import conversation, entry, message
from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    Malformed,
    Medium,
    SiteId,
)
from warmline.storage import stems
from warmline.storage.fulltext import Asked, Matches, Rank, index
from warmline.storage.rows import Row, rows

QUERY_LIMIT_CHARS = 200
FOUND_LIMIT = 50
LOOK = 5_000
"""A request looks through this many entries that have the words; the next one goes on."""
BEST_LOOK = 1_000
"""The best are chosen among this many of the newest."""
Which = Annotated[str | None, Query(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Among which messages is searched; None lets all through."""

    medium: Medium | None = None
    queue: str | None = None
    agent: str | None = None
    customers: tuple[CustomerId, ...] = ()
    notes: bool | None = None
    since: Instant = 0
    below: int | None = None
    """Entries with smaller ids alone: those before a moment, or after a page."""
    above: int | None = None
    """Entries with this id or larger ones alone: as far as one request looks."""


Hit: TypeAlias = tuple[Row, Row]
"""A message, and the header of its conversation."""


def found(site: SiteId, asked: Asked, by: Narrowed, *, best: bool) -> Select[*tuple[Any, ...]]:
    """Entries with every word, with the headers of their conversations."""
    place: ColumnElement[Any] = index.c.rowid
    order: tuple[ColumnElement[Any], ...] = (place.desc(),)
    source: Any = index
    if best:
        hits = search.newest(asked, since=by.since, below=by.below).add_columns(
            Rank(asked).label("rank")
        )
        source = hits.limit(BEST_LOOK).subquery()
        place, order = source.c.id, (source.c.rank, source.c.id.desc())
    theirs = (conversation.c.site == entry.c.site) & (
        conversation.c.interaction == entry.c.interaction
    )
    query = (
        select(entry.c.id.label("place"), entry.c.message, conversation)
        .select_from(source)
        .join(entry, entry.c.id == place)
        .join(conversation, theirs)
        .where(entry.c.site == site)
        .order_by(*order)
    )
    if not best:
        query = query.where(Matches(asked), *_bounds(by))
    return _narrowed(query, by)


def _bounds(by: Narrowed) -> Sequence[ColumnElement[bool]]:
    rowid = index.c.rowid
    bounds = [rowid >= by.since * search.ID_STEP] if by.since else []
    bounds += [] if by.above is None else [rowid >= by.above]
    return bounds if by.below is None else [*bounds, rowid < by.below]


def _narrowed(query: Select[*tuple[Any, ...]], by: Narrowed) -> Select[*tuple[Any, ...]]:
    equal = {"medium": by.medium, "queue": by.queue, "agent": by.agent}
    for column, value in equal.items():
        if value is not None:
            query = query.where(conversation.c[column] == str(value))
    if by.customers:
        query = query.where(conversation.c.customer.in_(by.customers))
    if by.notes is not None:
        note = message.c.author == Author.NOTE.value
        said = (message.c.site == entry.c.site) & (message.c.id == entry.c.message)
        query = query.join(message, said).where(note if by.notes else ~note)
    return query


def last_looked_at(asked: Asked, by: Narrowed) -> Select[*tuple[Any, ...]]:
    """The id of the last entry that one request looks at; none when there are fewer."""
    return search.newest(asked, since=by.since, below=by.below).offset(LOOK - 1).limit(1)


async def page(
    connection: AsyncConnection,
    sight: Sight,
    actor: Actor,
    asked: Asked,
    by: Narrowed,
    *,
    site: SiteId,
    best: bool,
    limit: int,
) -> tuple[Sequence[Hit], str | None]:
    """What somebody finds, and where to go on: where the page, or the looking, ended."""
    above = None
    if not best:
        above = await connection.scalar(last_looked_at(asked, by))
        by = replace(by, above=above)
    query = sight.limit_to(actor, found(site, asked, by, best=best))
    heads = await rows(connection, query.limit(limit + 1))
    further = None if above is None else str(above)
    if len(heads) > limit:
        further = str(heads[limit - 1]["place"])
    columns = ("id", "seq", "at", "author", "agent", "text", "state")
    said = await rows(
        connection,
        select(*(message.c[name] for name in columns)).where(
            message.c.site == site, message.c.id.in_([one["message"] for one in heads[:limit]])
        ),
    )
    by_id = {one["id"]: one for one in said if one["state"] != MessageState.UNSENT.value}
    hits = [(by_id[one["message"]], one) for one in heads[:limit] if one["message"] in by_id]
    return hits, None if best else further


def add_search_routes(router: APIRouter, room: Room) -> None:
    """`GET /search`."""
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/search")
    async def find(
        actor: Annotated[Actor, reader],
        *,
        q: Annotated[str, Query(min_length=1, max_length=QUERY_LIMIT_CHARS)],
        order: Literal["newest", "best"] = "newest",
        queue: Which = None,
        agent: Which = None,
        customer: Which = None,
        medium: Medium | None = None,
        kind: Literal["said", "note"] | None = None,
        since: Annotated[int, Query(alias="from", ge=0, le=LATEST)] = 0,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        before: Annotated[str | None, Query(max_length=20)] = None,
        limit: Annotated[int, Query(ge=1, le=FOUND_LIMIT)] = 20,
    ) -> dict[str, object]:
        """Messages and notes that have every word, the newest first or those that fit best.

        `next` goes on where the search stopped looking, which may be before the page is full.
        """
        asked = stems.wanted(q)
        if not asked:
            raise Malformed("q", "has no word to look for", "no_words")
        same = await room.names.same(CustomerId(customer)) if customer else ()
        by = Narrowed(
            medium=medium,
            queue=queue,
            agent=agent,
            customers=tuple(same),
            notes=None if kind is None else kind == "note",
            since=since,
            below=_below(until, before),
        )
        async with room.database.read() as connection:
            hits, further = await page(
                connection,
                room.sight,
                actor,
                asked,
                by,
                site=room.site,
                best=order == "best",
                limit=limit,
            )
            complete = await filled(connection, room.site)
        return {
            "found": await _shown(room, actor, hits, asked),
            "next": further,
            "complete": complete,
        }


def _below(until: Instant | None, before: str | None) -> int | None:
    """The id that entries must be under: of a moment, of the last of a page, or of both."""
    bounds = [] if until is None else [until * search.ID_STEP]
    if before is not None:
        if not before.isdecimal():
            raise Malformed("before", "is not a place in this list")
        bounds.append(int(before))
    return min(bounds, default=None)


async def _shown(
    room: Room, actor: Actor, hits: Sequence[Hit], asked: Sequence[frozenset[str]]
) -> list[dict[str, object]]:
    heads = await shown_list(room, actor, [head for _, head in hits])
    agents = await room.names.agents({AgentId(said["agent"]) for said, _ in hits if said["agent"]})
    return [
        {**_said(said, asked, agents), "conversation": head}
        for (said, _), head in zip(hits, heads, strict=True)
    ]


def _said(
    said: Row, asked: Sequence[frozenset[str]], agents: Mapping[AgentId, str]
) -> dict[str, object]:
    piece, marks = stems.snippet(said["text"], asked)
    return {
        "message": said["id"],
        "seq": said["seq"],
        "at": said["at"],
        "author": said["author"],
        "agent_name": agents.get(AgentId(str(said["agent"]))),
        "snippet": piece,
        "marks": [list(one) for one in marks],
    }
