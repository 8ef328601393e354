"""The matcher: lines and open agents in order, so that a decision asks neither everybody nor all.

Keys never change with time: a waiting interaction's is its arrival less its head start, a parked
agent's is the moment of becoming idle and what is added to it. So nothing is sorted again, and
nearly everybody comes to the end of a line and leaves from its front.
"""

from collections.abc import Iterator

from warmline.core.agent import OFFERED, AgentState
from warmline.core.interaction import Interaction
from warmline.core.lane import (
    Band,
    BandKey,
    ClassKey,
    Lane,
    LaneKey,
    Matches,
    QueueClass,
)
from warmline.core.words import AgentId, Instant, InteractionId, Medium, QueueId, SegmentId, StakeId

_FAR = 1 << 62

Claim = tuple[int, tuple[int, InteractionId], Lane]
"""(claim, place in the lane, lane): the least has the strongest claim on an agent."""
Known = tuple[QueueId | None, Medium, SegmentId | None, StakeId | None, str | None, str | None, int]
"""Queue, medium, segment, stake, language, arm, ring: who agrees in these is in the same lane."""
Rank = tuple[int, AgentId]
"""(score, agent): the least is the best."""
_Front = tuple[int, AgentId, Band]
"""A rank and the band that it stands in."""


class Matcher:
    """Who waits in which lane, who is parked for what, and what has to be looked at again."""

    __slots__ = (
        "bands", "classes", "counts", "declining", "freed", "interactions", "known_lanes", "parked",
        "places", "queued", "reach", "records", "statuses", "unsettled",
    )  # fmt: skip

    def __init__(
        self,
        interactions: dict[InteractionId, Interaction],
        queued: dict[InteractionId, Lane | None],
    ) -> None:
        self.interactions = interactions
        self.queued = queued
        self.classes: dict[ClassKey, QueueClass] = {}
        self.reach: dict[AgentId, list[tuple[QueueClass, Matches]]] = {}
        """Whom each agent is able to serve, and what the match is worth there."""
        self.places: dict[InteractionId, tuple[int, InteractionId]] = {}
        """Where each of those who wait stands in the lane."""
        self.declining: set[InteractionId] = set()
        """Who waits and was declined by somebody."""
        self.known_lanes: dict[Known, Lane] = {}
        """Where those go who are alike in all that the rules look at."""
        self.bands: dict[AgentId, BandKey] = {}
        """In which band each agent was parked last."""
        self.parked: dict[AgentId, tuple[int, int]] = {}
        """(key, media bits) of agents who stand open and for whom nobody waits."""
        self.statuses: dict[AgentId, int] = {}
        self.counts: dict[int, int] = {}
        self.freed: dict[AgentId, None] = {}
        self.unsettled: dict[InteractionId, None] = {}
        self.records = True
        """Whether decisions name runners-up, rivals and who was excluded."""

    # Customers

    def lane(self, key: ClassKey, lane_key: LaneKey, agents: dict[AgentId, AgentState]) -> Lane:
        """The lane of those who need the same and count the same."""
        found = self.classes.get(key)
        if found is None:
            found = self._new_class(key, agents)
        return found.lane(lane_key)

    def queue(self, lane: Lane, interaction: Interaction) -> None:
        """Put the interaction into its lane; it has to be looked at."""
        id_ = interaction.id
        before = self.queued.get(id_)
        if before is not None:
            before.remove(self.places[id_])
            before.of.waiting -= 1
        place = self.places[id_] = (interaction.key, id_)
        self.queued[id_] = lane
        lane.add(place)
        lane.of.waiting += 1
        if interaction.declined:
            self.declining.add(id_)
        self.unsettled[id_] = None

    def leave(self, interaction: InteractionId, lane: Lane) -> None:
        """The interaction does not wait any more; `queued` has forgotten it already."""
        if self.unsettled:
            self.unsettled.pop(interaction, None)
        if self.declining:
            self.declining.discard(interaction)
        lane.remove(self.places.pop(interaction))
        lane.of.waiting -= 1

    def _new_class(self, key: ClassKey, agents: dict[AgentId, AgentState]) -> QueueClass:
        made = self.classes[key] = QueueClass(key)
        for agent in agents.values():
            if made.admits(agent.id, agent.profile.mask, agent.spec.team):
                reach = self.reach.get(agent.id)
                if reach is None:
                    continue
                reach.append((made, made.matches(agent.profile.band)))
                place = self.parked.get(agent.id)
                if place is not None and place[1] & made.bit:
                    made.park((place[0], agent.id), self.bands[agent.id])
        return made

    def claims(self, agent: AgentState, now: Instant, most: int) -> list[Claim]:
        """The strongest claims on the agent, at most `most`, of those who wait."""
        heads = self._heads(agent)
        if self.declining and heads:
            return self._undeclined(heads, agent.spec.id, now, most)
        return _strongest(heads, most)

    def _heads(self, agent: AgentState) -> list[Claim]:
        """The strongest claim of each lane that the agent may serve now."""
        id_ = agent.spec.id
        bits = self.statuses[id_]
        heads: list[Claim] = []
        for found, matches in self.reach[id_]:
            if found.waiting and bits & found.bit:
                for lane, match in matches:
                    if lane.places:
                        place = lane.places[lane.first]
                        heads.append((place[0] - match, place, lane))
        return heads

    def _undeclined(
        self, heads: list[Claim], agent: AgentId, now: Instant, most: int
    ) -> list[Claim]:
        """The strongest claims of those whom the agent has not declined."""
        claims: list[Claim] = []
        for claim, first, lane in heads:
            match = first[0] - claim
            left = most
            for n in range(lane.first, len(lane.places)):
                place = lane.places[n]
                if self.interactions[place[1]].declined.get(agent, 0) <= now:
                    claims.append((place[0] - match, place, lane))
                    left -= 1
                    if not left:
                        break
        claims.sort()
        return claims[:most]

    def line(self, agent: AgentId) -> int:
        """How many wait whom the agent may serve now."""
        bits = self.statuses[agent]
        line = 0
        for found, _ in self.reach[agent]:
            if bits & found.bit:
                line += found.waiting
        return line

    # Agents

    def has_changed(self, agent: AgentState) -> None:
        """Something is different about the agent: look again."""
        id_ = agent.spec.id
        status = agent.status()
        before = self.statuses.get(id_)
        if before is None and id_ not in self.reach:
            self.reach[id_] = self._reach(agent)
        if before != status:
            if self.records:  # only a record says how many could not have it
                if before is not None:
                    self.counts[before] -= 1
                self.counts[status] = self.counts.get(status, 0) + 1
            self.statuses[id_] = status
        if id_ in self.parked:
            self._unpark(id_)
        if status > 0:
            self.freed[id_] = None
        else:
            self.freed.pop(id_, None)

    def is_offered(self, id_: AgentId) -> None:
        """The agent is being asked: the same as `has_changed`, known beforehand."""
        before = self.statuses[id_]
        if before != OFFERED:
            if self.records:
                counts = self.counts
                counts[before] -= 1
                counts[OFFERED] = counts.get(OFFERED, 0) + 1
            self.statuses[id_] = OFFERED
        if id_ in self.parked:
            self._unpark(id_)
        self.freed.pop(id_, None)

    def has_new_profile(self, agent: AgentState) -> None:
        """The agent's skills, scores or team are others: forget all places."""
        id_ = agent.spec.id
        if id_ in self.parked:
            self._unpark(id_)
        self.reach[id_] = self._reach(agent)
        self.has_changed(agent)

    def _reach(self, agent: AgentState) -> list[tuple[QueueClass, Matches]]:
        mask, team, band = agent.profile.mask, agent.spec.team, agent.profile.band
        return [
            (found, found.matches(band))
            for found in self.classes.values()
            if found.admits(agent.id, mask, team)
        ]

    def reaches(self, agent: AgentId, found: QueueClass) -> bool:
        """Whether the agent is able to serve the class."""
        return any(one is found for one, _ in self.reach[agent])

    def park(self, agent: AgentState, key: int) -> None:
        """Nobody waits for the agent: stand open from now on, ordered by `key`."""
        id_ = agent.spec.id
        bits = self.statuses[id_]
        before = self.parked.get(id_)
        if before is not None:
            if before[0] == key and before[1] == bits:
                return
            self._unpark(id_)
        self.parked[id_] = (key, bits)
        band = self.bands[id_] = agent.profile.band
        place = (key, id_)
        for found, _ in self.reach[id_]:
            if bits & found.bit:
                found.park(place, band)

    def _unpark(self, agent: AgentId) -> None:
        key, bits = self.parked.pop(agent)
        place, band = (key, agent), self.bands[agent]
        for found, _ in self.reach[agent]:
            if bits & found.bit:
                found.unpark(place, band)

    def best(self, interaction: Interaction, lane: Lane, now: Instant, most: int) -> list[Rank]:
        """The best open agents for the interaction of `lane`, at most `most`."""
        if not lane.of.open:
            return []
        if interaction.declined:
            return self._willing(interaction.declined, lane, now, most)
        heads: list[_Front] = []
        for band, match in lane.matches():
            if band.places:
                place = band.places[band.first]
                heads.append((place[0] - match, place[1], band))
        return _foremost(heads, most)

    def _willing(
        self, declined: dict[AgentId, Instant], lane: Lane, now: Instant, most: int
    ) -> list[Rank]:
        """The best of those who have not declined it."""
        ranked: list[Rank] = []
        for band, match in lane.matches():
            left = most
            for n in range(band.first, len(band.places)):
                key, id_ = band.places[n]
                if declined.get(id_, 0) <= now:
                    ranked.append((key - match, id_))
                    left -= 1
                    if not left:
                        break
        ranked.sort()
        return ranked[:most]

    def standing(self, found: QueueClass) -> Iterator[tuple[AgentId, BandKey]]:
        """Everybody who stands open for a class, in no order."""
        for band in found.bands.values():
            for _, id_ in band.places[band.first :]:
                yield id_, band.key


def _strongest(heads: list[Claim], most: int) -> list[Claim]:
    """The strongest claims of all lanes, when these are the strongest of each."""
    if not heads:
        return heads
    if most == 1:
        return [min(heads)]
    heads.sort()
    del heads[most:]
    limit = heads[-1][0] if len(heads) == most else _FAR
    behind: list[Claim] = []
    left = most
    for claim, place, lane in heads:
        left -= 1  # whoever stands in the second lane has one before them already
        second = lane.first + 1
        if left and second < len(lane.places):
            match = place[0] - claim
            for other in lane.places[second : second + left]:
                if other[0] - match > limit:
                    break
                behind.append((other[0] - match, other, lane))
    if behind:
        heads += behind
        heads.sort()
        del heads[most:]
    return heads


def _foremost(heads: list[_Front], most: int) -> list[Rank]:
    """The best of all bands, when these are the best of each."""
    if most == 1:
        return [min(heads)[:2]]
    heads.sort()
    del heads[most:]
    limit = heads[-1][0] if len(heads) == most else _FAR
    ranked: list[Rank] = [head[:2] for head in heads]
    for score, _, band in heads:
        most -= 1  # whoever stands in the second band has one before them already
        behind = band.first + 1
        if most and behind < len(band.places):
            match = band.places[band.first][0] - score
            for key, id_ in band.places[behind : behind + most]:
                if key - match > limit:
                    break
                ranked.append((key - match, id_))
    if len(ranked) > len(heads):
        ranked.sort()
        del ranked[len(heads) + most :]
    return ranked
