"""Defining and removing settings: what must hold before a queue, an agent or hours may change."""

import re
from collections.abc import Callable, Collection, Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warmline.core import commands as c
from warmline.core import deadlines, routing
from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.settings import (
    HIGHEST_LEVEL,
    Calendar,
    Inbox,
    Interval,
    Kind,
    Need,
    Policy,
    Queue,
    WhenClosed,
    WhenUnstaffed,
)
from warmline.core.state import Center
from warmline.core.words import DAY, Instant, Malformed, Medium, Presence, QueueId, Rejected

ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,63}")
NAME_LENGTH = 80
MOST_RINGS = 10
MOST_SKILLS = 200
MOST_INTERVALS = 12
MOST_EXCEPTIONS = 1000
LARGEST_SLOTS = 50
LONGEST = 30 * DAY
PERCENT = 100
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_MINUTES = 1440
_HIGHEST_VALUE = 10


def _check_id(item: str) -> None:
    if not ID.fullmatch(item):
        raise Malformed(
            "id", "1 to 64 letters, digits, `_ . : -`, beginning with a letter or digit"
        )


def _check_name(name: str) -> None:
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Malformed("name", f"1 to {NAME_LENGTH} characters")


def _check_range(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Malformed(field, f"must be {least} to {most}")


def _check_known(what: str, wanted: Iterable[str], known: Collection[str]) -> None:
    for item in wanted:
        if item not in known:
            raise Rejected(f"unknown_{what}", f"There is no {what} {item}.")


def _check_needs(center: Center, needs: Iterable[Need]) -> None:
    for need in needs:
        _check_known("skill", [need.skill], center.skills)
        _check_range("level", need.level, 1, HIGHEST_LEVEL)


def decide_skill(_: Center, command: c.DefineSkill, now: Instant) -> list[e.Event]:
    """Create or change a skill."""
    _check_id(command.skill.id)
    _check_name(command.skill.name)
    return [e.SkillDefined(at=now, skill=command.skill)]


def decide_queue(center: Center, command: c.DefineQueue, now: Instant) -> list[e.Event]:
    """Create or change a queue; what waits in it follows the new rules at once."""
    queue = command.queue
    _check_id(queue.id)
    _check_name(queue.name)
    _check_rings(center, queue)
    _check_range("share_pct", queue.target.share_pct, 0, PERCENT)
    _check_range("within_ms", queue.target.within_ms, 1000, LONGEST)
    _check_range("limit_ms", queue.wrap_up.limit_ms, 0, DAY)
    _check_range("overflow_after_ms", queue.overflow_after_ms, 0, LONGEST)
    _check_range("preferred_ms", queue.preferred_ms, 0, DAY)
    _check_known("calendar", [queue.calendar] if queue.calendar else [], center.calendars)
    _check_overflow(center, queue)
    return [e.QueueDefined(at=now, queue=queue)]


def _check_rings(center: Center, queue: Queue) -> None:
    _check_range("rings", len(queue.rings), 1, MOST_RINGS)
    for ring in queue.rings:
        _check_needs(center, ring.needs)
        _check_range("language_level", ring.language_level, 0, HIGHEST_LEVEL)
        _check_range("after_ms", ring.after_ms, 0, LONGEST)


def _check_overflow(center: Center, queue: Queue) -> None:
    wants = (
        queue.overflow_after_ms > 0
        or queue.when_closed is WhenClosed.OVERFLOW
        or queue.when_unstaffed is WhenUnstaffed.OVERFLOW
    )
    if queue.overflow_to is None:
        if wants:
            raise Malformed("overflow_to", "overflow needs a queue to go to")
        return
    if queue.overflow_to == queue.id:
        raise Malformed("overflow_to", "a queue cannot overflow into itself")
    _check_known("queue", [queue.overflow_to], center.queues)


def decide_agent(center: Center, command: c.DefineAgent, now: Instant) -> list[e.Event]:
    """Create or change an agent's skills, capacity and team."""
    agent = command.agent
    _check_id(agent.id)
    _check_known("team", [agent.team] if agent.team else [], center.teams)
    _check_range("skills", len(agent.skills), 0, MOST_SKILLS)
    _check_needs(center, [Need(skill=s, level=level) for s, level in agent.skills.items()])
    _check_range("total", agent.capacity.total, 0, LARGEST_SLOTS)
    for slots in agent.capacity.slots.values():
        _check_range("slots", slots, 0, LARGEST_SLOTS)
    _check_range("quality_pct", agent.quality_pct, 0, PERCENT)
    return [e.AgentDefined(at=now, agent=agent)]


def decide_team(_: Center, command: c.DefineTeam, now: Instant) -> list[e.Event]:
    """Create or change a team."""
    _check_id(command.team.id)
    _check_name(command.team.name)
    return [e.TeamDefined(at=now, team=command.team)]


def decide_calendar(_: Center, command: c.DefineCalendar, now: Instant) -> list[e.Event]:
    """Create or change business hours."""
    hours = command.calendar
    _check_id(hours.id)
    _check_name(hours.name)
    _check_zone(hours)
    _check_range("exceptions", len(hours.exceptions), 0, MOST_EXCEPTIONS)
    for intervals in hours.week.values():
        _check_intervals(intervals)
    for date, intervals in hours.exceptions.items():
        if not _DATE.fullmatch(date):
            raise Malformed("exceptions", f"{date} is not a date like 2026-12-24")
        _check_intervals(intervals)
    return [e.CalendarDefined(at=now, calendar=hours)]


def _check_zone(hours: Calendar) -> None:
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Malformed("zone", "is not a time zone like Europe/Warsaw") from error


def _check_intervals(intervals: tuple[Interval, ...]) -> None:
    _check_range("intervals", len(intervals), 0, MOST_INTERVALS)
    end = 0
    for interval in sorted(intervals, key=lambda given: given.opens):
        _check_range("opens", interval.opens, 0, _DAY_MINUTES - 1)
        _check_range("closes", interval.closes, interval.opens + 1, _DAY_MINUTES)
        if interval.opens < end:
            raise Malformed("intervals", "two intervals of a day overlap")
        end = interval.closes


def decide_inbox(center: Center, command: c.DefineInbox, now: Instant) -> list[e.Event]:
    """Create or change an inbox."""
    inbox = command.inbox
    _check_id(inbox.id)
    _check_name(inbox.name)
    goes_to = [inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()]
    _check_known("queue", goes_to, center.queues)
    if inbox.offline_inbox is not None:
        _check_known("inbox", [inbox.offline_inbox], center.inboxes)
        if center.inboxes[inbox.offline_inbox].medium is not Medium.EMAIL:
            raise Malformed("offline_inbox", "must be an e-mail inbox")
    _check_kept_medium(center, inbox)
    return [e.InboxDefined(at=now, inbox=inbox)]


def _check_kept_medium(center: Center, inbox: Inbox) -> None:
    before = center.inboxes.get(inbox.id)
    if before is not None and before.medium is not inbox.medium:
        raise Rejected("medium_fixed", f"{before.name} is an inbox for {before.medium}.")


def decide_disposition(center: Center, command: c.DefineDisposition, now: Instant) -> list[e.Event]:
    """Create or change a disposition."""
    _check_id(command.disposition.id)
    _check_name(command.disposition.name)
    _check_known("queue", command.disposition.queues, center.queues)
    return [e.DispositionDefined(at=now, disposition=command.disposition)]


def decide_reason(_: Center, command: c.DefineReason, now: Instant) -> list[e.Event]:
    """Create or change a reason for absence."""
    _check_id(command.reason.id)
    _check_name(command.reason.name)
    if command.reason.presence in {Presence.AVAILABLE, Presence.OFFLINE}:
        raise Malformed("presence", "a reason belongs to a presence between the two ends")
    return [e.ReasonDefined(at=now, reason=command.reason)]


def decide_segment(_: Center, command: c.DefineSegment, now: Instant) -> list[e.Event]:
    """Create or change a segment."""
    _check_id(command.segment.id)
    _check_name(command.segment.name)
    _check_range("head_start_ms", command.segment.head_start_ms, 0, DAY)
    _check_range("value", command.segment.value, 1, _HIGHEST_VALUE)
    return [e.SegmentDefined(at=now, segment=command.segment)]


def decide_policy(center: Center, command: c.DefinePolicy, now: Instant) -> list[e.Event]:
    """Change the policy; two people who edit the same version do not overwrite each other."""
    policy = command.policy
    if policy.version != center.policy.version + 1:
        raise Rejected("policy_changed", "Somebody changed the policy meanwhile; load it again.")
    _check_policy(policy)
    return [e.PolicyDefined(at=now, policy=policy)]


def _check_policy(policy: Policy) -> None:
    _check_range("worth_ms", policy.worth_ms, 0, DAY)
    _check_range("load_handicap_ms", policy.load_handicap_ms, 0, DAY)
    for length in policy.offer_ms.values():
        _check_range("offer_ms", length, 5_000, DAY)
    for offset in policy.medium_offset_ms.values():
        _check_range("medium_offset_ms", offset, 0, LONGEST)
    for field in ("declined_ms", "transfer_ms", "consult_ms", "agent_lost_ms"):
        _check_range(field, getattr(policy, field), 1000, DAY)
    for field in ("customer_lost_queued_ms", "customer_lost_connected_ms", "chat_idle_ms"):
        _check_range(field, getattr(policy, field), 1000, DAY)


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
        Kind.TEAM: lambda center, item: (
            f"agent {agent.id}" for agent in center.agents.values() if agent.spec.team == item
        ),
        Kind.CALENDAR: lambda center, item: (
            f"queue {queue.id}" for queue in center.queues.values() if queue.calendar == item
        ),
        Kind.INBOX: _users_of_inbox,
        Kind.DISPOSITION: lambda center, item: (
            f"queue {queue.id}"
            for queue in center.queues.values()
            if queue.wrap_up.automatic == item
        ),
        Kind.SEGMENT: lambda center, item: (
            f"interaction {found.id}"
            for found in center.interactions.values()
            if found.segment == item
        ),
    }
    finder = finders.get(kind)
    return finder(center, item) if finder else ()


def _users_of_skill(center: Center, item: str) -> Iterable[str]:
    for queue in center.queues.values():
        if any(need.skill == item for ring in queue.rings for need in ring.needs):
            yield f"queue {queue.id}"
    for agent in center.agents.values():
        if item in agent.spec.skills:
            yield f"agent {agent.id}"


def _users_of_queue(center: Center, item: str) -> Iterable[str]:
    for inbox in center.inboxes.values():
        if item in {inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()}:
            yield f"inbox {inbox.id}"
    for queue in center.queues.values():
        if queue.overflow_to == item:
            yield f"queue {queue.id}"
    for disposition in center.dispositions.values():
        if QueueId(item) in disposition.queues:
            yield f"disposition {disposition.id}"
    for interaction in center.interactions.values():
        if interaction.queue == item:
            yield f"interaction {interaction.id}"


def _users_of_agent(center: Center, item: str) -> Iterable[str]:
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
            deadlines.watch(center, interaction)
    routing.look_again(center)


def evolve_agent(center: Center, event: e.AgentDefined) -> None:
    """The agent's skills and capacity hold from now on."""
    known = center.agents.get(event.agent.id)
    if known is None:
        known = AgentState(spec=event.agent, presence_at=event.at, idle_since=event.at)
        center.agents[event.agent.id] = known
    known.spec = event.agent
    center.mask(known)
    routing.is_freed(center, known.id)


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


def evolve_policy(center: Center, event: e.PolicyDefined) -> None:
    """The policy holds from now on."""
    center.policy = event.policy
    deadlines.watch_all(center)
    routing.look_again(center)


def evolve_removed(center: Center, event: e.Removed) -> None:
    """The setting is gone."""
    del _shelf(center, event.kind)[event.item]
    center.waiting.standings.forget()
