"""The language of a mail, guessed from its letters and its commonest words."""

import re
from collections.abc import Mapping

READ_CHARS = 4_000
_CYRILLIC_SHARE = 0.4
_LEAST_HITS = 2
_WORD = re.compile(r"[^\W\d_]+")
_NOT_RUSSIAN = frozenset("іїєґўјљњћђџѓќѕ")
_POLISH_LETTERS = frozenset("ąćęłńóśźż")
_LETTER_WORTH = 2
_POLISH = (
    "nie się że jest do na czy mam mogę proszę dziękuję dzień dobry pozdrawiam jak ale jestem"
    " dla od po przez kiedy gdzie moje mój moja paczka zamówienie zamówienia witam państwa"
    " prosze dziekuje moge byc został"
)
_ENGLISH = (
    "the and is to of i my you your please not have for in it with this that hello hi thanks"
    " thank when where what can could would order was are me on dear regards"
)
_COMMON: Mapping[str, frozenset[str]] = {
    "pl": frozenset(_POLISH.split()),
    "en": frozenset(_ENGLISH.split()),
}


def guess(text: str, default: str | None = None) -> str | None:
    """The tag of the language, `default` when the text does not tell.

    >>> guess("Где мой заказ?"), guess("Dzień dobry, gdzie jest moja paczka?")
    ('ru', 'pl')
    """
    words = [word.casefold() for word in _WORD.findall(text[:READ_CHARS])]
    letters = "".join(words)
    if not letters:
        return default
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in letters)
    if cyrillic >= _CYRILLIC_SHARE * len(letters):
        return default if _NOT_RUSSIAN.intersection(letters) else "ru"
    scores = {
        language: sum(word in common for word in words) for language, common in _COMMON.items()
    }
    scores["pl"] += _LETTER_WORTH * sum(letter in _POLISH_LETTERS for letter in letters)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= _LEAST_HITS else default
