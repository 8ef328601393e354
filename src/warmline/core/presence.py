"""Offers and presence: accepting, declining, being available or not, screens that come and go."""

from warmline.core import commands as c
from warmline.core import deadlines, routing
from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction, Offer
from warmline.core.state import Center
from warmline.core.supervision import must_lead
from warmline.core.words import (
    LIVE_MEDIA,
    AgentId,
    Instant,
    OfferId,
    Phase,
    Presence,
    Rejected,
)


def decide_accept(center: Center, command: c.Accept, now: Instant) -> list[e.Event]:
    """Take the interaction; only the live offer with this very id can be accepted."""
    interaction = center.interaction(command.interaction)
    offer = _live_offer(interaction, command.offer)
    if offer.agent != command.by.agent:
        raise Rejected("not_yours", f"{interaction.id} is offered to somebody else.")
    found: list[e.Event] = [
        e.Accepted(now, interaction.id, offer.agent, offer.id),
    ]
    agent = center.agents[offer.agent]
    if agent.holds:
        found.extend(
            e.Held(at=now, interaction=held, agent=offer.agent, cause="interrupted")
            for held in agent.puts_aside(interaction.medium)
            if center.interactions[held].phase is Phase.CONNECTED
        )
    return found


def resumptions(center: Center, now: Instant) -> list[e.Event]:
    """What was put aside is taken up again once the work that interrupted it is out of hand."""
    found: list[e.Event] = []
    for id_ in center.waiting.resuming:
        agent = center.agents.get(id_)
        if agent is None:
            continue
        for held, medium in agent.holds.items():
            if center.interactions[held].interrupted and not agent.is_put_aside(medium):
                found.append(e.Resumed(at=now, interaction=held, agent=id_, cause="interrupted"))
    center.waiting.resuming.clear()
    return found


def decide_decline(center: Center, command: c.Decline, now: Instant) -> list[e.Event]:
    """Say no; the interaction waits on with its age, others are asked."""
    interaction = center.interaction(command.interaction)
    offer = _live_offer(interaction, command.offer)
    if offer.agent != command.by.agent:
        raise Rejected("not_yours", f"{interaction.id} is offered to somebody else.")
    return [
        e.OfferDeclined(at=now, interaction=interaction.id, agent=offer.agent, offer=offer.id),
    ]


def _live_offer(interaction: Interaction, id_: OfferId) -> Offer:
    if interaction.offer is None or interaction.offer.id != id_:
        raise Rejected("offer_gone", "This offer has lapsed; it may come again.")
    return interaction.offer


def evolve_accepted(center: Center, event: e.Accepted) -> None:
    """The agent holds the interaction."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.offer = None
    interaction.agent = event.agent
    if interaction.accepted_at is None:
        interaction.accepted_at = event.at
    agent = center.agents[event.agent]
    agent.offer = None
    agent.holds[event.interaction] = interaction.medium
    agent.handled += 1
    agent.idle_since = event.at
    routing.is_freed(center, event.agent)


def evolve_offer_over(
    center: Center, event: e.OfferDeclined | e.OfferLapsed | e.OfferWithdrawn
) -> None:
    """The offer is over without an accept: back into the line, with the same key."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.offer = None
    if isinstance(event, e.OfferDeclined):
        interaction.declined[event.agent] = event.at + center.policy.declined_ms
    center.agents[event.agent].offer = None
    routing.is_freed(center, event.agent)
    routing.waits_again(center, interaction)


def decide_presence(center: Center, command: c.SetPresence, now: Instant) -> list[e.Event]:
    """Change presence: one's own, or another's as a supervisor."""
    agent = center.agent(command.agent)
    own = command.by.agent == agent.id
    if not own:
        must_lead(command.by, agent)
    _check_reason(center, command)
    if (agent.presence, agent.reason) == (command.presence, command.reason):
        return []
    if command.presence is Presence.OFFLINE:
        return _leaves(center, agent, now, own=own)
    found: list[e.Event] = []
    if agent.offer is not None:
        offered = center.interactions[agent.offer]
        found.append(deadlines.withdrawn(offered, now, cause="not_available"))
    found.append(
        e.PresenceChanged(
            at=now,
            agent=agent.id,
            presence=command.presence,
            reason=command.reason,
            cause="self" if own else "supervisor",
        )
    )
    return found


def _leaves(center: Center, agent: AgentState, now: Instant, *, own: bool) -> list[e.Event]:
    live = [
        held
        for held, medium in agent.holds.items()
        if medium in LIVE_MEDIA and center.interactions[held].phase is not Phase.WRAPPING
    ]
    if own and live:
        raise Rejected(
            "still_holding",
            f"Finish or transfer first: {len(live)} still in hand.",
            count=len(live),
        )
    return deadlines.goes_offline(center, agent, now, cause="self" if own else "supervisor")


def _check_reason(center: Center, command: c.SetPresence) -> None:
    if command.reason is None:
        return
    reason = center.reasons.get(command.reason)
    if reason is None:
        raise Rejected("unknown_reason", f"There is no reason {command.reason}.")
    if reason.presence is not command.presence:
        raise Rejected("wrong_reason", f"{reason.name} is a reason for {reason.presence}.")


def evolve_presence(center: Center, event: e.PresenceChanged) -> None:
    """The agent's presence is another; becoming available begins the idle time."""
    agent = center.agents[event.agent]
    if event.presence is Presence.AVAILABLE and agent.presence is not Presence.AVAILABLE:
        agent.idle_since = event.at
        if agent.presence is Presence.OFFLINE:
            agent.handled = 0
    agent.presence = event.presence
    agent.reason = event.reason
    agent.presence_at = event.at
    routing.is_freed(center, event.agent)
    if event.presence is not Presence.AVAILABLE:
        _waited_for_in_vain(center, event.agent, event.at)


def _waited_for_in_vain(center: Center, agent: AgentId, at: Instant) -> None:
    """Whoever waits for an agent who went away is served by the others from now on."""
    for id_ in center.waiting.preferring.pop(agent, ()):
        interaction = center.interactions.get(id_)
        if interaction is None or interaction.preferred != agent:
            continue
        if interaction.preferred_until > at:
            interaction.preferred_until = at
            if interaction.phase is Phase.QUEUED:
                routing.waits_again(center, interaction)
                deadlines.watch(center, interaction)


def decide_connect(center: Center, command: c.ConnectAgent, now: Instant) -> list[e.Event]:
    """A screen is there; twice is once."""
    agent = center.agent(command.agent)
    return [] if agent.connected else [e.AgentConnected(at=now, agent=agent.id)]


def decide_disconnect(center: Center, command: c.DisconnectAgent, now: Instant) -> list[e.Event]:
    """No screen is there any more; twice is once."""
    agent = center.agent(command.agent)
    return [e.AgentDisconnected(at=now, agent=agent.id)] if agent.connected else []


def evolve_connected(center: Center, event: e.AgentConnected) -> None:
    """The agent can be reached."""
    agent = center.agents[event.agent]
    agent.connected = True
    agent.gone_since = None
    routing.is_freed(center, event.agent)


def evolve_disconnected(center: Center, event: e.AgentDisconnected) -> None:
    """The agent cannot be reached: nothing is offered, and after a while the work goes back."""
    agent = center.agents[event.agent]
    agent.connected = False
    agent.gone_since = event.at
    routing.is_freed(center, event.agent)
    deadlines.watch_agent(center, agent)
