"""Decisions of an interaction, each with its words: read from the facts, tried on the past."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from warmline.core.center import Center
from warmline.core.events import Decision, Offered
from warmline.core.words import AgentId, Instant, InteractionId, OfferId, SiteId
from warmline.insight import tables
from warmline.insight.explain import (
    Surroundings,
    agents_in,
    from_the_record,
    surroundings,
    words,
)
from warmline.insight.fold import decision_of
from warmline.insight.moment import Moment
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

REMEMBERED = 500
"""So many decisions keep what was found out about them: a decision never changes."""
MOST_TRIED = 6
"""Of an interaction that was offered more often, the newest offers are tried again."""


class Past(Protocol):
    """Brings back the state just before an offer, None when that is too far back."""

    async def before(self, offer: OfferId, at: Instant) -> tuple[Center, Offered] | None: ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


class Explanations:
    """Why interactions were offered to whom, in the words of a language."""

    def __init__(self, database: Database, site: SiteId, past: Past, agents: AgentNames) -> None:
        self._database = database
        self._site = site
        self._past = past
        self._agents = agents
        self._known: OrderedDict[OfferId, Surroundings] = OrderedDict()

    async def of(self, interaction: InteractionId, locale: str) -> Sequence[dict[str, object]]:
        """Every decision about the interaction, in order: its parts, what came of it, its words."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.decisions(self._site, interaction))
        decisions = [decision_of(one["parts"]) for one in found]
        around = [
            await self._around(one, decision, tried=len(found) - place <= MOST_TRIED)
            for place, (one, decision) in enumerate(zip(found, decisions, strict=True))
        ]
        named = [agents_in(one, at.flips) for one, at in zip(decisions, around, strict=True)]
        names = await self._agents(set[AgentId]().union(*named))
        return [
            {
                "offer": one["offer"],
                "at": one["at"],
                "agent": one["agent"],
                "outcome": one["outcome"],
                "outcome_at": one["outcome_at"],
                **one["parts"],
                "words": asdict(words(decision, at, names, locale)),
            }
            for one, decision, at in zip(found, decisions, around, strict=True)
        ]

    async def _around(self, row: Row, decision: Decision, *, tried: bool) -> Surroundings:
        offer = OfferId(row["offer"])
        known = self._known.get(offer)
        if known is not None:
            self._known.move_to_end(offer)
            return known
        past = await self._past.before(offer, row["at"]) if tried else None
        if past is None:
            return from_the_record(decision)
        center, offered = past
        # Trying takes many decisions: not in the thread that runs the center.
        found = await asyncio.to_thread(_tried, center, offered)
        self._known[offer] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found


def _tried(center: Center, offered: Offered) -> Surroundings:
    return surroundings(Moment.before(offered, center))
