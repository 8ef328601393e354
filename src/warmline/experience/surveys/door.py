"""The public page of a survey: `/s/{token}`, the same for every customer and without JavaScript."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Protocol
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from warmline.core.words import InteractionId
from warmline.experience.surveys.answers import Answers, Opened, read_form, values_of
from warmline.experience.surveys.look import security_policy
from warmline.experience.surveys.model import AnswersRefused, Given, QuestionKind, Survey, Via
from warmline.experience.surveys.page import SHOWN, Form, Look, Theme, notice, questions, thanks
from warmline.experience.surveys.wording import spoken
from warmline.ports import Clock

FIELDS_LIMIT = 64
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    # The page is shown inside the chat of a shop's site.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Pace(Protocol):
    """Counts requests; how many seconds somebody has to wait, 0 for none."""

    def __call__(self, request: Request, token: str) -> int: ...


Framing = Callable[[InteractionId], Awaitable[Sequence[str]]]
"""The web sites that may show the chat of a talk; none said means all."""


class Door:
    """Answers customers who come with the token of an ask."""

    def __init__(self, answers: Answers, clock: Clock, *, pace: Pace, framing: Framing) -> None:
        self._answers = answers
        self._clock = clock
        self._pace = pace
        self._framing = framing

    async def show(self, request: Request, token: str, theme: Theme) -> Response:
        """The questions, the thanks, or that it is over."""
        stopped, opened = await self._opened(request, token, theme)
        if opened is None:
            return stopped
        query = request.query_params
        answered = bool(opened.given) and not ("edit" in query or "more" in query)
        look = Look(language=opened.ask.language, theme=theme)
        if answered:
            change = _address(token, theme, edit="1")
            closes_at = opened.ask.closes_at
            text = thanks(opened.survey, look, change=change, closes_at=closes_at)
        else:
            await self._answers.looked_at(opened.ask)
            form = Form(
                survey=opened.survey,
                given=as_form(opened.survey, opened.given),
                values=opened.values,
                is_change=bool(opened.given),
                more=frozenset(query.get("more", "").split()[:FIELDS_LIMIT]),
                action=_address(token, theme),
            )
            text = questions(form, look)
        return await self._page(text, opened)

    async def take(self, request: Request, token: str, theme: Theme) -> Response:
        """The answers; goes on to the thanks, or to the questions that they bring up."""
        stopped, opened = await self._opened(request, token, theme)
        if opened is None:
            return stopped
        sent = await request.form(max_files=0, max_fields=FIELDS_LIMIT)
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
        try:
            given = read_form(opened.survey, form)
            await self._answers.keep(opened.ask.id, given)
        except AnswersRefused as fault:
            return await self._refused(fault, opened, form, _address(token, theme), theme)
        shown = set(form.get(SHOWN, "").split())
        after = opened.survey.shown(values_of(given))
        due = [one.id for one in after if one.only_if and one.id not in shown]
        more = {"more": " ".join(due)} if due else {}
        # After a question came up, what is sent next is the end, whatever it says.
        place = f"#q-{due[0]}" if due else ""
        return RedirectResponse(_address(token, theme, **more) + place, 303, headers=_HEADERS)

    async def _opened(
        self, request: Request, token: str, theme: Theme
    ) -> tuple[Response, Opened | None]:
        """The ask, or the page that says why there is none to answer."""
        plain = Look(language=_wished(request), theme=theme)
        wait_s = self._pace(request, token)
        if wait_s:
            later = {**_HEADERS, "Retry-After": str(wait_s)}
            return HTMLResponse(notice("slow", plain, n=wait_s), 429, headers=later), None
        opened = await self._answers.opened(token)
        if opened is None:
            return self._closed(notice("gone", plain), 404), None
        if not opened.ask.takes_answers(self._clock.now()):
            look = Look(language=opened.ask.language, theme=theme)
            return await self._page(notice("over", look), opened, status=410), None
        return Response(), opened

    async def _refused(
        self,
        fault: AnswersRefused,
        opened: Opened,
        form: Mapping[str, str],
        action: str,
        theme: Theme,
    ) -> Response:
        look = Look(language=opened.ask.language, theme=theme)
        if fault.code == "over":
            return await self._page(notice("over", look), opened, status=410)
        again = Form(
            survey=opened.survey,
            given=form,
            values=opened.values,
            is_change=bool(opened.given),
            fault=fault,
            action=action,
        )
        return await self._page(questions(again, look), opened, status=422)

    async def _page(self, text: str, opened: Opened, *, status: int = 200) -> Response:
        framed: tuple[str, ...] = ()
        if opened.ask.via is Via.WIDGET:
            origins = await self._framing(opened.ask.interaction)
            framed = ("'self'", *origins) if origins else ("*",)
        headers = {**_HEADERS, "Content-Security-Policy": security_policy(framed)}
        return HTMLResponse(text, status, headers=headers)

    def _closed(self, text: str, status: int) -> Response:
        headers = {**_HEADERS, "Content-Security-Policy": security_policy(())}
        return HTMLResponse(text, status, headers=headers)


def survey_door(door: Door) -> APIRouter:
    """The routes of the page."""
    router = APIRouter(prefix="/s", tags=["surveys"], include_in_schema=False)

    @router.get("/{token}")
    async def show(
        request: Request, token: str, theme: Annotated[str, Query(max_length=8)] = "auto"
    ) -> Response:
        """A survey that somebody was asked to answer."""
        return await door.show(request, token, _theme(theme))

    @router.post("/{token}")
    async def take(
        request: Request, token: str, theme: Annotated[str, Query(max_length=8)] = "auto"
    ) -> Response:
        """The answers to it; only who has the token can send them, so no page can forge it."""
        return await door.take(request, token, _theme(theme))

    return router


def as_form(survey: Survey, given: Mapping[str, Given]) -> dict[str, str]:
    """Answers as they stood in the form."""
    found: dict[str, str] = {}
    for one in survey.questions:
        answer = given.get(one.id)
        if answer is None:
            continue
        if one.kind is QuestionKind.TEXT:
            found[one.id] = answer.words or ""
        elif answer.value is not None:
            number = int(answer.value)
            choice = one.kind is QuestionKind.CHOICE
            found[one.id] = list(one.options)[number - 1] if choice else str(number)
    return found


def _address(token: str, theme: Theme, **query: str) -> str:
    if theme is not Theme.AUTO:
        query = {"theme": theme.value, **query}
    return f"/s/{token}" + (f"?{urlencode(query)}" if query else "")


def _theme(text: str) -> Theme:
    return Theme(text) if text in set(Theme) else Theme.AUTO


def _wished(request: Request) -> str:
    """The language that a browser asks for first, of ours."""
    return spoken(request.headers.get("accept-language", "en").split(",")[0].strip())
