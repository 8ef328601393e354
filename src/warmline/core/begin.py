"""An agent begins a talk with a customer: it is in the agent's hands at once."""

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import routing
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, Malformed, Medium, Phase, Presence, Rejected


def decide_begin(center: Center, command: c.Begin, now: Instant) -> list[e.Event]:
    """Begin it, for whoever is signed in and has room for it; being away from calls is no bar."""
    if command.interaction in center.interactions or command.interaction in center.recent:
        raise Rejected("known_interaction", f"Interaction {command.interaction} exists already.")
    if command.by.agent is None:
        raise Malformed("by", "only an agent begins something")
    inbox = center.inboxes.get(command.inbox)
    if inbox is None:
        raise Rejected("unknown_inbox", f"There is no inbox {command.inbox}.")
    queue = center.queue(command.queue)
    must_have_room(center, command.by.agent, inbox.medium)
    return [
        e.Begun(
            at=now,
            interaction=command.interaction,
            agent=command.by.agent,
            medium=inbox.medium,
            inbox=inbox.id,
            queue=queue.id,
            customer=command.customer,
            verification=command.verification,
            segment=command.segment,
            language=command.language,
            reason=command.reason,
            follows=command.follows,
        )
    ]


def must_have_room(center: Center, id_: AgentId, medium: Medium) -> AgentState:
    agent = center.agent(id_)
    if agent.presence is Presence.OFFLINE:
        raise Rejected("agent_offline", "Sign in to your work first.")
    if agent.offer is not None:
        raise Rejected("offered_now", "Something is offered to you just now: take it or refuse it.")
    if not agent.has_room(medium):
        raise Rejected("no_capacity", f"What is in hand leaves no room for {medium}.")
    return agent


def evolve_begun(center: Center, event: e.Begun) -> None:
    """It exists, and the agent has it in hand."""
    center.interactions[event.interaction] = Interaction(
        id=event.interaction,
        medium=event.medium,
        inbox=event.inbox,
        arrived_at=event.at,
        phase_at=event.at,
        phase=Phase.CONNECTED,
        customer=event.customer,
        verification=event.verification,
        segment=event.segment,
        language=event.language,
        reason=event.reason,
        follows=event.follows,
        begun=True,
        queue=event.queue,
        agent=event.agent,
        accepted_at=event.at,
    )
    agent = center.agents[event.agent]
    agent.holds[event.interaction] = event.medium
    agent.idle_since = event.at
    routing.is_freed(center, event.agent)
