"""Reads a mail from its bytes: people, subject, best text, HTML and files, whatever made it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType

from warmline.channels.email.charset import decode
from warmline.channels.email.flowed import unflow
from warmline.channels.email.headers import addresses, date_ms, message_ids, one_line, seen, words
from warmline.channels.email.html import MOST_TAGS, to_text
from warmline.channels.email.invitation import described
from warmline.channels.email.mail import (
    DEFAULT_LIMITS,
    Address,
    Attachment,
    Limits,
    Mail,
    Refusal,
    Refused,
)
from warmline.channels.email.mime import Part, Tree, content, split_head

_RULE_HEADERS = frozenset(
    "auto-submitted content-type delivered-to feedback-id importance list-archive list-help "  # noqa: SIM905 - words read better so
    "list-id list-owner list-post list-unsubscribe mailing-list precedence return-path "
    "x-auto-reply-from x-auto-response-suppress x-autoreply x-autorespond x-autoresponder "
    "x-failed-recipients x-mail-autoreply x-mailing-list x-warmline-loop x-yandex-autoreply".split()
)
_A_MAIL_HAS = frozenset(
    "from to cc subject date message-id received return-path sender mime-version "  # noqa: SIM905 - words read better so
    "content-type delivered-to".split()
)
_UNSAFE_IN_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\u200b]")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
_LONGEST_NAME_BYTES = 180
_MOST_REPORT_BYTES = 200_000
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
}
_USUAL_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "text/calendar": "invite.ics",
    "message/rfc822": "message.eml",
    "application/pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
}


@dataclass(slots=True)
class _Section:
    """A stretch of the mail's words in one or both of its forms."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class _Gathered:
    """What is found while the parts are walked through."""

    sections: list[_Section] = field(default_factory=list[_Section])
    files: list[Attachment] = field(default_factory=list[Attachment])
    notes: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    delivery_status: str = ""
    returned_headers: str = ""


def parse(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Mail:
    """The mail in `raw`; damage is worked around and noted in `problems`.

    Only what is over a limit or no mail at all is refused.
    """
    if len(raw) > limits.mail_bytes:
        raise Refused(Refusal.TOO_LARGE, f"the mail is over {limits.mail_bytes} bytes")
    raw = raw.lstrip(b"\r\n")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    root = Tree(limits).read(raw)
    if not any(name in _A_MAIL_HAS for name, _ in root.headers):
        raise Refused(Refusal.NOT_A_MAIL, "there is no mail header in it")
    gathered = _Gathered()
    _walk(root, gathered, limits)
    return _mail(root, gathered)


def _mail(root: Part, gathered: _Gathered) -> Mail:
    html = _html(gathered.sections)
    parents = message_ids(root.header("in-reply-to"))
    sender = addresses(root.header("from")) or addresses(root.header("sender"))
    return Mail(
        message_id=next(iter(message_ids(root.header("message-id"))), None),
        in_reply_to=parents[0] if parents else None,
        references=message_ids(root.header("references")),
        sender=sender[0] if sender else Address(name="", address=""),
        reply_to=addresses(root.header("reply-to")),
        to=addresses(b",".join(_all(root, "to"))),
        cc=addresses(b",".join(_all(root, "cc"))),
        delivered_to=addresses(
            b",".join(
                [
                    *_all(root, "delivered-to"),
                    *_all(root, "x-original-to"),
                    *_all(root, "envelope-to"),
                ]
            )
        ),
        subject=words(root.header("subject")),
        date=date_ms(root.header("date")),
        text=_text(gathered),
        html=html or None,
        attachments=tuple(_with_inline(each, html) for each in gathered.files),
        headers=MappingProxyType(
            {
                name: one_line(value)
                for name, value in reversed(root.headers)
                if name in _RULE_HEADERS
            }
        ),
        delivery_status=gathered.delivery_status,
        returned_headers=gathered.returned_headers,
        problems=tuple(dict.fromkeys(gathered.problems)),
    )


def _all(part: Part, name: str) -> list[bytes]:
    return [value for key, value in part.headers if key == name]


def _walk(part: Part, gathered: _Gathered, limits: Limits, parent: str = "") -> None:
    if part.children:
        if part.media_type == "multipart/alternative":
            _walk_alternative(part, gathered, limits)
            return
        for child in part.children:
            _walk(child, gathered, limits, part.media_type)
        return
    kind = part.media_type
    if kind in {"message/delivery-status", "message/global-delivery-status"}:
        gathered.delivery_status = _report(part)
    elif kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
        gathered.returned_headers = _report(part)
    elif kind in {"text/plain", "text/html"} and not _is_file(part, gathered):
        text = _decoded(part, gathered, limits)
        gathered.sections.append(
            _Section(html=text) if kind == "text/html" else _Section(plain=text)
        )
    elif kind.startswith("multipart/"):
        gathered.sections.append(_Section(plain=_decoded(part, gathered, limits)))
    else:
        _keep_file(part, gathered, in_report=parent == "multipart/report")


def _walk_alternative(part: Part, gathered: _Gathered, limits: Limits) -> None:
    """The same words in several forms make one section; files found in any of them are kept."""
    inner = _Gathered()
    for child in part.children:
        _walk(child, inner, limits, part.media_type)
    plain = [each.plain for each in inner.sections if each.plain.strip()]
    html = [each.html for each in inner.sections if each.html.strip()]
    gathered.sections.append(_Section(plain="\n".join(plain), html="\n".join(html)))
    gathered.files += inner.files
    gathered.notes += [each for each in inner.notes if each not in gathered.notes]
    gathered.problems += inner.problems
    gathered.delivery_status = gathered.delivery_status or inner.delivery_status
    gathered.returned_headers = gathered.returned_headers or inner.returned_headers


def _is_file(part: Part, gathered: _Gathered) -> bool:
    """Whether a text was sent as a file: it says so, or has a name and is not the first words."""
    if part.disposition == "attachment" or "filename" in part.disposition_parameters:
        return True
    return "name" in part.parameters and bool(gathered.sections)


def _decoded(part: Part, gathered: _Gathered, limits: Limits) -> str:
    """The words of a text part; of an endless one the beginning, and all of it as a file."""
    raw, problem = content(part)
    if len(raw) > limits.text_bytes:
        _keep_file(part, gathered, in_report=False)
        gathered.problems.append("the text is cut; all of it is kept as a file")
        raw = raw[: limits.text_bytes]
    text, charset_problem = decode(raw, part.parameters.get("charset", ""))
    gathered.problems += [each for each in (problem, charset_problem) if each]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.media_type != "text/html" and part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _report(part: Part) -> str:
    raw, _ = content(part)
    return raw[:_MOST_REPORT_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")


def _keep_file(part: Part, gathered: _Gathered, *, in_report: bool) -> None:
    raw, problem = content(part)
    if problem:
        gathered.problems.append(problem)
    kind = part.media_type
    wanted = part.disposition_parameters.get("filename") or part.parameters.get("name", "")
    if kind == "message/rfc822":
        headers, _ = split_head(raw[:_MOST_REPORT_BYTES], _MOST_REPORT_BYTES)
        if in_report and not gathered.returned_headers:
            gathered.returned_headers = raw[:_MOST_REPORT_BYTES].decode("utf-8", "replace")
        subject = words(dict(reversed(headers)).get("subject", b""))
        wanted = wanted or (f"{_UNSAFE_IN_NAME.sub('_', subject)}.eml" if subject else "")
    if kind == "text/calendar":
        text, _ = decode(raw, part.parameters.get("charset", ""))
        note = described(text)
        gathered.notes += [note] if note and note not in gathered.notes else []
    content_id = seen(one_line(part.header("content-id"))).strip("<> ") or None
    gathered.files.append(
        Attachment(
            filename=safe_filename(wanted, kind, len(gathered.files) + 1),
            media_type=kind,
            content=raw,
            content_id=content_id,
            inline=part.disposition == "inline" and kind.startswith("image/"),
        )
    )


def safe_filename(wanted: str, media_type: str, number: int) -> str:
    """A name that is safe on any disk: no folders, nothing unseen, about 180 bytes, never empty."""
    name = (
        wanted.replace("\\", "/").rpartition("/")[2] if "/" in wanted or "\\" in wanted else wanted
    )
    name = _UNSAFE_IN_NAME.sub("_", seen(name or wanted)).strip(" .")
    if not name.strip("_"):
        extension = _EXTENSIONS.get(media_type, ".bin")
        return _USUAL_NAMES.get(media_type, f"attachment-{number}{extension}")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10 or " " in extension:  # noqa: PLR2004 - longer is no extension
        stem, extension = name, ""
    if stem.lower() in _RESERVED:
        stem = f"_{stem}"
    room = _LONGEST_NAME_BYTES - len(extension.encode())
    stem = stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").strip(" .")
    return f"{stem}.{extension}" if extension else stem


def _with_inline(file: Attachment, html: str) -> Attachment:
    shown = file.content_id is not None and f"cid:{file.content_id}" in html
    return replace(
        file, inline=shown or (file.inline and (not html or file.content_id is not None))
    )


def _text(gathered: _Gathered) -> str:
    pieces: list[str] = []
    tags_left = MOST_TAGS
    for section in gathered.sections:
        text = section.plain
        if not text.strip():
            text = to_text(section.html, tags_left)
            tags_left = max(0, tags_left - section.html.count("<"))
        shown = _shown(text).strip("\n")
        if shown.strip():
            pieces.append(shown)
    return "\n\n".join([*pieces, *gathered.notes])


def _shown(text: str) -> str:
    """Without control characters, with ordinary spaces: rules and people read the same."""
    return _CONTROL.sub("", text.replace("\u2028", "\n").replace("\x0c", "\n")).replace(
        "\u00a0", " "
    )


def _html(sections: list[_Section]) -> str:
    """One HTML of all sections, `""` when none of them has any.

    Plain sections between are escaped.
    """
    if not any(each.html.strip() for each in sections):
        return ""
    pieces = [
        each.html or f'<div style="white-space: pre-wrap">{escape(each.plain)}</div>'
        for each in sections
        if each.html.strip() or each.plain.strip()
    ]
    return "\n".join(pieces)
