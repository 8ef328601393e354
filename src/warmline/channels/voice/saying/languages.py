"""The languages that the center speaks, and any text as each of them says it aloud."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from warmline.channels.voice.saying.english import English
from warmline.channels.voice.saying.grammar import MOST, Gender, Range, Tongue
from warmline.channels.voice.saying.polish import Polish
from warmline.channels.voice.saying.russian import Russian
from warmline.core.words import MINUTE, Millis

TONGUES: Mapping[str, Tongue] = MappingProxyType({"en": English(), "ru": Russian(), "pl": Polish()})
STANDARD = tuple(English.prompts)
"""The names of the standard prompts."""
FALLBACK = "en"
_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_TIME = re.compile(r"(?:\b([^\W\d_]{1,9})(\s+))?(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_NUMBER = re.compile(r"(?<![\d.,])(\+?)(\d{1,64})(?![.,]?\d)(?:\s+([^\W\d_]+))?")
_SHORT, _YEAR = 3, 4
_YEARS = range(1900, 2100)


def spoken_in(language: str | None) -> str:
    """The language of ours that is spoken to somebody: `pl-PL` is Polish; English else.

    >>> spoken_in("pl-PL"), spoken_in("de"), spoken_in(None)
    ('pl', 'en', 'en')
    """
    base = (language or FALLBACK).replace("_", "-").split("-")[0].lower()
    return base if base in TONGUES else FALLBACK


def standard(name: str, language: str) -> str | None:
    """The words of a standard prompt; None for another name."""
    return TONGUES[spoken_in(language)].prompts.get(name)


def position(n: int, language: str) -> str:
    """Where somebody stands in the line, in words."""
    return TONGUES[spoken_in(language)].position(n)


def wait(low_ms: Millis, high_ms: Millis, language: str) -> str:
    """How long it may take, in words: never less than what is known at either end.

    >>> wait(95_000, 290_000, "en")
    'Somebody will probably be with you in one to five minutes.'
    """
    told = Range(low_min=low_ms // MINUTE, high_min=max(1, -(-high_ms // MINUTE)))
    return TONGUES[spoken_in(language)].wait(told)


def aloud(text: str, language: str) -> str:
    """A text with its numbers, times and days in words.

    Numbers of an order, a telephone or a card are said digit by digit: those with more than three
    digits that count nothing, or that begin with zero.

    >>> aloud("Order 40712, 2 minutes, at 14:30.", "en")
    'Order four, zero, seven, one, two, two minutes, at fourteen thirty.'
    >>> aloud("1 minuta, 2 minuty, 22 minuty", "pl")
    'jedna minuta, dwie minuty, dwadzieścia dwie minuty'
    """
    tongue = TONGUES[spoken_in(language)]
    text = _DATE.sub(lambda found: _day(tongue, found), text)
    text = _TIME.sub(lambda found: _time(tongue, found), text)
    return _NUMBER.sub(lambda found: _number(tongue, found), text)


def digits(text: str, language: str) -> str:
    """Digit by digit."""
    tongue = TONGUES[spoken_in(language)]
    return ", ".join(tongue.number(int(one)) for one in text)


def _time(tongue: Tongue, found: re.Match[str]) -> str:
    before = found[1] or ""
    return before + (found[2] or "") + tongue.time(int(found[3]), int(found[4]), before)


def _day(tongue: Tongue, found: re.Match[str]) -> str:
    try:
        return tongue.date(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        return found[0]


def _number(tongue: Tongue, found: re.Match[str]) -> str:
    plus, figures, counted = found[1], found[2], found[3]
    after = found[0][len(plus) + len(figures) :]
    n = int(figures)
    zero = len(figures) > 1 and figures[0] == "0"
    year = len(figures) == _YEAR and n in _YEARS
    counts = len(figures) <= _SHORT or year or (counted is not None and n <= MOST)
    if plus or zero or not counts:
        said = ", ".join(tongue.number(int(one)) for one in figures)
        return ("+ " if plus else "") + said + after
    gender = tongue.gender_before(counted) if counted else Gender.MALE
    return tongue.number(n, gender) + after
