"""Which files customers may send: the name and the first bytes must tell the same story."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import HTTPException

from warmline.core.words import Malformed

NAME_LIMIT_CHARS = 120
LONGEST_ENDING = 10
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class Untaken(HTTPException):
    """The file is of a kind that we do not take, or is not what its name says (answered 415)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(415, detail)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of file: how we name its type, and how its content is recognised."""

    media_type: str
    recognises: Callable[[bytes], bool]


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(b"RIFF") and content[8:12] == form


def _box(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda content: content[4:8] == b"ftyp" and content[8:12].startswith(brands)


def _zip_with(*entries: bytes) -> Callable[[bytes], bool]:
    def recognises(content: bytes) -> bool:
        return content.startswith(b"PK\x03\x04") and any(entry in content for entry in entries)

    return recognises


def _text(content: bytes) -> bool:
    """Whether it reads as UTF-8 text without control characters that text never holds."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < ord(" ") and letter not in "\t\n\r\f" for letter in text)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

KINDS: Mapping[str, FileKind] = {
    "png": FileKind(media_type="image/png", recognises=_starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": FileKind(media_type="image/jpeg", recognises=_starts(b"\xff\xd8\xff")),
    "jpeg": FileKind(media_type="image/jpeg", recognises=_starts(b"\xff\xd8\xff")),
    "gif": FileKind(media_type="image/gif", recognises=_starts(b"GIF87a", b"GIF89a")),
    "webp": FileKind(media_type="image/webp", recognises=_riff(b"WEBP")),
    "heic": FileKind(media_type="image/heic", recognises=_box(b"hei", b"hev", b"mif1", b"msf1")),
    "pdf": FileKind(media_type="application/pdf", recognises=_starts(b"%PDF-")),
    "txt": FileKind(media_type="text/plain", recognises=_text),
    "csv": FileKind(media_type="text/csv", recognises=_text),
    "docx": FileKind(
        media_type=f"{_OFFICE}.wordprocessingml.document", recognises=_zip_with(b"word/")
    ),
    "xlsx": FileKind(media_type=f"{_OFFICE}.spreadsheetml.sheet", recognises=_zip_with(b"xl/")),
    "odt": FileKind(media_type=f"{_OPEN}.text", recognises=_zip_with(b"opendocument.text")),
    "ods": FileKind(
        media_type=f"{_OPEN}.spreadsheet", recognises=_zip_with(b"opendocument.spreadsheet")
    ),
    "zip": FileKind(media_type="application/zip", recognises=_starts(b"PK\x03\x04")),
    "mp3": FileKind(
        media_type="audio/mpeg", recognises=_starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
    ),
    "mp4": FileKind(media_type="video/mp4", recognises=_box(b"iso", b"mp4", b"avc1", b"M4V")),
}
"""By the ending of the name; what is not here is not taken (programs, scripts, HTML, SVG)."""


def safe_name(name: str) -> str:
    """The last part of the name, without anything that confuses eyes or file systems."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _UNSAFE.sub("", last).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return cleaned[:NAME_LIMIT_CHARS]
    return f"{stem[: NAME_LIMIT_CHARS - len(ending) - 1]}.{ending}"


def take(name: str, content: bytes) -> tuple[str, str]:
    """The safe name and the media type of a file that we take, or a refusal."""
    name = safe_name(name)
    return name, media_type(name, content)


def media_type(name: str, content: bytes) -> str:
    """The type of a file that we take; refuses the rest, and a file that lies about itself."""
    if not name:
        raise Malformed("file", "has no name", "missing")
    if not content:
        raise Malformed("file", "is empty", "empty")
    ending = name.rpartition(".")[2].lower()
    kind = KINDS.get(ending)
    if kind is None:
        raise Untaken("file_kind", f"files of this kind are not taken; taken are {taken()}")
    if not kind.recognises(content):
        raise Untaken("file_content", f"the content of the file is not {ending}")
    return kind.media_type


def taken() -> str:
    """The endings that we take, for people to read."""
    return ", ".join(KINDS)
