"""The HTTP door to articles: all read them and propose changes, who leads writes and approves."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import LATEST, Actor, UserId
from warmline.knowledge import reading
from warmline.knowledge.markdown import html
from warmline.knowledge.model import (
    BODY_LIMIT_CHARS,
    NOTE_LIMIT_CHARS,
    TAG_LIMIT_CHARS,
    TAGS_LIMIT,
    TITLE_LIMIT_CHARS,
    Audience,
    Rules,
    Surroundings,
    TextState,
    Words,
)
from warmline.knowledge.reading import Wanted
from warmline.knowledge.search import Articles
from warmline.knowledge.usage import Usage
from warmline.knowledge.writing import Head, Place, Shelf, keep_rules, leads, read_rules
from warmline.storage.rows import rows

PAGE_LIMIT = 200
OFFSET_LIMIT = 100_000
WRITERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})
VERSION = "/articles/{id_}/versions/{language}/{number}"
Language = Annotated[str, Path(max_length=16)]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


class HeadBody(BaseModel):
    """What is said of an article as a whole."""

    model_config = ConfigDict(extra="forbid")

    audience: Audience
    owner: str | None = Field(default=None, max_length=128)
    review_at: int | None = Field(default=None, ge=0, le=LATEST)
    tags: list[Annotated[str, Field(max_length=TAG_LIMIT_CHARS)]] = Field(
        default_factory=list, max_length=TAGS_LIMIT
    )

    def head(self) -> Head:
        """The same as the room speaks of it."""
        return Head(
            audience=self.audience, owner=self.owner, review_at=self.review_at, tags=self.tags
        )


class TextBody(BaseModel):
    """A text as it is written, in Markdown."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(min_length=2, max_length=16)
    title: str = Field(min_length=1, max_length=TITLE_LIMIT_CHARS)
    body: str = Field(min_length=1, max_length=BODY_LIMIT_CHARS)
    note: str | None = Field(default=None, max_length=NOTE_LIMIT_CHARS)

    def words(self) -> Words:
        """The same as the room speaks of it."""
        return Words(language=self.language, title=self.title, body=self.body, note=self.note)


class ArticleBody(HeadBody):
    """A new article with its first text."""

    id: str | None = Field(default=None, max_length=64)
    text: TextBody


class DraftBody(TextBody):
    """A draft written anew; `seen` is the moment of the one that was changed."""

    seen: int = Field(ge=0, le=LATEST)


class StateBody(BaseModel):
    """Where a version goes."""

    model_config = ConfigDict(extra="forbid")

    state: TextState


class SourceBody(BaseModel):
    """Markdown to be looked at."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(max_length=BODY_LIMIT_CHARS)


class RulesBody(BaseModel):
    """What the site asks of articles."""

    model_config = ConfigDict(extra="forbid")

    other_approves: bool
    review_days: int = Field(ge=1, le=3660)


def article_routes(around: Surroundings, articles: Articles, usage: Usage) -> APIRouter:
    """Lists, articles, versions and rules."""
    router = APIRouter(tags=["knowledge"])
    shelf = Shelf(around)
    _add_reading(router, around, usage)
    _add_writing(router, around, shelf, articles)
    _add_versions(router, around, shelf)
    _add_steps(router, around, shelf, articles)
    _add_rules(router, around)
    return router


def _add_reading(router: APIRouter, around: Surroundings, usage: Usage) -> None:
    reader = Depends(around.needs(Right.SIGNED_IN))

    @router.get("/articles")
    async def articles_listed(
        actor: Annotated[Actor, reader],
        *,
        audience: Audience | None = None,
        language: Annotated[str | None, Query(max_length=16)] = None,
        state: TextState | None = None,
        due: bool = False,
        offset: Annotated[int, Query(ge=0, le=OFFSET_LIMIT)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    ) -> dict[str, object]:
        """Articles, those changed last first; `due` gives those to be read anew, the latest first.

        Who does not lead sees what was published, and their own drafts.
        """
        by = Wanted(
            audience=audience, language=language, state=state, due=due, offset=offset, limit=limit
        )
        query = reading.listed(around, actor, by, around.clock.now())
        async with around.database.read() as connection:
            found = await rows(connection, query)
        used = await usage.all([one["id"] for one in found[:limit]])
        async with around.database.read() as connection:
            shown = await reading.heads(connection, around, actor, found[:limit], used)
        return {"articles": shown, "next": offset + limit if len(found) > limit else None}

    @router.get("/articles/{id_}")
    async def article_shown(id_: str, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """One article: what is said of it, its texts, and what became of it at the desk."""
        used = await usage.all([id_])
        async with around.database.read() as connection:
            head = await Shelf(around).head(connection, id_)
            shown = (await reading.heads(connection, around, actor, [head], used))[0]
        if not shown["texts"] and not leads(actor):
            raise HTTPException(404, f"there is no article {id_}")
        return {**shown, "help_url": _help_url(around, str(head["audience"]), id_)}

    @router.post("/knowledge/preview")
    async def preview(body: SourceBody, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Markdown as it will be read: safe HTML."""
        return {"html": html(body.body, beside=True)}


def _help_url(around: Surroundings, audience: str, id_: str) -> str | None:
    """Where customers read an article; `{language}` stands for the language."""
    if audience != Audience.CUSTOMER.value:
        return None
    return f"{around.help_url}/{{language}}/{id_}"


def _add_writing(router: APIRouter, around: Surroundings, shelf: Shelf, articles: Articles) -> None:
    writer = Depends(around.needs.any_of(WRITERS))

    @router.post("/articles", status_code=201)
    async def create(body: ArticleBody, actor: Annotated[Actor, writer]) -> dict[str, object]:
        """A new article with the draft of its first text."""
        async with around.database.write() as connection:
            id_ = await shelf.create(connection, actor, body.head(), body.id)
            place = await shelf.write(connection, actor, id_, body.text.words())
        return {"id": id_, "language": place.language, "number": place.number}

    @router.put("/articles/{id_}", status_code=204)
    async def change(id_: str, body: HeadBody, actor: Annotated[Actor, writer]) -> None:
        """Say anew for whom an article is, whose, its tags, and when it is read again."""
        async with around.database.write() as connection:
            await shelf.change(connection, actor, id_, body.head())
        articles.changed()


def _add_versions(router: APIRouter, around: Surroundings, shelf: Shelf) -> None:
    reader = Depends(around.needs(Right.SIGNED_IN))

    @router.get("/articles/{id_}/versions")
    async def versions(id_: str, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Every version in every language, the newest of each first, without its text."""
        async with around.database.read() as connection:
            await shelf.head(connection, id_)
            found = await reading.versions_of(connection, around, actor, [id_])
        return {"versions": await reading.shown_versions(around, found.get(id_, ()))}

    @router.post("/articles/{id_}/versions", status_code=201)
    async def write(id_: str, body: TextBody, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """A draft of a text: by an agent it is a proposal."""
        async with around.database.write() as connection:
            place = await shelf.write(connection, actor, id_, body.words())
        return {"id": id_, "language": place.language, "number": place.number}

    @router.get(VERSION)
    async def read(
        id_: str, language: Language, number: Number, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """One version with its source, and as it will be read."""
        async with around.database.read() as connection:
            found = await shelf.version(connection, Place(id_, language, number))
        if not reading.may_read(actor, found):
            raise HTTPException(404, f"there is no such version of {id_}")
        return await reading.shown_version(around, found)

    @router.put(VERSION)
    async def rewrite(
        id_: str,
        language: Language,
        number: Number,
        body: DraftBody,
        actor: Annotated[Actor, reader],
    ) -> dict[str, object]:
        """Change a draft, one's own; who leads may change all."""
        place = Place(id_, language, number)
        words = body.model_copy(update={"language": language}).words()
        async with around.database.write() as connection:
            await shelf.rewrite(connection, actor, place, words, body.seen)
            found = await shelf.version(connection, place)
        return await reading.shown_version(around, found)


def _add_steps(router: APIRouter, around: Surroundings, shelf: Shelf, articles: Articles) -> None:
    reader = Depends(around.needs(Right.SIGNED_IN))

    @router.delete(VERSION, status_code=204)
    async def remove(
        id_: str, language: Language, number: Number, actor: Annotated[Actor, reader]
    ) -> None:
        """Throw a draft away."""
        async with around.database.write() as connection:
            await shelf.remove(connection, actor, Place(id_, language, number))

    @router.post(f"{VERSION}/state")
    async def move(
        id_: str,
        language: Language,
        number: Number,
        body: StateBody,
        actor: Annotated[Actor, reader],
    ) -> dict[str, object]:
        """Ask for a look, send back, publish, retire; a published one replaces the one before."""
        place = Place(id_, language, number)
        async with around.database.write() as connection:
            await shelf.move(connection, actor, place, body.state)
            found = await shelf.version(connection, place)
        articles.changed()
        return await reading.shown_version(around, found)


def _add_rules(router: APIRouter, around: Surroundings) -> None:
    reader = Depends(around.needs(Right.SIGNED_IN))
    writer = Depends(around.needs.any_of(WRITERS))

    @router.get("/knowledge/rules")
    async def rules(actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What the site asks of articles, and who may own one."""
        async with around.database.read() as connection:
            found = await read_rules(connection, around)
        people: Mapping[UserId, str] = await around.writers() if leads(actor) else {}
        return {
            "other_approves": found.other_approves,
            "review_days": found.review_days,
            "people": [{"id": id_, "name": name} for id_, name in people.items()],
        }

    @router.put("/knowledge/rules")
    async def change_rules(body: RulesBody, actor: Annotated[Actor, writer]) -> dict[str, object]:
        """Say whether another than the author approves, and when texts are read anew."""
        given = Rules(other_approves=body.other_approves, review_days=body.review_days)
        async with around.database.write() as connection:
            await keep_rules(connection, around, actor, given)
        return body.model_dump()
