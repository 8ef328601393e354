"""Bounces, as RFC 3464 reports or as plain text: who did not get which mail, and for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warmline.channels.email.mail import Mail

_MAILER = re.compile(
    r"mailer[-_.]?daemon|postmaster|mail[-_.]?delivery|bounces?$|microsoftexchange[0-9a-f]{0,40}$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|delivery (?:status notification|has failed|failure|failed|delayed)"
    r"|mail delivery (?:failed|failure|system|error)"
    r"|returned mail|failure notice|message not delivered|delayed mail|warning: (?:message"
    r"|could not send)|mail system error"
    r"|не доставлено|недоставленное|не удалось доставить|ошибка доставки|задержка доставки"
    r"|невозможно доставить|не может быть доставлено"
    r"|niedostarczon|nie dostarczono|nie można dostarczyć|nie udało się dostarczyć"
    r"|zwrot wiadomości|błąd dostarczania|opóźnion",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"will (?:keep trying|be retried|continue to try|retry)|has not (?:yet )?been delivered"
    r"|delivery[^\n]{0,40} delayed|delayed (?:mail|24 hours)"
    r"|warning message only|still being retried|будут продолжены|отложен|задерж"
    r"|попытки доставки продолж|opóźnion|ponownych prób|nadal próbuj",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+=&'~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_FIELD = re.compile(r"^([A-Za-z-]{2,40})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*){0,20})", re.MULTILINE)
_MESSAGE_ID = re.compile(
    r"^[ \t>]{0,8}message-id:\s{0,40}(<[^<>\s]{1,500}>)", re.MULTILINE | re.IGNORECASE
)
_TEXT_READ = 50_000
_EMPTY_PATH = {"<>", "< >"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What did not arrive: to whom, for good or not yet, and the id of our mail where told."""

    recipient: str | None
    permanent: bool
    original_message_id: str | None
    status: str
    reason: str


def read(mail: Mail) -> Bounce | None:
    """The bounce that a mail is, None when it is none.

    A report that tells only of success is none either.
    """
    if mail.delivery_status:
        return _from_report(mail)
    if not _looks_like_bounce(mail):
        return None
    text = mail.text[:_TEXT_READ]
    status = _status(text)
    delayed = bool(_DELAYED.search(f"{mail.subject}\n{_opening(text)}"))
    permanent = not delayed and not status.startswith("4")
    return Bounce(
        recipient=_said_recipient(mail) or _recipient_in(text, mail),
        permanent=permanent,
        original_message_id=_original(mail, text),
        status=status,
        reason="bounce text" if permanent else "delay text",
    )


def _looks_like_bounce(mail: Mail) -> bool:
    if mail.header("x-failed-recipients"):
        return True
    local = mail.sender.address.partition("@")[0]
    from_mailer = bool(_MAILER.match(local)) or mail.header("return-path").strip() in _EMPTY_PATH
    return from_mailer and (
        bool(_SUBJECT.search(mail.subject))
        or "multipart/report" in mail.header("content-type").lower()
    )


def _from_report(mail: Mail) -> Bounce | None:
    """RFC 3464: the first recipient that failed, else the first that is delayed."""
    groups = [dict(_fields(each)) for each in mail.delivery_status.split("\n\n")]
    told = [each for each in groups if "action" in each or "status" in each]
    failed = [each for each in told if _action(each) == "failed"]
    delayed = [each for each in told if _action(each) == "delayed"]
    chosen = next(iter([*failed, *delayed]), None)
    if chosen is None:
        return None
    recipient = _mailbox(chosen.get("original-recipient", "")) or _mailbox(
        chosen.get("final-recipient", "")
    )
    status = chosen.get("status", "").partition(" ")[0]
    permanent = bool(failed) and not status.startswith("4")
    return Bounce(
        recipient=recipient or _said_recipient(mail) or _recipient_in(mail.text[:_TEXT_READ], mail),
        permanent=permanent,
        original_message_id=_original(mail, mail.text[:_TEXT_READ]),
        status=status,
        reason="delivery report: failed" if failed else "delivery report: delayed",
    )


def _fields(group: str) -> Iterator[tuple[str, str]]:
    for name, value in reversed(_FIELD.findall(group)):
        yield name.lower(), value.strip()


def _action(group: dict[str, str]) -> str:
    action = group.get("action", "").partition("(")[0].strip().lower()
    if action:
        return action
    status = group.get("status", "")
    return {"5": "failed", "4": "delayed"}.get(status[:1], "")


def _mailbox(value: str) -> str | None:
    found = _MAILBOX.search(value.rpartition(";")[2])
    return found[0].lower() if found else None


def _said_recipient(mail: Mail) -> str | None:
    return _mailbox(mail.header("x-failed-recipients").partition(",")[0])


def _recipient_in(text: str, mail: Mail) -> str | None:
    """The first address in the text that is neither the server's nor one of ours."""
    ours = {each.address.lower() for each in (*mail.to, *mail.cc, mail.sender)}
    for found in _MAILBOX.finditer(text):
        address = found[0].strip(".").lower()
        in_id = (
            text[max(0, found.start() - 15) : found.start()]
            .lower()
            .endswith(("message-id: <", "id <"))
        )
        if address not in ours and not in_id and not _MAILER.match(address):
            return address
    return None


def _status(text: str) -> str:
    found = _STATUS.search(text)
    if found:
        return found[0]
    code = _REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def _opening(text: str) -> str:
    """What the server itself says, before it cites the mail."""
    return text[:1_500]


def _original(mail: Mail, text: str) -> str | None:
    """The id of our mail: in what was returned, else in the text, else what the bounce answers."""
    for place in (mail.returned_headers, text):
        if found := _MESSAGE_ID.search(place):
            return found[1]
    for file in mail.attachments:
        if file.media_type == "message/rfc822":
            head = file.content[:_TEXT_READ].decode("utf-8", "replace").replace("\r\n", "\n")
            if found := _MESSAGE_ID.search(head):
                return found[1]
    return mail.in_reply_to or next(reversed(mail.references), None)
