"""Builds the mails that we send: new ones, replies and forwards, threaded and safe."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING

from warmline.channels.email.encoded import address_list, words
from warmline.channels.email.html import clean
from warmline.channels.email.mail import Address, Attachment

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOP_HEADER = "X-Warmline-Loop"
_MOST_REFERENCES = 20
_LONGEST_QUOTE = 100_000
_LONGEST_SUBJECT = 300
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
_MEDIA_TYPE = re.compile(r"([a-z0-9][a-z0-9.+_-]{0,60})/([a-z0-9][a-z0-9.+_-]{0,90})")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._@+-]{1,200}")
_REPLY_PREFIX = re.compile(
    r"(?:(?:re|aw|sv|antw|odp|отв|ответ)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?:\s{0,5})", re.IGNORECASE
)
_FORWARD_PREFIX = re.compile(r"(?:(?:fw|fwd|wg|pd|пересл|на)\s?:\s{0,5})", re.IGNORECASE)
_MOST_PREFIXES = 20


class _AsWritten(EmailPolicy):
    """Headers go out as we wrote them.

    The policies of the standard library (up to Python 3.13) fold them anew: they lose the quotes
    around names with commas and cut words in two.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        lines = value.splitlines()
        if any(not line.startswith((" ", "\t")) or not line.strip() for line in lines[1:]):
            raise ValueError(f"{name} would begin a new header")
        return name, value


_POLICY = _AsWritten(linesep="\r\n", refold_source="none", max_line_length=998, cte_type="7bit")


class Mode(StrEnum):
    """What a mail does with the mail before it."""

    NEW = "new"
    REPLY = "reply"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The mail that is answered or passed on; `date` is milliseconds, UTC."""

    message_id: str | None
    references: tuple[str, ...]
    sender: Address
    to: tuple[Address, ...]
    subject: str
    date: int
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail to send. The same `message` gives the same Message-ID, so a second copy is known."""

    message: str
    domain: str
    loop: str
    mode: Mode
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    reply_to: str | None = None
    subject: str
    text: str
    html: str | None = None
    original: Original | None = None
    attachments: tuple[Attachment, ...] = ()
    locale: str = "en"
    date: int
    zone: tzinfo = UTC
    automatic: bool = False
    quote: bool = True
    extra_references: tuple[str, ...] = field(default=())


_WROTE = {
    "en": "On {when}, {who} wrote:",
    "ru": "{when}, {who} пишет:",
    "pl": "W dniu {when}, {who} pisze:",
}
_FORWARDED = {
    "en": ("Forwarded message", "From", "Date", "Subject", "To"),
    "ru": ("Пересылаемое сообщение", "От", "Дата", "Тема", "Кому"),
    "pl": ("Wiadomość przekazana dalej", "Od", "Data", "Temat", "Do"),
}
_WHEN = {"en": "%Y-%m-%d %H:%M", "ru": "%d.%m.%Y %H:%M", "pl": "%d.%m.%Y %H:%M"}


def message_id(message: str, domain: str) -> str:
    """The Message-ID of a mail of ours, always the same for the same mail."""
    if not _ID.fullmatch(message) or not _DOMAIN.fullmatch(domain):
        raise ValueError("a message id is up to 100 of A-Z a-z 0-9 . _ -, on a plain domain")
    return f"<wl.{message}@{domain.lower()}>"


def reply_subject(subject: str) -> str:
    """The subject with one `Re: ` before it, whatever language the prefixes in it were."""
    return f"Re: {_bare(subject, _REPLY_PREFIX)}".rstrip()


def forward_subject(subject: str) -> str:
    """The subject with one `Fwd: ` before it."""
    return f"Fwd: {_bare(subject, _FORWARD_PREFIX)}".rstrip()


def everybody(
    sender: Address, to: Iterable[Address], cc: Iterable[Address], ours: Iterable[str]
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """To and Cc of a reply to all: the sender, then the others, each once, without ourselves."""
    taken = {each.lower() for each in ours}
    lists: list[tuple[Address, ...]] = []
    for people in ((sender, *to), tuple(cc)):
        kept: list[Address] = []
        for person in people:
            key = person.address.lower()
            if key and key not in taken and not _is_reply_address(key, taken):
                taken.add(key)
                kept.append(person)
        lists.append(tuple(kept))
    return lists[0], lists[1]


def compose(outgoing: Outgoing) -> EmailMessage:
    """The mail, ready to be sent; send its `as_bytes()`.

    The same `Outgoing` gives the same bytes. A bad address is a `ValueError`.
    """
    mail = EmailMessage(policy=_POLICY)
    for name, value in _headers(outgoing):
        mail[name] = value
    inline = tuple(each for each in outgoing.attachments if each.inline and outgoing.html)
    files = tuple(each for each in outgoing.attachments if each not in inline)
    mail.set_content(_text(outgoing), cte="base64" if not _text(outgoing).isascii() else None)
    if outgoing.html is not None:
        mail.add_alternative(_html(outgoing, outgoing.html), subtype="html", cte="base64")
        for picture in inline:
            _add_picture(mail, picture)
    for file in files:
        main, sub = _media_type(file.media_type)
        mail.add_attachment(
            file.content, maintype=main, subtype=sub, filename=_one_line(file.filename)
        )
    _name_boundaries(mail, outgoing.message)
    return mail


def _headers(outgoing: Outgoing) -> list[tuple[str, str]]:
    if not outgoing.to and not outgoing.cc:
        raise ValueError("a mail goes to somebody")
    if not _ID.fullmatch(outgoing.loop):
        raise ValueError("a loop mark is up to 100 of A-Z a-z 0-9 . _ -")
    when = datetime.fromtimestamp(outgoing.date / 1000, tz=UTC)
    headers = [
        ("From", address_list([outgoing.sender])),
        ("To", address_list(outgoing.to) if outgoing.to else "undisclosed-recipients:;"),
        ("Subject", words(_subject(outgoing))),
        ("Date", format_datetime(when)),
        ("Message-ID", message_id(outgoing.message, outgoing.domain)),
        (LOOP_HEADER, outgoing.loop),
    ]
    if outgoing.cc:
        headers.append(("Cc", address_list(outgoing.cc)))
    if outgoing.reply_to:
        headers.append(
            (
                "Reply-To",
                address_list([Address(name=outgoing.sender.name, address=outgoing.reply_to)]),
            )
        )
    headers += _threading(outgoing)
    if outgoing.automatic:
        headers += [
            ("Auto-Submitted", "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
            ("Precedence", "bulk"),
        ]
    return headers


def _threading(outgoing: Outgoing) -> list[tuple[str, str]]:
    """In-Reply-To for a reply; References for all, the first and the latest ids of many."""
    original = outgoing.original
    parent = original.message_id if original else None
    chain = [
        *(original.references if original else ()),
        *outgoing.extra_references,
        *([parent] if parent else []),
    ]
    ids = list(dict.fromkeys(each for each in chain if _MESSAGE_ID.fullmatch(each)))
    if len(ids) > _MOST_REFERENCES:
        ids = [ids[0], *ids[1 - _MOST_REFERENCES :]]
    headers: list[tuple[str, str]] = []
    if parent and outgoing.mode is Mode.REPLY and _MESSAGE_ID.fullmatch(parent):
        headers.append(("In-Reply-To", parent))
    if ids:
        headers.append(("References", "\n ".join(ids)))
    return headers


def _subject(outgoing: Outgoing) -> str:
    subject = _one_line(outgoing.subject)[:_LONGEST_SUBJECT]
    if outgoing.mode is Mode.REPLY:
        return reply_subject(subject)
    return forward_subject(subject) if outgoing.mode is Mode.FORWARD else subject


def _text(outgoing: Outgoing) -> str:
    text = _unix(outgoing.text).rstrip("\n")
    original = outgoing.original
    if (
        original is None
        or outgoing.mode is Mode.NEW
        or not (outgoing.quote or outgoing.mode is Mode.FORWARD)
    ):
        return text + "\n"
    cited = _unix(original.text)[:_LONGEST_QUOTE].rstrip("\n")
    if outgoing.mode is Mode.FORWARD:
        return f"{text}\n\n{_forward_head(outgoing, original)}\n\n{cited}\n"
    marked = "\n".join(
        f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in cited.split("\n")
    )
    return f"{text}\n\n{_attribution(outgoing, original)}\n{marked}\n"


def _html(outgoing: Outgoing, html: str) -> str:
    original = outgoing.original
    if (
        original is None
        or outgoing.mode is Mode.NEW
        or not (outgoing.quote or outgoing.mode is Mode.FORWARD)
    ):
        return html
    if original.html is not None and len(original.html) <= _LONGEST_QUOTE:
        cited = clean(original.html).html
    else:
        words = escape(_unix(original.text)[:_LONGEST_QUOTE])
        cited = f'<div style="white-space: pre-wrap">{words}</div>'
    if outgoing.mode is Mode.FORWARD:
        head = escape(_forward_head(outgoing, original)).replace("\n", "<br>\n")
        return f"{html}\n<br>\n<div>{head}</div>\n<br>\n{cited}\n"
    line = escape(_attribution(outgoing, original))
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    quote = f'<blockquote type="cite" style="{style}">\n{cited}\n</blockquote>'
    return f"{html}\n<br>\n<div>{line}</div>\n{quote}\n"


def _attribution(outgoing: Outgoing, original: Original) -> str:
    locale = outgoing.locale if outgoing.locale in _WROTE else "en"
    return _WROTE[locale].format(when=_when(outgoing, original), who=_who(original.sender))


def _forward_head(outgoing: Outgoing, original: Original) -> str:
    locale = outgoing.locale if outgoing.locale in _FORWARDED else "en"
    title, sender, date, subject, to = _FORWARDED[locale]
    lines = [
        f"---------- {title} ----------",
        f"{sender}: {_who(original.sender)}",
        f"{date}: {_when(outgoing, original)}",
        f"{subject}: {_one_line(original.subject)}",
    ]
    if original.to:
        lines.append(f"{to}: {', '.join(_who(each) for each in original.to)}")
    return "\n".join(lines)


def _when(outgoing: Outgoing, original: Original) -> str:
    moment = datetime.fromtimestamp(original.date / 1000, tz=UTC).astimezone(outgoing.zone)
    return moment.strftime(_WHEN.get(outgoing.locale, _WHEN["en"]))


def _who(person: Address) -> str:
    name, address = _one_line(person.name), _one_line(person.address)
    return f"{name} <{address}>" if name and address else name or address


def _add_picture(mail: EmailMessage, picture: Attachment) -> None:
    """Puts a picture beside the HTML that shows it (multipart/related)."""
    main, sub = _media_type(picture.media_type)
    content_id = picture.content_id or ""
    if not _CONTENT_ID.fullmatch(content_id):
        raise ValueError("a picture in the text needs a plain content id")
    for part in mail.walk():
        if part.get_content_type() in {"multipart/related", "text/html"}:
            part.add_related(
                picture.content,
                maintype=main,
                subtype=sub,
                cid=f"<{content_id}>",
                filename=_one_line(picture.filename),
                disposition="inline",
            )
            return


def _name_boundaries(mail: EmailMessage, message: str) -> None:
    """Gives each multipart the same boundary every time: a second copy has the same bytes."""
    for number, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        digest = hashlib.sha256(f"{message} {number}".encode()).hexdigest()
        part.set_boundary(f"=_wl_{digest[:32]}")


def _media_type(said: str) -> tuple[str, str]:
    found = _MEDIA_TYPE.fullmatch(said.lower())
    if not found or found[1] in {"multipart", "message"}:
        return "application", "octet-stream"
    return found[1], found[2]


def _bare(subject: str, prefix: re.Pattern[str]) -> str:
    rest = _one_line(subject)
    for _ in range(_MOST_PREFIXES):
        found = prefix.match(rest)
        if not found:
            break
        rest = rest[found.end() :]
    return rest


def _is_reply_address(address: str, ours: set[str]) -> bool:
    """Whether it is one of our addresses with a `+token` in it."""
    local, _, domain = address.rpartition("@")
    return "+" in local and f"{local.partition('+')[0]}@{domain}" in ours


def _one_line(text: str) -> str:
    """Without line breaks and other control characters, which no header may hold."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
