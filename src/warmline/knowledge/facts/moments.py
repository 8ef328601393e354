"""Opening hours by weekday, times of the day and dates, read from a folded sentence."""

import re
from collections.abc import Iterator
from datetime import date

from warmline.knowledge.facts.amounts import Seen
from warmline.knowledge.facts.model import Kind, Value

_DAYS: dict[str, tuple[str, ...]] = {
    "en": (
        r"mon(?:day)?s?", r"tue(?:s(?:day)?)?s?", r"wed(?:nesday)?s?", r"thu(?:r(?:s(?:day)?)?)?s?",
        r"fri(?:day)?s?", r"sat(?:urday)?s?", r"sun(?:day)?s?",
    ),
    "ru": (
        r"пн|понедельник\w*", r"вт|вторник\w*", r"ср|сред(?:а|у|ы|ам)", r"чт|четверг\w*",
        r"пт|пятниц\w+", r"сб|суббот\w+", r"вс|воскресень\w+",
    ),
    "pl": (
        r"pon|poniedzial\w+", r"wt|wtor\w+", r"sr|srod\w+", r"czw|czwart(?:ek|ku|ki)",
        r"pt|piat(?:ek|ku|ki)", r"sob|sobot\w+", r"niedz|nd|niedziel\w+",
    ),
}  # fmt: skip
_SPANS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"weekdays|working days|business days", "01234"), (r"weekends?", "56"),
           (r"daily|every day|seven days|7 days a week|all week", "0123456")),
    "ru": ((r"будн(?:и|ям|ях|ей|ие|ими)|будн\w+ дн\w+|рабоч\w+ дн\w+", "01234"),
           (r"выходн\w+", "56"),
           (r"ежедневно|каждый день|без выходных|всю неделю", "0123456")),
    "pl": ((r"dni robocze|dni powszednie|dniach roboczych|dni robocz\w+", "01234"),
           (r"weekend\w*", "56"),
           (r"codziennie|kazdego dnia|7 dni w tygodniu|caly tydzien", "0123456")),
}  # fmt: skip
_DAY_TO = {"en": r"-|to|through|till|until", "ru": r"-|по|до", "pl": r"-|do"}
_ALWAYS = {
    "en": r"24/7|(?:24 hours a day|a?round the clock)(?:,? (?:7|seven) days a week)?",
    "ru": r"24/7|круглосуточно|24 часа в сутки",
    "pl": r"24/7|cala dobe|24 godziny na dobe|calodobow\w+|przez cala dobe",
}
_CLOSED = {
    "en": r"\b(?:closed|not open|do(?:es)?(?:n't| not) work)\b",
    "ru": r"\b(?:закрыт\w*|не работа\w+|выходной)\b",
    "pl": r"\b(?:nieczynn\w+|zamkniet\w+|nie pracuj\w+|nie jest czynn\w+)\b",
}
_CLOCK = r"(?:[01]?\d|2[0-4])(?:[:.](?:00|15|30|45|59))?(?: ?[ap]\.?m\b\.?)?"
_HOUR_TO = {"en": r"-|to|until|till|and", "ru": r"-|до", "pl": r"-|do"}
_HOUR_FROM = {
    "en": r"(?:from|between|open|at)",
    "ru": r"(?:с|со)",
    "pl": r"(?:od|w godzinach|w godz\.?|godz\.?|miedzy)",
}
_NO_UNIT = (
    r"(?! ?(?:%|zl|pln|€|eur|евро|\$|£|₽|руб|р\b|days?|business|working|hours?|weeks?|months?|min"
    r"|years?|дн|раб|час|недел|мес|лет|год|dni|dzien|godz|tyg|mies|robocz|lat|kg|кг|cm|см|шт|szt"
    r"|percent|процент|procent|\d|[.,]\d|[./]\d\d))"
)
_MONTHS: dict[str, str] = {
    "en": "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
    "ru": "янв|фев|мар|апр|ма|июн|июл|авг|сен|окт|ноя|дек",
    "pl": "sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paz|lis|gru",
}
_MONTH_ENDS: dict[str, str] = {
    "en": r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?",
    "ru": r"(?:аря|арь|аля|аль|та|т|еля|ель|я|й|уста|уст|тября|тябрь|ября|брь|бря|ь)?\b",
    "pl": r"(?:cznia|czen|ego|y|ca|zec|etnia|cien|a|rwca|rwiec|ipca|iec|rpnia|rpien|esnia"
    r"|dziernika|topada|dnia|nia|wnia|pca)?\b",
}
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d)(?: ?(?:г\.?|года|r\.?|roku)(?!\w))?)?"
_NUMERIC = re.compile(
    r"(?<![\d.])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>(?:19|20)\d\d))(?!\d)"
)
_BEFORE = {
    "en": r"\b(?:before|by|until|till|after|cut-off(?: time)?(?: is| at|:)?)",
    "ru": r"\b(?:до|после)",
    "pl": r"\b(?:do|przed|po)(?: godz(?:iny|\.)?)?",
}
_NOON = 12


def _minute(text: str, other: str) -> int:
    """The minute of the day; a half without am or pm borrows the other's."""
    half = re.search(r"([ap])\.?m", text) or re.search(r"([ap])\.?m", other)
    hour, _, minute = re.sub(r"[^\d:.]", "", text).rstrip(".").replace(".", ":").partition(":")
    hours = int(hour)
    if half is not None:
        hours = hours % _NOON + (_NOON if half[1] == "p" else 0)
        if not re.search(r"[ap]\.?m", text) and half[1] == "p" and hours % _NOON >= 7:  # noqa: PLR2004
            hours -= _NOON  # "9-6 pm" begins in the morning
    return hours * 60 + int(minute or 0)


def days_of(folded: str, language: str) -> str:
    """The weekdays that a text names, `0` is Monday; empty when it names none.

    >>> days_of("mon-fri and sunday", "en"), days_of("пн - пт", "ru"), days_of("we open", "en")
    ('012346', '01234', '')
    """
    names = _DAYS[language]
    found: set[str] = set()
    for words, days in _SPANS[language]:
        if re.search(rf"\b(?:{words})\b", folded):
            found.update(days)
    each = "|".join(rf"(?P<{{0}}{at}>{words})" for at, words in enumerate(names))
    one = rf"\b(?:{each.format('a')})\b\.?(?: ?(?:{_DAY_TO[language]}) ?(?:{each.format('b')})\b)?"
    for match in re.finditer(one, folded):
        first = next(at for at in range(7) if match[f"a{at}"])
        last = next((at for at in range(7) if match[f"b{at}"]), first)
        found.update(str(at % 7) for at in range(first, last + 1 if last >= first else last + 8))
    return "".join(sorted(found))


def hours(folded: str, language: str) -> Iterator[Seen]:
    """From when to when something is open, always, or not at all; the days are said apart."""
    for match in re.finditer(rf"\b(?:{_ALWAYS[language]})", folded):
        yield Seen(
            kind=Kind.HOURS, value=Value(low=0, high=1440), start=match.start(), end=match.end()
        )
    span = (
        rf"(?<![\d.,:+])(?:(?P<said>\b{_HOUR_FROM[language]}) )?\b(?P<a>{_CLOCK})"
        rf" ?(?:{_HOUR_TO[language]}) ?(?P<b>{_CLOCK})(?![\w:]){_NO_UNIT}"
    )
    for match in re.finditer(span, folded):
        clear = match["said"] or re.search(r"[:.]\d|[ap]\.?m", match["a"] + " " + match["b"])
        low, high = _minute(match["a"], match["b"]), _minute(match["b"], match["b"])
        if clear and low < high:
            yield Seen(
                kind=Kind.HOURS,
                value=Value(low=low, high=high),
                start=match.start(),
                end=match.end(),
            )
    for match in re.finditer(_CLOSED[language], folded):
        if days_of(folded, language):
            yield Seen(
                kind=Kind.HOURS, value=Value(text="closed"), start=match.start(), end=match.end()
            )


def times(folded: str, language: str) -> Iterator[Seen]:
    """A time of the day before or after which something holds."""
    clock = r"(?P<a>(?:[01]?\d|2[0-4])(?:[:.][0-5]\d(?: ?[ap]\.?m\b)?| ?[ap]\.?m\b\.?)|noon)"
    for match in re.finditer(rf"{_BEFORE[language]} {clock}(?![\w.]\d)", folded):
        at = _NOON * 60 if match["a"] == "noon" else _minute(match["a"], "")
        yield Seen(
            kind=Kind.TIME,
            value=Value(unit="minute", low=at, high=at),
            start=match.start(),
            end=match.end(),
        )


def dates(folded: str, language: str) -> Iterator[Seen]:
    """Dates as `2026-12-31`, or `--12-31` where no year is said."""
    for match in _NUMERIC.finditer(folded):
        parts = (match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
        yield from _dated(match, *map(int, parts))
    names = _MONTHS[language].split("|")
    month = rf"(?P<month>{'|'.join(names)}){_MONTH_ENDS[language]}"
    day = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
    orders = [rf"\b{day}(?: of)? {month}{_YEAR}"]
    if language == "en":
        orders.append(rf"\b{month} {day}\b{_YEAR}")
    for order in orders:
        for match in re.finditer(order, folded):
            year = int(match["year"]) if match["year"] else 0
            yield from _dated(match, year, names.index(match["month"]) + 1, int(match["day"]))


def _dated(match: re.Match[str], year: int, month: int, day: int) -> Iterator[Seen]:
    try:
        # A leap year stands for one that is not said.
        written = date(year or 2000, month, day).isoformat()
    except ValueError:
        return
    text = written if year else f"-{written[4:]}"
    yield Seen(kind=Kind.DATE, value=Value(text=text), start=match.start(), end=match.end())
