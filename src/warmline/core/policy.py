"""A policy as one piece: what is published together, and tried beside the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from warmline.core.settings import Calendar, Policy, Queue, Segment
from warmline.core.words import MINUTE, CalendarId, Instant, Millis, QueueId, SegmentId, TrialId

ARM_A, ARM_B = "a", "b"
"""The policy in force, and the one that is tried."""
_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """Everything that one version of the policy says; decisions name `policy.version`.

    Settings of the site that it does not name stay as they are.
    """

    policy: Policy
    segments: tuple[Segment, ...] = ()
    queues: tuple[Queue, ...] = ()
    calendars: tuple[Calendar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A second version that decides for a share of the customers, always the same ones."""

    id: TrialId
    ruleset: Ruleset
    share_pct: int = 50
    """10 to 50."""
    ends_after_ms: Millis = 0
    """0: until somebody ends it."""


def arm_of(trial: Trial, who: str) -> str:
    """The arm of a customer (or of an interaction whose customer is not known): by hash, fixed."""
    drawn = crc32(f"{trial.id}/{who}".encode()) % _HUNDRED
    return ARM_B if drawn < trial.share_pct else ARM_A


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The settings that a trial brings, by id."""

    policy: Policy
    segments: Mapping[SegmentId, Segment]
    queues: Mapping[QueueId, Queue]
    calendars: Mapping[CalendarId, Calendar]

    @staticmethod
    def of(trial: Trial | None) -> Tried | None:
        """The trial's settings, None without one."""
        if trial is None:
            return None
        rules = trial.ruleset
        return Tried(
            policy=rules.policy,
            segments={segment.id: segment for segment in rules.segments},
            queues={queue.id: queue for queue in rules.queues},
            calendars={hours.id: hours for hours in rules.calendars},
        )


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many of a segment were answered in time lately, minute by minute."""

    minutes: list[tuple[Instant, int, int]] = field(default_factory=list[tuple[Instant, int, int]])
    """(beginning, answered in time, judged), the oldest first; those without any are left out."""

    def add(self, at: Instant, *, in_time: bool, window_ms: Millis) -> None:
        """One more is judged; what is older than the window is forgotten."""
        minute = at - at % MINUTE
        if self.minutes and self.minutes[-1][0] == minute:
            _, good, judged = self.minutes.pop()
        else:
            good = judged = 0
        self.minutes.append((minute, good + in_time, judged + 1))
        while self.minutes[0][0] + MINUTE <= at - window_ms:
            del self.minutes[0]

    def of_window(self, since: Instant) -> tuple[int, int]:
        """How many were answered in time, and judged, in the minutes that end after `since`."""
        recent = [minute for minute in self.minutes if minute[0] + MINUTE > since]
        return sum(good for _, good, _ in recent), sum(judged for _, _, judged in recent)
