"""What an administrator defines: skills, queues, agents, teams, hours, inboxes, policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warmline.core.callback import Callbacks
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
    ModeId,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    SkillId,
    StakeId,
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
    Of `any_of` one is enough. With `agents` named, nobody else is asked in this ring.
    """

    needs: tuple[Need, ...] = ()
    any_of: tuple[Need, ...] = ()
    agents: tuple[AgentId, ...] = ()
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


class Situation(StrEnum):
    """When the customer is told something in the queue's own words."""

    CLOSED = "closed"
    UNSTAFFED = "unstaffed"
    BUSY = "busy"


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
    overflow_waiting: int = 0
    """0 means never by state; else a new arrival moves on when this many wait already."""
    words: Mapping[Situation, Mapping[str, str]] = field(
        default_factory=dict[Situation, Mapping[str, str]]
    )
    """What the customer is told, by situation and language."""
    preferred_ms: Millis = 20 * SECOND
    """How long the agent of last time is waited for before others are asked; 0 is not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many interactions an agent may hold, by medium and as load in all.

    A medium without slots is not handled. Each interaction weighs 1 of `total`, or its medium's
    weight; one that weighs more than `total` fits when nothing else is in hand.
    """

    slots: Mapping[Medium, int] = field(
        default_factory=lambda: {
            Medium.VOICE: 1,
            Medium.CALLBACK: 1,
            Medium.CHAT: 3,
            Medium.EMAIL: 2,
            Medium.MESSAGE: 3,
        }
    )
    total: int = 4
    weights: Mapping[Medium, int] = field(
        default_factory=lambda: {Medium.VOICE: 4, Medium.CALLBACK: 4}
    )


class Trait(StrEnum):
    """What an agent is scored on."""

    QUALITY = "quality"
    PRODUCTIVITY = "productivity"
    SALES = "sales"
    INTERPERSONAL = "interpersonal"


class Source(StrEnum):
    """Where a score comes from."""

    MANUAL = "manual"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well an agent does, 0 to 1, from `n` results, with its 95 % interval when known."""

    value: float
    n: int = 0
    low: float | None = None
    high: float | None = None
    source: Source = Source.MANUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One who answers; the name and the login belong to the user, not here."""

    id: AgentId
    team: TeamId | None = None
    skills: Mapping[SkillId, int] = field(default_factory=dict[SkillId, int])
    capacity: Capacity = field(default_factory=Capacity)
    scores: Mapping[Trait, Score] = field(default_factory=dict[Trait, Score])
    """What is not scored counts as one half."""
    in_training: bool = False
    """Held to the policy's capacity for trainees."""
    groups: Mapping[str, str] = field(default_factory=dict[str, str])
    """What an affinity rule may compare (an age band …); read only where one is switched on."""


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
    reason_labels: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )
    """What customers and agents read instead of a reason's id, by reason and language."""
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
    target: Target | None = None
    """The service level promised to the segment, guarded where the policy says so."""


class Rule(StrEnum):
    """By which rule the center decides who gets whom."""

    WARMLINE = "warmline"
    LONGEST_IDLE = "longest-idle"
    LEAST_RECENT = "least-recent"
    ROUND_ROBIN = "round-robin"
    FEWEST = "fewest"
    RANDOM = "random"
    STRICT_PRIORITY = "strict-priority"
    DEDICATED_GROUP = "dedicated-group"
    BEST_AGENT = "best-agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Gives a segment below its target a larger head start, step by step, and takes it back."""

    every_ms: Millis = MINUTE
    window_ms: Millis = 30 * MINUTE
    step_pct: int = 10
    most_pct: int = 200
    """The largest head start, in percent of the policy's own."""
    least: int = 10
    """Fewer results than this in the window change nothing."""


class Measure(StrEnum):
    """A live figure that may switch a mode."""

    WAITING = "waiting"
    """How many wait."""
    LONGEST_WAIT_S = "longest_wait_s"
    """How long the first of them has waited, in seconds."""
    OCCUPANCY_PCT = "occupancy_pct"
    """The share of signed-in, available agents with something in hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A rule on a live figure: on at `on_at` or more, off at `off_at` or less for `calm_ms`."""

    measure: Measure
    on_at: int
    off_at: int
    queue: QueueId | None = None
    """None: over all queues."""
    calm_ms: Millis = 5 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """Other rules for a time ("storm"): by calendar, or by a trigger; what is None stays."""

    id: ModeId
    name: str
    calendar: CalendarId | None = None
    trigger: Trigger | None = None
    worth_ms: Millis | None = None
    head_starts: Mapping[SegmentId, Millis] = field(default_factory=dict[SegmentId, Millis])
    medium_offset_ms: Mapping[Medium, Millis] = field(default_factory=dict[Medium, Millis])


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """A bonus where customer and agent are of the same group; off unless somebody says why."""

    trait: str
    """The name of the group (`age_band`), as customers state it and agents have it."""
    bonus_ms: Millis
    """30,000 at most."""
    reason: str
    """Why it is switched on, in writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What is at stake in an interaction (an order worth much, a cancellation, a sales lead)."""

    id: StakeId
    name: str
    head_start_ms: Millis = 0
    """Added to the head start of the customer's segment."""
    value: int = 1
    """Weight of match quality, 1 to 10; the larger of it and the segment's counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of routing and of time-outs that hold for the whole center."""

    version: int = 1
    rule: Rule = Rule.WARMLINE
    seed: int = 0
    """What the random rule draws from."""
    worth_ms: Millis = 600 * SECOND
    """Fair to best match: how much idle time the best match outweighs."""
    traits: Mapping[Trait, int] = field(default_factory=lambda: {Trait.QUALITY: 1})
    """The scores that a match is made of, with their weights."""
    prices: bool = False
    """Whether agents who will be needed more elsewhere count as less idle, by forecast."""
    guard: Guard | None = None
    modes: tuple[Mode, ...] = ()
    """The first that applies holds."""
    affinities: tuple[Affinity, ...] = ()
    stakes: tuple[Stake, ...] = ()
    """What the value of an interaction changes, beside that of the customer."""
    dedicated: Mapping[SegmentId, TeamId] = field(default_factory=dict[SegmentId, TeamId])
    """Who serves whom, and nobody else, under the dedicated-group rule."""
    capacities: Mapping[TeamId, Capacity] = field(default_factory=dict[TeamId, Capacity])
    """What the agents of a team hold, in place of what is said of each."""
    trainee: Capacity | None = None
    """The most that an agent in training holds; None: like everybody."""
    interrupts: Mapping[Medium, tuple[Medium, ...]] = field(
        default_factory=lambda: {
            Medium.VOICE: (Medium.EMAIL, Medium.MESSAGE),
            Medium.CALLBACK: (Medium.EMAIL, Medium.MESSAGE),
        }
    )
    """Work that is put aside, and taken up again, when one of this medium comes."""
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
    callbacks: Callbacks = field(default_factory=Callbacks)
    transfer_ms: Millis = 30 * SECOND
    """How long a named colleague is waited for after a transfer."""
    consult_ms: Millis = 2 * MINUTE
    agent_lost_ms: Millis = 2 * MINUTE
    """Without any connection for this long an agent is offline and their work goes back."""
    customer_lost_queued_ms: Millis = 2 * MINUTE
    customer_lost_connected_ms: Millis = 10 * MINUTE
    chat_idle_ms: Millis = HOUR
    reveals_per_hour: int = 20
    """How often a user may look at a customer's data without having to do with them."""
    unmasked_ms: Millis = 15 * MINUTE
    """How long a customer's data stays readable after an interaction, and after a reveal."""
