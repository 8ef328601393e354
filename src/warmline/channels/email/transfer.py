"""Bytes out of the encodings that mail travels in; damage costs the damaged bytes, not the rest."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_BASE64_RUN = re.compile(rb"[^=]+")
_UU_BEGIN = re.compile(rb"begin [0-7]{3,4} [^\n]*\n")
_UU_LINES = 400_000
_QUAD = 4


def from_base64(text: bytes) -> tuple[bytes, bool]:
    """The bytes, and whether some were lost.

    Decoded run by run, as some mails are several encodings glued together.
    """
    decoded = bytearray()
    broken = False
    for run in _BASE64_RUN.finditer(_NOT_BASE64.sub(b"", text)):
        digits = run[0]
        if len(digits) % _QUAD == 1:
            digits, broken = digits[:-1], True
        decoded += binascii.a2b_base64(digits + b"=" * (-len(digits) % _QUAD))
    return bytes(decoded), broken or (not decoded and bool(text.strip()))


def from_uuencode(text: bytes) -> tuple[bytes, bool]:
    """The bytes, and whether some were lost: a damaged line ends the file."""
    begin = _UU_BEGIN.search(text)
    decoded = bytearray()
    for line in text[begin.end() if begin else 0 :].split(b"\n", _UU_LINES):
        if line.strip() in {b"end", b"`"}:
            break
        try:
            decoded += binascii.a2b_uu(line.rstrip(b"\r"))
        except binascii.Error:
            return bytes(decoded), True
    return bytes(decoded), False
