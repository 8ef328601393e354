"""The answers behind a figure: exactly those that it counted, with the customers' words."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, AgentId, Instant, Malformed, SiteId
from warmline.experience.results.model import Fact, Room, Side
from warmline.experience.surveys.tables import survey_answer
from warmline.storage.rows import Row, rows

CHUNK = 500
"""How many ids one statement names."""
_PLACE = re.compile(r"([0-9]{1,15})\.(.{1,128})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the facts behind a figure, and where to go on."""

    facts: Sequence[Fact]
    next: str | None


def page(counted: Sequence[Fact], *, after: str | None, limit: int) -> Page:
    """The newest facts, from a place on."""
    inside = sorted(counted, key=lambda one: (one.at, one.id), reverse=True)
    if after is not None:
        place = read_place(after)
        inside = [one for one in inside if (one.at, one.id) < place]
    return cut(inside, limit=limit)


def cut(inside: Sequence[Fact], *, limit: int) -> Page:
    """The first facts of an ordered list that may hold more."""
    last = inside[limit - 1] if len(inside) > limit else None
    return Page(facts=inside[:limit], next=f"{last.at}.{last.id}" if last else None)


def read_place(text: str) -> tuple[Instant, str]:
    """Where a page ended."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise Malformed("after", "is not a place in these rows")
    return int(found[1]), found[2]


async def with_words(
    connection: AsyncConnection, site: SiteId, counted: Sequence[Fact]
) -> Sequence[Fact]:
    """Those in which the customer wrote something."""
    asks = [one.ask for one in counted if one.ask is not None]
    wrote: set[str] = set()
    for start in range(0, len(asks), CHUNK):
        query = select(survey_answer.c.ask).where(
            survey_answer.c.site == site,
            survey_answer.c.ask.in_(asks[start : start + CHUNK]),
            survey_answer.c.words.is_not(None),
            survey_answer.c.words != "",
        )
        wrote |= {one["ask"] for one in await rows(connection, query)}
    return [one for one in counted if one.ask in wrote]


async def answers(
    connection: AsyncConnection, site: SiteId, asks: Collection[str]
) -> Mapping[str, Sequence[Row]]:
    """All answers of some surveys, by survey, the scores before the words."""
    columns = survey_answer.c
    query = (
        select(
            columns.ask,
            columns.question,
            columns.kind,
            columns.feeling,
            columns.value,
            columns.words,
        )
        .where(columns.site == site, columns.ask.in_(asks))
        .order_by(columns.ask, columns.value.is_(None), columns.question)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for one in await rows(connection, query):
        found[one["ask"]].append(one)
    return found


async def shown(
    room: Room, actor: Actor, found: Sequence[Fact], *, key: str | None, own: bool = False
) -> list[dict[str, Any]]:
    """Facts as rows for a reader: names and words as far as the reader may see them.

    Words are a conversation's words: they are open to who may read all conversations, and to the
    agent whose `own` they are.
    """
    async with room.database.read() as connection:
        said = await answers(connection, room.site, [one.ask for one in found if one.ask])
    agents = await room.agents(
        {AgentId(agent) for one in found if (agent := one.sides[Side.AGENT])}
    )
    customers = await room.customers(
        {one.customer for one in found if one.customer is not None}, reader=actor
    )
    reads = own or has(actor, Right.READ_ALL)
    return [
        {
            "id": one.id,
            "ask": one.ask,
            "interaction": one.interaction,
            "at": one.at,
            **{side.value: item for side, item in one.sides.items()},
            "agent_name": agents.get(AgentId(one.sides[Side.AGENT] or "")),
            "customer": one.customer,
            "customer_name": None if one.customer is None else customers.get(one.customer),
            "value": None if key is None else round(one.values[key], 3),
            "answers": [_answer(part, reads=reads) for part in said.get(one.ask or "", ())],
            "masked": not reads,
        }
        for one in found
    ]


def _answer(one: Row, *, reads: bool) -> dict[str, object]:
    words = one["words"]
    if words is not None and not reads:
        words = masking.other(words)
    return {
        "question": one["question"],
        "kind": one["kind"],
        "feeling": one["feeling"],
        "value": one["value"],
        "words": words,
    }
