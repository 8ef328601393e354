"""What figures of answers are made of, and what the room asks of others."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Select

from warmline.core.words import Actor, AgentId, CustomerId, Instant, InteractionId, SiteId
from warmline.ports import Clock, Guard, State, Submit, Write
from warmline.storage.database import Database

FEELINGS = ("glad", "understood", "best_answer", "again")
"""They are glad I called; they understand me; they look for the best answer; they want me back."""


class Source(StrEnum):
    """What a figure is counted over."""

    ANSWERS = "answers"
    """Surveys answered in the period."""
    ASKED = "asked"
    """Surveys sent in the period."""
    CONTACTS = "contacts"
    """Conversations with an agent closed in the period."""
    CASES = "cases"
    """Cases opened in the period."""


class Side(StrEnum):
    """By what figures are set side by side, and for what targets are set."""

    QUEUE = "queue"
    SEGMENT = "segment"
    CHANNEL = "channel"
    AGENT = "agent"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that figures are counted over, with what it says for each measure that it can."""

    id: str
    """The survey, the conversation or the case."""
    interaction: InteractionId | None
    ask: str | None
    customer: CustomerId | None
    at: Instant
    sides: Mapping[Side, str | None]
    values: Mapping[str, float]
    n: int = 1
    """For how many it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of what figures are asked: a period, and on each side all or one."""

    since: Instant
    until: Instant
    only: Mapping[Side, str] = field(default_factory=dict[Side, str])


class Closed(Protocol):
    """Conversations with an agent that were closed in a period, one row each.

    Columns `interaction`, `customer`, `queue`, `segment`, `channel`, `agent`, `language`, `at`.
    """

    def __call__(self, site: SiteId, since: Instant, until: Instant) -> Select[Any]: ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


class CustomerNames(Protocol):
    """What customers are called, masked unless they are open to the reader."""

    async def __call__(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


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


Reads = Callable[[Actor, InteractionId], Awaitable[bool]]
"""Whether somebody may read a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the routes of results work with."""

    database: Database
    site: SiteId
    state: State
    clock: Clock
    needs: Guard
    submit: Submit
    closed: Closed
    agents: AgentNames
    customers: CustomerNames
    audit: SettingAudit
