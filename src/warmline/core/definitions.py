"""Defining and removing settings: skills, queues, agents, hours, one at a time."""

from collections.abc import Callable, Iterable

from warmline.core import commands as c
from warmline.core import deadlines, guard, routing
from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.checks import (
    LANGUAGE,
    NAME_LENGTH,
    Known,
    check_agent,
    check_calendar,
    check_id,
    check_known,
    check_name,
    check_queue,
    check_segment,
    on_a_form,
)
from warmline.core.policy_checks import check_policy
from warmline.core.publishing import in_force
from warmline.core.settings import Inbox, Kind, Policy, Queue
from warmline.core.state import Center
from warmline.core.words import (
    AgentId,
    Instant,
    Malformed,
    Medium,
    Presence,
    QueueId,
    Rejected,
    SegmentId,
)

MOST_REASONS = 50


def decide_skill(_: Center, command: c.DefineSkill, now: Instant) -> list[e.Event]:
    """Create or change a skill."""
    check_id(command.skill.id)
    check_name(command.skill.name)
    return [e.SkillDefined(at=now, skill=command.skill)]


def decide_queue(center: Center, command: c.DefineQueue, now: Instant) -> list[e.Event]:
    """Create or change a queue; what waits in it follows the new rules at once."""
    with on_a_form():
        check_queue(Known.to(center), command.queue)
    return [e.QueueDefined(at=now, queue=command.queue)]


def decide_agent(center: Center, command: c.DefineAgent, now: Instant) -> list[e.Event]:
    """Create or change an agent's skills, scores, capacity and team."""
    with on_a_form():
        check_agent(Known.to(center), command.agent)
    return [e.AgentDefined(at=now, agent=command.agent)]


def decide_team(_: Center, command: c.DefineTeam, now: Instant) -> list[e.Event]:
    """Create or change a team."""
    check_id(command.team.id)
    check_name(command.team.name)
    return [e.TeamDefined(at=now, team=command.team)]


def decide_calendar(_: Center, command: c.DefineCalendar, now: Instant) -> list[e.Event]:
    """Create or change business hours."""
    check_calendar(command.calendar)
    return [e.CalendarDefined(at=now, calendar=command.calendar)]


def decide_inbox(center: Center, command: c.DefineInbox, now: Instant) -> list[e.Event]:
    """Create or change an inbox."""
    inbox = command.inbox
    check_id(inbox.id)
    check_name(inbox.name)
    goes_to = [inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()]
    check_known("queue", "queue", goes_to, center.queues)
    if inbox.offline_inbox is not None:
        check_known("offline_inbox", "inbox", [inbox.offline_inbox], center.inboxes)
        if center.inboxes[inbox.offline_inbox].medium is not Medium.EMAIL:
            raise Malformed("offline_inbox", "must be an e-mail inbox")
    _check_kept_medium(center, inbox)
    _check_reasons(inbox)
    return [e.InboxDefined(at=now, inbox=inbox)]


def _check_reasons(inbox: Inbox) -> None:
    if len(inbox.by_reason) > MOST_REASONS:
        raise Malformed(
            "by_reason", f"{MOST_REASONS} reasons at most", "too_many", max=MOST_REASONS
        )
    for reason, labels in inbox.reason_labels.items():
        if reason not in inbox.by_reason:
            raise Malformed("reason_labels", f"{reason[:NAME_LENGTH]} is none of the reasons")
        for language, label in labels.items():
            if not LANGUAGE.fullmatch(language):
                raise Malformed(
                    "reason_labels", "languages are tags such as ru or pt-BR", "no_language"
                )
            if not 1 <= len(label.strip()) <= NAME_LENGTH:
                raise Malformed("reason_labels", f"a label has 1 to {NAME_LENGTH} characters")


def _check_kept_medium(center: Center, inbox: Inbox) -> None:
    before = center.inboxes.get(inbox.id)
    if before is not None and before.medium is not inbox.medium:
        raise Rejected("medium_fixed", f"{before.name} is an inbox for {before.medium}.")


def decide_disposition(center: Center, command: c.DefineDisposition, now: Instant) -> list[e.Event]:
    """Create or change a disposition."""
    check_id(command.disposition.id)
    check_name(command.disposition.name)
    check_known("queues", "queue", command.disposition.queues, center.queues)
    return [e.DispositionDefined(at=now, disposition=command.disposition)]


def decide_reason(_: Center, command: c.DefineReason, now: Instant) -> list[e.Event]:
    """Create or change a reason for absence."""
    check_id(command.reason.id)
    check_name(command.reason.name)
    if command.reason.presence in {Presence.AVAILABLE, Presence.OFFLINE}:
        raise Malformed("presence", "a reason belongs to a presence between the two ends")
    return [e.ReasonDefined(at=now, reason=command.reason)]


def decide_segment(_: Center, command: c.DefineSegment, now: Instant) -> list[e.Event]:
    """Create or change a segment."""
    with on_a_form():
        check_segment(command.segment)
    return [e.SegmentDefined(at=now, segment=command.segment)]


def decide_policy(center: Center, command: c.DefinePolicy, now: Instant) -> list[e.Event]:
    """Change the policy; two people who edit the same version do not overwrite each other."""
    policy = command.policy
    if policy.version != center.policy.version + 1:
        raise Rejected("policy_changed", "Somebody changed the policy meanwhile; load it again.")
    with on_a_form():
        check_policy(Known.to(center), policy)
    return [e.PolicyDefined(at=now, policy=policy)]


# Removing


def decide_remove(center: Center, command: c.Remove, now: Instant) -> list[e.Event]:
    """Remove a setting; one that something still uses is refused (`in_use`), saying by what."""
    if command.item not in _shelf(center, command.kind):
        raise Rejected(f"unknown_{command.kind}", f"There is no {command.kind} {command.item}.")
    user = next(iter(_users(center, command.kind, command.item)), None)
    if user is not None:
        raise Rejected("in_use", f"It is still used by {user}.", used_by=user)
    return [e.Removed(at=now, kind=command.kind, item=command.item)]


def _shelf(center: Center, kind: Kind) -> dict[str, object]:
    shelves: dict[Kind, object] = {
        Kind.SKILL: center.skills,
        Kind.QUEUE: center.queues,
        Kind.AGENT: center.agents,
        Kind.TEAM: center.teams,
        Kind.CALENDAR: center.calendars,
        Kind.INBOX: center.inboxes,
        Kind.DISPOSITION: center.dispositions,
        Kind.REASON: center.reasons,
        Kind.SEGMENT: center.segments,
    }
    return shelves[kind]  # type: ignore[return-value]  # the ids are all strings underneath


def _users(center: Center, kind: Kind, item: str) -> Iterable[str]:
    """Who still uses the setting, as `kind id`."""
    finders: dict[Kind, Callable[[Center, str], Iterable[str]]] = {
        Kind.SKILL: _users_of_skill,
        Kind.QUEUE: _users_of_queue,
        Kind.AGENT: _users_of_agent,
        Kind.TEAM: _users_of_team,
        Kind.CALENDAR: _users_of_calendar,
        Kind.INBOX: _users_of_inbox,
        Kind.DISPOSITION: lambda center, item: (
            f"queue {queue.id}"
            for queue in center.queues.values()
            if queue.wrap_up.automatic == item
        ),
        Kind.SEGMENT: _users_of_segment,
    }
    finder = finders.get(kind)
    return finder(center, item) if finder else ()


def _policies(center: Center) -> Iterable[Policy]:
    yield center.policy
    if center.trial is not None:
        yield center.trial.ruleset.policy


def _queues(center: Center) -> Iterable[Queue]:
    yield from center.queues.values()
    if center.trial is not None:
        yield from center.trial.ruleset.queues


def _users_of_team(center: Center, item: str) -> Iterable[str]:
    for agent in center.agents.values():
        if agent.spec.team == item:
            yield f"agent {agent.id}"
    for policy in _policies(center):
        if item in policy.capacities or item in policy.dedicated.values():
            yield f"policy {policy.version}"


def _users_of_calendar(center: Center, item: str) -> Iterable[str]:
    for queue in _queues(center):
        if queue.calendar == item:
            yield f"queue {queue.id}"
    for policy in _policies(center):
        if any(mode.calendar == item for mode in policy.modes):
            yield f"policy {policy.version}"


def _users_of_segment(center: Center, item: str) -> Iterable[str]:
    for found in center.interactions.values():
        if found.segment == item:
            yield f"interaction {found.id}"
    for policy in _policies(center):
        if item in policy.dedicated or any(item in mode.head_starts for mode in policy.modes):
            yield f"policy {policy.version}"


def _users_of_skill(center: Center, item: str) -> Iterable[str]:
    for queue in _queues(center):
        needs = (need for ring in queue.rings for need in (*ring.needs, *ring.any_of))
        if any(need.skill == item for need in needs):
            yield f"queue {queue.id}"
    for agent in center.agents.values():
        if item in agent.spec.skills:
            yield f"agent {agent.id}"


def _users_of_queue(center: Center, item: str) -> Iterable[str]:
    for inbox in center.inboxes.values():
        if item in {inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()}:
            yield f"inbox {inbox.id}"
    for queue in _queues(center):
        if queue.overflow_to == item:
            yield f"queue {queue.id}"
    yield from _modes_with_queue(center, item)
    for disposition in center.dispositions.values():
        if QueueId(item) in disposition.queues:
            yield f"disposition {disposition.id}"
    for interaction in center.interactions.values():
        if interaction.queue == item:
            yield f"interaction {interaction.id}"


def _modes_with_queue(center: Center, item: str) -> Iterable[str]:
    for policy in _policies(center):
        if any(mode.trigger and mode.trigger.queue == item for mode in policy.modes):
            yield f"policy {policy.version}"


def _users_of_agent(center: Center, item: str) -> Iterable[str]:
    for queue in _queues(center):
        if any(item in ring.agents for ring in queue.rings):
            yield f"queue {queue.id}"
    for interaction in center.interactions.values():
        offered = interaction.offer is not None and interaction.offer.agent == item
        consulted = any(
            item in {consult.agent, consult.colleague} for consult in interaction.consults.values()
        )
        if interaction.agent == item or offered or consulted:
            yield f"interaction {interaction.id}"


def _users_of_inbox(center: Center, item: str) -> Iterable[str]:
    for inbox in center.inboxes.values():
        if inbox.offline_inbox == item:
            yield f"inbox {inbox.id}"
    for interaction in center.interactions.values():
        if interaction.inbox == item:
            yield f"interaction {interaction.id}"


# Evolving


def evolve_skill(center: Center, event: e.SkillDefined) -> None:
    """The skill is known."""
    center.skills[event.skill.id] = event.skill
    routing.look_again(center)


def evolve_queue(center: Center, event: e.QueueDefined) -> None:
    """The queue's rules hold from now on, also for what waits in it."""
    center.queues[event.queue.id] = event.queue
    for interaction in center.queued():
        if interaction.queue == event.queue.id:
            deadlines.watch_anew(center, interaction)
    routing.look_again(center)


def evolve_agent(center: Center, event: e.AgentDefined) -> None:
    """The agent's skills and capacity hold from now on."""
    known = center.agents.get(event.agent.id)
    if known is None:
        known = AgentState(spec=event.agent, presence_at=event.at, idle_since=event.at)
        center.agents[event.agent.id] = known
    known.spec = event.agent
    routing.has_new_profile(center, known)


def evolve_team(center: Center, event: e.TeamDefined) -> None:
    """The team is known."""
    center.teams[event.team.id] = event.team


def evolve_calendar(center: Center, event: e.CalendarDefined) -> None:
    """The hours hold from now on; aims given before stay."""
    center.calendars[event.calendar.id] = event.calendar


def evolve_inbox(center: Center, event: e.InboxDefined) -> None:
    """The inbox is known."""
    center.inboxes[event.inbox.id] = event.inbox


def evolve_disposition(center: Center, event: e.DispositionDefined) -> None:
    """The disposition is known."""
    center.dispositions[event.disposition.id] = event.disposition


def evolve_reason(center: Center, event: e.ReasonDefined) -> None:
    """The reason is known."""
    center.reasons[event.reason.id] = event.reason


def evolve_segment(center: Center, event: e.SegmentDefined) -> None:
    """The segment is known; keys given before stay."""
    center.segments[event.segment.id] = event.segment
    guard.hold_to_policy(center)


def evolve_policy(center: Center, event: e.PolicyDefined) -> None:
    """The policy holds from now on."""
    center.policy = event.policy
    in_force(center)


def evolve_removed(center: Center, event: e.Removed) -> None:
    """The setting is gone."""
    del _shelf(center, event.kind)[event.item]
    if event.kind is Kind.AGENT:
        center.prices.pop(AgentId(event.item), None)
    elif event.kind is Kind.SEGMENT:
        center.head_start_pct.pop(SegmentId(event.item), None)
        center.tallies.pop(SegmentId(event.item), None)
    routing.look_again(center)
