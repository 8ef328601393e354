"""What the center can be asked to do; each command carries its own id and who gives it."""

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
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    ConsultId,
    CustomerId,
    DispositionId,
    InboxId,
    InteractionId,
    MessageId,
    OfferId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    Verification,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A wish: `id` makes a repetition recognisable, `by` says whose wish it is."""

    id: CommandId
    by: Actor = SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionCommand(Command):
    """A wish about one interaction."""

    interaction: InteractionId


# Customers and channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(InteractionCommand):
    """A customer comes through an inbox, with a first message when there is one."""

    inbox: InboxId
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    message: MessageId | None = None
    follows: InteractionId | None = None
    preferred: AgentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify(InteractionCommand):
    """It became known who the customer is."""

    customer: CustomerId
    verification: Verification
    segment: SegmentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(InteractionCommand):
    """The customer wrote one more message."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDelivery(InteractionCommand):
    """A message reached the customer."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailure(InteractionCommand):
    """A message could not be delivered."""

    message: MessageId
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRead(InteractionCommand):
    """Everything up to `message` was read."""

    message: MessageId
    reader: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(InteractionCommand):
    """The customer's last device went away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(InteractionCommand):
    """A device of the customer is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(InteractionCommand):
    """The customer ends it: abandons while waiting, ends the talk while connected."""

    cause: str = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(InteractionCommand):
    """The customer rates the conversation, 1 to 5."""

    score: int


# Agents and supervisors


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(InteractionCommand):
    """Take the interaction; matched on the offer, so a late accept is refused."""

    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(InteractionCommand):
    """Do not take the interaction."""

    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(InteractionCommand):
    """Write to the customer."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsend(InteractionCommand):
    """Take a message back that has not left yet."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(InteractionCommand):
    """Leave an internal note."""

    note: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(InteractionCommand):
    """Put the interaction on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(InteractionCommand):
    """Come back to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(InteractionCommand):
    """Hand on to a queue, to a colleague, or to a colleague in another queue."""

    to_queue: QueueId | None = None
    to_agent: AgentId | None = None
    note: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult(InteractionCommand):
    """Ask a colleague into the conversation, unseen by the customer."""

    consult: ConsultId
    colleague: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinConsult(InteractionCommand):
    """The colleague comes in."""

    consult: ConsultId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConsult(InteractionCommand):
    """The colleague declines or goes, or the asking agent ends it."""

    consult: ConsultId


@dataclass(frozen=True, slots=True, kw_only=True)
class End(InteractionCommand):
    """The agent ends the talk; a supervisor may end anything."""

    cause: str = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp(InteractionCommand):
    """Finish the work after the talk."""

    disposition: DispositionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPresence(Command):
    """Change an agent's presence: one's own, or as a supervisor."""

    agent: AgentId
    presence: Presence
    reason: ReasonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectAgent(Command):
    """A first screen of the agent is connected."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectAgent(Command):
    """The last screen of the agent is gone."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time passed: whatever is due happens."""


# Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineSkill(Command):
    """Create or change a skill."""

    skill: Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineQueue(Command):
    """Create or change a queue."""

    queue: Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineAgent(Command):
    """Create or change an agent."""

    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineTeam(Command):
    """Create or change a team."""

    team: Team


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineCalendar(Command):
    """Create or change business hours."""

    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineInbox(Command):
    """Create or change an inbox."""

    inbox: Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineDisposition(Command):
    """Create or change a disposition."""

    disposition: Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineReason(Command):
    """Create or change a reason for absence."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineSegment(Command):
    """Create or change a customer segment."""

    segment: Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinePolicy(Command):
    """Change the policy; its version must be one more than the present one."""

    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Command):
    """Remove a setting that nothing uses."""

    kind: Kind
    item: str
