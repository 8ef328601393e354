"""A moment of the past brought back, to decide once more: as it was, or with one thing changed."""

from dataclasses import dataclass, replace

from warmline.core import fallback, routing
from warmline.core.center import Center, evolve, rebuild
from warmline.core.events import Decision, Offered
from warmline.core.interaction import Interaction
from warmline.core.words import AgentId, Instant, InteractionId

Pair = tuple[InteractionId, AgentId]
MOST_AROUND = 200
"""Offers to others that are made on the way to the one that is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The state just before an offer, and the decision that was made in it."""

    center: Center
    at: Instant
    id: InteractionId
    decision: Decision

    @staticmethod
    def before(offered: Offered, center: Center) -> "Moment":
        """The moment of an offer, from a state that has followed every event before it."""
        center.now = offered.at
        rebuild(center)
        return Moment(
            center=center, at=offered.at, id=offered.interaction, decision=offered.decision
        )

    @property
    def interaction(self) -> Interaction:
        """The interaction as it waited."""
        return self.center.interactions[self.id]

    @property
    def winner(self) -> AgentId:
        """Who was asked."""
        return self.decision.winner[0]

    def branch(self) -> "Moment":
        """The same moment once more, to be changed; settings are shared, they never change."""
        center = self.center
        agents = {
            id_: replace(agent, holds=dict(agent.holds)) for id_, agent in center.agents.items()
        }
        interactions = {
            id_: replace(one, declined=dict(one.declined), consults=dict(one.consults))
            for id_, one in center.interactions.items()
        }
        copied = replace(
            center,
            now=self.at,
            agents=agents,
            interactions=interactions,
            recent={},
            waiting=type(center.waiting)(),
            head_start_pct=dict(center.head_start_pct),
            tallies={},
            prices=dict(center.prices),
        )
        return replace(self, center=copied)

    def decide(self) -> list[Pair]:
        """Who gets whom now, in order, up to this interaction or its agent; uses the moment up."""
        center = self.center
        look_at_everything(center)
        pairs: list[Pair] = []
        while len(pairs) < MOST_AROUND and (offer := self._next()) is not None:
            pairs.append((offer.interaction, offer.agent))
            if self.id == offer.interaction or self.winner == offer.agent:
                break
            evolve(center, offer)
        return pairs

    def _next(self) -> Offered | None:
        rule = routing.next_offer if self.center.failed_at is None else fallback.next_offer
        return rule(self.center, self.at)

    def agent_for_it(self) -> AgentId | None:
        """Who would be asked to take this interaction now; uses the moment up."""
        found = self.decide()
        return found[-1][1] if found and found[-1][0] == self.id else None

    def next_for_agent(self) -> InteractionId | None:
        """What the agent who was asked would be asked to take now; uses the moment up."""
        found = self.decide()
        return found[-1][0] if found and found[-1][1] == self.winner else None


def look_at_everything(center: Center) -> None:
    """Have a state decide about all who wait and all who are open, whatever was decided before."""
    rebuild(center)
    matcher = routing.begin(center)
    for agent in center.agents.values():
        matcher.has_changed(agent)
    for waiting in center.waiting.queued:
        matcher.unsettled[waiting] = None
