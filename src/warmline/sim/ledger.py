"""What a run is judged by: each visit to a queue, each agent's time; as `insight` folds them.

The same facts as `insight.fold.Facts`, as far as figures need them, at a tenth of the cost; a test
holds the two together on the same events.
"""

from typing import Final

from warmline.core.events import (
    Abandoned,
    Accepted,
    Arrived,
    Ended,
    Event,
    Identified,
    InteractionEvent,
    MessageSent,
    MessageUnsent,
    Overflowed,
    PresenceChanged,
    Queued,
    Returned,
    Transferred,
    WrappedUp,
)
from warmline.core.words import (
    AgentId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    Party,
    Presence,
    QueueId,
    SegmentId,
)

OFF: Final = 0
IDLE: Final = 1
BUSY: Final = 2
"""How an agent's time counts: not there, available with empty hands, with something in hand."""
NOT_YET: Final = -1
_WRITTEN: Final = frozenset({Medium.EMAIL, Medium.MESSAGE})
"""Where a reply answers, not an agent's taking it."""


class Stay:
    """One visit to a queue, and with the agent who took it there; `NOT_YET` for what never was."""

    __slots__ = (
        "abandoned_at", "accepted_at", "agent", "answered_at", "answered_by", "contact", "due_at",
        "ended_at", "left_at", "queue", "queued_at", "since",
    )  # fmt: skip

    def __init__(
        self,
        contact: "Contact",
        queue: QueueId,
        since: Instant,
        queued_at: Instant,
        due_at: Instant,
    ) -> None:
        self.contact: Contact = contact
        self.queue: QueueId = queue
        self.since: Instant = since
        self.queued_at: Instant = queued_at
        self.due_at: Instant = due_at
        self.agent: AgentId | None = None
        self.accepted_at: Instant = NOT_YET
        self.answered_at: Instant = NOT_YET
        self.abandoned_at: Instant = NOT_YET
        self.ended_at: Instant = NOT_YET
        self.left_at: Instant = NOT_YET
        self.answered_by: MessageId | None = None


class Contact:
    """One interaction: whose it is, on whose desk it lies, and its newest visit."""

    __slots__ = ("answers", "arrived_at", "desk", "id", "medium", "segment", "stay", "written")

    def __init__(self, event: Arrived) -> None:
        self.id: InteractionId = event.interaction
        self.medium: Medium = event.medium
        self.segment: SegmentId | None = event.segment
        self.arrived_at: Instant = event.at
        self.written: bool = self.medium in _WRITTEN
        self.answers: int = 0
        """How many of its visits were answered."""
        self.stay: Stay | None = None
        self.desk: Desk | None = None


class Desk:
    """An agent's time in stretches: from `starts[i]` to the next one it counts as `kinds[i]`."""

    __slots__ = ("available", "in_hand", "kinds", "starts")

    def __init__(self) -> None:
        self.available: bool = False
        self.in_hand: int = 0
        self.starts: list[Instant] = []
        self.kinds: list[int] = []

    def takes(self, at: Instant) -> None:
        """One thing more is in hand."""
        self.in_hand += 1
        if self.in_hand == 1:
            self.starts.append(at)
            self.kinds.append(BUSY)

    def is_rid(self, at: Instant) -> None:
        """One thing less is in hand."""
        self.in_hand -= 1
        if self.in_hand == 0:
            self.starts.append(at)
            self.kinds.append(IDLE if self.available else OFF)

    def turns(self, presence: Presence, at: Instant) -> None:
        """The agent is available from now on, or not."""
        self.available = presence is Presence.AVAILABLE
        if self.in_hand == 0:
            self.starts.append(at)
            self.kinds.append(IDLE if self.available else OFF)

    def spent(self, since: Instant, until: Instant) -> tuple[Millis, Millis]:
        """The time with something in hand and the idle time, from `since` to `until`."""
        busy = idle = 0
        ends = [*self.starts[1:], until]
        for kind, start, end in zip(self.kinds, self.starts, ends, strict=True):
            length = min(end, until) - max(start, since)
            if kind == OFF or length <= 0:
                continue
            if kind == BUSY:
                busy += length
            else:
                idle += length
        return busy, idle


class Ledger:
    """Every visit in the order of queueing, and every agent's desk."""

    def __init__(self) -> None:
        self.contacts: dict[InteractionId, Contact] = {}
        """The open ones."""
        self.stays: list[Stay] = []
        self.desks: dict[AgentId, Desk] = {}

    def add(self, event: Event) -> None:
        """Take one event in; those that no figure speaks of change nothing."""
        if isinstance(event, PresenceChanged):
            self.desk(event.agent).turns(event.presence, event.at)
        elif isinstance(event, Arrived):
            self.arrived(event)
        elif isinstance(event, InteractionEvent):
            contact = self.contacts.get(event.interaction)
            if contact is not None:
                self._add(contact, event)

    def arrived(self, event: Arrived) -> None:
        """A customer came."""
        self.contacts[event.interaction] = Contact(event)

    def queued(self, event: Queued) -> None:
        """It waits in a queue: a visit begins."""
        contact = self.contacts[event.interaction]
        before = contact.stay
        at = event.at
        if before is not None and before.left_at == NOT_YET:
            before.left_at = at
        since = at if contact.answers else contact.arrived_at
        contact.stay = stay = Stay(contact, event.queue, since, at, event.due_at)
        self.stays.append(stay)

    def accepted(self, event: Accepted) -> None:
        """An agent took it."""
        contact = self.contacts[event.interaction]
        stay = contact.stay
        if stay is None:
            return
        at = event.at
        stay.agent = event.agent
        stay.accepted_at = at
        if not contact.written:
            stay.answered_at = at
            contact.answers += 1
        contact.desk = desk = self.desk(event.agent)
        desk.takes(at)

    def ended(self, event: Ended) -> None:
        """The talk is over; without wrap-up so is all."""
        contact = self.contacts[event.interaction]
        stay = contact.stay
        at = event.at
        if stay is not None:
            stay.ended_at = at
            if event.agent is not None and stay.answered_at == NOT_YET:
                stay.answered_at = at
                contact.answers += 1
        if not event.wrapping:
            self.closed(event.interaction, at)

    def closed(self, interaction: InteractionId, at: Instant) -> None:
        """Nothing is left to do."""
        contact = self.contacts.pop(interaction)
        if contact.stay is not None:
            contact.stay.left_at = at
        if contact.desk is not None:
            contact.desk.is_rid(at)

    def abandoned(self, event: Abandoned) -> None:
        """The customer left before anybody took it."""
        stay = self.contacts[event.interaction].stay
        if stay is not None:
            stay.abandoned_at = event.at
        self.closed(event.interaction, event.at)

    def desk(self, agent: AgentId) -> Desk:
        """The agent's desk, a new one when there is none."""
        found = self.desks.get(agent)
        if found is None:
            found = self.desks[agent] = Desk()
        return found

    def _add(self, contact: Contact, event: InteractionEvent) -> None:
        if isinstance(event, Queued):
            self.queued(event)
        elif isinstance(event, Accepted):
            self.accepted(event)
        elif isinstance(event, Ended):
            self.ended(event)
        elif isinstance(event, WrappedUp):
            self.closed(event.interaction, event.at)
        elif isinstance(event, Abandoned):
            self.abandoned(event)
        elif isinstance(event, Identified):
            contact.segment = event.segment or contact.segment
        elif contact.stay is not None:
            self._turned(contact, contact.stay, event)

    def _turned(self, contact: Contact, stay: Stay, event: InteractionEvent) -> None:
        if isinstance(event, Transferred | Returned):
            stay.left_at = event.at
            if contact.desk is not None:
                contact.desk.is_rid(event.at)
                contact.desk = None
        elif isinstance(event, Overflowed):
            stay.left_at = event.at
        elif isinstance(event, MessageSent):
            replied = event.author is Party.AGENT and contact.written
            if replied and stay.answered_at == NOT_YET:
                stay.answered_at = event.at
                contact.answers += 1
                stay.answered_by = event.message
        elif isinstance(event, MessageUnsent) and event.message == stay.answered_by:
            stay.answered_at = NOT_YET
            stay.answered_by = None
            contact.answers -= 1
