"""What a cell says: amounts in minor units, dates as moments, words as statuses; or why not."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warmline.core.words import LATEST, Instant, Malformed
from warmline.customers.importing.model import CELL_LIMIT_CHARS, Dates, Reading
from warmline.customers.orders.model import (
    TOTAL_LIMIT_MINOR,
    UNITS_LIMIT,
    OrderStatus,
    minor_digits,
)

_SPACES = dict.fromkeys(map(ord, " \u00a0\u2009\u202f\t'’"))
_CURRENCY_WORDS: Mapping[str, str | None] = {
    "$": None, "€": "EUR", "£": "GBP", "₽": "RUB", "zł": "PLN", "zl": "PLN", "руб": "RUB",
    "р": "RUB", "₴": "UAH", "kč": "CZK", "¥": None,
}  # fmt: skip
_AMOUNT = {
    ".": re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?"),
    ",": re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d+)?(?:,(\d*))?"),
}
_WORD_BESIDE = re.compile(r"([^\d.,\-]*?)(-?[\d.,]+)([^\d]*)")
_AMOUNT_CHARS = 40
_TIME = r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
_DATES: Mapping[Dates, re.Pattern[str]] = {
    Dates.YMD: re.compile(r"(\d{4})[-./]?(\d{2}|(?<=[-./])\d)[-./]?(\d{1,2})" + _TIME),
    Dates.DMY: re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})" + _TIME),
    Dates.MDY: re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})" + _TIME),
}
_DATE_CHARS = 40
_DAYS_KEPT = 50_000
_SECOND_DIGITS = 12
_LONE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_LANGUAGE_CHARS = 16

STATUSES: Mapping[str, OrderStatus] = {
    **{one.value: one for one in OrderStatus},
    "new": OrderStatus.PLACED, "open": OrderStatus.PLACED, "pending": OrderStatus.PLACED,
    "processing": OrderStatus.PAID, "complete": OrderStatus.DELIVERED,
    "completed": OrderStatus.DELIVERED, "fulfilled": OrderStatus.SHIPPED,
    "sent": OrderStatus.SHIPPED, "canceled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.RETURNED,
    "новый": OrderStatus.PLACED, "создан": OrderStatus.PLACED, "оформлен": OrderStatus.PLACED,
    "оплачен": OrderStatus.PAID, "отправлен": OrderStatus.SHIPPED,
    "доставлен": OrderStatus.DELIVERED, "выполнен": OrderStatus.DELIVERED,
    "отменён": OrderStatus.CANCELLED, "отменен": OrderStatus.CANCELLED,
    "возврат": OrderStatus.RETURNED, "возвращён": OrderStatus.RETURNED,
    "nowe": OrderStatus.PLACED, "złożone": OrderStatus.PLACED, "opłacone": OrderStatus.PAID,
    "wysłane": OrderStatus.SHIPPED, "dostarczone": OrderStatus.DELIVERED,
    "zrealizowane": OrderStatus.DELIVERED, "anulowane": OrderStatus.CANCELLED,
    "zwrócone": OrderStatus.RETURNED, "zwrot": OrderStatus.RETURNED,
}  # fmt: skip


def zone_of(name: str) -> tzinfo:
    """The time zone of a name; `Malformed` for none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed("reading.zone", "is no time zone", "no_zone") from None


def words(name: str, cell: str, *, longest: int) -> str:
    """A text of a row, trimmed; never empty."""
    text = cell.strip()
    if not text:
        raise Malformed(name, "is missing", "missing")
    if len(text) > longest:
        raise Malformed(name, f"has over {longest} characters", "too_long", max=longest)
    if not text.isascii() and _LONE.search(text):
        raise Malformed(name, "holds signs that are not in this encoding", "bad_letters")
    if not text.isprintable():
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        if not text:
            raise Malformed(name, "is missing", "missing")
    return text


def amount(name: str, cell: str, *, decimal: str, currency: str) -> int:
    """An amount of money in whole minor units of the currency; never less than nothing.

    >>> amount("total", "1 234,50 zł", decimal=",", currency="PLN")
    123450
    """
    plain = cell.strip().translate(_SPACES)
    if not plain:
        raise Malformed(name, "is missing", "missing")
    if not plain.isascii() or not plain[0].isdecimal() or not plain[-1].isdecimal():
        plain = _without_currency(name, plain, currency)
    found = _AMOUNT[decimal].fullmatch(plain) if len(plain) <= _AMOUNT_CHARS else None
    if found is None or not (found[2] or found[3]):
        raise Malformed(name, "is not an amount", "no_amount")
    if found[1]:
        raise Malformed(name, "is less than nothing", "negative")
    digits = minor_digits(currency)
    fraction = (found[3] or "").rstrip("0")
    if len(fraction) > digits:
        raise Malformed(
            name, f"has more than {digits} digits after the point", "too_precise", max=digits
        )
    whole = (found[2] or "0").replace("," if decimal == "." else ".", "")
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > TOTAL_LIMIT_MINOR:
        raise Malformed(
            name, "is too much for one order", "too_large", max=TOTAL_LIMIT_MINOR // 10**digits
        )
    return minor


def _without_currency(name: str, plain: str, currency: str) -> str:
    """The number beside a sign of currency, which must not be another one."""
    found = _WORD_BESIDE.fullmatch(plain) if len(plain) <= _AMOUNT_CHARS else None
    if found is None or (found[1] and found[3]):
        raise Malformed(name, "is not an amount", "no_amount")
    word = (found[1] or found[3]).strip(".").casefold()
    said = _CURRENCY_WORDS.get(word, word.upper())
    if word and said is not None and said != currency:
        raise Malformed(name, f"is not in {currency}", "other_currency", item=currency)
    return found[2].rstrip(".,") if found[3].startswith(".") else found[2]


def count(name: str, cell: str) -> int:
    """A whole number of things."""
    plain = cell.strip().translate(_SPACES)
    whole = plain.removesuffix(".0").removesuffix(".00")
    if not (whole.isascii() and whole.isdecimal()) or len(whole) > len(str(UNITS_LIMIT)):
        raise Malformed(name, "is not a whole number", "no_number")
    if int(whole) > UNITS_LIMIT:
        raise Malformed(name, f"is over {UNITS_LIMIT}", "too_large", max=UNITS_LIMIT)
    return int(whole)


def status(name: str, cell: str) -> OrderStatus:
    """The status that a word means, in English, Russian or Polish."""
    found = STATUSES.get(cell.strip().casefold())
    if found is None:
        known = ", ".join(one.value for one in OrderStatus)
        raise Malformed(name, f"is none of {known}", "no_status", item=cell.strip()[:40])
    return found


def language(name: str, cell: str) -> str:
    """The code of a language."""
    plain = cell.strip()
    if not _LANGUAGE.fullmatch(plain) or len(plain) > _LANGUAGE_CHARS:
        raise Malformed(name, "is no code of a language, like pl", "no_language")
    return plain.replace("_", "-")


class Moments:
    """Reads dates in one order and zone; days that come again are not worked out again."""

    def __init__(self, reading: Reading) -> None:
        self._order = reading.dates
        self._zone = zone_of(reading.zone)
        self._known: dict[str, Instant] = {}

    def read(self, name: str, cell: str) -> Instant:
        """The moment that a cell says; a date without a time is the day's beginning."""
        known = self._known.get(cell)
        if known is None:
            known = self._work_out(name, cell.strip())
            if len(self._known) < _DAYS_KEPT:
                self._known[cell] = known
        return known

    def _work_out(self, name: str, text: str) -> Instant:
        if not text:
            raise Malformed(name, "is missing", "missing")
        wrong = Malformed(name, "is not a date as the others are written", "no_date")
        if len(text) > _DATE_CHARS or not text.isascii():
            raise wrong
        if self._order in {Dates.UNIX, Dates.UNIX_MS}:
            if not text.isdecimal() or len(text) > len(str(LATEST)):
                raise wrong
            at = int(text) * (1000 if self._order is Dates.UNIX else 1)
        else:
            found = _DATES[self._order].fullmatch(text)
            if found is None:
                raise wrong
            try:
                at = _moment(found, self._order, self._zone)
            except (ValueError, OverflowError):  # the 31st of February
                raise wrong from None
        if not 0 <= at <= LATEST:
            raise Malformed(
                name, "is before 1970 or after 9999", "out_of_range", min=1970, max=9999
            )
        return at


def _moment(found: re.Match[str], order: Dates, zone: tzinfo) -> Instant:
    first, second, third, hour, minute, seconds, part, offset = found.groups()
    if order is Dates.YMD:
        year, month, day = first, second, third
    elif order is Dates.DMY:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    if offset == "Z":
        zone = UTC
    elif offset:
        minutes = int(offset[1:3]) * 60 + int(offset[-2:])
        zone = timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    micro = int((part or "0")[:6].ljust(6, "0"))
    whole = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(seconds or 0),
        tzinfo=zone,
    )  # fmt: skip
    return int(whole.timestamp()) * 1000 + micro // 1000


def check_cell(cell: str) -> None:
    """`Malformed` for a cell that is longer than any is."""
    if len(cell) > CELL_LIMIT_CHARS:
        raise Malformed(
            "row",
            f"a cell has over {CELL_LIMIT_CHARS} characters",
            "too_long",
            max=CELL_LIMIT_CHARS,
        )
