"""What can happen in a contact center: facts with ids and times, never names or texts of people."""

from dataclasses import dataclass

from warmline.core.settings import (
    Agent,
    Calendar,
    Disposition,
    Inbox,
    Kind,
    Policy,
    Queue,
    Reason,
    Segment,
    Skill,
    Team,
)
from warmline.core.words import (
    AgentId,
    ConsultId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    OfferId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    UserId,
    Verification,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, and when."""

    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionEvent(Event):
    """Something that happened to one interaction."""

    interaction: InteractionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent(Event):
    """Something that happened to one agent."""

    agent: AgentId


# An interaction arrives and waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(InteractionEvent):
    """A customer came through an inbox; `follows` is the earlier interaction it goes on from."""

    medium: Medium
    inbox: InboxId
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    follows: InteractionId | None = None
    preferred: AgentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(InteractionEvent):
    """It became known, or surer, who the customer is."""

    customer: CustomerId
    verification: Verification
    segment: SegmentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(InteractionEvent):
    """The interaction waits in a queue; its age runs from `Arrived`, `due_at` is the aim."""

    queue: QueueId
    due_at: Instant
    cause: str
    preferred: AgentId | None = None
    preferred_until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why this agent: a compact record, put into words on demand.

    `winner` and each of `runners_up` is (agent, score in ms, idle ms, match ms, handicap ms); the
    least score wins. `excluded` counts who was not considered, by reason. `policy` is the version.
    """

    cause: str
    ring: int
    considered: int
    winner: tuple[AgentId, int, int, int, int]
    runners_up: tuple[tuple[AgentId, int, int, int, int], ...] = ()
    excluded: tuple[tuple[str, int], ...] = ()
    waited_ms: Millis = 0
    policy: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(InteractionEvent):
    """An agent is asked to take the interaction, until `lapses_at`."""

    agent: AgentId
    offer: OfferId
    lapses_at: Instant
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(InteractionEvent):
    """The agent took the interaction."""

    agent: AgentId
    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(InteractionEvent):
    """The agent said no; the interaction waits on, with its age."""

    agent: AgentId
    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLapsed(InteractionEvent):
    """The agent did not answer in time."""

    agent: AgentId
    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(InteractionEvent):
    """The offer ended for another reason: the customer gave up, the agent left, a supervisor."""

    agent: AgentId
    offer: OfferId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflowed(InteractionEvent):
    """The interaction moved to another queue by rule, keeping its age."""

    queue: QueueId
    to_queue: QueueId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned(InteractionEvent):
    """The customer left before anybody took the interaction."""

    cause: str


# The conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(InteractionEvent):
    """The customer wrote; the words are in `conversations`."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(InteractionEvent):
    """An agent or the center wrote to the customer."""

    message: MessageId
    author: Party
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnsent(InteractionEvent):
    """A message was taken back before it left."""

    message: MessageId
    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelivered(InteractionEvent):
    """A message reached the customer's device or mail server."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFailed(InteractionEvent):
    """A message could not be delivered; `code` says why in one word."""

    message: MessageId
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRead(InteractionEvent):
    """Everything up to `message` was read by `reader`."""

    message: MessageId
    reader: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(InteractionEvent):
    """A colleague left an internal note."""

    note: MessageId
    author: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(InteractionEvent):
    """The agent put the interaction on hold."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(InteractionEvent):
    """The agent came back to it."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft(InteractionEvent):
    """No device of the customer is connected any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReturned(InteractionEvent):
    """A device of the customer is connected again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(InteractionEvent):
    """Handed on to a queue or, through it, to a person; `Queued` follows."""

    by: UserId | None
    queue: QueueId
    from_agent: AgentId | None = None
    to_agent: AgentId | None = None
    note: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(InteractionEvent):
    """The agent went away; the interaction waits again, with its age. `Queued` follows."""

    agent: AgentId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultAsked(InteractionEvent):
    """The agent asks a colleague into the conversation, unseen by the customer."""

    consult: ConsultId
    agent: AgentId
    colleague: AgentId
    lapses_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultJoined(InteractionEvent):
    """The colleague reads and writes notes now."""

    consult: ConsultId
    colleague: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultEnded(InteractionEvent):
    """The colleague is out again: declined, lapsed, done, or the conversation ended."""

    consult: ConsultId
    colleague: AgentId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(InteractionEvent):
    """The talk is over; the agent wraps up until `wrap_until` (None: no limit, or no wrap-up)."""

    by: Party
    cause: str
    agent: AgentId | None = None
    wrapping: bool = False
    wrap_until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedUp(InteractionEvent):
    """The work after the talk is done, with its disposition; `automatic` when time ran out."""

    agent: AgentId
    disposition: DispositionId | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(InteractionEvent):
    """The customer rated the conversation, 1 to 5; a comment is in `conversations`."""

    score: int


# Agents


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(AgentEvent):
    """The agent is available, or not, and why; `cause` says who or what changed it."""

    presence: Presence
    reason: ReasonId | None = None
    cause: str = "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnected(AgentEvent):
    """At least one screen of the agent is connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDisconnected(AgentEvent):
    """No screen of the agent is connected any more."""


# Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillDefined(Event):
    """A skill exists or changed."""

    skill: Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDefined(Event):
    """A queue exists or changed."""

    queue: Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDefined(Event):
    """An agent exists or changed."""

    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDefined(Event):
    """A team exists or changed."""

    team: Team


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDefined(Event):
    """Business hours exist or changed."""

    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxDefined(Event):
    """An inbox exists or changed."""

    inbox: Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionDefined(Event):
    """A disposition exists or changed."""

    disposition: Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonDefined(Event):
    """A reason for absence exists or changed."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDefined(Event):
    """A customer segment exists or changed."""

    segment: Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDefined(Event):
    """The policy changed; decisions from here on name its version."""

    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Event):
    """A setting was removed; nothing used it any more."""

    kind: Kind
    item: str
