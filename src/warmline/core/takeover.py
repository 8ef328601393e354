"""A supervisor takes a talk over: handed on, asked and taken in one step, which nobody can cut."""

from collections.abc import Iterator

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import queueing, ruleset
from warmline.core.begin import must_have_room
from warmline.core.interaction import TALKING, Interaction
from warmline.core.state import Center
from warmline.core.supervision import must_supervise
from warmline.core.transfer import consults_ended
from warmline.core.words import AgentId, Instant, OfferId, Rejected

TAKEN_OVER = "taken_over"
"""The cause of a decision that was none: somebody took it."""


def decide_take_over(center: Center, command: c.TakeOver, now: Instant) -> list[e.Event]:
    """Take it over; the customer waits for nothing, the agent is free at once."""
    interaction = center.interaction(command.interaction)
    must_supervise(center, command.by, interaction, "take over")
    if interaction.phase not in TALKING:
        raise Rejected("no_talk", "Nobody talks there now.")
    agent = command.by.agent
    if agent is None:
        raise Rejected("no_phone", "You have no place of your own to take it to.")
    if agent == interaction.agent:
        raise Rejected("same_agent", "This talk is your own.")
    must_have_room(center, agent, interaction.medium)
    return [*consults_ended(interaction, now), *_handed(center, interaction, agent, command, now)]


def _handed(
    center: Center, interaction: Interaction, agent: AgentId, command: c.TakeOver, now: Instant
) -> Iterator[e.Event]:
    assert interaction.queue is not None
    offer = OfferId(f"{interaction.id}.{interaction.offers + 1}")
    yield e.Transferred(
        at=now,
        interaction=interaction.id,
        by=command.by.user,
        queue=interaction.queue,
        from_agent=interaction.agent,
        to_agent=agent,
    )
    yield queueing.queued(
        center,
        interaction.id,
        interaction.queue,
        now,
        since=interaction.unanswered_since or now,
        cause="transfer",
        tried=ruleset.tried_for(center, interaction),
    )
    yield e.Offered(
        at=now,
        interaction=interaction.id,
        agent=agent,
        offer=offer,
        lapses_at=now,
        decision=e.Decision(
            cause=TAKEN_OVER,
            ring=0,
            considered=1,
            winner=(agent, 0, 0, 0, 0),
            policy=center.policy.version,
        ),
    )
    yield e.Accepted(at=now, interaction=interaction.id, agent=agent, offer=offer)
