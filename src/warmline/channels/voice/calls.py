"""A call as the center knows it: its legs, where each of them is, and what is recorded."""

from dataclasses import dataclass, field

from warmline.channels.voice import words as w
from warmline.core.words import AgentId, Instant, InteractionId, Millis, QueueId

WAITING = "waiting"
"""The place of a leg that hears music; the others are the names of rooms, or None."""


@dataclass(slots=True, kw_only=True)
class Leg:
    """One party of a call; `matter` is the offer or consult that it was dialled for."""

    id: w.LegId
    role: w.Role
    at: Instant
    agent: AgentId | None = None
    matter: str | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    cause: w.Cause | None = None
    by: w.By | None = None
    place: str | None = None
    mode: w.Mode | None = None
    muted: bool = False
    picked_up: bool = False
    """It was told to be answered."""
    leaving: bool = False
    """It was told to hang up."""

    def is_there(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    def talks(self) -> bool:
        """Whether one can be heard on it."""
        return self.ended_at is None and self.answered_at is not None

    def lost(self) -> bool:
        """Whether it ended without anybody's wish."""
        return self.cause in {w.Cause.LOST, w.Cause.FAILED} or self.by is w.By.NETWORK

    def was_put_down(self) -> bool:
        """Whether whoever talked on it ended it."""
        return self.answered_at is not None and self.by is w.By.PARTY and not self.lost()


@dataclass(slots=True, kw_only=True)
class Taping:
    """A recording that goes on."""

    id: w.RecordingId
    agent: AgentId | None
    paused_at: Instant | None = None
    stopping: bool = False


@dataclass(slots=True, kw_only=True)
class Outside:
    """A number outside: whom the talk goes to, or who is asked first."""

    leg: w.LegId
    number: str
    shown: str | None = None
    """Our own number, shown over there."""
    first: bool = False
    """Asked first: the talk goes there only when the agent hands it over."""


@dataclass(slots=True, kw_only=True)
class Message:
    """A message that the caller leaves: a tone, then what they say is kept."""

    recording: w.RecordingId
    queue: QueueId
    most_ms: Millis
    tone: w.PlayId
    asked: bool = False
    """The tone was asked for."""
    heard: bool = False
    started: bool = False
    over: bool = False
    failed: bool = False


@dataclass(slots=True, kw_only=True)
class Call:
    """The sound of one interaction."""

    interaction: InteractionId
    recorded: bool = False
    greeting: w.Sound | None = None
    """Heard first, while waiting already."""
    called: str = ""
    number: str | None = None
    """Whom to call, or to call back."""
    customer_first: bool = False
    """A callback in which the customer's phone rings before the agent's."""
    shown: str | None = None
    """Our own number, shown to whom we call."""
    outside: Outside | None = None
    message: Message | None = None
    ended: bool = False
    """Its end was heard of: before that nobody knows whether the caller is to stay."""
    stays: bool = False
    """The talk is over, and the caller is asked how it was."""
    treated: bool = False
    """A flow speaks with the customer."""
    again: bool = False
    """The flow is to ask once more."""
    refused: str | None = None
    """Why the customer was let go."""
    opened: bool = False
    """Whether its room may be open."""
    caller: w.Caller = field(default_factory=w.Caller)
    legs: dict[w.LegId, Leg] = field(default_factory=dict[w.LegId, Leg])
    tape: Taping | None = None
    tapes: int = 0
    above: dict[AgentId, w.Mode] = field(default_factory=dict[AgentId, w.Mode])
    """Supervisors in the call, and how."""
    announces: bool = False
    """Both are told before a supervisor comes in."""
    announced: dict[w.PlayId, bool] = field(default_factory=dict[w.PlayId, bool])
    """Who was told of; False where it could not be said."""

    @property
    def room(self) -> w.RoomId:
        """The room of the call."""
        return w.RoomId(self.interaction)

    def customer(self) -> Leg | None:
        """The customer's leg, ended or not; the last one where there were several."""
        legs = [leg for leg in self.legs.values() if leg.role is w.Role.CUSTOMER]
        return legs[-1] if legs else None

    def there(self) -> list[Leg]:
        """The legs that have not ended."""
        return [leg for leg in self.legs.values() if leg.is_there()]

    def of_agent(self, agent: AgentId) -> Leg | None:
        """The leg of somebody of ours that has not ended."""
        legs = (leg for leg in self.there() if leg.role is not w.Role.SUPERVISOR)
        return next((leg for leg in legs if leg.agent == agent), None)

    def of_supervisor(self, agent: AgentId) -> Leg | None:
        """The leg of somebody who listens that has not ended."""
        legs = (leg for leg in self.there() if leg.role is w.Role.SUPERVISOR)
        return next((leg for leg in legs if leg.agent == agent), None)

    def last_of(self, matter: str) -> Leg | None:
        """The last leg dialled for an offer or consult, ended or not."""
        legs = [leg for leg in self.legs.values() if leg.matter == matter]
        return legs[-1] if legs else None

    def left_alone(self) -> tuple[Leg, Leg] | None:
        """The customer and somebody outside, who can go on without us."""
        both = (self._talking(w.Role.CUSTOMER), self._talking(w.Role.OUTSIDE))
        return None if both[0] is None or both[1] is None else (both[0], both[1])

    def announcement(self, leg: Leg) -> w.PlayId | None:
        """What is to be said before a supervisor comes in; None where nothing is."""
        return w.PlayId(f"{leg.id}:joins") if self.announces else None

    def _talking(self, role: w.Role) -> Leg | None:
        legs = (leg for leg in self.there() if leg.role is role and leg.talks())
        return next((leg for leg in legs if not leg.leaving), None)

    def is_over(self) -> bool:
        """Whether nothing of it is there any more."""
        return self.tape is None and not self.there()
