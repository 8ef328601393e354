"""Other rules for a time: by calendar, or by a live figure that switches them on and later off."""

from collections.abc import Iterable

from warmline.core import calendar, deferral
from warmline.core import events as e
from warmline.core.settings import Measure, Mode, Policy, Segment, Trigger
from warmline.core.state import Center
from warmline.core.words import MINUTE, SECOND, Instant, Medium, Millis, Presence

OWN_PCT = 100
"""A head start that the guard has left alone."""


# What holds now


def mode_of(center: Center, policy: Policy) -> Mode | None:
    """What the policy says for the mode that the center is in."""
    if center.mode is None:
        return None
    return next((mode for mode in policy.modes if mode.id == center.mode), None)


def worth_ms(center: Center, policy: Policy) -> Millis:
    """How much idle time the best match outweighs now."""
    mode = mode_of(center, policy)
    return policy.worth_ms if mode is None or mode.worth_ms is None else mode.worth_ms


def head_start_ms(center: Center, segment: Segment, policy: Policy | None = None) -> Millis:
    """How much longer the segment counts as having waited who comes now, the guard included."""
    mode = mode_of(center, policy or center.policy)
    own = segment.head_start_ms
    if mode is not None:
        own = mode.head_starts.get(segment.id, own)
    return own * center.head_start_pct.get(segment.id, OWN_PCT) // OWN_PCT


def medium_offset_ms(center: Center, policy: Policy, medium: Medium) -> Millis:
    """What is added to the place in the line of who comes now over this medium."""
    mode = mode_of(center, policy)
    own = policy.medium_offset_ms.get(medium, 0)
    return own if mode is None else mode.medium_offset_ms.get(medium, own)


# When one begins and ends


def due(center: Center, now: Instant) -> list[e.Event]:
    """The mode that ends and the one that begins now; none of both most of the time."""
    present = mode_of(center, center.policy)
    wanted, cause = _wanted(center, present, now)
    if wanted is not None and wanted.id == center.mode:
        return []
    found: list[e.Event] = []
    if center.mode is not None:
        found.append(e.ModeLeft(at=now, mode=center.mode, cause=_cause_of_end(present, wanted)))
    if wanted is not None:
        found.append(e.ModeEntered(at=now, mode=wanted.id, cause=cause))
    return found


def _cause_of_end(present: Mode | None, wanted: Mode | None) -> str:
    if present is None:
        return "removed"
    if wanted is not None:
        return "other"
    return "calendar" if present.trigger is None else "trigger"


def _wanted(center: Center, present: Mode | None, now: Instant) -> tuple[Mode | None, str]:
    """The first mode of the policy that applies, and why."""
    for mode in center.policy.modes:
        hours = center.calendars.get(mode.calendar) if mode.calendar else None
        if hours is not None and calendar.is_open(hours, now):
            return mode, "calendar"
        if mode.trigger is not None and _pulled(center, mode.trigger, now, on=mode is present):
            return mode, "trigger"
    return None, ""


def _pulled(center: Center, trigger: Trigger, now: Instant, *, on: bool) -> bool:
    """Whether the trigger's mode holds: on from `on_at`, off after a calm at `off_at` or less."""
    value = measured(center, trigger, now)
    if not on:
        return value >= trigger.on_at
    waiting = center.waiting
    if value > trigger.off_at:
        waiting.calm_since = None
        return True
    if waiting.calm_since is None:
        waiting.calm_since = now
    return now - waiting.calm_since < trigger.calm_ms


def is_pulled(center: Center) -> bool:
    """Whether more wait than a mode allows that does not hold yet."""
    for mode in center.policy.modes:
        trigger = mode.trigger
        if trigger is None or trigger.measure is not Measure.WAITING or mode.id == center.mode:
            continue
        if measured(center, trigger, center.now) >= trigger.on_at:
            return True
    return False


def measured(center: Center, trigger: Trigger, now: Instant) -> int:
    """The live figure that the trigger looks at."""
    if trigger.measure is Measure.OCCUPANCY_PCT:
        return _occupancy_pct(center)
    if trigger.measure is Measure.LONGEST_WAIT_S:
        return max(_waits(center, trigger, now), default=0) // SECOND
    waiting, queue = center.waiting, trigger.queue
    stand = len(waiting.queued) if queue is None else waiting.lengths.get(queue, 0)
    return stand - deferral.how_many(center, queue)


def _waits(center: Center, trigger: Trigger, now: Instant) -> Iterable[Millis]:
    queue = trigger.queue
    return (
        now - deferral.waits_since(center, waiting)
        for waiting in center.queued()
        if queue is None or waiting.queue == queue
    )


def _occupancy_pct(center: Center) -> int:
    """The share of available agents with something in hand, 0 when nobody is available."""
    present = [a for a in center.agents.values() if a.presence is Presence.AVAILABLE]
    if not present:
        return 0
    return OWN_PCT * sum(1 for agent in present if agent.holds) // len(present)


def next_look(center: Center, now: Instant) -> Instant | None:
    """When to look again: at the next whole minute, where hours change too; None without modes."""
    if not center.policy.modes and center.mode is None:
        return None
    return now - now % MINUTE + MINUTE
