"""What can happen in a contact center: facts with ids and times, never names or texts of people."""

from collections.abc import Mapping
from dataclasses import field

from warmline.core.policy import Ruleset, Trial
from warmline.core.settings import (
    Agent,
    Calendar,
    Disposition,
    Inbox,
    Kind,
    Policy,
    Queue,
    Reason,
    Rule,
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
    ModeId,
    OfferId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    StakeId,
    TrialId,
    UserId,
    Verification,
    fact,
    fact_in_order,
    nothing_stated,
)


@fact_in_order
class Event:
    """Something that happened, and when."""

    at: Instant


@fact_in_order
class InteractionEvent(Event):
    """Something that happened to one interaction."""

    interaction: InteractionId


@fact
class AgentEvent(Event):
    """Something that happened to one agent."""

    agent: AgentId


# An interaction arrives and waits


@fact_in_order
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
    preferred_why: str | None = None
    """As in `Queued`: a flow may come between."""
    trial: TrialId | None = None
    arm: str | None = None
    """Which of two policies decides for it, while one is tried."""
    groups: Mapping[str, str] = field(default_factory=nothing_stated)
    """What the customer stated and an affinity rule may compare."""
    stake: StakeId | None = None
    """What is at stake in it, when that is known."""
    promised_by: Instant | None = None
    """Until when a callback was promised."""
    since: Instant | None = None
    """Since when the customer of a callback had waited before."""


@fact
class Begun(InteractionEvent):
    """An agent began it with the customer, and has it in hand; nobody came, nobody waited."""

    agent: AgentId
    medium: Medium
    inbox: InboxId
    queue: QueueId
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    follows: InteractionId | None = None


@fact
class Identified(InteractionEvent):
    """It became known, or surer, who the customer is."""

    customer: CustomerId
    verification: Verification
    segment: SegmentId | None = None
    stake: StakeId | None = None


@fact_in_order
class Queued(InteractionEvent):
    """The interaction waits in a queue; its age runs from `Arrived`, `due_at` is the aim."""

    queue: QueueId
    due_at: Instant
    cause: str
    preferred: AgentId | None = None
    preferred_until: Instant | None = None
    preferred_why: str | None = None
    """`last`, `owner`, `chosen` or `transfer`."""
    reason: str | None = None
    """What a flow found that it is about; the reason of before stays where there is none."""


@fact_in_order
class Decision:
    """Why this agent: a compact record, put into words on demand.

    `cause` is `best` (the best of those who could take it when it came), `preferred`, `freed` (the
    agent got room and this one was next of those waiting), or `fallback` (the matcher failed).
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
    rule: Rule = Rule.WARMLINE
    worth_ms: Millis = 0
    """What a perfect match is worth here: the slider times the segment's value."""
    head_start_ms: Millis = 0
    stake_ms: Millis = 0
    """The part of the head start that what is at stake gave."""
    adjustments: tuple[tuple[AgentId, str, Millis], ...] = ()
    """What else moved an agent's score: (agent, `price` or `affinity`, ms)."""
    line: int = 0
    """Freed: how many waited whom the agent may serve, this one included."""
    rivals: tuple[tuple[InteractionId, Millis], ...] = ()
    """Freed: who was next, and by how many ms they were behind."""
    arm: str | None = None
    mode: ModeId | None = None
    deferred_ms: Millis | None = None
    """A deferred callback, which made nobody wait: how much later it would have gone first."""
    escalated: bool = False
    """A promised callback whose time drew near: it went before those who waited."""


@fact_in_order
class Offered(InteractionEvent):
    """An agent is asked to take the interaction, until `lapses_at`."""

    agent: AgentId
    offer: OfferId
    lapses_at: Instant
    decision: Decision


@fact_in_order
class Accepted(InteractionEvent):
    """The agent took the interaction."""

    agent: AgentId
    offer: OfferId


@fact
class OfferDeclined(InteractionEvent):
    """The agent said no; the interaction waits on, with its age."""

    agent: AgentId
    offer: OfferId


@fact
class OfferLapsed(InteractionEvent):
    """The agent did not answer in time."""

    agent: AgentId
    offer: OfferId


@fact
class OfferWithdrawn(InteractionEvent):
    """The offer ended for another reason: the customer gave up, the agent left, a supervisor."""

    agent: AgentId
    offer: OfferId
    cause: str


@fact
class Overflowed(InteractionEvent):
    """The interaction moved to another queue by rule, keeping its age."""

    queue: QueueId
    to_queue: QueueId
    cause: str


@fact
class Escalated(InteractionEvent):
    """The promised time of a callback drew near: it goes before the others from now on."""


@fact
class Abandoned(InteractionEvent):
    """The customer left before anybody took the interaction."""

    cause: str


# The conversation


@fact
class MessageReceived(InteractionEvent):
    """The customer wrote; the words are in `conversations`."""

    message: MessageId


@fact
class MessageSent(InteractionEvent):
    """An agent or the center wrote to the customer."""

    message: MessageId
    author: Party
    agent: AgentId | None = None


@fact
class MessageUnsent(InteractionEvent):
    """A message was taken back before it left."""

    message: MessageId
    agent: AgentId


@fact
class MessageDelivered(InteractionEvent):
    """A message reached the customer's device or mail server."""

    message: MessageId


@fact
class MessageFailed(InteractionEvent):
    """A message could not be delivered; `code` says why in one word."""

    message: MessageId
    code: str


@fact
class MessagesRead(InteractionEvent):
    """Everything up to `message` was read by `reader`."""

    message: MessageId
    reader: Party


@fact
class NoteAdded(InteractionEvent):
    """A colleague left an internal note."""

    note: MessageId
    author: UserId


@fact
class Held(InteractionEvent):
    """The interaction is on hold: the agent said so, or work that interrupts it came."""

    agent: AgentId
    cause: str = "agent"
    """`agent`, or `interrupted`."""


@fact
class Resumed(InteractionEvent):
    """The agent came back to it; after an interruption by itself."""

    agent: AgentId
    cause: str = "agent"


@fact
class CustomerLeft(InteractionEvent):
    """No device of the customer is connected any more."""


@fact
class CustomerReturned(InteractionEvent):
    """A device of the customer is connected again."""


@fact
class Transferred(InteractionEvent):
    """Handed on to a queue or, through it, to a person; `Queued` follows."""

    by: UserId | None
    queue: QueueId
    from_agent: AgentId | None = None
    to_agent: AgentId | None = None
    note: MessageId | None = None


@fact
class Returned(InteractionEvent):
    """The agent went away; the interaction waits again, with its age. `Queued` follows."""

    agent: AgentId
    cause: str


@fact
class ConsultAsked(InteractionEvent):
    """The agent asks a colleague into the conversation, unseen by the customer."""

    consult: ConsultId
    agent: AgentId
    colleague: AgentId
    lapses_at: Instant


@fact
class ConsultJoined(InteractionEvent):
    """The colleague reads and writes notes now."""

    consult: ConsultId
    colleague: AgentId


@fact
class ConsultEnded(InteractionEvent):
    """The colleague is out again: declined, lapsed, done, or the conversation ended."""

    consult: ConsultId
    colleague: AgentId
    cause: str


@fact_in_order
class Ended(InteractionEvent):
    """The talk is over; the agent wraps up until `wrap_until` (None: no limit, or no wrap-up)."""

    by: Party
    cause: str
    agent: AgentId | None = None
    wrapping: bool = False
    wrap_until: Instant | None = None


@fact_in_order
class WrappedUp(InteractionEvent):
    """The work after the talk is done, with its disposition; `automatic` when time ran out."""

    agent: AgentId
    disposition: DispositionId | None = None
    automatic: bool = False


@fact
class Rated(InteractionEvent):
    """The customer rated the conversation, 1 to 5; a comment is in `conversations`."""

    score: int


@fact
class Revealed(Event):
    """A user looked at the personal data of a customer with whom they had nothing to do."""

    user: UserId
    customer: CustomerId
    cause: str


# Agents


@fact
class PresenceChanged(AgentEvent):
    """The agent is available, or not, and why; `cause` says who or what changed it."""

    presence: Presence
    reason: ReasonId | None = None
    cause: str = "self"


@fact
class AgentConnected(AgentEvent):
    """At least one screen of the agent is connected."""


@fact
class AgentDisconnected(AgentEvent):
    """No screen of the agent is connected any more."""


# Settings


@fact
class SkillDefined(Event):
    """A skill exists or changed."""

    skill: Skill


@fact
class QueueDefined(Event):
    """A queue exists or changed."""

    queue: Queue


@fact
class AgentDefined(Event):
    """An agent exists or changed."""

    agent: Agent


@fact
class TeamDefined(Event):
    """A team exists or changed."""

    team: Team


@fact
class CalendarDefined(Event):
    """Business hours exist or changed."""

    calendar: Calendar


@fact
class InboxDefined(Event):
    """An inbox exists or changed."""

    inbox: Inbox


@fact
class DispositionDefined(Event):
    """A disposition exists or changed."""

    disposition: Disposition


@fact
class ReasonDefined(Event):
    """A reason for absence exists or changed."""

    reason: Reason


@fact
class SegmentDefined(Event):
    """A customer segment exists or changed."""

    segment: Segment


@fact
class PolicyDefined(Event):
    """The policy changed; decisions from here on name its version."""

    policy: Policy


@fact
class PolicyPublished(Event):
    """A version of the policy is in force, with its segments, queues and hours."""

    ruleset: Ruleset


@fact
class TrialStarted(Event):
    """A second version decides for a share of the customers."""

    trial: Trial


@fact
class TrialEnded(Event):
    """The trial is over; what waits follows the policy in force."""

    trial: TrialId
    cause: str


@fact
class ModeEntered(Event):
    """Other rules hold for a time; `cause` is `calendar` or `trigger`."""

    mode: ModeId
    cause: str


@fact
class ModeLeft(Event):
    """The usual rules hold again."""

    mode: ModeId
    cause: str


@fact
class HeadStartScaled(Event):
    """The guard gives a segment more of its head start, or less: `pct` of the policy's own."""

    segment: SegmentId
    pct: int
    reached_pct: int
    """The share answered in time that led to it."""


@fact
class Priced(Event):
    """What each agent's time is worth elsewhere, by forecast; nobody named, nobody priced."""

    prices: Mapping[AgentId, Millis]
    cause: str
    """`forecast`, or why there are none: `failed`, `off`."""


@fact
class MatcherFailed(Event):
    """The matcher failed: from here first come, first served by who is idle longest."""

    cause: str
    """`raised`, `hung` or `nonsense`."""


@fact
class MatcherRestored(Event):
    """The matcher decides again."""


@fact
class Removed(Event):
    """A setting was removed; nothing used it any more."""

    kind: Kind
    item: str
