"""Which settings decide for an interaction, in force or on trial, and what may be published."""

from collections.abc import Collection, Mapping

from warmline.core.checks import (
    Known,
    check_calendar,
    check_id,
    check_queue,
    check_range,
    check_segment,
    check_unique,
    within,
)
from warmline.core.interaction import Interaction
from warmline.core.policy import ARM_B, Ruleset, Trial, Tried
from warmline.core.policy_checks import check_policy
from warmline.core.settings import Calendar, Policy, Queue, Segment, Stake
from warmline.core.state import Center
from warmline.core.words import DAY, MINUTE, CalendarId, Malformed, QueueId

LONGEST_TRIAL = 90 * DAY
SMALLEST_SHARE, LARGEST_SHARE = 10, 50
MOST_BROUGHT = 500


def tried_for(center: Center, interaction: Interaction) -> Tried | None:
    """The settings on trial when they decide for this interaction."""
    trial = center.trial
    if trial is None or interaction.arm != ARM_B or trial.id != interaction.trial:
        return None
    return center.waiting.tried


def policy_of(center: Center, interaction: Interaction) -> Policy:
    """The policy that decides for the interaction."""
    if center.trial is None:
        return center.policy
    tried = tried_for(center, interaction)
    return center.policy if tried is None else tried.policy


def queue_of(center: Center, interaction: Interaction) -> Queue:
    """The queue that the interaction is in, as its arm has it."""
    assert interaction.queue is not None
    if center.trial is None:
        return center.queues[interaction.queue]
    return arm_queue(center, interaction.queue, tried_for(center, interaction))


def segment_of(center: Center, interaction: Interaction) -> Segment | None:
    """The customer's segment, as the arm has it; None when there is none."""
    if interaction.segment is None:
        return None
    tried = tried_for(center, interaction)
    own = tried.segments.get(interaction.segment) if tried is not None else None
    return own if own is not None else center.segments.get(interaction.segment)


def stake_of(center: Center, interaction: Interaction) -> Stake | None:
    """What is at stake, as the interaction's policy weighs it; None when it does not."""
    wanted = interaction.stake
    if wanted is None:
        return None
    stakes = policy_of(center, interaction).stakes
    return next((stake for stake in stakes if stake.id == wanted), None)


def arm_queue(center: Center, queue: QueueId, tried: Tried | None) -> Queue:
    """A queue as `tried` has it, else the site's own."""
    own = tried.queues.get(queue) if tried is not None else None
    return own if own is not None else center.queues[queue]


def arm_calendar(center: Center, hours: CalendarId | None, tried: Tried | None) -> Calendar | None:
    """Business hours as `tried` has them, else the site's own; None when none are named."""
    if hours is None:
        return None
    own = tried.calendars.get(hours) if tried is not None else None
    return own if own is not None else center.calendars.get(hours)


# Before it is published


def check(center: Center, ruleset: Ruleset) -> None:
    """Whether the ruleset could be published here, its version aside; changes nothing.

    Raises `Malformed` with the path of what is wrong in `field` (`queues.help.rings.0.level`), or
    `Rejected` with the path as its fact `field`.
    """
    brought = _brought(ruleset)
    for field, items in brought.items():
        check_range(field, len(items), 0, MOST_BROUGHT)
        check_unique(field, items)
    known = Known.to(center, **brought)
    for segment in ruleset.segments:
        with within(f"segments.{segment.id}"):
            check_segment(segment)
    for queue in ruleset.queues:
        with within(f"queues.{queue.id}"):
            check_queue(known, queue)
    for hours in ruleset.calendars:
        with within(f"calendars.{hours.id}"):
            check_calendar(hours)
    with within("policy"):
        check_policy(known, ruleset.policy)


def _brought(ruleset: Ruleset) -> Mapping[str, Collection[str]]:
    return {
        "segments": [segment.id for segment in ruleset.segments],
        "queues": [queue.id for queue in ruleset.queues],
        "calendars": [hours.id for hours in ruleset.calendars],
    }


def check_trial(center: Center, trial: Trial) -> None:
    """Whether the trial could start here."""
    check_id(trial.id)
    check_range("share_pct", trial.share_pct, SMALLEST_SHARE, LARGEST_SHARE)
    check_range("ends_after_ms", trial.ends_after_ms, 0, LONGEST_TRIAL)
    if 0 < trial.ends_after_ms < MINUTE:
        raise Malformed("ends_after_ms", "a trial runs for a minute at least")
    with within("ruleset"):
        check(center, trial.ruleset)


def switches_affinity_on(ruleset: Ruleset, present: Policy) -> bool:
    """Whether a group would count that does not now, or count for more."""
    bonuses = {affinity.trait: affinity.bonus_ms for affinity in present.affinities}
    return any(
        affinity.bonus_ms > bonuses.get(affinity.trait, 0) for affinity in ruleset.policy.affinities
    )
