"""How long a search over a great many articles takes, and how well a small judged set is found."""

import asyncio
import itertools
import math
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from warmline.config import Settings
from warmline.core.words import SiteId
from warmline.knowledge.model import Audience
from warmline.knowledge.search import Articles, Entry, put_in, stemmed
from warmline.knowledge.suggestions import found_texts, shown
from warmline.storage.database import FILE, Database, open_database
from warmline.storage.migrate import migrate

SITE, JUDGED = SiteId("main"), SiteId("judged")
SEED = 20_260_613
JUDGED_SET = Path(__file__).with_name("knowledge_judged.yaml")
LANGUAGES = ("en", "ru", "pl")
WORDS = 24_000
WORDS_PER_TITLE, WORDS_PER_TEXT = 5, 120
TRIES = 400
MISTYPED_EVERY = 4
PAGE = 20
TOP = 5
_SYLLABLES = {
    "en": ("ba", "con", "der", "fin", "gal", "hor", "lim", "mo", "ner", "pol", "ris", "ten"),
    "ru": ("ба", "вод", "гор", "дел", "жи", "кра", "лом", "мер", "нос", "при", "ста", "тел"),
    "pl": ("bra", "cza", "dzi", "gło", "kow", "łą", "mie", "nia", "prze", "sza", "twi", "żeb"),
}


def measure(*, articles: int) -> Mapping[str, object]:
    """The time from words typed to a page of titles and pieces, and nDCG@5 in three languages.

    Texts are invented, their words as common as words are (Zipf); every fourth query has a word
    with a slip in it. The judged set is searched by itself, in an index of its own site.
    """
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), articles))


async def _measure(folder: Path, count: int) -> Mapping[str, object]:
    database = open_database(Settings(data=folder))
    await migrate(database)
    await database.close()
    chance = random.Random(SEED)
    vocabularies = {language: _vocabulary(language, chance) for language in LANGUAGES}
    _fill(folder / FILE, count, vocabularies, chance)
    database = open_database(Settings(data=folder))
    found = Articles(database, SITE)
    took: list[float] = []
    for one in range(TRIES):
        language = LANGUAGES[one % len(LANGUAGES)]
        query = _query(vocabularies[language], chance, slip=one % MISTYPED_EVERY == 0)
        begun = time.perf_counter()
        await _search(found, query)
        took.append(1_000 * (time.perf_counter() - begun))
    judged = await ndcg(database)
    await database.close()
    took.sort()
    return {
        "search_p50_ms": round(took[len(took) // 2], 2),
        "search_p95_ms": round(took[int(0.95 * (len(took) - 1))], 2),
        "articles": count,
        "ndcg_at_5": judged,
        "queries": TRIES,
    }


async def _search(articles: Articles, query: str) -> int:
    hits, meant = await articles.find(
        query, language=None, audiences=tuple(Audience), limit=PAGE, typing=True
    )
    return len([shown(one, text, meant) for one, text in await found_texts(articles, hits)])


async def ndcg(database: Database) -> Mapping[str, float]:
    """How near the first five are to the best order, 0 to 1, the mean over the judged queries."""
    judged = _judged()
    async with database.write() as connection:
        for language, given in judged.items():
            for id_, (title, body) in given["articles"].items():
                entry = Entry(
                    article=id_,
                    language=language,
                    audience=Audience.CUSTOMER,
                    title=title,
                    body=body,
                )
                await put_in(connection, JUDGED, entry)
    articles = Articles(database, JUDGED)
    scores: dict[str, float] = {}
    for language, given in judged.items():
        each = [
            await _score(articles, language, query, grades) for query, grades in given["queries"]
        ]
        scores[language] = round(sum(each) / len(each), 3)
    return scores


async def _score(articles: Articles, language: str, query: str, grades: Mapping[str, int]) -> float:
    hits, _ = await articles.find(query, language=language, audiences=tuple(Audience), limit=TOP)
    gained = _gain([grades.get(one.article, 0) for one in hits])
    return gained / _gain(sorted(grades.values(), reverse=True)[:TOP])


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain.

    >>> _gain([2, 0, 1])
    3.5
    """
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _judged() -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", yaml.safe_load(JUDGED_SET.read_text(encoding="utf-8")))


def _vocabulary(language: str, chance: random.Random) -> Sequence[str]:
    made: dict[str, None] = {}
    while len(made) < WORDS // len(LANGUAGES):
        made["".join(chance.choices(_SYLLABLES[language], k=chance.randint(1, 4)))] = None
    return list(made)


def _query(vocabulary: Sequence[str], chance: random.Random, *, slip: bool) -> str:
    """One to four words, seldom a very common one; with a slip two letters of one change places."""
    words = [
        vocabulary[min(len(vocabulary) - 1, int(10 ** chance.uniform(0.5, 3.9)))]
        for _ in range(chance.choice((1, 2, 2, 3, 4)))
    ]
    if slip:
        longest = max(range(len(words)), key=lambda at: len(words[at]))
        word = words[longest]
        at = chance.randrange(max(1, len(word) - 1))
        words[longest] = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return " ".join(words)


def _fill(
    path: Path, count: int, vocabularies: Mapping[str, Sequence[str]], chance: random.Random
) -> None:
    """Published texts, straight into the file: an article in each language."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    counts: Counter[str] = Counter()
    for number, (language, title, body) in enumerate(_texts(count, vocabularies, chance)):
        id_ = f"a{number:06}"
        connection.execute(
            "INSERT INTO article (site, id, audience, tags, created_at)"
            " VALUES (?, ?, 'customer', '[]', 0)",
            (SITE, id_),
        )
        connection.execute(
            "INSERT INTO article_version (site, article, language, number, state, title, body, at)"
            " VALUES (?, ?, ?, 1, 'published', ?, ?, 0)",
            (SITE, id_, language, title, body),
        )
        kept = stemmed(title, body, ())
        counts.update(set(" ".join(kept).split()))
        connection.execute(
            "INSERT INTO article_entry (site, article, language, audience, title, words)"
            " VALUES (?, ?, ?, 'customer', ?, ?)",
            (SITE, id_, language, *kept),
        )
    connection.executemany(
        "INSERT INTO article_word (site, word, texts) VALUES (?, ?, ?)",
        ((SITE, word, texts) for word, texts in counts.items()),
    )
    connection.execute("COMMIT")
    connection.close()


def _texts(
    count: int, vocabularies: Mapping[str, Sequence[str]], chance: random.Random
) -> Iterator[tuple[str, str, str]]:
    many = len(vocabularies[LANGUAGES[0]])
    weights = list(itertools.accumulate(1 / (place + 3) for place in range(many)))
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        words = vocabularies[language]
        title = " ".join(chance.choices(words, cum_weights=weights, k=WORDS_PER_TITLE))
        body = " ".join(chance.choices(words, cum_weights=weights, k=WORDS_PER_TEXT))
        yield language, title, body
