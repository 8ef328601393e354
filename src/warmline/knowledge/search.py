"""Finding articles: by stems over the full-text index, mistyped words too, the likeliest first."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import SiteId
from warmline.knowledge.markdown import plain
from warmline.knowledge.model import Audience
from warmline.knowledge.tables import article_entry, article_word
from warmline.knowledge.vocabulary import Meant, Understood, Vocabulary
from warmline.storage.database import Database
from warmline.storage.fulltext import ARTICLES, Matches, Rank
from warmline.storage.rows import Row, row, rows
from warmline.storage.stems import in_order
from warmline.storage.upsert import upsert

CHUNK = 400
CANDIDATES = 60
LOOKED_AT = 2_500
"""About so many texts are ranked for one query: those with its rarest words."""
WORDS_OF_A_QUERY = 8
WORDS_OF_A_TURN = 40
PREFERRED = 1.3
"""How much more a text counts that is in the language of who asks."""
_INDEX = ARTICLES.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A published text that fits a query."""

    article: str
    language: str
    audience: Audience
    score: float
    covered: float
    """The share of what the query tells that stands in it, 0 to 1."""
    named: int
    """How many words of the query stand in its title."""
    held: int
    """How many stand in it at all."""


class Articles:
    """The index of what is published, and the vocabulary that follows it."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self.database = database
        self.site = site
        self.success: Mapping[str, float] = {}
        """How often an article solved something, 0 to 1, where that is known: it ranks higher."""
        self._vocabulary: Vocabulary | None = None
        self._edition = 0
        self._loading = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Be told whenever something was published or retired."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Something was published or retired: the vocabulary is read anew when it is asked."""
        self._edition += 1
        self._vocabulary = None
        for listener in self._listeners:
            listener()

    async def vocabulary(self) -> Vocabulary:
        """Every word of what is published."""
        async with self._loading:
            known, edition = self._vocabulary, self._edition
            if known is None:
                known = await self._read()
                # What was published meanwhile is not in it: the next one reads again.
                self._vocabulary = known if edition == self._edition else None
            return known

    async def _read(self) -> Vocabulary:
        many = (
            select(func.count()).select_from(article_entry).where(article_entry.c.site == self.site)
        )
        async with self.database.read() as connection:
            texts = await connection.scalar(many)
            found = await connection.execute(
                select(article_word.c.word, article_word.c.texts).where(
                    article_word.c.site == self.site, article_word.c.texts > 0
                )
            )
            counts = {str(word): int(count) for word, count in found}
        return await asyncio.to_thread(Vocabulary, counts, texts or 0)

    async def find(
        self,
        query: str,
        *,
        language: str | None,
        audiences: Collection[Audience],
        limit: int,
        prefer: str | None = None,
        words: int = WORDS_OF_A_QUERY,
        typing: bool = False,
    ) -> tuple[Sequence[Found], Understood]:
        """The texts that fit best, each article once; and what the words were taken to mean.

        All are in `language` when one is given; else those in `prefer` stand a little higher.
        """
        vocabulary = await self.vocabulary()
        meant = vocabulary.meant(query, most=words, typing=typing)
        if not meant.words:
            return (), meant
        any_of = [frozenset[str]().union(*(one.forms for one in _rarest(meant.words)))]
        # The best are chosen first: all words of all that match would have to be carried along.
        best = (
            select(article_entry.c.id, Rank(any_of, ARTICLES).label("rank"))
            .select_from(_INDEX.join(article_entry, article_entry.c.id == _INDEX.c.rowid))
            .where(
                Matches(any_of, ARTICLES),
                article_entry.c.site == self.site,
                article_entry.c.audience.in_([one.value for one in audiences]),
            )
            .order_by("rank")
            .limit(CANDIDATES)
        )
        if language is not None:
            best = best.where(article_entry.c.language == language)
        chosen = best.subquery()
        query_ = select(article_entry, chosen.c.rank).join(
            chosen, chosen.c.id == article_entry.c.id
        )
        async with self.database.read() as connection:
            hits = await rows(connection, query_)
        ranked = sorted(
            (self._ranked(hit, meant, prefer) for hit in hits), key=lambda one: -one.score
        )
        return _each_once(ranked)[:limit], meant

    def _ranked(self, hit: Row, meant: Understood, prefer: str | None) -> Found:
        title = frozenset(str(hit["title"]).split())
        every = title.union(str(hit["words"]).split())
        held = [one for one in meant.words if not one.forms.isdisjoint(every)]
        covered = meant.share(held)
        success = self.success.get(hit["article"], 0.5)
        familiar = PREFERRED if hit["language"] == prefer else 1.0
        return Found(
            article=hit["article"],
            language=hit["language"],
            audience=Audience(hit["audience"]),
            score=-float(hit["rank"]) * (0.3 + covered) * (0.8 + 0.4 * success) * familiar,
            covered=covered,
            named=sum(not one.forms.isdisjoint(title) for one in meant.words),
            held=len(held),
        )


def _rarest(meant: Sequence[Meant]) -> Sequence[Meant]:
    """The rarest words of a query, as long as they leave few enough texts to be ranked."""
    kept: list[Meant] = []
    texts = 0
    for one in meant:
        texts += one.texts
        if kept and texts > LOOKED_AT:
            break
        kept.append(one)
    return kept


def _each_once(ranked: Iterable[Found]) -> list[Found]:
    best: dict[str, Found] = {}
    for one in ranked:
        best.setdefault(one.article, one)
    return list(best.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A text that is to be found."""

    article: str
    language: str
    audience: Audience
    title: str
    body: str
    tags: Collection[str] = ()


def stemmed(title: str, body: str, tags: Collection[str]) -> tuple[str, str]:
    """The stems of a title, and of all else, as they are kept."""
    return " ".join(in_order(title)), " ".join(in_order(f"{' '.join(tags)} {plain(body)}"))


async def take_out(connection: AsyncConnection, site: SiteId, article: str, language: str) -> None:
    """Let a text be found no more."""
    this = (
        article_entry.c.site == site,
        article_entry.c.article == article,
        article_entry.c.language == language,
    )
    found = await row(connection, select(article_entry).where(*this))
    if found is None:
        return
    await connection.execute(delete(article_entry).where(*this))
    await _count(connection, site, f"{found['title']} {found['words']}".split(), -1)


async def put_in(connection: AsyncConnection, site: SiteId, entry: Entry) -> None:
    """Let a text be found, instead of the one of the same article and language."""
    await take_out(connection, site, entry.article, entry.language)
    title, words = stemmed(entry.title, entry.body, entry.tags)
    values = {
        "site": site,
        "article": entry.article,
        "language": entry.language,
        "audience": entry.audience.value,
        "title": title,
        "words": words,
    }
    await connection.execute(insert(article_entry).values(**values))
    await _count(connection, site, f"{title} {words}".split(), 1)


async def _count(
    connection: AsyncConnection, site: SiteId, words: Collection[str], step: int
) -> None:
    """One text more, or less, has each of these words."""
    each = sorted(set(words))
    if step > 0:
        fresh = [{"site": site, "word": word, "texts": 0} for word in each]
        statement = upsert(article_word, keys=("site", "word"), change=())
        if fresh:
            await connection.execute(statement, fresh)
    for begins in range(0, len(each), CHUNK):
        await connection.execute(
            update(article_word)
            .where(article_word.c.site == site, article_word.c.word.in_(each[begins:][:CHUNK]))
            .values(texts=article_word.c.texts + step)
        )
