"""Lists of conversations, past and open: filtered, searched by their words, newest first."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Select, select

from warmline.conversations import queries, search
from warmline.conversations.room import Room, shown_list
from warmline.conversations.tables import conversation
from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    CustomerId,
    Instant,
    Malformed,
    Medium,
    Phase,
    SiteId,
)
from warmline.storage.rows import rows

LIST_LIMIT = 100
QUERY_LIMIT_CHARS = 200
_OPEN = tuple(phase.value for phase in Phase if phase not in {Phase.CLOSED, Phase.ABANDONED})
Which = Annotated[str | None, Query(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which conversations a list shows; None lets all through."""

    queue: str | None = None
    agent: str | None = None
    customers: tuple[CustomerId, ...] = ()
    medium: Medium | None = None
    phase: Phase | Literal["open"] | None = None
    since: Instant | None = None
    until: Instant | None = None
    text: str | None = None


def matching(site: SiteId, wanted: Wanted) -> Select[Any]:
    """The headers that `wanted` lets through, newest first."""
    query = (
        select(conversation)
        .where(conversation.c.site == site)
        .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction)
    )
    equal = {"queue": wanted.queue, "agent": wanted.agent, "medium": wanted.medium}
    for column, value in equal.items():
        if value is not None:
            query = query.where(conversation.c[column] == str(value))
    if wanted.customers:
        query = query.where(conversation.c.customer.in_(wanted.customers))
    if wanted.phase == "open":
        query = query.where(conversation.c.phase.in_(_OPEN))
    elif wanted.phase is not None:
        query = query.where(conversation.c.phase == wanted.phase.value)
    if wanted.since is not None:
        query = query.where(conversation.c.arrived_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(conversation.c.arrived_at < wanted.until)
    if wanted.text:
        found = search.matching(site, wanted.text)
        if found is not None:
            query = query.where(found)
    return query


def add_list_routes(router: APIRouter, room: Room) -> None:
    """`GET /interactions`."""
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/interactions")
    async def interactions(
        actor: Annotated[Actor, reader],
        *,
        queue: Which = None,
        agent: Which = None,
        customer: Which = None,
        medium: Medium | None = None,
        phase: Phase | Literal["open"] | None = None,
        since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
        q: Annotated[str | None, Query(max_length=QUERY_LIMIT_CHARS)] = None,
        before: Which = None,
        limit: Annotated[int, Query(ge=1, le=LIST_LIMIT)] = 50,
    ) -> dict[str, object]:
        """Conversations that the reader may see, the newest first; `next` goes on from the last."""
        same = await room.names.same(CustomerId(customer)) if customer else ()
        wanted = Wanted(
            queue=queue,
            agent=agent,
            customers=tuple(same),
            medium=medium,
            phase=phase,
            since=since,
            until=until,
            text=q,
        )
        query = room.sight.limit_to(actor, matching(room.site, wanted))
        if before:
            query = queries.before(query, *read_place(before))
        async with room.database.read() as connection:
            found = await rows(connection, query.limit(limit + 1))
        shown = await shown_list(room, actor, found[:limit])
        last = found[limit - 1] if len(found) > limit else None
        return {"interactions": shown, "next": place(last) if last else None}


def place(row: Any) -> str:
    """Where a page ended: what `before` takes to go on."""
    return f"{row['arrived_at']}.{row['interaction']}"


def read_place(text: str) -> tuple[Instant, str]:
    """A place in a list, as `place` wrote it."""
    at, dot, interaction = text.partition(".")
    if not dot or not at.isdecimal() or len(at) > 15:  # noqa: PLR2004 - no clock says more digits
        raise Malformed("before", "is not a place in this list")
    return int(at), interaction
