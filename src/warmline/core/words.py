"""The words that every part of the center shares: ids, time, media, phases, roles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias, TypeVar, dataclass_transform

Instant: TypeAlias = int
"""A moment: whole milliseconds since the epoch, UTC."""
Millis: TypeAlias = int
"""A duration in whole milliseconds."""

SiteId = NewType("SiteId", str)
CommandId = NewType("CommandId", str)
InteractionId = NewType("InteractionId", str)
OfferId = NewType("OfferId", str)
ConsultId = NewType("ConsultId", str)
MessageId = NewType("MessageId", str)
CustomerId = NewType("CustomerId", str)
UserId = NewType("UserId", str)
AgentId = NewType("AgentId", str)
TeamId = NewType("TeamId", str)
SkillId = NewType("SkillId", str)
QueueId = NewType("QueueId", str)
InboxId = NewType("InboxId", str)
CalendarId = NewType("CalendarId", str)
SegmentId = NewType("SegmentId", str)
DispositionId = NewType("DispositionId", str)
ReasonId = NewType("ReasonId", str)
ModeId = NewType("ModeId", str)
TrialId = NewType("TrialId", str)
StakeId = NewType("StakeId", str)

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR

LATEST: Instant = 253_402_300_799_999
"""The last millisecond of the year 9999: no time that somebody asks for is later."""


class Medium(StrEnum):
    """The kind of channel an interaction runs over."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    MESSAGE = "message"
    CALLBACK = "callback"


LIVE_MEDIA = frozenset({Medium.VOICE, Medium.CHAT})
"""Whose customer waits at the other end, now."""


class Phase(StrEnum):
    """Where an interaction stands."""

    TREATING = "treating"
    QUEUED = "queued"
    OFFERED = "offered"
    CONNECTED = "connected"
    HELD = "held"
    WRAPPING = "wrapping"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Presence(StrEnum):
    """Whether an agent may be offered work, and if not, why in one word."""

    AVAILABLE = "available"
    BUSY = "busy"
    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    OFFLINE = "offline"


class Party(StrEnum):
    """Who did something in a conversation."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class Verification(StrEnum):
    """How sure we are who a customer is."""

    UNKNOWN = "unknown"
    CLAIMED = "claimed"
    MATCHED = "matched"
    VERIFIED = "verified"


class Role(StrEnum):
    """What a signed-in user may do; CHANNEL and SYSTEM are the center's own parts."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    CHANNEL = "channel"
    SYSTEM = "system"


_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(kind: type[_Kind]) -> type[_Kind]:
    """A frozen dataclass whose immutability the type checker guards.

    Guarding it at run time as well would make every event and command three times as dear.
    """
    make: Callable[[type[_Kind]], type[_Kind]] = dataclass(
        slots=True, kw_only=True, unsafe_hash=True
    )
    return make(kind)


@dataclass_transform(frozen_default=True)
def fact_in_order(kind: type[_Kind]) -> type[_Kind]:
    """A fact that may be made of its values in their order, without their names.

    A class that is called with names gets them in a dict: with many fields that costs several
    times what the fact itself does. For what is made with every interaction, and there alone.
    """
    make: Callable[[type[_Kind]], type[_Kind]] = dataclass(slots=True, unsafe_hash=True)
    return make(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a supervisor supervises: the people of these teams, and the talks of these queues."""

    teams: frozenset[TeamId] = frozenset()
    queues: frozenset[QueueId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives a command: a signed-in user, a channel on a customer's behalf, or the center."""

    user: UserId | None = None
    agent: AgentId | None = None
    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    """What a supervisor is limited to; None supervises everybody."""


SYSTEM = Actor(roles=frozenset({Role.SYSTEM}))
CHANNEL = Actor(roles=frozenset({Role.CHANNEL}))


_NOTHING: Mapping[str, str] = {}


def nothing_stated() -> Mapping[str, str]:
    """No groups: one empty mapping for all, since most customers state none."""
    return _NOTHING


class Rejected(Exception):
    """The center understood and said no: `code` for programs, the text for people."""

    def __init__(self, code: str, detail: str, **facts: str | int) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.facts: Mapping[str, str | int] = facts


class Malformed(Exception):
    """The command makes no sense, whatever the state: says which field and why."""

    def __init__(
        self, field: str, detail: str, code: str = "invalid", **facts: str | float
    ) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail
        self.code = code
        """For programs, as `Rejected` has one: what is wrong, a word of `docs/faults.md`."""
        self.facts: Mapping[str, str | float] = facts
