"""Names and subjects in encoded words (RFC 2047): the standard library folds some wrongly."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warmline.channels.email.mail import Address

# 75 characters a word (RFC 2047), of which `=?utf-8?B?` and `?=` take 12: 63 digits are 45 bytes.
_WORD_BYTES = 45
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=^_`{|}~-]{1,60}")
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{"
    r"|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63}){0,8}"
)


def words(text: str) -> str:
    """A header value for people: plain ASCII as it is, else encoded words that cut no character."""
    if text.isascii() and "=?" not in text:
        return text
    return "\n ".join(
        f"=?utf-8?B?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in _chunks(text)
    )


def address_list(people: Iterable[Address]) -> str:
    """Addresses as a header holds them; what is no address is a `ValueError`."""
    return ",\n ".join(_one(person) for person in people)


def _one(person: Address) -> str:
    local, _, domain = person.address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    address = f"{local}@{domain}"
    if not _MAILBOX.fullmatch(address):
        raise ValueError("not an address that mail can be sent to")
    name = " ".join("".join(char if char.isprintable() else " " for char in person.name).split())
    if not name:
        return address
    if _PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return f"{name} <{address}>"
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{words(name)} <{address}>"


def _chunks(text: str) -> Iterable[bytes]:
    chunk = b""
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > _WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk
