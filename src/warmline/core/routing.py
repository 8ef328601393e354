"""Who gets whom: the routing rule, run until quiet after every command.

Who may comes before who should. An agent's score for an interaction is
`idle_since + handicap - match`; the least wins. An interaction's claim on a freed agent is
`key - match`; the least wins. `match = worth * value of the segment * quality of the agent / 100`,
so one slider says how much idle time a better match outweighs.
"""

import heapq
from collections.abc import Iterable, Mapping

from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction, Offer
from warmline.core.settings import Need, Queue, Ring
from warmline.core.standing import Kind, why_not
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, Medium, Millis, OfferId, Phase, SkillId

Score = tuple[int, AgentId]
FOREMOST = 3
"""The winner and the runners-up that a decision names."""


def next_offer(center: Center, now: Instant) -> e.Offered | None:
    """The next offer to make, or None when nobody waits for whom somebody able is free.

    Looks only at interactions that wait anew and at agents who became free: for all others the
    last call has already found nothing.
    """
    waiting = center.waiting
    if not (waiting.unsettled or waiting.freed):
        return None
    found = _best_pair(center, now)
    if found is None:
        waiting.unsettled.clear()
        waiting.freed.clear()
    return found


def _best_pair(center: Center, now: Instant) -> e.Offered | None:
    candidates = _candidates(center)
    if not candidates:
        return None
    if len(candidates) == 1 and center.waiting.unsettled:
        return _offer(center, candidates[0], now)
    agents: Iterable[AgentState] = center.agents.values()
    if not center.waiting.unsettled:
        agents = (center.agents[i] for i in center.waiting.freed if i in center.agents)
    ready = [agent for agent in agents if agent.ready()]
    best: tuple[int, Instant, str] | None = None
    chosen: Interaction | None = None
    for interaction in candidates:
        able = _eligible(center, interaction, ready, now)
        if not able:
            continue
        claim = interaction.key - max(match_ms(center, interaction, agent) for agent in able)
        if best is None or (claim, interaction.key, interaction.id) < best:
            best = (claim, interaction.key, interaction.id)
            chosen = interaction
    return None if chosen is None else _offer(center, chosen, now)


def _candidates(center: Center) -> list[Interaction]:
    """What waits and has to be looked at: all of it when somebody became free."""
    waiting = center.waiting
    if waiting.freed:
        return list(center.queued())
    return [center.interactions[i] for i in waiting.unsettled if i in waiting.queued]


def match_ms(center: Center, interaction: Interaction, agent: AgentState) -> Millis:
    """How much waiting or idling the match of the two outweighs, in ms (0 or more)."""
    return _worth(center, interaction) * agent.spec.quality_pct // 100


def _worth(center: Center, interaction: Interaction) -> Millis:
    segment = center.segments.get(interaction.segment) if interaction.segment else None
    return center.policy.worth_ms * (segment.value if segment else 1)


def handicap_ms(center: Center, agent: AgentState) -> Millis:
    """How much less idle an agent counts for what is in hand already."""
    return center.policy.load_handicap_ms * len(agent.holds)


def ring_of(queue: Queue, interaction: Interaction, now: Instant) -> tuple[int, Ring]:
    """The widest ring that is open by now, and its number (0 is the first)."""
    waited = now - max(interaction.queued_at, interaction.preferred_until)
    opened = 0
    number = 0
    for index, ring in enumerate(queue.rings):
        opened += ring.after_ms if index else 0
        if waited >= opened:
            number = index
    return number, queue.rings[number]


def needs_of(ring: Ring, interaction: Interaction) -> tuple[Need, ...]:
    """What the ring requires of an agent for this customer, the language included."""
    if not (interaction.language and ring.language_level):
        return ring.needs
    language = Need(skill=SkillId(interaction.language), level=ring.language_level)
    return (*ring.needs, language)


def waits_for_preferred(interaction: Interaction, now: Instant) -> bool:
    """Whether only the preferred agent is asked for now."""
    return interaction.preferred is not None and now < interaction.preferred_until


def _required_mask(center: Center, interaction: Interaction, now: Instant) -> tuple[int, int]:
    """The ring number and the bits that an agent must have."""
    assert interaction.queue is not None
    number, ring = ring_of(center.queues[interaction.queue], interaction, now)
    needs = tuple(
        need
        for need in needs_of(ring, interaction)
        if need.skill in center.skills or need in ring.needs
    )
    return number, center.waiting.bits.of_needs(needs)


def _eligible(
    center: Center, interaction: Interaction, agents: list[AgentState], now: Instant
) -> list[AgentState]:
    medium = interaction.medium
    declined = interaction.declined
    if waits_for_preferred(interaction, now):
        agents = [agent for agent in agents if agent.id == interaction.preferred]
        mask = 0
    else:
        _, mask = _required_mask(center, interaction, now)
    return [
        agent
        for agent in agents
        if agent.mask & mask == mask
        and agent.has_room(medium)
        and (not declined or declined.get(agent.id, 0) <= now)
    ]


def _offer(center: Center, interaction: Interaction, now: Instant) -> e.Offered | None:
    """The offer to the best of all agents, None when nobody may have it now."""
    considered, foremost, excluded = _ranked(center, interaction, now)
    if not foremost:
        return None
    best, *runners_up = foremost
    preferred = waits_for_preferred(interaction, now)
    number, _ = _required_mask(center, interaction, now)
    decision = e.Decision(
        cause="preferred" if preferred else "best",
        ring=-1 if preferred else number,
        considered=considered,
        winner=_terms(center, interaction, best, now),
        runners_up=tuple(_terms(center, interaction, agent, now) for agent in runners_up),
        excluded=tuple(sorted(excluded.items())),
        waited_ms=now - interaction.queued_at,
        policy=center.policy.version,
    )
    return e.Offered(
        at=now,
        interaction=interaction.id,
        agent=best.id,
        offer=OfferId(f"{interaction.id}.{interaction.offers + 1}"),
        lapses_at=now + offer_ms(center, interaction.medium),
        decision=decision,
    )


def _ranked(
    center: Center, interaction: Interaction, now: Instant
) -> tuple[int, list[AgentState], Mapping[str, int]]:
    """How many may have it, the foremost of them, and how many may not for which reason."""
    if interaction.declined or waits_for_preferred(interaction, now):
        able, excluded = _sift(center, interaction, now)
        return len(able), _foremost(center, interaction, able), excluded
    kind = Kind(
        medium=interaction.medium,
        mask=_required_mask(center, interaction, now)[1],
        worth_ms=_worth(center, interaction),
        handicap_ms=center.policy.load_handicap_ms,
    )
    standing = center.waiting.standings.of(kind, center.agents)
    foremost = [center.agents[id_] for id_ in standing.foremost(FOREMOST)]
    return standing.considered(), foremost, standing.excluded


def offer_ms(center: Center, medium: Medium) -> Millis:
    """How long an agent has to answer an offer of this medium."""
    return center.policy.offer_ms.get(medium, 20_000)


def _terms(
    center: Center, interaction: Interaction, agent: AgentState, now: Instant
) -> tuple[AgentId, int, int, int, int]:
    match, handicap = match_ms(center, interaction, agent), handicap_ms(center, agent)
    idle = now - agent.idle_since
    return agent.id, handicap - match - idle, idle, match, handicap


def _foremost(center: Center, interaction: Interaction, able: list[AgentState]) -> list[AgentState]:
    """The best and the runners-up."""

    def score(agent: AgentState) -> Score:
        match = match_ms(center, interaction, agent)
        return agent.idle_since + handicap_ms(center, agent) - match, agent.id

    return heapq.nsmallest(FOREMOST, able, key=score)


def _sift(
    center: Center, interaction: Interaction, now: Instant
) -> tuple[list[AgentState], dict[str, int]]:
    """Who may have what not everybody may, and how many may not, by the first reason."""
    able: list[AgentState] = []
    excluded: dict[str, int] = {}
    only = interaction.preferred if waits_for_preferred(interaction, now) else None
    mask = 0 if only else _required_mask(center, interaction, now)[1]
    for agent in center.agents.values():
        if only and agent.id != only:
            reason = "not_preferred"
        else:
            reason = why_not(agent, interaction.medium, mask)
        if reason is None and interaction.declined.get(agent.id, 0) > now:
            reason = "declined"
        if reason is None:
            able.append(agent)
        else:
            excluded[reason] = excluded.get(reason, 0) + 1
    return able, excluded


def evolve_offered(center: Center, event: e.Offered) -> None:
    """The interaction is offered: it leaves the line, the agent is asked."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.offers += 1
    interaction.offer = Offer(id=event.offer, agent=event.agent, lapses_at=event.lapses_at)
    center.agents[event.agent].offer = event.interaction
    center.waiting.standings.has_changed(event.agent)
    center.waiting.queued.pop(event.interaction, None)
    center.want_tick(event.lapses_at, "interaction", event.interaction)


def waits_again(center: Center, interaction: Interaction) -> None:
    """Put an interaction that is in phase queued (back) into the line."""
    assert interaction.phase is Phase.QUEUED
    center.waiting.queued[interaction.id] = None
    center.waiting.unsettled[interaction.id] = None


def is_freed(center: Center, agent: AgentId) -> None:
    """Have routing look at an agent again who may have room now."""
    center.waiting.freed[agent] = None
    center.waiting.standings.has_changed(agent)


def look_again(center: Center) -> None:
    """Have routing look at everything: the rules changed."""
    center.waiting.standings.forget()
    for interaction in center.waiting.queued:
        center.waiting.unsettled[interaction] = None
    for agent in center.agents:
        is_freed(center, agent)
