"""The end of a talk and the work after it: wrap-up rules, dispositions, automatic codes."""

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import privacy, routing
from warmline.core.interaction import FINAL, Interaction
from warmline.core.settings import Queue, WrapUpMode
from warmline.core.state import Center
from warmline.core.supervision import must_supervise
from warmline.core.words import (
    Actor,
    AgentId,
    DispositionId,
    Instant,
    Party,
    Phase,
    Rejected,
)

_NO_WRAP_UP = WrapUpMode.NONE  # an attribute of an enum costs more than the comparison it is for
_WRAPPING = Phase.WRAPPING
_CLOSED = Phase.CLOSED


def holder(center: Center, interaction: Interaction, by: Actor, deed: str) -> AgentId:
    """The agent who holds the interaction, when `by` is that agent, a supervisor or the center.

    Raises `Rejected` `not_yours`, or `out_of_scope` for a supervisor of others.
    """
    if interaction.agent is None:
        raise Rejected("not_yours", f"Cannot {deed}: interaction {interaction.id} is not yours.")
    if by.agent != interaction.agent:
        must_supervise(center, by, interaction, deed)
    return interaction.agent


def ended(
    center: Center, interaction: Interaction, now: Instant, *, by: Party, cause: str
) -> e.Ended:
    """The end of a talk; whether and until when the agent wraps up is the queue's rule."""
    queue = center.queues.get(interaction.queue) if interaction.queue else None
    wraps = queue is not None and queue.wrap_up.mode is not _NO_WRAP_UP
    limit = queue.wrap_up.limit_ms if queue is not None else 0
    return e.Ended(
        now,
        interaction.id,
        by,
        cause,
        interaction.agent,
        wraps and interaction.agent is not None,
        now + limit if wraps and limit and interaction.agent else None,
    )


def automatic(center: Center, interaction: Interaction, now: Instant) -> e.WrappedUp:
    """Time ran out, or the agent went away: the wrap-up ends with the queue's automatic code."""
    assert interaction.agent is not None
    queue = center.queues.get(interaction.queue) if interaction.queue else None
    code = queue.wrap_up.automatic if queue is not None else None
    return e.WrappedUp(
        at=now,
        interaction=interaction.id,
        agent=interaction.agent,
        disposition=code,
        automatic=True,
    )


def decide_wrap_up(center: Center, command: c.WrapUp, now: Instant) -> list[e.Event]:
    """Finish the work after the talk, with a disposition where the queue requires one."""
    interaction = center.interaction(command.interaction)
    agent = holder(center, interaction, command.by, "wrap up")
    interaction.must_allow(e.WrappedUp, "wrap up")
    assert interaction.queue is not None
    _check_disposition(center, center.queues[interaction.queue], command.disposition)
    return [
        e.WrappedUp(now, interaction.id, agent, command.disposition),
    ]


def _check_disposition(center: Center, queue: Queue, chosen: DispositionId | None) -> None:
    if chosen is None:
        if queue.wrap_up.mode is WrapUpMode.REQUIRED:
            raise Rejected("disposition_required", f"{queue.name} requires a disposition.")
        return
    known = center.dispositions.get(chosen)
    if known is None:
        raise Rejected("unknown_disposition", f"There is no disposition {chosen}.")
    if known.queues and queue.id not in known.queues:
        raise Rejected("wrong_disposition", f"{known.name} is not used in {queue.name}.")


def evolve_ended(center: Center, event: e.Ended) -> None:
    """The talk is over: wrap-up begins, or the interaction is closed at once."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.held_at = None
    interaction.interrupted = False
    interaction.wrap_until = event.wrap_until
    if not event.wrapping and interaction.phase is _WRAPPING:
        interaction.phase = _CLOSED
    close_if_final(center, interaction, event.at)


def evolve_wrapped_up(center: Center, event: e.WrappedUp) -> None:
    """The interaction is closed and the agent has room again."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    close_if_final(center, interaction, event.at)


def close_if_final(center: Center, interaction: Interaction, at: Instant) -> None:
    """A closed interaction leaves the state and its agent's hands."""
    if interaction.phase not in FINAL:
        return
    if interaction.agent is not None:
        release(center, interaction, interaction.agent, at)
    routing.leaves(center, interaction)
    del center.interactions[interaction.id]
    center.remember(interaction.id, at)


def release(center: Center, interaction: Interaction, agent: AgentId, at: Instant) -> None:
    """Take the interaction out of the agent's hands; the agent is idle since `at`."""
    state = center.agents[agent]
    state.holds.pop(interaction.id, None)
    state.idle_since = at
    state.ended_at = at
    if state.holds:
        center.waiting.resuming[agent] = None
    if interaction.customer is not None:
        privacy.has_seen(center, state, interaction.customer, at)
    interaction.agent = None
    routing.is_freed(center, agent)
