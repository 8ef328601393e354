"""The tables of articles: their versions in each language, what they are found by, their use."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    select,
)

from warmline.core.words import SiteId
from warmline.storage.fulltext import ARTICLES, make
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)
_WORD = String(16)
_LANGUAGE = String(16)
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A number that SQLite keeps as the place of the row itself."""


def _site() -> Column[str]:
    return Column("site", String(SITE_CHARS), primary_key=True)


article = Table(
    "article",
    metadata,
    _site(),
    Column("id", _ID, primary_key=True),
    Column("audience", _WORD, nullable=False),
    Column("owner", _ID),
    Column("review_at", BigInteger),
    Column("tags", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", _ID),
    Index("ix_article_review", "site", "review_at"),
)
"""One subject in whatever languages; `audience` is `agent`, `customer` or `bot`."""

article_version = Table(
    "article_version",
    metadata,
    _site(),
    Column("article", _ID, primary_key=True),
    Column("language", _LANGUAGE, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", _WORD, nullable=False),
    Column("title", String(160), nullable=False),
    Column("body", Text, nullable=False),
    Column("note", String(300)),
    Column("author", _ID),
    Column("at", BigInteger, nullable=False),
    Column("approved_by", _ID),
    Column("approved_at", BigInteger),
    Index("ix_article_version_state", "site", "state", "language"),
    Index("ix_article_version_text", "site", "article", "state"),
)
"""One text of an article in one language, in Markdown.

`state` is `draft`, `review`, `published` (one of a language at most), `replaced` (was published,
and a newer one came) or `retired`.
"""

article_entry = Table(
    "article_entry",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("site", String(SITE_CHARS), nullable=False),
    Column("article", _ID, nullable=False),
    Column("language", _LANGUAGE, nullable=False),
    Column("audience", _WORD, nullable=False),
    Column("title", Text, nullable=False),
    Column("words", Text, nullable=False),
    UniqueConstraint("site", "article", "language", name="uq_article_entry"),
)
"""What a published text is found by: the stems of its title, and of all else."""

article_word = Table(
    "article_word",
    metadata,
    _site(),
    Column("word", String(40), primary_key=True),
    Column("texts", Integer, nullable=False),
)
"""In how many published texts a stem stands: what a mistyped word may have meant."""

article_use = Table(
    "article_use",
    metadata,
    _site(),
    Column("interaction", _ID, primary_key=True),
    Column("article", _ID, primary_key=True),
    Column("kind", _WORD, primary_key=True),
    Column("language", _LANGUAGE, nullable=False),
    Column("agent", _ID),
    Column("at", BigInteger, nullable=False),
    Index("ix_article_use_article", "site", "article", "kind", "at"),
    Index("ix_article_use_at", "site", "at"),
)
"""What was done with an article in a conversation: `shown`, `inserted`, `linked`, `not_helpful`."""

rules = Table(
    "knowledge_rules",
    metadata,
    _site(),
    Column("other_approves", Boolean, nullable=False),
    Column("review_days", Integer, nullable=False),
)
"""Whether another than the author must approve, and after how many days a text is read anew."""


@event.listens_for(article_entry, "after_create")
def _with_index(_: Table, connection: Connection, **__: object) -> None:
    make(connection, ARTICLES)


def published(site: SiteId, ids: Collection[str] | None = None) -> Select[Any]:
    """Every published text with its article's audience; of some articles, or of all."""
    query = (
        select(article_version, article.c.audience, article.c.owner, article.c.tags)
        .join(
            article,
            (article.c.site == article_version.c.site)
            & (article.c.id == article_version.c.article),
        )
        .where(article_version.c.site == site, article_version.c.state == "published")
        .order_by(article_version.c.article, article_version.c.language)
    )
    return query if ids is None else query.where(article_version.c.article.in_(sorted(ids)))
