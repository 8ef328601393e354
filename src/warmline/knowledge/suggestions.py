"""Searching articles, and offering them beside the composer for what the customer said last."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select

from warmline.core.permissions import Right
from warmline.core.words import Actor, InteractionId, Malformed
from warmline.knowledge.markdown import answer, plain
from warmline.knowledge.model import Audience, Gesture, Surroundings, TextState
from warmline.knowledge.search import WORDS_OF_A_TURN, Articles, Found
from warmline.knowledge.tables import article, article_version
from warmline.knowledge.usage import Usage
from warmline.knowledge.vocabulary import Understood
from warmline.storage import stems
from warmline.storage.rows import Row, rows

QUERY_LIMIT_CHARS = 200
FOUND_LIMIT = 50
SUGGESTED = 3
NAMED_COVERS = 0.2
"""An article whose title has one of the words is suggested from this share of the turn on."""
HELD_COVERS = 0.34
"""One that merely holds two of the words, from this share on."""
_AT_THE_DESK = (Audience.AGENT, Audience.CUSTOMER)


class UseBody(BaseModel):
    """What was done with articles in a conversation."""

    model_config = ConfigDict(extra="forbid")

    kind: Gesture
    articles: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=SUGGESTED)
    language: str = Field(min_length=2, max_length=16)


def texts_of(site: str, found: Sequence[Found]) -> Select[Any]:
    """The published texts of the articles that were found."""
    return select(article_version).where(
        article_version.c.site == site,
        article_version.c.article.in_(sorted({one.article for one in found})),
        article_version.c.state == TextState.PUBLISHED.value,
    )


async def found_texts(articles: Articles, found: Sequence[Found]) -> Sequence[tuple[Found, Row]]:
    """What was found with its texts, in the same order."""
    if not found:
        return ()
    async with articles.database.read() as connection:
        texts = await rows(connection, texts_of(articles.site, found))
    by_key = {(one["article"], one["language"]): one for one in texts}
    return [
        (one, text)
        for one in found
        if (text := by_key.get((one.article, one.language))) is not None
    ]


def shown(one: Found, text: Row, meant: Understood) -> dict[str, object]:
    """A text that was found, with the piece in which the words stand."""
    asked = [word.forms for word in meant.words]
    piece, marks = stems.snippet(" ".join(plain(text["body"]).split()), asked)
    return {
        "article": one.article,
        "language": one.language,
        "audience": one.audience.value,
        "title": text["title"],
        "snippet": piece,
        "marks": [list(mark) for mark in marks],
    }


def fits(one: Found) -> bool:
    """Whether an article is near enough to what was said to be offered unasked."""
    named = one.named > 0 and one.covered >= NAMED_COVERS
    return named or (one.held > 1 and one.covered >= HELD_COVERS)


def suggestion_routes(around: Surroundings, articles: Articles, usage: Usage) -> APIRouter:
    """`/knowledge/search` and `/interactions/{id}/suggestions`."""
    router = APIRouter(tags=["knowledge"])
    _add_search(router, around, articles)
    _add_suggestions(router, around, articles, usage)
    return router


def _add_search(router: APIRouter, around: Surroundings, articles: Articles) -> None:
    reader = Depends(around.needs(Right.SIGNED_IN))

    @router.get("/knowledge/search")
    async def search(
        _actor: Annotated[Actor, reader],
        *,
        q: Annotated[str, Query(min_length=1, max_length=QUERY_LIMIT_CHARS)],
        language: Annotated[str | None, Query(max_length=16)] = None,
        prefer: Annotated[str | None, Query(max_length=16)] = None,
        audience: Audience | None = None,
        limit: Annotated[int, Query(ge=1, le=FOUND_LIMIT)] = 20,
    ) -> dict[str, object]:
        """Published articles that fit best; a mistyped word is taken for the nearest known one.

        The last word may still be being typed.
        """
        if not stems.wanted(q):
            raise Malformed("q", "has no word to look for", "no_words")
        audiences = tuple(Audience) if audience is None else (audience,)
        found, meant = await articles.find(
            q, language=language, prefer=prefer, audiences=audiences, limit=limit, typing=True
        )
        texts = await found_texts(articles, found)
        return {"found": [shown(one, text, meant) for one, text in texts]}


def _add_suggestions(
    router: APIRouter, around: Surroundings, articles: Articles, usage: Usage
) -> None:
    reader = Depends(around.needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/suggestions")
    async def suggestions(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """At most three articles for what the customer said last, in the customer's language."""
        await _check(around, actor, interaction)
        turn = await around.turns.last(interaction)
        if turn is None:
            return {"suggestions": []}
        await usage.tell_ranking()
        said, language = turn
        refused = await usage.refused(interaction)
        found, meant = await articles.find(
            said,
            language=None if language is None else language.split("-")[0],
            audiences=_AT_THE_DESK,
            limit=SUGGESTED + len(refused),
            words=WORDS_OF_A_TURN,
        )
        near = [one for one in found if fits(one) and one.article not in refused][:SUGGESTED]
        texts = await found_texts(articles, near)
        return {"suggestions": [_suggested(around, one, text, meant) for one, text in texts]}

    @router.post("/interactions/{interaction}/suggestions", status_code=204)
    async def use(
        interaction: InteractionId, body: UseBody, actor: Annotated[Actor, reader]
    ) -> None:
        """Say what was done with articles: shown, put into the reply, linked, of no help."""
        await _check(around, actor, interaction)
        query = select(article.c.id).where(
            article.c.site == around.site, article.c.id.in_(body.articles)
        )
        async with around.database.read() as connection:
            known = {one["id"] for one in await rows(connection, query)}
        for id_ in body.articles:
            if id_ not in known:
                raise Malformed("articles", f"there is no article {id_}", "no_such", item=id_)
        await usage.keep(actor, interaction, body.articles, body.kind, body.language)


async def _check(around: Surroundings, actor: Actor, interaction: InteractionId) -> None:
    if not await around.sight.conversation(actor, interaction):
        raise HTTPException(404, f"there is no conversation {interaction}")


def _suggested(around: Surroundings, one: Found, text: Row, meant: Understood) -> dict[str, object]:
    public = one.audience is Audience.CUSTOMER
    return {
        **shown(one, text, meant),
        "text": answer(text["body"]),
        "url": f"{around.help_url}/{one.language}/{one.article}" if public else None,
    }
