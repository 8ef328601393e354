"""Header values as words: encoded names, addresses, parameters, dates and message ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_to_bytes

from warmline.channels.email.charset import decode
from warmline.channels.email.mail import Address
from warmline.channels.email.transfer import from_base64

_MOST_ADDRESSES = 500
_LONGEST_VALUE = 100_000
_LONGEST_NAME = 200
_LONGEST_ADDRESS = 320
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,20000})\?=")
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"[\s\x00]+")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_DATE = re.compile(
    r"(\d{1,2})[ -]+([A-Za-z]{3})[a-z]{0,8}\.?[ -]+(\d{2,4})"
    r"[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,6})?\s*([+-]\d{4}|[A-Za-z]{1,5})?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE_HOURS = {
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "msk": 3,
    "msd": 4,
    "cet": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
}
_CENTURY_TURNS = 70
_QUAD = 4


def one_line(value: bytes) -> str:
    """A raw header as one line of text, with 8-bit characters read in the likeliest charset."""
    text, _ = decode(value[:_LONGEST_VALUE])
    return _SPACES.sub(" ", text).strip()


def words(value: bytes) -> str:
    """A header made for people (a subject), decoded and with nothing unseen in it."""
    return seen(_decode_words(one_line(value)))


def seen(text: str) -> str:
    """The text on one line without characters that are unseen or turn the writing direction."""
    return _SPACES.sub(" ", _UNSEEN.sub(" ", text)).strip()


def message_ids(value: bytes) -> tuple[str, ...]:
    """The ids in a header as `<…>`, each once, in order.

    An id without its brackets is taken too.
    """
    line = one_line(value)
    found = _MESSAGE_ID.findall(line)
    if not found and "@" in line and " " not in line:
        found = [line.strip("<>")]
    return tuple(dict.fromkeys(f"<{each}>" for each in found))


def date_ms(value: bytes) -> int | None:
    """Milliseconds since 1970, UTC, or None when the header is no date.

    An unknown zone counts as UTC.
    """
    found = _DATE.search(one_line(value))
    if not found or found[2].lower() not in _MONTHS:
        return None
    year = int(found[3])
    if year < 1000:  # noqa: PLR2004 - two or three digits: RFC 5322, 4.3
        year += 2000 if year < _CENTURY_TURNS else 1900
    try:
        moment = datetime(
            year,
            _MONTHS.index(found[2].lower()) + 1,
            int(found[1]),
            int(found[4]),
            int(found[5]),
            min(int(found[6] or 0), 59),
            tzinfo=_zone(found[7] or ""),
        )
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def addresses(value: bytes) -> tuple[Address, ...]:
    """The addresses of a header; commas inside names and comments do not part them."""
    line = one_line(value)
    found = _addresses(line)
    if not any(each.address for each in found) and "=?" in line:
        # Some clients encode the whole header, brackets and all.
        found = _addresses(_decode_words(line))
    return tuple(found)


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The main value of a structured header and its parameters (RFC 2231 and RFC 2047 decoded)."""
    pieces = _split_outside_quotes(one_line(value), ";")
    plain: dict[str, str] = {}
    parts: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[1:]:
        name, equals, text = piece.partition("=")
        name = name.strip().lower()
        if not equals or not name:
            continue
        text = _unquoted(text.strip())
        base, star, index = name.partition("*")
        if not star:
            plain.setdefault(base, seen(_decode_words(text)))
            continue
        extended = name.endswith("*")
        number = index.rstrip("*")
        if number and not (number.isascii() and number.isdigit() and len(number) <= _QUAD):
            continue
        parts.setdefault(base, {}).setdefault(int(number or 0), (extended, text))
    for base, numbered in parts.items():
        plain[base] = _joined(numbered)
    return pieces[0].strip(), plain


def _joined(numbered: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231: pieces in order; the first names the charset.

    Bytes are joined before they are decoded.
    """
    pieces: list[tuple[bool, str]] = []
    label = ""
    for position, number in enumerate(sorted(numbered)):
        extended, text = numbered[number]
        if extended and position == 0 and text.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
            label, _, text = text.split("'", 2)
        if pieces and pieces[-1][0] == extended:
            text = pieces.pop()[1] + text
        pieces.append((extended, text))
    content = b"".join(
        unquote_to_bytes(text) if extended else text.encode("utf-8", "replace")
        for extended, text in pieces
    )
    text, _ = decode(content, label)
    return seen(_decode_words(text))


def _decode_words(line: str) -> str:
    """RFC 2047; neighbours in one charset are joined as bytes: clients cut characters in two."""
    if "=?" not in line:
        return line
    out: list[str] = []
    pending = bytearray()
    label = base64_rest = ""
    end = 0

    def flush() -> None:
        nonlocal base64_rest
        if base64_rest:
            pending.extend(_base64(base64_rest))
            base64_rest = ""
        if pending:
            out.append(decode(bytes(pending), label)[0])
            pending.clear()

    for word in _ENCODED_WORD.finditer(line):
        between = line[end : word.start()]
        charset = word[1].partition("*")[0].lower()
        if between.strip() or charset != label or end == 0:
            flush()
            out.append(between if between.strip() or end == 0 else "")
            label = charset
        if word[2] in "bB":
            base64_rest += word[3].replace(" ", "")
            if len(base64_rest) % _QUAD == 0 or base64_rest.endswith("="):
                pending.extend(_base64(base64_rest))
                base64_rest = ""
        else:
            if base64_rest:
                pending.extend(_base64(base64_rest))
                base64_rest = ""
            pending.extend(_quoted(word[3]))
        end = word.end()
    flush()
    out.append(line[end:])
    return "".join(out)


def _base64(text: str) -> bytes:
    return from_base64(text.encode("ascii", "ignore"))[0]


def _quoted(text: str) -> bytes:
    raw = text.replace("_", " ").encode("utf-8", "replace")
    return _Q_BYTE.sub(lambda found: bytes([int(found[1], 16)]), raw)


def _zone(text: str) -> timezone:
    if text[:1] in {"+", "-"}:
        minutes = int(text[1:3]) * 60 + int(text[3:5])
        if minutes >= 24 * 60:
            return UTC
        return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
    return timezone(timedelta(hours=_ZONE_HOURS.get(text.lower(), 0)))


def _addresses(line: str) -> list[Address]:
    found: list[Address] = []
    for piece in _split_outside_quotes(line, ",;", "(<)>")[:_MOST_ADDRESSES]:
        address = _address(piece)
        if address.name or address.address:
            found.append(address)
    return found


def _address(piece: str) -> Address:
    piece = piece.strip()
    opened = piece.rfind("<")
    if opened >= 0:
        name, address = piece[:opened], piece[opened + 1 :].partition(">")[0]
    else:
        bare, comment = _without_comment(piece)
        group, colon, rest = bare.partition(":")
        if colon and "@" not in group:
            bare = rest
        name, address = (comment, bare) if "@" in bare else (piece, "")
        if colon and not rest.strip() and not address:
            name = ""
    address = _bare_address(address)
    name = name.strip()
    group, colon, rest = name.partition(":")
    if colon and '"' not in group and opened >= 0:
        name = rest.strip()
    name = seen(_decode_words(_unquoted(name))).strip("\"' ")
    if name.lower() == address.lower():
        name = ""
    return Address(name=name[:_LONGEST_NAME], address=address)


def _bare_address(text: str) -> str:
    text = seen(text).replace(" ", "").strip("<>\"'")
    text = text.removeprefix("mailto:").removeprefix("MAILTO:")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > _LONGEST_ADDRESS:
        return ""
    return f"{local}@{domain.lower().rstrip('.')}"


def _without_comment(piece: str) -> tuple[str, str]:
    opened, closed = piece.find("("), piece.rfind(")")
    if opened < 0 or closed < opened:
        return piece, ""
    return piece[:opened] + piece[closed + 1 :], piece[opened + 1 : closed]


def _unquoted(text: str) -> str:
    r"""Without the quotes around it; `\"` inside is `"`. An unclosed quote counts as closed."""
    if not text.startswith('"'):
        return text
    text = text[1:]
    end = len(text)
    position = text.find('"')
    while position > 0 and text[position - 1] == "\\":
        position = text.find('"', position + 1)
    if position >= 0:
        end = position
    return text[:end].replace('\\"', '"').replace("\\\\", "\\")


def _split_outside_quotes(line: str, separators: str, brackets: str = "") -> list[str]:
    """Pieces between separators that stand neither in quotes nor between (nested) brackets."""
    pieces: list[str] = []
    start = 0
    quoted = escaped = False
    depth = 0
    for position, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in brackets[:2]:
            depth += 1
        elif char in brackets[2:]:
            depth = max(0, depth - 1)
        elif char in separators and not depth:
            pieces.append(line[start:position])
            start = position + 1
    pieces.append(line[start:])
    if (quoted or depth) and len(pieces) == 1 and any(each in line for each in separators):
        return re.split(f"[{re.escape(separators)}]", line)
    return pieces
