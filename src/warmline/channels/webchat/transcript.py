"""The transcript of a chat as a mail, in the customer's language."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from babel.dates import format_datetime

from warmline.core.words import Instant, Party


class Mailer(Protocol):
    """Where mails of ours go out; the answer is durable when this returns."""

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as the customer saw it; `files` are names."""

    at: Instant
    author: Party
    name: str | None
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What the customer gets."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    opening: str
    you: str
    agent: str
    system: str
    file: str
    closing: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        subject="Your chat with {inbox} on {day}",
        opening="This is the chat that you asked us to send you. Times are in UTC.",
        you="You",
        agent="We",
        system="Note",
        file="File: {name}",
        closing="You can answer this message if something is still open.",
    ),
    "ru": _Words(
        subject="Ваш разговор с {inbox}, {day}",
        opening="Вы просили прислать вам этот разговор. Время указано по UTC.",
        you="Вы",
        agent="Мы",
        system="Сообщение",
        file="Файл: {name}",
        closing="Если остались вопросы, ответьте на это письмо.",
    ),
    "pl": _Words(
        subject="Twoja rozmowa z {inbox}, {day}",
        opening="Oto rozmowa, o której przesłanie prosisz. Godziny podano w UTC.",
        you="Ty",
        agent="My",
        system="Informacja",
        file="Plik: {name}",
        closing="Jeśli coś pozostało do wyjaśnienia, odpowiedz na tę wiadomość.",
    ),
}


def transcript(lines: Iterable[Line], *, inbox: str, at: Instant, language: str | None) -> Mail:
    """The mail for a chat through `inbox` that began `at`; an unknown language is English."""
    tag = (language or "en").split("-")[0].lower()
    tag = tag if tag in _WORDS else "en"
    words = _WORDS[tag]
    rows = [(_when(line.at, tag), _who(line, words), _said(line, words)) for line in lines]
    text = "\n\n".join(f"{when} {who}:\n{said}" for when, who, said in rows)
    cells = "".join(
        f"<p><b>{html.escape(who)}</b> <small>{html.escape(when)}</small><br>"
        f"{html.escape(said).replace(chr(10), '<br>')}</p>"
        for when, who, said in rows
    )
    day = _day(at, tag)
    return Mail(
        subject=words.subject.format(inbox=inbox, day=day),
        text=f"{words.opening}\n\n{text}\n\n{words.closing}\n",
        html=f"<p>{html.escape(words.opening)}</p>{cells}<p>{html.escape(words.closing)}</p>",
        language=tag,
    )


def _who(line: Line, words: _Words) -> str:
    match line.author:
        case Party.CUSTOMER:
            return line.name or words.you
        case Party.AGENT:
            return line.name or words.agent
        case Party.SYSTEM:
            return words.system


def _said(line: Line, words: _Words) -> str:
    files = [words.file.format(name=name) for name in line.files]
    return "\n".join([line.text, *files] if line.text else files)


def _moment(at: Instant) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC)


def _when(at: Instant, tag: str) -> str:
    return format_datetime(_moment(at), "HH:mm", locale=tag)


def _day(at: Instant, tag: str) -> str:
    return format_datetime(_moment(at), "d MMMM y", locale=tag)
