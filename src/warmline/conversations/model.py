"""What a conversation is made of: its opening, what is said, files, and who may ask for names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    SegmentId,
    UserId,
    Verification,
)

TEXT_LIMIT_CHARS = 10_000
HTML_LIMIT_CHARS = 200_000
SUBJECT_LIMIT_CHARS = 500
FILES_PER_MESSAGE = 10
ADDRESSES_PER_MESSAGE = 50
PAGE_LIMIT = 200


class Author(StrEnum):
    """Who a message is from; a note is for colleagues alone."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"
    NOTE = "note"


class MessageState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The head of a mail: addresses are `Name <box@host>` or bare; ids keep their brackets."""

    sender: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str = ""
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    remote_images: bool = False
    quoted: bool = False
    """Whether something was cut from the text; the whole is one click away."""
    automatic: bool = False

    def plain(self) -> dict[str, object]:
        """As it is stored, in JSON."""
        return {
            "from": self.sender,
            "to": list(self.to),
            "cc": list(self.cc),
            "reply_to": list(self.reply_to),
            "subject": self.subject,
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": list(self.references),
            "remote_images": self.remote_images,
            "quoted": self.quoted,
            "automatic": self.automatic,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is known when a customer comes in; travels with `Arrive`."""

    interaction: InteractionId
    medium: Medium
    inbox: InboxId
    at: Instant
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    subject: str | None = None
    language: str | None = None
    reason: str | None = None
    follows: InteractionId | None = None
    token_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The whole of what came in, before quotes were cut; a large one is a blob."""

    text: str | None = None
    html: str | None = None
    blob: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that was put into the blobs; `user` is None when a customer gave it."""

    id: str
    name: str
    media_type: str
    size: int
    blob: str
    at: Instant
    user: UserId | None = None
    content_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message or note, with the files that come with it and those uploaded before."""

    id: MessageId
    interaction: InteractionId
    at: Instant
    author: Author
    text: str
    html: str | None = None
    agent: AgentId | None = None
    user: UserId | None = None
    state: MessageState = MessageState.SENT
    email: Envelope | None = None
    original: Original = field(default_factory=Original)
    send_after: Instant | None = None
    files: tuple[File, ...] = ()
    uploaded: tuple[str, ...] = ()


class Names(Protocol):
    """What people are called, asked of the rooms that know; an id without a name is left out."""

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...
    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...
    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        """Masked, unless the person is open to the reader."""
        ...

    async def same(self, customer: CustomerId, /) -> Collection[CustomerId]:
        """All ids of one person: this one, and those that turned out to be the same."""
        ...
