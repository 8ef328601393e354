"""What the center can be asked to do; each command carries its own id and who gives it."""

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
    Instant,
    InteractionId,
    MessageId,
    Millis,
    OfferId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    StakeId,
    TrialId,
    Verification,
    fact,
    nothing_stated,
)


@fact
class Command:
    """A wish: `id` makes a repetition recognisable, `by` says whose wish it is."""

    id: CommandId
    by: Actor = SYSTEM


@fact
class InteractionCommand(Command):
    """A wish about one interaction."""

    interaction: InteractionId


# Customers and channels


@fact
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
    preferred_why: str = "last"
    """`last` (who served before), `owner`, or `chosen` by the customer."""
    groups: Mapping[str, str] = field(default_factory=nothing_stated)
    """What the customer stated, for affinity rules."""
    stake: StakeId | None = None
    """What is at stake in it, as the operator's rules see it."""
    queue: QueueId | None = None
    """What a rule found; left out, as the inbox says."""
    treated: bool = False
    """A flow meets the customer first: nobody is asked until `Admit`."""
    promised_by: Instant | None = None
    """Until when a callback was promised."""
    since: Instant | None = None
    """Since when the customer of a callback has waited already: the age that it keeps."""


@fact
class Admit(InteractionCommand):
    """The flow is over: into the line, by the queue or reason that it found, else by the inbox.

    One that waits already stays where it is.
    """

    queue: QueueId | None = None
    reason: str | None = None


@fact
class Begin(InteractionCommand):
    """An agent begins it with the customer: in their own hands at once, without any line."""

    inbox: InboxId
    queue: QueueId
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    follows: InteractionId | None = None


@fact
class Identify(InteractionCommand):
    """It became known who the customer is: a channel says so, or the agent who talks to them."""

    customer: CustomerId
    verification: Verification
    segment: SegmentId | None = None
    stake: StakeId | None = None


@fact
class Receive(InteractionCommand):
    """The customer wrote one more message."""

    message: MessageId


@fact
class ConfirmDelivery(InteractionCommand):
    """A message reached the customer."""

    message: MessageId


@fact
class ReportFailure(InteractionCommand):
    """A message could not be delivered."""

    message: MessageId
    code: str


@fact
class MarkRead(InteractionCommand):
    """Everything up to `message` was read."""

    message: MessageId
    reader: Party


@fact
class Leave(InteractionCommand):
    """The customer's last device went away."""


@fact
class Return(InteractionCommand):
    """A device of the customer is back."""


@fact
class HangUp(InteractionCommand):
    """The customer ends it: abandons while waiting, ends the talk while connected."""

    cause: str = "customer"


@fact
class Rate(InteractionCommand):
    """The customer rates the conversation, 1 to 5."""

    score: int


# Agents and supervisors


@fact
class Accept(InteractionCommand):
    """Take the interaction; matched on the offer, so a late accept is refused."""

    offer: OfferId


@fact
class Decline(InteractionCommand):
    """Do not take the interaction."""

    offer: OfferId


@fact
class Send(InteractionCommand):
    """Write to the customer."""

    message: MessageId


@fact
class Unsend(InteractionCommand):
    """Take a message back that has not left yet."""

    message: MessageId


@fact
class AddNote(InteractionCommand):
    """Leave an internal note."""

    note: MessageId


@fact
class Hold(InteractionCommand):
    """Put the interaction on hold."""


@fact
class Resume(InteractionCommand):
    """Come back to it."""


@fact
class Transfer(InteractionCommand):
    """Hand on to a queue, to a colleague, or to a colleague in another queue."""

    to_queue: QueueId | None = None
    to_agent: AgentId | None = None
    note: MessageId | None = None


@fact
class TakeOver(InteractionCommand):
    """A supervisor becomes the agent of a talk that goes on; who had it is free again."""


@fact
class Consult(InteractionCommand):
    """Ask a colleague into the conversation, unseen by the customer."""

    consult: ConsultId
    colleague: AgentId


@fact
class JoinConsult(InteractionCommand):
    """The colleague comes in."""

    consult: ConsultId


@fact
class EndConsult(InteractionCommand):
    """The colleague declines or goes, or the asking agent ends it."""

    consult: ConsultId


@fact
class End(InteractionCommand):
    """The agent ends the talk; a supervisor may end anything."""

    cause: str = "agent"


@fact
class WrapUp(InteractionCommand):
    """Finish the work after the talk."""

    disposition: DispositionId | None = None


@fact
class SetPresence(Command):
    """Change an agent's presence: one's own, or as a supervisor."""

    agent: AgentId
    presence: Presence
    reason: ReasonId | None = None


@fact
class ConnectAgent(Command):
    """A first screen of the agent is connected."""

    agent: AgentId


@fact
class DisconnectAgent(Command):
    """The last screen of the agent is gone."""

    agent: AgentId


@fact
class Reveal(Command):
    """Look at the personal data of a customer with whom one has nothing to do, for a reason."""

    customer: CustomerId
    cause: str
    """One of `privacy.REVEAL_CAUSES`."""


@fact
class Tick(Command):
    """Time passed: whatever is due happens."""


# Settings


@fact
class DefineSkill(Command):
    """Create or change a skill."""

    skill: Skill


@fact
class DefineQueue(Command):
    """Create or change a queue."""

    queue: Queue


@fact
class DefineAgent(Command):
    """Create or change an agent."""

    agent: Agent


@fact
class DefineTeam(Command):
    """Create or change a team."""

    team: Team


@fact
class DefineCalendar(Command):
    """Create or change business hours."""

    calendar: Calendar


@fact
class DefineInbox(Command):
    """Create or change an inbox."""

    inbox: Inbox


@fact
class DefineDisposition(Command):
    """Create or change a disposition."""

    disposition: Disposition


@fact
class DefineReason(Command):
    """Create or change a reason for absence."""

    reason: Reason


@fact
class DefineSegment(Command):
    """Create or change a customer segment."""

    segment: Segment


@fact
class DefinePolicy(Command):
    """Change the policy; its version must be one more than the present one."""

    policy: Policy


@fact
class Publish(Command):
    """Put a version of the policy in force, all of it at once; its number must be a newer one."""

    ruleset: Ruleset


@fact
class StartTrial(Command):
    """Let a second version decide for a share of the customers."""

    trial: Trial


@fact
class EndTrial(Command):
    """Let the policy in force decide for everybody again."""

    trial: TrialId


@fact
class SetPrices(Command):
    """Say what each agent's time is worth elsewhere until the next forecast."""

    prices: Mapping[AgentId, Millis]
    cause: str = "forecast"


@fact
class RestoreMatcher(Command):
    """Let the matcher decide again after it failed."""


@fact
class Remove(Command):
    """Remove a setting that nothing uses."""

    kind: Kind
    item: str
