"""The plainest of a language: letters folded, numbers in words, stems, which language it is."""

import re
import unicodedata
from collections.abc import Mapping

from warmline.storage.stems import stem_of

LANGUAGES = ("en", "ru", "pl")
_FOLD = str.maketrans("ąćęłńóśźżёé\u00a0\u202f\u2009’–—−", "acelnoszzее   '---")
_NAMES = {"en": "english", "ru": "russian", "pl": "polish"}
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\w*\d\w*")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_POLISH = re.compile(
    r"[ąćęłńóśźż]|\b(?:i|w|z|na|do|jest|sie|dni|czy|oraz|dla|przez|od|za|nie|po|lub)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|a|an|is|are|of|for|in|to|and|you|we|your|our|within|days|or|on)\b", re.IGNORECASE
)


def composed(text: str) -> str:
    """The text with each letter as one character, so that folding keeps every place."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without Polish accents, `ё` as `е`, one kind of dash; as long as it was.

    >>> fold("Łódź – 14 dni; Ёлка")
    'lodz - 14 dni; елка'
    """
    lowered = "".join(low if len(low := one.lower()) == 1 else one for one in text)
    return lowered.translate(_FOLD)


def language_of(text: str, said: str) -> str:
    """The language of a text: as somebody said, else by its letters and small words.

    >>> language_of("Zwroty do 14 dni", ""), language_of("Возврат", ""), language_of("Hi", "en-GB")
    ('pl', 'ru', 'en')
    """
    bare = said.partition("-")[0].casefold()
    if bare in LANGUAGES:
        return bare
    if len(_CYRILLIC.findall(text)) * 3 > len(text):
        return "ru"
    return "pl" if len(_POLISH.findall(text)) > len(_ENGLISH.findall(text)) else "en"


def stem(word: str, language: str) -> str:
    """The stem of a word, folded; a name in Latin letters is the same in every language."""
    return stem_of(word, _NAMES["en" if language == "ru" and word.isascii() else language])


def tokens(text: str) -> list[re.Match[str]]:
    """Words and numbers of a text, each with its place."""
    return list(_WORD.finditer(text))


_EN = {
    1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
    9: "nine", 10: "ten", 12: "twelve", 14: "fourteen", 15: "fifteen", 20: "twenty",
    21: "twenty-one", 24: "twenty-four", 28: "twenty-eight", 30: "thirty", 36: "thirty-six",
    40: "forty", 45: "forty-five", 48: "forty-eight", 50: "fifty", 60: "sixty",
    72: "seventy-two", 90: "ninety", 100: "hundred",
}  # fmt: skip
_RU = {
    1: "один одна одно одного одной одну", 1.5: "полтора полутора", 2: "два две двух",
    3: "три трех", 4: "четыре четырех", 5: "пять пяти", 6: "шесть шести", 7: "семь семи",
    8: "восемь восьми", 9: "девять девяти", 10: "десять десяти", 12: "двенадцать двенадцати",
    14: "четырнадцать четырнадцати", 15: "пятнадцать пятнадцати", 20: "двадцать двадцати",
    24: "двадцать~четыре двадцати~четырех", 30: "тридцать тридцати", 36: "тридцать~шесть",
    40: "сорок сорока", 45: "сорок~пять сорока~пяти", 48: "сорок~восемь сорока~восьми",
    50: "пятьдесят пятидесяти", 60: "шестьдесят шестидесяти", 90: "девяносто девяноста",
    100: "сто ста",
}  # fmt: skip
_PL = {
    1: "jeden jedna jedno jednego jednej", 1.5: "poltora", 2: "dwa dwie dwoch", 3: "trzy trzech",
    4: "cztery czterech", 5: "piec pieciu", 6: "szesc szesciu", 7: "siedem siedmiu",
    8: "osiem osmiu", 9: "dziewiec dziewieciu", 10: "dziesiec dziesieciu",
    12: "dwanascie dwunastu", 14: "czternascie czternastu", 15: "pietnascie pietnastu",
    20: "dwadziescia dwudziestu", 24: "dwadziescia~cztery dwudziestu~czterech",
    30: "trzydziesci trzydziestu", 45: "czterdziesci~piec", 48: "czterdziesci~osiem",
    50: "piecdziesiat", 60: "szescdziesiat szescdziesieciu", 90: "dziewiecdziesiat", 100: "sto",
}  # fmt: skip
NUMBER_WORDS: Mapping[str, Mapping[str, float]] = {
    language: {
        word.replace("~", " "): number for number, words in table.items() for word in words.split()
    }
    for language, table in (("en", _EN), ("ru", _RU), ("pl", _PL))
}
"""What a number is in words, as a folded text has it."""


def number(text: str, language: str) -> float:
    """The number that a text says in digits or in words.

    >>> number("1 200,50", "pl"), number("1,200.5", "en"), number("две", "ru"), number("3.000", "")
    (1200.5, 1200.5, 2, 3000.0)
    """
    found = NUMBER_WORDS.get(language, {}).get(text)
    if found is not None:
        return found
    bare = text.replace(" ", "")
    cut = max(bare.rfind(","), bare.rfind("."))
    if cut < 0:
        return float(bare)
    whole, rest = re.sub(r"[.,]", "", bare[:cut]), bare[cut + 1 :]
    return float(f"{whole}{rest}") if len(rest) == 3 else float(f"{whole}.{rest}")  # noqa: PLR2004
