"""What a case, a gesture and a wow moment are, and what this room asks of the others."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from warmline.core.words import (
    DAY,
    HOUR,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Millis,
    SiteId,
    UserId,
)
from warmline.ports import Clock, Guard, Privacy, Signals, State, Write
from warmline.storage.database import Database

NOTE_LIMIT_CHARS = 2_000
LETTER_LIMIT_CHARS = 4_000
SUBJECT_LIMIT_CHARS = 120
CAUSES_LIMIT = 50
CAUSE_NAME_CHARS = 60
DUE_HOURS_MOST = 400
LANGUAGES = ("en", "ru", "pl")


class Source(StrEnum):
    """What opened a case."""

    ANSWER = "answer"
    PROMISE = "promise"
    TOPIC = "topic"
    MOOD = "mood"
    HAND = "hand"


class CaseState(StrEnum):
    """Where a case stands; `withdrawn` when the customer changed the bad answer to a better one."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


STANDING = frozenset({CaseState.OPEN, CaseState.ANSWERED})
"""Somebody has to do something."""


class Deed(StrEnum):
    """What is done with a case."""

    ANSWER = "answer"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    OPEN_AGAIN = "open_again"


TRANSITIONS: Mapping[tuple[CaseState, Deed], CaseState] = {
    (CaseState.OPEN, Deed.ANSWER): CaseState.ANSWERED,
    (CaseState.ANSWERED, Deed.ANSWER): CaseState.ANSWERED,
    (CaseState.OPEN, Deed.CLOSE): CaseState.CLOSED,
    (CaseState.ANSWERED, Deed.CLOSE): CaseState.CLOSED,
    (CaseState.OPEN, Deed.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.WITHDRAWN, Deed.OPEN_AGAIN): CaseState.OPEN,
    (CaseState.CLOSED, Deed.OPEN_AGAIN): CaseState.OPEN,
}


class Outcome(StrEnum):
    """How a case ended."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    COMPENSATED = "compensated"
    UNREACHABLE = "unreachable"
    UNFOUNDED = "unfounded"


UNANSWERED = frozenset({Outcome.UNREACHABLE, Outcome.UNFOUNDED})
"""Ends that need no answer to the customer first, and after which nobody is asked again."""


class Via(StrEnum):
    """How the customer was answered."""

    CONVERSATION = "conversation"
    MAIL = "mail"
    CALL = "call"


class GestureKind(StrEnum):
    """What was given."""

    DISCOUNT = "discount"
    REFUND = "refund"
    DELIVERY = "delivery"
    GIFT = "gift"


class Why(StrEnum):
    """Why something was given; all but kindness are a fault of ours."""

    CASE = "case"
    LATE = "late"
    FAULTY = "faulty"
    MISTAKE = "mistake"
    LONG_WAIT = "long_wait"
    KINDNESS = "kindness"


class WowKind(StrEnum):
    """Where praise came from: a top answer, a word of the center, an answer after a gesture."""

    TOP_ANSWER = "top_answer"
    PRAISE = "praise"
    GESTURE = "gesture"


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureRules:
    """What agents may give; amounts in minor units of the site's currency."""

    weekly_minor: int = 2_000
    most_minor: int = 1_000
    """The dearest single gesture."""
    per_customer: int = 1
    within_days: int = 30
    only_with_fault: bool = True
    """Something is given only for a case or a fault of ours."""
    most_by_segment: Mapping[str, int] = field(default_factory=dict[str, int])
    """The dearest single gesture to customers of a segment, instead of the usual one."""
    most_by_why: Mapping[str, int] = field(default_factory=dict[str, int])
    """Never more for a fault than this, whoever the customer is."""
    value_pct: float | None = None
    """Never more than so many percent of what the customer is worth, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the site closes the loop."""

    due_open_ms: Millis = 8 * HOUR
    """How much business time a case may take."""
    remind_ms: Millis = 2 * HOUR
    """So long before a case is due its owner is reminded."""
    leaders: Mapping[str, str] = field(default_factory=dict[str, str])
    """The user who leads a team, by team."""
    asks_again: bool = True
    topics: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    """Topics that open a case, each with its own business hours or None for the usual ones."""
    gestures: GestureRules = field(default_factory=GestureRules)


GRACE_MS: Millis = HOUR // 4
"""A promise counts as broken this long after its time: it may be kept, and not yet ticked."""
BROKEN_WITHIN_MS: Millis = 7 * DAY
"""After a pause no case is opened for what was due longer ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as a case looks at it."""

    interaction: InteractionId
    customer: CustomerId | None = None
    queue: str | None = None
    segment: str | None = None
    agent: AgentId | None = None
    medium: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A promise as a case looks at it."""

    id: str
    customer: CustomerId
    interaction: InteractionId | None
    agent: AgentId | None
    due_at: Instant
    text: str
    state: str


class Talks(Protocol):
    """Finds conversations, live or over."""

    async def __call__(self, interaction: InteractionId) -> Talk | None: ...


class Promises(Protocol):
    """The promises that were made to customers."""

    async def overdue(self, since: Instant, until: Instant) -> Sequence[Promised]:
        """Those still open that were due from `since` until before `until`."""
        ...

    async def next_due(self, after: Instant) -> Instant | None:
        """When the next of those still open is due, from a moment on."""
        ...

    async def of_agent(self, agent: AgentId, until: Instant) -> Sequence[Promised]:
        """Those still open that an agent made and that are due before a moment."""
        ...

    async def some(self, ids: Collection[str]) -> Sequence[Promised]:
        """Some by id."""
        ...


class AskAgain(Protocol):
    """Asks the customer of a closed case once more; None when that may not or cannot be."""

    async def __call__(self, interaction: InteractionId, case: str) -> str | None: ...


class Person(Protocol):
    """All ids of one person, the one that counts first."""

    async def __call__(self, who: CustomerId) -> Collection[CustomerId]: ...


class People(Protocol):
    """What people are called."""

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...
    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...
    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who can sign in, as far as cases can be theirs."""

    user: UserId
    agent: AgentId | None
    supervises: bool


class Staff(Protocol):
    """Who can own a case: all active agents and supervisors, by id."""

    async def __call__(self) -> Sequence[Member]: ...


class Sight(Protocol):
    """Who may see which customer and conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...
    async def customer(self, actor: Actor, same: Collection[CustomerId]) -> bool: ...


class Audit(Protocol):
    """A row of the audit that says which fields somebody changed, never the values."""

    def __call__(
        self, actor: Actor, action: str, kind: str, item: str, *, fields: Sequence[str]
    ) -> Executable: ...


class SettingAudit(Protocol):
    """A row of the audit about a changed setting, with the values before and after."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...


class Letters(Protocol):
    """Writes to customers."""

    async def __call__(self, who: CustomerId, subject: str | None, text: str) -> None:
        """A mail to the customer, durable when it returns; refused with a word when it may not."""
        ...


Worth = Callable[[AsyncConnection, Collection[CustomerId]], Awaitable[int | None]]
"""What a customer is worth, in minor units of the site's currency; None where it is not known."""
SegmentOf = Callable[[Collection[CustomerId]], Awaitable[str | None]]
"""The segment that a person, known by these ids, is in now."""
Currency = Callable[[AsyncConnection], Awaitable[str | None]]
"""What the site counts in, as far as it has orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything that this room works with."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    signals: Signals
    sight: Sight
    privacy: Privacy
    same: Person
    people: People
    staff: Staff
    talks: Talks
    promises: Promises
    ask_again: AskAgain
    currency: Currency
    worth: Worth
    segment: SegmentOf
    letters: Letters
    audit: Audit
    setting_audit: SettingAudit
