"""Who or what wrote a mail: a person, an automatic answer, a bounce, a list, or ourselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from warmline.channels.email import bounce
from warmline.channels.email.bounce import Bounce

if TYPE_CHECKING:
    from warmline.channels.email.mail import Mail


class Kind(StrEnum):
    """Who or what wrote a mail; only a person's mail starts work by itself."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST_OR_BULK = "list_or_bulk"
    OWN_LOOP = "own_loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind of a mail, the rule that told, and for a bounce what did not arrive."""

    kind: Kind
    reason: str
    bounce: Bounce | None = None


LOOP_HEADER = "x-warmline-loop"

# The subjects that mail programs give to automatic answers; people do not begin a subject so.
_AUTO_SUBJECT = re.compile(
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer|generated reply)\b|auto ?: "
    r"|out of (?:the )?office\b|ooo: "
    r"|on vacation ?:|away from (?:the )?office|i am out of|autoreply|auto-reply|vacation (?:reply"
    r"|message|notice)"
    r"|автоматический ответ|автоматическое (?:сообщение|уведомление|письмо)|автоответ|авто-ответ"
    r"|вне офиса"
    r"|отсутствую на рабочем месте|уведомление об отсутствии|я в отпуске|нахожусь в отпуске"
    r"|odpowied[zź] automatyczna|automatyczna odpowied[zź]|autoodpowied[zź]|auto-odpowied[zź]"
    r"|autoresponder"
    r"|poza biurem|nieobecno[sś][cć] w (?:biurze|pracy)|jestem na urlopie|przebywam na urlopie"
    r"|wiadomo[sś][cć] automatyczna|automatyczna wiadomo[sś][cć])",
    re.IGNORECASE,
)
_PREFIXES = re.compile(r"(?:(?:re|odp|отв|ha|на|ответ)\s?:\s?){0,5}", re.IGNORECASE)
# Texts that only support a header: alone, a person may well write them.
_AWAY_TEXT = re.compile(
    r"out of (?:the )?office|on (?:vacation|annual leave|holiday)"
    r"|limited access to (?:my )?e-?mail|will (?:be back|return) on"
    r"|в отпуске|отсутствую|вернусь|нахожусь в командировке|na urlopie|poza biurem|jestem nieobecn"
    r"|będę nieobecn|wracam",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"(?:no|do-?not|donot|nie|ne)[._-]?(?:reply|replay|odpowiadaj|otvechat|otvechay)|noreply"
    r"|robot$|notifications?$|mailer$",
    re.IGNORECASE,
)
_TEXT_READ = 2_000


def kind(mail: Mail) -> Kind:
    """Who or what wrote the mail; `classify` also tells why."""
    return classify(mail).kind


def classify(mail: Mail, own_loop: str | None = None) -> Verdict:
    """The kind with its reason; with `own_loop` only our own loop mark counts, else any."""
    return (
        _own_loop(mail, own_loop)
        or _report(mail)
        or _bounce(mail)
        or _auto_reply(mail)
        or _bulk(mail)
        or Verdict(kind=Kind.PERSON, reason="nothing says that it is automatic")
    )


def _own_loop(mail: Mail, own_loop: str | None) -> Verdict | None:
    mark = mail.header(LOOP_HEADER)
    if not mark or (own_loop is not None and mark != own_loop):
        return None
    return Verdict(kind=Kind.OWN_LOOP, reason="we sent it ourselves")


def _report(mail: Mail) -> Verdict | None:
    """Receipts and complaints (RFC 8098, RFC 5965), which share their wrapping with bounces."""
    wrapped = mail.header("content-type").lower()
    if "disposition-notification" in wrapped:
        return Verdict(kind=Kind.AUTO_REPLY, reason="read receipt")
    if "feedback-report" in wrapped:
        return Verdict(kind=Kind.AUTO_REPLY, reason="complaint report")
    return None


def _bounce(mail: Mail) -> Verdict | None:
    found = bounce.read(mail)
    return Verdict(kind=Kind.BOUNCE, reason=found.reason, bounce=found) if found else None


def _auto_reply(mail: Mail) -> Verdict | None:
    reason = ""
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    subject = mail.subject[_match_end(mail.subject) :]
    if submitted in {"auto-replied", "auto-notified"}:
        reason = f"Auto-Submitted: {submitted}"
    elif mail.header("precedence").lower() in {"auto_reply", "auto-reply", "autoreply"}:
        reason = "Precedence: auto_reply"
    elif any(_says_yes(mail.header(name)) for name in _AUTO_HEADERS):
        reason = "autoresponder header"
    elif mail.header("x-auto-reply-from"):
        reason = "X-Auto-Reply-From"
    elif _AUTO_SUBJECT.match(subject):
        reason = "subject of an automatic answer"
    elif _hints_automatic(mail, submitted) and (
        mail.in_reply_to is not None or _AWAY_TEXT.search(mail.text[:_TEXT_READ])
    ):
        reason = "automatic, and an answer or a notice of absence"
    return Verdict(kind=Kind.AUTO_REPLY, reason=reason) if reason else None


_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-yandex-autoreply",
    "x-mail-autoreply",
)


def _match_end(subject: str) -> int:
    found = _PREFIXES.match(subject)
    return found.end() if found else 0


def _says_yes(value: str) -> bool:
    return bool(value) and value.strip().lower() not in {"no", "false", "0"}


def _hints_automatic(mail: Mail, submitted: str) -> bool:
    suppressed = mail.header("x-auto-response-suppress").lower()
    return (
        submitted not in {"", "no"}
        or "all" in suppressed
        or "autoreply" in suppressed
        or mail.header("return-path").strip() == "<>"
        or mail.header("precedence").lower() in {"junk", "bulk"}
    )


def _bulk(mail: Mail) -> Verdict | None:
    reason = ""
    precedence = mail.header("precedence").lower()
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    suppressed = mail.header("x-auto-response-suppress").lower()
    if mail.header("list-id") or mail.header("mailing-list") or mail.header("x-mailing-list"):
        reason = "mailing list"
    elif mail.header("list-unsubscribe") or mail.header("list-post"):
        reason = "bulk mail with a way to unsubscribe"
    elif precedence in {"bulk", "list", "junk"}:
        reason = f"Precedence: {precedence}"
    elif submitted not in {"", "no"}:
        reason = "Auto-Submitted: made by a program"
    elif suppressed and suppressed != "none":
        reason = "wants no automatic answers"
    elif mail.header("feedback-id"):
        reason = "bulk mail with a campaign id"
    elif mail.header("return-path").strip() == "<>":
        reason = "sent with an empty return path"
    elif _NO_REPLY.match(mail.sender.address.partition("@")[0]) and not mail.reply_to:
        reason = "its sender reads no answers"
    return Verdict(kind=Kind.LIST_OR_BULK, reason=reason) if reason else None
