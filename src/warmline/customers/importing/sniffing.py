"""Guessing how a file is written, from its first part; the guess is shown and can be corrected."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warmline.customers.importing.model import Dates, Format, Reading

SAMPLE_BYTES = 256 * 1024
"""So much of a file is looked at."""
LINES = 60
GZIP = b"\x1f\x8b"
_MARKS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
_CENTRAL = "áčďéěíľňôŕřšťúůýžâăîșțäöüßőűÁČĎÉĚÍĽŇŘŠŤÚŮÝŽÄÖÜŐŰ"
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_TYPOGRAPHY = "„”“’‘–—…«»№€§°·\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How a file seems to be written; `sure` says whether its bytes leave no other choice."""

    reading: Reading
    sure: bool


def guess(sample: bytes, *, cut: bool, zone: str = "UTC", region: str | None = None) -> Guess:
    """How the file seems to be written; `cut` says that the sample is not the whole of it."""
    encoding, sure = encoding_of(sample, cut=cut)
    text = decoded(sample, encoding)
    if text.lstrip()[:1] == "{":
        reading = Reading(format=Format.JSONL, encoding=encoding, zone=zone, region=region)
        return Guess(reading=reading, sure=sure)
    lines = text.splitlines(keepends=True)
    whole = lines[:-1] if cut and len(lines) > 1 else lines
    separator, quote = _separator(whole[:LINES])
    table = list(csv.reader(whole[:LINES], delimiter=separator, quotechar=quote))
    has_header = _has_header(table)
    body = table[1:] if has_header else table
    reading = Reading(
        encoding=encoding,
        separator=separator,
        quote=quote,
        header=has_header,
        dates=dates_of(body),
        decimal=decimal_of(body),
        zone=zone,
        region=region,
    )
    return Guess(reading=reading, sure=sure)


def encoding_of(sample: bytes, *, cut: bool) -> tuple[str, bool]:
    """The encoding, and whether the bytes prove it; between old code pages it is a guess."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name, True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=not cut)
    except UnicodeDecodeError:
        pages = ("windows-1251", "windows-1250", "iso-8859-2")
        best = max(pages, key=lambda name: _likeliness(sample, name))
        return best, False
    return "utf-8", True


def decoded(sample: bytes, encoding: str) -> str:
    """The text of a sample, its end cut off in the middle of a letter or not."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return text.removeprefix("\ufeff")


def _likeliness(sample: bytes, encoding: str) -> float:
    """How much the letters that are not plain Latin look like words, per letter."""
    text = codecs.decode(sample, encoding, "replace")
    russian = encoding == "windows-1251"
    score = 0.0
    seen = 0
    for match in re.finditer(r"[^\x00-\x7f]+|[A-Za-z]+", text):
        run = match.group()
        if run[0].isascii():
            continue
        seen += len(run)
        beside = (
            text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        )
        score += _russian(run, beside) if russian else _polish(run)
    return score / max(1, seen)


def _russian(run: str, beside: str) -> float:
    """Cyrillic comes in whole words; a lone Cyrillic letter inside a Latin word is none."""
    inside = any(letter.isascii() and letter.isalpha() for letter in beside)
    if inside and all(letter.isalpha() for letter in run):
        return -1.0 * len(run)
    good = sum(
        1.0 if letter in _RUSSIAN else 0.8 if letter.lower() in _RUSSIAN else 0.0 for letter in run
    )
    mixed = sum(a.islower() and b.isupper() for a, b in pairwise(run))
    strange = sum(not letter.isalpha() and letter not in _TYPOGRAPHY for letter in run)
    return good - mixed - strange


def _polish(run: str) -> float:
    """Polish letters come alone or in pairs, in the middle of Latin words."""
    score = 0.0
    for letter in run:
        if letter in _POLISH:
            score += 1.0
        elif letter in _CENTRAL:
            score += 0.5
        elif letter in _TYPOGRAPHY:
            score += 0.2
        else:
            score -= 1.0  # control signs and symbols of the wrong page among them
    longest_pair = 3
    return score if len(run) <= longest_pair else score - len(run)


def _separator(lines: Sequence[str]) -> tuple[str, str]:
    """The sign between cells and the one around them: whatever makes the most even table."""
    best: tuple[float, str, str] = (0.0, ",", '"')
    for separator in (",", ";", "\t", "|"):
        for quote in ('"', "'"):
            widths = Counter(
                len(cells)
                for cells in csv.reader(lines, delimiter=separator, quotechar=quote)
                if cells
            )
            if not widths:
                continue
            width, often = widths.most_common(1)[0]
            quoted = sum(f"{separator}{quote}" in line or line.startswith(quote) for line in lines)
            even = often / sum(widths.values())
            score = 0.0 if width == 1 else even * 10 + min(width, 20) / 20 + 0.1 * bool(quoted)
            if quote == "'" and not quoted:
                continue
            if score > best[0]:
                best = (score, separator, quote)
    return best[1], best[2]


def _has_header(table: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: it holds no numbers, is full, and says each once."""
    if not table or not table[0]:
        return True
    first = [cell.strip() for cell in table[0]]
    numbers = any(re.fullmatch(r"[\d\s.,:/+@-]+", cell) for cell in first if cell)
    return not numbers and "@" not in "".join(first) and len(set(first)) == len(first)


_DATE = re.compile(r"\s*(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:\D.*)?")
_COMPACT = re.compile(r"\s*(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s*")
_MONTHS = 12
_YEAR_DIGITS = 4
_UNIX = re.compile(r"\s*1\d{9}\s*")
_UNIX_MS = re.compile(r"\s*1\d{12}\s*")


def dates_of(table: Sequence[Sequence[str]]) -> Dates:
    """In which order dates are written: a number over twelve is no month."""
    votes: Counter[Dates] = Counter()
    for cell in (cell for cells in table for cell in cells):
        if (match := _DATE.fullmatch(cell)) is not None:
            first, second, third = match.groups()
            if len(first) == _YEAR_DIGITS:
                votes[Dates.YMD] += 1
            elif len(third) == _YEAR_DIGITS and int(second) > _MONTHS:
                votes[Dates.MDY] += 100
            elif len(third) == _YEAR_DIGITS:
                votes[Dates.DMY] += 1
        elif _COMPACT.fullmatch(cell):
            votes[Dates.YMD] += 1
        elif _UNIX_MS.fullmatch(cell):
            votes[Dates.UNIX_MS] += 1
        elif _UNIX.fullmatch(cell):
            votes[Dates.UNIX] += 1
    return votes.most_common(1)[0][0] if votes else Dates.YMD


_COMMA = re.compile(r"-?[\d\s.]*\d,\d{1,2}\D{0,4}")
_POINT = re.compile(r"-?[\d\s,]*\d\.\d{1,2}\D{0,4}")


def decimal_of(table: Sequence[Sequence[str]]) -> str:
    """The sign before the cents."""
    votes = Counter(
        "," if _COMMA.fullmatch(cell.strip()) else "."
        for cells in table
        for cell in cells
        if _COMMA.fullmatch(cell.strip()) or _POINT.fullmatch(cell.strip())
    )
    return votes.most_common(1)[0][0] if votes else "."
