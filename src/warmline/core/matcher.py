"""The matcher: lines and open agents in heaps, so that a decision asks neither everybody nor all.

Keys never change with time: a waiting interaction's is its arrival less its head start, a parked
agent's is the moment of becoming idle and what is added to it. So nothing is sorted again; what
became outdated is dropped when it comes to the front of its heap.
"""

import heapq
from collections.abc import Iterator
from typing import TypeVar

from warmline.core.agent import OFFERED, AgentState
from warmline.core.interaction import Interaction
from warmline.core.lane import (
    AVERAGE_PCT,
    Band,
    BandKey,
    ClassKey,
    Lane,
    LaneKey,
    QueueClass,
    bonus_ms,
)
from warmline.core.words import AgentId, Instant, InteractionId, Medium, QueueId, SegmentId, StakeId

OUTDATED = 64
"""So many outdated places are borne in a heap, beside as many as there are good ones."""

_FAR = 1 << 62
LOOKED_AT = 3
"""So many claims are found without taking a heap apart."""

Place = tuple[int, InteractionId]
"""(key, interaction) in a lane."""
Claim = tuple[int, int, InteractionId]
"""(claim, key, interaction): the least has the strongest claim on an agent."""
Known = tuple[QueueId | None, Medium, SegmentId | None, StakeId | None, str | None, str | None, int]
"""Queue, medium, segment, stake, language, arm, ring: who agrees in these is in the same lane."""
Rank = tuple[int, AgentId]
"""(score, agent): the least is the best."""
_Found = TypeVar("_Found", Claim, Rank)


class Matcher:
    """Who waits in which lane, who is parked for what, and what has to be looked at again."""

    __slots__ = (
        "bands", "classes", "counts", "declining", "freed", "interactions", "known_lanes", "parked",
        "queued", "reach", "records", "statuses", "unsettled",
    )  # fmt: skip

    def __init__(
        self,
        interactions: dict[InteractionId, Interaction],
        queued: dict[InteractionId, Lane | None],
    ) -> None:
        self.interactions = interactions
        self.queued = queued
        self.classes: dict[ClassKey, QueueClass] = {}
        self.reach: dict[AgentId, list[QueueClass]] = {}
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
        if before is not lane:
            self.queued[id_] = lane
            lane.count += 1
            lane.of.waiting += 1
            if before is not None:
                self._count_out(before)
        heapq.heappush(lane.heap, (interaction.key, id_))
        if before is lane:
            self._clear_front(lane)
        if interaction.declined:
            self.declining.add(id_)
        self.unsettled[id_] = None

    def leave(self, interaction: InteractionId, lane: Lane) -> None:
        """The interaction does not wait any more; `queued` has forgotten it already."""
        if self.unsettled:
            self.unsettled.pop(interaction, None)
        if self.declining:
            self.declining.discard(interaction)
        self._count_out(lane)

    def _count_out(self, lane: Lane) -> None:
        lane.count -= 1
        lane.of.waiting -= 1
        if len(lane.heap) > 2 * lane.count + OUTDATED:
            lane.heap = [place for place in set(lane.heap) if self._waits(lane, place)]
            heapq.heapify(lane.heap)
        else:
            self._clear_front(lane)

    def _clear_front(self, lane: Lane) -> None:
        """Whoever stands first in a lane waits there: nobody has to ask."""
        heap, queued = lane.heap, self.queued
        while heap:
            place = heap[0]
            if queued.get(place[1]) is lane and self.interactions[place[1]].key == place[0]:
                return
            heapq.heappop(heap)

    def _waits(self, lane: Lane, place: Place) -> bool:
        id_ = place[1]
        return self.queued.get(id_) is lane and self.interactions[id_].key == place[0]

    def _new_class(self, key: ClassKey, agents: dict[AgentId, AgentState]) -> QueueClass:
        made = self.classes[key] = QueueClass(key)
        for agent in agents.values():
            if made.admits(agent.id, agent.profile.mask, agent.spec.team):
                reach = self.reach.get(agent.id)
                if reach is None:
                    continue
                reach.append(made)
                place = self.parked.get(agent.id)
                if place is not None and place[1] & made.bit:
                    made.park(place[0], agent.id, agent.profile.band)
        return made

    def claims(self, agent: AgentState, now: Instant, most: int) -> list[Claim]:
        """The strongest claims on the agent, at most `most`, of those who wait."""
        taken: list[tuple[Lane, Place]] = []
        heads = self._heads(agent, now, taken)
        if heads and not self.declining:
            quickly = self._foremost_claims(heads, most)
            if quickly is not None:
                return quickly
        found_claims: list[Claim] = []
        while heads:
            best = min(heads)
            found_claims.append(best[:3])
            if len(found_claims) == most:
                break
            lane = best[3]
            last = heapq.heappop(lane.heap)
            taken.append((lane, last))
            heads.remove(best)
            place = self._first(lane, agent.id, now, last, taken)
            if place is not None:
                heads.append((place[0] - lane.match_ms(agent.profile.band), *place, lane))
        for lane, last in taken:
            heapq.heappush(lane.heap, last)
        return found_claims

    def _foremost_claims(
        self, heads: list[tuple[int, int, InteractionId, Lane]], most: int
    ) -> list[Claim] | None:
        """The same without taking a heap apart: the least three of a heap are in its first seven.

        None when one of those has left the line and is still in the heap.
        """
        if most == 1:
            return [min(heads)[:3]]
        assert most <= LOOKED_AT
        heads.sort()
        del heads[most:]
        limit = heads[-1][0] if len(heads) == most else _FAR
        found: list[Claim] = [head[:3] for head in heads]
        more = most - 1
        for head in heads:
            lane = head[3]
            match = head[1] - head[0]
            for key, id_ in lane.heap[1 : (2 << more) - 1]:
                claim = key - match
                if claim > limit:
                    continue
                if self.queued.get(id_) is not lane or self.interactions[id_].key != key:
                    return None
                found.append((claim, key, id_))
            more -= 1
        return found if len(found) == len(heads) else _least(found, most)

    def _heads(
        self, agent: AgentState, now: Instant, taken: list[tuple[Lane, Place]]
    ) -> list[tuple[int, int, InteractionId, Lane]]:
        """The strongest claim of each lane that the agent may serve now."""
        id_ = agent.id
        heads: list[tuple[int, int, InteractionId, Lane]] = []
        bits = self.statuses[id_]
        quality, groups = agent.profile.band
        above = quality - AVERAGE_PCT
        declining = self.declining
        for found in self.reach[id_]:
            if not (found.waiting and bits & found.bit):
                continue
            for lane in found.lanes.values():
                if not lane.count:
                    continue
                place: Place | None = lane.heap[0]
                if declining:
                    place = self._first(lane, id_, now, None, taken)
                    if place is None:
                        continue
                assert place is not None
                claim = place[0] - lane.worth_ms * above // 100  # as `lane.match_ms` has it
                if groups and lane.groups:
                    claim -= bonus_ms(lane.groups, groups)
                heads.append((claim, place[0], place[1], lane))
        return heads

    def _first(
        self,
        lane: Lane,
        agent: AgentId,
        now: Instant,
        last: Place | None,
        taken: list[tuple[Lane, Place]],
    ) -> Place | None:
        """The first of the lane after `last` whom the agent has not declined."""
        heap = lane.heap
        while heap:
            place = heap[0]
            id_ = place[1]
            if place == last or self.queued.get(id_) is not lane:
                heapq.heappop(heap)
                continue
            interaction = self.interactions[id_]
            if interaction.key != place[0]:
                heapq.heappop(heap)
                continue
            declined = interaction.declined
            if not declined or declined.get(agent, 0) <= now:
                return place
            last = heapq.heappop(heap)
            taken.append((lane, last))
        return None

    def line(self, agent: AgentId) -> int:
        """How many wait whom the agent may serve now."""
        bits = self.statuses[agent]
        line = 0
        for found in self.reach[agent]:
            if bits & found.bit:
                line += found.waiting
        return line

    # Agents

    def has_changed(self, agent: AgentState) -> None:
        """Something is different about the agent: look again."""
        id_ = agent.id
        if id_ not in self.reach:
            self.reach[id_] = self._reach(agent)
        status = agent.status()
        before = self.statuses.get(id_)
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
        id_ = agent.id
        if id_ in self.parked:
            self._unpark(id_)
        for found in self.reach.pop(id_, ()):
            for band in found.bands.values():
                if any(place[1] == id_ for place in band.heap):
                    band.heap = [place for place in band.heap if place[1] != id_]
                    heapq.heapify(band.heap)
            found.entries = sum(len(band.heap) for band in found.bands.values())
        self.has_changed(agent)

    def _reach(self, agent: AgentState) -> list[QueueClass]:
        mask, team = agent.profile.mask, agent.spec.team
        return [found for found in self.classes.values() if found.admits(agent.id, mask, team)]

    def park(self, agent: AgentState, key: int) -> None:
        """Nobody waits for the agent: stand open from now on, ordered by `key`."""
        id_ = agent.id
        bits = self.statuses[id_]
        if self.parked.get(id_) == (key, bits):
            return
        if id_ in self.parked:
            self._unpark(id_)
        self.parked[id_] = (key, bits)
        band = self.bands[id_] = agent.profile.band
        for found in self.reach[id_]:
            if bits & found.bit:
                found.park(key, id_, band)
                if found.entries > 2 * found.open + OUTDATED:
                    self._tidy(found)

    def _unpark(self, agent: AgentId) -> None:
        key, bits = self.parked.pop(agent)
        place = (key, agent)
        for found in self.reach[agent]:
            if bits & found.bit:
                found.open -= 1
                band = found.bands[self.bands[agent]]
                if band.heap[0] == place:
                    self._clear_band(found, band)

    def _clear_band(self, found: QueueClass, band: Band) -> None:
        """Whoever stands first in a band is open: nobody has to ask."""
        heap = band.heap
        while heap and not self._stands(found, heap[0]):
            heapq.heappop(heap)
            found.entries -= 1

    def _tidy(self, found: QueueClass) -> None:
        found.entries = 0
        for band in found.bands.values():
            band.heap = [place for place in set(band.heap) if self._stands(found, place)]
            heapq.heapify(band.heap)
            found.entries += len(band.heap)

    def _stands(self, found: QueueClass, place: tuple[int, AgentId]) -> bool:
        parked = self.parked.get(place[1])
        return parked is not None and parked[0] == place[0] and parked[1] & found.bit != 0

    def best(self, interaction: Interaction, lane: Lane, now: Instant, most: int) -> list[Rank]:
        """The best open agents for the interaction of `lane`, at most `most`."""
        found = lane.of
        if not found.open:
            return []
        declined = interaction.declined
        taken: list[tuple[Band, Rank]] = []
        heads = self._band_heads(found, lane, declined, now, taken)
        if not declined and heads:
            quickly = self._foremost_ranks(found, heads, most)
            if quickly is not None:
                return quickly
        ranked: list[Rank] = []
        while heads:
            best = min(heads)
            ranked.append(best[:2])
            if len(ranked) == most:
                break
            band = best[2]
            last = heapq.heappop(band.heap)
            taken.append((band, last))
            heads.remove(best)
            place = self._foremost(found, band, declined, now, last, taken)
            if place is not None:
                heads.append((place[0] - lane.match_ms(band.key), place[1], band))
        for band, last in taken:
            heapq.heappush(band.heap, last)
        return ranked

    def _band_heads(
        self,
        found: QueueClass,
        lane: Lane,
        declined: dict[AgentId, Instant],
        now: Instant,
        taken: list[tuple[Band, Rank]],
    ) -> list[tuple[int, AgentId, Band]]:
        """The best of each band who may have it now."""
        heads: list[tuple[int, AgentId, Band]] = []
        worth, groups = lane.worth_ms, lane.groups
        for band in found.bands.values():
            if not band.heap:
                continue
            place: Rank | None = band.heap[0]
            if declined:
                place = self._foremost(found, band, declined, now, None, taken)
                if place is None:
                    continue
            assert place is not None
            score = place[0] - worth * (band.key[0] - AVERAGE_PCT) // 100  # as `match_ms` has it
            if groups:
                score -= bonus_ms(groups, band.key[1])
            heads.append((score, place[1], band))
        return heads

    def _foremost_ranks(
        self, found: QueueClass, heads: list[tuple[int, AgentId, Band]], most: int
    ) -> list[Rank] | None:
        """The same without taking a heap apart; None when an outdated place is in the way."""
        if most == 1:
            return [min(heads)[:2]]
        assert most <= LOOKED_AT
        heads.sort()
        del heads[most:]
        limit = heads[-1][0] if len(heads) == most else _FAR
        ranked: list[Rank] = [head[:2] for head in heads]
        bit, parked = found.bit, self.parked
        more = most - 1
        for head in heads:
            heap = head[2].heap
            match = heap[0][0] - head[0]
            for key, id_ in heap[1 : (2 << more) - 1]:
                score = key - match
                if score > limit:
                    continue
                stands = parked.get(id_)
                if stands is None or stands[0] != key or not stands[1] & bit:
                    return None
                ranked.append((score, id_))
            more -= 1
        return ranked if len(ranked) == len(heads) else _least(ranked, most)

    def _foremost(
        self,
        found: QueueClass,
        band: Band,
        declined: dict[AgentId, Instant],
        now: Instant,
        last: Rank | None,
        taken: list[tuple[Band, Rank]],
    ) -> Rank | None:
        """The first of the band after `last` who still stands there and has not declined."""
        heap = band.heap
        while heap:
            place = heap[0]
            if place == last or not self._stands(found, place):
                heapq.heappop(heap)
                found.entries -= 1
                continue
            if not declined or declined.get(place[1], 0) <= now:
                return place
            last = heapq.heappop(heap)
            taken.append((band, last))
        return None

    def standing(self, found: QueueClass) -> Iterator[tuple[AgentId, BandKey]]:
        """Everybody who stands open for a class, in no order."""
        for band in found.bands.values():
            for place in set(band.heap):
                if self._stands(found, place):
                    yield place[1], band.key


def _least(found: list[_Found], most: int) -> list[_Found] | None:
    """The least of what was found; None when something is in it twice."""
    found.sort()
    for place in range(1, len(found)):
        if found[place] == found[place - 1]:
            return None
    return found[:most]
