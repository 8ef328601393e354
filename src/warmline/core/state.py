"""The whole live state of one site: plain mutable data that only `evolve` changes."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
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
from warmline.core.standing import Standings
from warmline.core.words import (
    DAY,
    AgentId,
    CalendarId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Phase,
    QueueId,
    ReasonId,
    Rejected,
    SegmentId,
    SkillId,
    TeamId,
)

REMEMBERED: int = DAY
"""How long a closed interaction still takes a rating or a delivery report."""


@dataclass(slots=True)
class Waiting:
    """What routing has to look at again, and who waits: derived from the rest, never stored."""

    queued: dict[InteractionId, None] = field(default_factory=dict[InteractionId, None])
    unsettled: dict[InteractionId, None] = field(default_factory=dict[InteractionId, None])
    freed: dict[AgentId, None] = field(default_factory=dict[AgentId, None])
    bits: SkillBits = field(default_factory=SkillBits)
    standings: Standings = field(default_factory=Standings, repr=False)
    deadlines: list[tuple[Instant, str, str]] = field(
        default_factory=list[tuple[Instant, str, str]]
    )

    def forget_routing(self) -> None:
        """Drop what only `step` would look at: for a copy of the state that follows events."""
        self.unsettled.clear()
        self.freed.clear()
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

    def next_deadline(self) -> Instant | None:
        """When the next `Tick` is wanted, or None."""
        return self.waiting.deadlines[0][0] if self.waiting.deadlines else None

    def mask(self, agent: AgentState) -> None:
        """Compute the agent's skill bits again."""
        agent.mask = self.waiting.bits.of_agent(agent.spec.skills)

    def remember(self, interaction: InteractionId, at: Instant) -> None:
        """Keep in mind that it closed at `at`, and forget what closed over a day before."""
        self.recent[interaction] = at
        while self.recent[oldest := next(iter(self.recent))] <= at - REMEMBERED:
            del self.recent[oldest]

    def rebuild(self) -> None:
        """Derive again what is not stored: after loading a snapshot."""
        self.waiting = Waiting()
        for agent in self.agents.values():
            self.mask(agent)
        for interaction in self.interactions.values():
            if interaction.phase is Phase.QUEUED:
                self.waiting.queued[interaction.id] = None
