"""Gives agents the scores that answers tell: every night and on demand, where it is switched on."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import select

from warmline.core import commands as c
from warmline.core.settings import Agent, Score, Source, Trait
from warmline.core.words import DAY, HOUR, SYSTEM, Actor, AgentId, CommandId, Malformed
from warmline.experience.results import model
from warmline.experience.results.facts import facts
from warmline.experience.results.model import Room, Side, Wanted
from warmline.experience.results.scores import Scored, Scores, Told, scores
from warmline.experience.results.tables import score_run
from warmline.experience.results.targets import TRAITS, Terms, the_terms
from warmline.storage.rows import row
from warmline.storage.upsert import upsert

EVERY_MS = DAY
LOOK_S = HOUR / 1000
DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AllScores:
    """The scores of every trait that answers can tell, and how they were asked for."""

    terms: Terms
    by_trait: Mapping[Trait, Scores | None]


class AgentScores:
    """Computes what answers say of agents, and gives it to those without a score by hand."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Compute every night, until cancelled."""
        while True:
            if await self.is_due():
                await self.compute()
            await asyncio.sleep(LOOK_S)

    async def is_due(self) -> bool:
        """Whether a day has passed since the scores were computed last."""
        found = await self.last()
        return found is None or self._room.clock.now() - found >= EVERY_MS

    async def last(self) -> int | None:
        """When the scores were computed last."""
        room = self._room
        async with room.database.read() as connection:
            found = await row(connection, select(score_run).where(score_run.c.site == room.site))
        return None if found is None else found["at"]

    async def told(self) -> AllScores:
        """What answers say of all agents now; nothing is changed."""
        room = self._room
        now = room.clock.now()
        async with room.database.read() as connection:
            terms = await the_terms(connection, room.site)
            wanted = Wanted(since=now - terms.score_days * DAY, until=now + 1)
            found = await facts(connection, room.site, model.Source.ANSWERS, wanted, room.closed)
        teams = {id_: one.spec.team for id_, one in room.state.center().agents.items()}
        prior = None if terms.prior_answers is None else float(terms.prior_answers)
        return AllScores(
            terms=terms,
            by_trait={
                trait: scores(_answers(trait, found), teams, prior=prior) for trait in TRAITS
            },
        )

    async def compute(self) -> int:
        """Give agents the scores that are switched on; how many agents changed.

        What somebody set by hand stays.
        """
        async with self._turn:
            told = await self.told()
            changed = 0
            for agent in list(self._room.state.center().agents):
                found = {
                    trait: _score(by.agents[agent])
                    for trait in told.terms.computed
                    if (by := told.by_trait[trait]) is not None and agent in by.agents
                }
                changed += await self._give(SYSTEM, agent, found)
            await self._remember(changed)
            return changed

    async def take(self, actor: Actor, agent: AgentId, trait: Trait) -> None:
        """Put the computed score in the place of one set by hand, because somebody says so."""
        async with self._turn:
            told = await self.told()
            by = told.by_trait.get(trait)
            if trait not in told.terms.computed or by is None or agent not in by.agents:
                raise Malformed(
                    "trait", f"there is no computed {trait} of {agent}", "no_such", item=agent
                )
            await self._give(actor, agent, {trait: _score(by.agents[agent])}, by_hand_too=True)

    async def _give(
        self,
        actor: Actor,
        agent: AgentId,
        found: Mapping[Trait, Score],
        *,
        by_hand_too: bool = False,
    ) -> int:
        known = self._room.state.center().agents.get(agent)
        if known is None:
            return 0
        before = known.spec
        new = {
            trait: score
            for trait, score in found.items()
            if by_hand_too or not _by_hand(before, trait)
        }
        after = replace(before, scores={**before.scores, **new})
        if after == before:
            return 0
        audited = self._room.audit(
            actor, "changed", "agent", agent, before=_plain(before), after=_plain(after)
        )
        command = c.DefineAgent(id=CommandId(str(uuid.uuid4())), by=actor, agent=after)
        await self._room.submit(command, audited)
        return 1

    async def _remember(self, changed: int) -> None:
        room = self._room
        values = {"site": room.site, "at": room.clock.now(), "changed": changed}
        async with room.database.write() as connection:
            await connection.execute(upsert(score_run, values, keys=("site",)))


def _answers(trait: Trait, found: Sequence[model.Fact]) -> list[Told]:
    """The answers that tell a trait, 0 to 1."""
    told: list[Told] = []
    for one in found:
        agent = one.sides[Side.AGENT]
        if trait is Trait.INTERPERSONAL:
            value = one.values.get("feelings")
            said = None if value is None else value / 100
        else:
            value = one.values.get("csat")
            said = None if value is None else (value - 1) / 4
        if agent is not None and said is not None:
            kind = (one.sides[Side.SEGMENT], one.sides[Side.CHANNEL])
            told.append(Told(agent=AgentId(agent), kind=kind, value=said))
    return told


def _score(one: Scored) -> Score:
    return Score(
        value=round(one.value, DIGITS),
        n=one.n,
        low=round(one.low, DIGITS),
        high=round(one.high, DIGITS),
        source=Source.COMPUTED,
    )


def _by_hand(agent: Agent, trait: Trait) -> bool:
    known = agent.scores.get(trait)
    return known is not None and known.source is Source.MANUAL


def _plain(agent: Agent) -> dict[str, Any]:
    return msgspec.to_builtins(agent, str_keys=True)


def scored_json(one: Scored | None) -> dict[str, object] | None:
    """A computed score as plain parts."""
    if one is None:
        return None
    return {
        name: round(value, DIGITS) if isinstance(value, float) else value
        for name, value in asdict(one).items()
    }
