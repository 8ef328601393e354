"""The HTTP door for bringing articles in by file: what it would do, with faults; then the same."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Malformed, Rejected
from warmline.knowledge.importing import File, Parsed, Usual, parse
from warmline.knowledge.model import Audience, Surroundings, TextState
from warmline.knowledge.routes import WRITERS
from warmline.knowledge.search import Articles
from warmline.knowledge.tables import article, article_version
from warmline.knowledge.writing import Head, Shelf, read_rules
from warmline.storage.rows import Row, row

FILES_LIMIT = 500
FILE_LIMIT_CHARS = 300_000
IMPORT_LIMIT_BYTES = 16 * 1024 * 1024
"""How large a request with files may be."""


class FileBody(BaseModel):
    """One file; its ending says what it is."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=FILE_LIMIT_CHARS)


class ImportBody(BaseModel):
    """Files, and what holds where they do not say; without `dry` they are taken."""

    model_config = ConfigDict(extra="forbid")

    files: list[FileBody] = Field(min_length=1, max_length=FILES_LIMIT)
    language: str = Field(default="en", min_length=2, max_length=16)
    audience: Audience = Audience.AGENT
    publish: bool = False
    dry: bool = True


Outcome = dict[str, object]
"""What becomes of a file: `new`, `changed`, `same` or `fault`."""


class _OnlyLooked(Exception):
    """Takes back what was done to see what would be."""


def _keep(*, unless: bool) -> None:
    if unless:
        raise _OnlyLooked


def import_routes(around: Surroundings, articles: Articles) -> APIRouter:
    """`POST /knowledge/import`."""
    router = APIRouter(tags=["knowledge"])
    writer = Depends(around.needs.any_of(WRITERS))

    @router.post("/knowledge/import")
    async def bring(body: ImportBody, actor: Annotated[Actor, writer]) -> dict[str, object]:
        """What each file would become, or became: a new text, a changed one, or a fault.

        New texts are drafts; with `publish` they are published, or await a look where another
        than the author must approve. A file that is as the article is changes nothing.
        """
        usual = Usual(language=body.language, audience=body.audience)
        files = [File(name=one.name, text=one.text) for one in body.files]
        read = await asyncio.to_thread(_read, files, usual)
        outcomes: list[Outcome] = []
        with suppress(_OnlyLooked):
            async with around.database.write() as connection:
                outcomes = await _take(connection, around, actor, read, publish=body.publish)
                _keep(unless=body.dry)
        articles.changed()
        return {"files": outcomes, "dry": body.dry}

    return router


async def bring_all(
    around: Surroundings, articles: Articles, actor: Actor, files: Sequence[File], usual: Usual
) -> None:
    """Take files that are known to be right, and publish them."""
    read = await asyncio.to_thread(_read, files, usual)
    async with around.database.write() as connection:
        outcomes = await _take(connection, around, actor, read, publish=True)
    articles.changed()
    assert not [one for one in outcomes if one["outcome"] == "fault"], outcomes


def _read(files: Sequence[File], usual: Usual) -> Sequence[tuple[File, Parsed | Malformed]]:
    read: list[tuple[File, Parsed | Malformed]] = []
    seen: set[tuple[str, str]] = set()
    for file in files:
        try:
            parsed = parse(file, usual)
        except Malformed as fault:
            read.append((file, fault))
            continue
        key = (parsed.id, parsed.words.language)
        twice = Malformed("id", "the same comes twice", "twice", item=f"{key[0]} ({key[1]})")
        read.append((file, twice if key in seen else parsed))
        seen.add(key)
    return read


async def _take(
    connection: AsyncConnection,
    around: Surroundings,
    actor: Actor,
    read: Sequence[tuple[File, Parsed | Malformed]],
    *,
    publish: bool,
) -> list[Outcome]:
    to = None
    if publish:
        asked = await read_rules(connection, around)
        to = TextState.REVIEW if asked.other_approves else TextState.PUBLISHED
    outcomes: list[Outcome] = []
    for file, parsed in read:
        try:
            if isinstance(parsed, Malformed):
                raise parsed
            outcomes.append(
                {"name": file.name, **await _one(connection, around, actor, parsed, to)}
            )
        except Malformed as fault:
            outcomes.append(_fault(file, fault.field, fault.code, fault.detail, fault.facts))
        except Rejected as refusal:
            outcomes.append(_fault(file, "", refusal.code, str(refusal), {}))
    return outcomes


def _fault(file: File, field: str, code: str, detail: str, facts: Mapping[str, Any]) -> Outcome:
    fault = {"field": field, "code": code, "detail": detail, "facts": dict(facts)}
    return {"name": file.name, "outcome": "fault", "fault": fault}


async def _one(
    connection: AsyncConnection,
    around: Surroundings,
    actor: Actor,
    parsed: Parsed,
    to: TextState | None,
) -> Outcome:
    shelf = Shelf(around)
    known = await row(
        connection,
        select(article).where(article.c.site == around.site, article.c.id == parsed.id),
    )
    words = parsed.words
    told: Outcome = {"article": parsed.id, "language": words.language, "title": words.title}
    if known is None:
        await shelf.create(connection, actor, _head(parsed, None), parsed.id)
    elif await _is_same(connection, around, parsed):
        return {**told, "outcome": "same"}
    elif _head(parsed, known) != _head_of(known):
        await shelf.change(connection, actor, parsed.id, _head(parsed, known))
    place = await shelf.write(connection, actor, parsed.id, words)
    if to is not None:
        await shelf.move(connection, actor, place, to)
    return {**told, "outcome": "new" if place.number == 1 else "changed"}


def _head(parsed: Parsed, known: Row | None) -> Head:
    """What the file says of the article; what it leaves open stays, tags come together."""
    tags = set(parsed.tags) | set(known["tags"] if known else ())
    return Head(
        audience=parsed.audience,
        owner=parsed.owner or (known["owner"] if known else None),
        review_at=parsed.review_at or (known["review_at"] if known else None),
        tags=sorted(tags),
    )


def _head_of(known: Row) -> Head:
    return Head(
        audience=Audience(known["audience"]),
        owner=known["owner"],
        review_at=known["review_at"],
        tags=sorted(known["tags"]),
    )


async def _is_same(connection: AsyncConnection, around: Surroundings, parsed: Parsed) -> bool:
    """Whether the newest version of the text says the same already."""
    newest = await row(
        connection,
        select(article_version.c.title, article_version.c.body)
        .where(
            article_version.c.site == around.site,
            article_version.c.article == parsed.id,
            article_version.c.language == parsed.words.language,
        )
        .order_by(article_version.c.number.desc())
        .limit(1),
    )
    if newest is None:
        return False
    return (newest["title"], newest["body"].strip()) == (
        parsed.words.title.strip(),
        parsed.words.body.strip(),
    )
