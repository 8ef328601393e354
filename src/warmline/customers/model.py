"""What a customer is to the rest: claims of identity, and what the room asks of others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    SegmentId,
    UserId,
    Verification,
)
from warmline.ports import Write

NAME_LIMIT_CHARS = 200
FACT_LIMIT_CHARS = 500
FACTS_PER_CUSTOMER = 50
NOTE_LIMIT_CHARS = 4_000
SEARCH_LIMIT = 50


def fresh_customer(now: Instant) -> CustomerId:
    """An id for somebody new, 32 hexadecimal digits: the time first, the rest by chance.

    Who is made at one time stands on one page of every index, which is what an import lives on.
    """
    return CustomerId(f"{now:012x}{uuid4().hex[12:]}")


class IdentifierKind(StrEnum):
    """By what a customer can be recognised, the surest first."""

    LOGIN = "login"
    EXTERNAL = "external"
    EMAIL = "email"
    PHONE = "phone"
    MESSENGER = "messenger"
    """The provider and the id there, `telegram:12345`."""
    COOKIE = "cookie"


class Method(StrEnum):
    """How it was found that an identifier is somebody's."""

    SAID = "said"
    CHANNEL = "channel"
    """Seen by the channel itself: who sent it, who rang."""
    AGENT = "agent"
    IMPORTED = "imported"
    SIGNED = "signed"
    """By the operator's own site."""
    QUESTIONS = "questions"
    CODE = "code"
    PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An identifier somebody came with, and how sure it is that it is theirs.

    Typed into a form it is `claimed`, seen by the channel itself (the sender of a mail, a caller's
    number, a cookie) `matched`, signed by the operator's own site `verified`.
    """

    kind: IdentifierKind
    value: str
    verification: Verification
    method: Method | None = None
    """None says it by the level: typed, seen by the channel, signed."""

    @property
    def found_by(self) -> Method:
        """How it was found to be theirs."""
        return self.method or _BY_LEVEL[self.verification]


_BY_LEVEL: Mapping[Verification, Method] = {
    Verification.UNKNOWN: Method.SAID,
    Verification.CLAIMED: Method.SAID,
    Verification.MATCHED: Method.CHANNEL,
    Verification.VERIFIED: Method.SIGNED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Who it is, as far as the claims reach; goes into `Arrive` as it is.

    Where several come into question nobody is guessed: `customer` is None, `candidates` says whom
    to ask about, and `claims` what they came with.
    """

    customer: CustomerId | None
    verification: Verification
    candidates: tuple[CustomerId, ...] = ()
    claims: tuple[Claim, ...] = ()
    weighs: bool = True
    """Whether what is known of them may count in routing; else they stand in line like anybody."""
    segment: SegmentId | None = None
    language: str | None = None
    name: str | None = None
    owner: AgentId | None = None
    """Their own contact, asked first."""
    is_new: bool = False
    joined: tuple[CustomerId, ...] = ()
    """Who turned out to be the same person just now."""

    @property
    def someone(self) -> CustomerId:
        """The customer, where it is known that one was found or made."""
        assert self.customer is not None, "several people come into question"
        return self.customer


class Restrictions(Protocol):
    """Of whom nothing may weigh in routing: a restricted record, an objection to profiling."""

    async def weightless(
        self, connection: AsyncConnection, ids: Collection[CustomerId]
    ) -> Collection[CustomerId]:
        """Those of some people's ids."""
        ...


class Secrets(Protocol):
    """Keeps codes and PINs so that they can be checked and never read."""

    async def hash(self, password: str) -> str: ...
    async def verify(self, kept: str | None, password: str) -> bool: ...


class CodeMail(Protocol):
    """Where a code leaves by mail; durable when this returns."""

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None: ...


class CodeText(Protocol):
    """Where a code leaves as a text message; `Rejected` when the gateway does not take it."""

    async def send(self, to: str, text: str) -> None: ...


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


class Timeline(Protocol):
    """The conversations of a person over all channels."""

    async def counts(self, customers: Collection[CustomerId]) -> Mapping[str, int | None]:
        """`total`, `open`, `last_at`."""
        ...


class Sight(Protocol):
    """Who may see which customer."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...
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
