"""An interaction: its live state, and the table that says which event may follow in which phase."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warmline.core import events as e
from warmline.core.words import (
    AgentId,
    ConsultId,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    OfferId,
    Phase,
    QueueId,
    Rejected,
    SegmentId,
    StakeId,
    TrialId,
    Verification,
    nothing_stated,
)

TRANSITIONS: Mapping[tuple[Phase, type[e.InteractionEvent]], Phase] = {
    (Phase.TREATING, e.Queued): Phase.QUEUED,
    (Phase.TREATING, e.Abandoned): Phase.ABANDONED,
    (Phase.TREATING, e.Ended): Phase.CLOSED,
    (Phase.QUEUED, e.Offered): Phase.OFFERED,
    (Phase.QUEUED, e.Overflowed): Phase.TREATING,
    (Phase.QUEUED, e.Transferred): Phase.TREATING,
    (Phase.QUEUED, e.Abandoned): Phase.ABANDONED,
    (Phase.QUEUED, e.Ended): Phase.CLOSED,
    (Phase.OFFERED, e.Accepted): Phase.CONNECTED,
    (Phase.OFFERED, e.OfferDeclined): Phase.QUEUED,
    (Phase.OFFERED, e.OfferLapsed): Phase.QUEUED,
    (Phase.OFFERED, e.OfferWithdrawn): Phase.QUEUED,
    (Phase.CONNECTED, e.Held): Phase.HELD,
    (Phase.HELD, e.Resumed): Phase.CONNECTED,
    (Phase.CONNECTED, e.Transferred): Phase.TREATING,
    (Phase.HELD, e.Transferred): Phase.TREATING,
    (Phase.CONNECTED, e.Returned): Phase.TREATING,
    (Phase.HELD, e.Returned): Phase.TREATING,
    (Phase.CONNECTED, e.Ended): Phase.WRAPPING,
    (Phase.HELD, e.Ended): Phase.WRAPPING,
    (Phase.WRAPPING, e.WrappedUp): Phase.CLOSED,
}
"""The law: a missing key is a refusal. Events that are not named change no phase."""

FINAL = frozenset({Phase.CLOSED, Phase.ABANDONED})
TALKING = frozenset({Phase.CONNECTED, Phase.HELD})


def _by_nobody() -> "dict[AgentId, Instant]":
    """No declines: `dict[AgentId, Instant]` itself would take ten times as long to call."""
    return {}


def _with_nobody() -> "dict[ConsultId, Consultation]":
    return {}


@dataclass(slots=True)
class Offer:
    """A live offer; an accept is matched on its id."""

    id: OfferId
    agent: AgentId
    lapses_at: Instant


@dataclass(slots=True, kw_only=True)
class Consultation:
    """A colleague asked in, or in already."""

    id: ConsultId
    agent: AgentId
    colleague: AgentId
    lapses_at: Instant
    joined: bool = False


@dataclass(slots=True)
class Interaction:
    """The live state of one interaction; changed by `evolve` alone.

    What is known when it comes is first, and is given in this order.
    """

    id: InteractionId
    medium: Medium
    inbox: InboxId
    arrived_at: Instant
    phase_at: Instant
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    follows: InteractionId | None = None
    preferred: AgentId | None = None
    preferred_why: str | None = None
    trial: TrialId | None = None
    arm: str | None = None
    groups: Mapping[str, str] = field(default_factory=nothing_stated)
    stake: StakeId | None = None
    promised_by: Instant = 0
    """Until when a callback was promised; 0 when nothing was."""
    phase: Phase = Phase.TREATING
    begun: bool = False
    """We began it, not the customer."""
    queue: QueueId | None = None
    queued_at: Instant = 0
    due_at: Instant = 0
    key: Instant = 0
    """The place in the line: never changes with time."""
    escalated: bool = False
    """Whether the promise has drawn near."""
    preferred_until: Instant = 0
    offer: Offer | None = None
    offers: int = 0
    declined: dict[AgentId, Instant] = field(default_factory=_by_nobody)
    """Who is not asked again, until when."""
    agent: AgentId | None = None
    from_agent: AgentId | None = None
    note: MessageId | None = None
    """The note that came with the last transfer."""
    accepted_at: Instant | None = None
    unanswered_since: Instant | None = None
    unanswered_before: Instant | None = None
    """What `unanswered_since` was before the last message of ours, should that be taken back."""
    last_message_at: Instant | None = None
    customer_gone_since: Instant | None = None
    held_at: Instant | None = None
    interrupted: bool = False
    """On hold because of work that came between; taken up again by itself."""
    wrap_until: Instant | None = None
    transfers: int = 0
    consults: dict[ConsultId, Consultation] = field(default_factory=_with_nobody)

    def may(self, event: type[e.InteractionEvent]) -> bool:
        """Whether the table lets `event` follow in the present phase."""
        return (self.phase, event) in TRANSITIONS

    def must_allow(self, event: type[e.InteractionEvent], deed: str) -> None:
        """Refuse with `wrong_phase` what the table does not allow now."""
        if not self.may(event):
            raise Rejected("wrong_phase", f"Cannot {deed}: the interaction is {self.phase}.")

    def move(self, event: e.InteractionEvent) -> None:
        """Go to the phase that follows `event`; the table must know it."""
        phase = TRANSITIONS[self.phase, type(event)]
        if phase is not self.phase:
            self.phase = phase
            self.phase_at = event.at
