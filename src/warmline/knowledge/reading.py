"""Articles as screens read them: the list, one article, its versions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Instant, UserId
from warmline.knowledge.markdown import html
from warmline.knowledge.model import LANGUAGES, OPEN, Audience, Surroundings, TextState
from warmline.knowledge.tables import article, article_version
from warmline.knowledge.usage import NEVER, Used
from warmline.knowledge.writing import leads
from warmline.storage.rows import Row, rows

_SHORT = tuple(column for column in article_version.c if column.name != "body")
_READABLE = (TextState.PUBLISHED.value, TextState.REPLACED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles are listed; None lets all through."""

    audience: Audience | None = None
    language: str | None = None
    tag: str | None = None
    state: TextState | None = None
    due: bool = False
    """Only those that should be read anew by now."""
    offset: int = 0
    limit: int = 50


def _texts(*more: Any) -> Any:
    return exists().where(
        article_version.c.site == article.c.site, article_version.c.article == article.c.id, *more
    )


def _mine(actor: Actor) -> Any:
    """What an agent reads: what was published, and what they wrote themselves."""
    return or_(
        article_version.c.state.in_(_READABLE), article_version.c.author == (actor.user or "")
    )


def listed(
    around: Surroundings, actor: Actor, by: Wanted, now: Instant
) -> Select[*tuple[Any, ...]]:
    """The articles of a list, the one changed last first; one more than the page holds."""
    changed = (
        select(func.max(article_version.c.at))
        .where(article_version.c.site == article.c.site, article_version.c.article == article.c.id)
        .scalar_subquery()
    )
    query = select(article, changed.label("changed_at")).where(article.c.site == around.site)
    if by.audience is not None:
        query = query.where(article.c.audience == by.audience.value)
    if by.due:
        query = query.where(article.c.review_at <= now)
        query = query.where(_texts(article_version.c.state == TextState.PUBLISHED.value))
    of_text = [] if by.language is None else [article_version.c.language == by.language]
    of_text += [] if by.state is None else [article_version.c.state == by.state.value]
    of_text += [] if leads(actor) else [_mine(actor)]
    if of_text:
        query = query.where(_texts(*of_text))
    order = (article.c.review_at,) if by.due else (changed.desc(),)
    return query.order_by(*order, article.c.id).offset(by.offset).limit(by.limit + 1)


async def versions_of(
    connection: AsyncConnection, around: Surroundings, actor: Actor, ids: Collection[str]
) -> Mapping[str, Sequence[Row]]:
    """The versions of articles without their bodies, the newest first, as far as one may read."""
    query = (
        select(*_SHORT)
        .where(article_version.c.site == around.site, article_version.c.article.in_(sorted(ids)))
        .order_by(article_version.c.language, article_version.c.number.desc())
    )
    if not leads(actor):
        query = query.where(_mine(actor))
    found: dict[str, list[Row]] = defaultdict(list)
    for one in await rows(connection, query):
        found[one["article"]].append(one)
    return found


async def heads(
    connection: AsyncConnection,
    around: Surroundings,
    actor: Actor,
    found: Sequence[Row],
    used: Mapping[str, Used],
) -> list[dict[str, object]]:
    """Articles as a list shows them: for whom, whose, in which languages, how far, how used."""
    versions = await versions_of(connection, around, actor, [one["id"] for one in found])
    names = await around.users({UserId(one["owner"]) for one in found if one["owner"]})
    now = around.clock.now()
    return [
        {
            "id": one["id"],
            "audience": one["audience"],
            "owner": one["owner"],
            "owner_name": names.get(one["owner"]),
            "review_at": one["review_at"],
            "due": one["review_at"] is not None and one["review_at"] <= now,
            "tags": one["tags"],
            "texts": _by_language(versions.get(one["id"], ())),
            "usage": used.get(one["id"], NEVER).plain(),
        }
        for one in found
    ]


def _by_language(versions: Sequence[Row]) -> list[dict[str, object]]:
    """One row a language: what is published, what is being written, and which title it has."""
    texts: dict[str, list[Row]] = defaultdict(list)
    for one in versions:
        texts[one["language"]].append(one)
    return [_text(texts[language]) for language in sorted(texts, key=_place)]


def _place(language: str) -> tuple[int, str]:
    known = language in LANGUAGES
    return (LANGUAGES.index(language) if known else len(LANGUAGES), language)


def _text(newest_first: Sequence[Row]) -> dict[str, object]:
    public = [one for one in newest_first if one["state"] == TextState.PUBLISHED.value]
    open_ = [one for one in newest_first if TextState(one["state"]) in OPEN]
    shown = (public or open_ or newest_first)[0]
    return {
        "language": shown["language"],
        "title": shown["title"],
        "number": shown["number"],
        "state": shown["state"],
        "at": shown["at"],
        "published": public[0]["number"] if public else None,
        "drafts": sum(one["state"] == TextState.DRAFT.value for one in open_),
        "in_review": sum(one["state"] == TextState.REVIEW.value for one in open_),
    }


async def shown_versions(around: Surroundings, versions: Sequence[Row]) -> list[dict[str, object]]:
    """Versions as the history of an article lists them."""
    people = {
        UserId(one[name]) for one in versions for name in ("author", "approved_by") if one[name]
    }
    names = await around.users(people)
    return [_version(one, names) for one in versions]


async def shown_version(around: Surroundings, version: Row) -> dict[str, object]:
    """One version with its source, and as it will be read."""
    short = (await shown_versions(around, [version]))[0]
    return {**short, "body": version["body"], "html": html(version["body"], beside=True)}


def _version(one: Row, names: Mapping[UserId, str]) -> dict[str, object]:
    fields = (
        "article", "language", "number", "state", "title", "note", "at", "author", "approved_at",
    )  # fmt: skip
    return {
        **{name: one[name] for name in fields},
        "author_name": names.get(one["author"]),
        "approved_by_name": names.get(one["approved_by"]),
    }


def may_read(actor: Actor, version: Row) -> bool:
    """Whether an actor may read a version: who leads all, others what was published or theirs."""
    return leads(actor) or version["state"] in _READABLE or version["author"] == actor.user
