"""The whole live state of one site: plain mutable data that only `evolve` changes."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from warmline.core.agent import AgentState, profile
from warmline.core.interaction import Interaction
from warmline.core.lane import Lane
from warmline.core.matcher import Matcher
from warmline.core.policy import Tally, Trial, Tried
from warmline.core.settings import (
    Calendar,
    Disposition,
    Inbox,
    Policy,
    Queue,
    Reason,
    Segment,
    Skill,
    Team,
)
from warmline.core.skills import SkillBits
from warmline.core.words import (
    DAY,
    MINUTE,
    AgentId,
    CalendarId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    ModeId,
    Phase,
    QueueId,
    ReasonId,
    Rejected,
    SegmentId,
    SkillId,
    StakeId,
    TeamId,
    UserId,
)

Alike = tuple[SegmentId | None, StakeId | None, Medium, str | None]
"""Segment, stake, medium and arm: whose arrivals count alike."""
REMEMBERED: int = DAY
"""How long a closed interaction still takes a rating or a delivery report."""


@dataclass(slots=True)
class Waiting:
    """What routing has to look at again, and who waits: derived from the rest, never stored."""

    queued: dict[InteractionId, Lane | None] = field(
        default_factory=dict[InteractionId, Lane | None]
    )
    """Who waits, and in which lane."""
    preferring: dict[AgentId, dict[InteractionId, None]] = field(
        default_factory=dict[AgentId, dict[InteractionId, None]]
    )
    """Who waited for an agent in person; some may be served by now."""
    offsets: dict[Alike, Millis] = field(default_factory=dict[Alike, Millis])
    """What is added to arrivals that are alike, until the rules change."""
    lengths: dict[QueueId, int] = field(default_factory=dict[QueueId, int])
    """How many wait in each queue."""
    promised: dict[InteractionId, None] = field(default_factory=dict[InteractionId, None])
    """Those of them to whom a call was promised."""
    resuming: dict[AgentId, None] = field(default_factory=dict[AgentId, None])
    """Who has to be given back what was put aside."""
    bits: SkillBits = field(default_factory=SkillBits)
    matcher: Matcher | None = field(default=None, repr=False)
    """None in a state that only follows events and decides nothing."""
    deadlines: list[tuple[Instant, str, str]] = field(
        default_factory=list[tuple[Instant, str, str]]
    )
    tried: Tried | None = None
    """The trial's own settings at hand."""
    calm_since: Instant | None = None
    """Since when the figure that switched the mode on is low enough to switch it off."""
    matching: int = 0
    """Odd while the matcher runs: each call adds one before and one after."""
    failure: Exception | None = field(default=None, repr=False)
    """What the matcher raised when it failed."""

    def forget_routing(self) -> None:
        """Drop what only `step` would look at: for a copy of the state that follows events."""
        self.matcher = None
        self.resuming.clear()
        self.deadlines.clear()


@dataclass(slots=True)
class Center:
    """One site, live: who is there, what is going on, and the rules in force."""

    now: Instant = 0
    interactions: dict[InteractionId, Interaction] = field(
        default_factory=dict[InteractionId, Interaction]
    )
    agents: dict[AgentId, AgentState] = field(default_factory=dict[AgentId, AgentState])
    recent: dict[InteractionId, Instant] = field(default_factory=dict[InteractionId, Instant])
    """Closed within the last day, and when."""
    skills: dict[SkillId, Skill] = field(default_factory=dict[SkillId, Skill])
    queues: dict[QueueId, Queue] = field(default_factory=dict[QueueId, Queue])
    teams: dict[TeamId, Team] = field(default_factory=dict[TeamId, Team])
    calendars: dict[CalendarId, Calendar] = field(default_factory=dict[CalendarId, Calendar])
    inboxes: dict[InboxId, Inbox] = field(default_factory=dict[InboxId, Inbox])
    dispositions: dict[DispositionId, Disposition] = field(
        default_factory=dict[DispositionId, Disposition]
    )
    reasons: dict[ReasonId, Reason] = field(default_factory=dict[ReasonId, Reason])
    segments: dict[SegmentId, Segment] = field(default_factory=dict[SegmentId, Segment])
    policy: Policy = field(default_factory=Policy)
    trial: Trial | None = None
    trial_at: Instant = 0
    mode: ModeId | None = None
    head_start_pct: dict[SegmentId, int] = field(default_factory=dict[SegmentId, int])
    """What the guard made of the head starts; a missing segment has its own, 100."""
    tallies: dict[SegmentId, Tally] = field(default_factory=dict[SegmentId, Tally])
    """What the guard counts."""
    prices: dict[AgentId, Millis] = field(default_factory=dict[AgentId, Millis])
    failed_at: Instant | None = None
    """Since when the matcher is not trusted; None while it decides."""
    offers: int = 0
    """How many offers were made."""
    reveals: dict[UserId, list[tuple[Instant, CustomerId]]] = field(
        default_factory=dict[UserId, list[tuple[Instant, CustomerId]]]
    )
    """Whom each user looked at for a reason lately, and when, the oldest first."""
    waiting: Waiting = field(default_factory=Waiting, metadata={"derived": True}, compare=False)

    @property
    def zone(self) -> str:
        """The time zone that most of the calendars are in, UTC when there is none."""
        zones = Counter(calendar.zone for calendar in self.calendars.values())
        return min(zones, key=lambda zone: (-zones[zone], zone)) if zones else "UTC"

    def interaction(self, id_: InteractionId) -> Interaction:
        """The open interaction, else a refusal: `ended` when it is over, `unknown_interaction`."""
        found = self.interactions.get(id_)
        if found is None:
            if id_ in self.recent:
                raise Rejected("ended", f"Interaction {id_} has ended.")
            raise Rejected("unknown_interaction", f"There is no interaction {id_}.")
        return found

    def agent(self, id_: AgentId) -> AgentState:
        """The agent, else a refusal: `unknown_agent`."""
        found = self.agents.get(id_)
        if found is None:
            raise Rejected("unknown_agent", f"There is no agent {id_}.")
        return found

    def queue(self, id_: QueueId) -> Queue:
        """The queue, else a refusal: `unknown_queue`."""
        found = self.queues.get(id_)
        if found is None:
            raise Rejected("unknown_queue", f"There is no queue {id_}.")
        return found

    def queued(self) -> Iterator[Interaction]:
        """Everything that waits in a queue without a live offer."""
        return (self.interactions[id_] for id_ in self.waiting.queued)

    def want_tick(self, at: Instant, why: str, what: str) -> None:
        """Ask for a `Tick` at `at`; a deadline that is void by then does no harm."""
        heapq.heappush(self.waiting.deadlines, (at, why, what))

    def forget_deadline(self) -> None:
        """Drop the next deadline: what it was for is looked at elsewhere."""
        heapq.heappop(self.waiting.deadlines)

    def next_deadline(self) -> Instant | None:
        """When the next `Tick` is wanted, or None; what is void by now is forgotten."""
        deadlines = self.waiting.deadlines
        while deadlines:
            at, why, what = deadlines[0]
            if why not in {"offer", "interaction"}:
                return at
            interaction = self.interactions.get(InteractionId(what))
            if interaction is not None:
                offer = interaction.offer
                if why == "interaction" or (offer is not None and offer.lapses_at == at):
                    return at
            heapq.heappop(deadlines)
        return None

    def remember(self, interaction: InteractionId, at: Instant) -> None:
        """Keep in mind that it closed at `at`, and forget what closed over a day before."""
        recent = self.recent
        last = next(reversed(recent.values())) if recent else at
        recent[interaction] = at
        if last // MINUTE == at // MINUTE:  # once a minute: the front of a dict is far to go to
            return
        gone: list[InteractionId] = []
        for id_, then in recent.items():
            if then > at - REMEMBERED:
                break
            gone.append(id_)
        for id_ in gone:
            del recent[id_]

    def rebuild(self) -> None:
        """Derive again what is not stored: after loading a snapshot."""
        self.waiting = Waiting(tried=Tried.of(self.trial))
        for agent in self.agents.values():
            mask = self.waiting.bits.of_agent(agent.spec.skills)
            agent.profile = profile(agent.spec, self.policy, mask)
        for interaction in self.interactions.values():
            if interaction.phase is Phase.QUEUED:
                assert interaction.queue is not None
                self.waiting.queued[interaction.id] = None
                self.waiting.lengths[interaction.queue] = (
                    self.waiting.lengths.get(interaction.queue, 0) + 1
                )
                if interaction.promised_by:
                    self.waiting.promised[interaction.id] = None
                if interaction.preferred is not None:
                    self.waits_for(interaction.preferred, interaction.id)

    def waits_for(self, agent: AgentId, interaction: InteractionId) -> None:
        """Note that the interaction waits for the agent in person."""
        self.waiting.preferring.setdefault(agent, {})[interaction] = None
