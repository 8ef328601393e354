"""How an interaction gets into a line: hours, nobody there, overflow, the aim, the place."""

from warmline.core import calendar, routing, rules, ruleset
from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.policy import Tried
from warmline.core.settings import Inbox, Queue, WhenClosed, WhenUnstaffed
from warmline.core.state import Center
from warmline.core.words import (
    LIVE_MEDIA,
    AgentId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    Phase,
    Presence,
    QueueId,
    Rejected,
    SkillId,
)

_WAIT = WhenUnstaffed.WAIT  # an attribute of an enum costs more than the comparison it is for
OVERFLOW_HOPS = 5
"""A chain of overflow rules longer than this counts as a mistake and the last queue keeps it."""


def queue_for(inbox: Inbox, reason: str | None, language: str | None) -> QueueId:
    """The queue of an arrival: by its reason, else by its language, else the inbox's own."""
    if reason and reason in inbox.by_reason:
        return inbox.by_reason[reason]
    if language and language in inbox.by_language:
        return inbox.by_language[language]
    return inbox.queue


def admit(
    center: Center,
    queue_id: QueueId,
    medium: Medium,
    language: str | None,
    now: Instant,
    tried: Tried | None = None,
) -> QueueId:
    """The queue that takes the interaction now, after the rules for closed, unstaffed, full ones.

    Only somebody who waits at the other end is refused: a letter waits until the queue opens.

    Raises `Rejected` `closed` (with `opens_at` when it is known) or `unstaffed`.
    """
    center.queue(queue_id)
    queue = ruleset.arm_queue(center, queue_id, tried)
    for _ in range(OVERFLOW_HOPS):
        if not open_now(center, queue, now, tried):
            if queue.when_closed is WhenClosed.OVERFLOW and queue.overflow_to:
                queue = ruleset.arm_queue(center, queue.overflow_to, tried)
                continue
            if queue.when_closed is WhenClosed.REFUSE and medium in LIVE_MEDIA:
                raise _closed(center, queue, now)
        elif queue.when_unstaffed is not _WAIT and not staffed(center, queue, medium, language):
            if queue.when_unstaffed is WhenUnstaffed.OVERFLOW and queue.overflow_to:
                queue = ruleset.arm_queue(center, queue.overflow_to, tried)
                continue
            if queue.when_unstaffed is WhenUnstaffed.REFUSE and medium in LIVE_MEDIA:
                raise Rejected("unstaffed", "Nobody is there at the moment.", queue=queue.id)
        elif queue.overflow_waiting and _is_full(center, queue) and queue.overflow_to:
            queue = ruleset.arm_queue(center, queue.overflow_to, tried)
            continue
        break
    return queue.id


def _is_full(center: Center, queue: Queue) -> bool:
    return 0 < queue.overflow_waiting <= center.waiting.lengths.get(queue.id, 0)


def open_now(center: Center, queue: Queue, now: Instant, tried: Tried | None = None) -> bool:
    """Whether the queue's business hours say open; a queue without a calendar always is."""
    if queue.calendar is None:
        return True
    hours = ruleset.arm_calendar(center, queue.calendar, tried)
    return hours is None or calendar.is_open(hours, now)


def opens_at(center: Center, queue: Queue, now: Instant) -> Instant | None:
    """When the queue opens next, `now` when it is open, None when never in sight."""
    hours = center.calendars.get(queue.calendar) if queue.calendar else None
    return now if hours is None else calendar.opens_at(hours, now)


def staffed(center: Center, queue: Queue, medium: Medium, language: str | None) -> bool:
    """Whether anybody is signed in who could take such an interaction from the last ring."""
    ring = queue.rings[-1]
    bits = center.waiting.bits
    mask = bits.of_needs(ring.needs)
    any_of = bits.of_needs(ring.any_of)
    if language and ring.language_level and SkillId(language) in center.skills:
        mask |= bits.bit(SkillId(language), ring.language_level)
    return any(
        _could(agent, medium, mask, any_of) and (not ring.agents or agent.id in ring.agents)
        for agent in center.agents.values()
    )


def _could(agent: AgentState, medium: Medium, mask: int, any_of: int) -> bool:
    has = agent.profile.mask
    return (
        agent.presence is not Presence.OFFLINE
        and has & mask == mask
        and (not any_of or has & any_of != 0)
        and agent.profile.capacity.slots.get(medium, 0) > 0
    )


def _closed(center: Center, queue: Queue, now: Instant) -> Rejected:
    next_opening = opens_at(center, queue, now)
    if next_opening is None:
        return Rejected("closed", f"{queue.name} is closed.", queue=queue.id)
    return Rejected("closed", f"{queue.name} is closed now.", queue=queue.id, opens_at=next_opening)


def queued(
    center: Center,
    interaction: InteractionId,
    queue_id: QueueId,
    now: Instant,
    *,
    since: Instant,
    cause: str,
    promised_by: Instant | None = None,
    preferred: AgentId | None = None,
    preferred_why: str | None = None,
    preferred_ms: Millis | None = None,
    tried: Tried | None = None,
    reason: str | None = None,
) -> e.Queued:
    """The event that puts an interaction into the line; `since` is what the aim counts from.

    For who is preferred it waits `preferred_ms`, as long as the queue says where that is left out.
    """
    queue = ruleset.arm_queue(center, queue_id, tried)
    due = due_at(center, queue, since) if promised_by is None else promised_by
    if preferred_ms is None:
        preferred_ms = queue.preferred_ms
    if preferred is None or preferred_ms <= 0 or not _is_there(center, preferred):
        return e.Queued(now, interaction, queue_id, due, cause, None, None, None, reason)
    until = now + preferred_ms
    return e.Queued(now, interaction, queue_id, due, cause, preferred, until, preferred_why, reason)


def _is_there(center: Center, agent: AgentId) -> bool:
    state = center.agents.get(agent)
    return state is not None and state.presence is Presence.AVAILABLE and state.gone_since is None


def due_at(center: Center, queue: Queue, since: Instant) -> Instant:
    """The moment by which the queue aims to have answered what waits since `since`."""
    target = queue.target
    hours = center.calendars.get(queue.calendar) if queue.calendar else None
    if target.in_business_hours and hours is not None:
        return calendar.after_open_time(hours, since, target.within_ms)
    return since + target.within_ms


def overflow_due(center: Center, interaction: Interaction, now: Instant) -> list[e.Event]:
    """The events of overflow by time, empty when it is not due."""
    tried = ruleset.tried_for(center, interaction)
    queue = ruleset.queue_of(center, interaction)
    to_queue = queue.overflow_to
    if not (queue.overflow_after_ms and to_queue and to_queue in center.queues):
        return []
    if now - interaction.queued_at < queue.overflow_after_ms:
        return []
    return [
        e.Overflowed(
            at=now, interaction=interaction.id, queue=queue.id, to_queue=to_queue, cause="time"
        ),
        queued(
            center,
            interaction.id,
            to_queue,
            now,
            since=interaction.arrived_at,
            promised_by=interaction.promised_by or None,
            cause="overflow",
            tried=tried,
        ),
    ]


def evolve_queued(center: Center, event: e.Queued) -> None:
    """The interaction waits in a queue from now on."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.queue = event.queue
    interaction.queued_at = event.at
    interaction.due_at = event.due_at
    interaction.reason = event.reason or interaction.reason
    interaction.preferred = event.preferred
    interaction.preferred_until = event.preferred_until or 0
    interaction.preferred_why = event.preferred_why
    if event.preferred is not None:
        center.waits_for(event.preferred, interaction.id)
    interaction.key = rules.line_key(center, interaction)
    routing.waits_again(center, interaction)


def evolve_escalated(center: Center, event: e.Escalated) -> None:
    """The callback goes before those who wait; meanwhile it may have been offered."""
    interaction = center.interactions[event.interaction]
    interaction.escalated = True
    interaction.key = rules.line_key(center, interaction)
    if interaction.phase is Phase.QUEUED:
        routing.waits_again(center, interaction)


def evolve_overflowed(center: Center, event: e.Overflowed) -> None:
    """The interaction leaves its queue by rule; `Queued` follows."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    routing.leaves(center, interaction)


def position(center: Center, interaction: Interaction) -> int | None:
    """The place in its queue, 1 is next; None when it does not wait."""
    if interaction.phase not in {Phase.QUEUED, Phase.OFFERED}:
        return None
    before = sum(
        1
        for other in center.queued()
        if other.queue == interaction.queue
        and (other.key, other.id) < (interaction.key, interaction.id)
    )
    return before + 1
