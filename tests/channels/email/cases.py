"""A mail of the corpus beside what a person says is right about it, and the words to write such mails with."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass

from warmline.channels.email.thread import sign_token

SECRET = b"corpus secret"
INTERACTION = "i-100"
TOKEN = sign_token(INTERACTION, SECRET)
REPLY_TO = f"reply+{TOKEN}@shop.example"
OUR_ID = "<wl.m-100@shop.example>"
US = "help@shop.example"

SENT_EN = (
    "Hello John,\n\nyour order 1017 left our warehouse this morning. The courier will call you before"
    " noon tomorrow.\n\nBest regards,\nMary, Customer Care"
)
SENT_RU = (
    "Здравствуйте, Иван!\n\nВаш заказ 1017 передан в доставку. Курьер позвонит вам сегодня после обеда."
    "\n\nС уважением,\nМарина, служба поддержки"
)
SENT_PL = (
    "Dzień dobry,\n\nzamówienie 1017 zostało wysłane dziś rano. Kurier zadzwoni jutro przed południem."
    "\n\nPozdrawiam,\nMarta, Dział Obsługi Klienta"
)

JOHN = ("John Carter", "john.carter@mail.example")
IVAN = ("Иван Петров", "ivan.petrov@pochta.example")
JAN = ("Jan Wiśniewski", "jan.wisniewski@poczta.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`files` are (name, media type, inline); `bounce` is (recipient, permanent, id of our mail)."""

    name: str
    raw: bytes
    sender: tuple[str, str]
    subject: str
    new_text: str
    kind: str = "person"
    thread: str = "nothing"
    files: tuple[tuple[str, str, bool], ...] = ()
    bounce: tuple[str, bool, str | None] | None = None
    sent: tuple[str, ...] = ()


def word(text: str, charset: str = "utf-8", form: str = "B") -> str:
    """An encoded word as RFC 2047 wants it (B or Q)."""
    raw = text.encode(charset)
    if form == "B":
        return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
    digits = "".join(chr(b) if chr(b).isalnum() and b < 128 else f"={b:02X}" for b in raw)
    return f"=?{charset}?Q?{digits}?="


def person(who: tuple[str, str], charset: str = "utf-8", form: str = "B") -> str:
    name, address = who
    if not name:
        return address
    return f"{name if name.isascii() else word(name, charset, form)} <{address}>"


def head(
    who: tuple[str, str],
    subject: str | None,
    *more: str,
    to: str = US,
    charset: str = "utf-8",
    message_id: str | None = "<c-1@mail.example>",
    date: str = "Mon, 3 Nov 2025 12:40:00 +0300",
    form: str = "B",
) -> str:
    """The headers every client writes, and `more`."""
    lines = [f"From: {person(who, charset, form)}", f"To: {to}"]
    if subject is not None:
        lines.append(f"Subject: {subject if subject.isascii() else word(subject, charset, form)}")
    lines.append(f"Date: {date}")
    if message_id:
        lines.append(f"Message-ID: {message_id}")
    return "\n".join([*lines, "MIME-Version: 1.0", *more])


def answers(message_id: str = OUR_ID) -> tuple[str, ...]:
    return (f"In-Reply-To: {message_id}", f"References: {message_id}")


def part(
    text: str,
    kind: str = "text/plain",
    charset: str = "utf-8",
    encoding: str = "base64",
    more: str = "",
) -> bytes:
    """A text part with its own headers."""
    raw = text.encode(charset)
    if encoding == "base64":
        body = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(raw) + b"\n"
    else:
        body = raw + b"\n"
    return (
        f"Content-Type: {kind}; charset={charset}{more}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        + body
    )


def file_part(content: bytes, headers: str) -> bytes:
    return f"{headers}\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(
        content
    )


def multipart(kind: str, boundary: str, *parts: bytes, more: str = "") -> bytes:
    mark = f"--{boundary}\n".encode()
    top = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\n\n'.encode()
    return (
        top
        + b"".join(mark + each.rstrip(b"\n") + b"\n" for each in parts)
        + f"--{boundary}--\n".encode()
    )


def mail(headers: str, body: bytes) -> bytes:
    """A mail with the line ends of the wire."""
    raw = headers.encode("utf-8") + b"\n" + body
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))
