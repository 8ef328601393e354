"""Who may take one kind of work, kept up to date as agents change instead of asking everybody."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from warmline.core.agent import AgentState
from warmline.core.words import AgentId, Medium, Millis

LONGEST_LINE = 64
"""Outdated places in a line that are borne before it is made anew, beside one for each agent."""
KINDS_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Kind:
    """Work that the same agents may take with the same scores."""

    medium: Medium
    mask: int
    """The bits that an agent must have."""
    worth_ms: Millis
    """What full quality outweighs."""
    handicap_ms: Millis
    """What each interaction in hand counts."""


class Standing:
    """The agents as one kind of work sees them: a line of those who may, a reason for the rest."""

    __slots__ = ("_changed", "_kind", "_line", "_reasons", "_scores", "excluded")

    def __init__(self, kind: Kind, agents: Mapping[AgentId, AgentState]) -> None:
        self._kind = kind
        self._scores: dict[AgentId, int] = {}
        self._line: list[tuple[int, AgentId]] = []
        self._reasons: dict[AgentId, str] = {}
        self._changed = dict.fromkeys(agents)
        self.excluded: dict[str, int] = {}

    def has_changed(self, agent: AgentId) -> None:
        """Look at the agent again, before the next question."""
        self._changed[agent] = None

    def settle(self, agents: Mapping[AgentId, AgentState]) -> None:
        """Look at everybody who has changed."""
        for id_ in self._changed:
            self._forget(id_)
            agent = agents.get(id_)
            if agent is not None:
                self._place(agent)
        self._changed.clear()
        if len(self._line) > 2 * len(self._scores) + LONGEST_LINE:
            self._line = [(score, id_) for id_, score in self._scores.items()]
            heapq.heapify(self._line)

    def considered(self) -> int:
        """How many may take it."""
        return len(self._scores)

    def foremost(self, number: int) -> list[AgentId]:
        """The first of the line: the least score, then the least id."""
        found: list[tuple[int, AgentId]] = []
        while self._line and len(found) < number:
            place = heapq.heappop(self._line)
            if self._scores.get(place[1]) == place[0] and place not in found:
                found.append(place)
        for place in found:
            heapq.heappush(self._line, place)
        return [id_ for _, id_ in found]

    def _forget(self, agent: AgentId) -> None:
        self._scores.pop(agent, None)  # its place in the line is outdated then
        reason = self._reasons.pop(agent, None)
        if reason is not None:
            self.excluded[reason] -= 1
            if not self.excluded[reason]:
                del self.excluded[reason]

    def _place(self, agent: AgentState) -> None:
        kind, id_ = self._kind, agent.id
        reason = why_not(agent, kind.medium, kind.mask)
        if reason is not None:
            self._reasons[id_] = reason
            self.excluded[reason] = self.excluded.get(reason, 0) + 1
            return
        handicap = kind.handicap_ms * len(agent.holds)
        score = agent.idle_since + handicap - kind.worth_ms * agent.spec.quality_pct // 100
        self._scores[id_] = score
        heapq.heappush(self._line, (score, id_))


class Standings:
    """The standing of each kind of work that came up lately."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Kind, Standing] = {}

    def of(self, kind: Kind, agents: Mapping[AgentId, AgentState]) -> Standing:
        """How the agents stand to this kind of work now."""
        standing = self._known.get(kind)
        if standing is None:
            if len(self._known) >= KINDS_LIMIT:
                self._known.clear()
            standing = self._known[kind] = Standing(kind, agents)
        standing.settle(agents)
        return standing

    def has_changed(self, agent: AgentId) -> None:
        """Something that routing looks at is different about the agent."""
        for standing in self._known.values():
            standing.has_changed(agent)

    def forget(self) -> None:
        """The rules or the agents are others."""
        self._known.clear()


def why_not(agent: AgentState, medium: Medium, mask: int) -> str | None:
    """The first reason why the agent may not take such work; None when there is none."""
    if agent.mask & mask != mask:
        return "skill"
    if not agent.ready():
        return "being_offered" if agent.offer else "not_available"
    return None if agent.has_room(medium) else "full"
