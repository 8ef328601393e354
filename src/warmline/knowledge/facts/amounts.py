"""Money, times that pass, percentages, telephones and addresses, read from a folded sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from warmline.knowledge.facts.model import Kind, Value
from warmline.knowledge.facts.spoken import NUMBER_WORDS, number

_DIGITS = r"\d{1,3}(?:[ ,.]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?"
_CURRENCIES = (
    ("PLN", r"zl(?:ot(?:ych|ego|e|y))?\b|pln\b|злот\w+"),
    ("EUR", r"€|eur(?:o|os)?\b|евро\b"),
    ("USD", r"\$|usd\b|dollars?\b|доллар\w*|dolar\w*"),
    ("GBP", r"£|gbp\b|pounds?\b|фунт\w*|funt\w*"),
    ("RUB", r"₽|rub\b|roubles?\b|rubles?\b|руб(?:\.|л\w+)?|р\.|р\b|rubl\w+"),
)
_CURRENCY = "|".join(f"(?P<{name}{{0}}>{words})" for name, words in _CURRENCIES)
_TO = {"en": r"-|to|or|and", "ru": r"-|до|или", "pl": r"-|do|lub"}
_UNITS: dict[str, tuple[tuple[str, float, str], ...]] = {
    "en": (
        ("day", 1 / 1440, r"min(?:ute)?s?\b"),
        ("day", 1 / 24, r"(?:hours?|hrs?|h)\b"),
        ("workday", 1, r"(?:full )?(?:business|working|work)[ -]days?\b"),
        ("day", 1, r"(?:calendar |full |consecutive )?days?\b"),
        ("day", 7, r"(?:full )?weeks?\b"),
        ("month", 1, r"(?:calendar |full )?months?\b"),
        ("month", 12, r"(?:full )?years?\b"),
    ),
    "ru": (
        ("day", 1 / 1440, r"мин(?:ут\w*|\b)"),
        ("day", 1 / 24, r"(?:час(?:а|ов|ы)?|ч)\b"),
        ("workday", 1, r"рабоч\w+ (?:дн\w+|день|сут\w+)"),
        ("day", 1, r"(?:календарн\w+ |полн\w+ )?(?:дн(?:я|ей|и)|день|сут(?:ок|ки))\b|дневн\w+"),
        ("day", 7, r"(?:полн\w+ )?недел\w+"),
        ("month", 1, r"(?:календарн\w+ |полн\w+ )?(?:месяц\w*|мес\b)"),
        ("month", 12, r"(?:год(?:а|у)?|лет)\b"),
    ),
    "pl": (
        ("day", 1 / 1440, r"min(?:ut\w*|\b)"),
        ("day", 1 / 24, r"(?:godzin\w*|godz|h)\b"),
        ("workday", 1, r"(?:dni|dzien|dnia) robocz\w+|robocz\w+ dni\b"),
        ("day", 1, r"(?:kalendarzow\w+ |pelnych )?(?:dni|dzien|dnia|dob\w*)\b|-?dniow\w+"),
        ("day", 7, r"tydzien\b|tygodni\w*"),
        ("month", 1, r"miesi\w+|mies\b"),
        ("month", 12, r"(?:rok(?:u)?|lat(?:a)?)\b"),
    ),
}
_ONE = {
    "en": r"\b(?P<one>(?:for|within|in|lasts?|of|takes?|is|than|after) an?) (?={unit})(?:full )?",
    "ru": r"(?P<one>\b(?:в течение|на|за|через)) (?={unit})(?:полного )?",
    "pl": r"(?P<one>\b(?:przez|w ciagu|w|na)) (?:caly )?(?={unit})",
}
_FROM = {
    "en": r"(?:at least|no less than|from|starting (?:at|from)|starts (?:at|from)|minimum(?: of)?)",
    "ru": r"(?:от|не менее|не меньше|минимум|начиная с)",
    "pl": r"(?:od|co najmniej|nie mniej niz|minimum|min\.|przynajmniej)",
}
_UP_TO = {
    "en": r"(?:up to|within|in|no (?:more|later) than|at most|maximum(?: of)?|under|inside)",
    "ru": r"(?:до|в течение|за|не более|не позднее|максимум|не дольше)",
    "pl": r"(?:do|w ciagu|w|maksymalnie|nie dluzej niz|najpozniej w ciagu|nie wiecej niz|maks\.)",
}
_FREE = {
    "en": r"(?<![-\w])(?<!feel )(?:free(?! to\b| from\b| time\b|-)"
    r"|(?:at )?no (?:extra |additional )?(?:cost|charge|fee)"
    r"|no (?:\w+ ){0,2}(?:fee|charge|cost)s?|complimentary|without charge|on us)\b",
    "ru": r"\b(?:бесплатн\w+|без комисси\w+|без доплат\w*|ничего не стоит|за наш счет)",
    "pl": r"\b(?:darmow\w+|bezplatn\w+|gratis|za darmo|bez oplat\w*|bez prowizji"
    r"|nic nie kosztuje|na nasz koszt)",
}
_PERCENT = r"(?:%|percent\b|per cent\b|процент\w*|procent\w*)"
_PHONE = re.compile(r"(?<![\w.])(?:\+ ?\d|\(?\d)[\d ()-]{7,17}\d(?![\w%])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE_DIGITS = range(9, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A value with its place in the sentence."""

    kind: Kind
    value: Value
    start: int
    end: int


def _numeral(language: str) -> str:
    words = "|".join(sorted(NUMBER_WORDS[language], key=len, reverse=True))
    return rf"(?:{_DIGITS}|\b(?:{words})\b)"


@lru_cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    numeral, to = _numeral(language), _TO[language]
    bound = rf"(?:(?P<atleast>\b{_FROM[language]}) |(?P<upto>\b{_UP_TO[language]}) )?"
    span = rf"(?P<low>{numeral})(?: ?(?:{to}) ?(?P<high>{numeral}))?"
    units = "|".join(rf"(?P<u{at}>{words})" for at, (_, _, words) in enumerate(_UNITS[language]))
    plain = "|".join(words for _, _, words in _UNITS[language])
    return {
        "duration": re.compile(rf"{bound}(?<![\d.,:]){span}[ -]?(?:{units})"),
        "one": re.compile(rf"{_ONE[language].replace('{unit}', f'(?:{plain})')}(?:{units})"),
        "money": re.compile(
            rf"{bound}(?<![\d.,])(?:(?:{_CURRENCY.format(1)}) ?)?{span} ?(?:{_CURRENCY.format(2)})?"
        ),
        "percent": re.compile(rf"{bound}(?<![\d.,]){span} ?{_PERCENT}"),
        "free": re.compile(_FREE[language]),
    }


def _value(found: re.Match[str], language: str, unit: str, size: float) -> Value:
    low = number(found["low"], language) * size
    if found["high"]:
        return Value(unit=unit, low=low, high=number(found["high"], language) * size)
    if found["atleast"]:
        return Value(unit=unit, low=low)
    return Value(unit=unit, low=None if found["upto"] else low, high=low)


def contacts(folded: str) -> Iterator[Seen]:
    """Telephones and addresses of e-mail."""
    for found in _EMAIL.finditer(folded):
        yield Seen(
            kind=Kind.EMAIL, value=Value(text=found[0]), start=found.start(), end=found.end()
        )
    for found in _PHONE.finditer(folded):
        digits = re.sub(r"\D", "", found[0])
        if len(digits) in _PHONE_DIGITS:
            yield Seen(
                kind=Kind.PHONE,
                value=Value(text=_national(digits, plus=found[0].startswith("+"))),
                start=found.start(),
                end=found.end(),
            )


def _national(digits: str, *, plus: bool) -> str:
    """Digits that are alike with and without the prefix of the country."""
    for prefix, length in (("48", 11), ("7", 11)):
        if digits.startswith(prefix) and len(digits) == length and (plus or prefix == "7"):
            return digits[len(prefix) :]
    return digits[1:] if len(digits) == 11 and digits.startswith("8") else digits  # noqa: PLR2004


def money(folded: str, language: str) -> Iterator[Seen]:
    """Prices, and what is free as a price of nothing."""
    for found in _patterns(language)["money"].finditer(folded):
        currency = next(
            (name for name, _ in _CURRENCIES if found[f"{name}1"] or found[f"{name}2"]), None
        )
        if currency is not None:
            value = _value(found, language, currency, 1)
            yield Seen(kind=Kind.MONEY, value=value, start=found.start(), end=found.end())
    for found in _patterns(language)["free"].finditer(folded):
        yield Seen(
            kind=Kind.MONEY, value=Value(low=0, high=0), start=found.start(), end=found.end()
        )


def percentages(folded: str, language: str) -> Iterator[Seen]:
    """Shares of a hundred."""
    for found in _patterns(language)["percent"].finditer(folded):
        value = _value(found, language, "%", 1)
        yield Seen(kind=Kind.PERCENT, value=value, start=found.start(), end=found.end())


def durations(folded: str, language: str) -> Iterator[Seen]:
    """How long something takes or may take: days (hours and weeks are), working days, months."""
    for name in ("duration", "one"):
        for found in _patterns(language)[name].finditer(folded):
            at = next(at for at in range(len(_UNITS[language])) if found[f"u{at}"])
            unit, size, _ = _UNITS[language][at]
            if name == "one":
                value = Value(unit=unit, high=size)
            else:
                value = _value(found, language, unit, size)
            yield Seen(kind=Kind.DURATION, value=value, start=found.start(), end=found.end())
