"""The tree of parts of a mail, read from bytes, within limits and forgiving of damage."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from warmline.channels.email.headers import one_line, parameters
from warmline.channels.email.mail import Limits, Refusal, Refused
from warmline.channels.email.transfer import from_base64, from_uuencode

_FIELD_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_TIMES_READ = 6
_MOST_LIKE_BOUNDARIES = 100_000
_LONGEST_PADDING = 100
_LINE_BREAK = ord("\n")
_GUESS_WITHIN = 100_000
_MEDIA_TYPE = re.compile(r"[a-z0-9.+_-]{1,100}/[a-z0-9.+_-]{1,150}")
_GUESSED_BOUNDARY = re.compile(rb"^--([^\s\-][^\s]{5,69}?)(?:--)?[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: `body` is in its transfer encoding, `children` are set for a multipart only."""

    headers: tuple[tuple[str, bytes], ...]
    media_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    body: bytes = field(repr=False)
    children: tuple[Part, ...]

    def header(self, name: str) -> bytes:
        """The first header of that (lower-case) name, `b""` when there is none."""
        return next((value for key, value in self.headers if key == name), b"")


class Tree:
    """Reads one mail and counts its parts, so that no mail can be made of endlessly many."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts = 0
        # A part within a part is read again on each level; both budgets bound that work.
        self._bytes_left = _TIMES_READ * limits.mail_bytes
        self._header_bytes_left = _TIMES_READ * limits.header_bytes

    def read(self, raw: bytes, depth: int = 0, default_type: str = "text/plain") -> Part:
        """The tree of `raw`; refuses too deep nesting, too many parts and too much header."""
        self._parts += 1
        if depth > self._limits.depth:
            raise Refused(
                Refusal.TOO_DEEP, f"parts are nested over {self._limits.depth} levels deep"
            )
        if self._parts > self._limits.parts:
            raise Refused(Refusal.TOO_MANY_PARTS, f"the mail has over {self._limits.parts} parts")
        self._bytes_left -= len(raw)
        if self._bytes_left < 0:
            raise Refused(Refusal.TOO_DEEP, "parts within parts add up to too much")
        most = min(self._limits.header_bytes, self._header_bytes_left)
        headers, body = split_head(raw, most)
        self._header_bytes_left -= len(raw) - len(body)
        first = dict(reversed(headers))
        media_type, params = _media_type(first.get("content-type", b""), default_type)
        disposition, disposition_params = parameters(first.get("content-disposition", b""))
        children: tuple[Part, ...] = ()
        if media_type.startswith("multipart/"):
            inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
            pieces = _pieces(body, params.get("boundary", ""), self._limits.parts)
            children = tuple(self.read(piece, depth + 1, inner) for piece in pieces)
            if not children:
                media_type = "text/plain"
        return Part(
            headers=headers,
            media_type=media_type,
            parameters=params,
            disposition=disposition.lower(),
            disposition_parameters=disposition_params,
            body=b"" if children else body,
            children=children,
        )


def split_head(raw: bytes, header_bytes: int) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """The headers (lower-case name, unfolded value) in order, and the rest.

    A line that is no header ends them.
    """
    headers: list[tuple[str, bytes]] = []
    name, value = "", bytearray()
    position = 0
    while position < len(raw):
        if position > header_bytes:
            raise Refused(Refusal.HEADER_TOO_LARGE, f"a header is over {header_bytes} bytes")
        end = raw.find(b"\n", position, position + header_bytes + 1)
        line_end = end + 1 if end >= 0 else min(len(raw), position + header_bytes + 1)
        line = raw[position:line_end].rstrip(b"\r\n")
        if line[:1] in {b" ", b"\t"} and name:
            if line.strip():
                value += b"\n" + line
        elif found := _FIELD_NAME.match(line):
            if name:
                headers.append((name, bytes(value)))
            name, value = found[1].decode("ascii").lower(), bytearray(line[found.end() :])
        elif line.startswith((b"From ", b">From ")) and not headers:
            pass
        else:
            position = line_end if not line.strip() else position
            break
        position = line_end
    if name:
        headers.append((name, bytes(value)))
    return tuple(headers), raw[position:]


def content(part: Part) -> tuple[bytes, str]:
    """The bytes of a part out of its transfer encoding, and a problem in words or `""`."""
    encoding = one_line(part.header("content-transfer-encoding")).split(";")[0].strip().lower()
    if encoding == "base64":
        decoded, broken = from_base64(part.body)
        return decoded, "base64 is damaged" if broken else ""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(part.body), ""
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        decoded, broken = from_uuencode(part.body)
        return decoded, "uuencode is damaged" if broken else ""
    return part.body, ""


def _media_type(value: bytes, default_type: str) -> tuple[str, dict[str, str]]:
    said, params = parameters(value)
    said = said.lower().replace(" ", "")
    if not said:
        return default_type, params
    if said == "text":
        return "text/plain", params
    if not _MEDIA_TYPE.fullmatch(said):
        return "application/octet-stream", params
    return said, params


def _pieces(body: bytes, boundary: str, most: int) -> list[bytes]:
    """What stands between the boundary lines; a missing last boundary means up to the end."""
    pieces = _between(body, boundary.encode("utf-8", "replace"), most) if boundary else []
    if not pieces and (guess := _GUESSED_BOUNDARY.search(body, 0, _GUESS_WITHIN)):
        pieces = _between(body, guess[1], most)
    return pieces


def _between(body: bytes, boundary: bytes, most: int) -> list[bytes]:
    pieces: list[bytes] = []
    start = -1
    for line_start, line_end, last in _boundary_lines(body, b"--" + boundary):
        if start >= 0:
            before = body[start:line_start]
            pieces.append(before[:-2] if before.endswith(b"\r\n") else before.removesuffix(b"\n"))
            start = -1
        if last:
            break
        if len(pieces) > most:
            raise Refused(Refusal.TOO_MANY_PARTS, f"the mail has over {most} parts")
        start = line_end
    if 0 <= start < len(body):
        pieces.append(body[start:])
    return pieces


def _boundary_lines(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each boundary line begins and ends, and whether it is a last one."""
    position = body.find(mark)
    for _ in range(_MOST_LIKE_BOUNDARIES):
        if position < 0:
            return
        end = body.find(b"\n", position)
        end = len(body) if end < 0 else end
        after = position + len(mark)
        rest = body[after : min(end, after + _LONGEST_PADDING)].rstrip()
        if rest in {b"", b"--"} and (position == 0 or body[position - 1] == _LINE_BREAK):
            yield position, end + 1, bool(rest)
        position = body.find(mark, end)
