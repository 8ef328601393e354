"""Words as they are looked for: stemmed English, Russian and Polish, without accents."""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol, cast

import Stemmer

WORD_LIMIT_CHARS = 40
WORDS_PER_TEXT = 2_000
WORDS_PER_QUERY = 8
_LETTERS = re.compile(r"[^\W_]+(?:[.@+-][^\W_]+)*")
_PARTS = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-я]")
_FOLDED = str.maketrans({"ł": "l", "Ł": "l", "ё": "е", "Ё": "е", "ß": "ss"})


def fold(text: str) -> str:
    """Lower case without accents: `Łódź` is `lodz`, `Ёлка` is `елка`; `й` stays `й`.

    >>> fold("Łódź, Ёлка, Чай")
    'lodz, елка, чай'
    """
    lowered = text.translate(_FOLDED).casefold().translate(_FOLDED)
    if lowered.isascii():
        return lowered
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFC", lowered))


def _plain(letter: str) -> str:
    if "а" <= letter <= "я" or letter.isascii():
        return letter
    return "".join(
        part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)
    )


class _OneLanguage(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


class _Stemmers(threading.local):
    """One stemmer a language for each thread: they keep state while they work."""

    def __init__(self) -> None:
        self._known: dict[str, _OneLanguage] = {}

    def of(self, language: str) -> _OneLanguage:
        if language not in self._known:
            made = Stemmer.Stemmer(language, 0)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # ships no types
            self._known[language] = cast("_OneLanguage", made)
        return self._known[language]


_stemmers = _Stemmers()


@lru_cache(maxsize=50_000)
def stem_of(word: str, language: str) -> str:
    """The stem of a word of one language, as the stemmers name it: `english`.

    >>> stem_of("Zwrotów", "polish")
    'zwrot'
    """
    return fold(_stemmers.of(language).stemWord(word.casefold()))


@lru_cache(maxsize=50_000)
def _stems(token: str) -> frozenset[str]:
    """A token under every language it may be in: by its letters, since texts mix languages."""
    folded = fold(token)
    if _CYRILLIC.search(folded):
        return frozenset({_stemmers.of("russian").stemWord(folded)})
    found = {_stemmers.of("english").stemWord(folded)}
    if len(folded) > 3:  # noqa: PLR2004 - a short word has no ending to lose
        found.add(fold(_stemmers.of("polish").stemWord(token.casefold())))
    return frozenset(found)


def in_order(text: str) -> Iterator[str]:
    """The stems of a text as they follow, of its first 2,000 words."""
    for count, match in enumerate(_LETTERS.finditer(text)):
        if count >= WORDS_PER_TEXT:
            return
        token = match.group()
        parts = _PARTS.findall(token)
        if len(parts) > 1:
            yield fold(token)[:WORD_LIMIT_CHARS]
        for one in parts:
            for stem in sorted(_stems(one)):
                yield stem[:WORD_LIMIT_CHARS]


def words(text: str) -> frozenset[str]:
    """What a text can be found by: stems, whole addresses and numbers; the first 2,000 words."""
    return frozenset(in_order(text))


def wanted(query: str, most: int = WORDS_PER_QUERY) -> tuple[frozenset[str], ...]:
    """Each word of a query as the stems it may be stored under; at most `most` words count."""
    asked: list[frozenset[str]] = []
    for match in _LETTERS.finditer(query):
        token = match.group()
        parts = _PARTS.findall(token)
        if len(parts) > 1:
            asked.append(frozenset({fold(token)[:WORD_LIMIT_CHARS]}))
        else:
            asked.append(frozenset(stem[:WORD_LIMIT_CHARS] for stem in _stems(token)))
    return tuple(asked[:most])


SNIPPET_CHARS = 160


def snippet(text: str, asked: Sequence[frozenset[str]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A piece of a text around the first word that was asked for, and where such words stand in it.

    >>> snippet("The parcel came late", [frozenset({"parcel"})])
    ('The parcel came late', ((4, 10),))
    """
    every = frozenset[str]().union(*asked)
    hits = _hits(text, every)
    begins = max(0, hits[0][0] - SNIPPET_CHARS // 3) if hits else 0
    if begins:
        begins = text.find(" ", begins, hits[0][0]) + 1 or begins
    ends = min(len(text), begins + SNIPPET_CHARS)
    piece = text[begins:ends]
    marks = tuple((a - begins, b - begins) for a, b in hits if b <= ends)
    return ("…" if begins else "") + piece + ("…" if ends < len(text) else ""), tuple(
        (a + bool(begins), b + bool(begins)) for a, b in marks
    )


def _hits(text: str, every: frozenset[str]) -> Sequence[tuple[int, int]]:
    """Where words stand that were asked for: the first, and those that may be seen with it."""
    found: list[tuple[int, int]] = []
    for match in _LETTERS.finditer(text):
        if found and match.start() > found[0][0] + SNIPPET_CHARS:
            break
        if _hit(match.group(), every):
            found.append(match.span())
    return found


def _hit(token: str, every: frozenset[str]) -> bool:
    if not every.isdisjoint(_stems(token)):
        return True
    parts = _PARTS.findall(token)
    if len(parts) == 1:
        return False
    whole = fold(token)[:WORD_LIMIT_CHARS] in every
    return whole or any(not every.isdisjoint(_stems(one)) for one in parts)
