"""The customer's page of a callback: `/c/{token}`, without JavaScript; who has the link may act."""

import re
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from warmline.channels.callback.channel import Callbacks
from warmline.channels.callback.page import SAVED, Shown, notice, page
from warmline.channels.callback.page_words import spoken
from warmline.channels.callback.plan import UNCALLED, Plan, Span, windows
from warmline.channels.webchat.door import counted_as
from warmline.channels.webchat.limits import Rate, TooMany
from warmline.core.words import Malformed, Rejected
from warmline.experience.surveys.look import security_policy

PAGES_PER_MINUTE = 60
"""Requests for these pages from one address."""
FIELDS_LIMIT = 8
_WINDOW = re.compile(r"(\d{10,14})-(\d{10,14})")
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": security_policy(()),
}


class PageDoor:
    """Answers customers who come with the link of their callback."""

    def __init__(self, callbacks: Callbacks, uncounted: Callable[[Request], bool]) -> None:
        self._callbacks = callbacks
        self._uncounted = uncounted
        self._pace = Rate("pages from this address", per_minute=PAGES_PER_MINUTE)

    async def show(self, request: Request, token: str) -> Response:
        """Where the callback stands, and what can be done about it."""
        stopped, found = await self._opened(request, token)
        if found is None:
            return stopped
        note = SAVED if SAVED in request.query_params else None
        return HTMLResponse(page(await self._shown(found, note=note)), headers=_HEADERS)

    async def act(self, request: Request, token: str) -> Response:
        """Cancel it, or move it; then the page again."""
        stopped, found = await self._opened(request, token)
        if found is None:
            return stopped
        sent = await request.form(max_files=0, max_fields=FIELDS_LIMIT)
        try:
            if sent.get("do") == "cancel":
                await self._callbacks.promises.cancel(found)
                return RedirectResponse(f"/c/{token}", 303, headers=_HEADERS)
            await self._callbacks.promises.move(found, _span(sent.get("window")))
        except (Rejected, Malformed) as fault:
            word = "busy" if isinstance(fault, Rejected) and fault.code != "closed" else "taken"
            again = await self._callbacks.promises.of_token(token) or found
            shown = await self._shown(again, fault=word)
            return HTMLResponse(page(shown), 409, headers=_HEADERS)
        return RedirectResponse(f"/c/{token}?{SAVED}=1", 303, headers=_HEADERS)

    async def _opened(self, request: Request, token: str) -> tuple[Response, Plan | None]:
        language = spoken(request.headers.get("accept-language", "en").split(",")[0].strip())
        if not self._uncounted(request):
            try:
                self._pace.spend(counted_as(request), self._callbacks.now())
            except TooMany as error:
                wait_s = error.retry_after_s
                headers = {**_HEADERS, "Retry-After": str(wait_s)}
                return HTMLResponse(notice("slow", language, n=wait_s), 429, headers=headers), None
        found = await self._callbacks.promises.of_token(token)
        if found is None:
            return HTMLResponse(notice("gone", language), 404, headers=_HEADERS), None
        return Response(), found

    async def _shown(
        self, found: Plan, *, note: str | None = None, fault: str | None = None
    ) -> Shown:
        center, promises = self._callbacks.state.center(), self._callbacks.promises
        queue = promises.queue_of(found)
        hours = center.calendars.get(queue.calendar) if queue and queue.calendar else None
        spans = (
            tuple(windows(center, queue, self._callbacks.now()))
            if queue is not None and found.stage in UNCALLED
            else ()
        )
        return Shown(
            plan=found,
            language=spoken(found.language),
            zone=hours.zone if hours is not None else center.zone,
            windows=spans,
            tried=found.attempts if found.stage in UNCALLED else 0,
            note=note,
            fault=fault,
        )


def page_door(
    callbacks: Callbacks, *, uncounted: Callable[[Request], bool] = lambda _: False
) -> APIRouter:
    """The routes of the page."""
    door = PageDoor(callbacks, uncounted)
    router = APIRouter(prefix="/c", tags=["callbacks"], include_in_schema=False)

    @router.get("/{token}")
    async def show(request: Request, token: str) -> Response:
        """A callback that somebody asked for."""
        return await door.show(request, token)

    @router.post("/{token}")
    async def act(request: Request, token: str) -> Response:
        """It is moved or cancelled; only who has the token can do so, so no page can forge it."""
        return await door.act(request, token)

    return router


def _span(text: object) -> Span:
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Malformed("window", "is none of those that were shown", "window")
    return Span(since=int(found[1]), until=int(found[2]))
