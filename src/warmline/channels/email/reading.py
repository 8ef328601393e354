"""One raw mail made ready for its conversation: parsed, judged, stripped, cleaned; pure, slow."""

import hashlib
import re
from dataclasses import dataclass

from warmline.channels.email.classify import Kind, Verdict, classify
from warmline.channels.email.html import before_quote, clean
from warmline.channels.email.language import guess
from warmline.channels.email.mail import Address, Limits, Mail, Refusal, Refused
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.channels.email.parse import parse
from warmline.channels.email.strip import strip
from warmline.conversations.model import (
    ADDRESSES_PER_MESSAGE,
    HTML_LIMIT_CHARS,
    SUBJECT_LIMIT_CHARS,
    Envelope,
)

TEXT_CHARS = 100_000
"""More new text than anybody reads; the whole of it is in the original."""
ORIGINAL_CHARS = 1_000_000
REFERENCES_KEPT = 60
_ID_CHARS = 32
_SPECIAL = re.compile(r"[^\w .\'\-]", re.UNICODE)
_HEADER = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|received|sender|mime-version|content-type)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_UNSAFE = re.compile(r"[^\x21-\x7e\u00a1-\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A mail as it came: `sender` and `recipients` are the envelope's, when SMTP brought it."""

    raw: bytes
    sender: str | None = None
    recipients: tuple[str, ...] = ()

    def with_envelope(self) -> bytes:
        """The mail with its envelope written above it, as a mail server would."""
        lines = [f"X-Original-To: {_plain(one)}" for one in self.recipients]
        if self.sender is not None:
            lines.insert(0, f"Return-Path: <{_plain(self.sender).strip('<>')}>")
        return "".join(f"{line}\r\n" for line in lines).encode() + self.raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A mail that was read, and who or what wrote it."""

    mail: Mail
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a mail as an agent sees them, and the whole of them."""

    text: str
    html: str | None
    whole_text: str
    whole_html: str | None
    remote_images: bool
    quoted: bool
    language: str | None


def read(delivery: Delivery, *, limits: Limits, loop: str) -> Read:
    """The mail and its kind; `mail.Refused` when it is over a limit or none."""
    if delivery.sender is not None and not _HEADER.search(delivery.raw[: limits.header_bytes]):
        # The envelope above it would make a mail of anything.
        raise Refused(Refusal.NOT_A_MAIL, "there is no mail header in it")
    mail = parse(delivery.with_envelope(), limits)
    return Read(mail=mail, verdict=classify(mail, loop))


def words(mail: Mail, *, sent: tuple[str, ...], default: str | None) -> Words:
    """What is new in the mail; `sent` are words of ours that it may quote."""
    found = strip(mail.text, mail.html, sent)
    whole = clean(mail.html) if mail.html else None
    shown = whole
    if found.quoted and mail.html:
        above = before_quote(mail.html)
        # A quote that no mark in the HTML tells apart cannot be cut from it: the text is shown.
        shown = clean(above) if above else None
    if shown is not None and len(shown.html) > HTML_LIMIT_CHARS:
        shown = None
    return Words(
        text=found.new_text[:TEXT_CHARS],
        html=shown.html if shown else None,
        whole_text=mail.text[:ORIGINAL_CHARS],
        whole_html=whole.html[:ORIGINAL_CHARS] if whole else None,
        remote_images=bool(shown and shown.remote_images),
        quoted=bool(found.quoted or found.signature) or len(found.new_text) > TEXT_CHARS,
        language=guess(f"{mail.subject}\n{found.new_text}", default),
    )


def mail_id(site: str, mailbox: str, mail: Mail, raw: bytes) -> str:
    """The id of a mail in a mailbox: by its Message-ID and sender, by its content without one."""
    own = mail.message_id or hashlib.sha256(raw).hexdigest()
    parts = (site, mailbox, own, mail.sender.address.casefold())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_ID_CHARS]


def interaction_id(mail: str) -> str:
    """The id of the interaction that a mail begins."""
    return hashlib.sha256(f"interaction\0{mail}".encode()).hexdigest()[:_ID_CHARS]


def envelope(
    mail: Mail, mailbox: Mailbox, mailboxes: Mailboxes, *, kind: Kind, said: Words
) -> Envelope:
    """The head of the mail as it is stored; our signed reply addresses become the mailbox's own."""

    def listed(people: tuple[Address, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for person in people[:ADDRESSES_PER_MESSAGE]:
            if mailboxes.interaction_of(person.address) is not None:
                found[mailbox.address] = None
            elif person.address:
                found[written(person)] = None
        return tuple(found)

    return Envelope(
        sender=written(mail.sender),
        to=listed(mail.to),
        cc=listed(mail.cc),
        reply_to=listed(mail.reply_to),
        subject=mail.subject[:SUBJECT_LIMIT_CHARS],
        message_id=mail.message_id if _is_kept(mail.message_id) else None,
        in_reply_to=mail.in_reply_to,
        references=mail.references[-REFERENCES_KEPT:],
        remote_images=said.remote_images,
        quoted=said.quoted,
        automatic=kind is not Kind.PERSON,
    )


def written(person: Address) -> str:
    """An address as `Name <box@host>`, the name in quotes where it must be."""
    if not person.name:
        return person.address
    name = person.name
    if _SPECIAL.search(name):
        name = '"' + name.replace("\\", "").replace('"', "") + '"'
    return f"{name} <{person.address}>"


def _is_kept(message_id: str | None) -> bool:
    return message_id is not None and len(message_id) <= 500  # noqa: PLR2004 - the column has 512


def _plain(address: str) -> str:
    return _UNSAFE.sub("", address)[:320]
