"""Which conversation a mail belongs to: by signed token, by what it answers, by its subject."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from warmline.channels.email.mail import Mail

DAY_MS = 86_400_000
SUBJECT_WINDOW_MS = 14 * DAY_MS
MARK = "reply"
_MOST_IDS = 60
# An address has 64 characters before the @: "reply+", the id, ".", the signature.
_SIGNATURE_BYTES = 10
_PLAIN_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,39})")
_ADDRESS = re.compile(r"[^@+]{1,64}\+([a-z0-9_-]{1,40}\.[a-z2-7]{16})@", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:re|aw|sv|vs|antw|ref|fw|fwd|wg|tr|odp|pd|dot|отв|ответ|на|пересл|пер|переслано|hа)"
    r"[ ]?(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,2})?[ ]?[:：][ ]{0,5}",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\[(?:external|ext|внешний|внешнее|spam|zewnętrzny|zewnętrzna)\]\s{0,5}", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")
_LONGEST_SUBJECT = 500
_MOST_PREFIXES = 30


class By(StrEnum):
    """What joined a mail to its conversation."""

    TOKEN = "token"  # noqa: S105 - the name of a way, not a secret
    REFERENCES = "references"
    SUBJECT = "subject"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The conversation of a mail and what told; only a token proves that we invited the answer."""

    interaction: str | None
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """All that a mail says about its conversation, the surest and the nearest first."""

    tokens: tuple[str, ...]
    message_ids: tuple[str, ...]
    subject: str
    customer: str


class ThreadLookup(Protocol):
    """What the mailbox remembers; each look-up answers with an interaction or None."""

    def by_token(self, token: str) -> str | None:
        """The interaction of a token whose signature is ours."""
        ...

    def by_message_id(self, message_id: str) -> str | None:
        """The interaction that holds the mail of this id, ours or the customer's."""
        ...

    def by_subject_and_customer(self, subject: str, customer: str, since_ms: int) -> str | None:
        """The customer's latest interaction with this normalised subject, active since then."""
        ...


def keys(mail: Mail) -> Keys:
    """The keys of a mail: tokens, ids it answers (its parent first), subject and customer."""
    nearest = (mail.in_reply_to, *reversed(mail.references))
    ids = tuple(dict.fromkeys(each for each in nearest if each))[:_MOST_IDS]
    places = (*mail.to, *mail.cc, *mail.delivered_to)
    tokens = (token_in(each.address) for each in places)
    return Keys(
        tokens=tuple(dict.fromkeys(each for each in tokens if each)),
        message_ids=ids,
        subject=normal_subject(mail.subject),
        customer=mail.sender.address.lower(),
    )


def match(
    mail: Mail, lookup: ThreadLookup, *, now_ms: int, window_ms: int = SUBJECT_WINDOW_MS
) -> Match:
    """The conversation of the mail.

    An empty subject or a mail that nobody signed joins nothing by subject.
    """
    found = keys(mail)
    for interaction, by in _sure(found, lookup):
        if interaction is not None:
            return Match(interaction=interaction, by=by)
    if found.subject and found.customer:
        since_ms = now_ms - window_ms
        interaction = lookup.by_subject_and_customer(found.subject, found.customer, since_ms)
        if interaction is not None:
            return Match(interaction=interaction, by=By.SUBJECT)
    return Match(interaction=None, by=By.NOTHING)


def _sure(found: Keys, lookup: ThreadLookup) -> Iterator[tuple[str | None, By]]:
    for token in found.tokens:
        yield lookup.by_token(token), By.TOKEN
    for message_id in found.message_ids:
        yield lookup.by_message_id(message_id), By.REFERENCES


def normal_subject(subject: str) -> str:
    """The subject without Re:, Odp:, Отв: and their like: equal for all mails of one talk.

    >>> normal_subject("RE[2]: Fwd: Odp: Zamówienie  17")
    'zamówienie 17'
    """
    rest = _SPACES.sub(" ", subject[:_LONGEST_SUBJECT]).strip()
    for _ in range(_MOST_PREFIXES):
        found = _PREFIX.match(rest) or _TAG.match(rest)
        if not found:
            break
        rest = rest[found.end() :]
    return rest.casefold().strip()


def sign_token(interaction: str, secret: bytes) -> str:
    """A token for the reply address, safe in any letter case; ids are up to 40 of `a-z 0-9 _ -`."""
    if not _PLAIN_ID.fullmatch(interaction):
        raise ValueError("an interaction id in a reply address is up to 40 of a-z, 0-9, _ and -")
    return f"{interaction}.{_signature(interaction, secret)}"


def read_token(token: str, secrets: Sequence[bytes]) -> str | None:
    """The interaction of a token that one of our secrets signed (the newest first), else None."""
    interaction, dot, signature = token.strip().lower().rpartition(".")
    if not dot or not _PLAIN_ID.fullmatch(interaction) or not signature.isascii():
        return None
    # Every secret is tried, so that the time tells nothing about which one fits.
    fits = [hmac.compare_digest(signature, _signature(interaction, each)) for each in secrets]
    return interaction if any(fits) else None


def token_in(address: str) -> str | None:
    """The token inside an address like `reply+token@example.com`, in small letters.

    Not yet proved.
    """
    found = _ADDRESS.match(address)
    return found[1].lower() if found else None


def reply_address(token: str, domain: str) -> str:
    """The address that brings an answer back to its conversation."""
    return f"{MARK}+{token}@{domain}"


def _signature(interaction: str, secret: bytes) -> str:
    digest = hmac.new(secret, b"warmline reply address\0" + interaction.encode(), hashlib.sha256)
    return base64.b32encode(digest.digest()[:_SIGNATURE_BYTES]).decode("ascii").lower()
