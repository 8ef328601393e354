"""What a mail is once it has been read: people, words, files and the headers that rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refusal(StrEnum):
    """Why a mail is not read; the mail itself stays in the mailbox."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    HEADER_TOO_LARGE = "header_too_large"
    NOT_A_MAIL = "not_a_mail"


class Refused(Exception):
    """The mail is over a limit or no mail at all; `code` says which, `message` says it in words."""

    def __init__(self, code: Refusal, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a mail is read before it is refused."""

    mail_bytes: int = 25 * 1024 * 1024
    header_bytes: int = 256 * 1024
    depth: int = 30
    parts: int = 150
    text_bytes: int = 1_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One person or mailbox in a header; either half may be empty in a broken mail."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a mail; `inline` files are pictures that the HTML shows by `content_id`."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)
    content_id: str | None
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as read; `date` is whole milliseconds, UTC, as the sender's clock said."""

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    subject: str
    date: int | None
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: Mapping[str, str]
    delivery_status: str
    returned_headers: str
    problems: tuple[str, ...]

    def header(self, name: str) -> str:
        """The value of a header that the rules look at, `""` when the mail has none."""
        return self.headers.get(name, "")
