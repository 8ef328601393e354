"""What the portrait is made of, and what it asks of other rooms."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fastapi import HTTPException

from warmline.core.words import (
    DAY,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    Millis,
    SiteId,
)
from warmline.customers.directory import Directory
from warmline.customers.model import Audit, Sight, UserNames
from warmline.ports import Clock, Contacts, Guard, Privacy, State
from warmline.storage.database import Database

PROMISE_LIMIT_CHARS = 500
PROMISES_OPEN = 20
PROMISE_AHEAD_MS: Millis = 366 * DAY


class PromiseState(StrEnum):
    """What became of a promise; `late` is kept after its time."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of the story ended: entries stand by time, kind and id, the last first."""

    at: Instant
    kind: str
    id: str

    def bound(self, kind: str) -> tuple[Instant, str]:
        """The moment and id that all further entries of a kind are smaller than.

        >>> Place(at=7, kind="order", id="b").bound("order")
        (7, 'b')
        """
        if kind == self.kind:
            return self.at, self.id
        return (self.at + 1, "") if kind < self.kind else (self.at, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a story is asked for; None lets all through."""

    before: Place | None = None
    kinds: Collection[str] | None = None
    medium: str | None = None
    agent: str | None = None
    queue: str | None = None
    since: Instant = 0
    until: Instant | None = None
    limit: int = 20

    @property
    def of_talks(self) -> bool:
        """Whether only talks can be what is wanted."""
        return self.medium is not None or self.queue is not None


Entry = Mapping[str, object]
"""`at`, `kind`, `id`, and what this kind of entry tells beside."""


class Source(Protocol):
    """Something that a story is told by."""

    kinds: Collection[str]

    async def entries(self, ids: Collection[CustomerId], wanted: Wanted) -> Sequence[Entry]:
        """Those of a person that are wanted, the newest first, at most `wanted.limit`."""
        ...


class Talks(Protocol):
    """The conversations of a person over all channels."""

    async def talks(
        self,
        customers: Collection[CustomerId],
        *,
        before: tuple[Instant, str] | None,
        medium: str | None,
        agent: str | None,
        queue: str | None,
        since: Instant,
        until: Instant | None,
        limit: int,
    ) -> Sequence[Mapping[str, object]]:
        """The newest strictly before a moment and id, with a glimpse of each."""
        ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the routes of the portrait work with."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    directory: Directory
    sight: Sight
    privacy: Privacy
    users: UserNames
    agents: AgentNames
    audit: Audit
    contacts: Contacts
    promised: Callable[[AgentId | None], None] = lambda _agent: None
    """Told of a promise that was made or settled, with the agent who made it."""

    async def person(self, actor: Actor, who: CustomerId) -> Sequence[CustomerId]:
        """All ids of a person whom the actor may see, the one that counts first; else 404."""
        ids = await self.directory.same(who)
        if not await self.sight.customer(actor, ids):
            raise HTTPException(404, f"there is no customer {who}")
        return list(ids)
