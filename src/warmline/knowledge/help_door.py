"""The public help page: `/help`, for everybody, from the articles that are for customers."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Select, select

from warmline.knowledge import help_page
from warmline.knowledge.help_page import Around, Shown
from warmline.knowledge.markdown import html, plain
from warmline.knowledge.model import LANGUAGES, Audience, TextState
from warmline.knowledge.search import Articles
from warmline.knowledge.suggestions import QUERY_LIMIT_CHARS, found_texts
from warmline.knowledge.tables import article, article_version
from warmline.storage import stems
from warmline.storage.rows import Row, rows

LISTED = 500
FOUND = 20
LEAD_CHARS = 140
_HEADERS = {
    "Content-Security-Policy": help_page.SECURITY_POLICY,
    "Cache-Control": "public, max-age=60",
    "Referrer-Policy": "no-referrer",
}
Language = Annotated[str, Path(max_length=16, pattern=r"^[A-Za-z-]{2,16}$")]


Pace = Callable[[Request], int]
"""Counts one search, and says how many seconds to wait; 0 for none."""


def help_door(articles: Articles, pace: Pace) -> APIRouter:
    """`/help`, `/help/{language}`, `/help/{language}/{article}`: pages without any script."""
    router = APIRouter(tags=["help"], include_in_schema=False)

    @router.get("/help", response_class=HTMLResponse)
    async def begin(request: Request) -> Response:
        """On to the language that the browser asks for."""
        language = _asked_for(request.headers.get("accept-language", ""))
        answer = RedirectResponse(f"/help/{language}", 303)
        answer.headers["Vary"] = "Accept-Language"
        return answer

    @router.get("/help/{language}", response_class=HTMLResponse)
    async def listed(
        request: Request,
        language: Language,
        q: Annotated[str | None, Query(max_length=QUERY_LIMIT_CHARS)] = None,
    ) -> Response:
        """All answers in a language, or those that fit a query."""
        query = (q or "").strip() or None
        wait_s = 0 if query is None else pace(request)
        if wait_s:
            page = help_page.busy_page(_around(language))
            headers = {**_HEADERS, "Cache-Control": "no-store", "Retry-After": str(wait_s)}
            return HTMLResponse(page, 429, headers=headers)
        shown = await (
            _all(articles, language) if query is None else _found(articles, language, query)
        )
        return _answer(help_page.list_page(_around(language), shown, query))

    @router.get("/help/{language}/{id_}", response_class=HTMLResponse)
    async def one(language: Language, id_: Annotated[str, Path(max_length=64)]) -> Response:
        """One answer; in another language when it is there alone."""
        async with articles.database.read() as connection:
            texts = await rows(
                connection, _public(articles).where(article_version.c.article == id_)
            )
        by_language = {str(text["language"]): text for text in texts}
        order = [one for one in LANGUAGES if one in by_language]
        order += sorted(by_language.keys() - set(LANGUAGES))
        around = _around(language, id_ if by_language else None, order)
        found = by_language.get(language)
        if found is None:
            return _answer(help_page.gone_page(around), 404)
        at = int(found["approved_at"] or found["at"])
        return _answer(help_page.article_page(around, found["title"], html(found["body"]), at))

    return router


def _answer(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=_HEADERS)


def _around(language: str, id_: str | None = None, others: Sequence[str] = ()) -> Around:
    """The languages of the page, or of the article when it has several."""
    if id_ is None:
        return Around(language=language, elsewhere={one: f"/help/{one}" for one in LANGUAGES})
    return Around(language=language, elsewhere={one: f"/help/{one}/{id_}" for one in others})


def _public(articles: Articles) -> Select[*tuple[Row, ...]]:
    return (
        select(article_version)
        .join(
            article,
            (article.c.site == article_version.c.site)
            & (article.c.id == article_version.c.article),
        )
        .where(
            article_version.c.site == articles.site,
            article_version.c.state == TextState.PUBLISHED.value,
            article.c.audience == Audience.CUSTOMER.value,
        )
        .order_by(article_version.c.title, article_version.c.article)
    )


async def _all(articles: Articles, language: str) -> Sequence[Shown]:
    query = _public(articles).where(article_version.c.language == language).limit(LISTED)
    async with articles.database.read() as connection:
        return [_shown(text) for text in await rows(connection, query)]


async def _found(articles: Articles, language: str, query: str) -> Sequence[Shown]:
    if not stems.wanted(query):
        return ()
    found, meant = await articles.find(
        query, language=language, audiences=(Audience.CUSTOMER,), limit=FOUND
    )
    asked = [one.forms for one in meant.words]
    return [
        Shown(
            article=text["article"],
            title=text["title"],
            piece=stems.snippet(" ".join(plain(text["body"]).split()), asked)[0],
        )
        for _, text in await found_texts(articles, found)
    ]


def _shown(text: Row) -> Shown:
    words = " ".join(plain(text["body"]).split())
    cut = words if len(words) <= LEAD_CHARS else words[:LEAD_CHARS].rsplit(" ", 1)[0] + "…"
    return Shown(article=text["article"], title=text["title"], piece=cut)


def _asked_for(accepted: str) -> str:
    """The first language of a browser that the page speaks."""
    for part in accepted[:200].split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]
