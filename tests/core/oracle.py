"""The routing rule once more, as plainly as it can be said: everybody against everybody."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zlib import crc32

from warmline.core import routing
from warmline.core.agent import AgentState
from warmline.core.callback import CallbackOrder
from warmline.core.events import Offered
from warmline.core.interaction import Interaction
from warmline.core.settings import Policy, Queue, Ring, Rule, Segment, Trait
from warmline.core.state import Center
from warmline.core.words import DAY, AgentId, Instant, InteractionId, Medium, Phase, Presence

Pair = tuple[InteractionId, AgentId]
RANK = 3650 * DAY
LARGEST_MARGIN = 600_000
"""Of the policies of the random histories."""


def best_pair(center: Center, now: Instant) -> Pair | None:
    """Who should get whom next: the strongest claim, then the best agent for it."""
    ready = [agent for agent in center.agents.values() if _ready(agent)]
    queued = [one for one in center.interactions.values() if one.phase is Phase.QUEUED]
    if not ready or not queued:
        return None
    media = {interaction.medium for interaction in queued}
    room = {
        (agent.id, medium): _has_room(center, agent, medium) for agent in ready for medium in media
    }
    pairs = [
        (interaction, agent)
        for interaction in queued
        for agent in ready
        if room[agent.id, interaction.medium] and not _refused(center, interaction, agent, now)
    ]
    if not pairs:
        return None

    def claim(pair: tuple[Interaction, AgentState]) -> tuple[int, int, str]:
        interaction, agent = pair
        assert is_placed(center, interaction, now), interaction
        return interaction.key - match(center, interaction, agent), interaction.key, interaction.id

    chosen = min(pairs, key=claim)[0]
    agents = [agent for interaction, agent in pairs if interaction is chosen]
    best = min(agents, key=lambda agent: (score(center, chosen, agent), agent.id))
    return chosen.id, best.id


def is_placed(center: Center, interaction: Interaction, now: Instant) -> bool:
    """Whether the key is that of a deferred callback exactly where it is one: behind, or before."""
    age = interaction.key - center.now
    callbacks = policy_of(center, interaction).callbacks
    deferred = (
        interaction.promised_by > 0
        and interaction.accepted_at is None
        and callbacks.order is CallbackOrder.DEFERRED
    )
    if deferred and interaction.escalated:
        return age < -20 * RANK and now >= interaction.promised_by - LARGEST_MARGIN
    return (age > 20 * RANK) == deferred


# What the policy of the interaction's arm says


def policy_of(center: Center, interaction: Interaction) -> Policy:
    if interaction.arm == "b" and center.trial and center.trial.id == interaction.trial:
        return center.trial.ruleset.policy
    return center.policy


def _queue(center: Center, interaction: Interaction) -> Queue:
    if interaction.arm == "b" and center.trial and center.trial.id == interaction.trial:
        for queue in center.trial.ruleset.queues:
            if queue.id == interaction.queue:
                return queue
    assert interaction.queue is not None
    return center.queues[interaction.queue]


def _segment(center: Center, interaction: Interaction) -> Segment | None:
    if interaction.arm == "b" and center.trial and center.trial.id == interaction.trial:
        for segment in center.trial.ruleset.segments:
            if segment.id == interaction.segment:
                return segment
    return center.segments.get(interaction.segment) if interaction.segment else None


# Who should


def match(center: Center, interaction: Interaction, agent: AgentState) -> int:
    policy = policy_of(center, interaction)
    bonus = [
        rule.bonus_ms
        for rule in policy.affinities
        if rule.trait in interaction.groups
        and agent.spec.groups.get(rule.trait) == interaction.groups[rule.trait]
        and rule.trait in {one.trait for one in center.policy.affinities}
    ]
    extra = max(bonus, default=0)
    if policy.rule is not Rule.WARMLINE:
        return extra
    segment = _segment(center, interaction)
    value = segment.value if segment else 1
    value = max([value, *(one.value for one in policy.stakes if one.id == interaction.stake)])
    mode = next((one for one in policy.modes if one.id == center.mode), None)
    worth = policy.worth_ms if mode is None or mode.worth_ms is None else mode.worth_ms
    return worth * value * (_quality(center, agent) - 50) // 100 + extra


def _quality(center: Center, agent: AgentState) -> int:
    weights = center.policy.traits
    total = sum(weights.values())
    if not total:
        return 50
    known = {trait: agent.spec.scores[trait].value for trait in Trait if trait in agent.spec.scores}
    mean = sum(weight * 100 * known.get(trait, 0.5) for trait, weight in weights.items()) / total
    return 5 * round(mean / 5)


def score(center: Center, interaction: Interaction, agent: AgentState) -> int:
    """The least is the best."""
    if policy_of(center, interaction).rule is Rule.RANDOM:
        lot = f"{center.policy.seed}/{interaction.id}/{interaction.offers}/{agent.id}"
        return crc32(lot.encode())
    policy = center.policy
    order = {
        Rule.WARMLINE: agent.idle_since
        + policy.load_handicap_ms * len(agent.holds)
        + center.prices.get(agent.id, 0),
        Rule.LEAST_RECENT: agent.ended_at,
        Rule.ROUND_ROBIN: agent.offered,
        Rule.FEWEST: agent.handled,
        Rule.BEST_AGENT: agent.idle_since - RANK * _quality(center, agent),
    }.get(policy.rule, agent.idle_since)
    return order - match(center, interaction, agent)


# Who may


def _ready(agent: AgentState) -> bool:
    return agent.presence is Presence.AVAILABLE and agent.offer is None and agent.gone_since is None


def reason(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> str:
    """The first reason why the agent may not have it now, "" when there is none."""
    if agent.offer is not None:
        return "being_offered"
    if not _ready(agent):
        return "not_available"
    if not _has_room(center, agent, interaction.medium):
        return "full"
    return _refused(center, interaction, agent, now)


def _refused(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> str:
    if interaction.preferred is not None and now < interaction.preferred_until:
        if agent.id != interaction.preferred:
            return "not_named"
    else:
        lacking = _lacking(center, interaction, agent, now)
        if lacking:
            return lacking
    return "declined" if interaction.declined.get(agent.id, 0) > now else ""


def _has_room(center: Center, agent: AgentState, medium: Medium) -> bool:
    policy, spec = center.policy, agent.spec
    own = policy.capacities.get(spec.team) if spec.team else None
    capacity = own or spec.capacity
    slots, total = dict(capacity.slots), capacity.total
    if spec.in_training and policy.trainee:
        slots = {m: min(n, policy.trainee.slots.get(m, 0)) for m, n in slots.items()}
        total = min(total, policy.trainee.total)
    media = list(agent.holds.values())
    if media.count(medium) >= slots.get(medium, 0) or total <= 0:
        return False
    if not media:
        return True
    after = [*media, medium]
    if any(medium in policy.interrupts.get(other, ()) for other in media):
        return False
    set_aside = {one for other in after for one in policy.interrupts.get(other, ())}
    loads = [capacity.weights.get(one, 1) for one in after if one not in set_aside]
    return len(loads) == 1 or sum(loads) <= total


def _lacking(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> str:
    ring = ring_of(center, interaction, now)
    not_able = "not_named" if ring.agents else "skill"
    if ring.agents and agent.id not in ring.agents:
        return not_able
    policy = policy_of(center, interaction)
    if policy.rule is Rule.DEDICATED_GROUP and policy.dedicated:
        own = policy.dedicated.get(interaction.segment) if interaction.segment else None
        others = set(policy.dedicated.values())
        if agent.spec.team != own if own else agent.spec.team in others:
            return not_able
    levels = agent.spec.skills
    if any(levels.get(need.skill, 0) < need.level for need in ring.needs):
        return not_able
    if ring.any_of and all(levels.get(need.skill, 0) < need.level for need in ring.any_of):
        return not_able
    language = interaction.language
    if language is None or ring.language_level == 0:
        return ""
    known = [skill for skill in center.skills if skill == language]
    spoken = not known or levels.get(known[0], 0) >= ring.language_level
    return "" if spoken else not_able


def ring_of(center: Center, interaction: Interaction, now: Instant) -> Ring:
    rings = _queue(center, interaction).rings
    ring = rings[0]
    opens = max(interaction.queued_at, interaction.preferred_until)
    for wider in rings[1:]:
        opens += wider.after_ms
        if now >= opens:
            ring = wider
    return ring


# Watching the real one


@dataclass
class Watched:
    """How often the two were compared, and where they differed."""

    compared: int = 0
    differences: list[tuple[Pair | None, Pair | None]] = field(
        default_factory=list[tuple[Pair | None, Pair | None]]
    )


def _compare_record(center: Center, offer: Offered, now: Instant) -> None:
    interaction, decision = center.interactions[offer.interaction], offer.decision
    expected: dict[str, int] = {}
    able: list[tuple[int, str]] = []
    for agent in center.agents.values():
        found = reason(center, interaction, agent, now)
        if found:
            expected[found] = expected.get(found, 0) + 1
        else:
            able.append((score(center, interaction, agent), agent.id))
    assert decision.considered == len(able), (decision, able)
    assert dict(decision.excluded) == expected, (decision.excluded, expected)
    named = [decision.winner[0], *(one[0] for one in decision.runners_up)]
    assert named == [id_ for _, id_ in sorted(able)[:3]]


@contextmanager
def watched(center: Center) -> Generator[Watched]:
    """Compare every decision about `center` with the oracle's."""
    seen = Watched()
    original = routing.next_offer

    def compared(about: Center, now: Instant) -> Offered | None:
        expected = best_pair(about, now) if about is center else None
        offer = original(about, now)
        if about is center:
            found = (offer.interaction, offer.agent) if offer else None
            seen.compared += offer is not None
            if found != expected:
                seen.differences.append((found, expected))
            elif offer is not None:
                _compare_record(about, offer, now)
        return offer

    routing.next_offer = compared
    try:
        yield seen
    finally:
        routing.next_offer = original
