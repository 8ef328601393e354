"""What we ask of the outside, and what the engine gives to the rooms: Protocols and values."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from warmline.core.center import Center
from warmline.core.commands import Command
from warmline.core.events import Event
from warmline.core.permissions import Right
from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    SegmentId,
    StakeId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Rows that travel with a command: written in the transaction that appends its events.

    `rows` is None for a statement that carries its own values. Nothing is written when the
    command is rejected.
    """

    statement: Executable
    rows: Sequence[Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its place in the site's log; positions start at 1 and have no gaps."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a command: the events it caused (durable when you read this)."""

    events: tuple[Recorded, ...]
    repeated: bool = False


class Submit(Protocol):
    """Ask the center for something; returns when the answer is durable.

    Raises `Rejected` (the world said no), `Malformed` (bad input), `Busy` (inbox too full: refuse
    arrivals first), `Unavailable` (storage failed: try the same command id again).
    """

    async def __call__(self, command: Command, *writes: Write) -> Answer: ...


class Busy(Exception):
    """Too much waits in the inbox; try again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too busy, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unavailable(Exception):
    """The outcome is not durable, or not known; repeat the same command id."""


class Clock(Protocol):
    """The time; never runs backwards."""

    def now(self) -> Instant: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The remembered first answer to a command id: positions `first` to `last`, or why not."""

    command: str
    first: int = 0
    last: int = 0
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one append makes durable at once: events, the answers to commands, and their rows."""

    events: Sequence[Recorded]
    answers: Sequence[Answered] = ()
    writes: Sequence[Write] = ()
    at: Instant = 0
    """When the answers were given."""


class Conflict(Exception):
    """Somebody else wrote at this position, or the command id was answered before."""


class WriteRefused(Exception):
    """The database refused the rows of the write at `index` of a batch; nothing was kept."""

    def __init__(self, index: int, detail: str) -> None:
        super().__init__(f"write {index}: {detail}")
        self.index = index


class Journal(Protocol):
    """The log of one site: the only truth. One writer; positions without gaps."""

    async def append(self, batch: Batch, *, after: int) -> None:
        """Make `batch` durable after position `after`; `Conflict` when the log is elsewhere."""
        ...

    def read(self, *, after: int, limit: int | None = None) -> AsyncIterator[Sequence[Recorded]]:
        """Events after a position, in order, in chunks."""
        ...

    async def last(self) -> int:
        """The last position, 0 when the log is empty."""
        ...

    async def answers(self, *, newest: int) -> Sequence[Answered]:
        """The newest remembered answers, oldest first."""
        ...

    async def answer(self, command: str) -> Answered | None:
        """The first answer to a command id, or None."""
        ...

    async def save_snapshot(self, position: int, body: bytes) -> None:
        """Keep a snapshot of the state after `position`; of older ones few stay, far apart."""
        ...

    async def load_snapshot(self, *, before: int | None = None) -> tuple[int, bytes] | None:
        """The newest snapshot, of those before a position when one is given, or None."""
        ...


class Blobs(Protocol):
    """Files by content: `put` returns the key (SHA-256); the same content is kept once."""

    async def put(self, content: bytes) -> str: ...
    async def get(self, key: str) -> bytes: ...
    async def remove(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do, as a value."""

    medium: Medium
    live: bool
    """The customer is there now and waits (a chat), or not (an e-mail)."""
    typing: bool = False
    receipts: bool = False
    files: bool = False
    rich_text: bool = False
    hold: bool = False
    rating: bool = False
    unsend_ms: int = 0
    writes: bool = True
    """Whether the customer is answered in writing; else the agent speaks with them."""


class Channel(Protocol):
    """A door for customers: world to commands, events to world, and order after a crash."""

    name: str
    capabilities: Capabilities

    async def listen(self, submit: Submit) -> None:
        """Turn customers' deeds into commands until cancelled."""
        ...

    async def react(self, recorded: Recorded) -> None:
        """Do what the event asks; the same event twice does no harm."""
        ...

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """After a restart: agree with the state on what is open."""
        ...


class Reaction(Protocol):
    """What a room does when something happened; at least once, in order, with a durable cursor."""

    name: str

    async def react(self, batch: Sequence[Recorded]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer as the rooms know them: every id of theirs, and their addresses."""

    ids: Collection[CustomerId]
    addresses: Collection[str] = ()


class Traces(Protocol):
    """What a room or a channel keeps of customers: counted on request, and erased."""

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How much there is, by what it is."""
        ...

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase it all; the keys of the blobs that it spoke of."""
        ...

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Those of the blobs that something else speaks of."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How much of a class of data is older than it may be, and the ids of the first few."""

    count: int
    samples: Sequence[str] = ()


class Expiring(Protocol):
    """A class of data that is kept for so many days and then let go."""

    @property
    def kind(self) -> str:
        """Its word."""
        ...

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """What is from before a moment and still here."""
        ...

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Let at most `limit` of it go: how many that were, and the blobs they spoke of."""
        ...


class Sweep(Protocol):
    """Makes what was deleted really leave something that only marks it as gone, as an index."""

    async def sweep(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One conversation of a customer as other rooms look at it: what came of it, without words."""

    interaction: InteractionId
    customer: CustomerId | None
    medium: Medium
    inbox: str
    queue: str | None
    agent: AgentId | None
    language: str | None
    reason: str | None
    """What the customer chose as the topic."""
    disposition: str | None
    rating: int | None
    phase: str
    at: Instant
    ended_at: Instant | None
    segment: SegmentId | None = None


class Contacts(Protocol):
    """Past and open conversations of customers."""

    async def of(self, ids: Collection[CustomerId], *, limit: int) -> Sequence[Contact]:
        """Those of one person, the newest first."""
        ...

    async def closed(self, *, newest: int) -> Sequence[Contact]:
        """The newest of all that have a customer and were closed with a disposition."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a customer wrote at once."""

    message: str
    interaction: InteractionId
    at: Instant
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How a conversation began, in the customer's words: the subject and the first turns."""

    interaction: InteractionId
    customer: CustomerId | None
    at: Instant
    text: str


class CustomerWords(Protocol):
    """What customers wrote, for rooms that make something of it; erased words are not there."""

    async def turns(self, messages: Collection[str]) -> Sequence[Turn]:
        """Those of some messages that a customer wrote, in order of time."""
        ...

    async def talks(self, interactions: Collection[str]) -> Sequence[Talk]:
        """How some conversations began; one in which the customer wrote nothing is left out."""
        ...

    def of(self, who: Person) -> Executable:
        """A query for the ids of a person's interactions, for use inside a statement."""
        ...


class Known(Protocol):
    """What a room or a channel keeps of customers, told in full to whoever asks for all of it."""

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """What is kept, by what it is: plain values only, moments in columns named as such.

        A file's row has `blob`, the key of its content.
        """
        ...


class OrdersChanged(Protocol):
    """Told once orders came or changed; None for whose when there are too many to name."""

    async def __call__(self, customers: Collection[CustomerId] | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An interaction that is about to arrive, as far as it says what is at stake.

    `customer` and `segment` only when it is sure who it is: what anybody can type must not put
    them before others.
    """

    medium: Medium
    inbox: InboxId
    customer: CustomerId | None = None
    segment: SegmentId | None = None
    reason: str | None = None
    text: str | None = None


class Stakes(Protocol):
    """Says what is at stake in an interaction, by the operator's rules; None for nothing."""

    async def of(self, coming: Coming) -> StakeId | None: ...


class Programs(Protocol):
    """Makes a dependency like `Guard`'s that also lets in a program whose key has the scope."""

    def __call__(self, right: Right, scope: str) -> Callable[[Request], Awaitable[Actor]]: ...


class Privacy(Protocol):
    """To whom a person is open: their name, addresses, numbers and notes unmasked."""

    async def opens(self, actor: Actor, ids: Collection[CustomerId]) -> bool:
        """Whether the reader may see the person with these ids unmasked now."""
        ...

    async def open_among(self, actor: Actor, ids: Collection[CustomerId]) -> Collection[CustomerId]:
        """Those of many people's ids that are open to the reader now."""
        ...

    async def open_until(self, actor: Actor, ids: Collection[CustomerId]) -> Instant | None:
        """When a person who is open closes again; None while that is not known, or not open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Results summed by customer: for customer i, n_i results that add up to s_i.

    `customers`, Σn, Σs, Σn², Σs², Σns; of a `share` each result is 0 or 1.
    """

    customers: int = 0
    n: float = 0
    s: float = 0
    nn: float = 0
    ss: float = 0
    ns: float = 0
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmOutcome:
    """What became of the customers of one arm of a trial, by the key of each measure."""

    customers: int = 0
    contacts: int = 0
    measures: Mapping[str, Sums] = field(default_factory=dict[str, Sums])


class Outcomes(Protocol):
    """What became of the customers of a trial, by arm (`a` in force, `b` tried)."""

    async def __call__(self, trial: str) -> Mapping[str, ArmOutcome]: ...


class State(Protocol):
    """The live state, to look at, never to change; valid until the next await."""

    def center(self) -> Center: ...
    def position(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something passing that is never stored (typing); sent to the screens it concerns."""

    name: str
    interaction: InteractionId
    facts: Mapping[str, str | int | bool] = field(default_factory=dict[str, str | int | bool])
    agents: frozenset[AgentId] | None = None
    """Whom it concerns; None means those who have the interaction in view."""


class Signals(Protocol):
    """The way of passing signals between channels and screens, in process."""

    def send(self, signal: Signal) -> None: ...
    def listen(self, receiver: Callable[[Signal], None]) -> Callable[[], None]: ...


class Guard(Protocol):
    """Makes a FastAPI dependency that lets in only who has the right, and returns who it is."""

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]: ...
    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]: ...
