"""Handing on and asking in: transfers to a queue or a person, consults, work that goes back."""

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import queueing, routing, ruleset
from warmline.core.interaction import TALKING, Consultation, Interaction
from warmline.core.state import Center
from warmline.core.supervision import must_supervise
from warmline.core.words import (
    AgentId,
    ConsultId,
    Instant,
    Malformed,
    Phase,
    Presence,
    QueueId,
    Rejected,
)
from warmline.core.wrapup import holder, release

CONSULTS_AT_ONCE = 5


def decide_transfer(center: Center, command: c.Transfer, now: Instant) -> list[e.Event]:
    """Hand on; the interaction keeps its age, and its aim when it was never answered."""
    interaction = center.interaction(command.interaction)
    if command.to_queue is None and command.to_agent is None:
        raise Malformed("to_queue", "name a queue or a colleague", "missing")
    _may_hand_on(center, interaction, command)
    queue_id = _target_queue(center, interaction, command, now)
    found: list[e.Event] = []
    if interaction.offer is not None:
        found.append(_withdrawn(interaction, now))
    found.extend(consults_ended(interaction, now))
    found.append(
        e.Transferred(
            at=now,
            interaction=interaction.id,
            by=command.by.user,
            queue=queue_id,
            from_agent=interaction.agent,
            to_agent=command.to_agent,
            note=command.note,
        )
    )
    answered = interaction.accepted_at is not None
    found.append(
        queueing.queued(
            center,
            interaction.id,
            queue_id,
            now,
            since=(interaction.unanswered_since or now) if answered else interaction.arrived_at,
            cause="transfer",
            preferred=command.to_agent,
            preferred_why="transfer",
            preferred_ms=center.policy.transfer_ms,
            tried=ruleset.tried_for(center, interaction),
        )
    )
    return found


def _may_hand_on(center: Center, interaction: Interaction, command: c.Transfer) -> None:
    if interaction.phase in TALKING:
        holder(center, interaction, command.by, "transfer")
    elif interaction.phase not in {Phase.QUEUED, Phase.OFFERED}:
        interaction.must_allow(e.Transferred, "transfer")
    else:
        must_supervise(center, command.by, interaction, "hand on what waits")


def _target_queue(
    center: Center, interaction: Interaction, command: c.Transfer, now: Instant
) -> QueueId:
    queue_id = command.to_queue or interaction.queue
    assert queue_id is not None
    if command.to_agent is not None:
        center.queue(queue_id)
        colleague = center.agent(command.to_agent)
        if colleague.id == interaction.agent:
            raise Rejected("same_agent", "It is in the hands of this agent already.")
        if colleague.presence is Presence.OFFLINE:
            raise Rejected("agent_offline", "This colleague is not signed in.")
        if colleague.profile.capacity.slots.get(interaction.medium, 0) == 0:
            raise Rejected("no_capacity", f"This colleague does not take {interaction.medium}.")
        return queue_id
    tried = ruleset.tried_for(center, interaction)
    return queueing.admit(center, queue_id, interaction.medium, interaction.language, now, tried)


def _withdrawn(interaction: Interaction, now: Instant) -> e.OfferWithdrawn:
    assert interaction.offer is not None
    return e.OfferWithdrawn(
        at=now,
        interaction=interaction.id,
        agent=interaction.offer.agent,
        offer=interaction.offer.id,
        cause="transferred",
    )


def returned(
    center: Center, interaction: Interaction, now: Instant, *, cause: str
) -> list[e.Event]:
    """The agent is gone: the interaction waits again in its queue, with its age."""
    assert interaction.agent is not None
    assert interaction.queue is not None
    return [
        *consults_ended(interaction, now),
        e.Returned(at=now, interaction=interaction.id, agent=interaction.agent, cause=cause),
        queueing.queued(
            center,
            interaction.id,
            interaction.queue,
            now,
            since=interaction.unanswered_since or now,
            cause="returned",
            tried=ruleset.tried_for(center, interaction),
        ),
    ]


def evolve_transferred(center: Center, event: e.Transferred) -> None:
    """The interaction leaves its agent; `Queued` follows."""
    interaction = center.interactions[event.interaction]
    _leave_hands(center, interaction, event)
    interaction.transfers += 1
    interaction.note = event.note
    interaction.declined.clear()
    if event.from_agent is not None:
        interaction.from_agent = event.from_agent
        interaction.declined[event.from_agent] = event.at + center.policy.declined_ms


def evolve_returned(center: Center, event: e.Returned) -> None:
    """The interaction leaves an agent who is gone; `Queued` follows."""
    interaction = center.interactions[event.interaction]
    _leave_hands(center, interaction, event)
    interaction.from_agent = event.agent


def _leave_hands(
    center: Center, interaction: Interaction, event: e.Transferred | e.Returned
) -> None:
    interaction.move(event)
    interaction.held_at = None
    interaction.interrupted = False
    routing.leaves(center, interaction)
    if interaction.agent is not None:
        release(center, interaction, interaction.agent, event.at)


# Consults


def decide_consult(center: Center, command: c.Consult, now: Instant) -> list[e.Event]:
    """Ask a colleague into the conversation."""
    interaction = center.interaction(command.interaction)
    agent = holder(center, interaction, command.by, "ask a colleague")
    if interaction.phase not in TALKING:
        raise Rejected("wrong_phase", "A colleague can be asked while the talk goes on.")
    colleague = center.agent(command.colleague)
    if colleague.id == agent:
        raise Rejected("same_agent", "You cannot consult yourself.")
    if colleague.presence is Presence.OFFLINE:
        raise Rejected("agent_offline", "This colleague is not signed in.")
    if any(known.colleague == colleague.id for known in interaction.consults.values()):
        raise Rejected("already_asked", "This colleague has been asked already.")
    if len(interaction.consults) >= CONSULTS_AT_ONCE:
        raise Rejected("too_many", f"At most {CONSULTS_AT_ONCE} colleagues at once.")
    return [
        e.ConsultAsked(
            at=now,
            interaction=interaction.id,
            consult=command.consult,
            agent=agent,
            colleague=colleague.id,
            lapses_at=now + center.policy.consult_ms,
        )
    ]


def decide_join(center: Center, command: c.JoinConsult, now: Instant) -> list[e.Event]:
    """The colleague comes in."""
    interaction = center.interaction(command.interaction)
    consult = _consult(interaction, command.consult)
    if consult.colleague != command.by.agent:
        raise Rejected("not_yours", "Somebody else was asked.")
    if consult.joined:
        return []
    return [
        e.ConsultJoined(
            at=now,
            interaction=interaction.id,
            consult=consult.id,
            colleague=consult.colleague,
        )
    ]


def decide_end_consult(center: Center, command: c.EndConsult, now: Instant) -> list[e.Event]:
    """The colleague declines or goes, or the one who asked ends it."""
    interaction = center.interaction(command.interaction)
    consult = _consult(interaction, command.consult)
    if command.by.agent not in {consult.agent, consult.colleague}:
        raise Rejected("not_yours", "This consult is between others.")
    cause = "done" if consult.joined else "declined"
    return [consult_ended(interaction, consult, now, cause=cause)]


def _consult(interaction: Interaction, id_: ConsultId) -> Consultation:
    found = interaction.consults.get(id_)
    if found is None:
        raise Rejected("unknown_consult", "This consult is over.")
    return found


def consult_ended(
    interaction: Interaction, consult: Consultation, now: Instant, *, cause: str
) -> e.ConsultEnded:
    """The event that ends one consult."""
    return e.ConsultEnded(
        at=now,
        interaction=interaction.id,
        consult=consult.id,
        colleague=consult.colleague,
        cause=cause,
    )


def consults_ended(interaction: Interaction, now: Instant) -> list[e.Event]:
    """The events that end all consults of a talk that ends or moves on."""
    return [
        consult_ended(interaction, consult, now, cause="talk_over")
        for consult in interaction.consults.values()
    ]


def evolve_consult_asked(center: Center, event: e.ConsultAsked) -> None:
    """A colleague is asked."""
    center.interactions[event.interaction].consults[event.consult] = Consultation(
        id=event.consult,
        agent=event.agent,
        colleague=event.colleague,
        lapses_at=event.lapses_at,
    )


def evolve_consult_joined(center: Center, event: e.ConsultJoined) -> None:
    """The colleague is in."""
    center.interactions[event.interaction].consults[event.consult].joined = True


def evolve_consult_ended(center: Center, event: e.ConsultEnded) -> None:
    """The colleague is out."""
    del center.interactions[event.interaction].consults[event.consult]


def sees(interaction: Interaction, agent: AgentId) -> bool:
    """Whether the interaction is in the agent's view: offered, held, or consulted upon."""
    offered = interaction.offer is not None and interaction.offer.agent == agent
    return (
        offered
        or interaction.agent == agent
        or any(consult.colleague == agent for consult in interaction.consults.values())
    )
