"""May we contact this person, for this, this way, now? One rule, and every reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from warmline.core.words import DAY, Instant
from warmline.customers.rights.model import (
    DAY_MINUTES,
    Cap,
    Consent,
    Contacted,
    ContactRules,
    Flag,
    Purpose,
    Quiet,
    Way,
)

SETTLES_WITHIN = 50
"""So often may a cap push into quiet hours and quiet hours into a cap."""


class Reason(StrEnum):
    """Why not; the gravest first."""

    DECEASED = "deceased"
    RESTRICTED = "restricted"
    ABUSIVE = "abusive"
    OBJECTS_PROFILING = "objects_profiling"
    WITHDRAWN = "withdrawn"
    NO_CONSENT = "no_consent"
    UNREACHABLE = "unreachable"
    CAP = "cap"
    QUIET_HOURS = "quiet_hours"


PASSING = frozenset({Reason.CAP, Reason.QUIET_HOURS})
"""What time alone puts right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactProfile:
    """All that the rule looks at; `contacts` reach back as far as the longest cap."""

    rules: ContactRules
    zone: str
    """Where the clock counts when the person has no zone of their own."""
    consents: Sequence[Consent] = ()
    flags: frozenset[Flag] = frozenset()
    reached_by: frozenset[Way] = frozenset()
    preferred: Way | None = None
    quiet: Quiet | None = None
    """The person's own quiet hours."""
    contacts: Sequence[Contacted] = ()
    awaits_answer: bool = False
    """Whether something the person asked for themselves is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Yes; `preferred` is the way the person likes better, where that is another."""

    preferred: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No: the gravest reason, all reasons, and when it would be allowed if nothing else changes."""

    reason: Reason
    reasons: tuple[Reason, ...]
    earliest: Instant | None
    """None where time alone puts nothing right."""
    facts: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of a cap: `most` and `days`."""


Verdict: TypeAlias = Allowed | Refused


def may_contact(profile: ContactProfile, purpose: Purpose, way: Way, at: Instant) -> Verdict:
    """Whether we may begin a contact at a moment; an answer to the customer is always allowed.

    Of all words on this way and on every way the newest counts.
    """
    if purpose is Purpose.SERVICE and profile.awaits_answer:
        return _allowed(profile, way)
    lasting = [*_barred(profile.flags, purpose), *_unwanted(profile, purpose, way)]
    cap = _cap_reached(profile, purpose, way, at)
    passing: list[Reason] = [] if cap is None else [Reason.CAP]
    if _quiet_until(profile, way, at) > at:
        passing.append(Reason.QUIET_HOURS)
    reasons = tuple(reason for reason in Reason if reason in {*lasting, *passing})
    if not reasons:
        return _allowed(profile, way)
    return Refused(
        reason=reasons[0],
        reasons=reasons,
        earliest=None if lasting else _earliest(profile, purpose, way, at),
        facts={} if cap is None else {"most": cap.most, "days": cap.days},
    )


def _allowed(profile: ContactProfile, way: Way) -> Allowed:
    other = profile.preferred is not None and profile.preferred is not way
    return Allowed(preferred=profile.preferred if other else None)


def _barred(flags: frozenset[Flag], purpose: Purpose) -> list[Reason]:
    """What the person's flags forbid, whatever they agreed to before."""
    found: list[Reason] = []
    if Flag.DECEASED in flags:
        found.append(Reason.DECEASED)
    if Flag.RESTRICTED in flags:
        found.append(Reason.RESTRICTED)
    if Flag.ABUSIVE in flags and purpose is not Purpose.SERVICE:
        found.append(Reason.ABUSIVE)
    if Flag.OBJECTS_PROFILING in flags and purpose is Purpose.PROFILING:
        found.append(Reason.OBJECTS_PROFILING)
    return found


def _unwanted(profile: ContactProfile, purpose: Purpose, way: Way) -> list[Reason]:
    """Consent that was taken back or is missing, and a way by which nobody is reached."""
    found: list[Reason] = []
    standing = standing_consent(profile.consents, purpose, way)
    if standing is not None and not standing.given:
        found.append(Reason.WITHDRAWN)
    elif standing is None and purpose in profile.rules.asks_consent:
        found.append(Reason.NO_CONSENT)
    if purpose is not Purpose.PROFILING and way not in profile.reached_by:
        found.append(Reason.UNREACHABLE)
    return found


def standing_consent(
    consents: Sequence[Consent], purpose: Purpose, way: Way | None
) -> Consent | None:
    """What counts now: the newest word on this way, or on every way if that came later still."""
    about = [one for one in consents if one.purpose is purpose and one.way in (way, None)]
    return max(about, key=lambda one: (one.at, one.way is not None), default=None)


def _cap_reached(profile: ContactProfile, purpose: Purpose, way: Way, at: Instant) -> Cap | None:
    """The first cap that is full at a moment."""
    for cap in profile.rules.caps:
        if _applies(cap, purpose, way) and _frees(profile.contacts, cap, at) > at:
            return cap
    return None


def _applies(cap: Cap, purpose: Purpose, way: Way) -> bool:
    return purpose is not Purpose.PROFILING and (
        cap.purpose in (purpose, None) and cap.way in (way, None)
    )


def _frees(contacts: Sequence[Contacted], cap: Cap, at: Instant) -> Instant:
    """When one more fits under a cap; `at` itself when it fits already."""
    span = cap.days * DAY
    counted = sorted(
        one.at for one in contacts if one.at + span > at and _applies(cap, one.purpose, one.way)
    )
    return at if len(counted) < cap.most else counted[-cap.most] + span


def _quiet_until(profile: ContactProfile, way: Way, at: Instant) -> Instant:
    """The end of the quiet hours that a moment lies in; the moment itself outside of them."""
    if way not in profile.rules.quiet_ways:
        return at
    quiet = profile.quiet or Quiet(
        since_minute=profile.rules.quiet_since_minute,
        until_minute=profile.rules.quiet_until_minute,
        zone=profile.zone,
    )
    if quiet.since_minute == quiet.until_minute:
        return at
    zone = ZoneInfo(quiet.zone)
    here = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    minute = here.hour * 60 + here.minute
    if not _within(minute, quiet.since_minute, quiet.until_minute):
        return at
    return _next(here, quiet.until_minute, zone)


def _within(minute: int, since: int, until: int) -> bool:
    """Whether a minute of the day lies between two, over midnight too.

    >>> _within(23 * 60, 22 * 60, 8 * 60), _within(8 * 60, 22 * 60, 8 * 60)
    (True, False)
    """
    if since < until:
        return since <= minute < until
    return minute >= since or minute < until


def _next(here: datetime, minute: int, zone: ZoneInfo) -> Instant:
    """The next moment at which the wall clock shows a minute of the day."""
    day = here.date()
    if here.hour * 60 + here.minute >= minute % DAY_MINUTES:
        day += timedelta(days=1)
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(
        minutes=minute % DAY_MINUTES
    )
    if wall.timestamp() <= here.timestamp():  # the hour comes twice tonight
        wall = wall.replace(fold=1)
    return int(wall.timestamp() * 1000)


def _earliest(profile: ContactProfile, purpose: Purpose, way: Way, at: Instant) -> Instant | None:
    """The first moment at which neither a cap nor quiet hours stand in the way."""
    pushes: list[Callable[[Instant], Instant]] = [
        lambda when: max(
            (
                _frees(profile.contacts, cap, when)
                for cap in profile.rules.caps
                if _applies(cap, purpose, way)
            ),
            default=when,
        ),
        lambda when: _quiet_until(profile, way, when),
    ]
    moment = at
    for _ in range(SETTLES_WITHIN):
        later = max(push(moment) for push in pushes)
        if later == moment:
            return moment
        moment = later
    return None
