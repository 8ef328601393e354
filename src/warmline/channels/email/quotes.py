"""The lines by which clients announce the mail they answer: attributions, header blocks, marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_LINES = 4
_LONGEST = 600
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен"
    r"|окт|ноя|дек"
    r"|sty|lut|kwi|maj|cze|lip|sie|wrz|pa[zź]|lis|gru)[^\W\d_]{0,10}\.?"
)
_DAY = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}\.?\s{{1,3}}{_MONTH},?\s{{1,3}}(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH}\s{{1,3}}\d{{1,2}},?\s{{1,3}}\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
_START = re.compile(
    r"(?:on\b|at\b|w dniu\b|dnia\b|wiadomość napisana\b|\d|(?:mon|tue|wed|thu|fri|sat"
    r"|sun)[a-z]{0,6}\b"
    r"|(?:пн|вт|ср|чт|пт|сб|вс)\b|(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]"
    r"|воскресенье)\b"
    r"|(?:pon|wt|śr|czw|pt|sob|niedz|ndz|nie)\.?\b|(?:poniedziałek|wtorek|środa|czwartek|piątek"
    r"|sobota|niedziela)\b"
    r"|[^\W\d_]{2,30}[^:,\n]{0,60} <[^<>\s]{3,200}@[^<>\s]{3,200}>)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:wrote|writes|written|napisał|napisała|napisał\(a\)|napisał/a|napisali|pisze|pisał"
    r"|pisał\(a\)"
    r"|пишет|писал|писала|написал|написала|написал\(а\)|написал\(-а\)|писал\(а\)"
    r"|пишете)\s?:\s{0,3}$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_SHORT_WROTE = re.compile(
    r"(?:[^\n:]{2,80}\s<[^<>\s]{3,200}@[^<>\s]{3,200}>\s(?:wrote|writes|написал\(а\)|пишет"
    r"|napisał\(a\)|pisze)\s?:"
    r"|użytkownik [^\n:]{2,200}napisał(?:a|\(a\))?\s?:)$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"[-_* ]{0,40}(?:original message|forwarded message|forwarded by [^-]{0,100}"
    r"|begin forwarded message:|this is a copy of (?:the|your) message[^-]{0,60}"
    r"|below this line is a copy of the message\.?|reply message|reply above this line"
    r"|исходное сообщение|исходное письмо|оригинальное сообщение|пересылаемое сообщение"
    r"|пересланное сообщение|перенаправленное сообщение"
    r"|пересылаемое письмо|начало переадресованного сообщения:|начало пересланного сообщения:"
    r"|конец исходного сообщения"
    r"|wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości"
    r"|wiadomość przekazana dalej|przekazana wiadomość|wiadomość przekazana"
    r"|wiadomość przesłana dalej|treść przekazanej wiadomości|początek przekazywanej wiadomości:"
    r"|przekazywana wiadomość)[-_* ]{0,40}",
    re.IGNORECASE,
)
_MARKED = re.compile(r"^\s?[-_*]{2,}|[-_*]{2,}\s*$|:$")
_RULE = re.compile(r"\s{0,3}[_-]{10,200}\s{0,3}|\s{0,3}(?:-{3}|\*{3}){1,2}\s{0,3}")
_FROM = re.compile(
    r"[>*\s]{0,4}(?:from|от|от кого|od|nadawca|отправитель)\s?[*]?:[*]?\s", re.IGNORECASE
)
_FIELD = re.compile(
    r"[>*\s]{0,4}(sent|date|to|cc|subject|reply-to|importance|attachments|отправлено|дата|кому"
    r"|копия|тема|важность|вложения"
    r"|wysłano|wysłane|data|do|dw|kopia|temat|ważność|załączniki)(?: wysłania)?\s?[*]?:",
    re.IGNORECASE,
)
_BLOCK_LINES = 9
_BLOCK_FIELDS = 2
_QUOTED = re.compile(r"[ ]{0,3}(?:>|»|\|\s)")


def is_quoted(line: str) -> bool:
    """Whether the client marked the line as a quote."""
    return _QUOTED.match(line) is not None


def first_quote(lines: Sequence[str]) -> int | None:
    """The index of the line where the answered mail begins, or is first quoted.

    None when it is nowhere.
    """
    for index, line in enumerate(lines):
        if is_quoted(line):
            return index
        if is_attribution_at(lines, index):
            return _with_rule_above(lines, index)
    return None


def is_attribution_at(lines: Sequence[str], index: int) -> int:
    """How many lines, from `index` on, announce the answered mail: 0 for none."""
    if index >= len(lines):
        return 0
    line = lines[index].strip()
    if _RULE.fullmatch(line) and (below := _next_words(lines, index + 1)) is not None:
        length = _header_block(lines, below)
        return below + length - index if length else 0
    if len(line) <= _LONGEST and _is_separator(line):
        below = _next_words(lines, index + 1)
        if below is None:
            return 1
        length = _header_block(lines, below) or _sentence(lines, below)
        return below - index + length if length else 1
    return _header_block(lines, index) or _sentence(lines, index)


def _is_separator(line: str) -> bool:
    return _SEPARATOR.fullmatch(line) is not None and _MARKED.search(line) is not None


def _sentence(lines: Sequence[str], index: int) -> int:
    """The length of an attribution like `On …, Ann wrote:`, which clients wrap to a few lines."""
    joined = ""
    for length in range(1, _MOST_LINES + 1):
        if index + length > len(lines):
            return 0
        line = lines[index + length - 1].strip()
        if not line or len(joined) + len(line) > _LONGEST or is_quoted(line):
            return 0
        joined = f"{joined} {line}".strip()
        if length == 1 and not _START.match(joined) and not _SHORT_WROTE.match(joined):
            return 0
        if line.endswith(":"):
            return length if _is_attribution(joined) else 0
    return 0


def _is_attribution(sentence: str) -> bool:
    if _SHORT_WROTE.match(sentence):
        return True
    if not _START.match(sentence) or not _DAY.search(sentence):
        return False
    if _WROTE.search(sentence):
        return True
    return bool(_TIME.search(sentence)) and bool(_ADDRESS.search(sentence))


def _header_block(lines: Sequence[str], index: int) -> int:
    """The length of a block From/Sent/To/Subject as Outlook writes it."""
    if not _FROM.match(lines[index]):
        return 0
    fields = 0
    last = index
    for position in range(index + 1, min(len(lines), index + _BLOCK_LINES)):
        if _FIELD.match(lines[position]):
            fields += 1
            last = position
        elif not lines[position].strip() and fields >= _BLOCK_FIELDS:
            break
    return last - index + 1 if fields >= _BLOCK_FIELDS else 0


def _next_words(lines: Sequence[str], index: int) -> int | None:
    for position in range(index, min(len(lines), index + 4)):
        if lines[position].strip():
            return position
    return None


def _with_rule_above(lines: Sequence[str], index: int) -> int:
    """The line drawn over a header block belongs to the quote too."""
    above = index - 1
    while above >= 0 and index - above <= _MOST_LINES and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.fullmatch(lines[above].strip()) else index
