"""The routing rule once more, as plainly as it can be said: everybody against everybody."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from warmline.core import routing
from warmline.core.agent import AgentState
from warmline.core.events import Offered
from warmline.core.interaction import Interaction
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, InteractionId, Phase, Presence

Pair = tuple[InteractionId, AgentId]


def best_pair(center: Center, now: Instant) -> Pair | None:
    """Who should get whom next: the strongest claim, then the best agent for it."""
    pairs = [
        (interaction, agent)
        for interaction in center.interactions.values()
        for agent in center.agents.values()
        if may(center, interaction, agent, now)
    ]
    if not pairs:
        return None

    def match(interaction: Interaction, agent: AgentState) -> int:
        segment = center.segments.get(interaction.segment) if interaction.segment else None
        value = segment.value if segment else 1
        return center.policy.worth_ms * value * agent.spec.quality_pct // 100

    chosen = min(pairs, key=lambda pair: (pair[0].key - match(*pair), pair[0].key, pair[0].id))[0]
    agents = [agent for interaction, agent in pairs if interaction is chosen]
    handicap = center.policy.load_handicap_ms
    best = min(
        agents,
        key=lambda a: (a.idle_since + handicap * len(a.holds) - match(chosen, a), a.id),
    )
    return chosen.id, best.id


def may(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> bool:
    """Whether the agent may be offered the interaction now."""
    if interaction.phase is not Phase.QUEUED or not _free(interaction, agent):
        return False
    if interaction.declined.get(agent.id, 0) > now:
        return False
    if interaction.preferred is not None and now < interaction.preferred_until:
        return agent.id == interaction.preferred
    return _able(center, interaction, agent, now)


def _free(interaction: Interaction, agent: AgentState) -> bool:
    if agent.presence is not Presence.AVAILABLE:
        return False
    if agent.offer is not None or agent.gone_since is not None:
        return False
    of_medium = [m for m in agent.holds.values() if m is interaction.medium]
    capacity = agent.spec.capacity
    return len(agent.holds) < capacity.total and len(of_medium) < capacity.slots.get(
        interaction.medium, 0
    )


def _able(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> bool:
    assert interaction.queue is not None
    queue = center.queues[interaction.queue]
    since = max(interaction.queued_at, interaction.preferred_until)
    ring = queue.rings[0]
    opens = since
    for wider in queue.rings[1:]:
        opens += wider.after_ms
        if now >= opens:
            ring = wider
    levels = agent.spec.skills
    if any(levels.get(need.skill, 0) < need.level for need in ring.needs):
        return False
    language = interaction.language
    if language is None or ring.language_level == 0:
        return True
    known = [skill for skill in center.skills if skill == language]
    return not known or levels.get(known[0], 0) >= ring.language_level


def reasons(center: Center, interaction: Interaction, now: Instant) -> dict[str, int]:
    """How many agents may not have it, by the first reason; "" counts those who may."""
    found: dict[str, int] = {}
    for agent in center.agents.values():
        reason = _reason(center, interaction, agent, now)
        found[reason] = found.get(reason, 0) + 1
    return found


def _reason(center: Center, interaction: Interaction, agent: AgentState, now: Instant) -> str:
    waits_for_one = interaction.preferred is not None and now < interaction.preferred_until
    if waits_for_one and agent.id != interaction.preferred:
        return "not_preferred"
    if not waits_for_one and not _able(center, interaction, agent, now):
        return "skill"
    if agent.offer is not None and agent.presence is Presence.AVAILABLE:
        return "being_offered"
    if agent.presence is not Presence.AVAILABLE or agent.gone_since is not None:
        return "being_offered" if agent.offer else "not_available"
    if not _free(interaction, agent):
        return "full"
    return "declined" if interaction.declined.get(agent.id, 0) > now else ""


@dataclass
class Watched:
    """How often the two were compared, and where they differed."""

    compared: int = 0
    differences: list[tuple[Pair | None, Pair | None]] = field(
        default_factory=list[tuple[Pair | None, Pair | None]]
    )


def _compare_counts(center: Center, offer: Offered, now: Instant) -> None:
    expected = reasons(center, center.interactions[offer.interaction], now)
    assert offer.decision.considered == expected.pop("", 0)
    assert dict(offer.decision.excluded) == expected


@contextmanager
def watched(center: Center) -> Generator[Watched]:
    """Compare every decision about `center` with the oracle's."""
    seen = Watched()
    original = routing.next_offer

    def compared(about: Center, now: Instant) -> object:
        expected = best_pair(about, now) if about is center else None
        offer = original(about, now)
        if about is center:
            found = (offer.interaction, offer.agent) if offer else None
            seen.compared += offer is not None
            if found != expected:
                seen.differences.append((found, expected))
            if offer is not None:
                _compare_counts(about, offer, now)
        return offer

    routing.next_offer = compared
    try:
        yield seen
    finally:
        routing.next_offer = original
