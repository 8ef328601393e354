"""Full-text search over stemmed words, English, Russian and Polish, on every database."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import Stemmer
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.tables import word
from warmline.core.words import InteractionId, SiteId
from warmline.storage.upsert import upsert

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
def _stems(token: str) -> frozenset[str]:
    """A token under every language it may be in: by its letters, since texts mix languages."""
    folded = fold(token)
    if _CYRILLIC.search(folded):
        return frozenset({_stemmers.of("russian").stemWord(folded)})
    found = {_stemmers.of("english").stemWord(folded)}
    if len(folded) > 3:  # noqa: PLR2004 - a short word has no ending to lose
        found.add(fold(_stemmers.of("polish").stemWord(token.casefold())))
    return frozenset(found)


def words(text: str) -> frozenset[str]:
    """What a text can be found by: stems, whole addresses and numbers; the first 2,000 words."""
    found: set[str] = set()
    for count, match in enumerate(_LETTERS.finditer(text)):
        if count >= WORDS_PER_TEXT:
            break
        token = match.group()
        parts = _PARTS.findall(token)
        if len(parts) > 1:
            found.add(fold(token)[:WORD_LIMIT_CHARS])
        for one in parts:
            found.update(stem[:WORD_LIMIT_CHARS] for stem in _stems(one))
    return frozenset(found)


def wanted(query: str) -> tuple[frozenset[str], ...]:
    """Each word of a query as the stems it may be stored under; at most eight words count."""
    asked: list[frozenset[str]] = []
    for match in _LETTERS.finditer(query):
        token = match.group()
        parts = _PARTS.findall(token)
        if len(parts) > 1:
            asked.append(frozenset({fold(token)[:WORD_LIMIT_CHARS]}))
        else:
            asked.append(frozenset(stem[:WORD_LIMIT_CHARS] for stem in _stems(token)))
    return tuple(asked[:WORDS_PER_QUERY])


def matching(site: SiteId, query: str) -> Select[Any] | None:
    """The interactions that have every word of the query; None when it has no words."""
    asked = wanted(query)
    if not asked:
        return None
    found: Select[Any] | None = None
    for stems in asked:
        one = select(word.c.interaction).where(word.c.site == site, word.c.word.in_(sorted(stems)))
        found = one if found is None else found.where(word.c.interaction.in_(one))
    assert found is not None
    return found


def found_by(
    texts: Mapping[InteractionId, Iterable[str]],
) -> Sequence[tuple[InteractionId, str]]:
    """What some texts make their interactions found by, each pair once, in a steady order."""
    pairs = {
        (interaction, one)
        for interaction, said in texts.items()
        for text in said
        for one in words(text)
    }
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


async def remember(
    connection: AsyncConnection, site: SiteId, pairs: Sequence[tuple[InteractionId, str]]
) -> None:
    """Let interactions be found by words; twice does no harm."""
    if pairs:
        await connection.execute(
            upsert(word, keys=("site", "word", "interaction"), change=()),
            [{"site": site, "word": one, "interaction": id_} for id_, one in pairs],
        )


async def forget(connection: AsyncConnection, site: SiteId, interaction: InteractionId) -> int:
    """Take an interaction out of the search; how many words that were."""
    count = await connection.scalar(
        select(func.count()).where(word.c.site == site, word.c.interaction == interaction)
    )
    await connection.execute(
        word.delete().where(word.c.site == site, word.c.interaction == interaction)
    )
    return int(count or 0)
