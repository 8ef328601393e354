"""What decides when the matcher cannot be trusted: first come, first served by who is idle longest.

A plain scan over everybody, with nothing kept from one call to the next, so that nothing in it can
be out of date. It asks the same question as the matcher: who may. Promises hold here too: a
callback comes after all others, and before them once its time draws near.
"""

from collections import Counter

from warmline.core import deferral, routing, ruleset
from warmline.core import events as e
from warmline.core.agent import OFFERED, AgentState
from warmline.core.interaction import Interaction
from warmline.core.lane import ClassKey, QueueClass
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, OfferId, Phase

FOREMOST = 3
"""The winner and the runners-up that a decision names."""
_PREFERRED_RING = -1
_QUEUED = Phase.QUEUED  # an attribute of an enum costs more than the comparison it is for


class MatcherHung(Exception):
    """Raised inside the matcher, from outside, when it does not come back."""


def is_lawful(center: Center, offer: e.Offered, now: Instant) -> bool:
    """Whether the offer is one that may be made at all: cheap, and without the matcher's word."""
    lane = center.waiting.queued.get(offer.interaction)
    agent = center.agents.get(offer.agent)
    if lane is None or agent is None:
        return False
    open_for = agent.status()
    if open_for <= 0 or not open_for & lane.of.bit:
        return False
    interaction = center.interactions[offer.interaction]
    if interaction.phase is not _QUEUED:
        return False
    if interaction.declined and interaction.declined.get(agent.id, 0) > now:
        return False
    return lane.of.admits(offer.agent, agent.profile.mask, agent.spec.team)


def next_offer(center: Center, now: Instant) -> e.Offered | None:
    """The next offer to make: to the longest idle of those who may, for who came first."""
    ready = sorted(
        (agent for agent in center.agents.values() if agent.status() > 0),
        key=lambda agent: (agent.idle_since, agent.id),
    )
    if not ready:
        return None
    hopeless: set[ClassKey] = set()
    for interaction in sorted(center.queued(), key=lambda one: _place(center, one, now)):
        key = routing.class_of(center, interaction, now)
        if key in hopeless:
            continue
        wanted = QueueClass(key)
        able = [agent for agent in ready if _may(wanted, interaction, agent, now)]
        if able:
            return _offer(center, interaction, wanted, able, now)
        if not interaction.declined:
            hopeless.add(key)
    return None


def _place(center: Center, interaction: Interaction, now: Instant) -> tuple[int, Instant, str]:
    """Due callbacks first, then who came first, then callbacks that can wait."""
    if not deferral.is_promised(center, interaction):
        return 1, interaction.arrived_at, interaction.id
    left_ms = deferral.left_ms(center, interaction, now)
    due = left_ms is None or left_ms <= 0
    return 0 if due else 2, interaction.promised_by, interaction.id


def _may(wanted: QueueClass, interaction: Interaction, agent: AgentState, now: Instant) -> bool:
    return (
        agent.has_room(wanted.medium)
        and wanted.admits(agent.id, agent.profile.mask, agent.spec.team)
        and interaction.declined.get(agent.id, 0) <= now
    )


def _offer(
    center: Center,
    interaction: Interaction,
    wanted: QueueClass,
    able: list[AgentState],
    now: Instant,
) -> e.Offered:
    preferred = routing.waits_for_preferred(interaction, now)
    queue = ruleset.queue_of(center, interaction)
    policy = ruleset.policy_of(center, interaction)
    first, *others = (_terms(agent, now) for agent in able[:FOREMOST])
    return e.Offered(
        at=now,
        interaction=interaction.id,
        agent=first[0],
        offer=OfferId(f"{interaction.id}.{interaction.offers + 1}"),
        lapses_at=now + routing.offer_ms(center, interaction.medium),
        decision=e.Decision(
            cause="fallback",
            ring=_PREFERRED_RING if preferred else routing.ring_of(queue, interaction, now)[0],
            considered=len(able),
            winner=first,
            runners_up=tuple(others),
            excluded=_excluded(center, interaction, wanted, now),
            waited_ms=now - interaction.queued_at,
            policy=policy.version,
            rule=policy.rule,
            arm=interaction.arm,
            mode=center.mode,
        ),
    )


def _terms(agent: AgentState, now: Instant) -> tuple[AgentId, int, int, int, int]:
    idle = now - agent.idle_since
    return agent.id, -idle, idle, 0, 0


def _excluded(
    center: Center, interaction: Interaction, wanted: QueueClass, now: Instant
) -> tuple[tuple[str, int], ...]:
    """Who could not have it, by the first reason."""
    reasons: Counter[str] = Counter()
    for agent in center.agents.values():
        if _may(wanted, interaction, agent, now) and agent.status() > 0:
            continue
        reasons[_reason(wanted, agent)] += 1
    return tuple(sorted(reasons.items()))


def _reason(wanted: QueueClass, agent: AgentState) -> str:
    status = agent.status()
    if status < 0:
        return "being_offered" if status == OFFERED else "not_available"
    if not agent.has_room(wanted.medium):
        return "full"
    if not wanted.admits(agent.id, agent.profile.mask, agent.spec.team):
        return "not_named" if wanted.named else "skill"
    return "declined"
