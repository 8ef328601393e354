"""What a customer is to the rest: claims of identity, and what the room asks of others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy.sql.base import Executable

from warmline.core.words import Actor, AgentId, CustomerId, SegmentId, UserId, Verification

NAME_LIMIT_CHARS = 200
FACT_LIMIT_CHARS = 500
FACTS_PER_CUSTOMER = 50
NOTE_LIMIT_CHARS = 4_000
SEARCH_LIMIT = 50


class IdentifierKind(StrEnum):
    """By what a customer can be recognised, the surest first."""

    LOGIN = "login"
    EXTERNAL = "external"
    EMAIL = "email"
    PHONE = "phone"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An identifier somebody came with, and how sure it is that it is theirs.

    Typed into a form it is `claimed`, seen by the channel itself (the sender of a mail, a caller's
    number, a cookie) `matched`, signed by the operator's own site `verified`.
    """

    kind: IdentifierKind
    value: str
    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Who it is, as far as the claims reach; goes into `Arrive` as it is."""

    customer: CustomerId
    verification: Verification
    segment: SegmentId | None = None
    language: str | None = None
    name: str | None = None
    owner: AgentId | None = None
    """Their own contact, asked first."""
    is_new: bool = False
    joined: tuple[CustomerId, ...] = ()
    """Who turned out to be the same person just now."""


class Timeline(Protocol):
    """The conversations of a person over all channels."""

    async def page(
        self, customers: Collection[CustomerId], *, before: str | None, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """The newest first, and where to go on."""
        ...

    async def counts(self, customers: Collection[CustomerId]) -> Mapping[str, int | None]:
        """`total`, `open`, `last_at`."""
        ...


class Sight(Protocol):
    """Who may see which customer."""

    async def customer(self, actor: Actor, same: Collection[CustomerId]) -> bool: ...
    async def customers(self, actor: Actor, *, limit: int) -> Collection[CustomerId] | None:
        """Those that the actor may see, None for all."""
        ...


class Audit(Protocol):
    """A row of the audit that says which fields of a person somebody changed, never the values."""

    def __call__(
        self, actor: Actor, action: str, kind: str, item: str, *, fields: Sequence[str]
    ) -> Executable: ...


class UserNames(Protocol):
    """What users are called."""

    async def __call__(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...
