"""What an administrator defines: skills, queues, agents, teams, hours, inboxes, policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    AgentId,
    CalendarId,
    DispositionId,
    InboxId,
    Medium,
    Millis,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    SkillId,
    TeamId,
)

HIGHEST_LEVEL = 5
"""Proficiency runs from 1 (learning) to 5 (master)."""


class Kind(StrEnum):
    """The kinds of settings that can be defined and removed."""

    SKILL = "skill"
    QUEUE = "queue"
    AGENT = "agent"
    TEAM = "team"
    CALENDAR = "calendar"
    INBOX = "inbox"
    DISPOSITION = "disposition"
    REASON = "reason"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """Something an agent can do, at a level; a language is a skill whose id is its tag (`ru`)."""

    id: SkillId
    name: str
    language: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A skill that is required, with the least level (1 to 5) that will do."""

    skill: SkillId
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One step of widening: what is required, opened `after_ms` of waiting since the ring before.

    `language_level` is the least level of the customer's language, 0 when any language will do.
    """

    needs: tuple[Need, ...] = ()
    language_level: int = 1
    after_ms: Millis = 0


class WrapUpMode(StrEnum):
    """Whether work after the conversation is expected."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpRule:
    """What happens after the talk: how long it may take (0: no limit), and the automatic code."""

    mode: WrapUpMode = WrapUpMode.REQUIRED
    limit_ms: Millis = 2 * MINUTE
    automatic: DispositionId | None = None


class WhenClosed(StrEnum):
    """What a closed queue does with a new interaction."""

    REFUSE = "refuse"
    WAIT = "wait"
    OVERFLOW = "overflow"


class WhenUnstaffed(StrEnum):
    """What a queue does when nobody able is signed in."""

    REFUSE = "refuse"
    WAIT = "wait"
    OVERFLOW = "overflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Service level: `share_pct` of interactions answered within `within_ms`."""

    within_ms: Millis = 20 * SECOND
    share_pct: int = 80
    in_business_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A line of waiting interactions that need the same people."""

    id: QueueId
    name: str
    rings: tuple[Ring, ...] = (Ring(),)
    target: Target = field(default_factory=Target)
    calendar: CalendarId | None = None
    wrap_up: WrapUpRule = field(default_factory=WrapUpRule)
    when_closed: WhenClosed = WhenClosed.REFUSE
    when_unstaffed: WhenUnstaffed = WhenUnstaffed.WAIT
    overflow_to: QueueId | None = None
    overflow_after_ms: Millis = 0
    """0 means never by time; else move to `overflow_to` after this much waiting."""
    preferred_ms: Millis = 20 * SECOND
    """How long the agent of last time is waited for before others are asked; 0 is not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many interactions an agent may hold, by medium and in all; a missing medium is 0."""

    slots: Mapping[Medium, int] = field(
        default_factory=lambda: {
            Medium.VOICE: 1,
            Medium.CHAT: 3,
            Medium.EMAIL: 2,
            Medium.MESSAGE: 3,
        }
    )
    total: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One who answers; the name and the login belong to the user, not here."""

    id: AgentId
    team: TeamId | None = None
    skills: Mapping[SkillId, int] = field(default_factory=dict[SkillId, int])
    capacity: Capacity = field(default_factory=Capacity)
    quality_pct: int = 50
    """How well this agent does, 0 to 100; 50 is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents who work together under one supervisor."""

    id: TeamId
    name: str


class Weekday(StrEnum):
    """The days of a week, in order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Open from `opens` to `closes`, minutes after local midnight, 0 to 1440, not over midnight."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Business hours: intervals by weekday, exceptions by local date (`2026-12-24`).

    An exception replaces the weekday; an empty one is closed all day (a holiday).
    """

    id: CalendarId
    name: str
    zone: str = "UTC"
    week: Mapping[Weekday, tuple[Interval, ...]] = field(
        default_factory=dict[Weekday, tuple[Interval, ...]]
    )
    exceptions: Mapping[str, tuple[Interval, ...]] = field(
        default_factory=dict[str, tuple[Interval, ...]]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A door: interactions of one medium arrive and go to a queue, by reason or by language."""

    id: InboxId
    name: str
    medium: Medium
    queue: QueueId
    by_reason: Mapping[str, QueueId] = field(default_factory=dict[str, QueueId])
    by_language: Mapping[str, QueueId] = field(default_factory=dict[str, QueueId])
    origins: tuple[str, ...] = ()
    """Web origins that may embed a chat; empty means any."""
    offline_inbox: InboxId | None = None
    """Where a chat's offline form goes (an e-mail inbox)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What came of an interaction, chosen in wrap-up; empty `queues` means every queue."""

    id: DispositionId
    name: str
    queues: tuple[QueueId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody is not available: a presence with a finer word."""

    id: ReasonId
    name: str
    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A group of customers: its head start in the line, and what a good match is worth to it."""

    id: SegmentId
    name: str
    head_start_ms: Millis = 0
    value: int = 1
    """Weight of match quality, 1 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of routing and of time-outs that hold for the whole center."""

    version: int = 1
    worth_ms: Millis = 600 * SECOND
    """Fair to best match: how much idle time the best match outweighs."""
    load_handicap_ms: Millis = 60 * SECOND
    """Each interaction in hand counts as this much less idle time."""
    offer_ms: Mapping[Medium, Millis] = field(
        default_factory=lambda: {
            Medium.VOICE: 15 * SECOND,
            Medium.CHAT: 20 * SECOND,
            Medium.EMAIL: 60 * SECOND,
            Medium.MESSAGE: 30 * SECOND,
        }
    )
    medium_offset_ms: Mapping[Medium, Millis] = field(
        default_factory=lambda: {Medium.EMAIL: 30 * MINUTE}
    )
    """Added to the key of a medium: a larger one is served later."""
    declined_ms: Millis = MINUTE
    """Who declined an interaction is not asked again for this long."""
    transfer_ms: Millis = 30 * SECOND
    """How long a named colleague is waited for after a transfer."""
    consult_ms: Millis = 2 * MINUTE
    agent_lost_ms: Millis = 2 * MINUTE
    """Without any connection for this long an agent is offline and their work goes back."""
    customer_lost_queued_ms: Millis = 2 * MINUTE
    customer_lost_connected_ms: Millis = 10 * MINUTE
    chat_idle_ms: Millis = HOUR
