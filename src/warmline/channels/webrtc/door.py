"""The door for calls from a page: whether the center is open, and the token of a new call."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.callback.numbers import NUMBER_LIMIT_CHARS
from warmline.channels.webchat.cors import REFUSED
from warmline.channels.webchat.door import ChatRoute, OriginRefused, counted_as
from warmline.channels.webchat.limits import NAME_LIMIT_CHARS, may_embed
from warmline.channels.webchat.shapes import ID_LIMIT_CHARS
from warmline.channels.webrtc.callers import Callers, Wish
from warmline.core.words import InboxId, Instant


class CallBody(BaseModel):
    """What a page says of a customer who calls."""

    model_config = ConfigDict(extra="forbid")

    inbox: Annotated[str, Field(max_length=ID_LIMIT_CHARS)]
    name: Annotated[str | None, Field(max_length=2 * NAME_LIMIT_CHARS)] = None
    number: Annotated[str | None, Field(max_length=NUMBER_LIMIT_CHARS)] = None
    """By which the customer is known to us; nobody rings there."""
    region: Annotated[str | None, Field(max_length=2)] = None
    """The country of a number without its code (`PL`); else the one of the center."""
    language: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None

    def wish(self) -> Wish:
        """The same as a value of ours."""
        return Wish(inbox=InboxId(self.inbox), **self.model_dump(exclude={"inbox"}))


class CallAnswer(BaseModel):
    """With this token the page comes to `/ws/call` within a minute."""

    token: str


class InboxAnswer(BaseModel):
    """Whether somebody can be called now."""

    name: str
    open: bool
    opens_at: Instant | None
    words: str | None
    """What the queue says to those who come too late."""


def _nobody(_: Request) -> bool:
    return False


def call_door(callers: Callers, *, uncounted: Callable[[Request], bool] = _nobody) -> APIRouter:
    """The routes for customers; requests that are `uncounted` are not held to the rates."""
    router = APIRouter(prefix="/api/v1/calls", tags=["calls"], route_class=ChatRoute)

    def entered(request: Request, inbox: str) -> None:
        if not uncounted(request):
            callers.limits.call(counted_as(request))
        found = callers.inbox(InboxId(inbox))
        origin, host = request.headers.get("origin"), request.headers.get("host")
        if not may_embed(origin, found.origins, host=host):
            setattr(request.state, REFUSED, True)
            raise OriginRefused

    @router.get("/inboxes/{inbox}")
    async def inbox(
        request: Request,
        inbox: str,
        locale: Annotated[str | None, Query(max_length=ID_LIMIT_CHARS)] = None,
    ) -> InboxAnswer:
        """Whether the inbox is open for calls."""
        entered(request, inbox)
        return InboxAnswer.model_validate(callers.shown(InboxId(inbox), locale))

    @router.post("", status_code=201)
    async def call(request: Request, body: CallBody) -> CallAnswer:
        """Begin a call from a page; it is offered once the page comes to the socket."""
        entered(request, body.inbox)
        if not uncounted(request):
            callers.limits.start(counted_as(request))
        return CallAnswer(token=callers.begin(body.wish()))

    return router
