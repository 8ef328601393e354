"""Bytes to words: the charset a mail names where that is believable, else the likeliest one."""

from __future__ import annotations

import codecs
import re

# Labels that real clients write and Python does not know by that name.
_ALIASES = {
    "ansi": "windows-1252",
    "cp-1250": "windows-1250",
    "cp-1251": "windows-1251",
    "iso-8859-8-i": "iso-8859-8",
    "koi8": "koi8-r",
    "koi8r": "koi8-r",
    "ks_c_5601-1987": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "win-1250": "windows-1250",
    "win-1251": "windows-1251",
    "win1250": "windows-1250",
    "win1251": "windows-1251",
    "windows1250": "windows-1250",
    "windows1251": "windows-1251",
    "windows-1251-1": "windows-1251",
    "x-cp1250": "windows-1250",
    "x-cp1251": "windows-1251",
    "x-gbk": "gbk",
    "x-sjis": "shift_jis",
    "x-user-defined": "windows-1252",
}
# Only these may be named by a mail: others are slow (punycode) or no charsets (zlib).
_SINGLE_BYTE = frozenset(
    [
        *(f"cp{page}" for page in (437, 850, 852, 855, 866, *range(1250, 1259))),
        *(f"iso8859-{page}" for page in (*range(1, 12), *range(13, 17))),
        *("koi8-r", "koi8-u", "mac-cyrillic", "mac-latin2", "mac-roman", "ascii"),
    ]
)
_MULTI_BYTE = frozenset(
    [
        *("big5", "big5hkscs", "cp932", "cp936", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030"),
        *("gb2312", "gbk", "hz", "iso2022_jp", "iso2022_kr", "shift_jis"),
        *("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-7"),
    ]
)
# Clients write these by default whatever the words are, so they prove nothing.
_LYING_DEFAULTS = frozenset({"ascii", "cp1252", "iso8859-1", "iso8859-15"})
_GUESSES = ("cp1251", "koi8-r", "cp1250", "iso8859-2", "cp1252", "cp866")
_SAMPLE_BYTES = 400
_UTF8_ENDS_CUT = 3
_BELIEVABLE = 0.35
_CLEARLY_BETTER = 0.3
# Spanish or French in its own charset must not be taken for Polish because of ñ or ê.
_BETTER_THAN_A_DEFAULT = 0.7
_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")

_POINTS: dict[str, float] = {
    **dict.fromkeys("оеаинтсрвлк", 1.0),
    **dict.fromkeys("мдпуяыьгзбчйхж", 0.6),
    **dict.fromkeys("шюцщэфъё", 0.2),
    **dict.fromkeys("іїєґў", 0.2),
    **dict.fromkeys("ąćęłńóśźż", 1.0),
    **dict.fromkeys("äöüßéèáíúčřšžůěýňťďôçàâêëîïñåøőűșțăâ", 0.35),
    **dict.fromkeys("–—„”“«»’…\u00a0", 0.3),
    "\ufffd": -3.0,
}
_CAPITALS = 0.9
_OTHER_LETTER = -0.4
_OTHER_SCRIPT = 0.6
_SIGN_AFTER_A_LETTER = -1.5
_CONTROL = -3.0
_MIXED_SCRIPTS = -1.5
_CASE_BROKEN = -3.0
_ACCENTS_IN_A_ROW = -0.45


def decode(content: bytes, label: str = "") -> tuple[str, str]:
    """The words in `content`, and a problem or `""`: a label unknown or wrong, or bytes lost.

    What is guessed is guessed for Russian and Polish.
    """
    codec = _codec(label)
    if codec in _MULTI_BYTE:
        return _forgiving(content, codec)
    if not _NOT_ASCII.search(content):
        return content.decode("ascii"), ""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        wrong = label and codec not in {"utf-8", ""}
        return text, f"charset: said {codec}, is utf-8" if wrong else ""
    best = _likeliest(content, codec)
    text = content.decode(best, "replace")
    if best == codec:
        return text, "charset: some bytes are not of it" if "\ufffd" in text else ""
    if not label:
        return text, f"charset: not named, taken for {best}"
    said = codec or "an unknown one"
    return text, f"charset: said {said}, taken for {best}"


def _codec(label: str) -> str:
    """The codec that a label names, `""` when it names none that a mail may use."""
    name = label.strip().strip("\"'").lower()
    if not name or not name.isascii() or "\0" in name:
        return ""
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
    except LookupError:
        return ""
    allowed = codec == "utf-8" or codec in _SINGLE_BYTE or codec in _MULTI_BYTE
    return codec if allowed else ""


def _forgiving(content: bytes, codec: str) -> tuple[str, str]:
    try:
        return content.decode(codec), ""
    except UnicodeError:
        text = content.decode(codec, "replace")
    return text, "charset: some bytes are not of it"


def _likeliest(content: bytes, named: str) -> str:
    """The codec whose reading looks most like words; the named one where it is believable."""
    found = _NOT_ASCII.search(content)
    start = max(0, found.start() - 40) if found else 0
    sample = content[start : start + _SAMPLE_BYTES]
    scores = {codec: _score(sample.decode(codec, "replace")) for codec in _GUESSES}
    scores["utf-8"] = _score(sample[:-_UTF8_ENDS_CUT].decode("utf-8", "replace"))
    best = max(scores, key=lambda codec: scores[codec])
    if not named:
        return best
    score = scores.get(named)
    if score is None:
        score = _score(sample.decode(named, "replace"))
    if named == "utf-8":
        return best if score < 0 and scores[best] > _BELIEVABLE else named
    margin = _BETTER_THAN_A_DEFAULT if named in _LYING_DEFAULTS else _CLEARLY_BETTER
    return best if scores[best] - score >= margin or named == "ascii" else named


def _score(text: str) -> float:
    """How much what is beyond ASCII looks like Russian or Polish: about -3 to 1 a character."""
    total, count = 0.0, 0
    before = " "
    following = iter(text[1:] + " ")
    for char in text:
        after = next(following)
        if char > "\x7f":
            count += 1
            total += _points(char, before, after)
        before = char
    return total / count if count else 0.0


def _points(char: str, before: str, after: str) -> float:
    if char.isalpha():
        lower = char.lower()
        other = _OTHER_LETTER if char < "\u0370" or _is_cyrillic(char) else _OTHER_SCRIPT
        points = _POINTS.get(lower, other)
        if char != lower:
            points *= _CAPITALS if points > 0 else 1
            if before.islower():
                points += _CASE_BROKEN
        if points < 1 and _is_accented(char) and _is_accented(before):
            points += _ACCENTS_IN_A_ROW
        if _scripts_differ(char, before) or _scripts_differ(char, after):
            points += _MIXED_SCRIPTS
        return points
    if "\x80" <= char <= "\x9f":
        return _CONTROL
    points = _POINTS.get(char)
    if points is not None:
        return points
    return _SIGN_AFTER_A_LETTER if before.isalpha() else -0.2


def _scripts_differ(char: str, neighbour: str) -> bool:
    return neighbour.isalpha() and _is_cyrillic(char) != _is_cyrillic(neighbour)


def _is_cyrillic(char: str) -> bool:
    return "\u0400" <= char <= "\u052f"


def _is_accented(char: str) -> bool:
    return "\u00c0" <= char <= "\u024f"
