"""What time brings: the moments an interaction or agent waits for, and what happens when due."""

from warmline.core import deferral, queueing, routing, ruleset, transfer, wrapup
from warmline.core import events as e
from warmline.core.agent import LOST, MISSED_OFFER, AgentState
from warmline.core.interaction import FINAL, TALKING, Interaction
from warmline.core.state import Center
from warmline.core.words import Instant, Medium, Millis, Party, Phase, Presence

_QUEUED = Phase.QUEUED  # an attribute of an enum costs more than the comparison it is for
_CHAT = Medium.CHAT


def of_interaction(center: Center, interaction: Interaction) -> list[Instant]:
    """Every moment at which something may be due for the interaction."""
    found: list[Instant] = []
    phase = interaction.phase
    if phase is _QUEUED:
        _of_waiting(center, interaction, found)
    if interaction.wrap_until is not None:
        found.append(interaction.wrap_until)
    if interaction.customer_gone_since is not None:
        found.append(interaction.customer_gone_since + _patience(center, interaction))
    if interaction.medium is _CHAT and phase in TALKING:
        found.append(_idle_end(center, interaction))
    if interaction.consults:
        found.extend(one.lapses_at for one in interaction.consults.values() if not one.joined)
    return found


def _of_waiting(center: Center, interaction: Interaction, found: list[Instant]) -> None:
    queue = ruleset.queue_of(center, interaction)
    if interaction.preferred_until:
        found.append(interaction.preferred_until)
    if len(queue.rings) > 1:
        start = max(interaction.queued_at, interaction.preferred_until)
        for ring in queue.rings[1:]:
            start += ring.after_ms
            found.append(start)
    if interaction.promised_by:
        due = deferral.deferred_until(center, interaction)
        if due is not None:
            found.append(max(due, center.now))
    if interaction.declined:
        found.extend(interaction.declined.values())
    if queue.overflow_to and queue.overflow_after_ms:
        # It may have fallen due while an offer was out: then at once.
        found.append(max(interaction.queued_at + queue.overflow_after_ms, center.now))


def watch(center: Center, interaction: Interaction) -> None:
    """Ask for a tick at each moment ahead at which something may be due."""
    for at in of_interaction(center, interaction):
        if at >= center.now:
            center.want_tick(at, "interaction", interaction.id)


def watch_anew(center: Center, interaction: Interaction) -> None:
    """The rules are others: ask for its ticks again, and for one now, as it may be due already."""
    watch(center, interaction)
    if interaction.offer is not None:
        center.want_tick(interaction.offer.lapses_at, "offer", interaction.id)
    center.want_tick(center.now, "interaction", interaction.id)


def watch_agent(center: Center, agent: AgentState) -> None:
    """Ask for a tick when the agent would count as lost."""
    if agent.gone_since is not None:
        center.want_tick(agent.gone_since + center.policy.agent_lost_ms, "agent", agent.id)


def watch_all(center: Center) -> None:
    """Ask for all ticks again: after loading a snapshot, or when the policy changed."""
    center.waiting.deadlines.clear()
    for interaction in center.interactions.values():
        watch_anew(center, interaction)
    for agent in center.agents.values():
        watch_agent(center, agent)


def due_for_interaction(center: Center, interaction: Interaction, now: Instant) -> list[e.Event]:
    """What is due now; also has routing look again at an interaction that waits."""
    gone = interaction.customer_gone_since
    if interaction.offer is not None and interaction.offer.lapses_at <= now:
        return _lapse(interaction, now)
    if gone is not None and gone + _patience(center, interaction) <= now:
        return customer_ends(center, interaction, now, cause="customer_lost")
    if interaction.wrap_until is not None and interaction.wrap_until <= now:
        return [wrapup.automatic(center, interaction, now)]
    if interaction.phase in TALKING:
        return _due_in_talk(center, interaction, now)
    if interaction.phase is Phase.QUEUED:
        return _due_in_line(center, interaction, now)
    return []


def _due_in_talk(center: Center, interaction: Interaction, now: Instant) -> list[e.Event]:
    for consult in interaction.consults.values():
        if not consult.joined and consult.lapses_at <= now:
            return [transfer.consult_ended(interaction, consult, now, cause="lapsed")]
    return _idle(center, interaction, now) if interaction.medium is Medium.CHAT else []


def _due_in_line(center: Center, interaction: Interaction, now: Instant) -> list[e.Event]:
    if interaction.promised_by:
        due = deferral.deferred_until(center, interaction)
        if due is not None and due <= now:
            return [e.Escalated(at=now, interaction=interaction.id)]
    overflow = queueing.overflow_due(center, interaction, now)
    if not overflow:
        routing.waits_again(center, interaction, now)
    return overflow


def due_for_agent(center: Center, agent: AgentState, now: Instant) -> list[e.Event]:
    """An agent without any screen for too long is offline, and the work goes back."""
    if agent.gone_since is None or agent.gone_since + center.policy.agent_lost_ms > now:
        return []
    if agent.presence is Presence.OFFLINE and not agent.holds:
        return []
    return goes_offline(center, agent, now, cause="lost_connection")


def goes_offline(center: Center, agent: AgentState, now: Instant, *, cause: str) -> list[e.Event]:
    """The agent's offer is withdrawn, what is in hand waits again, wrap-ups are finished."""
    found: list[e.Event] = []
    if agent.offer is not None:
        found.append(withdrawn(center.interactions[agent.offer], now, cause=cause))
    for held in agent.holds:
        interaction = center.interactions[held]
        if interaction.phase is Phase.WRAPPING:
            found.append(wrapup.automatic(center, interaction, now))
        else:
            found.extend(transfer.returned(center, interaction, now, cause=cause))
    reason = LOST if cause == "lost_connection" else None
    found.append(
        e.PresenceChanged(
            at=now, agent=agent.id, presence=Presence.OFFLINE, reason=reason, cause=cause
        )
    )
    return found


def withdrawn(interaction: Interaction, now: Instant, *, cause: str) -> e.OfferWithdrawn:
    """The live offer of the interaction ends without an answer."""
    assert interaction.offer is not None
    return e.OfferWithdrawn(
        at=now,
        interaction=interaction.id,
        agent=interaction.offer.agent,
        offer=interaction.offer.id,
        cause=cause,
    )


def customer_ends(
    center: Center, interaction: Interaction, now: Instant, *, cause: str
) -> list[e.Event]:
    """The customer is gone: gave up while waiting, or ended the talk."""
    if interaction.phase in TALKING:
        over = wrapup.ended(center, interaction, now, by=Party.CUSTOMER, cause=cause)
        return [*transfer.consults_ended(interaction, now), over]
    if interaction.phase is Phase.WRAPPING or interaction.phase in FINAL:
        return []
    found: list[e.Event] = []
    if interaction.offer is not None:
        found.append(withdrawn(interaction, now, cause=cause))
    found.append(e.Abandoned(at=now, interaction=interaction.id, cause=cause))
    return found


def _lapse(interaction: Interaction, now: Instant) -> list[e.Event]:
    offer = interaction.offer
    assert offer is not None
    return [
        e.OfferLapsed(at=now, interaction=interaction.id, agent=offer.agent, offer=offer.id),
        e.PresenceChanged(
            at=now,
            agent=offer.agent,
            presence=Presence.BUSY,
            reason=MISSED_OFFER,
            cause="missed_offer",
        ),
    ]


def _patience(center: Center, interaction: Interaction) -> Millis:
    policy = center.policy
    if interaction.phase in TALKING:
        return policy.customer_lost_connected_ms
    return policy.customer_lost_queued_ms


def _idle_end(center: Center, interaction: Interaction) -> Instant:
    last = interaction.last_message_at or interaction.phase_at
    return max(last, interaction.accepted_at or 0) + center.policy.chat_idle_ms


def _idle(center: Center, interaction: Interaction, now: Instant) -> list[e.Event]:
    end = _idle_end(center, interaction)
    if end > now:
        center.want_tick(end, "interaction", interaction.id)
        return []
    over = wrapup.ended(center, interaction, now, by=Party.SYSTEM, cause="idle")
    return [*transfer.consults_ended(interaction, now), over]
